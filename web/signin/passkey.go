package signin

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"

	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/member"
	"kizashi/page"
)

// The script of this folder talks JSON here: passkeys need one.

// begun is what the browser is to do.
type begun struct {
	Ticket  string          `json:"ticket"`
	Options json.RawMessage `json:"options"`
}

// ended is what it did.
type ended struct {
	Ticket string          `json:"ticket"`
	Name   string          `json:"name"` // of a new passkey
	Next   string          `json:"next"` // where to go after signing in
	Answer json.RawMessage `json:"answer"`
}

// told is how it went on: where to go, or what was wrong.
type told struct {
	To    string `json:"to,omitempty"`
	Wrong string `json:"wrong,omitempty"`
}

// maxAnswer bounds what an authenticator answers, in bytes; attestations hold chains of certificates.
const maxAnswer = 64 << 10

func beginPasskeySignIn(r *page.Request) error {
	options, ticket, err := member.BeginPasskeySignIn(r.Context(), r.Door().DB, place(r))
	return answer(r, begun{ticket, options}, err)
}

func finishPasskeySignIn(r *page.Request) error {
	in, err := read(r)
	if err != nil {
		return answer(r, nil, err)
	}
	account, err := member.FinishPasskeySignIn(r.Context(), r.Door().DB, place(r), in.Ticket, in.Answer)
	if err == nil {
		err = open(r, account, "passkey")
	}
	return answer(r, told{To: "/sign-in?next=" + url.QueryEscape(in.Next)}, err) // which knows where one may go
}

func beginPasskey(r *page.Request) error {
	err := proven(r)
	if err != nil {
		return answer(r, nil, err)
	}
	options, ticket, err := member.BeginPasskey(r.Context(), r.Door().DB, place(r), r.Account.ID)
	return answer(r, begun{ticket, options}, err)
}

func finishPasskey(r *page.Request) error {
	in, err := read(r)
	if err == nil {
		err = member.FinishPasskey(r.Context(), r.Door(), r.Who, place(r), in.Ticket, in.Name, in.Answer)
	}
	return answer(r, told{To: "/me"}, err)
}

func read(r *page.Request) (in ended, err error) {
	body, err := io.ReadAll(http.MaxBytesReader(r.W, r.Body, maxAnswer))
	if err == nil {
		err = json.Unmarshal(body, &in)
	}
	if err != nil {
		return in, fault.New(fault.Malformed, "page.malformed", nil).Because(err)
	}
	return in, nil
}

// answer writes JSON; what a person can mend stands in it in their words.
func answer(r *page.Request, v any, err error) error {
	if err != nil {
		return answerWith(r, http.StatusUnprocessableEntity, nil, err)
	}
	return answerWith(r, http.StatusOK, v, nil)
}

func answerWith(r *page.Request, status int, v any, err error) error {
	if err != nil {
		var many fault.Many
		if errors.As(err, &many) {
			err = many[0]
		}
		var f *fault.Error
		if !errors.As(err, &f) || f.Kind == fault.Internal {
			return err
		}
		if f.Cause != nil {
			slog.InfoContext(r.Context(), "passkey refused", "error", f)
		}
		v = told{Wrong: i18n.Words(r.Lang, f)}
	}
	r.W.Header().Set("Content-Type", "application/json; charset=utf-8")
	r.W.WriteHeader(status)
	return json.NewEncoder(r.W).Encode(v)
}
