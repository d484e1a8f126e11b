package imports

import (
	"context"
	"encoding/json"
	"errors"

	"kizashi/company"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/fold"
	"kizashi/id"
	"kizashi/lead"
)

// chunkRows is how many rows one transaction takes: as many as the intake takes messages.
const chunkRows = 1000

// chunk is a part of a file.
type chunk struct {
	start int // rows of the file before it
	lines []line
	share float64 // of the file, with this chunk
	err   error   // of the file; there is no further chunk
}

// Run imports what is left of a file, and tells of its progress after each chunk. It may run several
// times, after one another or at once: every row is taken once.
func (m *Importer) Run(ctx context.Context, number id.ID, progress func(Progress)) error {
	imp, err := m.find(ctx, number)
	if err != nil || imp.State == Done {
		return err
	}
	t, err := m.open(imp.Name, imp.File, imp.Mapping.Options())
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	chunks := make(chan chunk, 2)
	go read(ctx, t, &imp, chunks)
	err = m.take(ctx, &imp, chunks, progress)
	cancel()
	for range chunks { // the reader is done with the file
	}
	return errors.Join(err, t.Close())
}

func (m *Importer) find(ctx context.Context, number id.ID) (imp Import, err error) {
	err = m.Engine.Door.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if imp, err = Find(ctx, tx, number); err != nil {
			return err
		}
		if imp.owners, err = readOwners(ctx, tx); err != nil {
			return err
		}
		return tx.Row(ctx, `SELECT COALESCE(MIN(created_at), $3) FROM contact_import WHERE digest = $1 AND undone_at = 0 AND id <= $2`,
			imp.Digest, imp.ID, imp.CreatedAt).Scan(&imp.cameAt)
	})
	return imp, err
}

// read cuts a file into chunks from the place where the import stands, ahead of the writer.
func read(ctx context.Context, t *table, imp *Import, chunks chan<- chunk) {
	defer close(chunks)
	r := newReader(imp, imp.owners)
	start := imp.Place
	var lines []line
	send := func(err error) bool {
		c := chunk{start: start, lines: lines, share: t.Progress(), err: err}
		start, lines = start+len(lines), nil
		select {
		case chunks <- c:
			return true
		case <-ctx.Done():
			return false
		}
	}
	place := 0
	for row := range t.Rows() {
		if place++; place <= start {
			continue
		}
		lines = append(lines, r.line(row))
		if len(lines) == chunkRows && !send(nil) {
			return
		}
	}
	send(t.Err())
}

