package settings

import (
	"context"

	"kizashi/act"
	"kizashi/db"
	"kizashi/member"
	"kizashi/page"
)

// keys are the keys of programs and of tags.
type keys struct {
	menu
	Keys   []member.Key
	Roles  []act.Role
	Name   string // typed for a new one
	Role   act.Role
	Days   int
	Lives  []int // in days, to choose from; 0 = for ever
	Now    int64
	Secret string // of the key made just now; it is shown once
}

const keysPage = page.Of[keys]("settings/keys.html")

func readKeys(r *page.Request) (v keys, err error) {
	v = keys{menu: menu{"keys"}, Roles: member.KeyRoles, Role: act.Track, Lives: []int{0, 30, 90, 365}, Now: r.Now}
	err = r.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		v.Keys, err = member.Keys(ctx, tx)
		return err
	})
	return v, err
}

func showKeys(r *page.Request) error {
	v, err := readKeys(r)
	if err != nil {
		return err
	}
	return keysPage.Show(r, v)
}

// addKey makes a key and shows its secret, which is kept nowhere.
func addKey(r *page.Request) error {
	values, err := r.Form()
	if err != nil {
		return err
	}
	c := &member.AddKey{Label: values.Get("name"), Role: act.Role(values.Get("role")), Days: number(values.Get("days"), 0)}
	wrong := r.Run(c)
	v, err := readKeys(r)
	if err != nil {
		return err
	}
	v.Name, v.Role, v.Days, v.Secret = c.Label, c.Role, c.Days, c.Secret
	if wrong != nil {
		return keysPage.Again(r, v, wrong)
	}
	return keysPage.Show(r, v)
}

func revokeKey(r *page.Request) error {
	key, err := r.ID("id")
	if err != nil {
		return err
	}
	if err := r.Run(&member.RevokeKey{Key: key}); err != nil {
		return err
	}
	return r.Done("/settings/keys", "settings.key.revoked", nil, "")
}
