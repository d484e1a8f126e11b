package main

import (
	"encoding/json"
	"fmt"
	"runtime"

	"kizashi/app"
)

type versionCommand struct {
	JSON bool `help:"JSON で出力する / as JSON" name:"json"`
}

func (c *versionCommand) Run(p *program) error {
	if c.JSON {
		return json.NewEncoder(p.out).Encode(map[string]string{"version": app.Version(), "go": runtime.Version()})
	}
	_, err := fmt.Fprintln(p.out, app.Version())
	return err
}
