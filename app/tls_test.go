package app

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"
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

// A renewed certificate is used without a restart.
func TestCertificateIsReadAgain(t *testing.T) {
	folder := t.TempDir()
	cert, key := filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	if _, _, err := (TLS{Cert: cert, Key: key}).Config(folder); err == nil {
		t.Error("files that are not there are taken")
	}
	selfSigned(t, cert, key, "one.example", time.Now().Add(-time.Hour))
	config, _, err := TLS{Cert: cert, Key: key}.Config(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"one.example", "two.example"} {
		if name == "two.example" {
			selfSigned(t, cert, key, name, time.Now())
		}
		got, err := config.GetCertificate(&tls.ClientHelloInfo{})
		if err != nil {
			t.Fatal(err)
		}
		leaf, err := x509.ParseCertificate(got.Certificate[0])
		if err != nil || leaf.Subject.CommonName != name {
			t.Errorf("%v %v, want %s", leaf.Subject, err, name)
		}
	}
}

func TestCertificatesByACMEAreForNamedHostsOnly(t *testing.T) {
	config, challenges, err := TLS{Domains: []string{"k.example"}}.Config(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := config.GetCertificate(&tls.ClientHelloInfo{ServerName: "other.example"}); err == nil {
		t.Error("a certificate for a name that is not ours")
	}
	w := httptest.NewRecorder()
	challenges.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://k.example/leads", nil))
	if w.Code != http.StatusFound || w.Header().Get("Location") != "https://k.example/leads" {
		t.Errorf("%d %s", w.Code, w.Header().Get("Location"))
	}
	if _, _, err := (TLS{Domains: []string{"k.example"}, Cert: "x"}).Config(t.TempDir()); err == nil {
		t.Error("two kinds at once")
	}
}
