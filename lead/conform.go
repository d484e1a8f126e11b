package lead

import (
	"context"
	"slices"

	"kizashi/act"
	"kizashi/company"
	"kizashi/db"
	"kizashi/id"
	"kizashi/job"
	"kizashi/setting"
)

// said is what the team has said of everybody: whose addresses are its own, a competitor's or a free
// mailer's, and which rank a title means.
type said struct {
	company.Lists
	ranks Ranks
}

func readSaid(ctx context.Context, tx *db.Tx) (s said, err error) {
	if s.Lists, err = company.ReadLists(ctx, tx); err != nil {
		return s, err
	}
	s.ranks, err = ReadRanks(ctx, tx)
	return s, err
}

// conform gives touched leads what the team has said of such as they are: those that are new, and those
// whose address, company or title is another.
func (b *book) conform(ctx context.Context) error {
	concerned := slices.DeleteFunc(slices.Clone(b.touched), func(l *Lead) bool {
		was := b.before[l.ID]
		return was != nil && was.Email == l.Email && was.Company == l.Company && was.Title == l.Title
	})
	if len(concerned) == 0 {
		return nil
	}
	s, err := readSaid(ctx, b.tx)
	if err != nil {
		return err
	}
	for _, l := range concerned {
		was := b.before[l.ID]
		if was == nil || was.Email != l.Email {
			l.CorporateMail = s.Corporate(company.MailDomain(l.Email))
		}
		if was == nil || was.Title != l.Title {
			l.rank(s.ranks)
		}
		if was == nil || was.Email != l.Email || was.Company != l.Company {
			l.heed(b.asks(l, s.Lists))
		}
	}
	return nil
}

// asks is the exclusion that the lists ask for: our own people, and those of a competitor. Whom a public write
// key alone says to work there is not excluded: a stranger could take anybody off the lists.
func (b *book) asks(l *Lead, lists company.Lists) string {
	c := b.companies[l.Company]
	switch {
	case lists.Own(company.MailDomain(l.Email)):
		return ExcludedOwn
	case l.Company != 0 && c != nil && c.Competitor && l.Known.Of("company").Standing != Claimed:
		return ExcludedCompetitor
	}
	return ""
}

// heed follows what the lists ask, as long as no person has said otherwise: an exclusion by hand stays,
// and who was taken in by hand is not excluded for the same reason again.
func (l *Lead) heed(asked string) {
	switch {
	case asked == l.Listed:
	case l.Excluded != "" && l.Excluded != l.Listed:
		l.Listed = ""
	default:
		l.Excluded, l.Listed = asked, asked
	}
}

// rank reads the rank from the title, unless it was set by hand.
func (l *Lead) rank(ranks Ranks) {
	if !l.RankSet {
		l.Rank, _ = ranks.Of(l.Title)
	}
}

// JobConform is the kind of the job that brings all leads in line with settings that have changed.
const JobConform = "conform"

// obeyed are the settings that say something of every lead.
var obeyed = []string{"own_domains", "competitors", "free_mail", "title_ranks"}

// OnSetting asks for the walk over all leads that a changed setting needs. App registers it as the
// handler of setting.Changed.
func OnSetting(ctx context.Context, tx *db.Tx, changes []setting.Changed) error {
	if !slices.ContainsFunc(changes, func(c setting.Changed) bool { return slices.Contains(obeyed, c.Name) }) {
		return nil
	}
	return job.AddWalk(ctx, tx, job.Spec{Kind: JobConform, Key: JobConform})
}

// Conforming is how far the newest of these walks has come; NotFound if there was none.
func Conforming(ctx context.Context, tx *db.Tx) (job.Status, error) {
	return job.FindWalk(ctx, tx, JobConform)
}

// conformLeads is how many leads one transaction looks at: few enough that the intake does not feel it.
const conformLeads = 250

// ConformJob is the handler of JobConform: first the companies, then all leads in the order of their
// ids. Who changes is folded anew in the same transaction.
func ConformJob(door *act.Door) job.Handler {
	return func(ctx context.Context, run *job.Run) error {
		after, err := placeOf(run)
		if err != nil {
			return err
		}
		total, err := conformRivals(ctx, door, after == 0)
		if err != nil {
			return err
		}
		for n := conformLeads; n == conformLeads; {
			err := door.Write(ctx, func(tx *db.Tx) (err error) {
				var last id.ID
				if last, n, err = conformAfter(ctx, tx, after); err != nil || n == 0 {
					return err
				}
				done := run.Done + int64(n)
				tx.After(func() { after = last })
				return run.SetProgress(ctx, tx, last.String(), done, max(total, done))
			})
			if err != nil {
				return err
			}
		}
		return nil
	}
}

