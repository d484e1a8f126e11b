package lead

import (
	"bufio"
	"context"
	"encoding/json"
	"io"

	"kizashi/act"
	"kizashi/attach"
	"kizashi/db"
	"kizashi/id"
)

// Disclose notes in the audit log that somebody was told all that is known of a person.
type Disclose struct {
	ID id.ID `json:"id"`
}

// Name is the command in the audit log.
func (c *Disclose) Name() string { return "lead.disclose" }

// Allow lets marketing disclose: it holds all of a person.
func (c *Disclose) Allow(who act.Who) bool { return act.Market.Holds(who) }

// Check has nothing to check without the database.
func (c *Disclose) Check() error { return nil }

// Target is the lead.
func (c *Disclose) Target() id.ID { return c.ID }

// Do changes nothing; the lead must be there, or deleted and not erased.
func (c *Disclose) Do(ctx context.Context, tx *db.Tx) error {
	_, _, err := whole(ctx, tx, c.ID)
	return err
}

// disclosed is what a person is told of the lead itself.
type disclosed struct {
	ID         id.ID             `json:"id"`
	Name       string            `json:"name"`
	Kana       string            `json:"kana"`
	Company    string            `json:"company"`
	Department string            `json:"department"`
	Title      string            `json:"title"`
	Postal     string            `json:"postal"`
	Prefecture string            `json:"prefecture"`
	Address    string            `json:"address"`
	Source     string            `json:"source"`
	Status     string            `json:"status"`
	Excluded   string            `json:"excluded"`
	Tags       []string          `json:"tags"`
	Properties map[string]string `json:"properties"`
}

// WriteAll writes all that is known of a person as one JSON object: the lead, and for each table of what hangs on it
// a list. It goes row by row, for a history may be long.
func WriteAll(ctx context.Context, tx *db.Tx, number id.ID, to io.Writer) error {
	l, err := ByID(ctx, tx, number)
	if err != nil {
		return err
	}
	all, err := mergedInto(ctx, tx, l.ID)
	if err != nil {
		return err
	}
	w := &discloser{out: bufio.NewWriter(to)}
	w.write(`{"lead":`, disclosed{
		l.ID, l.Name, l.Kana, l.CompanyName, l.Department, l.Title, l.Postal, l.Prefecture, l.Address, l.Source, l.Status,
		l.Excluded, l.Tags, l.Props,
	})
	if err := Attached.Disclose(ctx, tx, all, w.row); err != nil {
		return err
	}
	if w.table != "" {
		w.write("\n]", nil)
	}
	w.write("\n}\n", nil)
	if w.err != nil {
		return w.err
	}
	return w.out.Flush()
}

// discloser writes rows, a list for each table.
type discloser struct {
	out   *bufio.Writer
	table string // whose list is open
	err   error
}

func (w *discloser) row(table string, row attach.Row) error {
	separator := ",\n"
	if table != w.table {
		separator = ",\n\"" + table + "\":[\n"
		if w.table != "" {
			separator = "\n]" + separator
		}
		w.table = table
	}
	w.write(separator, row)
	return w.err
}

// write writes a text, and a value behind it unless that is nil.
func (w *discloser) write(before string, value any) {
	if w.err != nil {
		return
	}
	if _, w.err = w.out.WriteString(before); w.err != nil || value == nil {
		return
	}
	raw, err := json.Marshal(value)
	if err == nil {
		_, err = w.out.Write(raw)
	}
	w.err = err
}
