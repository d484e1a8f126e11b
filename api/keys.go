package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/id"
	"kizashi/member"
	"kizashi/takeback"
)

func (s *service) keyOperations(a huma.API) {
	register(a, operation{id: "listKeys", method: http.MethodGet, path: "/keys", summary: "List API keys, newest first",
		describe: "Their secrets are not kept."}, s.listKeys)
	register(a, operation{id: "previewTakeBack", method: http.MethodPost, path: "/keys/{id}/take-back/preview",
		summary: "What it would mean to take back what came with a key", describe: "Changes nothing."}, s.previewTakeBack)
	register(a, operation{id: "startTakeBack", method: http.MethodPost, path: "/keys/{id}/take-back", status: http.StatusAccepted,
		summary: "Take back what came with a key",
		describe: "Events that came with the key in that time leave the log, with the values and ties that only they brought. People of whom " +
			"nothing else is known, and on whom nobody has worked, go. This cannot be undone; it runs in the background."}, s.startTakeBack)
	register(a, operation{id: "listTakeBacks", method: http.MethodGet, path: "/keys/{id}/take-back",
		summary: "List what was taken back of a key, newest first"}, s.listTakeBacks)
	register(a, operation{id: "getTakeBack", method: http.MethodGet, path: "/take-backs/{id}",
		summary: "How far a take-back has come, and who stays"}, s.getTakeBack)
	register(a, operation{id: "stopTakeBack", method: http.MethodPost, path: "/take-backs/{id}/stop", conflict: true,
		summary: "Stop a take-back", describe: "What is taken back until then stays so."}, s.stopTakeBack)
}

// keyJSON is a key as the API shows it.
type keyJSON struct {
	ID        id.ID      `json:"id"`
	Name      string     `json:"name"`
	Role      act.Role   `json:"role" enum:"admin,marketing,inside,field,viewer,server,track"`
	CreatedAt time.Time  `json:"created_at"`
	RevokedAt *time.Time `json:"revoked_at"`
	ExpiresAt *time.Time `json:"expires_at"`
	UsedAt    *time.Time `json:"used_at" doc:"To the minute."`
}

func (s *service) listKeys(ctx context.Context, _ *struct{}) (*output[list[keyJSON]], error) {
	var found []member.Key
	err := s.read(ctx, func(tx *db.Tx) (err error) {
		found, err = member.Keys(ctx, tx)
		return err
	})
	return answer(list[keyJSON]{Items: each(found, func(k member.Key) keyJSON {
		return keyJSON{k.ID, k.Name, k.Role, clock.Time(k.CreatedAt), moment(k.RevokedAt), moment(k.ExpiresAt), moment(k.UsedAt)}
	})}), err
}

// rangeBody is a time in which events came, by the clock of the server.
type rangeBody struct {
	From  *time.Time `json:"from,omitempty" doc:"Since the key was made, unless it is given."`
	Until *time.Time `json:"until,omitempty" doc:"Before this moment; now, unless it is given."`
}

func (b rangeBody) of(key id.ID, now int64) takeback.Range {
	r := takeback.Range{Key: key, Until: now + 1}
	if b.From != nil {
		r.From = b.From.UnixMilli()
	}
	if b.Until != nil {
		r.Until = b.Until.UnixMilli()
	}
	return r
}

// takenJSON counts what is taken back.
type takenJSON struct {
	Events   int64 `json:"events"`
	Values   int64 `json:"values" doc:"Attributes of people who stay that only these events brought."`
	Gone     int64 `json:"gone" doc:"People of whom nothing else is known, and on whom nobody has worked."`
	Worked   int64 `json:"worked" doc:"People who stay because somebody has worked on them."`
	Imported int64 `json:"imported" doc:"People who stay because a file names them."`
	Known    int64 `json:"known" doc:"People who stay because they were there before, or others know them."`
}

func showTaken(c takeback.Counts) takenJSON {
	return takenJSON{c.Events, c.Values, c.People[takeback.Gone], c.People[takeback.Worked], c.People[takeback.Imported],
		c.People[takeback.Known]}
}

