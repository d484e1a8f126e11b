package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/japanese"
)

// The main job on the command line: a file as a card service writes it, and then whom to contact, why and
// how, in words and in the shape that other programs read.
func TestFromAFileToWhomToContact(t *testing.T) {
	h := house{t, t.TempDir()}
	cards, err := japanese.ShiftJIS.NewEncoder().String("名刺交換日,会社名,部署名,役職,氏名,e-mail\r\n" +
		"2025/11/01,株式会社例製作所,情報システム部,部長,田中 太郎,tanaka@rei-ss.example\r\n,,,,誰か,\r\n")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "名刺.csv")
	if err := os.WriteFile(file, []byte(cards), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := h.cli("", "import", file, "--basis", "card"); code != 0 {
		t.Fatal(errs)
	}
	_, out, _ := h.cli("", "today", "--json")
	var list struct {
		Items []struct {
			Rank int
			Lead struct {
				Email, Name, Title, Temperature, Stage, Fit string
				Company                                     struct{ ID, Name string }
				Rank, Engagement                            int
			}
			Why []string
			How string
		}
	}
	if err := json.Unmarshal([]byte(out), &list); err != nil || len(list.Items) != 1 {
		t.Fatalf("%v %s", err, out)
	}
	it := list.Items[0]
	if l := it.Lead; it.Rank != 1 || l.Email != "tanaka@rei-ss.example" || l.Name != "田中 太郎" || l.Company.Name != "株式会社例製作所" ||
		l.Title != "部長" || l.Rank != 5 || l.Temperature != "cold" || l.Stage != "lead" || l.Fit != "B" || len(it.Why) == 0 || it.How == "" {
		t.Errorf("%s", out)
	}
	_, words, _ := h.cli("", "today", "--limit", "1")
	for _, want := range append(it.Why, it.How, "田中 太郎 部長", "株式会社例製作所") {
		if !strings.Contains(words, want) {
			t.Errorf("%q is not said: %s", want, words)
		}
	}
	h.refuses("", "today", "--limit", "0")
	h.refuses("", "today", "--limit", "501")
}
