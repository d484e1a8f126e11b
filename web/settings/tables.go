package settings

import (
	"context"
	"net/url"

	"kizashi/company"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/fold"
	"kizashi/id"
	"kizashi/job"
	"kizashi/lead"
	"kizashi/score"
	"kizashi/setting"
)

// try looks up what somebody wants to know: what the tables say of a page, a title, an address.
func (s *sheet) try(ctx context.Context, tx *db.Tx) error {
	s.Tag = s.Pages.Tag(s.Tried)
	s.Rank, s.Known = lead.RanksOf(s.Titles).Of(s.Tried)
	lists, err := company.ReadLists(ctx, tx)
	if err != nil {
		return err
	}
	domain := company.MailDomain(s.Tried)
	if domain == "" {
		domain = company.CleanDomain(s.Tried)
	}
	if domain != "" {
		s.Kind = mailKinds[lists.MailKind(domain)]
	}
	s.Shared = append(lists.Ignored(s.Own), lists.Ignored(s.Competitors)...)
	return nil
}

var mailKinds = map[company.MailKind]string{company.CorporateMail: "corporate", company.FreeMail: "free", company.DisposableMail: "disposable"}

// Says are the words of the tag of a key page; "" if it has none.
func (s sheet) Says(tag string) string {
	if words := score.Schema().Kind(s.lang, tag); words != tag {
		return words
	}
	return ""
}

// BuiltIn are the free mailers of Japan that the product knows itself.
func (sheet) BuiltIn() []string { return company.FreeMailDomains(".jp") }

// Words is the built-in table that reads a rank from a title.
func (sheet) Words() []lead.TitleRow { return lead.TitleTable() }

// Ranks are the ranks, the highest first.
func (sheet) Ranks() []int { return []int{8, 7, 6, 5, 4, 3, 2, 1, 0} }

// RankKey names the words of a rank.
func (sheet) RankKey(rank int) string { return lead.RankKey(rank) }

// TitleRows are the team's own titles with room for more.
func (s sheet) TitleRows() setting.Titles {
	rows := append(setting.Titles{}, s.Titles...)
	for range 3 {
		rows = append(rows, setting.Title{Rank: lead.RankStaff})
	}
	return rows
}

func readTitles(v url.Values) any {
	titles := setting.Titles{}
	texts, ranks := v["title"], v["rank"]
	for i := range min(len(texts), len(ranks)) {
		if texts[i] != "" {
			titles = append(titles, setting.Title{Title: texts[i], Rank: number(ranks[i], -1)})
		}
	}
	return titles
}

// walk is how far the leads are that a changed setting concerns.
type walk struct {
	Job         id.ID
	Done, Total int
	Failed      bool
}

// walks are the sections whose settings change leads that are there.
var walks = map[string]func(context.Context, *db.Tx) (job.Status, error){
	"domains": lead.Conforming, "mail": lead.Conforming, "titles": lead.Conforming, "industries": fold.Retargeting,
}

// walking is the walk that a section waits for; nil if it is through.
func walking(ctx context.Context, tx *db.Tx, section string) (*walk, error) {
	find := walks[section]
	if find == nil {
		return nil, nil
	}
	found, err := find(ctx, tx)
	if fault.KindOf(err) == fault.NotFound || err == nil && found.State == job.Done {
		return nil, nil
	}
	return &walk{found.ID, int(found.Done), int(found.Total), found.Stopped()}, err
}
