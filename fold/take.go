package fold

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"unicode/utf8"

	"kizashi/clock"
	"kizashi/db"
	"kizashi/event"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/setting"
	"kizashi/task"
)

// year2000 is the oldest moment that an event may claim, ms UTC.
const year2000 int64 = 946_684_800_000

// skew is how far ahead a sender's clock may be before its time is corrected.
const skew = 2 * clock.Minute

// item is one message on its way through the transaction.
type item struct {
	message *event.Message
	answer  *Answer
	number  id.ID // of its event
	at      int64 // when it happened, ms UTC, as far as it can be believed
	marks   event.Mark
	sent    event.Sent
	kind    string          // that it is kept under; "" = it only says who somebody is
	class   event.Class     // that it is kept as
	props   json.RawMessage // that it is kept with
	event   *event.Event
}

// source is where what the message says of the person is from.
func (it *item) source() lead.Source {
	return lead.Source{Standing: it.message.Standing, At: it.at, Event: it.number}
}

// take is the one transaction: resolve → log → fold → state → reactions.
func (e *Engine) take(ctx context.Context, tx *db.Tx, batch []*request) error {
	items := sound(batch)
	items, err := e.fresh(ctx, tx, items)
	if err != nil || len(items) == 0 {
		return err
	}
	if items, err = e.nameKinds(ctx, tx, items); err != nil || len(items) == 0 {
		return err
	}
	for _, it := range items {
		it.number = tx.NewID()
		it.at, it.marks = correctTime(it.message.At, tx.Now)
	}
	owners, err := resolve(ctx, tx, items)
	if err != nil {
		return err
	}
	if items, owners = known(items, owners); len(items) == 0 {
		return nil
	}
	if err := e.limit(ctx, tx, items, owners); err != nil {
		return err
	}
	if err := learn(ctx, tx, items, owners); err != nil {
		return err
	}
	pages, err := setting.KeyPages(ctx, tx)
	if err != nil {
		return err
	}
	events, work, err := recordAll(items, owners, pages)
	if err != nil {
		return err
	}
	if err := event.Append(ctx, tx, e.Kinds, events); err != nil {
		return err
	}
	if err := touch(ctx, tx, events, work); err != nil {
		return err
	}
	gather(tx, work)
	return e.Visit(ctx, tx, work)
}

// limit keeps what public keys bring within bounds.
func (e *Engine) limit(ctx context.Context, tx *db.Tx, items []*item, owners []lead.Resolved) error {
	if !slices.ContainsFunc(items, (*item).public) {
		return nil
	}
	taken := e.Limits.Begin(tx.Now)
	tx.After(taken.Keep)
	if err := e.ration(ctx, tx, items, owners, taken); err != nil {
		return err
	}
	return e.watch(ctx, tx, items, owners, taken)
}

// recordAll makes the events of messages, answers them, and lists what they mean for leads.
func recordAll(items []*item, owners []lead.Resolved, pages setting.Pages) (events []*event.Event, work Batch, err error) {
	work = Batch{}
	for i, it := range items {
		if it.event, err = record(it, owners[i], pages); err != nil {
			return nil, nil, err
		}
		events = append(events, it.event)
		it.answer.Event = it.event.ID
		if owners[i].Anonymous {
			continue
		}
		it.answer.Lead = owners[i].Lead
		if it.event.Class == event.Human {
			w := work.For(owners[i].Lead)
			w.Events = append(w.Events, it.event)
		}
	}
	return events, work, nil
}

// OnLogged folds what people wrote down of their own acts.
func (e *Engine) OnLogged(ctx context.Context, tx *db.Tx, posts []event.Logged) error {
	work := Batch{}
	events := make([]*event.Event, len(posts))
	for i, p := range posts {
		events[i] = p.Event
		w := work.For(p.Event.Lead)
		w.Events = append(w.Events, p.Event)
	}
	if err := event.Append(ctx, tx, e.Kinds, events); err != nil {
		return err
	}
	if err := touch(ctx, tx, events, work); err != nil {
		return err
	}
	return e.Visit(ctx, tx, work)
}

