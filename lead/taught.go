package lead

// Untaught is a value of a lead that is not what the log says.
type Untaught struct{ Field, Stored, Said string }

// taught is what one of several descriptions says of a field.
type taught struct {
	value string
	from  Source
}

// Untaught compares a lead with what senders said of the person, in the order of the log: each value must be
// that of the strongest source, of equal ones the newest, or one of a stronger source that is not among them.
func (l *Lead) Untaught(said []Fields) (list []Untaught) {
	want := map[string]taught{}
	for i := range said {
		for field, value := range normalise(&said[i]).values() {
			is, have := want[field]
			if value != "" && (!have || said[i].From.outweighs(is.from) || is.value == value) {
				want[field] = taught{value, newer(*said[i].From, is.from, have)}
			}
		}
	}
	for field, w := range want {
		has, of := l.value(field), l.Known.Of(field)
		if has == w.value || of.outweighs(w.from) {
			continue
		}
		if _, is := propOf(field); is && has == "" && l.named() >= w.from.Standing.maxProps() {
			continue // full: what comes is kept in the log alone
		}
		list = append(list, Untaught{field, has, w.value})
	}
	return list
}

func newer(a, b Source, both bool) Source {
	if both && b.outweighs(a) {
		return b
	}
	return a
}

// values are what a description says of the fields that depend on it alone.
func (p *person) values() map[string]string {
	all := map[string]string{
		"name": p.Name, "kana": p.Kana, "phone": p.Phone, "mobile": p.Mobile, "department": p.Department,
		"title": p.Title, "postal": p.Postal, "prefecture": p.Prefecture, "address": p.Address,
	}
	for name, value := range p.Props {
		all[propField(name)] = value
	}
	return all
}
