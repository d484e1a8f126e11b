package rule

import "strconv"

// lastAt is the newest human event of a lead, kept on its state for active and silent.
const lastAt = "s.last_at"

func (t *active) sql(q *query) {
	if t.silent {
		q.put("NOT ")
	}
	q.put("(", lastAt, " IS NOT NULL AND ", lastAt, " <> 0 AND ", lastAt, " > ", q.arg(q.now-t.span.ms()))
	q.put(" AND ", lastAt, " <= ", q.arg(q.now), ")")
}

// sql asks for leads with enough events. A lead without any is in no group, so whatever a
// count of 0 satisfies is asked the other way round.
func (t *count) sql(q *query) {
	switch {
	case t.op == atLeast && t.than == 0:
		q.truth(true)
	case t.op == less && t.than == 0:
		q.truth(false)
	case compare(0, t.op, t.than):
		q.put("NOT ")
		t.some(q, opposites[t.op])
	default:
		t.some(q, t.op)
	}
}

// some asks for leads with a count above 0 that satisfies op.
func (t *count) some(q *query, op comparison) {
	q.put("((l.id IN (")
	once := t.than == 1 && op == atLeast || t.than == 0 && (op == more || op == notEqual)
	if once { // any event will do: no need to count
		q.events(t.kind, "e.lead", t.span, 0)
	} else {
		q.put("SELECT x.lead FROM (")
		q.events(t.kind, "e.lead", t.span, 0)
		q.put(") x GROUP BY x.lead HAVING count(*) ", sqlComparison(op), " ", strconv.Itoa(t.than))
	}
	q.endIn()
}

// endIn ends ((l.id IN (…. Among few leads PostgreSQL is to make the set once: without the test it would
// join, and ask for the events of each lead among those of all.
func (q *query) endIn() {
	q.put("))")
	if q.among != "" {
		q.put(" IS TRUE")
	}
	q.put(")")
}

// sql looks at the events of both kinds once, in the order of their moments: beside each later event stands
// the newest earlier one so far. A join of the two kinds would look at every pair of events of a lead. Events
// of one moment count as before each other, in a window frame as in the evaluator.
func (t *followed) sql(q *query) {
	q.put("((l.id IN (SELECT y.lead FROM (SELECT x.lead, x.at, x.ends, ")
	q.put("max(x.begins) OVER (PARTITION BY x.lead ORDER BY x.at) AS begun FROM (")
	q.events(t.later, "e.lead, e.at, 1 AS ends, CAST(NULL AS bigint) AS begins", t.window, 0)
	q.put(" UNION ALL ")
	q.events(t.earlier, "e.lead, e.at, 0, e.at", t.window, t.within.ms())
	q.put(") x) y WHERE y.ends = 1 AND y.begun >= y.at - ", q.arg(t.within.ms()))
	q.endIn()
}

// events puts the human events of a kind in (now-window-before, now]. An event is of a kind by itself or
// by its tag, a second kind.
func (q *query) events(kind, columns string, window span, before int64) {
	q.put("SELECT ", columns, " FROM event e WHERE ")
	number := "(SELECT k.id FROM kind k WHERE k.name = " + q.arg(kind) + ")"
	if q.among != "" { // by their leads: the plus keeps the engines from finding them by their kind
		q.put("e.lead", q.among, " AND (+e.kind = ", number, " OR e.tag <> 0 AND +e.tag = ", number, ")")
		q.when(window, before)
		return
	}
	// Two selects, because either has its own index, that of tags only over events that have one.
	q.put("e.kind = ", number)
	q.when(window, before)
	q.put(" UNION ALL SELECT ", columns, " FROM event e WHERE e.tag <> 0 AND e.tag = ", number)
	q.when(window, before)
}

func (q *query) when(window span, before int64) {
	if !window.ever() {
		q.put(" AND e.at > ", q.arg(q.now-window.ms()-before))
	}
	q.put(" AND e.at <= ", q.arg(q.now), " AND e.class = 0")
}
