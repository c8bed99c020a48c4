package main

import (
	"net/http"

	"hearback/tickets/access"
)

// caseDoors are cases, the people on them and their restrictions.
func caseDoors() []door {
	const get, post = http.MethodGet, http.MethodPost
	return []door{
		{get, "/c", access.ReadCases, 200},
		{get, "/c/:case", access.ReadCases, 200},
		{get, "/c/:case/history", access.ReadCases, 200},
		{get, "/c/new", access.ManageRegister, 200},
		{post, "/c/new", access.ManageRegister, 422},
		{post, "/c/:case/show", access.ReadCases, 200},
		{get, "/c/:case/officer", access.ManageRegister, 200},
		{post, "/c/:case/officer", access.ManageRegister, 422},
		{get, "/c/:case/edit", access.ManageRegister, 200},
		{post, "/c/:case/edit", access.ManageRegister, 422},
		{get, "/c/:case/people", access.ReadCases, 200},
		{get, "/c/:case/people/new", access.AddToRegister, 200},
		{post, "/c/:case/people/new", access.AddToRegister, 422},
		{get, "/c/:case/people/:person", access.ReadCases, 200},
		{post, "/c/:case/people/:person", access.ManageRegister, 422},
		{post, "/c/:case/people/:person/add", access.AddToRegister, 422},
		{post, "/c/:case/people/:person/show", access.ReadCases, 200},
		{get, "/c/:case/people/:person/merge", access.ManageRegister, 200},
		{post, "/c/:case/people/:person/merge", access.ManageRegister, 422},
		{get, "/c/:case/restrictions", access.ReadCases, 200},
		{get, "/c/:case/restrictions/new", access.AddToRegister, 200},
		{post, "/c/:case/restrictions/new", access.AddToRegister, 422},
		{get, "/c/:case/restrictions/:restriction", access.ReadCases, 200},
		{post, "/c/:case/restrictions/:restriction", access.ManageRestrictions, 422},
		{post, "/c/:case/restrictions/:restriction/end", access.EndRestrictions, 422},
	}
}

// adminDoors are mailboxes, rules, the audit.
func adminDoors() []door {
	const get, post = http.MethodGet, http.MethodPost
	return []door{
		{get, "/admin", access.ReadSystem, 200},
		{get, "/admin/guard", access.ReadGuard, 200},
		{post, "/admin/guard", access.ManageGuard, 422},
		{get, "/admin/guard/words", access.ReadGuard, 200},
		{post, "/admin/guard/words", access.ManageGuard, 303}, // empty lists are lists
		{get, "/admin/teams", access.ManageTeams, 200},
		{post, "/admin/teams", access.ManageTeams, 422},
		{get, "/admin/teams/:id", access.ManageTeams, 200},
		{post, "/admin/teams/:id", access.ManageTeams, 422},
		{get, "/admin/users", access.ManageUsers, 200},
		{get, "/admin/users/new", access.ManageUsers, 200},
		{post, "/admin/users/new", access.ManageUsers, 422},
		{get, "/admin/users/u/:id", access.ManageUsers, 200},
		{post, "/admin/users/u/:id", access.ManageUsers, 422},
		{get, "/admin/standards", access.ReadSystem, 200},
		{get, "/admin/templates", access.ReadSystem, 200},
		{post, "/admin/templates", access.ManageStandards, 422},
		{get, "/admin/wording", access.ReadSystem, 200},
		{get, "/admin/wording/l/:letter", access.ReadSystem, 200},
		{post, "/admin/wording/l/:letter", access.ManageStandards, 422},
		{get, "/admin/wording/notices", access.ReadSystem, 200},
		{get, "/admin/wording/preview/:letter/:on/:print", access.ReadSystem, 200},
		{get, "/admin/wording/preview/:letter/:on/:print/letter", access.ReadSystem, 200},
		{get, "/admin/webhooks", access.ReadSystem, 200},
		{get, "/admin/standards/:category", access.ManageStandards, 200},
		{post, "/admin/standards/:category", access.ManageStandards, 422},
		{get, "/admin/calendars", access.ReadSystem, 200},
		{post, "/admin/calendars", access.ManageStandards, 422},
		{get, "/admin/staff-domains", access.ReadSystem, 200},
		{post, "/admin/staff-domains", access.ManageDomains, 422},
		{post, "/admin/staff-domains/:id", access.ManageDomains, 422},
		{get, "/admin/directory", access.ReadSystem, 200},
		{get, "/admin/mailboxes", access.ReadSystem, 200},
		{post, "/admin/mailboxes/:slug", access.ManageSystem, 422},
		{get, "/admin/mailboxes/:slug/ledger", access.ReadLedger, 200},
		{post, "/admin/mailboxes/:slug/ledger/:id", access.RetryMail, 303},
		{get, "/admin/import", access.ImportCases, 200},
		{post, "/admin/import", access.ImportCases, 422},
		{get, "/admin/import/f/:id", access.ImportCases, 404}, // whoever uploaded it, and nobody else
		{post, "/admin/import/f/:id", access.ImportCases, 404},
		{get, "/admin/import/waiting", access.ManageRestrictions, 200},
		{post, "/admin/import/waiting/:id", access.ManageRestrictions, 404},
		{get, "/admin/rules", access.ReadLedger, 200},
		{post, "/admin/rules", access.RetryMail, 422},
		{post, "/admin/rules/:id", access.RetryMail, 422},
		{get, "/admin/mode", access.ReadSystem, 200},
		{get, "/admin/audit", access.ReadAudit, 200},
		{get, "/admin/audit.csv", access.ReadAudit, 200},
		{post, "/admin/audit/verify", access.ReadAudit, 200},
	}
}

