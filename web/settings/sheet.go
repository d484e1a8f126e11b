package settings

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"kizashi/act"
	"kizashi/company"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/member"
	"kizashi/page"
	"kizashi/setting"
	"kizashi/stage"
)

// sheet is a section made of settings: their values, or what was typed and refused.
type sheet struct {
	menu
	Profile      setting.Profile
	Zone         string
	Hours        setting.Hours
	HandoverDays int
	Answer       int
	Untouched    int
	Capacity     setting.Capacity
	Own          []string
	Competitors  []string
	Free         []string // mailers besides the built-in ones
	Titles       setting.Titles
	Industries   []string // targets: sections of the industry classification
	Pages        setting.Pages
	Origins      []string
	SSO          setting.SSO
	Limits       limits // of public keys

	Failed  string   // the setting that was refused
	Secret  bool     // the provider's secret is there
	Base    string   // where this installation is
	Tried   string   // something to look up: in the key pages, the titles, the mail domains
	Tag     string   // what key page it is
	Rank    int      // of the title
	Known   bool     // the title is
	Kind    string   // of the mail address; "" if it is none
	Shared  []string // listed domains that cannot be obeyed: free mailers
	Walk    *walk    // of the leads that a setting changes; nil if it is through
	who     act.Who
	lang    i18n.Lang
	now     int64
	zone    *time.Location
	options url.Values // of the snippet
}

// field is where the value of a setting stands.
func (s *sheet) field(name string) any {
	return map[string]any{
		"company_profile": &s.Profile, "time_zone": &s.Zone, "business_hours": &s.Hours, "handover_days": &s.HandoverDays,
		"answer_minutes": &s.Answer, "untouched_days": &s.Untouched, "lead_capacity": &s.Capacity, "own_domains": &s.Own,

		"competitors": &s.Competitors, "free_mail": &s.Free, "title_ranks": &s.Titles, "target_industries": &s.Industries,
		"key_pages": &s.Pages, "track_origins": &s.Origins, "track_rate": &s.Limits.Rate,
		"flood_address": &s.Limits.Address, "flood_people": &s.Limits.People,
		"person_events": &s.Limits.Person, "day_events": &s.Limits.Day,
		"key_requests": &s.Limits.Requests, "key_events": &s.Limits.Events,
		"single_sign_on": &s.SSO,
	}[name]
}

// section says on which page a setting is, and how its form becomes a value.
type section struct {
	Page string
	Read func(url.Values) any
}

var forms = map[string]section{
	"company_profile": {"company", func(v url.Values) any {
		return setting.Profile{Name: v.Get("name"), Postal: v.Get("postal"), Address: v.Get("address"), Phone: v.Get("phone"),
			Contact: v.Get("contact"), URL: v.Get("url"), PrivacyURL: v.Get("privacy_url")}
	}},
	"time_zone":      {"company", func(v url.Values) any { return v.Get("value") }},
	"business_hours": {"hours", readHours},
	"handover_days":  {"work", readNumber}, "answer_minutes": {"work", readNumber}, "untouched_days": {"work", readNumber},
	"own_domains": {"domains", readLines}, "competitors": {"domains", readLines},
	"free_mail": {"mail", readLines}, "title_ranks": {"titles", readTitles},
	"target_industries": {"industries", func(v url.Values) any { return v["value"] }},
	"key_pages":         {"pages", readPages},
	"track_origins":     {"tracking", readLines},
	"track_rate":        {"tracking", readNumber}, "flood_address": {"tracking", readNumber},
	"flood_people": {"tracking", readNumber}, "person_events": {"tracking", readNumber}, "day_events": {"tracking", readNumber},
	"key_requests": {"tracking", readNumber}, "key_events": {"tracking", readNumber},
	"single_sign_on": {"sign-in", func(v url.Values) any {
		return setting.SSO{Name: v.Get("name"), Issuer: v.Get("issuer"), ClientID: v.Get("client_id"), Domains: lines(v.Get("domains")),
			Role: act.Role(v.Get("role"))}
	}},
}

