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

// Serve answers on a listener until the context ends, then finishes what it has begun.
func (a *App) Serve(ctx context.Context, l net.Listener) error {
	if a.sealed != nil {
		return a.sealed
	}
	a.Start()
	defer a.Stop()
	server := &http.Server{
		Handler:           a.Handler(),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       60 * time.Second,
		WriteTimeout:      120 * time.Second,
		IdleTimeout:       120 * time.Second,
		MaxHeaderBytes:    32 << 10,
	}
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
	err := server.Shutdown(last)
	if served := <-ended; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
