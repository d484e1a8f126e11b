package fold_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kizashi/app"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/event"
	"kizashi/fault"
	"kizashi/fold"
	"kizashi/i18n"
	"kizashi/id"
	"kizashi/report"
	"kizashi/testkit"
)

// house is an open installation whose clock the test moves.
type house struct {
	*testing.T
	*app.App
	now     int64
	counter int64
	keys    []sender // of makeKeys
}

// replaced changes one text that must be there.
func replaced(t *testing.T, whole, old, fresh string) string {
	t.Helper()
	if !strings.Contains(whole, old) {
		t.Fatalf("%q is not there", old)
	}
	return strings.Replace(whole, old, fresh, 1)
}

const start int64 = 1_790_000_000_000 // 2026-09-21, a Monday

func open(t *testing.T, url string) *house {
	t.Helper()
	h := &house{T: t, now: start}
	a, err := app.Open(t.Context(), app.Config{Data: t.TempDir(), Database: url})
	if err != nil {
		t.Fatal(err)
	}
	a.DB.Clock.Set(start)
	a.Intake = fold.NewIntake(a.Engine)
	t.Cleanup(func() {
		a.Intake.Close()
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	h.App = a
	return h
}

// engines runs a test on both databases.
func engines(t *testing.T, test func(t *testing.T, h *house)) {
	testkit.Engines(t, func(t *testing.T, url string) { test(t, open(t, url)) })
}

// pass lets time go by, and visits who is due.
func (h *house) pass(ms int64) {
	h.Helper()
	h.now += ms
	h.DB.Clock.Set(h.now)
	if err := h.CatchUp(h.Context()); err != nil {
		h.Fatal(err)
	}
}

// put hands messages in; all must be taken.
func (h *house) put(messages ...event.Message) []fold.Answer {
	h.Helper()
	answers, err := h.Intake.Put(h.Context(), messages)
	if err != nil {
		h.Fatal(err)
	}
	for _, a := range answers {
		if a.Err != nil {
			h.Fatal(a.Err)
		}
	}
	return answers
}

func (h *house) explain(lead id.ID) (x *fold.Explained) {
	h.Helper()
	err := h.DB.Read(h.Context(), func(tx *db.Tx) (err error) {
		x, err = h.Engine.Explain(h.Context(), tx, lead)
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	return x
}

// stored is the row that lists show.
func (h *house) stored(lead id.ID) (row fold.Row) {
	h.Helper()
	err := h.DB.Read(h.Context(), func(tx *db.Tx) (err error) {
		row, err = fold.ScanState(tx.Row(h.Context(), `SELECT `+fold.StateColumns+` FROM lead_state s WHERE s.lead = $1`, lead).Scan)
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	return row
}

// clean asks that a replay of everything finds the stored state.
func (h *house) clean() {
	h.Helper()
	v, err := h.Engine.Verify(h.Context(), nil)
	if err != nil {
		h.Fatal(err)
	}
	if len(v.Differences) > 0 || v.Behind > 0 {
		h.Fatalf("verify: %+v", v)
	}
}

func did(user, kind string) event.Message { return event.Message{User: user, Kind: kind} }

// L12 X01: an anonymous visitor is kept, and joined with all its history when it becomes known.
func TestVisitorBecomesKnown(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		h.put(event.Message{ID: "1", Visitor: "v1", Kind: "page_view", Subject: "https://www.example.jp/price/"})
		h.pass(clock.Hour)
		answers := h.put(event.Message{ID: "2", Visitor: "v1", Email: "taro@aozora.example", Traits: map[string]string{"name": "山田 太郎", "company": "株式会社青空製作所"}})
		lead := answers[0].Lead
		if lead == 0 {
			t.Fatal("no lead was made")
		}
		x := h.explain(lead)
		if x.Row.Temperature != "hot" || len(x.List) != 2 {
			t.Errorf("got %s with %d lines: the price page before the mail address is lost", x.Row.Temperature, len(x.List))
		}
		h.clean()
	})
}

// What a person wrote into a field that cannot keep it is not lost.
func TestIllegibleTraitsAreKept(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		h.put(event.Message{User: "u", Traits: map[string]string{"phone": "内線123", "mobile": "090-1234-5678", "company_size": "非公開", "plan": "pro"}})
		var raw string
		err := h.DB.Read(h.Context(), func(tx *db.Tx) error {
			return tx.Row(h.Context(), `SELECT props FROM lead`).Scan(&raw)
		})
		var props map[string]string
		if err != nil || json.Unmarshal([]byte(raw), &props) != nil {
			t.Fatal(raw, err)
		}
		if diff := cmp.Diff(map[string]string{"phone": "内線123", "company_size": "非公開", "plan": "pro"}, props); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		h.clean()
	})
}

// A repeated message changes nothing and is answered like the first.
func TestRepeatedMessageChangesNothing(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		m := event.Message{ID: "same", User: "u", Kind: "inquiry_sent"}
		first := h.put(m, m)
		if first[0].Event != first[1].Event || !first[1].Repeated {
			t.Errorf("in one batch: %+v", first)
		}
		again := h.put(m)[0]
		if again.Event != first[0].Event || !again.Repeated {
			t.Errorf("later: %+v", again)
		}
		if n := len(h.explain(first[0].Lead).List); n != 1 {
			t.Errorf("counted %d times", n)
		}
		h.clean()
	})
}

