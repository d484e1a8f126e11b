// Package score turns what a lead did and who they are into engagement, fit and temperature,
// by a model that is data: the pack, a YAML file that marketing can read.
package score

import (
	_ "embed"
	"errors"

	"github.com/goccy/go-yaml"

	"kizashi/fault"
	"kizashi/i18n"
)

//go:embed default.yaml
var defaultPack []byte

// DefaultPack is the text of the pack that a new installation starts with.
func DefaultPack() string { return string(defaultPack) }

// Words are a text in both languages.
type Words struct {
	JA string `yaml:"ja"`
	EN string `yaml:"en"`
}

// In is the text in one language.
func (w Words) In(lang i18n.Lang) string {
	if lang == i18n.English && w.EN != "" {
		return w.EN
	}
	return w.JA
}

// Pack is a scoring model as people write it. default.yaml explains every part.
type Pack struct {
	Name         Words              `yaml:"name"`
	HalfLifeDays float64            `yaml:"half_life_days"`
	UTCOffset    float64            `yaml:"utc_offset_hours"` // where a day begins, for once: day
	Cap          float64            `yaml:"cap"`
	Groups       map[string]float64 `yaml:"groups"` // group → cap
	Scoring      []Scoring          `yaml:"scoring"`
	Fit          Fit                `yaml:"fit"`
	HandRaise    []string           `yaml:"hand_raise"`
	Temperature  Temperature        `yaml:"temperature"`
	Gates        Gates              `yaml:"gates"`
	Today        string             `yaml:"today"`
	Urgent       string             `yaml:"urgent"`
	Weights      Weights            `yaml:"weights"`
	Reasons      []Reason           `yaml:"reasons"`
	Playbook     []Advice           `yaml:"playbook"`
}

// Scoring is one rule that gives points for an event.
type Scoring struct {
	ID     string  `yaml:"id"`
	On     string  `yaml:"on"`
	Group  string  `yaml:"group"`
	Points float64 `yaml:"points"`
	Once   string  `yaml:"once"`
	When   string  `yaml:"when"`
	Words  `yaml:",inline"`
}

// Fit says how well somebody suits us, by attributes alone.
type Fit struct {
	Cap    float64            `yaml:"cap"`
	Grades map[string]float64 `yaml:"grades"` // A, B, C → points from which; else D
	Rules  []FitRule          `yaml:"rules"`
}

// FitRule gives points while a condition on attributes holds.
type FitRule struct {
	ID     string  `yaml:"id"`
	When   string  `yaml:"when"`
	Points float64 `yaml:"points"`
	Words  `yaml:",inline"`
}

// Temperature holds the rules for hot and warm; everybody else is cold.
type Temperature struct {
	Hot  string `yaml:"hot"`
	Warm string `yaml:"warm"`
}

// Gates are the conditions on the way through the stages. MQL and TQL happen by themselves; SAL and
// SQL are offered to a person.
type Gates struct {
	MQL string `yaml:"mql"`
	TQL string `yaml:"tql"`
	SAL string `yaml:"sal"`
	SQL string `yaml:"sql"`
}

// Weights order the Today list, in doublings of engagement.
type Weights struct {
	Urgent      float64            `yaml:"urgent"`
	Temperature map[string]float64 `yaml:"temperature"`
	Fit         map[string]float64 `yaml:"fit"`
	Stage       map[string]float64 `yaml:"stage"`
}

// Reason is a sentence that says why somebody stands on the Today list.
type Reason struct {
	On         string `yaml:"on"`
	When       string `yaml:"when"`
	WindowDays int    `yaml:"window_days"` // over which {count} counts; 0: ever
	Words      `yaml:",inline"`
}

// Advice is how to approach somebody of a temperature and stage; an empty one fits any.
type Advice struct {
	Temperature string `yaml:"temperature"`
	Stage       string `yaml:"stage"`
	Words       `yaml:",inline"`
}

// ParsePack reads the YAML of a pack; the error names the line. Its rules are checked by Compile.
func ParsePack(source string) (*Pack, error) {
	if len(source) > 256<<10 {
		return nil, fault.New(fault.TooLarge, "fault.too_large", fault.Args{"limit": "256 KiB"})
	}
	if err := checkDepth(source); err != nil {
		return nil, err
	}
	p := &Pack{}
	if err := yaml.UnmarshalWithOptions([]byte(source), p, yaml.Strict()); err != nil {
		var syntax yaml.Error
		detail := err.Error()
		if errors.As(err, &syntax) {
			detail = syntax.GetMessage()
			if token := syntax.GetToken(); token != nil {
				return nil, fault.New(fault.Invalid, "score.yaml_at",
					fault.Args{"line": token.Position.Line, "column": token.Position.Column, "detail": detail})
			}
		}
		return nil, fault.New(fault.Invalid, "score.yaml", fault.Args{"detail": detail})
	}
	return p, nil
}
