package api

import (
	"context"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/audit"
)

type namedKey struct{}

// named keeps what the address names for opens.
func named(hc huma.Context) huma.Context {
	g := humagin.Unwrap(hc)
	q := tickets.DoorQuery{}
	path := hc.Operation().Path
	switch ref := g.Param("ref"); {
	case ref == "":
	case strings.Contains(path, "/tickets/"):
		q.TicketRef = ref
	case strings.Contains(path, "/cases/"):
		q.CaseRef = ref
	}
	return huma.WithValue(hc, namedKey{}, q)
}

// opens asks, before an operation runs, whether what its address names may be
// opened, and has it recorded where it must be, as the pages do.
func (s *server) opens(ctx context.Context, a access.Actor, id string, reads bool) error {
	q, _ := ctx.Value(namedKey{}).(tickets.DoorQuery)
	if q == (tickets.DoorQuery{}) {
		return nil
	}
	now, err := s.Now(ctx)
	if err != nil {
		return err
	}
	o := tickets.Opening{DoorQuery: q, Page: "api " + strings.TrimSuffix(id, "-head"), Quiet: !reads}
	if strings.HasPrefix(id, "list-notes") {
		o.As = audit.NoteViewed
	}
	return s.Desk.Open(ctx, a, o, now)
}
