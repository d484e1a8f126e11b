package main

import (
	"fmt"
	"go/format"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
)

// The product looks for words in one pass and needs regular expressions only for the few
// patterns that are no words. Go's have no look-around, therefore a word has its own.

// word is one text that a pattern of isbot finds.
type word struct {
	text                string
	start, end          bool // of the whole user agent
	edgeBefore          bool // \b
	edgeAfter           bool
	notBefore, notAfter []string
}

// shape is a pattern that is no finite set of words.
type shape struct {
	pattern string
	needs   string // occurs in whatever matches; "" if the pattern begins with ^
	last    bool   // needs is the end of it
}

var (
	lookBehind = regexp.MustCompile(`^\(\?<!([^()]*)\)`)
	lookAhead  = regexp.MustCompile(`\(\?!(?:\(\?:([^()]*)\)|([^()]*))\)$`)
)

// The same as a look-behind, written without one.
const notG = "(?:^|[^g])"

// maxWords is how many words a pattern may stand for before it counts as a shape.
const maxWords = 20

// parseBot reads one pattern: either words or a shape.
func parseBot(pattern string) ([]word, *shape, error) {
	rest, notBefore, notAfter := pattern, []string(nil), []string(nil)
	if s, found := strings.CutPrefix(rest, notG); found {
		rest, notBefore = s, []string{"g"}
	}
	if m := lookBehind.FindStringSubmatch(rest); m != nil {
		rest, notBefore = rest[len(m[0]):], strings.Split(m[1], "|")
	}
	if m := lookAhead.FindStringSubmatch(rest); m != nil {
		rest, notAfter = rest[:len(rest)-len(m[0])], strings.Split(m[1]+m[2], "|")
	}
	tree, err := syntax.Parse(rest, syntax.Perl)
	if err != nil {
		return nil, nil, fmt.Errorf("pattern %q: %w", pattern, err)
	}
	words, finite := expand(tree)
	if !finite {
		if notBefore != nil || notAfter != nil {
			return nil, nil, fmt.Errorf("pattern %q looks around and is no set of words", pattern)
		}
		return nil, shapeOf(pattern, tree), nil
	}
	for i := range words {
		words[i].notBefore, words[i].notAfter = notBefore, notAfter
		if words[i].text == "" {
			return nil, nil, fmt.Errorf("pattern %q matches everything", pattern)
		}
	}
	return words, nil, nil
}

// expand lists the words that a tree matches; finite is false for one without a short list.
func expand(tree *syntax.Regexp) (words []word, finite bool) {
	switch tree.Op {
	case syntax.OpEmptyMatch:
		return []word{{}}, true
	case syntax.OpLiteral:
		return []word{{text: strings.ToLower(string(tree.Rune))}}, true
	case syntax.OpBeginText:
		return []word{{start: true}}, true
	case syntax.OpEndText:
		return []word{{end: true}}, true
	case syntax.OpWordBoundary:
		return []word{{edgeBefore: true, edgeAfter: true}}, true
	case syntax.OpCharClass:
		return expandClass(tree.Rune)
	case syntax.OpCapture:
		return expand(tree.Sub[0])
	case syntax.OpQuest:
		words, finite = expand(tree.Sub[0])
		return append([]word{{}}, words...), finite
	case syntax.OpAlternate:
		for _, sub := range tree.Sub {
			part, ok := expand(sub)
			if !ok {
				return nil, false
			}
			words = append(words, part...)
		}
		return words, true
	case syntax.OpConcat:
		return expandConcat(tree.Sub)
	}
	return nil, false
}

func expandClass(ranges []rune) (words []word, finite bool) {
	for i := 0; i < len(ranges); i += 2 {
		if ranges[i+1]-ranges[i] > 10 {
			return nil, false
		}
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			words = append(words, word{text: strings.ToLower(string(r))})
		}
	}
	return words, len(words) <= maxWords
}

