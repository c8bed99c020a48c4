package web

import (
	"net/http"
	"net/url"
	"slices"
	"sort"
	"time"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/web/view"
)

// mailboxes is the health page: what works, what does not, and what to do.
func (s *Server) mailboxes(c *Ctx) error { return s.showMailboxes(c, http.StatusOK, nil, nil) }

func (s *Server) showMailboxes(c *Ctx, status int, tried *view.MailboxTried, errs []view.FieldError) error {
	ctx := c.Request.Context()
	h := s.Deps.Health(ctx)
	m := view.Mailboxes{
		Shell: s.shell(c, "Mailboxes", "mailboxes"), Nav: adminNav(c.Actor, "mailboxes"), Admin: c.Actor.May(access.ManageSystem) && s.TryMailbox != nil, Tried: tried, Warnings: h.Warnings, Empty: "No mailbox is set up. Mailboxes are set in the configuration.",
		Parts: []view.HealthPart{
			light("Mail in", h.MailIn), light("Mail out", h.MailOut), light("Timers", h.Sweep), light("Disk", h.Disk),
		},
	}
	m.Errors, m.Shell.Failed = errs, len(errs) > 0
	states := map[int64][]MailboxState{}
	for _, st := range s.Deps.Mailboxes(ctx) {
		states[st.Mailbox.ID] = append(states[st.Mailbox.ID], st)
	}
	list, err := s.Store.Mailboxes(ctx)
	if err != nil {
		return err
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].Name < list[j].Name })
	var secrets map[string]time.Time
	if s.Board != nil && c.Actor.May(access.ManageSystem) {
		b, err := s.Board(ctx)
		if err != nil {
			return err
		}
		secrets = b.Secrets
	}
	_, teams, err := s.teamOptions(c, 0, "")
	if err != nil {
		return err
	}
	for _, box := range list {
		if !s.runs(c, box) {
			continue
		}
		row, err := s.mailboxHealth(c, box, states[box.ID], h)
		if err != nil {
			return err
		}
		row.Team = teams[box.TeamID].Name
		row.SecretEnds, row.SecretTone = secretEnds(secrets[box.Name], c.Now)
		for _, st := range states[box.ID] {
			row.Folders = append(row.Folders, folderRow(st, c.Now))
		}
		m.Boxes = append(m.Boxes, row)
	}
	return s.page(c, status, view.PageMailboxes, m)
}

// runs reports whether a mailbox is the actor's business: the machine's people
// look after all of them, a lead after those of her teams.
func (s *Server) runs(c *Ctx, box tickets.Mailbox) bool {
	return c.Actor.May(access.ManageSystem) || c.Actor.SeesAllTeams() || slices.Contains(c.Actor.TeamIDs, box.TeamID)
}

func light(name, problem string) view.HealthPart {
	if problem == "" {
		return view.HealthPart{Name: name, State: "good", Text: "well"}
	}
	return view.HealthPart{Name: name, State: "bad", Text: problem}
}

func (s *Server) mailboxHealth(c *Ctx, box tickets.Mailbox, states []MailboxState, h Health) (view.MailboxHealth, error) {
	row := view.MailboxHealth{
		Slug: box.Name, Name: box.Address, In: view.HealthPart{Name: "In", State: "warn", Text: "not read yet"}, Out: light("Out", h.MailOut), Waiting: "?",
	}
	for i, st := range states {
		if i == 0 || st.LastGood.Before(row.Last) {
			row.Last = st.LastGood // the folder that is furthest behind
		}
		if i == 0 {
			row.In = view.HealthPart{Name: "In", State: "good", Text: "read"}
			row.Waiting = "0"
			if !st.LastGood.IsZero() {
				row.In.Text = sla.FormatShort(st.LastGood)
			}
		}
		if st.OK {
			continue
		}
		row.In.State, row.Waiting = "warn", "?"
		if st.Alarm {
			row.In.State = "bad"
		}
		row.In.Text = "not read"
		if !st.LastGood.IsZero() {
			row.In.Text = "not read since " + sla.FormatShort(st.LastGood)
		}
		row.Happened = st.Problem
		if row.Happened == "" {
			row.Happened = "The last check of folder " + st.Folder + " did not end well."
		}
		row.Means = "New mail may be waiting on the server. Nothing is lost: it is read as soon as the server answers."
		row.Fix = "If this lasts, tell the people who run the mail server, and check the sign-in in the configuration."
	}
	if !c.Actor.May(access.ReadLedger) {
		return row, nil
	}
	_, counts, err := s.Store.Ledger(c.Request.Context(), c.Actor, tickets.LedgerQuery{MailboxID: box.ID, Limit: 1})
	if err != nil {
		return row, err
	}
	row.Held = counts[tickets.FateHeld] + counts[tickets.FateQuarantined]
	row.Counts = fateCounts(box.Name, counts)
	return row, nil
}

func fates() []tickets.Fate {
	return []tickets.Fate{tickets.FateMessage, tickets.FateDuplicate, tickets.FateHeld, tickets.FateQuarantined, tickets.FateSuppressed}
}

func fateCounts(slug string, counts map[tickets.Fate]int) []view.FateCount {
	out := make([]view.FateCount, 0, len(fates()))
	for _, f := range fates() {
		out = append(out, view.FateCount{Name: view.FateWord(string(f)), Count: counts[f], Href: view.LedgerURL(slug) + "?fate=" + url.QueryEscape(string(f))})
	}
	return out
}

// mailboxNamed is the mailbox in the address of the page.
func (s *Server) mailboxNamed(c *Ctx) (*tickets.Mailbox, error) {
	list, err := s.Store.Mailboxes(c.Request.Context())
	if err != nil {
		return nil, err
	}
	for i := range list {
		if list[i].Name == c.Param("slug") {
			return &list[i], nil
		}
	}
	return nil, fault.New(fault.NotFound, "There is no such mailbox")
}
