// Package bench measures the product's promises of speed on the machine it runs on, and prints them
// as a table: rates against the same handler without storage in the same run, latencies as percentiles.
package bench

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"time"

	"kizashi/app"
	"kizashi/db"
)

// Plan says what to measure.
type Plan struct {
	Leads    int           // leads in the base, drawn at random by the load
	Segments int           // live segments during the latency measurement
	Time     time.Duration // of each load
	Clients  int           // connections of the load
	Out      io.Writer
}

// Run fills an empty installation and measures it. Everything runs in this process, so that the load
// generator takes its share of the same cores.
func Run(ctx context.Context, a *app.App, p Plan) error {
	m := &measurement{Plan: p, ctx: ctx, app: a}
	fmt.Fprintf(p.Out, "%s, %d cores, %s/%s, database %s, %d leads\n\n", runtime.Version(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, a.DB.Engine, p.Leads)
	fmt.Fprintln(p.Out, "| what | figure |\n|---|---:|")
	for _, step := range []func() error{
		m.seed, m.serve, m.single, m.batches, m.segments, m.latency, m.queries, m.refold,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	m.stop()
	return nil
}

type measurement struct {
	Plan
	ctx  context.Context
	app  *app.App
	url  string
	key  string
	stop func()
}

func (m *measurement) row(what, format string, args ...any) {
	fmt.Fprintf(m.Out, "| %s | %s |\n", what, fmt.Sprintf(format, args...))
}

// percentile of sorted or unsorted durations, p in 0–1.
func percentile(all []time.Duration, p float64) time.Duration {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[min(int(float64(len(all))*p), len(all)-1)]
}

// someLead is the user id of a lead drawn at random.
func (m *measurement) someLead() string { return userOf(rand.IntN(m.Leads)) }

func userOf(n int) string { return fmt.Sprintf("user-%07d", n) }

func (m *measurement) read(f func(tx *db.Tx) error) (time.Duration, error) {
	begin := time.Now()
	err := m.app.DB.Read(m.ctx, f)
	return time.Since(begin), err
}
