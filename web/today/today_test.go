package today_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"kizashi/act"
	"kizashi/db"
	"kizashi/event"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/member"
	"kizashi/task"
	"kizashi/testkit"
	"kizashi/testkit/desk"
)

// hot makes a lead that asked for a quote just now.
func hot(d *desk.Desk, name, email string, owner id.ID) id.ID {
	who := d.Lead(lead.Fields{Name: name, Email: email, Title: "部長", Owner: owner})
	d.Did(event.Message{ID: "quote-" + email, Kind: "quote_requested", Email: email, Channel: "web"})
	return who
}

// L10, T02, T08: the list says who, why, how and by when; in both languages.
func TestTodaySaysWhoWhyAndHow(t *testing.T) {
	desk.Engines(t, func(d *desk.Desk) {
		if a := d.Get(act.Inside, "/"); !a.Has("今日連絡すべき人は、まだいません") {
			d.Errorf("the empty list does not say what to do: %s", a.Body)
		}
		hot(d, "山田 太郎", "taro@aozora.example", d.Who(act.Inside).ID)
		for _, words := range [][]string{ // the browser keeps the language that was asked for
			{"/", "山田 太郎", "部長", "見積もりを依頼", "いま電話を", "残り", "今すぐ客になりました"},
			{"/?lang=en", "山田 太郎", "quote", "left", "Contact today"},
		} {
			a := d.Get(act.Inside, words[0])
			for _, word := range words[1:] {
				if !a.Has(word) {
					d.Errorf("%s does not say %q", words[0], word)
				}
			}
		}
	})
}

// L07: each has their own list; what nobody owns can be taken on, and left again.
func TestWhoseListItIs(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	who := hot(d, "鈴木 花子", "hanako@midori.example", 0)
	row := `data-lead="` + who.String() + `"`
	if d.Get(act.Inside, "/?view=mine").Has(row) || !d.Get(act.Inside, "/?view=unassigned").Has(row) {
		t.Fatal("a lead without an owner stands in the wrong list")
	}
	a := d.Follow(act.Inside, "/today/"+who.String()+"/take?view=unassigned", nil)
	if a.Has(row) || !a.Has("担当になりました") || !d.Get(act.Inside, "/").Has(row) {
		t.Fatal("the lead was not taken on")
	}
	d.Follow(act.Inside, "/today/"+who.String()+"/leave", nil)
	if d.Get(act.Inside, "/").Has(row) {
		t.Error("the lead was not left")
	}
	if a := d.Post(act.Viewer, "/today/"+who.String()+"/take", nil); a.Status != 403 {
		t.Errorf("a viewer took a lead on: %d", a.Status)
	}
}

// L07: the team's list is that of one's own team; of everybody, for who is in none.
func TestTheTeamsList(t *testing.T) {
	desk.Engines(t, func(d *desk.Desk) {
		inside, field := d.Who(act.Inside).ID, d.Who(act.Field).ID
		ours := `data-lead="` + hot(d, "鈴木 花子", "hanako@midori.example", inside).String() + `"`
		theirs := `data-lead="` + hot(d, "高橋 健一", "kenichi@kanto.example", field).String() + `"`
		if a := d.Get(act.Inside, "/?view=team"); !a.Has(ours) || !a.Has(theirs) {
			d.Error("who is in no team does not see everybody's list")
		}
		east := &member.AddTeam{Label: "東日本"}
		d.Run(east)
		d.Run(&member.JoinTeam{Account: inside, Team: east.Team})
		if a := d.Get(act.Inside, "/?view=team"); !a.Has(ours) || a.Has(theirs) {
			d.Error("the team's list is not the team's")
		}
		d.Run(&member.JoinTeam{Account: field, Team: east.Team})
		if a := d.Get(act.Inside, "/?view=team"); !a.Has(ours) || !a.Has(theirs) {
			d.Error("somebody of the team is missing")
		}
	})
}

// Results by number keys: the lead leaves the list, the next step is there, undo brings all back.
func TestResultAndUndo(t *testing.T) {
	desk.Engines(t, func(d *desk.Desk) {
		who := hot(d, "高橋 健一", "kenichi@kanto.example", d.Who(act.Inside).ID)
		path := "/today/" + who.String() + "/result"
		a := d.Follow(act.Inside, path, url.Values{"result": {"no_answer"}})
		if strings.Contains(a.Body, "data-lead") || !a.Has("次は") || !a.Has("/undo?") {
			d.Fatalf("after a result: %s", a.Body)
		}
		if n := steps(d, who); n != 1 {
			d.Errorf("%d next steps", n)
		}
		_, rest, _ := strings.Cut(a.Body, `action="/today/activities/`)
		activity, _, _ := strings.Cut(rest, "/undo")
		if a = d.Follow(act.Inside, "/today/activities/"+activity+"/undo", nil); !a.Has("高橋 健一") || steps(d, who) != 0 {
			d.Error("the result was not taken back")
		}
	})
}

func steps(d *desk.Desk, who id.ID) (n int) {
	d.Read(func(ctx context.Context, tx *db.Tx) error {
		open, err := task.OfLead(ctx, tx, who, false, 0, 0, 100)
		n = len(open)
		return err
	})
	return n
}

// What a result asks is said at its field, and what was typed stays.
func TestResultThatAsks(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	who := hot(d, "渡邉 美咲", "misaki@hamakaze.example", d.Who(act.Inside).ID)
	path := "/today/" + who.String() + "/result"
	form := url.Values{"result": {"connected_later"}, "note": {"来期の予算で"}}
	if a := d.Post(act.Inside, path, form); a.Status != 422 || !a.Has("来期の予算で") || !a.Has(`aria-invalid="true"`) {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	form.Set("when", "soon")
	if a := d.Post(act.Inside, path, form); a.Status != 422 || !a.Has("日時として読めません") {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	form.Set("when", time.Now().AddDate(0, 6, 0).Format("2006-01-02T15:04"))
	if a := d.Follow(act.Inside, path, form); !a.Has("時期尚早") {
		t.Error(a.Body)
	}
	if a := d.Get(act.Inside, "/today/0000000000001/result"); a.Status != 404 {
		t.Errorf("a lead that is not there: %d", a.Status)
	}
}
