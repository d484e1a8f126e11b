package api

import (
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"kizashi/fault"
)

// knownQuery refuses parameters that an operation does not have: a mistyped filter must not answer with everything.
func knownQuery(ctx huma.Context, next func(huma.Context)) {
	var known []string
	for _, p := range ctx.Operation().Parameters {
		if p.In == "query" {
			known = append(known, p.Name)
		}
	}
	address := ctx.URL()
	for name := range address.Query() {
		if !slices.Contains(known, name) {
			slices.Sort(known)
			err := fault.New(fault.Invalid, "api.unknown_parameter", fault.Args{"name": clip(name), "known": strings.Join(known, ", ")})
			writeProblem(ctx, problemOf(callOf(ctx.Context()), 0, err.At(clip(name))))
			return
		}
	}
	next(ctx)
}
