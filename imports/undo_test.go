package imports_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"kizashi/act"
	"kizashi/db"
	"kizashi/event"
	"kizashi/fold"
	"kizashi/id"
	"kizashi/imports"
	"kizashi/lead"
)

func TestUndoRestoresExactly(t *testing.T) {
	engines(t, func(d *desk) {
		d.bring("hubspot.csv", []byte(hubspot), "business")
		before := d.everything()
		m := d.bring("cards.csv", sansan(t), "card")
		if d.everything() == before {
			d.Fatal("nothing was imported")
		}
		d.undo(m.ID)
		if after := d.everything(); after != before {
			d.Errorf("before:\n%s\nafter:\n%s", before, after)
		}
		d.undo(m.ID) // once more is harmless
		if got := d.find(m.ID); got.State != imports.Undone || got.UndoneAt == 0 {
			d.Errorf("%+v", got)
		}
		d.consistent()
		if again := d.bring("cards.csv", sansan(t), "card"); again.Counts != m.Counts {
			d.Errorf("after the undo the file counts %+v, not %+v", again.Counts, m.Counts)
		}
	})
}

// Whoever has a mail address comes back with the file after a deletion, with the history of before and each of its events once.
func TestDeletedLeadsComeBack(t *testing.T) {
	engines(t, func(d *desk) {
		d.bring("cards.csv", sansan(t), "card")
		log := func() string {
			return d.text(`SELECT COUNT(*) FROM event`) + " " + d.text(`SELECT COUNT(*) FROM consent`)
		}
		before := log()
		var leads []id.ID
		d.read(func(tx *db.Tx) error {
			return tx.Each(d.ctx, `SELECT id FROM lead WHERE email <> ''`, nil, func(scan func(...any) error) error {
				var one id.ID
				err := scan(&one)
				leads = append(leads, one)
				return err
			})
		})
		for _, one := range leads {
			d.run(&lead.Delete{ID: one})
		}
		if m := d.bring("cards.csv", sansan(t), "card"); m.Counts.New != len(leads) {
			d.Errorf("%d left, and %+v", len(leads), m.Counts)
		}
		if after := log(); after != before {
			d.Errorf("events and consents: %s, now %s", before, after)
		}
		d.consistent()
	})
}

func TestUndoKeepsWhatOthersAdded(t *testing.T) {
	engines(t, func(d *desk) {
		m := d.bring("cards.csv", sansan(t), "card")
		intake := fold.NewIntake(d.engine)
		answers, err := intake.Put(d.ctx, []event.Message{{ID: "m1", Kind: "quote_requested", Email: "suzuki@sakura-kogyo.example"}})
		intake.Close()
		if err != nil || answers[0].Err != nil {
			d.Fatal(err, answers)
		}
		var tanaka *lead.Lead
		d.read(func(tx *db.Tx) (err error) {
			tanaka, err = lead.ByEmail(d.ctx, tx, "tanaka@sakura-kogyo.example")
			return err
		})
		d.run(&lead.Tag{Leads: []id.ID{tanaka.ID}, Add: []string{"重要"}})
		d.undo(m.ID)
		list := d.text(`SELECT CAST(COUNT(*) AS TEXT) FROM lead WHERE gone = ''`)
		if list != "2" {
			d.Errorf("%s leads stay, not those two that others added to", list)
		}
		if got := d.text(`SELECT name || department || title FROM lead WHERE email = 'suzuki@sakura-kogyo.example'`); got != "" {
			d.Errorf("what the file said stays: %q", got)
		}
		if got := d.text(`SELECT tags FROM lead WHERE email = 'tanaka@sakura-kogyo.example'`); got != ",重要," {
			d.Errorf("tags %q", got)
		}
		if got := d.text(`SELECT message FROM event`); got != "m1" {
			d.Errorf("event %q", got)
		}
		d.consistent()
	})
}

func TestInterruptedUndoGoesOn(t *testing.T) {
	engines(t, func(d *desk) {
		before := d.everything()
		m := d.bring("contacts.csv", contacts(2300), "card")
		d.run(&imports.Undo{Import: m.ID})
		ctx, cancel := context.WithCancel(d.ctx)
		if err := d.TakeBack(ctx, m.ID, func(imports.Progress) { cancel() }); !errors.Is(err, context.Canceled) {
			d.Fatal(err)
		}
		if got := d.find(m.ID); got.State != imports.Undoing {
			d.Fatalf("%+v", got)
		}
		d.undo(m.ID)
		if after := d.everything(); after != before {
			d.Errorf("left behind: %.500s", after)
		}
	})
}

// An import that is taken back in the middle stops, and what it had done goes.
func TestUndoOfARunningImport(t *testing.T) {
	engines(t, func(d *desk) {
		number := d.start("contacts.csv", contacts(2300), "card")
		err := d.Run(d.ctx, number, func(p imports.Progress) {
			if p.Counts.Rows == 1000 {
				d.run(&imports.Undo{Import: number})
			}
		})
		if err == nil || !strings.Contains(err.Error(), "imports.stopped") {
			d.Fatal(err)
		}
		if err := d.TakeBack(d.ctx, number, quiet); err != nil {
			d.Fatal(err)
		}
		if got := d.everything(); strings.TrimSpace(got) != "" {
			d.Errorf("left behind: %.500s", got)
		}
	})
}

func TestRightsAndBasis(t *testing.T) {
	d := open(t, t.TempDir()+"/kizashi.db")
	file := d.store("a.csv", []byte(hubspot))
	err := d.door.Run(d.ctx, act.Who{Role: act.Viewer}, &imports.Start{File: file})
	if err == nil || !strings.Contains(err.Error(), "forbidden") {
		t.Error(err)
	}
	err = d.door.Run(d.ctx, act.Product, &imports.Start{File: file, Basis: "hearsay"})
	if err == nil || !strings.Contains(err.Error(), "imports.basis") {
		t.Error(err)
	}
}
