package api

import (
	"kizashi/act"
)

// Groups of roles. An administrator may do everything and need not be named.
var (
	everybody = []act.Role{act.Marketing, act.Inside, act.Field, act.Viewer} // all who sign in
	workers   = []act.Role{act.Marketing, act.Inside, act.Field}             // all who work with leads
	curators  = []act.Role{act.Marketing, act.Inside}                        // who decide which leads there are
	marketing = []act.Role{act.Marketing}
	field     = []act.Role{act.Field}
	senders   = []act.Role{act.Marketing, act.Inside, act.Field, act.Track} // whoever tells what happened
)

// allowed is the one table of who may call which operation. The commands behind them ask again, since
// screens and the command line run them too.
var allowed = map[string][]act.Role{
	"getToday": everybody,

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
	"moveLead":     workers,
	"mergeLead":    workers,
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

	"checkRule": everybody,
	"countRule": everybody,

	"getJob": everybody,

	"listImports":   everybody,
	"getImport":     everybody,
	"listRefusals":  everybody,
	"createImport":  curators,
	"previewImport": curators,
	"undoImport":    curators,
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
