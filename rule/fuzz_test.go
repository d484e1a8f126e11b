package rule

import (
	"errors"
	"testing"
	"unicode/utf8"

	"kizashi/fault"
	"kizashi/i18n"
)

// FuzzParse: whatever a stranger writes is a rule that reads back, or an error with a place
// and words; never a panic, never over a limit.
func FuzzParse(f *testing.F) {
	for _, src := range []string{
		`lead.fit in ["A","B"] && count("price_view", days(14)) >= 2 && !did("inquiry", days(30))`,
		`followed("a", "b", weeks(1), hours(2)) || lead.engagement > 1.5e3 && "vip" in lead.tags`,
		`event["page title"].contains("\u3042") && event.number("価格") >= -1 || known(event.plan)`,
		`within(lead.planned_at, days(1)) != true`, `!!!!lead.customer == !true`, `((((`, `"\xff"`, `b"a" == 1u`,
		`{"a": 1}.a`, `lead?.fit`, `[1][?0]`, "lead.`fit` == 'A'", `true ? 1 : 2`, "// nothing", "", `-(-lead.rank) < -9223372036854775808`,
	} {
		f.Add(src)
	}
	schema := testSchema.WithEvent()
	facts := someone()
	f.Fuzz(func(t *testing.T, src string) {
		r, err := Parse(schema, src)
		if err != nil {
			checkError(t, src, err)
			return
		}
		if n := utf8.RuneCountInString(r.Source()); n > maxText {
			t.Fatalf("%q: canonical text has %d characters", src, n)
		}
		again, err := Parse(schema, r.Source())
		if err != nil || again.Source() != r.Source() {
			t.Fatalf("%q is canonically %q, which reads %v", src, r.Source(), err)
		}
		if form, err := FromForm(schema, r.Form()); err != nil || form.Source() != r.Source() {
			t.Fatalf("%q does not come back from its form: %v", r.Source(), err)
		}
		if at := r.Next(facts); at <= facts.Now || r.Eval(facts) != again.Eval(facts) {
			t.Fatalf("%q: next %d", src, at)
		}
		r.Sentence(i18n.Japanese)
		if !r.Reads().Event {
			r.SQL(SQLite, now, 1, 1)
			r.SQL(Postgres, now, 1, 1)
		}
	})
}

// checkError wants an error for people. rule.type would mean that the reader let pass what
// CEL's checker refuses.
func checkError(t *testing.T, src string, err error) {
	t.Helper()
	var e *fault.Error
	if !errors.As(err, &e) || e.Kind != fault.Invalid || !i18n.Has(e.Key) || e.Key == "rule.type" {
		t.Fatalf("%q: %v", src, err)
	}
	line, column := e.Args["line"].(int), e.Args["column"].(int)
	if line < 1 || column < 1 || column > utf8.RuneCountInString(src)+1 {
		t.Fatalf("%q: error at %d:%d", src, line, column)
	}
}
