package imports

import (
	"kizashi/attach"
	"kizashi/company"
	"kizashi/lead"
)

// Which lead the row of a file became. Of an erased person the row stays, so that the file counts as before, but not
// what the row changed.
var _ = lead.Attached.Declare(attach.Table{
	Name: "import_row", Merge: attach.Stay, Unmade: attach.Keep,
	Disclosed: []string{"imported_at=contact_import.created_at", "file=contact_import.name", "row"},
	From:      "import_row JOIN contact_import ON contact_import.id = import_row.import",
	Erased:    attach.Keep, Blank: map[string]string{"action": actionErased, "before": ""},
})

// What a file told a company.
var _ = company.Attached.Declare(
	attach.Table{Name: "import_company", Merge: attach.Stay, Unmade: attach.Keep, Erased: attach.Keep})
