package api

import (
	"context"
	"net/http"
	"testing"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/id"
)

// X11: what breaks the fold of a lead can be looked at, and be let in again by those who look after the rules.
func TestEventsSetAside(t *testing.T) {
	engines(t, func(b *bed) {
		who := b.newLead(map[string]any{"email": "taro@kizashi.example"})
		number := b.post("/events", map[string]any{"events": []any{map[string]any{
			"lead": who, "kind": "card_exchanged", "properties": map[string]any{"rank": "A"},
		}}}).want(http.StatusOK).text("events", 0, "event")
		b.damage(number, `{"rank`)
		b.event(who, "page_view", clock.Day) // late: the lead is folded anew

		aside := b.get("/events/aside").want(http.StatusOK)
		if len(aside.items()) != 1 || aside.text("items", 0, "event", "id") != number || aside.text("items", 0, "event", "lead") != who ||
			aside.text("items", 0, "event", "properties") != `{"rank` || aside.text("items", 0, "error") == "" {
			b.Fatalf("%s", aside.body)
		}
		retry := "/events/aside/" + number + "/retry"
		b.send(act.Inside, http.MethodPost, retry, nil).want(http.StatusForbidden)
		if again := b.post(retry, nil).want(http.StatusOK); again.at("aside") != true {
			b.Errorf("still broken: %s", again.body)
		}
		b.damage(number, `{"rank":"A"}`)
		if again := b.send(act.Marketing, http.MethodPost, retry, nil).want(http.StatusOK); again.at("aside") != false {
			b.Errorf("mended: %s", again.body)
		}
		if n := len(b.get("/events/aside").items()); n != 0 {
			b.Errorf("%d left", n)
		}
		b.post(retry, nil).problem(http.StatusNotFound, "fault.not_found")
	})
}

// damage changes the properties of an event as only a broken disk would.
func (b *bed) damage(event, props string) {
	b.Helper()
	number, err := id.Parse(event)
	if err != nil {
		b.Fatal(err)
	}
	b.write(func(tx *db.Tx) error {
		_, err := tx.Exec(context.Background(), `UPDATE event SET props = $2 WHERE id = $1`, number, props)
		return err
	})
}
