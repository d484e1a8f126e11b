package lead

import (
	"context"
	"strings"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/page"
)

// mergeView is two leads side by side.
type mergeView struct {
	Lead  *lead.Lead
	Name  string
	Other *lead.Lead // nil: it is to be named
	Asked string
	Rows  []pair
}

// pair is a field of two leads.
type pair struct {
	Words    string
	One, Two string
	Differs  bool
}

const mergePage = page.Of[mergeView]("lead/merge.html")

// showMerge compares a lead with another one, which ?other= names by id or mail address.
func showMerge(r *page.Request) error {
	v, err := readMerge(r, r.URL.Query().Get("other"))
	if err != nil && v.Lead != nil {
		return mergePage.Again(r, v, notFoundAt(err, "other"))
	}
	if err != nil {
		return err
	}
	return mergePage.Show(r, v)
}

// notFoundAt turns somebody who is not there into a mistake of a field.
func notFoundAt(err error, path string) error {
	one, is := err.(*fault.Error)
	if !is || one.Kind != fault.NotFound {
		return err
	}
	return fault.New(fault.Invalid, one.Key, one.Args).At(path)
}

func readMerge(r *page.Request, other string) (v mergeView, err error) {
	v.Asked = other
	number, err := r.ID("id")
	if err != nil {
		return v, err
	}
	err = r.Read(func(ctx context.Context, tx *db.Tx) error {
		l, err := find(ctx, tx, number)
		if err != nil {
			return err
		}
		v.Lead, v.Name = l, l.Called()
		if other == "" {
			return nil
		}
		found, err := findOther(ctx, tx, other)
		switch {
		case err != nil:
			return err
		case found.ID == l.ID:
			return fault.New(fault.Invalid, "lead.same_twice", nil).At("other")
		}
		v.Other = found
		people, err := findPeople(ctx, tx)
		v.Rows = compare(l, found, &teller{r, people})
		return err
	})
	return v, err
}

// findOther is the lead that a text names: its id, or a mail address.
func findOther(ctx context.Context, tx *db.Tx, text string) (*lead.Lead, error) {
	if number, err := id.Parse(text); err == nil {
		return find(ctx, tx, number)
	}
	l, err := lead.ByEmail(ctx, tx, text)
	if err == nil && l.Gone != "" {
		err = gone(l.ID)
	}
	return l, err
}

// compare puts what is known of two leads side by side.
func compare(one, two *lead.Lead, say *teller) (rows []pair) {
	add := func(field string, of func(*lead.Lead) string) {
		p := pair{say.fieldWords(field), of(one), of(two), false}
		if p.Differs = p.One != p.Two; p.One != "" || p.Two != "" {
			rows = append(rows, p)
		}
	}
	add("company", func(l *lead.Lead) string { return l.CompanyName })
	for _, t := range texts {
		add(t.name, func(l *lead.Lead) string {
			switch {
			case t.of(l) == "":
				return ""
			case t.name == "phone" || t.name == "mobile":
				return lead.WrittenPhone(t.of(l))
			}
			return say.value(t.name, t.of(l))
		})
	}
	add("owner", func(l *lead.Lead) string { return say.people.names[l.Owner] })
	add("tags", func(l *lead.Lead) string { return strings.Join(l.Tags, "、") })
	add("created_at", func(l *lead.Lead) string { return say.date(l.CreatedAt) })
	return rows
}

// merge makes two leads one; the chosen one stays.
func merge(r *page.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	v, err := readMerge(r, form.Get("other"))
	if err != nil {
		return err
	}
	if v.Other == nil {
		return mergePage.Again(r, v, fault.New(fault.Invalid, "fault.required", nil).At("other"))
	}
	c := &lead.Merge{Winner: v.Lead.ID, Loser: v.Other.ID}
	if form.Get("stays") == v.Other.ID.String() {
		c.Winner, c.Loser = c.Loser, c.Winner
	}
	if err := r.Run(c); err != nil {
		return mergePage.Again(r, v, err)
	}
	return r.Done(pageOf(c.Winner, ""), "lead.done.merged", nil, pageOf(c.Loser, "/unmerge"))
}

// keepApart says that two leads are two people.
func keepApart(r *page.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	v, err := readMerge(r, form.Get("other"))
	if err != nil {
		return err
	}
	if v.Other == nil {
		return mergePage.Again(r, v, fault.New(fault.Invalid, "fault.required", nil).At("other"))
	}
	if err := r.Run(&lead.KeepApart{A: v.Lead.ID, B: v.Other.ID}); err != nil {
		return err
	}
	return r.Done(pageOf(v.Lead.ID, ""), "lead.done.apart", fault.Args{"name": v.Other.Called()}, "")
}

// unmerge brings a lead back that was merged into another one.
func unmerge(r *page.Request) error {
	loser, err := r.ID("id")
	if err != nil {
		return err
	}
	if _, err := read(r, nil); err != nil {
		return err
	}
	if err := r.Run(&lead.Unmerge{Loser: loser}); err != nil {
		return err
	}
	return r.Done(pageOf(loser, ""), "lead.done.unmerged", nil, "")
}
