package fold

import (
	"context"
	"maps"
	"math"
	"slices"

	"kizashi/db"
	"kizashi/event"
	"kizashi/id"
	"kizashi/score"
)

// Lines are what events of a lead added to its score: a page of them.
type Lines struct {
	List    []score.Line // in the order of the log
	Earlier []Earlier    // what is left of all that was added before, by group
	Before  event.Place  // the page before this one ends here; the zero place: there is none
}

// Earlier is what is left of a group's points that came before the lines.
type Earlier struct {
	Group string
	Until int64   // when the last of them came, ms UTC
	Now   float64 // what is left of them at the asked moment
}

// Moment is the engagement at a moment.
type Moment struct {
	At     int64 // ms UTC
	Points float64
}

const (
	// maxExplained is how many events a look at a lead replays. At about 4 µs an event that is a fifth of a second.
	maxExplained = 50_000
	// fewLines is how many lines are too few for a page, if older ones can be had for lookBack events.
	fewLines, lookBack = 30, 5_000
)

// LinesUntil is the page of at most most lines that ends with a place in the log; the zero place is its end.
// The lines and what came earlier add up to what is left of all up to that place.
func (e *Engine) LinesUntil(ctx context.Context, tx *db.Tx, lead id.ID, until event.Place, most int) (*Lines, error) {
	rules, err := e.Rules(ctx, tx)
	if err != nil {
		return nil, err
	}
	if until == (event.Place{}) {
		until = endOfLog
	}
	p := &linesPage{e: e, rules: rules, lead: lead, until: until, most: most, budget: wholeReplay}
	_, err = p.read(ctx, tx)
	return &p.Lines, err
}

// linesPage is a page of lines on its way.
type linesPage struct {
	Lines
	e      *Engine
	rules  *Rules
	lead   id.ID
	until  event.Place
	most   int // lines
	budget int // events

	state *score.State
	sums  *earlierSum
	past  []Moment
}

// read replays the part of the history that the page is about, from a checkpoint that is far enough back. ended
// tells that it came to the end of the page.
func (p *linesPage) read(ctx context.Context, tx *db.Tx) (ended bool, err error) {
	all, err := checkpointsOf(ctx, tx, []id.ID{p.lead}, p.rules.Model.ID)
	if err != nil {
		return false, err
	}
	marks := slices.DeleteFunc(all[p.lead], func(c checkpoint) bool { return !c.place.Before(p.until) })
	for spent := 0; ; marks = marks[:len(marks)-1] {
		n, ended, err := p.from(ctx, tx, marks)
		if spent += n; err != nil || !ended || len(marks) == 0 || len(p.List) >= min(fewLines, p.most) || spent > lookBack {
			return ended, err
		}
	}
}

// from replays from the last of some checkpoints on, and tells how many events that took.
func (p *linesPage) from(ctx context.Context, tx *db.Tx, marks []checkpoint) (n int, ended bool, err error) {
	p.Lines, p.past, p.state = Lines{}, nil, p.rules.Model.NewState()
	p.sums = &earlierSum{p.rules.Model, tx.Now, map[string]*Earlier{}}
	for _, c := range marks {
		s, err := score.DecodeState(c.data)
		if err != nil {
			continue // a damaged one is none
		}
		p.state, p.Before = s, c.place
		p.past = append(p.past, Moment{c.place.At, p.points(s, c.place.At)})
	}
	p.sums.state(p.state)
	v := &visit{lead: p.lead, row: Row{State: p.state}}
	n, ended, err = p.e.readOn(ctx, tx, v, p.until, p.budget, func(v *visit, ev *event.Event) error {
		_, err := p.rules.apply(v.row.State, ev, p.note)
		return err
	})
	p.cut()
	for i := range p.List {
		p.List[i].Now = p.rules.Model.Decayed(p.List[i].Points, p.List[i].At, tx.Now)
	}
	p.Earlier = p.sums.list()
	return n, ended, err
}

func (p *linesPage) points(s *score.State, at int64) float64 {
	return score.Engagement(p.rules.Model.CoolsAt(s), at, p.rules.Model.HalfLife)
}

func (p *linesPage) note(l score.Line) {
	if p.List = append(p.List, l); len(p.List) >= 2*p.most {
		p.cut()
	}
}

// cut takes the oldest lines where there are too many, with all of one event.
func (p *linesPage) cut() {
	n := len(p.List) - p.most
	if n <= 0 {
		return
	}
	for n < len(p.List)-1 && p.List[n].Event == p.List[n-1].Event {
		n++
	}
	for _, l := range p.List[:n] {
		p.sums.add(l.Group, l.Points, l.At)
	}
	last := p.List[n-1]
	p.Before = event.Place{At: last.At, ID: last.Event}
	p.past = append(p.past, Moment{last.At, p.sums.at(last.At)})
	p.List = append(p.List[:0], p.List[n:]...)
}

// replace takes a state for the whole page, of which no line is known.
func (p *linesPage) replace(s *score.State, now int64) {
	p.state, p.sums = s, &earlierSum{p.rules.Model, now, map[string]*Earlier{}}
	p.sums.state(s)
	p.Lines, p.past = Lines{Earlier: p.sums.list()}, []Moment{{s.LastAt, p.points(s, s.LastAt)}}
}

// earlierSum adds up what came before the lines.
type earlierSum struct {
	model *score.Model
	now   int64
	sums  map[string]*Earlier
}

func (s *earlierSum) add(group string, points float64, at int64) {
	sum := s.sums[group]
	if sum == nil {
		sum = &Earlier{Group: group}
		s.sums[group] = sum
	}
	sum.Now += s.model.Decayed(points, at, s.now)
	sum.Until = max(sum.Until, at)
}

// at is what all of them were worth at a moment.
func (s *earlierSum) at(moment int64) (points float64) {
	for _, sum := range s.sums {
		points += sum.Now
	}
	return points * math.Exp2(float64(s.now-moment)/s.model.HalfLife)
}

// state takes a whole state as what came before.
func (s *earlierSum) state(from *score.State) {
	for i, g := range from.Groups {
		if g.V != 0 {
			s.add(s.model.Group(i), g.V, g.At)
		}
	}
}

// list is the sums, by the names of the groups.
func (s *earlierSum) list() []Earlier {
	var all []Earlier
	for _, group := range slices.Sorted(maps.Keys(s.sums)) {
		all = append(all, *s.sums[group])
	}
	return all
}
