package score

import (
	"errors"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"kizashi/clock"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/id"
	"kizashi/rule"
)

const t0 = 1_790_000_000_000 // a Monday in September 2026, 22:13 JST

func defaultModel(t testing.TB) *Model {
	t.Helper()
	m, err := Stored{ID: 1, Version: 1, Source: DefaultPack()}.Model()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// lived folds events "kind@days" and judges the lead at now days after t0.
func lived(t testing.TB, m *Model, now float64, attrs func(*rule.Facts), events ...Event) (*State, *rule.Facts, Verdict) {
	t.Helper()
	s := m.NewState()
	for i := range events {
		events[i].ID = id.ID(i + 1)
		m.Apply(s, &events[i], nil)
	}
	f := m.Facts(s, day(now))
	if attrs != nil {
		attrs(f)
	}
	return s, f, m.Judge(f)
}

func day(d float64) int64 { return t0 + int64(d*float64(clock.Day)) }

func did(kind string, d float64) Event { return Event{Kind: kind, At: day(d)} }

// T01 T03 T04 T05 T06 T11 T12 T13 T17 T18 T19: the temperature of the article.
func TestTemperature(t *testing.T) {
	m := defaultModel(t)
	for _, c := range []struct {
		name string
		want string
		now  float64
		did  []Event
	}{
		{"T05 a quote request is hot", "hot", 1, []Event{did("quote_requested", 0)}},
		{"T05 for 14 days, and while engagement is 70", "warm", 16, []Event{did("quote_requested", 0)}},
		{"T06 the price page is hot", "hot", 1, []Event{{Kind: "page_view", Tag: "price_view", At: day(0)}}},
		{"T04 an inquiry after a document request is hot", "hot", 10, []Event{did("document_requested", 0), did("inquiry_sent", 9)}},
		{"T04 a document request after an inquiry is no sequence, but the engagement is high", "hot", 1, []Event{did("inquiry_sent", 0), did("document_requested", 0.5)}},
		{"T12 attending a seminar is warm", "warm", 80, []Event{did("seminar_attended", 0)}},
		{"T12 registering is not attending", "cold", 1, []Event{did("seminar_registered", 0)}},
		{"T13 a white paper is warm", "warm", 80, []Event{did("whitepaper_downloaded", 0)}},
		{"T13 for 90 days", "cold", 91, []Event{did("whitepaper_downloaded", 0)}},
		{"T18 a newsletter subscriber is cold", "cold", 0, []Event{did("newsletter_subscribed", 0)}},
		{"T19 nobody did anything", "cold", 0, nil},
		{"a mail opened scores nothing", "cold", 0, []Event{did("email_opened", 0)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, _, v := lived(t, m, c.now, nil, c.did...); v.Temperature != c.want {
				t.Errorf("got %s, want %s", v.Temperature, c.want)
			}
		})
	}
}

// X01: what the lines say is left adds up to the engagement, whatever happened, and never leaves 0–100.
func TestLinesAddUp(t *testing.T) {
	m := defaultModel(t)
	kinds := []string{"page_view", "inquiry_sent", "careers_view", "seminar_attended", "card_exchanged", "email_clicked", "document_requested"}
	rapid.Check(t, func(t *rapid.T) {
		s, at, sum := m.NewState(), int64(t0), 0.0
		var lines []Line
		for i := range rapid.IntRange(0, 60).Draw(t, "n") {
			at += rapid.Int64Range(0, 5*clock.Day).Draw(t, "gap")
			e := &Event{ID: id.ID(i), At: at, Kind: rapid.SampledFrom(kinds).Draw(t, "kind")}
			if e.Kind == "page_view" && rapid.Bool().Draw(t, "price") {
				e.Tag = "price_view"
			}
			m.Apply(s, e, func(l Line) { lines = append(lines, l) })
		}
		now := at + rapid.Int64Range(0, 90*clock.Day).Draw(t, "later")
		for _, l := range lines {
			sum += m.Decayed(l.Points, l.At, now)
		}
		total := m.total(s, now)
		if math.Abs(sum-total) > 1e-9 {
			t.Fatalf("lines say %v, the state %v", sum, total)
		}
		if total < 0 || total > 100+1e-9 {
			t.Fatalf("engagement %v", total)
		}
		if cools := m.CoolsAt(s); total > 1e-6 && math.Abs(Engagement(cools, now, m.HalfLife)-total) > 1e-6 {
			t.Fatalf("cools at %v gives %v, not %v", cools, Engagement(cools, now, m.HalfLife), total)
		}
	})
}

func TestStateCodecRoundTrip(t *testing.T) {
	m := defaultModel(t)
	rapid.Check(t, func(t *rapid.T) {
		s, at := m.NewState(), int64(t0)
		for i := range rapid.IntRange(0, 300).Draw(t, "n") {
			at += rapid.Int64Range(0, clock.Day).Draw(t, "gap")
			m.Apply(s, &Event{ID: id.ID(i), At: at, Kind: rapid.SampledFrom([]string{"page_view", "x", "inquiry_sent"}).Draw(t, "kind")}, nil)
		}
		s.Attrs = Attrs{Text: rapid.SliceOf(rapid.String()).Draw(t, "text"), Int: []int64{1, -5}, Tags: []string{"展示会"}}
		s.Segments = []id.ID{4, 9}
		b := AppendState(nil, s)
		back, err := DecodeState(b)
		if err != nil {
			t.Fatal(err)
		}
		if string(AppendState(nil, back)) != string(b) {
			t.Fatal("the state changed on its way")
		}
	})
}

func FuzzDecodeState(f *testing.F) {
	m := defaultModel(f)
	s := m.NewState()
	m.Apply(s, &Event{ID: 1, At: t0, Kind: "inquiry_sent"}, nil)
	f.Add(AppendState(nil, s))
	f.Add([]byte{codecVersion})
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, err := DecodeState(b); err == nil {
			if _, err := DecodeState(AppendState(nil, s)); err != nil {
				t.Error(err)
			}
		}
	})
}