func expandConcat(parts []*syntax.Regexp) (words []word, finite bool) {
	words = []word{{}}
	for _, sub := range parts {
		part, ok := expand(sub)
		if !ok || len(part)*len(words) > maxWords {
			return nil, false
		}
		var next []word
		for _, a := range words {
			for _, b := range part {
				joined, ok := join(a, b)
				if !ok {
					return nil, false
				}
				next = append(next, joined)
			}
		}
		words = next
	}
	return words, true
}

// join puts b behind a; ok is false where a condition would come to stand inside.
func join(a, b word) (c word, ok bool) {
	if a.text != "" && (a.end || a.edgeAfter || b.start) {
		return word{}, false
	}
	c = word{text: a.text + b.text, start: a.start || b.start, end: b.end}
	switch {
	case b.text != "":
		c.edgeBefore, c.edgeAfter = a.edgeBefore || a.text == "" && b.edgeBefore, b.edgeAfter
	case a.text != "":
		c.edgeBefore, c.edgeAfter = a.edgeBefore, b.edgeAfter
	default:
		c.edgeBefore = a.edgeBefore || b.edgeBefore
	}
	return c, true
}

// shapeOf finds what must occur in a match, so that the product rarely runs the pattern.
func shapeOf(pattern string, tree *syntax.Regexp) *shape {
	s := &shape{pattern: pattern}
	if tree.Op != syntax.OpConcat || tree.Sub[0].Op == syntax.OpBeginText {
		return s
	}
	last := len(tree.Sub) - 1
	for i, sub := range tree.Sub {
		text := strings.ToLower(string(sub.Rune))
		switch {
		case sub.Op != syntax.OpLiteral:
		case i == last-1 && tree.Sub[last].Op == syntax.OpEndText:
			s.needs, s.last = text, true
		case len(text) > len(s.needs):
			s.needs = text
		}
	}
	return s
}

// botList writes the words and shapes of isbot.
func botList(l *lists) ([]byte, error) {
	var words []word
	var shapes []shape
	for _, pattern := range l.Bots {
		w, s, err := parseBot(pattern)
		if err != nil {
			return nil, err
		}
		words = append(words, w...)
		if s != nil {
			shapes = append(shapes, *s)
		}
	}
	slices.SortStableFunc(words, func(a, b word) int { return strings.Compare(a.text, b.text) })
	var b strings.Builder
	fmt.Fprintf(&b, "// Code generated by tools/gen from npm %s; DO NOT EDIT.\n\npackage event\n\nvar botWords = []botWord{\n", l.from("isbot"))
	for _, w := range words {
		b.WriteString("\t" + w.source() + ",\n")
	}
	b.WriteString("}\n\nvar botShapes = []botShape{\n")
	for _, s := range shapes {
		fmt.Fprintf(&b, "\t{pattern: %q%s},\n", s.pattern, s.source())
	}
	b.WriteString("}\n")
	return format.Source([]byte(b.String()))
}

func (s *shape) source() string {
	switch {
	case s.needs == "":
		return ""
	case s.last:
		return fmt.Sprintf(", needs: %q, last: true", s.needs)
	}
	return fmt.Sprintf(", needs: %q", s.needs)
}

func (w *word) source() string {
	src := fmt.Sprintf("{text: %q", w.text)
	for _, flag := range []struct {
		name string
		on   bool
	}{{"start", w.start}, {"end", w.end}, {"edgeBefore", w.edgeBefore}, {"edgeAfter", w.edgeAfter}} {
		if flag.on {
			src += ", " + flag.name + ": true"
		}
	}
	for _, list := range []struct {
		name  string
		texts []string
	}{{"notBefore", w.notBefore}, {"notAfter", w.notAfter}} {
		if list.texts != nil {
			src += fmt.Sprintf(", %s: %#v", list.name, list.texts)
		}
	}
	return src + "}"
}
