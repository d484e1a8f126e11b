package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json/jsontext"

	"kizashi/act"
	"kizashi/db"
	"kizashi/event"
	"kizashi/fault"
	"kizashi/fold"
	"kizashi/i18n"
	"kizashi/id"
	"kizashi/lead"
)

// Limits of a batch of events.
const (
	maxEvents     = 1000
	maxEventsBody = 8 << 20 // bytes
)

func (s *service) eventOperations(a huma.API) {
	register(a, operation{id: "postEvents", method: http.MethodPost, path: "/events", summary: "Tell what happened", limit: maxEventsBody,
		describe: fmt.Sprintf("Up to %d events, answered in their order once they are durable and counted. An event whose id was seen "+
			"before changes nothing and is answered like the first. One that is wrong does not harm the others.", maxEvents)}, s.postEvents)
	register(a, operation{id: "getEvent", method: http.MethodGet, path: "/events/{id}", summary: "Read an event"}, s.getEvent)
	register(a, operation{id: "classifyEvent", method: http.MethodPost, path: "/events/{id}/class", summary: "Say who made a hit after all",
		describe: "Corrects the past: what only humans do counts again, or no more."}, s.classifyEvent)
	s.asideOperations(a)
}

type eventsBody struct {
	Events []eventBody `json:"events" minItems:"1" maxItems:"1000"`
}

// eventBody is an event as a caller tells it, with at least one of lead, email, user and visitor.
type eventBody struct {
	ID         string            `json:"id,omitempty" maxLength:"200" doc:"Your own id: the same one again changes nothing."`
	Kind       string            `json:"kind" maxLength:"100" example:"quote_requested"`
	At         *time.Time        `json:"at,omitempty" doc:"Now, unless it is given."`
	Lead       id.ID             `json:"lead,omitzero"`
	Email      string            `json:"email,omitempty" maxLength:"320"`
	User       string            `json:"user,omitempty" maxLength:"320" doc:"Your own id of the person."`
	Visitor    string            `json:"visitor,omitempty" maxLength:"320" doc:"The id of a browser."`
	Channel    string            `json:"channel,omitempty" maxLength:"100" example:"web"`
	Subject    string            `json:"subject,omitempty" maxLength:"2048" doc:"What it was about; of a page_view its address."`
	Class      string            `json:"class,omitempty" enum:"human,bot,scanner" default:"human"`
	Properties jsontext.Value    `json:"properties,omitempty"`
	Traits     map[string]scalar `json:"traits,omitempty" doc:"What is known about the person: name, company, title, phone, …"`
}

func (b *eventBody) message(who act.Who) (event.Message, *fault.Error) {
	m := event.Message{
		Door: who.ID, Standing: lead.StandingOf(who),
		ID: b.ID, Kind: b.Kind, Lead: b.Lead, Email: b.Email, User: b.User, Visitor: b.Visitor,
		Channel: b.Channel, Subject: b.Subject,
	}
	if b.Kind == "" {
		return m, fault.New(fault.Invalid, "fault.required", nil).At("kind")
	}
	if b.Lead != 0 && onlySends(who) {
		return m, fault.New(fault.Forbidden, "api.lead_by_key", nil).At("lead")
	}
	if len([]rune(b.Channel)) > maxChannel {
		return m, fault.New(fault.Invalid, "fault.too_long", fault.Args{"limit": maxChannel}).At("channel")
	}
	if b.Class != "" {
		var ok bool
		if m.Class, ok = event.ParseClass(b.Class); !ok {
			return m, badClass()
		}
	}
	if b.Lead == 0 && b.Email == "" && b.User == "" && b.Visitor == "" {
		return m, fault.New(fault.Invalid, "api.nobody", nil).At("email")
	}
	if b.At != nil {
		m.At = event.Moment(b.At.UnixMilli())
	}
	switch b.Properties.Kind() {
	case '{':
		m.Props = []byte(b.Properties)
	case 'n', 0:
	default:
		return m, fault.New(fault.Invalid, "api.type_object", nil).At("properties")
	}
	if len(b.Traits) > 0 {
		m.Traits = properties(b.Traits, nil)
	}
	return m, nil
}

// onlySends tells that a key may send events and learn nothing: neither which leads there are, nor whose an
// event is.
func onlySends(who act.Who) bool { return who.Role == act.Track || who.Role == act.Server }

