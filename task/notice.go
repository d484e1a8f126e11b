package task

import (
	"context"
	"encoding/json"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/member"
	"kizashi/setting"
	"kizashi/stage"
)

// Notice is something that a person should know.
type Notice struct {
	ID      id.ID
	Account id.ID
	Kind    string
	Lead    id.ID             // 0 = none
	Args    map[string]string // of the words
	At      int64             // ms UTC
	ReadAt  int64             // 0 = not yet
}

// Kinds of notices.
const (
	NoticeHot       = "hot"       // a lead became hot, or raised its hand again
	NoticeLate      = "late"      // nobody answered a hot lead in time
	NoticeOffered   = "offered"   // a lead waits for field sales
	NoticeReturned  = "returned"  // field sales gave a lead back
	NoticeOverdue   = "overdue"   // nobody answered a hand-over in time
	NoticeFlood     = "flood"     // many new people came through a public key in a short time
	NoticeUntouched = "untouched" // own leads that nobody has contacted for long
)

// NoticeKey names the words of a kind of notices; its args are those of the notice.
func NoticeKey(kind string) string { return "task.notice." + kind }

// staff are the accounts that may sign in, by role.
type staff map[act.Role][]id.ID

func readStaff(ctx context.Context, tx *db.Tx) (staff, error) {
	all, err := member.Accounts(ctx, tx)
	s := staff{}
	for _, a := range all {
		if a.DisabledAt == 0 {
			s[a.Role] = append(s[a.Role], a.ID)
		}
	}
	return s, err
}

// of are the accounts of roles; where nobody has one of them, administrators.
func (s staff) of(roles ...act.Role) (list []id.ID) {
	for _, r := range roles {
		list = append(list, s[r]...)
	}
	if len(list) == 0 {
		return s[act.Admin]
	}
	return list
}

// owner is the owner of a lead who is there, else those of a role.
func (s staff) owner(l *lead.Lead, role act.Role) []id.ID {
	for _, accounts := range s {
		for _, a := range accounts {
			if a == l.Owner {
				return []id.ID{a}
			}
		}
	}
	return s.of(role)
}

// tell writes notices about leads; to says who is told of each.
func tell(ctx context.Context, tx *db.Tx, kind string, leads []id.ID, to func(staff, *lead.Lead) []id.ID) error {
	if len(leads) == 0 {
		return nil
	}
	people, err := lead.ByIDs(ctx, tx, leads)
	if err != nil {
		return err
	}
	s, err := readStaff(ctx, tx)
	if err != nil {
		return err
	}
	var rows [][]any
	for _, number := range leads {
		l := people[number]
		if l == nil || l.Gone != "" {
			continue
		}
		args, _ := json.Marshal(map[string]string{"name": l.Called(), "company": l.CompanyName}) // texts only: cannot fail
		for _, account := range to(s, l) {
			rows = append(rows, []any{int64(tx.NewID()), int64(account), kind, int64(l.ID), string(args), tx.Now})
		}
	}
	return write(ctx, tx, rows)
}

func write(ctx context.Context, tx *db.Tx, rows [][]any) error {
	return tx.Many(ctx, `INSERT INTO notice (id, account, kind, lead, args, at) VALUES ($1, $2, $3, $4, $5, $6)`, rows)
}

// TellHot tells the owner, or all of inside sales where there is none, that leads are hot, and starts the
// clock for the first answer (T08). One notice per lead and day, unless somebody has been in touch since.
func TellHot(ctx context.Context, tx *db.Tx, leads []id.ID) error {
	open, _, err := stage.CalendarOf(ctx, tx)
	if err != nil {
		return err
	}
	minutes, err := setting.AnswerMinutes(ctx, tx)
	if err != nil {
		return err
	}
	by := open.Add(tx.Now, minutesLong(minutes))
	fresh, err := startClock(ctx, tx, leads, by, tx.Now-clock.Day)
	if err != nil {
		return err
	}
	if err := tell(ctx, tx, NoticeHot, fresh, func(s staff, l *lead.Lead) []id.ID { return s.owner(l, act.Inside) }); err != nil {
		return err
	}
	return watch(ctx, tx, fresh, by)
}

func ids(ctx context.Context, tx *db.Tx, query string, args ...any) (list []id.ID, err error) {
	err = tx.Each(ctx, query, args, func(scan func(...any) error) error {
		list = append(list, 0)
		return scan(&list[len(list)-1])
	})
	return list, err
}

// OnOverdue tells the owner, administrators and marketing of hand-overs that nobody answered (X05).
func OnOverdue(ctx context.Context, tx *db.Tx, posts []stage.Overdue) error {
	leads := make([]id.ID, len(posts))
	for i, p := range posts {
		leads[i] = p.Lead
	}
	return tell(ctx, tx, NoticeOverdue, leads, func(s staff, l *lead.Lead) []id.ID {
		return distinct(append(s.owner(l, act.Field), s.of(act.Admin, act.Marketing)...))
	})
}

