package api

import (
	"net/http"
	"strings"
	"testing"
)

// What is nested too deeply is refused at the door: kept, it would break every answer that holds it.
func TestDeepPropertiesAreRefused(t *testing.T) {
	engines(t, func(b *bed) {
		who := b.newLead(map[string]any{"email": "a@kizashi.example"})
		for _, depth := range []int{40, 9_990} {
			deep := `{"a":` + strings.Repeat("[", depth) + strings.Repeat("]", depth) + `}`
			b.post("/events", `{"events":[{"kind":"page_view","lead":"`+who+`","properties":`+deep+`}]}`).
				problem(http.StatusUnprocessableEntity, "intake.nested", "events[0].properties")
		}
		r := b.post("/leads", `{"properties":`+strings.Repeat(`{"a":`, 20_000))
		if r.status != http.StatusBadRequest || len(r.body) > 1000 {
			b.Errorf("%d, %d bytes", r.status, len(r.body))
		}
		b.get("/leads/" + who + "/timeline").want(http.StatusOK)
	})
}
