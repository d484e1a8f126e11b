package settings

import (
	"kizashi/company"
	"kizashi/lead"
	"kizashi/page"
)

// titles is the table that reads a rank from a job title, with a field to try one.
type titles struct {
	menu
	Rows  []lead.TitleRow
	Tried string
	Rank  string // key of the words
	Known bool
}

const titlesPage = page.Of[titles]("settings/titles.html")

func showTitles(r *page.Request) error {
	v := titles{menu: menu{"titles"}, Rows: lead.TitleTable(), Tried: r.URL.Query().Get("try")}
	rank, known := lead.Rank(v.Tried)
	v.Rank, v.Known = lead.RankKey(rank), known
	return titlesPage.Show(r, v)
}

// mail is which addresses tell nothing about the company of their owner, with a field to try one.
type mail struct {
	menu
	Tried   string
	Kind    string // of the address tried; "" if it is none
	Domains []string
}

var mailKinds = map[company.MailKind]string{company.CorporateMail: "corporate", company.FreeMail: "free", company.DisposableMail: "disposable"}

const mailPage = page.Of[mail]("settings/mail.html")

func showMail(r *page.Request) error {
	v := mail{menu: menu{"mail"}, Tried: r.URL.Query().Get("try"), Domains: company.FreeMailDomains(".jp")}
	domain := company.MailDomain(v.Tried)
	if domain == "" {
		domain = company.CleanDomain(v.Tried)
	}
	if domain != "" {
		v.Kind = mailKinds[company.MailKindOf(domain)]
	}
	return mailPage.Show(r, v)
}
