//go:build unix

package bench

import (
	"flag"
	"testing"
	"time"

	"kizashi/app"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/event"
	"kizashi/id"
)

// go test ./bench -run '^$' -bench LongHistory -args -events 300000 measures on a longer history.
var events = flag.Int("events", 10_000, "events of one lead")

// BenchmarkLongHistory measures events that come late to a lead with a long history, in the running product: the time
// until such an event is answered, and the longest.
func BenchmarkLongHistory(b *testing.B) {
	a, err := app.Open(b.Context(), app.Config{Data: b.TempDir(), Database: *database})
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close()
	a.Start()
	defer a.Stop()
	now := a.DB.Clock.Now()
	at := func(n int) int64 { return now - int64(*events-n)*clock.Minute }
	lead := visit(b, a, at, 0, *events)
	late := func(from, until int) func(*testing.B) {
		return func(b *testing.B) {
			var longest time.Duration
			for n := 0; b.Loop(); n++ {
				begin := time.Now()
				visit(b, a, func(int) int64 { return at(from+n%(until-from)) + 1 }, 0, 1)
				longest = max(longest, time.Since(begin))
			}
			b.ReportMetric(float64(longest.Microseconds())/1000, "longest-ms")
		}
	}
	b.Run("near", late(*events-100, *events))
	b.Run("far", late(0, *events/10))
	if err := a.CatchUp(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.Run("explain", func(b *testing.B) { explain(b, a, lead) })
}

// visit puts page views of one person, a thousand at a time.
func visit(b *testing.B, a *app.App, at func(int) int64, from, until int) (lead id.ID) {
	for from < until {
		list := make([]event.Message, min(1000, until-from))
		for i := range list {
			list[i] = event.Message{User: "long", Kind: "page_view", Channel: "web", At: at(from + i)}
		}
		answers, err := a.Intake.Put(b.Context(), list)
		if err != nil {
			b.Fatal(err)
		}
		from, lead = from+len(list), answers[0].Lead
	}
	return lead
}

func explain(b *testing.B, a *app.App, lead id.ID) {
	for b.Loop() {
		err := a.DB.Read(b.Context(), func(tx *db.Tx) error {
			_, err := a.Engine.Explain(b.Context(), tx, lead)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
