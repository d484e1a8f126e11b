package page

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/fold"
	"kizashi/id"
)

// Live tells open pages that something changed, so that they ask for it again.
type Live struct {
	mu    sync.Mutex
	pages map[chan string]id.ID // the session of each
	of    map[id.ID]int         // how many pages a session has open
	ended chan struct{}
}

func newLive() *Live {
	return &Live{pages: map[chan string]id.ID{}, of: map[id.ID]int{}, ended: make(chan struct{})}
}

// maxStreams is how many pages of one session are told of changes. A person with more tabs reloads those.
const maxStreams = 20

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

// open lets a page of a session listen; nil if the session has too many.
func (l *Live) open(session id.ID) chan string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.of[session] >= maxStreams {
		return nil
	}
	page := make(chan string, 8)
	l.pages[page] = session
	l.of[session]++
	return page
}

func (l *Live) shut(page chan string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	session := l.pages[page]
	delete(l.pages, page)
	if l.of[session]--; l.of[session] <= 0 {
		delete(l.of, session)
	}
}

// heartbeat keeps proxies from closing a quiet connection.
const heartbeat = 25 * time.Second

// maxStream ends a stream before the server's own limit; the browser comes back by itself.
const maxStream = 100 * time.Second

// lookEvery is how often the lead of an open page is looked at. Signals tell of what all pages show; of one
// lead they would cost every event something, and few leads are open.
const lookEvery = 2 * time.Second

// watched is the lead that a page shows, and how the page knows it; no lead on most pages.
type watched struct {
	lead  id.ID
	known string
}

// watch reads what the page shows. A browser that comes back says which version it saw last.
func (r *Request) watch() (w watched, err error) {
	text := r.URL.Query().Get("lead")
	if text == "" {
		return w, nil
	}
	if w.lead, err = id.Parse(text); err != nil {
		return w, err
	}
	if w.known = r.Header.Get("Last-Event-ID"); w.known == "" {
		w.known, err = w.version(r)
	}
	return w, err
}

func (w *watched) version(r *Request) (version string, err error) {
	err = r.Lookup(func(ctx context.Context, tx *db.Tx) (err error) {
		version, err = fold.Version(ctx, tx, w.lead)
		return err
	})
	return version, err
}

// look tells the page if its lead is not as it knows it.
func (w *watched) look(r *Request) error {
	if w.lead == 0 {
		return nil
	}
	now, err := w.version(r)
	if err == nil && now != w.known {
		w.known = now
		fmt.Fprintf(r.W, "id: %s\nevent: lead\ndata: {}\n\n", now)
	}
	return err
}

// still tells whether the session is open, and its account may see what it could when the stream began.
func (r *Request) still() bool {
	account, _, err := r.site.FindSession(r.Context(), r.token())
	return err == nil && account.ID == r.Account.ID && account.Role == r.Account.Role
}

// live streams what changes, as server-sent events.
func (s *Site) live(r *Request) error {
	page := s.Live.open(r.Session.ID)
	if page == nil {
		return fault.New(fault.Busy, "page.streams", fault.Args{"seconds": int(maxStream.Seconds())})
	}
	defer s.Live.shut(page)
	out := http.NewResponseController(r.W)
	r.W.Header().Set("Content-Type", "text/event-stream")
	r.W.Header().Set("X-Accel-Buffering", "no")
	watch, err := r.watch()
	if err != nil {
		return err
	}
	look := time.NewTicker(lookEvery)
	defer look.Stop()
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
		case <-look.C:
			if !r.still() {
				return nil
			}
			if err := watch.look(r); err != nil {
				return err
			}
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
