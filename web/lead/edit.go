package lead

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"kizashi/company"
	"kizashi/db"
	"kizashi/event"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/page"
)

// setStatus says what the owner is doing.
func setStatus(r *page.Request) error {
	l, form, err := readForm(r)
	if err != nil {
		return err
	}
	status := asked(r, form, "status")
	if err := r.Run(&lead.Change{ID: l.ID, Status: &status}); err != nil {
		return again(r, func(*view) {}, err)
	}
	undo := pageOf(l.ID, "/status?status="+l.Status)
	return r.Done(pageOf(l.ID, ""), "lead.done.status", fault.Args{"status": i18n.T(r.Lang, "page.status."+status, nil)}, undo)
}

// setOwner gives the lead to somebody.
func setOwner(r *page.Request) error {
	l, form, err := readForm(r)
	if err != nil {
		return err
	}
	number, err := account(asked(r, form, "owner"), "owner")
	name := ""
	if err == nil {
		name, err = nameOfOwner(r, number)
	}
	if err == nil {
		err = r.Run(&lead.Change{ID: l.ID, Owner: &number})
	}
	if err != nil {
		return again(r, func(*view) {}, err)
	}
	undo := pageOf(l.ID, "/owner?owner=")
	if l.Owner != 0 {
		undo += l.Owner.String()
	}
	if number == 0 {
		return r.Done(pageOf(l.ID, ""), "lead.done.no_owner", nil, undo)
	}
	return r.Done(pageOf(l.ID, ""), "lead.done.owner", fault.Args{"name": name}, undo)
}

// nameOfOwner is the name of an account that can own leads.
func nameOfOwner(r *page.Request, number id.ID) (name string, err error) {
	err = r.Read(func(ctx context.Context, tx *db.Tx) error {
		people, err := findPeople(ctx, tx)
		for _, a := range people.owners {
			if a.ID == number {
				name = a.Name
			}
		}
		return err
	})
	if err == nil && number != 0 && name == "" {
		err = fault.New(fault.Invalid, "task.no_owner", nil).At("owner")
	}
	return name, err
}

// readForm reads the lead of the path and the form that was sent.
func readForm(r *page.Request) (*lead.Lead, url.Values, error) {
	l, err := read(r, nil)
	if err != nil {
		return nil, nil, err
	}
	form, err := r.Form()
	return l, form, err
}

// asked is a field of the form; the way back of a notice has it in its address instead.
func asked(r *page.Request, form url.Values, name string) string {
	if form.Has(name) {
		return form.Get(name)
	}
	return r.URL.Query().Get(name)
}

// classOf is who made a hit, as far as it is thought now.
func classOf(r *page.Request, number id.ID) (class event.Class, err error) {
	err = r.Read(func(ctx context.Context, tx *db.Tx) error {
		e, err := event.ByID(ctx, tx, r.Engine().Kinds, number)
		if err == nil {
			class = e.Class
		}
		return err
	})
	return class, err
}

// editView is the form of all fields.
type editView struct {
	Lead    *lead.Lead
	Name    string
	Company *company.Company
	Form    url.Values
	Ranks   []int
	Exclude []string
	Owners  []owner
	Status  []string
	Props   []string // names of the properties, in order
}

const editPage = page.Of[editView]("lead/edit.html")

// texts are the fields of a lead that are texts, with where a change of it keeps them.
var texts = []struct {
	name string
	of   func(*lead.Lead) string
	into func(*lead.Change) **string
}{
	{"name", func(l *lead.Lead) string { return l.Name }, func(c *lead.Change) **string { return &c.FullName }},
	{"kana", func(l *lead.Lead) string { return l.Kana }, func(c *lead.Change) **string { return &c.Kana }},
	{"email", func(l *lead.Lead) string { return l.Email }, func(c *lead.Change) **string { return &c.Email }},
	{"phone", func(l *lead.Lead) string { return l.Phone }, func(c *lead.Change) **string { return &c.Phone }},
	{"mobile", func(l *lead.Lead) string { return l.Mobile }, func(c *lead.Change) **string { return &c.Mobile }},
	{"department", func(l *lead.Lead) string { return l.Department }, func(c *lead.Change) **string { return &c.Department }},
	{"title", func(l *lead.Lead) string { return l.Title }, func(c *lead.Change) **string { return &c.Title }},
	{"postal", func(l *lead.Lead) string { return l.Postal }, func(c *lead.Change) **string { return &c.Postal }},
	{"prefecture", func(l *lead.Lead) string { return l.Prefecture }, func(c *lead.Change) **string { return &c.Prefecture }},
	{"address", func(l *lead.Lead) string { return l.Address }, func(c *lead.Change) **string { return &c.Address }},
	{"source", func(l *lead.Lead) string { return l.Source }, func(c *lead.Change) **string { return &c.Source }},
	{"status", func(l *lead.Lead) string { return l.Status }, func(c *lead.Change) **string { return &c.Status }},
	{"excluded", func(l *lead.Lead) string { return l.Excluded }, func(c *lead.Change) **string { return &c.Excluded }},
}

