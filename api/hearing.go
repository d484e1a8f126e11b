package api

import (
	"context"
	"time"

	"kizashi/clock"
	"kizashi/consent"
	"kizashi/db"
	"kizashi/id"
	"kizashi/stage"
)

// heardJSON is something that was heard from a lead.
type heardJSON struct {
	ID     id.ID     `json:"id"`
	Item   string    `json:"item"`
	Value  string    `json:"value" doc:"Empty: no longer known."`
	Source string    `json:"source"`
	At     time.Time `json:"at"`
	Stale  bool      `json:"stale" doc:"Old enough to be asked again."`
	Who    *id.ID    `json:"who"`
}

func showHeard(h stage.Heard, now int64) heardJSON {
	shown := heardJSON{ID: h.ID, Item: h.Item, Value: h.Value, Source: h.Source, At: clock.Time(h.At), Stale: h.Stale(now)}
	if h.Who != 0 {
		shown.Who = &h.Who
	}
	return shown
}

// hearingPage asks for a page of what was heard.
type hearingPage struct {
	One
	Page
}

func (s *service) listHearing(ctx context.Context, in *hearingPage) (*output[list[heardJSON]], error) {
	before, err := in.after()
	if err != nil {
		return nil, err
	}
	var shown list[heardJSON]
	err = s.read(ctx, func(tx *db.Tx) error {
		l, err := there(ctx, tx, in.ID.ID)
		if err != nil {
			return err
		}
		found, err := stage.Hearing(ctx, tx, l.ID, before, in.size()+1)
		page := cut(found, in.size(), func(h stage.Heard) string { return h.ID.String() })
		shown.Items = each(page.Items, func(h stage.Heard) heardJSON { return showHeard(h, tx.Now) })
		shown.Next = page.Next
		return err
	})
	return answer(shown), err
}

type hearingBody struct {
	Item   string `json:"item" example:"budget" doc:"budget, authority, need, timing or another item of the sheet; the error lists them."`
	Value  string `json:"value" example:"来期に300万円" doc:"In the person's words; empty: no longer known."`
	Source string `json:"source" enum:"call,meeting,mail,form,survey,card,research,import"`
}

func (s *service) addHearing(ctx context.Context, in *struct {
	One
	Body posted[hearingBody]
}) (*output[list[heardJSON]], error) {
	b := in.Body.Value
	if err := s.run(ctx, &stage.Answer{Lead: in.ID.ID, Item: b.Item, Value: b.Value, Source: b.Source}); err != nil {
		return nil, err
	}
	return s.listHearing(ctx, &hearingPage{One: in.One})
}

// consentJSON is a row of the ledger.
type consentJSON struct {
	ID      id.ID     `json:"id"`
	Purpose string    `json:"purpose" example:"mail"`
	Basis   string    `json:"basis" enum:"consent,card,business,published,refusal"`
	Granted bool      `json:"granted"`
	Source  string    `json:"source"`
	Wording string    `json:"wording"`
	At      time.Time `json:"at"`
}

func showConsent(e consent.Entry) consentJSON {
	return consentJSON{e.ID, e.Purpose, e.Basis, e.Granted, e.Source, e.Wording, clock.Time(e.At)}
}

// consentsJSON is the ledger of a lead and what it comes to.
type consentsJSON struct {
	Items    []consentJSON  `json:"items"`
	Next     string         `json:"next"`
	Standing []standingJSON `json:"standing" doc:"What holds now."`
}

type standingJSON struct {
	Purpose string `json:"purpose" enum:"mail,call,post,provide,tracking"`
	Allowed bool   `json:"allowed"`
	Why     string `json:"why" enum:"refused,granted,no_basis,not_needed"`
	By      *id.ID `json:"by" doc:"The row that decides."`
}

func (s *service) listConsents(ctx context.Context, in *struct {
	One
	Page
}) (*output[consentsJSON], error) {
	before, err := in.after()
	if err != nil {
		return nil, err
	}
	var rows consent.Standing
	var ledger []consent.Entry
	err = s.read(ctx, func(tx *db.Tx) error {
		l, err := there(ctx, tx, in.ID.ID)
		if err != nil {
			return err
		}
		if rows, err = consent.Of(ctx, tx, l.ID); err != nil {
			return err
		}
		ledger, err = consent.Ledger(ctx, tx, l.ID, before, in.size()+1)
		return err
	})
	page := cut(ledger, in.size(), func(e consent.Entry) string { return e.ID.String() })
	shown := consentsJSON{Items: each(page.Items, showConsent), Next: page.Next}
	for _, purpose := range []string{consent.Mail, consent.Call, consent.Post, consent.Provide, consent.Tracking} {
		v := rows.For(purpose)
		one := standingJSON{Purpose: purpose, Allowed: v.Allowed, Why: v.Why}
		if v.By != nil {
			one.By = &v.By.ID
		}
		shown.Standing = append(shown.Standing, one)
	}
	return answer(shown), err
}

type consentBody struct {
	Purpose string     `json:"purpose" example:"mail:newsletter" doc:"all, mail, call, post, provide or tracking; each but all may have a topic behind a colon."`
	Basis   string     `json:"basis,omitempty" enum:"consent,card,business,published" doc:"Of a grant."`
	Granted bool       `json:"granted"`
	Source  string     `json:"source" example:"資料請求フォーム" doc:"The form, file or call it came from."`
	Wording string     `json:"wording,omitempty" doc:"What the person was shown."`
	At      *time.Time `json:"at,omitempty" doc:"Now, unless it is given."`
}

func (s *service) addConsent(ctx context.Context, in *struct {
	One
	Body posted[consentBody]
}) (*output[consentJSON], error) {
	b := in.Body.Value
	row := consent.Entry{Lead: in.ID.ID, Purpose: b.Purpose, Basis: b.Basis, Granted: b.Granted, Source: b.Source, Wording: b.Wording}
	if b.At != nil {
		row.At = b.At.UnixMilli()
	}
	record := &consent.Record{Entry: row}
	if err := s.run(ctx, record); err != nil {
		return nil, err
	}
	return answer(showConsent(record.Entry)), nil
}
