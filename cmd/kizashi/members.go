package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"kizashi/act"
	"kizashi/app"
	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/member"
)

type userCommand struct {
	Add addUserCommand `cmd:"" help:"利用者を加える / add a user"`
}

type addUserCommand struct {
	Email    string `help:"メールアドレス / mail address" required:""`
	Name     string `help:"氏名 / name"`
	Role     string `help:"admin|marketing|inside|field|viewer" required:"" enum:"admin,marketing,inside,field,viewer"`
	Password bool   `help:"パスワードを標準入力から読む / read the password from standard input" name:"password-stdin" required:""`
}

func (c *addUserCommand) Run(p *program) error {
	line, err := bufio.NewReader(io.LimitReader(p.in, 4096)).ReadString('\n')
	if err != nil && err != io.EOF {
		return err
	}
	add := &member.AddUser{Email: c.Email, FullName: c.Name, Role: act.Role(c.Role), Password: strings.TrimRight(line, "\r\n")}
	return p.open(func(a *app.App) error {
		if err := a.Door.Run(p, act.Product, add); err != nil {
			return err
		}
		fmt.Fprintln(p.out, i18n.T(p.lang, "cli.user.added", fault.Args{"email": add.Email, "role": c.Role}))
		return nil
	})
}

type keyCommand struct {
	Add addKeyCommand `cmd:"" help:"キーを作る / make a key"`
}

type addKeyCommand struct {
	Name string `help:"何のためのキーか / what it is for" required:""`
	Role string `help:"admin|marketing|inside|field|viewer|track" required:"" enum:"admin,marketing,inside,field,viewer,track"`
	JSON bool   `help:"JSON で出力する / as JSON" name:"json"`
}

func (c *addKeyCommand) Run(p *program) error {
	add := &member.AddKey{Label: c.Name, Role: act.Role(c.Role)}
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
