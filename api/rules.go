package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/report"
	"kizashi/rule"
	"kizashi/score"
)

func (s *service) ruleOperations(a huma.API) {
	register(a, operation{id: "checkRule", method: http.MethodPost, path: "/rules/check", summary: "Read a rule: its canonical spelling, in words, and what it looks at"}, s.checkRule)
	register(a, operation{id: "countRule", method: http.MethodPost, path: "/rules/count", summary: "How many leads a rule holds for now"}, s.countRule)
}

type ruleBody struct {
	Rule string `json:"rule" maxLength:"4000" example:"lead.temperature == \"hot\" && silent(days(7))"`
}

// ruleJSON is a rule that was read.
type ruleJSON struct {
	Rule      string     `json:"rule" doc:"In its canonical spelling."`
	Sentences sentences  `json:"sentences"`
	Reads     readsJSON  `json:"reads"`
	Form      *rule.Node `json:"form" doc:"For the visual builder."`
}

type sentences struct {
	JA string `json:"ja"`
	EN string `json:"en"`
}

// readsJSON is what a rule looks at.
type readsJSON struct {
	Fields     []string `json:"fields"`
	Kinds      []string `json:"kinds"`
	Engagement bool     `json:"engagement"`
	Any        bool     `json:"any" doc:"Events of any kind."`
}

// parse reads a rule that came in a field.
func parse(path, source string) (*rule.Rule, error) {
	r, err := rule.Parse(score.Schema(), source)
	if err != nil {
		return nil, at(path, err)
	}
	return r, nil
}

func (s *service) checkRule(_ context.Context, in *struct{ Body posted[ruleBody] }) (*output[ruleJSON], error) {
	r, err := parse("rule", in.Body.Value.Rule)
	if err != nil {
		return nil, err
	}
	reads := r.Reads()
	return answer(ruleJSON{
		Rule: r.Source(), Form: r.Form(),
		Sentences: sentences{r.Sentence(i18n.Japanese), r.Sentence(i18n.English)},
		Reads:     readsJSON{reads.Fields, reads.Kinds, reads.Engagement, reads.Any},
	}), nil
}

// countTime is how long a live count may take: longer than a person waits who is building a rule helps nobody.
const countTime = 3 * time.Second

// countJSON is a live count.
type countJSON struct {
	Count *int64 `json:"count" doc:"How many leads; null when counting took too long."`
	Rule  string `json:"rule" doc:"In its canonical spelling."`
}

func (s *service) countRule(ctx context.Context, in *struct{ Body posted[ruleBody] }) (*output[countJSON], error) {
	r, err := parse("rule", in.Body.Value.Rule)
	if err != nil {
		return nil, err
	}
	brief, cancel := context.WithTimeout(ctx, countTime)
	defer cancel()
	shown := countJSON{Rule: r.Source()}
	err = s.readBy(brief, r, func(tx *db.Tx) error {
		n, err := report.CountLeads(brief, tx, s.Engine, r)
		shown.Count = &n
		return err
	})
	if err != nil && brief.Err() != nil && ctx.Err() == nil {
		return answer(countJSON{Rule: r.Source()}), nil
	}
	return answer(shown), err
}

// at says which field an error is about, where it does not say so itself.
func at(path string, err error) error {
	switch e := err.(type) {
	case *fault.Error:
		if e.Path == "" {
			return e.At(path)
		}
	}
	return err
}

func badCursor() error { return fault.New(fault.Invalid, "report.cursor", nil).At("after") }
