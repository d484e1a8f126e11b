package app

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The password of PostgreSQL stands in no argument of pg_dump.
func TestDumpHidesThePassword(t *testing.T) {
	for _, url := range []string{
		"postgres://kz:pa%40ss-word@db.example:5432/kizashi?sslmode=require",
		"postgres://kz@db.example/kizashi?password=pa%40ss-word&sslmode=require",
	} {
		dump, err := dumpOf(t.Context(), url, filepath.Join(t.TempDir(), "dump"))
		if err != nil {
			t.Fatal(err)
		}
		if argv := strings.Join(dump.Args, " "); strings.Contains(argv, "ss-word") || !strings.Contains(argv, "sslmode=require") {
			t.Errorf("%s", argv)
		}
		if !slices.Contains(dump.Env, "PGPASSWORD=pa@ss-word") {
			t.Error("the password is missing")
		}
	}
}
