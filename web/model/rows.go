package model

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/score"
)

// list is a list of rules in the form, by the name of its place.
type list string

const (
	scoring  list = "scoring"
	fit      list = "fit.rules"
	reasons  list = "reasons"
	playbook list = "playbook"
)

var lists = []list{scoring, fit, reasons, playbook}

// placeOf is the list of a row's place, and the row's index in it.
func placeOf(at string) (list, int, bool) {
	for _, l := range lists {
		if inside, ok := strings.CutPrefix(at, string(l)+"["); ok {
			i, err := strconv.Atoi(strings.TrimSuffix(inside, "]"))
			return l, i, err == nil
		}
	}
	return "", 0, false
}

func (l list) at(i int) string { return fmt.Sprintf("%s[%d]", l, i) }

// rows is how many rows the list has in a form, among them those to be removed.
func (l list) rows(v url.Values) int {
	n, _ := strconv.Atoi(v.Get(string(l) + ".n")) // a form that lacks it has no rows
	return min(max(n, 0), maxRows)
}

// places are those of the rows.
func (l list) places(v url.Values) (places []string) {
	for i := range l.rows(v) {
		places = append(places, l.at(i))
	}
	return places
}

// add puts an empty row into the form.
func (l list) add(v url.Values, fields map[string]string) {
	n := l.rows(v)
	v.Set(string(l)+".n", strconv.Itoa(n+1))
	for name, value := range fields {
		v.Set(l.at(n)+"."+name, value)
	}
}

// move takes a row one place up or down among those beside it: of scoring rules, those of its group. It
// gives the row's new place.
func move(v url.Values, at string, by int) string {
	l, i, ok := placeOf(at)
	n := l.rows(v)
	if !ok || i < 0 || i >= n {
		return at
	}
	for j := i + by; j >= 0 && j < n; j += by {
		if l != scoring || v.Get(l.at(i)+".group") == v.Get(l.at(j)+".group") {
			swap(v, l.at(i)+".", l.at(j)+".")
			return l.at(j)
		}
	}
	return at
}

// swap exchanges the fields of two rows.
func swap(v url.Values, a, b string) {
	was := maps.Clone(v)
	for name := range was {
		if strings.HasPrefix(name, a) || strings.HasPrefix(name, b) {
			delete(v, name)
		}
	}
	for name, values := range was {
		if field, ok := strings.CutPrefix(name, a); ok {
			v[b+field] = values
		}
		if field, ok := strings.CutPrefix(name, b); ok {
			v[a+field] = values
		}
	}
}

// maxRows is one more than a pack may hold, so that the pack says what is too much.
const maxRows = 501

// label says to people which field a place is.
func label(v url.Values, path string, lang i18n.Lang) string {
	for _, l := range lists {
		if strings.HasPrefix(path, string(l)+"[") {
			row, field, _ := strings.Cut(path, "].")
			name := cmp.Or(v.Get(row+"]."+string(lang)), v.Get(row+"].ja"), v.Get(row+"].en"), i18n.T(lang, "model.new_rule", nil))
			if name = strings.TrimSpace(name); len([]rune(name)) > maxTitle {
				name = string([]rune(name)[:maxTitle]) + "…"
			}
			return i18n.T(lang, "model.of_rule", fault.Args{"name": name, "field": i18n.T(lang, "model.field."+field, nil)})
		}
	}
	if group, ok := strings.CutPrefix(path, "groups."); ok {
		return i18n.T(lang, "model.group_cap", fault.Args{"group": nameOf(group, lang)})
	}
	if grade, ok := strings.CutPrefix(path, "fit.grades."); ok {
		return i18n.T(lang, "page.label.fit", nil) + " " + grade
	}
	if key := "model.place." + path; i18n.Has(key) {
		return i18n.T(lang, key, nil)
	}
	if weight, ok := strings.CutPrefix(path, "weights."); ok {
		return i18n.T(lang, "model.weight_of", fault.Args{"name": weightName(weight, lang)})
	}
	return path
}

// maxTitle is how much of a text names its row, in characters.
const maxTitle = 24

// groupNames are the groups of a form that the pack lacks.
func groupNames(v url.Values, known map[string]float64) (names []string) {
	for place := range v {
		name, ok := strings.CutPrefix(place, "groups.")
		if _, old := known[name]; ok && !old && !strings.HasSuffix(name, ".gone") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// addGroup puts a new group into the form; a name that is taken changes nothing.
func addGroup(v url.Values) {
	name := strings.Join(strings.FieldsFunc(v.Get("new_group"), func(c rune) bool { return c == '.' || unicode.IsSpace(c) || unicode.IsControl(c) }), " ")
	if name == "" || v.Has("groups."+name) {
		return
	}
	v.Set("groups."+name, "30")
	v.Del("new_group")
}

// groupsIn are the groups of the form with their rows, in the order of reading; rows of a group that does
// not exist stand with the first.
func groupsIn(v url.Values, p *score.Pack, lang i18n.Lang) []formGroup {
	var groups []formGroup
	for _, name := range slices.Concat(ordered(p), groupNames(v, p.Groups)) {
		groups = append(groups, formGroup{ID: name, Name: nameOf(name, lang), Cap: "groups." + name})
	}
	for i := range scoring.rows(v) {
		at := scoring.at(i)
		n := max(slices.IndexFunc(groups, func(g formGroup) bool { return g.ID == v.Get(at+".group") }), 0)
		groups[n].Rows = append(groups[n].Rows, at)
	}
	return groups
}

// formGroup is a group of scoring rules in the form: the name of its cap's field, and its rows' places.
type formGroup struct {
	ID, Name, Cap string
	Rows          []string
}
