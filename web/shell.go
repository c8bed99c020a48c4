package web

import (
	"strings"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/web/view"
)

// shell is what stands around every page. current is the navigation entry that
// the page belongs to.
func (s *Server) shell(c *Ctx, title, current string) view.Shell {
	sh := view.Shell{Title: title, Council: s.Council, Demo: s.Demo != nil, Mode: string(s.Mode())}
	if !c.Actor.IsPerson() {
		sh.Mode = string(tickets.ModeSend) // the public pages carry no news of the inside
		return sh
	}
	ctx := c.Request.Context()
	sh.Person = &view.Person{Name: c.Actor.Name, Role: roleWord(c.Actor.Role)}
	if c.Actor.Role == access.RoleAuditor {
		sh.Auditor = c.Actor.Until
	}
	sh.Look = s.look(c)
	sh.Nav = s.nav(c, current)
	if isBeside(c.Actor, current) {
		sh.Side = adminNav(c.Actor, current)
	}
	sh.EventsURL = "/events"
	if c.Actor.May(access.LogCalls) {
		sh.CallHref = "/calls/new"
	}
	for _, m := range s.Deps.Mailboxes(ctx) {
		if m.Alarm {
			sh.Late = append(sh.Late, view.LateMailbox{
				Name: m.Mailbox.Address, Checked: m.LastGood, Ago: c.Now.Sub(m.LastGood), Href: "/admin/mailboxes",
			})
		}
	}
	if s.Deps.Warnings != nil && c.Actor.May(access.ReadSystem) {
		sh.Warnings = s.Deps.Warnings()
	}
	sh.Waiting = s.waiting(c)
	sh.Flash = s.flash(c)
	return sh
}

func (s *Server) flash(c *Ctx) *view.Flash {
	v := s.Sessions.PopString(c.Request.Context(), "flash")
	kind, text, ok := strings.Cut(v, "|")
	if !ok {
		return nil
	}
	return &view.Flash{Kind: kind, Text: text}
}

// waiting are the actor's letters that can still be taken back.
func (s *Server) waiting(c *Ctx) []view.Waiting {
	if !c.Actor.May(access.SendReply) {
		return nil
	}
	list, err := s.Store.Outbox(c.Request.Context(), c.Actor, tickets.OutboxQuery{States: []tickets.DeliveryState{tickets.Queued}, Limit: 20})
	if err != nil {
		s.Log.Error("web", "event", "waiting_failed", "error", err)
		return nil
	}
	var out []view.Waiting
	for _, o := range list {
		if o.AuthorID != c.Actor.StaffID || !o.ReleaseAt.After(c.Now) || len(o.Deliveries) == 0 {
			continue
		}
		w := view.Waiting{ID: id(o.Deliveries[0].ID), Ref: o.TicketRef, Leaves: o.ReleaseAt, NoRush: true}
		for _, d := range o.Deliveries {
			w.To = append(w.To, d.Name)
		}
		out = append(out, w)
	}
	return out
}

func (s *Server) look(c *Ctx) view.Look {
	ctx := c.Request.Context()
	return view.Look{
		Theme: s.Sessions.GetString(ctx, "theme"), Density: s.Sessions.GetString(ctx, "density"),
		Shortcuts: s.Sessions.GetString(ctx, "shortcuts") == "on", Quiet: s.Sessions.GetString(ctx, "live") == "off",
	}
}

func homeOf(c *Ctx) string {
	switch {
	case c.Actor.Role == access.RoleLead, c.Actor.Role == access.RoleHead:
		return "/lead"
	case c.Actor.Role == access.RoleBusinessSupport:
		return "/duty"
	case c.Actor.SeesCases():
		return "/inbox"
	case c.Actor.May(access.ReadSystem):
		return view.AdminURL()
	}
	return "/help"
}

func roleWord(r access.Role) string {
	switch r {
	case access.RoleBusinessSupport:
		return "Duty officer"
	case access.RoleOfficer:
		return "SEN officer"
	case access.RoleLead:
		return "Team lead"
	case access.RoleTribunal:
		return "Tribunal officer"
	case access.RoleSafeguarding:
		return "Safeguarding lead"
	case access.RoleDataProtection:
		return "Data protection"
	case access.RoleHead:
		return "Head of service"
	case access.RoleAuditor:
		return "Auditor"
	case access.RoleAdmin:
		return "System administrator"
	}
	return ""
}

// mailUnknown says since when it is not known whether mail is waiting; zero
// when every mailbox is read.
func (s *Server) mailUnknown(c *Ctx) time.Time {
	for _, m := range s.Deps.Mailboxes(c.Request.Context()) {
		if !m.OK {
			return m.LastGood
		}
	}
	return time.Time{}
}
