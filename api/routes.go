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
	route(api, s, access.LogCalls, http.MethodPost, "/tickets/{ref}/calls", "log-call", "Log a telephone call", s.logCall)
	route(api, s, access.ReadCases, http.MethodGet, "/cases", "list-cases", "Cases", s.listCases)
	route(api, s, access.ReadCases, http.MethodGet, "/cases/{ref}", "get-case", "One case with its people", s.getCase)
	route(api, s, access.UseAPI, http.MethodGet, "/mailboxes", "list-mailboxes", "How each mailbox is doing", s.listMailboxes)
}

type server struct {
	Deps
	limits *limiter
}

// route registers one operation with its permission, which is checked before
// the handler runs and is stated in the OpenAPI document.
func route[I, O any](api huma.API, s *server, p access.Permission, method, path, id, what string, h func(context.Context, access.Actor, *I) (*O, error)) {
	op := huma.Operation{
		OperationID: id, Method: method, Path: path, Summary: what,
		Description:  "Permission: " + string(p),
		Security:     []map[string][]string{{"token": {}}},
		Errors:       []int{401, 403, 404, 409, 422, 429, 503},
		Metadata:     map[string]any{"permission": p},
		MaxBodyBytes: 1 << 20,
	}
	if method == http.MethodPost {
		op.DefaultStatus = http.StatusCreated
	}
	huma.Register(api, op, func(ctx context.Context, in *I) (*O, error) {
		actor, ok := actorOf(ctx)
		if !ok {
			return nil, huma.Error401Unauthorized("Send a token: Authorization: Bearer ...")
		}
		if !actor.May(access.UseAPI) || !actor.May(p) {
			return nil, huma.Error403Forbidden("This token may not do that.")
		}
		out, err := h(ctx, actor, in)
		if err != nil {
			return nil, s.failed(ctx, id, err)
		}
		return out, nil
	})
}

// config describes the API. The documentation pages of the library load code
// from other hosts and are switched off; schema links would name a host of
// their own.
func config(version string) huma.Config {
	c := huma.DefaultConfig("hearback", version)
	c.Info.Description = "Enquiries of families to a SEN team. A token belongs to a member of staff and sees what that person sees."
	c.OpenAPIPath = "/openapi"
	c.DocsPath, c.SchemasPath = "", ""
	c.CreateHooks = nil
	c.Servers = []*huma.Server{{URL: Prefix}}
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token": {Type: "http", Scheme: "bearer"},
	}
	return c
}
