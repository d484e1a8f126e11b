package fold

import (
	"context"

	"kizashi/db"
	"kizashi/event"
	"kizashi/id"
	"kizashi/lead"
)

// verifyTraits compares what senders said of leads, as the log has it, with what the leads say. Addresses and
// companies are left out: other people's records decide about those, too.
func (e *Engine) verifyTraits(ctx context.Context, tx *db.Tx, leads []id.ID, v *Verified) error {
	said := map[id.ID][]lead.Fields{}
	err := event.EachWithTraits(ctx, tx, e.Kinds, leads, func(ev *event.Event) error {
		said[ev.Lead] = append(said[ev.Lead], lesson(ev))
		return nil
	})
	if err != nil || len(said) == 0 {
		return err
	}
	stored, err := lead.ByIDs(ctx, tx, leads)
	if err != nil {
		return err
	}
	for _, number := range leads {
		if l := stored[number]; l != nil {
			for _, d := range l.Untaught(said[number]) {
				v.differ(number, d.Field, d.Stored, d.Said)
			}
		}
	}
	return nil
}
