package lead

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"kizashi/event"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/lead"
	"kizashi/page"
	"kizashi/report"
	"kizashi/stage"
	"kizashi/task"
)

// teller says in words what happened.
type teller struct {
	r      *page.Request
	people people
}

func (t *teller) words(key string, args fault.Args) string { return i18n.T(t.r.Lang, key, args) }

func (t *teller) row(item report.TimelineItem) row {
	switch {
	case item.Event != nil:
		return t.event(item.Event)
	case item.Stage != nil:
		return t.stage(item.Stage)
	}
	w := row{ID: item.ID, At: item.At, Sort: "merge", Title: t.words("lead.timeline.merged", nil)}
	if item.Merge.Undone {
		w.Title = t.words("lead.timeline.unmerged", nil)
	}
	return w
}

func (t *teller) event(e *event.Event) row {
	w := row{ID: e.ID, At: e.At, Sort: "theirs", Title: kindWords(t.r.Lang, e.Kind), What: readable(e.Subject), Event: e}
	if e.Tag != "" && e.Tag != event.Contacted {
		w.Title = kindWords(t.r.Lang, e.Tag)
	}
	switch {
	case e.Class != event.Human:
		w.Sort = "machine"
	case slices.Contains(ours, e.Kind):
		w.Sort = "ours"
	}
	var props map[string]any
	if len(e.Props) > 0 && json.Unmarshal(e.Props, &props) != nil {
		return w
	}
	by := fmt.Sprint(props["by"])
	w.Undo = props["by"] != nil && t.unloggable(e, by)
	if name, ok := props["by_name"].(string); ok {
		w.By = clip(name)
	}
	if note, ok := props["note"].(string); ok && w.Sort != "ours" {
		props["note"] = clip(note) // a sender's; our own are shown whole
	}
	w.Notes = t.notes(props)
	return w
}

// told are the properties that stand elsewhere in a row, or that say nothing to a person.
var told = []string{"by", "by_name", "note", "result", "minutes", "path", "url", "title", "referrer", "search", "user_agent", "locale", "ip"}

// maxNoteProps bounds how many properties of an event are shown, maxProp their length in characters.
const (
	maxNoteProps = 6
	maxProp      = 200
)

func (t *teller) notes(props map[string]any) (notes []string) {
	if code, ok := props["result"].(string); ok {
		if r := task.FindResult(code); r != nil {
			code = t.words(r.Key(), nil)
		}
		notes = append(notes, clip(code))
	}
	if minutes, ok := props["minutes"].(float64); ok {
		notes = append(notes, t.words("lead.timeline.minutes", fault.Args{"n": int(minutes)}))
	}
	if note, ok := props["note"].(string); ok {
		notes = append(notes, note)
	}
	others := 0
	for _, name := range slices.Sorted(maps.Keys(props)) {
		text := scalar(props[name])
		if slices.Contains(told, name) || text == "" {
			continue
		}
		if others++; others > maxNoteProps {
			break
		}
		notes = append(notes, clip(t.propWords(name))+": "+text)
	}
	return notes
}

// propWords are what people call a property; a sender's own stands for itself.
func (t *teller) propWords(name string) string {
	if key := "lead.prop." + name; i18n.Has(key) {
		return t.words(key, nil)
	}
	return name
}

// scalar is a property as text; lists and objects are left to the API.
func scalar(v any) string {
	switch v := v.(type) {
	case string:
		return clip(v)
	case float64, bool:
		return fmt.Sprint(v)
	}
	return ""
}

func clip(text string) string {
	if runes := []rune(text); len(runes) > maxProp {
		return string(runes[:maxProp]) + "…"
	}
	return text
}

// readable is a subject without what a reader does not need: of an address the path.
func readable(subject string) string {
	u, err := url.Parse(subject)
	if err != nil || u.Host == "" {
		return clip(subject)
	}
	path := u.Path
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	if path == "" || path == "/" {
		return u.Host
	}
	return clip(path)
}

func (t *teller) stage(c *report.StageChange) row {
	w := row{ID: c.ID, At: c.At, Sort: "stage", By: c.WhoName,
		Title: t.words("lead.timeline.stage", fault.Args{"was": t.words("page.stage."+c.Was, nil), "became": t.words("page.stage."+c.Became, nil)})}
	if c.Reason == stage.ReasonGate {
		w.Gate.Words = t.words("lead.timeline.passed", fault.Args{"stage": t.words("page.stage."+c.Became, nil)})
	} else if c.Reason != "" {
		w.Notes = append(w.Notes, t.reason(c.Reason))
	}
	var detail struct {
		stage.Detail
		JA, EN string
	}
	if json.Unmarshal([]byte(c.Detail), &detail) != nil {
		return w
	}
	if detail.Note != "" {
		w.Notes = append(w.Notes, detail.Note)
	}
	if detail.Until != 0 {
		w.Notes = append(w.Notes, t.words("lead.timeline.until", fault.Args{"date": t.date(detail.Until)}))
	}
	sentence := (map[bool]string{true: detail.EN, false: detail.JA})[t.r.Lang == i18n.English]
	switch {
	case sentence == "":
	case w.Gate.Words != "":
		w.Gate.Asked = sentence
	default:
		w.Notes = append(w.Notes, sentence)
	}
	return w
}

// reason says why a stage changed: the rule's reasons, a code, or a person's own words.
func (t *teller) reason(reason string) string {
	switch reason {
	case stage.ReasonGate:
		return t.words("lead.timeline.gate", nil)
	case stage.ReasonWake:
		return t.words("lead.timeline.wake", nil)
	}
	for _, r := range stage.Reasons {
		if r.Code == reason {
			return t.words(r.Key(), nil)
		}
	}
	return reason
}

func (t *teller) date(ms int64) string { return dateOf(t.r, ms) }

// fieldWords are what people call a field of a lead.
func (t *teller) fieldWords(name string) string {
	if key := "lead.field." + name; i18n.Has(key) {
		return t.words(key, nil)
	}
	return name
}

// value is a value of a field for people.
func (t *teller) value(field, text string) string {
	switch field {
	case "status":
		if slices.Contains(lead.Statuses, text) {
			return t.words("page.status."+text, nil)
		}
	case "excluded":
		if slices.Contains(lead.Exclusions, text) {
			return t.words("lead.excluded."+text, nil)
		}
	}
	if text = strings.TrimSpace(text); text == "" {
		return t.words("lead.history.empty", nil)
	}
	return clip(text)
}