// maxChannel bounds the name of a channel, characters.
const maxChannel = 100

func badClass() *fault.Error {
	return fault.New(fault.Invalid, "api.class", nil).At("class")
}

// eventsJSON tells what became of each event.
type eventsJSON struct {
	Accepted int          `json:"accepted"`
	Events   []answerJSON `json:"events" doc:"In the order of the events that were sent."`
}

type answerJSON struct {
	Event    *id.ID   `json:"event" doc:"Its id in the log; null if it was refused."`
	Lead     *id.ID   `json:"lead" doc:"Whose it is; null while the visitor is anonymous, and for keys that only track."`
	Repeated bool     `json:"repeated" doc:"It was in the log already."`
	Error    *mistake `json:"error,omitempty"`
}

func (s *service) postEvents(ctx context.Context, in *struct{ Body posted[eventsBody] }) (*output[eventsJSON], error) {
	sent := in.Body.Value.Events
	switch {
	case len(sent) == 0:
		return nil, fault.New(fault.Invalid, "fault.required", nil).At("events")
	case len(sent) > maxEvents:
		return nil, fault.New(fault.TooLarge, "api.too_many_events", fault.Args{"limit": maxEvents}).At("events")
	}
	if err := s.spendEvents(ctx, len(sent)); err != nil {
		return nil, err
	}
	answers := make([]fold.Answer, len(sent))
	var messages []event.Message
	var places []int
	for i := range sent {
		m, wrong := sent[i].message(act.By(ctx))
		m.Address = callOf(ctx).from
		if wrong != nil {
			answers[i].Err = wrong
			continue
		}
		messages, places = append(messages, m), append(places, i)
	}
	taken, err := s.Put(ctx, messages)
	if err != nil {
		return nil, err
	}
	for i, place := range places {
		answers[place] = taken[i]
	}
	return showAnswers(ctx, answers)
}

// fieldOf is the field of an event that the intake names as the tracking protocol does.
func fieldOf(path string) string {
	if field, ok := map[string]string{"messageId": "id", "event": "kind", "userId": "user", "anonymousId": "visitor"}[path]; ok {
		return field
	}
	return path
}

// showAnswers tells what became of events; if none was taken, that is an error.
func showAnswers(ctx context.Context, answers []fold.Answer) (*output[eventsJSON], error) {
	who := act.By(ctx)
	shown := eventsJSON{Events: make([]answerJSON, len(answers))}
	var refused fault.Many
	for i, one := range answers {
		if one.Err != nil {
			path := fmt.Sprintf("events[%d]", i)
			if one.Err.Path != "" {
				path += "." + fieldOf(one.Err.Path)
			}
			refused = append(refused, one.Err.At(path))
			shown.Events[i].Error = &mistake{Path: path, Key: one.Err.Key, Detail: i18n.Words(who.Lang, one.Err)}
			continue
		}
		shown.Accepted++
		shown.Events[i].Event, shown.Events[i].Repeated = &one.Event, one.Repeated
		if one.Lead != 0 && !onlySends(who) {
			shown.Events[i].Lead = &one.Lead
		}
	}
	if shown.Accepted == 0 {
		return nil, refused.OrNil()
	}
	return answer(shown), nil
}

func (s *service) getEvent(ctx context.Context, in *One) (*output[eventJSON], error) {
	var shown *eventJSON
	err := s.read(ctx, func(tx *db.Tx) error {
		found, err := event.ByID(ctx, tx, s.Engine.Kinds, in.ID.ID)
		if err != nil {
			return err
		}
		owner, err := lead.ByIDs(ctx, tx, []id.ID{found.Lead})
		shown = showEvent(found, 0)
		if owner[found.Lead] != nil {
			shown.Lead = &found.Lead
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return answer(*shown), nil
}

type classBody struct {
	Class string `json:"class" enum:"human,bot,scanner"`
}

func (s *service) classifyEvent(ctx context.Context, in *struct {
	One
	Body posted[classBody]
}) (*output[eventJSON], error) {
	class, ok := event.ParseClass(in.Body.Value.Class)
	if !ok {
		return nil, badClass()
	}
	if err := s.run(ctx, &fold.Classify{Engine: s.Engine, Event: in.ID.ID, Class: class}); err != nil {
		return nil, err
	}
	return s.getEvent(ctx, &in.One)
}
