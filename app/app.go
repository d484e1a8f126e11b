// Package app wires the product together: open, build, mount, start, stop.
package app

import (
	"context"
	"errors"
	"net/netip"
	"path/filepath"
	"sync"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fold"
	"kizashi/job"
	"kizashi/limit"
	"kizashi/member"
	"kizashi/page"
	"kizashi/track"
)

// Config is where an installation lives.
type Config struct {
	Data     string         // folder for the database and files
	Database string         // "postgres://…"; empty: SQLite in the data folder
	Secret   string         // the key of the secrets in the database, base64; empty: a file in the data folder
	Metrics  string         // the token that opens /metrics; empty: only this machine may read it
	Proxies  []netip.Prefix // whose word on for whom they ask is believed; nobody's by default
	TLS      TLS
	Limits   db.Limits
}

// App is an open installation.
type App struct {
	Config Config
	DB     *db.DB
	Door   *act.Door
	Engine *fold.Engine
	Intake *fold.Intake // nil until Start
	Jobs   *job.Runner
	Site   *page.Site

	limiter        *track.Limiter
	shared         *sharedLimits
	sealed         error // why the secrets in the database cannot be read; nil if they can
	stopBackground context.CancelFunc
	background     sync.WaitGroup
}

// Open opens the database of an installation, makes it where there is none, and wires what its parts
// tell each other. Nothing runs in the background yet.
func Open(ctx context.Context, c Config) (*App, error) {
	url := c.Database
	if url == "" {
		url = filepath.Join(c.Data, "kizashi.db")
	}
	d, err := db.Open(ctx, url, db.Within(c.Limits))
	if err != nil {
		return nil, err
	}
	a := &App{Config: c, DB: d, Door: act.NewDoor(d)}
	a.Engine = fold.NewEngine(a.Door)
	a.limiter = track.NewLimiter()
	a.shared = shareLimits(d, map[string]*limit.Buckets[string]{"senders": a.limiter.Senders, "intake": a.Engine.Limits})
	a.Jobs = &job.Runner{DB: d, Handlers: a.handlers()}
	a.Site = a.site()
	a.wire()
	if a.sealed, err = a.openSeal(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	prepared := func(ctx context.Context) error {
		return a.Door.Write(ctx, func(tx *db.Tx) error { return prepare(ctx, tx) })
	}
	a.Jobs.ClockBack = prepared
	err = errors.Join(prepared(ctx), a.Door.Write(ctx, func(tx *db.Tx) error { return job.FreeDead(ctx, tx, d.Alive) }))
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return a, nil
}

// patience is that with work in the background.
const patience = 10

// Start begins the work in the background: intake, due queue, jobs.
func (a *App) Start() {
	a.Intake = fold.NewIntake(a.Engine)
	a.Jobs.Start()
	ctx, cancel := context.WithCancel(context.Background())
	a.stopBackground = cancel
	a.DB.Hear(ctx, a.hear)
	unhurried := db.Patience(ctx, patience)
	a.background.Go(func() { a.Engine.RunDue(unhurried) })
	a.background.Go(func() { a.Engine.RunHeat(unhurried) })
	a.background.Go(func() { a.shared.run(ctx) })
}

// hear acts on the news of all nodes: some are for this process, the others for the pages that are open.
func (a *App) hear(topic string) {
	if topic == member.KeyRevoked {
		member.ForgetKeys()
		return
	}
	if !a.shared.hear(topic, a.DB.Clock.Now()) {
		a.Site.Live.Tell(topic)
	}
}

// Stop answers what was taken, lets jobs save their place, and ends the background work.
func (a *App) Stop() {
	if a.Intake == nil {
		return
	}
	a.Intake.Close()
	a.stopBackground()
	a.background.Wait()
	a.Jobs.Stop()
}

// Close closes the database.
func (a *App) Close() error { return a.DB.Close() }
