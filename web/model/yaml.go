package model

import (
	"cmp"
	"strings"

	"kizashi/fault"
	"kizashi/page"
)

// written is a version as YAML.
type written struct {
	Version version
	Source  string
	Of      string
	Note    string
}

const yamlPage = page.Of[written]("model/yaml.html")

func showYAML(r *page.Request) error {
	v, err := read(r, nil)
	if err != nil {
		return err
	}
	return yamlPage.Show(r, written{v, v.Source, fingerprint(v.Source), v.Note})
}

func editYAML(r *page.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	v, err := read(r, nil)
	if err != nil {
		return err
	}
	source := strings.ReplaceAll(form.Get("source"), "\r\n", "\n") + "\n"
	if err := save(r, v, form, source); err != nil {
		return yamlPage.Again(r, written{v, source, cmp.Or(form.Get("of"), fingerprint(v.Source)), form.Get("note")}, err)
	}
	return r.Done(pageOf(v.ID, "/edit"), "model.saved", fault.Args{"version": v.Version}, "")
}
