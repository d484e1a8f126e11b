package event

import (
	"kizashi/attach"
	"kizashi/lead"
)

// The log: a merge moves events by the identities that they came under, and the events of an unmade lead are
// anonymous again. Counts need those of an erased person; what they say of the person goes.
var _ = lead.Attached.Declare(
	attach.Table{
		Name: "event", Merge: attach.ByHand, Unmade: attach.Keep,
		Disclosed: []string{"at", "kind=kind.name", "channel", "subject", "props"},
		From:      "event JOIN kind ON kind.id = event.kind",
		Erased:    attach.Keep, Blank: map[string]string{"props": "", "subject": "", "message": ""},
	},
)
