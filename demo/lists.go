package demo

import (
	"context"

	"kizashi/act"
	"kizashi/company"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/fold"
	"kizashi/id"
	"kizashi/job"
	"kizashi/segment"
)

// kept are the segments that the team has kept from the first day on, so that there is something to see
// of who came and went.
var kept = []segment.Save{
	{Title: "検討が進んでいるA・B", Rule: `lead.fit in ["A", "B"] && count("price_view", days(14)) >= 1`},
	{Title: "いま反応のある決裁者", Rule: `lead.rank >= 5 && lead.temperature in ["hot", "warm"]`},
	{Title: "セミナー参加後、まだ話していない人", Rule: `did("seminar_attended", days(30)) && lead.status in ["untouched", "trying"]`},
}

// keepSegments makes the segments before there is anybody, so that they need not be filled.
func (s *simulation) keepSegments(ctx context.Context) error {
	var there []segment.Segment
	err := s.engine.Door.DB.Read(ctx, func(tx *db.Tx) (err error) {
		there, err = segment.Live(ctx, tx)
		return err
	})
	if err != nil || len(there) > 0 {
		return err
	}
	for _, one := range kept {
		if err := s.engine.Door.Run(ctx, s.one(act.Marketing, 0), &one); err != nil {
			return err
		}
	}
	return s.engine.Door.Write(ctx, func(tx *db.Tx) error {
		filling, err := fold.FillingSegments(ctx, tx)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		if err := job.Drop(ctx, tx, filling.Key); err != nil {
			return err
		}
		if err := segment.MarkReady(ctx, tx, tx.Now); err != nil {
			return err
		}
		return fold.Bump(ctx, tx)
	})
}

// tiers are how many companies stand on each tier of the target list.
var tiers = [...]int{4, 10, 20}

// aim makes a target list of the companies of which the most people are known.
func (s *simulation) aim(ctx context.Context) error {
	set := &company.SetTiers{Tiers: map[id.ID]int{}}
	err := s.engine.Door.DB.Read(ctx, func(tx *db.Tx) error {
		tier, room := 1, tiers[0]
		return tx.Each(ctx, `SELECT company FROM lead WHERE company <> 0 AND gone = '' GROUP BY company ORDER BY COUNT(*) DESC, company LIMIT $1`,
			[]any{tiers[0] + tiers[1] + tiers[2]}, func(scan func(...any) error) error {
				var number id.ID
				if err := scan(&number); err != nil {
					return err
				}
				if room == 0 {
					tier, room = tier+1, tiers[tier]
				}
				room--
				set.Tiers[number] = tier
				return nil
			})
	})
	if err != nil || len(set.Tiers) == 0 {
		return err
	}
	return s.engine.Door.Run(ctx, s.one(act.Marketing, 0), set)
}
