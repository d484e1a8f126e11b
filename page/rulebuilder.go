package page

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/rule"
	"kizashi/score"
)

// RuleBuilder is what the part "rule-builder" shows: a field with a rule as text and, where scripts run
// (page/rulebuilder.js), the same rule as a form beside it. Each follows the other through Check.
type RuleBuilder struct {
	Name  string // of the field in its form
	Text  string // the rule; "" is everybody
	Wrong string // words for a rule that was refused
	Check string // where a rule is posted to be read: an answer by AnswerRule
	Words *RuleWords
	// WordsIn is the id of a script with the words, where many builders share them; Words is nil then.
	WordsIn string
	Label   string // what the text is; "" says that it is the rule
}

// RuleAbout is what a rule may ask.
type RuleAbout string

// What rules may ask.
const (
	AboutLeads  RuleAbout = "lead"  // what leads are and what they did
	AboutFit    RuleAbout = "fit"   // what leads are, without what depends on the fit
	AboutEvents RuleAbout = "event" // an event that is scored, and what its lead did before
)

func (a RuleAbout) schema() *rule.Schema {
	if a == AboutEvents {
		return score.EventSchema()
	}
	return score.Schema()
}

// always says a rule that asks nothing.
func (a RuleAbout) always(lang i18n.Lang) string {
	if a == AboutEvents {
		return i18n.T(lang, "builder.always", nil)
	}
	return i18n.T(lang, "builder.everyone", nil)
}

// RuleWords are the fields, event kinds and labels of the form, as its script reads them.
type RuleWords struct {
	Fields    []RuleField       `json:"fields"`
	Kinds     []RuleChoice      `json:"kinds"`
	Labels    map[string]string `json:"labels"`
	Behaviour bool              `json:"behaviour"` // what leads did may be asked
	Own       bool              `json:"own"`       // properties that have no words may be asked
}

// RuleField is a field that a rule may ask for.
type RuleField struct {
	Name   string       `json:"name"`
	Label  string       `json:"label"`
	Type   string       `json:"type"` // text, int, bool, time, tags, points; amount: a number of an event
	Values []RuleChoice `json:"values,omitempty"`
	Open   bool         `json:"open,omitempty"` // it may hold other values, or none
}

// RuleChoice is a value with what people call it.
type RuleChoice struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

var typeNames = map[rule.Type]string{rule.Text: "text", rule.Int: "int", rule.Bool: "bool", rule.Time: "time",
	rule.Tags: "tags", rule.Points: "points"}

// maxKinds bounds the kinds of events to choose from; a kind that is left out can be written in the text.
const maxKinds = 300

// NewRuleBuilder makes the builder of a rule about leads, for a form field of a name.
func NewRuleBuilder(ctx context.Context, tx *db.Tx, r *Request, name, text, check string) (RuleBuilder, error) {
	words, err := NewRuleWords(ctx, tx, r, AboutLeads)
	return RuleBuilder{Name: name, Text: text, Check: check, Words: &words}, err
}

// NewRuleWords are the words of a builder of rules about something.
func NewRuleWords(ctx context.Context, tx *db.Tx, r *Request, about RuleAbout) (RuleWords, error) {
	w := RuleWords{Labels: map[string]string{}, Behaviour: about != AboutFit, Own: about == AboutEvents}
	if err := r.Engine().Kinds.Load(ctx, tx); err != nil {
		return w, err
	}
	w.Fields = ruleFields(about, r.Lang)
	schema, known := score.Schema(), map[string]bool{}
	for _, kind := range append(schema.Kinds(), r.Engine().Kinds.Names()...) {
		if !known[kind] && len(known) < maxKinds {
			known[kind] = true
			w.Kinds = append(w.Kinds, RuleChoice{kind, schema.Kind(r.Lang, kind)})
		}
	}
	for _, key := range builderWords {
		w.Labels[strings.TrimPrefix(key, "builder.")] = i18n.T(r.Lang, key, nil)
	}
	return w, nil
}

// ruleFields are the fields that a rule may ask.
func ruleFields(about RuleAbout, lang i18n.Lang) (list []RuleField) {
	if about == AboutEvents {
		for _, p := range score.Properties(lang) {
			field := RuleField{Name: "event." + p.Name, Label: p.Label(lang), Type: typeNames[p.Type]}
			if p.Type == rule.Int {
				field.Type = "amount"
			}
			list = append(list, field.worded(&p, lang))
		}
		return list
	}
	for _, f := range score.Schema().Fields() {
		if about == AboutFit && !score.FitMayRead(f.Name) {
			continue
		}
		field := RuleField{Name: f.Name, Label: f.Label(lang), Type: typeNames[f.Type]}
		for _, v := range f.Values {
			field.Values = append(field.Values, RuleChoice{v, f.ValueLabel(lang, v)})
		}
		list = append(list, field.worded(&f, lang))
	}
	return list
}

