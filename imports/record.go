package imports

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"kizashi/consent"
	"kizashi/db"
	"kizashi/event"
	"kizashi/fold"
	"kizashi/id"
	"kizashi/lead"
)

// kindCard is the kind of a card that was exchanged, as a file or another program tells it.
const kindCard = "card_exchanged"

// record writes consents and events of taken rows, adds the events to the work of the fold, and gives
// the trace of each row.
func (m *Importer) record(ctx context.Context, tx *db.Tx, imp *Import, taken []line, results []lead.Result, work fold.Batch) ([]trace, error) {
	traces := make([]trace, len(taken))
	for i, r := range results {
		traces[i].Lead = r.Before
		if r.Made() {
			work.For(r.Lead).Made = true
		}
	}
	known := others(results) // they may have consents and events of before
	if err := writeConsents(ctx, tx, imp, taken, results, known, traces); err != nil {
		return nil, err
	}
	if err := writeHearing(ctx, tx, imp, taken, results, known, traces, work); err != nil {
		return nil, err
	}
	events, err := m.events(ctx, tx, imp, taken, results, known, traces)
	if err != nil {
		return nil, err
	}
	written, err := notes(ctx, tx, imp, taken, results, traces)
	if events = append(events, written...); err != nil || len(events) == 0 {
		return traces, err
	}
	for _, e := range events {
		w := work.For(e.Lead)
		w.Events = append(w.Events, e)
	}
	return traces, event.Append(ctx, tx, m.Engine.Kinds, events)
}

// events makes the events of rows: a card that was exchanged, else that a lead was imported. A card is
// not written twice for a lead and a moment, and a row that told nothing new is no event.
func (m *Importer) events(ctx context.Context, tx *db.Tx, imp *Import, taken []line, results []lead.Result, known []id.ID, traces []trace) ([]*event.Event, error) {
	cards, err := event.Moments(ctx, tx, kindCard, known)
	if err != nil {
		return nil, err
	}
	messages := make([]event.Sent, len(taken))
	for i, l := range taken {
		messages[i].Message = message(imp, l)
	}
	repeated := make([]id.ID, len(taken))
	if len(known) > 0 {
		if repeated, err = event.Repeats(ctx, tx, messages); err != nil {
			return nil, err
		}
	}
	var events []*event.Event
	for i, l := range taken {
		r := results[i]
		switch {
		case repeated[i] != 0, !l.touch.card && r.Action == lead.Same:
			continue
		case l.touch.card && slices.Contains(cards[r.Lead], l.touch.at):
			continue
		case l.touch.card:
			cards[r.Lead] = append(cards[r.Lead], l.touch.at)
		}
		e := l.event(tx, imp, r.Lead)
		e.Message, traces[i].Event = messages[i].Message, e.ID
		events = append(events, e)
	}
	return events, nil
}

// message is the id of a row's event: the same row of the same sheet of the same file is the same event.
func message(imp *Import, l line) string {
	table := imp.Digest[:min(len(imp.Digest), 32)]
	if imp.Mapping.Sheet != "" {
		sum := sha256.Sum256([]byte(imp.Mapping.Sheet))
		table += ":" + hex.EncodeToString(sum[:4])
	}
	return fmt.Sprintf("import:%s:%d:%s", table, l.row, l.kind())
}

func (l *line) kind() string {
	if l.touch.card {
		return kindCard
	}
	return event.Imported
}

func (l *line) event(tx *db.Tx, imp *Import, lead id.ID) *event.Event {
	e := &event.Event{
		ID: tx.NewID(), At: l.touch.at, Lead: lead, Who: lead, Kind: l.kind(), Class: event.Human,
		Channel: "import", Subject: imp.Name, Marks: l.touch.marks, Props: json.RawMessage(`{}`),
	}
	if l.touch.card {
		e.Channel, e.Props = "event", l.touch.props()
	}
	return e
}

func (t touch) props() json.RawMessage {
	raw, _ := json.Marshal(struct { // texts only: cannot fail
		Rank  string `json:"rank,omitempty"`
		Event string `json:"event,omitempty"`
	}{t.rank, t.event})
	return raw
}

// writeConsents records on what ground the people of the file may get mail, and who refuses it.
func writeConsents(ctx context.Context, tx *db.Tx, imp *Import, taken []line, results []lead.Result, known []id.ID, traces []trace) error {
	standing := map[id.ID]consent.Standing{}
	var rows []consent.Entry
	var of []int // the line of each row
	for i, l := range taken {
		e, ok := l.consent(imp, results[i].Lead)
		if !ok {
			continue
		}
		if len(known) > 0 && len(standing) == 0 {
			var err error
			if standing, err = consent.OfMany(ctx, tx, known); err != nil {
				return err
			}
			known = nil
		}
		if adds(standing[e.Lead], e) {
			e.At = min(e.At, tx.Now)
			standing[e.Lead] = append(standing[e.Lead], e)
			rows, of = append(rows, e), append(of, i)
		}
	}
	if err := consent.Add(ctx, tx, rows); err != nil {
		return err
	}
	for i, line := range of {
		traces[line].Consent = rows[i].ID
	}
	return nil
}

// consent is what a row says about mail: its own answer, else the basis of the whole file.
func (l *line) consent(imp *Import, lead id.ID) (consent.Entry, bool) {
	e := consent.Entry{Lead: lead, Purpose: consent.Mail, Basis: imp.Basis, Granted: true, Source: clip(imp.Name), At: l.touch.at}
	switch {
	case l.mail == refuses:
		e.Basis, e.Granted, e.At = consent.Refusal, false, imp.cameAt
	case imp.Basis == "" && l.mail == agrees:
		e.Basis = consent.Explicit
	case imp.Basis == "":
		return e, false
	}
	return e, true
}

// adds tells whether a row says anything that the ledger does not. A file never lifts a refusal: it may
// be older than that.
func adds(standing consent.Standing, e consent.Entry) bool {
	if standing.For(consent.Mail).Why == consent.Refused {
		return false
	}
	return !slices.ContainsFunc(standing, func(s consent.Entry) bool {
		if s.Purpose != e.Purpose || s.Granted != e.Granted {
			return false
		}
		// The person agreed after this very refusal, which comes again with the same file.
		return s.Basis == e.Basis && (e.Granted || s.Source == e.Source && s.At >= e.At)
	})
}

// clip makes a file name fit into the ledger.
func clip(name string) string {
	if runes := []rune(name); len(runes) > 300 {
		return string(runes[:300])
	}
	return name
}
