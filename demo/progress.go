package demo

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"kizashi/db"
	"kizashi/setting"
)

// progress is how far a seed has come, so that one that was interrupted goes on.
type progress struct {
	Seed  uint64
	Leads int
	Days  int
	Now   int64 // ms UTC: when it was begun
	Day   int   // days that are lived through
	Try   int   // how often it was interrupted
	Done  bool
}

// progressName is the name under which it is kept.
const progressName = "demo"

func (p progress) save(ctx context.Context, d *db.DB) error {
	raw, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return d.Write(ctx, func(tx *db.Tx) error {
		return setting.Keep(ctx, tx, progressName, string(raw))
	})
}

// read is how far the seed of an installation has come; found is false if none was begun.
func read(ctx context.Context, d *db.DB) (p progress, found bool, err error) {
	var text string
	err = d.Read(ctx, func(tx *db.Tx) error {
		return tx.Row(ctx, `SELECT value FROM setting WHERE name = $1`, progressName).Scan(&text)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return p, false, nil
	}
	if err != nil {
		return p, false, err
	}
	return p, true, json.Unmarshal([]byte(text), &p)
}

// begin writes down that a seed begins, or finds the one that was interrupted.
func begin(ctx context.Context, d *db.DB, o Options) (progress, error) {
	p, found, err := read(ctx, d)
	if err != nil {
		return p, err
	}
	if found && !p.Done {
		p.Try++
	} else {
		p = progress{Seed: o.Seed, Leads: o.Leads, Days: o.Days, Now: d.Clock.Now()}
	}
	return p, p.save(ctx, d)
}

// Empty tells whether an installation may be filled: it has no leads yet, or its seed was interrupted.
func Empty(ctx context.Context, d *db.DB) (bool, error) {
	p, found, err := read(ctx, d)
	if err != nil || found {
		return !p.Done && found, err
	}
	n := 0
	err = d.Read(ctx, func(tx *db.Tx) error {
		return tx.Row(ctx, `SELECT COUNT(*) FROM (SELECT id FROM lead LIMIT 1) AS one`).Scan(&n)
	})
	return n == 0, err
}

// Made tells whether all data of an installation is made up.
func Made(ctx context.Context, d *db.DB) (bool, error) {
	p, found, err := read(ctx, d)
	return found && p.Done, err
}
