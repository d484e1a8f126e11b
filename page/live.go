package page

import (
	"fmt"
	"net/http"
	"sync"
	"time"
)

// Live tells open pages that something changed, so that they ask for it again.
type Live struct {
	mu    sync.Mutex
	pages map[chan string]bool
	ended chan struct{}
}

func newLive() *Live { return &Live{pages: map[chan string]bool{}, ended: make(chan struct{})} }

// End lets all pages go, because the server stops; called once.
func (l *Live) End() { close(l.ended) }

// Tell names what changed ("today"). A page that has not read the last word yet misses nothing: it will
// ask for everything anyway.
func (l *Live) Tell(what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for page := range l.pages {
		select {
		case page <- what:
		default:
		}
	}
}

func (l *Live) open() chan string {
	l.mu.Lock()
	defer l.mu.Unlock()
	page := make(chan string, 8)
	l.pages[page] = true
	return page
}

func (l *Live) shut(page chan string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.pages, page)
}

// heartbeat keeps proxies from closing a quiet connection.
const heartbeat = 25 * time.Second

// maxStream ends a stream before the server's own limit; the browser comes back by itself.
const maxStream = 100 * time.Second

// live streams what changes, as server-sent events.
func (s *Site) live(r *Request) error {
	out := http.NewResponseController(r.W)
	r.W.Header().Set("Content-Type", "text/event-stream")
	r.W.Header().Set("X-Accel-Buffering", "no")
	page := s.Live.open()
	defer s.Live.shut(page)
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	end := time.NewTimer(maxStream)
	defer end.Stop()
	fmt.Fprint(r.W, "retry: 2000\n\n")
	for {
		if err := out.Flush(); err != nil {
			return nil // the browser went away
		}
		select {
		case what := <-page:
			fmt.Fprintf(r.W, "event: %s\ndata: {}\n\n", what)
		case <-beat.C:
			fmt.Fprint(r.W, ": still here\n\n")
		case <-end.C:
			return nil
		case <-s.Live.ended:
			return nil
		case <-r.Context().Done():
			return nil
		}
	}
}
