package main

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"kizashi/demo"
	"kizashi/i18n"
)

func runDemo(t *testing.T, data string, more ...string) (code int, out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	args := append([]string{"demo", "--seed-only", "--data", data}, more...)
	code = run(context.Background(), args, strings.NewReader(""), &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

// A demo is made once in a data folder, and gives a way in.
func TestDemoFillsOnce(t *testing.T) {
	data := t.TempDir()
	code, out, errs := runDemo(t, data, "--leads", "30", "--days", "5")
	if code != 0 || !strings.Contains(out, demo.Team[0].Email) || !strings.Contains(out, "kz_") {
		t.Fatalf("%d %s %s", code, out, errs)
	}
	code, out, errs = runDemo(t, data)
	if code != 0 || !strings.Contains(out, i18n.T(i18n.Japanese, "demo.filled", nil)) || strings.Contains(out, "kz_") {
		t.Fatalf("%d %s %s", code, out, errs)
	}
}

func TestDemoRefusesImpossibleNumbers(t *testing.T) {
	for _, wrong := range [][]string{{"--leads", "0"}, {"--days", "0"}, {"--leads", "10000001"}, {"--days", "1001"}} {
		if code, _, errs := runDemo(t, t.TempDir(), wrong...); code != 1 || !strings.Contains(errs, wrong[0]) {
			t.Errorf("%v: %d %s", wrong, code, errs)
		}
	}
}
