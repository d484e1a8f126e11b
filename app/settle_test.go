package app

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"

	"kizashi/db"
	"kizashi/limit"
	"kizashi/testkit"
)

type node struct {
	*testing.T
	db      *db.DB
	buckets *limit.Buckets[string]
	shared  *sharedLimits
	heard   chan string
}

func newNode(t *testing.T, url string) *node {
	t.Helper()
	d, err := db.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	n := &node{T: t, db: d, buckets: limit.New[string](1000), heard: make(chan string, 100)}
	n.shared = shareLimits(d, map[string]*limit.Buckets[string]{"test": n.buckets})
	d.Hear(t.Context(), func(topic string) { n.heard <- topic })
	return n
}

// listen waits until the node hears what others say.
func (n *node) listen(from *node) {
	for {
		if err := from.db.Write(n.Context(), func(tx *db.Tx) error { return tx.Signal(n.Context(), "begin") }); err != nil {
			n.Fatal(err)
		}
		select {
		case <-n.heard:
			return
		default:
		}
	}
}

// settle tells a node what the buckets of another gave.
func (n *node) settle(to *node) {
	if err := n.shared.settle(n.Context()); err != nil {
		n.Fatal(err)
	}
	end := rand.Text()
	if err := n.db.Write(n.Context(), func(tx *db.Tx) error { return tx.Signal(n.Context(), end) }); err != nil {
		n.Fatal(err)
	}
	for topic := ""; topic != end; {
		if topic = <-to.heard; to.shared.hear(topic, 0) != strings.HasPrefix(topic, limitsTopic) {
			n.Fatalf("heard %q", topic)
		}
	}
}

// Two nodes of one PostgreSQL share their buckets: what one gave is gone at the other, the most used first.
func TestNodesShareBuckets(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		one := newNode(t, url)
		if one.db.Engine != db.Postgres {
			return // a file has one server
		}
		other := newNode(t, url)
		other.listen(one)
		pace := limit.Pace{Burst: 100, PerSecond: 0.001}
		take := func(n *node, name string, tokens int) bool {
			return n.buckets.Take(0, tokens, limit.Of[string]{Name: name, Pace: pace}) == 0
		}
		for n := range 600 { // more than a signal holds
			take(one, fmt.Sprint("somebody ", n), 1)
		}
		if !take(one, "key", 90) {
			t.Fatal("a full bucket gives nothing")
		}
		one.settle(other)
		if take(other, "key", 11) || !take(other, "key", 10) {
			t.Error("the other node does not know what the key took")
		}
		for len(one.buckets.Gave()) > 0 { // what did not fit goes with the next signals
			one.settle(other)
		}
		if take(other, "somebody 0", 100) || take(other, "somebody 599", 100) {
			t.Error("some of what was taken was never told")
		}
		other.settle(one)
		if take(one, "key", 1) {
			t.Error("what the other node gave is not known")
		}
	})
}
