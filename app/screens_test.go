package app_test

import (
	"cmp"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/jba/templatecheck"

	"kizashi/act"
	"kizashi/i18n"
	"kizashi/member"
	"kizashi/page"
	"kizashi/testkit"
	"kizashi/testkit/desk"
)

// Every template is checked against the type of what it shows, in both languages.
func TestTemplatesFitWhatTheyShow(t *testing.T) {
	d := desk.Empty(t, testkit.SQLiteURL(t))
	for _, lang := range []i18n.Lang{i18n.Japanese, i18n.English} {
		for _, screen := range d.App.Site.Screens() {
			for _, one := range screen.Templates {
				check(t, d.App.Site.Parsed(lang, one.File()), one.File(), one.Sample())
			}
		}
	}
}

func check(t *testing.T, parsed *template.Template, name string, sample any) {
	t.Helper()
	if err := templatecheck.CheckHTML(parsed.Lookup("page"), sample); err != nil {
		t.Errorf("%s: %v", name, err)
	}
}

// Every route is tried as every role and as nobody: who lacks the right gets nothing, and nothing fails.
func TestEveryRouteAsEveryRole(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	var routes []page.Route
	for _, screen := range d.App.Site.Screens() {
		routes = append(routes, screen.Routes...)
	}
	// What needs no account ends the sessions of the others, so it comes last.
	slices.SortStableFunc(routes, func(a, b page.Route) int { return cmp.Compare(needsNobody(a), needsNobody(b)) })
	for _, route := range routes {
		method, path, _ := strings.Cut(route.Pattern, " ")
		path = fill(path)
		for _, role := range append([]act.Role{""}, member.AccountRoles...) {
			a := d.Ask(role, method, path, nil)
			who := act.Who{Role: role}
			switch {
			case a.Status >= 500:
				t.Errorf("%s as %q: %d", route.Pattern, role, a.Status)
			case !route.Right.Holds(who) && role == "" && a.Status != http.StatusSeeOther && a.Status != http.StatusUnauthorized:
				t.Errorf("%s as nobody: %d", route.Pattern, a.Status)
			case !route.Right.Holds(who) && role != "" && a.Status != http.StatusForbidden:
				t.Errorf("%s as %q: %d, wanted 403", route.Pattern, role, a.Status)
			case route.Right.Holds(who) && a.Status == http.StatusForbidden:
				t.Errorf("%s as %q: 403, though the right is there", route.Pattern, role)
			}
		}
	}
}

func needsNobody(r page.Route) int {
	if r.Right == act.Public {
		return 1
	}
	return 0
}

// fill puts an id that nobody has into the places of a path.
func fill(path string) string {
	path = strings.TrimSuffix(path, "{$}")
	for {
		begin := strings.Index(path, "{")
		end := strings.Index(path, "}")
		if begin < 0 || end < begin {
			return path
		}
		path = path[:begin] + "0000000000001" + path[end+1:]
	}
}
