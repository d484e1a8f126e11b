package company

import "kizashi/attach"

// Attached are the tables whose rows hang on a company. Each noun declares its own.
var Attached = attach.For("company")

// These are the tables of the package itself, and of those below it.
var _ = Attached.Declare(
	attach.Table{Name: "company_domain", Merge: attach.ByHand, Unmade: attach.Drop, Erased: attach.Keep},
	attach.Table{Name: "company_merge", Column: "winner", Merge: attach.ByHand, Unmade: attach.Keep, Erased: attach.Keep},
	attach.Table{Name: "company_merge", Column: "loser", Merge: attach.ByHand, Unmade: attach.Keep, Erased: attach.Keep},
	attach.Table{Name: "audit", Column: "target", Merge: attach.Stay, Unmade: attach.Keep, Erased: attach.Keep, Worked: "who <> 0"},
)