// worded lets one choose among the values of a text that have words, though it may hold others.
func (r RuleField) worded(f *rule.Field, lang i18n.Lang) RuleField {
	if f.Type != rule.Text || len(f.Values) > 0 {
		return r
	}
	alike := map[string]int{}
	for v := range f.Labels {
		alike[f.ValueLabel(lang, v)]++
	}
	for _, v := range slices.Sorted(maps.Keys(f.Labels)) {
		label := f.ValueLabel(lang, v)
		if alike[label] > 1 { // several ways to write one answer: which one must be seen
			label += " (" + v + ")"
		}
		r.Values, r.Open = append(r.Values, RuleChoice{v, label}), true
	}
	return r
}

// builderWords are the words that the script says.
var builderWords = []string{
	"builder.all", "builder.any", "builder.not", "builder.group", "builder.add", "builder.add_group", "builder.remove",
	"builder.subject", "builder.attributes", "builder.behaviour", "builder.event", "builder.followed", "builder.active",
	"builder.silent", "builder.everyone", "builder.nobody", "builder.operator", "builder.value", "builder.kind",
	"builder.later", "builder.ever", "builder.in_last", "builder.window", "builder.within_after", "builder.happened",
	"builder.times", "builder.unit", "builder.comma", "builder.empty", "builder.properties", "builder.own", "builder.own_name",
	"builder.op.eq", "builder.op.ne", "builder.op.lt", "builder.op.le", "builder.op.gt", "builder.op.ge", "builder.op.in",
	"builder.op.contains", "builder.op.startsWith", "builder.op.endsWith", "builder.op.known", "builder.op.is",
	"builder.op.tag", "builder.op.within", "builder.op.ahead", "builder.op.past",
	"builder.minutes", "builder.hours", "builder.days", "builder.weeks",
}

// RuleReading is what the server makes of a rule that somebody is writing.
type RuleReading struct {
	Text     string     `json:"text"`           // canonical; as it was sent if it cannot be read
	Form     *rule.Node `json:"form,omitempty"` // none: everybody, or it cannot be read
	Sentence string     `json:"sentence"`
	Count    string     `json:"count"` // in words; filled in by who answers
	Fault    *RuleFault `json:"fault,omitempty"`

	Rule *rule.Rule `json:"-"` // nil: everybody
}

// RuleFault is a mistake in a rule and its place: in the text, or in the form.
type RuleFault struct {
	Words  string `json:"words"`
	Line   int    `json:"line,omitempty"` // from 1, as is Column, in characters
	Column int    `json:"column,omitempty"`
	Path   string `json:"path,omitempty"` // "nodes[1].nodes[0]"
}

// ReadRule reads a rule about leads that the script of the builder posted: {"text": …} or {"form": …}.
func (r *Request) ReadRule() (RuleReading, error) { return r.ReadRuleAbout(AboutLeads) }

// ReadRuleAbout reads a rule about something, as ReadRule.
func (r *Request) ReadRuleAbout(about RuleAbout) (RuleReading, error) {
	var sent struct {
		Text string     `json:"text"`
		Form *rule.Node `json:"form"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(r.W, r.Body, maxForm)).Decode(&sent); err != nil {
		return RuleReading{}, malformed(err)
	}
	reading := RuleReading{Text: sent.Text}
	var err error
	switch {
	case sent.Form != nil:
		reading.Rule, err = rule.FromForm(about.schema(), sent.Form)
	case strings.TrimSpace(sent.Text) != "":
		reading.Rule, err = rule.Parse(about.schema(), sent.Text)
	}
	var wrong *fault.Error
	switch {
	case errors.As(err, &wrong):
		reading.Fault = &RuleFault{Words: i18n.Words(r.Lang, wrong), Path: wrong.Path}
		reading.Fault.Line, _ = wrong.Args["line"].(int)
		reading.Fault.Column, _ = wrong.Args["column"].(int)
		return reading, nil
	case err != nil:
		return reading, err
	case reading.Rule == nil:
		reading.Sentence = about.always(r.Lang)
		return reading, nil
	}
	reading.Form, reading.Sentence = reading.Rule.Form(), reading.Rule.Sentence(r.Lang)
	if sent.Form != nil {
		reading.Text = reading.Rule.Source()
	}
	return reading, nil
}

// AnswerRule answers the script of the builder.
func (r *Request) AnswerRule(reading RuleReading) error {
	r.W.Header().Set("Content-Type", "application/json; charset=utf-8")
	return json.NewEncoder(r.W).Encode(reading)
}
