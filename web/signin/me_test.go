package signin

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"kizashi/act"
	"kizashi/db"
	"kizashi/id"
	"kizashi/member"
	"kizashi/setting"
	"kizashi/testkit"
)

func TestTheFirstSetUp(t *testing.T) { // S18
	engines(t, func(h *house) {
		b := h.browser()
		code, err := member.OpenSetUp(context.Background(), h.door.DB)
		if err != nil {
			b.Fatal(err)
		}
		b.says(b.get("/setup"), http.StatusOK, "terminal in which it was started")
		b.says(b.get("/setup?code=abcd-efgh-jkmn-pqrs"), http.StatusUnprocessableEntity, "This set-up code is wrong")
		b.says(b.get("/setup?code="+code), http.StatusOK, "Japan (Asia/Tokyo)")
		fields := []string{"company", "兆し株式会社", "name", "田中", "email", "tanaka@kizashi.example", "password", good, "zone", "Asia/Tokyo",
			"day", "1", "day", "6", "from", "10:00", "to", "17:00", "own", "kizashi.example\r\nkizashi.co.jp", "competitors", ""}
		b.says(b.post("/setup", fields...), http.StatusOK, "terminal in which it was started")
		b.says(b.post("/setup", append(fields, "code", "abcd-efgh-jkmn-pqrs")...), http.StatusUnprocessableEntity, "This set-up code is wrong")
		fields = append(fields, "code", code)
		wrong := append([]string(nil), fields...)
		wrong[1], wrong[7], wrong[9], wrong[19] = "", "short", "Mars/Olympus", "no domain!"
		a := b.post("/setup", wrong...)
		b.says(a, http.StatusUnprocessableEntity, "田中")
		for _, field := range []string{"company", "zone"} {
			if !regexp.MustCompile(`name="` + field + `"[^>]*aria-invalid`).MatchString(a.body) {
				b.Errorf("%s is not marked", field)
			}
		}
		b.goes(b.post("/setup", fields...), "/")
		if !b.in() {
			b.Error("the first administrator is not signed in")
		}
		b.goes(h.browser().post("/setup", fields...), "/sign-in")
		err = h.door.DB.Read(context.Background(), func(tx *db.Tx) error {
			ctx := context.Background()
			hours, err := setting.BusinessHours(ctx, tx)
			if err != nil || hours.From != "10:00" || len(hours.Days) != 2 {
				b.Error(hours, err)
			}
			own, err := setting.OwnDomains(ctx, tx)
			if err != nil || len(own) != 2 {
				b.Error(own, err)
			}
			company, err := setting.CompanyProfile(ctx, tx)
			if company.Name != "兆し株式会社" {
				b.Error(company)
			}
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	})
}

func TestAnInvitationLeadsIn(t *testing.T) { // S18
	engines(t, func(h *house) {
		h.user("admin@example.jp", act.Admin)
		invite := &member.Invite{Email: "new@example.jp", Role: act.Inside}
		h.run(invite)
		b, link := h.browser(), "/join/"+invite.Token
		b.says(b.get(link), http.StatusOK, "new@example.jp")
		b.says(b.post(link, "name", "新人", "password", "short"), http.StatusUnprocessableEntity, "新人")
		b.goes(b.post(link, "name", "新人", "password", good), "/")
		b.says(b.get("/me"), http.StatusOK, "new@example.jp")
		if a := h.browser().get(link); a.status != http.StatusNotFound {
			b.Error("a link is good twice:", a.status)
		}
	})
}

func TestOnesOwnAccount(t *testing.T) { // S18
	engines(t, func(h *house) {
		h.user("hanako@example.jp", act.Viewer)
		b, other := h.browser(), h.browser()
		b.signIn("hanako@example.jp")
		other.signIn("hanako@example.jp")
		b.goes(b.post("/me/profile", "name", " 田中 花子 ", "lang", "en"), "/me?lang=en")
		b.says(b.get("/me?lang=en"), http.StatusOK, "Saved.")
		b.says(b.post("/me/profile", "name", "", "lang", "en"), http.StatusUnprocessableEntity, "Required.")
		b.says(b.post("/me/password", "current", "wrong", "password", good+"2"), http.StatusUnprocessableEntity, "current password is wrong")
		b.says(b.post("/me/password", "current", good, "password", "short"), http.StatusUnprocessableEntity, "at least 12")
		b.goes(b.post("/me/password", "current", good, "password", good+"2"), "/me")
		if !b.in() || other.in() {
			b.Error("a new password signs out everywhere else, and only there")
		}
		b.says(other.post("/sign-in", "email", "hanako@example.jp", "password", good), http.StatusUnprocessableEntity, "wrong")
		other.goes(other.post("/sign-in", "email", "hanako@example.jp", "password", good+"2"), "/")
		end := regexp.MustCompile(`/me/sessions/(\w{13})/end`).FindString(b.get("/me").body)
		b.goes(b.post(end), "/me")
		if !b.in() || other.in() {
			b.Error("the other session was to end")
		}
		other.goes(other.post("/sign-in", "email", "hanako@example.jp", "password", good+"2"), "/")
		other.goes(other.post("/me/sessions/end-others"), "/me")
		if b.in() || !other.in() {
			b.Error("all other sessions were to end")
		}
	})
}

// L07: people who work on leads say how many a day; who only looks is not asked.
func TestOnesOwnCapacity(t *testing.T) {
	engines(t, func(h *house) {
		h.user("hanako@example.jp", act.Inside)
		h.user("mite@example.jp", act.Viewer)
		b, looks := h.browser(), h.browser()
		b.signIn("hanako@example.jp")
		b.goes(b.post("/me/capacity", "capacity", "0"), "/me")
		b.says(b.get("/me"), http.StatusOK, `max="500" value="0"`)
		b.goes(b.post("/me/capacity", "capacity", "7"), "/me")
		b.says(b.get("/me"), http.StatusOK, `action="/me/capacity?capacity=0"`)
		b.goes(b.post("/me/capacity?capacity=0"), "/me")
		b.says(b.get("/me"), http.StatusOK, `max="500" value="0"`)
		b.goes(b.post("/me/capacity", "capacity", ""), "/me")
		b.says(b.get("/me"), http.StatusOK, `max="500" value="" placeholder="20"`)
		b.says(b.post("/me/capacity", "capacity", "x"), http.StatusUnprocessableEntity, "500")
		looks.signIn("mite@example.jp")
		if a := looks.post("/me/capacity", "capacity", "5"); a.status != http.StatusForbidden {
			b.Error(a.status)
		}
		if a := looks.get("/me"); strings.Contains(a.body, "/me/capacity") {
			b.Error("who only looks is asked")
		}
	})
}

func TestTwoSteps(t *testing.T) { // S18
	engines(t, func(h *house) {
		h.user("hanako@example.jp", act.Viewer)
		h.door.DB.Clock.Set(h.door.DB.Clock.Now())
		b := h.browser()
		b.signIn("hanako@example.jp")
		b.says(b.post("/me/totp", "current", "wrong"), http.StatusUnprocessableEntity, "current password is wrong")
		a := b.post("/me/totp", "current", good)
		b.says(a, http.StatusOK, "<path d=\"M4 4h1v1h-1z")
		secret := strings.ReplaceAll(regexp.MustCompile(`<code>([A-Z2-7 ]+)</code>`).FindStringSubmatch(a.body)[1], " ", "")
		now := func() string {
			code, err := totp.GenerateCode(secret, time.UnixMilli(h.door.DB.Clock.Now()))
			if err != nil {
				b.Fatal(err)
			}
			return code
		}
		again := b.post("/me/totp/confirm", "ticket", hidden(a, "ticket"), "code", "000000")
		b.says(again, http.StatusUnprocessableEntity, "<path d=")
		codes := regexp.MustCompile(`<code>([a-z2-9-]{19})</code>`).FindAllStringSubmatch(
			b.post("/me/totp/confirm", "ticket", hidden(again, "ticket"), "code", now()).body, -1)
		if len(codes) != 10 {
			b.Fatal(codes)
		}
		b.says(b.get("/me"), http.StatusOK, "10 recovery codes")
		h.door.DB.Clock.Set(h.door.DB.Clock.Now() + 30_000)

		guest := h.browser()
		step := guest.post("/sign-in", "email", "hanako@example.jp", "password", good, "next", "/me")
		guest.says(step, http.StatusOK, "one-time-code")
		if guest.in() {
			b.Fatal("the password alone is enough")
		}
		step = guest.post("/sign-in/code", "ticket", hidden(step, "ticket"), "code", "000000")
		guest.says(step, http.StatusUnprocessableEntity, "one-time-code")
		used := hidden(step, "ticket")
		guest.goes(guest.post("/sign-in/code", "ticket", used, "code", now()), "/me")
		if !guest.in() {
			b.Error("password and code are not enough")
		}
		guest.says(guest.post("/sign-in/code", "ticket", used, "code", codes[0][1]), http.StatusUnprocessableEntity, "start again")

		lost := h.browser()
		step = lost.post("/sign-in", "email", "hanako@example.jp", "password", good)
		lost.goes(lost.post("/sign-in/code", "ticket", hidden(step, "ticket"), "code", codes[0][1]), "/")
		lost.goes(lost.post("/me/totp/drop", "current", good), "/me")
		h.browser().signIn("hanako@example.jp")
	})
}

func TestPasskeysAskForTheCurrentPassword(t *testing.T) { // S18
	h := newHouse(t, testkit.SQLiteURL(t))
	h.user("hanako@example.jp", act.Viewer)
	b := h.browser()
	b.signIn("hanako@example.jp")
	b.says(b.post("/me/passkeys/begin", "current", "wrong"), http.StatusUnprocessableEntity, `"wrong":"The current password is wrong."`)
	b.says(b.post("/me/passkeys/begin", "current", good), http.StatusOK, `"challenge"`)
	b.says(b.post("/me/passkeys/"+id.ID(1).String()+"/remove", "current", "wrong"), http.StatusUnprocessableEntity, "current password is wrong")
	b.says(b.post("/sign-in/passkey/begin"), http.StatusOK, `"userVerification":"required"`)
	address := strings.Replace(b.url, "localhost", "127.0.0.1", 1)
	b.says(b.post(address+"/sign-in/passkey/begin"), http.StatusUnprocessableEntity, "127.0.0.1")
	b.says(b.post("/sign-in/passkey"), http.StatusUnprocessableEntity, `"wrong"`)
}
