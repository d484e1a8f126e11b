package signin_test

import (
	"net/url"
	"testing"

	"kizashi/testkit"
	"kizashi/testkit/desk"
)

// Without a password one gets into a demonstration, as the accounts that it names, and nowhere else.
func TestGuests(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	form := url.Values{"email": {"inside@kizashi.example"}}
	if a := d.Post("", "/sign-in/guest", form); a.Status != 404 || a.Header.Get("Set-Cookie") != "" {
		t.Fatalf("%d without being a demonstration", a.Status)
	}
	d.App.Site.Guests = []string{"inside@kizashi.example"}
	if a := d.Get("", "/sign-in"); !a.Has("架空のデータ") || a.Has("admin@kizashi.example") {
		t.Error(a.Body)
	}
	if a := d.Post("", "/sign-in/guest", form); a.Status != 303 || a.Header.Get("Set-Cookie") == "" {
		t.Errorf("%d", a.Status)
	}
	if a := d.Post("", "/sign-in/guest", url.Values{"email": {"admin@kizashi.example"}}); a.Status != 404 {
		t.Errorf("an account that is not named: %d", a.Status)
	}
}
