package main

import (
	"encoding/json"
	"fmt"
	"time"

	"kizashi/act"
	"kizashi/app"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/id"
	"kizashi/setting"
	"kizashi/takeback"
)

type takeBackCommand struct {
	Key    string `help:"キーの ID / id of the key" required:""`
	From   string `help:"この日時から / from this moment: 2026-04-01, 2026-04-01T09:00, or with a zone" required:""`
	To     string `help:"この日時の前まで (空なら今) / before this moment; empty: now"`
	DryRun bool   `help:"書き込まずに結果だけ見る / change nothing, only tell" name:"dry-run"`
	JSON   bool   `help:"JSON で出力する / as JSON" name:"json"`
}

func (c *takeBackCommand) Run(p *program) error {
	return p.open(func(a *app.App) error {
		r, err := c.timespan(p, a)
		if err != nil {
			return err
		}
		counted, err := takeback.Preview(p, a.DB, act.Product, r)
		if err != nil {
			return err
		}
		if c.DryRun {
			return c.tell(p, 0, counted)
		}
		start := &takeback.Start{Range: r, Events: counted.Events, Wait: backgroundWait}
		if err := a.Door.Run(p, act.Product, start); err != nil {
			return err
		}
		if err := takeback.WorkHere(p, a.Door, start.TakeBack, c.share(p)); err != nil {
			return err
		}
		var done takeback.TakeBack
		err = a.DB.Read(p, func(tx *db.Tx) (err error) {
			done, err = takeback.Find(p, tx, start.TakeBack)
			return err
		})
		if err != nil {
			return err
		}
		return c.tell(p, done.ID, done.Counts)
	})
}

// timespan reads what is asked for, by the clock of the installation.
func (c *takeBackCommand) timespan(p *program, a *app.App) (r takeback.Range, err error) {
	if r.Key, err = id.Parse(c.Key); err != nil {
		return r, err
	}
	var name string
	err = a.DB.Read(p, func(tx *db.Tx) (err error) {
		name, err = setting.TimeZone(p, tx)
		return err
	})
	if err != nil {
		return r, err
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return r, err
	}
	if r.From, err = parseMoment(c.From, "from", zone); err != nil {
		return r, err
	}
	if r.Until = a.DB.Clock.Now() + 1; c.To != "" {
		r.Until, err = parseMoment(c.To, "to", zone)
	}
	return r, err
}

func parseMoment(text, path string, zone *time.Location) (ms int64, err error) {
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04", "2006-01-02T15:04:05", time.RFC3339Nano} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t.UnixMilli(), nil
		}
	}
	return 0, fault.New(fault.Invalid, "cli.moment", fault.Args{"text": text}).At(path)
}

// tell prints what was, or would be, taken back; of a dry run the number is 0.
func (c *takeBackCommand) tell(p *program, number id.ID, n takeback.Counts) error {
	if c.JSON {
		result := map[string]any{"dry_run": c.DryRun, "events": n.Events, "values": n.Values}
		for _, fate := range takeback.Fates {
			result[string(fate)] = n.People[fate]
		}
		if number != 0 {
			result["take_back"] = number
		}
		return json.NewEncoder(p.out).Encode(result)
	}
	key := "cli.takeback.done"
	if c.DryRun {
		key = "cli.takeback.dry_run"
	}
	fmt.Fprintln(p.out, i18n.T(p.lang, key, fault.Args{
		"events": n.Events, "values": n.Values, "gone": n.People[takeback.Gone], "worked": n.People[takeback.Worked],
		"others": n.People[takeback.Imported] + n.People[takeback.Known],
	}))
	return nil
}

// share shows on a terminal how far it is.
func (c *takeBackCommand) share(p *program) func(takeback.TakeBack) {
	const steps = 1000
	draw := bar(p.err, steps)
	if draw == nil || c.JSON {
		return func(takeback.TakeBack) {}
	}
	return func(t takeback.TakeBack) { draw(int(t.Share() * steps)) }
}
