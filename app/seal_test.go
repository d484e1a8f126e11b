package app_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"kizashi/act"
	"kizashi/app"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/member"
	"kizashi/seal"
	"kizashi/setting"
	"kizashi/testkit"
)

// opened is an installation until the test ends.
func opened(t *testing.T, c app.Config) *app.App {
	t.Helper()
	a, err := app.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

// refusal is the key of the words with which an installation refuses to serve; "" if it serves.
func refusal(t *testing.T, c app.Config) string {
	t.Helper()
	a := opened(t, c)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	over, cancel := context.WithCancel(t.Context())
	cancel() // it stops as soon as it serves
	err = a.Serve(over, l)
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Key
	}
	if err != nil {
		t.Error(err)
	}
	return ""
}

// secretive gives somebody a second factor, and the company a provider with a secret.
func secretive(t *testing.T, a *app.App) (who act.Who, secret string, recovery []string) {
	t.Helper()
	ctx := t.Context()
	add := &member.AddUser{Email: "hanako@kizashi.example", Role: act.Admin, Password: "shinjuku-3-chome-tram"}
	if err := errors.Join(a.Door.Run(ctx, act.Product, add), a.Door.Run(ctx, act.Product, &setting.SetSSOSecret{Secret: "of the provider"})); err != nil {
		t.Fatal(err)
	}
	who, secret = act.Who{ID: add.Account, Role: act.Admin}, member.NewTOTP()
	code, err := totp.GenerateCode(secret, time.UnixMilli(a.DB.Clock.Now()))
	if err != nil {
		t.Fatal(err)
	}
	set := &member.SetTOTP{Account: who.ID, Secret: secret, Code: code}
	if err := a.Door.Run(ctx, who, set); err != nil {
		t.Fatal(err)
	}
	return who, secret, set.Codes
}

// The database does not tell the secrets in it; the key is a file for its owner alone (S18).
func TestSecretsAreUnreadableInTheDatabase(t *testing.T) {
	c := app.Config{Data: t.TempDir()}
	a := opened(t, c)
	_, secret, _ := secretive(t, a)
	files, err := filepath.Glob(filepath.Join(c.Data, "kizashi.db*")) // the log of SQLite, too
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil || bytes.Contains(raw, []byte(secret)) || bytes.Contains(raw, []byte("of the provider")) {
			t.Error(file, "tells a secret:", err)
		}
	}
	info, err := os.Stat(filepath.Join(c.Data, "secret.key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info, err)
	}
	if got := refusal(t, c); got != "" {
		t.Error("the second start:", got)
	}
}

// Without its key an installation says so and does not serve; a recovery code still proves who one is; a new
// key takes away what the lost one had sealed (S18).
func TestALostKey(t *testing.T) {
	c := app.Config{Data: t.TempDir()}
	a := opened(t, c)
	who, secret, recovery := secretive(t, a)
	file := filepath.Join(c.Data, "secret.key")
	kept, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{"": "seal.lost", "no key": "seal.malformed", seal.NewText(): "seal.wrong", string(kept): ""} {
		if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		if text != "" {
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if got := refusal(t, c); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if err := os.WriteFile(file, []byte(seal.NewText()), 0o600); err != nil {
		t.Fatal(err)
	}
	a = opened(t, c)
	if err := member.CheckCode(t.Context(), a.DB, who.ID, recovery[0]); err != nil {
		t.Error("a recovery code:", err)
	}
	code, _ := totp.GenerateCode(secret, time.UnixMilli(a.DB.Clock.Now()))
	if err := member.CheckCode(t.Context(), a.DB, who.ID, code); fault.KindOf(err) != fault.Internal {
		t.Error("a code without the key:", err)
	}
	if err := a.RenewSeal(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := refusal(t, c); got != "" {
		t.Error("after the new key:", got)
	}
	err = a.DB.Read(t.Context(), func(tx *db.Tx) error {
		has, left, err := member.HasTOTP(t.Context(), tx, who.ID)
		there, bad := setting.HasSSOSecret(t.Context(), tx)
		if has || left > 0 || there {
			t.Error("something is left that nobody can open")
		}
		return errors.Join(err, bad)
	})
	if err != nil {
		t.Error(err)
	}
}

// Nodes of one database need one key, wherever each has it from.
func TestNodesNeedOneKey(t *testing.T) {
	url, text := testkit.PostgresURL(t), seal.NewText()
	if got := refusal(t, app.Config{Data: t.TempDir(), Database: url, Secret: text}); got != "" {
		t.Fatal(got)
	}
	for want, c := range map[string]app.Config{
		"":               {Data: t.TempDir(), Database: url, Secret: " " + text},
		"seal.lost":      {Data: t.TempDir(), Database: url},
		"seal.wrong":     {Data: t.TempDir(), Database: url, Secret: seal.NewText()},
		"seal.malformed": {Data: t.TempDir(), Database: url, Secret: "password"},
	} {
		if got := refusal(t, c); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
