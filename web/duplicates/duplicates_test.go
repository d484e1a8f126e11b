package duplicates_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"kizashi/act"
	"kizashi/company"
	"kizashi/db"
	"kizashi/lead"
	"kizashi/testkit/desk"
)

// X04: two leads that may be one stand side by side; merging, unmerging, keeping apart and thinking again.
func TestDuplicates(t *testing.T) {
	desk.Engines(t, func(d *desk.Desk) {
		if !d.Get(act.Inside, "/duplicates").Has("重複の候補はありません") {
			d.Error("the empty page does not say so")
		}
		firm := company.Fields{Name: "株式会社青空製作所"}
		one := d.Lead(lead.Fields{Name: "山田 太郎", Email: "taro@aozora.example", Company: firm}).String()
		two := d.Lead(lead.Fields{Name: "山田太郎", Email: "t.yamada@gmail.com", Title: "部長", Company: firm}).String()
		suggested := func() bool { return d.Get(act.Inside, "/duplicates").Has(`name="winner" value="` + one) }
		if a := d.Get(act.Inside, "/duplicates"); !suggested() || !a.Has("t.yamada@gmail.com") {
			d.Fatal(a.Body)
		}
		a := d.Follow(act.Inside, "/duplicates/merge", url.Values{"winner": {one}, "loser": {two}})
		if suggested() || !a.Has("最近の統合") {
			d.Error("not merged", a.Body)
		}
		_, undo, _ := strings.Cut(a.Body, `action="/duplicates/unmerge?`)
		undo, _, _ = strings.Cut(undo, `"`)
		d.Follow(act.Inside, "/duplicates/unmerge?"+strings.ReplaceAll(undo, "&amp;", "&"), nil)
		d.Read(func(ctx context.Context, tx *db.Tx) error {
			l, err := lead.ByEmail(ctx, tx, "t.yamada@gmail.com")
			if err == nil && l.ID.String() != two {
				d.Error("the merged lead did not come back")
			}
			return err
		})
		pair := url.Values{"a": {one}, "b": {two}}
		d.Follow(act.Inside, "/duplicates/apart", pair)
		if suggested() {
			d.Error("suggested though apart")
		}
		d.Follow(act.Inside, "/duplicates/reconsider?"+pair.Encode(), nil)
		if !suggested() {
			d.Error("not suggested again")
		}
		if a := d.Post(act.Viewer, "/duplicates/apart", pair); a.Status != 403 {
			d.Errorf("a viewer decided: %d", a.Status)
		}
	})
}
