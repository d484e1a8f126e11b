package task

import (
	"kizashi/attach"
	"kizashi/lead"
)

// What people are to do and have done. A step that a rule planned is no work, one that somebody ended is.
var _ = lead.Attached.Declare(
	attach.Table{Name: "task", Merge: attach.Follow, Unmade: attach.Drop,
		Worked: "made_by <> 0 OR ended_by <> 0", Past: []string{"created_at", "ended_at"}},
	attach.Table{Name: "activity", Merge: attach.Follow, Unmade: attach.Drop,
		Worked: "id <> 0", Past: []string{"logged_at"}},
	attach.Table{Name: "notice", Merge: attach.Follow, Unmade: attach.Drop, Past: []string{"at", "read_at"}},
)
