package event

import "testing"

// The times that ids of SDKs tell; see the documents of each form for how they are made.
func TestMessageIDsTellTheirTime(t *testing.T) {
	for _, c := range []struct {
		message string
		want    int64
		told    bool
	}{
		{"node-next-1668208232027-743be593-7789-4b74-8078-cbcc8894c586", 1668208232027, true},
		{"ajs-next-1795390000000-8f5a", 1795390000000, true},
		{"1795390000000", 1795390000000, true},
		{"017f22e2-79b0-7cc3-98c4-dc0c0c07398f", 0x017f22e279b0, true}, // RFC 9562, A.6
		{"01ARZ3NDEKTSV4RRFFQ69G5FAV", 1469922850259, true},
		{"743be593-7789-4b74-8078-cbcc8894c586", 0, false},
		{"17953900000001", 0, false}, // 14 digits are no such time
		{"b12", 0, false},
		{"", 0, false},
	} {
		if at, told := toldTime(c.message); at != c.want || told != c.told {
			t.Errorf("%q tells %d, %v", c.message, at, told)
		}
	}
}

func TestKeysOfAMomentStandTogether(t *testing.T) {
	early, late, later := seenKey("", "ajs-next-1795390000000-a"), seenKey("x", "ajs-next-1795390000063-b"), seenKey("y", "ajs-next-1795390000128-a")
	if near := early - late; near > 1<<hashBits || near < -(1<<hashBits) {
		t.Errorf("%d and %d are one moment", early, late)
	}
	if later>>hashBits-early>>hashBits != 2 {
		t.Errorf("%d and %d are two slots apart", early, later)
	}
}

// What cannot be put into a slot has a key of its own: positive, and not among those of the slots.
func TestKeysWithoutTime(t *testing.T) {
	for _, message := range []string{"a", "0000000000000", "9999999999999", "743be593-7789-4b74-8078-cbcc8894c586"} {
		if key := seenKey("x", message); key < 1<<keyBits {
			t.Errorf("%q has the key %x", message, key)
		}
	}
}
