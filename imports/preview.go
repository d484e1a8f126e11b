package imports

import (
	"context"
	"errors"

	"kizashi/company"
	"kizashi/db"
	"kizashi/lead"
	"kizashi/sheet"
)

// What a preview shows.
const (
	maxSamples  = 5   // values of a column
	maxRefusals = 200 // refused rows
)

// Preview is what an import would do.
type Preview struct {
	sheet.Info
	Tabs    []sheet.Tab     `json:"tabs"` // the sheets of a workbook
	Top     []sheet.Row     `json:"-"`    // the first rows, among them the header
	Columns []PreviewColumn `json:"columns"`
	Counts  Counts          `json:"counts"`
	Partial bool            `json:"partial"` // only the first rows were looked at, see Plan.Limit
	Refused []Refusal       `json:"refused"` // the first ones
	// Strangers are owners that the file names and no account is, with the number of their rows.
	Strangers map[string]int `json:"strangers"`
}

// Plan is how a file is to be imported, as far as it changes what would come of it.
type Plan struct {
	Mapping   sheet.Mapping // without columns: as it is understood
	Basis     string
	Overwrite bool
	Limit     int // rows of a preview, rounded up to a chunk; 0 = all
}

// PreviewColumn is a column, what it is taken for, and some of its values.
type PreviewColumn struct {
	sheet.Column
	Samples []string `json:"samples"`
}

// errKeepNothing ends the transactions of a preview.
var errKeepNothing = errors.New("imports: a preview keeps nothing")

// Preview does the work of an import chunk by chunk and keeps nothing of it.
func (m *Importer) Preview(ctx context.Context, f File, plan Plan, progress func(Progress)) (Preview, error) {
	mapping := plan.Mapping
	if err := mapping.Check(); err != nil {
		return Preview{}, err
	}
	t, err := m.open(f.Name, f.Path, mapping.Options())
	if err != nil {
		return Preview{}, err
	}
	if len(mapping.Columns) == 0 {
		mapping = t.Mapping()
	}
	p := Preview{Info: t.Info, Tabs: t.Tabs(), Top: t.Top(), Columns: samples(mapping, t.Samples()), Strangers: map[string]int{}}
	imp := &Import{Name: f.Name, Mapping: mapping, Basis: plan.Basis, Overwrite: plan.Overwrite, CreatedAt: m.Engine.Door.DB.Clock.Now()}
	imp.cameAt = imp.CreatedAt
	err = m.Engine.Door.DB.Read(ctx, func(tx *db.Tx) (err error) {
		imp.owners, err = readOwners(ctx, tx)
		return err
	})
	if err != nil {
		return Preview{}, errors.Join(err, t.Close())
	}
	ctx, cancel := context.WithCancel(ctx)
	chunks := make(chan chunk, 2)
	go read(ctx, t, imp, chunks)
	err = m.count(ctx, imp, chunks, &p, plan.Limit, progress)
	cancel()
	for range chunks { // the reader is done with the file
	}
	return p, errors.Join(err, t.Close())
}

func (m *Importer) count(ctx context.Context, imp *Import, chunks <-chan chunk, p *Preview, limit int, progress func(Progress)) error {
	made := map[string]bool{} // people whom earlier chunks would have made
	for c := range chunks {
		if ctx.Err() != nil {
			break
		}
		taken, refused := part(c.lines)
		results, err := m.pretend(context.WithoutCancel(ctx), imp, taken)
		if err != nil {
			return err
		}
		for i := range results {
			r, who := &results[i], personKey(&taken[i].fields)
			switch {
			case made[who] && r.Action == lead.Made:
				r.Action = lead.Merged
			case r.Action == lead.Made:
				made[who] = true
			}
		}
		p.Counts.add(taken, results, len(refused))
		p.refuse(refused)
		p.stranger(taken)
		if c.err != nil {
			return c.err
		}
		progress(Progress{c.share, p.Counts})
		if limit > 0 && p.Counts.Rows >= limit && c.share < 1 {
			p.Partial = true
			return nil
		}
	}
	return ctx.Err()
}

// maxStrangers is how many unknown owners a preview names.
const maxStrangers = 50

func (p *Preview) stranger(taken []line) {
	for _, l := range taken {
		if !l.unowned {
			continue
		}
		if _, named := p.Strangers[l.owner]; named || len(p.Strangers) < maxStrangers {
			p.Strangers[l.owner]++
		}
	}
}

func (p *Preview) refuse(refused []*Refusal) {
	for _, r := range refused[:min(len(refused), maxRefusals-len(p.Refused))] {
		p.Refused = append(p.Refused, *r)
	}
}

func (m *Importer) pretend(ctx context.Context, imp *Import, taken []line) (results []lead.Result, err error) {
	err = m.Engine.Door.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if results, err = upsert(ctx, tx, imp, taken); err == nil {
			err = errKeepNothing
		}
		return err
	})
	if errors.Is(err, errKeepNothing) {
		err = nil
	}
	return results, err
}

// personKey is by what two rows of a file are about one person, nearly as package lead decides it.
func personKey(f *lead.Fields) string {
	if f.Email != "" {
		return f.Email
	}
	name := f.Name
	if name == "" {
		name = lead.JoinName(f.LastName, f.FirstName)
	}
	return lead.NameKey(name) + "\n" + company.Key(f.Company.Name)
}

func samples(m sheet.Mapping, rows [][]string) []PreviewColumn {
	out := make([]PreviewColumn, len(m.Columns))
	for i, c := range m.Columns {
		out[i] = PreviewColumn{Column: c, Samples: []string{}}
		for _, cells := range rows {
			if c.Index < len(cells) && cells[c.Index] != "" && len(out[i].Samples) < maxSamples {
				out[i].Samples = append(out[i].Samples, cells[c.Index])
			}
		}
	}
	return out
}
