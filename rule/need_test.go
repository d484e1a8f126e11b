package rule

import "testing"

func TestNeedsEvents(t *testing.T) {
	for source, want := range map[string]bool{
		`did("a", days(7))`:                                       true,
		`!did("a", days(7))`:                                      false,
		`count("a", days(7)) < 3`:                                 false,
		`count("a", days(7)) == 3`:                                true,
		`lead.rank >= 3`:                                          false,
		`lead.rank >= 3 && did("a", days(7))`:                     true,
		`lead.rank >= 3 || did("a", days(7))`:                     false,
		`did("b", days(7)) || did("a", days(7))`:                  true,
		`did("b", days(7)) && !did("a", days(7))`:                 true,
		`!did("b", days(7)) && lead.rank >= 3`:                    false,
		`(did("a", days(7)) || lead.rank == 1) && lead.rank >= 1`: false,
	} {
		if got := mustParse(t, source).NeedsEvents(); got != want {
			t.Errorf("%s: %v", source, got)
		}
	}
}
