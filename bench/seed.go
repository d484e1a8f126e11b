package bench

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"kizashi/act"
	"kizashi/company"
	"kizashi/db"
	"kizashi/fold"
	"kizashi/lead"
	"kizashi/segment"
)

const seedChunk = 1000

var (
	families = []string{"佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村", "小林", "加藤", "吉田", "山田", "佐々木", "山口", "松本", "井上"}
	givens   = []string{"太郎", "花子", "健一", "美咲", "翔太", "陽子", "誠", "直樹", "由美", "恵子", "大輔", "さくら"}
	titles   = []string{"部長", "課長", "主任", "", "担当", "代表取締役", "次長", "マネージャー"}
)

// seed makes the leads through the same way in as every door.
func (m *measurement) seed() error {
	begin := time.Now()
	for n := 0; n < m.Leads; n += seedChunk {
		list := make([]lead.Fields, min(seedChunk, m.Leads-n))
		for i := range list {
			list[i] = person(n + i)
		}
		err := m.app.Door.Write(m.ctx, func(tx *db.Tx) error {
			_, err := lead.UpsertMany(m.ctx, tx, list, lead.Options{})
			return err
		})
		if err != nil {
			return err
		}
	}
	m.row("leads made by the API's way and folded, a second", "15,000", "%.0f", float64(m.Leads)/time.Since(begin).Seconds())
	return nil
}

// settle does what a server would do in the background after so many new leads, before it is at rest.
func (m *measurement) settle() error {
	begin := time.Now()
	if err := m.app.Engine.MeasureHeat(m.ctx); err != nil {
		return err
	}
	m.row("heat of all new companies measured", "", "%.0f s", time.Since(begin).Seconds())
	return nil
}

func person(n int) lead.Fields {
	corp := n / 5
	return lead.Fields{
		User: userOf(n), Email: fmt.Sprintf("u%d@c%d.example", n, corp),
		Name:  families[rand.IntN(len(families))] + " " + givens[rand.IntN(len(givens))],
		Title: titles[n%len(titles)], Department: "情報システム部", Phone: fmt.Sprintf("03%08d", n),
		Company: company.Fields{Name: fmt.Sprintf("株式会社計測%d", corp), Industry: "製造", Size: fmt.Sprint(10 + corp%3000)},
	}
}

// segments makes live segments of the shapes that people make, and waits until they are filled. Like
// territories and trades they part the leads: a lead stands in a few of them, not in all.
func (m *measurement) segments() error {
	if m.Segments == 0 {
		return nil
	}
	shapes := []func(n int) string{
		func(n int) string {
			return fmt.Sprintf(`lead.fit in ["A", "B"] && count("price_view", days(%d)) >= 2`, 7+n)
		},
		func(n int) string {
			return fmt.Sprintf(`lead.temperature == "hot" && lead.size >= %d && lead.size < %d`, 50*n, 50*(n+1))
		},
		func(n int) string {
			return fmt.Sprintf(`did("whitepaper_downloaded", days(%d)) && !did("inquiry_sent", days(30))`, 7+n)
		},
		func(n int) string {
			return fmt.Sprintf(`lead.engagement >= %d && lead.rank == %d && lead.size >= %d`, 10+n, n%6, 40*n)
		},
		func(n int) string { return fmt.Sprintf(`lead.title.contains("部長") && did("kind_%d", days(30))`, n) },
	}
	for i := range m.Segments {
		rule := shapes[i%len(shapes)](i / len(shapes))
		save := &segment.Save{Title: fmt.Sprintf("計測 %d", i), Rule: rule}
		if err := m.app.Door.Run(m.ctx, act.Product, save); err != nil {
			return err
		}
	}
	begin := time.Now()
	if err := m.filled(); err != nil {
		return err
	}
	m.row(fmt.Sprintf("%d new segments filled", m.Segments), "", "%.0f s", time.Since(begin).Seconds())
	return nil
}

// filled waits until the running server has filled all segments and has nothing of that left to do.
func (m *measurement) filled() error {
	for waiting := true; waiting; {
		err := m.app.DB.Read(m.ctx, func(tx *db.Tx) error {
			list, err := segment.Live(m.ctx, tx)
			if err != nil {
				return err
			}
			walk, err := fold.FillingSegments(m.ctx, tx)
			waiting = walk.Unfinished() || slices.ContainsFunc(list, func(s segment.Segment) bool { return !s.Ready })
			return err
		})
		if err != nil {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
	return nil
}
