package lead_test

import (
	"testing"

	"kizashi/lead"
)

func TestLegible(t *testing.T) {
	for _, c := range []struct {
		field, text string
		want        bool
	}{
		{"phone", "", true}, {"phone", "03-1234-5678", true}, {"phone", "内線123", false}, {"mobile", "なし", false},
		{"postal", "〒100-0001", true}, {"postal", "94105", false},
		{"company_number", "7000012050002", true}, {"company_number", "1234567890123", false},
		{"employees", "300〜499名", true}, {"employees", "非公開", false},
		{"title", "\x00?", true},
	} {
		if got := lead.Legible(c.field, c.text); got != c.want {
			t.Errorf("%s %q: %v", c.field, c.text, got)
		}
	}
}
