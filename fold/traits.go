package fold

import (
	"context"
	"strings"

	"kizashi/db"
	"kizashi/id"
	"kizashi/lead"
)

// learn completes leads with what messages say about the people. It fills gaps only: a write key is
// public, and a stranger must not change what is known about somebody.
func learn(ctx context.Context, tx *db.Tx, items []*item, owners []lead.Resolved) error {
	var list []lead.Fields
	at := map[id.ID]int{}
	for i, it := range items {
		if len(it.message.Traits) == 0 || owners[i].Anonymous || owners[i].Err != nil {
			continue
		}
		f := fieldsOf(it.message.Traits)
		f.Lead, f.Company.Mail = owners[i].Lead, it.message.Email
		if n, twice := at[f.Lead]; twice {
			list[n] = f // the newest of a batch speaks for the person
			continue
		}
		at[f.Lead] = len(list)
		list = append(list, f)
	}
	if len(list) == 0 {
		return nil
	}
	_, err := lead.UpsertMany(ctx, tx, list, lead.Options{})
	return err
}

// fieldsOf reads traits in the names that the tracking door gives them; others become properties.
// An address among them is left out: the resolver has tied it, or recorded whom it contradicts.
func fieldsOf(traits map[string]string) lead.Fields {
	f := lead.Fields{Props: map[string]string{}}
	known := map[string]*string{
		"name": &f.Name, "first_name": &f.FirstName, "last_name": &f.LastName, "kana": &f.Kana,
		"phone": &f.Phone, "mobile": &f.Mobile, "department": &f.Department, "title": &f.Title,
		"postal": &f.Postal, "prefecture": &f.Prefecture, "address": &f.Address, "source": &f.Source,
		"company": &f.Company.Name, "company_number": &f.Company.Number, "industry": &f.Company.Industry,
		"company_industry": &f.Company.Industry, "employees": &f.Company.Size, "company_size": &f.Company.Size,
		"website": &f.Company.URL, "company_url": &f.Company.URL,
	}
	for name, text := range traits {
		switch into := known[name]; {
		case into != nil && *into == "":
			*into = text
			if !lead.Legible(strings.Replace(name, "company_size", "employees", 1), text) {
				f.Props[name] = text
			}
		case name == "tags":
			f.Tags = strings.Split(text, ",")
		case name != "email" && into == nil:
			f.Props[name] = text
		}
	}
	return f
}
