package company

import "testing"

// E10: the share of companies with 1,000 and more employees is counted by the lowest count that a band means.
func TestEmployees(t *testing.T) {
	for s, want := range map[string]int{
		"1,000名以上": 1000, "1000人以上": 1000, "１，０００名以上": 1000, "1001+": 1001, "1,001名～5,000名": 1001,
		"300〜499名": 300, "300～499人": 300, "300-499": 300, "51-100": 51, "51 – 100名": 51, "101名〜300名": 101,
		"10人未満": 1, "50名以下": 1, "〜50名": 1, "～10人": 1, "<10": 1, "10 or less": 1, "up to 50": 1, "1-10": 1, "1名": 1, "0": 0,
		"5,000人以上": 5000, "1万人以上": 10000, "1.5万人": 15000, "3千人": 3000, "10k+": 10000, "1K-5K": 1000,
		"約250名": 250, "250名(2024年4月現在)": 250, "2024年4月時点 250名": 250, "従業員数：1,234名": 1234, "連結 12,345名 / 単体 678名": 12345,
		"資本金1億円 従業員80名": 80, "1,000 employees": 1000, "10,000+ employees": 10000, "25": 25,
	} {
		if got, ok := Employees(s); !ok || got != want {
			t.Errorf("Employees(%q) = %d, %v; want %d", s, got, ok, want)
		}
	}
	for _, s := range []string{"", "非公開", "不明", "-", "2024年", "99999999999999999999", "秘密です"} {
		if got, ok := Employees(s); ok {
			t.Errorf("Employees(%q) = %d", s, got)
		}
	}
}

func TestBandOf(t *testing.T) {
	for n, want := range map[int]int{1: 1, 9: 1, 10: 10, 29: 10, 99: 30, 100: 100, 299: 100, 300: 300, 999: 500, 1000: 1000, 4999: 1000, 5000: 5000, 1_000_000: 5000} {
		if b, ok := BandOf(n); !ok || b.From != want {
			t.Errorf("BandOf(%d) = %v, want from %d", n, b, want)
		}
	}
	if _, ok := BandOf(0); ok {
		t.Error("0 has a band")
	}
	for i := 1; i < len(Bands); i++ {
		if Bands[i].From != Bands[i-1].To+1 {
			t.Errorf("a gap before %v", Bands[i])
		}
	}
}
