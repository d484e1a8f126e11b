package rule

import "slices"

// times are the moments of a kind, ascending. Facts hold few kinds: a walk beats a map.
func (f *Facts) times(kind string) []int64 {
	for i := range f.Seen {
		if f.Seen[i].Kind == kind {
			return f.Seen[i].Times
		}
	}
	return nil
}

// firstAfter is the index of the first moment later than t.
func firstAfter(times []int64, t int64) int {
	i, _ := slices.BinarySearch(times, t+1)
	return i
}

// inWindow gives the moments in (now-window, now] as times[from:to].
func (t *count) inWindow(times []int64, now int64) (from, to int) {
	to = firstAfter(times, now)
	if !t.span.ever() {
		from = firstAfter(times[:to], now-t.span.ms())
	}
	return from, to
}

// next lets the window slide over the moments until the comparison turns.
func (t *count) next(f *Facts) (bool, int64) {
	times := f.times(t.kind)
	from, to := t.inWindow(times, f.Now)
	now := compare(to-from, t.op, t.than)
	for {
		leaves, enters := Never, Never
		if from < to && !t.span.ever() {
			leaves = times[from] + t.span.ms()
		}
		if to < len(times) {
			enters = times[to]
		}
		at := min(leaves, enters)
		if at == Never {
			return now, Never
		}
		for ; from < to && leaves == at && times[from]+t.span.ms() == at; from++ {
		}
		for ; to < len(times) && times[to] == at; to++ {
		}
		if compare(to-from, t.op, t.than) != now {
			return now, at
		}
	}
}

// qualifies tells whether an earlier event stands at most within before the later one.
func (t *followed) qualifies(earlier []int64, later int64) bool {
	i := firstAfter(earlier, later)
	return i > 0 && earlier[i-1] >= later-t.within.ms()
}

// newest is the newest qualifying later event in the window, if there is one.
func (t *followed) newest(f *Facts) (at int64, ok bool) {
	earlier, later := f.times(t.earlier), f.times(t.later)
	for i := firstAfter(later, f.Now) - 1; i >= 0 && later[i] > f.Now-t.window.ms(); i-- {
		if t.qualifies(earlier, later[i]) {
			return later[i], true
		}
	}
	return 0, false
}

func (t *followed) holds(f *Facts) bool {
	_, ok := t.newest(f)
	return ok
}

func (t *followed) next(f *Facts) (bool, int64) {
	if at, ok := t.newest(f); ok {
		return true, at + t.window.ms()
	}
	earlier, later := f.times(t.earlier), f.times(t.later)
	for _, at := range later[firstAfter(later, f.Now):] {
		if t.qualifies(earlier, at) {
			return false, at
		}
	}
	return false, Never
}
