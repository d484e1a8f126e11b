package leads

import (
	"kizashi/fault"
	"kizashi/id"
	"kizashi/page"
	"kizashi/report"
	"kizashi/segment"
)

// readRule answers the script of the rule builder: the rule as text, as form and in words, how many leads
// it holds for, or what is wrong with it and where.
func readRule(r *page.Request) error {
	reading, err := r.ReadRule()
	if err == nil && reading.Fault == nil {
		reading.Count, err = countWords(r, report.LeadQuery{Rule: reading.Rule})
	}
	if err != nil {
		return err
	}
	return r.AnswerRule(reading)
}

// saveSegment makes a segment of the rule that narrows the list.
func saveSegment(r *page.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	q, to, err := stateOf(r, form)
	if err != nil {
		return err
	}
	text := q.Rule
	if text == "" {
		text = "true"
	}
	c := &segment.Save{Title: form.Get("name"), Rule: text}
	if err := r.Run(c); err != nil {
		return again(r, form, err)
	}
	return r.Done(to, "leads.done.segment", fault.Args{"name": c.Title}, "/segments/"+c.ID.String()+"/delete")
}

// onID does something with the id of the path.
func onID(r *page.Request, f func(id.ID) error) error {
	number, err := r.ID("id")
	if err != nil {
		return err
	}
	return f(number)
}
