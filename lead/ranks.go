package lead

import (
	"context"
	"strings"

	"golang.org/x/text/unicode/norm"

	"kizashi/db"
	"kizashi/setting"
)

// Ranks read the rank from a title: the team's own titles first, then Rank. The zero value has none of
// its own.
type Ranks struct {
	own  map[string]int
	read map[string]reading // titles that were read already: a file repeats few; nil keeps none
}

// reading is what Of says of a title.
type reading struct {
	rank  int
	known bool
}

// ReadRanks reads the team's own titles as they stand.
func ReadRanks(ctx context.Context, tx *db.Tx) (Ranks, error) {
	titles, err := setting.TitleRanks(ctx, tx)
	r := RanksOf(titles)
	r.read = map[string]reading{}
	return r, err
}

// RanksOf makes Ranks; of two spellings of one title the first counts.
func RanksOf(titles setting.Titles) Ranks {
	r := Ranks{own: make(map[string]int, len(titles))}
	for _, t := range titles {
		key := titleKey(t.Title)
		if _, known := r.own[key]; !known && key != "" {
			r.own[key] = t.Rank
		}
	}
	return r
}

// Of is Rank, but for a title that the team has ranked itself, whole or as one of several. Ranks that were
// read by ReadRanks are for one goroutine.
func (r Ranks) Of(title string) (rank int, known bool) {
	if before, ok := r.read[title]; ok {
		return before.rank, before.known
	}
	rank, known = r.of(title)
	if r.read != nil {
		r.read[title] = reading{rank, known}
	}
	return rank, known
}

func (r Ranks) of(title string) (rank int, known bool) {
	if len(r.own) == 0 {
		return Rank(title)
	}
	key := titleKey(title)
	if rank, own := r.own[key]; own {
		return rank, true
	}
	best, rest := -1, []string{}
	for _, part := range strings.FieldsFunc(key, betweenTitles) {
		part = strings.TrimSpace(part)
		if rank, own := r.own[part]; own {
			best = max(best, rank)
		} else {
			rest = append(rest, part)
		}
	}
	if best < 0 || len(rest) == 0 {
		if best >= 0 {
			return best, true
		}
		return Rank(title)
	}
	if rank, known := Rank(strings.Join(rest, "/")); known {
		best = max(best, rank)
	}
	return best, true
}

// titleKey is a title in the one spelling in which titles are compared: any width and case.
func titleKey(title string) string {
	if len(title) > maxTitleBytes {
		title = strings.ToValidUTF8(title[:maxTitleBytes], "")
	}
	s := titleSpelling.Replace(strings.ToLower(norm.NFKC.String(title)))
	return strings.Join(strings.Fields(s), " ")
}
