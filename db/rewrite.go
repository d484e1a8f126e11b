package db

import (
	"strings"
	"sync"
)

// Engine is one of the two databases.
type Engine uint8

// The engines.
const (
	SQLite Engine = iota
	Postgres
)

func (e Engine) String() string {
	if e == Postgres {
		return "postgres"
	}
	return "sqlite"
}

var shorthand = map[Engine]map[string]string{
	SQLite:   {"int": "INTEGER", "bytes": "BLOB", "real": "REAL", "strict": "STRICT", "pk": "INTEGER PRIMARY KEY"},
	Postgres: {"int": "bigint", "bytes": "bytea", "real": "double precision", "strict": "", "pk": "bigint PRIMARY KEY"},
}

var rewritten [2]sync.Map

// Text makes the SQL of one engine out of the common text: {sqlite:…} and {postgres:…}
// keep what is theirs, and {int} {bytes} {real} {strict} {pk} become its types.
// Braces that are none of these stay. Only texts with a brace are worked on.
func Text(e Engine, common string) string {
	if !strings.Contains(common, "{") {
		return common
	}
	if done, ok := rewritten[e].Load(common); ok {
		return done.(string)
	}
	out := rewrite(e, common)
	rewritten[e].Store(common, out)
	return out
}

func rewrite(e Engine, s string) string {
	var b strings.Builder
	for {
		open := strings.IndexByte(s, '{')
		if open < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:open])
		s = s[open:]
		end := closing(s)
		if end < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(fragment(e, s[1:end], s[:end+1]))
		s = s[end+1:]
	}
}

func fragment(e Engine, inner, whole string) string {
	if word, ok := shorthand[e][inner]; ok {
		return word
	}
	for _, other := range []Engine{SQLite, Postgres} {
		if text, ok := strings.CutPrefix(inner, other.String()+":"); ok {
			if other == e {
				return rewrite(e, text)
			}
			return ""
		}
	}
	return whole
}

// closing finds the brace that closes the one at s[0]; -1 if there is none.
func closing(s string) int {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}
