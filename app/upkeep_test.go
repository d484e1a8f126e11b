package app

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kizashi/db"
	"kizashi/testkit"
)

// The password of PostgreSQL stands in no argument of pg_dump.
func TestDumpHidesThePassword(t *testing.T) {
	for _, url := range []string{
		"postgres://kz:pa%40ss-word@db.example:5432/kizashi?sslmode=require",
		"postgres://kz@db.example/kizashi?password=pa%40ss-word&sslmode=require",
	} {
		dump, done, err := dumpOf(t.Context(), url, filepath.Join(t.TempDir(), "dump"))
		if err != nil {
			t.Fatal(err)
		}
		defer done()
		if argv := strings.Join(dump.Args, " "); strings.Contains(argv, "ss-word") || !strings.Contains(argv, "sslmode=require") {
			t.Errorf("%s", argv)
		}
		if !slices.Contains(dump.Env, "PGPASSWORD=pa@ss-word") {
			t.Error("the password is missing")
		}
	}
}

// The password of a client key goes by a file that only its owner can read, and that is gone after the dump.
func TestDumpHidesThePasswordOfTheKey(t *testing.T) {
	url := "postgres://kz@db.example/kizashi?sslpassword=pa%40ss-word&sslmode=require"
	dump, done, err := dumpOf(t.Context(), url, filepath.Join(t.TempDir(), "dump"))
	if err != nil {
		t.Fatal(err)
	}
	if argv := strings.Join(dump.Args, " "); strings.Contains(argv, "ss-word") || !strings.Contains(argv, "service=kizashi") {
		t.Errorf("%s", argv)
	}
	_, path, _ := strings.Cut(dump.Env[len(dump.Env)-1], "PGSERVICEFILE=")
	text, err := os.ReadFile(path)
	info, bad := os.Stat(path)
	if err := errors.Join(err, bad); err != nil || info.Mode().Perm() != 0o600 || string(text) != "[kizashi]\nsslpassword=pa@ss-word\n" {
		t.Errorf("%q %v", text, err)
	}
	done()
	if _, err := os.Stat(path); err == nil {
		t.Error("the file is still there")
	}
}

// A dump that fails leaves no file; one that succeeds is whole, also with a password of a client key.
func TestFailedDumpLeavesNothing(t *testing.T) {
	url := testkit.PostgresURL(t)
	if a, err := Open(t.Context(), Config{Data: t.TempDir(), Database: url}); err != nil {
		t.Fatal(err)
	} else if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	with := url + "?sslpassword=x"
	if strings.Contains(url, "?") {
		with = url + "&sslpassword=x"
	}
	folder := t.TempDir()
	dump := func(database, name string) error {
		return db.NewFile(filepath.Join(folder, name), func(temporary string) error { return dumpInto(t.Context(), database, temporary) })
	}
	if err := dump("postgres://127.0.0.1:1/nowhere", "failed"); err == nil {
		t.Error("there is no such server")
	}
	if err := dump(with, "whole"); err != nil {
		t.Error(err)
	}
	files, err := os.ReadDir(folder)
	if err != nil || len(files) != 1 || files[0].Name() != "whole" {
		t.Errorf("%v %v", files, err)
	}
}
