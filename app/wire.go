package app

import (
	"context"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fold"
	"kizashi/imports"
	"kizashi/job"
	"kizashi/lead"
	"kizashi/stage"
)

// wire says who carries out what lower nouns post.
func (a *App) wire() {
	a.Engine.Wire()
	act.Handle(a.Door, lead.FollowCompanies)
	act.Handle(a.Door, offerReady)
}

// offerReady hands leads that passed the gate to field sales, at once (P25, P26).
func offerReady(ctx context.Context, tx *db.Tx, ready []fold.ReadyForSales) error {
	for _, r := range ready {
		if r.To != stage.SAL {
			continue // SQL is what field sales says of a lead: nothing is offered there
		}
		if err := stage.OfferReady(ctx, tx, r.Lead); err != nil {
			return err
		}
	}
	return nil
}

// handlers are the durable jobs, by kind.
func (a *App) handlers() map[string]job.Handler {
	return map[string]job.Handler{
		fold.JobRefold:    a.Engine.Refold,
		stage.JobExpire:   stage.ExpireJob(a.Door),
		imports.JobImport: a.Importer().RunJob,
		imports.JobUndo:   a.Importer().UndoJob,
	}
}

// Importer brings contact files in.
func (a *App) Importer() *imports.Importer {
	return &imports.Importer{Engine: a.Engine, Data: a.Config.Data}
}
