package fault

import "testing"

// A door that is busy says when to come again, whatever type of number the fault holds.
func TestWaitIsAtLeastASecond(t *testing.T) {
	for _, c := range []struct {
		args Args
		want int
	}{{nil, 1}, {Args{"seconds": 0}, 1}, {Args{"seconds": 7}, 7}, {Args{"seconds": int64(900)}, 900}, {Args{"seconds": "5"}, 1}} {
		if got := New(Busy, "fault.busy", c.args).Wait(); got != c.want {
			t.Errorf("%v: %d, want %d", c.args, got, c.want)
		}
	}
}
