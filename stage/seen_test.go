package stage_test

import (
	"testing"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/stage"
)

// What a file says for the hearing sheet changes what is seen of the lead: an edit that was begun before is a
// conflict, and overwrites nothing.
func TestAnswersOfAFileAreAConflict(t *testing.T) {
	engines(t, func(o *office) {
		seen := o.person().UpdatedAt
		o.door.DB.Clock.Set(o.door.DB.Clock.Now() + 1000)
		o.write(func(tx *db.Tx) error {
			told := []stage.Told{{Lead: o.lead, Item: "budget", Value: "300万円"}}
			return stage.Tell(o.Context(), tx, told, []id.ID{o.lead}, false)
		})
		if o.person().BANT == 0 {
			t.Error("the budget is not known")
		}
		name := "別の名前"
		o.refuse(act.Product, &lead.Change{ID: o.lead, Seen: &seen, FullName: &name}, fault.Conflict, "fault.conflict")
	})
}
