package rule

import "math"

// steady is the next of a condition that time alone does not change.
func steady(now bool) (bool, int64) { return now, Never }

func (c *constant) next(*Facts) (bool, int64)     { return steady(c.value) }
func (t *intTest) next(f *Facts) (bool, int64)    { return steady(t.holds(f)) }
func (t *intIn) next(f *Facts) (bool, int64)      { return steady(t.holds(f)) }
func (t *flag) next(f *Facts) (bool, int64)       { return steady(t.holds(f)) }
func (t *tagTest) next(f *Facts) (bool, int64)    { return steady(t.holds(f)) }
func (t *known) next(f *Facts) (bool, int64)      { return steady(t.holds(f)) }
func (t *amountTest) next(f *Facts) (bool, int64) { return steady(t.holds(f)) }

func (t *textTest) next(f *Facts) (bool, int64) {
	if t.field.ordinal < 0 {
		return steady(t.match(f.property(t.field.property)))
	}
	return steady(t.match(f.Text[t.field.ordinal]))
}

func (n *negation) next(f *Facts) (bool, int64) {
	now, at := n.kid.next(f)
	return !now, at
}

// next of a group: while one kid settles the answer, the group stands at least until the
// last of the settling kids may turn; with none, any kid may be the first to settle it.
func (g *group) next(f *Facts) (bool, int64) {
	decisive := g.any
	settled, last, first := false, int64(math.MinInt64), Never
	for _, kid := range g.kids {
		now, at := kid.next(f)
		if now == decisive {
			settled, last = true, max(last, at)
		}
		first = min(first, at)
	}
	if settled {
		return decisive, last
	}
	return !decisive, first
}

func (t *timeTest) next(f *Facts) (bool, int64) {
	now, at := t.holds(f), f.Int[t.ordinal]
	begins, ends := at, Never // past
	switch t.op {
	case timeWithin:
		ends = at + t.span.ms()
	case timeAhead:
		begins, ends = at-t.span.ms(), at
	}
	switch {
	case at == 0 || ends <= f.Now:
		return now, Never
	case begins > f.Now:
		return now, begins
	}
	return now, ends
}

func (t *active) next(f *Facts) (bool, int64) {
	now, ends := t.holds(f), f.LastAt+t.span.ms()
	switch {
	case f.LastAt == 0 || ends <= f.Now:
		return now, Never
	case f.LastAt > f.Now:
		return now, f.LastAt
	}
	return now, ends
}

// farthest is the last moment at which milliseconds and rounding in float64 stay apart.
const farthest = 1 << 50

// next of engagement: it only falls, so it crosses the threshold once.
func (t *pointsTest) next(f *Facts) (bool, int64) {
	now := t.holds(f)
	if t.than == 0 || f.CoolsAt == 0 {
		return now, Never
	}
	crossing := f.CoolsAt - f.HalfLife*t.log
	if !(crossing > float64(f.Now)-2 && crossing < farthest) {
		return now, Never
	}
	// Rounding can put the crossing a millisecond off: ask holds itself around it.
	then := *f
	for then.Now = max(f.Now, int64(crossing)-2); then.Now <= int64(crossing)+2; then.Now++ {
		if then.Now > f.Now && t.holds(&then) != now {
			return now, then.Now
		}
	}
	return now, Never
}
