// Package segment keeps saved rules with live membership. The fold keeps the members; a new or
// changed segment is filled in the background.
package segment

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/rule"
	"kizashi/score"
)

// Segment is a saved rule.
type Segment struct {
	ID        id.ID
	Name      string
	Rule      string
	Version   int
	Ready     bool  // filled since its rule last changed
	Members   int64 // counted when asked, by Find, and by List up to CountedTo
	CreatedAt int64 // ms UTC
	UpdatedAt int64
}

// Changed is posted when a segment is new, or its rule is: it is to be filled.
type Changed struct {
	Segment id.ID
	Gone    bool
}

const (
	maxName     = 100
	maxSegments = 1000
	cols        = `id, name, rule, version, ready, created_at, updated_at`
)

func scanOne(scan func(...any) error) (Segment, error) {
	var s Segment
	var ready int
	err := scan(&s.ID, &s.Name, &s.Rule, &s.Version, &ready, &s.CreatedAt, &s.UpdatedAt)
	s.Ready = ready == 1
	return s, err
}

// Live gives the segments that exist, by id.
func Live(ctx context.Context, tx *db.Tx) ([]Segment, error) {
	var list []Segment
	err := tx.Each(ctx, `SELECT `+cols+` FROM segment WHERE gone_at = 0 ORDER BY id`, nil, func(scan func(...any) error) error {
		s, err := scanOne(scan)
		list = append(list, s)
		return err
	})
	return list, err
}

// CountedTo is how far List counts the members of each segment: a list needs no more.
const CountedTo = 10_000

// List gives a page of segments, the newest first, with their members; before is the last one of the page
// before, 0 for the first page.
func List(ctx context.Context, tx *db.Tx, before id.ID, limit int) ([]Segment, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	var list []Segment
	err := tx.Each(ctx, `SELECT `+cols+`, (SELECT COUNT(*) FROM (SELECT 1 FROM segment_member m WHERE m.segment = s.id LIMIT $3) counted)
		FROM segment s WHERE gone_at = 0 AND id < $1 ORDER BY id DESC LIMIT $2`, []any{before, limit, CountedTo + 1},
		func(scan func(...any) error) error {
			var members int64
			s, err := scanOne(func(to ...any) error { return scan(append(to, &members)...) })
			s.Members = members
			list = append(list, s)
			return err
		})
	return list, err
}

// Find gives one segment with the number of its members.
func Find(ctx context.Context, tx *db.Tx, number id.ID) (Segment, error) {
	s, err := scanOne(tx.Row(ctx, `SELECT `+cols+` FROM segment WHERE id = $1 AND gone_at = 0`, number).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return s, fault.New(fault.NotFound, "fault.not_found", nil)
	}
	if err != nil {
		return s, err
	}
	err = tx.Row(ctx, `SELECT COUNT(*) FROM segment_member WHERE segment = $1`, number).Scan(&s.Members)
	return s, err
}

// Members gives the leads of a segment by id, after a lead, limit at most.
func Members(ctx context.Context, tx *db.Tx, number, after id.ID, limit int) (leads []id.ID, since []int64, err error) {
	err = tx.Each(ctx, `SELECT lead, since FROM segment_member WHERE segment = $1 AND lead > $2 ORDER BY lead LIMIT $3`,
		[]any{number, after, limit}, func(scan func(...any) error) error {
			var lead id.ID
			var at int64
			if err := scan(&lead, &at); err != nil {
				return err
			}
			leads, since = append(leads, lead), append(since, at)
			return nil
		})
	return leads, since, err
}

// MarkReady says that every lead has been asked since the moment began (ms UTC): the segments whose
// rules stood then are filled.
func MarkReady(ctx context.Context, tx *db.Tx, began int64) error {
	_, err := tx.Exec(ctx, `UPDATE segment SET ready = 1 WHERE ready = 0 AND gone_at = 0 AND updated_at <= $1`, began)
	return err
}

// Save makes a segment, or changes one.
type Save struct {
	ID    id.ID  `json:"id"` // 0: a new one; set by Do
	Title string `json:"name"`
	Rule  string `json:"rule"`
}

