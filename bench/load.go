package bench

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"context"
	"kizashi/act"
	"kizashi/event"
	"kizashi/id"
	"kizashi/member"
	"kizashi/track"
)

// serve starts the server on loopback, and beside it the same door without storage.
func (m *measurement) serve() error {
	key := &member.AddKey{Label: "bench", Role: act.Track}
	if err := m.app.Door.Run(m.ctx, act.Product, key); err != nil {
		return err
	}
	m.key = key.Secret
	m.app.Start()
	url, closeServer, err := listen(m.app.Handler())
	if err != nil {
		return err
	}
	m.url = url
	m.stop = func() { closeServer(); m.app.Stop() }
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

var pages = []string{"/", "/product", "/price", "/case/1", "/blog/a", "/company"}

func (m *measurement) event() string {
	return fmt.Sprintf(`{"type":"page","messageId":"b%d","userId":%q,"properties":{"url":"https://www.bench.example%s"}}`,
		messages.Add(1), m.someLead(), pages[rand.IntN(len(pages))])
}

func (m *measurement) body(events int) (path string, body []byte) {
	if events == 1 {
		return "/v1/page", []byte(m.event())
	}
	var b bytes.Buffer
	b.WriteString(`{"batch":[`)
	for i := range events {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(m.event())
	}
	b.WriteString(`]}`)
	return "/v1/batch", b.Bytes()
}

// send posts events and tells how long the answer took.
func (m *measurement) send(client *http.Client, url string, events int) (time.Duration, error) {
	path, body := m.body(events)
	req, err := http.NewRequestWithContext(m.ctx, http.MethodPost, url+path, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.SetBasicAuth(m.key, "")
	begin := time.Now()
	res, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	_, _ = io.Copy(io.Discard, res.Body)
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("bench: answer %d", res.StatusCode)
	}
	return time.Since(begin), nil
}

// full sends as fast as the answers come, and gives requests a second.
func (m *measurement) full(url string, clients, events int) (float64, error) {
	transport := &http.Transport{MaxIdleConnsPerHost: clients}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: 30 * time.Second}
	var sent atomic.Int64
	var failed atomic.Pointer[error]
	var all sync.WaitGroup
	begin := time.Now()
	for range clients {
		all.Go(func() {
			for time.Since(begin) < m.Time {
				if _, err := m.send(client, url, events); err != nil {
					failed.Store(&err)
					return
				}
				sent.Add(1)
			}
		})
	}
	all.Wait()
	if err := failed.Load(); err != nil {
		return 0, *err
	}
	return float64(sent.Load()) / time.Since(begin).Seconds(), nil
}

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
	m.row("requests with one event, without storage, a second", "%.0f", without)
	m.row("requests with one event, durable and folded, a second", "%.0f", with)
	m.row("the second against the first", "%.2f", with/without)
	return nil
}

func (m *measurement) batches() error {
	rate, err := m.full(m.url, 8, 100)
	m.row("events in batches of 100, durable and folded, a second", "%.0f", rate*100)
	return err
}

// pace is the steady rate of the latency measurement, events a second.
const pace = 2000

// latency sends single events at a steady pace and measures each answer from the moment it was due,
// so that a slow answer is not hidden by the requests that wait behind it.
func (m *measurement) latency() error {
	if err := m.app.Jobs.RunDue(m.ctx); err != nil {
		return err
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 256}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: 30 * time.Second}
	n := int(m.Time.Seconds() * pace)
	took := make([]time.Duration, n)
	var all sync.WaitGroup
	begin := time.Now()
	for i := range n {
		due := begin.Add(time.Duration(i) * time.Second / pace)
		time.Sleep(time.Until(due))
		all.Go(func() {
			if _, err := m.send(client, m.url, 1); err == nil {
				took[i] = time.Since(due)
			} else {
				took[i] = time.Minute
			}
		})
	}
	all.Wait()
	m.row(fmt.Sprintf("answer at %d events a second with %d live segments, median", pace, m.Segments), "%.1f ms", ms(percentile(took, 0.5)))
	m.row("the same, p99", "%.1f ms", ms(percentile(took, 0.99)))
	return nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
