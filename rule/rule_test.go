package rule

import "testing"

const day = int64(86_400_000)

// testFields are one field of every type and more.
var testFields = []Field{
	{Name: "lead.fit", Type: Text, Column: "s.fit", Values: []string{"A", "B", "C", "D"}, JA: "適合", EN: "fit"},
	{Name: "lead.email", Type: Text, Column: "l.email", JA: "メール", EN: "email"},
	{Name: "lead.rank", Type: Int, Column: "l.rank", JA: "役職ランク", EN: "title rank"},
	{Name: "lead.customer", Type: Bool, Column: "l.customer", JA: "既存顧客", EN: "customer"},
	{Name: "lead.planned_at", Type: Time, Column: "l.planned_at", JA: "導入予定日", EN: "planned date"},
	{Name: "lead.tags", Type: Tags, Column: "l.tags", JA: "タグ", EN: "tags"},
	{Name: "lead.engagement", Type: Points, Column: "s.cools_at", JA: "関心度", EN: "engagement"},
	{Name: "company.industry", Type: Text, Column: "c.industry", JA: "業種", EN: "industry"},
	{Name: "company.employees", Type: Int, Column: "c.employees", JA: "従業員数", EN: "employees"},
	{Name: "lead.temperature", Type: Text, Column: "s.temperature", Values: []string{"hot", "warm", "cold"}, JA: "温度", EN: "temperature",
		Labels: map[string]Label{"hot": {"今すぐ客", "hot"}, "warm": {"そのうち客", "warm"}}},
}

var testSchema = NewSchema(testFields).WithKinds(map[string]Label{
	"price_view":         {"価格ページ", "price page"},
	"inquiry_sent":       {"問い合わせ", "inquiry"},
	"document_requested": {"資料請求", "document request"},
})

const now = 20_000 * day

// someone has something of everything.
func someone() *Facts {
	f := &Facts{
		Now: now, HalfLife: float64(14 * day), LastAt: now - day,
		Text: make([]string, len(testFields)), Int: make([]int64, len(testFields)),
		Tags: []string{"vip", "展示会"},
		Seen: []Seen{
			{"price_view", []int64{now - 40*day, now - 13*day, now - 2*day}},
			{"document_requested", []int64{now - 20*day}},
			{"inquiry_sent", []int64{now - 5*day}},
		},
	}
	f.Text[testSchema.Index("lead.fit")] = "B"
	f.Text[testSchema.Index("lead.email")] = "tanaka@example.co.jp"
	f.Int[testSchema.Index("lead.rank")] = 5
	f.Int[testSchema.Index("lead.customer")] = 1
	f.Int[testSchema.Index("lead.planned_at")] = now + 20*day
	f.Text[testSchema.Index("company.industry")] = "製造業"
	f.CoolsAt = cooling(now, f.HalfLife, 64)
	return f
}

func mustParse(t testing.TB, src string) *Rule {
	t.Helper()
	r, err := Parse(testSchema, src)
	if err != nil {
		t.Fatalf("%s: %v", src, err)
	}
	return r
}

// TestEval shows every construct, true and false. T04 T05 T06 T12 T13 P19
func TestEval(t *testing.T) {
	for src, want := range map[string]bool{
		`true`: true, `false`: false, `!true`: false,
		`lead.fit == "B"`: true, `lead.fit != "B"`: false, `lead.fit in ["A", "B"]`: true, `lead.fit in ["C"]`: false,
		`lead.email.contains("@example")`: true, `lead.email.startsWith("Tanaka")`: false, `lead.email.endsWith(".jp")`: true,
		`lead.rank == 5`: true, `lead.rank != 5`: false, `lead.rank < 5`: false, `lead.rank <= 5`: true,
		`lead.rank > 4`: true, `lead.rank >= 6`: false, `lead.rank in [1, 5]`: true, `company.employees in [1]`: false,
		`lead.customer`: true, `lead.customer == false`: false, `lead.customer != false`: true, `!lead.customer`: false,
		`lead.engagement >= 64`: true, `lead.engagement > 64`: false, `lead.engagement < 64.5`: true, `lead.engagement <= 63.9`: false,
		`lead.engagement > 0`: true, `lead.engagement >= 0`: true, `lead.engagement < 0`: false, `lead.engagement <= 0`: false,
		`"vip" in lead.tags`: true, `"VIP" in lead.tags`: false, `"展示会" in lead.tags`: true,
		`ahead(lead.planned_at, days(20))`: true, `ahead(lead.planned_at, days(19))`: false,
		`within(lead.planned_at, days(20))`: false, `past(lead.planned_at)`: false,
		`known(lead.planned_at)`: true, `known(company.employees)`: false, `known(company.industry)`: true,
		`count("price_view") == 3`: true, `count("price_view", days(13)) == 1`: true, `count("price_view", weeks(2)) >= 2`: true,
		`count("price_view", days(14)) > 2`: false, `count("nothing") == 0`: true, `count("price_view", days(1)) < 1`: true,
		`did("price_view", hours(49))`: true, `did("price_view", hours(48))`: false, `did("nothing")`: false,
		`followed("document_requested", "inquiry_sent", days(30), days(14))`: true, // T04
		`followed("document_requested", "inquiry_sent", days(14), days(14))`: false,
		`followed("document_requested", "inquiry_sent", days(30), days(5))`:  false,
		`followed("inquiry_sent", "document_requested", days(30), days(90))`: false,
		`active(days(2))`: true, `active(days(1))`: false, `silent(days(1))`: true, `silent(days(2))`: false,
		`lead.fit == "B" && lead.rank > 4 && "vip" in lead.tags`:                 true,
		`lead.fit == "A" || lead.rank > 4`:                                       true,
		`lead.fit == "A" || lead.rank > 9 || !("vip" in lead.tags)`:              false,
		`(lead.fit == "A" || lead.rank > 4) && !did("inquiry_sent", minutes(5))`: true,
	} {
		if got := mustParse(t, src).Eval(someone()); got != want {
			t.Errorf("%s = %v", src, got)
		}
	}
}
