package lead

import (
	"context"
	"errors"
	"slices"

	"kizashi/company"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

// Asked is who a message says it is about: at least one of these.
type Asked struct {
	Lead    id.ID // where the door knows it: an import, a link in a mail
	User    string
	Email   string
	Visitor string
	Source  Source // how far the sender can be believed, when it happened, as which event
}

// Resolved is whose a message is.
type Resolved struct {
	Lead      id.ID // the lead; of an anonymous visitor, its identity
	Who       id.ID // under what it came: the identity, or the lead as it was asked. It never changes
	Anonymous bool
	Made      bool // the lead was made for this message
	Err       *fault.Error
}

// ResolveMany finds whose messages are, in their order. A user id or a mail address that is new makes
// a lead. A visitor that a message ties to a lead joins it with all its history; one that another
// lead had before (a shared browser) moves on from now, and what it did before stays. Two leads that
// one message names are suggested to be one, never merged. A message that names nobody, or a lead
// that does not exist, has an Err.
//
// A public write key ties no second user id and no second address to a lead: anybody can use it. What it
// names besides becomes a lead of its own, suggested to be the same person. A sender that is vouched for
// ties both, and corrects what only such a claim had tied.
func ResolveMany(ctx context.Context, tx *db.Tx, list []Asked) ([]Resolved, error) {
	r := &resolver{book: newBook(tx), joined: map[id.ID]id.ID{}}
	asked := make([]*marks, len(list))
	for i, a := range list {
		asked[i] = a.normalise()
	}
	if err := r.read(ctx, asked); err != nil {
		return nil, err
	}
	results := make([]Resolved, len(list))
	for i, m := range asked {
		results[i] = r.resolve(m)
	}
	// What a visitor did earlier in the same batch than it became known belongs to the lead, too.
	for i := range results {
		if lead := r.joined[results[i].Lead]; results[i].Anonymous && lead != 0 {
			results[i].Lead, results[i].Anonymous = lead, false
		}
	}
	if err := r.write(ctx); err != nil {
		return nil, err
	}
	return results, r.moveUntied(ctx)
}

// marks are Asked in comparable form.
type marks struct {
	lead    id.ID
	known   []Identity // user, then mail: what names a person
	visitor Identity   // without a value if there is none
	wrong   error      // why the mail address cannot be read
	from    Source
}

// Names are whom a message names, in comparable form: user, address, visitor.
func (a Asked) Names() []Identity {
	m := a.normalise()
	return m.all()
}

func (a Asked) normalise() *marks {
	m := &marks{lead: a.Lead, visitor: Identity{Visitor, company.Tidy(a.Visitor)}, from: a.Source}
	if user := company.Tidy(a.User); user != "" && !Placeholder(user) {
		m.known = append(m.known, Identity{User, user})
	}
	if Placeholder(m.visitor.Value) {
		m.visitor.Value = ""
	}
	if a.nobody() {
		m.visitor.Value = nobodysVisitor
	}
	if a.Email == "" {
		return m
	}
	mail, err := ParseMail(a.Email)
	if err != nil {
		m.wrong = err
	} else if mail != "" {
		m.known = append(m.known, Identity{Mail, mail})
	}
	return m
}

// nobody is the fault of a message that names nobody: its address cannot be read, or it has none.
func (m *marks) nobody() *fault.Error {
	var wrong *fault.Error
	if errors.As(m.wrong, &wrong) {
		return wrong.At("email")
	}
	return fault.New(fault.Invalid, "lead.nobody", nil)
}

func (m *marks) all() []Identity {
	if m.visitor.Value == "" {
		return m.known
	}
	return append(m.known[:len(m.known):len(m.known)], m.visitor)
}

type resolver struct {
	*book
	now    map[id.ID]*Lead             // the lead that a known id is today
	kinds  map[id.ID]map[string]bool   // the kinds of identities that leads have
	joined map[id.ID]id.ID             // visitors that became known in this batch
	parted id.ID                       // the lead that the message at hand made because it contradicts another
	untied []untied                    // identities that a stronger source took from their leads, with what came under them
	works  map[string]*company.Company // by mail address: where somebody new works
}

func (r *resolver) read(ctx context.Context, asked []*marks) error {
	var all []Identity
	var leads []id.ID
	for _, m := range asked {
		all = append(all, m.all()...)
		if m.lead != 0 {
			leads = append(leads, m.lead)
		}
	}
	if err := r.know(ctx, all); err != nil {
		return err
	}
	anyNew := slices.ContainsFunc(asked, r.news)
	if anyNew || len(leads) > 0 { // together, so that they are locked in the order of their ids
		if err := r.readLeads(ctx, append(r.owners(), leads...)); err != nil {
			return err
		}
	}
	var err error
	if r.now, err = r.follow(ctx, leads); err != nil {
		return err
	}
	if err := r.readOwners(ctx, anyNew); err != nil {
		return err
	}
	return r.readEmployers(ctx, asked)
}

// readOwners reads the leads that may get a new identity, and what identities they have. Where
// everybody is known already it asks nothing.
func (r *resolver) readOwners(ctx context.Context, anyNew bool) error {
	r.kinds = map[id.ID]map[string]bool{}
	if !anyNew {
		return nil
	}
	owners := r.owners()
	for _, l := range r.now {
		owners = append(owners, l.ID)
	}
	if len(owners) == 0 {
		return nil
	}
	if err := r.readLeads(ctx, owners); err != nil {
		return err
	}
	in, arg := r.tx.In("$1", owners)
	return r.tx.Each(ctx, `SELECT lead, kind FROM identity WHERE lead <> 0 AND lead`+in, []any{arg},
		func(scan func(...any) error) error {
			var lead id.ID
			var kind string
			err := scan(&lead, &kind)
			r.has(lead, kind)
			return err
		})
}

// owners are the leads of the identities.
func (r *resolver) owners() (leads []id.ID) {
	for _, i := range r.identities {
		if i.lead != 0 {
			leads = append(leads, i.lead)
		}
	}
	return leads
}

func (r *resolver) has(lead id.ID, kind string) {
	if r.kinds[lead] == nil {
		r.kinds[lead] = map[string]bool{}
	}
	r.kinds[lead][kind] = true
}

// news tells that a message names a user or an address that no lead has yet, two that belong to different
// leads, or one that nobody has vouched for so far and the sender can.
func (r *resolver) news(m *marks) bool {
	for _, k := range m.known {
		i := r.identities[k]
		if i.lead == 0 || i.lead != r.identities[m.known[0]].lead || m.from.Standing.Vouched() && !i.stands.Vouched() {
			return true
		}
	}
	return false
}

// readEmployers finds the companies of the addresses that are new.
func (r *resolver) readEmployers(ctx context.Context, asked []*marks) error {
	r.works = map[string]*company.Company{}
	var mails []string
	var descriptions []company.Fields
	for _, m := range asked {
		for _, i := range m.known {
			if i.Kind == Mail && r.identities[i].lead == 0 {
				mails = append(mails, i.Value)
				descriptions = append(descriptions, company.Fields{Mail: i.Value})
			}
		}
	}
	if len(mails) == 0 {
		return nil
	}
	found, err := company.EnsureMany(ctx, r.tx, descriptions, false)
	for i, c := range found {
		if c != nil {
			r.works[mails[i]], r.companies[c.ID] = c, c
		}
	}
	return err
}
