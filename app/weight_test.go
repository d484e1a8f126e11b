package app_test

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"kizashi/act"
	"kizashi/lead"
	"kizashi/score"
	"kizashi/testkit"
	"kizashi/testkit/desk"
)

// What a page may load as script, in bytes as they are sent: an ordinary page, and one with an island.
const (
	plainWeight  = 60_000
	islandWeight = 250_000
)

// islands are the pages whose rich parts may weigh more, by their pattern. There is none yet.
var islands = map[string]bool{}

var (
	scriptOf = regexp.MustCompile(`<script[^>]+src="(/assets/[^"]+)"`)
	importOf = regexp.MustCompile(`(?:from|import)\s*\(?\s*"(\.{1,2}/[^"]+)"`)
)

// No page loads more script than its kind may.
func TestPagesAreLight(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	one := d.Lead(lead.Fields{Email: "tanaka@acme.example", Name: "田中 一郎"}).String()
	draft := &score.SaveDraft{Source: score.DefaultPack()}
	d.Run(draft)
	sent, most, measured := map[string]int{}, 0, 0
	for _, screen := range d.App.Site.Screens() {
		for _, route := range screen.Routes {
			method, path, _ := strings.Cut(route.Pattern, " ")
			if method != http.MethodGet {
				continue
			}
			path = strings.Replace(strings.Replace(path, "/leads/{id}", "/leads/"+one, 1), "/model/{id}", "/model/"+draft.ID.String(), 1)
			a := d.Get(act.Admin, fill(path))
			if a.Status != http.StatusOK {
				continue
			}
			weight, limit := 0, plainWeight
			for _, script := range scriptOf.FindAllStringSubmatch(a.Body, -1) {
				if _, known := sent[script[1]]; !known {
					sent[script[1]] = weigh(t, d, script[1])
				}
				weight += sent[script[1]]
				measured++
			}
			if islands[route.Pattern] {
				limit = islandWeight
			}
			if weight > limit {
				t.Errorf("%s loads %d bytes of script, at most %d may be", route.Pattern, weight, limit)
			}
			most = max(most, weight)
		}
	}
	if measured == 0 {
		t.Skip("this build has no scripts (make assets bundles them)")
	}
	t.Logf("the heaviest page loads %d bytes of script", most)
}

// weigh gives the size of a script as a browser receives it.
func weigh(t *testing.T, d *desk.Desk, path string) int {
	t.Helper()
	for _, packed := range []bool{false, true} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, d.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept-Encoding", map[bool]string{false: "identity", true: "gzip"}[packed])
		res, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || res.StatusCode != http.StatusOK || (res.Header.Get("Content-Encoding") == "gzip") != packed {
			t.Fatalf("%s: %s, %q, %v", path, res.Status, res.Header.Get("Content-Encoding"), err)
		}
		if packed {
			return len(body)
		}
		if more := importOf.FindSubmatch(body); more != nil {
			t.Errorf("%s imports %s: such files have names by their content, and are not weighed", path, more[1])
		}
	}
	return 0
}
