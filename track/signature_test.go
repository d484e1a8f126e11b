package track

import (
	"net/http"
	"testing"

	"kizashi/id"
	"kizashi/lead"
)

// A claim through a public key counts as the site's own word where the site's server signed who it is about, and
// is refused where the signature is another one's.
func TestSignedClaimIsConfirmed(t *testing.T) {
	in, h := newDoor(t, Options{Signed: func(_ id.ID, text, signature string) bool { return signature == "of "+text }})
	for _, c := range []struct {
		body string
		code int
		want lead.Standing
	}{
		{`{"userId":"7","traits":{"plan":"gold"}}`, http.StatusOK, lead.Claimed},
		{`{"userId":"7","traits":{"plan":"gold"},"context":{"signature":"of 7"}}`, http.StatusOK, lead.Confirmed},
		{`{"userId":"7","traits":{"email":"a@acme.example"},"context":{"signature":"of 7\na@acme.example"}}`, http.StatusOK, lead.Confirmed},
		{`{"userId":"a@acme.example","context":{"signature":"of a@acme.example"}}`, http.StatusOK, lead.Confirmed},
		{`{"userId":"7","traits":{"email":"a@acme.example"},"context":{"signature":"of 7"}}`, http.StatusUnprocessableEntity, 0},
		{`{"userId":"7\na@acme.example","context":{"signature":"of 7\na@acme.example"}}`, http.StatusUnprocessableEntity, 0},
		{`{"anonymousId":"a","context":{"signature":"of 7"}}`, http.StatusOK, lead.Claimed},
		{`{"userId":"8","context":{"signature":"of 7"}}`, http.StatusUnprocessableEntity, 0},
	} {
		in.taken = nil
		w := post(h, "/v1/identify", c.body)
		if w.Code != c.code {
			t.Errorf("%s: %d %s", c.body, w.Code, w.Body)
		}
		if c.code == http.StatusOK && (len(in.taken) != 1 || in.taken[0].Standing != c.want) {
			t.Errorf("%s: %+v", c.body, in.taken)
		}
	}
}

// Without a way to check it no signature holds, and the pixel is public whatever its key.
func TestNobodyIsBelievedByDefault(t *testing.T) {
	in, h := newDoor(t, Options{})
	if w := post(h, "/v1/identify", `{"userId":"7","context":{"signature":"x"}}`); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if len(in.taken) != 0 {
		t.Errorf("%+v", in.taken)
	}
}
