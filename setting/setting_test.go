package setting

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/seal"
	"kizashi/testkit"
)

func open(t testing.TB, url string) *act.Door {
	t.Helper()
	d, err := db.Open(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	if d.Seal, err = seal.Parse(seal.NewText()); err != nil {
		t.Fatal(err)
	}
	return act.NewDoor(d)
}

func get[T any](t *testing.T, door *act.Door, read Reader[T]) (value T) {
	t.Helper()
	ctx := context.Background()
	err := door.DB.Read(ctx, func(tx *db.Tx) (err error) {
		value, err = read(ctx, tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func TestSetIsReadByEverybodyAndToldOnce(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, door := context.Background(), open(t, url)
		var told []string
		act.Handle(door, func(_ context.Context, _ *db.Tx, changes []Changed) error {
			for _, c := range changes {
				told = append(told, c.Name)
			}
			return nil
		})
		if got := get(t, door, TimeZone); got != "Asia/Tokyo" {
			t.Error(got)
		}
		hours := `{"days":[6,1,1],"from":"10:00","to":"17:30","closed":["2026-12-29"]}`
		for range 2 { // the same again is no change
			if err := door.Run(ctx, act.Product, &Set{Setting: "business_hours", Value: []byte(hours)}); err != nil {
				t.Fatal(err)
			}
		}
		if got := get(t, door, BusinessHours); got.From != "10:00" || !slices.Equal(got.Days, []time.Weekday{1, 6}) {
			t.Errorf("%+v", got)
		}
		if err := door.Run(ctx, act.Product, &Set{Setting: "own_domains", Value: []byte(`["@Example.co.jp"," example.com ",""]`)}); err != nil {
			t.Fatal(err)
		}
		if got := get(t, door, OwnDomains); !slices.Equal(got, []string{"example.co.jp", "example.com"}) {
			t.Error(got)
		}
		if !slices.Equal(told, []string{"business_hours", "own_domains"}) {
			t.Error(told)
		}
	})
}

func TestAllShowsDefaultsAndNothingInternal(t *testing.T) {
	ctx, door := context.Background(), open(t, testkit.SQLiteURL(t))
	if err := door.Run(ctx, act.Product, &Set{Setting: "handover_days", Value: []byte(" 3 ")}); err != nil {
		t.Fatal(err)
	}
	err := door.DB.Read(ctx, func(tx *db.Tx) error {
		values, err := All(ctx, tx)
		if len(values) != len(Names()) || string(values["handover_days"]) != "3" || string(values["time_zone"]) != `"Asia/Tokyo"` {
			t.Errorf("%s", values)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestRoles(t *testing.T) { // S18
	pages, zone := &Set{Setting: "key_pages"}, &Set{Setting: "time_zone"}
	for role, want := range map[act.Role][2]bool{
		act.Admin: {true, true}, act.Marketing: {true, false}, act.Inside: {}, act.Viewer: {}, act.Track: {},
	} {
		w := act.Who{Role: role}
		if got := [2]bool{pages.Allow(w), zone.Allow(w)}; got != want {
			t.Errorf("%s: %v", role, got)
		}
	}
}

func TestWrongValuesAreRefusedWithTheirPlace(t *testing.T) {
	for _, c := range []struct{ name, value, key, path string }{
		{"node", `1`, "setting.unknown", "name"},
		{"", `1`, "setting.unknown", "name"},
		{"time_zone", `"Mars/Olympus"`, "setting.zone", "value"},
		{"time_zone", `"Local"`, "setting.zone", "value"},
		{"time_zone", `5`, "setting.type", "value"},
		{"time_zone", `"UTC" "UTC"`, "setting.json", "value"},
		{"time_zone", ``, "setting.json", "value"},
		{"key_pages", `[{"pattern":"*/ok*","tag":"ok"},{"pattern":"**","tag":"x"}]`, "setting.pattern", "value[1].pattern"},
		{"key_pages", `[{"pattern":"*/ok*","tag":"Price View"}]`, "setting.tag", "value[0].tag"},
		{"key_pages", `[{"pattern":"*/ok*","tag":5}]`, "setting.type", "value.tag"},
		{"key_pages", `[{"pattern":"*/ok*","label":"x"}]`, "setting.json", "value"},
		{"key_pages", `"` + strings.Repeat("x", maxValue) + `"`, "fault.too_large", "value"},
		{"business_hours", `{"days":[1],"from":"18:00","to":"09:00"}`, "setting.hours", "value.from"},
		{"business_hours", `{"days":[7],"from":"09:00","to":"18:00"}`, "setting.weekdays", "value.days"},
		{"business_hours", `{"days":[1],"from":"09:00","to":"18:00","closed":["29/12"]}`, "setting.date", "value.closed"},
		{"handover_days", `0`, "setting.days", "value"},
		{"competitors", `["no domain"]`, "setting.domain", "value"},
		{"company_profile", `{"contact":"x"}`, "setting.email", "value.contact"},
		{"company_profile", `{"url":"javascript:alert(1)"}`, "setting.url", "value.url"},
	} {
		var f *fault.Error
		err := (&Set{Setting: c.name, Value: []byte(c.value)}).Check()
		if !errors.As(err, &f) || f.Key != c.key || f.Path != c.path {
			t.Errorf("%s %.60s: %v, want %s at %s", c.name, c.value, err, c.key, c.path)
		}
	}
}

func FuzzSet(f *testing.F) {
	f.Add("key_pages", []byte(`[{"pattern":"*/price*","tag":"price_view"}]`))
	f.Add("business_hours", []byte(`{"days":[1],"from":"09:00","to":"18:00","closed":["2026-12-29"]}`))
	f.Fuzz(func(t *testing.T, name string, value []byte) {
		c := &Set{Setting: name, Value: value}
		if c.Check() != nil {
			return
		}
		again := &Set{Setting: name, Value: slices.Clone(c.Value)}
		if err := again.Check(); err != nil || string(again.Value) != string(c.Value) {
			t.Errorf("the normal form of %s is not stable: %s, then %s (%v)", name, c.Value, again.Value, err)
		}
	})
}

// What is set can be taken back once, and that again, unless somebody else changed it meanwhile.
func TestRevert(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, door := context.Background(), open(t, url)
		first := &Set{Setting: "answer_minutes", Value: []byte(`30`)}
		if err := door.Run(ctx, act.Product, first); err != nil || first.ChangedAt == 0 {
			t.Fatal(first.ChangedAt, err)
		}
		back := &Revert{Setting: "answer_minutes", ChangedAt: first.ChangedAt}
		if err := door.Run(ctx, act.Product, back); err != nil || get(t, door, AnswerMinutes) != 15 {
			t.Fatal("not what it was at the beginning", err)
		}
		if err := door.DB.Read(ctx, func(tx *db.Tx) error {
			values, err := All(ctx, tx)
			if string(values["answer_minutes"]) != "15" {
				t.Errorf("%s", values["answer_minutes"])
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if err := door.Run(ctx, act.Product, &Revert{Setting: "answer_minutes", ChangedAt: back.ChangedAt}); err != nil || get(t, door, AnswerMinutes) != 30 {
			t.Fatal("the revert was not taken back", err)
		}
		if err := door.Run(ctx, act.Product, &Revert{Setting: "answer_minutes", ChangedAt: 1}); fault.KindOf(err) != fault.Conflict {
			t.Error("an old change was taken back", err)
		}
		if err := door.Run(ctx, act.Who{Role: act.Marketing}, back); fault.KindOf(err) != fault.Forbidden {
			t.Error(err)
		}
	})
}

func TestOriginsAreAsBrowsersSendThem(t *testing.T) {
	for value, want := range map[string]string{
		`["www.Example.co.jp","https://www.example.co.jp:443/"]`: `["https://www.example.co.jp"]`,
		`["http://localhost:8080"]`:                              `["http://localhost:8080"]`,
		`["https://a.example/page"]`:                             "", `["*"]`: "", `["javascript:alert(1)"]`: "", `["https://*.example.jp"]`: "",
	} {
		c := &Set{Setting: "track_origins", Value: []byte(value)}
		if err := c.Check(); (err == nil) != (want != "") || err == nil && string(c.Value) != want {
			t.Errorf("%s: %s, %v", value, c.Value, err)
		}
	}
}
