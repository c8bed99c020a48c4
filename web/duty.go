package web

import (
	"net/http"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/web/view"
)

// dutyTab is one list of the duty desk.
type dutyTab struct{ slug, text, name, empty string }

const (
	tabUnmatched  = "unmatched"
	tabStrangers  = "strangers"
	tabAutomatic  = "automatic"
	tabUnreadable = "unreadable"
	tabElsewhere  = "sent"
)

func dutyTabs() []dutyTab {
	return []dutyTab{
		{tabUnmatched, "Unmatched", "Mail without a case", "All mail is matched."},
		{tabStrangers, "Strangers", "Unconfirmed senders", "No stranger has written into a conversation."},
		{tabElsewhere, "Sent elsewhere", "Email sent outside hearback", "All email that was sent outside hearback is on its enquiry."},
		{tabAutomatic, "Automatic", "Automatic mail", "No automatic mail has come."},
		{tabUnreadable, "Unreadable", "Mail that could not be read", "Every mail could be read."},
	}
}

func findTab(slug string) (dutyTab, bool) {
	switch slug {
	case "":
		slug = tabUnmatched
	case "unconfirmed": // the name of the list elsewhere
		slug = tabStrangers
	}
	for _, t := range dutyTabs() {
		if t.slug == slug {
			return t, true
		}
	}
	return dutyTab{}, false
}

// dutyShown is how many waiting mails a list shows, oldest first.
const dutyShown = 50

// duty is a list with its first item in hand.
func (s *Server) duty(c *Ctx) error {
	tab, ok := findTab(c.Param("tab"))
	if !ok {
		return fault.New(fault.NotFound, "There is no such list")
	}
	m, err := s.dutyModel(c, tab)
	if err != nil {
		return err
	}
	if len(m.List) > 0 {
		if m.Item, err = s.findItem(c, m.List[0].ID, nil); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		s.choose(&m)
	}
	return s.page(c, http.StatusOK, view.PageDuty, m)
}

// dutyModel is a tab without an item in hand.
func (s *Server) dutyModel(c *Ctx, tab dutyTab) (view.Duty, error) {
	m := view.Duty{Shell: s.shell(c, "Duty: "+strings.ToLower(tab.name), "duty"), Tab: tab.slug, Name: tab.name, Empty: tab.empty}
	var err error
	if m.Tabs, err = s.dutyCounts(c, tab.slug); err != nil {
		return m, err
	}
	if m.Alert, err = s.dutyAlert(c); err != nil {
		return m, err
	}
	switch tab.slug {
	case tabUnmatched:
		m.List, err = s.waitingMail(c, "triage")
	case tabStrangers:
		m.List, err = s.waitingMail(c, "unconfirmed")
	case tabElsewhere:
		m.List, err = s.sentMail(c)
	case tabAutomatic:
		m.Filters = automaticFilter(c)
		m.List, err = s.automaticMail(c)
	case tabUnreadable:
		m.List, err = s.unreadMail(c)
	}
	if since := s.mailUnknown(c); !since.IsZero() {
		m.Unknown = "We do not know: mail was last checked " + sla.FormatShort(since) + "."
	}
	return m, err
}

func (s *Server) dutyCounts(c *Ctx, current string) ([]view.NavItem, error) {
	_ = s.nav(c, "") // fills c.nav once
	// Triage holds what strangers wrote as well; that has a list of its own.
	strangers, err := s.Store.Tickets(c.Request.Context(), c.Actor, tickets.TicketQuery{View: "unconfirmed", State: tickets.StateTriage, Limit: 1, Now: c.Now})
	if err != nil {
		return nil, err
	}
	sent, err := s.Store.SentApart(c.Request.Context(), c.Actor, dutyShown)
	if err != nil {
		return nil, err
	}
	counts := map[string]int{tabElsewhere: len(sent), tabUnmatched: max(0, c.nav["triage"]-strangers.Total), tabStrangers: c.nav["unconfirmed"]}
	if c.Actor.May(access.ReadLedger) {
		_, fates, err := s.Store.Ledger(c.Request.Context(), c.Actor, tickets.LedgerQuery{Fate: tickets.FateQuarantined, Limit: 1})
		if err != nil {
			return nil, err
		}
		counts[tabUnreadable] = fates[tickets.FateQuarantined]
	}
	out := make([]view.NavItem, 0, len(dutyTabs()))
	for _, t := range dutyTabs() {
		out = append(out, view.NavItem{Text: t.text, Href: "/duty/" + t.slug, Count: counts[t.slug], Current: t.slug == current})
	}
	return out, nil
}

// dutyAlert is the oldest waiting mail whose words suggest danger.
func (s *Server) dutyAlert(c *Ctx) (*view.Alert, error) {
	for _, list := range []string{"triage", "unconfirmed", "team"} {
		page, err := s.Store.Tickets(c.Request.Context(), c.Actor, tickets.TicketQuery{View: list, Limit: 200, Now: c.Now})
		if err != nil {
			return nil, err
		}
		for _, t := range page.Items {
			if t.Alert == "" {
				continue
			}
			to := "/duty/i/" + t.Ref
			if t.State != tickets.StateTriage {
				to = view.EnquiryURL(t.Ref)
			}
			return &view.Alert{Words: t.Alert, Ago: old(c.Now.Sub(t.LastInboundAt)), Href: to}, nil
		}
	}
	return nil, nil //nolint:nilnil // no alert is open; not an error
}

