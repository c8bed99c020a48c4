package web

import (
	"fmt"
	"slices"
	"time"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/web/view"
)

// livePage is the way from the first start to sending: where the installation
// stands, what waits for a person's choice, and what should be in order before the
// mode changes. It changes nothing: whoever can change the configuration, and
// nobody else, decides whether post leaves the council.
func (s *Server) livePage(c *Ctx) error {
	m := s.adminPage(c, "Going live", "mode")
	m.Intro = []string{
		"hearback has three modes. Hold: mail comes in, letters wait, nothing is sent. Observe: letters are also checked, and shown as they would go. Send: what the check clears leaves.",
		"The mode and the day are set in the configuration (outbound.mode, outbound.go_live) and take effect when hearback starts. Changing the mode releases nothing that waits now: a person chooses those letters.",
	}
	now := view.AdminSection{ID: "now", Heading: "Now", Facts: []view.AdminFact{
		{Name: "Outgoing post", Text: modeFact(s.Mode()), Tone: toneIf(s.Mode() != tickets.ModeSend, "warn")},
		s.goLiveFact(c.Now),
	}}
	if at := s.Desk.Settings().RestoredAt; !at.IsZero() {
		now.Facts = append(now.Facts, view.AdminFact{
			Name: "Restored from a backup", At: at, Tone: "warn",
			Text: "Restrictions, closed accounts and addresses that were changed after the backup have to be entered again. Mail received before then gets no acknowledgement by itself.",
		})
	}
	waits, err := s.waitsSection(c)
	if err != nil {
		return err
	}
	ready, err := s.readySection(c)
	if err != nil {
		return err
	}
	m.Sections = append(m.Sections, now, waits, ready)
	return s.showAdmin(c, 0, m)
}

func modeFact(mode tickets.Mode) string {
	switch mode {
	case tickets.ModeSend:
		return "Send: what the check clears leaves"
	case tickets.ModeObserve:
		return "Observe: letters are checked and kept, and none is sent"
	}
	return "On hold: nothing is sent"
}

func (s *Server) goLiveFact(now time.Time) view.AdminFact {
	live := s.Desk.Settings().GoLive
	f := view.AdminFact{Name: "The day", Tone: "good"}
	switch {
	case live.IsZero():
		f.Text, f.Tone = "Not set. Nothing is acknowledged or escalated by itself yet.", "warn"
	case now.Before(live):
		f.Text, f.Tone = "From "+sla.FormatShort(live)+". Until then nothing is acknowledged or escalated by itself.", "warn"
	default:
		f.Text = "Since " + sla.FormatShort(live) + ". Mail from before then is not acknowledged or escalated by itself."
	}
	return f
}

// waitsSection counts what only a person can release, by kind, with its oldest.
func (s *Server) waitsSection(c *Ctx) (view.AdminSection, error) {
	sec := view.AdminSection{ID: "waits", Heading: "What waits for a choice"}
	if !c.Actor.SeesCases() {
		sec.Text = []string{"Your role does not see letters. A team lead sees here what waits."}
		return sec, nil
	}
	list, err := s.Store.Outbox(c.Request.Context(), c.Actor, tickets.OutboxQuery{
		States: []tickets.DeliveryState{tickets.Held, tickets.Queued}, Limit: outboxShown,
	})
	if err != nil {
		return sec, err
	}
	kinds := []struct {
		name   string
		of     []tickets.Purpose
		n      int
		oldest time.Time
	}{
		{name: "Letters that somebody wrote", of: []tickets.Purpose{tickets.PurposeReply, tickets.PurposeRelay}},
		{name: "Acknowledgements and receipts", of: []tickets.Purpose{tickets.PurposeAck, tickets.PurposeReceipt}},
		{name: "Notices to staff", of: []tickets.Purpose{tickets.PurposeNotice, tickets.PurposeAccount}},
	}
	all := 0
	for _, o := range list {
		if !s.keptBack(o, c.Now) {
			continue
		}
		all++
		for i := range kinds {
			if !slices.Contains(kinds[i].of, o.Purpose) {
				continue
			}
			kinds[i].n++
			if kinds[i].oldest.IsZero() || o.CreatedAt.Before(kinds[i].oldest) {
				kinds[i].oldest = o.CreatedAt
			}
		}
	}
	for _, k := range kinds {
		f := view.AdminFact{Name: k.name, Text: "none"}
		if k.n > 0 {
			f.Text, f.Tone = plural(k.n, "letter waits", "letters wait")+", the oldest from "+sla.FormatShort(k.oldest), "warn"
		}
		sec.Facts = append(sec.Facts, f)
	}
	if len(list) == outboxShown {
		sec.Text = append(sec.Text, fmt.Sprintf("Only the newest %d letters were counted.", outboxShown))
	}
	if all > 0 {
		sec.Text = append(sec.Text, plural(all, "letter waits", "letters wait")+". Nothing of it leaves until somebody ticks it in the outbox. Acknowledgements are of no use late: those older than a few hours are dropped, not sent.")
		sec.Links = []view.Link{{Text: "Choose what goes", Href: "/outbox?tab=" + tabKept}}
	}
	return sec, nil
}

