package bulk

import (
	"kizashi/attach"
	"kizashi/lead"
)

// Whom a change of many leads took in, and how each was before.
var _ = lead.Attached.Declare(
	attach.Table{Name: "bulk_lead", Merge: attach.Stay, Unmade: attach.Keep, Erased: attach.Drop, Worked: "bulk <> 0"},
)
