package segments

import (
	"context"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/fold"
	"kizashi/id"
	"kizashi/page"
	"kizashi/report"
	"kizashi/segment"
)

// membersShown is how many members stand on a page.
const membersShown = 50

type showView struct {
	segment.Segment
	Sentence string
	Fill     *filling // nil once it is filled
	Flow     report.SegmentFlow
	Chart    chart
	People   []person
	Next     string
	Later    bool // a further page of members
}

// filling is how far the work has come that finds all members.
type filling struct {
	Job         id.ID
	Done, Total int
	Failed      bool
}

// person is a member.
type person struct {
	report.LeadRow
	Since int64 // ms UTC
}

const showPage = page.Of[showView]("segments/show.html")

func show(r *page.Request) error {
	number, err := r.ID("id")
	if err != nil {
		return err
	}
	v := showView{}
	err = r.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		if v.Segment, err = segment.Find(ctx, tx, number); err != nil {
			return err
		}
		if v.Flow, err = report.Flow(ctx, tx, r.Engine(), number, r.Zone()); err != nil {
			return err
		}
		if !v.Ready {
			if v.Fill, err = fillingOf(ctx, tx); err != nil {
				return err
			}
		}
		return v.readMembers(ctx, tx, r)
	})
	if err != nil {
		return err
	}
	v.Sentence, v.Chart = sentence(r.Lang, v.Rule), draw(v.Flow)
	return showPage.Show(r, v)
}

func fillingOf(ctx context.Context, tx *db.Tx) (*filling, error) {
	found, err := fold.FillingSegments(ctx, tx)
	if fault.KindOf(err) == fault.NotFound {
		return &filling{}, nil
	}
	return &filling{found.ID, int(found.Done), int(found.Total), found.Stopped()}, err
}

func (v *showView) readMembers(ctx context.Context, tx *db.Tx, r *page.Request) error {
	var after id.ID
	if text := r.URL.Query().Get("after"); text != "" {
		var err error
		if after, err = id.Parse(text); err != nil {
			return fault.New(fault.Invalid, "report.cursor", nil).At("after")
		}
		v.Later = true
	}
	leads, since, err := segment.Members(ctx, tx, v.ID, after, membersShown+1)
	if err != nil {
		return err
	}
	if len(leads) > membersShown {
		leads = leads[:membersShown]
		v.Next = leads[membersShown-1].String()
	}
	joined := map[id.ID]int64{}
	for i, who := range leads {
		joined[who] = since[i]
	}
	rules, err := r.Engine().Rules(ctx, tx)
	if err != nil {
		return err
	}
	rows, err := report.LeadsByID(ctx, tx, rules, leads)
	for _, row := range rows {
		v.People = append(v.People, person{row, joined[row.ID]})
	}
	return err
}
