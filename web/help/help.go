// Package help explains the words of the field and the criteria that are in force (P21, L04).
package help

import (
	"context"
	"embed"

	"kizashi/act"
	"kizashi/db"
	"kizashi/i18n"
	"kizashi/page"
	"kizashi/score"
	"kizashi/stage"
)

//go:embed *.html *.css
var files embed.FS

// Screen is the glossary.
func Screen() page.Screen {
	return page.Screen{
		Name: "help", Files: files,
		Templates: []page.Template{helpPage},
		Routes:    []page.Route{{Pattern: "GET /help", Right: act.See, Handle: show}},
	}
}

// group is a chapter of the glossary: its name in the words, and the terms in the order of reading.
type group struct {
	Name  string
	Terms []string
}

// Every term is an anchor of the page: labels all over the product lead here.
var groups = []group{
	{"four", []string{"temperature", "fit", "stage", "status"}},
	{"temperatures", []string{"hot", "warm", "cold"}},
	{"stages", []string{"lead", "mql", "tql", "sal", "sql", "won", "recycled", "disqualified"}},
	{"score", []string{"score", "halflife", "gate", "model", "segment"}},
	{"work", []string{"today", "handover", "nextstep", "hearing", "playbook"}},
	{"record", []string{"event", "class", "visitor", "merge", "heat", "consent"}},
}

// criterion is a rule that is in force, in words.
type criterion struct {
	Temperature, Stage string // one of them
	Sentence           string
	Automatic          bool
}

// approach is the advice for one temperature, by stage.
type approach struct {
	Temperature string
	How         []string
}

type view struct {
	Groups   []group
	Version  int
	Criteria []criterion
	Stages   []string
	Playbook []approach
}

const helpPage = page.Of[view]("help/help.html")

// advised are the stages in which somebody is to act.
var advised = []string{stage.Lead, stage.MQL, stage.TQL, stage.SAL, stage.SQL}

func show(r *page.Request) error {
	v := view{Groups: groups, Stages: advised}
	err := r.Read(func(ctx context.Context, tx *db.Tx) error {
		rules, err := r.Engine().Rules(ctx, tx)
		if err == nil {
			v.explain(rules.Model, r.Lang)
		}
		return err
	})
	if err != nil {
		return err
	}
	return helpPage.Show(r, v)
}

func (v *view) explain(m *score.Model, lang i18n.Lang) {
	v.Version = m.Version
	v.Criteria = []criterion{
		{Temperature: "hot", Sentence: m.Temperature.Hot.Sentence(lang)},
		{Temperature: "warm", Sentence: m.Temperature.Warm.Sentence(lang)},
	}
	for _, g := range m.Gates {
		v.Criteria = append(v.Criteria, criterion{Stage: g.To, Sentence: g.Rule.Sentence(lang), Automatic: g.Automatic})
	}
	for _, temperature := range []string{"hot", "warm", "cold"} {
		a := approach{Temperature: temperature}
		for _, s := range advised {
			a.How = append(a.How, m.How(temperature, s, lang))
		}
		v.Playbook = append(v.Playbook, a)
	}
}
