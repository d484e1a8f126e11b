// Package demo fills an installation with companies, people and behaviour that do not exist, through
// the same doors through which real ones come. What it makes follows from a seed.
package demo

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/event"
	"kizashi/fold"
	"kizashi/id"
	"kizashi/lead"
)

// Options say how much is made.
type Options struct {
	Seed  uint64
	Leads int
	Days  int // of history; at least 1

	Password string // of all accounts of the team; "" = nobody knows it

	// Progress, if not nil, hears after each day how many leads have been made.
	Progress func(leads int)
}

const (
	// jst is the time zone of the people, ms ahead of UTC.
	jst = 9 * clock.Hour
	// ahead is how many days before they become known people are thought up: they visit before.
	ahead = 8
	// many is the number of leads from which each does less and the due queue runs once at the end.
	many = 50_000
	// chunk is how many people or messages one transaction takes.
	chunk = 1000
)

// Seed lives through the days up to now, with the clock of the database set to each, and lets it run
// again. Nothing else may use the engine meanwhile. A seed that was interrupted goes on where it stood,
// with the numbers with which it was begun.
func Seed(ctx context.Context, engine *fold.Engine, o Options) error {
	d := engine.Door.DB
	o.Days = max(o.Days, 1)
	begun, err := begin(ctx, d, o)
	if err != nil {
		return err
	}
	o.Seed, o.Leads, o.Days = begun.Seed, begun.Leads, begun.Days
	now := begun.Now
	// The ids of the past sort before those of today; those of another try are others.
	maker := d.IDs
	d.IDs = id.NewMaker(begun.Try)
	intake := fold.NewIntake(engine)
	defer func() {
		intake.Close()
		d.Clock.Set(0)
		d.IDs = maker
	}()
	s := &simulation{
		Options: o, engine: engine, intake: intake, progress: begun, cast: newCast(o.Seed, o.Leads), now: now,
		start:   (now+jst)/clock.Day*clock.Day - jst - int64(o.Days-1)*clock.Day,
		touches: make([][]touch, o.Days), cards: make([][]int32, o.Days),
	}
	return s.run(ctx)
}

// simulation is the days, and what is to happen on each.
type simulation struct {
	Options
	*cast
	engine *fold.Engine
	intake *fold.Intake

	now, start int64 // ms UTC; start is a midnight in Japan
	thoughtUp  int   // people so far
	touches    [][]touch
	cards      [][]int32 // who is imported in the morning
	keen       []int32   // the newest buyers
	team       map[act.Role][]act.Who
	progress   progress
}

func (s *simulation) run(ctx context.Context) error {
	s.engine.Door.DB.Clock.Set(s.start)
	if err := s.hire(ctx); err != nil {
		return err
	}
	if s.progress.Day == 0 && s.Leads < many {
		if err := s.keepSegments(ctx); err != nil {
			return err
		}
	}
	for day := range s.Days {
		s.thinkUp(day + ahead)
		if day < s.progress.Day { // lived through before it was interrupted
			s.touches[day], s.cards[day] = nil, nil
			continue
		}
		if day == s.Days-1 {
			s.lastHours()
		}
		if err := s.live(ctx, day); err != nil {
			return err
		}
		s.progress.Day = day + 1
		if err := s.progress.save(ctx, s.engine.Door.DB); err != nil {
			return err
		}
		if s.Progress != nil {
			s.Progress(min(s.thoughtUp, s.Leads*(day+1)/s.Days))
		}
	}
	s.engine.Door.DB.Clock.Set(s.now)
	if err := s.catchUp(ctx); err != nil {
		return err
	}
	if s.Leads < many {
		for _, last := range []func(context.Context) error{s.tidyUp, s.aim} {
			if err := last(ctx); err != nil {
				return err
			}
		}
	}
	s.progress.Done = true
	return s.progress.save(ctx, s.engine.Door.DB)
}

// midnight is the beginning of a day, in Japan.
func (s *simulation) midnight(day int) int64 { return s.start + int64(day)*clock.Day }

