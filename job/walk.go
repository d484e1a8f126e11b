package job

import (
	"context"
	"strconv"

	"kizashi/db"
	"kizashi/fault"
)

// maxWalks is how many walks of one key there can be at once: one for each that may be on its way, and
// the one that waits.
const maxWalks = 8

// AddWalk asks for a walk over everything, Key being the name of the walk. One that has not begun yet
// will see this change, too, so that a hundred changes cost one walk; one on its way has passed things
// by, and another follows.
func AddWalk(ctx context.Context, tx *db.Tx, s Spec) error {
	name := s.Key
	for n := 0; ; n++ {
		s.Key = walkKey(name, n)
		found, err := FindKey(ctx, tx, s.Key)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		if err == nil && n < maxWalks-1 && found.underWay() {
			continue
		}
		_, err = Add(ctx, tx, s)
		return err
	}
}

func walkKey(name string, n int) string { return name + ":" + strconv.Itoa(n) }

func (s Status) underWay() bool { return s.State == Running || s.State == Ready && s.Done > 0 }

// Unfinished tells that the job is still to be done, or being done.
func (s Status) Unfinished() bool { return s.State == Running || s.State == Ready }

// Stopped tells that the job will not go on by itself: see Retry.
func (s Status) Stopped() bool { return s.State == Failed || s.State == Cancelled }

// FindWalk is the newest walk of a name; NotFound if there was none.
func FindWalk(ctx context.Context, tx *db.Tx, name string) (newest Status, err error) {
	for n := range maxWalks {
		found, err := FindKey(ctx, tx, walkKey(name, n))
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return newest, err
		}
		if err == nil && found.ID > newest.ID {
			newest = found
		}
	}
	if newest.ID == 0 {
		return newest, noJob()
	}
	return newest, nil
}
