package bench

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"time"

	"kizashi/act"
	"kizashi/imports"
	"kizashi/sheet"
)

// importRows is how many rows a measured file has, at most.
const importRows = 20_000

// The rows of the two files continue where the numbers of the seeded leads end.
func (m *measurement) importEmpty() error {
	return m.importFile("import into an empty base, rows a second", m.Leads)
}

func (m *measurement) importFilled() error {
	return m.importFile(fmt.Sprintf("import into a base of %d, rows a second", m.Leads), m.Leads+importRows)
}

// importFile imports a file of new people through the same way as kizashi import.
func (m *measurement) importFile(what string, first int) error {
	rows := min(importRows, m.Leads)
	importer := m.app.Importer()
	read, write := io.Pipe()
	go func() { _ = write.CloseWithError(contacts(write, first, rows)) }()
	file, err := importer.Store(fmt.Sprintf("contacts-%d.csv", first), read)
	if err != nil {
		return err
	}
	mapping, err := importer.Mapping(file, sheet.Options{})
	if err != nil {
		return err
	}
	begin := time.Now()
	start := &imports.Start{File: file, Mapping: mapping, Basis: "business", Wait: time.Hour.Milliseconds()}
	if err := m.app.Door.Run(m.ctx, act.Product, start); err != nil {
		return err
	}
	ctx := context.WithoutCancel(m.ctx)
	if err := importer.RunHere(ctx, start.Import, func(imports.Progress) {}); err != nil {
		return err
	}
	m.row(what, "15,000", "%.0f", float64(rows)/time.Since(begin).Seconds())
	return nil
}

// contacts writes a file as a company would have it.
func contacts(to io.Writer, first, rows int) error {
	w := csv.NewWriter(to)
	if err := w.Write([]string{"氏名", "メールアドレス", "会社名", "役職", "部署", "電話番号", "業種", "従業員数"}); err != nil {
		return err
	}
	for n := first; n < first+rows; n++ {
		p := person(n)
		row := []string{p.Name, p.Email, p.Company.Name, p.Title, p.Department, p.Phone, p.Company.Industry, p.Company.Size}
		if err := w.Write(row); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}
