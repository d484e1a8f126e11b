package lead_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kizashi/act"
	"kizashi/company"
	"kizashi/db"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/testkit"
)

// world is a store, and what should be in it.
type world struct {
	*store
	rt     *rapid.T
	n      int // of this world: its names do not meet those of other ones
	ids    []lead.Identity
	leads  []id.ID
	owners map[id.ID]id.ID // identity → the lead it belongs to, if nothing is merged
}

func (w *world) fatal(err error) {
	if err != nil {
		w.rt.Fatal(err)
	}
}

func (w *world) run(c act.Command) {
	w.fatal(w.door.Run(w.ctx, act.Product, c))
}

// message resolves a message and writes its event, as the intake does.
func (w *world) message(a lead.Asked) lead.Resolved {
	var r lead.Resolved
	w.fatal(w.door.Write(w.ctx, func(tx *db.Tx) error {
		list, err := lead.ResolveMany(w.ctx, tx, []lead.Asked{a})
		if err != nil {
			return err
		}
		if r = list[0]; r.Err != nil {
			return r.Err
		}
		_, err = tx.Exec(w.ctx, `INSERT INTO event (id, at, lead, who, kind) VALUES ($1, $2, $3, $4, 1)`, tx.NewID(), tx.Now, r.Lead, r.Who)
		return err
	}))
	return r
}

// rows are the rows of a query as texts, by the first column.
func (w *world) rows(query string, columns int) map[string]string {
	all := map[string]string{}
	w.fatal(w.door.DB.Read(w.ctx, func(tx *db.Tx) error {
		return tx.Each(w.ctx, query, nil, func(scan func(...any) error) error {
			values, places := make([]any, columns), make([]any, columns)
			for i := range values {
				places[i] = &values[i]
			}
			err := scan(places...)
			all[fmt.Sprint(values[0])] = fmt.Sprint(values[1:]...)
			return err
		})
	}))
	return all
}

// tables are all that a merge touches.
var tables = []struct {
	name, query string
	columns     int
}{
	{"lead", `SELECT id, company, name, last_name, first_name, kana, name_key, email, phone, mobile, department, title, rank, postal,
		prefecture, address, source, tags, status, owner, corporate_mail, excluded, bant, wake_at, props, gone, merged_into,
		created_at, updated_at FROM lead`, 29},
	{"identity", `SELECT id, lead, via FROM identity`, 3},
	{"event", `SELECT id, lead, who FROM event`, 3},
	{"hearing", `SELECT id, lead FROM hearing`, 2},
	{"consent", `SELECT id, lead, granted FROM consent`, 3},
	{"stage_change", `SELECT id, lead FROM stage_change`, 2},
	{"handover", `SELECT id, lead FROM handover`, 2},
	{"lead_phone", `SELECT phone || '/' || lead, lead FROM lead_phone`, 2},
}

func (w *world) dump() map[string]map[string]string {
	all := map[string]map[string]string{}
	for _, t := range tables {
		all[t.name] = w.rows(t.query, t.columns)
	}
	return all
}

// TestUnmergeRestoresExactly is X04: two records of a person become one and two again.
func TestUnmergeRestoresExactly(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		s := open(t, url)
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			n++
			w := &world{store: s, rt: rt, n: n, owners: map[id.ID]id.ID{}}
			w.populate()
			winner, loser := w.two()
			before := w.dump()
			w.run(&lead.Merge{Winner: winner, Loser: loser})
			w.checkMerged(winner, loser)
			w.run(&lead.Unmerge{Loser: loser})
			if d := cmp.Diff(before, w.dump()); d != "" {
				rt.Fatal(d)
			}
		})
	})
}

// TestUnmergeAfterMoreCameIn is X04 with a life between: what came since is kept, and goes to whom it
// belongs.
func TestUnmergeAfterMoreCameIn(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		s := open(t, url)
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			n++
			w := &world{store: s, rt: rt, n: n, owners: map[id.ID]id.ID{}}
			w.populate()
			winner, loser := w.two()
			before := w.dump()
			w.run(&lead.Merge{Winner: winner, Loser: loser})
			edited := w.live(winner, before)
			w.run(&lead.Unmerge{Loser: loser})
			w.checkRestored(before, w.dump(), winner, edited)
		})
	})
}

// empty forgets the worlds before this one.
func (w *world) empty() {
	w.fatal(w.door.Write(w.ctx, func(tx *db.Tx) error {
		for _, table := range []string{"lead", "identity", "event", "hearing", "consent", "stage_change", "handover", "lead_phone",
			"lead_merge", "duplicate", "lead_search", "company", "company_domain", "audit"} {
			if _, err := tx.Exec(w.ctx, `DELETE FROM `+table); err != nil {
				return err
			}
		}
		return nil
	}))
}

