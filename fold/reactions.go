package fold

import (
	"context"
	"encoding/json"
	"slices"

	"kizashi/clock"
	"kizashi/db"
	"kizashi/id"
	"kizashi/score"
	"kizashi/segment"
	"kizashi/stage"
)

// Kinds of reactions.
const (
	ReactStage       = "stage"
	ReactTemperature = "temperature"
	ReactSegmentIn   = "segment_in"
	ReactSegmentOut  = "segment_out"
)

// ReadyForSales is posted when a lead passes a gate that a person decides: the hand-over is to be offered.
type ReadyForSales struct {
	Lead id.ID
	To   string
}

// BecameHot is posted when a lead becomes hot, or raises its hand again: whoever is to act must hear of it.
type BecameHot struct{ Lead id.ID }

// reactions collects what a transaction's visits bring about, to be written with few statements.
type reactions struct {
	tx    *db.Tx
	rules *Rules
	quiet bool // settle only: verify and the score lab

	rows, entries, exits [][]any
	stages               []stage.Change
}

func (o *reactions) add(v *visit, kind string, ref id.ID, data map[string]string) {
	text, _ := json.Marshal(data) // texts only: cannot fail
	o.rows = append(o.rows, []any{int64(o.tx.NewID()), o.tx.Now, int64(v.lead), kind, int64(ref), string(text)})
}

func (o *reactions) stage(v *visit, to, reason string, report *score.GateReport) {
	if o.quiet {
		return
	}
	detail := ""
	if report != nil {
		text, _ := json.Marshal(report)
		detail = string(text)
	}
	change := o.tx.NewID()
	o.stages = append(o.stages, stage.Change{ID: change, Lead: v.lead, Was: v.row.Stage, Became: to, Reason: reason, Detail: detail})
	o.add(v, ReactStage, change, map[string]string{"was": v.row.Stage, "became": to})
}

func (o *reactions) temperature(v *visit) {
	if o.quiet {
		return
	}
	o.add(v, ReactTemperature, 0, map[string]string{"was": v.was.Temperature, "became": v.row.Temperature})
	o.hot(v)
}

// hot tells of a sign of the last day; an old one that is found late, by an import or a new model,
// alarms nobody.
func (o *reactions) hot(v *visit) {
	if !o.quiet && v.row.Temperature == "hot" && v.row.LastAt > o.tx.Now-clock.Day && !score.Flooded(v.row.State) {
		o.tx.Post(BecameHot{v.lead})
	}
}

// believe tells what was held back while the lead counted as part of a flood.
func (o *reactions) believe(v *visit) {
	if o.quiet {
		return
	}
	if v.was.Temperature != v.row.Temperature {
		o.add(v, ReactTemperature, 0, map[string]string{"was": v.was.Temperature, "became": v.row.Temperature})
	}
	for _, s := range o.rules.Segments {
		if _, in := slices.BinarySearch(v.row.State.Segments, s.ID); in && s.Ready {
			o.add(v, ReactSegmentIn, s.ID, nil)
		}
	}
	o.hot(v)
}

func (o *reactions) offer(v *visit, gate *score.Gate) {
	if !o.quiet {
		o.tx.Post(ReadyForSales{v.lead, gate.To})
	}
}

func (o *reactions) segment(v *visit, s *Segment, in bool) {
	if o.quiet {
		return
	}
	kind := ReactSegmentOut
	if in {
		kind = ReactSegmentIn
		o.entries = append(o.entries, []any{int64(s.ID), int64(v.lead), o.tx.Now})
	} else {
		o.exits = append(o.exits, []any{int64(s.ID), int64(v.lead)})
	}
	if s.Ready && !score.Flooded(v.row.State) && !v.flooded {
		o.add(v, kind, s.ID, nil)
	}
}

func (o *reactions) write(ctx context.Context) error {
	if err := stage.Write(ctx, o.tx, o.stages); err != nil {
		return err
	}
	if err := segment.Leave(ctx, o.tx, o.exits); err != nil {
		return err
	}
	if err := segment.Enter(ctx, o.tx, o.entries); err != nil {
		return err
	}
	return o.tx.Many(ctx, `INSERT INTO reaction (id, at, lead, kind, ref, data) VALUES ($1, $2, $3, $4, $5, $6)`, o.rows)
}
