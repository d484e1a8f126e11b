package fold_test

import (
	"encoding/json"
	"testing"

	"kizashi/act"
	"kizashi/company"
	"kizashi/db"
	"kizashi/event"
	"kizashi/fold"
	"kizashi/id"
	"kizashi/job"
	"kizashi/lead"
	"kizashi/setting"
)

// set changes a setting, and does the work in the background that follows.
func (h *house) set(name string, value any) {
	h.Helper()
	raw, err := json.Marshal(value)
	if err != nil {
		h.Fatal(err)
	}
	if err := h.Door.Run(h.Context(), act.Product, &setting.Set{Setting: name, Value: raw}); err != nil {
		h.Fatal(err)
	}
	if err := h.Jobs.RunDue(h.Context()); err != nil {
		h.Fatal(err)
	}
}

func (h *house) enter(f lead.Fields) id.ID {
	h.Helper()
	c := &lead.Create{Fields: f}
	if err := h.Door.Run(h.Context(), act.Product, c); err != nil {
		h.Fatal(err)
	}
	return c.Result.Lead
}

// Other target industries judge everybody by them, in rules and in what lists ask of the database.
func TestTargetIndustriesAreObeyed(t *testing.T) { // P04, P19
	engines(t, func(t *testing.T, h *house) {
		maker := h.enter(lead.Fields{Email: "a@acme.co.jp", Company: company.Fields{Name: "アクメ", Industry: "製造業"}})
		school := h.enter(lead.Fields{Email: "b@manabi.co.jp", Company: company.Fields{Name: "まなび", Industry: "教育,学習支援業"}})
		fits := func(wantMaker, wantSchool int, when string) {
			t.Helper()
			if a, b := h.stored(maker).FitPoints, h.stored(school).FitPoints; a != wantMaker || b != wantSchool {
				t.Errorf("%s: fit %d and %d, want %d and %d", when, a, b, wantMaker, wantSchool)
			}
		}
		fits(33, 13, "by default") // staff 3, corporate mail 10, target industry 20
		h.set("target_industries", []string{"O"})
		fits(13, 33, "changed")
		var walk job.Status
		targets := 0
		err := h.DB.Read(h.Context(), func(tx *db.Tx) (err error) {
			if walk, err = fold.Retargeting(h.Context(), tx); err != nil {
				return err
			}
			return tx.Row(h.Context(), `SELECT COUNT(*) FROM target_industry`).Scan(&targets)
		})
		if err != nil || walk.State != job.Done || walk.Done != 2 || targets != 1 {
			t.Errorf("%+v, %d targets, %v", walk, targets, err)
		}
		h.set("target_industries", []string{})
		fits(13, 13, "none")
		h.clean()
	})
}

// Our own people and a competitor's alarm nobody and stand on no list, however eager they are; a
// prospect with the same signs does.
func TestOwnPeopleAreNoProspects(t *testing.T) { // T07, P19
	engines(t, func(t *testing.T, h *house) {
		h.set("own_domains", []string{"aozora.co.jp"})
		h.set("competitors", []string{"kuro.co.jp"})
		today := map[string]bool{"a@aozora.co.jp": false, "b@kuro.co.jp": false, "c@acme.co.jp": true}
		leads := map[string]id.ID{}
		for mail := range today {
			leads[mail] = h.put(event.Message{Kind: "quote_requested", Email: mail, At: h.now})[0].Lead
		}
		for mail, want := range today {
			row, clock := h.stored(leads[mail]), int64(0)
			err := h.DB.Read(h.Context(), func(tx *db.Tx) error {
				return tx.Row(h.Context(), `SELECT COALESCE(MAX(answer_by), 0) FROM lead_work WHERE lead = $1`, leads[mail]).Scan(&clock)
			})
			if row.Today != want || (row.Stage != "lead") != want || (clock != 0) != want || err != nil {
				t.Errorf("%s: today %v, stage %s, to be answered by %d, %v", mail, row.Today, row.Stage, clock, err)
			}
		}
		h.set("own_domains", []string{"acme.co.jp"})
		if row := h.stored(leads["c@acme.co.jp"]); row.Today {
			t.Error("our own people are on the list of today")
		}
		if row := h.stored(leads["a@aozora.co.jp"]); !row.Today || row.Stage == "lead" {
			t.Errorf("off the list: today %v, stage %s", row.Today, row.Stage)
		}
	})
}
