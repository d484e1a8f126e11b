package imports

import (
	"kizashi/attach"
	"kizashi/company"
	"kizashi/lead"
)

// Which lead the row of a file became, and what it told a company.
var (
	_ = lead.Attached.Declare(attach.Table{Name: "import_row", Merge: attach.Stay, Unmade: attach.Keep})
	_ = company.Attached.Declare(attach.Table{Name: "import_company", Merge: attach.Stay, Unmade: attach.Keep})
)
