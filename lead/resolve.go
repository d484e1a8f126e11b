package lead

import (
	"context"

	"kizashi/company"
	"kizashi/fault"
	"kizashi/id"
)

func (r *resolver) resolve(m *marks) Resolved {
	r.correct(m)
	r.parted = 0
	who, target := r.named(m)
	if m.lead != 0 && target == 0 {
		return Resolved{Err: fault.New(fault.NotFound, "lead.not_found", fault.Args{"id": m.lead})}
	}
	visitor := r.identities[m.visitor]
	via, made := who, r.parted != 0
	if target == 0 && len(m.known) > 0 {
		if visitor != nil && visitor.lead != 0 && r.mayBe(visitor.lead, m) {
			target, via = visitor.lead, visitor.id
		} else {
			target, made = r.makeLead(m), true
		}
	}
	switch {
	case target == 0 && visitor == nil:
		return Resolved{Err: m.nobody()}
	case target == 0 && visitor.lead == 0:
		return Resolved{Lead: visitor.id, Who: visitor.id, Anonymous: true}
	case target == 0:
		return Resolved{Lead: visitor.lead, Who: visitor.id}
	}
	r.tieAll(m, visitor, target, via)
	r.vouch(m, target)
	return Resolved{Lead: target, Who: who, Made: made}
}

// correct lets a sender that is vouched for correct what a public claim tied: where it names a user id or an
// address together with something that contradicts its lead, the claim did not hold, and what came under
// the identity goes to whom the sender names.
func (r *resolver) correct(m *marks) {
	if !m.from.Standing.Vouched() || len(m.known) < 2 {
		return
	}
	for n, k := range m.known {
		i, other := r.identities[k], r.identities[m.known[1-n]]
		if i.lead == 0 || i.stands.Vouched() || i.lead == other.lead || !r.kinds[i.lead][other.Kind] {
			continue
		}
		r.untied = append(r.untied, untied{i, i.lead})
		if l := r.leads[i.lead]; l != nil {
			r.touch(l)
			l.loseMail(i.Identity)
			l.UpdatedAt = r.tx.Now
		}
		i.lead, i.via, i.dirty = 0, 0, true
	}
}

// loseMail empties the address of a lead that is not its own any more, and the company that it alone told.
func (l *Lead) loseMail(i Identity) {
	if i.Kind != Mail || l.Email != i.Value {
		return
	}
	l.Email, l.CorporateMail = "", false
	delete(l.Known, "email")
	if l.Known.Of("company").Standing == Guessed {
		l.Company = 0
		delete(l.Known, "company")
	}
}

// moveUntied brings what came under corrected identities to the leads that they have now.
func (r *resolver) moveUntied(ctx context.Context) error {
	for _, u := range r.untied {
		if u.identity.lead == 0 || u.identity.lead == u.from {
			continue
		}
		if err := moveUnder(ctx, r.tx, u.identity.id, u.from, u.identity.lead); err != nil {
			return err
		}
		r.suggest(u.from, u.identity.lead, WhyIdentity) // a person may know better
	}
	if len(r.untied) == 0 {
		return nil
	}
	return r.writeSuggestions(ctx)
}

// untied is an identity that was taken from a lead.
type untied struct {
	identity *identity
	from     id.ID
}

// named is the lead that a message names, 0 if nobody knows it yet, and under what it came. Of two leads a
// public claim names the one that has the user id, unless that one has an address of its own.
func (r *resolver) named(m *marks) (who, target id.ID) {
	if l := r.now[m.lead]; l != nil {
		who, target = m.lead, l.ID
	}
	for _, k := range m.known {
		i := r.identities[k]
		if who == 0 {
			who = i.id
		}
		switch {
		case i.lead == 0 || i.lead == target:
		case target == 0:
			target = i.lead
		default:
			r.suggest(target, i.lead, WhyIdentity)
			if !m.from.Standing.Vouched() && m.lead == 0 && r.kinds[target][k.Kind] {
				who, target = i.id, i.lead
			}
		}
	}
	if target != 0 && m.lead == 0 && r.contradicts(m, target) {
		return r.apart(m, target)
	}
	return who, target
}

