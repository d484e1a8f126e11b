package api

import (
	"kizashi/act"
)

// needed is the right that each operation needs. The commands behind them ask for it again, since screens and the
// command line run them too.
var needed = map[string]act.Right{
	"getToday": act.See,
	"getDay":   act.See,

	"listTasks":      act.See,
	"listDueTasks":   act.See,
	"addTask":        act.Work,
	"changeTask":     act.Work,
	"finishTask":     act.Work,
	"cancelTask":     act.Work,
	"reopenTask":     act.Work,
	"listResults":    act.See,
	"addActivity":    act.Work,
	"removeActivity": act.Work,
	"listNotices":    act.See,
	"readNotices":    act.See,

	"listLeads":    act.See,
	"getLead":      act.See,
	"getTimeline":  act.See,
	"getScore":     act.See,
	"getGates":     act.See,
	"listStages":   act.See,
	"listHearing":  act.See,
	"listConsents": act.See,
	"createLead":   act.Work,
	"changeLead":   act.Work,
	"deleteLead":   act.Market,
	"restoreLead":  act.Market,
	"discloseLead": act.Market,
	"eraseLead":    act.Administer,
	"moveLead":     act.Work,
	"mergeLead":    act.Work,
	"confirmLead":  act.Work,
	"settleClaim":  act.Work,
	"splitLead":    act.Work,
	"unmergeLead":  act.Work,
	"addHearing":   act.Work,
	"addConsent":   act.Work,

	"listDuplicates": act.See,
	"keepApart":      act.Work,

	"listHandovers":  act.See,
	"acceptHandover": act.Sell,
	"returnHandover": act.Sell,

	"listCompanies": act.See,
	"getCompany":    act.See,
	"changeCompany": act.Work,

	"getCompanyHeat": act.See,
	"mergeCompany":   act.Work,
	"unmergeCompany": act.Work,

	"listSegments":   act.See,
	"getSegment":     act.See,
	"listMembers":    act.See,
	"createSegment":  act.Curate,
	"changeSegment":  act.Curate,
	"deleteSegment":  act.Curate,
	"restoreSegment": act.Curate,

	"listModels":   act.See,
	"getModel":     act.See,
	"draftModel":   act.Market,
	"changeDraft":  act.Market,
	"publishModel": act.Market,

	"postEvents":    act.Send,
	"getEvent":      act.See,
	"classifyEvent": act.Curate,
	"listAside":     act.Market,
	"readmitEvent":  act.Market,

	"checkRule": act.See,
	"countRule": act.See,

	"getJob":    act.See,
	"retryJob":  act.Market,
	"cancelJob": act.Market,
	"listJobs":  act.Market,

	"listKeys":        act.Administer,
	"previewTakeBack": act.Administer,
	"startTakeBack":   act.Administer,
	"listTakeBacks":   act.Administer,
	"getTakeBack":     act.Administer,
	"stopTakeBack":    act.Administer,

	"listImports":      act.See,
	"getImport":        act.See,
	"getImportHolds":   act.See,
	"listImportFields": act.See,
	"listRefusals":     act.See,
	"listKeptLeads":    act.See,
	"getRefusedFile":   act.Curate,
	"createImport":     act.Curate,
	"previewImport":    act.Curate,
	"undoImport":       act.Curate,
}

// rightKey is where an operation keeps its right.
const rightKey = "right"

// rightOf looks an operation up; one that is not in the table must not be served.
func rightOf(operation string) act.Right {
	right, ok := needed[operation]
	if !ok {
		panic("api: nobody said who may call " + operation)
	}
	return right
}
