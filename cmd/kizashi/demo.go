package main

import (
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"os"
	"strings"

	"kizashi/act"
	"kizashi/app"
	"kizashi/demo"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/member"
)

type demoCommand struct {
	SeedOnly bool   `help:"データだけを作る / fill it and do not serve" name:"seed-only"`
	Leads    int    `help:"リードの数 / how many leads" default:"2000"`
	Days     int    `help:"何日分の行動か / days of behaviour" default:"120"`
	Seed     uint64 `help:"同じ数からは同じ人と行動ができる / the same number makes the same people" default:"1"`
	Listen   string `help:"待ち受けるアドレス / address" default:"127.0.0.1:8080" env:"KIZASHI_LISTEN"`
}

// The bounds of a demo.
const (
	maxDemoLeads = 10_000_000
	maxDemoDays  = 1_000
)

func (c *demoCommand) Run(p *program) error {
	if c.Leads < 1 || c.Leads > maxDemoLeads {
		return fault.New(fault.Invalid, "demo.range", fault.Args{"max": maxDemoLeads}).At("--leads")
	}
	if c.Days < 1 || c.Days > maxDemoDays {
		return fault.New(fault.Invalid, "demo.range", fault.Args{"max": maxDemoDays}).At("--days")
	}
	return p.open(func(a *app.App) error {
		empty, err := demo.Empty(p, a.DB)
		if err != nil {
			return err
		}
		if !empty {
			fmt.Fprintln(p.out, i18n.T(p.lang, "demo.filled", nil))
		} else if err := c.fill(p, a); err != nil {
			return err
		}
		if c.SeedOnly {
			return nil
		}
		return c.serve(p, a)
	})
}

// fill makes the people, and a way in: an account and a key.
func (c *demoCommand) fill(p *program, a *app.App) error {
	password := strings.ToLower(rand.Text())
	made := demo.Options{Seed: c.Seed, Leads: c.Leads, Days: c.Days, Password: password, Progress: bar(p.err, c.Leads)}
	if err := demo.Seed(p, a.Engine, made); err != nil {
		return err
	}
	fmt.Fprintln(p.out, i18n.T(p.lang, "demo.made", fault.Args{"leads": c.Leads, "days": c.Days}))
	for _, who := range demo.Team {
		fmt.Fprintln(p.out, i18n.T(p.lang, "demo.account", fault.Args{"email": who.Email, "name": who.Name, "role": i18n.T(p.lang, "demo.role."+string(who.Role), nil)}))
	}
	key := &member.AddKey{Label: "demo", Role: act.Admin}
	if err := a.Door.Run(p, act.Product, key); err != nil {
		return err
	}
	fmt.Fprintln(p.out, i18n.T(p.lang, "demo.way_in", fault.Args{"password": password, "key": key.Secret}))
	return nil
}

func (c *demoCommand) serve(p *program, a *app.App) error {
	var config net.ListenConfig
	l, err := config.Listen(p, "tcp", c.Listen)
	if err != nil {
		return err
	}
	made, err := demo.Made(p, a.DB)
	if err != nil {
		return err
	}
	if made {
		for _, one := range demo.Team {
			a.Site.Guests = append(a.Site.Guests, one.Email)
		}
	}
	fmt.Fprintln(p.out, i18n.T(p.lang, "demo.serving", fault.Args{"url": "http://" + l.Addr().String() + "/"}))
	return a.Serve(p, l)
}

// barWidth is in characters.
const barWidth = 40

// bar draws progress on a terminal; nil anywhere else.
func bar(to io.Writer, total int) func(done int) {
	file, ok := to.(*os.File)
	if !ok {
		return nil
	}
	if info, err := file.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	return func(done int) {
		full := barWidth * done / max(total, 1)
		fmt.Fprintf(file, "\r%s%s %3d %%", strings.Repeat("█", full), strings.Repeat("░", barWidth-full), 100*done/max(total, 1))
		if done >= total {
			fmt.Fprintln(file)
		}
	}
}
