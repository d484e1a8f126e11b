package event

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"kizashi/db"
	"kizashi/id"
	"kizashi/lead"
)

// Sent is a message as its sender numbered it. Numbers count by the key it came with and by whom it names: nobody
// can use up the numbers of another key, or of another person under the same public key.
type Sent struct {
	Message string
	Door    id.ID           // the API key; 0 for our own process
	Names   []lead.Identity // whom the message names, see lead.Asked.Names
	Lead    id.ID           // the lead that it names by id; 0 if it does not
}

// scope is what a message id counts within; "" is our own process with nobody named, as in an import.
func (s Sent) scope() string {
	if s.Door == 0 && len(s.Names) == 0 && s.Lead == 0 {
		return ""
	}
	text := fmt.Appendf(nil, "%d\x00%d", int64(s.Door), int64(s.Lead))
	for _, n := range s.Names {
		text = fmt.Appendf(text, "\x00%s\x00%s", n.Kind, n.Value)
	}
	return string(text)
}

// Key tells messages of one commit apart.
func (s Sent) Key() string { return s.scope() + "\x00" + s.Message }

// is tells whether an event of the log is this very message: it came by the same key, and under one of those
// whom the message names.
func (s Sent) is(message string, door, who id.ID, under lead.Identity) bool {
	if message != s.Message || door != s.Door {
		return false
	}
	return len(s.Names) == 0 && s.Lead == 0 || who == s.Lead && s.Lead != 0 || slices.Contains(s.Names, under)
}

// Scope notes for Append what the message id of an event counts within.
func (e *Event) Scope(s Sent) { e.scope = s.scope() }

// seenKey is the key of a message id in seen_message: 63 bits. Ids that tell their own time (those of the
// SDKs, UUIDv7, ULID) have it before 28 bits of hash, so that the messages of a moment lie on one page
// of the table; of others it is all hash. At 20,000 messages a second one in 200,000 meets another's key.
func seenKey(scope, message string) int64 {
	sum := sha256.Sum256([]byte(message))
	if scope != "" {
		sum = sha256.Sum256([]byte(scope + "\x00" + message))
	}
	hash := int64(binary.BigEndian.Uint64(sum[:8]) >> 1)
	at, told := toldTime(message)
	if slot := (at - slotEpoch) >> slotBits; told && slot >= 0 && slot < 1<<(keyBits-hashBits) {
		return slot<<hashBits | hash&(1<<hashBits-1)
	}
	return 1<<keyBits | hash
}

const (
	keyBits   = 62            // the highest bit says that an id tells no time
	hashBits  = 28            // the hash of an id that does
	slotBits  = 6             // 64 ms
	slotEpoch = 1577836800000 // 2020-01-01T00:00:00Z in ms: the slots last until 2054
)

// toldTime is the moment (ms UTC) that a message id tells of itself: 13 digits that stand alone, as in
// "node-next-1668208232027-…"; the first 48 bits of a UUIDv7 (RFC 9562, 5.7); the first 10 characters of a ULID.
func toldTime(message string) (ms int64, told bool) {
	if at, ok := uuidTime(message); ok {
		return at, true
	}
	if at, ok := ulidTime(message); ok {
		return at, true
	}
	start := 0
	for i := range len(message) + 1 {
		if i < len(message) && '0' <= message[i] && message[i] <= '9' {
			continue
		}
		if i-start == len("1668208232027") {
			ms, err := strconv.ParseInt(message[start:i], 10, 64)
			return ms, err == nil
		}
		start = i + 1
	}
	return 0, false
}

func uuidTime(message string) (ms int64, ok bool) {
	if len(message) != 36 || message[8] != '-' || message[13] != '-' || message[14] != '7' {
		return 0, false
	}
	ms, err := strconv.ParseInt(message[:8]+message[9:13], 16, 64)
	return ms, err == nil
}

func ulidTime(message string) (ms int64, ok bool) {
	if len(message) != 26 {
		return 0, false
	}
	for i := range 10 {
		digit := ulidDigits[message[i]]
		if digit == 0 {
			return 0, false
		}
		ms = ms<<5 | int64(digit-1)
	}
	return ms, true
}

