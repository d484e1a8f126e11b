package report

import (
	"cmp"
	"context"
	"slices"
	"time"

	"kizashi/clock"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/fold"
	"kizashi/i18n"
	"kizashi/id"
	"kizashi/score"
	"kizashi/setting"
	"kizashi/stage"
	"kizashi/task"
)

// todayList is a Today list on its way.
type todayList struct {
	tx     *db.Tx
	rules  *fold.Rules
	filter TodayFilter
	lang   i18n.Lang
	items  []TodayItem
	known  map[id.ID]bool
}

// listed reads those whom the rule of the model puts on the list.
func (t *todayList) listed(ctx context.Context) error {
	const some = `SELECT ` + leadColumns + `, ` + fold.StateColumns + ` FROM lead_state s JOIN lead l ON l.id = s.lead
		LEFT JOIN company c ON c.id = l.company WHERE s.today = 1`
	const first = ` ORDER BY s.priority DESC, s.lead DESC LIMIT $1`
	switch owner := t.filter.Owner; {
	case t.filter.Team != 0:
		return t.read(ctx, some+` AND l.owner IN (SELECT a.id FROM account a WHERE a.team = $2 AND a.team <> 0)`+first, t.filter.Limit, t.filter.Team)
	case owner == nil:
		return t.read(ctx, some+first, t.filter.Limit)
	case *owner == 0:
		return t.read(ctx, some+` AND l.owner = 0`+first, t.filter.Limit)
	default:
		return t.own(ctx, *owner)
	}
}

// Of whom somebody owns no more than ownedFew, each is looked at; else the Today list is gone through in its
// order, and todayWindow of it at most: who owns many stands on it often.
const (
	ownedFew    = 3000
	todayWindow = 5000
)

