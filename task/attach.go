package task

import (
	"kizashi/attach"
	"kizashi/lead"
)

// What people are to do and have done. A step that a rule planned is no work, one that somebody ended is. How many
// contacts were made counts when the person is erased; what was said does not, and stands in the log.
var _ = lead.Attached.Declare(
	attach.Table{
		Name: "task", Merge: attach.Follow, Unmade: attach.Drop, Worked: "made_by <> 0 OR ended_by <> 0",
		Past:      []string{"created_at", "ended_at"},
		Disclosed: []string{"created_at", "kind", "due_at", "note", "state", "result"}, Erased: attach.Drop,
	},
	attach.Table{
		Name: "activity", Merge: attach.Follow, Unmade: attach.Drop, Worked: "id <> 0", Past: []string{"logged_at"},
		Disclosed: []string{"logged_at", "kind", "result"},
		Erased:    attach.Keep, Blank: map[string]string{"before": "{}"},
	},
	attach.Table{Name: "lead_work", Merge: attach.Stay, Unmade: attach.Drop, Erased: attach.Drop},
	attach.Table{
		Name: "notice", Merge: attach.Follow, Unmade: attach.Drop, Past: []string{"at", "read_at"}, Erased: attach.Drop,
	},
)