// lead_capacity has two forms: what is usual stands here, that of a person with the person.
const capacity = "lead_capacity"

const (
	trackingPage = page.Of[sheet]("settings/tracking.html")
	pagesPage    = page.Of[sheet]("settings/pages.html")
	companyPage  = page.Of[sheet]("settings/company.html")
	hoursPage    = page.Of[sheet]("settings/hours.html")
	workPage     = page.Of[sheet]("settings/work.html")
	domainsPage  = page.Of[sheet]("settings/domains.html")
	signInPage   = page.Of[sheet]("settings/sign-in.html")
	titlesPage   = page.Of[sheet]("settings/titles.html")
	mailPage     = page.Of[sheet]("settings/mail.html")
	industryPage = page.Of[sheet]("settings/industries.html")
)

func showSheet(name string) func(*page.Request) error {
	return func(r *page.Request) error {
		s, err := readSheet(r, name)
		if err != nil {
			return err
		}
		return sheetPage(name).Show(r, *s)
	}
}

func sheetPage(name string) page.Of[sheet] { return page.Of[sheet]("settings/" + name + ".html") }

// readSheet reads what the sections show; the settings are few and small.
func readSheet(r *page.Request, name string) (*sheet, error) {
	query := r.URL.Query()
	s := &sheet{menu: menu{name}, Base: r.Base(), Tried: query.Get("try"), who: r.Who, lang: r.Lang, now: r.Now, zone: r.Zone(), options: query}
	err := r.Read(func(ctx context.Context, tx *db.Tx) error {
		values, err := setting.All(ctx, tx)
		if err != nil {
			return err
		}
		for name, raw := range values {
			if to := s.field(name); to != nil {
				if err := json.Unmarshal(raw, to); err != nil {
					return fmt.Errorf("settings: %s: %w", name, err)
				}
			}
		}
		if s.Secret, err = setting.HasSSOSecret(ctx, tx); err != nil {
			return err
		}
		if err := s.try(ctx, tx); err != nil {
			return err
		}
		s.Walk, err = walking(ctx, tx, name)
		return err
	})
	return s, err
}

// set gives a setting the value of its form.
func set(r *page.Request) error {
	name := r.PathValue("name")
	values, err := r.Form()
	if err != nil {
		return err
	}
	value, to, err := typed(r, name, values)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return err
	}
	c := &setting.Set{Setting: name, Value: raw}
	if err := r.Run(c); err != nil {
		return refused(r, name, to, raw, err)
	}
	return saved(r, c, "/settings/"+to)
}

// typed is the value of a form, and the section in which it stands.
func typed(r *page.Request, name string, values url.Values) (value any, to string, err error) {
	if form, ok := forms[name]; ok {
		return form.Read(values), form.Page, nil
	}
	if name != capacity {
		return nil, "", fault.New(fault.NotFound, "setting.unknown", fault.Args{"name": name})
	}
	s, err := readSheet(r, "work")
	if err != nil {
		return nil, "", err
	}
	s.Capacity.Usual = number(values.Get("value"), -1)
	return s.Capacity, "work", nil
}

// refused shows the section again, with what was typed.
func refused(r *page.Request, name, to string, raw []byte, wrong error) error {
	s, err := readSheet(r, to)
	if err != nil {
		return err
	}
	s.Failed = name
	if err := json.Unmarshal(raw, s.field(name)); err != nil {
		return err
	}
	return sheetPage(to).Again(r, *s, wrong)
}

// saved says what was saved, with the way back to the value before.
func saved(r *page.Request, c *setting.Set, to string) error {
	if c.ChangedAt == 0 {
		return r.Done(to, "settings.same", nil, "")
	}
	return r.Done(to, "settings.saved", fault.Args{"what": i18n.T(r.Lang, "settings.value."+c.Setting, nil)}, undoOf(c.Setting, c.ChangedAt, to))
}

