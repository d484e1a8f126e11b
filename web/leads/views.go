package leads

import (
	"context"
	"net/url"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/page"
	"kizashi/segment"
)

// form is what somebody sent, and for which part of the page.
type form = url.Values

// again shows the list again, as the form carried it along, with what was wrong.
func again(r *page.Request, sent form, err error) error {
	asked, _ := url.ParseQuery(sent.Get("state")) // what cannot be read is left out
	var v listView
	failed := r.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		if v.question, err = readQuestion(ctx, tx, r.Who, asked); err != nil {
			return err
		}
		return v.read(ctx, tx, r)
	})
	if failed != nil {
		return failed
	}
	v.Form = sent
	return listPage.Again(r, v, err)
}

func viewPath(number id.ID) string { return "/leads?view=" + number.String() }

// saveView keeps the list as it is now under a name.
func saveView(r *page.Request) error {
	sent, err := r.Form()
	if err != nil {
		return err
	}
	q, _, err := stateOf(r, sent)
	if err != nil {
		return err
	}
	c := &segment.SaveView{Title: sent.Get("name"), Shared: sent.Get("shared") == "1", Query: q.Query}
	if err := r.Run(c); err != nil {
		return again(r, sent, err)
	}
	return r.Done(viewPath(c.ID), "leads.done.view_saved", fault.Args{"name": c.Title}, "/lead-views/"+c.ID.String()+"/delete")
}

// changeView gives a view another name, or what the list shows now.
func changeView(r *page.Request) error {
	return onID(r, func(number id.ID) error {
		sent, err := r.Form()
		if err != nil {
			return err
		}
		var was segment.View
		err = r.Read(func(ctx context.Context, tx *db.Tx) (err error) {
			was, err = segment.FindView(ctx, tx, number, r.Who.ID)
			return err
		})
		if err != nil {
			return err
		}
		c := &segment.SaveView{ID: number, Title: sent.Get("name"), Shared: sent.Get("shared") == "1", Query: was.Query}
		if sent.Get("overwrite") == "1" {
			q, _, err := stateOf(r, sent)
			if err != nil {
				return err
			}
			c.Query = q.Query
		}
		if err := r.Run(c); err != nil {
			return again(r, sent, err)
		}
		return r.Done(viewPath(number), "leads.done.view_changed", fault.Args{"name": c.Title}, "")
	})
}

func deleteView(r *page.Request) error {
	return onID(r, func(number id.ID) error {
		if err := r.Run(&segment.DeleteView{ID: number}); err != nil {
			return err
		}
		return r.Done("/leads", "leads.done.view_deleted", nil, "/lead-views/"+number.String()+"/restore")
	})
}

func restoreView(r *page.Request) error {
	return onID(r, func(number id.ID) error {
		if err := r.Run(&segment.DeleteView{ID: number, Undo: true}); err != nil {
			return err
		}
		return r.Done(viewPath(number), "leads.done.view_restored", nil, "")
	})
}
