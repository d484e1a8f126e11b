package lead

import (
	"net/mail"
	"strings"

	"golang.org/x/text/unicode/norm"

	"kizashi/company"
	"kizashi/fault"
)

// Limits of RFC 5321, 4.5.3.1, in bytes.
const (
	maxLocalBytes = 64
	maxMailBytes  = 254
)

// looseDomains are carriers that once gave out addresses with dots at the end or in a row
// (taro..@docomo.ne.jp). They are against RFC 5321, and still in use.
var looseDomains = map[string]bool{"docomo.ne.jp": true, "ezweb.ne.jp": true}

// ParseMail reads a mail address as people write it (full width, mailto:, 「山田 <taro@…>」)
// and gives its key: lower case, the domain in ASCII form. Equal keys are one mailbox; tags
// (taro+event@…) and dots are kept, because only some providers ignore them. An empty text
// is no error and no address; one that no mail server would take is an Invalid fault that
// says what is wrong.
//
// The check is the practical one of RFC 5321: no quoted local part, no address literal.
func ParseMail(s string) (key string, err error) {
	text := cleanMail(s)
	if text == "" {
		return "", nil
	}
	at := strings.LastIndexByte(text, '@')
	if at < 0 {
		return "", badMail("lead_match.mail.at", s)
	}
	local, domain := text[:at], company.CleanDomain(text[at+1:])
	switch {
	case strings.IndexByte(local, '@') >= 0:
		return "", badMail("lead_match.mail.many", s)
	case domain == "":
		return "", badMail("lead_match.mail.domain", s)
	case local == "":
		return "", badMail("lead_match.mail.at", s)
	case len(local) > maxLocalBytes || len(local)+1+len(domain) > maxMailBytes:
		return "", badMail("lead_match.mail.long", s)
	case !localPart(local, looseDomains[domain]):
		return "", badMail("lead_match.mail.characters", s)
	}
	return local + "@" + domain, nil
}

func badMail(key, text string) error {
	shown := []rune(strings.ToValidUTF8(text, "�"))
	return fault.New(fault.Invalid, key, fault.Args{"mail": string(shown[:min(len(shown), 60)])})
}

// cleanMail takes away what people write around an address, and folds width and case.
func cleanMail(s string) string {
	if len(s) > 4*maxMailBytes {
		s = s[:4*maxMailBytes]
	}
	s = strings.TrimSpace(norm.NFKC.String(strings.ToValidUTF8(s, "")))
	s = strings.ToLower(strings.Trim(s, "\u200b\ufeff"))
	s = strings.TrimSpace(strings.TrimPrefix(s, "mailto:"))
	if strings.HasSuffix(s, ">") {
		if a, err := mail.ParseAddress(s); err == nil {
			return a.Address
		}
		if open := strings.LastIndexByte(s, '<'); open >= 0 {
			return strings.TrimSpace(s[open+1 : len(s)-1])
		}
	}
	return s
}

// localPart tells whether a local part is a dot-atom (RFC 5322, 3.2.3), also with letters
// beyond ASCII (RFC 6532); loose allows dots anywhere.
func localPart(local string, loose bool) bool {
	if !loose && (strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(local, "..")) {
		return false
	}
	for _, r := range local {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9', strings.ContainsRune(".!#$%&'*+-/=?^_`{|}~", r):
		case r >= 0x80 && isSearched(r):
		default:
			return false
		}
	}
	return true
}
