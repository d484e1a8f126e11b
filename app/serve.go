package app

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// shutdownTime is how long open requests may take when the server is asked to stop.
const shutdownTime = 10 * time.Second

// redirect answers on port 80: challenges of ACME, and everybody else is sent to https.
func redirect(challenges http.Handler) (stop func(), err error) {
	l, err := net.Listen("tcp", ":80")
	if err != nil {
		return nil, err
	}
	server := &http.Server{Handler: challenges, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute}
	go func() { _ = server.Serve(l) }() // ends with Close
	return func() { _ = server.Close() }, nil
}

// Serve answers on a listener until the context ends, then finishes what it has begun.
func (a *App) Serve(ctx context.Context, l net.Listener) error {
	if a.sealed != nil {
		return a.sealed
	}
	handler := a.Handler()
	if a.Config.TLS.On() {
		config, challenges, err := a.Config.TLS.Config(a.Config.Data)
		if err != nil {
			return err
		}
		l = tls.NewListener(l, config)
		if challenges != nil {
			stop, err := redirect(challenges)
			if err != nil {
				return err
			}
			defer stop()
		}
	}
	a.Start()
	defer a.Stop()
	server := &http.Server{
		Handler:           handler,
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
