package seal

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"kizashi/fault"
)

func mustParse(t rapid.TB, text string) Key {
	k, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func wantKey(t rapid.TB, err error, key string) {
	var f *fault.Error
	if !errors.As(err, &f) || f.Key != key {
		t.Errorf("%v, want %s", err, key)
	}
}

// What was sealed opens at its place with its key, and nowhere else (S18).
func TestOnlyTheKeyOpensAndOnlyAtThePlace(t *testing.T) {
	text := NewText()
	key, other := mustParse(t, " "+text+"\n"), mustParse(t, NewText())
	if key.Name() == other.Name() || key.Name() != mustParse(t, text).Name() {
		t.Error("names do not tell keys apart")
	}
	rapid.Check(t, func(t *rapid.T) {
		secret, place := rapid.String().Draw(t, "secret"), rapid.String().Draw(t, "place")
		sealed, err := key.Seal(secret, place)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := key.Open(sealed, place); err != nil || got != secret {
			t.Fatal(got, err)
		}
		if again, _ := key.Seal(secret, place); again == sealed {
			t.Error("equal secrets look equal")
		}
		_, err = key.Open(sealed, place+"x")
		wantKey(t, err, "seal.other_key")
		_, err = other.Open(sealed, place)
		wantKey(t, err, "seal.other_key")
		raw, _ := base64.RawStdEncoding.DecodeString(sealed)
		raw[rapid.IntRange(0, len(raw)-1).Draw(t, "byte")] ^= 1
		_, err = key.Open(base64.RawStdEncoding.EncodeToString(raw), place)
		wantKey(t, err, "seal.other_key")
	})
}

func TestWhatIsNoKey(t *testing.T) {
	for _, text := range []string{"", "password", strings.Repeat("A", 40), NewText() + "AAAA"} {
		_, err := Parse(text)
		wantKey(t, err, "seal.malformed")
	}
	_, err := Key{}.Seal("x", "")
	wantKey(t, err, "seal.no_key")
	_, err = Key{}.Open("x", "")
	wantKey(t, err, "seal.no_key")
}

func FuzzOpen(f *testing.F) {
	key := mustParse(f, NewText())
	sealed, _ := key.Seal("secret", "here")
	f.Add(sealed)
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		if got, err := key.Open(text, "here"); err == nil && got != "secret" {
			t.Error("forged:", got)
		}
	})
}
