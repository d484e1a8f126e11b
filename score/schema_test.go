package score

import (
	"testing"

	"kizashi/i18n"
	"kizashi/rule"
)

// P21: a gate over what was heard reads as one would say it, in both its senses.
func TestGateInWords(t *testing.T) {
	r, err := rule.Parse(Schema(), `lead.need_known && lead.owned && !(lead.budget_known || lead.competitor)`)
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Sentence(i18n.Japanese); got != "ニーズが分かっており、担当者がおり、(予算が分かっているか、競合である)ということではない" {
		t.Error(got)
	}
	if got := r.Sentence(i18n.English); got != "the need is known and somebody owns the lead and not (the budget is known or the company is a competitor)" {
		t.Error(got)
	}
	for _, f := range fields {
		if f.Type == rule.Bool && (f.Yes == (rule.Label{}) || f.No == (rule.Label{})) {
			t.Errorf("%s has no words for yes and no", f.Name)
		}
	}
}
