package app

import (
	"context"
	"errors"
	"net/http"

	"kizashi/act"
	"kizashi/api"
	"kizashi/db"
	"kizashi/event"
	"kizashi/fold"
	"kizashi/id"
	"kizashi/member"
	"kizashi/track"
)

// Handler is every route of the product.
func (a *App) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", a.health)
	mux.Handle("GET /metrics", a.metrics())
	site := &origins{db: a.DB}
	track.New(a.put, a.findKey, track.Options{
		Clock: a.DB.Clock, Origins: site.list, Rate: site.rate, Limiter: a.limiter,
		Signed: func(key id.ID, text, signature string) bool { return member.Signed(a.DB.Seal, key, text, signature) },
	}).Mount(mux)
	api.Mount(mux, api.Deps{
		Door: a.Door, Engine: a.Engine, Importer: a.Importer(), Put: a.take, FindKey: a.findKey, Rates: site.keyRates,
		Public: func(who act.Who, network string, n int) error {
			return a.limiter.Allow(who, network, n, site.rate(), a.DB.Clock.Now())
		},
	})
	a.Site.Mount(mux)
	return behind(a.Config.Proxies, linger(mux))
}

// health answers 200 when the database can be read.
func (a *App) health(w http.ResponseWriter, r *http.Request) {
	err := a.DB.Lookup(r.Context(), func(tx *db.Tx) error {
		var one int
		return tx.Row(r.Context(), `SELECT 1`).Scan(&one)
	})
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte("database unreachable\n"))
		return
	}
	_, _ = w.Write([]byte("ok\nversion " + Version() + "\n"))
}

func (a *App) findKey(ctx context.Context, secret string) (act.Who, error) {
	return member.FindKey(ctx, a.DB, secret)
}

// take hands messages to the intake.
func (a *App) take(ctx context.Context, messages []event.Message) ([]fold.Answer, error) {
	if a.Intake == nil {
		return nil, errors.New("app: the intake has not been started")
	}
	return a.Intake.Put(ctx, messages)
}

// put is take in the words of the tracking door.
func (a *App) put(ctx context.Context, messages []event.Message) ([]track.Result, error) {
	answers, err := a.take(ctx, messages)
	if err != nil {
		return nil, err
	}
	results := make([]track.Result, len(answers))
	for i, one := range answers {
		results[i] = track.Result{Event: one.Event, Repeated: one.Repeated, Err: one.Err}
	}
	return results, nil
}
