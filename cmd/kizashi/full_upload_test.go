package main

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"kizashi/testkit"
)

// contacts is a contact file of two people and 4 MB, most of it empty lines.
var contacts = "氏名,メールアドレス\n田中 太郎,tanaka@sakura.example\n山田 花子,yamada@sakura.example\n" + strings.Repeat("\n", 4<<20)

// asMarketing asks the JSON API with a key that may import.
func (s *server) asMarketing(key, method, path, body string) (*http.Response, string) {
	s.t.Helper()
	req, err := http.NewRequest(method, s.url+"/api/v1"+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("Content-Type", "text/csv")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return res, string(raw)
}

func (s *server) marketingKey() string {
	s.t.Helper()
	out, err := s.cli("key", "add", "--name", "imports", "--role", "marketing", "--json")
	var key struct{ Key string }
	if err != nil || json.Unmarshal([]byte(out), &key) != nil {
		s.t.Fatal(out, err)
	}
	return key.Key
}

// A contact file that the disk does not take is refused with what to do, and leaves nothing behind; the log tells
// the operator. As soon as there is room the same file is taken.
func TestUploadOntoAFullDisk(t *testing.T) {
	dir := testkit.SmallDisk(t, 40<<20)
	s := newServerIn(t, dir, "")
	key := s.marketingKey()
	t.Setenv("TMPDIR", dir) // previews are set aside there
	s.start()
	ballast := testkit.Fill(t, dir, 2<<20)
	for _, path := range []string{"/imports?name=list.csv", "/imports?name=list.xlsx", "/imports/preview?name=list.csv"} {
		res, body := s.asMarketing(key, http.MethodPost, path, contacts)
		if res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" || !strings.Contains(body, "db.full") {
			t.Errorf("%s: %s %s", path, res.Status, body)
		}
	}
	for _, left := range []string{"imports/*", "kizashi-*"} {
		if names, err := filepath.Glob(filepath.Join(dir, left)); err != nil || len(names) > 0 {
			t.Errorf("%v is left, %v", names, err)
		}
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	res, body := s.asMarketing(key, http.MethodPost, "/imports?name=list.csv", contacts)
	var made struct{ ID string }
	if err := json.Unmarshal([]byte(body), &made); err != nil || res.StatusCode != http.StatusAccepted {
		t.Fatalf("%s %s %v", res.Status, body, err)
	}
	for limit := time.Now().Add(patience); !strings.Contains(body, `"state":"done"`); {
		if time.Now().After(limit) {
			t.Fatal(body)
		}
		time.Sleep(20 * time.Millisecond) // another process: it gives no signal but its answer
		_, body = s.asMarketing(key, http.MethodGet, "/imports/"+made.ID, "")
	}
	if !strings.Contains(body, `"new":2`) {
		t.Error(body)
	}
	s.stop(syscall.SIGTERM)
	if !strings.Contains(s.log.String(), "no space left") {
		t.Errorf("the log does not tell: %s", s.log.String())
	}
}
