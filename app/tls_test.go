package app

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"kizashi/fault"
)

// selfSigned writes a certificate of a name and its key.
func selfSigned(t *testing.T, cert, key, name string, at time.Time) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: raw}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(cert, at, at); err != nil {
		t.Fatal(err)
	}
}

// subject is the name on the certificate that a server would show now.
func subject(t *testing.T, config *tls.Config) string {
	t.Helper()
	got, err := config.GetCertificate(&tls.ClientHelloInfo{})
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(got.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	return leaf.Subject.CommonName
}

// A renewed certificate is used without a restart; half a renewal does not end the service.
func TestCertificateIsReadAgain(t *testing.T) {
	folder := t.TempDir()
	cert, key := filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	files := TLS{Cert: cert, Key: key}
	if _, _, err := files.config(folder, nil); fault.KindOf(err) != fault.Invalid {
		t.Errorf("files that are not there: %v", err)
	}
	at := time.Now().Add(-time.Hour)
	selfSigned(t, cert, key, "one.example", at)
	config, _, err := files.config(folder, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := subject(t, config); got != "one.example" {
		t.Error(got)
	}
	other := filepath.Join(folder, "other.pem")
	selfSigned(t, cert, other, "two.example", at.Add(time.Minute))
	if got := subject(t, config); got != "one.example" {
		t.Errorf("without its key: %s", got)
	}
	if err := os.Rename(other, key); err != nil {
		t.Fatal(err)
	}
	if got := subject(t, config); got != "two.example" {
		t.Errorf("with its key: %s", got)
	}
	if err := errors.Join(os.Remove(cert), os.Remove(key)); err != nil {
		t.Fatal(err)
	}
	if got := subject(t, config); got != "two.example" {
		t.Errorf("removed: %s", got)
	}
}

func TestHowTLSIsAskedFor(t *testing.T) {
	for name, c := range map[string]TLS{
		"two kinds": {Domains: []string{"k.example"}, Cert: "x", Key: "y"}, "no key": {Cert: "x"}, "no certificate": {Key: "y"},
	} {
		if _, _, err := c.config(t.TempDir(), nil); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if _, _, err := (TLS{Redirect: "127.0.0.1:0"}).secure(t.Context(), l, t.TempDir()); fault.KindOf(err) != fault.Invalid {
		t.Errorf("nothing to lead to: %v", err)
	}
}

// Pages asked for by plain HTTP are found by https; what is posted that way is refused.
func TestPlainHTTPLeadsToHTTPS(t *testing.T) {
	for _, c := range []struct {
		method, target, host, port string
		names                      []string
		status                     int
		to                         string
	}{
		{"GET", "/leads?q=a%20b", "k.example", "443", nil, 308, "https://k.example/leads?q=a%20b"},
		{"HEAD", "/", "k.example:80", "8443", nil, 308, "https://k.example:8443/"},
		{"GET", "/", "[::1]:80", "8443", nil, 308, "https://[::1]:8443/"},
		{"GET", "//evil.example", "K.example", "443", []string{"k.example"}, 308, "https://K.example//evil.example"},
		{"GET", "/", "evil.example", "443", []string{"k.example"}, 400, ""},
		{"GET", "/", "k.example@evil.example", "443", nil, 400, ""},
		{"POST", "/sign-in", "k.example", "443", nil, 400, ""},
	} {
		r := httptest.NewRequest(c.method, "http://k.example"+c.target, nil)
		r.Host = c.host
		w := httptest.NewRecorder()
		toHTTPS(c.port, c.names).ServeHTTP(w, r)
		if w.Code != c.status || w.Header().Get("Location") != c.to {
			t.Errorf("%s %s %s: %d %s", c.method, c.host, c.target, w.Code, w.Header().Get("Location"))
		}
	}
}
