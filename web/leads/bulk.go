package leads

import (
	"context"
	"errors"
	"slices"
	"time"

	"kizashi/act"
	"kizashi/bulk"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/id"
	"kizashi/member"
	"kizashi/page"
	"kizashi/report"
	"kizashi/stage"
)

// bulkLimit is how many leads one change takes.
const bulkLimit = bulk.MaxLeads

// reasons are those that may be given for many leads at once.
func reasons() []stage.Reason {
	return slices.DeleteFunc(slices.Clone(stage.Reasons), func(r stage.Reason) bool { return r.Code == "refused" })
}

// startBulk does one thing to the chosen leads, or to all that match.
func startBulk(r *page.Request) error {
	sent, err := r.Form()
	if err != nil {
		return err
	}
	q, to, err := stateOf(r, sent)
	if err != nil {
		return err
	}
	c := &bulk.Start{}
	if c.Act, err = actOf(r, sent); err == nil {
		c.Leads, err = chosen(r, sent, &q)
	}
	if err == nil {
		err = r.Run(c)
	}
	if err != nil {
		return again(r, sent, named(r, err))
	}
	if len(c.Leads) > bulk.AtOnce {
		return r.Go(bulkPath(c.ID))
	}
	if err := bulk.Work(r.Context(), r.Door(), c.ID); err != nil {
		return err
	}
	return told(r, c.ID, to)
}

func bulkPath(number id.ID) string { return "/lead-changes/" + number.String() }

// told says what came of a change that is done.
func told(r *page.Request, number id.ID, to string) error {
	b, _, err := readBulk(r, number)
	if err != nil {
		return err
	}
	if b.Refused > 0 {
		to = bulkPath(number)
	}
	undo := bulkPath(number) + "/undo"
	if b.Changed == 0 {
		undo = ""
	}
	return r.Done(to, "leads.done.bulk", fault.Args{"what": i18n.T(r.Lang, "leads.bulk.done."+b.Act.Kind, nil),
		"n": page.Number(b.Changed), "same": page.Number(b.Same), "refused": page.Number(b.Refused)}, undo)
}

// actOf is what the form says is to be done.
func actOf(r *page.Request, sent form) (a bulk.Act, err error) {
	a.Kind = sent.Get("do")
	switch a.Kind {
	case bulk.Assign:
		if text := sent.Get("owner"); text != "" {
			if a.Owner, err = id.Parse(text); err != nil {
				return a, fault.New(fault.Invalid, "bulk.no_owner", nil).At("owner")
			}
		}
	case bulk.Tag, bulk.Untag:
		a.Tag = sent.Get("tag")
	case bulk.Exclude:
		a.Excluded = sent.Get("excluded")
	case bulk.Move:
		a.To, a.Reason, a.Note = sent.Get("to"), sent.Get("reason"), sent.Get("note")
		if a.To == stage.Recycled || a.To == stage.Disqualified {
			a.Reason = sent.Get("code")
		}
		if day := sent.Get("until"); day != "" {
			until, err := time.ParseInLocation(time.DateOnly, day, r.Zone())
			if err != nil {
				return a, fault.New(fault.Invalid, "leads.bad_day", nil).At("until")
			}
			a.Until = until.UnixMilli()
		}
	}
	return a, nil
}

// chosen are the leads that a change is about.
func chosen(r *page.Request, sent form, q *question) (leads []id.ID, err error) {
	if sent.Get("all") != "1" {
		for _, text := range sent["lead"] {
			number, err := id.Parse(text)
			if err != nil {
				return nil, err
			}
			leads = append(leads, number)
		}
		return leads, nil
	}
	more := false
	err = r.ReadBy(r.Context(), q.Parsed, func(ctx context.Context, tx *db.Tx) (err error) {
		asked := q.leads(r.Who, report.MaxLeads)
		leads, more, err = report.LeadIDs(ctx, tx, r.Engine(), asked, bulkLimit)
		return err
	})
	if err == nil && more {
		err = fault.New(fault.TooLarge, "bulk.too_many", fault.Args{"limit": bulkLimit})
	}
	return leads, err
}

