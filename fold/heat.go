package fold

import (
	"cmp"
	"context"
	"math"
	"slices"

	"kizashi/clock"
	"kizashi/company"
	"kizashi/db"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/score"
)

// How a company's heat is counted. One person, however eager, is no buying group: each counts up to
// the cap, so that four engaged people make a company as hot as it can be (X14).
//
// Source: domain reference 2.7.
const (
	HeatCap    = 25 // points of one person
	MaxHeat    = 100
	EngagedMin = 10 // points of engagement from which a person is engaged
)

const (
	// heatChunk is how many companies one transaction measures, heatEvents how much of the log it reads.
	heatChunk  = 100
	heatEvents = 1000
	// heatAge is how long the heat of a company stands without anything but time, ms: of a half-life of
	// 30 days less than a fiftieth.
	heatAge = 12 * clock.Hour
	// heatLag is how far behind the log is read where several nodes write it, ms: ids are made before
	// their transactions are over.
	heatLag = 10 * clock.Second
)

// Colleague is somebody who works for a company.
type Colleague struct {
	Lead, Company           id.ID
	Rank                    int
	Department, Temperature string
	LastAt                  int64   // ms UTC
	Engagement              float64 // points now
}

// Engaged tells whether the person does something.
func (c *Colleague) Engaged() bool { return c.Engagement >= EngagedMin }

// Counts is what the person adds to the heat.
func (c *Colleague) Counts() float64 { return min(c.Engagement, HeatCap) }

// Colleagues are the people of companies who count, the most engaged first.
func Colleagues(ctx context.Context, tx *db.Tx, companies []id.ID, halfLife float64) ([]Colleague, error) {
	if len(companies) == 0 {
		return nil, nil
	}
	in, arg := tx.In("$1", companies)
	var people []Colleague
	err := tx.Each(ctx, `SELECT l.id, l.company, l.rank, l.department, s.temperature, s.last_at, s.cools_at
		FROM lead l JOIN lead_state s ON s.lead = l.id
		WHERE l.company <> 0 AND l.company`+in+` AND l.gone = '' AND l.excluded = ''`, []any{arg},
		func(scan func(...any) error) error {
			var p Colleague
			var coolsAt float64
			err := scan(&p.Lead, &p.Company, &p.Rank, &p.Department, &p.Temperature, &p.LastAt, &coolsAt)
			p.Engagement = score.Engagement(coolsAt, tx.Now, halfLife)
			people = append(people, p)
			return err
		})
	slices.SortFunc(people, func(a, b Colleague) int {
		return cmp.Or(cmp.Compare(b.Engagement, a.Engagement), cmp.Compare(a.Lead, b.Lead))
	})
	return people, err
}

// HeatOf takes the people of one company together.
func HeatOf(people []Colleague) (h company.Heat) {
	points := 0.0
	for _, p := range people {
		h.People++
		h.LastAt = max(h.LastAt, p.LastAt)
		points += p.Counts()
		switch p.Temperature {
		case "hot":
			h.Hot++
		case "warm":
			h.Warm++
		}
		if p.Engaged() {
			h.Engaged++
			h.Roles |= lead.RoleOf(p.Rank)
		}
	}
	h.Points = int(math.Round(min(points, MaxHeat)))
	return h
}

// MeasureHeat brings the heat of companies up to date: of those whose people did something since the log
// was read last, whose people are others, and of the warm ones whose heat has stood for long. It works in
// small transactions until nothing is left to do.
func (e *Engine) MeasureHeat(ctx context.Context) error {
	for ctx.Err() == nil {
		if more, err := e.measureHeat(ctx); err != nil || !more {
			return err
		}
	}
	return ctx.Err()
}

// measureHeat is one small transaction, if something is left to do.
func (e *Engine) measureHeat(ctx context.Context) (more bool, err error) {
	if more, err = e.heatWaits(ctx); err != nil || !more {
		return false, err
	}
	return true, e.Door.Write(ctx, func(tx *db.Tx) error { return e.measureSome(ctx, tx) })
}

