package score

import (
	"slices"
	"strings"

	"kizashi/id"
	"kizashi/rule"
)

// scoringPlace begins the places of the rules that see events. What fails there depends on the log alone.
const scoringPlace = "scoring."

func ofScoring(place string) bool { return strings.HasPrefix(place, scoringPlace) }

// segmentPlace begins the places of segments.
const segmentPlace = "segment."

// SegmentPlace is how State.Errors names a segment's rule.
func SegmentPlace(segment id.ID) string { return segmentPlace + segment.String() }

// SegmentOf is the segment that a place names, if it names one.
func SegmentOf(place string) (segment id.ID, ok bool) {
	text, ok := strings.CutPrefix(place, segmentPlace)
	if !ok {
		return 0, false
	}
	segment, err := id.Parse(text)
	return segment, err == nil
}

// Place is how State.Errors names a rule of the model: "gates.mql", "scoring.price_view"; "" if it has none.
func (m *Model) Place(r *rule.Rule) string {
	for i := range m.scoring {
		if m.scoring[i].when == r {
			return scoringPlace + m.scoring[i].ID
		}
	}
	for i, one := range m.fit {
		if one == r {
			return "fit." + m.Pack.Fit.Rules[i].ID
		}
	}
	for i := range m.Gates {
		if m.Gates[i].Rule == r {
			return "gates." + m.Gates[i].To
		}
	}
	switch r {
	case m.Temperature.Hot:
		return "temperature.hot"
	case m.Temperature.Warm:
		return "temperature.warm"
	case m.Today:
		return "today"
	case m.Urgent:
		return "urgent"
	}
	return ""
}

// Fail notes that the rule of a place failed on the lead.
func (s *State) Fail(place string) {
	if at, noted := slices.BinarySearch(s.Errors, place); !noted {
		s.Errors = slices.Insert(s.Errors, at, place)
	}
}

// Forgive forgets what failed at the last settling, before the next. The rules of segments are asked only
// when they may have changed: those for which stays holds keep their note.
func (s *State) Forgive(stays func(segment id.ID) bool) {
	s.Errors = slices.DeleteFunc(s.Errors, func(place string) bool {
		if segment, ok := SegmentOf(place); ok {
			return !stays(segment)
		}
		return !ofScoring(place)
	})
}

// noteFailed notes the scoring rules that failed on an event.
func (m *Model) noteFailed(s *State, failed []rule.Failure) {
	for _, f := range failed {
		s.Fail(m.Place(f.Rule))
	}
}
