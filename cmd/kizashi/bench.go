package main

import (
	"os"
	"time"

	"kizashi/app"
	"kizashi/bench"
)

type benchCommand struct {
	Leads    int           `help:"リード数 / leads" default:"1000000"`
	Segments int           `help:"セグメント数 / live segments" default:"300"`
	Time     time.Duration `help:"1 つの負荷の長さ / length of each load" default:"10s"`
	Clients  int           `help:"接続数 / connections" default:"256"`
}

// Run measures in a folder of its own (or in the named, empty PostgreSQL database), never in the data folder.
func (c *benchCommand) Run(p *program) error {
	dir, err := os.MkdirTemp(p.config.Data, "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	p.config.Data = dir
	return p.open(func(a *app.App) error {
		return bench.Run(p, a, bench.Plan{Leads: c.Leads, Segments: c.Segments, Time: c.Time, Clients: c.Clients, Out: p.out})
	})
}
