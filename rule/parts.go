package rule

// Parts are the conditions that a rule joins by && or, with any, by ||; nil for a single condition. So a
// page can say which of them hold.
func (r *Rule) Parts() (parts []*Rule, any bool) {
	g, joined := r.root.(*group)
	if !joined {
		return nil, false
	}
	for _, kid := range g.kids {
		parts = append(parts, newRule(r.schema, kid))
	}
	return parts, g.any
}
