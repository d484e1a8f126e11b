package lead

import (
	"context"

	"kizashi/company"
	"kizashi/id"
)

// RoleOf is the role in a purchase of a rank; 0 for people outside the company's ranks.
func RoleOf(rank int) company.Roles {
	switch {
	case rank >= RankDirector:
		return company.Decider
	case rank >= RankManager:
		return company.Manager
	case rank >= RankStaff:
		return company.Staff
	}
	return 0
}

// remeasure says of which companies the heat changes with the leads: who works there, in which role,
// and whether they count.
func (b *book) remeasure(ctx context.Context) error {
	var list []id.ID
	for _, l := range b.touched {
		was := b.before[l.ID]
		if was == nil {
			was = &Lead{}
		}
		if was.Company == l.Company && was.Rank == l.Rank && was.Excluded == l.Excluded && was.Gone == l.Gone {
			continue
		}
		for _, c := range []id.ID{was.Company, l.Company} {
			if c != 0 {
				list = append(list, c)
			}
		}
	}
	return company.Remeasure(ctx, b.tx, list)
}
