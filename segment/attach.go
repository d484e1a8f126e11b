package segment

import (
	"kizashi/attach"
	"kizashi/lead"
)

// Who belongs to a segment follows from the rest: fold writes it.
var _ = lead.Attached.Declare(
	attach.Table{
		Name: "segment_member", Merge: attach.Stay, Unmade: attach.Keep, Erased: attach.Drop,
		Disclosed: []string{"since_at=segment_member.since", "segment=segment.name"},
		From:      "segment_member JOIN segment ON segment.id = segment_member.segment",
	},
)
