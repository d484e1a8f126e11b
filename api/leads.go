package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kizashi/clock"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/report"
)

func (s *service) leadOperations(a huma.API) {
	register(a, operation{id: "listLeads", method: http.MethodGet, path: "/leads", summary: "List leads by rule, search and order"}, s.listLeads)
	register(a, operation{id: "createLead", method: http.MethodPost, path: "/leads", summary: "Make a lead, or complete the one that is meant",
		status: http.StatusCreated, conflict: true,
		describe: "A lead is found by its mail addresses, then by user. What is known already stays; gaps are filled. " +
			"Fields that the API does not know become properties. 201: a new lead; 200: one that was there."}, s.createLead)
	answers := a.OpenAPI().Paths[Prefix+"/leads"].Post.Responses
	answers["200"] = &huma.Response{Description: "A lead that was there", Content: answers["201"].Content}
	register(a, operation{id: "getLead", method: http.MethodGet, path: "/leads/{id}", summary: "Read a lead"}, s.getLead)
	register(a, operation{id: "changeLead", method: http.MethodPatch, path: "/leads/{id}", summary: "Change what is given of a lead", conflict: true,
		describe: "Null or an empty text empties a field; fields that the API does not know become properties. With seen, the updated_at that was read, a change made since is a conflict."}, s.changeLead)
	register(a, operation{id: "deleteLead", method: http.MethodDelete, path: "/leads/{id}", summary: "Delete a lead; it can be restored", conflict: true}, s.deleteLead)
	register(a, operation{id: "restoreLead", method: http.MethodPost, path: "/leads/{id}/restore", summary: "Bring a deleted lead back", conflict: true}, s.restoreLead)
	register(a, operation{id: "discloseLead", method: http.MethodGet, path: "/leads/{id}/disclosure", summary: "All that is known of a person, as one JSON object",
		describe: "For requests of the person. The audit log notes it."}, s.discloseLead)
	register(a, operation{id: "eraseLead", method: http.MethodPost, path: "/leads/{id}/erase", summary: "Erase a person, for good", conflict: true,
		describe: "Removes the lead, those merged into it and what hangs on them; counts stay. Imported files and backups are outside of it."}, s.eraseLead)
	register(a, operation{id: "getTimeline", method: http.MethodGet, path: "/leads/{id}/timeline", summary: "What happened to a lead, newest first"}, s.timeline)
	register(a, operation{id: "getScore", method: http.MethodGet, path: "/leads/{id}/score", summary: "Where every point of a lead comes from",
		describe: "The newest lines, and what came earlier as a sum; after pages on to earlier lines."}, s.score)
	register(a, operation{id: "getGates", method: http.MethodGet, path: "/leads/{id}/gates", summary: "Which gates a lead passes, and why"}, s.gates)
	register(a, operation{id: "listStages", method: http.MethodGet, path: "/leads/{id}/stage", summary: "The stages of a lead, newest first"}, s.listStages)
	register(a, operation{id: "moveLead", method: http.MethodPost, path: "/leads/{id}/stage", summary: "Move a lead to another stage", conflict: true}, s.moveLead)
	register(a, operation{id: "mergeLead", method: http.MethodPost, path: "/leads/{id}/merge", summary: "Make another lead one with this one", conflict: true}, s.mergeLead)
	register(a, operation{id: "unmergeLead", method: http.MethodPost, path: "/leads/{id}/unmerge", summary: "Take a merge back", conflict: true,
		describe: "The id is the lead that was merged away, or the one it was merged into: then its newest merge is taken back."}, s.unmergeLead)
	register(a, operation{id: "confirmLead", method: http.MethodPost, path: "/leads/{id}/confirm", conflict: true,
		summary:  "Vouch for a lead that only a public key claimed, or for single values",
		describe: "Without fields, all that is unverified is confirmed."}, s.confirmLead)
	register(a, operation{id: "settleClaim", method: http.MethodPost, path: "/leads/{id}/claims", conflict: true,
		summary: "Use or dismiss a value that a sender gave and a stronger source outweighs"}, s.settleClaim)
	register(a, operation{id: "splitLead", method: http.MethodPost, path: "/leads/{id}/split", conflict: true,
		summary:  "Detach an identity from a lead, with the events that came under it",
		describe: "An address or user id becomes a lead of its own; a browser becomes an anonymous visitor."}, s.splitLead)
	register(a, operation{id: "listHearing", method: http.MethodGet, path: "/leads/{id}/hearing", summary: "What was heard from a lead, newest first"}, s.listHearing)
	register(a, operation{id: "addHearing", method: http.MethodPost, path: "/leads/{id}/hearing", summary: "Write down what was heard: budget, authority, need, timing or anything else",
		status: http.StatusCreated, conflict: true}, s.addHearing)
	register(a, operation{id: "listConsents", method: http.MethodGet, path: "/leads/{id}/consents", summary: "What a lead agreed to and refused, newest first, and what holds now"}, s.listConsents)
	register(a, operation{id: "addConsent", method: http.MethodPost, path: "/leads/{id}/consents", summary: "Record a consent or a refusal", status: http.StatusCreated}, s.addConsent)
	register(a, operation{id: "listDuplicates", method: http.MethodGet, path: "/duplicates", summary: "Leads that may be one person"}, s.listDuplicates)
	register(a, operation{id: "keepApart", method: http.MethodPost, path: "/duplicates/apart", summary: "Say that two leads are two people"}, s.keepApart)
}

