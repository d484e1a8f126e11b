package leads

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/fold"
	"kizashi/i18n"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/member"
	"kizashi/page"
	"kizashi/report"
	"kizashi/sheet"
)

// patience is that with the order of all leads: a minute.
const patience = 6

var mediaTypes = map[sheet.Format]string{
	sheet.CSV:  "text/csv; charset=utf-8",
	sheet.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

// export sends the chosen leads, or the whole list in its order, with the columns of the page. It is
// written down who took what.
func export(r *page.Request) error {
	sent, err := r.Form()
	if err != nil {
		return err
	}
	q, _, err := stateOf(r, sent)
	if err != nil {
		return err
	}
	format := sheet.CSV
	if sent.Get("format") == string(sheet.XLSX) {
		format = sheet.XLSX
	}
	c := &lead.Export{Rule: q.Rule, Search: q.Search, Mine: q.Mine, Columns: q.Columns, Format: string(format)}
	if r.URL.Query().Has("chosen") && sent.Get("all") != "1" {
		if c.Leads, err = chosen(r, sent, &q); err == nil && len(c.Leads) == 0 {
			return again(r, sent, fault.New(fault.Invalid, "bulk.nobody", nil))
		}
		if err != nil {
			return err
		}
	}
	ctx, end := context.WithTimeout(r.Context(), page.ExportTime)
	defer end()
	x := &exporter{r: r, ctx: db.Patience(ctx, patience), query: q.leads(r.Who, report.MaxLeads), columns: columnsOf(q.Columns),
		format: format}
	if err := x.begin(); err != nil {
		return err
	}
	if c.Leads == nil {
		if err := x.order(); err != nil {
			return err
		}
	}
	if err := r.Run(c); err != nil {
		return err
	}
	name := "leads-" + time.UnixMilli(r.Now).In(r.Zone()).Format("20060102-1504") + "." + string(format)
	r.W.Header().Set("Content-Type", mediaTypes[format])
	r.W.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	if err := x.write(c.Leads); err != nil {
		slog.Error("export", "error", err) // the answer has begun: it breaks off, so that nobody takes it for whole
		panic(http.ErrAbortHandler)
	}
	return nil
}

// exporter writes leads into a file, page by page: no long transaction holds up the database.
type exporter struct {
	r        *page.Request
	ctx      context.Context // ends when the export has taken too long
	query    report.LeadQuery
	columns  []column
	format   sheet.Format
	accounts []member.Account
	rules    *fold.Rules
	list     []id.ID         // in an order that moves
	part     report.LeadPage // in one that stands still
	file     *sheet.Writer
	cells    *writer
}

// begin reads what all rows need.
func (x *exporter) begin() error {
	x.cells = &writer{x.r.Lang, x.r.Zone()}
	return x.r.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		if x.rules, err = x.r.Engine().Rules(ctx, tx); err != nil {
			return err
		}
		x.accounts, err = member.Accounts(ctx, tx)
		return err
	})
}

func (x *exporter) write(only []id.ID) (err error) {
	header := make([]string, len(x.columns))
	for i, c := range x.columns {
		header[i] = i18n.T(x.r.Lang, c.Key(), nil)
	}
	if x.file, err = sheet.NewWriter(x.r.Paced(), x.format, header); err != nil {
		return err
	}
	if only != nil {
		err = x.chosen(only, "")
	} else {
		err = x.all()
	}
	if bad := x.file.Close(); err == nil {
		err = bad
	}
	return err
}

// order finds out who comes first: what takes long, while the answer can still say so. An order that moves
// meanwhile, as engagement does, is that of this moment: nobody comes twice and nobody is left out.
func (x *exporter) order() error {
	x.query.After = ""
	if x.query.Sort == "name" || strings.HasSuffix(x.query.Sort, "created") {
		return x.next()
	}
	return x.r.ReadBy(x.ctx, x.query.Rule, func(ctx context.Context, tx *db.Tx) (err error) {
		x.list, err = report.OrderedIDs(ctx, tx, x.r.Engine(), x.query)
		return err
	})
}

// next reads the next leads of an order that stands still.
func (x *exporter) next() error {
	return x.r.ReadBy(x.ctx, x.query.Rule, func(ctx context.Context, tx *db.Tx) (err error) {
		x.part, err = report.Leads(ctx, tx, x.r.Engine(), x.query)
		return err
	})
}

// all writes the list from its beginning.
func (x *exporter) all() error {
	for {
		if err := x.rows(x.part.Leads); err != nil {
			return err
		}
		if x.query.After = x.part.Next; x.query.After == "" {
			return x.chosen(x.list, x.query.Search)
		}
		if err := x.next(); err != nil {
			return err
		}
	}
}

// chosen writes leads by their ids, without those that do not hold the words.
func (x *exporter) chosen(only []id.ID, words string) error {
	for part := range slices.Chunk(only, report.MaxLeads) {
		var found []report.LeadRow
		err := x.r.ReadBy(x.ctx, nil, func(ctx context.Context, tx *db.Tx) (err error) {
			found, err = report.LeadsByID(ctx, tx, x.rules, part)
			return err
		})
		if words != "" {
			found = slices.DeleteFunc(found, func(l report.LeadRow) bool { return !l.Holds(words) })
		}
		if err == nil {
			err = x.rows(found)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (x *exporter) rows(leads []report.LeadRow) error {
	cells := make([]string, len(x.columns))
	for _, l := range rowsOf(leads, x.accounts) {
		for i, c := range x.columns {
			cells[i] = c.text(x.cells, &l)
		}
		if err := x.file.Row(cells); err != nil {
			return err
		}
	}
	return nil
}