// populate makes a few leads with identities, events, and rows of all nouns that follow a lead.
func (w *world) populate() {
	w.empty()
	for i := range rapid.IntRange(2, 4).Draw(w.rt, "leads") {
		user := lead.Identity{Kind: lead.User, Value: fmt.Sprintf("w%d-u%d", w.n, i)}
		w.ids = append(w.ids, user)
		r := w.message(lead.Asked{User: user.Value})
		w.leads = append(w.leads, r.Lead)
		w.fill(r.Lead, user.Value, i)
		for v := range rapid.IntRange(0, 2).Draw(w.rt, "visitors") {
			visitor := lead.Identity{Kind: lead.Visitor, Value: fmt.Sprintf("w%d-v%d-%d", w.n, i, v)}
			w.ids = append(w.ids, visitor)
			w.message(lead.Asked{Visitor: visitor.Value})
			w.message(lead.Asked{Visitor: visitor.Value, User: user.Value})
		}
		w.follow(r.Lead)
	}
	for range rapid.IntRange(0, 6).Draw(w.rt, "messages") {
		w.anyMessage(w.ids)
	}
	if len(w.leads) == 4 && rapid.Bool().Draw(w.rt, "merged before") {
		w.run(&lead.Merge{Winner: w.leads[2], Loser: w.leads[3]})
		w.leads = w.leads[:3]
	}
}

func (w *world) fill(to id.ID, user string, i int) {
	maybe := func(label, text string) string {
		if rapid.Bool().Draw(w.rt, label) {
			return text
		}
		return ""
	}
	f := lead.Fields{
		User: user, Name: maybe("name", fmt.Sprintf("田中 %c郎", '一'+rune(i))), Kana: maybe("kana", "タナカ"), Title: maybe("title", "部長"),
		Department: maybe("department", fmt.Sprintf("第%d営業部", i)), Phone: maybe("phone", fmt.Sprintf("03-1234-%04d", i)),
		Mobile: maybe("mobile", fmt.Sprintf("090-%04d-%04d", w.n, i)), Postal: maybe("postal", "100-0001"), Source: maybe("source", "展示会"),
		Excluded: maybe("excluded", lead.ExcludedStudent), Tags: []string{"全員", maybe("tag", fmt.Sprintf("札%d", i))},
		Props: map[string]string{"色": maybe("prop", fmt.Sprint(i))}, Company: company.Fields{Name: maybe("company", fmt.Sprintf("株式会社%d-%d", w.n, i))},
	}
	if rapid.Bool().Draw(w.rt, "mail") {
		mail := lead.Identity{Kind: lead.Mail, Value: fmt.Sprintf("w%d-%d@mail%d.example", w.n, i, i)}
		w.ids, f.Email = append(w.ids, mail), mail.Value
	}
	w.fatal(w.door.Write(w.ctx, func(tx *db.Tx) error {
		r, err := lead.Upsert(w.ctx, tx, f, lead.Options{})
		if err == nil && r.Lead != to {
			err = fmt.Errorf("upsert found %v instead of %v", r.Lead, to)
		}
		return err
	}))
}

// follow writes a row of each noun whose rows go with a lead.
func (w *world) follow(to id.ID) {
	w.fatal(w.door.Write(w.ctx, func(tx *db.Tx) error {
		for _, q := range []string{
			`UPDATE lead SET bant = CAST($1 AS {int}) % 16 WHERE id = $2 AND CAST($3 AS {int}) > 0`,
			`INSERT INTO hearing (id, lead, item, value, source, at, who) VALUES ($1, $2, 'need', 'あり', 'call', $3, 0)`,
			`INSERT INTO consent (id, lead, purpose, basis, granted, source, at) VALUES ($1, $2, 'mail', 'card', 0, 'test', $3)`,
			`INSERT INTO stage_change (id, lead, at, was, became, who, reason) VALUES ($1, $2, $3, 'lead', 'mql', 0, 'test')`,
			`INSERT INTO handover (id, lead, state, offered_at, due_at) VALUES ($1, $2, 'offered', $3, 0)`,
		} {
			if !rapid.Bool().Draw(w.rt, "follows") {
				continue
			}
			if _, err := tx.Exec(w.ctx, q, tx.NewID(), to, tx.Now); err != nil {
				return err
			}
		}
		return nil
	}))
}

// anyMessage sends what one of the identities did, sometimes in the browser of another one.
func (w *world) anyMessage(from []lead.Identity) (sent lead.Identity, r lead.Resolved) {
	i := rapid.SampledFrom(from).Draw(w.rt, "identity")
	a := asked(i)
	if i.Kind != lead.Visitor && rapid.Bool().Draw(w.rt, "browser") {
		if v := rapid.SampledFrom(w.ids).Draw(w.rt, "whose browser"); v.Kind == lead.Visitor {
			a.Visitor = v.Value
		}
	}
	return i, w.message(a)
}

func asked(i lead.Identity) lead.Asked {
	switch i.Kind {
	case lead.User:
		return lead.Asked{User: i.Value}
	case lead.Mail:
		return lead.Asked{Email: i.Value}
	}
	return lead.Asked{Visitor: i.Value}
}

func (w *world) two() (winner, loser id.ID) {
	pair := rapid.Permutation(w.leads).Draw(w.rt, "pair")
	return pair[0], pair[1]
}

// checkMerged: nothing stands under the loser any more, and its identities lead to the winner.
func (w *world) checkMerged(winner, loser id.ID) {
	for name, rows := range w.dump() {
		for key, row := range rows {
			var first int64
			if _, err := fmt.Sscan(row, &first); name != "lead" && name != "lead_phone" && err == nil && first == int64(loser) {
				w.rt.Fatalf("%s %s still stands under the loser", name, key)
			}
		}
	}
	if r := w.message(lead.Asked{Lead: loser}); r.Lead != winner || r.Who != loser {
		w.rt.Fatalf("a message for the loser is %+v", r)
	}
	w.fatal(w.door.Write(w.ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(w.ctx, `DELETE FROM event WHERE who = $1`, loser)
		return err
	}))
}
