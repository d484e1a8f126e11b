package lead

import (
	"context"
	"net/url"
	"slices"
	"time"

	"kizashi/act"
	"kizashi/db"
	"kizashi/event"
	"kizashi/fold"
	"kizashi/i18n"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/page"
	"kizashi/report"
	"kizashi/task"
)

// timeline is a page of what happened, by day.
type timeline struct {
	Lead     id.ID
	Days     []day
	Next     string // address of the page that follows; "" on the last one
	Show     string // one of shows
	Kind     string
	Channel  string
	Kinds    []choice
	Channels []choice
	Shows    []string

	MayClassify, MayLog bool
}

// choice is something to filter by.
type choice struct{ Value, Words string }

// day is what happened on one day.
type day struct {
	At    int64 // of its newest row, ms UTC
	Words string
	Rows  []row
}

// row is something that happened, or several like things one after the other.
type row struct {
	ID    id.ID
	At    int64
	Clock string // the time of the day
	Sort  string // theirs, ours, stage, merge, machine: how it is marked
	Title string
	What  string // which page, document, …
	Notes []string
	Gate  gateNote // the gate that was passed
	By    string   // who of us
	Event *event.Event
	More  []row // further hits of the same kind on the day
	Undo  bool  // the person may take it back
}

// gateNote says which gate was passed, and what it asked.
type gateNote struct{ Words, Asked string }

// What of a timeline is shown.
const (
	showAll      = "all"
	showTheirs   = "theirs"
	showOurs     = "ours"
	showSteps    = "steps"
	showMachines = "machines"
)

var shows = []string{showAll, showTheirs, showOurs, showSteps, showMachines}

// ours are the kinds of events that we bring about.
var ours = []string{event.CallLogged, event.MailLogged, event.VisitLogged, event.MeetingHeld, event.NoteAdded}

// shownRows is how many rows a page of a timeline holds.
const shownRows = 40

const timelinePage = page.Of[timelineView]("lead/timeline.html")

type timelineView struct {
	Lead     *lead.Lead
	Name     string
	Timeline timeline
}

// showTimeline is the timeline alone: its further pages.
func showTimeline(r *page.Request) error {
	var v timelineView
	l, err := read(r, func(ctx context.Context, tx *db.Tx, l *lead.Lead) (err error) {
		people, err := findPeople(ctx, tx)
		if err == nil {
			v.Timeline, err = readTimeline(ctx, tx, r, l.ID, people)
		}
		return err
	})
	if err != nil {
		return err
	}
	v.Lead, v.Name = l, l.Called()
	return timelinePage.Show(r, v)
}

func readTimeline(ctx context.Context, tx *db.Tx, r *page.Request, l id.ID, people people) (t timeline, err error) {
	query := r.URL.Query()
	t = timeline{Lead: l, Show: query.Get("show"), Kind: query.Get("kind"), Channel: query.Get("channel"), Shows: shows,
		MayClassify: act.Curate.Holds(r.Who), MayLog: act.Work.Holds(r.Who)}
	if !slices.Contains(shows, t.Show) {
		t.Show = showAll
	}
	items, next, err := report.Timeline(ctx, tx, r.Engine(), l, t.query(query.Get("after")))
	if err != nil {
		return t, err
	}
	if next != "" {
		t.Next = pageOf(l, "/timeline?"+url.Values{"show": {t.Show}, "kind": {t.Kind}, "channel": {t.Channel}, "after": {next}}.Encode())
	}
	t.Days = days(items, &teller{r, people})
	return t, t.readChoices(ctx, tx, r.Engine(), r.Lang)
}

func (t *timeline) query(after string) report.TimelineQuery {
	if t.Show == showSteps {
		return report.OnlySteps(after, shownRows)
	}
	q := report.Everything(after, shownRows)
	switch t.Show {
	case showTheirs:
		q.Events = event.Filter{Without: ours, Humans: true}
	case showOurs:
		q.Events = event.Filter{Kinds: ours}
	case showMachines:
		q.Events = event.Filter{Machines: true}
	}
	if t.Kind != "" {
		q.Events.Kinds = []string{t.Kind}
	}
	q.Events.Channel = t.Channel
	q.Steps = t.Show == showAll && t.Kind == "" && t.Channel == ""
	return q
}

func (t *timeline) readChoices(ctx context.Context, tx *db.Tx, e *fold.Engine, lang i18n.Lang) error {
	sorts, err := event.Sorts(ctx, tx, e.Kinds, t.Lead)
	add := func(list []choice, one choice) []choice {
		if one.Value == "" || slices.Contains(list, one) {
			return list
		}
		return append(list, one)
	}
	for _, s := range sorts {
		t.Kinds = add(t.Kinds, choice{s.Kind, kindWords(lang, s.Kind)})
		t.Channels = add(t.Channels, choice{s.Channel, channelWords(lang, s.Channel)})
	}
	byWords := func(a, b choice) int {
		if a.Words < b.Words {
			return -1
		}
		return 1
	}
	t.Kinds = add(t.Kinds, choice{t.Kind, kindWords(lang, t.Kind)}) // what is chosen may be older than the sorts
	t.Channels = add(t.Channels, choice{t.Channel, channelWords(lang, t.Channel)})
	slices.SortFunc(t.Kinds, byWords)
	slices.SortFunc(t.Channels, byWords)
	return err
}

// channelWords are what people call a channel; a sender's own stands for itself.
func channelWords(lang i18n.Lang, channel string) string {
	if key := "lead.channel." + channel; i18n.Has(key) {
		return i18n.T(lang, key, nil)
	}
	return channel
}

// days groups rows by day, and like hits of a day into one row.
func days(items []report.TimelineItem, say *teller) (list []day) {
	zone := say.r.Zone()
	date := func(ms int64) string { return time.UnixMilli(ms).In(zone).Format(time.DateOnly) }
	for _, item := range items {
		if len(list) == 0 || date(list[len(list)-1].At) != date(item.At) {
			list = append(list, day{At: item.At, Words: say.day(item.At)})
		}
		today := &list[len(list)-1]
		one := say.row(item)
		one.Clock = time.UnixMilli(item.At).In(zone).Format("15:04")
		if n := len(today.Rows); n > 0 && today.Rows[n-1].like(&one) {
			today.Rows[n-1].More = append(today.Rows[n-1].More, one)
			continue
		}
		today.Rows = append(today.Rows, one)
	}
	return list
}

// like tells whether two hits are of the same kind: pages that were read one after the other.
func (w *row) like(o *row) bool {
	return w.Event != nil && o.Event != nil && w.Title == o.Title && w.Sort == o.Sort && w.Sort != "ours" && w.Event.Class == o.Event.Class
}

// day is a date with its day of the week.
func (t *teller) day(ms int64) string {
	at := time.UnixMilli(ms).In(t.r.Zone())
	if t.r.Lang == i18n.English {
		return at.Format("Monday, January 2, 2006")
	}
	return at.Format("2006年1月2日") + "(" + string([]rune("日月火水木金土")[at.Weekday()]) + ")"
}

// unloggable tells whether the person may still take an activity back.
func (t *teller) unloggable(e *event.Event, by string) bool {
	if !slices.Contains(ours, e.Kind) || by == "" {
		return false
	}
	return act.Administer.Holds(t.r.Who) || by == t.r.Who.ID.String() && t.r.Now <= e.ID.Time()+task.UndoTime
}
