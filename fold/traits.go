package fold

import (
	"context"
	"strings"

	"kizashi/db"
	"kizashi/event"
	"kizashi/id"
	"kizashi/lead"
)

// learn completes leads with what messages say about the people, in their order. Each value keeps its source:
// how far the sender can be believed, when it said so, and the event that holds it.
func learn(ctx context.Context, tx *db.Tx, items []*item, owners []lead.Resolved) error {
	var list []lead.Fields
	for i, it := range items {
		if len(it.message.Traits) == 0 || owners[i].Anonymous || owners[i].Err != nil {
			continue
		}
		source := it.source()
		f := fieldsOf(it.message.Traits)
		f.Lead, f.Company.Mail, f.From = owners[i].Lead, it.message.Email, &source
		list = append(list, f)
	}
	if len(list) == 0 {
		return nil
	}
	_, err := lead.UpsertMany(ctx, tx, list, lead.Options{})
	return err
}

// lesson is what an event says of the person.
func lesson(e *event.Event) lead.Fields {
	traits := e.Traits()
	f := fieldsOf(traits)
	f.Lead, f.Company.Mail = e.Lead, traits["email"]
	f.From = &lead.Source{Standing: e.Marks.Standing(), At: e.At, Event: e.ID}
	return f
}

// Relearn rebuilds from the log what senders said of leads, after events came to them or left them: values
// whose event is gone go, and what other events say takes their place.
func (e *Engine) Relearn(ctx context.Context, tx *db.Tx, leads []id.ID) error {
	leads, err := lead.Unlearn(ctx, tx, leads)
	if err != nil || len(leads) == 0 {
		return err
	}
	var list []lead.Fields
	err = event.EachWithTraits(ctx, tx, e.Kinds, leads, func(ev *event.Event) error {
		list = append(list, lesson(ev))
		return nil
	})
	if err != nil || len(list) == 0 {
		return err
	}
	_, err = lead.UpsertMany(ctx, tx, list, lead.Options{})
	return err
}

// OnMoved relearns leads whose events moved.
func (e *Engine) OnMoved(ctx context.Context, tx *db.Tx, posts []lead.Moved) error {
	leads := make([]id.ID, len(posts))
	for i, p := range posts {
		leads[i] = p.Lead
	}
	return e.Relearn(ctx, tx, leads)
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
