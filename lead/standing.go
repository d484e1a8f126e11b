package lead

// Standing says how far a source can be believed. A stronger source outweighs a weaker one; among sources
// of one standing the newer value counts. The order is that of the design: member, proven address, secret
// key or signed claim, import, form, public claim. The numbers are stored.
type Standing int

// The standings, the weakest first. The zero value is the weakest, so that a door that says nothing of its
// sender is not believed.
const (
	Claimed   Standing = 0  // a write key that everybody can read in a page
	Entered   Standing = 10 // a form on a page
	Imported  Standing = 20 // a file that a member imported
	Confirmed Standing = 30 // a secret key, or a claim that the site's server signed
	Proven    Standing = 40 // the address answered: a click in a mail, a double opt-in
	Typed     Standing = 50 // a member wrote it in the product
)

// Vouched tells whether the source is one that a stranger cannot use.
func (s Standing) Vouched() bool { return s >= Imported }
