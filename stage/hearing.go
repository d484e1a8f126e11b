package stage

import (
	"context"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/lead"
)

// Item is one question of the hearing sheet (ヒアリングシート).
type Item struct {
	Name string
	Bit  int // of lead.BANT, for the four letters; else 0
}

// Items are the sheet: budget, authority, need and timing first, then what is asked with them in
// Japan, then the rest of MEDDIC for large deals.
var Items = []Item{
	{"budget", lead.Budget}, {"authority", lead.Authority}, {"need", lead.Need}, {"timing", lead.Timing},
	{Name: "current"}, {Name: "challenge"}, {Name: "trigger"}, {Name: "departments"}, {Name: "approval"},
	{Name: "competitors"}, {Name: "criteria"}, {Name: "next_action"}, {Name: "impression"}, {Name: "attendees"},
	{Name: "minutes"}, {Name: "metrics"}, {Name: "economic_buyer"}, {Name: "decision_process"}, {Name: "champion"},
}

// Key names the words of an item.
func (i Item) Key() string { return "stage.item." + i.Name }

func findItem(name string) (Item, bool) {
	at := slices.IndexFunc(Items, func(i Item) bool { return i.Name == name })
	if at < 0 {
		return Item{}, false
	}
	return Items[at], true
}

// Sources say how an answer became known (X07).
var Sources = []string{"call", "meeting", "mail", "form", "survey", "card", "research", "import"}

// staleAfter is how long an answer is taken for current: plans and budgets of half a year ago are asked again.
const staleAfter = 180 * clock.Day

// Heard is one answer, with its evidence.
type Heard struct {
	ID     id.ID  `json:"id"`
	Item   string `json:"item"`
	Value  string `json:"value"` // "" = no longer known
	Source string `json:"source"`
	At     int64  `json:"at"`  // ms UTC
	Who    id.ID  `json:"who"` // wrote it down
}

// Stale tells whether an answer is old enough to be asked again.
func (h Heard) Stale(now int64) bool { return now-h.At >= staleAfter }

// Answer writes down what was heard; former answers stay in the history.
type Answer struct {
	Lead   id.ID  `json:"lead"`
	Item   string `json:"item"`
	Value  string `json:"value"`
	Source string `json:"source"`

	act.Recorded
	Row id.ID `json:"row"` // of the answer; set by Do
}

// Name says which command this is.
func (c *Answer) Name() string { return "stage.answer" }

// Allow lets those answer who talk to people.
func (c *Answer) Allow(w act.Who) bool { return act.Work.Holds(w) }

// Target is the lead.
func (c *Answer) Target() id.ID { return c.Lead }

const maxAnswer = 5000 // characters

// Check looks for a known item and source.
func (c *Answer) Check() error {
	c.Value = strings.TrimSpace(c.Value)
	var found fault.Many
	if _, ok := findItem(c.Item); !ok {
		names := make([]string, len(Items))
		for i, item := range Items {
			names[i] = item.Name
		}
		found = append(found, fault.New(fault.Invalid, "stage.unknown_item", fault.Args{"items": strings.Join(names, ", ")}).At("item"))
	}
	if utf8.RuneCountInString(c.Value) > maxAnswer {
		found = append(found, fault.New(fault.Invalid, "fault.too_long", fault.Args{"limit": maxAnswer}).At("value"))
	}
	if !slices.Contains(Sources, c.Source) {
		found = append(found, fault.New(fault.Invalid, "stage.unknown_source", fault.Args{"sources": strings.Join(Sources, ", ")}).At("source"))
	}
	return found.OrNil()
}

// Do keeps the answer and what is known of the four letters.
func (c *Answer) Do(ctx context.Context, tx *db.Tx) error {
	m, err := begin(ctx, tx, c.Lead)
	if err != nil {
		return err
	}
	c.Lead = m.lead.ID
	c.Row = tx.NewID()
	_, err = tx.Exec(ctx, `INSERT INTO hearing (id, lead, item, value, source, at, who) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		c.Row, c.Lead, c.Item, c.Value, c.Source, tx.Now, act.By(ctx).ID)
	if err != nil {
		return err
	}
	return c.keepLetter(ctx, tx, m.lead, c.Value != "")
}

// keepLetter keeps with the lead whether the item, if it is one of the four letters, is known.
func (c *Answer) keepLetter(ctx context.Context, tx *db.Tx, l *lead.Lead, is bool) error {
	item, _ := findItem(c.Item) // Check found it
	known := l.BANT | item.Bit
	if !is {
		known = l.BANT &^ item.Bit
	}
	_, err := lead.AlterOne(ctx, tx, c.Lead, func(l *lead.Lead) { l.BANT = known })
	return err
}

// Back takes the answer out of the sheet again, as long as it is the newest one to its item.
func (c *Answer) Back(ctx context.Context, tx *db.Tx) error {
	m, err := begin(ctx, tx, c.Lead)
	if err != nil {
		return err
	}
	last, err := heard(ctx, tx, `lead = $1 AND item = $2 ORDER BY id DESC LIMIT 2`, m.lead.ID, c.Item)
	if err != nil {
		return err
	}
	if len(last) == 0 || last[0].ID != c.Row {
		return act.ChangedSince()
	}
	if _, err := tx.Exec(ctx, `DELETE FROM hearing WHERE id = $1`, c.Row); err != nil {
		return err
	}
	return c.keepLetter(ctx, tx, m.lead, len(last) > 1 && last[1].Value != "")
}

// Sheet is the newest answer to each item that was ever answered, in the order of Items.
func Sheet(ctx context.Context, tx *db.Tx, who id.ID) ([]Heard, error) {
	newest, err := heard(ctx, tx, `id IN (SELECT MAX(id) FROM hearing WHERE lead = $1 GROUP BY item)`, who)
	var sheet []Heard
	for _, item := range Items {
		for _, h := range newest {
			if h.Item == item.Name {
				sheet = append(sheet, h)
			}
		}
	}
	return sheet, err
}

// Hearing are the newest answers of a lead, the newest first, at most limit; before is the id of the last one of
// the page before, 0 for the first page.
func Hearing(ctx context.Context, tx *db.Tx, who, before id.ID, limit int) ([]Heard, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	return heard(ctx, tx, `lead = $1 AND id < $2 ORDER BY id DESC LIMIT $3`, who, before, limit)
}

func heard(ctx context.Context, tx *db.Tx, where string, args ...any) (list []Heard, err error) {
	err = tx.Each(ctx, `SELECT id, item, value, source, at, who FROM hearing WHERE `+where, args,
		func(scan func(...any) error) error {
			var h Heard
			err := scan(&h.ID, &h.Item, &h.Value, &h.Source, &h.At, &h.Who)
			list = append(list, h)
			return err
		})
	return list, err
}
