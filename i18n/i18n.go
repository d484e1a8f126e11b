// Package i18n holds the words of the product in Japanese and English.
//
// The texts live in words/NOUN.yaml, one file per noun: key → {ja, en}. A text may
// hold placeholders: {name}. Only page, api, mail and the command line ask for words.
package i18n

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"github.com/goccy/go-yaml"

	"kizashi/fault"
)

//go:embed words/*.yaml
var files embed.FS

// Lang is a language of the interface.
type Lang string

// The languages. Japanese is the default.
const (
	Japanese Lang = "ja"
	English  Lang = "en"
)

type text struct {
	JA string `yaml:"ja"`
	EN string `yaml:"en"`
}

var texts = mustLoad()

func mustLoad() map[string]text {
	all := map[string]text{}
	names, err := fs.Glob(files, "words/*.yaml")
	if err != nil {
		panic(err)
	}
	for _, name := range names {
		raw, err := files.ReadFile(name)
		if err != nil {
			panic(err)
		}
		part := map[string]text{}
		if err := yaml.Unmarshal(raw, &part); err != nil {
			panic(fmt.Sprintf("%s: %v", name, err))
		}
		for key, t := range part {
			if _, twice := all[key]; twice {
				panic(fmt.Sprintf("%s: key %q stands in two files", name, key))
			}
			all[key] = t
		}
	}
	return all
}

// Parse reads a language from a tag as browsers and users write it ("en-US", "ja_JP.UTF-8");
// anything that is not English is Japanese.
func Parse(tag string) Lang {
	if strings.HasPrefix(strings.ToLower(strings.TrimSpace(tag)), "en") {
		return English
	}
	return Japanese
}

// Has tells whether the key has words.
func Has(key string) bool { _, ok := texts[key]; return ok }

// T gives the words of a key, or the key itself where there are none.
func T(lang Lang, key string, args fault.Args) string {
	t, ok := texts[key]
	if !ok {
		return key
	}
	s := t.JA
	if lang == English {
		s = t.EN
	}
	return Fill(s, args)
}

// Fill puts args in the place of {name}; a name without a value stays as it is.
func Fill(s string, args fault.Args) string {
	if len(args) == 0 || !strings.Contains(s, "{") {
		return s
	}
	pairs := make([]string, 0, 2*len(args))
	for name, v := range args {
		pairs = append(pairs, "{"+name+"}", fmt.Sprint(v))
	}
	return strings.NewReplacer(pairs...).Replace(s)
}

// Words turns an error into a sentence; an error without words becomes the one for Internal.
func Words(lang Lang, e *fault.Error) string {
	if e == nil || !Has(e.Key) {
		return T(lang, "fault.internal", nil)
	}
	return T(lang, e.Key, e.Args)
}
