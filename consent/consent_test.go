package consent

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"kizashi/id"
)

func row(at int64, purpose, basis string) Entry {
	return Entry{ID: id.ID(at), Purpose: purpose, Basis: basis, Granted: basis != Refusal, At: at}
}

func TestStrictestRefusalWins(t *testing.T) { // X13
	for _, c := range []struct {
		what    string
		rows    Standing
		purpose string
		allowed bool
		why     string
	}{
		{"mail needs a basis", nil, Mail, false, NoBasis},
		{"calls do not", nil, Call, true, NotAsked},
		{"nor does tracking", nil, Tracking, true, NotAsked},
		{"giving data away does", nil, "provide:booth-7", false, NoBasis},
		{"a card is a basis for mail", Standing{row(1, Mail, Card)}, Mail, true, Agreed},
		{"and for its topics", Standing{row(1, Mail, Card)}, "mail:news", true, Agreed},
		{"a topic is no basis for the rest", Standing{row(1, "mail:news", Explicit)}, Mail, false, NoBasis},
		{"a refusal wins over an older consent", Standing{row(1, Mail, Explicit), row(2, Mail, Refusal)}, Mail, false, Refused},
		{"and over a newer card", Standing{row(1, Mail, Refusal), row(2, Mail, Card)}, Mail, false, Refused},
		{"and over a newer business relationship", Standing{row(1, Mail, Refusal), row(2, Mail, Business)}, Mail, false, Refused},
		{"and over a consent of the same moment", Standing{row(1, Mail, Refusal), row(1, Mail, Explicit)}, Mail, false, Refused},
		{"the person's own later word lifts it", Standing{row(1, Mail, Refusal), row(2, Mail, Explicit)}, Mail, true, Agreed},
		{"also after refusing everything", Standing{row(1, All, Refusal), row(2, Mail, Explicit)}, Mail, true, Agreed},
		{"but only for what they said", Standing{row(1, All, Refusal), row(2, Mail, Explicit)}, Call, false, Refused},
		{"a general consent lifts no narrower refusal", Standing{row(1, "mail:news", Refusal), row(2, Mail, Explicit)}, "mail:news", false, Refused},
		{"refusing a topic leaves the rest", Standing{row(1, Mail, Explicit), row(2, "mail:news", Refusal)}, Mail, true, Agreed},
		{"refusing calls leaves mail", Standing{row(1, Mail, Card), row(2, Call, Refusal)}, Mail, true, Agreed},
		{"refusing everything stops tracking", Standing{row(2, All, Refusal)}, Tracking, false, Refused},
		{"agreeing to contact gives nothing away", Standing{row(1, All, Explicit)}, Provide, false, NoBasis},
		{"one exhibitor is not all", Standing{row(1, "provide:booth-7", Explicit)}, "provide:booth-8", false, NoBasis},
		{"a name that begins alike is another", Standing{row(1, "mail:a", Refusal), row(1, "mail:ab", Explicit)}, "mail:ab", true, Agreed},
	} {
		if v := c.rows.For(c.purpose); v.Allowed != c.allowed || v.Why != c.why {
			t.Errorf("%s: %+v", c.what, v)
		}
	}
}

func TestTheVerdictNamesItsRow(t *testing.T) {
	s := Standing{row(1, Mail, Explicit), row(2, Mail, Card), row(3, Call, Refusal), row(4, All, Refusal), row(5, Mail, Explicit)}
	if v := s.For(Mail); v.By == nil || v.By.At != 5 {
		t.Errorf("%+v", v)
	}
	if v := s.For(Call); v.By == nil || v.By.At != 4 {
		t.Errorf("%+v", v)
	}
}

var (
	purposes = rapid.SampledFrom([]string{All, Mail, Call, Provide, Tracking, "mail:news", "mail:tips", "provide:b"})
	anyRow   = rapid.Custom(func(t *rapid.T) Entry {
		return row(rapid.Int64Range(1, 9).Draw(t, "at"), purposes.Draw(t, "purpose"),
			rapid.SampledFrom([]string{Explicit, Card, Business, Published, Refusal}).Draw(t, "basis"))
	})
)

// The order in which rows stand, as after a merge, does not matter; a further refusal, or the rows of
// another lead without consent of their own, never allow what was not allowed.
func TestRefusalsOnlyTakeAway(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := Standing(rapid.SliceOfN(anyRow, 0, 8).Draw(t, "rows"))
		asked := purposes.Draw(t, "asked")
		before := rows.For(asked)
		mixed := Standing(rapid.Permutation(rows).Draw(t, "mixed"))
		if after := mixed.For(asked); after.Allowed != before.Allowed || after.Why != before.Why {
			t.Fatalf("the order matters: %+v, %+v", before, after)
		}
		more := anyRow.Draw(t, "more")
		more.Basis, more.Granted = Refusal, false
		if after := append(slices.Clone(rows), more).For(asked); after.Allowed && !before.Allowed {
			t.Fatalf("a refusal allowed %s: %+v", asked, after)
		}
		if before.Why == Refused {
			more.Basis, more.Granted, more.Purpose = Card, true, asked
			if after := append(slices.Clone(rows), more).For(asked); after.Allowed {
				t.Fatalf("a card lifted a refusal: %+v", after)
			}
		}
	})
}
