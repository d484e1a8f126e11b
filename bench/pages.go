package bench

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"kizashi/act"
	"kizashi/db"
	"kizashi/id"
	"kizashi/member"
)

// pages measures screens as somebody sees them who is signed in: from the request to the last byte of the
// answer, over loopback, without what the page fetches later. The goal is the promise for any page.
func (m *measurement) pages() error {
	cookie, err := m.signIn()
	if err != nil {
		return err
	}
	one, err := m.newestLead()
	if err != nil {
		return err
	}
	list := func(rule, sort string) string {
		return "/leads?" + url.Values{"view": {"all"}, "rule": {rule}, "sort": {sort}}.Encode()
	}
	for _, screen := range []struct{ name, path string }{
		{"Today", "/"},
		{"all leads", "/leads?view=all"},
		{"leads worth calling", "/leads?view=worth"},
		{"leads with a filter on events, by name", list(`count("price_view", days(14)) >= 1 && lead.size >= 300`, "name")},
		{"leads found by two characters", "/leads?view=all&q=" + url.QueryEscape("田中")},
		{"a lead", "/leads/" + one.String()},
		{"companies", "/companies"},
		{"segments", "/segments"},
		{"model", "/model"},
	} {
		took := make([]time.Duration, queryRuns)
		for i := range took {
			begin := time.Now()
			if err := m.look(screen.path, cookie); err != nil {
				return err
			}
			took[i] = time.Since(begin)
		}
		m.row("page: "+screen.name+", p95", "100 ms", "%.1f ms", ms(percentile(took, 0.95)))
	}
	return nil
}

// look reads one page to its end; any answer but 200 is an error.
func (m *measurement) look(path string, cookie *http.Cookie) error {
	req, err := http.NewRequestWithContext(m.ctx, http.MethodGet, m.url+path, nil)
	if err != nil {
		return err
	}
	req.AddCookie(cookie)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK || res.Request.URL.Path != req.URL.Path {
		return fmt.Errorf("bench: %s answers %s", path, res.Status)
	}
	_, err = io.Copy(io.Discard, res.Body)
	return err
}

// signIn makes an account and gives the cookie of its session.
func (m *measurement) signIn() (*http.Cookie, error) {
	add := &member.AddUser{Email: "bench@bench.example", Role: act.Admin, Password: "a long walk through 9 fields"}
	if err := m.app.Door.Run(m.ctx, act.Product, add); err != nil {
		return nil, err
	}
	var who member.Account
	err := m.app.DB.Read(m.ctx, func(tx *db.Tx) (err error) {
		who, err = member.FindAccount(m.ctx, tx, add.Account)
		return err
	})
	if err != nil {
		return nil, err
	}
	token, _, err := member.StartSession(m.ctx, m.app.Door, who, "password", member.Visitor{Address: "127.0.0.1"})
	return &http.Cookie{Name: "kizashi", Value: token}, err
}

func (m *measurement) newestLead() (one id.ID, err error) {
	return one, m.app.DB.Read(m.ctx, func(tx *db.Tx) error {
		return tx.Row(m.ctx, `SELECT MAX(id) FROM lead WHERE gone = ''`).Scan(&one)
	})
}
