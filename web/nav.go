package web

import (
	"slices"

	"hearback/tickets/access"
	"hearback/web/view"
)

// navEntry is an entry of the navigation of every page.
type navEntry struct {
	name string // what pages say that they belong to
	item view.NavItem
	need access.Permission
}

// nav is the service navigation: first where work comes in, then what was written,
// then what is run. What somebody opens a few times a month is in the side menu of
// the administration, for those who have one.
func (s *Server) nav(c *Ctx, current string) []view.NavItem {
	if c.nav == nil && c.Actor.SeesCases() {
		counts, err := s.Store.TicketCounts(c.Request.Context(), c.Actor, c.Now)
		if err != nil {
			s.Log.Error("web", "event", "counts_failed", "error", err)
		}
		c.nav = counts
	}
	lead := navEntry{"lead", view.NavItem{Text: "Lead", Href: "/lead", Key: "l"}, access.ReadLead}
	entries := []navEntry{
		{"inbox", view.NavItem{Text: "Inbox", Href: "/inbox", Count: c.nav["mine"], Key: "i"}, access.ReadCases},
		{"duty", view.NavItem{Text: "Duty", Href: "/duty", Count: c.nav["triage"] + c.nav["unconfirmed"], Key: "d"}, access.Triage},
		{"escalations", view.NavItem{Text: "Escalations", Href: "/escalations", Key: "e"}, access.ReadLead},
		{"cases", view.NavItem{Text: "Cases", Href: "/c", Key: "c"}, access.ReadCases},
		{"outbox", view.NavItem{Text: "Outbox", Href: "/outbox", Count: s.inTheOutbox(c), Key: "o"}, access.ReadCases},
		{"held", view.NavItem{Text: "Held", Href: "/held", Key: "h"}, access.SendReply},
		{"mailings", view.NavItem{Text: "Mailings", Href: "/mailings", Count: s.toApprove(c)}, access.WriteMailing},
		{"mailboxes", view.NavItem{Text: "Admin", Href: view.AdminURL(), Key: "m"}, access.ReadSystem},
	}
	entries = append(entries, besides()...)
	switch c.Actor.Role {
	case access.RoleLead, access.RoleHead:
		entries = slices.Insert(entries, 0, lead)
	case access.RoleBusinessSupport:
		entries[0], entries[1] = entries[1], entries[0] // their day is the duty queue
	default:
		entries = slices.Insert(entries, 3, lead)
	}
	var out []view.NavItem
	for _, n := range entries {
		beside := slices.ContainsFunc(besides(), func(b navEntry) bool { return b.name == n.name })
		if !c.Actor.May(n.need) || beside && hasSideMenu(c.Actor) {
			continue
		}
		n.item.Current = n.name == current || n.name == "mailboxes" && isBeside(c.Actor, current)
		out = append(out, n.item)
	}
	return out
}

// toApprove counts letters to many families that wait for a second person, who may be
// the reader.
func (s *Server) toApprove(c *Ctx) int {
	n, err := s.Store.MailingsAsked(c.Request.Context(), c.Actor)
	if err != nil {
		s.Log.Error("web", "event", "counts_failed", "error", err)
	}
	return n
}

// besides are the pages that stand in the side menu of the administration for those
// who have one, and in the navigation for the others.
func besides() []navEntry {
	return []navEntry{
		{"incidents", view.NavItem{Text: "Misdirected", Href: "/incidents"}, access.HandleIncidents},
		{"guard", view.NavItem{Text: "Check", Href: "/admin/guard"}, access.ReadGuard},
		{"access", view.NavItem{Text: "Access", Href: "/access"}, access.GrantAccess},
		{"audit", view.NavItem{Text: "Audit", Href: "/admin/audit"}, access.ReadAudit},
	}
}

func hasSideMenu(a access.Actor) bool { return a.May(access.ReadSystem) }

// isBeside reports a page that this actor finds in the side menu.
func isBeside(a access.Actor, current string) bool {
	return hasSideMenu(a) && slices.ContainsFunc(besides(), func(n navEntry) bool { return n.name == current && a.May(n.need) })
}