// logEnd is the id up to which the log is whole. Where a clock ran ahead, ids do not tell when their transactions
// end; a company whose event is passed by is measured when its heat has stood for long.
func logEnd(ctx context.Context, tx *db.Tx) (id.ID, error) {
	if tx.Engine() == db.SQLite {
		return math.MaxInt64, nil // one writer
	}
	var newest id.ID
	err := tx.Row(ctx, `SELECT COALESCE(MAX(id), 0) FROM event`).Scan(&newest)
	if newest > id.First(tx.Now+aheadBy) {
		return math.MaxInt64, err
	}
	return id.First(tx.Now - heatLag), err
}

// heatWaits tells, without writing, whether there is something to measure.
func (e *Engine) heatWaits(ctx context.Context) (waits bool, err error) {
	err = e.Door.DB.Lookup(ctx, func(tx *db.Tx) error {
		end, err := logEnd(ctx, tx)
		if err != nil {
			return err
		}
		var n int
		err = tx.Row(ctx, `SELECT CASE WHEN EXISTS (SELECT 1 FROM company WHERE heat_due <= $1 AND heat_due < 9000000000000000)
			OR EXISTS (SELECT 1 FROM event WHERE id > COALESCE((SELECT event FROM heat_mark WHERE id = 1), 0) AND id < $2)
			THEN 1 ELSE 0 END`, tx.Now, end).Scan(&n)
		waits = n == 1
		return err
	})
	return waits, err
}

// measureSome reads on in the log, and measures companies that are due.
func (e *Engine) measureSome(ctx context.Context, tx *db.Tx) error {
	if err := readLog(ctx, tx); err != nil {
		return err
	}
	due, err := company.HeatDue(ctx, tx, heatChunk)
	if err != nil || len(due) == 0 {
		return err
	}
	rules, err := e.Rules(ctx, tx)
	if err != nil {
		return err
	}
	people, err := Colleagues(ctx, tx, due, rules.Model.HalfLife)
	if err != nil {
		return err
	}
	byCompany := map[id.ID][]Colleague{}
	for _, p := range people {
		byCompany[p.Company] = append(byCompany[p.Company], p)
	}
	slices.Sort(due)
	list := make([]company.Measured, len(due))
	for i, number := range due {
		list[i] = company.Measured{Company: number, Heat: HeatOf(byCompany[number])}
		if list[i].Heat.Points > 0 {
			list[i].Due = tx.Now + heatAge
		}
	}
	return company.SetHeat(ctx, tx, list)
}

// readLog takes the next piece of the log: the companies of those who did something are to be measured.
// The row of the mark is locked, so that nodes do not read the same piece.
func readLog(ctx context.Context, tx *db.Tx) error {
	if _, err := tx.Exec(ctx, `INSERT INTO heat_mark (id, event) VALUES (1, 0) ON CONFLICT (id) DO UPDATE SET event = heat_mark.event`); err != nil {
		return err
	}
	var mark id.ID
	if err := tx.Row(ctx, `SELECT event FROM heat_mark WHERE id = 1`).Scan(&mark); err != nil {
		return err
	}
	end, err := logEnd(ctx, tx)
	if err != nil {
		return err
	}
	last := mark
	seen := map[id.ID]bool{}
	var leads []id.ID
	err = tx.Each(ctx, `SELECT id, lead FROM event WHERE id > $1 AND id < $2 ORDER BY id LIMIT $3`,
		[]any{mark, end, heatEvents}, func(scan func(...any) error) error {
			var who id.ID
			err := scan(&last, &who)
			if !seen[who] {
				seen[who] = true
				leads = append(leads, who)
			}
			return err
		})
	if err != nil || last == mark {
		return err
	}
	if err := remeasure(ctx, tx, leads); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE heat_mark SET event = $1 WHERE id = 1`, last)
	return err
}

// remeasure says that the heat of the companies of leads is to be measured.
func remeasure(ctx context.Context, tx *db.Tx, leads []id.ID) error {
	if len(leads) == 0 {
		return nil
	}
	in, arg := tx.In("$1", leads)
	var companies []id.ID
	err := tx.Each(ctx, `SELECT DISTINCT company FROM lead WHERE company <> 0 AND id`+in, []any{arg}, func(scan func(...any) error) error {
		companies = append(companies, 0)
		return scan(&companies[len(companies)-1])
	})
	if err != nil {
		return err
	}
	return company.Remeasure(ctx, tx, companies)
}
