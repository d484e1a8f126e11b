package lead

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"kizashi/consent"
	"kizashi/db"
	"kizashi/event"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/page"
	"kizashi/report"
	"kizashi/stage"
	"kizashi/task"
)

// historyView is every change of a lead: who did what, and the way through the stages.
type historyView struct {
	Lead    *lead.Lead
	Name    string
	Changes []changed
	Next    id.ID // where the next page goes on; 0 on the last one
	Stages  []row
}

// changed is a command in words.
type changed struct {
	ID    id.ID
	At    int64
	Who   string
	Words string
	Parts []string
}

const historyPage = page.Of[historyView]("lead/history.html")

const (
	shownChanges = 50
	shownStages  = 200
)

func showHistory(r *page.Request) error {
	var v historyView
	before, err := placeOf(r)
	if err != nil {
		return err
	}
	l, err := read(r, func(ctx context.Context, tx *db.Tx, l *lead.Lead) error {
		people, err := findPeople(ctx, tx)
		if err != nil {
			return err
		}
		say := &teller{r, people}
		rows, err := report.LeadChanges(ctx, tx, l.ID, before, shownChanges+1)
		if err != nil {
			return err
		}
		if len(rows) > shownChanges {
			rows = rows[:shownChanges]
			v.Next = rows[shownChanges-1].ID
		}
		for _, c := range rows {
			v.Changes = append(v.Changes, say.change(c))
		}
		stages, err := report.Stages(ctx, tx, l.ID, event.Place{}, shownStages)
		for _, c := range stages {
			v.Stages = append(v.Stages, say.stage(&c))
		}
		return err
	})
	if err != nil {
		return err
	}
	v.Lead, v.Name = l, l.Called()
	return historyPage.Show(r, v)
}

// placeOf is where a page of a list goes on; 0 at its beginning.
func placeOf(r *page.Request) (place id.ID, err error) {
	if after := r.URL.Query().Get("after"); after != "" {
		if place, err = id.Parse(after); err != nil {
			return 0, fault.New(fault.Invalid, "report.cursor", nil).At("after")
		}
	}
	return place, nil
}

// dateOf is a date for people, in the time zone of the company.
func dateOf(r *page.Request, ms int64) string {
	layout := "2006/1/2"
	if r.Lang == i18n.English {
		layout = "Jan 2, 2006"
	}
	return time.UnixMilli(ms).In(r.Zone()).Format(layout)
}

// change says what a command did.
func (t *teller) change(c report.LeadChange) changed {
	w := changed{ID: c.ID, At: c.At, Who: c.Who, Words: c.Command}
	if key := "lead.history." + strings.ReplaceAll(c.Command, ".", "_"); i18n.Has(key) {
		w.Words = t.words(key, nil)
	}
	var detail map[string]any
	if json.Unmarshal([]byte(c.Detail), &detail) != nil {
		return w
	}
	if tell := tellers[c.Command]; tell != nil {
		w.Parts = tell(t, detail)
	}
	return w
}

// tellers say what the detail of a command means, by its name.
var tellers = map[string]func(*teller, map[string]any) []string{
	"lead.create":    (*teller).fields,
	"lead.change":    (*teller).fields,
	"lead.tag":       (*teller).fields,
	"stage.move":     (*teller).moved,
	"stage.return":   (*teller).moved,
	"stage.answer":   (*teller).answered,
	"consent.record": (*teller).consented,
	"task.log":       (*teller).logged,
	"task.add":       (*teller).planned,
	"task.change":    (*teller).planned,
	"task.done":      (*teller).resulted,
	"task.cancel":    (*teller).resulted,
}

// silent are fields of commands that are no news to a person.
var silent = []string{"id", "seen", "leads", "lead", "was"}

func (t *teller) fields(detail map[string]any) (parts []string) {
	for _, name := range slices.Sorted(maps.Keys(detail)) {
		if slices.Contains(silent, name) {
			continue
		}
		parts = append(parts, t.field(name, detail[name])...)
	}
	return parts
}