// readySection is what should be in order before the first letter leaves.
func (s *Server) readySection(c *Ctx) (view.AdminSection, error) {
	ctx := c.Request.Context()
	var rows []view.AdminRow
	row := func(what, href string, need access.Permission, state string, good bool, tone string) {
		if good {
			tone = "good"
		}
		if !c.Actor.May(need) {
			href = "" // how it stands is everybody's here; where it is changed is not
		}
		rows = append(rows, view.AdminRow{Cells: []view.AdminCell{{Text: what, Href: href}, {Text: state, Tone: tone}}})
	}
	h := s.Deps.Health(ctx)
	well := func(problem, ok string) string {
		if problem == "" {
			return ok
		}
		return problem
	}
	row("Mail comes in", view.MailboxesURL(), access.ReadSystem, well(h.MailIn, "Every mailbox is read"), h.MailIn == "", "bad")
	row("Mail can go out", view.MailboxesURL(), access.ReadSystem, well(h.MailOut, "Nothing is wrong. Test the connection of each mailbox"), h.MailOut == "", "bad")
	imports, err := s.Store.Imports(ctx, 1)
	if err != nil {
		return view.AdminSection{}, err
	}
	switch {
	case len(imports) == 0:
		row("Families on the register", "/admin/import", access.ImportCases, "The case system was never imported: mail of families that are not known goes to triage", false, "warn")
	default:
		age := c.Now.Sub(imports[0].DoneAt)
		row("Families on the register", "/admin/import", access.ImportCases, "Imported "+agoWords(age)+" ago", age <= importIsOld, "warn")
	}
	domains, err := s.Store.StaffDomains(ctx)
	if err != nil {
		return view.AdminSection{}, err
	}
	row("Who counts as a colleague", "/admin/staff-domains", access.ReadSystem, well(map[bool]string{true: "No domain of the council is set"}[len(domains) == 0], plural(len(domains), "domain", "domains")), len(domains) > 0, "bad")
	dir, err := s.Store.Directory(ctx)
	if err != nil {
		return view.AdminSection{}, err
	}
	row("Lists and forwardings of the council", "/admin/directory", access.ReadSystem, well(map[bool]string{true: "Never imported: a list of addresses is taken for one reader"}[dir.AsOf.IsZero()], "Known"), !dir.AsOf.IsZero(), "warn")
	staff, err := s.Store.StaffFigures(ctx, c.Now)
	if err != nil {
		return view.AdminSection{}, err
	}
	row("Accounts", "/admin/users", access.ManageUsers, plural(len(staff), "account", "accounts"), len(staff) > 1, "warn")
	set := s.Desk.Settings()
	row("What letters to families say", "/admin/wording", access.ReadSystem, well(map[bool]string{true: "The team's telephone or the emergency number is missing"}[set.TeamPhone == "" || set.EmergencyDuty == ""], "Read each letter as a family sees it"), set.TeamPhone != "" && set.EmergencyDuty != "", "bad")
	row("What the check knows", "/admin/guard", access.ReadGuard, "Try it with examples of your own", true, "")
	sec := view.AdminSection{
		ID: "ready", Heading: "Before the first letter leaves",
		Table: view.NewAdminTable("What should be in order", "", []string{"What", "How it stands"}, rows),
	}
	if c.Actor.May(access.ManageSystem) {
		sec.Text = []string{"Make a backup on the day (hearback backup), and have a person look at the outbox on that day and the next."}
	}
	return sec, nil
}
