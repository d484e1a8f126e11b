package member

import "kizashi/act"

// Right is something one may do in the product. The table of rights is the one place that says which
// role may do what: API and screens name a right, and the settings show the table.
type Right string

// The rights.
const (
	Public     Right = "public"     // without an account
	See        Right = "see"        // read leads, companies, reports
	Work       Right = "work"       // change leads, log what was done with them
	Curate     Right = "curate"     // decide which leads there are: imports, segments
	Market     Right = "market"     // models, deleting leads
	Sell       Right = "sell"       // answer hand-overs
	Administer Right = "administer" // people, keys, settings, audit
	Send       Right = "send"       // tell what happened
)

// Rights are the rights of people, the widest first, as the settings show them.
var Rights = []Right{See, Work, Curate, Market, Sell, Administer}

// An administrator may do everything and need not be named.
var holders = map[Right][]act.Role{
	See:        {act.Marketing, act.Inside, act.Field, act.Viewer},
	Work:       {act.Marketing, act.Inside, act.Field},
	Curate:     {act.Marketing, act.Inside},
	Market:     {act.Marketing},
	Sell:       {act.Field},
	Administer: {},
	Send:       {act.Marketing, act.Inside, act.Field, act.Server, act.Track},
}

// Holds tells whether the actor has a right; everybody has Public.
func (r Right) Holds(w act.Who) bool {
	roles, known := holders[r]
	return r == Public || known && w.Role != "" && w.Is(roles...)
}

// Roles are those who hold the right, besides the administrator.
func (r Right) Roles() []act.Role { return holders[r] }