func (t *teller) field(name string, value any) (parts []string) {
	switch v := value.(type) {
	case map[string]any:
		for _, inner := range slices.Sorted(maps.Keys(v)) {
			if text := scalar(v[inner]); text != "" || name == "props" {
				parts = append(parts, t.fieldWords(strings.ToLower(innerName(name, inner)))+": "+t.value(inner, text))
			}
		}
		return parts
	case []any:
		texts := make([]string, len(v))
		for i, one := range v {
			texts[i] = scalar(one)
		}
		return []string{t.fieldWords(name) + ": " + t.value(name, strings.Join(texts, "、"))}
	case float64:
		if name == "wake_at" {
			return []string{t.fieldWords(name) + ": " + t.date(int64(v))}
		}
	case string:
		if name == "owner" {
			return []string{t.fieldWords(name) + ": " + t.value(name, t.person(v))}
		}
	}
	return []string{t.fieldWords(name) + ": " + t.value(name, scalar(value))}
}

// innerName is the name of a field of the company; properties have their own names.
func innerName(outer, inner string) string {
	if outer == "company" {
		return "company_" + inner
	}
	return inner
}

// person is the name of an account by its id.
func (t *teller) person(text string) string {
	number, err := id.Parse(text)
	if err != nil {
		return ""
	}
	return t.people.names[number]
}

func (t *teller) moved(d map[string]any) (parts []string) {
	if to, _ := d["to"].(string); stage.Order(to) >= 0 {
		parts = append(parts, "→ "+t.words("page.stage."+to, nil))
	}
	if reason, _ := d["reason"].(string); reason != "" {
		parts = append(parts, t.reason(reason))
	}
	return t.noted(parts, d)
}

// noted adds the free text of a command.
func (t *teller) noted(parts []string, d map[string]any) []string {
	if note, _ := d["note"].(string); note != "" {
		parts = append(parts, clip(note))
	}
	return parts
}

func (t *teller) answered(d map[string]any) []string {
	name, _ := d["item"].(string)
	value, _ := d["value"].(string)
	for _, item := range stage.Items {
		if item.Name == name {
			name = t.words(item.Key(), nil)
		}
	}
	return []string{name + ": " + t.value("", value)}
}

func (t *teller) consented(d map[string]any) []string {
	purpose, _ := d["purpose"].(string)
	answer := "lead.consent.refused"
	if d["granted"] == true {
		answer = "lead.consent.granted"
	}
	parts := []string{t.purpose(purpose) + ": " + t.words(answer, nil)}
	if source, _ := d["source"].(string); source != "" {
		parts = append(parts, source)
	}
	return parts
}

// purpose is what people call a purpose; its topic stands behind it.
func (t *teller) purpose(purpose string) string {
	kind, topic, _ := strings.Cut(purpose, ":")
	if slices.Contains(purposes, kind) || kind == consent.All {
		kind = t.words("lead.purpose."+kind, nil)
	}
	if topic != "" {
		return kind + " (" + topic + ")"
	}
	return kind
}

func (t *teller) logged(d map[string]any) (parts []string) {
	if kind, _ := d["kind"].(string); slices.Contains(task.Activities, kind) {
		parts = append(parts, t.words(task.KindKey(kind), nil))
	}
	if code, _ := d["result"].(string); code != "" {
		if r := task.FindResult(code); r != nil {
			parts = append(parts, t.words(r.Key(), nil))
		}
	}
	return t.noted(parts, d)
}

func (t *teller) planned(d map[string]any) (parts []string) {
	if kind, _ := d["kind"].(string); slices.Contains(task.Kinds, kind) {
		parts = append(parts, t.words(task.KindKey(kind), nil))
	}
	for _, name := range []string{"due_at", "DueAt"} {
		if at, ok := d[name].(float64); ok {
			parts = append(parts, t.date(int64(at)))
		}
	}
	if text := scalar(d["text"]); text != "" {
		parts = append(parts, text)
	}
	return parts
}

func (t *teller) resulted(d map[string]any) (parts []string) {
	for _, name := range []string{"result", "reason"} {
		if text := fmt.Sprint(d[name]); d[name] != nil && text != "" {
			parts = append(parts, clip(text))
		}
	}
	return parts
}
