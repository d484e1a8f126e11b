package company

import (
	"context"
	"strings"

	"kizashi/db"
	"kizashi/id"
)

// Ensure finds the company that a description means, or makes it, and completes what is unknown of
// it. It returns nil if the description says nothing to know a company by.
func Ensure(ctx context.Context, tx *db.Tx, f Fields) (*Company, error) {
	many, err := EnsureMany(ctx, tx, []Fields{f}, false)
	if err != nil {
		return nil, err
	}
	return many[0], nil
}

// EnsureMany is Ensure for many descriptions at once, in their order: the second may mean the
// company that the first has made. With overwrite, what they say replaces what is known, but for name,
// number and domain: by these a company is recognised.
func EnsureMany(ctx context.Context, tx *db.Tx, descriptions []Fields, overwrite bool) ([]*Company, error) {
	lists, err := ReadLists(ctx, tx)
	if err != nil {
		return nil, err
	}
	list := make([]*asked, len(descriptions))
	same, known := map[Fields]*asked{}, industries{} // colleagues describe one company alike
	for i, f := range descriptions {
		f.Mail = MailDomain(f.Mail)
		if same[f] == nil {
			same[f] = normalise(f, lists, known)
		}
		list[i] = same[f]
	}
	b, err := load(ctx, tx, list)
	if err != nil {
		return nil, err
	}
	if tx.Engine() == db.Postgres && b.lacks(list) {
		// Two transactions must not both make the company that each of them misses.
		if _, err := tx.Exec(ctx, `{postgres:SELECT pg_advisory_xact_lock(7205312)}`); err != nil {
			return nil, err
		}
		if b, err = load(ctx, tx, list); err != nil {
			return nil, err
		}
	}
	b.overwrite, b.lists = overwrite, lists
	found := make([]*Company, len(list))
	for i, a := range list {
		found[i] = b.ensure(tx, a)
	}
	return found, b.write(ctx, tx)
}

// book is all that the descriptions of one call may mean.
type book struct {
	byNumber, byDomain map[string]*Company
	byKey              map[string][]*Company // oldest first
	byID               map[id.ID]*Company
	made               map[*Company]bool
	before             map[*Company]*Company // those that were filled, as they were
	lists              Lists
	overwrite          bool
	order              []*Company // made or filled, in the order of it
	domains            [][]any
	learned            map[*Company][]string // domains that came to companies that were there
}

func load(ctx context.Context, tx *db.Tx, list []*asked) (*book, error) {
	b := &book{
		byNumber: map[string]*Company{}, byDomain: map[string]*Company{}, byKey: map[string][]*Company{},
		byID: map[id.ID]*Company{}, made: map[*Company]bool{}, before: map[*Company]*Company{}, learned: map[*Company][]string{},
	}
	numbers := distinct(list, func(a *asked) string { return a.Number })
	keys := distinct(list, func(a *asked) string { return a.Key })
	domains := distinct(list, func(a *asked) string { return a.Domain })
	if err := b.read(ctx, tx, `c.number <> '' AND c.number`, numbers); err != nil {
		return nil, err
	}
	if err := b.read(ctx, tx, `c.key`, keys); err != nil {
		return nil, err
	}
	if err := b.readDomains(ctx, tx, domains); err != nil {
		return nil, err
	}
	return b, b.readMerged(ctx, tx)
}

func distinct(list []*asked, of func(*asked) string) []string {
	var texts []string
	have := map[string]bool{"": true}
	for _, a := range list {
		if s := of(a); !have[s] {
			have[s] = true
			texts = append(texts, s)
		}
	}
	return texts
}

func (b *book) read(ctx context.Context, tx *db.Tx, where string, texts []string) error {
	if len(texts) == 0 {
		return nil
	}
	in, arg := tx.InTexts("$1", texts)
	return tx.Each(ctx, `SELECT `+columns+` FROM company c WHERE `+where+in+` ORDER BY c.id`, []any{arg},
		func(scan func(...any) error) error {
			c := &Company{}
			if err := scan(c.places()...); err != nil {
				return err
			}
			b.keep(c)
			return nil
		})
}

