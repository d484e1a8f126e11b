package companies

import (
	"context"
	"net/url"

	"kizashi/company"
	"kizashi/db"
	"kizashi/fold"
	"kizashi/i18n"
	"kizashi/id"
	"kizashi/page"
	"kizashi/report"
	"kizashi/score"
)

// happened is how much of the timeline stands on a page.
const happened = 30

// alikeShown is how many companies with the same name are pointed out.
const alikeShown = 5

type showView struct {
	report.CompanyHeat
	Domains  []string
	Alike    []*company.Company
	Absorbed []*company.Company // merged into it
	Advice   []advice
	Events   []did
	Next     string
	Cap, Max int
	Engaged  int    // points from which a person counts as engaged
	Industry string // message key; "" where it is in the words given
	Later    bool   // a further page of the timeline
}

// advice is what to do about a role that nobody engaged is in.
type advice struct {
	Role  string
	Known int // people of the role who are known
}

// did is something that somebody did.
type did struct {
	At           int64
	Lead         id.ID
	Person, What string
	Subject      string
}

const showPage = page.Of[showView]("companies/show.html")

func show(r *page.Request) error {
	number, err := r.ID("id")
	if err != nil {
		return err
	}
	v := showView{Cap: fold.HeatCap, Max: fold.MaxHeat, Engaged: fold.EngagedMin, Later: r.URL.Query().Get("after") != ""}
	err = r.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		if v.CompanyHeat, err = report.Company(ctx, tx, r.Engine(), number); err != nil {
			return err
		}
		return v.read(ctx, tx, r)
	})
	if err != nil {
		return err
	}
	if v.Company.ID != number { // it was merged away
		return r.Go("/companies/" + v.Company.ID.String())
	}
	return showPage.Show(r, v)
}

func (v *showView) read(ctx context.Context, tx *db.Tx, r *page.Request) (err error) {
	if v.Domains, err = company.Domains(ctx, tx, v.Company.ID); err != nil {
		return err
	}
	if v.Alike, err = company.Alike(ctx, tx, v.Company, alikeShown); err != nil {
		return err
	}
	if v.Absorbed, err = company.Absorbed(ctx, tx, v.Company.ID); err != nil {
		return err
	}
	if industry := company.IndustryOf(v.Company.Industry); industry != "" {
		v.Industry = industry.Key()
	}
	for _, role := range v.Roles {
		if role.Engaged == 0 {
			v.Advice = append(v.Advice, advice{role.Role, role.People})
		}
	}
	events, next, err := report.CompanyTimeline(ctx, tx, r.Engine(), v.Company.ID, r.URL.Query().Get("after"), happened)
	for _, e := range events {
		v.Events = append(v.Events, tell(r.Lang, e))
	}
	v.Next = next
	return err
}

// tell says in words what somebody did.
func tell(lang i18n.Lang, e report.CompanyEvent) did {
	kind := e.Kind
	if key := score.Schema().Kind(lang, e.Tag); e.Tag != "" && key != e.Tag {
		kind = e.Tag
	}
	return did{At: e.At, Lead: e.Lead, Person: e.Person, What: score.Schema().Kind(lang, kind), Subject: readable(e.Subject)}
}

// maxSubject is how much of a subject is shown, in characters.
const maxSubject = 80

// readable is of an address the path, of another subject its beginning.
func readable(subject string) string {
	if u, err := url.Parse(subject); err == nil && u.Host != "" {
		subject = u.Path
		if subject == "" || subject == "/" {
			subject = u.Host
		}
	}
	if runes := []rune(subject); len(runes) > maxSubject {
		return string(runes[:maxSubject]) + "…"
	}
	return subject
}
