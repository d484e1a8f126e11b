package member

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base32"
	"errors"
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

// knownFor is how long a found key is believed without asking the database, in ms: a key revoked
// on another node works there that long. On this node it stops working at once.
const knownFor = 5 * clock.Second

type knownKey struct {
	who   act.Who
	of    *db.DB
	until int64 // ms UTC
}

// keyCache holds the keys in use; there are as many as valid keys, never what strangers send.
type keyCache struct {
	mu      sync.RWMutex
	m       map[[sha256.Size]byte]knownKey
	revoked uint64 // revocations so far: a key read before one must not be kept after it
}

var keys = keyCache{m: map[[sha256.Size]byte]knownKey{}}

func (c *keyCache) get(d *db.DB, hash [sha256.Size]byte) (act.Who, bool, uint64) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	k, ok := c.m[hash]
	return k.who, ok && k.of == d && d.Clock.Now() < k.until, c.revoked
}

func (c *keyCache) put(d *db.DB, hash [sha256.Size]byte, who act.Who, revoked uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.revoked == revoked {
		c.m[hash] = knownKey{who, d, d.Clock.Now() + knownFor}
	}
}

func (c *keyCache) forget(hash []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.revoked++
	delete(c.m, [sha256.Size]byte(hash))
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
	err := d.Read(ctx, func(tx *db.Tx) error {
		return tx.Row(ctx, `SELECT id, name, role FROM api_key WHERE hash = $1 AND revoked_at = 0`, hash[:]).
			Scan(&who.ID, &who.Name, &who.Role)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return act.Who{}, unknownKey()
	}
	if err != nil {
		return act.Who{}, err
	}
	keys.put(d, hash, who, revoked)
	return who, nil
}

func unknownKey() error { return fault.New(fault.Unauthenticated, "fault.unauthenticated", nil) }

// AddKey makes a key.
type AddKey struct {
	Label  string   `json:"name"` // what it is for
	Role   act.Role `json:"role"`
	Key    id.ID    `json:"key"` // result
	Secret string   `json:"-"`   // result: shown once, never again
}

func (c *AddKey) Name() string         { return "member.add_key" }
func (c *AddKey) Allow(w act.Who) bool { return w.Is() }
func (c *AddKey) Target() id.ID        { return c.Key }
func (c *AddKey) Check() error         { return all(checkName(c.Label), checkRole(c.Role, KeyRoles)) }

// Do makes the secret and keeps its hash.
func (c *AddKey) Do(ctx context.Context, tx *db.Tx) error {
	c.Key, c.Secret = tx.NewID(), newSecret()
	hash := sha256.Sum256([]byte(c.Secret))
	_, err := tx.Exec(ctx, `INSERT INTO api_key (id, name, role, hash, created_at) VALUES ($1, $2, $3, $4, $5)`,
		c.Key, c.Label, string(c.Role), hash[:], tx.Now)
	return err
}

// RevokeKey makes a key worthless, for good.
type RevokeKey struct {
	Key id.ID `json:"key"`
}

func (c *RevokeKey) Name() string         { return "member.revoke_key" }
func (c *RevokeKey) Allow(w act.Who) bool { return w.Is() }
func (c *RevokeKey) Check() error         { return nil }
func (c *RevokeKey) Target() id.ID        { return c.Key }

// Do revokes; a key revoked before stays as it was.
func (c *RevokeKey) Do(ctx context.Context, tx *db.Tx) error {
	var hash []byte
	err := tx.Row(ctx, `UPDATE api_key SET revoked_at = CASE revoked_at WHEN 0 THEN $2 ELSE revoked_at END
		WHERE id = $1 RETURNING hash`, c.Key, tx.Now).Scan(&hash)
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.NotFound, "member.no_key", nil)
	}
	if err != nil {
		return err
	}
	tx.After(func() { keys.forget(hash) })
	return nil
}
