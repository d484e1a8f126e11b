package event

import (
	"hash/maphash"
	"regexp"
	"strings"
	"sync/atomic"
)

// agentKind is what a user agent says about itself.
type agentKind uint8

const (
	person       agentKind = iota
	program                // as isbot finds it, or nothing said
	filter                 // the name of a mail filter
	pictureProxy           // fetches the pictures of a mail when its reader opens it
)

// maxUserAgent is how many bytes of a user agent are looked at; what real ones tell stands before.
const maxUserAgent = 512

// agentCache remembers the kinds of the user agents seen last: most hits come from a few hundred.
// It is bounded, and of two with one place the later stays.
type agentCache struct {
	seed  maphash.Seed
	known [256]atomic.Pointer[knownAgent]
}

type knownAgent struct {
	agent string
	kind  agentKind
}

var agents = &agentCache{seed: maphash.MakeSeed()}

func (c *agentCache) kind(agent string) agentKind {
	if len(agent) > maxUserAgent {
		agent = agent[:maxUserAgent]
	}
	place := &c.known[maphash.String(c.seed, agent)%uint64(len(c.known))]
	if k := place.Load(); k != nil && k.agent == agent {
		return k.kind
	}
	// Cloned: the agent may be a part of a whole request.
	k := &knownAgent{strings.Clone(agent), kindOf(agent)}
	place.Store(k)
	return k.kind
}

func kindOf(agent string) agentKind {
	switch {
	case scannerWords.find(agent):
		return filter
	case pictureProxies.find(agent):
		return pictureProxy
	case strings.TrimSpace(agent) == "", isBot(agent):
		return program
	}
	return person
}

// scannerWords name mail security products and link previews of mail programs, as they
// write themselves in user agents.
var scannerWords = newBotTrie(botTexts(
	"barracuda", "mimecast", "proofpoint", "urldefense", "safelinks", "msoffice-safelinks", "bingpreview", "ms-office-preview",
	"microsoft office existence discovery", "microsoft data access internet publishing provider", "office protocol discovery",
	"symantec", "messagelabs", "mailscanner", "fireeye", "trendmicro", "trend micro", "sophos", "ironport", "cloudmark", "forcepoint", "websense",
	"fortiguard", "fortimail", "checkpoint", "check point", "zscaler", "avanan", "ironscales", "vadesecure", "vade secure", "spamexperts", "kaspersky", "bitdefender",
	"m-filter", "guardianwall", "spamsniper", "link-check", "link preview",
))

var pictureProxies = newBotTrie(botTexts("googleimageproxy", "yahoomailproxy"))

func botTexts(texts ...string) []botWord {
	words := make([]botWord, len(texts))
	for i, t := range texts {
		words[i] = botWord{text: t}
	}
	return words
}

// botWord is a text that tells a program, with what must or must not stand beside it.
// botWords are made of the patterns of isbot; all are lower case.
type botWord struct {
	text                string
	start, end          bool     // at the start, at the end of the user agent
	edgeBefore          bool     // no letter, digit or _ before it (if it begins with one)
	edgeAfter           bool     // the same after it
	notBefore, notAfter []string // texts that may not stand there
}

// botShape is a pattern that is no word. It is only tried where needs occurs: at the end if
// last, and anywhere else.
type botShape struct {
	pattern string
	needs   string
	last    bool
}

var (
	agentWords     = newBotTrie(botWords)
	startShapes    = joinShapes(botShapes)
	floatingShapes = compileShapes(botShapes)
)

type floatingShape struct {
	botShape

	re *regexp.Regexp
}

// joinShapes makes one expression of the patterns that begin at the start.
func joinShapes(shapes []botShape) *regexp.Regexp {
	var patterns []string
	for _, s := range shapes {
		if rest, found := strings.CutPrefix(s.pattern, "^"); found {
			patterns = append(patterns, rest)
		}
	}
	return regexp.MustCompile(`(?i)^(?:` + strings.Join(patterns, "|") + `)`)
}

func compileShapes(shapes []botShape) []floatingShape {
	var list []floatingShape
	for _, s := range shapes {
		if !strings.HasPrefix(s.pattern, "^") {
			list = append(list, floatingShape{s, regexp.MustCompile("(?i)" + s.pattern)})
		}
	}
	return list
}

// isBot tells whether the patterns of isbot find a program in a user agent. It gives the
// answer of isbot itself, about a hundred times faster than one expression of all patterns.
func isBot(agent string) bool {
	if agentWords.find(agent) || startShapes.MatchString(agent) {
		return true
	}
	for _, s := range floatingShapes {
		if s.last && strings.HasSuffix(agent, s.needs) || !s.last && strings.Contains(agent, s.needs) {
			if s.re.MatchString(agent) {
				return true
			}
		}
	}
	return false
}

// botTrie finds words in one pass: it follows the letters from every place of a text for as long as
// some word goes on that way, which is rarely more than two.
type botTrie struct {
	class [256]uint8 // the column of a byte; 0 for one that is in no word; upper case is lower
	width int
	next  []uint16   // next[node*width+column]; 0 for none
	ends  [][]uint16 // by node: the words that end there
	words []botWord
}

func newBotTrie(words []botWord) *botTrie {
	t := &botTrie{words: words, width: 1, ends: [][]uint16{nil}}
	for _, w := range words {
		for _, c := range []byte(w.text) {
			if t.class[c] == 0 {
				t.class[c] = uint8(t.width)
				t.width++
			}
		}
	}
	for c := byte('A'); c <= 'Z'; c++ {
		t.class[c] = t.class[c+'a'-'A']
	}
	t.next = make([]uint16, t.width)
	for i, w := range words {
		t.add(w.text, uint16(i))
	}
	return t
}

func (t *botTrie) add(text string, number uint16) {
	node := 0
	for _, c := range []byte(text) {
		at := node*t.width + int(t.class[c])
		if t.next[at] == 0 {
			t.next[at] = uint16(len(t.ends))
			t.ends = append(t.ends, nil)
			t.next = append(t.next, make([]uint16, t.width)...)
		}
		node = int(t.next[at])
	}
	t.ends[node] = append(t.ends[node], number)
}

func (t *botTrie) find(s string) bool {
	for i := range len(s) {
		node := 0
		for j := i; j < len(s); j++ {
			column := t.class[s[j]]
			if column == 0 {
				break
			}
			if node = int(t.next[node*t.width+int(column)]); node == 0 {
				break
			}
			for _, w := range t.ends[node] {
				if t.words[w].stands(s, i, j+1) {
					return true
				}
			}
		}
	}
	return false
}

// stands tells whether what is around s[from:to] allows the word there.
func (w *botWord) stands(s string, from, to int) bool {
	switch {
	case w.start && from > 0, w.end && to < len(s),
		w.edgeBefore && !edge(s, from), w.edgeAfter && !edge(s, to):
		return false
	}
	for _, not := range w.notBefore {
		if start := from - len(not); start >= 0 && strings.EqualFold(s[start:from], not) {
			return false
		}
	}
	for _, not := range w.notAfter {
		if end := to + len(not); end <= len(s) && strings.EqualFold(s[to:end], not) {
			return false
		}
	}
	return true
}

// edge tells whether i is between a letter, digit or _ and something else (\b).
func edge(s string, i int) bool {
	return (i > 0 && isWordByte(s[i-1])) != (i < len(s) && isWordByte(s[i]))
}

func isWordByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_'
}
