package lead_test

import (
	"context"
	"fmt"
	"syscall"
	"testing"
	"time"

	"kizashi/act"
	"kizashi/company"
	"kizashi/db"
	"kizashi/lead"
	"kizashi/testkit"
)

// chunk is how many rows an import brings in one transaction.
const chunk = 1000

var (
	families = []string{"佐藤", "鈴木", "高橋", "田中", "伊藤", "渡邊", "山本", "中村", "小林", "加藤", "吉田", "山田", "佐々木", "山口", "松本"}
	givens   = []string{"太郎", "花子", "健一", "美咲", "大輔", "直子", "翔太", "陽子", "誠", "恵子", "拓也", "由美", "和也", "真由美"}
	trades   = []string{"工業", "商事", "電機", "製作所", "システムズ", "建設", "物流", "食品", "化学", "精密"}
	titles   = []string{"部長", "課長", "主任", "", "代表取締役社長", "営業本部長", "マネージャー", "担当"}
)

// card is the n-th person of a made-up world: five to a company, one mail address each.
func card(n int) lead.Fields {
	firm := n / 5
	family, given := families[n%len(families)], givens[n/7%len(givens)]
	return lead.Fields{
		Name: family + " " + given, Email: fmt.Sprintf("p%d@firm%d.example", n, firm),
		Phone: fmt.Sprintf("03-%04d-%04d", firm/10000%10000, firm%10000), Mobile: fmt.Sprintf("090-%04d-%04d", n/10000%10000, n%10000),
		Department: "営業部", Title: titles[n%len(titles)], Postal: fmt.Sprintf("%07d", 1000000+firm), Address: "東京都千代田区丸の内1-2-3",
		Source: "展示会", Tags: []string{"展示会2026"},
		Company: company.Fields{Name: fmt.Sprintf("株式会社%s%s%d", families[firm%len(families)], trades[firm%len(trades)], firm)},
	}
}

func cards(from, count int) []lead.Fields {
	list := make([]lead.Fields, count)
	for i := range list {
		list[i] = card(from + i)
	}
	return list
}

func benchUpsert(b *testing.B, url string, filled int, from func(n int) int) {
	ctx := context.Background()
	d, err := db.Open(ctx, url)
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	door := act.NewDoor(d)
	put := func(list []lead.Fields) {
		err := door.Write(ctx, func(tx *db.Tx) error {
			_, err := lead.UpsertMany(ctx, tx, list, lead.Options{})
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	for n := 0; n < filled; n += chunk {
		put(cards(n, chunk))
	}
	b.ResetTimer()
	busy := cpuTime(b)
	for n := 0; n < b.N; n++ {
		put(cards(from(n), chunk))
	}
	b.ReportMetric(float64(b.N*chunk)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(float64(b.N*chunk)/(cpuTime(b)-busy).Seconds(), "rows/cpu-s")
}

// cpuTime is what this process has used: it tells the cost on a machine that others use, too.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkUpsertEmptyBase(b *testing.B) {
	benchUpsert(b, testkit.SQLiteURL(b), 0, func(n int) int { return n * chunk })
}

func BenchmarkUpsertFilledBase(b *testing.B) {
	const filled = 200_000
	benchUpsert(b, testkit.SQLiteURL(b), filled, func(n int) int { return filled + n*chunk })
}

// BenchmarkUpsertSame brings in people who are there already.
func BenchmarkUpsertSame(b *testing.B) {
	const filled = 20_000
	benchUpsert(b, testkit.SQLiteURL(b), filled, func(n int) int { return n * chunk % filled })
}

func BenchmarkUpsertPostgres(b *testing.B) {
	benchUpsert(b, testkit.PostgresURL(b), 0, func(n int) int { return n * chunk })
}
