package pg

import (
	"errors"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
)

// ErrMissing tells that this machine has no PostgreSQL server.
var ErrMissing = errors.New("no PostgreSQL server found: install it (Debian: apt-get install postgresql)")

// Programs is the folder of the server's programs: that of initdb on the path, else Debian's or
// Red Hat's newest.
func Programs() (string, error) {
	if found, err := exec.LookPath("initdb"); err == nil {
		if program, err := filepath.EvalSymlinks(found); err == nil {
			return filepath.Dir(program), nil
		}
	}
	var all []string
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin/initdb", "/usr/pgsql-*/bin/initdb"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			return "", err
		}
		all = append(all, found...)
	}
	if len(all) == 0 {
		return "", ErrMissing
	}
	return filepath.Dir(slices.Max(all)), nil
}

// unprivileged is the user that runs the server when we are root, which PostgreSQL refuses to be;
// nil when we are somebody else.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		u, err = user.Lookup("nobody")
	}
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
}
