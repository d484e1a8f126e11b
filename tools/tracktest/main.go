// Tracktest is the tracking door without the product behind it, for the browser tests: it
// takes the write key "wk", prints its address and then each message that it was handed, as a line
// of JSON, and ends with its standard input. A message of the kind "busy" is turned away once.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"

	"kizashi/act"
	"kizashi/event"
	"kizashi/fault"
	"kizashi/track"
)

type recorder struct {
	mu   sync.Mutex
	out  *json.Encoder
	busy bool
}

func (r *recorder) put(_ context.Context, messages []event.Message) ([]track.Result, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range messages {
		if m.Kind == "busy" && !r.busy {
			r.busy = true
			return nil, fault.New(fault.Busy, "fault.busy", fault.Args{"seconds": 1})
		}
	}
	for _, m := range messages {
		if err := r.out.Encode(m); err != nil {
			return nil, err
		}
	}
	return make([]track.Result, len(messages)), nil
}

func find(_ context.Context, secret string) (act.Who, error) {
	if secret != "wk" {
		return act.Who{}, fault.New(fault.Unauthenticated, "fault.unauthenticated", nil)
	}
	return act.Who{Name: "test", Role: act.Track}, nil
}

func main() {
	r := &recorder{out: json.NewEncoder(os.Stdout)}
	mux := http.NewServeMux()
	track.New(r.put, find, track.Options{}).Mount(mux)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("%q\n", "http://"+l.Addr().String())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // it ends when the test does
		os.Exit(0)
	}()
	fmt.Fprintln(os.Stderr, http.Serve(l, mux))
	os.Exit(1)
}