// P18 P19 P20: fit by attributes, in grades.
func TestFit(t *testing.T) {
	m := defaultModel(t)
	set := func(title int, size int64, industry, dept string) func(*rule.Facts) {
		return func(f *rule.Facts) {
			f.Int[mustIndex("lead.rank")], f.Int[mustIndex("lead.size")] = int64(title), size
			f.Int[mustIndex("lead.corporate_mail")] = 1
			if industry == "E" {
				f.Int[mustIndex("lead.target_industry")] = 1
			}
			f.Text[mustIndex("lead.industry")], f.Text[mustIndex("lead.department")] = industry, dept
		}
	}
	for _, c := range []struct {
		attrs  func(*rule.Facts)
		points int
		grade  string
	}{
		{set(5, 5000, "E", "情報システム部"), 95, "A"},
		{set(3, 400, "E", ""), 68, "B"},
		{set(3, 400, "D", ""), 58, "B"}, // a near industry
		{set(2, 60, "", ""), 24, "C"},
		{set(0, 0, "", ""), 10, "D"},
	} {
		_, f, v := lived(t, m, 0, c.attrs)
		sum := 0.0
		for _, l := range m.FitLines(f) {
			sum += l.Points
		}
		if v.FitPoints != c.points || v.Fit != c.grade || int(sum) != c.points {
			t.Errorf("got %d %s (lines %v), want %d %s", v.FitPoints, v.Fit, sum, c.points, c.grade)
		}
	}
}

// T02 S17: advice for every stage and temperature, in both languages.
func TestAdviceIsThereForEverybody(t *testing.T) {
	m := defaultModel(t)
	for _, stage := range []string{"lead", "mql", "tql", "sal", "sql", "recycled"} {
		for _, temp := range []string{"hot", "warm", "cold"} {
			ja, en := m.How(temp, stage, i18n.Japanese), m.How(temp, stage, i18n.English)
			if ja == "" || en == "" || ja == en {
				t.Errorf("%s %s: %q %q", stage, temp, ja, en)
			}
		}
	}
}

