package imports_test

import (
	"fmt"
	"strings"
	"testing"

	"kizashi/testkit"
)

// contacts makes a file of n people as exports of card services look, five in a company.
func contacts(n int) []byte {
	last := []string{"佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村", "小林", "加藤"}
	first := []string{"翔太", "花子", "健一", "美咲", "大輔", "直樹", "恵", "由美", "拓也", "彩"}
	titles := []string{"部長", "課長", "主任", "代表取締役", "", "担当", "取締役 営業本部長"}
	departments := []string{"情報システム部", "営業部", "経営企画室", "製造部", "総務部"}
	var b strings.Builder
	b.WriteString("会社名,部署名,役職,姓,名,e-mail,郵便番号,住所,TEL会社,携帯電話,URL,名刺交換日\n")
	for i := range n {
		c := i / 5
		fmt.Fprintf(&b, "株式会社サンプル%d工業,%s,%s,%s,%s%d,user%d@sample%d.example,%03d-%04d,東京都千代田区丸の内%d-%d-%d,03-%04d-%04d,090-%04d-%04d,https://www.sample%d.example/,2026/%02d/%02d\n",
			c, departments[i%5], titles[i%7], last[i%10], first[i/10%10], i%1000, i, c, c%900+100, c%9999,
			c%9+1, c%30+1, c%20+1, c%9000+1000, c%9999, i/9999%9000+1000, i%9999, c, i%10+1, i%28+1)
	}
	return []byte(b.String())
}

func BenchmarkImportIntoEmptyBase(b *testing.B) {
	const rows = 20_000
	content := contacts(rows)
	for b.Loop() {
		b.StopTimer()
		d := open(b, testkit.SQLiteURL(b))
		number := d.start("contacts.csv", content, "card")
		b.StartTimer()
		if err := d.Run(d.ctx, number, quiet); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
