package rule

import (
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"
	"pgregory.net/rapid"

	"kizashi/testkit"
)

// world is a small database, and the same things as facts.
type world struct {
	halfLife  float64
	companies []company
	leads     []lead
	events    []event
}

// A nil is NULL.
type company struct{ industry, employees any }

type lead struct {
	company                                int // index, -1: none
	email, rank, customer, plannedAt, tags any
	fit, temperature, coolsAt, lastAt      any
	facts                                  *Facts
}

type event struct {
	lead, kind, tag, class int
	at                     int64
}

const schemaText = `
CREATE TABLE company (id bigint, industry text, employees bigint);
CREATE TABLE lead (id bigint, company bigint, email text, rank bigint, customer bigint, planned_at bigint, tags text);
CREATE TABLE lead_state (lead bigint, fit text, temperature text, cools_at REALS, last_at bigint);
CREATE TABLE kind (id bigint, name text);
CREATE TABLE event (at bigint, lead bigint NOT NULL, kind bigint NOT NULL, tag bigint NOT NULL, class bigint NOT NULL)`

// emptyText clears the world between checks.
const emptyText = `DELETE FROM company; DELETE FROM lead; DELETE FROM lead_state; DELETE FROM event`

// TestSQLAgrees: on random leads, events and rules, SQL finds exactly the leads for which
// the evaluator holds. P19
func TestSQLAgrees(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { checkSQL(t, SQLite, "sqlite", testkit.SQLiteURL(t)) })
	t.Run("postgres", func(t *testing.T) { checkSQL(t, Postgres, "pgx", testkit.PostgresURL(t)) })
}

func checkSQL(t *testing.T, d Dialect, driver, url string) {
	db := openWorld(t, d, driver, url)
	tagged := mustParse(t, `followed("page_view", "price_view", minutes(1), days(3))`)
	rapid.Check(t, func(t *rapid.T) {
		w := randomWorld(t)
		w.store(t, db)
		// A tagged event is of two kinds at one moment: rare among random rules, so always asked.
		w.compare(t, db, d, tagged)
		for range 5 {
			r, err := Parse(testSchema, randomRule(t, 2))
			if err != nil {
				t.Fatal(err)
			}
			w.compare(t, db, d, r)
		}
	})
}

func openWorld(t *testing.T, d Dialect, driver, url string) *sql.DB {
	db, err := sql.Open(driver, url)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	reals := map[Dialect]string{SQLite: "REAL", Postgres: "double precision"}[d]
	run(t, db, strings.ReplaceAll(schemaText, "REALS", reals))
	for i, kind := range someKinds[:3] { // the last is never seen, so it has no row
		run(t, db, fmt.Sprintf("INSERT INTO kind VALUES (%d, '%s')", i+1, kind))
	}
	return db
}

type failer interface {
	Helper()
	Fatalf(string, ...any)
}

type execer interface {
	Exec(string, ...any) (sql.Result, error)
}

func run(t failer, db execer, text string, args ...any) {
	t.Helper()
	if _, err := db.Exec(text, args...); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

// compare asks both sides for the leads. The rule stands beside other conditions and after
// other arguments, as in a list that is filtered twice, and once more denied.
func (w *world) compare(t failer, db *sql.DB, d Dialect, r *Rule) {
	t.Helper()
	text, args := r.SQL(d, now, w.halfLife, 2)
	var yes, no []int
	for i, l := range w.leads {
		if r.Eval(l.facts) {
			yes = append(yes, i)
		} else {
			no = append(no, i)
		}
	}
	from := ` FROM lead l JOIN lead_state s ON s.lead = l.id LEFT JOIN company c ON c.id = l.company WHERE l.id >= $1 AND `
	args = append([]any{0}, args...)
	if diff := cmp.Diff(yes, ids(t, db, "SELECT l.id"+from+text+" ORDER BY l.id", args)); diff != "" {
		t.Fatalf("%s\n%s\n(- evaluator, + SQL)\n%s", r.Source(), text, diff)
	}
	if diff := cmp.Diff(no, ids(t, db, "SELECT l.id"+from+"NOT "+text+" ORDER BY l.id", args)); diff != "" {
		t.Fatalf("denied: %s\n%s\n(- evaluator, + SQL)\n%s", r.Source(), text, diff)
	}
	w.compareAmong(t, db, d, r, yes)
}

// compareAmong asks about every other lead alone.
func (w *world) compareAmong(t failer, db *sql.DB, d Dialect, r *Rule, yes []int) {
	t.Helper()
	const among = ` IN (SELECT o.id FROM lead o WHERE o.id % 2 = 1)`
	text, args := r.SQLAmong(d, now, w.halfLife, 1, among)
	want := slices.DeleteFunc(slices.Clone(yes), func(i int) bool { return i%2 == 0 })
	got := ids(t, db, `SELECT l.id FROM lead l JOIN lead_state s ON s.lead = l.id LEFT JOIN company c ON c.id = l.company
		WHERE l.id`+among+` AND `+text+` ORDER BY l.id`, args)
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("among some: %s\n%s\n(- evaluator, + SQL)\n%s", r.Source(), text, diff)
	}
}

