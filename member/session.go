package member

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"log/slog"
	"strings"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/id"
)

// How long a session lives, in ms.
const (
	SessionLife = 30 * clock.Day // from signing in, however busy
	SessionIdle = 14 * clock.Day // from the last request
	seenEvery   = clock.Minute   // a busy session is written no more often
	keptFor     = 90 * clock.Day // how long the traces of a session that ended stay
)

// maxSessions is how many sessions and traces of them an account has at most; then the oldest sign-in goes.
const maxSessions = 500

// notePatience is how long somebody waits for the note that their session or key was used: a second, not as
// long as for work.
const notePatience = 1.0 / 30

const maxAgent = 300 // bytes of a user agent that are kept

// Visitor is where a request came from.
type Visitor struct {
	Address string // of the network, without a port
	Agent   string // what the browser calls itself
}

// Session is one browser in which somebody is signed in. Its token is not kept.
type Session struct {
	ID        id.ID
	Account   id.ID
	Address   string
	Agent     string
	CreatedAt int64 // ms UTC
	SeenAt    int64 // ms UTC, to the minute
}

// Device is what people call the browser and its system: "Firefox, Windows"; "" if neither is known.
func (s Session) Device() string {
	return strings.Trim(firstIn(s.Agent, browsers)+", "+firstIn(s.Agent, systems), ", ")
}

