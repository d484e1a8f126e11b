package member

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"kizashi/fault"
)

// The cost of a new hash, as OWASP's password storage page advises for argon2id: 19 MiB, two
// passes. A hash carries its own cost, so this may change.
const (
	hashMemory = 19 << 10 // KiB
	hashPasses = 2
	hashLen    = 32
	saltLen    = 16
)

// Limits of a password in characters; the upper one keeps a stranger from making us hash megabytes.
const (
	minPassword = 12
	maxPassword = 256
)

// hashing bounds the hashes computed at once, and so their memory.
var hashing = make(chan struct{}, 2)

// nobody is compared with when there is no such account, so that the answer takes as long.
// It is the hash of a random text, at the cost of a new hash.
const nobody = "$argon2id$v=19$m=19456,t=2,p=1$niQUpKzT8/7/wDJTUVKt1w$r0ISRabWiYZqjj80wLa9epfzN1oP72YOO6Sm9cfDb78"

// checkPassword refuses what is short, or guessed at once: long is what makes a password strong.
func checkPassword(password, email string) *fault.Error {
	n := utf8.RuneCountInString(password)
	switch {
	case n < minPassword:
		return fault.New(fault.Invalid, "member.password.short", fault.Args{"least": minPassword}).At("password")
	case n > maxPassword:
		return fault.New(fault.Invalid, "fault.too_long", fault.Args{"limit": maxPassword}).At("password")
	case isCommon(password, email):
		return fault.New(fault.Invalid, "member.password.common", nil).At("password")
	}
	return nil
}

// plain is the password in one Unicode form: keyboards compose characters differently.
func plain(password string) []byte { return norm.NFKC.Bytes([]byte(password)) }

// hashPassword makes the text that is kept: $argon2id$v=19$m=…,t=…,p=1$salt$hash.
func hashPassword(password string) string {
	salt := make([]byte, saltLen)
	rand.Read(salt) // never fails
	sum := derive(password, salt, hashPasses, hashMemory)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, hashMemory, hashPasses,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(sum))
}

func derive(password string, salt []byte, passes, memory uint32) []byte {
	hashing <- struct{}{}
	defer func() { <-hashing }()
	return argon2.IDKey(plain(password), salt, passes, memory, 1, hashLen)
}

// verifyPassword compares in constant time; a hash it cannot read fits no password.
func verifyPassword(password, kept string) bool {
	if utf8.RuneCountInString(password) > maxPassword {
		return false
	}
	parts := strings.Split(kept, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false
	}
	var memory, passes uint32
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=1", &memory, &passes); err != nil || passes == 0 {
		return false
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	want, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(want) != hashLen {
		return false
	}
	return subtle.ConstantTimeCompare(derive(password, salt, passes, memory), want) == 1
}
