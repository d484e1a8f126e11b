package leads

import (
	"context"
	"errors"
	"time"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/member"
	"kizashi/page"
	"kizashi/report"
	"kizashi/stage"
)

// shown is how many leads stand on a page.
const shown = 50

// row is a lead with the name of its owner.
type row struct {
	report.LeadRow
	OwnerName string
}

// listView is the table and all that can be done with it.
type listView struct {
	question
	Builder  page.RuleBuilder
	Says     string // the rule in words; "" everybody
	Columns  []column
	All      []column // to choose from
	Rows     []row
	Next     string
	Fresh    bool // there are no leads at all
	Filter   bool // the builder is open
	Sorts    []string
	BuiltIn  []string
	Owners   []member.Account
	Stages   []string
	Reasons  []stage.Reason
	Excludes []string
	Form     form // of a change that was refused
	Limit    int  // leads of one change
}

// Chosen tells whether a column is shown.
func (v listView) Chosen(c column) bool {
	for _, one := range v.Columns {
		if one.Name == c.Name {
			return true
		}
	}
	return false
}

// Own tells whether the view is one that the person kept.
func (v listView) Own(who act.Who) bool { return v.Kept != nil && v.Kept.Account == who.ID }

const listPage = page.Of[listView]("leads/list.html")

func list(r *page.Request) error {
	v, err := readList(r)
	if err != nil {
		return err
	}
	if v.Wrong != nil {
		return listPage.Again(r, v, v.Wrong.At("rule"))
	}
	return listPage.Show(r, v)
}

// readList reads the page that the address asks for.
func readList(r *page.Request) (v listView, err error) {
	asked := r.URL.Query()
	err = r.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		v.question, err = readQuestion(ctx, tx, r.Who, asked)
		return err
	})
	if err != nil {
		return v, err
	}
	err = r.ReadBy(r.Context(), v.Parsed, func(ctx context.Context, tx *db.Tx) error { return v.read(ctx, tx, r) })
	v.Filter = asked.Get("filter") == "1" || v.Wrong != nil
	return v, err
}

// read reads the rows, and what the forms of the page offer.
func (v *listView) read(ctx context.Context, tx *db.Tx, r *page.Request) (err error) {
	v.Sorts, v.BuiltIn, v.All, v.Columns = sorts, builtInOrder, columns, columnsOf(v.question.Columns)
	v.Excludes, v.Reasons = lead.Exclusions[1:], reasons() // a refusal is recorded person by person
	v.Limit = bulkLimit
	accounts, err := member.Accounts(ctx, tx)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		if a.MayOwn() {
			v.Owners = append(v.Owners, a)
		}
	}
	v.Stages = stagesFor(r.Who)
	wrong := ""
	if v.Wrong != nil {
		wrong = i18n.Words(r.Lang, v.Wrong)
	}
	if v.Builder, err = page.NewRuleBuilder(ctx, tx, r, "rule", v.Rule, "/leads/rule"); err != nil {
		return err
	}
	v.Builder.Wrong = wrong
	if v.Parsed != nil {
		v.Says = v.Parsed.Sentence(r.Lang)
	}
	if v.Wrong != nil {
		return nil
	}
	return v.find(ctx, tx, r, accounts)
}

func (v *listView) find(ctx context.Context, tx *db.Tx, r *page.Request, accounts []member.Account) error {
	found, err := report.Leads(ctx, tx, r.Engine(), v.leads(r.Who, shown))
	var stale *fault.Error
	if errors.As(err, &stale) && stale.Path == "after" { // a place in another list: begin anew
		v.After = ""
		found, err = report.Leads(ctx, tx, r.Engine(), v.leads(r.Who, shown))
	}
	if err != nil {
		return err
	}
	v.Rows, v.Next = rowsOf(found.Leads, accounts), found.Next
	if len(v.Rows) == 0 {
		v.Fresh, err = report.NoLeads(ctx, tx)
	}
	return err
}

func rowsOf(leads []report.LeadRow, accounts []member.Account) []row {
	names := map[id.ID]string{}
	for _, a := range accounts {
		names[a.ID] = a.Name
	}
	rows := make([]row, len(leads))
	for i, l := range leads {
		rows[i] = row{l, names[l.Owner]}
	}
	return rows
}

// stagesFor are the stages that a person may move some lead to.
func stagesFor(who act.Who) (list []string) {
	for _, to := range stage.Stages {
		for _, from := range stage.Stages {
			if from != to && stage.MayMove(who, from, to) {
				list = append(list, to)
				break
			}
		}
	}
	return list
}

// countMost is up to where leads are counted, and countTime how long: enough to know what one is about to do.
const (
	countMost = 10_000
	countTime = time.Second
)

type countView struct{ Words string }

const countPage = page.Of[countView]("leads/count.html")

// count tells how many leads the question finds: a part that the page asks for once it is there.
func count(r *page.Request) error {
	var q question
	err := r.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		q, err = readQuestion(ctx, tx, r.Who, r.URL.Query())
		return err
	})
	words := ""
	if err == nil && q.Wrong == nil {
		words, err = countWords(r, q.leads(r.Who, 1))
	}
	if err != nil {
		return err
	}
	return countPage.Show(r, countView{words})
}

// countWords counts as far as it is quick.
func countWords(r *page.Request, q report.LeadQuery) (string, error) {
	var n report.Count
	short, cancel := context.WithTimeout(r.Context(), countTime)
	defer cancel()
	err := r.ReadBy(short, q.Rule, func(ctx context.Context, tx *db.Tx) (err error) {
		n, err = report.CountUpTo(ctx, tx, r.Engine(), q, countMost)
		return err
	})
	switch {
	case err != nil && short.Err() != nil && r.Context().Err() == nil:
		return i18n.T(r.Lang, "leads.count.slow", nil), nil
	case err != nil:
		return "", err
	case n.More && n.N == 0:
		return i18n.T(r.Lang, "leads.count.slow", nil), nil
	case n.More:
		return i18n.T(r.Lang, "leads.count.more", fault.Args{"n": page.Number(n.N)}), nil
	}
	return i18n.T(r.Lang, "leads.count.exact", fault.Args{"n": page.Number(n.N)}), nil
}

// PhoneWritten and MobileWritten are the numbers as people read them.
func (l row) PhoneWritten() string  { return lead.WrittenPhone(l.Phone) }
func (l row) MobileWritten() string { return lead.WrittenPhone(l.Mobile) }
