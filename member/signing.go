package member

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"

	"kizashi/id"
	"kizashi/seal"
)

// SigningSecret is the secret with which a site's server signs who its visitors are, for claims that come through
// a public key: 64 hexadecimal digits, derived from the key of the installation. It ends with the API key.
func SigningSecret(k seal.Key, key id.ID) string { return k.Derive("signed claims of " + key.String()) }

// Signed tells whether a signature is that of a text: HMAC-SHA256 with the signing secret of a key, in
// hexadecimal. The comparison takes the same time whatever is wrong.
func Signed(k seal.Key, key id.ID, text, signature string) bool {
	secret := SigningSecret(k, key)
	given, err := hex.DecodeString(signature)
	if secret == "" || err != nil {
		return false
	}
	sum := hmac.New(sha256.New, []byte(secret))
	sum.Write([]byte(text))
	return hmac.Equal(sum.Sum(nil), given)
}
