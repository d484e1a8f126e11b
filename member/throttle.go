package member

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net"
	"net/netip"
	"slices"
	"strings"

	"kizashi/clock"
	"kizashi/db"
	"kizashi/fault"
)

// pace is how fast guesses may follow each other: some at once, then after waits that double.
type pace struct {
	free  int   // failures without a wait
	first int64 // ms after the next failure
	most  int64 // ms at most
}

// A guess counts against three: the network address, the address together with the account, and the
// account. The last is the slowest to bite and waits a minute at most, and an address from which the
// owner has signed in is free of it: strangers who guess from everywhere do not keep the owner out.
var (
	perAddress = pace{30, clock.Second, 15 * clock.Minute}
	perPair    = pace{5, 2 * clock.Second, 15 * clock.Minute}
	perAccount = pace{30, clock.Second, clock.Minute}
	perCode    = pace{5, 5 * clock.Second, 5 * clock.Minute} // codes of six digits, by who knows the password
)

// forgotten is the quiet after which failures no longer count, in ms.
const forgotten = clock.Day

// How many counters are kept at most: guesses from ever new addresses do not fill the disk. If there are that many,
// an eighth goes at once, those with the fewest failures first, the oldest of them first. So invented addresses and
// accounts displace each other, not what has failed often.
const (
	maxCounters = 20_000
	swept       = maxCounters / 8
)

// wait is how long the next guess has to wait after so many failures, in ms.
func (p pace) wait(failures int) int64 {
	wait := p.first
	for range failures - p.free - 1 {
		if wait *= 2; wait >= p.most {
			return p.most
		}
	}
	if failures <= p.free {
		return 0
	}
	return wait
}

// counter counts the failures of one name.
type counter struct {
	name string
	pace pace
}

// countersOf are the counters that an attempt to sign in stands against.
func countersOf(email, address string, known bool) []counter {
	who, network := accountCounter(email), NetworkOf(address)
	list := []counter{{"from:" + network, perAddress}, {who + " from:" + network, perPair}}
	if !known {
		list = append(list, counter{who, perAccount})
	}
	return list
}

// accountCounter is the name of the counter of an account; that of the account at an address begins with it.
func accountCounter(email string) string { return "who:" + digest(email) }

// digest stands for what a stranger typed: it may be of any length, or a password in the wrong field.
func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:16])
}

// NetworkOf is what a client counts by, with or without a port: its IPv4 address, or the /64 of an IPv6 address,
// for whoever has one of those has all. What is no address counts by its digest.
func NetworkOf(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		host = remote
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return digest(host)
	}
	a = a.Unmap().WithZone("")
	if a.Is4() {
		return a.String()
	}
	network, _ := a.Prefix(64) // 64 bits are in range
	return network.String()
}

// attempt counts a guess as failed before it is looked at, so that a thousand at once are counted, too;
// Busy with the seconds to wait while one of the counters still waits. Such a refusal does not count.
func attempt(ctx context.Context, d *db.DB, counters []counter) error {
	slices.SortFunc(counters, func(a, b counter) int { return strings.Compare(a.name, b.name) }) // locked in one order
	return d.Write(ctx, func(tx *db.Tx) error {
		if err := sweepCounters(ctx, tx, len(counters)); err != nil {
			return err
		}
		var wait int64
		for _, c := range counters {
			left, err := c.left(ctx, tx)
			if err != nil {
				return err
			}
			wait = max(wait, left)
		}
		if wait > 0 {
			seconds := (wait + clock.Second - 1) / clock.Second
			return fault.New(fault.Busy, "member.throttled", fault.Args{"seconds": int(seconds)})
		}
		for _, c := range counters {
			if _, err := tx.Exec(ctx, `UPDATE throttle SET failures = failures + 1, last_at = $2 WHERE name = $1`, c.name, tx.Now); err != nil {
				return err
			}
		}
		return nil
	})
}

// sweepCounters forgets counters that no longer count, and makes room for so many.
func sweepCounters(ctx context.Context, tx *db.Tx, room int) error {
	if _, err := tx.Exec(ctx, `DELETE FROM throttle WHERE last_at < $1 OR last_at > $2`, tx.Now-forgotten, tx.Now+forgotten); err != nil {
		return err
	}
	n := 0
	if err := tx.Row(ctx, `SELECT count(*) FROM throttle`).Scan(&n); err != nil || n+room <= maxCounters {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM throttle WHERE name IN (SELECT name FROM throttle ORDER BY failures, last_at
		LIMIT $1 {postgres:FOR UPDATE SKIP LOCKED})`, swept+room)
	return err
}

// left is how long a counter still waits, in ms; its row is locked.
func (c counter) left(ctx context.Context, tx *db.Tx) (int64, error) {
	if _, err := tx.Exec(ctx, `INSERT INTO throttle (name, failures, last_at) VALUES ($1, 0, $2) ON CONFLICT (name) DO NOTHING`,
		c.name, tx.Now); err != nil {
		return 0, err
	}
	var failures int
	var last int64
	err := tx.Row(ctx, `SELECT failures, last_at FROM throttle WHERE name = $1 {postgres:FOR UPDATE}`, c.name).Scan(&failures, &last)
	return min(last, tx.Now) + c.pace.wait(failures) - tx.Now, err // a clock that ran ahead locks nobody out
}

// forgive takes back what attempt counted, after a guess that was right. An address gets back only the
// one: who has an account must not wash off guesses at others with it.
func forgive(ctx context.Context, tx *db.Tx, counters []counter) error {
	for _, c := range counters {
		query := `DELETE FROM throttle WHERE name = $1`
		if strings.HasPrefix(c.name, "from:") {
			query = `UPDATE throttle SET failures = failures - 1 WHERE name = $1 AND failures > 0`
		}
		if _, err := tx.Exec(ctx, query, c.name); err != nil {
			return err
		}
	}
	return nil
}

// forgiveAccount forgets all that was counted against an account, from wherever: its owner has proved who
// it is by other means.
func forgiveAccount(ctx context.Context, tx *db.Tx, email string) error {
	who := accountCounter(email)
	_, err := tx.Exec(ctx, `DELETE FROM throttle WHERE name >= $1 AND name < $2`, who, who+"~")
	return err
}