// OnOffered tells field sales of leads that wait for them.
func OnOffered(ctx context.Context, tx *db.Tx, posts []stage.HandoverOffered) error {
	leads := make([]id.ID, len(posts))
	for i, p := range posts {
		leads[i] = p.Lead
	}
	return tell(ctx, tx, NoticeOffered, leads, func(s staff, _ *lead.Lead) []id.ID { return s.of(act.Field) })
}

// OnReturned tells inside sales of leads that came back.
func OnReturned(ctx context.Context, tx *db.Tx, posts []stage.HandoverReturned) error {
	leads := make([]id.ID, len(posts))
	for i, p := range posts {
		leads[i] = p.Lead
	}
	return tell(ctx, tx, NoticeReturned, leads, func(s staff, _ *lead.Lead) []id.ID { return s.of(act.Inside) })
}

func distinct(list []id.ID) (kept []id.ID) {
	seen := map[id.ID]bool{}
	for _, one := range list {
		if !seen[one] {
			seen[one] = true
			kept = append(kept, one)
		}
	}
	return kept
}

// Notices are those of an account, the newest first, older than a given one (0: from the newest); only
// the unread ones, if wanted.
func Notices(ctx context.Context, tx *db.Tx, account id.ID, unread bool, before id.ID, limit int) (list []Notice, err error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	where := ``
	if unread {
		where = ` AND read_at = 0`
	}
	err = tx.Each(ctx, `SELECT id, account, kind, lead, args, at, read_at FROM notice WHERE account = $1 AND id < $2`+where+
		` ORDER BY id DESC LIMIT $3`, []any{account, before, limit}, collect(&list))
	return list, err
}

// collect reads the columns of notices into a list.
func collect(list *[]Notice) func(func(...any) error) error {
	return func(scan func(...any) error) error {
		var n Notice
		var args string
		if err := scan(&n.ID, &n.Account, &n.Kind, &n.Lead, &args, &n.At, &n.ReadAt); err != nil {
			return err
		}
		err := json.Unmarshal([]byte(args), &n.Args)
		*list = append(*list, n)
		return err
	}
}

// MaxNews is how many unread notices are looked through for what still is news.
const MaxNews = 100

// News are the unread notices of an account that still ask something of it, the newest first, of the
// newest MaxNews: a hot lead that was contacted since and a hand-over that was answered are no news.
func News(ctx context.Context, tx *db.Tx, account id.ID) (list []Notice, err error) {
	err = tx.Each(ctx, `SELECT n.id, n.account, n.kind, n.lead, n.args, n.at, n.read_at
		FROM (SELECT * FROM notice WHERE account = $1 AND read_at = 0 ORDER BY id DESC LIMIT $2) n
		WHERE n.kind NOT IN ('hot', 'late', 'offered', 'overdue')
			OR n.kind IN ('hot', 'late') AND EXISTS (SELECT 1 FROM lead_work w JOIN lead l ON l.id = w.lead
				WHERE w.lead = n.lead AND w.answer_by <> 0 AND l.gone = '' AND l.excluded = '')
			OR n.kind IN ('offered', 'overdue') AND EXISTS (SELECT 1 FROM handover h WHERE h.lead = n.lead AND h.state IN ('offered', 'expired'))
		ORDER BY n.id DESC`, []any{account, MaxNews}, collect(&list))
	return list, err
}

// CountUnread counts the notices that an account has not read, 100 at most.
func CountUnread(ctx context.Context, tx *db.Tx, account id.ID) (count int, err error) {
	err = tx.Row(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM notice WHERE account = $1 AND read_at = 0 LIMIT 100) n`, account).Scan(&count)
	return count, err
}

// Read marks one's own notices as read.
type Read struct {
	Notices []id.ID `json:"notices"` // empty = all
}

// Name says which command this is.
func (c *Read) Name() string { return "task.read" }

// Allow lets everybody read their own.
func (c *Read) Allow(w act.Who) bool { return act.See.Holds(w) }

// Target is nothing with an id.
func (c *Read) Target() id.ID { return 0 }

// Check needs nothing.
func (c *Read) Check() error { return nil }

// Do marks; others' notices stay as they are.
func (c *Read) Do(ctx context.Context, tx *db.Tx) error {
	where, args := ``, []any{act.By(ctx).ID, tx.Now}
	if len(c.Notices) > 0 {
		in, arg := tx.In("$3", c.Notices)
		where, args = ` AND id`+in, append(args, arg)
	}
	_, err := tx.Exec(ctx, `UPDATE notice SET read_at = $2 WHERE account = $1 AND read_at = 0`+where, args...)
	return err
}
