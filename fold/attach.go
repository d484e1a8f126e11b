package fold

import (
	"kizashi/attach"
	"kizashi/lead"
)

// What follows from the log is made again after a merge, and removed with its lead. Reactions are history.
var _ = lead.Attached.Declare(
	attach.Table{Name: "lead_state", Merge: attach.Stay, Unmade: attach.Keep},
	attach.Table{Name: "lead_checkpoint", Merge: attach.Stay, Unmade: attach.Keep},
	attach.Table{Name: "reaction", Merge: attach.Stay, Unmade: attach.Keep},
)
