package setting

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/testkit"
)

func TestTheSecretOfTheProviderShowsNowhere(t *testing.T) { // S18
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, door := context.Background(), open(t, url)
		value := `{"name":"社内ID","issuer":"https://id.example.jp","client_id":"kizashi","domains":["@Example.jp"],"role":""}`
		if err := door.Run(ctx, act.Product, &Set{Setting: "single_sign_on", Value: []byte(value)}); err != nil {
			t.Fatal(err)
		}
		if s := get(t, door, SingleSignOn); !s.On() || s.Domains[0] != "example.jp" || s.Role != act.Viewer {
			t.Error(s)
		}
		const secret = "correct-horse"
		if err := door.Run(ctx, act.Product, &SetSSOSecret{Secret: " " + secret + "\n"}); err != nil {
			t.Fatal(err)
		}
		if fault.KindOf(door.Run(ctx, act.Who{Role: act.Marketing}, &SetSSOSecret{})) != fault.Forbidden {
			t.Error("marketing may change the secret")
		}
		err := door.DB.Read(ctx, func(tx *db.Tx) error {
			kept, err1 := SSOSecret(ctx, tx)
			values, err2 := All(ctx, tx)
			shown, err3 := json.Marshal(values)
			audit := ""
			err4 := tx.Each(ctx, `SELECT detail FROM audit`, nil, func(scan func(...any) error) error {
				var s string
				err := scan(&s)
				audit += s
				return err
			})
			if kept != secret || strings.Contains(string(shown)+audit, secret) {
				t.Errorf("kept %q, shown %s, audit %s", kept, shown, audit)
			}
			return errors.Join(err1, err2, err3, err4)
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := door.Run(ctx, act.Product, &Set{Setting: "single_sign_on", Value: []byte(`{"name":"x","issuer":""}`)}); err != nil {
			t.Fatal(err)
		}
		if s := get(t, door, SingleSignOn); s.On() || s.Name != "" {
			t.Error(s)
		}
	})
}

func TestProvidersThatCannotBeTrusted(t *testing.T) { // S18
	for value, path := range map[string]string{
		`{"issuer":"http://id.example.jp","client_id":"x"}`:                    "value.issuer",
		`{"issuer":"javascript:alert(1)","client_id":"x"}`:                     "value.issuer",
		`{"issuer":"https://a:b@id.example.jp","client_id":"x"}`:               "value.issuer",
		`{"issuer":"https://id.example.jp"}`:                                   "value.client_id",
		`{"issuer":"https://id.example.jp","client_id":"x","role":"admin"}`:    "value.role",
		`{"issuer":"https://id.example.jp","client_id":"x","domains":["a b"]}`: "value",
	} {
		var f *fault.Error
		if err := (&Set{Setting: "single_sign_on", Value: []byte(value)}).Check(); !errors.As(err, &f) || f.Path != path {
			t.Errorf("%s: %v, want a mistake at %s", value, err, path)
		}
	}
	for _, ok := range []string{`{"issuer":"http://127.0.0.1:5556/dex","client_id":"x"}`, `{"issuer":"https://accounts.google.com","client_id":"x"}`} {
		if err := (&Set{Setting: "single_sign_on", Value: []byte(ok)}).Check(); err != nil {
			t.Error(ok, err)
		}
	}
}
