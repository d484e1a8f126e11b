package bulk

import (
	"context"
	"encoding/json"
	"slices"

	"kizashi/act"
	"kizashi/db"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/stage"
)

// before is what the act will change of a lead; same, if it is like this already.
func (s *step) before(ctx context.Context, tx *db.Tx, l *lead.Lead) (was before, same bool, err error) {
	a := &s.bulk.Act
	switch a.Kind {
	case Assign:
		return before{Owner: l.Owner}, l.Owner == a.Owner, nil
	case Exclude:
		return before{Excluded: l.Excluded}, l.Excluded == a.Excluded, nil
	case Tag:
		return was, slices.Contains(l.Tags, a.Tag), nil
	case Untag:
		return was, !slices.Contains(l.Tags, a.Tag), nil
	}
	now, err := stage.Of(ctx, tx, l.ID)
	if err != nil {
		return was, false, err
	}
	kept, err := stage.Keep(ctx, tx, l)
	return before{Stage: &kept}, now == a.To, err
}

// back is the command that takes the act back from one lead, if it is still as the act left it.
func (a *Act) back(s *step) act.Command {
	var was before
	if err := json.Unmarshal([]byte(s.kept), &was); err != nil {
		was = before{}
	}
	back := Act{Kind: a.Kind, Owner: was.Owner, Tag: a.Tag, Excluded: was.Excluded}
	unless := func(*lead.Lead) bool { return false }
	switch a.Kind {
	case Assign:
		unless = func(l *lead.Lead) bool { return l.Owner != a.Owner }
	case Exclude:
		unless = func(l *lead.Lead) bool { return l.Excluded != a.Excluded }
	case Tag:
		back.Kind = Untag
		unless = func(l *lead.Lead) bool { return !slices.Contains(l.Tags, a.Tag) }
	case Untag:
		back.Kind = Tag
		unless = func(l *lead.Lead) bool { return slices.Contains(l.Tags, a.Tag) }
	case Move:
		return &moveBack{Lead: s.lead, Before: was.Stage}
	}
	return &restore{back.on(s.lead), s.lead, unless}
}

// restore runs a command on a lead that nobody has changed since.
type restore struct {
	act.Command
	lead   id.ID
	unless func(*lead.Lead) bool
}

// MarshalJSON shows the command itself to the audit log.
func (c *restore) MarshalJSON() ([]byte, error) { return json.Marshal(c.Command) }

// Do looks and restores.
func (c *restore) Do(ctx context.Context, tx *db.Tx) error {
	l, err := lead.ByID(ctx, tx, c.lead)
	if err != nil {
		return err
	}
	if c.unless(l) {
		return errKept
	}
	return c.Command.Do(ctx, tx)
}

// moveBack takes a change of stage back, as if it had never been.
type moveBack struct {
	Lead   id.ID         `json:"lead"`
	Before *stage.Before `json:"before"`
}

// Name says which command this is.
func (c *moveBack) Name() string { return "stage.take_back" }

// Allow lets those take back who may move.
func (c *moveBack) Allow(w act.Who) bool { return act.Work.Holds(w) }

// Check has nothing to check without the database.
func (c *moveBack) Check() error { return nil }

// Target is the lead.
func (c *moveBack) Target() id.ID { return c.Lead }

// Do takes back what is still the lead's last change.
func (c *moveBack) Do(ctx context.Context, tx *db.Tx) error {
	l, err := lead.ByID(ctx, tx, c.Lead)
	if err != nil {
		return err
	}
	newest, err := stage.Newest(ctx, tx, l.ID)
	if err != nil {
		return err
	}
	if c.Before == nil || newest != c.Before.Change {
		return errKept
	}
	return stage.TakeBack(ctx, tx, l, *c.Before)
}
