package help_test

import (
	"regexp"
	"strings"
	"testing"

	"kizashi/act"
	"kizashi/testkit"
	"kizashi/testkit/desk"
)

// P21, S17: every label of the product leads to a term that is explained; criteria and playbook are
// those of the published model.
func TestGlossary(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	ja, en := d.Get(act.Viewer, "/help"), d.Get(act.Viewer, "/help?lang=en")
	for _, term := range []string{"temperature", "fit", "stage", "score", "status"} {
		if !ja.Has(`id="` + term + `"`) {
			t.Errorf("%s is not explained", term)
		}
	}
	for _, word := range []string{"今すぐ客", "見積もり", "いま電話を", "SAL"} {
		if !ja.Has(word) {
			t.Errorf("Japanese lacks %q", word)
		}
	}
	if kana := regexp.MustCompile(`\p{Hiragana}+`).FindAllString(strings.ReplaceAll(en.Body, "兆し", ""), -1); len(kana) > 0 {
		t.Errorf("English holds Japanese: %q", kana)
	}
}
