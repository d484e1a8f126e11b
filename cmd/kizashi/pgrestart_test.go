package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"syscall"
	"testing"
	"time"

	"kizashi/testkit"
	"kizashi/testkit/pg"
)

// patience bounds every wait for another process.
const patience = 30 * time.Second

// stubborn are clients that send each message until it is acknowledged, always with the same id.
type stubborn struct {
	server  *server
	acked   sync.Map
	taken   chan struct{} // one for each acknowledged message, dropped when nobody waits
	refused chan struct{} // one for each refusal, dropped when nobody waits
	enough  chan struct{} // closed: no new messages
	clients sync.WaitGroup
}

func (s *server) stubborn() *stubborn {
	l := &stubborn{server: s, taken: make(chan struct{}), refused: make(chan struct{}), enough: make(chan struct{})}
	for c := range 8 {
		l.clients.Go(func() {
			client := &http.Client{Timeout: patience, Transport: &http.Transport{}}
			defer client.CloseIdleConnections()
			for i := 0; ; i++ {
				message := fmt.Sprintf("c%d-%d", c, i)
				if !l.insist(client, message) {
					return
				}
				l.acked.Store(message, true)
				l.tell(l.taken)
				select {
				case <-l.enough:
					return
				default:
				}
			}
		})
	}
	return l
}

// insist sends a message until it is taken, always about the same person: a message id counts per person. A
// server whose database is away says 503 and when to come back, and nothing else.
func (l *stubborn) insist(client *http.Client, message string) bool {
	person := rand.IntN(40)
	for limit := time.Now().Add(patience); time.Now().Before(limit); {
		a, err := l.server.post(client, message, person, `{"n":1}`)
		switch {
		case err != nil:
			l.server.t.Errorf("%s: %v", message, err)
			return false
		case a.status == http.StatusOK:
			return true
		case a.status != http.StatusServiceUnavailable || a.retryAfter == "":
			l.server.t.Errorf("%s: %+v", message, a)
		}
		l.tell(l.refused)
		time.Sleep(20 * time.Millisecond) // another process: it gives no signal when it is back
	}
	l.server.t.Errorf("%s was not taken within %s", message, patience)
	return false
}

// tell never waits: a client that waited to be heard would send nothing meanwhile, and so be refused
// nothing when the database goes away.
func (l *stubborn) tell(signal chan<- struct{}) {
	select {
	case signal <- struct{}{}:
	default:
	}
}

// await takes n signals.
func (l *stubborn) await(what string, signal <-chan struct{}, n int) {
	l.server.t.Helper()
	limit := time.After(patience)
	for range n {
		select {
		case <-signal:
		case <-limit:
			l.server.t.Fatalf("no %s within %s: %s", what, patience, l.server.log.String())
		}
	}
}

// X16: PostgreSQL goes away and comes back under load, politely or not: the server recovers by itself,
// everything acknowledged is there once, and so is what had to be sent again.
func TestPostgresRestartsUnderLoad(t *testing.T) {
	database := testkit.PostgresServer(t)
	s := newServer(t, database.URL("postgres"))
	s.start()
	l := s.stubborn()
	modes := []pg.Mode{pg.Fast, pg.Immediate, pg.Crash}
	for round := range testkit.Rounds(t, len(modes)) {
		l.await("acknowledgement", l.taken, 200+rand.IntN(100))
		if err := database.Stop(modes[round%len(modes)]); err != nil {
			t.Fatal(err)
		}
		l.await("refusal", l.refused, 10)
		if err := database.Start(); err != nil {
			t.Fatal(err)
		}
	}
	l.await("acknowledgement", l.taken, 200)
	close(l.enough)
	l.clients.Wait()
	s.healthy()
	s.stop(syscall.SIGTERM)
	s.allThereOnce(&l.acked)
	if out, err := s.cli("verify", "--json"); err != nil {
		t.Errorf("verify: %v %s", err, out)
	}
}
