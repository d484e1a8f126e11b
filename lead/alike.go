package lead

import (
	"context"
	"encoding/json"
	"slices"

	"kizashi/db"
	"kizashi/id"
)

// maxAlike bounds how many leads one new lead is suggested to be.
const maxAlike = 5

// readAlike reads the leads that the people may be although they share no identity: those with their
// name in their company, and those with their mobile number.
func (u *upsert) readAlike(ctx context.Context, people []*person) error {
	if err := u.readNamesakes(ctx, people); err != nil {
		return err
	}
	if err := u.readReadings(ctx, people); err != nil {
		return err
	}
	if err := u.readMobiles(ctx, people); err != nil {
		return err
	}
	return u.readPhones(ctx)
}

func (u *upsert) readNamesakes(ctx context.Context, people []*person) error {
	asked := map[namesake]bool{}
	var companies []int64
	var keys []string
	for _, p := range people {
		n := namesake{p.Company, p.nameKey()}
		if n.company == 0 || n.nameKey == "" || asked[n] || p.inCompany.CreatedAt == u.tx.Now {
			continue // a company of this moment has no other leads
		}
		asked[n] = true
		companies, keys = append(companies, int64(n.company)), append(keys, n.nameKey)
	}
	if len(keys) == 0 {
		return nil
	}
	from, args := pairs(u.tx, companies, keys)
	var ids []id.ID
	err := u.tx.Each(ctx, `SELECT l.id FROM `+from+` JOIN lead l ON l.company = n.company AND l.name_key = n.name_key
		AND l.company <> 0 AND l.gone = ''`, args, func(scan func(...any) error) error {
		ids = append(ids, 0)
		return scan(&ids[len(ids)-1])
	})
	if err != nil {
		return err
	}
	if err := u.readLeads(ctx, ids); err != nil {
		return err
	}
	slices.Sort(ids)
	for _, i := range ids {
		l := u.leads[i]
		n := namesake{l.Company, l.nameKey()}
		u.byName[n] = append(u.byName[n], l)
	}
	return nil
}

// pairs is a table n (company, name_key) of the values.
func pairs(tx *db.Tx, companies []int64, keys []string) (from string, args []any) {
	from = `{postgres:unnest($1::bigint[], $2::text[]) AS n(company, name_key)}{sqlite:(SELECT
		json_extract(value, '$[0]') AS company, json_extract(value, '$[1]') AS name_key FROM json_each($1)) n}`
	if tx.Engine() == db.Postgres {
		return from, []any{companies, keys}
	}
	list := make([][2]any, len(keys))
	for i := range keys {
		list[i] = [2]any{companies[i], keys[i]}
	}
	raw, _ := json.Marshal(list) // numbers and texts: cannot fail
	return from, []any{string(raw)}
}

// readReadings reads the leads with the readings (フリガナ) of the people in their companies: 斉藤 and 齋藤
// are folded to one name already, but 渡部 and 渡邊 are not.
func (u *upsert) readReadings(ctx context.Context, people []*person) error {
	asked := map[namesake]bool{}
	var companies []int64
	var keys []string
	for _, p := range people {
		n := p.reading()
		if n.company == 0 || n.nameKey == "" || asked[n] || p.inCompany.CreatedAt == u.tx.Now {
			continue
		}
		asked[n] = true
		companies, keys = append(companies, int64(n.company)), append(keys, n.nameKey)
	}
	if len(keys) == 0 {
		return nil
	}
	from, args := pairs(u.tx, companies, keys)
	ids, err := idsOf(ctx, u.tx, `SELECT l.id FROM `+from+` JOIN lead l ON l.company = n.company AND l.kana_key = n.name_key
		AND l.company <> 0 AND l.kana_key <> '' AND l.gone = ''`, args...)
	if err != nil {
		return err
	}
	if err := u.readLeads(ctx, ids); err != nil {
		return err
	}
	slices.Sort(ids)
	for _, i := range ids {
		l := u.leads[i]
		u.byKana[l.reading()] = append(u.byKana[l.reading()], l)
	}
	return nil
}

// reading is the key of the reading in the company.
func (l *Lead) reading() namesake { return namesake{l.Company, KanaKey(l.Kana)} }

