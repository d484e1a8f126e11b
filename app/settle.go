package app

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"strings"
	"time"

	"kizashi/db"
	"kizashi/limit"
)

// limitsTopic begins the signals by which nodes tell each other what their buckets gave.
const limitsTopic = "limits "

// A signal of PostgreSQL has at most 8,000 bytes.
const (
	maxSignal = 7_500
	maxGifts  = 500
)

// sharedLimits are the buckets of one node that the other nodes know of.
type sharedLimits struct {
	db    *db.DB
	node  string
	parts map[string]*limit.Buckets[string]
}

func shareLimits(d *db.DB, parts map[string]*limit.Buckets[string]) *sharedLimits {
	return &sharedLimits{db: d, node: rand.Text(), parts: parts}
}

// limitsNews is a signal.
type limitsNews struct {
	Node string                          `json:"n"`
	Gave map[string][]limit.Gift[string] `json:"g"` // by part
}

// run settles with the other nodes each second until the context ends. A database that belongs to one process has
// nobody to settle with.
func (s *sharedLimits) run(ctx context.Context) {
	if s.db.Engine != db.Postgres {
		return
	}
	every := time.NewTicker(time.Second)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
		if err := s.settle(ctx); err != nil && ctx.Err() == nil {
			slog.Warn("limits", "error", err)
		}
	}
}

// settle tells the other nodes what the buckets of this one gave since they were told, the emptiest buckets first:
// as much as a signal holds.
func (s *sharedLimits) settle(ctx context.Context) error {
	text, told := s.news()
	if text == "" {
		return nil
	}
	err := s.db.Write(ctx, func(tx *db.Tx) error { return tx.Signal(ctx, text) })
	if err != nil {
		return err
	}
	for part, list := range told.Gave {
		s.parts[part].Told(list)
	}
	return nil
}

func (s *sharedLimits) news() (string, limitsNews) {
	n := limitsNews{s.node, map[string][]limit.Gift[string]{}}
	for part, b := range s.parts {
		if gave := b.Gave(); len(gave) > 0 {
			n.Gave[part] = gave
		}
	}
	for most := maxGifts; len(n.Gave) > 0 && most > 0; most /= 2 {
		for part, list := range n.Gave {
			n.Gave[part] = list[:min(len(list), most)]
		}
		if raw, err := json.Marshal(n); err == nil && len(raw) < maxSignal {
			return limitsTopic + string(raw), n
		}
	}
	return "", n
}

// hear takes what another node gave out of the buckets of this one, at a moment, ms UTC. It tells whether the signal
// was one of limits.
func (s *sharedLimits) hear(signal string, now int64) bool {
	text, is := strings.CutPrefix(signal, limitsTopic)
	if !is {
		return false
	}
	var n limitsNews
	if err := json.Unmarshal([]byte(text), &n); err != nil || n.Node == s.node {
		return true // another version's, or our own
	}
	for part, list := range n.Gave {
		if b := s.parts[part]; b != nil {
			b.Hear(list, now)
		}
	}
	return true
}
