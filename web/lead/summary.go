package lead

import (
	"context"
	"slices"
	"time"

	"kizashi/act"
	"kizashi/company"
	"kizashi/db"
	"kizashi/fold"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/member"
	"kizashi/page"
	"kizashi/report"
	"kizashi/setting"
	"kizashi/stage"
	"kizashi/task"
)

// summary is who somebody is, why and how to contact them, and what comes next: the panel beside the
// Today list, and the top of the page.
type summary struct {
	Now      int64
	Lead     *lead.Lead
	Name     string
	RankKey  string // words of the rank of the title
	Company  *company.Company
	Phones   []number
	Item     report.TodayItem
	Turn     act.Role // whose turn it is; "" nobody's
	Owner    string   // "" = nobody
	Steps    []milestone
	Offer    *offer
	Answer   int // business minutes in which a hot lead is answered
	BANT     []heard
	Score    breakdown
	Next     *task.Task
	NextLate bool
	NextFor  string // whose step it is
	Others   []*task.Task
	Moves    []string // stages that the person may well move the lead to, the next one first
	people   people
}

// number is a telephone number as it is dialled and as it is read, and the field that holds it.
type number struct{ Digits, Shown, Field string }

// milestone is a stage on the way, as the stepper shows it.
type milestone struct {
	Stage string
	State string // past, here, ahead
}

// offer is a hand-over that somebody is to answer, or that can be returned.
type offer struct {
	*stage.Handover
	Waits bool // nobody has answered yet
	Late  bool
	Left  int64 // minutes of open time
}

// maxSteps bounds the next steps on one page.
const maxSteps = 20

// people are the names of accounts and keys.
type people struct {
	names  map[id.ID]string
	owners []member.Account // whom a lead or a step can be given
}

func findPeople(ctx context.Context, tx *db.Tx) (people, error) {
	p := people{names: map[id.ID]string{}}
	accounts, err := member.Accounts(ctx, tx)
	if err != nil {
		return p, err
	}
	for _, a := range accounts {
		p.names[a.ID] = a.Name
		if a.MayOwn() {
			p.owners = append(p.owners, a)
		}
	}
	keys, err := member.Keys(ctx, tx)
	for _, k := range keys {
		p.names[k.ID] = k.Name
	}
	return p, err
}

// summarise reads the summary of a lead that is there, with the explanation of its numbers.
func summarise(ctx context.Context, tx *db.Tx, r *page.Request, l *lead.Lead) (s summary, x *fold.Explained, err error) {
	s = summary{Now: tx.Now, Lead: l, Name: l.Called(), RankKey: lead.RankKey(l.Rank), Phones: numbers(l)}
	if s.Item, err = report.TodayOf(ctx, tx, r.Engine(), l.ID, r.Lang); err != nil {
		return s, nil, err
	}
	if x, err = r.Engine().Explain(ctx, tx, l.ID); err != nil {
		return s, nil, err
	}
	if s.Answer, err = setting.AnswerMinutes(ctx, tx); err != nil {
		return s, nil, err
	}
	s.Score = breakDown(x, tx.Now, r.Lang)
	for _, more := range []func(context.Context, *db.Tx) error{s.readCompany, s.readPeople, s.readOffer, s.readSheet, s.readTasks} {
		if err := more(ctx, tx); err != nil {
			return s, nil, err
		}
	}
	s.Turn, s.Steps, s.Moves = stage.Department(s.Item.Lead.Stage), milestones(s.Item.Lead.Stage), likely(s.Item.Lead.Stage, r.Who)
	return s, x, nil
}

// OffTrack tells that the stepper does not show where the lead is: not yet, or no more on the way.
func (s summary) OffTrack() bool { return !slices.Contains(track, s.Item.Lead.Stage) }

// Stepless tells that a next step is missing: nobody plans one with who is left out.
func (s summary) Stepless() bool { return s.Next == nil && s.Lead.Excluded == "" }

// Left and Late are the minutes of open time until the earliest clock runs out, and since it did.
func (s summary) Left() int64 { return int64(max(s.Item.Left, 0)) }
func (s summary) Late() int64 { return int64(max(-s.Item.Left, 0)) }

