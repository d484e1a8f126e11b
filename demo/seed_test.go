package demo_test

import (
	"context"
	"strings"
	"testing"

	"kizashi/app"
	"kizashi/db"
	"kizashi/demo"
	"kizashi/fold"
	"kizashi/i18n"
	"kizashi/report"
	"kizashi/testkit"
)

func seed(t *testing.T, url string, o demo.Options) *fold.Engine {
	t.Helper()
	config := app.Config{Data: t.TempDir()}
	if strings.HasPrefix(url, "postgres") {
		config.Database = url
	}
	a, err := app.Open(context.Background(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	if err := demo.Seed(context.Background(), a.Engine, o); err != nil {
		t.Fatal(err)
	}
	return a.Engine
}

// T01 X08: the demo has all temperatures in believable shares, its state is what its log comes to,
// and somebody is to be contacted today.
func TestSeed(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		engine := seed(t, url, demo.Options{Seed: 1, Leads: 600, Days: 90})
		v, err := engine.Verify(t.Context(), nil)
		if err != nil || len(v.Differences) > 0 || v.Leads < 550 {
			t.Errorf("%d leads, %d differences, %v: %+v", v.Leads, len(v.Differences), err, v.Differences[:min(len(v.Differences), 5)])
		}
		shares(t, engine)
		today(t, engine)
		if empty, err := demo.Empty(t.Context(), engine.Door.DB); empty || err != nil {
			t.Errorf("empty after the seed: %v %v", empty, err)
		}
	})
}

func shares(t *testing.T, engine *fold.Engine) {
	t.Helper()
	count, all := map[string]int{}, 0
	err := engine.Door.DB.Read(t.Context(), func(tx *db.Tx) error {
		return tx.Each(t.Context(), `SELECT temperature, COUNT(*) FROM lead_state GROUP BY temperature`, nil, func(scan func(...any) error) error {
			var temperature string
			var n int
			err := scan(&temperature, &n)
			count[temperature] += n
			all += n
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	hot, warm := 100*count["hot"]/all, 100*count["warm"]/all
	if hot < 1 || hot > 6 || warm < 10 || warm > 35 {
		t.Errorf("hot %d %%, warm %d %% of %d", hot, warm, all)
	}
	t.Logf("hot %d, warm %d of %d", count["hot"], count["warm"], all)
}

func today(t *testing.T, engine *fold.Engine) {
	t.Helper()
	temperatures := map[string]int{}
	err := engine.Door.DB.Read(t.Context(), func(tx *db.Tx) error {
		items, err := report.Today(t.Context(), tx, engine, report.TodayFilter{Limit: 100}, i18n.Japanese)
		for _, it := range items {
			temperatures[it.Lead.Temperature]++
			if len(it.Why) == 0 || it.How == "" {
				t.Errorf("%s: no reason or no advice", it.Lead.Name)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if temperatures["hot"] == 0 || temperatures["warm"] == 0 {
		t.Errorf("today: %v", temperatures)
	}
}

// The same seed makes the same people and behaviour.
func TestSameSeedSamePeople(t *testing.T) {
	first, second := fingerprint(t), fingerprint(t)
	if first != second {
		t.Errorf("%s\n%s", first, second)
	}
}

func fingerprint(t *testing.T) string {
	t.Helper()
	engine := seed(t, testkit.SQLiteURL(t), demo.Options{Seed: 5, Leads: 60, Days: 20})
	var text string
	err := engine.Door.DB.Read(t.Context(), func(tx *db.Tx) error {
		return tx.Each(t.Context(), `SELECT email, name, department, title FROM lead WHERE email <> '' ORDER BY email`, nil, func(scan func(...any) error) error {
			var email, name, department, title string
			err := scan(&email, &name, &department, &title)
			text += email + name + department + title + "\n"
			return err
		})
	})
	if err != nil || text == "" {
		t.Fatal(text, err)
	}
	return text
}

// BenchmarkSeed makes as many leads as the measurements of speed begin with, in short.
func BenchmarkSeed(b *testing.B) {
	const leads = 60_000
	for b.Loop() {
		a, err := app.Open(b.Context(), app.Config{Data: b.TempDir()})
		if err != nil {
			b.Fatal(err)
		}
		if err := demo.Seed(b.Context(), a.Engine, demo.Options{Seed: 1, Leads: leads, Days: 10}); err != nil {
			b.Fatal(err)
		}
		if err := a.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(leads*float64(b.N)/b.Elapsed().Seconds(), "leads/s")
}
