package signin

import (
	"fmt"
	"strings"

	"github.com/boombuler/barcode/qr"

	"kizashi/member"
	"kizashi/page"
)

// ticketTOTP is between the picture and the first code; its data is the secret.
const ticketTOTP = "totp"

// picture is the page on which a telephone learns the secret.
type picture struct {
	Ticket string
	Secret string // in groups of four, for typing
	Side   int    // of the picture, in modules
	Path   string // its dark modules, as SVG has it
}

const totpPage = page.Of[picture]("signin/totp.html")

func beginTOTP(r *page.Request) error {
	if err := proven(r); err != nil {
		return again(r, err)
	}
	secret := member.NewTOTP()
	ticket, err := member.IssueTicket(r.Context(), r.Door().DB, member.Ticket{Kind: ticketTOTP, Account: r.Account.ID, Data: secret})
	if err != nil {
		return err
	}
	v, err := draw(r.Account, ticket, secret)
	if err != nil {
		return err
	}
	return totpPage.Show(r, v)
}

// quiet is the white edge that a reader of the picture needs, in modules.
const quiet = 4

func draw(a member.Account, ticket, secret string) (picture, error) {
	code, err := qr.Encode(member.TOTPAddress(a, secret), qr.M, qr.Auto)
	if err != nil {
		return picture{}, err
	}
	var path strings.Builder
	size := code.Bounds().Dx()
	for y := range size {
		for x := range size {
			if red, _, _, _ := code.At(x, y).RGBA(); red == 0 {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	var groups []string
	for rest := secret; rest != ""; {
		n := min(4, len(rest))
		groups, rest = append(groups, rest[:n]), rest[n:]
	}
	return picture{ticket, strings.Join(groups, " "), size + 2*quiet, path.String()}, nil
}

// recovery is the page that shows recovery codes, once.
type recovery struct{ Codes []string }

const recoveryPage = page.Of[recovery]("signin/recovery.html")

func confirmTOTP(r *page.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	d, token := r.Door().DB, form.Get("ticket")
	ticket, err := member.FindTicket(r.Context(), d, ticketTOTP, token)
	if err != nil {
		return again(r, err)
	}
	c := &member.SetTOTP{Account: ticket.Account, Secret: ticket.Data, Code: strings.ReplaceAll(form.Get("code"), " ", "")}
	if err := r.Run(c); err != nil {
		v, bad := draw(r.Account, token, ticket.Data)
		if bad != nil {
			return bad
		}
		return totpPage.Again(r, v, err)
	}
	if _, err := member.TakeTicket(r.Context(), d, ticketTOTP, token); err != nil {
		return again(r, err)
	}
	return recoveryPage.Show(r, recovery{c.Codes})
}

func dropTOTP(r *page.Request) error {
	if err := proven(r); err != nil {
		return again(r, err)
	}
	return done(r, &member.DropTOTP{Account: r.Account.ID}, "signin.totp_dropped")
}
