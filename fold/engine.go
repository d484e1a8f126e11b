// Package fold is the intake and the one transaction in which events become state and reactions.
//
// State is a pure function of the log, the lead's attributes, the published rules and the time. It is
// reached in three ways that must agree, and kizashi verify shows that they do: event by event as they
// arrive, by replaying a lead (late events, merges, a new model), and by a visit when time alone
// changes an answer.
package fold

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync/atomic"

	"kizashi/act"
	"kizashi/db"
	"kizashi/event"
	"kizashi/id"
	"kizashi/limit"
	"kizashi/rule"
	"kizashi/score"
)

// Engine folds. One per process.
type Engine struct {
	Door  *act.Door
	Kinds *event.Kinds

	Failures Failures
	Excess   atomic.Int64           // events that were kept without counting, since the start
	Limits   *limit.Buckets[string] // what public keys may bring, common to all nodes
	floods   floods
	rules    atomic.Pointer[Rules]
	due      chan struct{} // wakes the due queue; capacity 1
}

// NewEngine makes an engine on a door.
func NewEngine(door *act.Door) *Engine {
	return &Engine{Door: door, Kinds: event.NewKinds(), Limits: limit.New[string](maxLimits), due: make(chan struct{}, 1)}
}

// Work is what has happened to a lead since its state was saved.
type Work struct {
	Refresh bool           // its attributes changed
	Restage bool           // a person moved its stage
	Replay  bool           // its history changed
	Since   int64          // with Replay: nothing before this moment changed, ms UTC; 0: anything may have
	Made    bool           // made in this transaction, so that Events is all there is of it in the log
	Due     bool           // nothing but the time
	Events  []*event.Event // new human events, already in the log
}

// Rewrite notes that the history changed from a moment on (ms UTC), or from its beginning: 0.
func (w *Work) Rewrite(since int64) {
	if !w.Replay || since < w.Since {
		w.Since = since
	}
	w.Replay = true
}

// Batch is the work on many leads in one transaction.
type Batch map[id.ID]*Work

// For is the work on one lead, made if absent.
func (b Batch) For(lead id.ID) *Work {
	w := b[lead]
	if w == nil {
		w = &Work{}
		b[lead] = w
	}
	return w
}

// visit is one lead on its way through a transaction.
type visit struct {
	lead id.ID
	work *Work
	row  Row  // as it will be saved
	was  Row  // as it was found
	had  bool // it was found at all

	flooded   bool           // it was part of a flood
	failed    []rule.Failure // the rules that failed on the way
	rewritten bool           // its history changed, and with it perhaps the number of its events
	events    int64          // how many events a replay reads, at most
	changed   event.Place    // what stands before this in the log is as it was
	marks     []checkpoint   // to be saved
	broken    *brokenEvent   // where the replay ended before its time
	behind    bool           // the replay is too long for this transaction
}

// Row is the state of a lead as it is stored.
type Row struct {
	Lead        id.ID
	DueAt       int64 // ms UTC: nothing about the lead can change by time before
	SettledAt   int64
	Temperature string
	Fit         string
	FitPoints   int
	Stage       string
	StageAt     int64
	CoolsAt     float64
	Priority    float64
	Today       bool
	LastAt      int64
	State       *score.State
}

// Visit folds a batch: it locks the leads in the order of their ids, brings their state up to the
// transaction's moment, saves it, and writes the reactions. A replay that is too long for the transaction is
// done by the due queue: until then the lead is stale.
func (e *Engine) Visit(ctx context.Context, tx *db.Tx, batch Batch) error {
	return e.visit(ctx, tx, batch, maxReplay)
}

// visit is Visit; budget is how many events of long histories it may replay.
func (e *Engine) visit(ctx context.Context, tx *db.Tx, batch Batch, budget int) error {
	if len(batch) == 0 {
		return nil
	}
	if err := lockLeads(ctx, tx, batch); err != nil {
		return err
	}
	// Read under the locks: after a new model was published, whoever comes later to a lead than the walk
	// over all leads knows the model, too.
	rules, err := e.Rules(ctx, tx)
	if err != nil {
		return err
	}
	visits, err := e.load(ctx, tx, rules, batch, &budget)
	if err != nil {
		return err
	}
	out := &reactions{tx: tx, rules: rules}
	there := visits[:0]
	for _, v := range visits {
		if v, err = e.bring(ctx, tx, rules, v, &budget); err != nil {
			return err
		}
		if v == nil {
			continue
		}
		if there = append(there, v); v.settles(rules) {
			rules.settle(v, tx.Now, out)
		}
		v.postpone(tx.Now)
	}
	visits = there
	e.tell(tx, rules, visits)
	if err := save(ctx, tx, visits); err != nil {
		return err
	}
	if err := saveCheckpoints(ctx, tx, visits); err != nil {
		return err
	}
	if err := out.write(ctx); err != nil {
		return err
	}
	tx.After(e.wakeDue)
	return nil
}

// leads are those of a batch, by id.
func (b Batch) leads() []id.ID { return slices.Sorted(maps.Keys(b)) }

// load reads all that the visits need, and replays those that must be. Leads with a long history are read one
// by one, and take from the budget; for all others the number of queries is fixed.
func (e *Engine) load(ctx context.Context, tx *db.Tx, rules *Rules, batch Batch, budget *int) ([]*visit, error) {
	ids := batch.leads()
	rows, err := loadRows(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	visits := make([]*visit, 0, len(ids))
	for _, lead := range ids {
		v := &visit{lead: lead, work: batch[lead]}
		v.was, v.had = rows[lead]
		v.row, v.flooded = v.was, v.had && v.was.State != nil && score.Flooded(v.was.State)
		v.plan(rules)
		visits = append(visits, v)
	}
	if visits, err = loadAttrs(ctx, tx, visits); err != nil {
		return nil, err
	}
	if err := loadStages(ctx, tx, visits); err != nil {
		return nil, err
	}
	return visits, e.replay(ctx, tx, rules, visits, budget)
}

// plan decides whether the saved state can be continued or the lead must be replayed.
func (v *visit) plan(rules *Rules) {
	w := v.work
	slices.SortFunc(w.Events, func(a, b *event.Event) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID))
	})
	was := v.was.State
	v.rewritten, v.changed = w.Replay, event.Place{At: w.Since}
	switch {
	case !v.had || was == nil:
		v.rewritten, v.changed = true, event.Place{}
	case !w.Replay:
		v.changed = endOfLog
	}
	if len(w.Events) > 0 && w.Events[0].Place().Before(v.changed) {
		v.changed = w.Events[0].Place()
	}
	if v.rewritten || rules.behind(was) || v.late() {
		w.Replay, w.Refresh, w.Restage = true, true, true
		v.row = Row{Lead: v.lead, State: rules.Model.NewState(), Stage: "lead"}
		if was != nil {
			v.row.State.Segments = was.Segments
		}
	}
}

// late tells that an event came after others that follow it in the log: caps and once-rules depend on the order.
func (v *visit) late() bool {
	return len(v.work.Events) > 0 && v.work.Events[0].Before(v.was.State.LastAt, v.was.State.Last)
}

func (e *Engine) wakeDue() {
	select {
	case e.due <- struct{}{}:
	default:
	}
}
