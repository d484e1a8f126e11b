package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"kizashi/app"
	"kizashi/fault"
	"kizashi/fold"
	"kizashi/i18n"
)

type verifyCommand struct {
	JSON bool `help:"JSON で出力する / as JSON" name:"json"`
}

// errDiffers ends the program with 1; what differs is printed already.
var errDiffers = errors.New("state differs from the log")

func (c *verifyCommand) Run(p *program) error {
	var result fold.Verified
	err := p.open(func(a *app.App) (err error) {
		result, err = a.Engine.Verify(p, nil)
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		if err := json.NewEncoder(p.out).Encode(result); err != nil {
			return err
		}
	} else {
		p.printVerified(result)
	}
	if len(result.Differences) > 0 {
		return errDiffers
	}
	return nil
}

func (p *program) printVerified(v fold.Verified) {
	fmt.Fprintln(p.out, i18n.T(p.lang, "cli.verify.result", fault.Args{"leads": v.Leads, "differing": len(v.Differences), "behind": v.Behind}))
	for _, d := range v.Differences {
		fmt.Fprintf(p.out, "%s  %s: %v ≠ %v\n", d.Lead, d.Field, d.Stored, d.Folded)
	}
}

type backupCommand struct {
	File string `arg:"" help:"書き込むファイル / the new file" type:"path"`
}

func (c *backupCommand) Run(p *program) error {
	return p.open(func(a *app.App) error {
		if err := a.Backup(p, c.File); err != nil {
			return err
		}
		fmt.Fprintln(p.out, i18n.T(p.lang, "cli.backup.done", fault.Args{"file": c.File, "key": p.config.SealPlace()}))
		return nil
	})
}
