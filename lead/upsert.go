package lead

import (
	"context"
	"encoding/json"
	"slices"

	"kizashi/company"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

// Options say how an Upsert treats what is known already.
type Options struct {
	Overwrite bool  // what is new replaces what is known; else it only fills gaps
	Since     int64 // ms UTC: a row that meets a lead made since then has been Merged into it
	// Source is where what has no Fields.From comes from; a file where it is zero.
	Source Source
}

// source is where a description comes from.
func (o Options) source(f *Fields) Source {
	switch {
	case f.From != nil:
		return *f.From
	case o.Source != Source{}:
		return o.Source
	}
	return Source{Standing: Imported}
}

// Action is what became of what a door brought.
type Action string

// The actions.
const (
	Made    Action = "new"
	Updated Action = "updated"
	Merged  Action = "merged" // it meant a lead that the same import had made
	Same    Action = "same"
)

// Result is what became of one person.
type Result struct {
	Lead   id.ID
	Action Action
	Before string // what Undo needs; "" if the lead was made, or is the same
}

// Made tells that nobody knew the person before: not even as a lead that was deleted.
func (r Result) Made() bool { return r.Action == Made && r.Before == "" }

// Upsert is the one way in for a person: it finds the lead by mail address, then by user id, makes it
// and its company if there is none, completes what is unknown, and records whom it might be twice.
func Upsert(ctx context.Context, tx *db.Tx, f Fields, o Options) (Result, error) {
	results, err := UpsertMany(ctx, tx, []Fields{f}, o)
	if err != nil {
		return Result{}, err
	}
	return results[0], nil
}

// UpsertMany is Upsert for many people, in their order, with few queries for all of them: a thousand
// at a time is a good number.
func UpsertMany(ctx context.Context, tx *db.Tx, list []Fields, o Options) ([]Result, error) {
	people := make([]*person, len(list))
	for i := range list {
		people[i] = normalise(&list[i])
		people[i].from = o.source(&list[i])
	}
	if err := findCompanies(ctx, tx, list, people, o.Overwrite); err != nil {
		return nil, err
	}
	u, err := openUpsert(ctx, tx, people, o)
	if err != nil {
		return nil, err
	}
	results := make([]Result, len(people))
	for i, p := range people {
		if results[i], err = u.put(p); err != nil {
			return nil, err
		}
	}
	return results, u.write(ctx)
}

func findCompanies(ctx context.Context, tx *db.Tx, list []Fields, people []*person, overwrite bool) error {
	descriptions := make([]company.Fields, len(list))
	for i := range list {
		descriptions[i] = list[i].employer(people[i])
		descriptions[i].Claim = people[i].from.Standing < Imported
		people[i].guessed = guessed(descriptions[i])
	}
	found, err := company.EnsureMany(ctx, tx, descriptions, overwrite)
	for i, c := range found {
		if c != nil {
			people[i].inCompany, people[i].Company = c, c.ID
		}
	}
	return err
}

// upsert is a book with what people are recognised by who have no identity.
type upsert struct {
	*book
	options Options
	now     map[id.ID]*Lead // the lead that a known id is today
	byName  map[namesake][]*Lead
	byKana  map[namesake][]*Lead // by reading instead of name, at companies of this call that were there
	byPhone map[string][]*Lead   // mobile numbers only: a company shares its others

	phonesOf map[id.ID][]string
}

// namesake is a name in a company.
type namesake struct {
	company id.ID
	nameKey string
}

func openUpsert(ctx context.Context, tx *db.Tx, people []*person, o Options) (*upsert, error) {
	u := &upsert{book: newBook(tx), options: o, byName: map[namesake][]*Lead{}, byKana: map[namesake][]*Lead{}, byPhone: map[string][]*Lead{}}
	var marks []Identity
	var known []id.ID
	for _, p := range people {
		marks = append(marks, p.marks...)
		known = append(known, p.known)
		if p.inCompany != nil {
			u.companies[p.Company] = p.inCompany
		}
	}
	if err := u.know(ctx, marks); err != nil {
		return nil, err
	}
	for _, i := range u.identities {
		known = append(known, i.lead)
	}
	var err error
	if u.now, err = u.follow(ctx, known); err != nil {
		return nil, err
	}
	return u, u.readAlike(ctx, people)
}

// put brings in one person.
func (u *upsert) put(p *person) (Result, error) {
	l, err := u.find(p)
	if err != nil {
		return Result{}, err
	}
	if l == nil || l.Gone == GoneErased {
		return Result{Lead: u.create(p).ID, Action: Made}, nil
	}
	was := l.clone()
	made := u.made(l)
	u.touch(l)
	revived := l.Gone == GoneDeleted
	l.Gone = ""
	news := undo{Identities: u.recognise(l, p), Phones: u.addPhones(l, p)}
	p.Email = u.ownMail(l, p)
	u.fill(l, p)
	news.Diff = difference(was, l)
	if news.Diff.sourcesOnly() && len(news.Identities) == 0 && len(news.Phones) == 0 {
		return Result{Lead: l.ID, Action: u.meeting(l, made, Same)}, nil // newer sources of the same values are kept
	}
	l.UpdatedAt = u.tx.Now
	news.Diff = difference(was, l)
	raw, err := json.Marshal(news)
	action := u.meeting(l, made, Updated)
	if revived {
		action = Made
	}
	return Result{Lead: l.ID, Action: action, Before: string(raw)}, err
}

// meeting is the action of a row that met a lead: Merged if the same import had made the lead.
func (u *upsert) meeting(l *Lead, made bool, otherwise Action) Action {
	if made || u.options.Since != 0 && l.CreatedAt >= u.options.Since {
		return Merged
	}
	return otherwise
}

// find is the lead that is meant; nil if it is to be made.
func (u *upsert) find(p *person) (*Lead, error) {
	var found *Lead
	if p.known != 0 {
		if found = u.now[p.known]; found == nil {
			return nil, fault.New(fault.NotFound, "lead.not_found", fault.Args{"id": p.known})
		}
	}
	for _, m := range p.marks {
		owner := u.leads[u.identities[m].lead]
		switch {
		case owner == nil:
		case found == nil:
			found = owner
		case found != owner:
			u.suggest(found.ID, owner.ID, WhyIdentity)
		}
	}
	if found == nil && len(p.marks) == 0 {
		found = u.namesakeOf(p)
	}
	return found, nil
}

func (u *upsert) create(p *person) *Lead {
	l := Lead{Status: p.Status}
	if p.from.Standing < Imported {
		l.Unproven = Unproven
	}
	made := u.make(&l)
	u.fill(made, p)
	u.recognise(made, p)
	u.addPhones(made, p)
	u.suggestAlike(made, p)
	return made
}

// recognise ties the identities that nobody has to the lead, and gives their ids.
func (u *upsert) recognise(l *Lead, p *person) []id.ID {
	var via id.ID
	for _, m := range p.marks {
		if i := u.identities[m]; i.lead == l.ID {
			via = i.id
			break
		}
	}
	var tied []id.ID
	for _, m := range p.marks {
		switch i := u.identities[m]; {
		case i.lead == 0:
			u.tie(i, l.ID, via)
			i.stands = p.from.Standing
			tied = append(tied, i.id)
		case i.lead == l.ID && i.stands < p.from.Standing:
			i.stands, i.dirty = p.from.Standing, true
		}
	}
	return tied
}

// ownMail is the first address of the person that is not another lead's; "" if there is none.
func (u *upsert) ownMail(l *Lead, p *person) string {
	for _, m := range p.marks {
		if m.Kind == Mail && u.identities[m].lead == l.ID {
			return m.Value
		}
	}
	return ""
}

// addPhones writes the numbers that the lead has not.
func (u *upsert) addPhones(l *Lead, p *person) []string {
	var added []string
	for _, digits := range p.phones {
		if slices.Contains(u.phonesOf[l.ID], digits) {
			continue
		}
		u.phones = append(u.phones, []any{digits, int64(l.ID)})
		u.phonesOf[l.ID] = append(u.phonesOf[l.ID], digits)
		added = append(added, digits)
	}
	return added
}
