package event

import (
	"cmp"
	"slices"
)

// Click is one hit on a link of a mail.
type Click struct {
	At   int64 // ms UTC
	Link int64 // which link it was; any number that tells links apart
}

// A burst is this many different links within less than this time: faster than anybody
// reads. Source: what mail senders publish on their bot filters (domain reference 3.2).
const (
	burstLinks = 3
	burstTime  = 2000 // ms
)

// Burst finds the clicks of one recipient that a filter made, by their place in clicks: all
// that belong to a window of less than 2 s with at least 3 different links. The answer
// ascends; clicks may be in any order.
func Burst(clicks []Click) []int {
	order := make([]int, len(clicks))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(clicks[a].At, clicks[b].At) })
	var found []int
	links := map[int64]int{}
	start, marked := 0, 0
	for end, i := range order {
		links[clicks[i].Link]++
		for clicks[i].At-clicks[order[start]].At >= burstTime {
			first := clicks[order[start]].Link
			if links[first]--; links[first] == 0 {
				delete(links, first)
			}
			start++
		}
		if len(links) >= burstLinks {
			from := max(start, marked)
			found = append(found, order[from:end+1]...)
			marked = end + 1
		}
	}
	slices.Sort(found)
	return found
}
