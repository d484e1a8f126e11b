package member

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"kizashi/id"
	"kizashi/seal"
)

func TestSignedTellsWhoHasTheSecret(t *testing.T) {
	k, err := seal.Parse(seal.NewText())
	if err != nil {
		t.Fatal(err)
	}
	const key, other = id.ID(7), id.ID(8)
	secret := SigningSecret(k, key)
	sum := hmac.New(sha256.New, []byte(secret)) // as the site's server does it
	sum.Write([]byte("user-1"))
	signature := hex.EncodeToString(sum.Sum(nil))
	if len(secret) != 64 || secret == SigningSecret(k, other) || !Signed(k, key, "user-1", signature) {
		t.Error("a right signature is refused")
	}
	if Signed(k, key, "user-2", signature) || Signed(k, other, "user-1", signature) || Signed(k, key, "user-1", "") ||
		Signed(seal.Key{}, key, "user-1", signature) {
		t.Error("a wrong signature is taken")
	}
}