// ulidDigits are the values of Crockford's base32 plus one; 0 is no digit.
var ulidDigits = func() (digits [256]byte) {
	for i, c := range []byte("0123456789ABCDEFGHJKMNPQRSTVWXYZ") {
		digits[c] = byte(i + 1)
	}
	return digits
}()

// keepSeen remembers the message ids, in one order everywhere. Where a key is there already, another node
// may have taken the same message since Repeats was asked: then db.ErrMeanwhile. The key of an event that was
// removed since is free again.
func keepSeen(ctx context.Context, tx *db.Tx, events []*Event) error {
	var seen [][]any
	own := map[int64]*Event{}
	for _, e := range events {
		if e.Message != "" {
			key := seenKey(e.scope, e.Message)
			own[key] = e
			seen = append(seen, []any{key, int64(e.ID)})
		}
	}
	slices.SortFunc(seen, func(a, b []any) int { return cmp.Compare(a[0].(int64), b[0].(int64)) })
	const insert = `INSERT INTO seen_message (key, event) VALUES ($1, $2) ON CONFLICT DO NOTHING`
	n, err := tx.ManyCount(ctx, insert, seen)
	if err != nil || n == int64(len(seen)) {
		return err
	}
	// A statement of its own: it sees the event of whoever has inserted the key at the same moment, for which
	// the insert has waited.
	err = tx.Many(ctx, `UPDATE seen_message SET event = $2 WHERE key = $1
		AND NOT EXISTS (SELECT 1 FROM event e WHERE e.id = seen_message.event)`, seen)
	if err != nil {
		return err
	}
	return eachSeen(ctx, tx, slices.Collect(maps.Keys(own)), func(key int64, f found) error {
		mine := own[key]
		if f.event != mine.ID && f.message == mine.Message && f.door == mine.Door && f.who == mine.Who {
			return db.ErrMeanwhile
		}
		return nil
	})
}

// found is the event to which a key leads.
type found struct {
	event, door, who id.ID
	message          string
	under            lead.Identity
}

func eachSeen(ctx context.Context, tx *db.Tx, keys []int64, f func(key int64, e found) error) error {
	ids := make([]id.ID, len(keys))
	for i, k := range keys {
		ids[i] = id.ID(k)
	}
	in, arg := tx.In("$1", ids)
	return tx.Each(ctx, `SELECT m.key, e.id, e.door, e.who, e.message, COALESCE(i.kind, ''), COALESCE(i.value, '')
		FROM seen_message m JOIN event e ON e.id = m.event LEFT JOIN identity i ON i.id = e.who WHERE m.key`+in,
		[]any{arg}, func(scan func(...any) error) error {
			var key int64
			var e found
			if err := scan(&key, &e.event, &e.door, &e.who, &e.message, &e.under.Kind, &e.under.Value); err != nil {
				return err
			}
			return f(key, e)
		})
}

// Repeats tells which messages are in the log already, and as which event: 0 for a new one. The key of an id only
// leads to an event; what the event itself says decides, so that a collision drops nothing: of two messages with
// one key only the first is recognised when it comes again. Messages that an older version took with a person's
// name counted for everybody; one that is repeated across the upgrade counts anew.
func Repeats(ctx context.Context, tx *db.Tx, sent []Sent) ([]id.ID, error) {
	known := make([]id.ID, len(sent))
	at := map[int64][]int{}
	for i, s := range sent {
		if s.Message != "" {
			key := seenKey(s.scope(), s.Message)
			at[key] = append(at[key], i)
		}
	}
	if len(at) == 0 {
		return known, nil
	}
	err := eachSeen(ctx, tx, slices.Sorted(maps.Keys(at)), func(key int64, e found) error {
		for _, i := range at[key] {
			if sent[i].is(e.message, e.door, e.who, e.under) {
				known[i] = e.event
			}
		}
		return nil
	})
	return known, err
}