// take writes chunk after chunk, then the end.
func (m *Importer) take(ctx context.Context, imp *Import, chunks <-chan chunk, progress func(Progress)) error {
	var last error
	for c := range chunks {
		if ctx.Err() != nil {
			break
		}
		// A chunk is short and is finished. SQLite watches a context that can end with a goroutine for
		// every statement, which costs a tenth of the speed.
		if err := m.takeChunk(context.WithoutCancel(ctx), imp, c); err != nil {
			return err
		}
		last = c.err
		progress(Progress{c.share, imp.Counts})
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return m.finish(ctx, imp, last)
}

// errElsewhere tells that another process has taken rows of the import meanwhile.
var errElsewhere = errors.New("imports: another process goes on with it")

// takeChunk writes what of a chunk is not done yet. Where another process was faster, its place is read
// again and only the rest of the chunk is left.
func (m *Importer) takeChunk(ctx context.Context, imp *Import, c chunk) error {
	for {
		skip := imp.Place - c.start
		if skip >= len(c.lines) {
			return nil
		}
		var next Import
		err := m.Engine.Door.Write(ctx, func(tx *db.Tx) error {
			next = *imp
			return m.write(ctx, tx, &next, c.lines[max(skip, 0):], c.share)
		})
		if err == nil {
			*imp = next
			return nil
		}
		if !errors.Is(err, errElsewhere) {
			return err
		}
		if *imp, err = m.find(ctx, imp.ID); err != nil {
			return err
		}
		if imp.State == Undoing || imp.State == Undone {
			return errStopped(imp.Name)
		}
	}
}

// write is the transaction of one chunk: leads, consents, events, their folding, the rows and the place.
func (m *Importer) write(ctx context.Context, tx *db.Tx, imp *Import, lines []line, share float64) error {
	from := imp.Place
	imp.Place += len(lines)
	taken, refused := part(lines)
	results, err := upsert(ctx, tx, imp, taken)
	if err != nil {
		return err
	}
	imp.Counts.add(taken, results, len(refused))
	if share > 0 {
		imp.Total = max(imp.Place, int(float64(imp.Place)/share))
	}
	if err := savePlace(ctx, tx, imp, from); err != nil {
		return err
	}
	work := fold.Batch{}
	traces, err := m.record(ctx, tx, imp, taken, results, work)
	if err != nil {
		return err
	}
	if err := writeRows(ctx, tx, imp, taken, results, traces); err != nil {
		return err
	}
	if err := writeRefusals(ctx, tx, imp, refused); err != nil {
		return err
	}
	if err := keepCompany(ctx, tx, imp, gather(tx, work)); err != nil {
		return err
	}
	return m.Engine.Visit(ctx, tx, work)
}

// part tells the rows that can be taken from those that cannot.
func part(lines []line) (taken []line, refused []*Refusal) {
	for _, l := range lines {
		if l.refused != nil {
			refused = append(refused, l.refused)
		} else {
			taken = append(taken, l)
		}
	}
	return taken, refused
}

func upsert(ctx context.Context, tx *db.Tx, imp *Import, taken []line) ([]lead.Result, error) {
	list := make([]lead.Fields, len(taken))
	for i := range taken {
		list[i] = taken[i].fields
	}
	o := lead.Options{Since: imp.CreatedAt, Overwrite: imp.Overwrite}
	if imp.Overwrite { // a member says that the file is right
		o.Source = lead.Source{Standing: lead.Typed, At: tx.Now}
	}
	return lead.UpsertMany(ctx, tx, list, o)
}

func (c *Counts) add(taken []line, results []lead.Result, refused int) {
	for _, l := range taken {
		if l.unowned {
			c.Unowned++
		}
	}
	c.Rows += len(results) + refused
	c.Refused += refused
	for _, r := range results {
		switch r.Action {
		case lead.Made:
			c.New++
		case lead.Updated:
			c.Updated++
		case lead.Merged:
			c.Merged++
		case lead.Same:
			c.Same++
		}
	}
}

// savePlace moves the place on, if it still stands where this process believes.
func savePlace(ctx context.Context, tx *db.Tx, imp *Import, from int) error {
	c := imp.Counts
	n, err := tx.Exec(ctx, `UPDATE contact_import SET place = $1, rows_read = $2, rows_new = $3, rows_updated = $4,
		rows_merged = $5, rows_same = $6, rows_refused = $7, rows_unowned = $11, rows_total = $12 WHERE id = $8 AND place = $9 AND state = $10`,
		imp.Place, c.Rows, c.New, c.Updated, c.Merged, c.Same, c.Refused, imp.ID, from, string(Running), c.Unowned, imp.Total)
	if err == nil && n == 0 {
		err = errElsewhere
	}
	return err
}

func writeRows(ctx context.Context, tx *db.Tx, imp *Import, taken []line, results []lead.Result, traces []trace) error {
	rows := make([][]any, len(taken))
	for i, l := range taken {
		rows[i] = []any{int64(imp.ID), int64(l.row), int64(results[i].Lead), string(results[i].Action), traces[i].text()}
	}
	return tx.Many(ctx, `INSERT INTO import_row (import, row, lead, action, before) VALUES ($1, $2, $3, $4, $5)`, rows)
}

func writeRefusals(ctx context.Context, tx *db.Tx, imp *Import, refused []*Refusal) error {
	rows := make([][]any, len(refused))
	for i, r := range refused {
		args, err := json.Marshal(r.Args)
		if err != nil {
			return err
		}
		rows[i] = []any{int64(imp.ID), int64(r.Row), r.Column, r.Reason, string(args)}
	}
	return tx.Many(ctx, `INSERT INTO import_refusal (import, row, col, reason, args) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT DO NOTHING`, rows)
}

// gather takes what the leads have posted about themselves into the same visit; other messages go on.
// It gives those about companies.
func gather(tx *db.Tx, work fold.Batch) (changed []company.Changed) {
	for _, post := range tx.TakePosts() {
		switch p := post.(type) {
		case lead.Changed:
			work.For(p.Lead).Refresh = true
		case lead.Rewritten:
			work.For(p.Lead).Rewrite(p.Since)
		case company.Changed:
			changed = append(changed, p)
			tx.Post(post)
		default:
			tx.Post(post)
		}
	}
	return changed
}

// finish writes the end. A file that is damaged further down has given its good rows; where it broke
// is a refused row.
func (m *Importer) finish(ctx context.Context, imp *Import, broken error) error {
	return m.Engine.Door.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE contact_import SET state = $1, ended_at = $2, rows_total = place WHERE id = $3 AND place = $4 AND state = $5`,
			string(Done), tx.Now, imp.ID, imp.Place, string(Running))
		if err != nil || n == 0 || broken == nil {
			return err // n = 0: another process has ended it
		}
		var why *fault.Error
		if !errors.As(broken, &why) {
			return broken
		}
		_, err = tx.Exec(ctx, `UPDATE contact_import SET rows_read = rows_read + 1, rows_refused = rows_refused + 1 WHERE id = $1`, imp.ID)
		if err != nil {
			return err
		}
		row, _ := why.Args["row"].(int)
		return writeRefusals(ctx, tx, imp, []*Refusal{refusal(row, why)})
	})
}
