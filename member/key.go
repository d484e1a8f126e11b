package member

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base32"
	"errors"
	"log/slog"
	"strings"
	"sync"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

// keyPrefix lets people and secret scanners recognise a key.
const keyPrefix = "kz_"

// keyText writes the 32 random bytes of a key so that a double click selects it whole.
var keyText = base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").WithPadding(base32.NoPadding)

var keyLen = len(keyPrefix) + keyText.EncodedLen(32)

// newSecret makes the text of a key. 256 random bits need no slow hash: nobody guesses them.
func newSecret() string {
	var b [32]byte
	rand.Read(b[:]) // never fails
	return keyPrefix + keyText.EncodeToString(b[:])
}

func looksLikeKey(s string) bool { return len(s) == keyLen && strings.HasPrefix(s, keyPrefix) }

// knownFor is how long a found key is believed without asking the database, in ms. A revoked key stops at
// once on every node that hears the signal; one that does not hear it believes it that long.
const knownFor = 5 * clock.Second

// usedEvery is how often the use of a key is noted at most, in ms.
const usedEvery = clock.Minute

type knownKey struct {
	who   act.Who
	of    *db.DB
	until int64 // ms UTC
}

// keyCache holds the keys in use; there are as many as valid keys, never what strangers send.
type keyCache struct {
	mu      sync.RWMutex
	m       map[[sha256.Size]byte]knownKey
	noted   map[[sha256.Size]byte]int64 // when this node last noted the use of a key, ms UTC
	revoked uint64                      // revocations so far: a key read before one must not be kept after it
}

var keys = keyCache{m: map[[sha256.Size]byte]knownKey{}, noted: map[[sha256.Size]byte]int64{}}

func (c *keyCache) get(d *db.DB, hash [sha256.Size]byte) (act.Who, bool, uint64) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	k, ok := c.m[hash]
	left := k.until - d.Clock.Now()
	return k.who, ok && k.of == d && left > 0 && left <= knownFor, c.revoked // more is left where the clock went back
}

func (c *keyCache) put(d *db.DB, hash [sha256.Size]byte, who act.Who, expires int64, revoked uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	until := d.Clock.Now() + knownFor
	if expires != 0 {
		until = min(until, expires)
	}
	if c.revoked == revoked {
		c.m[hash] = knownKey{who, d, until}
	}
}

// due tells one of those who use a key at the same moment that it is time to note so.
func (c *keyCache) due(hash [sha256.Size]byte, now int64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if last, ok := c.noted[hash]; ok && now >= last && now-last < usedEvery {
		return false
	}
	c.noted[hash] = now
	return true
}

// KeyRevoked is the topic by which nodes hear that a key was revoked.
const KeyRevoked = "key_revoked"

// ForgetKeys makes this node ask the database for every key again.
func ForgetKeys() {
	keys.mu.Lock()
	defer keys.mu.Unlock()
	keys.revoked++
	clear(keys.m)
}

// FindKey tells who holds a key; Unauthenticated if nobody does. A key that was used in the last
// five seconds costs no query.
func FindKey(ctx context.Context, d *db.DB, secret string) (act.Who, error) {
	if !looksLikeKey(secret) {
		return act.Who{}, unknownKey()
	}
	hash := sha256.Sum256([]byte(secret))
	who, ok, revoked := keys.get(d, hash)
	if ok {
		return who, nil
	}
	var expires, used int64
	now := d.Clock.Now()
	err := d.Lookup(ctx, func(tx *db.Tx) error {
		return tx.Row(ctx, `SELECT id, name, role, expires_at, used_at FROM api_key
			WHERE hash = $1 AND revoked_at = 0 AND (expires_at = 0 OR expires_at > $2)`, hash[:], now).
			Scan(&who.ID, &who.Name, &who.Role, &expires, &used)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return act.Who{}, unknownKey()
	}
	if err != nil {
		return act.Who{}, err
	}
	keys.put(d, hash, who, expires, revoked)
	if (now-used >= usedEvery || used > now) && keys.due(hash, now) {
		if bad := touchKey(ctx, d, who.ID); bad != nil {
			slog.WarnContext(ctx, "key not noted as used", "error", bad) // the disk is full, say: reading goes on
		}
	}
	return who, nil
}

// touchKey notes that a key is in use, in a transaction of its own: what comes with the key does not wait
// for the row that all who use it share.
func touchKey(ctx context.Context, d *db.DB, key id.ID) error {
	return d.Write(db.Patience(ctx, notePatience), func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE api_key SET used_at = $2 WHERE id = $1 AND (used_at <= $3 OR used_at > $2)`, key, tx.Now, tx.Now-usedEvery)
		return err
	})
}

func unknownKey() error { return fault.New(fault.Unauthenticated, "fault.unauthenticated", nil) }

// AddKey makes a key.
type AddKey struct {
	Label  string   `json:"name"` // what it is for
	Role   act.Role `json:"role"`
	Days   int      `json:"days"` // after which it is worth nothing; 0 = never
	Key    id.ID    `json:"key"`  // result
	Secret string   `json:"-"`    // result: shown once, never again
}

func (c *AddKey) Name() string         { return "member.add_key" }
func (c *AddKey) Allow(w act.Who) bool { return act.Administer.Holds(w) }
func (c *AddKey) Target() id.ID        { return c.Key }
func (c *AddKey) Check() error {
	return all(checkName(c.Label), checkRole(c.Role, KeyRoles), checkDays(c.Days))
}

// maxKeyDays is the longest that a key which expires may live.
const maxKeyDays = 3660

func checkDays(days int) *fault.Error {
	if days < 0 || days > maxKeyDays {
		return fault.New(fault.Invalid, "member.key_days", fault.Args{"most": maxKeyDays}).At("days")
	}
	return nil
}

// Do makes the secret and keeps its hash.
func (c *AddKey) Do(ctx context.Context, tx *db.Tx) error {
	c.Key, c.Secret = tx.NewID(), newSecret()
	hash := sha256.Sum256([]byte(c.Secret))
	expires := int64(0)
	if c.Days > 0 {
		expires = tx.Now + int64(c.Days)*clock.Day
	}
	_, err := tx.Exec(ctx, `INSERT INTO api_key (id, name, role, hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		c.Key, c.Label, string(c.Role), hash[:], tx.Now, expires)
	return err
}

// RevokeKey makes a key worthless, for good.
type RevokeKey struct {
	Key id.ID `json:"key"`
}

func (c *RevokeKey) Name() string         { return "member.revoke_key" }
func (c *RevokeKey) Allow(w act.Who) bool { return act.Administer.Holds(w) }
func (c *RevokeKey) Check() error         { return nil }
func (c *RevokeKey) Target() id.ID        { return c.Key }

// Do revokes; a key revoked before stays as it was.
func (c *RevokeKey) Do(ctx context.Context, tx *db.Tx) error {
	n, err := tx.Exec(ctx, `UPDATE api_key SET revoked_at = CASE revoked_at WHEN 0 THEN $2 ELSE revoked_at END
		WHERE id = $1`, c.Key, tx.Now)
	if err == nil && n == 0 {
		err = fault.New(fault.NotFound, "member.no_key", nil)
	}
	if err != nil {
		return err
	}
	tx.After(ForgetKeys) // here at once, even where nobody hears signals
	return tx.Signal(ctx, KeyRevoked)
}
