package testkit

import (
	"os"
	"strconv"
	"testing"
)

// SoakVariable makes tests that look for rare failures run so many times as many rounds; see make soak.
const SoakVariable = "KIZASHI_SOAK"

// Rounds is how many rounds a test runs: a few, or many times as many in a soak.
func Rounds(t testing.TB, few int) int {
	t.Helper()
	times := os.Getenv(SoakVariable)
	if times == "" {
		return few
	}
	n, err := strconv.Atoi(times)
	if err != nil || n < 1 {
		t.Fatalf("%s=%q is no number of 1 or more", SoakVariable, times)
	}
	return n * few
}