// own reads the first of those on the list whom one person owns.
func (t *todayList) own(ctx context.Context, owner id.ID) error {
	var many int
	err := t.tx.Row(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM lead WHERE owner = $1 AND owner <> 0 LIMIT $2) own`,
		owner, ownedFew+1).Scan(&many)
	if err != nil {
		return err
	}
	var leads []id.ID
	if many > ownedFew {
		leads, err = t.ownAmongFirst(ctx, owner, todayWindow)
	}
	if err == nil && len(leads) < t.filter.Limit {
		leads, err = t.ownOfAll(ctx, owner)
	}
	if err != nil {
		return err
	}
	return t.readAll(ctx, leads)
}

// ownAmongFirst finds those of one person among so many at the top of everybody's list.
func (t *todayList) ownAmongFirst(ctx context.Context, owner id.ID, window int) ([]id.ID, error) {
	return t.leads(ctx, `SELECT n.lead FROM (SELECT s.lead, s.priority FROM lead_state s WHERE s.today = 1
			ORDER BY s.priority DESC, s.lead DESC LIMIT $3) n JOIN lead l ON l.id = n.lead
		WHERE l.owner = $2 ORDER BY n.priority DESC, n.lead DESC LIMIT $1`, t.filter.Limit, owner, window)
}

// ownOfAll finds those who are on the list among all whom one person owns.
func (t *todayList) ownOfAll(ctx context.Context, owner id.ID) ([]id.ID, error) {
	return t.leads(ctx, `WITH mine AS MATERIALIZED (SELECT id FROM lead WHERE owner = $2 AND owner <> 0)
		SELECT s.lead FROM mine {sqlite:CROSS JOIN}{postgres:JOIN} lead_state s ON s.lead = mine.id
		WHERE s.today = 1 ORDER BY s.priority DESC, s.lead DESC LIMIT $1`, t.filter.Limit, owner)
}

func (t *todayList) leads(ctx context.Context, query string, args ...any) (list []id.ID, err error) {
	return list, t.tx.Each(ctx, query, args, func(scan func(...any) error) error {
		list = append(list, 0)
		return scan(&list[len(list)-1])
	})
}

// promised adds those with whom something is agreed for today, or whom field sales is to answer.
func (t *todayList) promised(ctx context.Context) error {
	open, _, err := stage.CalendarOf(ctx, t.tx)
	if err != nil {
		return err
	}
	due, err := t.due(ctx, open.Midnight(t.tx.Now, 1))
	if err != nil {
		return err
	}
	var missing []id.ID
	add := func(lead id.ID) {
		if !t.known[lead] {
			t.known[lead] = true
			missing = append(missing, lead)
		}
	}
	for _, one := range due {
		add(one.Lead)
	}
	if t.filter.Offered {
		offers, err := stage.Waiting(ctx, t.tx, t.filter.Limit)
		if err != nil {
			return err
		}
		for _, h := range offers {
			add(h.Lead)
		}
	}
	return t.readAll(ctx, missing)
}

// due are the open steps before a moment (ms UTC) of whoever is asked for.
func (t *todayList) due(ctx context.Context, before int64) ([]*task.Task, error) {
	if t.filter.Team != 0 {
		return task.DueOfTeam(ctx, t.tx, t.filter.Team, before, t.filter.Limit)
	}
	return task.Due(ctx, t.tx, t.filter.Owner, before, t.filter.Limit)
}

// readAll reads some leads, wherever they stand.
func (t *todayList) readAll(ctx context.Context, leads []id.ID) error {
	if len(leads) == 0 {
		return nil
	}
	in, arg := t.tx.In("$1", leads)
	return t.read(ctx, `SELECT `+leadColumns+`, `+fold.StateColumns+` FROM lead_state s JOIN lead l ON l.id = s.lead
		LEFT JOIN company c ON c.id = l.company WHERE l.gone = '' AND s.lead`+in, arg)
}

func (t *todayList) read(ctx context.Context, query string, args ...any) error {
	model := t.rules.Model
	return t.tx.Each(ctx, query, args, func(scan func(...any) error) error {
		row, state, err := scanLead(scan, model.HalfLife, t.tx.Now)
		if err != nil {
			return err
		}
		facts := t.rules.Facts(&state, t.tx.Now)
		t.known[row.ID] = true
		t.items = append(t.items, TodayItem{
			Lead: row, Why: model.Why(facts, t.lang), How: model.How(row.Temperature, row.Stage, t.lang),
			Flooded: score.Flooded(state.State), priority: state.Priority,
		})
		return nil
	})
}

// clocks says of each item what it waits for, and until when.
func (t *todayList) clocks(ctx context.Context) error {
	leads := make([]id.ID, len(t.items))
	for i, it := range t.items {
		leads[i] = it.Lead.ID
	}
	if len(leads) == 0 {
		return nil
	}
	open, _, err := stage.CalendarOf(ctx, t.tx)
	if err != nil {
		return err
	}
	steps, err := task.NextOf(ctx, t.tx, leads)
	if err != nil {
		return err
	}
	answers, err := task.Answers(ctx, t.tx, leads)
	if err != nil {
		return err
	}
	in, arg := t.tx.In("$1", leads)
	offers, err := t.moments(ctx, `SELECT lead, due_at FROM handover WHERE state IN ('offered', 'expired') AND lead`+in, arg)
	if err != nil {
		return err
	}
	for i := range t.items {
		it := &t.items[i]
		it.wait(answers[it.Lead.ID], OriginAnswer)
		it.wait(offers[it.Lead.ID], OriginHandover)
		if it.Task = steps[it.Lead.ID]; it.Task != nil && it.Task.DueAt < open.Midnight(t.tx.Now, 1) {
			it.wait(it.Task.Deadline(&open), OriginTask)
			it.Why = append([]string{t.promise(it.Task, &open)}, it.Why...)
			if it.Flooded {
				it.priority += score.FloodBehind // what a member promised is kept
			}
		}
		if it.Due != 0 {
			it.Left = int(open.Between(t.tx.Now, it.Due) / time.Minute)
			it.priority += t.rules.Model.Promised(it.Lead.Temperature)
		}
	}
	return nil
}

func (t *todayList) moments(ctx context.Context, query string, arg any) (map[id.ID]int64, error) {
	found := map[id.ID]int64{}
	return found, t.tx.Each(ctx, query, []any{arg}, func(scan func(...any) error) error {
		var lead id.ID
		var at int64
		err := scan(&lead, &at)
		found[lead] = at
		return err
	})
}

// wait takes a clock over if it runs out before the others.
func (it *TodayItem) wait(at int64, origin string) {
	if at != 0 && at != stage.Never && (it.Due == 0 || at < it.Due) {
		it.Due, it.Origin = at, origin
	}
}

// promise says in words what was agreed.
func (t *todayList) promise(step *task.Task, open *stage.Calendar) string {
	args := fault.Args{"kind": i18n.T(t.lang, task.KindKey(step.Kind), nil)}
	key := "report.promise.day"
	switch late := open.Midnight(t.tx.Now, 0) - open.Midnight(step.DueAt, 0); {
	case late > 0:
		key, args["days"] = "report.promise.late", (late+clock.Day/2)/clock.Day
	case !step.AllDay:
		key, args["time"] = "report.promise.time", open.TimeOfDay(step.DueAt)
	}
	if step.Text != "" {
		return i18n.T(t.lang, key, args) + " " + step.Text
	}
	return i18n.T(t.lang, key, args)
}

// ranked is the list in its order.
func (t *todayList) ranked() []TodayItem {
	slices.SortFunc(t.items, func(a, b TodayItem) int {
		return cmp.Or(cmp.Compare(b.priority, a.priority), cmp.Compare(b.Lead.ID, a.Lead.ID))
	})
	t.items = t.items[:min(len(t.items), t.filter.Limit)]
	for i := range t.items {
		t.items[i].Rank = i + 1
	}
	return t.items
}

// TodayCounts is how the day of an account stands.
type TodayCounts struct {
	Capacity    int // leads a day
	Done        int // leads contacted today
	Due, Late   int // own steps that fall due until tonight, and those that are late
	WithoutStep int // own leads, MQL to SQL, without a next step
	Untouched   int // own leads, MQL to SQL, that nobody has contacted for Days
	Days        int
	Unread      int // notices, 100 at most
}

// Left is how many leads the account can still work on today.
func (c TodayCounts) Left() int { return max(c.Capacity-c.Done, 0) }

// CountToday says how the day of an account stands (L07, L17, P17).
func CountToday(ctx context.Context, tx *db.Tx, account id.ID) (c TodayCounts, err error) {
	open, _, err := stage.CalendarOf(ctx, tx)
	if err != nil {
		return c, err
	}
	capacity, err := setting.LeadCapacity(ctx, tx)
	if err != nil {
		return c, err
	}
	c.Capacity = capacity.Of(account)
	if c.Days, err = setting.UntouchedDays(ctx, tx); err != nil {
		return c, err
	}
	if c.Done, err = task.Worked(ctx, tx, account, open.Midnight(tx.Now, 0)); err != nil {
		return c, err
	}
	if c.Due, c.Late, err = task.CountDue(ctx, tx, account); err != nil {
		return c, err
	}
	if c.WithoutStep, err = task.CountNeglected(ctx, tx, task.Neglect{Owner: &account}); err != nil {
		return c, err
	}
	c.Untouched, err = task.CountNeglected(ctx, tx, task.Neglect{Owner: &account, Untouched: int64(c.Days) * clock.Day})
	if err != nil {
		return c, err
	}
	c.Unread, err = task.CountUnread(ctx, tx, account)
	return c, err
}