func (b *book) readDomains(ctx context.Context, tx *db.Tx, domains []string) error {
	if len(domains) == 0 {
		return nil
	}
	in, arg := tx.InTexts("$1", domains)
	return tx.Each(ctx, `SELECT d.domain, `+columns+` FROM company_domain d JOIN company c ON c.id = d.company
		WHERE d.domain`+in, []any{arg},
		func(scan func(...any) error) error {
			var domain string
			c := &Company{}
			if err := scan(append([]any{&domain}, c.places()...)...); err != nil {
				return err
			}
			b.byDomain[domain] = b.keep(c)
			return nil
		})
}

// keep remembers a company that was read, once, under all that it is found by.
func (b *book) keep(c *Company) *Company {
	if known := b.byID[c.ID]; known != nil {
		return known
	}
	b.byID[c.ID] = c
	if c.Number != "" && b.byNumber[c.Number] == nil {
		b.byNumber[c.Number] = c
	}
	if c.Key != "" {
		b.byKey[c.Key] = append(b.byKey[c.Key], c)
	}
	return c
}

// readMerged reads what companies that were merged away are now.
func (b *book) readMerged(ctx context.Context, tx *db.Tx) error {
	for {
		var missing []id.ID
		for _, c := range b.byID {
			if c.MergedInto != 0 && b.byID[c.MergedInto] == nil {
				missing = append(missing, c.MergedInto)
			}
		}
		if len(missing) == 0 {
			return nil
		}
		found, err := ByIDs(ctx, tx, missing)
		if err != nil || len(found) == 0 {
			return err
		}
		for _, c := range found {
			b.keep(c)
		}
	}
}

func (b *book) lacks(list []*asked) bool {
	for _, a := range list {
		if !a.empty() && b.match(a) == nil {
			return true
		}
	}
	return false
}

func (a *asked) empty() bool { return a.Name == "" && a.Number == "" && a.Domain == "" }

// match is the company that a description means, by the strongest sign: number, mail domain with a
// similar name, name with telephone or address, and the very same spelling where nothing speaks
// against it. Names that are only alike are for people to decide.
func (b *book) match(a *asked) *Company {
	c := b.find(a)
	for c != nil && c.MergedInto != 0 {
		c = b.byID[c.MergedInto]
	}
	return c
}

// find is match among all companies, those that were merged away too: their names still mean them.
func (b *book) find(a *asked) *Company {
	if a.Number != "" {
		if c := b.byNumber[a.Number]; c != nil {
			return c
		}
	}
	if c := b.byDomain[a.Domain]; c != nil && !differ(c.Number, a.Number) {
		if a.Name == "" || c.Nameless() || similar(c.Key, a.Key) {
			return c
		}
	}
	for _, c := range b.byKey[a.Key] {
		if !differ(c.Number, a.Number) && c.samePlace(a) {
			return c
		}
	}
	for _, c := range b.byKey[a.Key] {
		if Display(c.Name) == Display(a.Name) && !c.contradicts(a, b.byDomain) {
			return c
		}
	}
	return nil
}

func differ(a, b string) bool { return a != "" && b != "" && a != b }

func (b *book) ensure(tx *db.Tx, a *asked) *Company {
	if a.empty() {
		return nil
	}
	c := b.match(a)
	owned := a.Domain != "" && b.byDomain[a.Domain] != nil
	if c == nil {
		c = b.make(tx, a, owned)
	} else {
		b.complete(tx, c, a, owned)
	}
	if a.Domain != "" && !owned && (!a.Unproven || c.Unproven) { // a stranger gives nobody's company a domain
		b.byDomain[a.Domain] = c
		b.domains = append(b.domains, []any{a.Domain, int64(c.ID)})
		if !b.made[c] {
			b.remember(c, c)
			b.learned[c] = append(b.learned[c], a.Domain)
		}
		if c.heed(b.lists, a.Domain) {
			c.UpdatedAt = tx.Now
		}
	}
	return c
}

