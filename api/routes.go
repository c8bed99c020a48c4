package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"hearback/tickets/access"
)

// Prefix of every route.
const Prefix = "/api/v1"

// maxBody bounds what a caller may send, in bytes.
const maxBody = 1 << 20

// Register puts the API on a router. This is the whole table.
func Register(r *gin.Engine, d Deps) {
	s := &server{Deps: d, limits: newLimiter()}
	api := humagin.NewWithGroup(r, r.Group(Prefix), config(d.Version))
	api.UseMiddleware(s.signIn(api))

	route(api, s, access.ReadCases, http.MethodGet, "/tickets", "list-tickets", "Enquiries, by the date an answer is due", s.listTickets)
	route(api, s, access.ReadCases, http.MethodGet, "/tickets/{ref}", "get-ticket", "One enquiry with its timeline, without notes", s.getTicket)
	route(api, s, access.ReadNotes, http.MethodGet, "/tickets/{ref}/notes", "list-notes", "Internal notes of an enquiry", s.listNotes)
	route(api, s, access.WriteNotes, http.MethodPost, "/tickets/{ref}/notes", "add-note", "Write an internal note; it goes to nobody", s.addNote)
	route(api, s, access.SendReply, http.MethodPost, "/tickets/{ref}/review", "review-reply", "What the guard says of a reply; sends nothing", s.reviewReply)
	route(api, s, access.SendReply, http.MethodPost, "/tickets/{ref}/replies", "send-reply", "Write to people on the case, through the guard", s.sendReply)
	route(api, s, access.SendReply, http.MethodPost, "/tickets/{ref}/release-requests", "request-release", "Ask a second person about a reply that the guard stops", s.askRelease)
	route(api, s, access.SendReply, http.MethodGet, "/releases", "list-releases", "Replies that wait, or waited, for a second person", s.listReleases)
	route(api, s, access.SendReply, http.MethodGet, "/releases/{id}", "get-release", "One of them", s.getRelease)
	route(api, s, access.SecondLook, http.MethodPost, "/releases/{id}/refuse", "refuse-release", "Say no, as the second person", s.refuseRelease)
	route(api, s, access.HandleIncidents, http.MethodGet, "/incidents", "list-incidents", "Misdirected messages, open ones first", s.listIncidents)
	route(api, s, access.HandleIncidents, http.MethodGet, "/incidents/{id}", "get-incident", "One of them, with its steps", s.getIncident)
	route(api, s, access.ReportIncident, http.MethodPost, "/incidents", "report-incident", "Report a misdirected message: stops what has not left, starts the 72 hours", s.reportIncident)
	route(api, s, access.HandleIncidents, http.MethodPost, "/incidents/{id}/steps", "incident-step", "Record that a step was done", s.incidentStep)
	route(api, s, access.SendReply, http.MethodGet, "/tickets/{ref}/files", "list-files", "Your own files of a reply that is not sent yet", s.listFiles)
	route(api, s, access.SendReply, http.MethodPost, "/tickets/{ref}/files", "attach-file", "Put a file to a reply", s.attachFile)
	route(api, s, access.SendReply, http.MethodPost, "/tickets/{ref}/files/received", "attach-received", "Put a file to a reply that came with a message", s.attachPart)
	route(api, s, access.SendReply, http.MethodPost, "/tickets/{ref}/files/cleaned", "clean-file", "Put a cleaned copy in the place of a file", s.cleanFile)
	route(api, s, access.SendReply, http.MethodDelete, "/tickets/{ref}/files/{file}", "detach-file", "Take a file off a reply", s.detachFile)
	route(api, s, access.LogCalls, http.MethodPost, "/tickets/{ref}/calls", "log-call", "Log a telephone call", s.logCall)
	route(api, s, access.ReadCases, http.MethodGet, "/cases", "list-cases", "Cases", s.listCases)
	route(api, s, access.ReadCases, http.MethodGet, "/cases/{ref}", "get-case", "One case with its people", s.getCase)
	route(api, s, access.ReadCases, http.MethodGet, "/cases/{ref}/people", "list-people", "Who may be told what; without addresses", s.listPeople)
	route(api, s, access.AddToRegister, http.MethodPost, "/cases/{ref}/people", "add-person", "Put somebody new on a case", s.addPerson)
	route(api, s, access.ManageRegister, http.MethodPost, "/cases/{ref}/people/{person}/link", "change-link", "Replace what somebody is to the child and may be told", s.changeLink)
	route(api, s, access.ReadCases, http.MethodGet, "/cases/{ref}/restrictions", "list-restrictions", "Restrictions of a case", s.listRestrictions)
	route(api, s, access.AddToRegister, http.MethodPost, "/cases/{ref}/restrictions", "add-restriction", "Put a restriction into force, at once", s.addRestriction)
	route(api, s, access.ManageRestrictions, http.MethodPost, "/cases/{ref}/restrictions/{restriction}/end-request", "request-end", "Ask for the end of a restriction", s.requestEnd)
	route(api, s, access.EndRestrictions, http.MethodPost, "/cases/{ref}/restrictions/{restriction}/end", "end-restriction", "Decide on the end of a restriction, as the second person", s.endRestriction)
	route(api, s, access.ReadCases, http.MethodGet, "/cases/{ref}/arrangement", "get-arrangement", "Who decides and is told once the child is a young person", s.getArrangement)
	route(api, s, access.ManageRegister, http.MethodPost, "/cases/{ref}/arrangement", "set-arrangement", "Record who decides and is told", s.setArrangement)
	route(api, s, access.UseAPI, http.MethodGet, "/mailboxes", "list-mailboxes", "How each mailbox is doing", s.listMailboxes)
	route(api, s, access.ReadLedger, http.MethodGet, "/ledger", "list-ledger", "What became of every mail", s.listLedger)
	route(api, s, access.ReadLedger, http.MethodGet, "/rules", "list-rules", "Intake rules that hold now", s.listRules)
	route(api, s, access.RetryMail, http.MethodPost, "/rules", "add-rule", "Set a rule about new mail", s.addRule)
	route(api, s, access.RetryMail, http.MethodDelete, "/rules/{id}", "remove-rule", "Take a rule away", s.removeRule)
	route(api, s, access.Triage, http.MethodPost, "/tickets/{ref}/spam", "mark-spam", "Set a mail that nobody owns aside and block its sender", s.markSpam)

	describe(r, api.OpenAPI())
	r.Use(unknown(r.Routes())) // the last, so that it stands before nothing but what no route answers
}

