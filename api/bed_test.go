package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/fold"
	"kizashi/id"
	"kizashi/imports"
	"kizashi/job"
	"kizashi/lead"
	"kizashi/member"
	"kizashi/score"
	"kizashi/task"
	"kizashi/testkit"
)

// bed is a running API on a real database.
type bed struct {
	*testing.T
	url  string
	door *act.Door
	keys map[act.Role]string
	jobs *job.Runner
}

// engines runs a test on both databases.
func engines(t *testing.T, test func(b *bed)) {
	testkit.Engines(t, func(t *testing.T, url string) { test(newBed(t, url)) })
}

// newBed wires what package app wires; it stands on a higher floor.
func newBed(t *testing.T, url string) *bed {
	t.Helper()
	ctx := context.Background()
	d, err := db.Open(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	b := &bed{T: t, door: act.NewDoor(d), keys: map[act.Role]string{}}
	engine := fold.NewEngine(b.door)
	engine.Wire()
	act.Handle(b.door, lead.FollowCompanies)
	task.Wire(b.door)
	act.Handle(b.door, func(ctx context.Context, tx *db.Tx, hot []fold.BecameHot) error {
		leads := make([]id.ID, len(hot))
		for i, h := range hot {
			leads[i] = h.Lead
		}
		return task.TellHot(ctx, tx, leads)
	})
	b.write(func(tx *db.Tx) error { return score.EnsureDefault(ctx, tx) })
	importer := &imports.Importer{Engine: engine, Data: t.TempDir()}
	b.jobs = &job.Runner{DB: d, Handlers: map[string]job.Handler{
		fold.JobRefold: engine.Refold, imports.JobImport: importer.RunJob, imports.JobUndo: importer.UndoJob,
	}}
	b.jobs.Start()
	t.Cleanup(b.jobs.Stop)
	intake := fold.NewIntake(engine)
	t.Cleanup(intake.Close)
	mux := http.NewServeMux()
	Mount(mux, Deps{
		Door: b.door, Engine: engine, Importer: importer, Put: intake.Put,
		FindKey: func(ctx context.Context, secret string) (act.Who, error) { return member.FindKey(ctx, d, secret) },
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	b.url = server.URL + Prefix
	for _, role := range member.KeyRoles {
		add := &member.AddKey{Label: string(role), Role: role}
		if err := b.door.Run(ctx, act.Product, add); err != nil {
			t.Fatal(err)
		}
		b.keys[role] = add.Secret
	}
	return b
}

// TestMain keeps the log of requests out of the output of the tests.
func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil)))
	m.Run()
}

func (b *bed) write(f func(*db.Tx) error) {
	b.Helper()
	if err := b.door.Write(context.Background(), f); err != nil {
		b.Fatal(err)
	}
}

// reply is an answer of the API.
type reply struct {
	*testing.T
	status int
	header http.Header
	body   []byte
	asked  string
}

// send sends a request as a role; "" sends no key. A string body is sent as it is, anything else as JSON.
func (b *bed) send(role act.Role, method, path string, body any, headers ...string) *reply {
	b.Helper()
	var reader io.Reader
	switch v := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(v)
	case []byte:
		reader = bytes.NewReader(v)
	default:
		raw, err := json.Marshal(v)
		if err != nil {
			b.Fatal(err)
		}
		reader = bytes.NewReader(raw)
	}
	r, err := http.NewRequestWithContext(context.Background(), method, b.url+path, reader)
	if err != nil {
		b.Fatal(err)
	}
	if role != "" {
		r.Header.Set("Authorization", "Bearer "+b.keys[role])
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w, err := http.DefaultClient.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer w.Body.Close()
	raw, err := io.ReadAll(w.Body)
	if err != nil {
		b.Fatal(err)
	}
	return &reply{b.T, w.StatusCode, w.Header, raw, method + " " + path}
}

func (b *bed) get(path string) *reply {
	b.Helper()
	return b.send(act.Admin, http.MethodGet, path, nil)
}
func (b *bed) post(path string, body any) *reply {
	b.Helper()
	return b.send(act.Admin, http.MethodPost, path, body)
}

// want checks the status.
func (r *reply) want(status int) *reply {
	r.Helper()
	if r.status != status {
		r.Fatalf("%s: got %d, want %d: %s", r.asked, r.status, status, r.body)
	}
	return r
}

// problem checks the status and the key of an error, and its path if one is given.
func (r *reply) problem(status int, key string, path ...string) *reply {
	r.Helper()
	r.want(status)
	if got := r.header.Get("Content-Type"); got != problemType {
		r.Errorf("%s: the error is of type %q", r.asked, got)
	}
	var p struct{ Key, Path, Detail, Title string }
	r.into(&p)
	if p.Key != key || len(path) > 0 && p.Path != path[0] || p.Detail == "" {
		r.Errorf("%s: got %s at %q, want %s at %q: %s", r.asked, p.Key, p.Path, key, path, r.body)
	}
	return r
}

func (r *reply) into(v any) {
	r.Helper()
	if err := json.Unmarshal(r.body, v); err != nil {
		r.Fatalf("%s: %v: %s", r.asked, err, r.body)
	}
}

// at reads a value of the answer by names and places: at("items", 0, "lead", "id").
func (r *reply) at(path ...any) any {
	r.Helper()
	var v any
	r.into(&v)
	for _, step := range path {
		switch s := step.(type) {
		case string:
			object, ok := v.(map[string]any)
			if !ok {
				r.Fatalf("%s: no object at %v: %s", r.asked, path, r.body)
			}
			v = object[s]
		case int:
			list, ok := v.([]any)
			if !ok || s >= len(list) {
				r.Fatalf("%s: no item %d at %v: %s", r.asked, s, path, r.body)
			}
			v = list[s]
		}
	}
	return v
}

func (r *reply) text(path ...any) string { r.Helper(); return fmt.Sprint(r.at(path...)) }

// items counts the items of a list.
func (r *reply) items() []any {
	r.Helper()
	list, ok := r.want(http.StatusOK).at("items").([]any)
	if !ok {
		r.Fatalf("%s: no list: %s", r.asked, r.body)
	}
	return list
}

// newLead makes a lead and gives its id.
func (b *bed) newLead(fields map[string]any) string {
	b.Helper()
	return b.post("/leads", fields).want(http.StatusCreated).text("id")
}

// event posts one event of a lead, some time ago.
func (b *bed) event(who, kind string, ago int64, more ...any) string {
	b.Helper()
	one := map[string]any{"kind": kind, "lead": who, "at": clock.Time(b.door.DB.Clock.Now() - ago)}
	for i := 0; i+1 < len(more); i += 2 {
		one[more[i].(string)] = more[i+1]
	}
	return b.post("/events", map[string]any{"events": []any{one}}).want(http.StatusOK).text("events", 0, "event")
}
