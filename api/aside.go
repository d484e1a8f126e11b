package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json/jsontext"

	"kizashi/clock"
	"kizashi/db"
	"kizashi/event"
	"kizashi/fold"
	"kizashi/id"
)

func (s *service) asideOperations(a huma.API) {
	register(a, operation{id: "listAside", method: http.MethodGet, path: "/events/aside", summary: "Events that break the fold of their lead",
		describe: "They stay in the log and count nothing, until they are let in again."}, s.listAside)
	register(a, operation{id: "readmitEvent", method: http.MethodPost, path: "/events/aside/{id}/retry", summary: "Fold a lead again with an event that was set aside",
		describe: "If it still breaks the fold, it is set aside again, and aside is true."}, s.readmitEvent)
}

// asideJSON is an event that was set aside.
type asideJSON struct {
	Event *eventJSON `json:"event"`
	At    time.Time  `json:"at" doc:"When it was set aside."`
	Error string     `json:"error" doc:"What went wrong, for those who look after the installation."`
}

func (s *service) listAside(ctx context.Context, in *Page) (*output[list[asideJSON]], error) {
	after, err := in.after()
	if err != nil {
		return nil, err
	}
	var found []*event.Aside
	err = s.read(ctx, func(tx *db.Tx) (err error) {
		found, err = event.ListAside(ctx, tx, s.Engine.Kinds, after, in.size()+1)
		return err
	})
	if err != nil {
		return nil, err
	}
	page := cut(found, in.size(), func(one *event.Aside) string { return one.Event.ID.String() })
	return answer(list[asideJSON]{Next: page.Next, Items: each(page.Items, func(one *event.Aside) asideJSON {
		shown := showEvent(one.Event, one.Event.Lead)
		shown.Properties = quoted(shown.Properties)
		return asideJSON{shown, clock.Time(one.At), one.Error}
	})}), nil
}

// readmitted tells what became of an event.
type readmitted struct {
	Event id.ID `json:"event"`
	Aside bool  `json:"aside" doc:"It broke the fold again."`
}

func (s *service) readmitEvent(ctx context.Context, in *One) (*output[readmitted], error) {
	if err := s.run(ctx, &fold.Readmit{Engine: s.Engine, Event: in.ID.ID}); err != nil {
		return nil, err
	}
	shown := readmitted{Event: in.ID.ID}
	err := s.read(ctx, func(tx *db.Tx) (err error) {
		shown.Aside, err = event.IsAside(ctx, tx, in.ID.ID)
		return err
	})
	return answer(shown), err
}

// quoted makes a JSON text of properties that are no JSON, so that what is shown can be read.
func quoted(props jsontext.Value) jsontext.Value {
	if props.IsValid() {
		return props
	}
	text, _ := jsontext.AppendQuote(nil, props) // broken UTF-8 is replaced
	return text
}
