package model_test

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kizashi/act"
	"kizashi/db"
	"kizashi/id"
	"kizashi/score"
	"kizashi/testkit"
	"kizashi/testkit/desk"
)

// packOf is the pack of a draft as it is kept.
func packOf(d *desk.Desk, draft string) (pack *score.Pack) {
	d.Helper()
	number, err := id.Parse(strings.TrimPrefix(draft, "/model/"))
	if err != nil {
		d.Fatal(err)
	}
	d.Read(func(ctx context.Context, tx *db.Tx) error {
		s, err := score.ByID(ctx, tx, number)
		if err == nil {
			pack, err = score.ParsePack(s.Source)
		}
		return err
	})
	return pack
}

// P21, S17: the form holds everything that a pack holds: saved as it was opened, nothing has changed.
func TestFormHoldsTheWholePack(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	draft := drafted(d)
	was := packOf(d, draft)
	v := opened(d, draft)
	v.Set("do", "save")
	d.Follow(act.Marketing, draft+"/edit", v)
	if diff := cmp.Diff(was, packOf(d, draft)); diff != "" {
		t.Error(diff)
	}
	if a := d.Get(act.Viewer, draft+"/changes"); !a.Has("違いはありません") {
		t.Error(a.Body)
	}
}

// P21, S17, P19: weights, raised hands, reasons, the playbook and groups are changed in fields.
func TestTheRestOfThePackInFields(t *testing.T) {
	desk.Engines(t, func(d *desk.Desk) {
		draft := drafted(d)
		was := packOf(d, draft)
		v := opened(d, draft)
		for _, do := range []string{"add-reason", "add-advice", "down:playbook[0]", "up:reasons[1]"} {
			v.Set("do", do)
			v = form(d.Post(act.Marketing, draft+"/edit", v))
		}
		v.Set("new_group", "展示会 2027")
		v.Set("do", "add-group")
		v = form(d.Post(act.Marketing, draft+"/edit", v))
		v["hand_raise"] = []string{"inquiry_sent", "booth_chatted"}
		v.Set("hand_raise.other", "trial_wanted")
		v.Set("weights.stage.sal", "2.5")
		v.Set("utc_offset_hours", "0")
		v.Set("name.ja", "製造業向け")
		v.Set("scoring[0].group", "展示会 2027")
		for field, value := range map[string]string{"on_other": "trial_wanted", "when": `did("trial_wanted")`, "window_days": "7", "ja": "試用を希望"} {
			v.Set("reasons[21]."+field, value)
		}
		v.Set("playbook[12].stage", "won")
		v.Set("playbook[12].ja", "お礼の電話をかける。\r\n次の担当に引き継ぐ。")
		v.Set("reasons[5].gone", "1")
		v.Set("do", "save")
		if a := d.Follow(act.Marketing, draft+"/edit", v); !a.Has("保存しました") {
			d.Fatalf("not saved: %s", a.Body)
		}
		want := was
		want.HandRaise = []string{"inquiry_sent", "booth_chatted", "trial_wanted"}
		want.Weights.Stage["sal"] = 2.5
		want.UTCOffset, want.Name.JA = 0, "製造業向け"
		want.Groups["展示会 2027"], want.Scoring[0].Group = 30, "展示会 2027"
		p, r := want.Playbook, want.Reasons
		p[0], p[1], r[0], r[1] = p[1], p[0], r[1], r[0]
		want.Playbook = append(p, score.Advice{Stage: "won", Words: score.Words{JA: "お礼の電話をかける。\n次の担当に引き継ぐ。"}})
		r = append(r, score.Reason{On: "trial_wanted", When: `did("trial_wanted")`, WindowDays: 7, Words: score.Words{JA: "試用を希望"}})
		want.Reasons = append(r[:5], r[6:]...)
		if diff := cmp.Diff(want, packOf(d, draft)); diff != "" {
			d.Error(diff)
		}
	})
}

var identified = regexp.MustCompile(` id="([^"]*)"`)

// Labels and links find the one field they mean.
func TestNoIDStandsTwice(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	seen := map[string]bool{}
	for _, m := range identified.FindAllStringSubmatch(d.Get(act.Marketing, drafted(d)+"/edit").Body, -1) {
		if seen[m[1]] {
			t.Errorf("id %q stands twice", m[1])
		}
		seen[m[1]] = true
	}
}

