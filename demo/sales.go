package demo

import (
	"context"
	"crypto/rand"
	"slices"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/lead"
	"kizashi/member"
	"kizashi/stage"
)

// colleague is somebody of the company that uses the product.
type colleague struct {
	email, name string
	role        act.Role
}

// colleagues have accounts, so that what was done has an author. Their passwords nobody knows: an
// administrator gives them one.
var colleagues = []colleague{
	{"marketing@kizashi.example", "森下 千夏", act.Marketing},
	{"inside@kizashi.example", "長尾 健", act.Inside},
	{"field@kizashi.example", "堀内 真帆", act.Field},
}

// hire makes the accounts that are not there.
func (s *simulation) hire(ctx context.Context) error {
	s.team = map[act.Role]act.Who{}
	var there []member.Account
	err := s.engine.Door.DB.Read(ctx, func(tx *db.Tx) (err error) {
		there, err = member.Accounts(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	for _, c := range colleagues {
		known := slices.IndexFunc(there, func(a member.Account) bool { return a.Email == c.email })
		if known >= 0 {
			s.team[c.role] = there[known].Who()
			continue
		}
		add := &member.AddUser{Email: c.email, FullName: c.name, Role: c.role, Password: rand.Text()}
		if err := s.engine.Door.Run(ctx, act.Product, add); err != nil {
			return err
		}
		s.team[c.role] = act.Who{ID: add.Account, Name: c.name, Role: c.role}
	}
	return nil
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
	isCalledInVain:     {by: act.Inside, status: lead.Trying},
	isCalledInterested: {by: act.Inside, status: lead.Talked},
	isCalledNoNeed:     {by: act.Inside, status: lead.Talked, from: []string{stage.MQL, stage.TQL}, to: stage.Recycled, reason: "no_need"},
	isHandedOver:       {by: act.Inside, from: []string{stage.TQL}, to: stage.SAL},
	isTaken:            {by: act.Field, from: []string{stage.TQL}, to: stage.SAL, status: lead.MeetingSet},
	isPursued:          {by: act.Field, from: []string{stage.SAL}, to: stage.SQL},
	isWon:              {by: act.Field, from: []string{stage.SQL}, to: stage.Won, reason: "受注"},
	isLost:             {by: act.Field, from: []string{stage.SQL}, to: stage.Lost, reason: "他社に決定"},
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
	for _, t := range touches {
		w, ok := works[t.does]
		if !ok || s.Leads >= many {
			continue
		}
		if err := s.carryOut(ctx, w, s.person(int(t.person)).fields.Email); err != nil {
			return err
		}
	}
	return nil
}

func (s *simulation) carryOut(ctx context.Context, w work, email string) error {
	var l *lead.Lead
	var stands string
	err := s.engine.Door.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if l, err = lead.ByEmail(ctx, tx, email); err == nil {
			stands, err = stage.Of(ctx, tx, l.ID)
		}
		return err
	})
	if err != nil {
		return err
	}
	fits := len(w.from) == 0 || slices.Contains(w.from, stands)
	if w.to != "" && fits {
		move := &stage.Move{Lead: l.ID, To: w.to, Reason: w.reason}
		if err := s.engine.Door.Run(ctx, s.team[w.by], move); err != nil {
			return err
		}
	}
	if w.status == "" || w.to != "" && !fits {
		return nil
	}
	owner := s.team[w.by].ID
	return s.engine.Door.Run(ctx, s.team[w.by], &lead.Change{ID: l.ID, Status: &w.status, Owner: &owner})
}
