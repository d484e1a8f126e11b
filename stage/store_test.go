package stage_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/consent"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/job"
	"kizashi/lead"
	"kizashi/stage"
	"kizashi/testkit"
)

// office is a database with a lead, and the people who work on it.
type office struct {
	*testing.T
	door *act.Door
	lead id.ID
	told []any // what was posted
}

var (
	marketing = act.Who{ID: 11, Name: "M", Role: act.Marketing}
	inside    = act.Who{ID: 12, Name: "I", Role: act.Inside}
	field     = act.Who{ID: 13, Name: "F", Role: act.Field}
)

func engines(t *testing.T, test func(o *office)) {
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx := context.Background()
		d, err := db.Open(ctx, url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { d.Close() })
		o := &office{T: t, door: act.NewDoor(d)}
		// The engine on the floor above brings the state into line; here its one column is enough.
		act.Handle(o.door, func(ctx context.Context, tx *db.Tx, moves []stage.Moved) error {
			for _, m := range moves {
				o.told = append(o.told, m)
				_, err := tx.Exec(ctx, `INSERT INTO lead_state (lead, due_at, settled_at, temperature, fit, fit_points, stage,
					stage_at, cools_at, priority, today, last_at, data) VALUES ($1, 0, 0, 'cold', 'D', 0, $2, $3, 0, 0, 0, 0, $4)
					ON CONFLICT (lead) DO UPDATE SET stage = excluded.stage, stage_at = excluded.stage_at`, m.Lead, m.To, m.At, []byte{})
				if err != nil {
					return err
				}
			}
			return nil
		})
		act.Handle(o.door, func(_ context.Context, _ *db.Tx, posts []stage.Overdue) error {
			o.told = append(o.told, posts[0])
			return nil
		})
		d.Clock.Set(time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC).UnixMilli()) // a Tuesday, 10:00 in Tokyo
		o.meet("hanako@example.co.jp")
		test(o)
	})
}

// meet makes the lead that the office works on.
func (o *office) meet(mail string) {
	o.Helper()
	o.write(func(tx *db.Tx) error {
		made, err := lead.Upsert(context.Background(), tx, lead.Fields{Email: mail}, lead.Options{})
		o.lead = made.Lead
		return err
	})
}

func (o *office) write(f func(tx *db.Tx) error) {
	o.Helper()
	if err := o.door.Write(context.Background(), f); err != nil {
		o.Fatal(err)
	}
}

func (o *office) run(who act.Who, c act.Command) {
	o.Helper()
	if err := o.door.Run(context.Background(), who, c); err != nil {
		o.Fatalf("%s: %v", c.Name(), err)
	}
}

func (o *office) refuse(who act.Who, c act.Command, kind fault.Kind, key string) {
	o.Helper()
	var f *fault.Error
	if err := o.door.Run(context.Background(), who, c); !errors.As(err, &f) || f.Kind != kind || f.Key != key {
		o.Errorf("%s: %v, want %s", c.Name(), err, key)
	}
}

func (o *office) move(who act.Who, to, reason string) {
	o.Helper()
	o.run(who, &stage.Move{Lead: o.lead, To: to, Reason: reason})
}

func (o *office) want(want string) {
	o.Helper()
	o.write(func(tx *db.Tx) error {
		got, err := stage.Of(context.Background(), tx, o.lead)
		if got != want {
			o.Errorf("the lead is %s, not %s", got, want)
		}
		return err
	})
}

func (o *office) person() (l *lead.Lead) {
	o.Helper()
	o.write(func(tx *db.Tx) (err error) {
		l, err = lead.ByID(context.Background(), tx, o.lead)
		return err
	})
	return l
}

func (o *office) handover() (h *stage.Handover) {
	o.Helper()
	o.write(func(tx *db.Tx) (err error) {
		h, err = stage.Last(context.Background(), tx, o.lead)
		return err
	})
	return h
}

