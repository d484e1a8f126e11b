package report

import (
	"context"
	"strconv"

	"kizashi/db"
	"kizashi/id"
)

// walk goes along the index of a phase in strides: it reads the next places, and asks which of their leads
// match. Neither question leaves an engine a choice: the first reads an index, the second a bounded number
// of leads by their ids, and events by their leads.
type walk struct {
	*leadFinder
	phase  int
	want   int
	after  *place
	passed int // leads looked at so far
	next   int // leads of the next stride
	ended  bool
	found  []place
}

func (f *leadFinder) walk(i, want int) *walk {
	w := &walk{leadFinder: f, phase: i, want: want, after: f.from(i), next: stride}
	if len(f.grams) > 0 && !f.onHits(i) && f.hits <= manyHits && f.tx.Engine() == db.SQLite {
		w.next = glance // every stride asks for all hits again
	}
	return w
}

// onHits tells whether a walk through a phase goes along the hits of a search, which SQLite's index of them holds in the
// order of their ids: it then passes nobody by whom the search does not find.
func (f *leadFinder) onHits(i int) bool {
	return len(f.grams) > 0 && f.tx.Engine() == db.SQLite && f.order.phases[i].key == ""
}

// done tells whether the walk has found as many as were wanted, or all that there are.
func (w *walk) done() bool { return w.ended || len(w.found) == w.want }

// on walks on until it is done or has passed so many leads.
func (w *walk) on(ctx context.Context, most int) error {
	for !w.done() && w.passed < most {
		n := min(w.next, most-w.passed)
		places, err := w.ask(ctx, w.phase, w.places(n))
		if err != nil {
			return err
		}
		if w.ended = len(places) < n; len(places) == 0 {
			return nil
		}
		if err := w.pick(ctx, places); err != nil {
			return err
		}
		w.passed += len(places)
		w.after = &places[len(places)-1]
		w.next = min(w.next*strideGrowth, longStride)
	}
	return nil
}

// places asks for the next n places, whether or not their leads match.
func (w *walk) places(n int) *statement {
	s := &statement{}
	ph := w.order.phases[w.phase]
	table, match := `lead l`, ``
	switch {
	case w.onHits(w.phase):
		ph.id = "x.rowid"
		table, match = `lead_search x`, w.match(s)
	case ph.id == "s.lead":
		table = `lead_state s`
	}
	s.text = `SELECT ` + columnsOf(ph) + ` FROM ` + table + ` WHERE ` + conditions(match, ph.holds, w.beyond(s, ph, w.after)) +
		` ORDER BY ` + w.by(ph) + ` LIMIT ` + strconv.Itoa(n)
	return s
}

// pick takes the places whose leads match.
func (w *walk) pick(ctx context.Context, places []place) error {
	leads := make([]id.ID, len(places))
	for i, p := range places {
		leads[i] = p.id
	}
	among, arg := w.tx.In("$1", leads)
	s := &statement{args: []any{arg}}
	searched := ``
	if !w.onHits(w.phase) {
		searched = w.searched(s, `l.id`)
	}
	where := conditions(w.order.phases[w.phase].only, searched, `l.gone = ''`, w.owned(s), w.ruleAmong(s, among))
	match := make(map[id.ID]bool, len(places))
	err := w.tx.Each(ctx, `SELECT l.id FROM {sqlite:json_each($1) j CROSS JOIN}{postgres:unnest($1::bigint[]) j (value) JOIN} lead l ON l.id = j.value
		{sqlite:CROSS JOIN}{postgres:JOIN} lead_state s ON s.lead = l.id LEFT JOIN company c ON c.id = l.company WHERE `+where,
		s.args, func(scan func(...any) error) error {
			var lead id.ID
			err := scan(&lead)
			match[lead] = true
			return err
		})
	for _, p := range places {
		if match[p.id] && len(w.found) < w.want {
			w.found = append(w.found, p)
		}
	}
	return err
}
