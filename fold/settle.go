package fold

import (
	"slices"

	"kizashi/id"
	"kizashi/rule"
	"kizashi/score"
	"kizashi/stage"
)

// farDue is stored for a lead that time alone never changes; the due index leaves it out.
const farDue int64 = 9_000_000_000_000_000

// settle brings everything that follows from a state up to the moment now: temperature, fit, stage,
// segments, its place on the Today list, and the next moment at which one of them can change.
func (r *Rules) settle(v *visit, now int64, out *reactions) {
	row := &v.row
	full := v.work.Refresh || v.work.Restage || v.work.Replay || v.work.Due || v.was.DueAt <= now
	f := r.Model.Facts(row.State, now)
	score.SetStage(f, row.Stage, row.StageAt)
	verdict := r.Model.Judge(f)
	next := verdict.Next
	next = min(next, r.passGates(v, f, verdict, now, out))
	row.Temperature, row.Fit, row.FitPoints = verdict.Temperature, verdict.Fit, verdict.FitPoints
	row.CoolsAt, row.LastAt, row.SettledAt = f.CoolsAt, f.LastAt, now

	row.Today = r.Model.Today.Eval(f) && score.Excluded(f) == "" && stage.Open(row.Stage)
	next = min(next, r.Model.Today.Next(f), r.Model.Urgent.Next(f))
	row.Priority = r.Model.Priority(f, verdict, row.Stage, f.Int[fieldCreatedAt])

	which := r.touched(v.work)
	if full {
		which = r.all()
		row.State.Segments = slices.DeleteFunc(row.State.Segments, func(s id.ID) bool { return !r.live(s) })
	} else {
		next = min(next, v.was.DueAt)
	}
	next = min(next, r.enterSegments(v, f, which, out))
	r.note(v, f.Failed, which)
	row.DueAt = min(next, farDue)
	switch {
	case v.flooded && !score.Flooded(row.State):
		out.believe(v)
	case v.had && v.was.Temperature != row.Temperature:
		out.temperature(v)
	case !v.had || r.Model.Raised(row.State, v.was.LastAt):
		out.hot(v)
	}
}

var fieldCreatedAt = score.Schema().Index("lead.created_at")

// passGates moves the lead through the automatic gates that hold, one after the other, and offers the
// next one that a person decides. It returns when a gate ahead may change by time.
func (r *Rules) passGates(v *visit, f *rule.Facts, verdict score.Verdict, now int64, out *reactions) int64 {
	next := rule.Never
	if score.Excluded(f) != "" || score.Flooded(v.row.State) {
		return next // rules decide nothing about people who may be invented
	}
	if at, woken := r.wake(v, f, now, out); !woken {
		next = at
	}
	for i := range r.Model.Gates {
		gate := &r.Model.Gates[i]
		if gate.From != v.row.Stage {
			continue
		}
		next = min(next, gate.Rule.Next(f))
		if held := v.row.State.HeldAt; held != 0 && f.LastAt <= held || !gate.Rule.Eval(f) {
			continue
		}
		if !gate.Automatic {
			out.offer(v, gate)
			continue
		}
		report := gate.Report(f)
		r.moveStage(v, f, gate.To, now, stage.ReasonGate, &report, out)
	}
	return next
}

// wake brings a recycled lead back when its date has come or it raises its hand again.
func (r *Rules) wake(v *visit, f *rule.Facts, now int64, out *reactions) (next int64, woken bool) {
	if v.row.Stage != stage.Recycled {
		return rule.Never, true
	}
	at := score.WakeAt(f)
	if !r.Model.Raised(v.row.State, v.row.StageAt) && (at == 0 || at <= v.row.StageAt || at > now) {
		if at > now {
			return at, false
		}
		return rule.Never, false
	}
	r.moveStage(v, f, stage.Lead, now, stage.ReasonWake, nil, out)
	return rule.Never, true
}

func (r *Rules) moveStage(v *visit, f *rule.Facts, to string, now int64, reason string, report *score.GateReport, out *reactions) {
	out.stage(v, to, reason, report)
	v.row.Stage, v.row.StageAt, v.row.State.HeldAt = to, now, 0
	score.SetStage(f, to, now)
}

// enterSegments asks the given segments again and keeps the list of those the lead is in.
func (r *Rules) enterSegments(v *visit, f *rule.Facts, which []int, out *reactions) int64 {
	next := rule.Never
	for _, i := range which {
		s := &r.Segments[i]
		next = min(next, s.Rule.Next(f))
		at, was := slices.BinarySearch(v.row.State.Segments, s.ID)
		is := s.Rule.Eval(f)
		switch {
		case is && !was:
			v.row.State.Segments = slices.Insert(slices.Clone(v.row.State.Segments), at, s.ID)
			out.segment(v, s, true)
		case is && !s.Ready:
			out.segment(v, s, true) // a segment that came back: the state remembers, the table does not
		case !is && was:
			v.row.State.Segments = slices.Delete(slices.Clone(v.row.State.Segments), at, at+1)
			out.segment(v, s, false)
		}
	}
	return next
}