type leadsInput struct {
	Page
	Filter string `query:"filter" maxLength:"4000" doc:"A rule: only the leads it holds for." example:"lead.temperature == \"hot\""`
	Q      string `query:"q" maxLength:"200" doc:"Words that name, kana, company, mail, department, title or phone hold; two characters are enough." example:"田中"`
	Sort   string `query:"sort" default:"-created" enum:"priority,-priority,engagement,-engagement,created,-created,created_at,-created_at,name,-name" doc:"priority: whom to contact first; created_at is created; a minus turns an order round. Only these two stay as they are while scores change."`
}

func (s *service) listLeads(ctx context.Context, in *leadsInput) (*output[list[report.LeadJSON]], error) {
	q := report.LeadQuery{Search: in.Q, Sort: strings.TrimSuffix(in.Sort, "_at"), Limit: in.size(), After: in.After}
	if in.Filter != "" {
		var err error
		if q.Rule, err = parse("filter", in.Filter); err != nil {
			return nil, err
		}
	}
	var found report.LeadPage
	err := s.readBy(ctx, q.Rule, func(tx *db.Tx) (err error) {
		found, err = report.Leads(ctx, tx, s.Engine, q)
		return err
	})
	return answer(list[report.LeadJSON]{Items: each(found.Leads, report.LeadRow.JSON), Next: found.Next}), err
}

// LeadDetail is a lead with everything that is known.
type LeadDetail struct {
	report.LeadJSON
	LastName      string         `json:"last_name"`
	FirstName     string         `json:"first_name"`
	Mobile        string         `json:"mobile"`
	Postal        string         `json:"postal"`
	Prefecture    string         `json:"prefecture"`
	Address       string         `json:"address"`
	CorporateMail bool           `json:"corporate_mail"`
	Known         knownJSON      `json:"known" doc:"What was heard about a deal to be."`
	Identities    []identityJSON `json:"identities" doc:"What the lead is recognised by."`
	Phones        []string       `json:"phones" doc:"All numbers, digits only."`
	WakeAt        *time.Time     `json:"wake_at" doc:"When a recycled lead comes back."`
	Unproven      bool           `json:"unproven" doc:"Only a public key says that the person exists."`
	Flooded       bool           `json:"flooded" doc:"It came with many others in a short time: it stands last on Today."`
	Unconfirmed   []string       `json:"unconfirmed" doc:"The fields whose value nobody vouches for."`
	Claims        []claimJSON    `json:"claims" doc:"What senders said and a stronger source outweighs."`
	UpdatedAt     time.Time      `json:"updated_at"`
}

