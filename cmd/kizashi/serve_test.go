package main

import (
	"bytes"
	"net"
	"strings"
	"testing"

	"kizashi/app"
)

func TestTrustedProxiesAreNetworksOrAddresses(t *testing.T) {
	got, err := proxiesOf([]string{"10.1.2.3/8", "127.0.0.1", "::ffff:192.0.2.1", "fd00::/8"})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"10.0.0.0/8", "127.0.0.1/32", "192.0.2.1/32", "fd00::/8"} {
		if got[i].String() != want {
			t.Errorf("%v, want %s", got[i], want)
		}
	}
	var out, errs bytes.Buffer
	args := []string{"--lang", "en", "--data", t.TempDir(), "--trusted-proxy", "127.0.0.1", "--trusted-proxy", "proxy.example", "verify"}
	if code := run(t.Context(), args, nil, &out, &errs); code != 2 || !strings.Contains(errs.String(), "proxy.example") {
		t.Errorf("%d %s", code, &errs)
	}
}

func TestTheLinkToTheSetUpOpensInABrowser(t *testing.T) {
	for _, c := range []struct {
		tls  app.TLS
		port int
		want string
	}{
		{app.TLS{}, 8080, "http://localhost:8080"},
		{app.TLS{Cert: "c", Key: "k"}, 8443, "https://localhost:8443"},
		{app.TLS{Domains: []string{"k.example", "l.example"}}, 443, "https://k.example"},
		{app.TLS{Domains: []string{"k.example"}}, 8443, "https://k.example:8443"},
	} {
		p := &program{config: app.Config{TLS: c.tls}}
		if got := p.base(&net.TCPAddr{IP: net.IPv4zero, Port: c.port}); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}
