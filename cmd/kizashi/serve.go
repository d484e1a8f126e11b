package main

import (
	"fmt"
	"net"

	"kizashi/app"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/member"
)

type serveCommand struct {
	Listen    string   `help:"待ち受けるアドレス / address" default:"127.0.0.1:8080" env:"KIZASHI_LISTEN"`
	Cert      string   `name:"tls-cert" help:"証明書の PEM ファイル / PEM file of the certificate" type:"path" env:"KIZASHI_TLS_CERT"`
	Key       string   `name:"tls-key" help:"証明書の鍵の PEM ファイル / PEM file of its key" type:"path" env:"KIZASHI_TLS_KEY"`
	Domains   []string `name:"tls-domain" help:"証明書を自動取得する名前 (複数可) / name to fetch a certificate for (repeatable)" env:"KIZASHI_TLS_DOMAIN" placeholder:"NAME"`
	Directory string   `name:"tls-acme" help:"証明書を取得する ACME サーバー (空なら Let's Encrypt) / ACME server; empty: Let's Encrypt" env:"KIZASHI_TLS_ACME" placeholder:"URL"`
	Redirect  string   `name:"tls-redirect" help:"HTTP を https へ転送するアドレス (--tls-domain では :80) / plain HTTP that leads to https; with --tls-domain :80" env:"KIZASHI_TLS_REDIRECT" placeholder:"ADDRESS"`
}

func (c *serveCommand) Run(p *program) error {
	p.config.TLS = app.TLS{Cert: c.Cert, Key: c.Key, Domains: c.Domains, Directory: c.Directory, Redirect: c.Redirect}
	return p.open(func(a *app.App) error {
		var config net.ListenConfig
		l, err := config.Listen(p, "tcp", c.Listen)
		if err != nil {
			return err
		}
		if err := p.offerSetUp(a, l.Addr()); err != nil {
			return err
		}
		return a.Serve(p, l)
	})
}

// offerSetUp prints the link to the first set-up, while there is no account.
func (p *program) offerSetUp(a *app.App, at net.Addr) error {
	code, err := member.OpenSetUp(p, a.DB)
	if err != nil || code == "" {
		return err
	}
	fmt.Fprintln(p.out, i18n.T(p.lang, "cli.serve.set_up", fault.Args{"url": p.base(at) + "/setup?code=" + code, "code": code}))
	return nil
}

// base is where a browser finds the server that listens at an address.
func (p *program) base(at net.Addr) string {
	switch {
	case !p.config.TLS.On():
		return "http://" + reachable(at)
	case len(p.config.TLS.Domains) == 0:
		return "https://" + reachable(at)
	}
	name := p.config.TLS.Domains[0]
	if _, port, err := net.SplitHostPort(at.String()); err == nil && port != "443" {
		name = net.JoinHostPort(name, port)
	}
	return "https://" + name
}

// reachable is an address that a browser on this machine can open, for one that stands for all addresses.
func reachable(at net.Addr) string {
	host, port, err := net.SplitHostPort(at.String())
	if ip := net.ParseIP(host); err == nil && ip.IsUnspecified() {
		return net.JoinHostPort("localhost", port)
	}
	return at.String()
}
