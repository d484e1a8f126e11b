package main

import (
	"fmt"

	"kizashi/app"
	"kizashi/i18n"
)

type secretCommand struct {
	Renew renewSecretCommand `cmd:"" help:"鍵を失ったとき、新しい鍵に替える / begin anew after the key was lost"`
}

type renewSecretCommand struct{}

func (c *renewSecretCommand) Run(p *program) error {
	return p.open(func(a *app.App) error {
		if err := a.RenewSeal(p); err != nil {
			return err
		}
		fmt.Fprintln(p.out, i18n.T(p.lang, "cli.secret.renewed", nil))
		return nil
	})
}