func ids(t failer, db *sql.DB, text string, args []any) (all []int) {
	t.Helper()
	rows, err := db.Query(text, args...)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int
		if err := rows.Scan(&id); err != nil {
			t.Fatalf("%v", err)
		}
		all = append(all, id)
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%v", err)
	}
	return all
}

func (w *world) store(t failer, db *sql.DB) {
	t.Helper()
	tx, err := db.Begin()
	if err != nil {
		t.Fatalf("%v", err)
	}
	for _, text := range strings.Split(emptyText, ";") {
		run(t, tx, text)
	}
	for i, c := range w.companies {
		run(t, tx, "INSERT INTO company VALUES ($1, $2, $3)", i, c.industry, c.employees)
	}
	for i, l := range w.leads {
		run(t, tx, "INSERT INTO lead VALUES ($1, $2, $3, $4, $5, $6, $7)", i, l.company, l.email, l.rank, l.customer, l.plannedAt, l.tags)
		run(t, tx, "INSERT INTO lead_state VALUES ($1, $2, $3, $4, $5)", i, l.fit, l.temperature, l.coolsAt, l.lastAt)
	}
	for _, e := range w.events {
		run(t, tx, "INSERT INTO event VALUES ($1, $2, $3, $4, $5)", e.at, e.lead, e.kind, e.tag, e.class)
	}
	if err := tx.Commit(); err != nil {
		t.Fatalf("%v", err)
	}
}

func randomWorld(t *rapid.T) *world {
	w := &world{halfLife: float64(rapid.Int64Range(1, 30).Draw(t, "half-life") * day)}
	text := rapid.Custom(func(t *rapid.T) any { return maybeNull(t, pick(t, someTexts, "text")) })
	number := rapid.Custom(func(t *rapid.T) any { return maybeNull(t, pick(t, someWholes, "number")) })
	for range rapid.IntRange(0, 2).Draw(t, "companies") {
		w.companies = append(w.companies, company{text.Draw(t, "industry"), number.Draw(t, "employees")})
	}
	for range rapid.IntRange(1, 4).Draw(t, "leads") {
		w.leads = append(w.leads, w.randomLead(t, text, number))
	}
	for range rapid.IntRange(0, 24).Draw(t, "events") {
		w.events = append(w.events, w.randomEvent(t))
	}
	for i := range w.leads {
		w.leads[i].facts = w.facts(i)
	}
	return w
}

// maybeNull is NULL at times.
func maybeNull(t *rapid.T, value any) any {
	if rapid.IntRange(0, 4).Draw(t, "null") == 4 {
		return nil
	}
	return value
}

func (w *world) randomLead(t *rapid.T, text, number *rapid.Generator[any]) lead {
	tags := rapid.SliceOfNDistinct(rapid.SampledFrom(someTags), 0, 2, rapid.ID).Draw(t, "tags")
	stored := ""
	if len(tags) > 0 {
		stored = "," + strings.Join(tags, ",") + ","
	}
	at := rapid.OneOf(rapid.Just(int64(0)), rapid.Custom(randomMoment))
	cools := 0.0
	if rapid.Bool().Draw(t, "engaged") {
		cools = cooling(now+rapid.Int64Range(-1, 1).Draw(t, "ms"), w.halfLife, pick(t, somePoints[1:], "points"))
	}
	return lead{
		company: rapid.IntRange(-1, len(w.companies)-1).Draw(t, "company"),
		email:   text.Draw(t, "email"), rank: number.Draw(t, "rank"),
		customer:  maybeNull(t, pick(t, []int64{0, 1}, "customer")),
		plannedAt: maybeNull(t, at.Draw(t, "planned")), tags: maybeNull(t, stored),
		fit:         maybeNull(t, pick(t, []string{"", "A", "B", "C", "D"}, "fit")),
		temperature: maybeNull(t, pick(t, []string{"hot", "warm", "cold"}, "temperature")),
		coolsAt:     maybeNull(t, cools), lastAt: maybeNull(t, at.Draw(t, "last")),
	}
}

func (w *world) randomEvent(t *rapid.T) event {
	return event{
		at:    randomMoment(t),
		lead:  rapid.IntRange(0, len(w.leads)).Draw(t, "lead"), // one more: a visitor who is no lead
		kind:  rapid.IntRange(2, 3).Draw(t, "kind"),
		tag:   rapid.IntRange(0, 1).Draw(t, "tag"), // the first kind is also a tag of the others
		class: rapid.IntRange(0, 1).Draw(t, "class"),
	}
}

