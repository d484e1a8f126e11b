package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"kizashi/db"
	"kizashi/testkit"
)

// built is the real program, built once for the tests of this package.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "kizashi")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "kizashi")
	out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, out)
	}
	return path, err
})

// server is the real program, serving.
type server struct {
	t        testing.TB
	args     []string // --data, --database
	url, key string
	cmd      *exec.Cmd
	log      bytes.Buffer
}

func binary(t testing.TB) string {
	t.Helper()
	path, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// cli runs one command of the program and gives what it printed.
func (s *server) cli(args ...string) (string, error) {
	cmd := exec.Command(binary(s.t), append(args, s.args...)...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, errs.String())
	}
	return string(out), err
}

// newServer prepares an installation with a write key. database is "" for SQLite.
func newServer(t testing.TB, database string) *server {
	t.Helper()
	return newServerIn(t, t.TempDir(), database)
}

// newServerIn is newServer with a data folder of the caller.
func newServerIn(t testing.TB, folder, database string) *server {
	t.Helper()
	s := &server{t: t, args: []string{"--data", folder}}
	if strings.HasPrefix(database, "postgres") {
		s.args = append(s.args, "--database", database)
	}
	out, err := s.cli("key", "add", "--name", "test", "--role", "track", "--json")
	if err != nil {
		t.Fatal(err)
	}
	var key struct{ ID, Key string }
	if err := json.Unmarshal([]byte(out), &key); err != nil || key.ID == "" {
		t.Fatal(out, err)
	}
	s.key = key.Key
	return s
}

// start serves and waits until it answers.
func (s *server) start() {
	s.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	s.url = "http://" + address
	s.cmd = exec.Command(binary(s.t), append([]string{"serve", "--listen", address}, s.args...)...)
	s.cmd.Stderr = &s.log
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	cmd := s.cmd
	s.t.Cleanup(func() { // a test that failed half-way leaves it running
		if cmd.ProcessState == nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	})
	for range 400 {
		res, err := http.Get(s.url + "/healthz")
		if err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(25 * time.Millisecond) // another process: it gives no signal but its answer
	}
	s.t.Fatalf("the server does not answer: %s", s.log.String())
}

// stop ends the server with a signal and waits for its end.
func (s *server) stop(how syscall.Signal) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(how); err != nil {
		s.t.Fatal(err)
	}
	_ = s.cmd.Wait() // killed: always an error
}

// send posts one event; it tells whether the server has acknowledged it.
func (s *server) send(client *http.Client, message string, lead int) bool {
	a, err := s.post(client, message, lead, `{"n":1}`)
	return err == nil && a.status == http.StatusOK
}

// answer is what the server said to an event.
type answer struct {
	status     int
	retryAfter string
	body       string
}

// post sends one event with properties; an error means that no whole answer came.
func (s *server) post(client *http.Client, message string, lead int, properties string) (answer, error) {
	body := fmt.Sprintf(`{"type":"track","messageId":%q,"userId":"u%d","event":"page_view","properties":%s,"writeKey":%q}`,
		message, lead, properties, s.key)
	res, err := client.Post(s.url+"/v1/track", "application/json", strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, res.Header.Get("Retry-After"), string(raw)}, err
}

// load sends from several clients until the server is gone, and collects what was acknowledged.
func (s *server) load(round int, acked *sync.Map) *sync.WaitGroup {
	var clients sync.WaitGroup
	for c := range 8 {
		clients.Go(func() {
			client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{}}
			defer client.CloseIdleConnections()
			for i := range 20_000 {
				message := fmt.Sprintf("r%d-c%d-%d", round, c, i)
				if !s.send(client, message, rand.IntN(40)) {
					return
				}
				acked.Store(message, true)
			}
		})
	}
	return &clients
}

// X16 X08: kill -9 at random moments under load loses nothing that was acknowledged, counts nothing
// twice, and the state is what the log comes to.
func TestKilledUnderLoad(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		s := newServer(t, url)
		var acked sync.Map
		for round := range testkit.Rounds(t, 4) {
			s.start()
			clients := s.load(round, &acked)
			time.Sleep(time.Duration(100+rand.IntN(700)) * time.Millisecond) // the random moment
			s.stop(syscall.SIGKILL)
			clients.Wait()
		}
		s.start()
		s.stop(syscall.SIGTERM)
		s.allThereOnce(&acked)
		if out, err := s.cli("verify", "--json"); err != nil {
			t.Errorf("verify: %v %s", err, out)
		}
	})
}

// allThereOnce looks every acknowledged message up in the log.
func (s *server) allThereOnce(acked *sync.Map) {
	s.t.Helper()
	ctx := context.Background()
	d, err := db.Open(ctx, s.database())
	if err != nil {
		s.t.Fatal(err)
	}
	defer d.Close()
	times := map[string]int{}
	err = d.Read(ctx, func(tx *db.Tx) error {
		return tx.Each(ctx, `SELECT message FROM event`, nil, func(scan func(...any) error) error {
			var message string
			err := scan(&message)
			times[message]++
			return err
		})
	})
	if err != nil {
		s.t.Fatal(err)
	}
	n := 0
	acked.Range(func(message, _ any) bool {
		n++
		if times[message.(string)] != 1 {
			s.t.Errorf("%s stands %d times in the log", message, times[message.(string)])
		}
		return true
	})
	if n == 0 {
		s.t.Errorf("nothing was acknowledged: %s", s.log.String())
	}
	for message, count := range times {
		if count > 1 {
			s.t.Errorf("%s stands %d times in the log", message, count)
		}
	}
	s.t.Logf("%d acknowledged, %d in the log", n, len(times))
}

func (s *server) database() string {
	if len(s.args) == 4 {
		return s.args[3]
	}
	return filepath.Join(s.args[1], "kizashi.db")
}