func TestMovesAreKeptWithWhoAndWhy(t *testing.T) { // S07 S13 S16
	engines(t, func(o *office) {
		o.want(stage.Lead)
		o.move(marketing, stage.MQL, "")
		o.refuse(marketing, &stage.Move{Lead: o.lead, To: stage.MQL}, fault.Conflict, "stage.same")
		o.refuse(marketing, &stage.Move{Lead: o.lead, To: stage.Lead}, fault.Invalid, "stage.needs_reason")
		o.refuse(marketing, &stage.Move{Lead: o.lead, To: stage.SAL, Reason: "x"}, fault.Forbidden, "fault.forbidden")
		o.refuse(inside, &stage.Move{Lead: o.lead, To: "client"}, fault.Invalid, "stage.unknown")
		o.refuse(inside, &stage.Move{Lead: 1, To: stage.MQL}, fault.NotFound, "lead.not_found")
		o.refuse(act.Who{Role: act.Viewer}, &stage.Move{Lead: o.lead, To: stage.TQL}, fault.Forbidden, "fault.forbidden")
		o.refuse(field, &stage.Move{Lead: o.lead, To: stage.SQL}, fault.Invalid, "stage.needs_reason")
		o.move(field, stage.SQL, "展示会で直接商談になった")
		o.refuse(inside, &stage.Move{Lead: o.lead, To: stage.TQL, Reason: "x"}, fault.Forbidden, "stage.not_yours")
		o.refuse(field, &stage.Move{Lead: o.lead, To: stage.Lost}, fault.Invalid, "stage.needs_reason")
		o.move(field, stage.Lost, "価格")
		o.write(func(tx *db.Tx) error {
			var path []string
			changes, err := stage.History(context.Background(), tx, o.lead)
			for _, c := range changes {
				path = append(path, c.Was+">"+c.Became+" "+c.Reason)
			}
			if !slices.Equal(path, []string{"lead>mql ", "mql>sql 展示会で直接商談になった", "sql>lost 価格"}) || changes[1].Who != field.ID {
				o.Errorf("%q", path)
			}
			return err
		})
		o.want(stage.Lost)
	})
}

func TestRecycleAndDisqualifyNeedAReasonOfTheList(t *testing.T) { // X05 L17
	engines(t, func(o *office) {
		now := o.door.DB.Clock.Now()
		for _, c := range []struct {
			move *stage.Move
			key  string
		}{
			{&stage.Move{To: stage.Recycled}, "stage.unknown_reason"},
			{&stage.Move{To: stage.Recycled, Reason: "later"}, "stage.unknown_reason"},
			{&stage.Move{To: stage.Recycled, Reason: "refused"}, "stage.unknown_reason"},
			{&stage.Move{To: stage.Recycled, Reason: "timing"}, "stage.needs_date"},
			{&stage.Move{To: stage.Recycled, Reason: "competitor_chosen", Until: now + clock.Day}, "stage.needs_note"},
			{&stage.Move{To: stage.Disqualified, Reason: "no_fit"}, "stage.needs_note"},
			{&stage.Move{To: stage.Recycled, Reason: "timing", Until: now - 1}, "stage.past"},
		} {
			c.move.Lead = o.lead
			o.refuse(inside, c.move, fault.Invalid, c.key)
		}
		o.run(inside, &stage.Move{Lead: o.lead, To: stage.Recycled, Reason: "timing", Until: now + 200*clock.Day, Note: "来期"})
		if l := o.person(); l.WakeAt != now+110*clock.Day {
			o.Errorf("wakes at %d", l.WakeAt)
		}
		o.move(marketing, stage.MQL, "")
		if l := o.person(); l.WakeAt != 0 {
			o.Error("it is awake, and has still a time to wake")
		}
		o.move(inside, stage.Disqualified, "student_job")
		if l := o.person(); l.Excluded != lead.ExcludedStudent {
			o.Errorf("excluded is %q", l.Excluded)
		}
		o.move(inside, stage.Lead, "本人から再度の相談")
		if l := o.person(); l.Excluded != "" {
			o.Errorf("excluded is %q", l.Excluded)
		}
	})
}

func TestARefusalStopsEveryContact(t *testing.T) { // X13 M10
	engines(t, func(o *office) {
		o.move(inside, stage.Disqualified, "refused")
		o.move(marketing, stage.Lead, "別件で来訪")
		if l := o.person(); l.Excluded != lead.ExcludedRefused {
			o.Errorf("excluded is %q", l.Excluded)
		}
		o.write(func(tx *db.Tx) error {
			rows, err := consent.Of(context.Background(), tx, o.lead)
			if v := rows.For(consent.Call); v.Why != consent.Refused {
				o.Errorf("%+v", v)
			}
			return err
		})
	})
}

