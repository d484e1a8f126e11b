package app_test

import (
	"net/http"
	"testing"

	"kizashi/app"
	"kizashi/testkit"
	"kizashi/testkit/desk"
)

// The health check says which version answers.
func TestHealthNamesTheVersion(t *testing.T) {
	d := desk.Empty(t, testkit.SQLiteURL(t))
	res, err := d.Stranger().Get(d.URL + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw := make([]byte, 200)
	n, _ := res.Body.Read(raw)
	if want := "ok\nversion " + app.Version() + "\n"; res.StatusCode != http.StatusOK || string(raw[:n]) != want || app.Version() == "" {
		t.Errorf("%s %q, not %q", res.Status, raw[:n], want)
	}
}
