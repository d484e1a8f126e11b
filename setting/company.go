package setting

import (
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // the zones, where the machine has none
	"unicode/utf8"

	"kizashi/act"
	"kizashi/fault"
)

// Profile is the company that uses the product, as its mails and forms must name it.
type Profile struct {
	Name       string `json:"name"`
	Postal     string `json:"postal"`
	Address    string `json:"address"`
	Phone      string `json:"phone"`
	Contact    string `json:"contact"` // e-mail for inquiries and complaints
	URL        string `json:"url"`
	PrivacyURL string `json:"privacy_url"`
}

// Hours are when the company works. Public holidays are off as well.
type Hours struct {
	Days   []time.Weekday `json:"days"`   // 0 = Sunday … 6 = Saturday
	From   string         `json:"from"`   // "09:00"
	To     string         `json:"to"`     // "18:00", after From
	Closed []string       `json:"closed"` // further days off, "2026-12-29"
}

// What the company says of itself and whom it looks for.
var (
	CompanyProfile = define("company_profile", Profile{}, checkProfile, act.Administer)
	TimeZone       = define("time_zone", "Asia/Tokyo", checkZone, act.Administer)
	BusinessHours  = define("business_hours", Hours{[]time.Weekday{1, 2, 3, 4, 5}, "09:00", "18:00", nil}, checkHours, act.Administer)
	// HandoverDays are the business days in which field sales answers a hand-over.
	HandoverDays = define("handover_days", 2, checkDays, act.Administer)
	// OwnDomains and Competitors are mail domains whose people are no leads, FreeMail those of mailers
	// besides the built-in list: an address there tells no company. All sorted.
	OwnDomains  = define("own_domains", []string(nil), checkDomains, act.Administer)
	Competitors = define("competitors", []string(nil), checkDomains, act.Market)
	FreeMail    = define("free_mail", []string(nil), checkDomains, act.Market)
	// TitleRanks are titles of this team's market whose rank the built-in table does not read right.
	TitleRanks = define("title_ranks", Titles(nil), checkTitles, act.Market)
	// TargetIndustries are the letters of the industries (JSIC sections) that fit best.
	TargetIndustries = define("target_industries", []string{"E", "G", "I", "J"}, checkIndustries, act.Market)
)

const (
	maxText = 300 // characters
	maxList = 10_000
)

func checkProfile(p *Profile) error {
	var found fault.Many
	for path, text := range map[string]*string{"name": &p.Name, "postal": &p.Postal, "address": &p.Address, "phone": &p.Phone,
		"contact": &p.Contact, "url": &p.URL, "privacy_url": &p.PrivacyURL} {
		*text = strings.TrimSpace(*text)
		if utf8.RuneCountInString(*text) > maxText {
			found = append(found, tooLong("value."+path))
		}
	}
	if a, err := mail.ParseAddress(p.Contact); p.Contact != "" && (err != nil || a.Address != p.Contact) {
		found = append(found, fault.New(fault.Invalid, "setting.email", nil).At("value.contact"))
	}
	for path, address := range map[string]string{"url": p.URL, "privacy_url": p.PrivacyURL} {
		u, err := url.Parse(address)
		if address != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "") {
			found = append(found, fault.New(fault.Invalid, "setting.url", nil).At("value."+path))
		}
	}
	slices.SortFunc(found, func(a, b *fault.Error) int { return strings.Compare(a.Path, b.Path) })
	return found.OrNil()
}

func checkZone(name *string) error {
	if _, err := time.LoadLocation(*name); err != nil || *name == "" || *name == "Local" {
		return fault.New(fault.Invalid, "setting.zone", nil).At("value")
	}
	return nil
}

func checkHours(h *Hours) error {
	var found fault.Many
	slices.Sort(h.Days)
	h.Days = slices.Compact(h.Days)
	if len(h.Days) == 0 || h.Days[0] < time.Sunday || h.Days[len(h.Days)-1] > time.Saturday {
		found = append(found, fault.New(fault.Invalid, "setting.weekdays", nil).At("value.days"))
	}
	from, err1 := time.Parse("15:04", h.From)
	to, err2 := time.Parse("15:04", h.To)
	if err1 != nil || err2 != nil || !from.Before(to) {
		found = append(found, fault.New(fault.Invalid, "setting.hours", nil).At("value.from"))
	}
	for _, day := range h.Closed {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			found = append(found, fault.New(fault.Invalid, "setting.date", fault.Args{"date": clip(day)}).At("value.closed"))
			break
		}
	}
	return found.OrNil()
}

func checkDays(n *int) error {
	if *n < 1 || *n > 30 {
		return fault.New(fault.Invalid, "setting.days", nil).At("value")
	}
	return nil
}

var domainName = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$`)

func checkDomains(list *[]string) error {
	if err := checkTexts(list); err != nil {
		return err
	}
	for i, d := range *list {
		d = strings.ToLower(strings.TrimPrefix(d, "@"))
		if !domainName.MatchString(d) {
			return fault.New(fault.Invalid, "setting.domain", fault.Args{"domain": clip(d)}).At("value")
		}
		(*list)[i] = d
	}
	slices.Sort(*list)
	*list = slices.Compact(*list)
	return nil
}

func checkIndustries(list *[]string) error {
	for _, code := range *list {
		if len(code) != 1 || code < "A" || code > "T" {
			return fault.New(fault.Invalid, "setting.industry", fault.Args{"code": clip(code)}).At("value")
		}
	}
	slices.Sort(*list)
	*list = slices.Compact(*list)
	return nil
}

func checkTexts(list *[]string) error {
	if len(*list) > maxList {
		return fault.New(fault.Invalid, "setting.many", fault.Args{"limit": maxList}).At("value")
	}
	kept := (*list)[:0]
	for _, s := range *list {
		if s = strings.TrimSpace(s); utf8.RuneCountInString(s) > maxText {
			return tooLong("value")
		} else if s != "" {
			kept = append(kept, s)
		}
	}
	*list = kept
	return nil
}

func tooLong(path string) *fault.Error {
	return fault.New(fault.Invalid, "fault.too_long", fault.Args{"limit": maxText}).At(path)
}

// clip shortens what an error repeats.
func clip(s string) string {
	if runes := []rune(s); len(runes) > 60 {
		return string(runes[:60]) + "…"
	}
	return s
}
