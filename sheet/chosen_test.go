package sheet_test

import (
	"testing"

	"kizashi/fault"
	"kizashi/sheet"
)

func TestChosenColumns(t *testing.T) {
	guess := sheet.Map([]string{"氏名", "メールアドレス", "連絡用", "備考"}, nil)
	m, err := guess.With([]sheet.Column{{Index: 2, Field: sheet.Email}, {Index: 3, Property: "覚え書き"}})
	if err != nil {
		t.Fatal(err)
	}
	if m.Column(sheet.Email) != 2 || m.Columns[2].Reason != sheet.ByPerson {
		t.Errorf("%+v", m)
	}
	if was := m.Columns[1]; was.Field != "" || was.Property != "メールアドレス" || was.Reason != sheet.Taken {
		t.Errorf("the guess stays: %+v", was)
	}
	if m.Columns[3].Property != "覚え書き" || guess.Columns[3].Field != sheet.Memo {
		t.Errorf("%+v; the guess: %+v", m.Columns[3], guess.Columns[3])
	}
	for _, wrong := range [][]sheet.Column{
		{{Index: 9, Field: sheet.Email}}, {{Index: 0, Field: "shoe_size"}},
		{{Index: 0, Field: sheet.Email}, {Index: 1, Field: sheet.Email}}, {{Index: 0, Property: "x"}, {Index: 1, Property: "x"}},
	} {
		if _, err := guess.With(wrong); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: %v", wrong, err)
		}
	}
}
