package bulk_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"kizashi/act"
	"kizashi/bulk"
	"kizashi/db"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/member"
	"kizashi/seal"
	"kizashi/testkit"
)

// crowd is a database with many leads and a person who changes them.
type crowd struct {
	*testing.T
	door  *act.Door
	who   act.Who
	leads []id.ID
	sent  int // transactions that changed leads
	fail  func() error
}

// size is more than fits into one transaction.
const size = 130

func crowds(t *testing.T, test func(c *crowd)) {
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx := context.Background()
		d, err := db.Open(ctx, url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { d.Close() })
		if d.Seal, err = seal.Parse(seal.NewText()); err != nil {
			t.Fatal(err)
		}
		c := &crowd{T: t, door: act.NewDoor(d), fail: func() error { return nil }}
		hanako := &member.AddUser{Email: "hanako@kizashi.example", Role: act.Marketing, Password: "shinjuku-3-chome-tram"}
		c.run(act.Product, hanako)
		c.who = act.Who{ID: hanako.Account, Name: "H", Role: act.Marketing}
		c.write(func(tx *db.Tx) error {
			for i := range size {
				made, err := lead.Upsert(ctx, tx, lead.Fields{Email: fmt.Sprintf("p%d@a.example", i)}, lead.Options{})
				if err != nil {
					return err
				}
				c.leads = append(c.leads, made.Lead)
			}
			return nil
		})
		act.Handle(c.door, func(context.Context, *db.Tx, []lead.Changed) error {
			c.sent++
			return c.fail()
		})
		test(c)
	})
}

func (c *crowd) run(who act.Who, command act.Command) {
	c.Helper()
	if err := c.door.Run(context.Background(), who, command); err != nil {
		c.Fatalf("%s: %v", command.Name(), err)
	}
}

func (c *crowd) write(f func(tx *db.Tx) error) {
	c.Helper()
	if err := c.door.Write(context.Background(), f); err != nil {
		c.Fatal(err)
	}
}

func (c *crowd) read(f func(ctx context.Context, tx *db.Tx) error) {
	c.Helper()
	ctx := context.Background()
	if err := c.door.DB.Read(ctx, func(tx *db.Tx) error { return f(ctx, tx) }); err != nil {
		c.Fatal(err)
	}
}

// start writes a change down, and nothing more.
func (c *crowd) start(what bulk.Act, leads ...id.ID) id.ID {
	c.Helper()
	s := &bulk.Start{Act: what, Leads: leads}
	c.run(c.who, s)
	return s.ID
}

func (c *crowd) work(number id.ID) {
	c.Helper()
	if err := bulk.Work(context.Background(), c.door, number); err != nil {
		c.Fatal(err)
	}
}

// want tells what came of a change, and how often the log says that a lead was tagged.
func (c *crowd) want(number id.ID, state string, changed, same, refused, undone, kept, audited int) {
	c.Helper()
	c.read(func(ctx context.Context, tx *db.Tx) error {
		b, err := bulk.Find(ctx, tx, number)
		if err != nil {
			return err
		}
		got := fmt.Sprint(b.State, b.Changed, b.Same, b.Refused, b.Undone, b.Kept)
		if want := fmt.Sprint(state, changed, same, refused, undone, kept); got != want {
			c.Errorf("%s, want %s", got, want)
		}
		list, err := act.Entries(ctx, tx, act.EntryQuery{Who: c.who.ID, Command: "lead.tag", Limit: 1000})
		if len(list) != audited {
			c.Errorf("%d rows in the audit log, want %d", len(list), audited)
		}
		return err
	})
}

func (c *crowd) tagged(tag string) (n int) {
	c.Helper()
	c.read(func(ctx context.Context, tx *db.Tx) error {
		for _, one := range c.leads {
			l, err := lead.ByID(ctx, tx, one)
			if err != nil {
				return err
			}
			for _, t := range l.Tags {
				if t == tag {
					n++
				}
			}
		}
		return nil
	})
	return n
}