type identityJSON struct {
	ID       id.ID  `json:"id"`
	Kind     string `json:"kind" enum:"email,user,visitor"`
	Value    string `json:"value"`
	Standing string `json:"standing" enum:"claim,form,import,server,proven,member" doc:"Who vouches for it, the weakest first."`
}

type knownJSON struct {
	Budget    bool `json:"budget"`
	Authority bool `json:"authority"`
	Need      bool `json:"need"`
	Timing    bool `json:"timing"`
}

// readLead reads a lead that is there; one that was merged away stands for the one it is now.
func (s *service) readLead(ctx context.Context, tx *db.Tx, number id.ID) (LeadDetail, error) {
	l, err := there(ctx, tx, number)
	if err != nil {
		return LeadDetail{}, err
	}
	rules, err := s.Engine.Rules(ctx, tx)
	if err != nil {
		return LeadDetail{}, err
	}
	row, err := report.LeadByID(ctx, tx, rules, l.ID)
	if err != nil {
		return LeadDetail{}, err
	}
	ties, err := lead.Ties(ctx, tx, l.ID, maxIdentities)
	if err != nil {
		return LeadDetail{}, err
	}
	claims, err := lead.Claims(ctx, tx, l.ID)
	if err != nil {
		return LeadDetail{}, err
	}
	phones, err := lead.Phones(ctx, tx, l.ID)
	if phones == nil {
		phones = []string{}
	}
	return LeadDetail{
		LeadJSON: row.JSON(), LastName: l.LastName, FirstName: l.FirstName, Mobile: l.Mobile, Postal: l.Postal,
		Prefecture: l.Prefecture, Address: l.Address, CorporateMail: l.CorporateMail,
		Known:      knownJSON{l.BANT&lead.Budget != 0, l.BANT&lead.Authority != 0, l.BANT&lead.Need != 0, l.BANT&lead.Timing != 0},
		Identities: each(ties, showTie), Unproven: l.Unproven != lead.Vouched, Flooded: l.Unproven == lead.FromAFlood,
		Unconfirmed: append([]string{}, l.Unconfirmed()...), Claims: each(claims, showClaim),
		Phones: phones, WakeAt: moment(l.WakeAt), UpdatedAt: clock.Time(l.UpdatedAt),
	}, err
}

// there reads a lead that exists and is not deleted; one that was merged away stands for the one it is now.
func there(ctx context.Context, tx *db.Tx, number id.ID) (*lead.Lead, error) {
	l, err := lead.ByID(ctx, tx, number)
	if err == nil && l.Gone != "" {
		err = fault.New(fault.NotFound, "lead.not_found", fault.Args{"id": number})
	}
	return l, err
}

func (s *service) getLead(ctx context.Context, in *One) (*output[LeadDetail], error) {
	var shown LeadDetail
	err := s.read(ctx, func(tx *db.Tx) (err error) {
		shown, err = s.readLead(ctx, tx, in.ID.ID)
		return err
	})
	return answer(shown), err
}

func (s *service) deleteLead(ctx context.Context, in *One) (*struct{}, error) {
	return nil, s.run(ctx, &lead.Delete{ID: in.ID.ID})
}

func (s *service) restoreLead(ctx context.Context, in *One) (*output[LeadDetail], error) {
	if err := s.run(ctx, &lead.Restore{ID: in.ID.ID}); err != nil {
		return nil, err
	}
	return s.getLead(ctx, in)
}

func (s *service) discloseLead(ctx context.Context, in *One) (*huma.StreamResponse, error) {
	if err := s.run(ctx, &lead.Disclose{ID: in.ID.ID}); err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(h huma.Context) {
		h.SetStatus(http.StatusOK)
		h.SetHeader("Content-Type", "application/json; charset=utf-8")
		// Once the object has begun, its end can only be cut off: the asker sees that it is not whole.
		_ = s.read(ctx, func(tx *db.Tx) error { return lead.WriteAll(ctx, tx, in.ID.ID, h.BodyWriter()) })
	}}, nil
}

