package consent

import (
	"kizashi/attach"
	"kizashi/lead"
)

// The ledger. Who has agreed or refused is not forgotten because a file is taken back.
var _ = lead.Attached.Declare(
	attach.Table{
		Name: "consent", Merge: attach.Follow, Unmade: attach.Keep, Worked: "id <> 0", Past: []string{"at"},
		Disclosed: []string{"at", "purpose", "basis", "granted", "source", "wording"},
		Erased:    attach.Keep, Blank: map[string]string{"source": "", "wording": ""},
	},
)
