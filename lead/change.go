package lead

import (
	"context"
	"slices"

	"kizashi/act"
	"kizashi/company"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

// workers may change leads.
func workers(who act.Who) bool { return act.Work.Holds(who) }

// Create makes a lead, or completes the one that is meant.
type Create struct {
	Fields
	Result Result `json:"-"`
}

// Name is the command in the audit log.
func (c *Create) Name() string { return "lead.create" }

// Allow lets those create who work with leads.
func (c *Create) Allow(who act.Who) bool { return workers(who) }

// Check refuses somebody without a name, address and number, and what cannot be read.
func (c *Create) Check() error {
	p := normalise(&c.Fields)
	var wrong fault.Many
	if p.Name == "" && len(p.marks) == 0 && len(p.phones) == 0 {
		wrong = append(wrong, fault.New(fault.Invalid, "lead.nobody", nil))
	}
	wrong = appendFault(wrong, "email", mailFault(c.Email))
	if !Legible("phone", c.Phone) {
		wrong = append(wrong, badPhone(c.Phone).At("phone"))
	}
	if !Legible("mobile", c.Mobile) {
		wrong = append(wrong, badPhone(c.Mobile).At("mobile"))
	}
	_, err := company.ParseNumber(c.Company.Number)
	wrong = appendFault(wrong, "company.number", err)
	return wrong.OrNil()
}

func badPhone(number string) *fault.Error {
	return fault.New(fault.Invalid, "lead.bad_phone", fault.Args{"phone": clip(number)})
}

func mailFault(address string) error {
	_, err := ParseMail(address)
	return err
}

// appendFault adds an error with words, if it is one, and says which field it is about.
func appendFault(wrong fault.Many, path string, err error) fault.Many {
	if f, ok := err.(*fault.Error); ok {
		return append(wrong, f.At(path))
	}
	return wrong
}

// Do brings the person in.
func (c *Create) Do(ctx context.Context, tx *db.Tx) error {
	var err error
	c.Result, err = Upsert(ctx, tx, c.Fields, Options{Source: Source{Standing: Typed, At: tx.Now}})
	return err
}

// Target is the lead.
func (c *Create) Target() id.ID { return c.Result.Lead }

// Change sets what is given of a lead and leaves the rest; "" empties a field.
type Change struct {
	ID   id.ID  `json:"id"`
	Seen *int64 `json:"seen,omitempty"` // updated_at of what the person saw: a change since then is a conflict

	FullName   *string `json:"name,omitempty"`
	LastName   *string `json:"last_name,omitempty"`
	FirstName  *string `json:"first_name,omitempty"`
	Kana       *string `json:"kana,omitempty"`
	Email      *string `json:"email,omitempty"` // the former one stays as a further one; "" removes it
	Phone      *string `json:"phone,omitempty"`
	Mobile     *string `json:"mobile,omitempty"`
	Department *string `json:"department,omitempty"`
	Title      *string `json:"title,omitempty"`
	Rank       *int    `json:"rank,omitempty"` // by hand; else the title tells it
	Postal     *string `json:"postal,omitempty"`
	Prefecture *string `json:"prefecture,omitempty"`
	Address    *string `json:"address,omitempty"`
	Source     *string `json:"source,omitempty"`
	Status     *string `json:"status,omitempty"`
	Owner      *id.ID  `json:"owner,omitempty"`
	Excluded   *string `json:"excluded,omitempty"`
	WakeAt     *int64  `json:"wake_at,omitempty"` // ms UTC

	Company *company.Fields   `json:"company,omitempty"` // found or made; without a name, number and domain: none
	Tags    *[]string         `json:"tags,omitempty"`    // all of them
	Props   map[string]string `json:"props,omitempty"`   // one by one; "" removes

	act.Recorded
	Was  *undo `json:"was,omitempty"` // what it did, to take it back; set by Do
	news undo
}

// Name is the command in the audit log.
func (c *Change) Name() string { return "lead.change" }

// Allow lets those change who work with leads.
func (c *Change) Allow(who act.Who) bool { return workers(who) }

// Target is the lead.
func (c *Change) Target() id.ID { return c.ID }

// Check refuses what cannot be read and what is out of range.
func (c *Change) Check() error {
	var wrong fault.Many
	refuse := func(path, key string, args fault.Args) {
		wrong = append(wrong, fault.New(fault.Invalid, key, args).At(path))
	}
	if c.Email != nil {
		wrong = appendFault(wrong, "email", mailFault(*c.Email))
	}
	for _, n := range []struct {
		path string
		text *string
	}{{"phone", c.Phone}, {"mobile", c.Mobile}} {
		if n.text != nil && !Legible("phone", *n.text) {
			wrong = append(wrong, badPhone(*n.text).At(n.path))
		}
	}
	if c.Rank != nil && (*c.Rank < 0 || *c.Rank > 8) {
		refuse("rank", "lead.rank_range", nil)
	}
	if c.Status != nil && !slices.Contains(Statuses, *c.Status) {
		refuse("status", "lead.bad_status", fault.Args{"status": clip(*c.Status)})
	}
	if c.Excluded != nil && *c.Excluded != "" && !slices.Contains(Exclusions, *c.Excluded) {
		refuse("excluded", "lead.bad_exclusion", fault.Args{"excluded": clip(*c.Excluded)})
	}
	if c.WakeAt != nil && *c.WakeAt < 0 {
		refuse("wake_at", "lead.bad_time", nil)
	}
	return wrong.OrNil()
}

// Do changes the lead.
func (c *Change) Do(ctx context.Context, tx *db.Tx) error {
	b := newBook(tx)
	mail := ""
	if c.Email != nil {
		if mail = mailKey(*c.Email); mail != "" {
			if err := b.know(ctx, []Identity{{Mail, mail}}); err != nil {
				return err
			}
		}
	}
	l, err := b.change(ctx, c.ID)
	if err != nil {
		return err
	}
	if c.Seen != nil && *c.Seen != l.UpdatedAt {
		return fault.New(fault.Conflict, "fault.conflict", nil)
	}
	if err := c.setMail(ctx, b, l, mail); err != nil {
		return err
	}
	if err := c.setCompany(ctx, b, l); err != nil {
		return err
	}
	c.apply(b, l)
	if err := c.applyPhones(ctx, b, l); err != nil {
		return err
	}
	l.typed(b.before[l.ID], tx.Now)
	if c.news.Diff = difference(b.before[l.ID], l); !c.news.Diff.empty() {
		c.Was, l.UpdatedAt = &c.news, tx.Now
	}
	return b.write(ctx)
}

// change reads a lead, which must be there, to change it.
func (b *book) change(ctx context.Context, number id.ID) (*Lead, error) {
	if err := b.readLeads(ctx, []id.ID{number}); err != nil {
		return nil, err
	}
	if err := b.there(number); err != nil {
		return nil, err
	}
	l := b.leads[number]
	b.touch(l)
	return l, nil
}

func (c *Change) setMail(ctx context.Context, b *book, l *Lead, mail string) error {
	if c.Email == nil || mail == l.Email {
		return nil
	}
	if mail == "" {
		_, err := b.tx.Exec(ctx, `UPDATE identity SET lead = 0, via = 0 WHERE kind = $1 AND value = $2 AND lead = $3`,
			Mail, l.Email, l.ID)
		l.Email, l.CorporateMail = "", false
		return err
	}
	i := b.identities[Identity{Mail, mail}]
	if i.lead != 0 && i.lead != l.ID {
		return fault.New(fault.Conflict, "lead.mail_taken", fault.Args{"email": mail, "lead": i.lead}).At("email")
	}
	if i.lead == 0 {
		c.news.Identities = []id.ID{i.id}
	}
	b.tie(i, l.ID, 0)
	i.stands, i.dirty = Typed, true
	l.Email, l.CorporateMail = mail, company.Corporate(company.MailDomain(mail))
	return nil
}

func (c *Change) setCompany(ctx context.Context, b *book, l *Lead) error {
	if c.Company == nil {
		return nil
	}
	found, err := company.Ensure(ctx, b.tx, *c.Company)
	if err != nil || found == nil {
		l.Company = 0
		return err
	}
	l.Company, b.companies[found.ID] = found.ID, found
	return nil
}

func (c *Change) apply(b *book, l *Lead) {
	set := func(to, from *string) {
		if from != nil {
			*to = company.Tidy(*from)
		}
	}
	set(&l.Name, c.FullName)
	if c.FullName != nil {
		l.LastName, l.FirstName = SplitName(l.Name)
	}
	set(&l.LastName, c.LastName)
	set(&l.FirstName, c.FirstName)
	set(&l.Kana, c.Kana)
	set(&l.Department, c.Department)
	set(&l.Title, c.Title)
	if c.Title != nil {
		l.RankSet = false
	}
	if c.Rank != nil {
		l.Rank, l.RankSet = *c.Rank, true
	}
	set(&l.Prefecture, c.Prefecture)
	set(&l.Address, c.Address)
	set(&l.Source, c.Source)
	set(&l.Status, c.Status)
	set(&l.Excluded, c.Excluded)
	if c.Postal != nil {
		l.Postal = Postal(*c.Postal)
	}
	if c.Owner != nil {
		l.Owner = *c.Owner
	}
	if c.WakeAt != nil {
		l.WakeAt = *c.WakeAt
	}
	if c.Tags != nil {
		l.Tags = tidyTags(*c.Tags)
	}
	for name, value := range c.Props {
		l.setProp(company.Tidy(name), company.Tidy(value))
	}
}

func (c *Change) applyPhones(ctx context.Context, b *book, l *Lead) error {
	for _, n := range []struct{ to, from *string }{{&l.Phone, c.Phone}, {&l.Mobile, c.Mobile}} {
		if n.from == nil {
			continue
		}
		number, _ := ParsePhone(*n.from)
		if *n.to = number.Number; number.Number == "" {
			continue
		}
		var known int
		err := b.tx.Row(ctx, `SELECT COUNT(*) FROM lead_phone WHERE phone = $1 AND lead = $2`, number.Number, l.ID).Scan(&known)
		if err != nil {
			return err
		}
		if known == 0 {
			c.news.Phones = append(c.news.Phones, number.Number)
		}
		b.phones = append(b.phones, []any{number.Number, int64(l.ID)})
	}
	return nil
}

// Delete takes a lead away. Its history stays, and Restore brings it back.
type Delete struct {
	ID id.ID `json:"id"`
}

// Name is the command in the audit log.
func (c *Delete) Name() string { return "lead.delete" }

// Allow lets marketing delete.
func (c *Delete) Allow(who act.Who) bool { return act.Market.Holds(who) }

// Check has nothing to check without the database.
func (c *Delete) Check() error { return nil }

// Target is the lead.
func (c *Delete) Target() id.ID { return c.ID }

// Do deletes.
func (c *Delete) Do(ctx context.Context, tx *db.Tx) error {
	b := newBook(tx)
	l, err := b.change(ctx, c.ID)
	if err != nil {
		return err
	}
	l.Gone, l.UpdatedAt = GoneDeleted, tx.Now
	return b.write(ctx)
}

// Restore brings a deleted lead back.
type Restore struct {
	ID id.ID `json:"id"`
}

// Name is the command in the audit log.
func (c *Restore) Name() string { return "lead.restore" }

// Allow lets those restore who may delete.
func (c *Restore) Allow(who act.Who) bool { return act.Market.Holds(who) }

// Check has nothing to check without the database.
func (c *Restore) Check() error { return nil }

// Target is the lead.
func (c *Restore) Target() id.ID { return c.ID }

// Do restores; a lead that is there stays as it is.
func (c *Restore) Do(ctx context.Context, tx *db.Tx) error {
	b := newBook(tx)
	if err := b.readLeads(ctx, []id.ID{c.ID}); err != nil {
		return err
	}
	l := b.leads[c.ID]
	if l == nil || l.Gone == GoneMerged || l.Gone == GoneErased {
		return b.there(c.ID)
	}
	if l.Gone == GoneDeleted {
		b.touch(l)
		l.Gone, l.UpdatedAt = "", tx.Now
	}
	return b.write(ctx)
}