// Many leads are changed and changed back in a few transactions, each lead with a row of its own in the log;
// what is like this already, or was changed since, stays.
func TestChangeAndBack(t *testing.T) {
	crowds(t, func(c *crowd) {
		c.run(c.who, &lead.Tag{Leads: c.leads[:1], Add: []string{"一括"}})
		c.sent = 0
		number := c.start(bulk.Act{Kind: bulk.Tag, Tag: "一括"}, c.leads...)
		c.work(number)
		c.want(number, bulk.Done, size-1, 1, 0, 0, 0, size)
		if c.sent != 2 {
			c.Errorf("%d transactions", c.sent)
		}
		c.run(c.who, &lead.Tag{Leads: c.leads[5:6], Remove: []string{"一括"}})
		c.run(c.who, &bulk.Undo{ID: number})
		c.work(number)
		c.want(number, bulk.Undone, 0, 1, 0, size-2, 1, size+1+size-2)
		if n := c.tagged("一括"); n != 1 {
			c.Errorf("%d are tagged, want the one that was before", n)
		}
	})
}

// Leads that cannot be changed are told of, and the others of their transaction are changed.
func TestOneThatCannotBeChangedLeavesTheOthersAlone(t *testing.T) {
	crowds(t, func(c *crowd) {
		var full []string
		for i := range lead.MaxTags {
			full = append(full, fmt.Sprint("t", i))
		}
		c.run(c.who, &lead.Tag{Leads: []id.ID{c.leads[3], c.leads[50], c.leads[size-1]}, Add: full})
		number := c.start(bulk.Act{Kind: bulk.Tag, Tag: "一括"}, c.leads...)
		c.work(number)
		c.want(number, bulk.Done, size-3, 0, 3, 0, 0, 1+size-3)
		if n := c.tagged("一括"); n != size-3 {
			c.Errorf("%d are tagged", n)
		}
		c.read(func(ctx context.Context, tx *db.Tx) error {
			list, err := bulk.Refusals(ctx, tx, number, 10)
			if len(list) != 3 || list[0].Lead != c.leads[3] || list[0].Why.Key != "lead.too_many_tags" {
				c.Errorf("refused: %+v", list)
			}
			return err
		})
	})
}

// Work that ends in the middle of a transaction goes on from the one before, forth and back: no lead is left
// out, and none is changed twice.
func TestWorkGoesOnWhereItEnded(t *testing.T) {
	crowds(t, func(c *crowd) {
		number := c.start(bulk.Act{Kind: bulk.Tag, Tag: "一括"}, c.leads...)
		killed := errors.New("killed")
		killSecond := func() {
			c.sent = 0
			c.fail = func() error {
				if c.sent == 2 {
					return killed
				}
				return nil
			}
			if err := bulk.Work(context.Background(), c.door, number); !errors.Is(err, killed) {
				c.Fatal(err)
			}
		}
		killSecond()
		c.want(number, bulk.Running, 100, 0, 0, 0, 0, 100)
		c.work(number)
		c.want(number, bulk.Done, size, 0, 0, 0, 0, size)
		c.run(c.who, &bulk.Undo{ID: number})
		killSecond()
		c.want(number, bulk.Undoing, size-100, 0, 0, 100, 0, size+100)
		c.work(number)
		c.want(number, bulk.Undone, 0, 0, 0, size, 0, 2*size)
		if n := c.tagged("一括"); n != 0 {
			c.Errorf("%d are tagged", n)
		}
	})
}

// What was begun and is taken back at once does not go on.
func TestUndoOfWhatWaits(t *testing.T) {
	crowds(t, func(c *crowd) {
		number := c.start(bulk.Act{Kind: bulk.Assign, Owner: c.who.ID}, c.leads...)
		c.run(c.who, &bulk.Undo{ID: number})
		c.work(number)
		c.want(number, bulk.Undone, 0, 0, 0, 0, 0, 0)
		if err := c.door.Run(context.Background(), c.who, &bulk.Undo{ID: number}); err == nil {
			c.Error("taken back twice")
		}
	})
}