// apiDoors are the operations of the API.
func apiDoors() []door {
	const get, post = http.MethodGet, http.MethodPost
	return []door{
		{get, "/api/v1/openapi.json", forAll, 200},
		{get, "/api/v1/tickets", access.ReadCases, 200},
		{get, "/api/v1/tickets/:ref", access.ReadCases, 200},
		{get, "/api/v1/tickets/:ref/notes", access.ReadNotes, 200},
		{post, "/api/v1/tickets/:ref/notes", access.WriteNotes, 201},
		{post, "/api/v1/tickets/:ref/review", access.SendReply, 200},
		{post, "/api/v1/tickets/:ref/replies", access.SendReply, 422},
		{post, "/api/v1/tickets/:ref/release-requests", access.SendReply, 422},
		{get, "/api/v1/releases", access.SendReply, 200},
		{get, "/api/v1/releases/:id", access.SendReply, 404},
		{post, "/api/v1/releases/:id/refuse", access.SecondLook, 404},
		{get, "/api/v1/incidents", access.HandleIncidents, 200},
		{get, "/api/v1/incidents/:id", access.HandleIncidents, 404},
		{post, "/api/v1/incidents", access.ReportIncident, 404},
		{post, "/api/v1/incidents/:id/steps", access.HandleIncidents, 404},
		{get, "/api/v1/tickets/:ref/files", access.SendReply, 200},
		{post, "/api/v1/tickets/:ref/files", access.SendReply, 201},
		{post, "/api/v1/tickets/:ref/files/received", access.SendReply, 404},
		{post, "/api/v1/tickets/:ref/files/cleaned", access.SendReply, 404},
		{http.MethodDelete, "/api/v1/tickets/:ref/files/:file", access.SendReply, 404},
		{post, "/api/v1/tickets/:ref/calls", access.LogCalls, 201},
		{get, "/api/v1/cases", access.ReadCases, 200},
		{get, "/api/v1/cases/:ref", access.ReadCases, 200},
		{get, "/api/v1/cases/:ref/people", access.ReadCases, 200},
		{post, "/api/v1/cases/:ref/people", access.AddToRegister, 422},
		{post, "/api/v1/cases/:ref/people/:person/link", access.ManageRegister, 422},
		{get, "/api/v1/cases/:ref/restrictions", access.ReadCases, 200},
		{post, "/api/v1/cases/:ref/restrictions", access.AddToRegister, 422},
		{post, "/api/v1/cases/:ref/restrictions/:restriction/end-request", access.ManageRestrictions, 422},
		{post, "/api/v1/cases/:ref/restrictions/:restriction/end", access.EndRestrictions, 409},
		{get, "/api/v1/cases/:ref/arrangement", access.ReadCases, 200},
		{post, "/api/v1/cases/:ref/arrangement", access.ManageRegister, 422},
		{get, "/api/v1/mailboxes", access.UseAPI, 200},
		{get, "/api/v1/ledger", access.ReadLedger, 200},
		{get, "/api/v1/rules", access.ReadLedger, 200},
		{post, "/api/v1/rules", access.RetryMail, 422},
		{http.MethodDelete, "/api/v1/rules/:id", access.RetryMail, 404},
		{post, "/api/v1/tickets/:ref/spam", access.Triage, 409}, // an enquiry on a case is nobody's spam
	}
}
