package settings_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"kizashi/act"
	"kizashi/db"
	"kizashi/member"
	"kizashi/testkit"
	"kizashi/testkit/desk"
)

// An administrator makes a link; the person chooses a new password with it, once.
func TestALinkForANewPassword(t *testing.T) { // S18
	desk.Engines(t, func(d *desk.Desk) {
		path := "/settings/people/" + d.Who(act.Viewer).ID.String()
		for _, lang := range []string{"?lang=ja", "?lang=en"} {
			d.Get(act.Admin, path+lang)
		}
		a := d.Post(act.Admin, path+"/reset", nil)
		found := regexp.MustCompile(`value="` + regexp.QuoteMeta(d.URL) + `(/reset/[^"]+)"`).FindStringSubmatch(a.Body)
		if a.Status != http.StatusOK || found == nil {
			d.Fatalf("%d: no link", a.Status)
		}
		link := found[1]
		if a := d.Get("", link); a.Status != http.StatusOK || !a.Has("viewer@kizashi.example") {
			d.Fatal(a.Status)
		}
		if a := d.Post("", link, url.Values{"password": {"short"}}); a.Status != http.StatusUnprocessableEntity || !a.Has(`aria-invalid`) {
			d.Error("a short password:", a.Status)
		}
		if a := d.Post("", link, url.Values{"password": {"a new long password"}}); a.Status != http.StatusSeeOther {
			d.Error(a.Status)
		}
		if a := d.Get(act.Viewer, "/me"); a.Status != http.StatusSeeOther {
			d.Error("the session goes on:", a.Status)
		}
		if a := d.Post("", link, url.Values{"password": {"another long password"}}); a.Status != http.StatusNotFound {
			d.Error("the link works twice:", a.Status)
		}
		if _, err := member.SignIn(context.Background(), d.App.DB, "viewer@kizashi.example", "a new long password", member.Visitor{}); err != nil {
			d.Error(err)
		}
		audit := d.Get(act.Admin, "/settings/audit?lang=en").Body
		for _, said := range []string{"Made a link for a new password", "Set a new password by a link"} {
			if !strings.Contains(audit, said) {
				d.Error("the audit log does not say:", said)
			}
		}
	})
}

// A lost second factor is taken away by an administrator, and by nobody else.
func TestALostSecondFactor(t *testing.T) { // S18
	desk.Engines(t, func(d *desk.Desk) {
		who := d.Who(act.Viewer)
		path := "/settings/people/" + who.ID.String()
		if a := d.Get(act.Admin, path); a.Has("/totp/drop") {
			d.Error("there is nothing to take away")
		}
		secret := member.NewTOTP()
		set := &member.SetTOTP{Account: who.ID, Secret: secret, Code: codeOf(d, secret)}
		if err := d.App.Door.Run(context.Background(), who, set); err != nil {
			d.Fatal(err)
		}
		if a := d.Get(act.Admin, path); !a.Has(path + "/totp/drop") {
			d.Error("nothing to press")
		}
		if a := d.Post(act.Marketing, path+"/totp/drop", nil); a.Status != http.StatusForbidden {
			d.Error(a.Status)
		}
		if a := d.Follow(act.Admin, path+"/totp/drop", nil); a.Status != http.StatusOK || a.Has(path+"/totp/drop") {
			d.Error(a.Status)
		}
		d.Read(func(ctx context.Context, tx *db.Tx) error {
			has, left, err := member.HasTOTP(ctx, tx, who.ID)
			if has || left > 0 {
				d.Error("it is still there")
			}
			return err
		})
	})
}

// codeOf is what a telephone shows now.
func codeOf(d *desk.Desk, secret string) string {
	d.Helper()
	code, err := totp.GenerateCode(secret, time.UnixMilli(d.App.DB.Clock.Now()))
	if err != nil {
		d.Fatal(err)
	}
	return code
}

// A key may end by itself, and shows when it was used last.
func TestAKeyShowsItsUseAndItsEnd(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	a := d.Post(act.Admin, "/settings/keys", url.Values{"name": {"CRM"}, "role": {"viewer"}, "days": {"30"}})
	found := regexp.MustCompile(`value="(kz_[^"]+)"`).FindStringSubmatch(a.Body)
	if found == nil || !a.Has("未使用") || !a.Has("30日間") {
		t.Fatal(a.Status, a.Body)
	}
	if _, err := member.FindKey(t.Context(), d.App.DB, found[1]); err != nil {
		t.Fatal(err)
	}
	if a := d.Get(act.Admin, "/settings/keys"); a.Has("未使用") {
		t.Error("it was used")
	}
	if a := d.Post(act.Admin, "/settings/keys", url.Values{"name": {"x"}, "role": {"viewer"}, "days": {"-1"}}); a.Status != http.StatusUnprocessableEntity || !a.Has("有効期間は") {
		t.Error(a.Status)
	}
}