func TestHandoverIsOfferedAndAccepted(t *testing.T) { // S04 S09 X05
	engines(t, func(o *office) {
		o.write(func(tx *db.Tx) error { // a person of the product, to own the lead
			_, err := tx.Exec(context.Background(), `INSERT INTO account (id, email, name, role, password, created_at)
				VALUES ($1, 'f@example.jp', 'F', 'field', '', 1)`, field.ID)
			return err
		})
		o.move(marketing, stage.TQL, "問い合わせで購入意向")
		o.move(inside, stage.SAL, "")
		h := o.handover()
		due := time.Date(2026, 11, 26, 1, 0, 0, 0, time.UTC).UnixMilli() // Thursday, 10:00 in Tokyo
		if h.State != stage.Offered || h.DueAt != due {
			o.Fatalf("%+v, want due at %d", h, due)
		}
		o.refuse(inside, &stage.Accept{Handover: h.ID}, fault.Forbidden, "fault.forbidden")
		o.refuse(field, &stage.Accept{Handover: 1}, fault.NotFound, "stage.no_handover")
		o.run(field, &stage.Accept{Handover: h.ID})
		o.refuse(field, &stage.Accept{Handover: h.ID}, fault.Conflict, "stage.answered")
		if h = o.handover(); h.State != stage.Accepted || h.Who != field.ID || o.person().Owner != field.ID {
			o.Errorf("%+v", h)
		}
		o.want(stage.SAL)
		o.move(field, stage.SQL, "")
		o.refuse(field, &stage.Return{Handover: h.ID, Reason: "no_authority"}, fault.Conflict, "stage.answered")
	})
}

func TestHandoverIsReturnedWithAReason(t *testing.T) { // X05
	engines(t, func(o *office) {
		o.move(inside, stage.SAL, "急ぎ")
		h := o.handover()
		o.refuse(field, &stage.Return{Handover: h.ID, Reason: "bad feeling"}, fault.Invalid, "stage.unknown_reason")
		o.refuse(field, &stage.Return{Handover: h.ID, Reason: "timing"}, fault.Invalid, "stage.needs_date")
		o.refuse(field, &stage.Return{Handover: h.ID, Reason: "timing", To: stage.MQL}, fault.Invalid, "stage.return_to")
		o.run(field, &stage.Return{Handover: h.ID, Reason: "no_authority", Note: "部長を紹介してもらう"})
		o.want(stage.TQL)
		if h = o.handover(); h.State != stage.Returned || h.Reason != "no_authority" || h.Who != field.ID {
			o.Errorf("%+v", h)
		}
		o.move(inside, stage.SAL, "")
		o.run(field, &stage.Return{Handover: o.handover().ID, Reason: "timing", Until: o.door.DB.Clock.Now() + 100*clock.Day})
		o.want(stage.Recycled)
		if o.person().WakeAt == 0 {
			o.Error("recycled without a date")
		}
		o.write(func(tx *db.Tx) error {
			all, err := stage.Handovers(context.Background(), tx, o.lead, 100)
			if len(all) != 2 {
				o.Errorf("%d hand-overs", len(all))
			}
			return err
		})
	})
}

func TestHandoverExpiresOnTheBusinessCalendar(t *testing.T) { // X05 P26
	engines(t, func(o *office) {
		ctx, c := context.Background(), o.door.DB.Clock
		jobs := &job.Runner{DB: o.door.DB, Handlers: map[string]job.Handler{stage.JobExpire: stage.ExpireJob(o.door)}}
		o.move(inside, stage.SAL, "急ぎ")
		h := o.handover()
		c.Set(h.DueAt - 1)
		if err := jobs.RunDue(ctx); err != nil || o.handover().State != stage.Offered {
			o.Fatal("too early", err)
		}
		o.write(func(tx *db.Tx) error {
			waiting, err := stage.Waiting(ctx, tx, 10)
			if len(waiting) != 1 || waiting[0].ID != h.ID {
				o.Errorf("%v", waiting)
			}
			return err
		})
		c.Set(h.DueAt)
		o.told = nil
		if err := jobs.RunDue(ctx); err != nil {
			o.Fatal(err)
		}
		if h = o.handover(); h.State != stage.Expired || !slices.Contains(o.told, any(stage.Overdue{Lead: o.lead, Handover: h.ID})) {
			o.Errorf("%+v %v", h, o.told)
		}
		o.want(stage.SAL)
		o.run(field, &stage.Accept{Handover: h.ID}) // late, but taken
		o.refuse(marketing, &stage.Expire{Handover: h.ID}, fault.Forbidden, "fault.forbidden")
		o.run(act.Product, &stage.Expire{Handover: h.ID})
		if h = o.handover(); h.State != stage.Accepted {
			o.Errorf("%+v", h)
		}
	})
}

func TestMovingOnEndsTheOffer(t *testing.T) { // X05
	engines(t, func(o *office) {
		for to, want := range map[string]string{stage.SQL: stage.Accepted, stage.TQL: stage.Withdrawn, stage.Disqualified: stage.Withdrawn} {
			o.meet(to + "@example.co.jp")
			o.move(inside, stage.SAL, "急ぎ")
			o.move(field, to, "duplicate")
			if h := o.handover(); h.State != want || h.AnsweredAt == 0 {
				o.Errorf("moved to %s: %+v", to, h)
			}
		}
	})
}

