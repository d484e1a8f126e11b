package rule

type Node struct{}

func (r *Rule) Form() *Node                      { return nil }
func FromForm(s *Schema, n *Node) (*Rule, error) { return nil, nil }
func (c *constant) form(*Schema) *Node           { return nil }
func (g *group) form(*Schema) *Node              { return nil }
func (n *negation) form(*Schema) *Node           { return nil }
func (t *textTest) form(*Schema) *Node           { return nil }
func (t *intTest) form(*Schema) *Node            { return nil }
func (t *intIn) form(*Schema) *Node              { return nil }
func (t *flag) form(*Schema) *Node               { return nil }
func (t *pointsTest) form(*Schema) *Node         { return nil }
func (t *tagTest) form(*Schema) *Node            { return nil }
func (t *timeTest) form(*Schema) *Node           { return nil }
func (t *known) form(*Schema) *Node              { return nil }
func (t *count) form(*Schema) *Node              { return nil }
func (t *followed) form(*Schema) *Node           { return nil }
func (t *active) form(*Schema) *Node             { return nil }
func (t *amountTest) form(*Schema) *Node         { return nil }
