package fold_test

import (
	"fmt"
	"testing"
	"time"

	"kizashi/clock"
	"kizashi/db"
	"kizashi/event"
	"kizashi/fold"
	"kizashi/id"
	"kizashi/score"
)

// model reads a pack that is not stored.
func (h *house) model(source string) *score.Model {
	h.Helper()
	m, err := score.Stored{Source: source}.Model()
	if err != nil {
		h.Fatal(err)
	}
	return m
}

func (h *house) try(m *score.Model, leads []id.ID, limit time.Duration) (tried []fold.Tried) {
	h.Helper()
	err := h.DB.Read(h.Context(), func(tx *db.Tx) (err error) {
		tried, err = h.Engine.Try(h.Context(), tx, m, leads, limit)
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	return tried
}

// X03: a model is tried on leads as if it were published, and nothing is written.
func TestTry(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		paper := h.put(event.Message{ID: "1", Email: "taro@aozora.example", Kind: "whitepaper_downloaded"})[0].Lead
		quote := h.put(event.Message{ID: "2", Email: "jiro@midori.example", Kind: "quote_requested"})[0].Lead
		h.pass(clock.Day)
		before := h.stored(paper)
		source := replaced(t, score.DefaultPack(), "on: whitepaper_downloaded, group: content, points: 12", "on: whitepaper_downloaded, group: content, points: 39")
		source = replaced(t, source, `did("quote_requested", days(14)) || did("price_view", days(14))`, `did("whitepaper_downloaded", days(14)) || did("price_view", days(14))`)
		tried := h.try(h.model(source), []id.ID{paper, quote, 12345}, time.Minute)
		if len(tried) != 2 || tried[0].Lead != paper || tried[1].Lead != quote {
			t.Fatalf("%+v", tried)
		}
		one := tried[0]
		if one.Was.Temperature != "warm" || one.Would.Temperature != "hot" || one.Was.Stage != "lead" || one.Was.Engagement >= one.Would.Engagement {
			t.Errorf("white paper: %+v", one)
		}
		if two := tried[1]; two.Was.Stage != "tql" || two.Would.Stage != "tql" || len(two.Was.Gates) == 0 || two.Was.Engagement != two.Would.Engagement {
			t.Errorf("quote: %+v", two) // a stage that was reached stays
		}
		if after := h.stored(paper); after.Temperature != before.Temperature || after.Priority != before.Priority || after.SettledAt != before.SettledAt {
			t.Error("trying wrote something")
		}
		h.clean()
	})
}

// X03: the model in force, tried against itself, changes nobody and finds what is stored.
func TestTrySame(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		var leads []id.ID
		for i, kind := range []string{"page_view", "quote_requested", "seminar_attended", "document_requested"} {
			leads = append(leads, h.put(event.Message{ID: kind, Email: fmt.Sprintf("p%d@aozora.example", i), Kind: kind})[0].Lead)
		}
		h.pass(3 * clock.Day)
		for i, one := range h.try(h.model(score.DefaultPack()), leads, time.Minute) {
			stored := h.stored(leads[i])
			if one.Was.Temperature != one.Would.Temperature || one.Was.Stage != one.Would.Stage || one.Was.Engagement != one.Would.Engagement {
				t.Errorf("%+v", one)
			}
			if one.Was.Temperature != stored.Temperature || one.Was.Stage != stored.Stage || one.Was.Fit != stored.Fit {
				t.Errorf("%+v is stored as %+v", one, stored)
			}
		}
	})
}

// Whoever tries a model does not wait for the longest histories.
func TestTryLeavesOutLongHistories(t *testing.T) {
	fold.Shorten(t, 5)
	engines(t, func(t *testing.T, h *house) {
		short, long := h.long("short", 50), h.long("long", 51)
		tried := h.try(h.model(score.DefaultPack()), []id.ID{long, short}, time.Minute)
		if len(tried) != 1 || tried[0].Lead != short {
			t.Errorf("%+v", tried)
		}
	})
}

// X03: the sample holds whom Today lists, and others; the time that it may take is bounded.
func TestSampleAndBound(t *testing.T) {
	engines(t, func(t *testing.T, h *house) {
		var all []id.ID
		for i := range 120 {
			kind := "page_view"
			if i%10 == 0 {
				kind = "quote_requested"
			}
			all = append(all, h.put(event.Message{ID: fmt.Sprint(i), Email: fmt.Sprintf("p%d@aozora.example", i), Kind: kind})[0].Lead)
		}
		var some, most []id.ID
		err := h.DB.Read(h.Context(), func(tx *db.Tx) (err error) {
			if some, err = fold.Sample(h.Context(), tx, 12); err == nil {
				most, err = fold.Sample(h.Context(), tx, 500)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(some) < 12 || len(some) > 24 || len(most) != len(all) {
			t.Errorf("%d and %d of %d leads were drawn", len(some), len(most), len(all))
		}
		for _, lead := range some[:12] {
			if !h.stored(lead).Today {
				t.Error("whom Today lists does not come first")
			}
		}
		if n := len(h.try(h.model(score.DefaultPack()), most, 0)); n == 0 || n >= len(most) {
			t.Errorf("without time %d leads were folded", n)
		}
	})
}
