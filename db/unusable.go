package db

import (
	"errors"
	"io/fs"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	sqlite3 "modernc.org/sqlite/lib"

	"kizashi/fault"
)

// unusable gives what keeps a database from being opened words that say what to do.
func unusable(err error) error {
	var known *fault.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	key := unusableFile(err)
	if key == "" {
		key = unusableServer(err)
	}
	if key == "" {
		return explain(err)
	}
	return fault.New(fault.Conflict, key, nil).Because(err)
}

func unusableFile(err error) string {
	if IsReadOnly(err) || errors.Is(err, syscall.EISDIR) || errors.Is(err, syscall.ENOTDIR) {
		return "db.read_only"
	}
	switch sqliteCode(err) & 0xff {
	case sqlite3.SQLITE_NOTADB:
		return "db.not_a_database"
	case sqlite3.SQLITE_CORRUPT:
		return "db.damaged"
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR:
		return "db.read_only"
	}
	return ""
}

func unusableServer(err error) string {
	var url *pgconn.ParseConfigError
	if errors.As(err, &url) {
		return "db.bad_url"
	}
	switch pgCode(err) {
	case "42501", "25006", "3F000": // no right, a standby, no schema that the user may see
		return "db.no_right"
	case "28P01", "28000":
		return "db.wrong_login"
	case "3D000":
		return "db.no_database"
	}
	return ""
}

// IsReadOnly tells that a file or its folder may not be written.
func IsReadOnly(err error) bool {
	code := sqliteCode(err) & 0xff
	return code == sqlite3.SQLITE_READONLY || code == sqlite3.SQLITE_PERM ||
		errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)
}

// isDamaged tells that the file of an SQLite database does not hold what SQLite has written.
func isDamaged(err error) bool {
	code := sqliteCode(err) & 0xff
	return code == sqlite3.SQLITE_CORRUPT || code == sqlite3.SQLITE_NOTADB
}