// thinkUp plans the lives of all who become known up to a day.
func (s *simulation) thinkUp(upTo int) {
	upTo = min(upTo, s.Days-1)
	for ; s.thoughtUp < s.Leads; s.thoughtUp++ {
		day := int(int64(s.thoughtUp) * int64(s.Days) / int64(s.Leads))
		if day > upTo {
			return
		}
		s.plan(s.thoughtUp, day)
	}
}

// fairs are when exhibitions take place, in percent of the days.
var fairs = []int{12, 48, 88}

// fairAfter is the first fair from a day on; false if none is left.
func (s *simulation) fairAfter(day int) (int, bool) {
	for _, percent := range fairs {
		if at := s.Days * percent / 100; at >= day {
			return at, true
		}
	}
	return 0, false
}

// life is what is decided about a person at first.
type life struct {
	persona persona
	source  string
	alone   bool // comes by themselves, and is not imported
}

// life decides again what it decided before: it follows from the number.
func (s *simulation) life(n int) (life, *diary) {
	r := s.stream(streamPlan, n)
	l := life{persona: personaOf(r), source: draw(r, sources)}
	switch {
	case l.persona == student || l.persona == competitor || l.persona == silent:
	case l.source == fromWeb || l.source == fromAd:
		l.alone = s.Leads < many
	}
	return l, &diary{r: r, person: int32(n)}
}

func (s *simulation) plan(n, day int) {
	l, d := s.life(n)
	if l.source == fromExhibition {
		if fair, ok := s.fairAfter(day); ok {
			day = fair
		}
	}
	if !l.alone {
		s.cards[day] = append(s.cards[day], int32(n))
	}
	if l.persona == buyer && day < s.Days-3 { // a weekend may put the first touch off
		s.keen = append(s.keen, int32(n))
		s.keen = s.keen[max(0, len(s.keen)-40):]
	}
	d.from = s.midnight(day)
	filter := l.persona == reader && s.person(n).firm.filter
	l.persona.live(d, l.source, filter, s.Days-day)
	for _, t := range s.some(d.touches, l) {
		if on := int((t.at - s.start) / clock.Day); t.at >= s.start && t.at < s.now && on < s.Days {
			s.touches[on] = append(s.touches[on], t)
		}
	}
}

// some shortens a life to one deed where there are very many people.
func (s *simulation) some(all []touch, l life) []touch {
	switch {
	case s.Leads < many:
		return all
	case l.persona == silent || len(all) == 0:
		return nil
	}
	one := int(all[0].person) % len(all)
	return all[one : one+1]
}

func before(a, b touch) int {
	return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.person, b.person), cmp.Compare(a.n, b.n))
}

// lastHours lets some of the newest buyers come back just now, so that there is somebody to call.
func (s *simulation) lastHours() {
	last := []deed{viewsPrice, requestsQuote, viewsPrice, inquires, viewsCase, viewsPrice, requestsDocument, viewsPage, requestsDemo, viewsPrice, clicksMail, viewsCase}
	minutes := []int64{4, 11, 26, 48, 75, 110, 160, 230, 300, 380, 500, 640}
	for i, does := range last {
		if i >= len(s.keen) {
			return
		}
		at := max(s.now-minutes[i]*clock.Minute, s.start)
		day := int((at - s.start) / clock.Day)
		if day < s.Days-1 { // that day is over; it is told late, as by a sender that was offline
			day = s.Days - 1
		}
		who := s.keen[len(s.keen)-1-i]
		s.touches[day] = append(s.touches[day], touch{at: at, person: who, does: does, n: 10_000})
	}
}