// The advice is the article's, in its words.
func TestAdviceIsTheArticles(t *testing.T) {
	m := defaultModel(t)
	for _, c := range []struct{ row, temperature, stage, words string }{
		{"T09 concrete proposal, direct contact, what helps to decide", "hot", "tql", "電話 具体的な提案 後押し"},
		{"T14 still gathering information", "warm", "lead", "情報収集中"},
		{"T15 regular follow-up and information", "warm", "lead", "定期的にフォロー コンテンツ"},
		{"T16 advantages and problem-solving content", "warm", "lead", "課題解決コンテンツ 優位性"},
		{"T20 awareness, step by step, of interest", "cold", "lead", "認知 役立つ情報 興味を引く 段階的"},
		{"S05 content, mail, webinars", "cold", "mql", "メール ウェビナー 価値の高いコンテンツ"},
		{"S08 call, online meeting, hearing, demo or briefing", "warm", "tql", "電話 オンライン商談 ヒアリング デモ 説明会"},
		{"S11 visit, meeting, own proposal, adoption plan", "cold", "sal", "訪問 対面商談 個別の提案 導入プラン"},
		{"S14 S15 near a contract: closing, terms, help with adoption, contract", "cold", "sql", "クロージング 条件交渉 導入支援 契約"},
	} {
		how := m.How(c.temperature, c.stage, i18n.Japanese)
		for word := range strings.FieldsSeq(c.words) {
			if !strings.Contains(how, word) {
				t.Errorf("%s: %q lacks %q", c.row, how, word)
			}
		}
	}
}

func TestWhySpeaksInWords(t *testing.T) {
	m := defaultModel(t)
	_, f, _ := lived(t, m, 2, nil, did("document_requested", 0), Event{Kind: "page_view", Tag: "price_view", At: day(1)},
		Event{Kind: "page_view", Tag: "price_view", At: day(1.5)}, did("inquiry_sent", 1.9))
	ja := strings.Join(m.Why(f, i18n.Japanese), "。")
	for _, want := range []string{"資料請求のあとに問い合わせ(2時間前)", "価格ページを2回見た(12時間前)"} {
		if !strings.Contains(ja, want) {
			t.Errorf("%q lacks %q", ja, want)
		}
	}
}

// P21 P24: mistakes in a pack come back together, each with its place.
func TestPackMistakesHavePlaces(t *testing.T) {
	p, err := ParsePack(DefaultPack())
	if err != nil {
		t.Fatal(err)
	}
	p.HalfLifeDays = 0
	p.Scoring[2].Group = "nothing"
	p.Scoring[3].When = `lead.rank > 3`
	p.Fit.Rules[0].When = `did("x")`
	p.Temperature.Hot = `lead.stage == "mql"`
	_, err = Compile(p)
	var many fault.Many
	if !errors.As(err, &many) {
		t.Fatal(err)
	}
	for _, path := range []string{"half_life_days", "scoring[2].group", "scoring[3].when", "fit.rules[0].when", "temperature.hot"} {
		found := false
		for _, e := range many {
			found = found || e.Path == path
		}
		if !found {
			t.Errorf("no mistake at %s: %v", path, err)
		}
	}
	if _, err := ParsePack("scoring: [\n  {id: x, onn: y}"); err == nil {
		t.Error("an unknown name was taken")
	}
}

func BenchmarkApply(b *testing.B) {
	m := defaultModel(b)
	s := m.NewState()
	e := &Event{Kind: "page_view", Tag: "price_view", At: t0}
	for b.Loop() {
		e.At += clock.Hour
		m.Apply(s, e, nil)
	}
}

func BenchmarkJudge(b *testing.B) {
	m := defaultModel(b)
	s := m.NewState()
	for i := range 20 {
		m.Apply(s, &Event{Kind: "page_view", At: t0 + int64(i)*clock.Day}, nil)
	}
	for b.Loop() {
		m.Judge(m.Facts(s, t0+30*clock.Day))
	}
}

func BenchmarkCodec(b *testing.B) {
	m := defaultModel(b)
	s := m.NewState()
	for i := range 20 {
		m.Apply(s, &Event{Kind: "page_view", At: t0 + int64(i)*clock.Day}, nil)
	}
	f := m.Facts(s, t0)
	s.Attrs = Attrs{Text: f.Text, Int: f.Int}
	raw := AppendState(nil, s)
	for b.Loop() {
		s, _ := DecodeState(raw)
		raw = AppendState(raw[:0], s)
	}
}
