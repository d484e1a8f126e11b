package company

import (
	"context"
	"encoding/json"
	"fmt"

	"kizashi/act"
	"kizashi/db"
	"kizashi/id"
)

// text is an attribute of a company as a text, so that a change can be kept and taken back.
type text struct {
	name string
	get  func(*Company) string
	set  func(*Company, string)
}

// texts are what a description can tell about a company.
var texts = []text{
	textOf("name", func(c *Company) *string { return &c.Name }),
	textOf("key", func(c *Company) *string { return &c.Key }),
	textOf("number", func(c *Company) *string { return &c.Number }),
	textOf("domain", func(c *Company) *string { return &c.Domain }),
	textOf("phone", func(c *Company) *string { return &c.Phone }),
	textOf("postal", func(c *Company) *string { return &c.Postal }),
	textOf("address", func(c *Company) *string { return &c.Address }),
	textOf("url", func(c *Company) *string { return &c.URL }),
	textOf("industry", func(c *Company) *string { return &c.Industry }),
	numberOf("tier", func(c *Company) *int { return &c.Tier }),
	{"competitor", func(c *Company) string { return fmt.Sprint(c.Competitor) }, func(c *Company, s string) { c.Competitor = s == "true" }},
	{"unproven", func(c *Company) string { return fmt.Sprint(c.Unproven) }, func(c *Company, s string) { c.Unproven = s == "true" }},
	{"listed", func(c *Company) string { return fmt.Sprint(c.Listed) }, func(c *Company, s string) { c.Listed = s == "true" }},
	numberOf("size", func(c *Company) *int { return &c.Size }),
	{"updated_at", func(c *Company) string { return fmt.Sprint(c.UpdatedAt) }, func(c *Company, s string) { _, _ = fmt.Sscan(s, &c.UpdatedAt) }},
}

func textOf(name string, of func(*Company) *string) text {
	return text{name, func(c *Company) string { return *of(c) }, func(c *Company, s string) { *of(c) = s }}
}

func numberOf(name string, of func(*Company) *int) text {
	return text{name, func(c *Company) string { return fmt.Sprint(*of(c)) }, func(c *Company, s string) { _, _ = fmt.Sscan(s, of(c)) }}
}

// undo is what one change did to a company.
type undo struct {
	Fields  map[string][2]string `json:"fields,omitempty"` // before, after
	Domains []string             `json:"domains,omitempty"`
}

func undoOf(was, is *Company, domains []string) string {
	raw, _ := json.Marshal(differenceOf(was, is, domains)) // texts only: cannot fail
	return string(raw)
}

func differenceOf(was, is *Company, domains []string) undo {
	u := undo{Fields: map[string][2]string{}, Domains: domains}
	for _, t := range texts {
		if before, after := t.get(was), t.get(is); before != after {
			u.Fields[t.name] = [2]string{before, after}
		}
	}
	return u
}

// Back takes the change back, if all of it is still as the change left it.
func (c *Change) Back(ctx context.Context, tx *db.Tx) error {
	if c.Was == nil {
		return nil // it changed nothing
	}
	is, err := ByID(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	for _, t := range texts {
		if change, ok := c.Was.Fields[t.name]; ok && t.get(is) != change[1] {
			return act.ChangedSince()
		}
	}
	if number, ok := c.Was.Fields["number"]; ok && number[0] != "" {
		if err := freeNumber(ctx, tx, &Company{ID: c.ID, Number: number[0]}); err != nil {
			return err
		}
	}
	raw, err := json.Marshal(c.Was)
	if err != nil {
		return err
	}
	return TakeBack(ctx, tx, []Undone{{c.ID, string(raw)}})
}

// Undone is one change to take back: the company, and Undo of its Changed.
type Undone struct {
	Company id.ID
	Undo    string
}

// TakeBack takes changes back; they come newest first. What was changed since stays as it is.
func TakeBack(ctx context.Context, tx *db.Tx, list []Undone) error {
	ids := make([]id.ID, len(list))
	for i, u := range list {
		ids[i] = u.Company
	}
	companies, err := ByIDs(ctx, tx, ids)
	if err != nil {
		return err
	}
	was := map[id.ID]Company{}
	var domains [][]any
	for _, one := range list {
		c := companies[one.Company]
		if c == nil {
			continue // merged or removed since
		}
		if _, seen := was[c.ID]; !seen {
			was[c.ID] = *c
		}
		var u undo
		if err := json.Unmarshal([]byte(one.Undo), &u); err != nil {
			return err
		}
		u.takeBack(c)
		for _, d := range u.Domains {
			domains = append(domains, []any{d, int64(c.ID)})
		}
	}
	if err := tx.Many(ctx, `DELETE FROM company_domain WHERE domain = $1 AND company = $2`, domains); err != nil {
		return err
	}
	return writeTakenBack(ctx, tx, companies, was)
}

func (u undo) takeBack(c *Company) {
	for _, t := range texts {
		if change, ok := u.Fields[t.name]; ok && t.get(c) == change[1] {
			t.set(c, change[0])
		}
	}
}

func writeTakenBack(ctx context.Context, tx *db.Tx, companies map[id.ID]*Company, was map[id.ID]Company) error {
	var rows [][]any
	var named []*Company
	for number, before := range was {
		c := companies[number]
		if *c == before {
			continue
		}
		if c.Key != before.Key {
			named = append(named, c)
		}
		rows = append(rows, c.values())
		tx.Post(Changed{Company: number, Renamed: c.Name != before.Name, Competitor: c.Competitor != before.Competitor})
	}
	if err := tx.Many(ctx, update, rows); err != nil {
		return err
	}
	return index(ctx, tx, indexName, named)
}
