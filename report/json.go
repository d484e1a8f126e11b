package report

import (
	"time"

	"kizashi/clock"
	"kizashi/id"
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
		list[i] = TodayItemJSON{Rank: it.Rank, Lead: it.Lead.JSON(), Why: why, How: it.How}
	}
	return list
}