func (s *service) eraseLead(ctx context.Context, in *One) (*struct{}, error) {
	return nil, s.run(ctx, &lead.Erase{ID: in.ID.ID})
}

type mergeBody struct {
	Loser id.ID `json:"loser" doc:"The lead that becomes part of this one."`
}

func (s *service) mergeLead(ctx context.Context, in *struct {
	One
	Body posted[mergeBody]
}) (*output[LeadDetail], error) {
	if in.Body.Value.Loser == 0 {
		return nil, fault.New(fault.Invalid, "fault.required", nil).At("loser")
	}
	if err := s.run(ctx, &lead.Merge{Winner: in.ID.ID, Loser: in.Body.Value.Loser}); err != nil {
		return nil, err
	}
	return s.getLead(ctx, &in.One)
}

// unmergedJSON are the two leads that were one.
type unmergedJSON struct {
	Winner LeadDetail `json:"winner"`
	Loser  LeadDetail `json:"loser" doc:"The lead that came back."`
}

func (s *service) unmergeLead(ctx context.Context, in *One) (*output[unmergedJSON], error) {
	winner, loser := id.ID(0), in.ID.ID
	err := s.read(ctx, func(tx *db.Tx) error {
		l, err := lead.ByID(ctx, tx, in.ID.ID)
		if err != nil {
			return err
		}
		if winner = l.ID; winner == loser {
			loser, err = report.LastMerged(ctx, tx, winner)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := s.run(ctx, &lead.Unmerge{Loser: loser}); err != nil {
		return nil, err
	}
	var shown unmergedJSON
	err = s.read(ctx, func(tx *db.Tx) (err error) {
		if shown.Winner, err = s.readLead(ctx, tx, winner); err == nil {
			shown.Loser, err = s.readLead(ctx, tx, loser)
		}
		return err
	})
	return answer(shown), err
}

// duplicateJSON are two leads that may be one person.
type duplicateJSON struct {
	Leads []personJSON `json:"leads" doc:"The older one first."`
	Why   string       `json:"why" enum:"identity,name,mobile,kana,moved"`
	At    time.Time    `json:"at"`
}

type personJSON struct {
	ID      id.ID  `json:"id"`
	Name    string `json:"name"`
	Email   string `json:"email"`
	Company string `json:"company"`
	Title   string `json:"title"`
	Phone   string `json:"phone"`
}

func showPerson(l *lead.Lead) personJSON {
	return personJSON{l.ID, l.Name, l.Email, l.CompanyName, l.Title, l.Phone}
}

func (s *service) listDuplicates(ctx context.Context, in *Page) (*output[list[duplicateJSON]], error) {
	var found []*lead.Duplicate
	err := s.read(ctx, func(tx *db.Tx) (err error) {
		found, err = lead.Duplicates(ctx, tx, in.After, in.size()+1)
		return err
	})
	if err != nil {
		return nil, at("after", err)
	}
	cursors := cut(found, in.size(), func(d *lead.Duplicate) string { return d.Cursor })
	return answer(list[duplicateJSON]{Next: cursors.Next, Items: each(cursors.Items, func(d *lead.Duplicate) duplicateJSON {
		return duplicateJSON{[]personJSON{showPerson(d.A), showPerson(d.B)}, d.Why, clock.Time(d.At)}
	})}), nil
}

type apartBody struct {
	Leads []id.ID `json:"leads" minItems:"2" maxItems:"2"`
}

func (s *service) keepApart(ctx context.Context, in *struct{ Body posted[apartBody] }) (*struct{}, error) {
	pair := in.Body.Value.Leads
	if len(pair) != 2 {
		return nil, fault.New(fault.Invalid, "api.two_leads", nil).At("leads")
	}
	return nil, s.run(ctx, &lead.KeepApart{A: pair[0], B: pair[1]})
}
