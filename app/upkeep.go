package app

import (
	"context"
	"errors"
	"net/url"
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
	dump, err := dumpOf(ctx, a.Config.Database, file)
	if err != nil {
		return err
	}
	if out, err := dump.CombinedOutput(); err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return fault.New(fault.Invalid, "backup.no_pg_dump", nil)
		}
		return fault.New(fault.Internal, "backup.failed", fault.Args{"detail": string(out)}).Because(err)
	}
	return nil
}

// dumpOf is the call of pg_dump. The password goes by the environment: everybody on the machine can read the
// arguments of a process.
func dumpOf(ctx context.Context, database, file string) (*exec.Cmd, error) {
	address, err := url.Parse(database)
	if err != nil {
		return nil, fault.New(fault.Invalid, "backup.failed", fault.Args{"detail": "database URL"})
	}
	env := os.Environ()
	if password, given := address.User.Password(); given {
		address.User = url.User(address.User.Username())
		env = append(env, "PGPASSWORD="+password)
	}
	query := address.Query()
	if password := query.Get("password"); password != "" {
		query.Del("password")
		address.RawQuery = query.Encode()
		env = append(env, "PGPASSWORD="+password)
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL, 0o600) // pg_dump keeps the mode
	if err != nil {
		return nil, err
	}
	dump := exec.CommandContext(ctx, "pg_dump", "--format=custom", "--file", file, "--dbname", address.String())
	dump.Env = env
	return dump, f.Close()
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