func (b *book) make(tx *db.Tx, a *asked, owned bool) *Company {
	c := a.Company
	if owned {
		c.Domain = ""
	}
	if c.Name == "" && c.Domain != "" {
		c.Name = c.Domain
	}
	if c.Name == "" {
		c.Name = c.Number
	}
	c.ID, c.CreatedAt, c.UpdatedAt = tx.NewID(), tx.Now, tx.Now
	b.made[&c] = true
	b.order = append(b.order, &c)
	return b.keep(&c)
}

func (b *book) complete(tx *db.Tx, c *Company, a *asked, owned bool) {
	more := *a
	if owned {
		more.Domain = ""
	}
	had := *c
	if !c.fill(&more, b.overwrite) {
		return
	}
	if c.Name != had.Name {
		b.byKey[c.Key] = append(b.byKey[c.Key], c)
	}
	if c.Number != "" {
		b.byNumber[c.Number] = c
	}
	c.UpdatedAt = tx.Now
	b.remember(c, &had)
}

// remember keeps what a company was before its first change, so that the change can be told and taken back.
func (b *book) remember(c, was *Company) {
	if b.made[c] || b.before[c] != nil {
		return
	}
	had := *was
	b.before[c] = &had
	b.order = append(b.order, c)
}

func (b *book) write(ctx context.Context, tx *db.Tx) error {
	var inserts, updates [][]any
	var fresh, named []*Company
	for _, c := range b.order {
		if b.made[c] {
			inserts, fresh = append(inserts, c.values()), append(fresh, c)
			continue
		}
		was := b.before[c]
		if c.Key != was.Key {
			named = append(named, c)
		}
		if *c != *was {
			updates = append(updates, c.values())
		}
		tx.Post(Changed{
			Company: c.ID, Renamed: c.Name != was.Name, Competitor: c.Competitor != was.Competitor,
			Domains: *c == *was, Undo: undoOf(was, c, b.learned[c]),
		})
	}
	if err := tx.Many(ctx, insert, inserts); err != nil {
		return err
	}
	if err := tx.Many(ctx, update, updates); err != nil {
		return err
	}
	if err := index(ctx, tx, indexNew, fresh); err != nil {
		return err
	}
	if err := index(ctx, tx, indexName, named); err != nil {
		return err
	}
	return tx.Many(ctx, `INSERT INTO company_domain (domain, company) VALUES ($1, $2) ON CONFLICT DO NOTHING`, b.domains)
}

// similar tells whether two keys of companies with one mail domain may name one company: one holds
// the other, they share most of their letters, or they are written in different scripts.
func similar(a, b string) bool {
	if a == "" || b == "" || strings.Contains(a, b) || strings.Contains(b, a) || latin(a) != latin(b) {
		return true
	}
	return alike(a, b) >= 0.6
}

func latin(key string) bool {
	for _, r := range key {
		if r > 0x24f {
			return false
		}
	}
	return true
}

// alike is the share of two texts' bigrams that both have, 0–1 (Dice's coefficient).
func alike(a, b string) float64 {
	x, y := bigrams(a), bigrams(b)
	both := 0
	for g, n := range x {
		both += min(n, y[g])
	}
	total := len([]rune(a)) + len([]rune(b)) - 2
	if total <= 0 {
		return 0
	}
	return 2 * float64(both) / float64(total)
}

func bigrams(s string) map[[2]rune]int {
	grams := map[[2]rune]int{}
	var last rune
	for i, r := range s {
		if i > 0 {
			grams[[2]rune{last, r}]++
		}
		last = r
	}
	return grams
}
