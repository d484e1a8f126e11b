package main

import (
	"context"
	"os"
	"os/exec"
	"time"

	"kizashi/app"
	"kizashi/bench"
)

type benchCommand struct {
	Leads    int           `help:"リード数 / leads" default:"100000"`
	Events   int           `help:"あらかじめ記録に置くイベント数 / events in the log beforehand" default:"0"`
	Segments int           `help:"セグメント数 / live segments" default:"300"`
	Time     time.Duration `help:"1 つの負荷の長さ / length of each load" default:"10s"`
	Clients  int           `help:"接続数 / connections" default:"256"`
}

// Run measures in a folder of its own (or in the named, empty PostgreSQL database), never in the data folder.
func (c *benchCommand) Run(p *program) error {
	if err := os.MkdirAll(p.config.Data, 0o700); err != nil {
		return err
	}
	dir, err := os.MkdirTemp(p.config.Data, "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	p.config.Data = dir
	self, err := os.Executable()
	if err != nil {
		return err
	}
	serve := func(ctx context.Context, address string) *exec.Cmd {
		return exec.CommandContext(ctx, self, "serve", "--listen", address, "--data", dir, "--database", p.config.Database)
	}
	return p.open(func(a *app.App) error {
		return bench.Run(p, a, bench.Plan{Leads: c.Leads, Events: c.Events, Segments: c.Segments, Time: c.Time, Clients: c.Clients, Out: p.out, Serve: serve})
	})
}
