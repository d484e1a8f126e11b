package fold

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"sync"

	"kizashi/db"
	"kizashi/id"
	"kizashi/rule"
	"kizashi/score"
	"kizashi/segment"
	"kizashi/setting"
)

// Rules are the published model and the live segments, read once and used until they change.
type Rules struct {
	Version  string
	Model    *score.Model
	Segments []Segment // sorted by id

	told   sync.Map         // places of rules whose failure was logged
	asked  map[string]bool  // kinds that any segment asks for
	byKind map[string][]int // kind → indexes of segments that ask for it
	always []int            // segments that any event may change
}

// Segment is a live segment with its rule read.
type Segment struct {
	ID    id.ID
	Rule  *rule.Rule
	Ready bool // it has been filled: entries and exits are news
}

const rulesVersion = `rules_version`

// Bump tells every node that the model or a segment has changed; the next transaction of each reads
// them again.
func Bump(ctx context.Context, tx *db.Tx) error {
	return setting.Keep(ctx, tx, rulesVersion, tx.NewID().String())
}

// Rules gives the rules of this transaction's moment.
func (e *Engine) Rules(ctx context.Context, tx *db.Tx) (*Rules, error) {
	var version string
	err := tx.Row(ctx, `SELECT value FROM setting WHERE name = $1`, rulesVersion).Scan(&version)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	if have := e.rules.Load(); have != nil && have.Version == version {
		return have, nil
	}
	fresh, err := readRules(ctx, tx, version)
	if err != nil {
		return nil, err
	}
	keep := func() { e.rules.Store(fresh) }
	if tx.Writes() {
		tx.After(keep) // a rollback must not leave us with a change of our own that never was
	} else {
		keep()
	}
	return fresh, nil
}

func readRules(ctx context.Context, tx *db.Tx, version string) (*Rules, error) {
	model, err := score.Published(ctx, tx)
	if err != nil {
		return nil, err
	}
	r := &Rules{Version: version, Model: model, byKind: map[string][]int{}}
	stored, err := segment.Live(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, s := range stored {
		parsed, err := rule.Parse(score.Schema(), s.Rule)
		if err != nil {
			continue // it was right when it was saved; segment.Live lists it as broken
		}
		r.Segments = append(r.Segments, Segment{ID: s.ID, Rule: parsed, Ready: s.Ready})
	}
	r.index()
	return r, nil
}

// moving are the fields that an event can change.
var moving = map[string]bool{
	"lead.temperature": true, "lead.stage": true, "lead.stage_at": true, "lead.last_at": true, "lead.engagement": true,
}

func (r *Rules) index() {
	r.asked = map[string]bool{}
	for i, s := range r.Segments {
		reads := s.Rule.Reads()
		for _, k := range reads.Kinds {
			r.asked[k] = true
		}
		any := reads.Any || reads.Engagement
		for _, f := range reads.Fields {
			any = any || moving[f]
		}
		if any {
			r.always = append(r.always, i)
			continue
		}
		for _, k := range reads.Kinds {
			r.byKind[k] = append(r.byKind[k], i)
		}
	}
}

// touched are the segments that new events may have changed.
func (r *Rules) touched(w *Work) []int {
	list := slices.Clone(r.always)
	for _, ev := range w.Events {
		list = append(list, r.byKind[ev.Kind]...)
		if ev.Tag != "" {
			list = append(list, r.byKind[ev.Tag]...)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func (r *Rules) all() []int {
	list := make([]int, len(r.Segments))
	for i := range list {
		list[i] = i
	}
	return list
}

// live tells whether a segment still exists.
func (r *Rules) live(number id.ID) bool { return r.segment(number) != nil }

// ready tells whether a segment exists and has been filled.
func (r *Rules) ready(number id.ID) bool {
	s := r.segment(number)
	return s != nil && s.Ready
}

func (r *Rules) segment(number id.ID) *Segment {
	at, found := slices.BinarySearchFunc(r.Segments, number, func(s Segment, want id.ID) int { return cmp.Compare(s.ID, want) })
	if !found {
		return nil
	}
	return &r.Segments[at]
}
