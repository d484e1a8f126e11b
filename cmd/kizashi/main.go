// Kizashi serves the product and runs its commands.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"

	"kizashi/app"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/i18n"
)

// commands is the command line. Each command stands in a file of its own.
type commands struct {
	Data     string   `help:"データを置くフォルダー / folder for the database and files" default:"data" env:"KIZASHI_DATA" type:"path"`
	Database string   `help:"postgres://… (空なら SQLite) / empty: SQLite in the data folder" env:"KIZASHI_DATABASE"`
	Secret   string   `help:"秘密情報を守る鍵、base64 の32バイト (空なら data/secret.key) / key of the secrets; empty: data/secret.key" env:"KIZASHI_SECRET"`
	Metrics  string   `name:"metrics-token" help:"/metrics を開くトークン (空なら同じマシンからのみ) / token that opens /metrics; empty: this machine only" env:"KIZASHI_METRICS_TOKEN"`
	Proxies  []string `name:"trusted-proxy" help:"信頼するプロキシの CIDR (複数可、既定はなし) / CIDR of a proxy whose X-Forwarded headers are believed; none by default" env:"KIZASHI_TRUSTED_PROXY" placeholder:"CIDR"`
	Lang     string   `help:"ja, en" default:"ja" enum:"ja,en" env:"KIZASHI_LANG"`

	Serve   serveCommand  `cmd:"" help:"サーバーを起動する / serve"`
	Today   todayCommand  `cmd:"" help:"今日連絡すべき人 / whom to contact today"`
	Import  importCommand `cmd:"" help:"名簿を取り込む / bring in contacts"`
	Demo    demoCommand   `cmd:"" help:"架空のデータで試す / try it with fictitious data"`
	User    userCommand   `cmd:"" help:"利用者 / users"`
	Key     keyCommand    `cmd:"" help:"API キー / API and write keys"`
	Secrets secretCommand `cmd:"" name:"secret" help:"秘密情報を守る鍵 / the key of the secrets"`
	Rule    ruleCommand   `cmd:"" help:"ルールを調べる / look into a rule"`
	Verify  verifyCommand `cmd:"" help:"全ての記録を再計算して照合する / replay everything and compare"`
	Backup  backupCommand `cmd:"" help:"稼働中にバックアップを取る / copy the database while it serves"`
	Bench   benchCommand  `cmd:"" help:"速さを測る / measure the speed"`

	Version versionCommand `cmd:"" help:"バージョンを表示する / print the version"`
}

// program is what a command works with: main, made testable.
type program struct {
	context.Context
	in       io.Reader
	out, err io.Writer
	config   app.Config
	lang     i18n.Lang
}

// collectAt is when memory is collected: when it has grown by so many per cent of what is in use. What is
// in use is little, so that the default of 100 collects so often that it takes a tenth of the speed.
const collectAt = 200

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the whole program; it gives the exit code: 0 done, 1 failed, 2 the call's words are off.
func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	var c commands
	parser, err := kong.New(&c, kong.Name("kizashi"), kong.Writers(out, errs), kong.UsageOnError(),
		kong.Description("Kizashi(兆し): 今日だれに、なぜ、どう連絡するか。"))
	if err != nil {
		fmt.Fprintln(errs, err)
		return 2
	}
	call, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintln(errs, "kizashi:", err)
		return 2
	}
	p := &program{Context: ctx, in: in, out: out, err: errs, lang: i18n.Parse(c.Lang),
		config: app.Config{Data: c.Data, Database: c.Database, Secret: c.Secret, Metrics: c.Metrics}}
	if p.config.Proxies, err = proxiesOf(c.Proxies); err != nil {
		p.explain(err)
		return 2
	}
	if err := call.Run(p); err != nil {
		p.explain(err)
		return 1
	}
	return 0
}

// proxiesOf reads networks, or single addresses.
func proxiesOf(texts []string) ([]netip.Prefix, error) {
	var list []netip.Prefix
	for _, text := range texts {
		prefix, err := netip.ParsePrefix(text)
		if a, wrong := netip.ParseAddr(text); wrong == nil {
			a = a.Unmap()
			prefix, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil {
			return nil, fault.New(fault.Invalid, "cli.proxy", fault.Args{"text": text})
		}
		list = append(list, prefix.Masked())
	}
	return list, nil
}

// explain prints an error in words.
func (p *program) explain(err error) {
	var many fault.Many
	var one *fault.Error
	switch {
	case errors.As(err, &many):
		for _, e := range many {
			p.explain(e)
		}
	case errors.As(err, &one):
		place := ""
		if one.Path != "" {
			place = one.Path + ": "
		}
		fmt.Fprintf(p.err, "kizashi: %s%s\n", place, i18n.Words(p.lang, one))
		if one.Kind == fault.Internal && one.Cause != nil {
			fmt.Fprintln(p.err, one.Cause)
		}
	default:
		fmt.Fprintln(p.err, "kizashi:", err)
	}
}

// commandPatience is that with the transactions of a command.
const commandPatience = 10

// open opens the installation for one command.
func (p *program) open(f func(*app.App) error) (err error) {
	p.Context = db.Patience(p.Context, commandPatience)
	a, err := app.Open(p, p.config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	return f(a)
}