// facts says of a lead what its rows say.
func (w *world) facts(i int) *Facts {
	l := w.leads[i]
	f := &Facts{Now: now, HalfLife: w.halfLife, CoolsAt: orZero[float64](l.coolsAt), LastAt: orZero[int64](l.lastAt)}
	f.Text, f.Int = make([]string, len(testFields)), make([]int64, len(testFields))
	text := func(field string, value any) { f.Text[testSchema.Index(field)] = orZero[string](value) }
	number := func(field string, value any) { f.Int[testSchema.Index(field)] = orZero[int64](value) }
	text("lead.email", l.email)
	text("lead.fit", l.fit)
	text("lead.temperature", l.temperature)
	number("lead.rank", l.rank)
	number("lead.customer", l.customer)
	number("lead.planned_at", l.plannedAt)
	if l.company >= 0 {
		text("company.industry", w.companies[l.company].industry)
		number("company.employees", w.companies[l.company].employees)
	}
	f.Tags = strings.FieldsFunc(orZero[string](l.tags), func(c rune) bool { return c == ',' })
	for id, kind := range someKinds {
		if times := w.times(i, id+1); times != nil {
			f.Seen = append(f.Seen, Seen{kind, times})
		}
	}
	return f
}

func orZero[T any](value any) T {
	v, _ := value.(T)
	return v
}

// times are the newest human events of a lead that are of a kind, by themselves or by tag.
func (w *world) times(lead, kind int) (all []int64) {
	for _, e := range w.events {
		if e.lead == lead && e.class == 0 && (e.kind == kind || e.tag == kind) {
			all = append(all, e.at)
		}
	}
	slices.Sort(all)
	return all[max(0, len(all)-SeenLimit):]
}

// Counts compare exactly although Facts hold the newest events only.
func TestSQLAgreesOnManyEvents(t *testing.T) {
	db := openWorld(t, SQLite, "sqlite", testkit.SQLiteURL(t))
	w := &world{halfLife: float64(day)}
	for i, n := range []int{249, 250, 251, 256, 257, 300} {
		w.leads = append(w.leads, lead{company: -1})
		for at := range n {
			w.events = append(w.events, event{lead: i, kind: 2, at: now - int64(at)})
		}
	}
	for i := range w.leads {
		w.leads[i].facts = w.facts(i)
	}
	w.store(t, db)
	for _, op := range comparisons {
		for _, n := range []int{0, 1, 249, 250} {
			w.compare(t, db, SQLite, mustParse(t, `count("page_view") `+op+" "+strconv.Itoa(n)))
			w.compare(t, db, SQLite, mustParse(t, `count("page_view", days(1)) `+op+" "+strconv.Itoa(n)))
		}
	}
}

// crowd is how many events of each kind one lead has below: their pairs would take hours to look at.
const crowd = 200_000

// What a rule costs grows with the events of a lead, not with their pairs, however wide its windows are.
func TestSQLOfALeadWithVeryManyEvents(t *testing.T) {
	for _, e := range []struct {
		name, driver, url, series string
		dialect                   Dialect
	}{
		{"sqlite", "sqlite", testkit.SQLiteURL(t), `WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < $1 - 1)`, SQLite},
		{"postgres", "pgx", testkit.PostgresURL(t), `WITH n (i) AS (SELECT generate_series(0, $1::bigint - 1))`, Postgres},
	} {
		t.Run(e.name, func(t *testing.T) {
			db := openWorld(t, e.dialect, e.driver, e.url)
			run(t, db, `CREATE INDEX event_lead ON event (lead, at)`)
			w := &world{leads: []lead{{company: -1}, {company: -1}}}
			w.store(t, db)
			// The later kind comes before the earlier one, each a second after the other: none follows.
			for kind, from := range map[int]int64{2: now - 2*crowd*1000, 3: now - 4*crowd*1000} {
				run(t, db, e.series+` INSERT INTO event SELECT $2 + i * 1000, 1, $3, 0, 0 FROM n`, crowd, from, kind)
			}
			for src, want := range map[string][]int{
				`followed("page_view", "inquiry_sent", days(3660), days(3660))`: nil,
				`followed("inquiry_sent", "page_view", days(3660), days(3660))`: {1},
				`count("page_view", days(3660)) >= 250`:                         {1},
			} {
				for _, among := range []string{"", " IN (0, 1)"} {
					text, args := mustParse(t, src).SQLAmong(e.dialect, now, 1, 1, among)
					got := ids(t, db, `SELECT l.id FROM lead l WHERE `+text, args)
					if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("%s: %s", src, diff)
					}
				}
			}
		})
	}
}

// The largest rule is still one statement.
func TestSQLOfALargeRule(t *testing.T) {
	db := openWorld(t, SQLite, "sqlite", testkit.SQLiteURL(t))
	w := &world{leads: []lead{{company: -1}}}
	w.leads[0].facts = w.facts(0)
	w.store(t, db)
	w.compare(t, db, SQLite, mustParse(t, strings.TrimSuffix(strings.Repeat(`did("a")||`, 300), "||")))
}

func TestSQLRefusesEventScope(t *testing.T) {
	r, err := Parse(testSchema.WithEvent(), `event.plan == "pro"`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if recover() == nil {
			t.Error("SQL of a rule about the event being scored")
		}
	}()
	r.SQL(SQLite, now, 1, 1)
}
