package api

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"kizashi/act"
	"kizashi/clock"
)

// waitFor asks again until the condition holds; work in the background ends by itself.
func (b *bed) waitFor(path string, holds func(*reply) bool) *reply {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	defer cancel()
	for {
		r := b.get(path).want(http.StatusOK)
		if holds(r) {
			return r
		}
		select {
		case <-ctx.Done():
			b.Fatalf("%s: still %s", path, r.body)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// The main job: a lead asks for a quote, becomes hot, and stands on the Today list with reasons. T01 X01
func TestFromAnEventToTodayWithReasons(t *testing.T) {
	engines(t, func(b *bed) {
		who := b.newLead(map[string]any{"email": "taro@kizashi.example", "name": "山田 太郎", "title": "部長", "company": "株式会社兆し"})
		b.newLead(map[string]any{"email": "jiro@kizashi.example", "name": "田中 次郎"})
		b.event(who, "page_view", 2*clock.Day, "subject", "https://kizashi.example/price")
		b.event(who, "document_requested", clock.Day)
		b.event(who, "quote_requested", clock.Hour)

		today := b.get("/today").want(http.StatusOK)
		if n := len(today.items()); n != 1 || today.text("items", 0, "lead", "id") != who || today.text("items", 0, "lead", "temperature") != "hot" {
			b.Fatalf("%s", today.body)
		}
		if why, _ := today.at("items", 0, "why").([]any); len(why) == 0 || today.text("items", 0, "how") == "" {
			b.Errorf("no reasons: %s", today.body)
		}
		en := b.send(act.Viewer, http.MethodGet, "/today?limit=1", nil, "Accept-Language", "en").want(http.StatusOK)
		if en.text("items", 0, "how") == today.text("items", 0, "how") {
			b.Error("the advice is in one language only")
		}
		if n := len(b.get("/today?owner=none").items()); n != 1 {
			b.Errorf("nobody's leads: %d", n)
		}
		if n := len(b.get("/today?owner=" + nobody).items()); n != 0 {
			b.Errorf("somebody's leads: %d", n)
		}
		checkScore(b, who)
		if stage := b.get("/leads/" + who + "/gates").want(http.StatusOK); len(stage.at("gates").([]any)) != 4 || stage.text("gates", 0, "sentences", "ja") == "" {
			b.Errorf("%s", stage.body)
		}
	})
}

// The lines add up to the score, and the groups do too. X01
func checkScore(b *bed, who string) {
	b.Helper()
	var score struct {
		Total      int
		Engagement float64
		Groups     []struct{ Points, Cap float64 }
		Lines      []struct {
			Rule        string
			At          time.Time
			Points, Now float64
			Label       struct{ JA, EN string }
		}
	}
	b.get("/leads/" + who + "/score").want(http.StatusOK).into(&score)
	lines, groups := 0.0, 0.0
	for _, l := range score.Lines {
		lines += l.Now
		if l.Label.JA == "" || l.Label.EN == "" || l.At.IsZero() || math.Abs(l.Now) > math.Abs(l.Points) {
			b.Errorf("%+v", l)
		}
	}
	for _, g := range score.Groups {
		groups += g.Points
	}
	if len(score.Lines) == 0 || lines != score.Engagement || math.Abs(groups-lines) > 1e-9 || int(math.Round(lines)) != score.Total {
		b.Errorf("%v lines, %v groups: %+v", lines, groups, score)
	}
	if shown := b.get("/leads/" + who).at("engagement"); shown != float64(score.Total) {
		b.Errorf("the list shows %v, the score %d", shown, score.Total)
	}
}

// A repeated event changes nothing; hits of bots are kept with their class, count nothing, and count
// again when somebody says so. T17
func TestEventsOnceAndReclassified(t *testing.T) {
	engines(t, func(b *bed) {
		who := b.newLead(map[string]any{"email": "a@kizashi.example"})
		send := func(id, class string) *reply {
			return b.post("/events", map[string]any{"events": []any{map[string]any{
				"id": id, "kind": "quote_requested", "lead": who, "class": class, "properties": map[string]any{"amount": 3},
			}}}).want(http.StatusOK)
		}
		bot := send("m1", "bot")
		again := send("m1", "bot")
		if again.at("events", 0, "repeated") != true || again.text("events", 0, "event") != bot.text("events", 0, "event") {
			b.Errorf("%s", again.body)
		}
		number := bot.text("events", 0, "event")
		if r := b.get("/events/" + number).want(http.StatusOK); r.text("class") != "bot" || r.text("lead") != who || r.at("properties", "amount") != 3.0 {
			b.Errorf("%s", r.body)
		}
		if r := b.get("/leads/" + who + "/timeline"); r.text("items", 0, "event", "class") != "bot" || len(r.items()) != 1 {
			b.Errorf("%s", r.body)
		}
		if r := b.get("/leads/" + who); r.text("temperature") != "cold" {
			b.Errorf("a bot made it %s", r.text("temperature"))
		}
		b.post("/events/"+number+"/class", `{"class":"human"}`).want(http.StatusOK)
		if r := b.get("/leads/" + who); r.text("temperature") != "hot" {
			b.Errorf("after correction it is %s", r.text("temperature"))
		}
		b.post("/events/"+number+"/class", `{"class":"robot"}`).problem(http.StatusUnprocessableEntity, "api.class", "class")
		b.post("/events/"+nobody+"/class", `{"class":"bot"}`).problem(http.StatusNotFound, "fault.not_found")
	})
}

// A wrong event does not harm the others, times that cannot be are corrected and marked, a visitor
// joins its lead with its history, and a key that only tracks is not told who is known.
func TestEventsOfManySorts(t *testing.T) {
	engines(t, func(b *bed) {
		r := b.post("/events", `{"events":[
			{"kind":"page_view","visitor":"v1","subject":"https://kizashi.example/"},
			{"kind":"","visitor":"v1"},
			{"kind":"seminar_attended","visitor":"v1","at":"2990-01-01T00:00:00Z"},
			{"kind":"seminar_attended","visitor":"v1","at":"1970-01-01T00:00:00Z"},
			{"kind":"form_sent","visitor":"v1","email":"c@kizashi.example","traits":{"name":"佐藤 花子","company":"ABC商事"}}]}`).want(http.StatusOK)
		if r.at("accepted") != 4.0 || r.text("events", 1, "error", "path") != "events[1].kind" || r.at("events", 1, "event") != nil {
			b.Errorf("%s", r.body)
		}
		if first := b.get("/events/" + r.text("events", 2, "event")); first.text("corrected") != "future" {
			b.Errorf("%s", first.body)
		}
		if zero := b.get("/events/" + r.text("events", 3, "event")); zero.text("corrected") != "ancient" {
			b.Errorf("%s", zero.body)
		}
		found := b.get("/leads?q=" + url.QueryEscape("佐藤")).want(http.StatusOK)
		if len(found.items()) != 1 {
			b.Fatalf("%s", found.body)
		}
		who := found.text("items", 0, "id")
		if n := len(b.get("/leads/" + who + "/timeline").items()); n != 4 {
			b.Errorf("its history has %d items", n)
		}
		tracked := b.send(act.Track, http.MethodPost, "/events", `{"events":[{"kind":"page_view","email":"c@kizashi.example"}]}`).want(http.StatusOK)
		if tracked.at("events", 0, "lead") != nil || strings.Contains(string(tracked.body), who) {
			b.Errorf("a tracking key learns who is known: %s", tracked.body)
		}
	})
}

// Merge keeps both histories, unmerge restores both; both stand in the timeline. X04
func TestMergeAndUnmerge(t *testing.T) {
	engines(t, func(b *bed) {
		winner := b.newLead(map[string]any{"email": "a@kizashi.example", "name": "山田 太郎"})
		loser := b.newLead(map[string]any{"email": "b@kizashi.example", "name": "山田 太郎", "department": "営業部"})
		b.event(winner, "page_view", clock.Day)
		b.event(loser, "quote_requested", clock.Day)
		before := b.get("/leads/" + loser).want(http.StatusOK)

		b.post("/leads/"+winner+"/merge", `{"loser":"`+winner+`"}`).problem(http.StatusUnprocessableEntity, "lead.same_twice")
		b.post("/leads/"+winner+"/merge", `{}`).problem(http.StatusUnprocessableEntity, "fault.required", "loser")
		merged := b.post("/leads/"+winner+"/merge", `{"loser":"`+loser+`"}`).want(http.StatusOK)
		if merged.text("temperature") != "hot" || merged.text("department") != "営業部" || len(merged.at("identities").([]any)) != 2 {
			b.Errorf("%s", merged.body)
		}
		if r := b.get("/leads/" + loser).want(http.StatusOK); r.text("id") != winner {
			b.Errorf("what was merged away is %s", r.body)
		}
		if n := len(b.get("/leads").items()); n != 1 {
			b.Errorf("%d leads", n)
		}
		apart := b.post("/leads/"+winner+"/unmerge", nil).want(http.StatusOK)
		if apart.text("winner", "temperature") != "cold" || apart.text("winner", "department") != "" || apart.text("loser", "id") != loser {
			b.Errorf("%s", apart.body)
		}
		after := b.get("/leads/" + loser).want(http.StatusOK)
		if string(before.body) != string(after.body) {
			b.Errorf("before %s\nafter  %s", before.body, after.body)
		}
		kinds := ""
		for _, item := range b.get("/leads/" + winner + "/timeline").items() {
			kinds += item.(map[string]any)["type"].(string) + " "
		}
		if kinds != "unmerge merge event " {
			b.Error(kinds)
		}
		b.post("/leads/"+winner+"/unmerge", nil).problem(http.StatusConflict, "lead.not_merged")
	})
}

// Suggestions are decided by people and do not come again. X03
func TestDuplicates(t *testing.T) {
	engines(t, func(b *bed) {
		one := b.newLead(map[string]any{"email": "a@kizashi.example", "name": "山田 太郎", "company": "株式会社兆し"})
		two := b.newLead(map[string]any{"email": "yamada@kizashi.example", "name": "山田 太郎", "company": "株式会社兆し"})
		r := b.get("/duplicates")
		if len(r.items()) != 1 || r.text("items", 0, "leads", 0, "id") != one || r.text("items", 0, "leads", 1, "id") != two {
			b.Fatalf("%s", r.body)
		}
		b.post("/duplicates/apart", map[string]any{"leads": []string{one}}).problem(http.StatusUnprocessableEntity, "api.two_leads", "leads")
		b.post("/duplicates/apart", map[string]any{"leads": []string{one, two}}).want(http.StatusNoContent)
		if n := len(b.get("/duplicates").items()); n != 0 {
			b.Errorf("%d suggestions", n)
		}
	})
}

// A person moves the stage with a reason; the history is kept. P18 S16
func TestStages(t *testing.T) {
	engines(t, func(b *bed) {
		who := b.newLead(map[string]any{"email": "a@kizashi.example", "name": "山田"})
		b.post("/leads/"+who+"/stage", `{"to":"customer"}`).problem(http.StatusUnprocessableEntity, "stage.unknown", "to")
		b.post("/leads/"+who+"/stage", `{"to":"recycled","reason":"bored"}`).problem(http.StatusUnprocessableEntity, "stage.unknown_reason", "reason")
		moved := b.send(act.Inside, http.MethodPost, "/leads/"+who+"/stage", `{"to":"tql","reason":"電話で関心を確認"}`).want(http.StatusOK)
		if moved.text("was") != "lead" || moved.text("stage") != "tql" {
			b.Errorf("%s", moved.body)
		}
		b.send(act.Inside, http.MethodPost, "/leads/"+who+"/stage", `{"to":"recycled","reason":"no_need","note":"来年また"}`).want(http.StatusOK)
		r := b.get("/leads/" + who + "/stage")
		if len(r.items()) != 2 || r.text("items", 0, "became") != "recycled" || r.text("items", 0, "detail", "note") != "来年また" || r.text("items", 0, "name") != "inside" {
			b.Errorf("%s", r.body)
		}
		if wake := b.get("/leads/" + who).at("wake_at"); wake == nil {
			b.Error("a recycled lead has no date")
		}
	})
}

func TestHearingAndConsents(t *testing.T) {
	engines(t, func(b *bed) {
		who := b.newLead(map[string]any{"email": "a@kizashi.example"})
		b.post("/leads/"+who+"/hearing", `{"item":"shoe size","value":"27","source":"call"}`).problem(http.StatusUnprocessableEntity, "stage.unknown_item", "item")
		heard := b.post("/leads/"+who+"/hearing", `{"item":"need","value":"属人化を直したい","source":"call"}`).want(http.StatusCreated)
		if heard.text("items", 0, "value") != "属人化を直したい" || b.get("/leads/"+who).at("known", "need") != true {
			b.Errorf("%s", heard.body)
		}
		if r := b.get("/leads/" + who + "/consents"); r.text("standing", 0, "why") != "no_basis" || len(r.items()) != 0 {
			b.Errorf("%s", r.body)
		}
		b.post("/leads/"+who+"/consents", `{"purpose":"mail","basis":"card","granted":true,"source":"名刺"}`).want(http.StatusCreated)
		b.post("/leads/"+who+"/consents", `{"purpose":"mail","granted":false,"source":"電話"}`).want(http.StatusCreated)
		if r := b.get("/leads/" + who + "/consents"); r.text("standing", 0, "why") != "refused" || len(r.items()) != 2 {
			b.Errorf("%s", r.body) // a refusal wins: X13
		}
		b.post("/leads/"+nobody+"/consents", `{"purpose":"mail","granted":false,"source":"電話"}`).want(http.StatusNotFound)
	})
}

// What inside sales hands over waits for field sales, with a clock, and is accepted or returned. X05
func TestHandovers(t *testing.T) {
	engines(t, func(b *bed) {
		offer := func(email string) (who, handover string) {
			who = b.newLead(map[string]any{"email": email})
			b.send(act.Inside, http.MethodPost, "/leads/"+who+"/stage", `{"to":"tql","reason":"電話"}`).want(http.StatusOK)
			b.send(act.Inside, http.MethodPost, "/leads/"+who+"/stage", `{"to":"sal","reason":"面談の約束"}`).want(http.StatusOK)
			r := b.get("/handovers")
			if len(r.items()) != 1 || r.text("items", 0, "lead", "id") != who || r.at("items", 0, "due_at") == nil {
				b.Fatalf("%s", r.body)
			}
			return who, r.text("items", 0, "id")
		}
		_, first := offer("a@kizashi.example")
		taken := b.send(act.Field, http.MethodPost, "/handovers/"+first+"/accept", nil).want(http.StatusOK)
		if taken.text("state") != "accepted" || len(b.get("/handovers").items()) != 0 {
			b.Errorf("%s", taken.body)
		}
		b.send(act.Field, http.MethodPost, "/handovers/"+first+"/accept", nil).problem(http.StatusConflict, "stage.answered")
		who, second := offer("b@kizashi.example")
		b.send(act.Field, http.MethodPost, "/handovers/"+second+"/return", `{"reason":"bored"}`).problem(http.StatusUnprocessableEntity, "stage.unknown_reason", "reason")
		back := b.send(act.Field, http.MethodPost, "/handovers/"+second+"/return", `{"reason":"not_ready","note":"来期"}`).want(http.StatusOK)
		if back.text("state") != "returned" || b.get("/leads/"+who).text("stage") != "tql" {
			b.Errorf("%s", back.body)
		}
	})
}

// A key that only sends names no lead by its id, and is told the same whether there is one or not.
func TestSendingKeysNameNoLead(t *testing.T) {
	engines(t, func(b *bed) {
		known := b.newLead(map[string]any{"email": "a@kizashi.example", "name": "山田 太郎"})
		for _, role := range []act.Role{act.Track, act.Server} {
			for _, lead := range []string{known, "0000000000001"} {
				b.send(role, http.MethodPost, "/events", `{"events":[{"kind":"page_view","lead":"`+lead+`"}]}`).want(http.StatusForbidden)
			}
		}
		b.send(act.Marketing, http.MethodPost, "/events", `{"events":[{"kind":"page_view","lead":"`+known+`"}]}`).want(http.StatusOK)
	})
}

// X01: the lines of a long history are read page by page. On each they and what came earlier add up to what stood as
// earlier on the page before.
func TestLinesOfALongHistoryArePaged(t *testing.T) {
	engines(t, func(b *bed) {
		who := b.newLead(map[string]any{"email": "long@kizashi.example"})
		for begin := 1200; begin > 0; begin -= 400 {
			var events []any
			for i := range 400 {
				at := time.Now().Add(-time.Duration(begin-i) * time.Hour).UTC().Format(time.RFC3339)
				events = append(events, map[string]any{"kind": "page_view", "lead": who, "at": at})
			}
			b.post("/events", map[string]any{"events": events}).want(http.StatusOK)
		}
		var page struct {
			Engagement     float64
			Groups         []struct{ Points float64 }
			Lines, Earlier []struct{ Now float64 }
			Next           string
		}
		sum := func(list []struct{ Now float64 }) (sum float64) {
			for _, one := range list {
				sum += one.Now
			}
			return sum
		}
		lines, left := 0, 0.0
		for pages := 0; pages == 0 || page.Next != ""; pages++ {
			b.get("/leads/" + who + "/score?limit=300&after=" + page.Next).want(http.StatusOK).into(&page)
			if pages == 0 {
				left = page.Engagement
			}
			if got := sum(page.Lines) + sum(page.Earlier); math.Abs(got-left) > 1e-3 || len(page.Lines) > 300 {
				b.Fatalf("page %d: %d lines add up to %v, not %v", pages, len(page.Lines), got, left)
			}
			lines, left = lines+len(page.Lines), sum(page.Earlier)
		}
		groups := 0.0
		for _, g := range page.Groups {
			groups += g.Points
		}
		if lines < 1200 || math.Abs(groups-page.Engagement) > 1e-6 {
			b.Errorf("%d lines, groups add up to %v of %v", lines, groups, page.Engagement)
		}
		b.get("/leads/"+who+"/score?after=x").problem(http.StatusUnprocessableEntity, "report.cursor", "after")
	})
}

// What hangs on a lead is read page by page: nothing twice, nothing left out.
func TestListsOfALeadArePaged(t *testing.T) {
	engines(t, func(b *bed) {
		who := b.newLead(map[string]any{"email": "lists@kizashi.example"})
		for i := range 5 {
			b.post("/leads/"+who+"/consents", map[string]any{"purpose": "mail", "basis": "card", "granted": true,
				"source": fmt.Sprint("名刺", i)}).want(http.StatusCreated)
			b.post("/leads/"+who+"/hearing", map[string]any{"item": "budget", "value": fmt.Sprint(i, "00万円"), "source": "call"})
			b.post("/leads/"+who+"/tasks", map[string]any{"kind": "call", "due_at": time.Now().Add(time.Hour).UTC().Format(time.RFC3339)}).
				want(http.StatusCreated)
			b.post("/leads/"+who+"/stage", map[string]any{"to": []string{"mql", "lead"}[i%2], "reason": "x"}).want(http.StatusOK)
		}
		for path, total := range map[string]int{"consents": 5, "hearing": 5, "tasks": 5, "stage": 5} {
			seen := map[string]bool{}
			for next, pages := "", 0; pages == 0 || next != ""; pages++ {
				r := b.get("/leads/" + who + "/" + path + "?limit=2&after=" + next).want(http.StatusOK)
				if n := len(r.items()); n > 2 || n == 0 {
					b.Fatalf("%s: %d on a page", path, n)
				}
				for i := range r.items() {
					seen[r.text("items", i, "id")] = true
				}
				next = r.text("next")
			}
			if len(seen) != total {
				b.Errorf("%s: %d of %d", path, len(seen), total)
			}
		}
		b.get("/leads/"+who+"/tasks?after=x").problem(http.StatusUnprocessableEntity, "report.cursor", "after")
		b.get("/leads/"+who+"/consents?after=!").problem(http.StatusUnprocessableEntity, "report.cursor", "after")
	})
}