// X11: bots and scanners are kept and score nothing, and score when they turn out to be people.
func TestReclassifiedScanner(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		a := h.put(event.Message{User: "u", Kind: "email_clicked", Class: event.Scanner}, did("u", "page_view"))
		lead := a[0].Lead
		if e := h.stored(lead); math.Round(e.CoolsAt) != float64(start) {
			t.Errorf("the scanner scored: %v", e.CoolsAt)
		}
		err := h.Door.Write(h.Context(), func(tx *db.Tx) error {
			return h.Engine.Reclassify(h.Context(), tx, []id.ID{a[0].Event}, event.Human)
		})
		if err != nil {
			t.Fatal(err)
		}
		if x := h.explain(lead); len(x.List) != 2 {
			t.Errorf("%d lines", len(x.List))
		}
		h.clean()
	})
}

// A late event is folded where it belongs: the result is that of the right order.
func TestLateEvent(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		order := func(user string, late bool) fold.Row {
			messages := []event.Message{
				{User: user, Kind: "document_requested", At: start - 20*clock.Day},
				{User: user, Kind: "inquiry_sent", At: start - clock.Day},
			}
			if late {
				messages[0], messages[1] = messages[1], messages[0]
			}
			h.put(messages[0])
			return h.stored(h.put(messages[1])[0].Lead)
		}
		a, b := order("a", false), order("b", true)
		if a.CoolsAt != b.CoolsAt || a.Temperature != "hot" || b.Temperature != "hot" || a.LastAt != b.LastAt {
			t.Errorf("in order %+v, late %+v", a, b)
		}
		h.clean()
	})
}

// T07 T10 T17 X02: temperature falls by itself when time passes, through the due queue, never by a rescan.
func TestTemperatureFallsByItself(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		lead := h.put(did("u", "whitepaper_downloaded"), event.Message{User: "u", Kind: "page_view", Subject: "https://x.example/price"})[0].Lead
		for _, c := range []struct {
			after int64
			want  string
		}{{0, "hot"}, {14*clock.Day - 1, "hot"}, {1, "warm"}, {76 * clock.Day, "cold"}} {
			h.pass(c.after)
			if got := h.stored(lead).Temperature; got != c.want {
				t.Errorf("%d days later: %s, want %s", (h.now-start)/clock.Day, got, c.want)
			}
			h.clean()
		}
	})
}

