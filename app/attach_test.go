package app_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"kizashi/attach"
	"kizashi/company"
	"kizashi/db"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/testkit"
	"kizashi/testkit/desk"
)

// columns are the columns of all tables, as "table.column".
func columns(d *desk.Desk) map[string]bool {
	d.Helper()
	found := map[string]bool{}
	d.Read(func(ctx context.Context, tx *db.Tx) error {
		return tx.Each(ctx, `{sqlite:SELECT m.name || '.' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'}
			{postgres:SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name NOT LIKE 'event\_%'}`,
			nil, func(scan func(...any) error) error {
				var name string
				err := scan(&name)
				found[name] = true
				return err
			})
	})
	return found
}

// Every table with a lead or a company says what becomes of its rows on a merge and when their lead goes; and what is
// declared is there.
func TestWhatHangsOnALeadIsDeclared(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		d := desk.New(t, url)
		has := columns(d)
		for owner, registry := range map[string]*attach.Registry{"lead": lead.Attached, "company": company.Attached} {
			tryAll(d, registry)
			declared := map[string]bool{}
			for _, table := range registry.Tables() {
				declared[table.Name+"."+table.Column] = true
				if !has[table.Name+"."+table.Column] {
					t.Errorf("%s.%s is declared, and there is none", table.Name, table.Column)
				}
				if (table.Merge == attach.Follow || len(table.Past) > 0) && !has[table.Name+".id"] {
					t.Errorf("%s has no column id: an unmerge would not know its rows, nor a clock that comes back the new ones", table.Name)
				}
			}
			for name := range has {
				if strings.HasSuffix(name, "."+owner) && !declared[name] {
					t.Errorf("%s is not declared: say with %s.Attached.Declare what becomes of it", name, owner)
				}
			}
		}
	})
}

// tryAll runs every statement of a registry on each of its tables, about owners that are not there.
func tryAll(d *desk.Desk, r *attach.Registry) {
	d.Helper()
	nobody := []id.ID{1, 2}
	rows := map[string][]id.ID{}
	for _, table := range r.Tables() {
		rows[table.Name] = nobody
	}
	err := d.App.Door.Write(d.Context(), func(tx *db.Tx) error {
		ctx := d.Context()
		_, err := r.Follow(ctx, tx, 1, 2)
		_, err2 := r.Worked(ctx, tx, nobody)
		_, err3 := r.Ahead(ctx, tx, 1, 1)
		err4 := r.Disclose(ctx, tx, nobody, func(string, attach.Row) error { return nil })
		return errors.Join(err, err2, err3, err4, r.Erase(ctx, tx, nobody), r.SetBack(ctx, tx, nobody), r.Return(ctx, tx, rows, 1, 2), r.Unmake(ctx, tx, nobody))
	})
	if err != nil {
		d.Error(err)
	}
}
