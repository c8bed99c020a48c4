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
		{get, "/e/:ref/presence", access.ReadCases, s.presence},
		{post, "/e/:ref/presence", access.ReadCases, s.setPresence},
		{get, "/e/:ref/messages/:id/original", access.ReadCases, s.original},
		{get, "/e/:ref/messages/:id/headers", access.ReadCases, s.headers},
		{get, "/e/:ref/messages/:id/html", access.ReadCases, s.htmlFrame},
		{get, "/e/:ref/messages/:id/files/:path", access.ReadCases, s.file},

		{get, "/c", access.ReadCases, s.cases},
		{get, "/c/:case", access.ReadCases, s.caseOverview},
		{get, "/c/:case/history", access.ReadCases, s.caseOverview},
		{post, "/c/:case/officer", access.Assign, s.caseOfficer},
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
		{post, "/outbox/:delivery", access.ReadCases, s.outboxAct},
		{post, "/outbox", access.ReleaseMode, s.outboxRelease},
		{get, "/held", access.ReadCases, s.held},
		{get, "/held/:id", access.ReadCases, s.heldLetter},
		{post, "/held/:id", access.SendReply, s.heldAct},

		{get, "/lead", access.ReadLead, s.lead},
		{get, "/lead/tiles", access.ReadLead, s.tilesPart},
		{get, "/escalations", access.ReadLead, s.escalations},
		{post, "/escalations/:id", access.ReadLead, s.escalationAct},

		{get, "/admin/mailboxes", access.ReadSystem, s.mailboxes},
		{get, "/admin/mailboxes/:slug/ledger", access.ReadLedger, s.ledger},
		{post, "/admin/mailboxes/:slug/ledger/:id", access.RetryMail, s.ledgerRetry},
		{get, "/admin/rules", access.ReadLedger, s.rules},
		{post, "/admin/rules", access.RetryMail, s.addRule},
		{post, "/admin/rules/:id", access.RetryMail, s.removeRule},
		{get, "/admin/mode", access.ReadSystem, s.modePage},

		{get, "/access", access.AskAccess, s.accessPage},
		{post, "/access", access.AskAccess, s.askAccess},
		{post, "/access/:id", access.AskAccess, s.settleAccess},
		{get, "/admin/audit", access.ReadAudit, s.auditPage},
		{post, "/admin/audit/verify", access.ReadAudit, s.auditVerify},
		{get, "/admin/audit.csv", access.ReadAudit, s.auditCSV},
		{get, "/me/audit", anyone, s.myAudit},
		{get, "/me/audit.csv", anyone, s.myAuditCSV},

		{get, "/me", anyone, s.me},
		{post, "/me", anyone, s.saveMe},
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