func undoOf(name string, at int64, to string) string {
	return "/settings/undo/" + name + "?at=" + strconv.FormatInt(at, 10) + "&to=" + url.QueryEscape(to)
}

// undo gives a setting its former value back. That can be taken back as well.
func undo(r *page.Request) error {
	name := r.PathValue("name")
	if _, ok := forms[name]; !ok && name != capacity {
		return fault.New(fault.NotFound, "setting.unknown", fault.Args{"name": name})
	}
	query := r.URL.Query()
	at, _ := strconv.ParseInt(query.Get("at"), 10, 64) // what is no time is no change
	c := &setting.Revert{Setting: name, ChangedAt: at}
	if err := r.Run(c); err != nil {
		return err
	}
	to := query.Get("to")
	return r.Done(to, "settings.reverted", fault.Args{"what": i18n.T(r.Lang, "settings.value."+name, nil)}, undoOf(name, c.ChangedAt, to))
}

func setSecret(r *page.Request) error {
	values, err := r.Form()
	if err != nil {
		return err
	}
	if err := r.Run(&setting.SetSSOSecret{Secret: values.Get("secret")}); err != nil {
		return err
	}
	return r.Done("/settings/sign-in", "settings.secret_kept", nil, "")
}

// Edit tells whether the person may change a setting.
func (s sheet) Edit(name string) bool { return setting.MayEdit(s.who, name) }

// Roles are those that somebody gets without an invitation.
func (s sheet) Roles() []act.Role { return member.AccountRoles[1:] }

// Weekdays are the days of the week, Monday first.
func (s sheet) Weekdays() []weekday {
	days := make([]weekday, 7)
	for i := range days {
		day := time.Weekday((i + 1) % 7)
		days[i] = weekday{Day: int(day)}
		for _, open := range s.Hours.Days {
			days[i].Open = days[i].Open || open == day
		}
	}
	return days
}

// target is a section of the industry classification, and whether the team looks for such companies.
type target struct {
	Code, Key string
	Target    bool
}

// Sections are all industries.
func (s sheet) Sections() []target {
	list := make([]target, len(company.Industries))
	for i, one := range company.Industries {
		list[i] = target{string(one), one.Key(), slices.Contains(s.Industries, string(one))}
	}
	return list
}

// weekday is a day of the week, 0 for Sunday, and whether the company works.
type weekday struct {
	Day  int
	Open bool
}

// holiday is a national holiday.
type holiday struct{ Date, Name string }

// Holidays are those of Japan in this year and the next.
func (s sheet) Holidays() (list []holiday) {
	year := time.UnixMilli(s.now).In(s.zone).Year()
	for t := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC); t.Year() < year+2; t = t.AddDate(0, 0, 1) {
		day := stage.Day(t.Year()*10_000 + int(t.Month())*100 + t.Day())
		if name, ok := stage.HolidayName(day, s.lang); ok {
			list = append(list, holiday{t.Format(time.DateOnly), name})
		}
	}
	return list
}

// Rows are the key pages with room for more.
func (s sheet) Rows() setting.Pages {
	return append(append(setting.Pages{}, s.Pages...), make(setting.Pages, 3)...)
}

// Option tells whether the snippet is to have an option of the tag.
func (s sheet) Option(name string) string { return s.options.Get(name) }

func readHours(v url.Values) any {
	h := setting.Hours{From: v.Get("from"), To: v.Get("to"), Closed: lines(v.Get("closed"))}
	for _, text := range v["days"] {
		h.Days = append(h.Days, time.Weekday(number(text, -1)))
	}
	return h
}

func readPages(v url.Values) any {
	pages := setting.Pages{}
	patterns, tags := v["pattern"], v["tag"]
	for i := range min(len(patterns), len(tags)) {
		if patterns[i] != "" || tags[i] != "" {
			pages = append(pages, setting.Page{Pattern: patterns[i], Tag: tags[i]})
		}
	}
	return pages
}

func readNumber(v url.Values) any { return number(v.Get("value"), 0) }

func readLines(v url.Values) any { return lines(v.Get("value")) }
