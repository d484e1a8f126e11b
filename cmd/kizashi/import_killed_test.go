package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"kizashi/db"
	"kizashi/testkit"
)

// importRows is more than an import does between being started and being killed.
const importRows = 30_000

// contactFile writes a CSV in which every row is another person.
func contactFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "名簿.csv")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, "会社名,氏名,メールアドレス,電話番号")
	for i := range importRows {
		fmt.Fprintf(w, "例%d株式会社,山田 太郎%d,u%d@c%d.example.jp,03-%04d-%04d\n", i/10, i, i, i/10, i/10_000+1000, i%10_000)
	}
	if err := errors.Join(w.Flush(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

// look opens the database of a server beside it, and gives a reader of one number.
func (s *server) look() (number func(query string) int, done func()) {
	s.t.Helper()
	ctx := context.Background()
	d, err := db.Open(ctx, s.database())
	if err != nil {
		s.t.Fatal(err)
	}
	number = func(query string) (n int) {
		s.t.Helper()
		err := d.Read(ctx, func(tx *db.Tx) error { return tx.Row(ctx, query).Scan(&n) })
		if err != nil {
			s.t.Error(err)
		}
		return n
	}
	done = func() {
		if err := d.Close(); err != nil {
			s.t.Error(err)
		}
	}
	return number, done
}

// importKilledAt runs an import and kills it once so many rows are in.
func (s *server) importKilledAt(file string, rows int) {
	s.t.Helper()
	number, done := s.look()
	cmd := exec.Command(binary(s.t), append([]string{"import", file, "--json"}, s.args...)...)
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	for limit := time.Now().Add(patience); number(`SELECT COALESCE(MAX(place), 0) FROM contact_import`) < rows; {
		if time.Now().After(limit) {
			s.t.Errorf("fewer than %d rows within %s", rows, patience)
			break
		}
		time.Sleep(5 * time.Millisecond) // another process: it gives no signal but its rows
	}
	// It stands still while we let go of the database, so that nobody is there to tidy up after it.
	if err := cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		s.t.Error(err)
	}
	done()
	if err := cmd.Process.Kill(); err != nil {
		s.t.Error(err)
	}
	_ = cmd.Wait() // killed: always an error
}

// partlyIn fails the test when the kills came too late to prove anything.
func (s *server) partlyIn() {
	s.t.Helper()
	number, done := s.look()
	defer done()
	if place := number(`SELECT MAX(place) FROM contact_import`); place == 0 || place >= importRows {
		s.t.Fatalf("killed with %d of %d rows in", place, importRows)
	}
}

// X08: an import that is killed at random moments and run again brings every row in once.
func TestImportKilled(t *testing.T) {
	file := contactFile(t)
	testkit.Engines(t, func(t *testing.T, url string) {
		s := newServer(t, url)
		at := 0
		for range testkit.Rounds(t, 2) {
			at += 1 + rand.IntN(importRows/3)
			s.importKilledAt(file, at)
		}
		s.partlyIn()
		out, err := s.cli("import", file, "--json")
		if err != nil {
			t.Fatal(err)
		}
		var result imported
		if err := json.Unmarshal([]byte(out), &result); err != nil {
			t.Fatal(out, err)
		}
		if result.Rows != importRows || result.New != importRows || len(result.Refused) != 0 {
			t.Errorf("%d rows, %d new, %d updated, %d merged, %d same, %d refused",
				result.Rows, result.New, result.Updated, result.Merged, result.Same, len(result.Refused))
		}
		number, done := s.look()
		defer done()
		for what, query := range map[string]string{
			"leads":             `SELECT COUNT(*) FROM lead WHERE merged_into = 0 AND gone = ''`,
			"addresses":         `SELECT COUNT(*) FROM identity WHERE kind = 'email'`,
			"addresses of lead": `SELECT COUNT(DISTINCT email) FROM lead`,
			"rows":              `SELECT COUNT(DISTINCT row) FROM import_row`,
		} {
			if n := number(query); n != importRows {
				t.Errorf("%d %s", n, what)
			}
		}
		if out, err := s.cli("verify", "--json"); err != nil {
			t.Errorf("verify: %v %s", err, out)
		}
	})
}