func showEdit(r *page.Request) error {
	v, err := readEdit(r)
	if err != nil {
		return err
	}
	return editPage.Show(r, v)
}

func readEdit(r *page.Request) (v editView, err error) {
	v.Lead, err = read(r, func(ctx context.Context, tx *db.Tx, l *lead.Lead) error {
		people, err := findPeople(ctx, tx)
		if err != nil {
			return err
		}
		for _, a := range people.owners {
			v.Owners = append(v.Owners, owner{a.ID, a.Name})
		}
		if l.Company != 0 {
			v.Company, err = company.ByID(ctx, tx, l.Company)
		}
		return err
	})
	if err != nil {
		return v, err
	}
	v.Name, v.Exclude, v.Status = v.Lead.Called(), lead.Exclusions, lead.Statuses
	for rank := lead.RankPresident; rank >= lead.RankNone; rank-- {
		v.Ranks = append(v.Ranks, rank)
	}
	v.Form = formOf(v.Lead)
	for name := range v.Lead.Props {
		v.Props = append(v.Props, name)
	}
	slices.Sort(v.Props)
	return v, nil
}

// formOf is a lead as its form shows it.
func formOf(l *lead.Lead) url.Values {
	form := url.Values{}
	for _, t := range texts {
		form.Set(t.name, t.of(l))
	}
	form.Set("seen", strconv.FormatInt(l.UpdatedAt, 10))
	form.Set("rank", strconv.Itoa(l.Rank))
	form.Set("company", l.CompanyName)
	form.Set("tags", strings.Join(l.Tags, ", "))
	if l.Owner != 0 {
		form.Set("owner", l.Owner.String())
	}
	for name, value := range l.Props {
		form.Set("prop."+name, value)
	}
	return form
}

// edit changes what differs from what the person saw.
func edit(r *page.Request) error {
	v, err := readEdit(r)
	if err != nil {
		return err
	}
	form, err := r.Form()
	if err != nil {
		return err
	}
	was := v.Form
	v.Form = form
	c, err := changeOf(v.Lead.ID, was, form)
	if err == nil && c.Owner != nil {
		_, err = nameOfOwner(r, *c.Owner)
	}
	if err == nil {
		err = r.Run(c)
	}
	if err != nil {
		return editPage.Again(r, v, err)
	}
	undo := ""
	if c.Was != nil { // else there was nothing to change
		undo = undoOf(v.Lead.ID, c)
	}
	return r.Done(pageOf(v.Lead.ID, ""), "lead.done.edited", nil, undo)
}

// changeOf is the difference between two forms. What stays is not named, so that it is not read anew.
func changeOf(number id.ID, was, form url.Values) (c *lead.Change, err error) {
	c = &lead.Change{ID: number, Props: map[string]string{}}
	differs := func(name string) bool { return form.Has(name) && form.Get(name) != was.Get(name) }
	for _, t := range texts {
		if differs(t.name) {
			text := form.Get(t.name)
			*t.into(c) = &text
		}
	}
	if seen, err := strconv.ParseInt(form.Get("seen"), 10, 64); err == nil {
		c.Seen = &seen
	}
	if differs("rank") {
		rank, err := strconv.Atoi(form.Get("rank"))
		if err != nil {
			return nil, fault.New(fault.Invalid, "lead.rank_range", nil).At("rank")
		}
		c.Rank = &rank
	}
	if differs("company") {
		c.Company = &company.Fields{Name: form.Get("company")}
	}
	if differs("tags") {
		tags := strings.FieldsFunc(form.Get("tags"), func(r rune) bool { return r == ',' || r == '、' || r == '，' })
		c.Tags = &tags
	}
	if differs("owner") {
		owner, err := account(form.Get("owner"), "owner")
		if err != nil {
			return nil, err
		}
		c.Owner = &owner
	}
	for field := range form {
		if name, is := strings.CutPrefix(field, "prop."); is && differs(field) {
			c.Props[name] = form.Get(field)
		}
	}
	if name := form.Get("new_prop"); name != "" {
		c.Props[name] = form.Get("new_value")
	}
	return c, nil
}

// remove deletes the lead; its page then offers to bring it back.
func remove(r *page.Request) error {
	l, err := read(r, nil)
	if err != nil {
		return err
	}
	if err := r.Run(&lead.Delete{ID: l.ID}); err != nil {
		return err
	}
	return r.Done(pageOf(l.ID, ""), "lead.done.deleted", fault.Args{"name": l.Called()}, pageOf(l.ID, "/restore"))
}

func restore(r *page.Request) error {
	number, err := r.ID("id")
	if err != nil {
		return err
	}
	if err := r.Run(&lead.Restore{ID: number}); err != nil {
		return err
	}
	return r.Done(pageOf(number, ""), "lead.done.restored", nil, "")
}