// named gives the reader the names of stages instead of their codes.
func named(r *page.Request, err error) error {
	var one *fault.Error
	if !errors.As(err, &one) {
		return err
	}
	return namedFault(r.Lang, one)
}

func namedFault(lang i18n.Lang, one *fault.Error) *fault.Error {
	if one.Key == "stage.unknown_reason" {
		return fault.New(one.Kind, "task.needs_reason", nil).At(one.Path)
	}
	copied := *one
	copied.Args = fault.Args{}
	for name, value := range one.Args {
		if code, is := value.(string); is && stage.Order(code) >= 0 {
			value = i18n.T(lang, "page.stage."+code, nil)
		}
		copied.Args[name] = value
	}
	return &copied
}

// maxRefusals is how many leads that could not be changed are named.
const maxRefusals = 100

// bulkView is how far a change is, and what came of it.
type bulkView struct {
	*bulk.Bulk
	What     string // in words
	Refusals []refusal
	Mine     bool // the person may take it back
}

type refusal struct {
	Lead id.ID
	Name string
	Why  string
}

const bulkPage = page.Of[bulkView]("leads/bulk.html")

func readBulk(r *page.Request, number id.ID) (b *bulk.Bulk, refused []bulk.Refusal, err error) {
	err = r.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		if b, err = bulk.Find(ctx, tx, number); err == nil && b.Refused > 0 {
			refused, err = bulk.Refusals(ctx, tx, number, maxRefusals)
		}
		return err
	})
	return b, refused, err
}

func showBulk(r *page.Request) error {
	return onID(r, func(number id.ID) error {
		b, refused, err := readBulk(r, number)
		if err != nil {
			return err
		}
		v := bulkView{Bulk: b, Mine: b.Who == r.Who.ID || r.Who.Role == act.Admin}
		if v.What, err = whatWords(r, &b.Act); err != nil {
			return err
		}
		for _, one := range refused {
			v.Refusals = append(v.Refusals, refusal{one.Lead, one.Name, i18n.Words(r.Lang, namedFault(r.Lang, one.Why))})
		}
		return bulkPage.Show(r, v)
	})
}

// whatWords says what is done to each lead.
func whatWords(r *page.Request, a *bulk.Act) (string, error) {
	what := ""
	switch a.Kind {
	case bulk.Assign:
		what = i18n.T(r.Lang, "leads.nobody", nil)
		if a.Owner != 0 {
			err := r.Read(func(ctx context.Context, tx *db.Tx) error {
				account, err := member.FindAccount(ctx, tx, a.Owner)
				what = account.Name
				return err
			})
			if err != nil {
				return "", err
			}
		}
	case bulk.Tag, bulk.Untag:
		what = a.Tag
	case bulk.Move:
		what = i18n.T(r.Lang, "page.stage."+a.To, nil)
	case bulk.Exclude:
		what = i18n.T(r.Lang, "leads.not_excluded", nil)
		if a.Excluded != "" {
			what = i18n.T(r.Lang, "lead.excluded."+a.Excluded, nil)
		}
	}
	return i18n.T(r.Lang, "leads.bulk.what."+a.Kind, fault.Args{"what": what}), nil
}

func undoBulk(r *page.Request) error {
	return onID(r, func(number id.ID) error {
		c := &bulk.Undo{ID: number}
		if err := r.Run(c); err != nil {
			return err
		}
		if !c.AtOnce() {
			return r.Go(bulkPath(number))
		}
		if err := bulk.Work(r.Context(), r.Door(), number); err != nil {
			return err
		}
		b, _, err := readBulk(r, number)
		if err != nil {
			return err
		}
		return r.Done(r.Back("/leads"), "leads.done.undone", fault.Args{"n": page.Number(b.Undone), "kept": page.Number(b.Kept)}, "")
	})
}
