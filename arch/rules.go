package arch

import (
	"fmt"
	"go/ast"
	"path"
	"regexp"
	"slices"
	"strings"
)

// The limits of size.
const (
	maxFileLines     = 500
	maxFunctionLines = 60
)

// Rule finds the breaches of one law of the house: a line each, with the place.
type Rule struct {
	Name  string
	Check func(*House) []string
}

// Rules are the laws of the house.
var Rules = []Rule{
	{"every package has a floor", unknownFolders},
	{"imports go down", upwardImports},
	{"HTTP and templates stay at the doors", doorsBelow},
	{"folders are nouns", vagueFolders},
	{"every package says what it is", silentPackages},
	{"files are short", longFiles},
	{"functions are short", longFunctions},
	{"no path of one machine", machinePaths},
	{"words are the same in both languages", unevenWords},
	{"a table is written by its noun", foreignWrites},
	{"rights stand in one place", ownRights},
	{"every message has words", missingWords},
	{"every word is used", unusedWords},
}

func unknownFolders(h *House) (breaches []string) {
	seen := map[string]bool{}
	for _, f := range h.Go {
		_, known := floorOf(f.Folder)
		if known || isBeside(f.Folder) || seen[f.Folder] {
			continue
		}
		seen[f.Folder] = true
		breaches = append(breaches, f.Folder+": a package without a floor; give it one in arch/floors.go, with a page in docs/adr")
	}
	return breaches
}

// external tells that a file is a test of a package from outside ("package fold_test"): it proves the
// package at work in the whole house, and may wire it.
func (f GoFile) external() bool { return f.Test && strings.HasSuffix(f.Tree.Name.Name, "_test") }

func upwardImports(h *House) (breaches []string) {
	for _, f := range h.Go {
		floor, known := floorOf(f.Folder)
		if !known || f.external() {
			continue
		}
		for _, imported := range f.imports() {
			to, ours := strings.CutPrefix(imported, Module+"/")
			if !ours || to == f.Folder { // an external test imports its own package
				continue
			}
			if wrong := wrongImport(f, floor, to); wrong != "" {
				breaches = append(breaches, fmt.Sprintf("%s (floor %d) imports %s: %s", f.Path, floor, to, wrong))
			}
		}
	}
	return breaches
}

// wrongImport says what is wrong with an import from a floor; nothing if it is allowed.
func wrongImport(f GoFile, floor int, to string) string {
	target, known := floorOf(to)
	switch {
	case isBeside(to) && f.Test:
		return ""
	case isBeside(to):
		return "only tests and tools may"
	case !known:
		return "it has no floor"
	case target > floor:
		return fmt.Sprintf("it stands higher, on floor %d", target)
	case target == floor && !edgeAllowed(f.Folder, to):
		return "it stands on the same floor; move what both need down, or allow the edge with a reason in arch/floors.go"
	}
	return ""
}

func doorsBelow(h *House) (breaches []string) {
	for _, f := range h.Go {
		floor, known := floorOf(f.Folder)
		if !known || f.Test || floor < firstWithoutHTTP || floor > lastWithoutHTTP {
			continue
		}
		for _, p := range f.imports() {
			if p == "net/http" || strings.HasPrefix(p, "net/http/") || p == "html/template" || p == "text/template" {
				breaches = append(breaches, fmt.Sprintf("%s (floor %d) imports %s", f.Path, floor, p))
			}
		}
	}
	return breaches
}

func vagueFolders(h *House) (breaches []string) {
	vague := []string{"util", "utils", "common", "helper", "helpers", "misc", "shared", "lib", "pkg"}
	for _, f := range h.Go {
		for part := range strings.SplitSeq(f.Folder, "/") {
			if slices.Contains(vague, part) {
				breaches = append(breaches, f.Path+": “"+part+"” says nothing about what is in it")
			}
		}
	}
	return breaches
}

func silentPackages(h *House) (breaches []string) {
	documented, first := map[string]bool{}, map[string]string{}
	for _, f := range h.Go {
		if f.Test {
			continue
		}
		if first[f.Folder] == "" {
			first[f.Folder] = f.Path
		}
		if strings.HasPrefix(f.Tree.Doc.Text(), introduction(f)) {
			documented[f.Folder] = true
		}
	}
	for folder, file := range first {
		if !documented[folder] {
			breaches = append(breaches, file+": no file of the package says “// Package "+path.Base(folder)+" …”, or for a command its name")
		}
	}
	return sorted(breaches)
}

// introduction is how the comment of a package begins: "Package lead ", or "Withpg " for a command.
func introduction(f GoFile) string {
	if f.Tree.Name.Name != "main" {
		return "Package " + f.Tree.Name.Name + " "
	}
	name := path.Base(f.Folder)
	return strings.ToUpper(name[:1]) + name[1:] + " "
}

func longFiles(h *House) (breaches []string) {
	generated := map[string]bool{}
	for _, f := range h.Go {
		generated[f.Path] = f.Generated
	}
	sources := []string{".go", ".ts", ".tsx", ".js", ".mjs", ".css", ".html", ".sql"}
	for _, t := range h.Texts {
		if n := t.Lines(); n > maxFileLines && slices.Contains(sources, path.Ext(t.Path)) && !generated[t.Path] {
			breaches = append(breaches, fmt.Sprintf("%s: %d lines, at most %d: which two things does it hold?", t.Path, n, maxFileLines))
		}
	}
	return breaches
}

func longFunctions(h *House) (breaches []string) {
	for _, f := range h.Go {
		if f.Generated {
			continue
		}
		for _, d := range f.Tree.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			n := f.Positions.Position(fn.End()).Line - f.Positions.Position(fn.Pos()).Line + 1
			if n > maxFunctionLines {
				breaches = append(breaches, fmt.Sprintf("%s: %s has %d lines, at most %d", f.at(fn.Pos()), fn.Name.Name, n, maxFunctionLines))
			}
		}
	}
	return breaches
}

// machinePath is a home or a checkout of one person or one build machine. The classes keep this
// line from matching itself.
var machinePath = regexp.MustCompile("(?m)(^|[\\s\"'`(=:])/(w[o]rk|r[o]ot|h[o]me|U[s]ers|f[a]rm)/")

func machinePaths(h *House) (breaches []string) {
	for _, t := range h.Texts {
		for _, at := range machinePath.FindAllStringIndex(t.Body, -1) {
			line := 1 + strings.Count(t.Body[:at[1]-1], "\n")
			breaches = append(breaches, fmt.Sprintf("%s:%d: names a folder of one machine", t.Path, line))
		}
	}
	return breaches
}

// asksForRoles finds a list of roles that somebody is asked for.
var asksForRoles = regexp.MustCompile(`\.Is\((act\.|\))`)

// ownRights finds sources that say for themselves which roles may do something, instead of naming a right.
func ownRights(h *House) (breaches []string) {
	for _, f := range h.Go {
		if f.Test || f.Folder == "act" {
			continue
		}
		for i, line := range strings.Split(f.Body, "\n") {
			if asksForRoles.MatchString(line) {
				breaches = append(breaches, fmt.Sprintf("%s:%d asks for roles; name a right of act/right.go", f.Path, i+1))
			}
		}
	}
	return breaches
}
