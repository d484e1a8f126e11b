package act

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
var holders = map[Right][]Role{
	See:        {Marketing, Inside, Field, Viewer},
	Work:       {Marketing, Inside, Field},
	Curate:     {Marketing, Inside},
	Market:     {Marketing},
	Sell:       {Field},
	Administer: {},
	Send:       {Marketing, Inside, Field, Server, Track},
}

// Holds tells whether the actor has a right; everybody has Public.
func (r Right) Holds(w Who) bool {
	roles, known := holders[r]
	return r == Public || known && w.Role != "" && w.Is(roles...)
}

// Roles are those who hold the right, besides the administrator.
func (r Right) Roles() []Role { return holders[r] }
