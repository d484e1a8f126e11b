package rule

// AsksEvents tells whether the rule's SQL looks for events, of which there may be very many. A nil rule asks
// for nothing.
func (r *Rule) AsksEvents() bool { return r != nil && len(r.reads.Kinds) > 0 }

// NeedsEvents tells whether the rule holds only for leads to whom something certain happened: their events
// lead to all of them. A rule that asks for silence holds for those without any.
func (r *Rule) NeedsEvents() bool { return needsEvents(r.root) }

func needsEvents(n node) bool {
	switch n := n.(type) {
	case *group:
		for _, kid := range n.kids {
			if needsEvents(kid) != n.any { // of all, one is enough; of any, each must
				return !n.any
			}
		}
		return n.any
	case *count:
		return !compare(0, n.op, n.than)
	case *followed:
		return true
	}
	return false
}
