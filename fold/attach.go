package fold

import (
	"kizashi/attach"
	"kizashi/lead"
)

// What follows from the log is made again after a merge, and removed with its lead. Reactions are history and tell
// of nobody but by the lead's number.
var _ = lead.Attached.Declare(
	attach.Table{
		Name: "lead_state", Merge: attach.Stay, Unmade: attach.Keep, Erased: attach.Drop,
		Disclosed: []string{"last_at", "temperature", "fit", "fit_points", "stage"},
	},
	attach.Table{Name: "lead_checkpoint", Merge: attach.Stay, Unmade: attach.Keep, Erased: attach.Drop},
	attach.Table{Name: "reaction", Merge: attach.Stay, Unmade: attach.Keep, Erased: attach.Keep},
)
