package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/register"
	"hearback/web/view"
)

// adminPage is the frame of a page of the administration. current names its entry
// in the side menu.
func (s *Server) adminPage(c *Ctx, heading, current string) view.AdminPage {
	return view.AdminPage{Shell: s.shell(c, heading, "mailboxes"), Nav: adminNav(c.Actor, current), Heading: heading}
}

// adminNav are the pages of the administration that an actor may open.
func adminNav(a access.Actor, current string) []view.NavItem {
	all := []struct {
		name, text, href string
		need             access.Permission
	}{
		{"home", "Health", view.AdminURL(), access.ReadSystem},
		{"mailboxes", "Mailboxes", view.MailboxesURL(), access.ReadSystem},
		{"users", "Users", view.UsersURL(), access.ManageUsers},
		{"teams", "Teams", view.TeamsURL(), access.ManageTeams},
		{"standards", "Response standards", view.StandardsURL(), access.ReadSystem},
		{"calendar", "Calendar", view.CalendarURL(), access.ReadSystem},
		{"wording", "Letters to families", view.WordingsURL(), access.ReadSystem},
		{"replies", "Texts for replies", view.ReplyTextsURL(0), access.ReadSystem},
		{"domains", "Staff domains", view.DomainsURL(), access.ReadSystem},
		{"directory", "Directory", view.DirectoryURL(), access.ReadSystem},
		{"import", "Import cases", view.ImportURL(), access.ImportCases},
		{"waiting", "Imports: to decide", view.ImportWaitingURL(), access.ManageRestrictions},
		{"rules", "Intake rules", view.RulesURL(), access.ReadLedger},
		{"mode", "Going live", "/admin/mode", access.ReadSystem},
		{"webhooks", "Webhooks", view.WebhooksURL(), access.ReadSystem},
		{"guard", "The check before sending", "/admin/guard", access.ReadGuard},
		{"incidents", "Misdirected messages", "/incidents", access.HandleIncidents},
		{"access", "Access to restricted cases", "/access", access.GrantAccess},
		{"audit", "Audit", "/admin/audit", access.ReadAudit},
	}
	var out []view.NavItem
	for _, n := range all {
		if a.May(n.need) {
			out = append(out, view.NavItem{Text: n.text, Href: n.href, Current: n.name == current})
		}
	}
	return out
}

// showAdmin writes a page of the administration, with what was wrong in it.
func (s *Server) showAdmin(c *Ctx, status int, m view.AdminPage) error {
	m.Shell.Failed = len(m.Errors) > 0
	if status == 0 {
		status = http.StatusOK
	}
	return s.page(c, status, view.PageAdmin, m)
}

// people are all accounts by id, for names on these pages.
func (s *Server) people(c *Ctx) (list []register.Staff, byID map[int64]register.Staff, err error) {
	list, err = s.Store.Staff(c.Request.Context(), c.Actor)
	if err != nil {
		return nil, nil, err
	}
	byID = make(map[int64]register.Staff, len(list))
	for _, p := range list {
		byID[p.ID] = p
	}
	return list, byID, nil
}

// changedBy says who set something, and when.
func changedBy(byID map[int64]register.Staff, who int64, at time.Time) string {
	if at.IsZero() {
		return ""
	}
	name := byID[who].Name
	if name == "" {
		name = "somebody"
	}
	return "Set by " + name + " on " + at.In(london()).Format("2 January 2006")
}

// teamOptions are the teams as choices; empty is the words for none, "" leaves it out.
func (s *Server) teamOptions(c *Ctx, chosen int64, empty string) ([]view.Option, map[int64]tickets.TeamView, error) {
	teams, err := s.Desk.Teams(c.Request.Context(), c.Actor)
	if err != nil {
		return nil, nil, err
	}
	var out []view.Option
	if empty != "" {
		out = append(out, view.Option{Value: "0", Text: empty, Selected: chosen == 0})
	}
	byID := map[int64]tickets.TeamView{}
	for _, t := range teams {
		byID[t.ID] = t
		out = append(out, view.Option{Value: id(t.ID), Text: t.Name, Selected: t.ID == chosen})
	}
	return out, byID, nil
}

// idIn is the number in the address of a page; what is none does not exist.
func idIn(c *Ctx, name string) (int64, error) {
	n := number(c.Param(name))
	if n <= 0 {
		return 0, fault.New(fault.NotFound, "We cannot find that")
	}
	return n, nil
}

// choose is a form of the page by the button that was pressed.
func choose(forms []*view.Form, do string) (*view.Form, bool) {
	i := slices.IndexFunc(forms, func(f *view.Form) bool { return f.Do == do })
	if i < 0 {
		return nil, false
	}
	return forms[i], true
}

// formsOf gives the forms to a page, in their order.
func formsOf(forms ...*view.Form) []view.Form {
	var out []view.Form
	for _, f := range forms {
		if f != nil {
			out = append(out, *f)
		}
	}
	return out
}

// joined writes a list in words: "a, b and c".
func joined(parts []string) string {
	if n := len(parts); n > 1 {
		return strings.Join(parts[:n-1], ", ") + " and " + parts[n-1]
	}
	return strings.Join(parts, "")
}
