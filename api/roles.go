package api

import (
	"kizashi/act"
	"kizashi/member"
)

// Groups of roles, as the table of rights has them.
var (
	everybody = member.See.Roles()
	workers   = member.Work.Roles()
	curators  = member.Curate.Roles()
	marketing = member.Market.Roles()
	field     = member.Sell.Roles()
	senders   = member.Send.Roles()

	administrators = member.Administer.Roles()
)

// allowed is the one table of who may call which operation. The commands behind them ask again, since
// screens and the command line run them too.
var allowed = map[string][]act.Role{
	"getToday": everybody,
	"getDay":   everybody,

	"listTasks":      everybody,
	"listDueTasks":   everybody,
	"addTask":        workers,
	"changeTask":     workers,
	"finishTask":     workers,
	"cancelTask":     workers,
	"reopenTask":     workers,
	"listResults":    everybody,
	"addActivity":    workers,
	"removeActivity": workers,
	"listNotices":    everybody,
	"readNotices":    everybody,

	"listLeads":    everybody,
	"getLead":      everybody,
	"getTimeline":  everybody,
	"getScore":     everybody,
	"getGates":     everybody,
	"listStages":   everybody,
	"listHearing":  everybody,
	"listConsents": everybody,
	"createLead":   workers,
	"changeLead":   workers,
	"deleteLead":   marketing,
	"restoreLead":  marketing,
	"discloseLead": marketing,
	"eraseLead":    administrators,
	"moveLead":     workers,
	"mergeLead":    workers,
	"confirmLead":  workers,
	"settleClaim":  workers,
	"splitLead":    workers,
	"unmergeLead":  workers,
	"addHearing":   workers,
	"addConsent":   workers,

	"listDuplicates": everybody,
	"keepApart":      workers,

	"listHandovers":  everybody,
	"acceptHandover": field,
	"returnHandover": field,

	"listCompanies": everybody,
	"getCompany":    everybody,
	"changeCompany": workers,

	"getCompanyHeat": everybody,
	"mergeCompany":   workers,
	"unmergeCompany": workers,

	"listSegments":   everybody,
	"getSegment":     everybody,
	"listMembers":    everybody,
	"createSegment":  curators,
	"changeSegment":  curators,
	"deleteSegment":  curators,
	"restoreSegment": curators,

	"listModels":   everybody,
	"getModel":     everybody,
	"draftModel":   marketing,
	"changeDraft":  marketing,
	"publishModel": marketing,

	"postEvents":    senders,
	"getEvent":      everybody,
	"classifyEvent": curators,
	"listAside":     marketing,
	"readmitEvent":  marketing,

	"checkRule": everybody,
	"countRule": everybody,

	"getJob":   everybody,
	"retryJob": marketing,

	"listKeys":        administrators,
	"previewTakeBack": administrators,
	"startTakeBack":   administrators,
	"listTakeBacks":   administrators,
	"getTakeBack":     administrators,
	"stopTakeBack":    administrators,

	"listImports":      everybody,
	"getImport":        everybody,
	"getImportHolds":   everybody,
	"listImportFields": everybody,
	"listRefusals":     everybody,
	"listKeptLeads":    everybody,
	"getRefusedFile":   curators,
	"createImport":     curators,
	"previewImport":    curators,
	"undoImport":       curators,
}

// rolesKey is where an operation keeps its roles.
const rolesKey = "roles"

// rolesOf looks an operation up; one that is not in the table must not be served.
func rolesOf(operation string) []act.Role {
	roles, ok := allowed[operation]
	if !ok {
		panic("api: nobody said who may call " + operation)
	}
	return roles
}