// contradicts tells that a public claim names somebody new beside a lead that has another user id or address
// already: the two may be one person, but a stranger must not make them one.
func (r *resolver) contradicts(m *marks, lead id.ID) bool {
	if m.from.Standing.Vouched() {
		return false
	}
	for _, k := range m.known {
		if r.identities[k].lead == 0 && r.kinds[lead][k.Kind] {
			return true
		}
	}
	return false
}

// apart makes a lead of what is new in a message that contradicts a lead, and suggests that they are one.
func (r *resolver) apart(m *marks, known id.ID) (who, target id.ID) {
	var fresh []Identity
	for _, k := range m.known {
		if r.identities[k].lead == 0 {
			fresh = append(fresh, k)
		}
	}
	m.known = fresh
	target = r.makeLead(m)
	r.parted = target
	r.suggest(known, target, WhyIdentity)
	return r.identities[fresh[0]].id, target
}

// mayBe tells whether the person that a message names for the first time may be the lead whose
// browser it came from: the lead has no user id or address yet of the kind that is named.
func (r *resolver) mayBe(lead id.ID, m *marks) bool {
	for _, k := range m.known {
		if r.kinds[lead][k.Kind] {
			return false
		}
	}
	return true
}

func (r *resolver) makeLead(m *marks) id.ID {
	l := &Lead{}
	if !m.from.Standing.Vouched() {
		l.Unproven = Unproven
	}
	for _, k := range m.known {
		if k.Kind == Mail {
			r.employ(l, k.Value, m.from)
		}
	}
	return r.make(l).ID
}

// employ gives a lead its first address, and the company that the address tells.
func (r *resolver) employ(l *Lead, mail string, from Source) {
	l.Email, l.CorporateMail = mail, company.Corporate(company.MailDomain(mail))
	l.setSource("email", from)
	if c := r.works[mail]; c != nil && l.Company == 0 {
		l.Company = c.ID
		l.setSource("company", Source{Standing: Guessed, At: from.At})
	}
}

// tieAll gives the lead what a message named besides: new identities, and the visitor.
func (r *resolver) tieAll(m *marks, visitor *identity, target, via id.ID) {
	for _, k := range m.known {
		i := r.identities[k]
		if i.lead != 0 {
			continue
		}
		r.join(i, target, via)
		i.stands, i.tied = m.from.Standing, m.from.Event
		r.has(target, k.Kind)
		if l := r.leads[target]; k.Kind == Mail && l != nil && l.Email == "" {
			r.touch(l)
			r.employ(l, k.Value, m.from)
			l.UpdatedAt = r.tx.Now
		}
	}
	switch {
	case visitor == nil || visitor.lead == target:
	case visitor.lead == 0:
		r.join(visitor, target, via)
		visitor.tied = m.from.Event
	case len(m.known) > 0: // a mere link may have been forwarded; a name is meant
		r.tie(visitor, target, via)
		visitor.tied = m.from.Event
	}
}

// vouch notes that a sender who is vouched for knows the person under these identities.
func (r *resolver) vouch(m *marks, target id.ID) {
	if !m.from.Standing.Vouched() {
		return
	}
	for _, k := range m.known {
		if i := r.identities[k]; i.lead == target && i.stands < m.from.Standing {
			i.stands, i.dirty = m.from.Standing, true
		}
	}
	if l := r.leads[target]; l != nil && l.Unproven != Vouched && len(m.known) > 0 {
		r.touch(l)
		l.Unproven, l.UpdatedAt = Vouched, r.tx.Now
	}
}

func (r *resolver) join(i *identity, target, via id.ID) {
	r.joined[i.id] = target
	r.tie(i, target, via)
}
