package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"kizashi/app"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/report"
)

type todayCommand struct {
	JSON  bool `help:"JSON で出力する / as JSON" name:"json"`
	Limit int  `help:"人数 / how many" default:"20"`
}

func (c *todayCommand) Run(p *program) error {
	if c.Limit < 1 || c.Limit > report.MaxToday {
		return fault.New(fault.Invalid, "score.range", fault.Args{"min": 1, "max": report.MaxToday}).At("--limit")
	}
	var items []report.TodayItem
	err := p.open(func(a *app.App) error {
		if err := a.CatchUp(p); err != nil {
			return err
		}
		return a.DB.Read(p, func(tx *db.Tx) (err error) {
			items, err = report.Today(p, tx, a.Engine, report.TodayFilter{Limit: c.Limit}, p.lang)
			return err
		})
	})
	if err != nil {
		return err
	}
	if c.JSON {
		enc := json.NewEncoder(p.out)
		enc.SetEscapeHTML(false)
		return enc.Encode(map[string]any{"items": report.TodayJSON(items)})
	}
	p.printToday(items)
	return nil
}

func (p *program) printToday(items []report.TodayItem) {
	if len(items) == 0 {
		fmt.Fprintln(p.out, i18n.T(p.lang, "cli.today.empty", nil))
		return
	}
	fmt.Fprintln(p.out, i18n.T(p.lang, "cli.today.title", fault.Args{"n": len(items)}))
	for _, it := range items {
		l := it.Lead
		fmt.Fprintf(p.out, "\n%3d  [%s] %s %s\n", it.Rank, i18n.T(p.lang, "page.temperature."+l.Temperature, nil), l.Name, l.Title)
		fmt.Fprintf(p.out, "     %s\n", strings.Join(nonEmpty(l.CompanyName, l.Department, l.Email, l.Phone), "  "))
		fmt.Fprintf(p.out, "     %s\n", i18n.T(p.lang, "cli.today.fields", fault.Args{
			"stage": i18n.T(p.lang, "page.stage."+l.Stage, nil), "fit": l.Fit, "engagement": l.Engagement,
		}))
		if it.Flooded {
			fmt.Fprintf(p.out, "     %s\n", i18n.T(p.lang, "lead.trust.flood", nil))
		}
		fmt.Fprintf(p.out, "     %s %s\n", i18n.T(p.lang, "cli.today.why", nil), strings.Join(it.Why, i18n.T(p.lang, "cli.today.and", nil)))
		fmt.Fprintf(p.out, "     %s %s\n", i18n.T(p.lang, "cli.today.how", nil), it.How)
	}
}

func nonEmpty(texts ...string) []string {
	var kept []string
	for _, t := range texts {
		if t != "" {
			kept = append(kept, t)
		}
	}
	return kept
}
