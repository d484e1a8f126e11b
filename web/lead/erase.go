package lead

import (
	"context"
	"log/slog"
	"net/http"

	"kizashi/db"
	"kizashi/id"
	"kizashi/imports"
	"kizashi/lead"
	"kizashi/page"
)

// eraseView asks whether a person is to be erased.
type eraseView struct {
	Lead  *lead.Lead
	Name  string
	Files []imports.Import // in which the person stands
}

// patience is how many times the usual limit of a read a disclosure may take: a history may be long.
const patience = 6

const erasePage = page.Of[eraseView]("lead/erase.html")

// findAny reads the lead of the path, deleted or not.
func findAny(r *page.Request, f func(ctx context.Context, tx *db.Tx, l *lead.Lead) error) (l *lead.Lead, err error) {
	number, err := r.ID("id")
	if err != nil {
		return nil, err
	}
	err = r.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		if l, err = lead.ByID(ctx, tx, number); err != nil {
			return err
		}
		if l.Gone != "" && l.Gone != lead.GoneDeleted {
			return gone(number)
		}
		return f(ctx, tx, l)
	})
	return l, err
}

func askErase(r *page.Request) error {
	var v eraseView
	l, err := findAny(r, func(ctx context.Context, tx *db.Tx, l *lead.Lead) (err error) {
		v.Files, err = imports.Naming(ctx, tx, l.ID)
		return err
	})
	if err != nil {
		return err
	}
	v.Lead, v.Name = l, l.Called()
	return erasePage.Show(r, v)
}

func erase(r *page.Request) error {
	number, err := r.ID("id")
	if err != nil {
		return err
	}
	if err := r.Run(&lead.Erase{ID: number}); err != nil {
		return err
	}
	return r.Done("/leads", "lead.done.erased", nil, "")
}

// disclose sends all that is known of a person as a file.
func disclose(r *page.Request) error {
	number, err := r.ID("id")
	if err != nil {
		return err
	}
	if err := r.Run(&lead.Disclose{ID: number}); err != nil {
		return err
	}
	ctx, end := context.WithTimeout(r.Context(), page.ExportTime)
	defer end()
	r.W.Header().Set("Content-Type", "application/json; charset=utf-8")
	r.W.Header().Set("Content-Disposition", `attachment; filename="`+disclosureName(number)+`"`)
	err = r.Door().DB.Read(db.Patience(ctx, patience), func(tx *db.Tx) error {
		return lead.WriteAll(ctx, tx, number, r.W)
	})
	if err != nil {
		slog.Error("disclosure", "error", err) // the answer has begun: it breaks off, so that nobody takes it for whole
		panic(http.ErrAbortHandler)
	}
	return nil
}

func disclosureName(number id.ID) string { return "lead-" + number.String() + ".json" }
