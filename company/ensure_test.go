package company_test

import (
	"context"
	"errors"
	"testing"

	"kizashi/act"
	"kizashi/company"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/testkit"
)

type store struct {
	*testing.T
	ctx  context.Context
	door *act.Door
}

func engines(t *testing.T, test func(s *store)) {
	testkit.Engines(t, func(t *testing.T, url string) {
		ctx := context.Background()
		d, err := db.Open(ctx, url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		})
		test(&store{t, ctx, act.NewDoor(d)})
	})
}

func (s *store) ensure(list ...company.Fields) (found []*company.Company) {
	s.Helper()
	err := s.door.Write(s.ctx, func(tx *db.Tx) (err error) {
		found, err = company.EnsureMany(s.ctx, tx, list, false)
		return err
	})
	if err != nil {
		s.Fatal(err)
	}
	return found
}

func (s *store) run(c act.Command) error { return s.door.Run(s.ctx, act.Product, c) }

const number, otherNumber = "7000012050002", "1180301018771"

// The rules of 名寄せ: what means one company, in one call and in two.
func TestWhatMeansOneCompany(t *testing.T) {
	type f = company.Fields
	tests := []struct {
		name string
		a, b f
		same bool
	}{
		{"number", f{Name: "甲社", Number: number}, f{Name: "乙社", Number: "T" + number}, true},
		{"domain and similar name", f{Name: "株式会社さくら工業", Mail: "a@sakura.example"}, f{Name: "さくら工業(株) 大阪支店", Mail: "b@sakura.example"}, true},
		{"domain, other script", f{Name: "Sakura Industries", Mail: "a@sakura.example"}, f{Name: "株式会社さくら工業", Mail: "b@sakura.example"}, true},
		{"domain alone", f{Mail: "a@sakura.example"}, f{Mail: "b@sakura.example"}, true},
		{"domain, named later", f{Mail: "a@sakura.example"}, f{Name: "株式会社さくら工業", Mail: "b@sakura.example"}, true},
		{"domain of a group", f{Name: "日立製作所", Mail: "a@hitachi.example"}, f{Name: "松下電器産業", Mail: "b@hitachi.example"}, false},
		{"free mail", f{Name: "甲商店", Mail: "a@gmail.com"}, f{Name: "乙商店", Mail: "b@gmail.com"}, false},
		{"name and telephone", f{Name: "アシスト株式会社", Phone: "03-1234-5678"}, f{Name: "株式会社アシスト", Phone: "+81 3 1234 5678"}, true},
		{"name and address", f{Name: "アシスト株式会社", Postal: "100-0001", Address: "千代田1-2-3"}, f{Name: "(株)アシスト", Postal: "１０００００１", Address: "千代田区千代田1−2−3"}, true},
		{"the same spelling", f{Name: "株式会社アシスト"}, f{Name: "㈱アシスト"}, true},
		{"the same but in front, behind", f{Name: "株式会社アシスト"}, f{Name: "アシスト株式会社"}, false},
		{"spelling against number", f{Name: "株式会社アシスト", Number: number}, f{Name: "株式会社アシスト", Number: otherNumber}, false},
		{"spelling against domain", f{Name: "株式会社アシスト", Mail: "a@ashisuto.example"}, f{Name: "株式会社アシスト", Mail: "a@assist.example"}, false},
	}
	engines(t, func(s *store) {
		for _, test := range tests {
			one, two := s.ensure(test.a)[0], s.ensure(test.b)[0]
			if (one.ID == two.ID) != test.same {
				s.Errorf("%s, one after the other: %+v %+v", test.name, one, two)
			}
			s.empty()
			if both := s.ensure(test.a, test.b); (both[0].ID == both[1].ID) != test.same {
				s.Errorf("%s, in one call: %+v %+v", test.name, both[0], both[1])
			}
			s.empty()
		}
	})
}