// takeBackJSON is a take-back as the API shows it.
type takeBackJSON struct {
	ID        id.ID      `json:"id"`
	Key       id.ID      `json:"key"`
	From      time.Time  `json:"from"`
	Until     time.Time  `json:"until"`
	State     string     `json:"state" enum:"running,done,stopped"`
	Share     float64    `json:"share" doc:"How much is done, 0 to 1."`
	Taken     takenJSON  `json:"taken" doc:"Until now."`
	Worked    []id.ID    `json:"worked,omitempty" doc:"The first people who stay because somebody has worked on them; not in lists."`
	Job       *jobJSON   `json:"job,omitempty" doc:"The work in the background, while it lasts; not in lists."`
	CreatedAt time.Time  `json:"created_at"`
	EndedAt   *time.Time `json:"ended_at"`
}

func showTakeBack(t takeback.TakeBack) takeBackJSON {
	return takeBackJSON{
		ID: t.ID, Key: t.Key, From: clock.Time(t.From), Until: clock.Time(t.Until), State: string(t.State), Share: t.Share(),
		Taken: showTaken(t.Counts), CreatedAt: clock.Time(t.CreatedAt), EndedAt: moment(t.EndedAt),
	}
}

func (s *service) previewTakeBack(ctx context.Context, in *struct {
	One
	Body posted[rangeBody]
}) (*output[takenJSON], error) {
	d := s.Door.DB
	c, err := takeback.Preview(ctx, d, act.By(ctx), in.Body.Value.of(in.ID.ID, d.Clock.Now()))
	return answer(showTaken(c)), err
}

func (s *service) startTakeBack(ctx context.Context, in *struct {
	One
	Body posted[rangeBody]
}) (*output[takeBackJSON], error) {
	d := s.Door.DB
	r := in.Body.Value.of(in.ID.ID, d.Clock.Now())
	counted, err := takeback.Preview(ctx, d, act.By(ctx), r)
	if err != nil {
		return nil, err
	}
	c := &takeback.Start{Range: r, Events: counted.Events}
	if err := s.run(ctx, c); err != nil {
		return nil, err
	}
	return s.showOneTakeBack(ctx, c.TakeBack)
}

// shownTakeBacks is how many take-backs of a key are listed, and how many people of one.
const shownTakeBacks = 100

func (s *service) listTakeBacks(ctx context.Context, in *One) (*output[list[takeBackJSON]], error) {
	var found []takeback.TakeBack
	err := s.read(ctx, func(tx *db.Tx) error {
		if _, err := member.KeyOf(ctx, tx, in.ID.ID); err != nil {
			return err
		}
		var err error
		found, err = takeback.OfKey(ctx, tx, in.ID.ID, shownTakeBacks)
		return err
	})
	return answer(list[takeBackJSON]{Items: each(found, showTakeBack)}), err
}

func (s *service) getTakeBack(ctx context.Context, in *One) (*output[takeBackJSON], error) {
	return s.showOneTakeBack(ctx, in.ID.ID)
}

func (s *service) showOneTakeBack(ctx context.Context, number id.ID) (*output[takeBackJSON], error) {
	var shown takeBackJSON
	err := s.read(ctx, func(tx *db.Tx) error {
		found, err := takeback.Find(ctx, tx, number)
		if err != nil {
			return err
		}
		shown = showTakeBack(found)
		if shown.Worked, err = takeback.People(ctx, tx, number, takeback.Worked, 0, shownTakeBacks); err != nil {
			return err
		}
		if found.State == takeback.Running {
			shown.Job, err = jobOf(ctx, tx, takeback.JobKey(number))
		}
		return err
	})
	return answer(shown), err
}

func (s *service) stopTakeBack(ctx context.Context, in *One) (*output[takeBackJSON], error) {
	if err := s.run(ctx, &takeback.Stop{TakeBack: in.ID.ID}); err != nil {
		return nil, err
	}
	return s.getTakeBack(ctx, in)
}
