package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"kizashi/act"
	"kizashi/app"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/id"
	"kizashi/member"
)

type userCommand struct {
	Add      addUserCommand  `cmd:"" help:"利用者を加える / add a user"`
	Password passwordCommand `cmd:"" help:"新しいパスワードにし、サインアウトさせる / set a new password and sign out everywhere"`
	DropTOTP dropTOTPCommand `cmd:"" name:"drop-totp" help:"2段階認証をなくす / take a lost second factor away"`
}

type addUserCommand struct {
	Email    string `help:"メールアドレス / mail address" required:""`
	Name     string `help:"氏名 / name"`
	Role     string `help:"admin|marketing|inside|field|viewer" required:"" enum:"admin,marketing,inside,field,viewer"`
	Password bool   `help:"パスワードを標準入力から読む / read the password from standard input" name:"password-stdin" required:""`
}

func (c *addUserCommand) Run(p *program) error {
	password, err := p.password()
	if err != nil {
		return err
	}
	add := &member.AddUser{Email: c.Email, FullName: c.Name, Role: act.Role(c.Role), Password: password}
	return p.open(func(a *app.App) error {
		if err := a.Door.Run(p, act.Product, add); err != nil {
			return err
		}
		fmt.Fprintln(p.out, i18n.T(p.lang, "cli.user.added", fault.Args{"email": add.Email, "role": c.Role}))
		return nil
	})
}

// maxLine bounds what is read of standard input, in bytes.
const maxLine = 4096

// password is the first line of standard input.
func (p *program) password() (string, error) {
	line, err := bufio.NewReader(io.LimitReader(p.in, maxLine)).ReadString('\n')
	if err != nil && err != io.EOF {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}

type passwordCommand struct {
	Email    string `help:"メールアドレス / mail address" required:""`
	Password bool   `help:"パスワードを標準入力から読む / read the password from standard input" name:"password-stdin" required:""`
}

func (c *passwordCommand) Run(p *program) error {
	password, err := p.password()
	if err != nil {
		return err
	}
	return p.change(c.Email, "cli.user.password", func(a member.Account) act.Command {
		return &member.SetPassword{Account: a.ID, Password: password}
	})
}

type dropTOTPCommand struct {
	Email string `help:"メールアドレス / mail address" required:""`
}

func (c *dropTOTPCommand) Run(p *program) error {
	return p.change(c.Email, "cli.user.totp_dropped", func(a member.Account) act.Command { return &member.DropTOTP{Account: a.ID} })
}

// change carries out a command about the account of an address, and says so.
func (p *program) change(email, said string, command func(member.Account) act.Command) error {
	return p.open(func(a *app.App) error {
		var account member.Account
		err := a.DB.Read(p, func(tx *db.Tx) (err error) {
			account, err = member.FindAccountOf(p, tx, email)
			return err
		})
		if err != nil {
			return err
		}
		if err := a.Door.Run(p, act.Product, command(account)); err != nil {
			return err
		}
		fmt.Fprintln(p.out, i18n.T(p.lang, said, fault.Args{"email": account.Email}))
		return nil
	})
}

type keyCommand struct {
	Add      addKeyCommand     `cmd:"" help:"キーを作る / make a key"`
	TakeBack takeBackCommand   `cmd:"" name:"take-back" help:"このキーで受信したデータを削除する / take back what came with a key"`
	Signing  signingKeyCommand `cmd:"" help:"公開キーの署名用シークレットを表示する / show the signing secret of a public key"`
}

type signingKeyCommand struct {
	Key string `arg:"" help:"キーの ID / id of the key"`
}

func (c *signingKeyCommand) Run(p *program) error {
	key, err := id.Parse(c.Key)
	if err != nil {
		return err
	}
	return p.open(func(a *app.App) error {
		err := a.DB.Read(p, func(tx *db.Tx) error {
			_, err := member.KeyOf(p, tx, key)
			return err
		})
		if err != nil {
			return err
		}
		fmt.Fprintln(p.out, member.SigningSecret(a.DB.Seal, key))
		return nil
	})
}

type addKeyCommand struct {
	Name string `help:"何のためのキーか / what it is for" required:""`
	Role string `help:"admin|marketing|inside|field|viewer|server|track" required:"" enum:"admin,marketing,inside,field,viewer,server,track"`
	Days int    `help:"有効な日数 (0 は無期限) / good for so many days; 0: no end" default:"0"`
	JSON bool   `help:"JSON で出力する / as JSON" name:"json"`
}

func (c *addKeyCommand) Run(p *program) error {
	add := &member.AddKey{Label: c.Name, Role: act.Role(c.Role), Days: c.Days}
	return p.open(func(a *app.App) error {
		if err := a.Door.Run(p, act.Product, add); err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(p.out).Encode(map[string]any{"id": add.Key, "key": add.Secret})
		}
		fmt.Fprintln(p.out, i18n.T(p.lang, "cli.key.added", fault.Args{"name": c.Name, "key": add.Secret}))
		return nil
	})
}
