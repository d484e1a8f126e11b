package takeback

import (
	"kizashi/attach"
	"kizashi/lead"
)

// What became of whom.
var _ = lead.Attached.Declare(
	attach.Table{Name: "takeback_lead", Merge: attach.Stay, Unmade: attach.Keep, Erased: attach.Keep},
)
