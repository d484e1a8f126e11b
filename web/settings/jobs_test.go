package settings_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"kizashi/act"
	"kizashi/db"
	"kizashi/id"
	"kizashi/imports"
	"kizashi/job"
	"kizashi/sheet"
	"kizashi/testkit/desk"
)

// A long job is shown in words, cancelled by those who may, and tried again. Here it waits for the command line.
func TestJobsAreCancelledAndTriedAgain(t *testing.T) {
	desk.Engines(t, func(d *desk.Desk) {
		if a := d.Get(act.Marketing, "/settings/jobs"); !a.Has("処理はありません") {
			d.Errorf("empty: %s", a.Body)
		}
		number := waitingImport(d)
		a := d.Get(act.Marketing, "/settings/jobs")
		if !a.Has("名簿の取り込み") || !a.Has("待機中") || !a.Has("/jobs/"+number.String()+"/cancel") {
			d.Errorf("%s", a.Body)
		}
		for _, role := range []act.Role{act.Inside, act.Field, act.Viewer} {
			if a := d.Post(role, "/jobs/"+number.String()+"/cancel", nil); a.Status != http.StatusForbidden {
				d.Errorf("%s cancels: %d", role, a.Status)
			}
			if a := d.Get(role, "/settings/jobs"); a.Status != http.StatusForbidden {
				d.Errorf("%s sees jobs: %d", role, a.Status)
			}
		}
		d.Follow(act.Marketing, "/jobs/"+number.String()+"/cancel", nil)
		if a := d.Get(act.Marketing, "/settings/jobs?lang=en"); !a.Has("Cancelled") || !a.Has("/retry") {
			d.Errorf("%s", a.Body)
		}
		d.Read(func(ctx context.Context, tx *db.Tx) error {
			s, err := job.Find(ctx, tx, number)
			if s.State != job.Cancelled {
				d.Errorf("%+v", s)
			}
			return err
		})
		d.Follow(act.Marketing, "/jobs/"+number.String()+"/retry", nil)
		d.Read(func(ctx context.Context, tx *db.Tx) error {
			s, err := job.Find(ctx, tx, number)
			if s.State == job.Cancelled || s.State == job.Failed {
				d.Errorf("%+v", s)
			}
			return err
		})
	})
}

// waitingImport begins an import that the background leaves alone, and gives its job.
func waitingImport(d *desk.Desk) (number id.ID) {
	d.Helper()
	m := d.App.Importer()
	file, err := m.Store("list.csv", strings.NewReader("氏名,メールアドレス\n田中 太郎,tanaka@sakura.example\n"))
	if err != nil {
		d.Fatal(err)
	}
	mapping, err := m.Mapping(file, sheet.Options{})
	if err != nil {
		d.Fatal(err)
	}
	start := &imports.Start{File: file, Mapping: mapping, Basis: "card", Wait: 1e9}
	d.Run(start)
	d.Read(func(ctx context.Context, tx *db.Tx) error {
		s, err := job.FindKey(ctx, tx, imports.Import{ID: start.Import, State: imports.Running}.JobKey())
		number = s.ID
		return err
	})
	return number
}