type server struct {
	Deps
	limits *limiter
}

// route registers one operation with its permission, which is checked before
// the handler runs and is stated in the OpenAPI document. What answers GET
// answers HEAD as well (RFC 9110 section 9.1).
func route[I, O any](api huma.API, s *server, p access.Permission, method, path, id, what string, h func(context.Context, access.Actor, *I) (*O, error)) {
	op := huma.Operation{
		OperationID: id, Method: method, Path: path, Summary: what,
		Description:                  "Permission: " + string(p) + ", besides " + string(access.UseAPI) + ". " + more(id),
		Security:                     []map[string][]string{{"token": {}}},
		Errors:                       []int{401, 403, 404, 422, 429, 503},
		Extensions:                   map[string]any{"x-permission": string(p)},
		MaxBodyBytes:                 maxBody,
		RejectUnknownQueryParameters: true, // a filter that is spelt wrongly would give more than was asked for
	}
	if id == "attach-file" {
		op.MaxBodyBytes = maxFiles
	}
	if method == http.MethodPost {
		op.DefaultStatus = statusOfPost(id)
		op.Errors = append(op.Errors, 400, 409, 413, 415)
	}
	if method == http.MethodDelete {
		op.DefaultStatus = http.StatusNoContent
	}
	handle := func(ctx context.Context, in *I) (*O, error) {
		actor, ok := actorOf(ctx)
		if !ok {
			return nil, huma.Error401Unauthorized(sendToken)
		}
		if !actor.May(access.UseAPI) || !actor.May(p) {
			return nil, huma.Error403Forbidden("This token may not do that.")
		}
		if err := s.opens(ctx, actor, id, method == http.MethodGet); err != nil {
			return nil, s.failed(ctx, id, err)
		}
		out, err := h(ctx, actor, in)
		if err != nil {
			return nil, s.failed(ctx, id, err)
		}
		return out, nil
	}
	huma.Register(api, op, handle)
	if method == http.MethodGet {
		op.Method, op.OperationID, op.Hidden = http.MethodHead, id+"-head", true
		huma.Register(api, op, handle)
	}
}

