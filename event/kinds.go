package event

import (
	"context"
	"maps"
	"slices"
	"sync"

	"kizashi/db"
)

// Kinds knows the numbers under which the names of event kinds are stored. Names never change and
// are never removed, so what was read once stays true; 0 is no kind.
type Kinds struct {
	mu     sync.RWMutex
	number map[string]int64
	name   map[int64]string
}

// NewKinds makes an empty registry; it fills itself from the database.
func NewKinds() *Kinds {
	return &Kinds{number: map[string]int64{}, name: map[int64]string{}}
}

// Load reads the kinds again if the database has more of them than are known: another node may add some.
func (k *Kinds) Load(ctx context.Context, tx *db.Tx) error {
	var stored int
	if err := tx.Row(ctx, `SELECT COUNT(*) FROM kind`).Scan(&stored); err != nil {
		return err
	}
	k.mu.RLock()
	known := len(k.name)
	k.mu.RUnlock()
	if stored <= known {
		return nil
	}
	found, err := readKinds(ctx, tx, ``)
	if err != nil {
		return err
	}
	k.keep(found)
	return nil
}

func (k *Kinds) keep(found map[string]int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for name, number := range found {
		k.number[name], k.name[number] = number, name
	}
}

func readKinds(ctx context.Context, tx *db.Tx, where string, args ...any) (map[string]int64, error) {
	found := map[string]int64{}
	err := tx.Each(ctx, `SELECT id, name FROM kind`+where, args, func(scan func(...any) error) error {
		var number int64
		var name string
		if err := scan(&number, &name); err != nil {
			return err
		}
		found[name] = number
		return nil
	})
	return found, err
}

// Has tells whether a name is known, as of the last Load.
func (k *Kinds) Has(name string) bool {
	k.mu.RLock()
	defer k.mu.RUnlock()
	_, known := k.number[name]
	return known
}

// Len is how many names are known, as of the last Load.
func (k *Kinds) Len() int {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return len(k.number)
}

// Name is the name of a number, as of the last Load.
func (k *Kinds) Name(number int64) string {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.name[number]
}

// Names are all names, as of the last Load, in their order.
func (k *Kinds) Names() []string {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return slices.Sorted(maps.Keys(k.number))
}

// Ensure gives the numbers of names, adding those that are new. What it adds is remembered only once
// the transaction is durable: a rolled-back number must not be used again.
func (k *Kinds) Ensure(ctx context.Context, tx *db.Tx, names []string) (map[string]int64, error) {
	known, missing := k.known(names)
	if len(missing) == 0 {
		return known, nil
	}
	slices.Sort(missing) // two nodes that learn the same kinds must not wait for each other
	for _, name := range missing {
		_, err := tx.Exec(ctx, `INSERT INTO kind (id, name) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`, tx.NewID(), name)
		if err != nil {
			return nil, err
		}
	}
	in, arg := tx.InTexts("$1", missing)
	added, err := readKinds(ctx, tx, ` WHERE name`+in, arg)
	if err != nil {
		return nil, err
	}
	for name, number := range added {
		known[name] = number
	}
	tx.After(func() { k.keep(added) })
	return known, nil
}

func (k *Kinds) known(names []string) (known map[string]int64, missing []string) {
	known = make(map[string]int64, len(names))
	k.mu.RLock()
	defer k.mu.RUnlock()
	for _, name := range names {
		if number, ok := k.number[name]; ok {
			known[name] = number
		} else {
			missing = append(missing, name)
		}
	}
	return known, missing
}
