package app

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"

	"kizashi/db"
	"kizashi/fault"
)

// CatchUp visits every lead whose moment has come, and measures the heat of their companies: what happens
// by itself while the server runs.
func (a *App) CatchUp(ctx context.Context) error {
	for {
		n, err := a.Engine.VisitDue(ctx)
		if err != nil {
			return err
		}
		if n == 0 {
			return a.Engine.MeasureHeat(ctx)
		}
	}
}

// Backup writes a consistent copy of the database into a new file while it is in use: an SQLite
// database, or the custom format of pg_dump, which has to be installed.
func (a *App) Backup(ctx context.Context, file string) error {
	if _, err := os.Stat(file); err == nil {
		return fault.New(fault.Conflict, "backup.exists", fault.Args{"file": file})
	}
	if folder := filepath.Dir(file); !isFolder(folder) {
		return fault.New(fault.Invalid, "backup.no_folder", fault.Args{"folder": folder})
	}
	if a.DB.Engine == db.SQLite {
		return a.DB.Backup(ctx, file)
	}
	dump := exec.CommandContext(ctx, "pg_dump", "--format=custom", "--file", file, "--dbname", a.Config.Database)
	if out, err := dump.CombinedOutput(); err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return fault.New(fault.Invalid, "backup.no_pg_dump", nil)
		}
		return fault.New(fault.Internal, "backup.failed", fault.Args{"detail": string(out)}).Because(err)
	}
	return nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
