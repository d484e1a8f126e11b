package app

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	pebbleca "github.com/letsencrypt/pebble/v2/ca"
	pebbledb "github.com/letsencrypt/pebble/v2/db"
	pebbleva "github.com/letsencrypt/pebble/v2/va"
	pebblewfe "github.com/letsencrypt/pebble/v2/wfe"
	"github.com/miekg/dns"
)

// names answers that every name is this machine.
func names(t *testing.T) (resolver string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &dns.Server{Listener: l, Net: "tcp", Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		answer := new(dns.Msg).SetReply(q)
		if q.Question[0].Qtype == dns.TypeA {
			header := dns.RR_Header{Name: q.Question[0].Name, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 1}
			answer.Answer = []dns.RR{&dns.A{Hdr: header, A: net.IPv4(127, 0, 0, 1)}}
		}
		_ = w.WriteMsg(answer) // who asked is gone: nothing to do
	})}
	go func() { _ = server.ActivateAndServe() }() // ends with the listener
	t.Cleanup(func() { _ = l.Close() })
	return l.Addr().String()
}

// authority is an ACME server (Pebble, by Let's Encrypt for tests) that looks for a site on a port of this machine.
func authority(t *testing.T, port int) (server *httptest.Server, roots *x509.CertPool) {
	t.Setenv("PEBBLE_VA_NOSLEEP", "1")
	t.Setenv("PEBBLE_WFE_NONCEREJECT", "0")
	quiet := log.New(io.Discard, "", 0)
	store := pebbledb.NewMemoryStore()
	ca := pebbleca.New(quiet, store, "", "ecdsa", 0, 1, map[string]pebbleca.Profile{"default": {}})
	va := pebbleva.New(quiet, 1, port, true, names(t), store)
	front := pebblewfe.New(quiet, store, va, ca, []string{"pebble.example"}, true, false, 0, 0)
	server = httptest.NewTLSServer(front.Handler())
	t.Cleanup(server.Close)
	root, err := x509.ParseCertificate(ca.GetRootCert(0).DER)
	if err != nil {
		t.Fatal(err)
	}
	roots = x509.NewCertPool()
	roots.AddCert(root)
	return server, roots
}

// serving serves an installation with TLS on a port, and gives a client that trusts the roots; it ends with stop.
func serving(t *testing.T, data string, l net.Listener, c TLS, roots *x509.CertPool) (client *http.Client, stop func()) {
	t.Helper()
	a, err := Open(t.Context(), Config{Data: data, TLS: c})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Serve(ctx, l) }()
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", l.Addr().String())
	}
	transport := &http.Transport{DialContext: dial, TLSClientConfig: &tls.Config{RootCAs: roots}}
	return &http.Client{Transport: transport}, func() {
		transport.CloseIdleConnections()
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}
}

// A certificate is fetched by ACME, proven by TLS on our own port, kept for the owner's eyes only, and still there
// after a restart without the ACME server.
func TestACertificateIsFetched(t *testing.T) {
	data := t.TempDir()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server, roots := authority(t, l.Addr().(*net.TCPAddr).Port)
	c := TLS{Domains: []string{"k.example"}, Directory: server.URL + pebblewfe.DirectoryPath, Redirect: "127.0.0.1:0", client: server.Client()}
	for range 2 {
		client, stop := serving(t, data, l, c, roots)
		res, err := client.Get("https://k.example/healthz")
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Error(res.Status)
		}
		if res, err := client.Get("https://other.example/healthz"); err == nil {
			res.Body.Close()
			t.Error("a certificate for a name that is not ours")
		}
		stop()
		server.Close()
		if l, err = net.Listen("tcp", l.Addr().String()); err != nil {
			t.Fatal(err)
		}
	}
	_ = l.Close()
	checkPrivate(t, filepath.Join(data, "certificates"))
}

// checkPrivate fails where others than the owner may read a folder or what is in it.
func checkPrivate(t *testing.T, folder string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v", path, info.Mode())
		}
		files++
		return err
	})
	if err != nil || files < 3 { // the folder, the account, the certificate
		t.Errorf("%d files, %v", files, err)
	}
}
