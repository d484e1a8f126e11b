package lead_test

import (
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"kizashi/act"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/lead"
)

// live lets things happen to a merged lead, and gives the columns that a person changed on it.
func (w *world) live(winner id.ID, before map[string]map[string]string) (edited map[string]bool) {
	edited = map[string]bool{}
	for key, row := range before["identity"] {
		var who, owner int64
		_, err := fmt.Sscan(key+" "+row, &who, &owner)
		w.fatal(err)
		w.owners[id.ID(who)] = id.ID(owner)
	}
	var steady []lead.Identity // visitors may move between leads; users and addresses do not
	for _, i := range w.ids {
		if i.Kind != lead.Visitor {
			steady = append(steady, i)
		}
	}
	for range rapid.IntRange(1, 8).Draw(w.rt, "steps") {
		switch rapid.IntRange(0, 3).Draw(w.rt, "step") {
		case 0:
			w.message(asked(rapid.SampledFrom(steady).Draw(w.rt, "identity")))
		case 1:
			text := rapid.SampledFrom([]string{"", "課長", "本部長"}).Draw(w.rt, "title")
			w.run(&lead.Change{ID: winner, Title: &text})
			edited["title"] = true
		case 2:
			w.run(&lead.Tag{Leads: []id.ID{winner}, Add: []string{"あとから"}, Remove: []string{"全員"}})
			edited["tags"] = true
		case 3: // a new browser: unknown, then tied to somebody, then by itself
			a := asked(rapid.SampledFrom(steady).Draw(w.rt, "identity"))
			a.Visitor = fmt.Sprintf("w%d-late%d", w.n, len(w.owners))
			browser := w.message(lead.Asked{Visitor: a.Visitor})
			w.owners[browser.Who] = w.owners[w.message(a).Who]
			w.message(lead.Asked{Visitor: a.Visitor})
		}
	}
	return edited
}

// checkRestored: every row of before is as it was, but for what a person edited on the winner; new
// events are where they belong.
func (w *world) checkRestored(before, after map[string]map[string]string, winner id.ID, edited map[string]bool) {
	for name, rows := range before {
		for key, was := range rows {
			is := after[name][key]
			if is == was || name == "lead" && key == fmt.Sprint(int64(winner)) && len(edited) > 0 {
				continue
			}
			w.rt.Errorf("%s %s was %s and is %s", name, key, was, is)
		}
	}
	for event, row := range after["event"] {
		var now, who int64
		if _, err := fmt.Sscan(row, &now, &who); err != nil {
			w.rt.Fatal(err)
		}
		owner, ours := w.owners[id.ID(who)]
		if _, old := before["event"][event]; !old && ours && id.ID(now) != owner {
			w.rt.Errorf("event %s of %d belongs to %d and is %d's", event, who, owner, now)
		}
	}
}

// TestOnlyTheLatestMergeIsUndone, and only where there is one.
func TestOnlyTheLatestMergeIsUndone(t *testing.T) {
	engines(t, func(s *store) {
		r := s.upsert(lead.Options{}, lead.Fields{User: "a"}, lead.Fields{User: "b"}, lead.Fields{User: "c"}, lead.Fields{User: "d"})
		a, b, c, d := r[0].Lead, r[1].Lead, r[2].Lead, r[3].Lead
		s.run(&lead.Merge{Winner: a, Loser: b})
		s.run(&lead.Merge{Winner: a, Loser: c})
		s.refuse(&lead.Unmerge{Loser: b}, "lead.later_merge")
		s.refuse(&lead.Unmerge{Loser: d}, "lead.not_merged")
		s.refuse(&lead.Merge{Winner: b, Loser: d}, "lead.is_merged")
		s.refuse(&lead.Merge{Winner: d, Loser: d}, "lead.same_twice")
		s.run(&lead.Merge{Winner: d, Loser: a})
		s.refuse(&lead.Unmerge{Loser: c}, "lead.is_merged")
		s.run(&lead.Unmerge{Loser: a})
		s.run(&lead.Unmerge{Loser: c})
		s.run(&lead.Unmerge{Loser: b})
		s.refuse(&lead.Unmerge{Loser: b}, "lead.not_merged")
	})
}

func (s *store) run(c act.Command) {
	s.Helper()
	if err := s.door.Run(s.ctx, act.Product, c); err != nil {
		s.Fatal(err)
	}
}

// refuse runs a command that must fail with the key.
func (s *store) refuse(c act.Command, key string) {
	s.Helper()
	err := s.door.Run(s.ctx, act.Product, c)
	var f *fault.Error
	if !errors.As(err, &f) || f.Key != key {
		s.Errorf("%s: want %s, got %v", c.Name(), key, err)
	}
}
