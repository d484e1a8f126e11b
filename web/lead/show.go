package lead

import (
	"context"

	"kizashi/consent"
	"kizashi/db"
	"kizashi/event"
	"kizashi/fold"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/page"
	"kizashi/report"
	"kizashi/stage"
)

// view is the whole page of a lead.
type view struct {
	summary
	Log       logForm
	Plan      stepForm
	Gates     []gate
	Heat      []gate  // why it is hot or warm, or is not
	Sheet     []heard // what else was heard
	Handovers []handoverRow
	Handed    *row // who handed it over that is to be answered, and what they said
	Standing  []standing
	First     *row // the first touch
	Alike     []alike
	Absorbed  []*lead.Lead
	Trust     trust
	Statuses  []string
	Owners    []owner
	Timeline  timeline
}

// owner is somebody whom a lead can be given.
type owner struct {
	ID   id.ID
	Name string
}

// alike is a lead that may be the same person.
type alike struct {
	Lead *lead.Lead
	Why  string
}

// handoverRow is a hand-over of the past.
type handoverRow struct {
	*stage.Handover
	By     string
	Reason string
}

// Bounds of what stands on one page: suggestions, hand-overs, leads that were merged into this one.
const (
	maxAlike     = 10
	maxHandovers = 20
	maxAbsorbed  = 20
)

const (
	showPage = page.Of[view]("lead/show.html")
	gonePage = page.Of[goneView]("lead/gone.html")
)

// goneView is what is left of a deleted or erased lead.
type goneView struct {
	Lead *lead.Lead
	Name string
}

// Erased tells whether nothing is known of the person any more.
func (v goneView) Erased() bool { return v.Lead.Gone == lead.GoneErased }

func show(r *page.Request) error {
	number, err := r.ID("id")
	if err != nil {
		return err
	}
	var l *lead.Lead
	err = r.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		l, err = lead.ByID(ctx, tx, number)
		return err
	})
	switch {
	case err != nil:
		return err
	case l.ID != number: // it was merged away
		return r.Go(pageOf(l.ID, ""))
	case l.Gone != "":
		return gonePage.Show(r, goneView{l, l.Called()})
	}
	v, err := readView(r)
	if err != nil {
		return err
	}
	return showPage.Show(r, v)
}

// readView reads all that the page shows.
func readView(r *page.Request) (v view, err error) {
	_, err = read(r, func(ctx context.Context, tx *db.Tx, l *lead.Lead) error {
		var x *fold.Explained
		if v.summary, x, err = summarise(ctx, tx, r, l); err != nil {
			return err
		}
		v.Log, v.Plan, v.Statuses = newLogForm(), newStepForm(), lead.Statuses
		v.Gates, v.Heat = gates(x, r.Lang), temperatures(x, r.Lang)
		for _, a := range v.people.owners {
			v.Owners = append(v.Owners, owner{a.ID, a.Name})
		}
		if v.Timeline, err = readTimeline(ctx, tx, r, l.ID, v.people); err != nil {
			return err
		}
		say := &teller{r, v.people}
		for _, more := range []func(context.Context, *db.Tx, *teller) error{v.readHearing, v.readHandovers, v.readHanded, v.readStanding, v.readOrigin, v.readTrust, v.readAlike} {
			if err := more(ctx, tx, say); err != nil {
				return err
			}
		}
		return nil
	})
	return v, err
}

// readHearing reads what else was heard beside budget, authority, need and timing.
func (v *view) readHearing(ctx context.Context, tx *db.Tx, _ *teller) error {
	sheet, err := stage.Sheet(ctx, tx, v.Lead.ID)
	for _, item := range stage.Items {
		if h := heardOf(sheet, item, tx.Now, v.people); item.Bit == 0 && h.Value != "" {
			v.Sheet = append(v.Sheet, h)
		}
	}
	return err
}

func (v *view) readHandovers(ctx context.Context, tx *db.Tx, say *teller) error {
	all, err := stage.Handovers(ctx, tx, v.Lead.ID, maxHandovers)
	for _, h := range all {
		one := handoverRow{Handover: h, By: v.people.names[h.Who]}
		if h.Reason != "" {
			one.Reason = say.reason(h.Reason)
		}
		v.Handovers = append(v.Handovers, one)
	}
	return err
}

// readHanded finds the move by which a lead came to field sales.
func (v *view) readHanded(ctx context.Context, tx *db.Tx, say *teller) error {
	if v.Offer == nil {
		return nil
	}
	last, err := report.Stages(ctx, tx, v.Lead.ID, event.Place{}, 1)
	if err != nil || len(last) == 0 || last[0].Became != stage.SAL {
		return err
	}
	handed := say.stage(&last[0])
	v.Handed = &handed
	return nil
}

func (v *view) readStanding(ctx context.Context, tx *db.Tx, _ *teller) error {
	rows, err := consent.Of(ctx, tx, v.Lead.ID)
	v.Standing = standings(rows)
	return err
}

// readOrigin reads the first touch.
func (v *view) readOrigin(ctx context.Context, tx *db.Tx, say *teller) error {
	first, err := event.First(ctx, tx, say.r.Engine().Kinds, v.Lead.ID)
	if err != nil {
		return err
	}
	if first != nil {
		one := say.event(first)
		v.First = &one
	}
	return nil
}

// readAlike reads who may be the same person, and who was found to be.
func (v *view) readAlike(ctx context.Context, tx *db.Tx, _ *teller) error {
	found, err := lead.DuplicatesOf(ctx, tx, v.Lead.ID, maxAlike)
	if err != nil {
		return err
	}
	for _, d := range found {
		other := d.A
		if other.ID == v.Lead.ID {
			other = d.B
		}
		v.Alike = append(v.Alike, alike{other, d.Why})
	}
	losers, err := report.Absorbed(ctx, tx, v.Lead.ID, maxAbsorbed)
	if err != nil {
		return err
	}
	leads, err := lead.ByIDs(ctx, tx, losers)
	for _, number := range losers {
		if l := leads[number]; l != nil {
			v.Absorbed = append(v.Absorbed, l)
		}
	}
	return err
}

// again shows the page with what was wrong with one of its forms.
func again(r *page.Request, fill func(*view), wrong error) error {
	v, err := readView(r)
	if err != nil {
		return err
	}
	fill(&v)
	return showPage.Again(r, v, wrong)
}
