package settings

// limits are what keys may bring; 0 means no limit.
type limits struct {
	Rate    int // messages a second of one address
	Address int // new people of one address at once
	People  int // new people of a key at once
	Person  int // counted events of one person a day
	Day     int // counted events of everybody a day

	Requests int // a second, of a key at the JSON API
	Events   int // the same
}

// limit is one of them as a form shows it.
type limit struct {
	Name  string // of the setting
	Value int
	Max   int
}

// All are the limits in the order of the page.
func (l limits) All() []limit {
	return []limit{
		{"track_rate", l.Rate, 100_000}, {"person_events", l.Person, 1_000_000}, {"day_events", l.Day, 1_000_000_000},
		{"flood_address", l.Address, 100_000}, {"flood_people", l.People, 100_000},
		{"key_requests", l.Requests, 100_000}, {"key_events", l.Events, 1_000_000},
	}
}
