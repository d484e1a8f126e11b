package main

import (
	"net"

	"kizashi/app"
)

type serveCommand struct {
	Listen string `help:"待ち受けるアドレス / address" default:"127.0.0.1:8080" env:"KIZASHI_LISTEN"`
}

func (c *serveCommand) Run(p *program) error {
	return p.open(func(a *app.App) error {
		var config net.ListenConfig
		l, err := config.Listen(p, "tcp", c.Listen)
		if err != nil {
			return err
		}
		return a.Serve(p, l)
	})
}
