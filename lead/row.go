package lead

import (
	"errors"

	"kizashi/id"
)

const columns = `l.id, l.company, l.name, l.last_name, l.first_name, l.kana, l.email, l.phone, l.mobile, l.department,
	l.title, l.rank, l.postal, l.prefecture, l.address, l.source, l.tags, l.status, l.owner, l.corporate_mail,
	l.excluded, l.bant, l.wake_at, l.props, l.gone, l.merged_into, l.created_at, l.updated_at, l.listed, l.rank_set,
	l.known, l.unproven`

const insert = `INSERT INTO lead (id, company, name, last_name, first_name, kana, email, phone, mobile, department,
	title, rank, postal, prefecture, address, source, tags, status, owner, corporate_mail,
	excluded, bant, wake_at, props, gone, merged_into, created_at, updated_at, name_key, kana_key, listed, rank_set,
	known, unproven)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
	$21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34)`

const update = `UPDATE lead SET company = $2, name = $3, last_name = $4, first_name = $5, kana = $6, email = $7,
	phone = $8, mobile = $9, department = $10, title = $11, rank = $12, postal = $13, prefecture = $14,
	address = $15, source = $16, tags = $17, status = $18, owner = $19, corporate_mail = $20, excluded = $21,
	bant = $22, wake_at = $23, props = $24, gone = $25, merged_into = $26, created_at = $27, updated_at = $28,
	name_key = $29, kana_key = $30, listed = $31, rank_set = $32, known = $33, unproven = $34 WHERE id = $1`

// places are where a row of columns is read into.
func (l *Lead) places() []any {
	return []any{&l.ID, &l.Company, &l.Name, &l.LastName, &l.FirstName, &l.Kana, &l.Email, &l.Phone, &l.Mobile,
		&l.Department, &l.Title, &l.Rank, &l.Postal, &l.Prefecture, &l.Address, &l.Source, (*tagText)(&l.Tags),
		&l.Status, &l.Owner, (*flag)(&l.CorporateMail), &l.Excluded, &l.BANT, &l.WakeAt, (*propText)(&l.Props),
		&l.Gone, &l.MergedInto, &l.CreatedAt, &l.UpdatedAt, &l.Listed, (*flag)(&l.RankSet), &l.Known, &l.Unproven}
}

// values are the arguments of insert and update.
func (l *Lead) values() []any {
	return []any{int64(l.ID), int64(l.Company), l.Name, l.LastName, l.FirstName, l.Kana, l.Email, l.Phone, l.Mobile,
		l.Department, l.Title, int64(l.Rank), l.Postal, l.Prefecture, l.Address, l.Source, tagText(l.Tags).String(),
		l.Status, int64(l.Owner), number(l.CorporateMail), l.Excluded, int64(l.BANT), l.WakeAt, propText(l.Props).String(),
		l.Gone, int64(l.MergedInto), l.CreatedAt, l.UpdatedAt, l.nameKey(), KanaKey(l.Kana),
		l.Listed, number(l.RankSet), l.Known.String(), int64(l.Unproven)}
}

// nameKey is NameKey of the name, made once.
func (l *Lead) nameKey() string {
	if l.keyed != l.Name {
		l.keyed, l.key = l.Name, NameKey(l.Name)
	}
	return l.key
}

func number(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

// flag reads a yes or no that is stored as 1 or 0.
type flag bool

func (f *flag) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return errors.New("lead: a flag is a number")
	}
	*f = n != 0
	return nil
}

// identity is a row of the table of that name.
type identity struct {
	Identity
	id     id.ID
	lead   id.ID
	via    id.ID
	stands Standing // how strong the tie to the lead is
	tied   id.ID    // the event by which it came to the lead; 0 if none did
	fresh  bool     // made in this transaction: no event can stand under it yet
	stored bool     // its row is in the table
	dirty  bool     // the row differs from what it should be
}
