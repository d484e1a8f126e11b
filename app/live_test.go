package app_test

import (
	"bufio"
	"io"
	"net/http"
	"testing"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/member"
	"kizashi/testkit"
	"kizashi/testkit/desk"
)

// stream opens /live as a role and waits for its first line.
func stream(d *desk.Desk, role act.Role) *bufio.Reader {
	d.Helper()
	res, err := d.Browser(role).Get(d.URL + "/live")
	if err != nil {
		d.Fatal(err)
	}
	d.Cleanup(func() { res.Body.Close() })
	if res.StatusCode != http.StatusOK {
		d.Fatalf("/live as %s: %s", role, res.Status)
	}
	r := bufio.NewReader(res.Body)
	if line, err := r.ReadString('\n'); err != nil || line != "retry: 2000\n" {
		d.Fatalf("%q %v", line, err)
	}
	return r
}

// ends reads a stream to its end.
func ends(d *desk.Desk, role act.Role, r io.Reader) {
	d.Helper()
	if _, err := io.Copy(io.Discard, r); err != nil {
		d.Errorf("the stream of %s: %v", role, err)
	}
}

// Who signs out, loses the role, the account or the session with time, is told nothing more. S18
func TestStreamsEndWithTheSession(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		d := desk.New(t, url)
		now := d.App.DB.Clock.Now()
		d.App.DB.Clock.Set(now)
		signedOut, moved, disabled := stream(d, act.Inside), stream(d, act.Field), stream(d, act.Viewer)
		d.Post(act.Inside, "/sign-out", nil)
		d.Run(&member.ChangeUser{Account: d.Who(act.Field).ID, FullName: "人", Role: act.Viewer})
		d.Run(&member.DisableUser{Account: d.Who(act.Viewer).ID})
		ends(d, act.Inside, signedOut)
		ends(d, act.Field, moved)
		ends(d, act.Viewer, disabled)
		expired := stream(d, act.Marketing)
		d.App.DB.Clock.Set(now + member.SessionIdle + clock.Day)
		ends(d, act.Marketing, expired)
	})
}

// A session has so many streams at once and no more; another session has its own.
func TestStreamsOfASessionAreLimited(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	const most = 20
	for range most {
		stream(d, act.Inside)
	}
	a := d.Get(act.Inside, "/live")
	if a.Status != http.StatusServiceUnavailable || a.Header.Get("Retry-After") == "" {
		t.Errorf("stream %d: %d %v", most+1, a.Status, a.Header)
	}
	stream(d, act.Marketing)
}
