package rule

import (
	"math"
	"slices"
	"strconv"
)

// longList is from where on a list of texts is looked up by hash instead of one by one.
const longList = 8

func (c *constant) eval() func(*Facts) bool {
	value := c.value
	return func(*Facts) bool { return value }
}

func (n *negation) eval() func(*Facts) bool {
	kid := n.kid.eval()
	return func(f *Facts) bool { return !kid(f) }
}

func (g *group) eval() func(*Facts) bool {
	kids := make([]func(*Facts) bool, len(g.kids))
	for i, kid := range g.kids {
		kids[i] = kid.eval()
	}
	if len(kids) == 2 {
		return pair(g.any, kids[0], kids[1])
	}
	decisive := g.any // the answer of a kid that settles the group
	return func(f *Facts) bool {
		for _, kid := range kids {
			if kid(f) == decisive {
				return decisive
			}
		}
		return !decisive
	}
}

func pair(either bool, a, b func(*Facts) bool) func(*Facts) bool {
	if either {
		return func(f *Facts) bool { return a(f) || b(f) }
	}
	return func(f *Facts) bool { return a(f) && b(f) }
}

func (t *textTest) eval() func(*Facts) bool {
	match := t.matcher()
	if property := t.field.property; t.field.ordinal < 0 {
		return func(f *Facts) bool { return match(f.property(property)) }
	}
	i := t.field.ordinal
	if t.op == textEqual {
		text := t.texts[0]
		return func(f *Facts) bool { return f.Text[i] == text }
	}
	return func(f *Facts) bool { return match(f.Text[i]) }
}

func (t *textTest) matcher() func(string) bool {
	if t.op != textIn || len(t.texts) < longList {
		return t.match
	}
	set := make(map[string]struct{}, len(t.texts))
	for _, text := range t.texts {
		set[text] = struct{}{}
	}
	return func(s string) bool { _, ok := set[s]; return ok }
}

func (t *intTest) eval() func(*Facts) bool    { return t.holds }
func (t *intIn) eval() func(*Facts) bool      { return t.holds }
func (t *flag) eval() func(*Facts) bool       { return t.holds }
func (t *pointsTest) eval() func(*Facts) bool { return t.holds }
func (t *tagTest) eval() func(*Facts) bool    { return t.holds }
func (t *timeTest) eval() func(*Facts) bool   { return t.holds }
func (t *known) eval() func(*Facts) bool      { return t.holds }
func (t *count) eval() func(*Facts) bool      { return t.holds }
func (t *followed) eval() func(*Facts) bool   { return t.holds }
func (t *active) eval() func(*Facts) bool     { return t.holds }
func (t *amountTest) eval() func(*Facts) bool { return t.holds }

func (t *intTest) holds(f *Facts) bool { return compare(f.Int[t.ordinal], t.op, t.than) }

func (t *intIn) holds(f *Facts) bool { return slices.Contains(t.numbers, f.Int[t.ordinal]) }

func (t *flag) holds(f *Facts) bool { return f.Int[t.ordinal] != 0 }

func (t *tagTest) holds(f *Facts) bool { return slices.Contains(f.Tags, t.tag) }

func (t *known) holds(f *Facts) bool {
	if t.numeric {
		return f.Int[t.ordinal] != 0
	}
	return f.Text[t.ordinal] != ""
}

func (t *timeTest) holds(f *Facts) bool {
	at, now := f.Int[t.ordinal], f.Now
	switch t.op {
	case timeWithin:
		return at != 0 && at > now-t.span.ms() && at <= now
	case timeAhead:
		return at != 0 && at > now && at <= now+t.span.ms()
	default:
		return at != 0 && at <= now
	}
}

// holds compares moments, not points: the engagement is c points at the moment
// CoolsAt - HalfLife·log2(c), so more than c points now means that this moment is ahead.
// SQL compares with the same number, computed here too, so that both agree to the bit.
func (t *pointsTest) holds(f *Facts) bool {
	if t.than == 0 {
		return t.holdsZero(f.CoolsAt != 0)
	}
	if f.CoolsAt == 0 {
		return t.op == less || t.op == atMost
	}
	return compare(f.CoolsAt, t.op, t.moment(f.Now, f.HalfLife))
}

// holdsZero compares with no points at all: engagement fades, but is never 0 again.
func (t *pointsTest) holdsZero(engaged bool) bool {
	switch t.op {
	case more:
		return engaged
	case atMost:
		return !engaged
	default:
		return t.op == atLeast
	}
}

// moment is the CoolsAt of a lead that has exactly the points of the test at now; than > 0.
// The conversion keeps processors from fusing the two steps, which would round otherwise.
func (t *pointsTest) moment(now int64, halfLife float64) float64 {
	return float64(now) + float64(halfLife*t.log)
}

func (t *count) holds(f *Facts) bool {
	from, to := t.inWindow(f.times(t.kind), f.Now)
	return compare(to-from, t.op, t.than)
}

func (t *active) holds(f *Facts) bool {
	in := f.LastAt != 0 && f.LastAt > f.Now-t.span.ms() && f.LastAt <= f.Now
	return in != t.silent
}

func (t *amountTest) holds(f *Facts) bool {
	text := f.property(t.property)
	if text == "" {
		return false // the usual case, and ParseFloat would make an error of it
	}
	n, err := strconv.ParseFloat(text, 64)
	return err == nil && !math.IsNaN(n) && compare(n, t.op, t.than)
}

func (f *Facts) property(name string) string {
	if f.Event == nil {
		return ""
	}
	return f.Event(name)
}
