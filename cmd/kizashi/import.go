package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"

	"kizashi/act"
	"kizashi/app"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/id"
	"kizashi/imports"
	"kizashi/sheet"
)

type importCommand struct {
	File importFileCommand `cmd:"" default:"withargs" help:"CSV、TSV、Excel の名簿を取り込む / bring in contacts"`
	Undo importUndoCommand `cmd:"" help:"取り込みを取り消す / take an import back"`
}

const (
	// shownRefusals is how many refused rows a person gets to read; --json gives all.
	shownRefusals = 20
	// backgroundWait is how long the server leaves the import to the command line, ms: it takes over
	// when the command line was killed, and both may work on one import.
	backgroundWait = clock.Minute
	// page is how many refused rows are read at a time.
	page = 1000
)

type importFileCommand struct {
	File   string `arg:"" help:"ファイル / the file" type:"existingfile"`
	Basis  string `help:"メール送信の法的根拠 / legal ground for mail: consent|card|business|published" enum:",consent,card,business,published" default:""`
	DryRun bool   `help:"書き込まずに結果だけ見る / keep nothing, only tell" name:"dry-run"`
	JSON   bool   `help:"JSON で出力する / as JSON" name:"json"`

	Sheet     string `help:"Excel のシート名(既定は名簿らしいシート) / the sheet of a workbook; else the one that most likely holds the contacts"`
	HeaderRow int    `help:"見出しの行番号(0 は自動、-1 は見出しなし) / the row with the column names; 0 finds it, -1: there is none" name:"header-row"`
	Overwrite bool   `help:"登録済みの値をファイルの値で上書きする(既定は空欄を埋めるだけ) / the file wins where both say something"`
}

// refusedRow is a refused row as --json gives it.
type refusedRow struct {
	Row    int    `json:"row"`
	Column string `json:"column"`
	Reason string `json:"reason"`
}

// imported is the result as --json gives it.
type imported struct {
	Rows    int          `json:"rows"`
	New     int          `json:"new"`
	Updated int          `json:"updated"`
	Merged  int          `json:"merged"`
	Same    int          `json:"same"`
	Refused []refusedRow `json:"refused"`
	Import  id.ID        `json:"import,omitempty"`
	DryRun  bool         `json:"dry_run,omitempty"`

	// Of a dry run.
	Columns []imports.PreviewColumn `json:"columns,omitempty"`
	Sheet   string                  `json:"sheet,omitempty"`
	Sheets  []string                `json:"sheets,omitempty"`

	refused int
	resumed bool
}

func (c *importFileCommand) Run(p *program) error {
	if c.File == "-" { // which passes as an existing file
		return fault.New(fault.Invalid, "cli.import.no_file", nil)
	}
	return p.open(func(a *app.App) error {
		m := a.Importer()
		do := c.bringIn
		if c.DryRun {
			do = c.preview
		}
		result, err := do(p, a, m, p.share(c.JSON))
		if err != nil {
			return err
		}
		if c.JSON {
			enc := json.NewEncoder(p.out)
			enc.SetEscapeHTML(false)
			return enc.Encode(result)
		}
		p.printImported(filepath.Base(c.File), result)
		return nil
	})
}

func (c *importFileCommand) preview(p *program, _ *app.App, m *imports.Importer, tell func(imports.Progress)) (imported, error) {
	path, err := filepath.Abs(c.File)
	if err != nil {
		return imported{}, err
	}
	file := imports.File{Name: filepath.Base(c.File), Path: path}
	mapping, err := m.Mapping(file, sheet.Options{Sheet: c.Sheet, HeaderRow: c.HeaderRow})
	if err != nil {
		return imported{}, err
	}
	preview, err := m.Preview(p, file, imports.Plan{Mapping: mapping, Basis: c.Basis, Overwrite: c.Overwrite}, tell)
	if err != nil {
		return imported{}, err
	}
	result := newImported(preview.Counts)
	result.DryRun, result.Columns, result.Sheet = true, preview.Columns, preview.Sheet
	for _, one := range preview.Tabs {
		result.Sheets = append(result.Sheets, one.Name)
	}
	result.add(p.lang, preview.Refused)
	return result, nil
}

func (c *importFileCommand) bringIn(p *program, a *app.App, m *imports.Importer, tell func(imports.Progress)) (imported, error) {
	file, err := c.store(m)
	if err != nil {
		return imported{}, err
	}
	mapping, err := m.Mapping(file, sheet.Options{Sheet: c.Sheet, HeaderRow: c.HeaderRow})
	if err != nil {
		return imported{}, err
	}
	start := &imports.Start{File: file, Basis: c.Basis, Mapping: mapping, Overwrite: c.Overwrite, Wait: backgroundWait}
	if err := a.Door.Run(p, act.Product, start); err != nil {
		return imported{}, err
	}
	if err := m.RunHere(p, start.Import, tell); err != nil {
		return imported{}, err
	}
	result, err := readImported(p, a, start.Import, p.lang)
	result.resumed = start.Resumed
	return result, err
}

