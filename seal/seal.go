// Package seal makes secrets unreadable for who has the database alone: AES-256-GCM under a key that is
// not in it.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"kizashi/fault"
)

// keyLen is in bytes.
const keyLen = 32

// Key seals and opens. The zero Key does neither.
type Key struct {
	aead cipher.AEAD
	name string
	raw  []byte
}

// NewText makes a key as it stands in a file: 256 random bits in base64, as of `openssl rand -base64 32`.
func NewText() string {
	var b [keyLen]byte
	rand.Read(b[:]) // never fails
	return base64.StdEncoding.EncodeToString(b[:])
}

// Parse reads a key; Invalid if the text is none.
func Parse(text string) (Key, error) {
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(raw) != keyLen {
		return Key{}, fault.New(fault.Invalid, "seal.malformed", nil)
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		return Key{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return Key{}, err
	}
	sum := hmac.New(sha256.New, raw)
	sum.Write([]byte("kizashi: name of the key"))
	return Key{aead, hex.EncodeToString(sum.Sum(nil)[:8]), raw}, nil
}

// Name tells keys apart and says nothing of them.
func (k Key) Name() string { return k.name }

// Usable tells whether there is a key.
func (k Key) Usable() bool { return k.aead != nil }

// Derive makes a secret of its own for a purpose: 256 bits in hexadecimal, always the same for one key. It is ""
// without a key.
func (k Key) Derive(purpose string) string {
	if !k.Usable() {
		return ""
	}
	sum := hmac.New(sha256.New, k.raw)
	sum.Write([]byte("kizashi: derived for " + purpose))
	return hex.EncodeToString(sum.Sum(nil))
}

// Seal makes a text unreadable. The place is where it will stand ("totp:" and the account): put anywhere
// else, it does not open. Internal without a key.
func (k Key) Seal(text, place string) (string, error) {
	if !k.Usable() {
		return "", fault.New(fault.Internal, "seal.no_key", nil)
	}
	return base64.RawStdEncoding.EncodeToString(k.aead.Seal(nil, nil, []byte(text), []byte(place))), nil
}

// Open reads what Seal made; Conflict if it was sealed with another key or for another place.
func (k Key) Open(sealed, place string) (string, error) {
	if !k.Usable() {
		return "", fault.New(fault.Internal, "seal.no_key", nil)
	}
	raw, err := base64.RawStdEncoding.DecodeString(sealed)
	if err == nil {
		raw, err = k.aead.Open(nil, nil, raw, []byte(place))
	}
	if err != nil {
		return "", fault.New(fault.Conflict, "seal.other_key", nil).Because(err)
	}
	return string(raw), nil
}