// Marks of user agents and the names they stand for. Many claim to be Chrome or Safari besides: those come last.
var (
	browsers = [][2]string{{"Edg", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"}, {"CriOS/", "Chrome"},
		{"Chrome/", "Chrome"}, {"Safari/", "Safari"}}
	systems = [][2]string{{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"Mac OS X", "Mac"},
		{"CrOS", "ChromeOS"}, {"Linux", "Linux"}}
)

func firstIn(agent string, marks [][2]string) string {
	for _, m := range marks {
		if strings.Contains(agent, m[0]) {
			return m[1]
		}
	}
	return ""
}

// newToken makes the secret of a session, a link or a ticket: 256 random bits, safe in a URL.
func newToken() string {
	var b [32]byte
	rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// hashToken is how a token is kept. 256 random bits need no slow hash: nobody guesses them.
func hashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// startSession is signing in, once somebody has proved who it is.
type startSession struct {
	Account id.ID  `json:"account"`
	How     string `json:"how"` // "password", "passkey", "sso", "invitation"
	Address string `json:"address"`
	Session id.ID  `json:"session"` // result

	agent, token string
	seen         int64
}

func (c *startSession) Name() string         { return "member.sign_in" }
func (c *startSession) Allow(w act.Who) bool { return w.ID == c.Account && w.ID != 0 }
func (c *startSession) Check() error         { return nil }
func (c *startSession) Target() id.ID        { return c.Account }

// Do keeps the hash of the token, and forgets the traces of old sessions.
func (c *startSession) Do(ctx context.Context, tx *db.Tx) error {
	if _, err := tx.Exec(ctx, `DELETE FROM session WHERE seen_at < $1`, tx.Now-keptFor); err != nil {
		return err
	}
	c.Session, c.seen = tx.NewID(), tx.Now
	_, err := tx.Exec(ctx, `INSERT INTO session (id, hash, account, address, agent, created_at, seen_at)
		VALUES ($1, $2, $3, $4, $5, $6, $6)`, c.Session, hashToken(c.token), c.Account, c.Address, c.agent, tx.Now)
	if err == nil {
		_, err = tx.Exec(ctx, `DELETE FROM session WHERE account = $1 AND id <=
			(SELECT id FROM session WHERE account = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)`, c.Account, maxSessions)
	}
	return err
}

// StartSession signs an account in on a browser; how says by what means. The token goes into the
// browser's cookie and nowhere else.
func StartSession(ctx context.Context, door *act.Door, a Account, how string, from Visitor) (token string, s Session, err error) {
	c := &startSession{Account: a.ID, How: how, Address: cut(from.Address, maxAgent), agent: cut(from.Agent, maxAgent), token: newToken()}
	if err := door.Run(ctx, a.Who(), c); err != nil {
		return "", s, err
	}
	return c.token, Session{c.Session, c.Account, c.Address, c.agent, c.seen, c.seen}, nil
}

const sessionColumns = `s.id, s.account, s.address, s.agent, s.created_at, s.seen_at`

// aliveSession is the condition of sessions that count; $1 is the oldest sign-in, $2 the oldest request.
const aliveSession = `s.ended_at = 0 AND s.created_at > $1 AND s.seen_at > $2`

// FindSession tells who is signed in with a token; Unauthenticated if nobody is, or no longer. That the
// session was used is noted at most once a minute.
func FindSession(ctx context.Context, d *db.DB, token string) (a Account, s Session, err error) {
	now := d.Clock.Now()
	err = d.Lookup(ctx, func(tx *db.Tx) error {
		return tx.Row(ctx, `SELECT `+sessionColumns+`, `+accountColumns+` FROM session s JOIN account a ON a.id = s.account
			WHERE `+aliveSession+` AND s.hash = $3 AND a.disabled_at = 0`, now-SessionLife, now-SessionIdle, hashToken(token)).
			Scan(append(s.fields(), a.fields()...)...)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return a, s, unknownKey()
	}
	if err == nil && (now-s.SeenAt >= seenEvery || s.SeenAt > now+seenEvery || s.CreatedAt > now+seenEvery) {
		s.SeenAt = now
		if bad := touchSession(ctx, d, s.ID); bad != nil {
			slog.WarnContext(ctx, "session not noted as used", "error", bad) // the disk is full, say: who only reads goes on
		}
	}
	return a, s, err
}

func (s *Session) fields() []any {
	return []any{&s.ID, &s.Account, &s.Address, &s.Agent, &s.CreatedAt, &s.SeenAt}
}

func touchSession(ctx context.Context, d *db.DB, session id.ID) error {
	return d.Write(db.Patience(ctx, notePatience), func(tx *db.Tx) error {
		// What a clock that ran ahead wrote lies in the future: it happened by now at the latest.
		_, err := tx.Exec(ctx, `UPDATE session SET seen_at = $2, created_at = CASE WHEN created_at > $2 THEN $2 ELSE created_at END
			WHERE id = $1 AND (seen_at <> $2 OR created_at > $2)`, session, tx.Now)
		return err
	})
}

// Sessions are the open sessions of an account, the last used first.
func Sessions(ctx context.Context, tx *db.Tx, account id.ID) (list []Session, err error) {
	err = tx.Each(ctx, `SELECT `+sessionColumns+` FROM session s WHERE `+aliveSession+` AND s.account = $3
		ORDER BY s.seen_at DESC, s.id DESC`, []any{tx.Now - SessionLife, tx.Now - SessionIdle, account},
		func(scan func(...any) error) error {
			var s Session
			err := scan(s.fields()...)
			list = append(list, s)
			return err
		})
	return list, err
}

// EndSession signs a session out: everybody their own, an administrator anybody's.
type EndSession struct {
	Account id.ID `json:"account"`
	Session id.ID `json:"session"`
}

func (c *EndSession) Name() string { return "member.sign_out" }
func (c *EndSession) Allow(w act.Who) bool {
	return act.Administer.Holds(w) || w.ID != 0 && w.ID == c.Account
}
func (c *EndSession) Check() error  { return nil }
func (c *EndSession) Target() id.ID { return c.Account }

// Do ends it; one that ended before stays as it was.
func (c *EndSession) Do(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE session SET ended_at = $3 WHERE id = $1 AND account = $2 AND ended_at = 0`, c.Session, c.Account, tx.Now)
	return err
}

// EndOtherSessions signs an account out everywhere but in one browser.
type EndOtherSessions struct {
	Account id.ID `json:"account"`
	Keep    id.ID `json:"keep"` // the session that stays; 0 for none
}

func (c *EndOtherSessions) Name() string { return "member.sign_out_others" }
func (c *EndOtherSessions) Allow(w act.Who) bool {
	return act.Administer.Holds(w) || w.ID != 0 && w.ID == c.Account
}
func (c *EndOtherSessions) Check() error  { return nil }
func (c *EndOtherSessions) Target() id.ID { return c.Account }

// Do ends them.
func (c *EndOtherSessions) Do(ctx context.Context, tx *db.Tx) error {
	return endSessions(ctx, tx, c.Account, c.Keep)
}

// endSessions ends all sessions of an account but one.
func endSessions(ctx context.Context, tx *db.Tx, account, keep id.ID) error {
	_, err := tx.Exec(ctx, `UPDATE session SET ended_at = $3 WHERE account = $1 AND id <> $2 AND ended_at = 0`, account, keep, tx.Now)
	return err
}

// hasSessionFrom tells whether an account was signed in from an address within the last three months.
func hasSessionFrom(ctx context.Context, tx *db.Tx, account id.ID, address string) (bool, error) {
	n := 0
	err := tx.Row(ctx, `SELECT count(*) FROM session WHERE account = $1 AND address = $2`, account, address).Scan(&n)
	return n > 0, err
}

// cut shortens what a browser says of itself, and what is no text in it.
func cut(s string, most int) string {
	if len(s) > most {
		s = s[:most]
	}
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "")
}
