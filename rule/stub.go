package rule

func (c *constant) sql(q *query)              {}
func (g *group) sql(q *query)                 {}
func (n *negation) sql(q *query)              {}
func (t *textTest) sql(q *query)              {}
func (t *intTest) sql(q *query)               {}
func (t *intIn) sql(q *query)                 {}
func (t *flag) sql(q *query)                  {}
func (t *pointsTest) sql(q *query)            {}
func (t *tagTest) sql(q *query)               {}
func (t *timeTest) sql(q *query)              {}
func (t *known) sql(q *query)                 {}
func (t *count) sql(q *query)                 {}
func (t *followed) sql(q *query)              {}
func (t *active) sql(q *query)                {}
func (t *amountTest) sql(q *query)            {}
func (c *constant) say(*voice, bool) string   { return "" }
func (g *group) say(*voice, bool) string      { return "" }
func (n *negation) say(*voice, bool) string   { return "" }
func (t *textTest) say(*voice, bool) string   { return "" }
func (t *intTest) say(*voice, bool) string    { return "" }
func (t *intIn) say(*voice, bool) string      { return "" }
func (t *flag) say(*voice, bool) string       { return "" }
func (t *pointsTest) say(*voice, bool) string { return "" }
func (t *tagTest) say(*voice, bool) string    { return "" }
func (t *timeTest) say(*voice, bool) string   { return "" }
func (t *known) say(*voice, bool) string      { return "" }
func (t *count) say(*voice, bool) string      { return "" }
func (t *followed) say(*voice, bool) string   { return "" }
func (t *active) say(*voice, bool) string     { return "" }
func (t *amountTest) say(*voice, bool) string { return "" }

type query struct{}

func (c *constant) form(*Schema) *Node   { return nil }
func (g *group) form(*Schema) *Node      { return nil }
func (n *negation) form(*Schema) *Node   { return nil }
func (t *textTest) form(*Schema) *Node   { return nil }
func (t *intTest) form(*Schema) *Node    { return nil }
func (t *intIn) form(*Schema) *Node      { return nil }
func (t *flag) form(*Schema) *Node       { return nil }
func (t *pointsTest) form(*Schema) *Node { return nil }
func (t *tagTest) form(*Schema) *Node    { return nil }
func (t *timeTest) form(*Schema) *Node   { return nil }
func (t *known) form(*Schema) *Node      { return nil }
func (t *count) form(*Schema) *Node      { return nil }
func (t *followed) form(*Schema) *Node   { return nil }
func (t *active) form(*Schema) *Node     { return nil }
func (t *amountTest) form(*Schema) *Node { return nil }

type Node struct{}
type Dialect uint8

const (
	SQLite Dialect = iota
	Postgres
)

func (r *Rule) SQL(d Dialect, now int64, halfLife float64, firstArg int) (string, []any) {
	return "", nil
}
func (r *Rule) Form() *Node                      { return nil }
func FromForm(s *Schema, n *Node) (*Rule, error) { return nil, nil }
