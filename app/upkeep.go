package app

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

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
	return db.NewFile(file, func(temporary string) error { return dumpInto(ctx, a.Config.Database, temporary) })
}

// dumpInto fills an empty file; pg_dump keeps its mode.
func dumpInto(ctx context.Context, database, file string) error {
	dump, done, err := dumpOf(ctx, database, file)
	if err != nil {
		return err
	}
	defer done()
	if out, err := dump.CombinedOutput(); err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return fault.New(fault.Invalid, "backup.no_pg_dump", nil)
		}
		return fault.New(fault.Internal, "backup.failed", fault.Args{"detail": string(out)}).Because(err)
	}
	return nil
}

// dumpOf is the call of pg_dump, and what removes what it needs. The passwords go by the environment and by a file
// of our own: everybody on the machine can read the arguments of a process.
func dumpOf(ctx context.Context, database, file string) (dump *exec.Cmd, done func(), err error) {
	address, err := url.Parse(database)
	if err != nil {
		return nil, nil, fault.New(fault.Invalid, "backup.failed", fault.Args{"detail": "database URL"})
	}
	env, done := os.Environ(), func() {}
	if password, given := address.User.Password(); given {
		address.User = url.User(address.User.Username())
		env = append(env, "PGPASSWORD="+password)
	}
	query := address.Query()
	if password := query.Get("password"); password != "" {
		env = append(env, "PGPASSWORD="+password)
	}
	if password := query.Get("sslpassword"); password != "" {
		service, err := serviceFile(query.Get("service"), password)
		if err != nil {
			return nil, nil, err
		}
		done = func() { _ = os.Remove(service) }
		query.Set("service", backupService)
		env = append(env, "PGSERVICEFILE="+service)
	}
	query.Del("password")
	query.Del("sslpassword")
	address.RawQuery = query.Encode()
	dump = exec.CommandContext(ctx, "pg_dump", "--format=custom", "--file", file, "--dbname", address.String())
	dump.Env = env
	return dump, done, nil
}

const backupService = "kizashi"

// serviceFile writes the password of a client key where libpq finds it: there is no variable for it.
func serviceFile(named, password string) (path string, err error) {
	if named != "" || strings.ContainsAny(password, "\r\n") {
		return "", fault.New(fault.Invalid, "backup.failed", fault.Args{"detail": "sslpassword: put it into the service file"})
	}
	f, err := os.CreateTemp("", "kizashi-service-*") // 0600
	if err != nil {
		return "", err
	}
	_, err = fmt.Fprintf(f, "[%s]\nsslpassword=%s\n", backupService, password)
	if err = errors.Join(err, f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
