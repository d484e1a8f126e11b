// Package bench measures the product's promises of speed on the machine it runs on, and prints them
// as a table: rates against the same handler without storage in the same run, latencies as percentiles.
package bench

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os/exec"
	"runtime"
	"slices"
	"time"

	"kizashi/app"
)

// Plan says what to measure.
type Plan struct {
	Leads    int           // leads in the base, drawn at random by the load
	Events   int           // in the log before the load, beside those of the leads themselves
	Segments int           // live segments during the latency measurement
	Time     time.Duration // of each load
	Clients  int           // connections of the load
	Out      io.Writer

	// Serve is the command that serves this installation at an address in a process of its own; nil
	// leaves out what is measured of such a process.
	Serve func(ctx context.Context, address string) *exec.Cmd
}

// Run fills an empty installation and measures it. But for start and idle memory everything runs in
// this process, so that the load generator takes its share of the same cores.
func Run(ctx context.Context, a *app.App, p Plan) error {
	m := &measurement{Plan: p, ctx: ctx, app: a}
	fmt.Fprintf(p.Out, "%s, database %s, %d leads\n\n", machine(), a.DB.Engine, p.Leads)
	fmt.Fprintln(p.Out, "| what | figure | goal |\n|---|---:|---:|")
	for _, step := range []func() error{
		m.importEmpty, m.seed, m.importFilled, m.settle, m.history, m.idle, // nobody else writes
		m.serve, m.single, m.batches, m.segments, m.latency, m.queries, m.pages, m.refold,
	} {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := step(); err != nil {
			m.stop()
			return err
		}
	}
	return nil
}

func machine() string {
	return fmt.Sprintf("%s, %s/%s, %d cores%s", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), busy())
}

type measurement struct {
	Plan
	ctx     context.Context
	app     *app.App
	url     string
	key     string
	servers []func() // what ends the servers that run
}

func (m *measurement) stop() {
	for _, end := range m.servers {
		end()
	}
	m.servers = nil
}

// row prints a line of the table; a goal of "" is none.
func (m *measurement) row(what, goal, format string, args ...any) {
	fmt.Fprintf(m.Out, "| %s | %s | %s |\n", what, fmt.Sprintf(format, args...), goal)
}

// percentile of durations in any order, p in 0–1.
func percentile(all []time.Duration, p float64) time.Duration {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[min(int(float64(len(all))*p), len(all)-1)]
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// someLead is the user id of a lead drawn at random.
func (m *measurement) someLead() string { return userOf(rand.IntN(m.Leads)) }

func userOf(n int) string { return fmt.Sprintf("user-%07d", n) }
