package rule

import "testing"

// The cases that package fold meets most, and the longest lists there are.
var benchmarks = []struct{ name, src string }{
	{"text", `lead.fit == "A"`},
	{"number", `lead.rank >= 4`},
	{"points", `lead.engagement >= 70`},
	{"list", `lead.fit in ["C", "A", "D"]`},
	{"did", `did("price_view", days(14))`},
	{"design", `lead.fit in ["A", "B"] && count("price_view", days(14)) >= 2 && !did("inquiry_sent", days(3))`},
	{"hot", `did("quote_requested", days(14)) || did("price_view", days(1)) || followed("document_requested", "inquiry_sent", days(30), days(14)) || lead.engagement >= 70`},
}

func BenchmarkEval(b *testing.B) {
	for _, bench := range benchmarks {
		b.Run(bench.name, func(b *testing.B) {
			r, f := mustParse(b, bench.src), someone()
			b.ReportAllocs()
			for b.Loop() {
				r.Eval(f)
			}
		})
	}
}

func BenchmarkNext(b *testing.B) {
	for _, bench := range benchmarks {
		b.Run(bench.name, func(b *testing.B) {
			r, f := mustParse(b, bench.src), someone()
			b.ReportAllocs()
			for b.Loop() {
				r.Next(f)
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	src := benchmarks[len(benchmarks)-1].src
	for b.Loop() {
		mustParse(b, src)
	}
}

// Eval and Next run for every event and lead: they allocate nothing.
func TestNoAllocation(t *testing.T) {
	for _, bench := range benchmarks {
		r, f := mustParse(t, bench.src), someone()
		if n := testing.AllocsPerRun(100, func() { r.Eval(f); r.Next(f) }); n != 0 {
			t.Errorf("%s: %v allocations", bench.src, n)
		}
	}
}
