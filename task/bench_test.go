package task_test

import (
	"context"
	"testing"

	"kizashi/db"
	"kizashi/id"
	"kizashi/task"
	"kizashi/testkit"
)

// What an owner, and a manager, see at the head of Today: owned leads that nobody has contacted for a month. 20,000
// leads in work of 20 owners, of 50,000.
func BenchmarkNeglected(b *testing.B) {
	for engine, url := range map[string]string{"sqlite": testkit.SQLiteURL(b), "postgres": testkit.PostgresURL(b)} {
		d := neglectedBase(b, url)
		owner := id.ID(2)
		for who, n := range map[string]task.Neglect{
			"one": {Owner: &owner, Untouched: 30 * 86_400_000}, "all": {Untouched: 30 * 86_400_000}, "step": {Owner: &owner},
		} {
			b.Run(engine+"/"+who, func(b *testing.B) {
				for b.Loop() {
					err := d.Read(b.Context(), func(tx *db.Tx) error {
						if _, err := task.CountNeglected(b.Context(), tx, n); err != nil {
							return err
						}
						_, err := task.Neglected(b.Context(), tx, n, 20)
						return err
					})
					if err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// neglectedBase fills a database with leads, two of five in work, half of which were contacted lately.
func neglectedBase(b *testing.B, url string) *db.DB {
	b.Helper()
	ctx := context.Background()
	d, err := db.Open(ctx, url)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { d.Close() })
	var leads, states, work [][]any
	now := d.Clock.Now()
	for n := int64(1); n <= 50_000; n++ {
		owner, touched, stage := int64(0), int64(0), "lead"
		if n%5 < 2 {
			owner, stage, touched = n%20+1, "mql", now-n%2*60*86_400_000-n
		}
		leads = append(leads, []any{n, owner, now - 90*86_400_000})
		states = append(states, []any{n, stage, []byte{}})
		if owner != 0 {
			work = append(work, []any{n, owner, touched})
		}
	}
	err = d.Write(db.Patience(ctx, 100), func(tx *db.Tx) error {
		if err := tx.Many(ctx, `INSERT INTO lead (id, owner, created_at, updated_at) VALUES ($1, $2, $3, $3)`, leads); err != nil {
			return err
		}
		if err := tx.Many(ctx, `INSERT INTO lead_state (lead, due_at, settled_at, temperature, fit, fit_points, stage, stage_at,
			cools_at, priority, today, last_at, data) VALUES ($1, 0, 0, 'cold', 'D', 0, $2, 0, 0, 0, 0, 0, $3)`, states); err != nil {
			return err
		}
		if err := tx.Many(ctx, `INSERT INTO lead_work (lead, owner, touched_at) VALUES ($1, $2, $3)`, work); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `ANALYZE`)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return d
}
