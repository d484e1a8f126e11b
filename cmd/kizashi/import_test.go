package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"kizashi/db"
	"kizashi/testkit"
)

// A killed import goes on when the command is given again, and counts every row once.
func TestImportSurvivesKill(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, url string) {
		s := newServer(t, url)
		const rows = 4_000
		file := filepath.Join(t.TempDir(), "contacts.csv")
		if err := os.WriteFile(file, manyContacts(rows), 0o600); err != nil {
			t.Fatal(err)
		}
		s.killImport(url, file)
		out, err := s.cli("import", file, "--json", "--basis", "card")
		if err != nil {
			t.Fatal(err)
		}
		var got imported
		if err := json.Unmarshal([]byte(out), &got); err != nil || got.Rows != rows || got.New != rows || len(got.Refused) != 0 {
			t.Fatal(out, err)
		}
		if _, err := s.cli("verify"); err != nil {
			t.Error(err)
		}
		out, err = s.cli("import", file, "--json", "--basis", "card")
		if err != nil || !strings.Contains(out, fmt.Sprintf(`"same":%d`, rows)) {
			t.Errorf("the same file again: %s %v", out, err)
		}
		if _, err := s.cli("import", "undo", got.Import.String()); err != nil {
			t.Error(err)
		}
	})
}

func manyContacts(n int) []byte {
	var b strings.Builder
	b.WriteString("氏名,会社名,メールアドレス\n")
	for i := range n {
		fmt.Fprintf(&b, "山田 %d郎,サンプル%d株式会社,yamada%d@sample%d.example\n", i, i/7, i, i/7)
	}
	return []byte(b.String())
}

// killImport begins an import and kills it once some of its rows are durable.
func (s *server) killImport(url, file string) {
	s.t.Helper()
	if !strings.HasPrefix(url, "postgres") {
		url = filepath.Join(s.args[1], "kizashi.db")
	}
	base, err := db.Open(s.t.Context(), url)
	if err != nil {
		s.t.Fatal(err)
	}
	defer base.Close()
	cmd := exec.Command(binary(s.t), append([]string{"import", file, "--basis", "card"}, s.args...)...)
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	place := 0
	for range 4000 {
		err := base.Read(s.t.Context(), func(tx *db.Tx) error {
			return tx.Row(s.t.Context(), `SELECT COALESCE(MAX(place), 0) FROM contact_import`).Scan(&place)
		})
		if err != nil {
			s.t.Fatal(err)
		}
		if place > 0 {
			break
		}
		time.Sleep(5 * time.Millisecond) // another process: it gives no signal but its rows
	}
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
		s.t.Fatal(err)
	}
	_ = cmd.Wait() // killed: always an error
	if place == 0 {
		s.t.Fatal("the import wrote nothing")
	}
}
