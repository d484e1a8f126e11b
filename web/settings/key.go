package settings

import (
	"context"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/job"
	"kizashi/lead"
	"kizashi/member"
	"kizashi/page"
	"kizashi/takeback"
)

// keyView is one key: what it can do, and what came with it.
type keyView struct {
	menu
	member.Key
	Now     int64
	Signing string // the signing secret of a public key in use

	From, Until string           // as typed, for the preview
	Asked       takeback.Range   // what they mean
	Preview     *takeback.Counts // nil until it is asked for
	Taken       []takenView      // the newest first
}

// Path is the address of the page.
func (v keyView) Path() string { return "/settings/keys/" + v.ID.String() }

// Kind names what the role lets a key do.
func (v keyView) Kind() string {
	switch v.Role {
	case act.Track, act.Server, act.Admin, act.Viewer:
		return string(v.Role)
	}
	return "person"
}

// Fates are what can become of people.
func (v keyView) Fates() []takeback.Fate { return takeback.Fates }

// Working tells that a take-back is on its way.
func (v keyView) Working() bool {
	for _, t := range v.Taken {
		if t.State == takeback.Running && !t.Failed {
			return true
		}
	}
	return false
}

// takenView is a take-back with the people who stay because somebody has worked on them.
type takenView struct {
	takeback.TakeBack
	Worked []*lead.Lead
	Job    id.ID
	Failed bool // the job will not go on by itself
}

// Percent is how much of it is done.
func (t takenView) Percent() int { return int(t.Share() * 100) }

// How many take-backs and people the page shows.
const (
	shownTaken  = 20
	shownWorked = 50
)

const keyPage = page.Of[keyView]("settings/key.html")

func readKey(r *page.Request) (v keyView, err error) {
	number, err := r.ID("id")
	if err != nil {
		return v, err
	}
	v = keyView{menu: menu{"keys"}, Now: r.Now}
	err = r.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		if v.Key, err = member.KeyOf(ctx, tx, number); err != nil {
			return err
		}
		if v.Role == act.Track && !v.Off(r.Now) {
			v.Signing = member.SigningSecret(tx.Seal(), v.ID)
		}
		list, err := takeback.OfKey(ctx, tx, v.ID, shownTaken)
		for _, t := range list {
			if err == nil {
				err = v.add(ctx, tx, t)
			}
		}
		return err
	})
	return v, err
}

func (v *keyView) add(ctx context.Context, tx *db.Tx, t takeback.TakeBack) error {
	one := takenView{TakeBack: t}
	if t.State == takeback.Running {
		work, err := job.FindKey(ctx, tx, takeback.JobKey(t.ID))
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		one.Job, one.Failed = work.ID, err == nil && work.Stopped()
	}
	people, err := takeback.People(ctx, tx, t.ID, takeback.Worked, 0, shownWorked)
	if err != nil {
		return err
	}
	found, err := lead.ByIDs(ctx, tx, people)
	for _, number := range people {
		if l := found[number]; l != nil {
			one.Worked = append(one.Worked, l)
		}
	}
	v.Taken = append(v.Taken, one)
	return err
}

// showKey shows a key and, for a time in the address, what it would mean to take back what came then.
func showKey(r *page.Request) error {
	v, err := readKey(r)
	if err != nil {
		return err
	}
	query := r.URL.Query()
	v.From, v.Until = query.Get("from"), query.Get("until")
	if !query.Has("from") {
		return keyPage.Show(r, v)
	}
	if err := v.ask(r); err != nil {
		return keyPage.Again(r, v, err)
	}
	counted, err := takeback.Preview(r.Context(), r.Door().DB, r.Who, v.Asked)
	if err != nil {
		return keyPage.Again(r, v, err)
	}
	v.Preview = &counted
	return keyPage.Show(r, v)
}

// ask reads the time that was typed; without an end, until now.
func (v *keyView) ask(r *page.Request) error {
	v.Asked = takeback.Range{Key: v.ID, From: v.CreatedAt, Until: r.Now + 1}
	for _, field := range []struct {
		text, path string
		into       *int64
	}{{v.From, "from", &v.Asked.From}, {v.Until, "until", &v.Asked.Until}} {
		at, _, err := r.Moment(field.text, field.path)
		if err != nil {
			return err
		}
		if at != 0 {
			*field.into = at
		}
	}
	if v.Asked.From >= v.Asked.Until {
		return fault.New(fault.Invalid, "takeback.range", nil).At("until")
	}
	return nil
}

// startTakeBack takes back what the preview has shown: the form brings the very moments.
func startTakeBack(r *page.Request) error {
	v, err := readKey(r)
	if err != nil {
		return err
	}
	values, err := r.Form()
	if err != nil {
		return err
	}
	c := &takeback.Start{Events: int64(number(values.Get("events"), 0)), Range: takeback.Range{
		Key: v.ID, From: int64(number(values.Get("from"), 0)), Until: int64(number(values.Get("until"), 0)),
	}}
	if err := r.Run(c); err != nil {
		return keyPage.Again(r, v, err)
	}
	return r.Done(v.Path(), "settings.takeback.started", nil, "")
}

func stopTakeBack(r *page.Request) error {
	number, err := r.ID("id")
	if err != nil {
		return err
	}
	var t takeback.TakeBack
	err = r.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		t, err = takeback.Find(ctx, tx, number)
		return err
	})
	if err == nil {
		err = r.Run(&takeback.Stop{TakeBack: number})
	}
	if err != nil {
		return err
	}
	return r.Done("/settings/keys/"+t.Key.String(), "settings.takeback.stopped", nil, "")
}
