//go:build unix

package bench

import (
	"context"
	"flag"
	"io"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"kizashi/app"
	"kizashi/event"
)

// go test ./bench -run '^$' -bench Intake -args -leads 1000000 measures on a bigger base.
var (
	leads    = flag.Int("leads", 5000, "leads in the base")
	database = flag.String("database", "", "postgres://…, empty; SQLite without it")
)

// BenchmarkIntake measures the one transaction without HTTP, in processor time for an event.
func BenchmarkIntake(b *testing.B) {
	a, err := app.Open(b.Context(), app.Config{Data: b.TempDir(), Database: *database})
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close()
	m := &measurement{Plan: Plan{Leads: *leads, Out: io.Discard}, ctx: b.Context(), app: a}
	if err := m.seed(); err != nil {
		b.Fatal(err)
	}
	a.Start()
	defer a.Stop()
	b.Run("single", func(b *testing.B) { m.intake(b, 256, 1) })
	b.Run("hundred", func(b *testing.B) { m.intake(b, 8, 100) })
}

// intake puts b.N events, so many at a time from so many clients.
func (m *measurement) intake(b *testing.B, clients, events int) {
	before := processorTime()
	var given atomic.Int64
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			for given.Add(int64(events)) <= int64(b.N+events-1) {
				if _, err := m.app.Intake.Put(context.Background(), m.someMessages(events)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	b.ReportMetric(float64((processorTime()-before).Microseconds())/float64(b.N), "cpu-µs/event")
}

func (m *measurement) someMessages(n int) []event.Message {
	list := make([]event.Message, n)
	for i := range list {
		list[i] = event.Message{
			ID: messageID(), User: m.someLead(), Kind: "page_view", Channel: "web",
			Subject: "https://www.bench.example" + pages[rand.IntN(len(pages))],
		}
	}
	return list
}

// processorTime is what this process has taken so far, in user and in kernel mode.
func processorTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err) // RUSAGE_SELF is always there
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
