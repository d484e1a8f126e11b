package task

import (
	"context"
	"database/sql"
	"errors"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/stage"
)

const columns = `t.id, t.lead, t.kind, t.due_at, t.all_day, t.owner, t.note, t.made_by, t.created_at, t.state, t.ended_at, t.ended_by, t.result`

func scanTask(scan func(...any) error) (*Task, error) {
	t, allDay := &Task{}, 0
	err := scan(&t.ID, &t.Lead, &t.Kind, &t.DueAt, &allDay, &t.Owner, &t.Text, &t.MadeBy, &t.CreatedAt,
		&t.State, &t.EndedAt, &t.EndedBy, &t.Result)
	t.AllDay = allDay == 1
	return t, err
}

// ByID reads a step; NotFound if there is none.
func ByID(ctx context.Context, tx *db.Tx, number id.ID) (*Task, error) {
	t, err := scanTask(tx.Row(ctx, `SELECT `+columns+` FROM task t WHERE t.id = $1`, number).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.New(fault.NotFound, "task.none", nil)
	}
	return t, err
}

func list(ctx context.Context, tx *db.Tx, rest string, args ...any) (found []*Task, err error) {
	err = tx.Each(ctx, `SELECT `+columns+` FROM task t `+rest, args, func(scan func(...any) error) error {
		t, err := scanTask(scan)
		found = append(found, t)
		return err
	})
	return found, err
}

// OfLead are the steps of a lead, the earliest first, at most limit; the ended ones too, if wanted. dueAt (ms UTC)
// and after are those of the last step of the page before, 0 and 0 for the first page.
func OfLead(ctx context.Context, tx *db.Tx, lead id.ID, ended bool, dueAt int64, after id.ID, limit int) ([]*Task, error) {
	open := ` AND t.state = 'open'`
	if ended {
		open = ``
	}
	return list(ctx, tx, `WHERE t.lead = $1 AND (t.due_at, t.id) > ($2, $3)`+open+` ORDER BY t.due_at, t.id LIMIT $4`,
		lead, dueAt, after, limit)
}

// NextOf are the next steps of many leads; who has none is left out.
func NextOf(ctx context.Context, tx *db.Tx, leads []id.ID) (map[id.ID]*Task, error) {
	next := make(map[id.ID]*Task, len(leads))
	if len(leads) == 0 {
		return next, nil
	}
	in, arg := tx.In("$1", leads)
	all, err := list(ctx, tx, `WHERE t.state = 'open' AND t.lead`+in+` ORDER BY t.lead, t.due_at, t.id`, arg)
	for _, t := range all {
		if next[t.Lead] == nil {
			next[t.Lead] = t
		}
	}
	return next, err
}

// Due are the open steps that fall due before a moment (ms UTC), the most urgent first: of one owner,
// of nobody (0), or everybody's (nil). Steps of leads that are gone or excluded are left out.
func Due(ctx context.Context, tx *db.Tx, owner *id.ID, before int64, limit int) ([]*Task, error) {
	where, args := ``, []any{before, limit}
	if owner != nil {
		where, args = ` AND t.owner = $3`, append(args, *owner)
	}
	return list(ctx, tx, `JOIN lead l ON l.id = t.lead WHERE t.state = 'open' AND t.due_at < $1 AND l.gone = '' AND l.excluded = ''`+
		where+` ORDER BY t.due_at, t.id LIMIT $2`, args...)
}

// DueOfTeam are the open steps of the people of a team before a moment, as Due.
func DueOfTeam(ctx context.Context, tx *db.Tx, team id.ID, before int64, limit int) ([]*Task, error) {
	return list(ctx, tx, `JOIN lead l ON l.id = t.lead WHERE t.state = 'open' AND t.due_at < $1 AND l.gone = '' AND l.excluded = ''
		AND t.owner IN (SELECT a.id FROM account a WHERE a.team = $3 AND a.team <> 0) ORDER BY t.due_at, t.id LIMIT $2`, before, limit, team)
}

// CountDue counts the open steps of an owner until the end of today, and those of them that are late.
func CountDue(ctx context.Context, tx *db.Tx, owner id.ID) (due, late int, err error) {
	open, _, err := stage.CalendarOf(ctx, tx)
	if err != nil {
		return 0, 0, err
	}
	err = tx.Row(ctx, `SELECT COUNT(*), COALESCE(SUM(CASE WHEN t.due_at < (CASE t.all_day WHEN 1 THEN CAST($3 AS {int}) ELSE CAST($4 AS {int}) END)
		THEN 1 ELSE 0 END), 0) FROM task t WHERE t.owner = $1 AND t.state = 'open' AND t.due_at < $2`,
		owner, open.Midnight(tx.Now, 1), open.Midnight(tx.Now, 0), tx.Now).Scan(&due, &late)
	return due, late, err
}

// Neglect is what is missing with a lead that somebody owns and works on (MQL to SQL).
type Neglect struct {
	Owner     *id.ID // nil = everybody's
	Untouched int64  // ms: only those whom nobody has contacted for so long; 0 = only those without a next step
}

// where reads the index of owned leads for one owner, and that of the leads worked on for all.
func (n Neglect) where(now int64) (text string, args []any) {
	from := ` FROM lead_state s {sqlite:CROSS JOIN}{postgres:JOIN} lead_work w ON w.lead = s.lead`
	owned := ` AND w.owner <> 0`
	if n.Owner != nil {
		args = append(args, *n.Owner)
		from = ` FROM lead_work w {sqlite:CROSS JOIN}{postgres:JOIN} lead_state s ON s.lead = w.lead`
		owned += ` AND w.owner = $1`
	}
	from += ` {sqlite:CROSS JOIN}{postgres:JOIN} lead l ON l.id = w.lead`
	text = from + ` WHERE s.stage IN ('mql', 'tql', 'sal', 'sql') AND l.gone = '' AND l.excluded = ''` + owned
	if n.Untouched == 0 {
		return text + ` AND w.next_at = 0`, args
	}
	placeholder := `$1`
	if len(args) == 1 {
		placeholder = `$2`
	}
	// Who was never contacted waits since it came.
	return text + ` AND w.touched_at < ` + placeholder + ` AND l.created_at < ` + placeholder, append(args, now-n.Untouched)
}

// CountNeglected counts leads with something missing (L17, P17).
func CountNeglected(ctx context.Context, tx *db.Tx, n Neglect) (count int, err error) {
	where, args := n.where(tx.Now)
	err = tx.Row(ctx, `SELECT COUNT(*)`+where, args...).Scan(&count)
	return count, err
}

// Neglected are leads with something missing, those contacted longest ago first.
func Neglected(ctx context.Context, tx *db.Tx, n Neglect, limit int) (leads []id.ID, err error) {
	where, args := n.where(tx.Now)
	last := map[int]string{0: `$1`, 1: `$2`, 2: `$3`}[len(args)]
	err = tx.Each(ctx, `SELECT w.lead`+where+` ORDER BY w.touched_at, w.lead LIMIT `+last, append(args, limit),
		func(scan func(...any) error) error {
			leads = append(leads, 0)
			return scan(&leads[len(leads)-1])
		})
	return leads, err
}
