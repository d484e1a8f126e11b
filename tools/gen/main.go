// Gen writes the data that the product takes from npm packages: Japanese holidays, patterns of
// bots, domains of free and disposable mail, common passwords. It runs in the root of the repository and
// needs node and the installed packages of package.json (npm ci). With -check it writes nothing and fails
// where a committed file is not what it would write.
package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
)

//go:embed lists.cjs
var script string

// lists is what the npm packages hold.
type lists struct {
	Versions   map[string]string `json:"versions"`
	Holidays   []holiday         `json:"holidays"`
	Bots       []string          `json:"bots"`
	Free       []string          `json:"free"`
	Disposable []string          `json:"disposable"`
	Passwords  []string          `json:"passwords"` // the most common first
}

// from names the package and the version that a file was made of.
func (l *lists) from(name string) string { return name + " " + l.Versions[name] }

// file is a generated file by its path from the root.
type file struct {
	path string
	make func(*lists) ([]byte, error)
}

var files = []file{
	{"stage/holiday_list.go", holidayList},
	{"event/bot_list.go", botList},
	{"company/mail_free.txt", freeMail},
	{"company/mail_disposable.txt", disposableMail},
	{"member/password_common.txt", commonPasswords},
}

func main() {
	check := flag.Bool("check", false, "write nothing; fail if a file is not as it would be written")
	root := flag.String("root", ".", "the root of the repository")
	flag.Parse()
	if err := run(*root, *check); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(root string, check bool) error {
	if _, err := os.Stat(filepath.Join(root, "node_modules")); errors.Is(err, fs.ErrNotExist) && check {
		fmt.Println("gen: not checked: node_modules is missing (npm ci)")
		return nil
	}
	l, err := read(root)
	if err != nil {
		return err
	}
	for _, f := range files {
		want, err := f.make(l)
		if err != nil {
			return fmt.Errorf("%s: %w", f.path, err)
		}
		if err := put(filepath.Join(root, f.path), want, check); err != nil {
			return err
		}
	}
	return nil
}

func put(path string, want []byte, check bool) error {
	if !check {
		return os.WriteFile(path, want, 0o644) //nolint:gosec // a source file, for everybody to read
	}
	have, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if !bytes.Equal(have, want) {
		return fmt.Errorf("%s is out of date: go generate ./tools/gen", path)
	}
	return nil
}

func read(root string) (*lists, error) {
	node := exec.Command("node", "-")
	node.Dir, node.Stdin, node.Stderr = root, bytes.NewBufferString(script), os.Stderr
	out, err := node.Output()
	if err != nil {
		return nil, fmt.Errorf("node: %w", err)
	}
	l := &lists{}
	return l, json.Unmarshal(out, l)
}
