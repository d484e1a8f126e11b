package lead

import (
	"context"
	"net/url"
	"slices"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/lead"
	"kizashi/page"
	"kizashi/stage"
)

// stageView is the form on which a lead is moved: where to, why, until when.
type stageView struct {
	Lead        *lead.Lead
	Name        string
	From, To    string
	Moves       []string
	Reasons     []stage.Reason // to choose from; none where words are asked
	NeedsReason bool
	Form        url.Values
	Gate        *gate // what the model asks of the stage
}

const stagePage = page.Of[stageView]("lead/stage.html")

func showStage(r *page.Request) error {
	v, err := readStage(r, r.URL.Query().Get("to"))
	if err != nil {
		return err
	}
	return stagePage.Show(r, v)
}

func readStage(r *page.Request, to string) (v stageView, err error) {
	v.Lead, err = read(r, func(ctx context.Context, tx *db.Tx, l *lead.Lead) (err error) {
		if v.From, err = stage.Of(ctx, tx, l.ID); err != nil {
			return err
		}
		v.Moves = moves(v.From, r.Who)
		if v.To = to; stage.Order(to) < 0 && len(v.Moves) > 0 {
			v.To = v.Moves[0]
		}
		x, err := r.Engine().Explain(ctx, tx, l.ID)
		if err != nil {
			return err
		}
		all := gates(x, r.Lang)
		if at := slices.IndexFunc(all, func(g gate) bool { return g.To == v.To }); at >= 0 {
			v.Gate = &all[at]
		}
		return nil
	})
	if err != nil {
		return v, err
	}
	v.Name, v.Form = v.Lead.Called(), url.Values{}
	v.NeedsReason = stage.NeedsReason(v.From, v.To)
	if v.To == stage.Recycled || v.To == stage.Disqualified {
		v.Reasons = stage.ReasonsFor(v.To)
	}
	return v, nil
}

func moveStage(r *page.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	to, reason := asked(r, form, "to"), asked(r, form, "reason")
	v, err := readStage(r, to)
	if err != nil {
		return err
	}
	v.Form = form
	until, _, err := r.Moment(form.Get("until"), "until")
	if err == nil {
		err = r.Run(&stage.Move{Lead: v.Lead.ID, To: to, Reason: reason, Note: form.Get("note"), Until: until})
	}
	if err != nil {
		return stagePage.Again(r, v, named(r, err))
	}
	return r.Done(pageOf(v.Lead.ID, ""), "lead.done.moved", fault.Args{"stage": i18n.T(r.Lang, "page.stage."+v.To, nil)}, v.back(r))
}

// back is where a move is taken back by another one, which stands in the history, too; "" where the
// person may not, or where the way back asks a reason of its own.
func (v *stageView) back(r *page.Request) string {
	if v.From == stage.Recycled || v.From == stage.Disqualified || !stage.MayMove(r.Who, v.To, v.From) {
		return ""
	}
	reason := ""
	if stage.NeedsReason(v.To, v.From) {
		reason = i18n.T(r.Lang, "lead.stage.mistake", nil)
	}
	return pageOf(v.Lead.ID, "/stage?"+url.Values{"to": {v.From}, "reason": {reason}}.Encode())
}

// named gives the reader of a page the names of the stages in a fault instead of their codes.
func named(r *page.Request, err error) error {
	one, is := err.(*fault.Error)
	if !is {
		return err
	}
	if one.Key == "stage.unknown_reason" {
		return fault.New(one.Kind, "task.needs_reason", nil).At(one.Path)
	}
	named := *one
	named.Args = fault.Args{}
	for name, value := range one.Args {
		if code, is := value.(string); is && stage.Order(code) >= 0 {
			value = i18n.T(r.Lang, "page.stage."+code, nil)
		}
		named.Args[name] = value
	}
	return &named
}

func acceptHandover(r *page.Request) error {
	handover, err := r.ID("handover")
	if err != nil {
		return err
	}
	c := &stage.Accept{Handover: handover}
	if err := r.Run(c); err != nil {
		return err
	}
	return r.Done(pageOf(c.Lead, ""), "lead.done.accepted", nil, "")
}

// returnView is the form on which field sales gives a lead back.
type returnView struct {
	Lead     *lead.Lead
	Name     string
	Handover *stage.Handover
	Reasons  []stage.Reason
	Form     url.Values
}

const returnPage = page.Of[returnView]("lead/return.html")

func showReturn(r *page.Request) error {
	v, err := readReturn(r)
	if err != nil {
		return err
	}
	return returnPage.Show(r, v)
}

func readReturn(r *page.Request) (v returnView, err error) {
	number, err := r.ID("handover")
	if err != nil {
		return v, err
	}
	v.Lead, err = read(r, func(ctx context.Context, tx *db.Tx, l *lead.Lead) (err error) {
		if v.Handover, err = stage.FindHandover(ctx, tx, number); err == nil && v.Handover.Lead != l.ID {
			err = fault.New(fault.NotFound, "stage.no_handover", nil)
		}
		return err
	})
	if err != nil {
		return v, err
	}
	v.Name, v.Reasons, v.Form = v.Lead.Called(), stage.ReasonsFor(stage.TQL), url.Values{}
	for _, reason := range stage.Reasons {
		if reason.To != stage.TQL {
			v.Reasons = append(v.Reasons, reason)
		}
	}
	return v, nil
}

func returnHandover(r *page.Request) error {
	v, err := readReturn(r)
	if err != nil {
		return err
	}
	if v.Form, err = r.Form(); err != nil {
		return err
	}
	until, _, err := r.Moment(v.Form.Get("until"), "until")
	if err == nil {
		err = r.Run(&stage.Return{Handover: v.Handover.ID, Reason: v.Form.Get("reason"), Note: v.Form.Get("note"), Until: until})
	}
	if err != nil {
		return returnPage.Again(r, v, named(r, err))
	}
	return r.Done(pageOf(v.Lead.ID, ""), "lead.done.returned", nil, "")
}
