package api

import (
	"context"
	"time"

	"kizashi/clock"
	"kizashi/id"
	"kizashi/lead"
)

// maxIdentities bounds the identities of a lead in one answer.
const maxIdentities = 1000

func showTie(t lead.Tie) identityJSON {
	return identityJSON{t.ID, t.Kind, t.Value, t.Standing.String()}
}

// claimJSON is a value that a sender gave and a stronger source outweighs.
type claimJSON struct {
	Field    string    `json:"field"`
	Value    string    `json:"value" doc:"Of a company its id."`
	Standing string    `json:"standing" enum:"claim,form,import,server,proven,member"`
	At       time.Time `json:"at"`
}

func showClaim(c lead.Claim) claimJSON {
	value := c.Value
	if c.Field == "company" {
		if number, err := lead.CompanyOf(value); err == nil {
			value = number.String()
		}
	}
	return claimJSON{c.Field, value, c.Source.Standing.String(), clock.Time(c.Source.At)}
}

type confirmBody struct {
	Fields []string `json:"fields,omitempty" maxItems:"300" doc:"Of unconfirmed; all where it is missing."`
}

func (s *service) confirmLead(ctx context.Context, in *struct {
	One
	Body posted[confirmBody]
}) (*output[LeadDetail], error) {
	if err := s.run(ctx, &lead.Confirm{ID: in.ID.ID, Fields: in.Body.Value.Fields}); err != nil {
		return nil, err
	}
	return s.getLead(ctx, &in.One)
}

type settleBody struct {
	Field string `json:"field" doc:"The field of the claim."`
	Take  bool   `json:"take" doc:"Use the claimed value; else the claim is dismissed."`
}

func (s *service) settleClaim(ctx context.Context, in *struct {
	One
	Body posted[settleBody]
}) (*output[LeadDetail], error) {
	body := in.Body.Value
	if err := s.run(ctx, &lead.Settle{ID: in.ID.ID, Field: body.Field, Take: body.Take}); err != nil {
		return nil, err
	}
	return s.getLead(ctx, &in.One)
}

type splitBody struct {
	Identity id.ID `json:"identity" doc:"The id of one of the lead's identities."`
}

// splitJSON tells where an identity went.
type splitJSON struct {
	Lead LeadDetail `json:"lead" doc:"The lead that stays."`
	Into *id.ID     `json:"into" doc:"The lead that the identity has now; null if it is an anonymous visitor."`
}

func (s *service) splitLead(ctx context.Context, in *struct {
	One
	Body posted[splitBody]
}) (*output[splitJSON], error) {
	c := &lead.Split{ID: in.ID.ID, Identity: in.Body.Value.Identity}
	if err := s.run(ctx, c); err != nil {
		return nil, err
	}
	stays, err := s.getLead(ctx, &in.One)
	if err != nil {
		return nil, err
	}
	shown := splitJSON{Lead: stays.Body}
	if c.Into != c.Identity {
		shown.Into = &c.Into
	}
	return answer(shown), nil
}
