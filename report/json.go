package report

import (
	"time"

	"kizashi/clock"
	"kizashi/id"
	"kizashi/task"
)

// LeadJSON is a lead as every door shows it.
type LeadJSON struct {
	ID          id.ID             `json:"id"`
	Email       string            `json:"email"`
	Name        string            `json:"name"`
	Company     *CompanyJSON      `json:"company"`
	Department  string            `json:"department"`
	Title       string            `json:"title"`
	Rank        int               `json:"rank" doc:"Rank of the title: 8 representative … 1 staff, 0 none."`
	Phone       string            `json:"phone"`
	Temperature string            `json:"temperature" enum:"hot,warm,cold"`
	Stage       string            `json:"stage" enum:"lead,mql,tql,sal,sql,won,lost,recycled,disqualified"`
	Fit         string            `json:"fit" enum:"A,B,C,D"`
	FitPoints   int               `json:"fit_points"`
	Engagement  int               `json:"engagement"`
	Status      string            `json:"status"`
	Tags        []string          `json:"tags"`
	Source      string            `json:"source"`
	Owner       *id.ID            `json:"owner"`
	Excluded    string            `json:"excluded"`
	Properties  map[string]string `json:"properties"`
	CreatedAt   time.Time         `json:"created_at"`
	LastAt      *time.Time        `json:"last_at"`
	StageAt     *time.Time        `json:"stage_at"`
}

// CompanyJSON is the company of a lead.
type CompanyJSON struct {
	ID   id.ID  `json:"id"`
	Name string `json:"name"`
}

// TodayItemJSON is one line of the Today list.
type TodayItemJSON struct {
	Rank int      `json:"rank"`
	Lead LeadJSON `json:"lead"`
	Why  []string `json:"why"`
	How  string   `json:"how"`

	Due         *time.Time `json:"due" doc:"By when: the earliest of its clocks; null: there is none."`
	Origin      string     `json:"origin" enum:"answer,handover,task," doc:"Which clock it is: a hot lead is to be answered, a hand-over is to be answered, a next step falls due today."`
	LeftMinutes *int       `json:"left_minutes" doc:"Open time until due; negative: it is late."`
	Task        *TaskJSON  `json:"task" doc:"The next step; null: none is planned."`
	Flooded     bool       `json:"flooded" doc:"One of many who came through a public key in a short time; nobody has verified them."`
}

// TaskJSON is a next step as every door shows it.
type TaskJSON struct {
	ID        id.ID      `json:"id"`
	Lead      id.ID      `json:"lead"`
	Kind      string     `json:"kind" enum:"call,mail,meeting,visit,send,other"`
	DueAt     time.Time  `json:"due_at" doc:"Of an all-day step the beginning of its day."`
	AllDay    bool       `json:"all_day"`
	Owner     *id.ID     `json:"owner"`
	Text      string     `json:"text"`
	State     string     `json:"state" enum:"open,done,cancelled"`
	Result    string     `json:"result" doc:"What came of it, or why it was cancelled."`
	MadeBy    *id.ID     `json:"made_by" doc:"Null: a rule."`
	CreatedAt time.Time  `json:"created_at"`
	EndedAt   *time.Time `json:"ended_at"`
	EndedBy   *id.ID     `json:"ended_by"`
}

// ShowTask is a step as every door shows it.
func ShowTask(t *task.Task) TaskJSON {
	return TaskJSON{
		ID: t.ID, Lead: t.Lead, Kind: t.Kind, DueAt: clock.Time(t.DueAt), AllDay: t.AllDay, Owner: somebody(t.Owner), Text: t.Text,
		State: t.State, Result: t.Result, MadeBy: somebody(t.MadeBy), CreatedAt: clock.Time(t.CreatedAt),
		EndedAt: moment(t.EndedAt), EndedBy: somebody(t.EndedBy),
	}
}

func somebody(account id.ID) *id.ID {
	if account == 0 {
		return nil
	}
	return &account
}

// JSON is the row as every door shows it.
func (l LeadRow) JSON() LeadJSON {
	j := LeadJSON{
		ID: l.ID, Email: l.Email, Name: l.Name, Department: l.Department, Title: l.Title, Rank: l.TitleRank, Phone: l.Phone,
		Temperature: l.Temperature, Stage: l.Stage, Fit: l.Fit, FitPoints: l.FitPoints, Engagement: l.Engagement,
		Status: l.Status, Tags: l.Tags, Source: l.Source, Excluded: l.Excluded, Properties: l.Props,
		CreatedAt: clock.Time(l.CreatedAt), LastAt: moment(l.LastAt), StageAt: moment(l.StageAt),
	}
	if l.Company != 0 {
		j.Company = &CompanyJSON{l.Company, l.CompanyName}
	}
	if l.Owner != 0 {
		j.Owner = &l.Owner
	}
	if j.Tags == nil {
		j.Tags = []string{}
	}
	return j
}

func moment(ms int64) *time.Time {
	if ms == 0 {
		return nil
	}
	t := clock.Time(ms)
	return &t
}

// TodayJSON is the Today list as every door shows it.
func TodayJSON(items []TodayItem) []TodayItemJSON {
	list := make([]TodayItemJSON, len(items))
	for i, it := range items {
		why := it.Why
		if why == nil {
			why = []string{}
		}
		list[i] = TodayItemJSON{Rank: it.Rank, Lead: it.Lead.JSON(), Why: why, How: it.How, Due: moment(it.Due),
			Origin: it.Origin, Flooded: it.Flooded}
		if it.Due != 0 {
			list[i].LeftMinutes = &it.Left
		}
		if it.Task != nil {
			shown := ShowTask(it.Task)
			list[i].Task = &shown
		}
	}
	return list
}
