package event

import (
	"kizashi/attach"
	"kizashi/lead"
)

// The log: a merge moves events by the identities that they came under, and the events of an unmade lead are
// anonymous again.
var _ = lead.Attached.Declare(
	attach.Table{Name: "event", Merge: attach.ByHand, Unmade: attach.Keep},
)