func TestFieldSalesNeedsNoOfferToItself(t *testing.T) { // S13
	engines(t, func(o *office) {
		o.move(field, stage.SAL, "紹介")
		if h := o.handover(); h.State != stage.Accepted || h.Who != field.ID {
			o.Errorf("%+v", h)
		}
	})
}

func TestTheProductOffersOnceUntilSomethingNewIsHeard(t *testing.T) { // P25 S10
	engines(t, func(o *office) {
		ready := func() {
			o.write(func(tx *db.Tx) error { return stage.OfferReady(context.Background(), tx, o.lead) })
		}
		ready()
		o.want(stage.Lead) // it is for TQLs
		o.move(marketing, stage.TQL, "x")
		ready()
		ready()
		o.want(stage.SAL)
		o.run(field, &stage.Return{Handover: o.handover().ID, Reason: "not_ready"})
		ready()
		o.want(stage.TQL)
		o.door.DB.Clock.Set(o.door.DB.Clock.Now() + clock.Hour)
		o.run(inside, &stage.Answer{Lead: o.lead, Item: "timing", Value: "3か月以内", Source: "call"})
		ready()
		o.want(stage.SAL)
		o.write(func(tx *db.Tx) error {
			changes, err := stage.History(context.Background(), tx, o.lead)
			if last := changes[len(changes)-1]; last.Who != 0 || last.Reason != stage.ReasonGate {
				o.Errorf("%+v", last)
			}
			return err
		})
	})
}

func TestHearingKeepsEvidenceAndHistory(t *testing.T) { // P22 X07 L09 L11
	engines(t, func(o *office) {
		ctx := context.Background()
		o.run(inside, &stage.Answer{Lead: o.lead, Item: "need", Value: " 紙の帳票をなくしたい ", Source: "call"})
		o.run(inside, &stage.Answer{Lead: o.lead, Item: "budget", Value: "申請予定", Source: "call"})
		o.run(inside, &stage.Answer{Lead: o.lead, Item: "approval", Value: "部長決裁、稟議あり", Source: "meeting"})
		if got := o.person().BANT; got != lead.Need|lead.Budget {
			o.Errorf("BANT is %b", got)
		}
		o.door.DB.Clock.Set(o.door.DB.Clock.Now() + 180*clock.Day)
		o.run(field, &stage.Answer{Lead: o.lead, Item: "budget", Value: "", Source: "meeting"})
		if got := o.person().BANT; got != lead.Need {
			o.Errorf("BANT is %b", got)
		}
		o.write(func(tx *db.Tx) error {
			sheet, err := stage.Sheet(ctx, tx, o.lead)
			var got []string
			for _, h := range sheet {
				got = append(got, h.Item+"="+h.Value+"/"+h.Source)
			}
			if !slices.Equal(got, []string{"budget=/meeting", "need=紙の帳票をなくしたい/call", "approval=部長決裁、稟議あり/meeting"}) {
				o.Errorf("%q", got)
			}
			if sheet[0].Stale(tx.Now) || !sheet[1].Stale(tx.Now) || sheet[1].Who != inside.ID {
				o.Errorf("%+v", sheet)
			}
			all, err2 := stage.Hearing(ctx, tx, o.lead, 0, 100)
			if len(all) != 4 {
				o.Errorf("%d answers", len(all))
			}
			return errors.Join(err, err2)
		})
		answer := &stage.Answer{Lead: o.lead, Item: "budget", Value: "500万円", Source: "call"}
		o.run(inside, answer)
		undo := func() *act.TakeBack {
			return act.NewTakeBack(o.lead, []id.ID{answer.AuditRow()}, &stage.Answer{})
		}
		o.run(inside, undo())
		if got := o.person().BANT; got != lead.Need {
			o.Errorf("BANT is %b after an answer was taken back", got)
		}
		o.refuse(inside, undo(), fault.Conflict, "act.changed_since")
		o.refuse(inside, &stage.Answer{Lead: o.lead, Item: "mood", Source: "call"}, fault.Invalid, "stage.unknown_item")
		o.refuse(inside, &stage.Answer{Lead: o.lead, Item: "need", Source: "rumour"}, fault.Invalid, "stage.unknown_source")
		o.refuse(act.Who{Role: act.Viewer}, &stage.Answer{Lead: o.lead, Item: "need", Source: "call"}, fault.Forbidden, "fault.forbidden")
	})
}