func (u *upsert) readMobiles(ctx context.Context, people []*person) error {
	var numbers []string
	for _, p := range people {
		if p.Mobile != "" {
			numbers = append(numbers, p.Mobile)
		}
	}
	if len(numbers) == 0 {
		return nil
	}
	type owner struct {
		phone string
		lead  id.ID
	}
	var owners []owner
	var ids []id.ID
	in, arg := u.tx.InTexts("$1", numbers)
	err := u.tx.Each(ctx, `SELECT phone, lead FROM lead_phone WHERE phone`+in+` ORDER BY lead`, []any{arg},
		func(scan func(...any) error) error {
			var o owner
			err := scan(&o.phone, &o.lead)
			owners, ids = append(owners, o), append(ids, o.lead)
			return err
		})
	if err != nil {
		return err
	}
	if err := u.readLeads(ctx, ids); err != nil {
		return err
	}
	for _, o := range owners {
		if l := u.leads[o.lead]; l != nil && l.Gone == "" {
			u.byPhone[o.phone] = append(u.byPhone[o.phone], l)
		}
	}
	return nil
}

// readPhones reads all numbers of the leads that are known by now.
func (u *upsert) readPhones(ctx context.Context) error {
	u.phonesOf = map[id.ID][]string{}
	if len(u.leads) == 0 {
		return nil
	}
	ids := make([]id.ID, 0, len(u.leads))
	for i := range u.leads {
		ids = append(ids, i)
	}
	in, arg := u.tx.In("$1", ids)
	return u.tx.Each(ctx, `SELECT lead, phone FROM lead_phone WHERE lead`+in, []any{arg}, func(scan func(...any) error) error {
		var lead id.ID
		var phone string
		err := scan(&lead, &phone)
		u.phonesOf[lead] = append(u.phonesOf[lead], phone)
		return err
	})
}

// namesakeOf finds the lead of somebody without mail address and user id: the same name with the
// same number, or the same name, department and title in one company where neither gives a number.
func (u *upsert) namesakeOf(p *person) *Lead {
	if p.nameKey() == "" {
		return nil
	}
	for _, l := range u.byName[namesake{p.Company, p.nameKey()}] {
		if p.Company != 0 && l.Gone == "" && u.sameDesk(l, p) {
			return l
		}
	}
	for _, l := range u.byPhone[p.Mobile] {
		if p.Mobile != "" && l.Gone == "" && l.nameKey() == p.nameKey() {
			return l
		}
	}
	return nil
}

func (u *upsert) sameDesk(l *Lead, p *person) bool {
	if len(p.phones) == 0 {
		return len(u.phonesOf[l.ID]) == 0 && l.Department == p.Department && l.Title == p.Title
	}
	return slices.ContainsFunc(p.phones, func(digits string) bool { return slices.Contains(u.phonesOf[l.ID], digits) })
}

// suggestAlike records whom a new lead may be, and makes it known for the people that follow.
func (u *upsert) suggestAlike(l *Lead, p *person) {
	if n := (namesake{p.Company, p.nameKey()}); n.company != 0 && n.nameKey != "" {
		for _, other := range u.byName[n][:min(maxAlike, len(u.byName[n]))] {
			u.suggest(l.ID, other.ID, WhyName)
		}
		u.byName[n] = append(u.byName[n], l)
	}
	if n := p.reading(); n.company != 0 && n.nameKey != "" {
		for _, other := range u.byKana[n][:min(maxAlike, len(u.byKana[n]))] {
			u.suggest(l.ID, other.ID, WhyKana)
		}
		u.byKana[n] = append(u.byKana[n], l)
	}
	if p.Mobile == "" {
		return
	}
	for _, other := range u.byPhone[p.Mobile][:min(maxAlike, len(u.byPhone[p.Mobile]))] {
		switch {
		case other.nameKey() == l.nameKey() && other.Company != 0 && l.Company != 0 && other.Company != l.Company:
			u.suggest(l.ID, other.ID, WhyMoved)
		case other.LastName != "" && NameKey(other.LastName) == NameKey(l.LastName):
			u.suggest(l.ID, other.ID, WhyMobile)
		}
	}
	u.byPhone[p.Mobile] = append(u.byPhone[p.Mobile], l)
}
