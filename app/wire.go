package app

import (
	"context"

	"kizashi/act"
	"kizashi/bulk"
	"kizashi/db"
	"kizashi/event"
	"kizashi/fold"
	"kizashi/id"
	"kizashi/imports"
	"kizashi/job"
	"kizashi/lead"
	"kizashi/score"
	"kizashi/stage"
	"kizashi/takeback"
	"kizashi/task"
)

// prepare makes what must be there before the first request. The months come before all that reads the log: a new
// one locks it, and two nodes that start at once would wait for each other.
func prepare(ctx context.Context, tx *db.Tx) error {
	if err := job.Recover(ctx, tx, []string{event.JobMonths, task.JobDaily}); err != nil {
		return err
	}
	if err := event.EnsureMonths(ctx, tx); err != nil {
		return err
	}
	if err := score.EnsureDefault(ctx, tx); err != nil {
		return err
	}
	if err := fold.Recover(ctx, tx); err != nil {
		return err
	}
	return task.EnsureDaily(ctx, tx)
}

// liveToday is the topic by which open Today lists are told that they changed.
const liveToday = "today"

// wire says who carries out what lower nouns post.
func (a *App) wire() {
	a.Engine.Wire()
	act.Handle(a.Door, lead.FollowCompanies)
	act.Handle(a.Door, lead.OnSetting)
	act.Handle(a.Door, offerReady)
	task.Wire(a.Door)
	act.Handle(a.Door, tellHot)
	act.Handle(a.Door, tellFlood)
}

// tellHot alarms whoever is to act on leads that became hot (T08).
func tellHot(ctx context.Context, tx *db.Tx, hot []fold.BecameHot) error {
	leads := make([]id.ID, len(hot))
	for i, h := range hot {
		leads[i] = h.Lead
	}
	if err := task.TellHot(ctx, tx, leads); err != nil {
		return err
	}
	return tx.Signal(ctx, liveToday)
}

// tellFlood warns of keys through which many new people came.
func tellFlood(ctx context.Context, tx *db.Tx, floods []fold.Flooding) error {
	for _, f := range floods {
		if err := task.TellFlood(ctx, tx, f.Key, f.Since, f.Leads); err != nil {
			return err
		}
	}
	return tx.Signal(ctx, liveToday)
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
		lead.JobConform:   lead.ConformJob(a.Door),
		stage.JobExpire:   stage.ExpireJob(a.Door),
		task.JobLate:      task.LateJob(a.Door),
		task.JobDaily:     task.DailyJob(a.Door),
		event.JobMonths:   event.MonthsJob(a.Door),
		imports.JobImport: a.Importer().RunJob,
		imports.JobUndo:   a.Importer().UndoJob,
		bulk.JobWork:      bulk.Job(a.Door),
		takeback.Job:      takeback.Handler(a.Door),
	}
}

// Importer brings contact files in.
func (a *App) Importer() *imports.Importer {
	return &imports.Importer{Engine: a.Engine, Data: a.Config.Data}
}
