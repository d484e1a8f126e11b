package app

import (
	"kizashi/fold"
	"kizashi/job"
)

// wire says who carries out what lower nouns post.
func (a *App) wire() {
	a.Engine.Wire()
}

// handlers are the durable jobs, by kind.
func (a *App) handlers() map[string]job.Handler {
	return map[string]job.Handler{
		fold.JobRefold: a.Engine.Refold,
	}
}
