package track

import (
	"bytes"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Bounds of what is said about one person.
const (
	maxTraits     = 200
	maxTraitDepth = 3
	maxTrait      = 1000 // characters
)

// person is what the call says about somebody: the traits of identify, else those in the context;
// of group, the company's. Objects become flat: the SDKs' company.name is our company, and what has
// no name of ours is company_plan, address_country and the like.
func (c *call) person() map[string]string {
	from := c.traits
	if len(from) == 0 || c.kind == "group" {
		from = c.known
	}
	if len(from) == 0 && c.kind != "group" {
		return nil
	}
	t := traits{}
	t.addAll("", from, 1)
	if c.kind == "group" {
		t.addAll("company", c.traits, 2)
		t.put("company_id", c.group)
	}
	t.address("")
	t.address("company_")
	return t
}

// traits are texts by name; the first that comes under a name stays.
type traits map[string]string

func (t traits) put(name, text string) {
	if t[name] == "" && text != "" && len(t) < maxTraits {
		t[name] = cut(text, maxTrait)
	}
}

func (t traits) addAll(parent string, ms members, depth int) {
	for _, m := range ms {
		name := snake(unquote(m.name))
		if parent != "" {
			name = parent + "_" + name
		}
		t.add(name, m.value, depth)
	}
}

func (t traits) add(name string, value []byte, depth int) {
	switch {
	case value[0] == 'n':
	case value[0] == '{' && depth < maxTraitDepth:
		t.addAll(name, membersOf(value), depth+1)
	case value[0] == '[':
		t.put(ours(name), listOf(value))
	case value[0] != '{':
		t.put(ours(name), unquoteAny(value))
	}
}

// ours is our name of a trait of the SDKs' specification.
func ours(name string) string {
	switch name {
	case "company_name":
		return "company"
	case "company_employees", "employees", "company_employee_count":
		return "company_size"
	case "company_website":
		return "company_url"
	case "website":
		return "url"
	case "mobile_phone":
		return "mobile"
	case "job_title", "position":
		return "title"
	}
	return name
}

// address puts the parts of an address together, the large before the small, as it is written in Japan.
func (t traits) address(of string) {
	part := func(name string) string {
		key := of + "address_" + name
		text := t[key]
		delete(t, key)
		return text
	}
	t.put(of+"postal", first(part("postal_code"), part("zip")))
	city, street := part("city"), part("street")
	if of == "" {
		t.put("prefecture", part("state"))
	} else {
		city = part("state") + city
	}
	if city != "" && street != "" && city[len(city)-1] < 0x80 {
		city += " "
	}
	t.put(of+"address", city+street)
}

// membersOf are the members of a valid JSON object.
func membersOf(object []byte) members {
	var r reader
	r.reset(object)
	var c call
	var ms members
	if r.members(&c, "", &ms) != nil {
		return nil
	}
	return ms
}

// listOf is a list of texts and numbers as one text, with commas between; what is neither is left out.
func listOf(array []byte) string {
	dec := jsontext.NewDecoder(bytes.NewBuffer(array))
	var texts []string
	if _, err := dec.ReadToken(); err != nil {
		return ""
	}
	for dec.PeekKind() != ']' && len(texts) < maxTraits {
		kind := dec.PeekKind()
		value, err := dec.ReadValue()
		if err != nil {
			return ""
		}
		if kind == '"' || kind == '0' {
			texts = append(texts, unquoteAny(value))
		}
	}
	return strings.Join(texts, ",")
}

// snake writes firstName as first_name.
func snake(name string) string {
	var b strings.Builder
	low := false
	for _, r := range name {
		if r >= 'A' && r <= 'Z' {
			if low {
				b.WriteByte('_')
			}
			r += 'a' - 'A'
			low = false
		} else {
			low = r >= 'a' && r <= 'z' || r >= '0' && r <= '9'
		}
		b.WriteRune(r)
	}
	return b.String()
}
