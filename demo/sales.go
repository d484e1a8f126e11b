package demo

import (
	"cmp"
	"context"
	"crypto/rand"
	"slices"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/member"
	"kizashi/stage"
	"kizashi/task"
)

// Colleague is somebody of the company that uses the product.
type Colleague struct {
	Email, Name string
	Role        act.Role
}

// Team have accounts, so that what was done has an author, and the screens of each role can be seen.
var Team = []Colleague{
	{"takizawa@kizashi.example", "滝沢 雅人", act.Admin},
	{"morishita@kizashi.example", "森下 千夏", act.Marketing},
	{"nagao@kizashi.example", "長尾 健", act.Inside},
	{"kusano@kizashi.example", "草野 美咲", act.Inside},
	{"horiuchi@kizashi.example", "堀内 真帆", act.Field},
	{"minegishi@kizashi.example", "峰岸 拓也", act.Field},
	{"shirota@kizashi.example", "城田 和子", act.Viewer},
}

// hire makes the accounts that are not there.
func (s *simulation) hire(ctx context.Context) error {
	s.team = map[act.Role][]act.Who{}
	var there []member.Account
	err := s.engine.Door.DB.Read(ctx, func(tx *db.Tx) (err error) {
		there, err = member.Accounts(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	for _, c := range Team {
		known := slices.IndexFunc(there, func(a member.Account) bool { return a.Email == c.Email })
		if known >= 0 {
			s.team[c.Role] = append(s.team[c.Role], there[known].Who())
			if err := s.unlock(ctx, there[known].ID); err != nil {
				return err
			}
			continue
		}
		add := &member.AddUser{Email: c.Email, FullName: c.Name, Role: c.Role, Password: cmp.Or(s.Password, rand.Text())}
		if err := s.engine.Door.Run(ctx, act.Product, add); err != nil {
			return err
		}
		s.team[c.Role] = append(s.team[c.Role], act.Who{ID: add.Account, Name: c.Name, Role: c.Role})
	}
	return nil
}

// unlock gives the password of this try to an account that a former one has made.
func (s *simulation) unlock(ctx context.Context, account id.ID) error {
	if s.Password == "" {
		return nil
	}
	return s.engine.Door.Run(ctx, act.Product, &member.SetPassword{Account: account, Password: s.Password})
}

// one is the colleague of a role who looks after a person.
func (s *simulation) one(role act.Role, person int32) act.Who {
	team := s.team[role]
	return team[int(person)%len(team)]
}

// work is what a colleague does with a lead, other than writing a log: it changes the stage, or says
// how far they have come.
type work struct {
	by         act.Role
	from       []string // where the lead must stand; none = anywhere
	to, reason string   // the stage; "" = it stays
	status     string
}

var works = map[deed]work{
	isHandedOver: {by: act.Inside, from: []string{stage.TQL}, to: stage.SAL},
	isTaken:      {by: act.Field, from: []string{stage.TQL}, to: stage.SAL, status: lead.MeetingSet},
	isPursued:    {by: act.Field, from: []string{stage.SAL}, to: stage.SQL},
	isWon:        {by: act.Field, from: []string{stage.SQL}, to: stage.Won, reason: "受注", status: lead.Done},
	isLost:       {by: act.Field, from: []string{stage.SQL}, to: stage.Lost, reason: "他社に決定", status: lead.Done},
}

// calls are what inside sales does on the telephone: the result of each, and what was said.
var calls = map[deed]struct {
	result string
	notes  []string
}{
	isCalledInVain: {"no_answer", []string{"", "", "代表電話。担当者は会議中とのこと"}},
	isCalledInterested: {"connected_interest", []string{
		"現在は Excel で管理。展示会の名刺が追えていないことが課題", "来期の予算に向けて情報収集中。比較表がほしい", "上長に説明するため、導入事例を送ってほしいとのこと",
		"他社製品と比較中。連携できるシステムの一覧を希望",
	}},
	isCalledNoNeed: {"connected_no_need", []string{"今年度は見送り。来年度にあらためて", "既に他社製品を導入済み"}},
}

// heardOf are answers of people who are interested, by item of the hearing sheet.
var heardOf = []struct {
	item    string
	answers []string
}{
	{"need", []string{"展示会で得た名刺のフォロー漏れをなくしたい", "営業とマーケで情報を共有したい", "休眠顧客を掘り起こしたい"}},
	{"timing", []string{"半年以内", "来期の初め", "今期中に決めたい"}},
	{"authority", []string{"部長が決裁", "役員会で決裁。起案は本人", "情報システム部と合議"}},
	{"budget", []string{"年 120 万円まで", "300 万円程度", "来期に申請予定"}},
}

// sell is the way of a buyer through field sales, from a day on: most are won or lost in weeks.
func (d *diary) sell(day int, until int64) {
	if d.from+int64(day+2)*clock.Day > until {
		d.does(day, isHandedOver)
		return
	}
	d.does(day, isTaken)
	day += 3 + d.r.IntN(6)
	d.does(day, isPursued)
	day += 12 + d.r.IntN(25)
	if d.chance(45) {
		d.does(day, isWon)
	} else if d.chance(70) {
		d.does(day, isLost)
	}
}

// workOn does what follows from touches, where the leads stand so that it can be done.
func (s *simulation) workOn(ctx context.Context, touches []touch) error {
	if s.Leads >= many {
		return nil
	}
	for _, t := range touches {
		var err error
		if _, called := calls[t.does]; called {
			err = s.call(ctx, t)
		} else if w, ok := works[t.does]; ok {
			err = s.carryOut(ctx, w, t)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// standing is the lead of a person, and its stage.
func (s *simulation) standing(ctx context.Context, person int32) (l *lead.Lead, stands string, err error) {
	err = s.engine.Door.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if l, err = lead.ByEmail(ctx, tx, s.person(int(person)).fields.Email); err == nil {
			stands, err = stage.Of(ctx, tx, l.ID)
		}
		return err
	})
	return l, stands, err
}

// call logs a call with what usually follows, and what was heard.
func (s *simulation) call(ctx context.Context, t touch) error {
	l, stands, err := s.standing(ctx, t.person)
	if err != nil {
		return err
	}
	who, c := s.one(act.Inside, t.person), calls[t.does]
	if err := s.own(ctx, l, who); err != nil {
		return err
	}
	log := &task.Log{Lead: l.ID, Kind: task.Call, Result: c.result, Note: c.notes[(int(t.person)+int(t.n))%len(c.notes)], Minutes: 3 + int(t.person)%9, At: t.at}
	log.Usual = t.does != isCalledNoNeed || slices.Contains([]string{stage.MQL, stage.TQL}, stands)
	if err := s.engine.Door.Run(ctx, who, log); err != nil || t.does != isCalledInterested {
		return err
	}
	for i, h := range heardOf[:2+int(t.person)%3] { // not everybody tells everything
		say := &stage.Answer{Lead: l.ID, Item: h.item, Value: h.answers[(int(t.person)+i)%len(h.answers)], Source: "call"}
		if err := s.engine.Door.Run(ctx, who, say); err != nil {
			return err
		}
	}
	return nil
}

// own lets somebody look after a lead that nobody looks after.
func (s *simulation) own(ctx context.Context, l *lead.Lead, who act.Who) error {
	if l.Owner != 0 {
		return nil
	}
	return s.engine.Door.Run(ctx, who, &lead.Change{ID: l.ID, Owner: &who.ID})
}

func (s *simulation) carryOut(ctx context.Context, w work, t touch) error {
	l, stands, err := s.standing(ctx, t.person)
	if err != nil || !slices.Contains(w.from, stands) {
		return err
	}
	who := s.one(w.by, t.person)
	if err := s.engine.Door.Run(ctx, who, &stage.Move{Lead: l.ID, To: w.to, Reason: w.reason}); err != nil {
		return err
	}
	if w.status == "" {
		return nil
	}
	return s.engine.Door.Run(ctx, who, &lead.Change{ID: l.ID, Status: &w.status, Owner: &who.ID})
}

// forgotten is how old a step may be that nobody has done: a team that works leaves few behind.
const forgotten = 2 * clock.Day

// tidyUp ends the steps that the days have passed by, and gives most of the leads worth a call an owner.
func (s *simulation) tidyUp(ctx context.Context) error {
	var old []*task.Task
	var ripe []id.ID
	err := s.engine.Door.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if old, err = task.Due(ctx, tx, nil, s.now-forgotten, s.Leads); err != nil {
			return err
		}
		return tx.Each(ctx, `SELECT l.id FROM lead l JOIN lead_state s ON s.lead = l.id
			WHERE l.owner = 0 AND l.gone = '' AND l.excluded = '' AND s.stage IN ('mql', 'tql') ORDER BY l.id`, nil, func(scan func(...any) error) error {
			ripe = append(ripe, 0)
			return scan(&ripe[len(ripe)-1])
		})
	})
	if err != nil {
		return err
	}
	for _, t := range old {
		if err := s.engine.Door.Run(ctx, s.one(act.Inside, int32(t.ID%1000)), &task.Finish{Task: t.ID}); err != nil {
			return err
		}
	}
	for i, number := range ripe {
		if i%4 == 3 { // some wait for somebody to take them
			continue
		}
		who := s.one(act.Inside, int32(i))
		if err := s.engine.Door.Run(ctx, who, &lead.Change{ID: number, Owner: &who.ID}); err != nil {
			return err
		}
	}
	return nil
}
