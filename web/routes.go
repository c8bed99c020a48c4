package web

import (
	"net/http"

	"hearback/tickets/access"
)

const (
	public access.Permission = "(public)" // no sign-in
	anyone access.Permission = "(anyone)" // everybody who is signed in
)

// route is one line of the table: what it answers, and who may ask.
type route struct {
	method string
	path   string
	need   access.Permission
	do     func(*Ctx) error
}

// routes is the whole table of pages and actions.
func (s *Server) routes() []route {
	const get, post = http.MethodGet, http.MethodPost
	r := []route{
		{get, "/", public, s.home},
		{get, "/sign-in", public, s.signInPage},
		{post, "/sign-in", public, s.signIn},
		{get, "/sign-in/code", public, s.codePage},
		{post, "/sign-in/code", public, s.code},
		{get, "/sign-in/council", public, s.council},
		{get, "/sign-in/council/back", public, s.councilBack},
		{get, "/sign-in/council/out", public, s.councilOut},
		{get, "/sign-in/welcome", public, s.welcomePage},
		{post, "/sign-in/welcome", public, s.welcome},
		{get, "/sign-in/again", anyone, s.againPage},
		{post, "/sign-in/again", anyone, s.again},
		{post, "/sign-out", public, s.signOut},
		{get, "/signed-out", public, s.signedOutPage},
		{get, "/accessibility", public, s.accessibility},
		{get, "/privacy", public, s.privacy},

		{get, "/inbox", access.ReadCases, s.inbox},
		{get, "/inbox/:view", access.ReadCases, s.inbox},
		{post, "/inbox/move", access.Assign, s.moveTicked},
		{get, "/events", anyone, s.events},
		{get, "/new", access.ReadCases, s.newBar},
		{get, "/counts", access.ReadCases, s.counts},

		{get, "/e/:ref", access.ReadCases, s.enquiry},
		{post, "/e/:ref/ask", access.WriteNotes, s.setAsk},
		{post, "/e/:ref/alert", access.LogCalls, s.dealWithAlert},
		{get, "/e/:ref/reply", access.SendReply, s.replyForm},
		{post, "/e/:ref/reply", access.SendReply, s.reply},
		{post, "/e/:ref/reply/check", access.SendReply, s.replyCheck},
		{post, "/e/:ref/reply/draft", access.SendReply, s.replyDraft},
		{get, "/e/:ref/notes/new", access.WriteNotes, s.noteForm},
		{post, "/e/:ref/notes/new", access.WriteNotes, s.note},
		{post, "/e/:ref/notes/draft", access.WriteNotes, s.noteDraft},
		{get, "/e/:ref/move", access.Assign, s.moveForm},
		{post, "/e/:ref/move", access.Assign, s.move},
		{get, "/e/:ref/finish", access.Finish, s.finishForm},
		{post, "/e/:ref/finish", access.Finish, s.finish},
		{post, "/e/:ref/reopen", access.Finish, s.reopen},
		{post, "/e/:ref/assessment", access.SendReply, s.confirmRequest},
		{get, "/e/:ref/presence", access.ReadCases, s.presence},
		{post, "/e/:ref/presence", access.ReadCases, s.setPresence},
		{get, "/e/:ref/messages/:id/original", access.ReadCases, s.original},
		{get, "/e/:ref/messages/:id/headers", access.ReadCases, s.headers},
		{get, "/e/:ref/messages/:id/html", access.ReadCases, s.htmlFrame},
		{get, "/e/:ref/messages/:id/files/:path", access.ReadCases, s.file},

		{get, "/c", access.ReadCases, s.cases},
		{get, "/c/:case", access.ReadCases, s.caseOverview},
		{get, "/c/:case/history", access.ReadCases, s.caseOverview},
		{get, "/c/new", access.ManageRegister, s.caseNew},
		{post, "/c/new", access.ManageRegister, s.addCase},
		{post, "/c/:case/show", access.ReadCases, s.caseShow},
		{get, "/c/:case/officer", access.ManageRegister, s.caseOfficer},
		{post, "/c/:case/officer", access.ManageRegister, s.setOfficer},
		{get, "/c/:case/edit", access.ManageRegister, s.caseEdit},
		{post, "/c/:case/edit", access.ManageRegister, s.changeCase},
		{get, "/c/:case/people", access.ReadCases, s.casePeoplePage},
		{get, "/c/:case/people/new", access.AddToRegister, s.personNew},
		{post, "/c/:case/people/new", access.AddToRegister, s.addPerson},
		{get, "/c/:case/people/:person", access.ReadCases, s.person},
		{post, "/c/:case/people/:person", access.ManageRegister, s.changePerson},
		{post, "/c/:case/people/:person/add", access.AddToRegister, s.changePerson},
		{post, "/c/:case/people/:person/show", access.ReadCases, s.personShow},
		{get, "/c/:case/people/:person/merge", access.ManageRegister, s.mergePerson},
		{post, "/c/:case/people/:person/merge", access.ManageRegister, s.merge},
		{get, "/c/:case/restrictions", access.ReadCases, s.restrictions},
		{get, "/c/:case/restrictions/new", access.AddToRegister, s.restrictionNew},
		{post, "/c/:case/restrictions/new", access.AddToRegister, s.addRestriction},
		{get, "/c/:case/restrictions/:restriction", access.ReadCases, s.restriction},
		{post, "/c/:case/restrictions/:restriction", access.ManageRestrictions, s.changeRestriction},
		{post, "/c/:case/restrictions/:restriction/end", access.EndRestrictions, s.fresh(s.endRestriction)},
		{get, "/calls/new", access.LogCalls, s.callForm},
		{post, "/calls/new", access.LogCalls, s.call},
		{get, "/search", access.ReadCases, s.search},

		{get, "/duty", access.Triage, s.duty},
		{get, "/duty/:tab", access.Triage, s.duty},
		{get, "/duty/i/:item", access.Triage, s.dutyItem},
		{post, "/duty/i/:item", access.Triage, s.dutyAct},
		{get, "/duty/i/:item/spam", access.Triage, s.spamForm},
		{post, "/duty/i/:item/spam", access.Triage, s.spam},
		{get, "/duty/i/:item/html", access.Triage, s.dutyFrame},
		{get, "/duty/i/:item/original", access.Triage, s.dutyOriginal},
		{get, "/duty/i/:item/headers", access.Triage, s.dutyHeaders},
		{get, "/duty/i/:item/files/:path", access.Triage, s.dutyFile},

		{get, "/outbox", access.ReadCases, s.outbox},
		{get, "/outbox/waiting", anyone, s.waitingPart},
		{get, "/outbox/doubt/:delivery", access.ReadCases, s.doubt},
		{post, "/outbox/:delivery", access.ReadCases, s.outboxAct},
		{post, "/outbox", access.ReleaseMode, s.outboxRelease},
		{get, "/held", access.ReadCases, s.held},
		{get, "/held/:id", access.ReadCases, s.heldLetter},
		{post, "/held/:id", access.SendReply, s.heldAct},

		{get, "/release", access.SendReply, s.seconds},
		{get, "/release/:id", access.SendReply, s.second},
		{post, "/release/:id", access.SecondLook, s.fresh(s.settleSecond)},
		{get, "/incidents", access.HandleIncidents, s.incidents},
		{post, "/incidents", access.ReportIncident, s.reportIncident},
		{get, "/incidents/new", access.ReportIncident, s.incidentForm},
		{get, "/incidents/:id", access.HandleIncidents, s.incident},
		{post, "/incidents/:id", access.HandleIncidents, s.incidentAct},

		{get, "/lead", access.ReadLead, s.lead},
		{get, "/lead/tiles", access.ReadLead, s.tilesPart},
		{get, "/escalations", access.ReadLead, s.escalations},
		{post, "/escalations/:id", access.ReadLead, s.escalationAct},

		{get, "/admin", access.ReadSystem, s.adminHome},
		{get, "/admin/teams", access.ManageTeams, s.teamsPage},
		{post, "/admin/teams", access.ManageTeams, s.addTeam},
		{get, "/admin/teams/:id", access.ManageTeams, s.teamPage},
		{post, "/admin/teams/:id", access.ManageTeams, s.changeTeam},
		{get, "/admin/users", access.ManageUsers, s.users},
		{get, "/admin/users/new", access.ManageUsers, s.fresh(s.newUser)},
		{post, "/admin/users/new", access.ManageUsers, s.fresh(s.inviteUser)},
		{get, "/admin/users/u/:id", access.ManageUsers, s.fresh(s.user)},
		{post, "/admin/users/u/:id", access.ManageUsers, s.fresh(s.changeUser)},
		{get, "/admin/standards", access.ReadSystem, s.standards},
		{get, "/admin/standards/:category", access.ManageStandards, s.standard},
		{post, "/admin/standards/:category", access.ManageStandards, s.changeStandard},
		{get, "/admin/calendars", access.ReadSystem, s.calendarPage},
		{post, "/admin/calendars", access.ManageStandards, s.changeCalendar},
		{get, "/admin/wording", access.ReadSystem, s.wordings},
		{get, "/admin/wording/l/:letter", access.ReadSystem, s.wordingPage},
		{post, "/admin/wording/l/:letter", access.ManageStandards, s.fresh(s.changeWording)},
		{get, "/admin/wording/preview/:letter/:on/:print", access.ReadSystem, s.wordingPreview},
		{get, "/admin/wording/preview/:letter/:on/:print/letter", access.ReadSystem, s.wordingFrame},
		{get, "/admin/wording/notices", access.ReadSystem, s.notices},
		{get, "/admin/webhooks", access.ReadSystem, s.webhooks},
		{get, "/admin/staff-domains", access.ReadSystem, s.domains},
		{post, "/admin/staff-domains", access.ManageDomains, s.askDomain},
		{post, "/admin/staff-domains/:id", access.ManageDomains, s.fresh(s.settleDomain)},
		{get, "/admin/directory", access.ReadSystem, s.directoryPage},
		{get, "/admin/mailboxes", access.ReadSystem, s.mailboxes},
		{post, "/admin/mailboxes/:slug", access.ManageSystem, s.tryMailbox},
		{get, "/admin/mailboxes/:slug/ledger", access.ReadLedger, s.ledger},
		{post, "/admin/mailboxes/:slug/ledger/:id", access.RetryMail, s.ledgerRetry},
		{get, "/admin/import", access.ImportCases, s.importHome},
		{post, "/admin/import", access.ImportCases, s.importUpload},
		{get, "/admin/import/f/:id", access.ImportCases, s.importFile},
		{post, "/admin/import/f/:id", access.ImportCases, s.importAct},
		{get, "/admin/import/waiting", access.ManageRestrictions, s.importWaiting},
		{post, "/admin/import/waiting/:id", access.ManageRestrictions, s.fresh(s.importSettle)},
		{get, "/admin/guard", access.ReadGuard, s.guardPage},
		{post, "/admin/guard", access.ManageGuard, s.fresh(s.guardAct)},
		{get, "/admin/guard/words", access.ReadGuard, s.guardWords},
		{post, "/admin/guard/words", access.ManageGuard, s.fresh(s.setGuardWords)},
		{get, "/admin/rules", access.ReadLedger, s.rules},
		{post, "/admin/rules", access.RetryMail, s.addRule},
		{post, "/admin/rules/:id", access.RetryMail, s.removeRule},
		{get, "/admin/mode", access.ReadSystem, s.livePage},

		{get, "/access", access.AskAccess, s.fresh(s.accessPage)},
		{post, "/access", access.AskAccess, s.fresh(s.askAccess)},
		{post, "/access/:id", access.AskAccess, s.fresh(s.settleAccess)},
		{get, "/admin/audit", access.ReadAudit, s.auditPage},
		{post, "/admin/audit/verify", access.ReadAudit, s.auditVerify},
		{get, "/admin/audit.csv", access.ReadAudit, s.fresh(s.auditCSV)},
		{get, "/me/audit", anyone, s.myAudit},
		{get, "/me/audit.csv", anyone, s.myAuditCSV},

		{get, "/me", anyone, s.me},
		{post, "/me", anyone, s.saveMe},
		{post, "/me/sessions", anyone, s.endSessions},
		{post, "/me/password", anyone, s.setPassword},
		{get, "/me/app", anyone, s.fresh(s.appPage)},
		{post, "/me/app", anyone, s.fresh(s.setApp)},
		{post, "/me/codes", anyone, s.fresh(s.newRecoveryCodes)},
		{get, "/help", anyone, s.help},
		{get, "/help/keys", anyone, s.keys},
	}
	if s.Demo != nil {
		r = append(r,
			route{get, "/parents", public, s.parents},
			route{get, "/parents/:key", public, s.parents},
			route{post, "/parents", public, s.parentWrites},
		)
	}
	return r
}