func placeOf(run *job.Run) (id.ID, error) {
	if run.Place == "" {
		return 0, nil
	}
	after, err := id.Parse(run.Place)
	if err != nil {
		err = job.Final(err)
	}
	return after, err
}

// conformRivals marks and unmarks companies, whose people follow them, and counts the leads.
func conformRivals(ctx context.Context, door *act.Door, begins bool) (total int64, err error) {
	for n := 1; begins && n > 0; {
		err := door.Write(ctx, func(tx *db.Tx) error {
			lists, err := company.ReadLists(ctx, tx)
			if err == nil {
				n, err = company.FollowRivals(ctx, tx, lists)
			}
			return err
		})
		if err != nil {
			return 0, err
		}
	}
	err = door.DB.Read(ctx, func(tx *db.Tx) error {
		return tx.Row(ctx, `SELECT COUNT(*) FROM lead WHERE gone = ''`).Scan(&total)
	})
	return total, err
}

// conformAfter brings the leads after one in line; it gives the last of them, and how many they are.
func conformAfter(ctx context.Context, tx *db.Tx, after id.ID) (last id.ID, n int, err error) {
	ids, err := idsOf(ctx, tx, `SELECT id FROM lead WHERE gone = '' AND id > $1 ORDER BY id LIMIT $2`, after, conformLeads)
	if n = len(ids); err != nil || n == 0 {
		return 0, n, err
	}
	s, err := readSaid(ctx, tx)
	if err != nil {
		return 0, n, err
	}
	works, err := employers(ctx, tx, ids, s)
	if err != nil {
		return 0, n, err
	}
	b := newBook(tx)
	if err := b.readLeads(ctx, ids); err != nil {
		return 0, n, err
	}
	for _, number := range ids {
		if l := b.leads[number]; l.Gone == "" {
			b.touch(l)
		}
	}
	if err := b.readCompanies(ctx); err != nil {
		return 0, n, err
	}
	for _, l := range b.touched {
		b.obey(l, s, works[l.ID])
	}
	return ids[n-1], n, b.write(ctx)
}

// employers finds the companies of leads whose address has become a company's own: it was on the list
// of free mailers. They are found before the leads are locked, as in every other piece of work.
func employers(ctx context.Context, tx *db.Tx, ids []id.ID, s said) (map[id.ID]*company.Company, error) {
	leads, err := ByIDs(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	var who []id.ID
	var descriptions []company.Fields
	for _, number := range ids {
		l := leads[number]
		if l != nil && l.Company == 0 && !l.CorporateMail && s.Corporate(company.MailDomain(l.Email)) {
			who, descriptions = append(who, number), append(descriptions, company.Fields{Mail: l.Email})
		}
	}
	works := map[id.ID]*company.Company{}
	if len(who) == 0 {
		return works, nil
	}
	found, err := company.EnsureMany(ctx, tx, descriptions, false)
	for i, c := range found {
		if c != nil {
			works[who[i]] = c
		}
	}
	return works, err
}

// obey brings one lead in line. Who was known to work somewhere by the address alone does so no more
// when the address tells nothing; what is known of a company by its name stays.
func (b *book) obey(l *Lead, s said, works *company.Company) {
	was := l.clone()
	l.CorporateMail = s.Corporate(company.MailDomain(l.Email))
	c := b.companies[l.Company]
	switch {
	case was.CorporateMail && !l.CorporateMail && c != nil && c.Nameless() && c.Domain == company.Registrable(company.MailDomain(l.Email)):
		l.Company = 0
	case works != nil && l.Company == 0:
		l.Company, b.companies[works.ID] = works.ID, works
	}
	l.rank(s.ranks)
	l.heed(b.asks(l, s.Lists))
	if !difference(was, l).empty() {
		l.UpdatedAt = b.tx.Now
	}
}

var _ = job.Stoppable(JobConform)
