package lead

import (
	"testing"

	"kizashi/id"
)

// L01: a lead is called the same on every page, by the best that is known.
func TestCalled(t *testing.T) {
	for _, test := range []struct {
		one  Lead
		want string
	}{
		{Lead{Name: "山田 太郎", Email: "taro@aozora.example"}, "山田 太郎"},
		{Lead{Email: "taro@aozora.example", Phone: "0312345678"}, "taro@aozora.example"},
		{Lead{Phone: "0312345678", CompanyName: "株式会社青空製作所"}, "03-1234-5678"},
		{Lead{Mobile: "09012345678"}, "090-1234-5678"},
		{Lead{CompanyName: "株式会社青空製作所"}, "株式会社青空製作所"},
		{Lead{ID: 1}, id.ID(1).String()},
	} {
		if got := test.one.Called(); got != test.want {
			t.Errorf("%+v is called %q, wanted %q", test.one, got, test.want)
		}
	}
}
