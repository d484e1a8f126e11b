package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"kizashi/company"
	"kizashi/db"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/testkit"
)

// telling is what a client says of a person: a call, and what must stand in the lead once it is acknowledged.
type telling struct {
	path, body string
	means      map[string]string
}

// tell is what one of eight clients says of a person. Each says something else, as separate calls and in batches, as
// identify and as group.
func tell(client, person int) telling {
	say := func(path, body string, means ...string) telling {
		t := telling{path, strings.NewReplacer("USER", fmt.Sprint("p", person), "N", fmt.Sprint(person)).Replace(body), map[string]string{}}
		for i := 0; i < len(means); i += 2 {
			t.means[means[i]] = strings.ReplaceAll(means[i+1], "N", fmt.Sprint(person))
		}
		return t
	}
	const identify, group = `{"type":"identify","userId":"USER","traits":`, `{"type":"group","userId":"USER","groupId":"gN","traits":`
	switch client {
	case 0:
		return say("identify", identify+`{"name":"山田 太郎N","phone":"03-1234-5678","title":"部長"}}`,
			"name", "山田 太郎N", "phone", "0312345678", "title", "部長")
	case 1:
		return say("identify", identify+`{"plan":"goldN"}}`, "plan", "goldN")
	case 2:
		return say("group", group+`{"name":"検証N株式会社","industry":"製造業","website":"https://kN.example"}}`,
			"company", "検証N株式会社", "company_id", "gN", "industry", "E", "url", "https://kN.example")
	case 3:
		return say("identify", identify+`{"department":"営業N課","email":"p.N@kN.example"}}`, "department", "営業N課", "email", "p.N@kN.example")
	case 4:
		return say("batch", `{"batch":[`+identify+`{"seats":N}},`+group+`{"name":"検証N株式会社","plan":"blueN"}},`+
			`{"type":"track","userId":"USER","event":"price_view","context":{"traits":{"colour":"redN"}}}]}`,
			"seats", "N", "company", "検証N株式会社", "company_plan", "blueN", "colour", "redN")
	case 5:
		return say("batch", `{"batch":[`+identify+`{"memo":"first N"}},`+identify+`{"city":"第N市"}},`+identify+`{"memo":"second N"}}]}`,
			"memo", "second N", "city", "第N市")
	case 6:
		return say("page", `{"type":"page","userId":"USER","context":{"traits":{"mobilePhone":"090-1234-5678"}},"properties":{"url":"https://x.example"}}`,
			"mobile", "09012345678")
	}
	return say("identify", identify+`{"address":{"state":"東京都","city":"港区","street":"N"}}}`, "prefecture", "東京都", "address", "港区N")
}

// said collects, by person, what acknowledged calls said.
type said struct {
	mu    sync.Mutex
	of    map[int]map[string]string
	acked atomic.Int64
}

func (s *said) note(person int, means map[string]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of[person] == nil {
		s.of[person] = map[string]string{}
	}
	maps.Copy(s.of[person], means)
	s.acked.Add(1)
}

// tellAll has eight clients go through the same people at the same time, so that their calls share commits, until the
// server is gone or all are told; each acknowledgement goes to a channel.
func (s *server) tellAll(first, people int, all *said, acked chan<- struct{}) *sync.WaitGroup {
	var clients sync.WaitGroup
	for c := range 8 {
		clients.Go(func() {
			client := &http.Client{Timeout: patience, Transport: &http.Transport{}}
			defer client.CloseIdleConnections()
			for p := first; p < first+people; p++ {
				t := tell(c, p)
				if !s.acknowledged(client, t) {
					return
				}
				all.note(p, t.means)
				acked <- struct{}{}
			}
		})
	}
	return &clients
}

func (s *server) acknowledged(client *http.Client, t telling) bool {
	r, err := http.NewRequest(http.MethodPost, s.url+"/v1/"+t.path, strings.NewReader(t.body))
	if err != nil {
		s.t.Error(err)
		return false
	}
	r.SetBasicAuth(s.key, "")
	res, err := client.Do(r)
	if err != nil {
		return false // the server was killed
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err == nil && (res.StatusCode != http.StatusOK || strings.Contains(string(raw), "refused")) {
		s.t.Errorf("%s: %d %s", t.body, res.StatusCode, raw)
	}
	return err == nil && res.StatusCode == http.StatusOK
}

// X16: every trait that identify, group, or the context of another call told and the server acknowledged stands in
// the lead: also after kill -9, and where calls of eight clients for the same person share a commit.
func TestAcknowledgedTraitsSurvive(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		s := newServer(t, url)
		all := &said{of: map[int]map[string]string{}}
		for round := range testkit.Rounds(t, 4) {
			s.start()
			acked := make(chan struct{})
			clients := s.tellAll(round*100, 40, all, acked)
			done := make(chan struct{})
			go func() { clients.Wait(); close(done) }()
			how, left := syscall.SIGKILL, 20+rand.IntN(200) // the random moment
			if round == 3 {
				how, left = syscall.SIGTERM, 1<<30
			}
			for running := true; running; {
				select {
				case <-acked:
					if left--; left == 0 {
						s.stop(how)
					}
				case <-done:
					running = false
				case <-time.After(patience):
					t.Fatal("nothing happens")
				}
			}
			if how == syscall.SIGTERM {
				s.stop(how)
			}
		}
		s.stored(all)
		if out, err := s.cli("verify", "--json"); err != nil {
			t.Errorf("verify: %v %s", err, out)
		}
	})
}

// stored compares what was acknowledged with the leads as they are stored.
func (s *server) stored(all *said) {
	s.t.Helper()
	ctx := context.Background()
	d, err := db.Open(ctx, s.database())
	if err != nil {
		s.t.Fatal(err)
	}
	defer d.Close()
	lost := 0
	for person, means := range all.of {
		err := d.Read(ctx, func(tx *db.Tx) error {
			has, err := valuesOf(ctx, tx, fmt.Sprint("p", person))
			for name, want := range means {
				if has[name] != want {
					lost++
					s.t.Errorf("person %d: %s is %q, acknowledged was %q", person, name, has[name], want)
				}
			}
			return err
		})
		if err != nil {
			s.t.Fatal(err)
		}
	}
	if all.acked.Load() < 8*40 {
		s.t.Errorf("%d calls were acknowledged", all.acked.Load())
	}
	s.t.Logf("%d people, %d acknowledged calls, %d traits lost", len(all.of), all.acked.Load(), lost)
}

// valuesOf are the values of a lead and its company, by the names of the traits that bring them.
func valuesOf(ctx context.Context, tx *db.Tx, user string) (map[string]string, error) {
	var number id.ID
	if err := tx.Row(ctx, `SELECT lead FROM identity WHERE kind = 'user' AND value = $1`, user).Scan(&number); err != nil {
		return nil, fmt.Errorf("%s: %w", user, err)
	}
	l, err := lead.ByID(ctx, tx, number)
	if err != nil {
		return nil, err
	}
	has := map[string]string{"name": l.Name, "phone": l.Phone, "mobile": l.Mobile, "title": l.Title, "department": l.Department,
		"email": l.Email, "prefecture": l.Prefecture, "address": l.Address, "company": l.CompanyName}
	maps.Copy(has, l.Props)
	if l.Company == 0 {
		return has, nil
	}
	c, err := company.ByID(ctx, tx, l.Company)
	if err == nil {
		has["industry"], has["url"] = c.Industry, c.URL
	}
	return has, err
}
