package stage

import (
	"kizashi/attach"
	"kizashi/lead"
)

// What is known of a deal, where it stood and who was to take it.
var _ = lead.Attached.Declare(
	attach.Table{
		Name: "hearing", Merge: attach.Follow, Unmade: attach.Drop, Worked: "id <> 0", Past: []string{"at"},
		Disclosed: []string{"at", "item", "value", "source"}, Erased: attach.Drop,
	},
	attach.Table{
		Name: "stage_change", Merge: attach.Follow, Unmade: attach.Drop, Worked: "who <> 0", Past: []string{"at"},
		Disclosed: []string{"at", "was", "became", "reason"},
		Erased:    attach.Keep, Blank: map[string]string{"reason": "", "detail": ""},
	},
	attach.Table{
		Name: "handover", Merge: attach.Follow, Unmade: attach.Drop, Worked: "who <> 0",
		Past:      []string{"offered_at", "answered_at"},
		Disclosed: []string{"offered_at", "state", "answered_at", "reason", "note"},
		Erased:    attach.Keep, Blank: map[string]string{"note": ""},
	},
)
