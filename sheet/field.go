package sheet

import "slices"

// Field is what a column can mean for a lead or its company.
type Field string

// The fields. Those of the company say so in their comment.
const (
	LastName        Field = "last_name"
	FirstName       Field = "first_name"
	Name            Field = "name" // whole name in one cell
	LastKana        Field = "last_kana"
	FirstKana       Field = "first_kana"
	Kana            Field = "kana"
	Email           Field = "email"
	Email2          Field = "email2"
	Company         Field = "company"          // company: name
	CompanyKana     Field = "company_kana"     // company
	CorporateNumber Field = "corporate_number" // company: 法人番号
	Department      Field = "department"
	Title           Field = "title"
	Rank            Field = "rank" // class of title: 部長クラス
	Phone           Field = "phone"
	Mobile          Field = "mobile"
	Fax             Field = "fax"
	Postal          Field = "postal"
	Prefecture      Field = "prefecture"
	City            Field = "city"
	Address         Field = "address"   // several columns are joined
	URL             Field = "url"       // company
	Industry        Field = "industry"  // company
	Employees       Field = "employees" // company: number or band
	Capital         Field = "capital"   // company
	Source          Field = "source"    // channel or medium that won the lead
	Campaign        Field = "campaign"  // campaign, event or document
	LastTouch       Field = "date"      // card exchanged, document requested, registered
	Memo            Field = "memo"      // several columns are joined
	Tags            Field = "tags"      // several columns are joined
	OptIn           Field = "opt_in"    // may get mail: read with Yes
	OptOut          Field = "opt_out"   // may not get mail: read with Yes, the strictest wins
	Owner           Field = "owner"     // our own person who looks after the lead
	WorkStatus      Field = "work_status"
	Budget          Field = "budget"
	Timing          Field = "timing"  // when they mean to buy
	RankAB          Field = "rank_ab" // rank A to D of the talk at a fair
)

// Fields are all fields, in the order in which a person chooses from them.
func Fields() []Field {
	return []Field{
		Name, LastName, FirstName, Kana, LastKana, FirstKana, Email, Email2,
		Company, CompanyKana, CorporateNumber, Department, Title, Rank,
		Phone, Mobile, Fax, Postal, Prefecture, City, Address,
		URL, Industry, Employees, Capital, Source, Campaign, LastTouch,
		Memo, Tags, OptIn, OptOut, Owner, WorkStatus, Budget, Timing, RankAB,
	}
}

// Known tells whether f is a field.
func (f Field) Known() bool { return slices.Contains(Fields(), f) }

// Label is the key of the field's name in package i18n.
func (f Field) Label() string { return "sheet.field." + string(f) }

// glue joins the values of fields that several columns may fill; "" for all others.
func (f Field) glue() string {
	switch f {
	case Address:
		return " "
	case Memo:
		return "\n"
	case Tags:
		return ","
	}
	return ""
}