// live lets one day pass: the imports of the morning, then hour by hour, then what time alone changes.
func (s *simulation) live(ctx context.Context, day int) error {
	set := s.engine.Door.DB.Clock.Set
	set(min(s.midnight(day)+8*clock.Hour, s.now))
	for cards := range slices.Chunk(s.cards[day], chunk) {
		if err := s.bringIn(ctx, cards); err != nil {
			return err
		}
	}
	touches := s.touches[day]
	s.touches[day], s.cards[day] = nil, nil // a million lives do not stay in memory
	slices.SortFunc(touches, before)
	for len(touches) > 0 {
		n := 1
		for n < min(len(touches), chunk) && (s.Leads >= many || touches[n].at/clock.Hour == touches[0].at/clock.Hour) {
			n++
		}
		set(max(touches[n-1].at, s.engine.Door.DB.Clock.Now()))
		if err := s.put(ctx, touches[:n]); err != nil {
			return err
		}
		touches = touches[n:]
	}
	if s.Leads >= many {
		return nil
	}
	set(min(s.midnight(day+1)-1, s.now))
	return s.catchUp(ctx)
}

// bringIn imports people, as a list of cards or registrations is.
func (s *simulation) bringIn(ctx context.Context, people []int32) error {
	list := make([]lead.Fields, len(people))
	for i, n := range people {
		l, _ := s.life(int(n))
		list[i] = s.person(int(n)).as(l).fields
		if s.Leads >= many && l.persona <= gatherer {
			list[i].Owner = s.one(act.Inside, n).ID
		}
	}
	return s.engine.Door.Write(ctx, func(tx *db.Tx) error {
		_, err := lead.UpsertMany(ctx, tx, list, lead.Options{})
		return err
	})
}

// as is the person with what their life says about them.
func (p someone) as(l life) someone {
	p.fields.Source = sourceWords[l.source]
	switch l.persona {
	case student:
		p.fields.Excluded, p.fields.Department, p.fields.Title = lead.ExcludedStudent, "経済学部", "学生"
	case competitor:
		p.fields.Excluded = lead.ExcludedCompetitor
	}
	return p
}

func (s *simulation) put(ctx context.Context, touches []touch) error {
	messages := make([]event.Message, 0, len(touches))
	for _, t := range touches {
		if _, called := calls[t.does]; t.does < isHandedOver && (!called || s.Leads >= many) {
			messages = append(messages, s.message(t))
		}
	}
	answers, err := s.intake.Put(ctx, messages)
	if err != nil {
		return err
	}
	for i := range answers {
		if answers[i].Err != nil {
			return fmt.Errorf("demo: %s: %w", messages[i].ID, answers[i].Err)
		}
	}
	return s.workOn(ctx, touches)
}

// message is what the doors hear of a touch.
func (s *simulation) message(t touch) event.Message {
	what, n := &deeds[t.does], int(t.person)
	m := event.Message{
		ID: fmt.Sprintf("demo-%d-%d-%d", s.Seed, n, t.n), At: t.at, Kind: what.kind, Channel: what.channel, Class: what.class,
	}
	if len(what.subjects) > 0 {
		m.Subject = what.subjects[(n+int(t.n))%len(what.subjects)]
	}
	if what.props != "" {
		m.Props = []byte(what.props)
	}
	if (what.channel == "web" || t.does == clicksMail) && s.Leads < many {
		m.Visitor = visitor(n)
	}
	if !what.known && s.Leads < many {
		return m
	}
	l, _ := s.life(n)
	p := s.person(n).as(l)
	m.Email = p.fields.Email
	if l.alone && (t.does == requestsDocument || t.does == getsWhitePaper || t.does == subscribes) {
		m.Traits = p.traits()
	}
	return m
}

// traits are what the person writes into a form.
func (p someone) traits() map[string]string {
	f := &p.fields
	return map[string]string{
		"last_name": f.LastName, "first_name": f.FirstName, "kana": f.Kana, "phone": f.Phone, "mobile": f.Mobile,
		"department": f.Department, "title": f.Title, "prefecture": f.Prefecture, "source": f.Source,
		"company": f.Company.Name, "industry": f.Company.Industry, "employees": f.Company.Size,
	}
}

// catchUp visits every lead whose moment has come.
func (s *simulation) catchUp(ctx context.Context) error {
	for {
		n, err := s.engine.VisitDue(ctx)
		if err != nil || n == 0 {
			return err
		}
	}
}
