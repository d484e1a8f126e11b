package lead

import (
	"context"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

// Why two leads may be one person.
const (
	WhyIdentity = "identity" // one message named identities of both
	WhyName     = "name"     // the same name in the same company
	WhyMobile   = "mobile"   // the same mobile number and family name
	WhyKana     = "kana"     // the same reading in the same company
	WhyMoved    = "moved"    // the same name and mobile number at another company: perhaps a new job
)

// What people decided about two leads.
const (
	DecidedApart  = "apart"
	DecidedMerged = "merged"
)

// Duplicate is a suggestion that two leads are one person.
type Duplicate struct {
	A, B   *Lead // A is the older
	Why    string
	At     int64 // ms UTC
	Cursor string
}

// suggestion is a row of the table duplicate: a < b.
type suggestion struct {
	a, b id.ID
	why  string
}

func (b *book) suggest(x, y id.ID, why string) {
	if x != y && x != 0 && y != 0 {
		b.suggested = append(b.suggested, suggestion{min(x, y), max(x, y), why})
	}
}

// writeSuggestions writes what is new; what people decided stays.
func (b *book) writeSuggestions(ctx context.Context) error {
	rows := make([][]any, len(b.suggested))
	for i, s := range b.suggested {
		rows[i] = []any{int64(s.a), int64(s.b), s.why, b.tx.Now}
	}
	return b.tx.Many(ctx, `INSERT INTO duplicate (a, b, why, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`, rows)
}

// Duplicates reads open suggestions, the newest lead first, at most limit; after is the Cursor of the
// last one of the page before, "" for the first page.
func Duplicates(ctx context.Context, tx *db.Tx, after string, limit int) ([]*Duplicate, error) {
	a, b, err := pairOf(after)
	if err != nil {
		return nil, err
	}
	return duplicates(ctx, tx, `(d.a < $1 OR d.a = $1 AND d.b < $2)`, a, b, limit)
}

// DuplicatesOf reads the open suggestions about one lead.
func DuplicatesOf(ctx context.Context, tx *db.Tx, lead id.ID, limit int) ([]*Duplicate, error) {
	return duplicates(ctx, tx, `(d.a = $1 OR d.b = $2)`, lead, lead, limit)
}

const last = id.ID(1<<63 - 1)

func pairOf(cursor string) (a, b id.ID, err error) {
	if cursor == "" {
		return last, last, nil
	}
	const half = 13 // characters of an id
	if len(cursor) != 2*half {
		return 0, 0, fault.New(fault.Invalid, "id.bad", fault.Args{"id": clip(cursor)})
	}
	if a, err = id.Parse(cursor[:half]); err != nil {
		return 0, 0, err
	}
	b, err = id.Parse(cursor[half:])
	return a, b, err
}

// clip cuts a text for an error message.
func clip(s string) string {
	if runes := []rune(s); len(runes) > 60 {
		return string(runes[:60]) + "…"
	}
	return s
}

func duplicates(ctx context.Context, tx *db.Tx, where string, args ...any) ([]*Duplicate, error) {
	var list []*Duplicate
	var ids []id.ID
	err := tx.Each(ctx, `SELECT d.a, d.b, d.why, d.at FROM duplicate d JOIN lead x ON x.id = d.a JOIN lead y ON y.id = d.b
		WHERE d.decided_at = 0 AND x.gone = '' AND y.gone = '' AND `+where+` ORDER BY d.a DESC, d.b DESC LIMIT $3`, args,
		func(scan func(...any) error) error {
			d := &Duplicate{A: &Lead{}, B: &Lead{}}
			if err := scan(&d.A.ID, &d.B.ID, &d.Why, &d.At); err != nil {
				return err
			}
			d.Cursor = d.A.ID.String() + d.B.ID.String()
			list, ids = append(list, d), append(ids, d.A.ID, d.B.ID)
			return nil
		})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	leads, err := ByIDs(ctx, tx, ids)
	for _, d := range list {
		d.A, d.B = leads[d.A.ID], leads[d.B.ID]
	}
	return list, err
}

// KeepApart says that two leads are two people: they are not suggested again.
type KeepApart struct {
	A id.ID `json:"a"`
	B id.ID `json:"b"`
}

// Name is the command in the audit log.
func (c *KeepApart) Name() string { return "lead.keep_apart" }

// Allow lets those decide who work with leads.
func (c *KeepApart) Allow(who act.Who) bool { return act.Work.Holds(who) }

// Check refuses one lead.
func (c *KeepApart) Check() error {
	if c.A == c.B {
		return fault.New(fault.Invalid, "lead.same_twice", nil)
	}
	return nil
}

// Do records the decision.
func (c *KeepApart) Do(ctx context.Context, tx *db.Tx) error {
	for _, l := range []id.ID{c.A, c.B} {
		if _, err := ByID(ctx, tx, l); err != nil {
			return err
		}
	}
	return decide(ctx, tx, c.A, c.B, DecidedApart)
}

// Target is the first lead.
func (c *KeepApart) Target() id.ID { return c.A }

func decide(ctx context.Context, tx *db.Tx, x, y id.ID, decision string) error {
	_, err := tx.Exec(ctx, `INSERT INTO duplicate (a, b, why, at, decided_at, decision) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (a, b) DO UPDATE SET decided_at = EXCLUDED.decided_at, decision = EXCLUDED.decision`,
		min(x, y), max(x, y), "", tx.Now, tx.Now, decision)
	return err
}
