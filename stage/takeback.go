package stage

import (
	"context"

	"kizashi/db"
	"kizashi/id"
	"kizashi/job"
	"kizashi/lead"
)

// Before is what a change of a stage touched beside the stage, as it was.
type Before struct {
	Change   id.ID  `json:"change"`
	WakeAt   int64  `json:"wake_at,omitempty"`
	Excluded string `json:"excluded,omitempty"`
	Handover id.ID  `json:"handover,omitempty"` // that the change ended
	State    string `json:"state,omitempty"`    // of the hand-over
}

// Newest is the last change of a lead; 0 if it never changed.
func Newest(ctx context.Context, tx *db.Tx, who id.ID) (change id.ID, err error) {
	err = tx.Row(ctx, `SELECT COALESCE(MAX(id), 0) FROM stage_change WHERE lead = $1`, who).Scan(&change)
	return change, err
}

// Keep notes, before a person moves a lead, what TakeBack needs; Change is filled in after.
func Keep(ctx context.Context, tx *db.Tx, l *lead.Lead) (Before, error) {
	b := Before{WakeAt: l.WakeAt, Excluded: l.Excluded}
	h, err := Last(ctx, tx, l.ID)
	if err == nil && h != nil && (h.State == Offered || h.State == Expired) {
		b.Handover, b.State = h.ID, h.State
	}
	return b, err
}

// TakeBack undoes a change that a person made by mistake a moment ago, as if it had never been: only
// while it is the lead's last one. The audit log keeps both.
func TakeBack(ctx context.Context, tx *db.Tx, l *lead.Lead, b Before) error {
	newest, err := Newest(ctx, tx, l.ID)
	if err != nil || newest != b.Change {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM stage_change WHERE id = $1`, b.Change); err != nil {
		return err
	}
	_, err = lead.AlterOne(ctx, tx, l.ID, func(l *lead.Lead) { l.WakeAt, l.Excluded = b.WakeAt, b.Excluded })
	if err != nil {
		return err
	}
	if b.Handover != 0 {
		if err := reopen(ctx, tx, b); err != nil {
			return err
		}
	}
	was, err := Of(ctx, tx, l.ID)
	tx.Post(lead.Changed{Lead: l.ID})
	tx.Post(Moved{l.ID, was, tx.Now})
	return err
}

// reopen lets an offer wait again, with its clock.
func reopen(ctx context.Context, tx *db.Tx, b Before) error {
	_, err := tx.Exec(ctx, `UPDATE handover SET state = $2, answered_at = 0, reason = '', note = '', who = 0 WHERE id = $1`,
		b.Handover, b.State)
	if err != nil || b.State != Offered {
		return err
	}
	h, err := FindHandover(ctx, tx, b.Handover)
	if err != nil || h.DueAt == Never {
		return err
	}
	_, err = job.Add(ctx, tx, job.Spec{Kind: JobExpire, Key: JobExpire + "/" + h.ID.String(), Payload: h.ID, RunAt: h.DueAt})
	return err
}