// empty forgets all companies.
func (s *store) empty() {
	s.Helper()
	err := s.door.Write(s.ctx, func(tx *db.Tx) error {
		for _, table := range []string{"company", "company_domain"} {
			if _, err := tx.Exec(s.ctx, `DELETE FROM `+table); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.Fatal(err)
	}
}

func TestWhatIsUnknownIsFilled(t *testing.T) {
	engines(t, func(s *store) {
		s.ensure(company.Fields{Mail: "a@sakura.example"})
		s.ensure(company.Fields{Name: "株式会社さくら", Mail: "b@sakura.example", Number: number, Industry: "製造業", Size: "300〜499名"})
		c := s.ensure(company.Fields{Name: "さくら", Number: number, Industry: "G", Phone: "06-1111-2222"})[0]
		if c.Name != "株式会社さくら" || c.Industry != "E" || c.Size != 300 || c.Phone != "0611112222" || c.Domain != "sakura.example" {
			s.Errorf("%+v", c)
		}
		if none := s.ensure(company.Fields{Phone: "03-1234-5678", Mail: "x@gmail.com"})[0]; none != nil {
			s.Errorf("made of nothing: %+v", none)
		}
	})
}

func TestChangeIsCheckedAndTold(t *testing.T) {
	engines(t, func(s *store) {
		var told []company.Changed
		act.Handle(s.door, func(_ context.Context, _ *db.Tx, list []company.Changed) error {
			told = append(told, list...)
			return nil
		})
		found := s.ensure(company.Fields{Name: "甲社", Mail: "a@kou.example"}, company.Fields{Name: "乙社", Mail: "b@otsu.example", Number: number})
		tier, yes, taken, wrong, shared, theirs := 1, true, "otsu.example", "7000012050003", "gmail.com", number
		if err := s.run(&company.Change{ID: found[0].ID, Tier: &tier, Competitor: &yes}); err != nil {
			s.Fatal(err)
		}
		if len(told) != 1 || told[0] != (company.Changed{Company: found[0].ID, Competitor: true}) {
			s.Errorf("told %+v", told)
		}
		for key, c := range map[string]*company.Change{
			"company.domain_taken":  {ID: found[0].ID, Domain: &taken},
			"company.domain_shared": {ID: found[0].ID, Domain: &shared},
			"company.number.check":  {ID: found[0].ID, Number: &wrong},
			"company.number_taken":  {ID: found[0].ID, Number: &theirs},
			"company.not_found":     {ID: 42, Tier: &tier},
		} {
			var f *fault.Error
			if err := s.run(c); !errors.As(err, &f) || f.Key != key {
				s.Errorf("want %s, got %v", key, err)
			}
		}
	})
}

func TestListFindsAndPages(t *testing.T) {
	engines(t, func(s *store) {
		s.ensure(company.Fields{Name: "株式会社さくら工業", Mail: "a@sakura.example", Number: number},
			company.Fields{Name: "サクラ商事"}, company.Fields{Name: "梅田商事"}, company.Fields{Name: "アシスト株式会社"}, company.Fields{Name: "株式会社アシスト"})
		for query, want := range map[string]int{"商事": 2, "㈱さくら工業": 1, number: 1, "Sakura.Example": 1, "無い": 0, "": 5} {
			if got := s.list(query, 0, 10); len(got) != want {
				s.Errorf("%q finds %d", query, len(got))
			}
		}
		first := s.list("", 0, 3)
		rest := s.list("", first[2].ID, 3)
		if len(rest) != 2 || rest[0].ID >= first[2].ID {
			s.Errorf("second page: %+v", rest)
		}
		err := s.door.DB.Read(s.ctx, func(tx *db.Tx) error {
			alike, err := company.Alike(s.ctx, tx, first[0], 10)
			if len(alike) != 1 || alike[0].ID != first[1].ID {
				s.Errorf("alike: %+v", alike)
			}
			return err
		})
		if err != nil {
			s.Fatal(err)
		}
	})
}

func (s *store) list(query string, after id.ID, limit int) (list []*company.Company) {
	s.Helper()
	err := s.door.DB.Read(s.ctx, func(tx *db.Tx) (err error) {
		list, err = company.List(s.ctx, tx, company.Query{Search: query, After: after, Limit: limit})
		return err
	})
	if err != nil {
		s.Fatal(err)
	}
	return list
}
