package demo

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"kizashi/company"
	"kizashi/lead"
)

// The table of family names has the shape of the published frequencies.
func TestFamilyNamesAreAsFrequentAsInJapan(t *testing.T) {
	file, err := os.Open(filepath.Join("..", "..", "shared", "data", "jp-names", "last_name_org.csv"))
	if err != nil {
		t.Skipf("no frequencies to compare with: %v", err)
	}
	defer file.Close()
	reader := csv.NewReader(file)
	reader.FieldsPerRecord = -1
	rows, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	published := map[string]float64{}
	for _, row := range rows {
		if n, err := strconv.ParseFloat(row[1], 64); err == nil {
			published[row[0]] = n
		}
	}
	ours, theirs, found := 0.0, 0.0, 0
	for _, n := range familyNames {
		if published[n.text] > 0 {
			ours, theirs, found = ours+float64(n.weight), theirs+published[n.text], found+1
		}
	}
	if found < 100 {
		t.Fatalf("only %d of the names are published", found)
	}
	for _, n := range familyNames {
		if p := published[n.text]; p > 0 && math.Abs(math.Log(float64(n.weight)/ours/(p/theirs))) > 0.25 {
			t.Errorf("%s: share %.5f, published %.5f", n.text, float64(n.weight)/ours, p/theirs)
		}
	}
}

func TestNamesAreWholeAndReadable(t *testing.T) {
	for _, table := range [][]name{familyNames, givenNames} {
		if len(table) < 100 {
			t.Errorf("only %d names", len(table))
		}
		seen := map[string]bool{}
		for _, n := range table {
			if seen[n.text] || n.weight < 1 || strings.Trim(n.romaji, "abcdefghijklmnopqrstuvwxyz") != "" ||
				strings.TrimFunc(n.kana, func(r rune) bool { return 'ァ' <= r && r <= 'ー' }) != "" {
				t.Errorf("%+v", n)
			}
			seen[n.text] = true
		}
	}
}

// Everybody is reachable by a telephone and a domain that nobody has.
func TestPeopleAreFictitious(t *testing.T) {
	c := newCast(7, 6000)
	companies, domains := map[string]bool{}, map[string]bool{}
	for n := range c.companies {
		f := c.firm(n)
		if companies[f.name] || domains[f.domain] {
			t.Errorf("twice: %+v", f)
		}
		companies[f.name], domains[f.domain] = true, true
		if !strings.HasSuffix(f.domain, ".example") || !company.Corporate(f.domain) || f.size < smallestSize || f.size > largestSize {
			t.Errorf("%+v", f)
		}
	}
	mails := map[string]bool{}
	for n := range 2000 {
		f := c.person(n).fields
		if mails[f.Email] {
			t.Errorf("twice: %s", f.Email)
		}
		mails[f.Email] = true
		phone, ok := lead.ParsePhone(f.Phone)
		if !ok || phone.Mobile {
			t.Errorf("%s is no telephone number", f.Phone)
		}
		if mobile, ok := lead.ParsePhone(f.Mobile); f.Mobile != "" && (!ok || !mobile.Mobile) {
			t.Errorf("%s is no mobile number", f.Mobile)
		}
	}
}
