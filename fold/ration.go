package fold

import (
	"context"

	"kizashi/db"
	"kizashi/event"
	"kizashi/fault"
	"kizashi/lead"
	"kizashi/limit"
	"kizashi/score"
	"kizashi/setting"
)

// How many names events may have in an installation. A name that rules ask for, or that the product knows, is
// always taken.
const (
	maxPublicKinds = 1_000  // beyond these, public keys bring no new ones: their events are kept without counting
	maxKinds       = 10_000 // beyond these, nobody does
)

// maxLimits is how many people and addresses are remembered.
const maxLimits = 200_000

// public tells whether the message came with a key that everybody can read.
func (it *item) public() bool { return it.message.Door != 0 && it.message.Standing < lead.Entered }

// excess says that the event is kept and does not count.
func (it *item) excess() {
	if it.class == event.Human {
		it.class = event.Excess
	}
}

// nameKinds decides under which names events are kept; one that may not bring a new name gets its error.
func (e *Engine) nameKinds(ctx context.Context, tx *db.Tx, items []*item) ([]*item, error) {
	n := &naming{engine: e, fresh: map[string]bool{}}
	kept := items[:0]
	for _, it := range items {
		may, err := n.may(ctx, tx, it.kind, it.public())
		switch {
		case err != nil:
			return nil, err
		case may:
		case it.public():
			it.excess()
			if it.props, err = event.WithName(it.props, it.kind); err != nil {
				return nil, err
			}
			it.kind = event.Unlisted
		default:
			it.answer.Err = fault.New(fault.Invalid, "intake.too_many_kinds", fault.Args{"limit": maxKinds}).At("event")
			continue
		}
		kept = append(kept, it)
	}
	return kept, nil
}

// naming is the new names of one transaction.
type naming struct {
	engine *Engine
	fresh  map[string]bool
	loaded bool
}

func (n *naming) may(ctx context.Context, tx *db.Tx, kind string, public bool) (bool, error) {
	kinds, limit := n.engine.Kinds, maxKinds
	if public {
		limit = maxPublicKinds
	}
	if kind == "" || kind == event.Unlisted || kinds.Has(kind) || n.fresh[kind] || n.engine.asked(kind) {
		return true, nil
	}
	if kinds.Len()+len(n.fresh) < limit {
		n.fresh[kind] = true
		return true, nil
	}
	if n.loaded {
		return false, nil
	}
	n.loaded = true // another node may have added it
	if err := kinds.Load(ctx, tx); err != nil {
		return false, err
	}
	return kinds.Has(kind), nil
}

// asked tells whether the product or a rule in force knows a name.
func (e *Engine) asked(kind string) bool {
	if score.KnownKind(kind) {
		return true
	}
	r := e.rules.Load()
	return r != nil && (r.Model.Asks(kind) || r.asked[kind])
}

// ration lets only so many events of public keys count in a day: of a person, and of all.
func (e *Engine) ration(
	ctx context.Context, tx *db.Tx, items []*item, owners []lead.Resolved, taken *limit.Attempt[string],
) error {
	perPerson, err := setting.PersonEvents(ctx, tx)
	if err != nil {
		return err
	}
	perDay, err := setting.DayEvents(ctx, tx)
	if err != nil {
		return err
	}
	day := limit.Of[string]{Name: "day", Pace: limit.Daily(perDay)}
	excess := int64(0)
	for i, it := range items {
		if it.public() && it.class == event.Human && it.kind != "" {
			person := limit.Of[string]{Name: "person " + owners[i].Lead.String(), Pace: limit.Daily(perPerson)}
			if perPerson > 0 && !taken.Take(1, person) || perDay > 0 && !taken.Take(1, day) {
				it.excess()
			}
		}
		if it.class == event.Excess {
			excess++
		}
	}
	tx.After(func() { e.Excess.Add(excess) })
	return nil
}
