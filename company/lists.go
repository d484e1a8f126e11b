package company

import (
	"context"
	"slices"
	"strings"

	"kizashi/db"
	"kizashi/setting"
)

// Lists are the mail domains that the team has named, each list sorted: its own, its competitors', and
// free mailers besides the built-in ones. The zero value has none.
type Lists struct{ own, rivals, free []string }

// ReadLists reads them as they stand.
func ReadLists(ctx context.Context, tx *db.Tx) (l Lists, err error) {
	if l.own, err = setting.OwnDomains(ctx, tx); err != nil {
		return l, err
	}
	if l.rivals, err = setting.Competitors(ctx, tx); err != nil {
		return l, err
	}
	l.free, err = setting.FreeMail(ctx, tx)
	return l, err
}

// MailKind is MailKindOf with the free mailers that the team has added.
func (l Lists) MailKind(domain string) MailKind {
	kind := MailKindOf(domain)
	if kind == CorporateMail && covers(l.free, domain) {
		return FreeMail
	}
	return kind
}

// Corporate tells whether a clean domain belongs to one company, as far as the lists know.
func (l Lists) Corporate(domain string) bool { return l.MailKind(domain) == CorporateMail }

// Own tells whether the people of a clean mail domain are our own. A free mailer is nobody's own,
// whatever the list says: it would leave out strangers.
func (l Lists) Own(domain string) bool { return covers(l.own, domain) && l.Corporate(domain) }

// Rival tells whether the company of a registrable domain is a competitor. A listed part of the
// domain means the company.
func (l Lists) Rival(domain string) bool {
	if domain == "" || len(l.rivals) == 0 || !l.Corporate(domain) {
		return false
	}
	_, listed := slices.BinarySearch(l.rivals, domain)
	return listed || slices.ContainsFunc(l.rivals, func(d string) bool { return strings.HasSuffix(d, "."+domain) })
}

// covers tells whether a sorted list has a domain or one above it, up to the registrable one.
func covers(list []string, domain string) bool {
	if len(list) == 0 || domain == "" {
		return false
	}
	top := Registrable(domain)
	for d := domain; top != "" && len(d) >= len(top); {
		if _, listed := slices.BinarySearch(list, d); listed {
			return true
		}
		_, d, _ = strings.Cut(d, ".")
	}
	return false
}

// Ignored are those of some listed domains that no list can obey, because many companies share them.
func (l Lists) Ignored(list []string) (ignored []string) {
	for _, d := range list {
		if !l.Corporate(d) {
			ignored = append(ignored, d)
		}
	}
	return ignored
}

// Retarget keeps the target industries where rules find them, as the setting says.
func Retarget(ctx context.Context, tx *db.Tx) error {
	codes, err := setting.TargetIndustries(ctx, tx)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM target_industry`); err != nil {
		return err
	}
	rows := make([][]any, len(codes))
	for i, code := range codes {
		rows[i] = []any{code}
	}
	return tx.Many(ctx, `INSERT INTO target_industry (code) VALUES ($1)`, rows)
}

// domainOf is the mail domain that only this company has, from what was said of its domain, its
// people's mail or its site, in this order; "" for none.
func (l Lists) domainOf(f Fields) string {
	for _, host := range []string{f.Domain, f.Mail, hostOf(f.URL)} {
		if host == "" {
			continue
		}
		if d := Registrable(CleanDomain(host)); d != "" && l.Corporate(d) {
			return d
		}
	}
	return ""
}

// heed marks a company that got a competitor's domain, and tells whether that changed it. One that a
// person has marked or unmarked stays as it is.
func (c *Company) heed(lists Lists, domain string) bool {
	if c.Competitor || c.Listed || !lists.Rival(domain) {
		return false
	}
	c.Competitor, c.Listed = true, true
	return true
}

// rivalsAtOnce is how many companies FollowRivals marks, and how many it unmarks: their people follow
// in the same transaction.
const rivalsAtOnce = 20

// FollowRivals marks companies whose domain has come to the list of competitors, and unmarks those
// that only the list had marked. It gives how many it changed; 0 when none is left.
func FollowRivals(ctx context.Context, tx *db.Tx, lists Lists) (int, error) {
	in, arg := tx.InTexts("$1", lists.rivalDomains())
	fresh, err := ids(ctx, tx, `SELECT DISTINCT c.id FROM company_domain d JOIN company c ON c.id = d.company
		WHERE d.domain`+in+` AND c.competitor = 0 AND c.listed = 0 AND c.merged_into = 0 ORDER BY c.id LIMIT $2`, arg, rivalsAtOnce)
	if err != nil {
		return 0, err
	}
	former, err := ids(ctx, tx, `SELECT c.id FROM company c WHERE c.listed = 1 AND c.merged_into = 0
		AND NOT EXISTS (SELECT 1 FROM company_domain d WHERE d.company = c.id AND d.domain`+in+`) ORDER BY c.id LIMIT $2`, arg, rivalsAtOnce)
	if err != nil {
		return 0, err
	}
	touched := slices.Concat(fresh, former)
	slices.Sort(touched) // the order in which everybody locks
	companies, err := ByIDs(ctx, tx, touched)
	if err != nil {
		return 0, err
	}
	var rows [][]any
	for _, number := range touched {
		c := companies[number]
		was := c.Competitor
		c.Competitor, c.Listed, c.UpdatedAt = !c.Listed, !c.Listed, tx.Now
		rows = append(rows, c.values())
		tx.Post(Changed{Company: c.ID, Competitor: c.Competitor != was})
	}
	return len(rows), tx.Many(ctx, update, rows)
}

// rivalDomains are the registrable domains of the competitors.
func (l Lists) rivalDomains() []string {
	domains := []string{}
	for _, d := range l.rivals {
		if d = Registrable(d); d != "" && l.Corporate(d) {
			domains = append(domains, d)
		}
	}
	return domains
}
