package imports

import (
	"cmp"
	"context"
	"slices"

	"kizashi/company"
	"kizashi/db"
	"kizashi/id"
)

// Held is what the people of an import are, in numbers of leads.
type Held struct {
	Leads      int        `json:"leads"`
	Ranks      []RankHeld `json:"ranks"`      // from the highest rank down
	Sizes      []SizeHeld `json:"sizes"`      // from the smallest band up, unknown last
	Industries []Industry `json:"industries"` // the most frequent first, unknown last
	Mailable   int        `json:"mailable"`   // have a mail address
	Duplicates int        `json:"duplicates"` // suggested pairs of which one at least is in the import, undecided
}

// RankHeld is how many have a title of a rank, see lead.Rank.
type RankHeld struct {
	Rank  int `json:"rank"`
	Leads int `json:"leads"`
}

// SizeHeld is how many work for a company of a size; the zero band is of unknown size.
type SizeHeld struct {
	Band  company.Band `json:"band"`
	Leads int          `json:"leads"`
}

// Industry is how many work in a section of the industries; "" is unknown.
type Industry struct {
	Industry company.Industry `json:"industry"`
	Leads    int              `json:"leads"`
}

// theirs are the leads of an import that are there, each once.
const theirs = `(SELECT DISTINCT r.lead AS id FROM import_row r WHERE r.import = $1)`

// Holds counts what the file of an import held: it reads each of its leads once.
func Holds(ctx context.Context, tx *db.Tx, number id.ID) (Held, error) {
	var h Held
	ranks, sizes, industries := map[int]int{}, map[company.Band]int{}, map[company.Industry]int{}
	err := tx.Each(ctx, `SELECT l.rank, COALESCE(c.size, 0), COALESCE(c.industry, ''), COUNT(*),
		SUM(CASE WHEN l.email <> '' THEN 1 ELSE 0 END)
		FROM `+theirs+` i JOIN lead l ON l.id = i.id LEFT JOIN company c ON c.id = l.company AND l.company <> 0
		WHERE l.gone = '' GROUP BY l.rank, COALESCE(c.size, 0), COALESCE(c.industry, '')`, []any{number},
		func(scan func(...any) error) error {
			var rank, size, n, mailable int
			var words string
			if err := scan(&rank, &size, &words, &n, &mailable); err != nil {
				return err
			}
			band, _ := company.BandOf(size)
			section := company.Industry(words)
			if section.Key() == "" {
				section = ""
			}
			h.Leads, h.Mailable = h.Leads+n, h.Mailable+mailable
			ranks[rank] += n
			sizes[band] += n
			industries[section] += n
			return nil
		})
	if err != nil {
		return h, err
	}
	h.sort(ranks, sizes, industries)
	err = tx.Row(ctx, `SELECT COUNT(*) FROM duplicate d JOIN lead x ON x.id = d.a JOIN lead y ON y.id = d.b
		WHERE d.decided_at = 0 AND x.gone = '' AND y.gone = ''
		AND (d.a IN `+theirs+` OR d.b IN `+theirs+`)`, number).Scan(&h.Duplicates)
	return h, err
}

func (h *Held) sort(ranks map[int]int, sizes map[company.Band]int, industries map[company.Industry]int) {
	h.Ranks, h.Sizes, h.Industries = []RankHeld{}, []SizeHeld{}, []Industry{}
	for rank, n := range ranks {
		h.Ranks = append(h.Ranks, RankHeld{rank, n})
	}
	slices.SortFunc(h.Ranks, func(a, b RankHeld) int { return cmp.Compare(b.Rank, a.Rank) })
	for _, band := range append(slices.Clone(company.Bands), company.Band{}) {
		if n := sizes[band]; n > 0 {
			h.Sizes = append(h.Sizes, SizeHeld{band, n})
		}
	}
	for section, n := range industries {
		h.Industries = append(h.Industries, Industry{section, n})
	}
	slices.SortFunc(h.Industries, func(a, b Industry) int {
		if (a.Industry == "") != (b.Industry == "") {
			return cmp.Compare(b.Industry, a.Industry)
		}
		return cmp.Or(cmp.Compare(b.Leads, a.Leads), cmp.Compare(a.Industry, b.Industry))
	})
}
