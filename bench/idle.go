package bench

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	// startTime is how long a server may take to answer before the measurement is given up.
	startTime = time.Minute
	// restTime is how long a started server is left alone before its memory is read.
	restTime = 3 * time.Second
)

// idle starts a server of its own on the filled base, waits until it answers, leaves it alone for a
// moment, and reads how much memory it holds.
func (m *measurement) idle() error {
	if m.Serve == nil {
		return nil
	}
	address, err := freeAddress()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(m.ctx, startTime)
	defer cancel()
	server := m.Serve(ctx, address)
	begin := time.Now()
	if err := server.Start(); err != nil {
		return err
	}
	err = answers(ctx, "http://"+address+"/healthz")
	took := time.Since(begin)
	if err == nil {
		m.row("start on the filled base, until /healthz answers", "2 s", "%.2f s", took.Seconds())
		time.Sleep(restTime)
		if held, known := memory(server.Process.Pid); known {
			m.row("memory of the idle server", "60 MB", "%d MB", held>>20)
		}
	}
	_ = server.Process.Signal(syscall.SIGTERM)
	_ = server.Wait() // it was asked to end
	return err
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// answers waits until a server says that it is well.
func answers(ctx context.Context, url string) error {
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		if res, err := http.DefaultClient.Do(req); err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("bench: the server does not answer: %w", ctx.Err())
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// memory is what a process holds in memory, in bytes; Linux only.
func memory(pid int) (int64, bool) {
	raw, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/statm")
	fields := strings.Fields(string(raw))
	if err != nil || len(fields) < 2 {
		return 0, false
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	return pages * int64(os.Getpagesize()), err == nil
}

// busy says how busy the machine is with other work: figures of a busy one are a lower bound. Linux only.
func busy() string {
	raw, err := os.ReadFile("/proc/loadavg")
	load, _, found := strings.Cut(string(raw), " ")
	if err != nil || !found {
		return ""
	}
	return ", load before the run " + load
}