// touch notes on leads that we got in touch: nobody waits for an answer any more.
func touch(ctx context.Context, tx *db.Tx, events []*event.Event, work Batch) error {
	var rows [][]any
	for _, ev := range events {
		if ev.Tag == event.Contacted && ev.Class == event.Human {
			rows = append(rows, []any{int64(ev.Lead), ev.At})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if err := lockLeads(ctx, tx, work); err != nil {
		return err
	}
	return task.Touched(ctx, tx, rows)
}

// gather takes what resolving has posted about leads into the same visit; other messages go on.
func gather(tx *db.Tx, work Batch) {
	for _, post := range tx.TakePosts() {
		switch m := post.(type) {
		case lead.Changed:
			work.For(m.Lead).Refresh = true
		case lead.Rewritten:
			work.For(m.Lead).Rewrite(m.Since)
		default:
			tx.Post(post)
		}
	}
}

// sound lists the messages that can be taken; the others get their error.
func sound(batch []*request) []*item {
	var items []*item
	for _, r := range batch {
		for i := range r.messages {
			r.answers[i] = Answer{}
			if err := check(&r.messages[i]); err != nil {
				r.answers[i].Err = err
				continue
			}
			m := &r.messages[i]
			items = append(items, &item{message: m, answer: &r.answers[i], kind: m.Kind, class: m.Class, props: m.Props})
		}
	}
	return items
}

func check(m *event.Message) *fault.Error {
	for _, text := range []struct {
		path, value string
		limit       int
	}{
		{"messageId", m.ID, event.MaxMessageID}, {"event", m.Kind, event.MaxKind},
		{"userId", m.User, event.MaxIdentity}, {"anonymousId", m.Visitor, event.MaxIdentity},
		{"email", m.Email, event.MaxIdentity}, {"subject", m.Subject, event.MaxSubject},
	} {
		if utf8.RuneCountInString(text.value) > text.limit {
			return fault.New(fault.Invalid, "fault.too_long", fault.Args{"limit": text.limit}).At(text.path)
		}
	}
	if event.Reserved(m.Kind) {
		return fault.New(fault.Invalid, "intake.reserved", fault.Args{"event": m.Kind}).At("event")
	}
	if m.User == "" && m.Visitor == "" && m.Email == "" && m.Lead == 0 {
		return fault.New(fault.Invalid, "intake.nobody", nil).At("anonymousId")
	}
	if traitBytes(m.Traits) > event.MaxProps {
		return fault.New(fault.TooLarge, "fault.too_large", fault.Args{"limit": "32 KiB"}).At("traits")
	}
	if len(m.Props) > event.MaxProps {
		return fault.New(fault.TooLarge, "fault.too_large", fault.Args{"limit": "32 KiB"}).At("properties")
	}
	if len(m.Props) > 0 && !json.Valid(m.Props) {
		return fault.New(fault.Malformed, "intake.props", nil).At("properties")
	}
	if event.Depth(m.Props) > event.MaxDepth { // answers and readers nest it further, and have their own limits
		return fault.New(fault.Invalid, "intake.nested", fault.Args{"limit": event.MaxDepth}).At("properties")
	}
	return nil
}

func traitBytes(traits map[string]string) (n int) {
	for name, text := range traits {
		n += len(name) + len(text)
	}
	return n
}

// fresh drops the messages that the log has, in this batch or before; they are answered like the first.
func (e *Engine) fresh(ctx context.Context, tx *db.Tx, items []*item) ([]*item, error) {
	sent := make([]event.Sent, len(items))
	for i, it := range items {
		sent[i] = sentOf(it.message)
	}
	known, err := event.Repeats(ctx, tx, sent)
	if err != nil {
		return nil, err
	}
	first := map[string]*item{}
	kept := items[:0]
	for i, it := range items {
		it.sent = sent[i]
		if it.message.ID == "" {
			kept = append(kept, it)
			continue
		}
		if known[i] != 0 {
			it.answer.Event, it.answer.Repeated = known[i], true
			continue
		}
		key := sent[i].Key()
		if before := first[key]; before != nil {
			tx.After(func() { *it.answer = *before.answer; it.answer.Repeated = true })
			continue
		}
		first[key] = it
		kept = append(kept, it)
	}
	return kept, nil
}

func sentOf(m *event.Message) event.Sent {
	who := lead.Asked{User: m.User, Visitor: m.Visitor, Email: m.Email}
	return event.Sent{Message: m.ID, Door: m.Door, Names: who.Names(), Lead: m.Lead}
}

// resolve finds out who each message is about.
func resolve(ctx context.Context, tx *db.Tx, items []*item) ([]lead.Resolved, error) {
	asked := make([]lead.Asked, len(items))
	for i, it := range items {
		m := it.message
		asked[i] = lead.Asked{Lead: m.Lead, User: m.User, Visitor: m.Visitor, Email: m.Email, Source: it.source()}
	}
	return lead.ResolveMany(ctx, tx, asked)
}

// known leaves out the messages whose person cannot be found; they get their error.
func known(items []*item, owners []lead.Resolved) ([]*item, []lead.Resolved) {
	n := 0
	for i, it := range items {
		if owners[i].Err != nil {
			it.answer.Err = owners[i].Err
			continue
		}
		items[n], owners[n] = it, owners[i]
		n++
	}
	return items[:n], owners[:n]
}

// record makes the event of a message. What it says of the person stands in it, so that the lead's attributes
// can be made again from the log.
func record(it *item, owner lead.Resolved, pages setting.Pages) (*event.Event, error) {
	m := it.message
	kind := cmp.Or(it.kind, event.Identified)
	tag := event.TagOf(kind)
	if kind == "page_view" {
		if tag = pages.Tag(m.Subject); event.Reserved(tag) {
			tag = "" // whoever opens a page has not been contacted by us
		}
	}
	props, marks := it.props, m.Marks|it.marks|event.Vouched(m.Standing)
	traits := m.Traits
	var err error
	if len(traits) > 0 {
		marks |= event.MarkTraits
		if props, err = event.WithTraits(kind, props, traits); err != nil {
			return nil, err
		}
	}
	if lead.Placeholder(m.User) {
		marks |= event.MarkPlaceholder
		if props, err = event.WithPlaceholder(props, m.User); err != nil {
			return nil, err
		}
	}
	made := &event.Event{
		ID: it.number, At: it.at, Lead: owner.Lead, Who: owner.Who, Kind: kind, Tag: tag, Class: it.class,
		Channel: m.Channel, Subject: m.Subject, Message: m.ID, Marks: marks, Props: props, Door: m.Door,
	}
	made.Scope(it.sent)
	return made, nil
}

// correctTime gives an event without a believable time the time of its arrival, and marks it.
func correctTime(at, now int64) (int64, event.Mark) {
	switch {
	case at == 0:
		return now, 0
	case at > now+skew:
		return now, event.MarkFuture
	case at > now:
		return now, 0
	case at < year2000:
		return now, event.MarkAncient
	}
	return at, 0
}
