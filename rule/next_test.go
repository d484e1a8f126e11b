package rule

import "testing"

// TestNext: the exact moment at which time alone turns the answer. X02 T03 T11 T17
func TestNext(t *testing.T) {
	for src, want := range map[string]int64{
		`lead.fit == "B" && "vip" in lead.tags`:                              Never,
		`did("price_view")`:                                                  Never,
		`count("nothing", days(3)) == 0`:                                     Never,
		`did("price_view", days(14))`:                                        now - 2*day + 14*day,  // the newest of two
		`count("price_view", days(14)) >= 2`:                                 now - 13*day + 14*day, // the older of two
		`count("price_view", days(50)) == 3`:                                 now - 40*day + 50*day,
		`count("price_view", days(50)) == 1`:                                 now - 13*day + 50*day,
		`count("price_view", days(50)) < 1`:                                  now - 2*day + 50*day,
		`followed("document_requested", "inquiry_sent", days(30), days(14))`: now - 5*day + 14*day,
		`followed("document_requested", "inquiry_sent", days(14), days(14))`: Never,
		`active(days(3))`:                                                    now - day + 3*day, `silent(days(3))`: now - day + 3*day, `active(days(1))`: Never,
		`ahead(lead.planned_at, days(30))`:  now + 20*day,
		`ahead(lead.planned_at, days(5))`:   now + 15*day,
		`within(lead.planned_at, days(10))`: now + 20*day,
		`past(lead.planned_at)`:             now + 20*day,
		`known(lead.planned_at)`:            Never,
		`lead.engagement >= 32`:             now + 14*day + 1, // 64 points halve in 14 days, and 32 are still enough
		`lead.engagement > 32`:              now + 14*day,
		`lead.engagement < 16`:              now + 28*day + 1,
		`lead.engagement > 100`:             Never,
		`lead.engagement > 0`:               Never,

		// A group waits for the kid that holds its answer up longest.
		`active(days(3)) && ahead(lead.planned_at, days(30))`:    now + 2*day,
		`active(days(3)) || ahead(lead.planned_at, days(30))`:    now + 20*day,
		`active(days(3)) || lead.fit == "B"`:                     Never,
		`active(days(3)) && lead.fit == "A"`:                     Never,
		`silent(days(3)) && past(lead.planned_at)`:               now + 20*day,
		`silent(days(3)) || past(lead.planned_at)`:               now + 2*day,
		`!(silent(days(3)) || past(lead.planned_at))`:            now + 2*day,
		`!(active(days(3)) && ahead(lead.planned_at, days(30)))`: now + 2*day,
	} {
		if got := mustParse(t, src).Next(someone()); got != want {
			t.Errorf("%s: now%+d, want now%+d", src, got-now, want-now)
		}
	}
}

// TestEventScope: a scoring rule reads the event being scored, and the lead.
func TestEventScope(t *testing.T) {
	schema := testSchema.WithEvent()
	properties := map[string]string{"plan": "pro", "amount": "12.5", "page title": "料金 | 例", "in": "x", "bad": "12x", "inf": "Inf"}
	f := someone()
	f.Event = func(name string) string { return properties[name] }
	for src, want := range map[string]bool{
		`event.plan == "pro" && lead.fit == "B"`:                  true,
		`event.plan in ["free", "pro"]`:                           true,
		`event.missing == ""`:                                     true,
		`known(event.missing)`:                                    false,
		`event["page title"].startsWith("料金")`:                    true,
		`event["in"] == "x"`:                                      true,
		`event.number("amount") >= 12.5`:                          true,
		`event.number("amount") == 12`:                            false,
		`event.number("page title") != 3`:                         false, // no number passes no comparison
		`event.number("missing") < 3 || event.number("bad") != 0`: false,
	} {
		r, err := Parse(schema, src)
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		if got := r.Eval(f); got != want || !r.Reads().Event {
			t.Errorf("%s = %v, reads %+v", src, got, r.Reads())
		}
		again, err := Parse(schema, r.Source())
		if err != nil || again.Source() != r.Source() {
			t.Errorf("%s reads back %v", r.Source(), err)
		}
		if f.Event == nil || r.Next(f) != Never {
			t.Errorf("%s changes by time", src)
		}
		checkSentence(t, r)
	}
}
