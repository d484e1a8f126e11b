package bench

import (
	"fmt"
	"time"

	"kizashi/db"
	"kizashi/event"
	"kizashi/id"
)

// historyChunk is how many events one transaction of history writes.
const historyChunk = 20_000

// history fills the log with page views of the year that ended a day ago, as many for each lead, one in six
// of a price page. They go past the fold: what is read of a log that has grown is measured, and the states
// do not know them.
func (m *measurement) history() error {
	if m.Events == 0 {
		return nil
	}
	leads, err := m.everybody()
	if err != nil {
		return err
	}
	begin := time.Now()
	first := begin.AddDate(-1, 0, -1)
	for n := 0; n < m.Events; n += historyChunk {
		list := make([]*event.Event, min(historyChunk, m.Events-n))
		for i := range list {
			list[i] = past(n+i, first, m.Events, leads)
		}
		err := m.app.Door.Write(m.ctx, func(tx *db.Tx) error {
			return event.Append(m.ctx, tx, m.app.Engine.Kinds, list)
		})
		if err != nil {
			return err
		}
	}
	m.row(fmt.Sprintf("a log of %d events written past the fold", m.Events), "", "%.0f s", time.Since(begin).Seconds())
	return nil
}

// past is event number n of so many in a year; in their order they go round all leads.
func past(n int, first time.Time, events int, leads []id.ID) *event.Event {
	at := first.Add(time.Duration(float64(365*24*time.Hour) * float64(n) / float64(events))).UnixMilli()
	lead, round := leads[n%len(leads)], n/len(leads)
	page := pages[(n+round)%len(pages)]
	e := &event.Event{
		ID: id.First(at) + id.ID(n&0x3fffff), At: at, Lead: lead, Who: lead, Kind: "page_view", Channel: "web",
		Subject: "https://www.bench.example" + page,
	}
	if page == "/price" {
		e.Tag = "price_view"
	}
	return e
}

// everybody is the ids of all leads.
func (m *measurement) everybody() (leads []id.ID, err error) {
	err = m.app.DB.Read(m.ctx, func(tx *db.Tx) error {
		return tx.Each(m.ctx, `SELECT id FROM lead WHERE gone = '' ORDER BY id`, nil, func(scan func(...any) error) error {
			var one id.ID
			err := scan(&one)
			leads = append(leads, one)
			return err
		})
	})
	return leads, err
}
