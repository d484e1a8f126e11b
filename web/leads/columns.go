package leads

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"kizashi/i18n"
	"kizashi/lead"
	"kizashi/member"
	"kizashi/page"
)

const columnsPreference = "leads.columns"

// column is a column of the table and of an export.
type column struct {
	Name  string
	Usual bool
	Sort  string // what its heading sorts by; "" nothing
	Right bool   // figures
	text  func(w *writer, l *row) string
}

// Key names its heading.
func (c column) Key() string { return "leads.column." + c.Name }

// columns are all that there are, in the order of the table.
var columns = []column{
	{Name: "name", Usual: true, Sort: "name", text: func(_ *writer, l *row) string { return l.Name }},
	{Name: "kana", text: func(_ *writer, l *row) string { return l.Kana }},
	{Name: "company", Usual: true, text: func(_ *writer, l *row) string { return l.CompanyName }},
	{Name: "department", text: func(_ *writer, l *row) string { return l.Department }},
	{Name: "title", Usual: true, text: func(_ *writer, l *row) string { return l.Title }},
	{Name: "rank", text: func(w *writer, l *row) string { return w.t(lead.RankKey(l.TitleRank)) }},
	{Name: "temperature", Usual: true, text: func(w *writer, l *row) string { return w.t("page.temperature." + l.Temperature) }},
	{Name: "score", Usual: true, Sort: "-engagement", Right: true, text: func(_ *writer, l *row) string { return strconv.Itoa(l.Engagement) }},
	{Name: "fit", Usual: true, text: func(_ *writer, l *row) string { return l.Fit }},
	{Name: "stage", Usual: true, text: func(w *writer, l *row) string { return w.t("page.stage." + l.Stage) }},
	{Name: "status", text: func(w *writer, l *row) string { return w.t("page.status." + l.Status) }},
	{Name: "owner", Usual: true, text: func(_ *writer, l *row) string { return l.OwnerName }},
	{Name: "last", Usual: true, text: func(w *writer, l *row) string { return w.moment(l.LastAt) }},
	{Name: "email", text: func(_ *writer, l *row) string { return l.Email }},
	{Name: "phone", text: func(_ *writer, l *row) string { return lead.WrittenPhone(l.Phone) }},
	{Name: "mobile", text: func(_ *writer, l *row) string { return lead.WrittenPhone(l.Mobile) }},
	{Name: "source", text: func(_ *writer, l *row) string { return l.Source }},
	{Name: "tags", text: func(_ *writer, l *row) string { return strings.Join(l.Tags, ", ") }},
	{Name: "excluded", text: func(w *writer, l *row) string {
		if l.Excluded == "" {
			return ""
		}
		return w.t("lead.excluded." + l.Excluded)
	}},
	{Name: "stage_at", text: func(w *writer, l *row) string { return w.moment(l.StageAt) }},
	{Name: "created", Sort: "-created", text: func(w *writer, l *row) string { return w.moment(l.CreatedAt) }},
	{Name: "id", text: func(_ *writer, l *row) string { return l.ID.String() }},
}

// writer writes the cells of an export.
type writer struct {
	lang i18n.Lang
	zone *time.Location
}

func (w *writer) t(key string) string { return i18n.T(w.lang, key, nil) }

func (w *writer) moment(ms int64) string {
	if ms == 0 {
		return ""
	}
	return time.UnixMilli(ms).In(w.zone).Format("2006-01-02 15:04")
}

// knownColumns are those of the names that there are, in the order of the table; the usual ones if there
// are none. Without the name nobody would know who a row is.
func knownColumns(names []string) (known []string) {
	for _, c := range columns {
		if slices.Contains(names, c.Name) {
			known = append(known, c.Name)
		}
	}
	if len(known) == 0 {
		for _, c := range columns {
			if c.Usual {
				known = append(known, c.Name)
			}
		}
	}
	if !slices.Contains(known, "name") {
		known = append([]string{"name"}, known...)
	}
	return known
}

// columnsOf are the columns of names.
func columnsOf(names []string) (list []column) {
	for _, c := range columns {
		if slices.Contains(names, c.Name) {
			list = append(list, c)
		}
	}
	return list
}

// chooseColumns keeps which columns the person likes.
func chooseColumns(r *page.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	names := knownColumns(form["column"])
	if form.Has("usual") {
		names = nil
	}
	if err := r.Run(&member.Prefer{What: columnsPreference, Value: strings.Join(names, ",")}); err != nil {
		return err
	}
	_, to, err := stateOf(r, form)
	if err != nil {
		return err
	}
	return r.Done(to, "leads.done.columns", nil, "")
}