func (c *importFileCommand) store(m *imports.Importer) (imports.File, error) {
	f, err := os.Open(c.File)
	if err != nil {
		return imports.File{}, err
	}
	defer f.Close()
	return m.Store(c.File, f)
}

func readImported(ctx context.Context, a *app.App, number id.ID, lang i18n.Lang) (result imported, err error) {
	err = a.DB.Read(ctx, func(tx *db.Tx) error {
		found, err := imports.Find(ctx, tx, number)
		if err != nil {
			return err
		}
		result = newImported(found.Counts)
		result.Import = number
		after := 0
		for {
			list, err := imports.Refusals(ctx, tx, number, after, page)
			if err != nil || len(list) == 0 {
				return err
			}
			result.add(lang, list)
			after = list[len(list)-1].Row
		}
	})
	return result, err
}

func newImported(c imports.Counts) imported {
	return imported{Rows: c.Rows, New: c.New, Updated: c.Updated, Merged: c.Merged, Same: c.Same, refused: c.Refused, Refused: []refusedRow{}}
}

func (r *imported) add(lang i18n.Lang, refused []imports.Refusal) {
	for _, one := range refused {
		r.Refused = append(r.Refused, refusedRow{one.Row, one.Column, i18n.T(lang, one.Reason, one.Args)})
	}
}

func (p *program) printImported(file string, r imported) {
	say := func(key string, args fault.Args) { fmt.Fprintln(p.out, i18n.T(p.lang, key, args)) }
	switch {
	case r.DryRun:
		if len(r.Sheets) > 1 {
			say("cli.import.sheets", fault.Args{"sheet": r.Sheet, "sheets": strings.Join(r.Sheets, i18n.T(p.lang, "imports.comma", nil))})
		}
		for _, c := range r.Columns {
			meaning := c.Property
			if c.Field != "" {
				meaning = i18n.T(p.lang, c.Field.Label(), nil)
			}
			fmt.Fprintf(p.out, "  %s → %s\n", c.Header, meaning)
		}
		say("cli.import.dry_run", fault.Args{"file": file})
	case r.resumed:
		say("cli.import.resumed", fault.Args{"file": file})
	}
	say("cli.import.counts", fault.Args{"rows": r.Rows, "new": r.New, "updated": r.Updated, "merged": r.Merged, "same": r.Same, "refused": r.refused})
	for i, one := range r.Refused {
		if i == shownRefusals {
			say("cli.import.more", fault.Args{"n": r.refused - shownRefusals})
			break
		}
		if one.Column == "" {
			say("cli.import.whole_row", fault.Args{"row": one.Row, "reason": one.Reason})
			continue
		}
		say("cli.import.row", fault.Args{"row": one.Row, "column": one.Column, "reason": one.Reason})
	}
	if r.Import != 0 {
		say("cli.import.undo_hint", fault.Args{"id": r.Import})
	}
}

type importUndoCommand struct {
	ID   string `arg:"" help:"取り込みの番号 / id of the import"`
	JSON bool   `help:"JSON で出力する / as JSON" name:"json"`
}

func (c *importUndoCommand) Run(p *program) error {
	number, err := id.Parse(c.ID)
	if err != nil {
		return err
	}
	return p.open(func(a *app.App) error {
		if err := a.Door.Run(p, act.Product, &imports.Undo{Import: number, Wait: backgroundWait}); err != nil {
			return err
		}
		if err := a.Importer().TakeBackHere(p, number, p.share(c.JSON)); err != nil {
			return err
		}
		return c.tell(p, a, number)
	})
}

// tell says that an import is undone, and whom that has left.
func (c *importUndoCommand) tell(p *program, a *app.App, number id.ID) error {
	var kept []imports.Kept
	err := a.Door.DB.Read(p, func(tx *db.Tx) (err error) {
		kept, err = imports.KeptLeads(p, tx, number, 0, math.MaxInt32)
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(p.out).Encode(map[string]any{"import": number, "undone": true, "kept": keptJSON(kept)})
	}
	fmt.Fprintln(p.out, i18n.T(p.lang, "cli.import.undone", fault.Args{"id": number}))
	for _, k := range kept {
		why := i18n.T(p.lang, k.Why.Key(), nil)
		fmt.Fprintln(p.out, i18n.T(p.lang, "cli.import.kept", fault.Args{"row": k.Row, "lead": k.Lead, "why": why}))
	}
	return nil
}

func keptJSON(list []imports.Kept) []map[string]any {
	shown := make([]map[string]any, len(list))
	for i, k := range list {
		shown[i] = map[string]any{"row": k.Row, "lead": k.Lead, "why": k.Why}
	}
	return shown
}

// share shows on a terminal how far an import is.
func (p *program) share(quiet bool) func(imports.Progress) {
	const steps = 1000
	draw := bar(p.err, steps)
	if draw == nil || quiet {
		return func(imports.Progress) {}
	}
	return func(now imports.Progress) { draw(int(now.Share * steps)) }
}