// statusOfPost: a review makes nothing.
func statusOfPost(id string) int {
	switch id {
	case "review-reply", "refuse-release", "incident-step", "change-link", "request-end", "end-restriction", "set-arrangement":
		return http.StatusOK
	}
	return http.StatusCreated
}

// more is what a caller has to know besides the fields.
func more(id string) string {
	switch id {
	case "get-case":
		return "Reading a protected address is recorded, as it is on the page of the case."
	case "add-restriction":
		return "It counts at once and until two people have ended it. Without a document, or on the family's word, the evidence is due within five working days; it does not lapse."
	case "request-end", "end-restriction":
		return "It stays in force until a second person has approved its end; who asked cannot."
	case "change-link":
		return "It replaces what is recorded. Telling somebody more than before takes the permission " + string(access.ManageRestrictions) + " and a reason."
	case "list-mailboxes":
		return "The folder and the problem are given to who holds " + string(access.ReadSystem) + " as well."
	case "add-note", "log-call":
		return "A request that is repeated makes a second one."
	case "attach-file", "attach-received":
		return "Nothing is sent. Name the file in files when the reply is reviewed and sent: it is scanned, and the check reads what is inside."
	case "clean-file":
		return "Comments, tracked changes, properties and what is hidden are left out, and named in removed. 422 for a kind of file of which there is no cleaned copy."
	case "list-ledger":
		return "It holds no senders and no subjects."
	case "add-rule":
		return "People on a case, colleagues and news that a letter did not arrive are never kept away; a rule that would is answered 422. The same rule again is answered 409."
	case "mark-spam":
		return "The mail and later ones stay in the ledger and can be taken in from there."
	case "review-reply":
		return "Findings of decision confirm can be confirmed when the letter is sent, with the digest. Findings of decision block cannot."
	case "request-release":
		return "Nothing is queued. Only what a second person may release can be asked about; the answer is 422 otherwise."
	case "refuse-release":
		return "To release takes a person who has just signed in with a second factor, on the page; a token cannot. Nobody settles their own."
	case "report-incident":
		return "Data protection, the team lead and the head of service are told, and told again at 24, 48, 60 and 70 hours. A letter has one incident."
	case "send-reply":
		return "Recipients are people of the case, by id; an address cannot be given. Send seen_version, the version that you read: when something has happened since, " +
			"also when this very letter was queued, the answer is 409 and nothing is queued. Without it, the same words to the same people " +
			"within ten minutes are answered 409. The letter leaves after the hold, and is checked again then."
	}
	return ""
}

// config describes the API. The documentation pages of the library load code
// from other hosts and are switched off; its links to schemas would name a host
// of their own; its own route of the document is left out for the reason that
// describe gives.
func config(version string) huma.Config {
	c := huma.DefaultConfig("hearback", version)
	c.Info.Description = "Enquiries of families to a SEN team. A token belongs to a member of staff and sees what that person sees, narrowed by the token's scopes. " +
		"Notes are part of no answer but that of their own route."
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "", "", ""
	c.CreateHooks = nil
	c.Transformers = []huma.Transformer{plain}
	c.Servers = []*huma.Server{{URL: Prefix}}
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token": {Type: "http", Scheme: "bearer"},
	}
	return c
}
