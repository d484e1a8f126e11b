package app

import (
	"crypto/tls"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/crypto/acme/autocert"

	"kizashi/fault"
)

// TLS says how connections are encrypted; the zero value leaves that to a proxy.
type TLS struct {
	Cert, Key string   // PEM files, read again when they change
	Domains   []string // names for which certificates are fetched by ACME (Let's Encrypt)
}

// On tells whether the server speaks TLS itself.
func (t TLS) On() bool { return t.Cert != "" || t.Key != "" || len(t.Domains) > 0 }

// Config makes the server's part, and for ACME the handler that answers challenges on port 80 and sends everybody
// else to https. The certificates of ACME stand in the data folder.
func (t TLS) Config(data string) (*tls.Config, http.Handler, error) {
	switch {
	case len(t.Domains) > 0 && t.Cert+t.Key != "", (t.Cert == "") != (t.Key == ""):
		return nil, nil, fault.New(fault.Invalid, "cli.tls", nil)
	case len(t.Domains) > 0:
		folder := filepath.Join(data, "certificates")
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nil, nil, err
		}
		m := &autocert.Manager{Prompt: autocert.AcceptTOS, Cache: autocert.DirCache(folder), HostPolicy: autocert.HostWhitelist(t.Domains...)}
		config := m.TLSConfig()
		config.MinVersion = tls.VersionTLS12
		return config, m.HTTPHandler(nil), nil
	}
	files := &certificate{cert: t.Cert, key: t.Key}
	if _, err := files.get(nil); err != nil {
		return nil, nil, err
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: files.get, NextProtos: []string{"h2", "http/1.1"}}, nil, nil
}

// certificate reads a certificate again when its file changed: whoever renews it need not restart the server.
type certificate struct {
	cert, key string

	mu    sync.Mutex
	at    time.Time
	known *tls.Certificate
}

func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	info, err := os.Stat(c.cert)
	if err == nil && c.known != nil && info.ModTime().Equal(c.at) {
		return c.known, nil
	}
	read, wrong := tls.LoadX509KeyPair(c.cert, c.key)
	if err := errors.Join(err, wrong); err != nil {
		if c.known != nil {
			return c.known, nil // half written: the next connection looks again
		}
		return nil, fault.New(fault.Invalid, "cli.tls_files", fault.Args{"cert": c.cert, "key": c.key}).Because(err)
	}
	c.known, c.at = &read, info.ModTime()
	return c.known, nil
}