// A mistake in any list stands at its field.
func TestMistakesInTheRest(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	draft := drafted(d)
	v := opened(d, draft)
	v.Set("reasons[0].gone", "1")
	v.Set("reasons[1].window_days", "soon")
	v.Set("reasons[2].when", `did("x"`)
	v.Set("playbook[3].ja", "")
	v.Set("playbook[3].en", " ")
	v.Set("weights.fit.A", "1000")
	v.Set("groups.mail.gone", "1")
	v.Set("do", "save")
	a := d.Post(act.Marketing, draft+"/edit", v)
	for _, place := range []string{"reasons[1].window_days", "reasons[2].when", "playbook[3].ja", "weights.fit.A", "scoring[23].group"} {
		if a.Status != 422 || !strings.Contains(strings.NewReplacer("%5b", "[", "%5d", "]").Replace(a.Body), `href="#`+place+`"`) {
			t.Errorf("%d: no mistake at %s", a.Status, place)
		}
		_, after, _ := strings.Cut(a.Body, `data-wrong="`+place+`">`)
		if after == "" || strings.HasPrefix(after, "</span>") {
			t.Errorf("no words at %s: %.60s", place, after)
		}
	}
}

// Two people at one draft: what the second entered becomes a draft of its own.
func TestKeptAsAnotherDraft(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	draft := drafted(d)
	mine, theirs := opened(d, draft), opened(d, draft)
	theirs.Set("cap", "90")
	theirs.Set("do", "save")
	d.Follow(act.Admin, draft+"/edit", theirs)
	mine.Set("cap", "80")
	for range 2 { // pressing once more overwrites nothing either
		mine.Set("do", "save")
		a := d.Post(act.Marketing, draft+"/edit", mine)
		if mine = form(a); a.Status != 422 || mine.Get("cap") != "80" {
			t.Fatalf("%d: %s", a.Status, mine.Get("cap"))
		}
	}
	mine.Set("do", "save-as")
	a := d.Post(act.Marketing, draft+"/edit", mine)
	other := strings.TrimSuffix(a.To(), "/edit")
	if other == draft || packOf(d, other).Cap != 80 || packOf(d, draft).Cap != 90 {
		t.Errorf("%s: %v and %v", a.To(), packOf(d, other).Cap, packOf(d, draft).Cap)
	}
}

// L19, P21: the builder of a condition knows what its rule may ask.
func TestReadRuleAbout(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	for about, tests := range map[string]map[string]string{
		"event": {`event.url.contains("/price")`: "ページの URLが「/price」を含む", "": "いつでも"},
		"fit":   {`lead.industry == "E"`: "業種が製造業である"},
		"lead":  {`event.url == "x"`: `"fault"`, "": "全員"},
	} {
		for text, want := range tests {
			if a := d.PostJSON(act.Marketing, "/model/rule?about="+about, map[string]string{"text": text}); a.Status != 200 || !strings.Contains(a.Body, want) {
				t.Errorf("%s %s: %d %s", about, text, a.Status, a.Body)
			}
		}
	}
}

// A draft that was changed after its differences were read is not published unread.
func TestNotPublishedUnread(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	draft := drafted(d)
	if a := d.Get(act.Marketing, draft+"/publish"); !a.Has("公開する変更がありません") || a.Has(`name="note"`) {
		t.Errorf("a draft in which nothing differs is offered to be published: %s", a.Body)
	}
	mine := opened(d, draft)
	mine.Set("cap", "95")
	mine.Set("do", "save")
	d.Follow(act.Marketing, draft+"/edit", mine)
	question, theirs := form(d.Get(act.Marketing, draft+"/publish")), opened(d, draft)
	theirs.Set("cap", "90")
	theirs.Set("do", "save")
	d.Follow(act.Admin, draft+"/edit", theirs)
	question.Set("note", "試し")
	a := d.Post(act.Marketing, draft+"/publish", question)
	if a.Status != 422 || !a.Has("ほかの人が下書きを変更しました") || !a.Has("90") {
		t.Errorf("%d: %s", a.Status, a.Body)
	}
	if a = d.Follow(act.Marketing, draft+"/publish", form(a)); !a.Has("公開しました") {
		t.Errorf("%d: %s", a.Status, a.Body)
	}
}
