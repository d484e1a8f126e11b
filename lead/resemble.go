package lead

import (
	"context"
	"slices"
	"strings"

	"kizashi/db"
	"kizashi/id"
)

// Resemblance is a lead that somebody may be who is about to be entered.
type Resemblance struct {
	Lead *Lead
	Same bool   // it is the same person for sure: what is entered goes to this lead
	Why  string // WhyIdentity, WhyMobile, WhyName
}

// Resembling finds the leads that the person of some fields may be: those with the mail address, with a
// number, or with exactly the name; limit at most.
func Resembling(ctx context.Context, tx *db.Tx, f Fields, limit int) ([]Resemblance, error) {
	p := normalise(&f)
	var list []Resemblance
	var ids []id.ID
	find := func(why, query string, args ...any) error {
		found, err := idsOf(ctx, tx, query, args...)
		for _, one := range found {
			if !slices.Contains(ids, one) && len(ids) < limit {
				ids = append(ids, one)
				list = append(list, Resemblance{Same: why == WhyIdentity, Why: why})
			}
		}
		return err
	}
	for _, m := range p.marks {
		err := find(WhyIdentity, `SELECT lead FROM identity WHERE kind = $1 AND value = $2 AND lead <> 0`, m.Kind, m.Value)
		if err != nil {
			return nil, err
		}
	}
	if len(p.phones) > 0 {
		in, arg := tx.InTexts("$1", p.phones)
		err := find(WhyMobile, `SELECT DISTINCT n.lead FROM lead_phone n JOIN lead l ON l.id = n.lead
			WHERE n.phone`+in+` AND l.gone = '' ORDER BY n.lead LIMIT $2`, arg, limit)
		if err != nil {
			return nil, err
		}
	}
	if p.Name != "" {
		in, arg := tx.InTexts("$1", writings(p.Name))
		err := find(WhyName, `SELECT id FROM lead WHERE name`+in+` AND gone = '' ORDER BY id LIMIT $2`, arg, limit)
		if err != nil {
			return nil, err
		}
	}
	leads, err := ByIDs(ctx, tx, ids)
	for i, one := range ids {
		list[i].Lead = leads[one]
	}
	return slices.DeleteFunc(list, func(r Resemblance) bool { return r.Lead == nil || r.Lead.Gone != "" }), err
}

// maxSplit is up to how many characters a name is tried with a space at each place, as most Japanese names.
const maxSplit = 8

// writings are a name as it may be written: with and without the space between family and given name.
func writings(name string) []string {
	whole := strings.ReplaceAll(name, " ", "")
	list := []string{name, whole}
	runes := []rune(whole)
	for i := 1; i < len(runes) && len(runes) <= maxSplit; i++ {
		list = append(list, string(runes[:i])+" "+string(runes[i:]))
	}
	return list
}