func (s *summary) readCompany(ctx context.Context, tx *db.Tx) (err error) {
	if s.Lead.Company != 0 {
		s.Company, err = company.ByID(ctx, tx, s.Lead.Company)
	}
	return err
}

func (s *summary) readPeople(ctx context.Context, tx *db.Tx) (err error) {
	s.people, err = findPeople(ctx, tx)
	s.Owner = s.people.names[s.Lead.Owner]
	return err
}

// readOffer finds the hand-over that waits for an answer, or that was accepted and can be returned.
func (s *summary) readOffer(ctx context.Context, tx *db.Tx) error {
	last, err := stage.Last(ctx, tx, s.Lead.ID)
	if err != nil || last == nil || s.Item.Lead.Stage != stage.SAL {
		return err
	}
	if last.State != stage.Offered && last.State != stage.Expired && last.State != stage.Accepted {
		return nil
	}
	open, _, err := stage.CalendarOf(ctx, tx)
	s.Offer = &offer{Handover: last, Waits: last.State != stage.Accepted, Late: last.State == stage.Expired || last.DueAt < tx.Now}
	if last.DueAt != stage.Never {
		s.Offer.Left = int64(open.Between(tx.Now, last.DueAt) / time.Minute)
	}
	return err
}

func (s *summary) readSheet(ctx context.Context, tx *db.Tx) error {
	sheet, err := stage.Sheet(ctx, tx, s.Lead.ID)
	for _, item := range stage.Items {
		if item.Bit != 0 {
			s.BANT = append(s.BANT, heardOf(sheet, item, tx.Now, s.people))
		}
	}
	return err
}

func (s *summary) readTasks(ctx context.Context, tx *db.Tx) error {
	open, err := task.OfLead(ctx, tx, s.Lead.ID, false, 0, 0, maxSteps)
	if err != nil || len(open) == 0 {
		return err
	}
	s.Next, s.Others = open[0], open[1:]
	s.NextFor = s.people.names[s.Next.Owner]
	calendar, _, err := stage.CalendarOf(ctx, tx)
	s.NextLate = s.Next.Deadline(&calendar) < tx.Now
	return err
}

// numbers are those that are known.
func numbers(l *lead.Lead) (list []number) {
	for _, n := range []number{{Digits: l.Phone, Field: "phone"}, {Digits: l.Mobile, Field: "mobile"}} {
		if n.Digits != "" {
			n.Shown = lead.WrittenPhone(n.Digits)
			list = append(list, n)
		}
	}
	return list
}

// track is the way that the stepper shows.
var track = []string{stage.MQL, stage.TQL, stage.SAL, stage.SQL, stage.Won}

// milestones are the way with the place where the lead stands; off it, as recycled, nothing is reached.
func milestones(now string) (list []milestone) {
	at := slices.Index(track, now)
	for i, one := range track {
		state := "ahead"
		switch {
		case i < at:
			state = "past"
		case i == at:
			state = "here"
		}
		list = append(list, milestone{one, state})
	}
	return list
}

// moves are the stages that a person may move a lead to, the likely ones first.
func moves(from string, who act.Who) []string {
	list := likely(from, who)
	for _, to := range stage.Stages {
		if to != from && !slices.Contains(list, to) && stage.MayMove(who, from, to) {
			list = append(list, to)
		}
	}
	return list
}

// likely are the next stage and the two ways off the track, or the ways back onto it.
func likely(from string, who act.Who) []string {
	to := []string{stage.Lead, stage.MQL}
	if stage.Open(from) {
		to = []string{stage.Stages[stage.Order(from)+1], stage.Recycled, stage.Disqualified}
	}
	return slices.DeleteFunc(to, func(one string) bool { return one == from || !stage.MayMove(who, from, one) })
}

const panelPage = page.Of[summary]("lead/panel.html")

// panel is the summary alone: Today shows it beside its list, and takes no more than that, so that the
// title of the page stays Today's.
func panel(r *page.Request) error {
	var s summary
	_, err := read(r, func(ctx context.Context, tx *db.Tx, l *lead.Lead) (err error) {
		s, _, err = summarise(ctx, tx, r, l)
		return err
	})
	if err != nil {
		return err
	}
	if r.Partial() {
		return panelPage.Part(r, "content", s)
	}
	return panelPage.Show(r, s)
}
