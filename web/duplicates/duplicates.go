// Package duplicates shows leads that may be one person, side by side.
package duplicates

import (
	"context"
	"embed"
	"slices"
	"strings"

	"kizashi/act"
	"kizashi/db"
	"kizashi/i18n"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/page"
	"kizashi/report"
)

//go:embed *.html *.css
var files embed.FS

// Screen is the work on duplicates.
func Screen() page.Screen {
	return page.Screen{
		Name: "duplicates", Files: files,
		Templates: []page.Template{listPage},
		Routes: []page.Route{
			{Pattern: "GET /duplicates", Right: act.See, Handle: show},
			{Pattern: "POST /duplicates/merge", Right: act.Work, Handle: merge},
			{Pattern: "POST /duplicates/unmerge", Right: act.Work, Handle: unmerge},
			{Pattern: "POST /duplicates/apart", Right: act.Work, Handle: keepApart},
			{Pattern: "POST /duplicates/reconsider", Right: act.Work, Handle: reconsider},
		},
	}
}

const (
	shown  = 10 // pairs on a page
	recent = 10 // merges below
)

type view struct {
	Pairs  []pair
	Next   string
	Merges []*lead.MergePair
}

// pair are two leads that may be one: what differs stands side by side.
type pair struct {
	A, B *lead.Lead
	Why  string
	Rows []row
}

// row is a field of both.
type row struct {
	Label string // message key
	A, B  string
	Same  bool
}

const listPage = page.Of[view]("duplicates/list.html")

func show(r *page.Request) error {
	var v view
	err := r.Read(func(ctx context.Context, tx *db.Tx) error {
		found, err := lead.Duplicates(ctx, tx, r.URL.Query().Get("after"), shown+1)
		if err != nil {
			return err
		}
		if len(found) > shown {
			found = found[:shown]
			v.Next = found[shown-1].Cursor
		}
		if v.Merges, err = lead.Merges(ctx, tx, 0, recent); err != nil {
			return err
		}
		return v.compare(ctx, tx, r, found)
	})
	if err != nil {
		return err
	}
	return listPage.Show(r, v)
}

// compare puts the fields of each pair side by side; those that both lack are left out.
func (v *view) compare(ctx context.Context, tx *db.Tx, r *page.Request, found []*lead.Duplicate) error {
	rules, err := r.Engine().Rules(ctx, tx)
	if err != nil {
		return err
	}
	var ids []id.ID
	for _, d := range found {
		ids = append(ids, d.A.ID, d.B.ID)
	}
	states, err := report.LeadsByID(ctx, tx, rules, ids)
	stateOf := func(who id.ID) report.LeadRow {
		if at := slices.IndexFunc(states, func(s report.LeadRow) bool { return s.ID == who }); at >= 0 {
			return states[at]
		}
		return report.LeadRow{}
	}
	for _, d := range found {
		p := pair{A: d.A, B: d.B, Why: d.Why}
		a, b := stateOf(d.A.ID), stateOf(d.B.ID)
		for _, f := range fields {
			one, two := f.of(r.Lang, d.A, &a), f.of(r.Lang, d.B, &b)
			if one != "" || two != "" {
				p.Rows = append(p.Rows, row{f.label, one, two, one == two})
			}
		}
		v.Pairs = append(v.Pairs, p)
	}
	return err
}

// fields are what tells two people apart, and what would be lost from sight.
var fields = []struct {
	label string
	of    func(i18n.Lang, *lead.Lead, *report.LeadRow) string
}{
	{"duplicates.kana", func(_ i18n.Lang, l *lead.Lead, _ *report.LeadRow) string { return l.Kana }},
	{"duplicates.company", func(_ i18n.Lang, l *lead.Lead, _ *report.LeadRow) string { return l.CompanyName }},
	{"duplicates.position", func(_ i18n.Lang, l *lead.Lead, _ *report.LeadRow) string {
		return strings.TrimSpace(l.Department + " " + l.Title)
	}},
	{"duplicates.email", func(_ i18n.Lang, l *lead.Lead, _ *report.LeadRow) string { return l.Email }},
	{"duplicates.phone", func(_ i18n.Lang, l *lead.Lead, _ *report.LeadRow) string { return l.Phone }},
	{"duplicates.mobile", func(_ i18n.Lang, l *lead.Lead, _ *report.LeadRow) string { return l.Mobile }},
	{"page.label.stage", func(lang i18n.Lang, _ *lead.Lead, s *report.LeadRow) string {
		if s.Stage == "" {
			return ""
		}
		return i18n.T(lang, "page.stage."+s.Stage, nil)
	}},
	{"page.label.temperature", func(lang i18n.Lang, _ *lead.Lead, s *report.LeadRow) string {
		if s.Temperature == "" {
			return ""
		}
		return i18n.T(lang, "page.temperature."+s.Temperature, nil)
	}},
}

// two reads the two leads of a form.
func two(r *page.Request, first, second string) (a, b id.ID, err error) {
	form, err := r.Form()
	if err != nil {
		return 0, 0, err
	}
	if a, err = id.Parse(form.Get(first)); err != nil {
		return 0, 0, err
	}
	b, err = id.Parse(form.Get(second))
	return a, b, err
}

// decide runs the command for two leads of a form, and says what was done.
func decide(r *page.Request, first, second, words, undo string, command func(a, b id.ID) act.Command) error {
	a, b, err := two(r, first, second)
	if err != nil {
		return err
	}
	if err := r.Run(command(a, b)); err != nil {
		return err
	}
	if undo != "" {
		undo += "?" + first + "=" + a.String() + "&" + second + "=" + b.String()
	}
	return r.Done("/duplicates", words, nil, undo)
}

func merge(r *page.Request) error {
	return decide(r, "winner", "loser", "duplicates.merged", "/duplicates/unmerge", func(a, b id.ID) act.Command {
		return &lead.Merge{Winner: a, Loser: b}
	})
}

func keepApart(r *page.Request) error {
	return decide(r, "a", "b", "duplicates.apart", "/duplicates/reconsider", func(a, b id.ID) act.Command {
		return &lead.KeepApart{A: a, B: b}
	})
}

// unmerge and reconsider take their leads from the address, since a notice's undo sends nothing else.
func unmerge(r *page.Request) error {
	if _, err := r.Form(); err != nil { // bounded
		return err
	}
	loser, err := id.Parse(r.FormValue("loser"))
	if err != nil {
		return err
	}
	if err := r.Run(&lead.Unmerge{Loser: loser}); err != nil {
		return err
	}
	return r.Done("/duplicates", "duplicates.unmerged", nil, "")
}

func reconsider(r *page.Request) error {
	if _, err := r.Form(); err != nil {
		return err
	}
	a, err := id.Parse(r.FormValue("a"))
	if err != nil {
		return err
	}
	b, err := id.Parse(r.FormValue("b"))
	if err != nil {
		return err
	}
	if err := r.Run(&lead.Reconsider{A: a, B: b}); err != nil {
		return err
	}
	return r.Done("/duplicates", "duplicates.reconsidered", nil, "")
}
