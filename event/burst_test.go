package event

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// X11: a filter with the name of a browser opens all links of a mail at once.
func TestBurst(t *testing.T) {
	tests := []struct {
		name   string
		clicks []Click
		want   []int
	}{
		{"none", nil, nil},
		{"a reader", []Click{{0, 1}, {5000, 2}, {9000, 3}}, nil},
		{"two links at once", []Click{{0, 1}, {10, 2}}, nil},
		{"one link, thrice", []Click{{0, 1}, {10, 1}, {20, 1}}, nil},
		{"three links at once", []Click{{0, 1}, {10, 2}, {1999, 3}}, []int{0, 1, 2}},
		{"three links in 2 s", []Click{{0, 1}, {10, 2}, {2000, 3}}, nil},
		{"in any order", []Click{{90, 3}, {60_000, 1}, {0, 1}, {10, 2}}, []int{0, 2, 3}},
		{"then the person", []Click{{0, 1}, {10, 2}, {20, 3}, {30, 4}, {3_600_000, 2}}, []int{0, 1, 2, 3}},
		{"two bursts", []Click{{0, 1}, {1, 2}, {2, 3}, {9000, 1}, {9001, 2}, {9002, 3}}, []int{0, 1, 2, 3, 4, 5}},
	}
	for _, tt := range tests {
		if got := Burst(tt.clicks); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// The quick answer of Burst is that of the definition.
func TestBurstAsDefined(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		clicks := rapid.SliceOf(rapid.Custom(func(t *rapid.T) Click {
			return Click{At: rapid.Int64Range(0, 6000).Draw(t, "at"), Link: rapid.Int64Range(1, 4).Draw(t, "link")}
		})).Draw(t, "clicks")
		var want []int
		for i, c := range clicks {
			if slices.ContainsFunc(clicks, func(first Click) bool {
				links, inside := map[int64]bool{}, false
				for _, d := range clicks {
					if d.At >= first.At && d.At < first.At+burstTime {
						links[d.Link] = true
						inside = inside || d == c
					}
				}
				return inside && len(links) >= burstLinks
			}) {
				want = append(want, i)
			}
		}
		if got := Burst(clicks); !slices.Equal(got, want) {
			t.Fatalf("Burst = %v, want %v", got, want)
		}
	})
}
