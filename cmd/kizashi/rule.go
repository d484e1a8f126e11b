package main

import (
	"fmt"
	"strings"

	"kizashi/clock"
	"kizashi/i18n"
	"kizashi/rule"
	"kizashi/score"
)

type ruleCommand struct {
	Check ruleCheckCommand `cmd:"" help:"読み方と日本語・英語の文 / check it and say it in words"`
	SQL   ruleSQLCommand   `cmd:"" name:"sql" help:"SQL にする / as SQL"`
}

type ruleCheckCommand struct {
	Expr string `arg:"" help:"ルール / the rule"`
}

func (c *ruleCheckCommand) Run(p *program) error {
	r, err := rule.Parse(score.Schema(), c.Expr)
	if err != nil {
		return err
	}
	reads := r.Reads()
	fmt.Fprintln(p.out, r.Source())
	fmt.Fprintln(p.out, r.Sentence(i18n.Japanese))
	fmt.Fprintln(p.out, r.Sentence(i18n.English))
	fmt.Fprintln(p.out, "fields:", strings.Join(reads.Fields, ", "))
	fmt.Fprintln(p.out, "events:", strings.Join(reads.Kinds, ", "))
	return nil
}

type ruleSQLCommand struct {
	Expr    string `arg:"" help:"ルール / the rule"`
	Dialect string `help:"sqlite|postgres" default:"sqlite" enum:"sqlite,postgres"`
}

func (c *ruleSQLCommand) Run(p *program) error {
	r, err := rule.Parse(score.Schema(), c.Expr)
	if err != nil {
		return err
	}
	dialect := rule.SQLite
	if c.Dialect == "postgres" {
		dialect = rule.Postgres
	}
	pack, err := score.ParsePack(score.DefaultPack())
	if err != nil {
		return err
	}
	var now clock.Clock
	text, args := r.SQL(dialect, now.Now(), pack.HalfLifeDays*float64(clock.Day), 1)
	fmt.Fprintln(p.out, text)
	for i, a := range args {
		fmt.Fprintf(p.out, "-- $%d = %v\n", i+1, a)
	}
	return nil
}
