package segments

import (
	"context"
	"slices"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/id"
	"kizashi/page"
	"kizashi/rule"
	"kizashi/score"
	"kizashi/segment"
)

// shown is how many segments stand on a page.
const shown = 50

// settled is how many segments a team has that needs no more to begin with.
const settled = 5

type listView struct {
	Rows     []row
	Next     string
	Starters []starter
}

// row is a segment with its rule in words.
type row struct {
	segment.Segment
	Sentence string
	Many     bool // more members than the list counts
}

// starter is a segment that most teams want, to begin with.
type starter struct {
	Title    string // message key
	Rule     string
	Sentence string
}

var starters = []starter{
	{Title: "segments.starter.price", Rule: `lead.fit in ["A", "B"] && count("price_view", days(14)) >= 2`},
	{Title: "segments.starter.silent", Rule: `lead.temperature in ["hot", "warm"] && silent(days(30))`},
	{Title: "segments.starter.recycled", Rule: `lead.stage == "recycled" && active(days(14))`},
	{Title: "segments.starter.deciders", Rule: `lead.rank >= 5 && lead.temperature in ["hot", "warm"] && !lead.owned`},
}

const listPage = page.Of[listView]("segments/list.html")

func list(r *page.Request) error {
	var before id.ID
	if after := r.URL.Query().Get("after"); after != "" {
		var err error
		if before, err = id.Parse(after); err != nil {
			return fault.New(fault.Invalid, "report.cursor", nil).At("after")
		}
	}
	var v listView
	err := r.Read(func(ctx context.Context, tx *db.Tx) error {
		found, err := segment.List(ctx, tx, before, shown+1)
		if len(found) > shown {
			found = found[:shown]
			v.Next = found[shown-1].ID.String()
		}
		for _, s := range found {
			v.Rows = append(v.Rows, row{s, sentence(r.Lang, s.Rule), s.Members > segment.CountedTo})
		}
		if err == nil && before == 0 && len(found) < settled {
			v.Starters = startersFor(r.Lang, found)
		}
		return err
	})
	if err != nil {
		return err
	}
	return listPage.Show(r, v)
}

// sentence is a rule in words; one that can no longer be read stands for itself.
func sentence(lang i18n.Lang, source string) string {
	parsed, err := rule.Parse(score.Schema(), source)
	if err != nil {
		return source
	}
	return parsed.Sentence(lang)
}

// startersFor are the starters that none of the segments is yet, by its name or its rule.
func startersFor(lang i18n.Lang, there []segment.Segment) []starter {
	var list []starter
	for _, s := range starters {
		title := i18n.T(lang, s.Title, nil)
		if slices.ContainsFunc(there, func(is segment.Segment) bool { return is.Name == title || is.Rule == s.Rule }) {
			continue
		}
		s.Sentence = sentence(lang, s.Rule)
		list = append(list, s)
	}
	return list
}