// S02 S03 S06 S07 P23 P24 P25 P26: gates promote at once and write why.
func TestGatesPromoteAndSayWhy(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		lead := h.put(did("u", "quote_requested"))[0].Lead
		if got := h.stored(lead).Stage; got != "tql" {
			t.Fatalf("stage %s", got)
		}
		var became []string
		err := h.DB.Read(h.Context(), func(tx *db.Tx) error {
			return tx.Each(h.Context(), `SELECT became, detail FROM stage_change WHERE lead = $1 ORDER BY id`, []any{lead},
				func(scan func(...any) error) error {
					var to, detail string
					if err := scan(&to, &detail); err != nil {
						return err
					}
					var report struct {
						Passed bool
						JA, EN string
					}
					if err := json.Unmarshal([]byte(detail), &report); err != nil || !report.Passed || report.JA == "" || report.EN == "" {
						t.Errorf("%s: %s %v", to, detail, err)
					}
					became = append(became, to)
					return nil
				})
		})
		if err != nil || fmt.Sprint(became) != "[mql tql]" {
			t.Error(became, err)
		}
		for _, g := range h.explain(lead).Gates {
			if g.JA == "" || g.EN == "" {
				t.Errorf("gate %s does not explain itself", g.To)
			}
		}
		h.clean()
	})
}

// L05 L10 T08: the Today list is ranked, hot first, with reasons and an approach in both languages.
func TestTodayIsRankedAndExplained(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		h.put(did("cold", "newsletter_subscribed"), did("warm", "seminar_attended"))
		h.pass(clock.Hour)
		hot := h.put(did("hot", "quote_requested"))[0].Lead
		for _, lang := range []i18n.Lang{i18n.Japanese, i18n.English} {
			var items []report.TodayItem
			err := h.DB.Read(h.Context(), func(tx *db.Tx) (err error) {
				items, err = report.Today(h.Context(), tx, h.Engine, report.TodayFilter{Limit: 10}, lang)
				return err
			})
			if err != nil || len(items) == 0 || items[0].Lead.ID != hot || len(items[0].Why) == 0 || items[0].How == "" {
				t.Fatalf("%+v %v", items, err)
			}
		}
	})
}

// Times that cannot be are corrected and marked; nothing is refused for them.
func TestImpossibleTimes(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		h.put(event.Message{User: "u", Kind: "page_view", At: start + clock.Day}, event.Message{User: "u", Kind: "page_view", At: 5})
		var marks []int64
		err := h.DB.Read(h.Context(), func(tx *db.Tx) error {
			return tx.Each(h.Context(), `SELECT at, marks FROM event ORDER BY id`, nil, func(scan func(...any) error) error {
				var at, mark int64
				err := scan(&at, &mark)
				if at != start {
					t.Errorf("at %d", at)
				}
				marks = append(marks, mark)
				return err
			})
		})
		if err != nil || len(marks) != 2 || marks[0] != int64(event.MarkFuture) || marks[1] != int64(event.MarkAncient) {
			t.Error(marks, err)
		}
	})
}

// One wrong message does not harm the others.
func TestWrongMessageHarmsNoOther(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		answers, err := h.Intake.Put(h.Context(), []event.Message{did("u", "page_view"), {Kind: "page_view"}, {User: "u", Kind: "x", Props: json.RawMessage(`{`)}})
		if err != nil || answers[0].Err != nil || answers[0].Event == 0 {
			t.Fatal(answers, err)
		}
		if answers[1].Err == nil || answers[1].Err.Kind != fault.Invalid || answers[2].Err == nil {
			t.Errorf("%+v", answers)
		}
	})
}

// After Close nothing is taken, and what was taken is answered.
func TestClosedIntakeIsBusy(t *testing.T) {
	h := open(t, testkit.SQLiteURL(t))
	h.Intake.Close()
	_, err := h.Intake.Put(context.Background(), []event.Message{did("u", "x")})
	if fault.KindOf(err) != fault.Busy {
		t.Fatal(err)
	}
}

// L10 T08: a raised hand of today comes before a better fit of last week, and falls back when its day is over.
func TestRaisedHandComesFirst(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		h.put(event.Message{Email: "old@kaisha.example", Kind: "quote_requested"})
		h.pass(3 * clock.Day)
		lead := h.put(did("new", "inquiry_sent"))[0].Lead
		before := h.stored(lead).Priority
		h.pass(24 * clock.Hour)
		if after := h.stored(lead).Priority; after >= before {
			t.Errorf("priority %v, a day later %v", before, after)
		}
		h.clean()
	})
}
