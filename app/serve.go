package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// shutdownTime is how long open requests may take when the server is asked to stop.
const shutdownTime = 10 * time.Second

// newServer bounds what a client may take: time to say what it wants, to read the answer, to be idle. Handlers
// that need longer, as uploads, downloads and streams, say so themselves.
func newServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       60 * time.Second,
		WriteTimeout:      120 * time.Second,
		IdleTimeout:       120 * time.Second,
		MaxHeaderBytes:    32 << 10,
	}
}

// Serve answers on a listener until the context ends, then finishes what it has begun.
func (a *App) Serve(ctx context.Context, l net.Listener) error {
	if a.sealed != nil {
		return a.sealed
	}
	l, stop, err := a.Config.TLS.secure(ctx, l, a.Config.Data)
	if err != nil {
		return err
	}
	defer stop()
	handler := a.Handler()
	a.Start()
	defer a.Stop()
	server := newServer(handler)
	server.RegisterOnShutdown(a.Site.Live.End)
	slog.Info("serving", "address", l.Addr().String(), "database", a.DB.Engine.String())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	slog.Info("stopping")
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	err = server.Shutdown(last)
	if served := <-ended; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
