package imports_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fold"
	"kizashi/id"
	"kizashi/imports"
	"kizashi/lead"
	"kizashi/score"
	"kizashi/sheet"
	"kizashi/testkit"
)

// desk is an installation of one test, at which files are imported.
type desk struct {
	testing.TB
	ctx    context.Context
	door   *act.Door
	engine *fold.Engine
	*imports.Importer
}

// engines runs a test on both databases.
func engines(t *testing.T, test func(d *desk)) {
	testkit.Engines(t, func(t *testing.T, url string) { test(open(t, url)) })
}

func open(t testing.TB, url string) *desk {
	t.Helper()
	ctx := context.Background()
	base, err := db.Open(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := base.Close(); err != nil {
			t.Error(err)
		}
	})
	door := act.NewDoor(base)
	engine := fold.NewEngine(door)
	engine.Wire()
	act.Handle(door, lead.FollowCompanies)
	if err := door.Write(ctx, func(tx *db.Tx) error { return score.EnsureDefault(ctx, tx) }); err != nil {
		t.Fatal(err)
	}
	return &desk{t, ctx, door, engine, &imports.Importer{Engine: engine, Data: t.TempDir()}}
}

func quiet(imports.Progress) {}

// start stores a file and begins its import.
func (d *desk) start(name string, content []byte, basis string) id.ID {
	d.Helper()
	return d.startWith(name, content, basis, false)
}

func (d *desk) startWith(name string, content []byte, basis string, overwrite bool) id.ID {
	d.Helper()
	file := d.store(name, content)
	mapping, err := d.Mapping(file, sheet.Options{})
	if err != nil {
		d.Fatal(err)
	}
	c := &imports.Start{File: file, Basis: basis, Mapping: mapping, Overwrite: overwrite}
	if err := d.door.Run(d.ctx, act.Product, c); err != nil {
		d.Fatal(err)
	}
	return c.Import
}

func (d *desk) store(name string, content []byte) imports.File {
	d.Helper()
	file, err := d.Store(name, bytes.NewReader(content))
	if err != nil {
		d.Fatal(err)
	}
	return file
}

// bring imports a whole file and gives what became of it.
func (d *desk) bring(name string, content []byte, basis string) imports.Import {
	d.Helper()
	number := d.start(name, content, basis)
	if err := d.Run(d.ctx, number, quiet); err != nil {
		d.Fatal(err)
	}
	return d.find(number)
}

// overwrite is bring for a file that wins.
func (d *desk) overwrite(name string, content []byte) imports.Import {
	d.Helper()
	number := d.startWith(name, content, "", true)
	if err := d.Run(d.ctx, number, quiet); err != nil {
		d.Fatal(err)
	}
	return d.find(number)
}

func (d *desk) find(number id.ID) (m imports.Import) {
	d.Helper()
	d.read(func(tx *db.Tx) (err error) {
		m, err = imports.Find(d.ctx, tx, number)
		return err
	})
	return m
}

func (d *desk) refusals(number id.ID) (list []imports.Refusal) {
	d.Helper()
	d.read(func(tx *db.Tx) (err error) {
		list, err = imports.Refusals(d.ctx, tx, number, 0, 1000)
		return err
	})
	return list
}

// undo takes an import back.
func (d *desk) undo(number id.ID) {
	d.Helper()
	if err := d.door.Run(d.ctx, act.Product, &imports.Undo{Import: number}); err != nil {
		d.Fatal(err)
	}
	if err := d.TakeBack(d.ctx, number, quiet); err != nil {
		d.Fatal(err)
	}
}

func (d *desk) preview(name string, content []byte) imports.Preview {
	d.Helper()
	p, err := d.Preview(d.ctx, d.store(name, content), imports.Plan{}, quiet)
	if err != nil {
		d.Fatal(err)
	}
	return p
}

func (d *desk) read(f func(tx *db.Tx) error) {
	d.Helper()
	if err := d.door.DB.Read(d.ctx, f); err != nil {
		d.Fatal(err)
	}
}

func (d *desk) run(c act.Command) {
	d.Helper()
	if err := d.door.Run(d.ctx, act.Product, c); err != nil {
		d.Fatal(err)
	}
}

// text is the first column of a query's first row; "" if there is none.
func (d *desk) text(query string, args ...any) (s string) {
	d.Helper()
	d.read(func(tx *db.Tx) error {
		return tx.Each(d.ctx, query, args, func(scan func(...any) error) error { return scan(&s) })
	})
	return s
}

// everything is all that an import may write, as text: what must be the same before and after. It
// leaves out what a deleted lead leaves behind, and the imports themselves.
func (d *desk) everything() string {
	d.Helper()
	var b strings.Builder
	for _, q := range []string{
		`SELECT CAST(l.id AS TEXT) || l.name || l.email || l.title || l.phone || l.mobile || l.tags || l.props || l.department
			|| CAST(l.company AS TEXT) || l.status || CAST(l.owner AS TEXT) || CAST(l.bant AS TEXT) || CAST(l.updated_at AS TEXT) || l.source FROM lead l WHERE l.gone = '' ORDER BY l.id`,
		`SELECT kind || value || CAST(lead AS TEXT) FROM identity ORDER BY id`,
		`SELECT item || value || source || CAST(lead AS TEXT) FROM hearing ORDER BY id`,
		`SELECT phone || ' ' || CAST(lead AS TEXT) FROM lead_phone ORDER BY phone, lead`,
		`SELECT name || number || domain || phone || postal || address || url || industry || CAST(size AS TEXT) || CAST(updated_at AS TEXT) FROM company ORDER BY id`,
		`SELECT domain FROM company_domain ORDER BY domain`,
		`SELECT message || CAST(lead AS TEXT) FROM event ORDER BY id`,
		`SELECT CAST(event AS TEXT) FROM seen_message ORDER BY event`,
		`SELECT basis || source || CAST(lead AS TEXT) FROM consent ORDER BY id`,
		`SELECT CAST(lead AS TEXT) || temperature || fit || stage FROM lead_state ORDER BY lead`,
	} {
		d.read(func(tx *db.Tx) error {
			return tx.Each(d.ctx, q, nil, func(scan func(...any) error) error {
				var s string
				err := scan(&s)
				fmt.Fprintln(&b, s)
				return err
			})
		})
	}
	return b.String()
}

// consistent fails where the stored state of a lead is not what its events make.
func (d *desk) consistent() {
	d.Helper()
	v, err := d.engine.Verify(d.ctx, nil)
	if err != nil {
		d.Fatal(err)
	}
	for _, x := range v.Differences {
		d.Errorf("%s %s: %v ≠ %v", x.Lead, x.Field, x.Stored, x.Folded)
	}
}
