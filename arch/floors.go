// Package arch keeps the house in order: which package stands on which floor, and the tests that
// read the sources and fail when something stands elsewhere.
package arch

import "path"

// Room is a package of the product, or a family of them ("web/*").
type Room struct {
	Folder string
	Holds  string // what a newcomer finds there, for docs/architecture.md
}

// Floor is a set of packages that know the floors below them, and not each other.
type Floor struct {
	Number int
	Rooms  []Room
}

// The floors whose packages know neither HTTP nor templates.
const (
	firstWithoutHTTP = 2
	lastWithoutHTTP  = 9
)

// Floors is the house, from the ground up. Change it together with a page in docs/adr.
var Floors = []Floor{
	{0, []Room{
		{"db", "SQLite and PostgreSQL behind one SQL text; the schema"},
		{"fault", "errors that people read: kind, key, place"},
		{"i18n", "the words, Japanese and English"},
		{"clock", "the one reading of the time"},
		{"id", "ids that sort by time"},
		{"limit", "token buckets: how much may happen in a time"},
		{"seal", "secrets unreadable for who has the database alone"},
	}},
	{1, []Room{
		{"act", "the one door for changes: right, check, transaction, audit row"},
		{"rule", "the rule language: evaluator, SQL, sentence, form"},
		{"job", "durable jobs"},
		{"attach", "what hangs on a lead or a company, declared by each noun"},
		{"mail", "SMTP"},
		{"blob", "stored files"},
		{"sheet", "tables out of CSV, TSV and XLSX files in any encoding"},
	}},
	{2, []Room{
		{"company", "companies: 法人番号, domain, normalised name"},
		{"member", "users, roles, API keys"},
		{"setting", "what an administrator decides for everybody, as the patterns of key pages"},
	}},
	{3, []Room{
		{"lead", "people, identities, merge and unmerge"},
	}},
	{4, []Room{
		{"event", "the append-only log of every touch; human, scanner or bot"},
		{"consent", "legal bases and refusals"},
	}},
	{5, []Room{
		{"score", "models, engagement, fit, temperature: the pure function of the log"},
		{"segment", "saved rules with live membership"},
		{"stage", "gates, hand-over, history of stages"},
		{"task", "what a person is to do, what they did, what they should know"},
	}},
	{6, []Room{
		{"fold", "intake, and the one transaction where events become state and reactions"},
	}},
	{7, []Room{
		{"imports", "contact files become leads: columns, preview, undo"},
		{"message", "mail to leads"},
		{"form", "forms and landing pages"},
		{"call", "call lists"},
		{"deal", "deals"},
		{"bulk", "one change of many leads, and its undoing"},
		{"takeback", "what came with a key in some time, taken out of the log again"},
	}},
	{8, []Room{
		{"journey", "steps over weeks"},
	}},
	{9, []Room{
		{"exhibition", "fairs, booths, sponsors, visitors"},
	}},
	{10, []Room{
		{"page", "what screens share: frame, routes with rights, templates, sessions, errors"},
		{"report", "read-only queries over all nouns"},
	}},
	{11, []Room{
		{"web/*", "one package per admin screen"},
		{"site", "public pages"},
		{"api", "the JSON API and its OpenAPI description"},
		{"track", "the tracking door: SDKs, the browser tag, the pixel"},
	}},
	{12, []Room{
		{"app", "wiring: open, build, mount, start, stop"},
	}},
	{13, []Room{
		{"demo", "fictitious companies, people and behaviour"},
		{"bench", "the promises of speed, measured"},
	}},
	{14, []Room{
		{"cmd/kizashi", "flags in, app.Run out"},
	}},
}

// Beside are the packages that no product code imports.
var Beside = []Room{
	{"testkit", "real databases for tests"},
	{"testkit/*", "a PostgreSQL server of its own"},
	{"arch", "the tests of the house itself"},
	{"tools/*", "programs for the makefile"},
}

// Edge is an import between packages of one floor.
type Edge struct {
	From, To string
	Why      string
}

// Edges are the only imports allowed on one floor.
var Edges = []Edge{
	{"id", "fault", "a text that is no id is an error with words"},
	{"i18n", "fault", "turns errors into sentences"},
	{"db", "fault", "a newer or unreachable database is an error with words"},
	{"db", "clock", "a transaction has one reading of the time"},
	{"limit", "clock", "buckets fill with time"},
	{"db", "id", "ids of a transaction carry its time"},
	{"db", "seal", "a transaction has the key of the secrets in its database"},
	{"seal", "fault", "a lost or wrong key is an error with words"},
	{"job", "act", "trying a job again is a command like any other"},
	{"setting", "act", "a change of a setting is a command"},
	{"company", "setting", "an administrator says whose domains are competitors' and which are free mailers'"},
	{"segment", "score", "membership is decided on the same facts"},
	{"stage", "score", "gates are decided on the same facts"},
	{"task", "stage", "steps fall due on the business calendar; a result of a call moves the stage"},
}

// floorOf is the floor of a folder; false if the folder is none of the product's.
func floorOf(folder string) (int, bool) {
	for _, f := range Floors {
		for _, r := range f.Rooms {
			if r.is(folder) {
				return f.Number, true
			}
		}
	}
	return 0, false
}

func isBeside(folder string) bool {
	for _, r := range Beside {
		if r.is(folder) {
			return true
		}
	}
	return false
}

// is tells whether a folder is this room, or one of the family.
func (r Room) is(folder string) bool {
	ok, err := path.Match(r.Folder, folder)
	return err == nil && ok
}

func edgeAllowed(from, to string) bool {
	for _, e := range Edges {
		if e.From == from && e.To == to {
			return true
		}
	}
	return false
}
