package imports

import (
	"context"

	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/job"
)

// The kinds of jobs that app gives to RunJob and UndoJob.
const (
	JobImport = "import"
	JobUndo   = "import_undo"
)

// payload of both jobs.
type payload struct{ Import id.ID }

func jobKey(number id.ID) string  { return "import:" + number.String() }
func undoKey(number id.ID) string { return "import_undo:" + number.String() }

// RunJob is the handler of JobImport. Its place is in the import itself, so that the command line and
// the background can take turns. Then it removes files that nobody imports any more.
func (m *Importer) RunJob(ctx context.Context, run *job.Run) error {
	if err := m.work(ctx, run, m.Run); err != nil {
		return err
	}
	return m.Sweep(ctx)
}

// UndoJob is the handler of JobUndo.
func (m *Importer) UndoJob(ctx context.Context, run *job.Run) error {
	return m.work(ctx, run, m.TakeBack)
}

// RunHere is Run for the command line, which leaves nothing to the background when it is through.
func (m *Importer) RunHere(ctx context.Context, number id.ID, progress func(Progress)) error {
	if err := m.Run(ctx, number, progress); err != nil {
		return err
	}
	return m.drop(ctx, jobKey(number))
}

// TakeBackHere is TakeBack for the command line.
func (m *Importer) TakeBackHere(ctx context.Context, number id.ID, progress func(Progress)) error {
	if err := m.TakeBack(ctx, number, progress); err != nil {
		return err
	}
	return m.drop(ctx, undoKey(number))
}

func (m *Importer) drop(ctx context.Context, key string) error {
	return m.Engine.Door.Write(ctx, func(tx *db.Tx) error { return job.Drop(ctx, tx, key) })
}

func (m *Importer) work(ctx context.Context, run *job.Run, do func(context.Context, id.ID, func(Progress)) error) error {
	var what payload
	if err := run.Read(&what); err != nil {
		return err
	}
	err := do(ctx, what.Import, func(Progress) {})
	switch fault.KindOf(err) {
	case fault.Conflict, fault.NotFound: // taken back meanwhile; or the file is not on this machine
		return job.Final(err)
	}
	return err
}

var _ = job.Stoppable(JobImport, JobUndo)
