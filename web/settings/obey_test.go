package settings_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"kizashi/act"
	"kizashi/db"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/testkit"
	"kizashi/testkit/desk"
)

func person(d *desk.Desk, who id.ID) (l *lead.Lead) {
	d.Helper()
	d.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		l, err = lead.ByID(ctx, tx, who)
		return err
	})
	return l
}

// idle stops the work in the background; work does it, when the test wants it.
func idle(d *desk.Desk) (work func()) {
	d.App.Jobs.Stop()
	return func() {
		d.Helper()
		if err := d.App.Jobs.RunDue(context.Background()); err != nil {
			d.Fatal(err)
		}
	}
}

// What is set on the screens holds for the leads that are there: with progress, and with the way back.
func TestSettingsReachTheLeads(t *testing.T) { // P03, P04, P19, E09
	desk.Engines(t, func(d *desk.Desk) {
		work := idle(d)
		colleague := d.Lead(lead.Fields{Email: "a@aozora.example"})
		rival := d.Lead(lead.Fields{Email: "b@kuro.example"})
		private := d.Lead(lead.Fields{Email: "c@jimoto-net.example", Title: "エバンジェリスト"})
		var undo []string
		for _, c := range []struct {
			name string
			form url.Values
		}{
			{"own_domains", url.Values{"value": {"aozora.example"}}}, {"competitors", url.Values{"value": {"kuro.example"}}},
			{"free_mail", url.Values{"value": {"jimoto-net.example"}}}, {"title_ranks", url.Values{"title": {"エバンジェリスト"}, "rank": {"5"}}},
		} {
			a := d.Follow(act.Admin, "/settings/value/"+c.name, c.form)
			if !a.Has("反映しています") || !a.Has("まもなく始まります") {
				d.Errorf("%s: no progress", c.name)
			}
			undo = append(undo, back(d, a.Body))
		}
		work()
		if a := d.Get(act.Admin, "/settings/domains"); a.Has("反映しています") {
			d.Error("the progress stays")
		}
		if a, b, c := person(d, colleague), person(d, rival), person(d, private); a.Excluded != lead.ExcludedOwn ||
			b.Excluded != lead.ExcludedCompetitor || c.CorporateMail || c.Rank != 5 {
			d.Errorf("not obeyed: %q %q %v %d", a.Excluded, b.Excluded, c.CorporateMail, c.Rank)
		}
		for page, shown := range map[string]string{
			"/settings/titles?try=" + url.QueryEscape("ｴﾊﾞﾝｼﾞｪﾘｽﾄ"): `<p role="status">部長`,
			"/settings/mail?try=x@jimoto-net.example":               "フリーメールまたはプロバイダー",
		} {
			if a := d.Get(act.Viewer, page); !a.Has(shown) {
				d.Errorf("%s does not show %q", page, shown)
			}
		}
		for _, one := range undo {
			d.Follow(act.Admin, one, nil)
		}
		work()
		if a, b, c := person(d, colleague), person(d, rival), person(d, private); a.Excluded+b.Excluded != "" || !c.CorporateMail || c.Rank != 1 {
			d.Errorf("not taken back: %q %q %v %d", a.Excluded, b.Excluded, c.CorporateMail, c.Rank)
		}
		for command, least := range map[string]int{"setting.set": 4, "setting.revert": 4} {
			if n := audited(d, command); n < least {
				d.Errorf("%s stands %d times in the audit log", command, n)
			}
		}
	})
}

func audited(d *desk.Desk, command string) (n int) {
	d.Helper()
	d.Read(func(ctx context.Context, tx *db.Tx) error {
		return tx.Row(ctx, `SELECT COUNT(*) FROM audit WHERE command = $1`, command).Scan(&n)
	})
	return n
}

// A free mailer among the own domains would leave out strangers: it is ignored, and the page says so.
func TestFreeMailersAreNobodysOwn(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	a := d.Follow(act.Admin, "/settings/value/own_domains", url.Values{"value": {"aozora.example\ngmail.com"}})
	if !a.Has("無視します: gmail.com") {
		d.Error("nothing is said of gmail.com")
	}
}

// again is where a page asks for another try; "" if it does not.
func again(a desk.Answer) string {
	return regexp.MustCompile(`/jobs/\w+/retry|$`).FindString(a.Body)
}

// Work that has stopped says so, and who may tries it again: the leads are brought in line.
func TestStoppedWorkIsTriedAgain(t *testing.T) { // S18
	desk.Engines(t, func(d *desk.Desk) {
		work := idle(d)
		colleague := d.Lead(lead.Fields{Email: "a@aozora.example"})
		for section, value := range map[string]url.Values{
			"own_domains": {"value": {"aozora.example"}}, "target_industries": {"value": {"O"}},
		} {
			d.Follow(act.Admin, "/settings/value/"+section, value)
		}
		ctx := context.Background()
		if err := d.App.DB.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE job SET state = 'failed', error = 'a test' WHERE kind IN ('conform', 'refold')`)
			return err
		}); err != nil {
			d.Fatal(err)
		}
		for _, section := range []string{"domains", "titles", "mail", "industries"} {
			if a := d.Get(act.Inside, "/settings/"+section); again(a) != "" || !a.Has("再実行できるのは") {
				d.Errorf("%s: inside sales is offered what they may not do", section)
			}
			if a := d.Get(act.Marketing, "/settings/"+section); again(a) == "" || !a.Has("途中で止まりました") || a.Has(`hx-trigger="every 2s"`) {
				d.Errorf("%s: no way to try again", section)
			}
		}
		for _, section := range []string{"domains", "industries"} { // titles and mail wait for the work of the domains
			retry := again(d.Get(act.Marketing, "/settings/"+section))
			if a := d.Post(act.Inside, retry, nil); a.Status != http.StatusForbidden {
				d.Errorf("inside sales tried again: %d", a.Status)
			}
			if a := d.Follow(act.Marketing, retry, nil); a.Status != http.StatusOK || !a.Has("再実行を始めました") {
				d.Errorf("not tried again: %d", a.Status)
			}
			if a := d.Post(act.Marketing, retry, nil); a.Status != http.StatusConflict {
				d.Errorf("tried again what goes on: %d", a.Status)
			}
		}
		work()
		if got := person(d, colleague).Excluded; got != lead.ExcludedOwn {
			d.Errorf("excluded %q", got)
		}
		if n := audited(d, "job.retry"); n != 2 {
			d.Errorf("%d rows in the audit log", n)
		}
	})
}
