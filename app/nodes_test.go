package app_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"kizashi/act"
	"kizashi/app"
	"kizashi/db"
	"kizashi/event"
	"kizashi/member"
	"kizashi/score"
	"kizashi/segment"
	"kizashi/testkit"
	"kizashi/testkit/desk"
)

const (
	crowd    = 6  // leads that everybody writes about
	senders  = 8  // at a time
	sendings = 40 // of each sender
)

// nodes are two installations on one PostgreSQL.
type nodes struct {
	*testing.T
	apps [2]*app.App
}

// openNodes starts both at the same moment, on an empty database.
func openNodes(t *testing.T) *nodes {
	t.Helper()
	n, url := &nodes{T: t}, testkit.PostgresURL(t)
	var opening sync.WaitGroup
	for i := range n.apps {
		opening.Go(func() {
			a, err := app.Open(context.Background(), app.Config{Data: t.TempDir(), Database: url})
			if err != nil {
				t.Error(err)
				return
			}
			a.Start()
			n.apps[i] = a
		})
	}
	opening.Wait()
	if t.Failed() {
		t.FailNow()
	}
	t.Cleanup(func() {
		for _, a := range n.apps {
			a.Site.Live.End()
			if err := a.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	return n
}

func (n *nodes) run(c act.Command) {
	n.Helper()
	if err := n.apps[0].Door.Run(n.Context(), act.Product, c); err != nil {
		n.Fatal(c.Name(), err)
	}
}

// put hands messages to a node; whatever happens between the nodes, a client sees no error.
func (n *nodes) put(node int, messages []event.Message) {
	answers, err := n.apps[node].Intake.Put(n.Context(), messages)
	if err != nil {
		n.Errorf("node %d: %v", node, err)
	}
	for _, a := range answers {
		if a.Err != nil {
			n.Errorf("node %d: %v", node, a.Err)
		}
	}
}

// some are messages about people of the crowd, in any order: some only by their browser, some by address,
// and now and then both, which ties them.
func some(sender, sending int) []event.Message {
	kinds := []string{"page_view", "price_view", "document_requested", "quote_requested", "email_clicked", fmt.Sprintf("own_%d", sending)}
	list := make([]event.Message, 1+rand.IntN(2*crowd))
	for i := range list {
		who, how := rand.IntN(crowd), rand.IntN(3)
		m := event.Message{ID: fmt.Sprintf("%d-%d-%d", sender, sending, i), Kind: kinds[rand.IntN(len(kinds))]}
		if how != 0 {
			m.Email = fmt.Sprintf("p%d@example.co.jp", who)
		}
		if how != 1 {
			m.Visitor = fmt.Sprintf("browser-%d", who)
		}
		list[i] = m
	}
	return list
}

// storm sends from many sides at a time; every third sending goes to both nodes at once, as from a client
// that did not wait. It gives the number of different messages.
func (n *nodes) storm() int {
	var wait sync.WaitGroup
	var counts [senders]int
	for s := range senders {
		wait.Go(func() {
			for i := range sendings {
				messages := some(s, i)
				counts[s] += len(messages)
				if i%3 == 0 {
					var both sync.WaitGroup
					both.Go(func() { n.put(1, slices.Clone(messages)) })
					n.put(0, slices.Clone(messages))
					both.Wait()
					continue
				}
				n.put(rand.IntN(2), messages)
			}
		})
	}
	wait.Wait()
	total := 0
	for _, c := range counts {
		total += c
	}
	return total
}

// makeDue keeps both due queues busy until the storm is over.
func (n *nodes) makeDue(over <-chan struct{}) {
	for {
		select {
		case <-over:
			return
		default:
		}
		for _, a := range n.apps {
			err := a.Door.Write(context.Background(), func(tx *db.Tx) error {
				_, err := tx.Exec(context.Background(), `UPDATE lead_state SET due_at = 1 WHERE lead IN
					(SELECT id FROM lead ORDER BY id {postgres:FOR UPDATE SKIP LOCKED})`)
				return err
			})
			if err != nil {
				n.Error(err)
			}
			if _, err := a.Engine.VisitDue(context.Background()); err != nil {
				n.Errorf("due: %v", err)
			}
		}
	}
}

// Two equal nodes take events about the same few people at the same time, with due visits and jobs on
// both: every message counts once, nothing follows twice, and no client sees an error (X16).
func TestTwoNodesOnOneDatabase(t *testing.T) {
	n := openNodes(t)
	for _, role := range []act.Role{act.Inside, act.Field} {
		n.run(&member.AddUser{Email: string(role) + "@kizashi.example", Role: role, Password: desk.Password})
	}
	n.run(&segment.Save{Title: "価格を見た人", Rule: `count("price_view", days(30)) >= 2`})
	over := make(chan struct{})
	var visits sync.WaitGroup
	visits.Go(func() { n.makeDue(over) })
	visits.Go(func() { n.republish() })
	sent := n.storm()
	close(over)
	visits.Wait()
	n.settle()
	n.one(`SELECT COUNT(*) FROM event WHERE message <> ''`, int64(sent), "events")
	n.one(`SELECT COUNT(DISTINCT message) FROM event WHERE message <> ''`, int64(sent), "different events")
	n.one(`SELECT COUNT(*) FROM lead WHERE gone = ''`, crowd, "leads")
	n.one(`SELECT COUNT(*) FROM model WHERE status = '`+score.Live+`'`, 1, "models in force")
	n.one(`SELECT COALESCE(MAX(deadlocks), 0) FROM pg_stat_database WHERE datname = current_database()`, 0, "deadlocks")
	for what, query := range twice {
		n.one(query, 0, what)
	}
	for _, a := range n.apps {
		v, err := a.Engine.Verify(n.Context(), nil)
		if err != nil || v.Leads != crowd || v.Behind != 0 || len(v.Differences) > 0 {
			t.Errorf("verify: %+v %v", v, err)
		}
	}
}

// republish puts another model in force, so that both nodes fold by it in the middle of the storm.
func (n *nodes) republish() {
	draft := &score.SaveDraft{Source: score.DefaultPack()}
	for _, c := range []act.Command{draft, &score.Publish{}} {
		if p, ok := c.(*score.Publish); ok {
			p.ID = draft.ID
		}
		if err := n.apps[1].Door.Run(context.Background(), act.Product, c); err != nil {
			n.Error(c.Name(), err)
		}
	}
}

// settle ends both nodes in the middle of their work, and finishes what they left.
func (n *nodes) settle() {
	for _, a := range n.apps {
		a.Stop()
	}
	for _, a := range n.apps {
		if err := a.Jobs.RunDue(context.Background()); err != nil {
			n.Fatal(err)
		}
		if err := a.CatchUp(context.Background()); err != nil {
			n.Fatal(err)
		}
	}
}

// twice counts what is there more often than it may be.
var twice = map[string]string{
	"notices about one lead to one person": `SELECT COUNT(*) FROM (SELECT 1 FROM notice WHERE kind = 'hot' GROUP BY account, lead HAVING COUNT(*) > 1) x`,
	"hand-overs that wait at once":         `SELECT COUNT(*) FROM (SELECT 1 FROM handover WHERE state = 'offered' GROUP BY lead HAVING COUNT(*) > 1) x`,
	"entries into a segment": `SELECT COUNT(*) FROM (SELECT 1 FROM reaction WHERE kind IN ('segment_in', 'segment_out') GROUP BY lead, ref
		HAVING SUM(CASE kind WHEN 'segment_in' THEN 1 ELSE -1 END) > 1) x`,
	"the same stage after itself": `SELECT COUNT(*) FROM stage_change WHERE was = became`,
	"stages entered twice":        `SELECT COUNT(*) FROM (SELECT 1 FROM stage_change GROUP BY lead, was, became HAVING COUNT(*) > 1) x`,
	"addresses of two leads":      `SELECT COUNT(*) FROM (SELECT 1 FROM lead WHERE gone = '' GROUP BY email HAVING COUNT(*) > 1) x`,
}

// one compares a number.
func (n *nodes) one(query string, want int64, what string) {
	n.Helper()
	var got int64
	err := n.apps[0].DB.Read(n.Context(), func(tx *db.Tx) error {
		return tx.Row(n.Context(), query).Scan(&got)
	})
	if err != nil || got != want {
		n.Errorf("%s: %d, want %d (%v)", what, got, want, err)
	}
}