// Name of the command.
func (c *Save) Name() string { return "segment.save" }

// Allow all who work with leads.
func (c *Save) Allow(who act.Who) bool { return act.Curate.Holds(who) }

// Target is the segment.
func (c *Save) Target() id.ID { return c.ID }

// Check reads the rule; its canonical spelling is what is kept.
func (c *Save) Check() error {
	var bad fault.Many
	checkName(&bad, &c.Title)
	if err := checkRule(&bad, &c.Rule); err != nil {
		return err
	}
	return bad.OrNil()
}

// checkName trims a name and tells what is wrong with it.
func checkName(bad *fault.Many, name *string) {
	*name = strings.TrimSpace(*name)
	if *name == "" {
		*bad = append(*bad, fault.New(fault.Invalid, "fault.required", nil).At("name"))
	}
	if len([]rune(*name)) > maxName {
		*bad = append(*bad, fault.New(fault.Invalid, "fault.too_long", fault.Args{"limit": maxName}).At("name"))
	}
}

// checkRule gives a rule its canonical spelling, or tells what is wrong with it.
func checkRule(bad *fault.Many, text *string) error {
	r, err := rule.Parse(score.Schema(), *text)
	var wrong *fault.Error
	switch {
	case errors.As(err, &wrong):
		*bad = append(*bad, wrong.At("rule"))
	case err != nil:
		return err
	default:
		*text = r.Source()
	}
	return nil
}

// Do saves it.
func (c *Save) Do(ctx context.Context, tx *db.Tx) error {
	if c.ID != 0 {
		tx.Post(Changed{Segment: c.ID})
		n, err := tx.Exec(ctx, `UPDATE segment SET name = $2, updated_at = $4,
			version = version + CASE WHEN rule = $3 THEN 0 ELSE 1 END,
			ready = CASE WHEN rule = $3 THEN ready ELSE 0 END, rule = $3 WHERE id = $1 AND gone_at = 0`,
			c.ID, c.Title, c.Rule, tx.Now)
		if err == nil && n == 0 {
			return fault.New(fault.NotFound, "fault.not_found", nil)
		}
		return err
	}
	var have int
	if err := tx.Row(ctx, `SELECT COUNT(*) FROM segment WHERE gone_at = 0`).Scan(&have); err != nil {
		return err
	}
	if have >= maxSegments {
		return fault.New(fault.Conflict, "segment.too_many", fault.Args{"max": maxSegments})
	}
	c.ID = tx.NewID()
	tx.Post(Changed{Segment: c.ID})
	_, err := tx.Exec(ctx, `INSERT INTO segment (id, name, rule, version, created_at, updated_at) VALUES ($1, $2, $3, 1, $4, $4)`,
		c.ID, c.Title, c.Rule, tx.Now)
	return err
}

// Delete ends a segment. Its rule is kept, so that it can be brought back.
type Delete struct {
	ID   id.ID `json:"id"`
	Undo bool  `json:"undo"` // bring it back
}

// Name of the command.
func (c *Delete) Name() string { return "segment.delete" }

// Allow all who may make one.
func (c *Delete) Allow(who act.Who) bool { return act.Curate.Holds(who) }

// Target is the segment.
func (c *Delete) Target() id.ID { return c.ID }

// Check has nothing to ask.
func (c *Delete) Check() error { return nil }

// Do ends it or brings it back.
func (c *Delete) Do(ctx context.Context, tx *db.Tx) error {
	gone := tx.Now
	if c.Undo {
		gone = 0
	}
	n, err := tx.Exec(ctx, `UPDATE segment SET gone_at = CAST($2 AS {int}), updated_at = $3, version = version + 1, ready = 0
		WHERE id = $1 AND (gone_at = 0) = (CAST($2 AS {int}) <> 0)`, c.ID, gone, tx.Now)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.NotFound, "fault.not_found", nil)
	}
	if !c.Undo {
		if _, err := tx.Exec(ctx, `DELETE FROM segment_member WHERE segment = $1`, c.ID); err != nil {
			return err
		}
	}
	tx.Post(Changed{Segment: c.ID, Gone: !c.Undo})
	return nil
}
