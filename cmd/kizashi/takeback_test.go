package main

import (
	"context"
	"encoding/json"
	"testing"

	"kizashi/app"
	"kizashi/event"
	"kizashi/fold"
	"kizashi/id"
)

// What came with a key is counted and taken back on the command line.
func TestTakeBack(t *testing.T) {
	h := newHouse(t)
	var key struct{ ID id.ID }
	h.json(&key, "key", "add", "--name", "site", "--role", "track", "--json")
	a, err := app.Open(t.Context(), app.Config{Data: h.data})
	if err != nil {
		t.Fatal(err)
	}
	intake := fold.NewIntake(a.Engine)
	answers, err := intake.Put(context.Background(), []event.Message{{Door: key.ID, Email: "a@bogus.example", Kind: "quote_requested"}})
	intake.Close()
	if err != nil || answers[0].Err != nil {
		t.Fatal(err, answers)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	var got struct{ Events, Gone int }
	for _, c := range []struct {
		extra []string
		want  int
	}{{[]string{"--dry-run"}, 1}, {nil, 1}, {nil, 0}} {
		h.json(&got, append([]string{"key", "take-back", "--key", key.ID.String(), "--from", "2020-01-01", "--json"}, c.extra...)...)
		if got.Events != c.want || got.Gone != c.want {
			t.Errorf("%v: %+v", c.extra, got)
		}
	}
	h.refuses("", "key", "take-back", "--key", key.ID.String(), "--from", "soon")
	h.refuses("", "key", "take-back", "--key", key.ID.String(), "--from", "2020-01-02", "--to", "2020-01-01")
}

// json runs a command and reads what it prints.
func (h house) json(into any, args ...string) {
	h.Helper()
	code, out, errs := h.cli("", args...)
	if code != 0 {
		h.Fatalf("%v: %d %s", args, code, errs)
	}
	if err := json.Unmarshal([]byte(out), into); err != nil {
		h.Fatalf("%v: %q %v", args, out, err)
	}
}
