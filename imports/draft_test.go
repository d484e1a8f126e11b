package imports_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/imports"
	"kizashi/sheet"
)

var (
	first  = act.Who{ID: 11, Name: "一", Role: act.Marketing}
	second = act.Who{ID: 12, Name: "二", Role: act.Inside}
)

// wait keeps a file as a draft of somebody.
func (d *desk) wait(who act.Who, name string, content []byte) id.ID {
	d.Helper()
	c := d.keep(name, content)
	if err := d.door.Run(d.ctx, who, c); err != nil {
		d.Fatal(err)
	}
	return c.Draft
}

func (d *desk) keep(name string, content []byte) *imports.KeepDraft {
	d.Helper()
	file := d.store(name, content)
	mapping, err := d.Mapping(file, sheet.Options{})
	if err != nil {
		d.Fatal(err)
	}
	return &imports.KeepDraft{File: file, Mapping: mapping}
}

func (d *desk) drafts(who act.Who) (list []imports.Draft) {
	d.Helper()
	d.read(func(tx *db.Tx) (err error) {
		list, err = imports.Drafts(d.ctx, tx, who.ID)
		return err
	})
	return list
}

func (d *desk) stored() (names []string) {
	d.Helper()
	entries, err := os.ReadDir(filepath.Join(d.Data, "imports"))
	if err != nil {
		d.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// A file waits for its owner alone, keeps what was chosen, and ends with its import.
func TestDraftIsChosenAndStarted(t *testing.T) {
	engines(t, func(d *desk) {
		number := d.wait(first, "a.csv", contacts(3))
		if again := d.wait(first, "a.csv", contacts(3)); again == number || len(d.drafts(first)) != 1 {
			d.Fatal("the same file waits twice")
		} else {
			number = again
		}
		if len(d.drafts(second)) != 0 {
			d.Fatal("somebody else sees it")
		}
		one := d.drafts(first)[0]
		one.Plan.Basis, one.Plan.Overwrite = imports.NoBasis, true
		one.Plan.Mapping.Columns[1].Field = ""
		change := &imports.ChangeDraft{Draft: number, Plan: one.Plan}
		if err := d.door.Run(d.ctx, second, change); fault.KindOf(err) != fault.NotFound {
			d.Fatalf("somebody else changed it: %v", err)
		}
		if err := d.door.Run(d.ctx, first, change); err != nil {
			d.Fatal(err)
		}
		kept := d.drafts(first)[0]
		if kept.Plan.Basis != imports.NoBasis || !kept.Plan.Overwrite || kept.Plan.Mapping.Columns[1].Field != "" || kept.File.Name != "a.csv" {
			d.Fatalf("%+v", kept)
		}
		start := &imports.Start{File: kept.File, Mapping: kept.Plan.Mapping, Basis: "card", Draft: number}
		if err := d.door.Run(d.ctx, first, start); err != nil {
			d.Fatal(err)
		}
		if err := d.Run(d.ctx, start.Import, quiet); err != nil {
			d.Fatal(err)
		}
		if got := d.find(start.Import); got.Counts.New != 3 || got.Who != first.ID || len(d.drafts(first)) != 0 {
			d.Fatalf("%+v, %d drafts", got, len(d.drafts(first)))
		}
	})
}

// What waits is bounded in number, and other columns are no change of a draft.
func TestDraftsAreBounded(t *testing.T) {
	engines(t, func(d *desk) {
		for n := 1; n <= 10; n++ {
			d.wait(first, "a.csv", contacts(n))
		}
		err := d.door.Run(d.ctx, first, d.keep("a.csv", contacts(11)))
		if fault.KindOf(err) != fault.Conflict {
			d.Fatalf("an eleventh file: %v", err)
		}
		d.wait(second, "b.csv", contacts(11))
		one := d.drafts(second)[0]
		one.Plan.Mapping.Columns = one.Plan.Mapping.Columns[:3]
		if err := d.door.Run(d.ctx, second, &imports.ChangeDraft{Draft: one.ID, Plan: one.Plan}); fault.KindOf(err) != fault.Conflict {
			d.Errorf("fewer columns: %v", err)
		}
	})
}

// A file that nobody wants goes at once; one that is forgotten, and one whose import was taken back, after a day.
func TestFilesGo(t *testing.T) {
	engines(t, func(d *desk) {
		number := d.wait(first, "a.csv", contacts(2))
		digest := d.drafts(first)[0].File.Digest
		if err := d.Discard(d.ctx, digest); err != nil || len(d.stored()) != 1 {
			d.Fatalf("a file that waits was removed: %v", err)
		}
		if err := d.door.Run(d.ctx, first, &imports.DropDraft{Draft: number}); err != nil {
			d.Fatal(err)
		}
		if err := d.Discard(d.ctx, digest); err != nil || len(d.stored()) != 0 {
			d.Fatalf("a file that nobody wants is still there: %v", err)
		}
		d.undo(d.start("a.csv", contacts(2), "card"))
		kept := d.start("b.csv", contacts(3), "card")
		old := time.Now().Add(-25 * time.Hour)
		for _, name := range d.stored() {
			if err := os.Chtimes(filepath.Join(d.Data, "imports", name), old, old); err != nil {
				d.Fatal(err)
			}
		}
		if err := d.Sweep(d.ctx); err != nil {
			d.Fatal(err)
		}
		if left := d.stored(); len(left) != 1 || left[0] != d.find(kept).Digest {
			d.Errorf("left: %v", left)
		}
	})
}

// Rows that would be refused can be had as a file before anything is imported.
func TestRefusedBeforeTheImport(t *testing.T) {
	d := open(t, t.TempDir()+"/kizashi.db")
	file := d.store("a.csv", []byte("会社名,氏名,メール\n株式会社青空,山田 太郎,taro@aozora.example\n,だれか,\n=A1,花子,壊れた@\n"))
	mapping, err := d.Mapping(file, sheet.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	err = d.WritePreviewRefused(&b, file, mapping, [3]string{"行", "列", "理由"}, func(r imports.Refusal) string { return r.Reason })
	want := "会社名,氏名,メール,行,列,理由\r\n,だれか,,3,,imports.nobody\r\n'=A1,花子,壊れた@,4,メール,"
	if err != nil || !strings.Contains(b.String(), want) {
		t.Errorf("%v: %q", err, b.String())
	}
}

// The share grows with the rows, and falls to none while they are taken back.
func TestShare(t *testing.T) {
	engines(t, func(d *desk) {
		number := d.start("a.csv", contacts(5), "card")
		share := func() (s float64) {
			d.read(func(tx *db.Tx) (err error) {
				s, err = imports.Share(d.ctx, tx, d.find(number))
				return err
			})
			return s
		}
		if s := share(); s != 0 {
			d.Errorf("before: %v", s)
		}
		if err := d.Run(d.ctx, number, quiet); err != nil {
			d.Fatal(err)
		}
		if s := share(); s != 1 {
			d.Errorf("done: %v", s)
		}
		if err := d.door.Run(d.ctx, act.Product, &imports.Undo{Import: number}); err != nil {
			d.Fatal(err)
		}
		if s := share(); s != 0 {
			d.Errorf("nothing is taken back yet: %v", s)
		}
	})
}
