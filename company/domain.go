package company

import (
	_ "embed"
	"net/netip"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// The lists are sorted, one domain a line, made by tools/gen.
var (
	//go:embed mail_free.txt
	freeMail string
	//go:embed mail_disposable.txt
	disposableMail string
)

// MailKind says what the domain of a mail address tells about its owner's company.
type MailKind uint8

// The kinds.
const (
	NoMail         MailKind = iota // not a domain
	CorporateMail                  // the company's own, as far as the lists know
	FreeMail                       // a free mailer, a provider (ISP) or a mobile carrier
	DisposableMail                 // an address for one use
)

// maxDomain is the longest domain in bytes (RFC 1035, 2.3.4).
const maxDomain = 253

// MailDomain gives the domain of a mail address: lower case, IDN in its ASCII form
// (xn--…), no dot at the end. It is "" for a text that has none. The part before the @ is
// not looked at.
func MailDomain(email string) string {
	at := strings.LastIndexByte(email, '@')
	if at < 0 {
		return ""
	}
	return CleanDomain(email[at+1:])
}

// CleanDomain gives a host name in lower case, with IDN in its ASCII form and without a dot
// at the end; "" for what is no host name of at least two labels.
func CleanDomain(host string) string {
	host = strings.TrimSuffix(strings.TrimSpace(host), ".")
	if host == "" || len(host) > maxDomain {
		return ""
	}
	if !plainHost(host) {
		ascii, err := idna.Lookup.ToASCII(host)
		if err != nil || len(ascii) > maxDomain || !plainHost(ascii) {
			return ""
		}
		host = ascii
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return ""
	}
	return host
}

// plainHost tells whether host is a clean ASCII name already (RFC 1123, 2.1).
func plainHost(host string) bool {
	labels, start := 1, 0
	for i := 0; i <= len(host); i++ {
		if i == len(host) || host[i] == '.' {
			label := host[start:i]
			if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
				return false
			}
			if i < len(host) {
				labels++
			}
			start = i + 1
			continue
		}
		if c := host[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return labels >= 2
}

// Registrable is the part of a clean domain that its owner registered: acme.co.jp for
// mail.acme.co.jp. It is "" for a public suffix alone.
//
// Source: the public suffix list, with the private suffixes, in golang.org/x/net.
func Registrable(domain string) string {
	r, err := publicsuffix.EffectiveTLDPlusOne(domain)
	if err != nil {
		return ""
	}
	return r
}

// MailKindOf looks a clean domain up in the lists, with every domain above it up to the
// registrable one: foo.ocn.ne.jp is a provider's as ocn.ne.jp is.
func MailKindOf(domain string) MailKind {
	top := Registrable(domain)
	if top == "" {
		if listed(freeMail, domain) {
			return FreeMail // sakura.ne.jp is a public suffix and a provider
		}
		return NoMail
	}
	for d := domain; len(d) >= len(top); {
		switch {
		case listed(disposableMail, d):
			return DisposableMail
		case listed(freeMail, d):
			return FreeMail
		}
		dot := strings.IndexByte(d, '.')
		if dot < 0 {
			break
		}
		d = d[dot+1:]
	}
	return CorporateMail
}

// Corporate tells whether a clean domain belongs to one company, as far as the lists know,
// so that two people with it work for the same. Free mailers, providers, carriers and
// disposable addresses do not.
func Corporate(domain string) bool { return MailKindOf(domain) == CorporateMail }

// listed looks a word up in a sorted list with one word a line, without unpacking it.
func listed(list, word string) bool {
	low, high := 0, len(list) // list[low:high] holds whole lines
	for low < high {
		start := low + strings.LastIndexByte(list[low:(low+high)/2], '\n') + 1
		end := start + strings.IndexByte(list[start:high], '\n')
		switch line := list[start:end]; {
		case line == word:
			return true
		case line < word:
			low = end + 1
		default:
			high = start
		}
	}
	return false
}

// FreeMailDomains are the listed domains of free mailers and providers with an ending (".jp"), sorted.
func FreeMailDomains(ending string) (found []string) {
	for domain := range strings.Lines(freeMail) {
		if domain = strings.TrimSpace(domain); strings.HasSuffix(domain, ending) {
			found = append(found, domain)
		}
	}
	return found
}
