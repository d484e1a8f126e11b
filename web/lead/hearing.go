package lead

import (
	"context"
	"slices"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/lead"
	"kizashi/page"
	"kizashi/stage"
)

// heard is an item of the hearing sheet with its evidence: how, when and by whom it became known (X07).
type heard struct {
	Item   stage.Item
	Value  string // "" = not known
	Source string
	At     int64
	By     string
	Stale  bool // old enough to be asked again
	Days   int64
	Former []heard // older answers, the newest first
}

func heardOf(sheet []stage.Heard, item stage.Item, now int64, people people) heard {
	h := heard{Item: item}
	for _, answer := range sheet {
		if answer.Item == item.Name {
			h.Value, h.Source, h.At, h.By = answer.Value, answer.Source, answer.At, people.names[answer.Who]
			h.Stale, h.Days = answer.Value != "" && answer.Stale(now), (now-answer.At)/(24*60*60*1000)
		}
	}
	return h
}

// hearingView is the whole sheet, to be filled in while one talks.
type hearingView struct {
	Lead    *lead.Lead
	Name    string
	Items   []heard
	Sources []string
	Source  string
}

// maxHeard is how many of the newest answers the sheet shows, older ones to its items among them.
const maxHeard = 200

const hearingPage = page.Of[hearingView]("lead/hearing.html")

func showHearing(r *page.Request) error {
	v, err := readSheet(r)
	if err != nil {
		return err
	}
	return hearingPage.Show(r, v)
}

func readSheet(r *page.Request) (v hearingView, err error) {
	v.Sources, v.Source = stage.Sources, stage.Sources[0]
	v.Lead, err = read(r, func(ctx context.Context, tx *db.Tx, l *lead.Lead) error {
		people, err := findPeople(ctx, tx)
		if err != nil {
			return err
		}
		all, err := stage.Hearing(ctx, tx, l.ID, 0, maxHeard)
		if err != nil {
			return err
		}
		sheet, err := stage.Sheet(ctx, tx, l.ID)
		for _, item := range stage.Items {
			h := heardOf(sheet, item, tx.Now, people)
			answers := slices.DeleteFunc(slices.Clone(all), func(h stage.Heard) bool { return h.Item != item.Name })
			for i := 1; i < len(answers); i++ { // the first one stands in the sheet
				h.Former = append(h.Former, heardOf(answers[i:i+1], item, tx.Now, people))
			}
			v.Items = append(v.Items, h)
		}
		return err
	})
	if err == nil {
		v.Name = v.Lead.Called()
	}
	return v, err
}

// answerHearing writes down the answers that differ from those known.
func answerHearing(r *page.Request) error {
	v, err := readSheet(r)
	if err != nil {
		return err
	}
	form, err := r.Form()
	if err != nil {
		return err
	}
	v.Source = form.Get("source")
	var answers []*stage.Answer
	var wrong fault.Many
	for i := range v.Items {
		name := v.Items[i].Item.Name
		if !form.Has(name) || form.Get(name) == v.Items[i].Value {
			continue
		}
		v.Items[i].Value = form.Get(name)
		c := &stage.Answer{Lead: v.Lead.ID, Item: name, Value: form.Get(name), Source: v.Source}
		if one, is := c.Check().(*fault.Error); is {
			wrong = append(wrong, one.At(map[bool]string{true: name, false: one.Path}[one.Path == "value"]))
		}
		answers = append(answers, c)
	}
	err = wrong.OrNil()
	for _, c := range answers {
		if err == nil {
			err = r.Run(c)
		}
	}
	if err != nil {
		return hearingPage.Again(r, v, err)
	}
	done := make([]act.Reversible, len(answers))
	for i, c := range answers {
		done[i] = c
	}
	return r.Done(pageOf(v.Lead.ID, ""), "lead.done.heard", fault.Args{"n": len(answers)}, undoOf(v.Lead.ID, done...))
}
