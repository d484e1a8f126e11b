package app

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/member"
	"kizashi/seal"
	"kizashi/setting"
)

// sealFile holds the key of the secrets in the database, in the data folder.
const sealFile = "secret.key"

// SealPlace is where the key of the secrets comes from: a file, or the setting of the environment.
func (c Config) SealPlace() string {
	if c.Secret != "" {
		return "KIZASHI_SECRET"
	}
	return filepath.Join(c.Data, sealFile)
}

// openSeal gives the database its key, made at the first start. A key that is lost or another one is no
// reason not to open: commands that need no secret go on. The fault says so; to serve is refused.
func (a *App) openSeal(ctx context.Context) (sealed, err error) {
	var with string
	err = a.DB.Read(ctx, func(tx *db.Tx) (err error) {
		with, err = setting.SealedWith(ctx, tx, "")
		return err
	})
	if err != nil {
		return nil, err
	}
	key, bad := a.Config.findSeal(with == "")
	if bad != nil {
		return bad, nil //nolint:nilerr // told by Serve
	}
	err = a.DB.Write(ctx, func(tx *db.Tx) (err error) {
		with, err = setting.SealedWith(ctx, tx, key.Name())
		return err
	})
	if err == nil && with != key.Name() {
		return fault.New(fault.Conflict, "seal.wrong", fault.Args{"place": a.Config.SealPlace()}), nil
	}
	a.DB.Seal = key
	return nil, err
}

// findSeal reads the key, or makes one where none was used yet.
func (c Config) findSeal(first bool) (seal.Key, error) {
	if c.Secret != "" {
		return seal.Parse(c.Secret)
	}
	text, err := os.ReadFile(c.SealPlace())
	if errors.Is(err, fs.ErrNotExist) {
		if !first {
			return seal.Key{}, fault.New(fault.NotFound, "seal.lost", fault.Args{"file": c.SealPlace()})
		}
		text = []byte(seal.NewText())
		err = c.writeSeal(c.SealPlace(), text)
	}
	if err != nil {
		return seal.Key{}, fault.New(fault.Invalid, "seal.file", fault.Args{"file": c.SealPlace()}).Because(err)
	}
	return seal.Parse(string(text))
}

// writeSeal keeps a key where there is none yet, for the owner of the process alone.
func (c Config) writeSeal(name string, text []byte) error {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(text, '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		err = errors.Join(err, os.Remove(name)) // half a key would be taken for a wrong one
	}
	return err
}

// RenewSeal begins anew with another key after the former was lost, and forgets what that had sealed:
// everybody's second factor and the secret of single sign-on. Where the key is no setting it is a new file.
func (a *App) RenewSeal(ctx context.Context) error {
	text, place := a.Config.Secret, a.Config.SealPlace()
	if text == "" {
		text = seal.NewText()
	}
	key, err := seal.Parse(text)
	if err != nil {
		return err
	}
	fresh := place + ".new"
	if a.Config.Secret == "" {
		if err := os.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := a.Config.writeSeal(fresh, []byte(text)); err != nil {
			return fault.New(fault.Invalid, "seal.file", fault.Args{"file": fresh}).Because(err)
		}
	}
	if err := a.Door.Run(ctx, act.Product, &renewSeal{Key: key.Name()}); err != nil {
		return err
	}
	a.DB.Seal, a.sealed = key, nil
	if a.Config.Secret != "" {
		return nil
	}
	return os.Rename(fresh, place)
}

// renewSeal is its part in the database.
type renewSeal struct {
	Key string `json:"key"` // its name
}

func (c *renewSeal) Name() string         { return "seal.renew" }
func (c *renewSeal) Allow(w act.Who) bool { return w.Role == act.System }
func (c *renewSeal) Check() error         { return nil }
func (c *renewSeal) Target() id.ID        { return 0 }

func (c *renewSeal) Do(ctx context.Context, tx *db.Tx) error {
	return errors.Join(member.DropAllTOTP(ctx, tx), setting.DropSSOSecret(ctx, tx), setting.SealAnew(ctx, tx, c.Key))
}
