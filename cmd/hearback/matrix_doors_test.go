package main

import (
	"net/http"
	"slices"

	"hearback/tickets/access"
)

const (
	forAll   access.Permission = "(nobody has to sign in)"
	forStaff access.Permission = "(everybody who is signed in)"
)

// door is one route: who may go through it, and what somebody who may is
// answered there, on what is their own.
type door struct {
	method, path string
	need         access.Permission
	ok           int
}

// matrix is the whole program. A route that is not in it fails the test, and so
// does a line that no route answers (requirement 24).
func matrix() []door { return slices.Concat(deskDoors(), caseDoors(), adminDoors(), apiDoors()) }

func deskDoors() []door {
	const get, post = http.MethodGet, http.MethodPost
	return []door{
		{get, "/", forAll, 303},
		{get, "/sign-in", forAll, 200},
		{post, "/sign-in", forAll, 422},
		{get, "/sign-in/code", forAll, 303}, // back to the first step
		{post, "/sign-in/code", forAll, 303},
		{get, "/sign-in/council", forAll, 404}, // without an identity provider these do not exist
		{get, "/sign-in/council/back", forAll, 404},
		{get, "/sign-in/council/out", forAll, 404},
		{get, "/sign-in/welcome", forAll, 200},
		{post, "/sign-in/welcome", forAll, 422},
		{get, "/sign-in/again", forStaff, 200},
		{post, "/sign-in/again", forStaff, 422},
		{post, "/sign-out", forAll, 303},
		{get, "/signed-out", forAll, 200},
		{get, "/accessibility", forAll, 200},
		{get, "/privacy", forAll, 200},
		{get, "/assets/*file", forAll, 200},
		{get, "/healthz", forAll, 200},
		{get, "/metrics", forAll, 200},

		{get, "/inbox", access.ReadCases, 200},
		{get, "/inbox/:view", access.ReadCases, 200},
		{post, "/inbox/move", access.Assign, 303},
		{get, "/events", forStaff, 200},
		{get, "/new", access.ReadCases, 200},
		{get, "/counts", access.ReadCases, 200},

		{get, "/e/:ref", access.ReadCases, 200},
		{post, "/e/:ref/ask", access.WriteNotes, 303},
		{post, "/e/:ref/alert", access.LogCalls, 303},
		{get, "/e/:ref/reply", access.SendReply, 200},
		{post, "/e/:ref/reply", access.SendReply, 200},
		{post, "/e/:ref/reply/check", access.SendReply, 200},
		{post, "/e/:ref/reply/draft", access.SendReply, 200},
		{get, "/e/:ref/notes/new", access.WriteNotes, 200},
		{post, "/e/:ref/notes/new", access.WriteNotes, 422},
		{post, "/e/:ref/notes/draft", access.WriteNotes, 200},
		{get, "/e/:ref/move", access.Assign, 200},
		{post, "/e/:ref/move", access.Assign, 422},
		{get, "/e/:ref/finish", access.Finish, 200},
		{post, "/e/:ref/finish", access.Finish, 422},
		{post, "/e/:ref/reopen", access.Finish, 303},
		{post, "/e/:ref/assessment", access.SendReply, 303},
		{get, "/e/:ref/presence", access.ReadCases, 200},
		{post, "/e/:ref/presence", access.ReadCases, 200},
		{get, "/e/:ref/messages/:id/original", access.ReadCases, 200},
		{get, "/e/:ref/messages/:id/headers", access.ReadCases, 200},
		{get, "/e/:ref/messages/:id/html", access.ReadCases, 200},
		{get, "/e/:ref/messages/:id/files/:path", access.ReadCases, 200},

		{get, "/calls/new", access.LogCalls, 200},
		{post, "/calls/new", access.LogCalls, 200},
		{get, "/search", access.ReadCases, 200},

		{get, "/duty", access.Triage, 200},
		{get, "/duty/:tab", access.Triage, 200},
		{get, "/duty/i/:item", access.Triage, 200},
		{post, "/duty/i/:item", access.Triage, 422},
		{get, "/duty/i/:item/spam", access.Triage, 200},
		{post, "/duty/i/:item/spam", access.Triage, 422},
		{get, "/duty/i/:item/html", access.Triage, 200},
		{get, "/duty/i/:item/original", access.Triage, 200},
		{get, "/duty/i/:item/headers", access.Triage, 200},
		{get, "/duty/i/:item/files/:path", access.Triage, 200},

		{get, "/outbox", access.ReadCases, 200},
		{get, "/outbox/waiting", forStaff, 200},
		{get, "/outbox/doubt/:delivery", access.ReadCases, 200},
		{post, "/outbox/:delivery", access.ReadCases, 422},
		{post, "/outbox", access.ReleaseMode, 422},
		{get, "/held", access.ReadCases, 200},
		{get, "/held/:id", access.ReadCases, 200},
		{post, "/held/:id", access.SendReply, 422},

		{get, "/release", access.SendReply, 200},
		{get, "/release/:id", access.SendReply, 404}, // nobody asked for a second person
		{post, "/release/:id", access.SecondLook, 404},
		{get, "/incidents", access.HandleIncidents, 200},
		{post, "/incidents", access.ReportIncident, 404},
		{get, "/incidents/new", access.ReportIncident, 404}, // of no letter
		{get, "/incidents/:id", access.HandleIncidents, 404},
		{post, "/incidents/:id", access.HandleIncidents, 404},

		{get, "/mailings", access.WriteMailing, 200},
		{get, "/mailings/new", access.WriteMailing, 200},
		{post, "/mailings/new", access.WriteMailing, 422},
		{get, "/mailings/:id", access.WriteMailing, 200},
		{post, "/mailings/:id", access.WriteMailing, 422},
		{get, "/mailings/:id/edit", access.WriteMailing, 200},
		{post, "/mailings/:id/edit", access.WriteMailing, 422},
		{post, "/mailings/:id/approve", access.ApproveMailing, 422},
		{get, "/mailings/:id/preview/:letter", access.WriteMailing, 200},
		{post, "/mailings/:id/preview/:letter", access.WriteMailing, 422},
		{get, "/mailings/:id/results.csv", access.WriteMailing, 200},

		{get, "/lead", access.ReadLead, 200},
		{get, "/lead/tiles", access.ReadLead, 200},
		{get, "/escalations", access.ReadLead, 200},
		{post, "/escalations/:id", access.ReadLead, 422},

		{get, "/access", access.AskAccess, 200},
		{post, "/access", access.AskAccess, 422},
		{post, "/access/:id", access.AskAccess, 422},
		{get, "/me/audit", forStaff, 200},
		{get, "/me/audit.csv", forStaff, 200},

		{get, "/me", forStaff, 200},
		{post, "/me", forStaff, 422},
		{post, "/me/sessions", forStaff, 422},
		{post, "/me/password", forStaff, 422},
		{get, "/me/app", forStaff, 200},
		{post, "/me/app", forStaff, 422},
		{post, "/me/codes", forStaff, 409}, // no app is set up
		{get, "/help", forStaff, 200},
		{get, "/help/keys", forStaff, 200},

		// In the demonstration alone: here they do not exist.
		{get, "/parents", forAll, 404},
		{get, "/parents/:key", forAll, 404},
		{post, "/parents", forAll, 404},
	}
}
