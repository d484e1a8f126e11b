package fold

import (
	"context"

	"kizashi/act"
	"kizashi/db"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/stage"
)

// Wire says that the engine carries out what lower nouns post.
func (e *Engine) Wire() {
	act.Handle(e.Door, e.OnModel)
	act.Handle(e.Door, e.OnSegment)
	act.Handle(e.Door, e.OnSetting)
	act.Handle(e.Door, e.OnLogged)
	act.Handle(e.Door, e.OnMoved)
	act.Handle(e.Door, func(ctx context.Context, tx *db.Tx, posts []lead.Changed) error {
		batch := Batch{}
		for _, p := range posts {
			batch.For(p.Lead).Refresh = true
		}
		return e.Visit(ctx, tx, batch)
	})
	act.Handle(e.Door, func(ctx context.Context, tx *db.Tx, posts []lead.Rewritten) error {
		batch := Batch{}
		for _, p := range posts {
			batch.For(p.Lead).Rewrite(p.Since)
		}
		return e.Visit(ctx, tx, batch)
	})
	act.Handle(e.Door, func(ctx context.Context, tx *db.Tx, posts []lead.Gone) error {
		leads := make([]id.ID, len(posts))
		for i, p := range posts {
			leads[i] = p.Lead
		}
		return Forget(ctx, tx, leads)
	})
	act.Handle(e.Door, func(ctx context.Context, tx *db.Tx, posts []stage.Moved) error {
		batch := Batch{}
		for _, p := range posts {
			batch.For(p.Lead).Restage = true
		}
		return e.Visit(ctx, tx, batch)
	})
}
