package main

import (
	"os"
	"path/filepath"
	"testing"
)

// X16: a backup is an installation of its own; where it cannot be written, the command says so.
func TestBackupCommand(t *testing.T) {
	h, to := house{t, t.TempDir()}, t.TempDir()
	people := filepath.Join(to, "people.csv")
	if err := os.WriteFile(people, []byte("氏名,メールアドレス\n山田 太郎,taro@rei-ss.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := h.cli("", "import", people); code != 0 {
		t.Fatal(errs)
	}
	copied := house{t, filepath.Join(to, "copy")}
	if err := os.Mkdir(copied.data, 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(copied.data, "kizashi.db")
	if code, _, errs := h.cli("", "backup", file); code != 0 {
		t.Fatal(errs)
	}
	if code, out, errs := copied.cli("", "verify"); code != 0 {
		t.Error(out, errs)
	}
	h.refuses("", "backup", file)
	h.refuses("", "backup", filepath.Join(to, "nowhere", "kizashi.db"))
	h.refuses("", "import", "-")
}
