package company_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"kizashi/act"
	"kizashi/company"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
)

// A change of a company is taken back with its domain, as long as nobody changed the same since.
func TestAChangeIsTakenBack(t *testing.T) {
	engines(t, func(s *store) {
		made := s.ensure(company.Fields{Name: "株式会社青空", Number: number, Domain: "aozora.example"})[0]
		find := func() (c *company.Company) {
			err := s.door.DB.Read(s.ctx, func(tx *db.Tx) (err error) {
				c, err = company.ByID(s.ctx, tx, made.ID)
				return err
			})
			if err != nil {
				s.Fatal(err)
			}
			return c
		}
		was := find()
		name, domain, size, none := "青空製作所", "aozora-mfg.example", 300, ""
		c := &company.Change{ID: made.ID, CompanyName: &name, Domain: &domain, Size: &size, Number: &none}
		back := func() error {
			return s.run(act.NewTakeBack(made.ID, []id.ID{c.AuditRow()}, &company.Change{}))
		}
		if err := s.run(c); err != nil {
			s.Fatal(err)
		}
		if err := back(); err != nil {
			s.Fatal(err)
		}
		is := find()
		is.UpdatedAt = was.UpdatedAt
		if d := cmp.Diff(was, is); d != "" {
			s.Error(d)
		}
		if other := s.ensure(company.Fields{Name: "別の会社", Domain: domain})[0]; other.ID == made.ID {
			s.Error("the domain still leads to the company")
		}
		if err := back(); fault.KindOf(err) != fault.Conflict {
			s.Error(err)
		}
	})
}
