package event

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strconv"

	"kizashi/db"
	"kizashi/id"
)

// seenKey is the key of a message id in seen_message: 63 bits. Ids that tell their own time (those of the
// SDKs, UUIDv7, ULID) have it before 28 bits of hash, so that the messages of a moment lie on one page
// of the table; of others it is all hash. At 20,000 messages a second one in 200,000 meets another's key.
func seenKey(message string) int64 {
	sum := sha256.Sum256([]byte(message))
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
// may have taken the same message since Repeats was asked: then db.ErrMeanwhile.
func keepSeen(ctx context.Context, tx *db.Tx, events []*Event) error {
	own := map[id.ID]bool{}
	var seen [][]any
	var messages []string
	for _, e := range events {
		if e.Message != "" {
			own[e.ID] = true
			messages = append(messages, e.Message)
			seen = append(seen, []any{seenKey(e.Message), int64(e.ID)})
		}
	}
	slices.SortFunc(seen, func(a, b []any) int { return cmp.Compare(a[0].(int64), b[0].(int64)) })
	n, err := tx.ManyCount(ctx, `INSERT INTO seen_message (key, event) VALUES ($1, $2) ON CONFLICT DO NOTHING`, seen)
	if err != nil || n == int64(len(seen)) {
		return err
	}
	known, err := Repeats(ctx, tx, messages)
	for _, number := range known {
		if err == nil && !own[number] {
			err = db.ErrMeanwhile
		}
	}
	return err
}

// Repeats tells which message ids are in the log already, and as which event. The key of an id only
// leads to an event; the event's own text decides, so that a collision drops nothing: of two ids with
// one key only the first is recognised when it comes again.
func Repeats(ctx context.Context, tx *db.Tx, messages []string) (map[string]id.ID, error) {
	if len(messages) == 0 {
		return nil, nil
	}
	keys := make([]id.ID, len(messages))
	asked := make(map[string]bool, len(messages))
	for i, m := range messages {
		keys[i] = id.ID(seenKey(m))
		asked[m] = true
	}
	found := map[string]id.ID{}
	in, arg := tx.In("$1", keys)
	err := tx.Each(ctx, `SELECT e.id, e.message FROM seen_message m JOIN event e ON e.id = m.event WHERE m.key`+in,
		[]any{arg}, func(scan func(...any) error) error {
			var number id.ID
			var message string
			if err := scan(&number, &message); err != nil {
				return err
			}
			if asked[message] {
				found[message] = number
			}
			return nil
		})
	return found, err
}
