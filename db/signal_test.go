package db_test

import (
	"context"
	"errors"
	"testing"

	"kizashi/db"
	"kizashi/testkit"
)

// What is durable is heard, what was rolled back is not; with PostgreSQL on every node.
func TestSignals(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		here := opened(t, url)
		heard := make(chan string, 4)
		here.Hear(ctx, func(topic string) { heard <- topic })
		from := here
		if here.Engine == db.Postgres {
			from = opened(t, url)
		}
		say := func(topic string, end error) {
			err := from.Write(ctx, func(tx *db.Tx) error { return errors.Join(tx.Signal(ctx, topic), end) })
			if !errors.Is(err, end) {
				t.Fatal(err)
			}
		}
		// PostgreSQL listens in the background: the first word is said until it is heard.
		for begun := false; !begun; {
			say("begin", nil)
			select {
			case <-heard:
				begun = true
			default:
			}
		}
		say("rolled back", errors.New("no"))
		say("today", nil)
		for topic := "begin"; topic != "today"; {
			if topic = <-heard; topic == "rolled back" {
				t.Fatal("heard what never happened")
			}
		}
	})
}

func opened(t *testing.T, url string) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}
