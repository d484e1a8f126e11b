package lead

import (
	"kizashi/attach"
	"kizashi/company"
)

// Attached are the tables whose rows hang on a lead. Each noun declares its own.
var Attached = attach.For("lead")

// These are the tables of the package itself, and of those below it.
var _ = Attached.Declare(
	attach.Table{
		Name: "audit", Column: "target", Merge: attach.Stay, Unmade: attach.Keep, Worked: "who <> 0",
		Erased: attach.Keep, Blank: map[string]string{"detail": "{}"},
	},
	attach.Table{
		Name: "identity", Merge: attach.ByHand, Unmade: attach.Keep,
		Disclosed: []string{"created_at", "kind", "value"}, Erased: attach.Drop,
	},
	attach.Table{
		Name: "lead_phone", Merge: attach.ByHand, Unmade: attach.Drop,
		Disclosed: []string{"phone"}, Erased: attach.Drop,
	},
	attach.Table{
		Name: "lead_claim", Merge: attach.Stay, Unmade: attach.Drop,
		Disclosed: []string{"at", "field", "value"}, Erased: attach.Drop,
	},
	attach.Table{
		Name: "lead_merge", Column: "winner", Merge: attach.ByHand, Unmade: attach.Keep, Worked: "undone_at = 0",
		Erased: attach.Drop,
	},
	attach.Table{Name: "lead_merge", Column: "loser", Merge: attach.ByHand, Unmade: attach.Keep, Erased: attach.Drop},
	attach.Table{Name: "duplicate", Column: "a", Merge: attach.Stay, Unmade: attach.Keep, Erased: attach.Drop},
	attach.Table{Name: "duplicate", Column: "b", Merge: attach.Stay, Unmade: attach.Keep, Erased: attach.Drop},
)

// A merge of companies takes their people along.
var _ = company.Attached.Declare(
	attach.Table{Name: "lead", Merge: attach.Follow, Unmade: attach.Keep, Erased: attach.Keep})
