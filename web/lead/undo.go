package lead

import (
	"net/url"

	"kizashi/act"
	"kizashi/consent"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/page"
	"kizashi/stage"
)

// undoOf is the address that takes commands back which changed the lead; "" if there are none.
func undoOf(l id.ID, done ...act.Reversible) string {
	rows := url.Values{}
	for _, c := range done {
		rows.Add("row", c.AuditRow().String())
	}
	if len(rows) == 0 {
		return ""
	}
	return pageOf(l, "/undo?"+rows.Encode())
}

// takeBack takes changes of fields, answers and rows of the ledger back.
func takeBack(r *page.Request) error {
	number, err := r.ID("id")
	if err != nil {
		return err
	}
	rows, err := r.IDs("row")
	if err != nil {
		return err
	}
	if err := r.Run(act.NewTakeBack(number, rows, &lead.Change{}, &lead.Confirm{}, &lead.Settle{},
		&lead.Split{}, &stage.Answer{}, &consent.Record{})); err != nil {
		return err
	}
	return r.Done(r.Back(pageOf(number, "")), "lead.done.undone", nil, "")
}
