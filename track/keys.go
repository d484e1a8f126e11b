package track

import (
	"context"
	"crypto/sha256"
	"sync"

	"kizashi/act"
	"kizashi/clock"
)

// keyTTL is how long a key that was found is believed, ms: a revoked one works that much longer.
const keyTTL = 10 * clock.Second

// keyring spares the database a question per request. It remembers keys that exist, and only their
// hashes, so it stays as small as the list of keys.
type keyring struct {
	ask   Find
	clock *clock.Clock
	mu    sync.RWMutex
	known map[[sha256.Size]byte]foundKey
}

type foundKey struct {
	who   act.Who
	until int64
}

func newKeyring(find Find, c *clock.Clock) *keyring {
	return &keyring{ask: find, clock: c, known: map[[sha256.Size]byte]foundKey{}}
}

func (k *keyring) find(ctx context.Context, secret string) (act.Who, error) {
	hash, now := sha256.Sum256([]byte(secret)), k.clock.Now()
	k.mu.RLock()
	found, ok := k.known[hash]
	k.mu.RUnlock()
	if ok && now < found.until {
		return found.who, nil
	}
	who, err := k.ask(ctx, secret)
	k.mu.Lock()
	defer k.mu.Unlock()
	if err != nil {
		delete(k.known, hash)
		return act.Who{}, err
	}
	k.known[hash] = foundKey{who, now + keyTTL}
	return who, nil
}
