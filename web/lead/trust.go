package lead

import (
	"context"
	"net/url"
	"slices"

	"kizashi/company"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/lead"
	"kizashi/page"
)

// trust is what a lead is recognised by, and what of it nobody vouches for.
type trust struct {
	Ties     []lead.Tie
	Claims   []claimed // what senders said and stronger sources outweigh
	Doubtful []claimed // values that nobody has confirmed
}

// claimed is a value that a sender gave, in words.
type claimed struct {
	Field string
	Label string // words of the field, or the name of a property
	Value string
	At    int64
	Key   string // words of how far its source can be believed
}

// maxTies bounds the identities on the page. A lead with more is a shared address.
const maxTies = 100

func (v *view) readTrust(ctx context.Context, tx *db.Tx, say *teller) (err error) {
	if v.Trust.Ties, err = lead.Ties(ctx, tx, v.Lead.ID, maxTies); err != nil {
		return err
	}
	for _, field := range v.Lead.Unconfirmed() {
		c := lead.Claim{Field: field, Value: v.Lead.Value(field), Source: v.Lead.Known.Of(field)}
		if err := v.Trust.add(ctx, tx, say, &v.Trust.Doubtful, c); err != nil {
			return err
		}
	}
	claims, err := lead.Claims(ctx, tx, v.Lead.ID)
	for _, c := range claims {
		if err == nil {
			err = v.Trust.add(ctx, tx, say, &v.Trust.Claims, c)
		}
	}
	return err
}

func (t *trust) add(ctx context.Context, tx *db.Tx, say *teller, list *[]claimed, c lead.Claim) error {
	shown := claimed{Field: c.Field, Value: c.Value, At: c.Source.At, Key: c.Source.Standing.Key()}
	switch name, is := lead.PropOf(c.Field); {
	case is:
		shown.Label = name
	case c.Field == "company":
		number, err := lead.CompanyOf(c.Value)
		if err != nil {
			return err
		}
		found, err := company.ByID(ctx, tx, number)
		if fault.KindOf(err) == fault.NotFound {
			return nil // it is gone by now
		}
		if err != nil {
			return err
		}
		shown.Label, shown.Value = say.words("lead.field.company", nil), found.Name
	default:
		shown.Label = say.words("lead.field."+c.Field, nil)
		if c.Field == "phone" || c.Field == "mobile" {
			shown.Value = lead.WrittenPhone(c.Value)
		}
	}
	*list = append(*list, shown)
	return nil
}

// Doubted tells that nobody vouches for a value of the lead.
func (s summary) Doubted(field string) bool { return slices.Contains(s.Lead.Unconfirmed(), field) }

// posted reads the form of a request about a lead that is there.
func posted(r *page.Request) (form url.Values, l *lead.Lead, err error) {
	if form, err = r.Form(); err != nil {
		return nil, nil, err
	}
	l, err = read(r, nil)
	return form, l, err
}

// confirm says that a person vouches for the lead, or for one of its values.
func confirm(r *page.Request) error {
	form, l, err := posted(r)
	if err != nil {
		return err
	}
	c := &lead.Confirm{ID: l.ID, Fields: form["field"]}
	if err := r.Run(c); err != nil {
		return again(r, func(*view) {}, err)
	}
	return r.Done(pageOf(l.ID, "#trust"), "lead.done.confirmed", nil, undoOf(l.ID, c))
}

// settle takes or drops what a sender said beside a value.
func settle(r *page.Request) error {
	form, l, err := posted(r)
	if err != nil {
		return err
	}
	c := &lead.Settle{ID: l.ID, Field: form.Get("field"), Take: form.Get("act") == "take"}
	if err := r.Run(c); err != nil {
		return again(r, func(*view) {}, err)
	}
	done := "lead.done.claim_dropped"
	if c.Take {
		done = "lead.done.claim_taken"
	}
	return r.Done(pageOf(l.ID, "#trust"), done, nil, undoOf(l.ID, c))
}

// split detaches an identity from the lead, with what came under it.
func split(r *page.Request) error {
	identity, err := r.ID("identity")
	if err != nil {
		return err
	}
	l, err := read(r, nil)
	if err != nil {
		return err
	}
	c := &lead.Split{ID: l.ID, Identity: identity}
	if err := r.Run(c); err != nil {
		return again(r, func(*view) {}, err)
	}
	done := "lead.done.split"
	if c.Into == identity {
		done = "lead.done.split_visitor"
	}
	return r.Done(pageOf(l.ID, "#trust"), done, nil, undoOf(l.ID, c))
}
