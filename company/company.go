// Package company holds the companies that leads work for, and decides when two descriptions mean
// the same one.
package company

import (
	"strings"

	"kizashi/id"
)

// Company is one company.
type Company struct {
	ID         id.ID
	Name       string // as it was given: 前株 and 後株 stay
	Key        string // the name as matching sees it, see Key
	Number     string // 法人番号, 13 digits; "" if unknown
	Domain     string // its first corporate mail domain; company_domain holds all
	Phone      string // digits
	Postal     string // 7 digits
	Address    string
	URL        string
	Industry   string // letter of the JSIC section (see Industry), or the words given where they name none
	Size       int    // employees; 0 if unknown
	Tier       int    // target account tier: 1 the best, 3 the last, 0 none
	Competitor bool
	Listed     bool  // a competitor by the list of domains: off the list, it is none any more
	Unproven   bool  // only a public write key says that it exists
	CreatedAt  int64 // ms UTC
	UpdatedAt  int64 // ms UTC
	MergedInto id.ID // the company that it is now; 0 if it is one of its own
	Heat       Heat
}

// MaxTier is the last tier of target accounts.
const MaxTier = 3

// Nameless tells that nothing but a mail domain is known of the company.
func (c *Company) Nameless() bool { return c.Domain != "" && c.Name == c.Domain }

// Changed tells that attributes of a company changed that its leads are judged by.
type Changed struct {
	Company    id.ID
	Renamed    bool
	Competitor bool // it became a competitor, or is none any more
	Domains    bool // only further domains are known: nothing that its leads are judged by
	// Undo takes the change back, see TakeBack; "" where the change has its own way back.
	Undo string
}

// Fields are what a door knows about a company: texts as people write them. Empty means unknown.
type Fields struct {
	Name, Number, Domain, Phone, Postal, Address, URL, Industry, Size string
	// Mail is an address of somebody who works there; its domain counts if it is a corporate one.
	Mail string
	// Claim says that a public write key describes it: the claim finds a company or makes one, and completes
	// only what other claims have said.
	Claim bool
}

// asked is a description with its texts normalised.
type asked struct{ Company }

// contradicts tells that a description and a company cannot be the same: their numbers differ, or
// their domains.
func (c *Company) contradicts(a *asked, domains map[string]*Company) bool {
	if c.Number != "" && a.Number != "" {
		return c.Number != a.Number
	}
	if a.Domain == "" || c.Domain == "" {
		return false
	}
	return a.Domain != c.Domain && domains[a.Domain] != c
}

// samePlace tells that a description has the telephone or the postal address of the company.
func (c *Company) samePlace(a *asked) bool {
	if a.Phone != "" && a.Phone == c.Phone {
		return true
	}
	return a.Postal != "" && a.Postal == c.Postal && addressBlock(a.Address) == addressBlock(c.Address)
}

// addressBlock is the digits of an address, which name the block and the house.
func addressBlock(address string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, Tidy(address))
}

// fill completes what is unknown of c from a description, and tells whether that changed anything.
// With overwrite, the description also replaces what c is not recognised by.
func (c *Company) fill(a *asked, overwrite bool) bool {
	changed := false
	switch {
	case a.Unproven && !c.Unproven && !c.Nameless():
		return false
	case c.Unproven && !a.Unproven && a.Name != "":
		overwrite, changed = true, true
		c.Unproven, c.Name, c.Key = false, a.Name, a.Key
	case a.Unproven && a.Name != "":
		c.Unproven = true // what names a company that only its domain was known of
	}
	for _, f := range []struct {
		to, from *string
		fixed    bool
	}{
		{&c.Number, &a.Number, true}, {&c.Domain, &a.Domain, true}, {&c.Phone, &a.Phone, false}, {&c.Postal, &a.Postal, false},
		{&c.Address, &a.Address, false}, {&c.URL, &a.URL, false}, {&c.Industry, &a.Industry, false},
	} {
		if *f.from != "" && *f.to != *f.from && (*f.to == "" || overwrite && !f.fixed) {
			*f.to, changed = *f.from, true
		}
	}
	if a.Size != 0 && c.Size != a.Size && (c.Size == 0 || overwrite) {
		c.Size, changed = a.Size, true
	}
	if c.Nameless() && a.Name != "" {
		c.Name, c.Key, changed = a.Name, a.Key, true
	}
	return changed
}
