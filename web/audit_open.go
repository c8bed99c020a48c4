package web

import (
	"net/http"
	"strings"

	"hearback/tickets"
	"hearback/tickets/audit"
)

// opens asks, before anything is shown, whether what the address names may be
// opened, and has it recorded where it must be. Every route goes through here, so
// that no page has to remember to.
func (s *Server) opens(c *Ctx, rt route) error {
	o, ok := openingOf(c, rt)
	if !ok {
		return nil
	}
	return s.Desk.Open(c.Request.Context(), c.Actor, o, c.Now)
}

// openingOf reads an address. What it names in none of the known ways is nothing
// of a case.
func openingOf(c *Ctx, rt route) (tickets.Opening, bool) {
	o := tickets.Opening{Page: rt.path, Part: partOf(c)}
	switch {
	case c.Param("ref") != "":
		o.TicketRef = c.Param("ref")
	case c.Param("case") != "":
		o.CaseRef = c.Param("case")
	case c.Param("item") != "":
		o.TicketRef = c.Param("item")
	case rt.path == "/held/:id":
		o.OutgoingID, o.Part = number(c.Param("id")), ""
	case rt.path == "/escalations/:id":
		o.TicketRef, o.Part = c.Param("id"), ""
	case strings.HasPrefix(rt.path, "/inbox") && rt.method == http.MethodGet:
		o.TicketRef = c.Query("open")
	case c.Query("e") != "":
		o.TicketRef = c.Query("e")
	default:
		o.CaseRef = c.Query("case")
	}
	if o.DoorQuery == (tickets.DoorQuery{}) {
		return o, false
	}
	switch {
	case strings.HasSuffix(rt.path, "/original"), strings.HasSuffix(rt.path, "/headers"):
		o.As = audit.OriginalShown
	case strings.Contains(rt.path, "/files/"):
		o.As = audit.FileDownloaded
	}
	// Forms record what they do themselves; who is there is asked every few seconds.
	o.Quiet = rt.method != http.MethodGet || strings.HasSuffix(rt.path, "/presence")
	return o, true
}

func partOf(c *Ctx) string {
	part := c.Param("id")
	if p := c.Param("path"); p != "" {
		part += "/" + p
	}
	return part
}
