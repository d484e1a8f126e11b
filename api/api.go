// Package api is the JSON API of the product, /api/v1, and its OpenAPI description.
//
// A handler reads what was asked, runs a command through the one door or a query in one reading
// transaction, and returns its answer or an error. Who may call which operation stands in one table
// (roles.go), how an error becomes an answer in one place (problem.go).
package api

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"kizashi/act"
	"kizashi/db"
	"kizashi/event"
	"kizashi/fold"
	"kizashi/i18n"
	"kizashi/imports"
	"kizashi/limit"
	"kizashi/rule"
)

// Prefix is where the API stands.
const Prefix = "/api/v1"

// Deps is what the API works with.
type Deps struct {
	Door     *act.Door
	Engine   *fold.Engine
	Importer *imports.Importer
	// Put hands messages to the intake and returns once they are durable and counted.
	Put func(context.Context, []event.Message) ([]fold.Answer, error)
	// FindKey tells who holds a key; Unauthenticated if nobody does.
	FindKey func(ctx context.Context, secret string) (act.Who, error)
	// Rates are the limits of each key; nil means none.
	Rates func() Rates
	// Public takes messages of a public key from a network off its limits at the tracking door; nil means none.
	Public func(who act.Who, network string, n int) error
}

// service answers the operations.
type service struct {
	Deps
	budgets *limit.Buckets[budget]
}

// Mount puts every operation and the description on a mux.
func Mount(mux *http.ServeMux, deps Deps) {
	inner := http.NewServeMux()
	describe(inner, build(inner, &service{deps, newBudgets()}))
	mux.Handle(Prefix+"/", &door{inner: inner})
}

// build registers the operations on a mux.
func build(mux *http.ServeMux, s *service) huma.API {
	a := humago.New(mux, configuration())
	a.UseMiddleware(anyTypeIsJSON, s.authorize, s.limited, knownQuery)
	for _, register := range []func(huma.API){
		s.todayOperations, s.leadOperations, s.companyOperations, s.segmentOperations, s.modelOperations,
		s.eventOperations, s.ruleOperations, s.jobOperations, s.importOperations, s.handoverOperations,
		s.taskOperations, s.keyOperations,
	} {
		register(a)
	}
	return a
}

func configuration() huma.Config {
	format := huma.Format{Marshal: writeJSON, Unmarshal: readInto}
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Kizashi", Version: "1",
				Description: "From a contact and its behaviour to a ranked, explained list of whom to contact today. " +
					"Errors are problem details (RFC 9457) in the language of Accept-Language, Japanese by default. " +
					"A key that asks or sends too fast is answered 429, a server that is busy 503; both say in Retry-After when to come again. " +
					"Lists are {\"items\": […], \"next\": \"…\"}: pass next as after to read on; it is empty on the last page.",
			},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", nameOf),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"key": {Type: "http", Scheme: "bearer", Description: "A key made with kizashi key add."},
				},
			},
			Security: []map[string][]string{{"key": {}}},
		},
		Formats:       map[string]huma.Format{"application/json": format, "json": format}, // json: of problem+json
		DefaultFormat: "application/json",
	}
}

// nameOf names the schema of a type: ListLead for list[report.LeadJSON].
func nameOf(t reflect.Type, hint string) string {
	return strings.ReplaceAll(huma.DefaultSchemaNamer(t, hint), "JSON", "")
}

// describe serves the OpenAPI document; it is the same for everybody and holds no data.
func describe(mux *http.ServeMux, a huma.API) {
	document, err := json.Marshal(a.OpenAPI())
	if err != nil {
		panic(err) // the document is made of our own types
	}
	mux.HandleFunc("GET "+Prefix+"/openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/openapi+json")
		_, _ = w.Write(document) // the asker is gone: nothing to do
	})
}

// operation is what is said of a route where it is registered.
type operation struct {
	id, method, path string
	summary          string
	status           int   // of success; 0: 200, or 204 for an answer without a body
	conflict         bool  // it may find that something else was true a moment ago
	limit            int64 // of the body, bytes; 0: maxBody
	describe         string
}

// maxBody bounds a JSON body, bytes.
const maxBody = 1 << 20

// bodyTime is how long a body may take to arrive.
const bodyTime = 30 * time.Second

// register adds a route. The schema of the input documents it; what is wrong with a body is found by
// the command that runs, which has the words for it.
func register[I, O any](a huma.API, o operation, answer func(context.Context, *I) (*O, error)) {
	op := huma.Operation{
		OperationID: o.id, Method: o.method, Path: Prefix + o.path, Summary: o.summary, Description: o.describe,
		DefaultStatus: o.status, MaxBodyBytes: max(o.limit, maxBody), BodyReadTimeout: bodyTime,
		SkipValidateBody: true, Tags: []string{tagOf(o.path)}, Errors: errorsOf(o),
		Metadata: map[string]any{rightKey: rightOf(o.id)},
	}
	huma.Register(a, op, answer)
}

// tagOf groups operations by the first part of their path.
func tagOf(path string) string {
	for i := 1; i < len(path); i++ {
		if path[i] == '/' {
			return path[1:i]
		}
	}
	return path[1:]
}

func errorsOf(o operation) []int {
	list := []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusUnprocessableEntity,
		http.StatusTooManyRequests, http.StatusServiceUnavailable}
	if strings.Contains(o.path, "{") {
		list = append(list, http.StatusNotFound)
	}
	if o.method != http.MethodGet {
		list = append(list, http.StatusBadRequest, http.StatusRequestEntityTooLarge)
	}
	if o.conflict {
		list = append(list, http.StatusConflict)
	}
	return list
}

// read runs queries in one reading transaction.
func (s *service) read(ctx context.Context, f func(*db.Tx) error) error {
	return s.Door.DB.Read(ctx, f)
}

// readBy reads leads by a rule, nil for all of them. One about events may take long: few of those run at once.
func (s *service) readBy(ctx context.Context, by *rule.Rule, f func(*db.Tx) error) error {
	if by.AsksEvents() {
		return s.Door.DB.ReadHeavy(ctx, f)
	}
	return s.read(ctx, f)
}

// run sends a command through the door as the caller.
func (s *service) run(ctx context.Context, c act.Command) error {
	return s.Door.Run(ctx, act.By(ctx), c)
}

// speech is the language of the caller.
func speech(ctx context.Context) i18n.Lang { return act.By(ctx).Lang }