// old is an age in words: "12 minutes old".
func old(d time.Duration) string { return span(d) + " old" }

// span is a length of time in words, rounded down.
func span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < 2*time.Hour:
		return plural(int(d/time.Minute), "minute", "minutes")
	case d < 48*time.Hour:
		return plural(int(d/time.Hour), "hour", "hours")
	}
	return plural(int(d/(24*time.Hour)), "day", "days")
}

func (s *Server) waitingMail(c *Ctx, list string) ([]view.DutyRow, error) {
	page, err := s.Store.Tickets(c.Request.Context(), c.Actor, tickets.TicketQuery{View: list, Limit: dutyShown, Now: c.Now})
	if err != nil {
		return nil, err
	}
	// What is due first stands on top; of what is due at the same time, the oldest.
	sort.SliceStable(page.Items, func(i, j int) bool {
		a, b := page.Items[i], page.Items[j]
		if !dueAt(a).Equal(dueAt(b)) {
			return dueAt(a).Before(dueAt(b))
		}
		return a.ReceivedAt.Before(b.ReceivedAt)
	})
	out := make([]view.DutyRow, 0, len(page.Items))
	for _, t := range page.Items {
		if list == "triage" && t.Category == tickets.CategoryUnconfirmed {
			continue // has a list of its own
		}
		row := view.DutyRow{
			ID: t.Ref, From: t.Requester, Subject: noSubject(t.Subject), At: t.ReceivedAt, Why: t.Reason,
			Due: s.due(t.Clock, c.Now), Href: "/duty/i/" + t.Ref,
		}
		if t.State != tickets.StateTriage {
			row.Href, row.Why = view.EnquiryURL(t.Ref), "A stranger's mail is kept apart on this enquiry."
		}
		out = append(out, row)
	}
	return out, nil
}

func noSubject(subject string) string {
	if strings.TrimSpace(subject) == "" {
		return "(no subject)"
	}
	return subject
}

// automaticKinds are the kinds of mail that no person has to answer. Voicemail
// and scans are not among them: somebody is behind each.
func automaticKinds() []tickets.MailKind {
	return []tickets.MailKind{tickets.KindAutoReply, tickets.KindBounce, tickets.KindList, tickets.KindOther}
}

func automaticFilter(c *Ctx) []view.CaseFilter {
	f := view.CaseFilter{Name: "kind", Label: "Kind", Options: []view.Option{{Text: "All kinds", Selected: c.Query("kind") == ""}}}
	for _, k := range automaticKinds() {
		f.Options = append(f.Options, view.Option{Value: string(k), Text: automaticWord(&tickets.Message{Kind: k}), Selected: c.Query("kind") == string(k)})
	}
	return []view.CaseFilter{f}
}

// automaticLooked is how many of the newest automatic mails are looked through
// for those of one kind.
const automaticLooked = 200

func (s *Server) automaticMail(c *Ctx) ([]view.DutyRow, error) {
	kind := tickets.MailKind(c.Query("kind"))
	if kind != "" && !slices.Contains(automaticKinds(), kind) {
		return nil, fault.New(fault.Invalid, "There is no such kind of automatic mail")
	}
	list, err := s.Store.AutomaticMail(c.Request.Context(), c.Actor, automaticLooked)
	if err != nil {
		return nil, err
	}
	var out []view.DutyRow
	for _, m := range list {
		if kind != "" && m.Kind != kind || len(out) == dutyShown {
			continue
		}
		word := automaticWord(&m)
		if x := machine(&m); x != nil { // on no enquiry: it is shown rather than lost
			word = view.MachineWord(x.What)
		}
		out = append(out, view.DutyRow{
			ID: "a" + id(m.ID), From: m.FromEmail, Subject: noSubject(m.Subject), At: m.ReceivedAt,
			Why: strings.TrimSpace(word + ". " + m.Evidence), Href: "/duty/i/a" + id(m.ID),
		})
	}
	return out, nil
}

// unreadMail are the mails that could not be read, from the ledger.
func (s *Server) unreadMail(c *Ctx) ([]view.DutyRow, error) {
	if !c.Actor.May(access.ReadLedger) {
		return nil, nil
	}
	list, _, err := s.Store.Ledger(c.Request.Context(), c.Actor, tickets.LedgerQuery{Fate: tickets.FateQuarantined, Limit: dutyShown})
	if err != nil {
		return nil, err
	}
	out := make([]view.DutyRow, 0, len(list))
	for _, e := range list {
		out = append(out, view.DutyRow{
			ID: "q" + id(e.ID), From: "Mail to " + e.Mailbox, Subject: "UID " + strconv.FormatUint(uint64(e.UID), 10) + " in " + e.Folder,
			At: e.ReceivedAt, Why: e.Reason, Href: "/duty/i/q" + id(e.ID), Retry: c.Actor.May(access.RetryMail),
		})
	}
	return out, nil
}

// choose marks the row of the item in hand and links its neighbours.
func (s *Server) choose(m *view.Duty) {
	if m.Item == nil {
		return
	}
	for i := range m.List {
		if m.List[i].ID != m.Item.ID {
			continue
		}
		m.List[i].Chosen = true
		m.Item.Position = strconv.Itoa(i+1) + " of " + strconv.Itoa(len(m.List))
		if i > 0 {
			m.Item.PrevHref = m.List[i-1].Href
		}
		if i+1 < len(m.List) {
			m.Item.NextHref = m.List[i+1].Href
		}
	}
}
