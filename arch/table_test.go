package arch

import (
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write the table of floors into docs/architecture.md")

func TestArchitecturePageShowsTheFloors(t *testing.T) {
	const page = "../docs/architecture.md"
	raw, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	want, ok := replaceTable(string(raw), Table(house(t)))
	switch {
	case !ok:
		t.Fatalf("%s has no place for the table of floors", page)
	case want == string(raw):
	case *update:
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s is out of date: run `go test ./arch -update`", page)
	}
}
