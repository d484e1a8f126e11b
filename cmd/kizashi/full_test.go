package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"kizashi/testkit"
)

// refused sends events with fat properties from several clients until each was told to wait, and lists
// the messages that were not taken. Any other refusal is a mistake.
func (s *server) refused(round int, acked *sync.Map) []string {
	s.t.Helper()
	fat := `{"text":"` + strings.Repeat("x", 16<<10) + `"}`
	var mu sync.Mutex
	var list []string
	var clients sync.WaitGroup
	for c := range 4 {
		clients.Go(func() {
			client := &http.Client{Timeout: 10 * time.Second}
			for i, told := 0, 0; told < 5 && i < 20_000; i++ {
				message := fmt.Sprintf("full%d-c%d-%d", round, c, i)
				a, err := s.post(client, message, i%40, fat)
				switch {
				case err == nil && a.status == http.StatusOK:
					acked.Store(message, true)
					continue
				case err != nil || a.status != http.StatusServiceUnavailable || a.retryAfter == "" || !strings.Contains(a.body, "db.full"):
					s.t.Errorf("%s: %v %+v", message, err, a)
				}
				told++
				mu.Lock()
				list = append(list, message)
				mu.Unlock()
			}
		})
	}
	clients.Wait()
	return list
}

// healthy fails the test when the server no longer reads.
func (s *server) healthy() {
	s.t.Helper()
	res, err := http.Get(s.url + "/healthz")
	if err != nil {
		s.t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		s.t.Errorf("/healthz: %s", res.Status)
	}
}

// takes sends messages again, the same ones, until the server has taken them all.
func (s *server) takes(messages []string, acked *sync.Map) {
	s.t.Helper()
	for _, message := range messages {
		a, err := s.post(http.DefaultClient, message, 1, `{"again":true}`)
		if err != nil || a.status != http.StatusOK {
			s.t.Fatalf("%s sent again: %v %+v\n%s", message, err, a, s.log.String())
		}
		acked.Store(message, true)
	}
}

// X16: a full disk loses nothing that was acknowledged; the server says so, goes on reading, and takes
// events again as soon as there is room, without being started again.
func TestDiskFull(t *testing.T) {
	dir := testkit.SmallDisk(t, 40<<20)
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 29<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	s := newServerIn(t, dir, "")
	s.start()
	var acked sync.Map
	waiting := s.refused(0, &acked)
	if len(waiting) == 0 {
		t.Fatal("the disk did not become full")
	}
	s.healthy()
	if err := os.Truncate(ballast, 25<<20); err != nil {
		t.Fatal(err)
	}
	s.takes(waiting, &acked)
	waiting = s.refused(1, &acked)
	s.stop(syscall.SIGKILL) // a full disk and then the power
	// The log is on the disk twice while it is written back: its own size must be free.
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	s.start()
	s.takes(waiting, &acked)
	s.healthy()
	s.stop(syscall.SIGTERM)
	s.allThereOnce(&acked)
	if out, err := s.cli("verify", "--json"); err != nil {
		t.Errorf("verify: %v %s", err, out)
	}
}
