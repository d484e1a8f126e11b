package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/member"
)

// L17 T08 L07: a hot lead waits with a clock, a call takes it off the list, an undo brings it back, and a
// step that is due stands on the list and says so.
func TestTodayWithClocksAndSteps(t *testing.T) {
	engines(t, func(b *bed) {
		b.door.DB.Clock.Set(time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC).UnixMilli()) // a Tuesday, 10:00 in Tokyo
		hot := b.newLead(map[string]any{"email": "taro@kizashi.example", "name": "山田 太郎"})
		b.event(hot, "quote_requested", 0)
		first := b.get("/today?view=team").want(http.StatusOK)
		if first.text("items", 0, "origin") != "answer" || first.text("items", 0, "left_minutes") != "15" || first.at("items", 0, "task") != nil {
			b.Fatalf("%s", first.body)
		}
		b.door.DB.Clock.Set(b.door.DB.Clock.Now() + clock.Minute)
		logged := b.send(act.Inside, http.MethodPost, "/leads/"+hot+"/activities", map[string]any{"result": "no_answer", "usual": true, "note": "不在"}).
			want(http.StatusCreated)
		if logged.text("next", "kind") != "call" || logged.text("next", "due_at") != "2026-11-25T05:00:00Z" {
			b.Errorf("%s", logged.body)
		}
		if b.get("/leads/"+hot).text("status") != "trying" || len(b.get("/today").items()) != 0 {
			b.Error("a lead that was called stays on the list")
		}
		b.send(act.Inside, http.MethodDelete, "/activities/"+logged.text("id"), nil).want(http.StatusNoContent)
		if b.get("/today").text("items", 0, "origin") != "answer" {
			b.Error("the undo does not bring the lead back to the list")
		}
		b.send(act.Inside, http.MethodPost, "/leads/"+hot+"/activities", map[string]any{"result": "no_answer", "usual": true}).want(http.StatusCreated)
		b.door.DB.Clock.Set(b.door.DB.Clock.Now() + clock.Minute)
		b.event(hot, "inquiry_sent", 0)
		if len(b.get("/today").items()) != 1 {
			b.Error("a new sign after the call does not bring the lead back")
		}
	})
}

func TestStepsOverHTTP(t *testing.T) {
	engines(t, func(b *bed) {
		b.door.DB.Clock.Set(time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC).UnixMilli())
		cold := b.newLead(map[string]any{"email": "jiro@kizashi.example", "name": "田中 次郎", "status": "on_hold"})
		if len(b.get("/today").items()) != 0 {
			b.Fatal("a lead on hold is on the list")
		}
		made := b.post("/leads/"+cold+"/tasks", map[string]any{"kind": "call", "due_at": "2026-11-24T06:00:00Z", "text": "資料の感想"}).want(http.StatusCreated)
		step := "/tasks/" + made.text("id")
		today := b.get("/today").want(http.StatusOK)
		if why := today.text("items", 0, "why", 0); today.text("items", 0, "left_minutes") != "300" || today.text("items", 0, "origin") != "task" ||
			!strings.Contains(why, "15:00") || !strings.Contains(why, "資料の感想") {
			b.Errorf("%s", today.body)
		}
		if n := len(b.get("/tasks?owner=all").items()); n != 1 {
			b.Errorf("%d steps fall due", n)
		}
		b.send(act.Field, http.MethodPatch, step, map[string]any{"due_at": "2026-11-26T00:00:00Z", "all_day": true}).want(http.StatusOK)
		if len(b.get("/today").items()) != 0 {
			b.Error("a step of another day is on the list")
		}
		b.send(act.Field, http.MethodPost, step+"/done", map[string]any{"result": "済"}).want(http.StatusOK)
		b.send(act.Field, http.MethodPost, step+"/done", map[string]any{}).problem(http.StatusConflict, "task.state")
		b.send(act.Field, http.MethodPost, step+"/reopen", nil).want(http.StatusOK)
		b.send(act.Field, http.MethodPost, step+"/cancel", map[string]any{}).want(http.StatusOK)
		if b.get("/leads/"+cold+"/tasks?ended=true").text("items", 0, "state") != "cancelled" {
			b.Error("an ended step is not listed")
		}
		if n := len(b.get("/activities/results").items()); n < 9 {
			b.Errorf("%d results", n)
		}
	})
}

// L07: one's own list ends where one's capacity does.
func TestMyDay(t *testing.T) {
	engines(t, func(b *bed) {
		add := &member.AddUser{Email: "i@kizashi.example", Role: act.Inside, Password: "shinjuku-3-chome-tram"}
		if err := b.door.Run(b.Context(), act.Product, add); err != nil {
			b.Fatal(err)
		}
		for _, mail := range []string{"a@k1.example", "b@k2.example", "c@k3.example"} {
			who := b.newLead(map[string]any{"email": mail, "owner": add.Account.String()})
			b.event(who, "quote_requested", clock.Hour)
		}
		b.newLead(map[string]any{"email": "d@k4.example"})
		if n := len(b.get("/today?owner=" + add.Account.String()).items()); n != 3 {
			b.Errorf("%d own leads", n)
		}
		if n := len(b.get("/today?view=unassigned").items()); n != 0 {
			b.Errorf("%d leads of nobody", n)
		}
		b.get("/today?view=mine&owner=none").problem(http.StatusUnprocessableEntity, "api.view_or_owner")
		if day := b.get("/today/day").want(http.StatusOK); day.text("capacity") != "20" || day.text("done") != "0" {
			b.Errorf("%s", day.body)
		}
		b.write(func(tx *db.Tx) error {
			var n int
			err := tx.Row(b.Context(), `SELECT COUNT(*) FROM notice WHERE account = $1 AND kind = 'hot'`, add.Account).Scan(&n)
			if n != 3 {
				b.Errorf("the owner has %d notices", n)
			}
			return err
		})
		b.get("/notices?unread=true").want(http.StatusOK)
	})
}
