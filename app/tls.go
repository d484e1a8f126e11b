package app

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"kizashi/fault"
)

// TLS says how connections are encrypted; the zero value leaves that to a proxy.
type TLS struct {
	Cert, Key string   // PEM files, read again when they change
	Domains   []string // names for which certificates are fetched by ACME
	Directory string   // URL of the ACME server; empty: Let's Encrypt
	Redirect  string   // address of plain HTTP that leads to https; empty: ":80" with Domains, otherwise none

	client *http.Client // reaches the ACME server; nil: as the machine trusts
}

// On tells whether the server speaks TLS itself.
func (t TLS) On() bool { return t.Cert != "" || t.Key != "" || len(t.Domains) > 0 }

// secure encrypts what comes to a listener, and opens the address of plain HTTP that leads there. Who calls it
// calls stop at the end.
func (t TLS) secure(ctx context.Context, l net.Listener, data string) (encrypted net.Listener, stop func(), err error) {
	if !t.On() {
		if t.Redirect != "" {
			return nil, nil, fault.New(fault.Invalid, "cli.tls_redirect", nil)
		}
		return l, func() {}, nil
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	config, plain, err := t.config(data, toHTTPS(port, t.Domains))
	if err != nil {
		return nil, nil, err
	}
	address := t.Redirect
	if address == "" && len(t.Domains) > 0 {
		address = ":80"
	}
	if address == "" {
		return tls.NewListener(l, config), func() {}, nil
	}
	var how net.ListenConfig
	open, err := how.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, nil, err
	}
	server := newServer(plain)
	go func() { _ = server.Serve(open) }() // ends with stop
	slog.Info("leading to https", "address", open.Addr().String())
	return tls.NewListener(l, config), func() { _ = server.Close() }, nil
}

// config makes the server's part of TLS, and what plain HTTP answers: redirect, and with ACME also challenges.
// The certificates of ACME stand in the data folder.
func (t TLS) config(data string, redirect http.Handler) (*tls.Config, http.Handler, error) {
	switch {
	case len(t.Domains) > 0 && t.Cert+t.Key != "", (t.Cert == "") != (t.Key == ""):
		return nil, nil, fault.New(fault.Invalid, "cli.tls", nil)
	case len(t.Domains) > 0:
		m := &autocert.Manager{
			Prompt: autocert.AcceptTOS, HostPolicy: autocert.HostWhitelist(t.Domains...),
			Cache:  autocert.DirCache(filepath.Join(data, "certificates")), // files 0600 in a folder 0700
			Client: &acme.Client{DirectoryURL: t.Directory, HTTPClient: t.client},
		}
		config := m.TLSConfig()
		config.MinVersion = tls.VersionTLS12
		return config, m.HTTPHandler(redirect), nil
	}
	files := &certificate{cert: t.Cert, key: t.Key}
	if _, err := files.get(nil); err != nil {
		return nil, nil, err
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: files.get, NextProtos: []string{"h2", "http/1.1"}}, redirect, nil
}

var portOfHost = regexp.MustCompile(`:[0-9]*$`)

// toHTTPS leads to the same page by https. It refuses what was posted by plain HTTP: others could read it on its
// way, and the sender should notice. names are the only ones that it leads to; none: any.
func toHTTPS(port string, names []string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := portOfHost.ReplaceAllString(r.Host, "")
		known := hostName.MatchString(r.Host) && (len(names) == 0 || slices.Contains(names, strings.ToLower(host)))
		if !known || r.Method != http.MethodGet && r.Method != http.MethodHead {
			http.Error(w, "Use https.", http.StatusBadRequest)
			return
		}
		if port != "443" {
			host += ":" + port
		}
		http.Redirect(w, r, "https://"+host+r.URL.RequestURI(), http.StatusPermanentRedirect)
	})
}

// certificate reads a certificate again when one of its files changed: whoever renews it need not restart the
// server.
type certificate struct {
	cert, key string

	mu    sync.Mutex
	seen  [2]os.FileInfo // the files that were read last
	known *tls.Certificate
}

func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	seen, err := c.look()
	if err == nil && c.known != nil && same(seen, c.seen) {
		return c.known, nil
	}
	read, wrong := tls.LoadX509KeyPair(c.cert, c.key)
	err = errors.Join(err, wrong)
	switch {
	case err == nil:
		c.known = &read
	case c.known == nil:
		return nil, fault.New(fault.Invalid, "cli.tls_files", fault.Args{"cert": c.cert, "key": c.key}).Because(err)
	case !same(seen, c.seen): // half written, or not a pair yet
		slog.Warn("the certificate changed and cannot be read; the one from before is used", "error", err)
	}
	c.seen = seen
	return c.known, nil
}

// look gives the two files as they are; nil for one that is not there.
func (c *certificate) look() (seen [2]os.FileInfo, err error) {
	for i, name := range []string{c.cert, c.key} {
		info, wrong := os.Stat(name)
		if wrong == nil {
			seen[i] = info
		}
		err = errors.Join(err, wrong)
	}
	return seen, err
}

// same tells whether nothing was written to the files, and no other file put in their place.
func same(a, b [2]os.FileInfo) bool {
	for i := range a {
		if a[i] == nil || b[i] == nil {
			if a[i] != b[i] {
				return false
			}
			continue
		}
		if !os.SameFile(a[i], b[i]) || !a[i].ModTime().Equal(b[i].ModTime()) || a[i].Size() != b[i].Size() {
			return false
		}
	}
	return true
}
