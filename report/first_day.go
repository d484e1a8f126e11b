package report

import (
	"context"

	"kizashi/clock"
	"kizashi/db"
	"kizashi/event"
	"kizashi/id"
	"kizashi/setting"
)

// FirstDay says what is there of what the first day brings.
type FirstDay struct {
	Imported bool // a file was brought in
	Tracked  bool // a page with the tag was seen
	Invited  bool // there is somebody besides the first account, or an invitation is on its way
	Pages    bool // somebody has said which pages matter
	Model    bool // somebody has published a scoring model
	Over     bool // nobody wants to be reminded any more
}

// Done is how many of the five are there.
func (f FirstDay) Done() (n int) {
	for _, there := range []bool{f.Imported, f.Tracked, f.Invited, f.Pages, f.Model} {
		if there {
			n++
		}
	}
	return n
}

// All is how many there are to do.
func (f FirstDay) All() int { return 5 }

// Open tells whether there is still something to be reminded of.
func (f FirstDay) Open() bool { return !f.Over && f.Done() < f.All() }

// firstDay asks of each whether there is one; each reads a row of an index.
const firstDay = `SELECT
	EXISTS (SELECT 1 FROM contact_import WHERE state = 'done'),
	EXISTS (SELECT 1 FROM event WHERE kind = (SELECT id FROM kind WHERE name = 'page_view')),
	EXISTS (SELECT 1 FROM account WHERE disabled_at = 0 LIMIT 1 OFFSET 1) OR EXISTS (SELECT 1 FROM invitation WHERE ended_at = 0),
	EXISTS (SELECT 1 FROM setting WHERE name = 'key_pages' AND value <> ''),
	EXISTS (SELECT 1 FROM model WHERE version > 1 AND published_at > 0)`

// ReadFirstDay works it out of the data.
func ReadFirstDay(ctx context.Context, tx *db.Tx) (f FirstDay, err error) {
	if f.Over, err = setting.FirstDayOver(ctx, tx); err != nil {
		return f, err
	}
	err = tx.Row(ctx, firstDay).Scan(&f.Imported, &f.Tracked, &f.Invited, &f.Pages, &f.Model)
	return f, err
}

// Hit is a page with the tag that somebody saw.
type Hit struct {
	At    int64 // ms UTC
	URL   string
	Class event.Class
	Lead  id.ID // 0: nobody known
	Name  string
}

// Hits are the last pages seen of those that arrived after a moment, ms UTC; the newest first. Clocks of
// browsers may be wrong by a day.
func Hits(ctx context.Context, tx *db.Tx, since int64, limit int) (list []Hit, err error) {
	err = tx.Each(ctx, `SELECT e.at, e.subject, e.class, COALESCE(l.id, 0), COALESCE(l.name, '')
		FROM event e LEFT JOIN lead l ON l.id = e.lead AND l.gone = ''
		WHERE e.kind = (SELECT id FROM kind WHERE name = 'page_view') AND e.at >= $1 AND e.id >= $2
		ORDER BY e.at DESC LIMIT $3`, []any{since - clock.Day, id.First(since), limit}, func(scan func(...any) error) error {
		var h Hit
		var class int64
		err := scan(&h.At, &h.URL, &class, &h.Lead, &h.Name)
		h.Class = event.Class(class)
		list = append(list, h)
		return err
	})
	return list, err
}
