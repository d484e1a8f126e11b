package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"kizashi/act"
	"kizashi/event"
	"kizashi/id"
	"kizashi/member"
	"kizashi/track"
)

// serve starts the server on loopback.
func (m *measurement) serve() error {
	key := &member.AddKey{Label: "bench", Role: act.Server}
	if err := m.app.Door.Run(m.ctx, act.Product, key); err != nil {
		return err
	}
	m.key = key.Secret
	m.app.Start()
	m.servers = append(m.servers, m.app.Stop)
	url, end, err := listen(m.app.Handler())
	if err != nil {
		return err
	}
	m.url = url
	m.servers = append([]func(){end}, m.servers...)
	return nil
}

func listen(h http.Handler) (url string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(l) }()
	return "http://" + l.Addr().String(), func() { _ = server.Close() }, nil
}

// bare is the tracking door whose intake keeps nothing.
func (m *measurement) bare() (url string, stop func(), err error) {
	mux := http.NewServeMux()
	nothing := func(_ context.Context, messages []event.Message) ([]track.Result, error) {
		results := make([]track.Result, len(messages))
		for i := range results {
			results[i].Event = id.ID(1)
		}
		return results, nil
	}
	find := func(ctx context.Context, secret string) (act.Who, error) {
		return member.FindKey(ctx, m.app.DB, secret)
	}
	track.New(nothing, find, track.Options{}).Mount(mux)
	return listen(mux)
}

var messages atomic.Int64

// messageID is an id as Segment's browser library makes them: its own time, and a number that comes once.
func messageID() string {
	n := uint64(messages.Add(1)) * 0x9e3779b97f4a7c15 // spreads
	return fmt.Sprintf("ajs-next-%d-%08x-%04x-4%03x-a%03x-%012x", time.Now().UnixMilli(), n>>32, n>>16&0xffff, n>>4&0xfff, n&0xfff, n>>8&0xffffffffffff)
}

var pages = []string{"/", "/product", "/price", "/case/1", "/blog/a", "/company"}

// body is a request with so many events of leads drawn at random.
func (m *measurement) body(events int) (path string, body []byte) {
	if events == 1 {
		return "/v1/page", m.appendEvent(nil)
	}
	body = append(body, `{"batch":[`...)
	for i := range events {
		if i > 0 {
			body = append(body, ',')
		}
		body = m.appendEvent(body)
	}
	return "/v1/batch", append(body, `]}`...)
}

func (m *measurement) appendEvent(b []byte) []byte {
	return fmt.Appendf(b, `{"type":"page","messageId":"%s","userId":"%s","properties":{"url":"https://www.bench.example%s"}}`,
		messageID(), m.someLead(), pages[rand.IntN(len(pages))])
}

// full sends as fast as the answers come, and gives requests a second.
func (m *measurement) full(url string, clients, events int) (float64, error) {
	var sent atomic.Int64
	errs := make([]error, clients)
	var all sync.WaitGroup
	begin := time.Now()
	for i := range clients {
		all.Go(func() {
			errs[i] = m.one(url, events, begin.Add(m.Time), &sent)
		})
	}
	all.Wait()
	return float64(sent.Load()) / time.Since(begin).Seconds(), errors.Join(errs...)
}

// one is one client until the end.
func (m *measurement) one(url string, events int, end time.Time, sent *atomic.Int64) error {
	c, err := dial(url, m.key)
	if err != nil {
		return err
	}
	defer c.close()
	for time.Now().Before(end) && m.ctx.Err() == nil {
		if err := c.post(m.body(events)); err != nil {
			return err
		}
		sent.Add(1)
	}
	return m.ctx.Err()
}

// single compares the tracking door with the same door without storage, one event a request.
func (m *measurement) single() error {
	url, stop, err := m.bare()
	if err != nil {
		return err
	}
	defer stop()
	without, err := m.full(url, m.Clients, 1)
	if err != nil {
		return err
	}
	with, err := m.full(m.url, m.Clients, 1)
	if err != nil {
		return err
	}
	m.row("requests with one event, without storage, a second", "", "%.0f", without)
	m.row("requests with one event, durable and folded, a second", "", "%.0f", with)
	m.row("the second against the first", "0.33", "%.2f", with/without)
	return nil
}

// batchClients are enough to keep the writer busy with a hundred events each.
const batchClients = 8

func (m *measurement) batches() error {
	rate, err := m.full(m.url, batchClients, 100)
	m.row("events in batches of 100, durable and folded, a second", "20,000", "%.0f", rate*100)
	return err
}

// pace is the steady rate of the latency measurement, events a second.
const pace = 2000

// latency sends single events at a steady pace and measures each answer from the moment it was due,
// so that a slow answer is not hidden by the requests that wait behind it.
func (m *measurement) latency() error {
	free := make(chan *caller, m.Clients)
	for range m.Clients {
		c, err := dial(m.url, m.key)
		if err != nil {
			return err
		}
		defer c.close()
		free <- c
	}
	n := int(m.Time.Seconds() * pace)
	took, errs := make([]time.Duration, n), make([]error, n)
	var all sync.WaitGroup
	begin := time.Now()
	for i := range n {
		due := begin.Add(time.Duration(i) * time.Second / pace)
		time.Sleep(time.Until(due))
		all.Go(func() {
			c := <-free
			errs[i] = c.post(m.body(1))
			took[i] = time.Since(due)
			free <- c
		})
	}
	all.Wait()
	what := fmt.Sprintf("answer at %d events a second with %d live segments", pace, m.Segments)
	m.row(what+", median", "", "%.1f ms", ms(percentile(took, 0.5)))
	m.row(what+", p99", "100 ms", "%.1f ms", ms(percentile(took, 0.99)))
	return errors.Join(errs...)
}
