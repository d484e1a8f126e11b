package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"kizashi/act"
	"kizashi/app"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/id"
	"kizashi/member"
)

const (
	hanako   = "hanako@kizashi.example"
	password = "shinjuku-3-chome-tram"
)

// house is a data folder with one account, looked after from the command line.
type house struct {
	*testing.T
	data string
}

func newHouse(t *testing.T) house {
	h := house{t, t.TempDir()}
	h.says("cli.user.added", fault.Args{"email": hanako, "role": "inside"}, password,
		"user", "add", "--email", hanako, "--role", "inside", "--password-stdin")
	return h
}

// cli runs a command with a line of standard input.
func (h house) cli(line string, args ...string) (code int, out, errs string) {
	h.Helper()
	var stdout, stderr bytes.Buffer
	code = run(context.Background(), append(args, "--data", h.data), strings.NewReader(line+"\n"), &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

// says wants a command to end well with some words.
func (h house) says(key string, args fault.Args, line string, command ...string) {
	h.Helper()
	if code, out, errs := h.cli(line, command...); code != 0 || strings.TrimSpace(out) != i18n.T(i18n.Japanese, key, args) {
		h.Fatalf("%v: %d %q %s", command, code, out, errs)
	}
}

// refuses wants a command to fail.
func (h house) refuses(line string, command ...string) {
	h.Helper()
	if code, out, errs := h.cli(line, command...); code == 0 || out != "" || errs == "" {
		h.Errorf("%v: %d %q %q", command, code, out, errs)
	}
}

// inside looks at the data as the server would.
func (h house) inside(f func(a *app.App) error) {
	h.Helper()
	a, err := app.Open(h.Context(), app.Config{Data: h.data})
	if err != nil {
		h.Fatal(err)
	}
	defer a.Close()
	if err := f(a); err != nil {
		h.Fatal(err)
	}
}

// account is who signs in with a password.
func (h house) account(a *app.App, with string) (id.ID, error) {
	who, err := member.SignIn(h.Context(), a.DB, hanako, with, member.Visitor{Address: "192.0.2.1"})
	return who.ID, err
}

// twoSteps sets the account's second factor up as its owner does.
func (h house) twoSteps() {
	h.Helper()
	h.inside(func(a *app.App) error {
		who, err := h.account(a, password)
		if err != nil {
			return err
		}
		secret := member.NewTOTP()
		code, err := totp.GenerateCode(secret, time.UnixMilli(a.DB.Clock.Now()))
		if err != nil {
			return err
		}
		return a.Door.Run(h.Context(), act.Who{ID: who, Role: act.Inside}, &member.SetTOTP{Account: who, Secret: secret, Code: code})
	})
}

func (h house) wantTwoSteps(want bool) {
	h.Helper()
	h.inside(func(a *app.App) error {
		return a.DB.Read(h.Context(), func(tx *db.Tx) error {
			found, err := member.FindAccountOf(h.Context(), tx, hanako)
			if err != nil {
				return err
			}
			has, _, err := member.HasTOTP(h.Context(), tx, found.ID)
			if has != want {
				h.Errorf("a second factor: %v, want %v", has, want)
			}
			return err
		})
	})
}

func TestUserPassword(t *testing.T) { // S18
	h := newHouse(t)
	h.refuses("short", "user", "password", "--email", hanako, "--password-stdin")
	h.refuses(password+"2", "user", "password", "--email", "nobody@kizashi.example", "--password-stdin")
	h.says("cli.user.password", fault.Args{"email": hanako}, password+"2", "user", "password", "--email", hanako, "--password-stdin")
	h.inside(func(a *app.App) error {
		if _, err := h.account(a, password); fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("the former password: %v", err)
		}
		_, err := h.account(a, password+"2")
		return err
	})
}

func TestUserDropTOTP(t *testing.T) { // S18
	h := newHouse(t)
	h.twoSteps()
	h.wantTwoSteps(true)
	h.refuses("", "user", "drop-totp", "--email", "nobody@kizashi.example")
	h.says("cli.user.totp_dropped", fault.Args{"email": hanako}, "", "user", "drop-totp", "--email", hanako)
	h.wantTwoSteps(false)
}

// A lost key is replaced: what it had sealed is forgotten, and everything else is there.
func TestSecretRenew(t *testing.T) { // S18
	h := newHouse(t)
	h.twoSteps()
	file := filepath.Join(h.data, "secret.key")
	former, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	h.says("cli.secret.renewed", nil, "", "secret", "renew")
	if now, err := os.ReadFile(file); err != nil || bytes.Equal(now, former) {
		t.Error("no other key", err)
	}
	h.wantTwoSteps(false)
	h.inside(func(a *app.App) error { _, err := h.account(a, password); return err })
}
