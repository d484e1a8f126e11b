package member

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/testkit"
)

// The appendix of RFC 6238, in six digits.
func TestStepsAreThoseOfTheRFC(t *testing.T) {
	const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" // "12345678901234567890"
	for seconds, code := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037"} {
		for _, off := range []int64{-30, 0, 30} {
			if step, ok := stepOf(secret, code, (seconds+off)*clock.Second); !ok || step != seconds/30 {
				t.Error(seconds, off, step, ok)
			}
		}
		if _, ok := stepOf(secret, code, (seconds+60)*clock.Second); ok {
			t.Error(seconds, "is good a minute later")
		}
	}
	if _, ok := stepOf("", "", 0); ok {
		t.Error("nothing is a code")
	}
}

// codeAt is what a telephone shows.
func codeAt(t *testing.T, secret string, ms int64) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, time.UnixMilli(ms))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// withTOTP sets an account up as its owner does.
func withTOTP(t *testing.T, door *act.Door, account id.ID) (secret string, codes []string) {
	t.Helper()
	door.DB.Clock.Set(door.DB.Clock.Now())
	secret = NewTOTP()
	read, err := otp.NewKeyFromURL(TOTPAddress(Account{Email: "hanako+b@example.jp"}, secret))
	if err != nil || read.Secret() != secret || read.Issuer() != "Kizashi" || read.AccountName() != "hanako+b@example.jp" || read.Period() != 30 {
		t.Error(read, err)
	}
	set := &SetTOTP{Account: account, Secret: secret, Code: codeAt(t, secret, door.DB.Clock.Now())}
	run(t, door, act.Who{ID: account, Role: act.Viewer}, set)
	return secret, set.Codes
}

func TestEachCodeIsGoodOnce(t *testing.T) { // S18
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, door := context.Background(), open(t, url)
		hanako := addUser(t, door, "hanako@example.jp", act.Viewer)
		secret, _ := withTOTP(t, door, hanako)
		wantKey(t, CheckCode(ctx, door.DB, hanako, codeAt(t, secret, door.DB.Clock.Now())), "member.code") // used for the set-up
		ahead(door, stepLength)
		code := codeAt(t, secret, door.DB.Clock.Now())
		var good atomic.Int32
		var both sync.WaitGroup
		for range 4 {
			both.Go(func() {
				if CheckCode(ctx, door.DB, hanako, code[:3]+" "+code[3:]) == nil {
					good.Add(1)
				}
			})
		}
		both.Wait()
		if good.Load() != 1 {
			t.Errorf("one code was good %d times", good.Load())
		}
		wantKey(t, CheckCode(ctx, door.DB, hanako, codeAt(t, secret, door.DB.Clock.Now()-stepLength)), "member.code") // older than the last
	})
}

func TestRecoveryCodesAreGoodOnceForTheirOwner(t *testing.T) { // S18
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx, door := context.Background(), open(t, url)
		hanako, taro := addUser(t, door, "hanako@example.jp", act.Viewer), addUser(t, door, "taro@example.jp", act.Viewer)
		addUser(t, door, "admin@example.jp", act.Admin)
		_, codes := withTOTP(t, door, hanako)
		withTOTP(t, door, taro)
		left := func() (has bool, n int) {
			err := door.DB.Read(ctx, func(tx *db.Tx) (err error) {
				has, n, err = HasTOTP(ctx, tx, hanako)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return has, n
		}
		if has, n := left(); !has || n != recoveryCodes || len(codes) != recoveryCodes || len(codes[0]) != 19 {
			t.Fatal(has, n, codes)
		}
		wantKey(t, CheckCode(ctx, door.DB, taro, codes[0]), "member.code")
		if err := CheckCode(ctx, door.DB, hanako, strings.ToUpper(strings.ReplaceAll(codes[0], "-", " "))); err != nil {
			t.Error(err)
		}
		wantKey(t, CheckCode(ctx, door.DB, hanako, codes[0]), "member.code")
		if _, n := left(); n != recoveryCodes-1 {
			t.Error(n, "are left")
		}
		withTOTP(t, door, hanako)
		wantKey(t, CheckCode(ctx, door.DB, hanako, codes[1]), "member.code") // of the set before
		run(t, door, act.Product, &DropTOTP{hanako})
		if has, n := left(); has || n != 0 {
			t.Error(has, n)
		}
		wantKey(t, CheckCode(ctx, door.DB, hanako, ""), "member.code")
	})
}

func TestGuessingCodesSlowsDown(t *testing.T) { // S18
	ctx, door := context.Background(), open(t, testkit.SQLiteURL(t))
	hanako := addUser(t, door, "hanako@example.jp", act.Viewer)
	secret, _ := withTOTP(t, door, hanako)
	for range perCode.free + 1 {
		wantKey(t, CheckCode(ctx, door.DB, hanako, "000000"), "member.code")
	}
	ahead(door, clock.Second)
	wantKey(t, CheckCode(ctx, door.DB, hanako, codeAt(t, secret, door.DB.Clock.Now()+stepLength)), "member.throttled")
	ahead(door, perCode.first)
	if err := CheckCode(ctx, door.DB, hanako, codeAt(t, secret, door.DB.Clock.Now()+stepLength)); err != nil {
		t.Error(err)
	}
}

func TestOnlyTheOwnerSetsCodesUp(t *testing.T) { // S18
	ctx, door := context.Background(), open(t, testkit.SQLiteURL(t))
	hanako := addUser(t, door, "hanako@example.jp", act.Viewer)
	secret := NewTOTP()
	wantKey(t, door.Run(ctx, act.Who{ID: hanako}, &SetTOTP{Account: hanako, Secret: secret, Code: "000000"}), "member.code")
	for _, c := range []act.Command{&SetTOTP{Account: hanako, Secret: secret}, &DropTOTP{hanako}} {
		if err := door.Run(ctx, act.Who{ID: hanako + 1, Role: act.Marketing}, c); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s: %v", c.Name(), err)
		}
	}
}
