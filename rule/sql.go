package rule

import (
	"fmt"
	"strconv"
	"unicode/utf8"
)

// Dialect is an engine's way of SQL.
type Dialect uint8

// The engines.
const (
	SQLite Dialect = iota
	Postgres
)

// SQL is the rule as a condition on these rows in scope: l (lead), s (lead_state) and
// c (company, left joined, so that its columns may be NULL). It is never NULL itself, and
// never correlated: events are found by kind and moment as sets, which their indexes serve.
//
// Placeholders are $firstArg and up, and args their values. now is ms UTC and halfLife ms,
// as in Facts; given the same, Eval and SQL agree. A rule that reads the event being scored
// (Reads().Event) is no question to a database: SQL panics.
func (r *Rule) SQL(d Dialect, now int64, halfLife float64, firstArg int) (text string, args []any) {
	return r.SQLAmong(d, now, halfLife, firstArg, "")
}

// SQLAmong is SQL for rows l that are known to be among few leads: among follows a column and says which,
// as in " IN (…)". Events are then found by their leads, however many there are of their kind.
func (r *Rule) SQLAmong(d Dialect, now int64, halfLife float64, firstArg int, among string) (text string, args []any) {
	if r.reads.Event {
		panic("rule: SQL of a rule about the event being scored: " + r.source)
	}
	q := &query{
		writer: writer{schema: r.schema}, dialect: d, now: now, halfLife: halfLife,
		first: firstArg, places: map[any]string{}, among: among,
	}
	r.root.sql(q)
	return q.String(), q.args
}

// query collects SQL text and arguments.
type query struct {
	writer
	dialect  Dialect
	now      int64
	halfLife float64
	first    int
	args     []any
	places   map[any]string // the placeholder of an argument, so that now is passed once
	among    string         // which leads it is about; "": any
}

// arg gives the placeholder of a value. PostgreSQL is told the type of numbers, because it
// would take it from the other side of the comparison and refuse what does not fit there.
func (q *query) arg(value any) string {
	if place, ok := q.places[value]; ok {
		return place
	}
	q.args = append(q.args, value)
	place := "$" + strconv.Itoa(q.first+len(q.args)-1)
	if q.dialect == Postgres {
		switch value.(type) {
		case int64:
			place += "::bigint"
		case float64:
			place += "::double precision"
		}
	}
	q.places[value] = place
	return place
}

func (q *query) column(ordinal int) string { return q.schema.fields[ordinal].Column }

// test puts a comparison of a column with %s for the column. A column that is NULL counts
// as empty ("" or 0), and whether the comparison holds for that is known here: so the
// column itself stays bare, and an index on it is used.
func (q *query) test(ordinal int, holdsForEmpty bool, comparison string) {
	column := q.column(ordinal)
	if holdsForEmpty {
		q.put("(", column, " IS NULL OR ", fmt.Sprintf(comparison, column), ")")
		return
	}
	q.put("(", column, " IS NOT NULL AND ", fmt.Sprintf(comparison, column), ")")
}

func (q *query) truth(value bool) {
	if value {
		q.put("TRUE")
	} else {
		q.put("FALSE")
	}
}

func (c *constant) sql(q *query) { q.truth(c.value) }

func (g *group) sql(q *query) {
	operator := " AND "
	if g.any {
		operator = " OR "
	}
	q.put("(")
	for i, kid := range g.kids {
		if i > 0 {
			q.put(operator)
		}
		kid.sql(q)
	}
	q.put(")")
}

func (n *negation) sql(q *query) {
	q.put("NOT (")
	n.kid.sql(q)
	q.put(")")
}

// sqlComparison spells inequality the standard way.
func sqlComparison(op comparison) string {
	switch op {
	case equal:
		return "="
	case notEqual:
		return "<>"
	}
	return op.String()
}

func (t *textTest) sql(q *query) {
	q.test(t.field.ordinal, t.match(""), t.comparison(q))
}

// comparison of a text: case and bytes count, so LIKE, which folds on SQLite, is no choice.
// Cutting by characters is what substr and right do on both engines.
func (t *textTest) comparison(q *query) string {
	switch t.op {
	case textEqual:
		return "%s = " + q.arg(t.texts[0])
	case textNotEqual:
		return "%s <> " + q.arg(t.texts[0])
	case textIn:
		return "%s IN (" + places(q, t.texts) + ")"
	}
	length := strconv.Itoa(utf8.RuneCountInString(t.texts[0]))
	place := q.arg(t.texts[0])
	switch {
	case t.op == textStarts:
		return "substr(%s, 1, " + length + ") = " + place
	case t.op == textContains:
		return q.position() + "(%s, " + place + ") > 0"
	case q.dialect == Postgres:
		return "right(%s, " + length + ") = " + place
	}
	return "substr(%s, -" + length + ") = " + place
}

// position is the function that finds a text in a text.
func (q *query) position() string {
	if q.dialect == Postgres {
		return "strpos"
	}
	return "instr"
}

func places[T any](q *query, values []T) string {
	s := ""
	for i, value := range values {
		if i > 0 {
			s += ", "
		}
		s += q.arg(value)
	}
	return s
}

func (t *intTest) sql(q *query) {
	q.test(t.ordinal, compare(0, t.op, t.than), "%s "+sqlComparison(t.op)+" "+q.arg(t.than))
}

func (t *intIn) sql(q *query) {
	none := Facts{Int: make([]int64, t.ordinal+1)}
	q.test(t.ordinal, t.holds(&none), "%s IN ("+places(q, t.numbers)+")")
}

func (t *flag) sql(q *query) { q.test(t.ordinal, false, "%s <> 0") }

func (t *known) sql(q *query) {
	if t.numeric {
		q.test(t.ordinal, false, "%s <> 0")
	} else {
		q.test(t.ordinal, false, "%s <> ''")
	}
}

func (t *tagTest) sql(q *query) {
	q.test(t.ordinal, false, q.position()+"(%s, "+q.arg(","+t.tag+",")+") > 0")
}

func (t *pointsTest) sql(q *query) {
	forNone := t.holds(&Facts{})
	if t.than == 0 {
		if t.op == more || t.op == atMost {
			q.test(t.ordinal, forNone, "%s "+map[comparison]string{more: "<> 0", atMost: "= 0"}[t.op])
		} else {
			q.truth(forNone)
		}
		return
	}
	moment := q.arg(t.moment(q.now, q.halfLife))
	if forNone { // 0 is the sign for no engagement, not a moment
		q.test(t.ordinal, true, "%[1]s = 0 OR %[1]s "+t.op.String()+" "+moment)
	} else {
		q.test(t.ordinal, false, "%[1]s <> 0 AND %[1]s "+t.op.String()+" "+moment)
	}
}

func (t *timeTest) sql(q *query) {
	now := q.arg(q.now)
	switch t.op {
	case timeWithin:
		q.test(t.ordinal, false, "%[1]s <> 0 AND %[1]s > "+q.arg(q.now-t.span.ms())+" AND %[1]s <= "+now)
	case timeAhead:
		q.test(t.ordinal, false, "%[1]s <> 0 AND %[1]s > "+now+" AND %[1]s <= "+q.arg(q.now+t.span.ms()))
	default:
		q.test(t.ordinal, false, "%[1]s <> 0 AND %[1]s <= "+now)
	}
}

// sql never happens: SQL refuses rules about the event being scored.
func (t *amountTest) sql(*query) {}
