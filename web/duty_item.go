package web

import (
	"net/http"
	"strings"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/web/view"
)

// An item of the duty desk is named by what it is: the reference of an enquiry
// that nobody owns, "q" and the number of a ledger line whose mail could not be
// read, "a" and the number of an automatic mail, "s" and the number of a mail that
// a colleague sent outside hearback.

func notThere() error {
	return fault.New(fault.NotFound, "We cannot find that. It may not exist, or you may not be able to see it")
}

// dutyItem is one mail in hand, beside the list that it waits in.
func (s *Server) dutyItem(c *Ctx) error { return s.showDuty(c, http.StatusOK, nil) }

func (s *Server) showDuty(c *Ctx, status int, errs []view.FieldError) error {
	item, err := s.findItem(c, c.Param("item"), errs)
	if err != nil {
		return err
	}
	if item == nil {
		// Somebody has sorted it: it is an enquiry now.
		c.Redirect(http.StatusSeeOther, view.EnquiryURL(c.Param("item")))
		return nil
	}
	if wants(c, "queue-item") {
		return s.fragment(c, status, view.FragQueueItem, *item)
	}
	tab, _ := findTab(map[string]string{"stranger": tabStrangers, "unmatched": tabUnmatched}[item.Kind])
	switch item.ID[:1] {
	case "q":
		tab, _ = findTab(tabUnreadable)
	case "a":
		tab, _ = findTab(tabAutomatic)
	case "s":
		tab, _ = findTab(tabElsewhere)
	}
	m, err := s.dutyModel(c, tab)
	if err != nil {
		return err
	}
	m.Item, m.Errors, m.Shell.Failed = item, errs, len(errs) > 0
	s.choose(&m)
	return s.page(c, status, view.PageDuty, m)
}

// findItem reads an item; nil without an error when it was an item and is an
// enquiry now. errs are of the form that comes back: what was typed is kept.
func (s *Server) findItem(c *Ctx, key string, errs []view.FieldError) (*view.DutyItem, error) {
	var item *view.DutyItem
	switch kind, n := itemKey(key); kind {
	case 'q':
		e, err := s.notTakenIn(c, n)
		if err != nil {
			return nil, err
		}
		item = s.unreadItem(c, e)
	case 'a':
		m, err := s.automatic(c, n)
		if err != nil {
			return nil, err
		}
		item = s.automaticItem(c, m)
	case 's':
		m, err := s.sentApart(c, n)
		if err != nil {
			return nil, err
		}
		item = s.sentItem(c, m)
	default:
		t, err := s.Store.Ticket(c.Request.Context(), c.Actor, key)
		if err != nil {
			return nil, err
		}
		if t.State != tickets.StateTriage {
			return nil, nil //nolint:nilnil // said in the comment above
		}
		if item, err = s.ticketItem(c, *t); err != nil {
			return nil, err
		}
	}
	if len(errs) > 0 {
		item.Filled = view.DutyFilled{
			Case: c.PostForm("case"), CaseRef: c.PostForm("case_ref") + c.PostForm("enquiry"), Initials: c.PostForm("child_initials"),
			Born: c.PostForm("child_born"), Team: c.PostForm("team"), Reason: c.PostForm("reason"), Checked: c.PostForm("checked"),
		}
		for i := range item.Reasons {
			item.Reasons[i].Selected = item.Reasons[i].Value == item.Filled.Reason
		}
	}
	return item, nil
}

// itemKey takes "q12", "a34" and "s56" apart; everything else is a reference.
func itemKey(key string) (kind byte, n int64) {
	if len(key) > 1 && strings.IndexByte("qas", key[0]) >= 0 {
		if n := number(key[1:]); n != 0 {
			return key[0], n
		}
	}
	return 0, 0
}

// notTakenIn is a line of the ledger whose mail could not be read, or that was
// kept away without a person, within the actor's scope.
func (s *Server) notTakenIn(c *Ctx, n int64) (*tickets.LedgerEntry, error) {
	e, err := s.ledgerLine(c, n, tickets.FateQuarantined)
	if !fault.Is(err, fault.NotFound) {
		return e, err
	}
	if e, err = s.ledgerLine(c, n, tickets.FateSuppressed); err != nil {
		return nil, err
	}
	if !keptAway(*e) {
		return nil, notThere()
	}
	return e, nil
}

// ledgerLine is one line of a fate, within the actor's scope.
func (s *Server) ledgerLine(c *Ctx, n int64, fate tickets.Fate) (*tickets.LedgerEntry, error) {
	if !c.Actor.May(access.ReadLedger) {
		return nil, notThere()
	}
	list, _, err := s.Store.Ledger(c.Request.Context(), c.Actor, tickets.LedgerQuery{Fate: fate, BeforeID: n + 1, Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 || list[0].ID != n {
		return nil, notThere()
	}
	return &list[0], nil
}

// automatic is a mail that no enquiry has, within the actor's scope.
func (s *Server) automatic(c *Ctx, n int64) (*tickets.Message, error) {
	m, err := s.Store.Message(c.Request.Context(), c.Actor, n)
	if err != nil {
		return nil, err
	}
	if m.TicketID != 0 || m.Kind == tickets.KindHuman || m.Direction != tickets.In {
		return nil, notThere()
	}
	return m, nil
}

func (s *Server) unreadItem(c *Ctx, e *tickets.LedgerEntry) *view.DutyItem {
	key := "q" + id(e.ID)
	return &view.DutyItem{
		ID: key, Kind: "unreadable", Kept: e.Fate == tickets.FateSuppressed, At: e.ReceivedAt, Address: "see the headers", To: e.Mailbox, Problem: orReason(e.Reason), Tries: e.Tries,
		Action: "/duty/i/" + key, CanRetry: c.Actor.May(access.RetryMail),
		Why: "Kept in the ledger of " + e.Mailbox + ", folder " + e.Folder + ".",
	}
}

func orReason(reason string) string {
	if reason == "" {
		return "This mail could not be read."
	}
	return reason
}

// automaticItem is for reading only: nothing has to be decided about it.
func (s *Server) automaticItem(c *Ctx, m *tickets.Message) *view.DutyItem {
	key := "a" + id(m.ID)
	item := &view.DutyItem{
		ID: key, Kind: "automatic", At: m.ReceivedAt, From: m.FromName, Address: m.FromEmail, To: m.To, Subject: m.Subject,
		Why:  strings.TrimSpace(automaticWord(m) + ". " + m.Evidence + " It was not acknowledged and stopped no clock."),
		Body: body(m), Files: s.files(c, view.DutyURL(key), m), LeftOut: m.Problems, Sender: senderCheck(m.Auth), HasHTML: m.HasHTML,
		Action: "/duty/i/" + key, Junk: m.Junk, Machine: machine(m),
	}
	item.Locked = locked(item.Files)
	return item
}

func (s *Server) ticketItem(c *Ctx, t tickets.TicketView) (*view.DutyItem, error) {
	list, err := s.mailOf(c, t)
	if err != nil {
		return nil, err
	}
	item := &view.DutyItem{
		ID: t.Ref, Kind: "unmatched", At: t.ReceivedAt, Address: t.RequesterEmail, To: t.MailboxName, Subject: t.Subject, Why: t.Reason,
		Due: s.due(t.Clock, c.Now), Action: "/duty/i/" + t.Ref,
	}
	if t.RequesterID != 0 {
		item.Known = "known: " + from(t)
	}
	if t.Alert != "" {
		item.Problem = "Words in this mail suggest " + t.Alert + ". Read it now. If a child is in danger, call 999."
	}
	if len(list) > 0 {
		m := list[0]
		item.At, item.From, item.Address, item.To, item.Subject = m.ReceivedAt, m.FromName, m.FromEmail, m.To, m.Subject
		item.Files, item.LeftOut, item.Sender, item.HasHTML = s.files(c, view.DutyURL(t.Ref), m), m.Problems, senderCheck(m.Auth), m.HasHTML
		item.Body, item.Locked, item.Junk, item.Machine = body(m), locked(item.Files), m.Junk, machine(m)
		for _, more := range list[1:] {
			item.Body.Parts = append(item.Body.Parts, view.BodyPart{
				Text: strings.TrimSpace(more.ReplyText), Quoted: true, Label: "Wrote again " + sla.FormatShort(more.ReceivedAt),
			})
		}
	}
	if t.Category == tickets.CategoryUnconfirmed && t.SuggestedRef != "" {
		item.Kind, item.Cites = "stranger", t.SuggestedRef
		item.People = s.peopleOf(c, t.SuggestedRef)
		return item, nil
	}
	item.Reasons, item.CanSpam = notOursReasons(), strings.Contains(t.RequesterMailbox, "@")
	item.After = "the enquiry goes to the case's named officer and its clock counts from when the mail was received. " +
		"It is acknowledged only when the sender's address is on the case."
	item.Suggestions, err = s.suggest(c, t, list)
	return item, err
}

// mailOf is what came in on a ticket in triage, oldest first.
func (s *Server) mailOf(c *Ctx, t tickets.TicketView) ([]*tickets.Message, error) {
	said, err := s.Store.Timeline(c.Request.Context(), c.Actor, t.ID)
	if err != nil {
		return nil, err
	}
	var out []*tickets.Message
	for _, it := range said {
		if it.Message != nil && it.Message.Direction == tickets.In && it.Message.Channel == tickets.ChannelEmail {
			out = append(out, it.Message)
		}
	}
	return out, nil
}

func notOursReasons() []view.Option {
	var out []view.Option
	for _, r := range []string{
		"Advertising or a newsletter", "Meant for another council", "Meant for another team; told them by other means",
		"Not about a child or young person with SEN", "A copy of something that we have",
	} {
		out = append(out, view.Option{Value: r, Text: r})
	}
	return out
}

// dutyRaw is the mail behind an item, for its original, headers and layout.
func (s *Server) dutyRaw(c *Ctx) (*tickets.Message, error) {
	switch kind, n := itemKey(c.Param("item")); kind {
	case 'q':
		e, err := s.notTakenIn(c, n)
		if err != nil {
			return nil, err
		}
		if e.RawID == 0 {
			return nil, notThere()
		}
		return &tickets.Message{ID: e.ID, RawID: e.RawID, ReceivedAt: e.ReceivedAt}, nil
	case 'a':
		return s.automatic(c, n)
	case 's':
		return s.sentApart(c, n)
	}
	t, err := s.Store.Ticket(c.Request.Context(), c.Actor, c.Param("item"))
	if err != nil {
		return nil, err
	}
	if t.State != tickets.StateTriage {
		return nil, notThere()
	}
	list, err := s.mailOf(c, *t)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 || list[0].RawID == 0 {
		return nil, notThere()
	}
	return list[0], nil
}

func (s *Server) dutyOriginal(c *Ctx) error {
	m, err := s.dutyRaw(c)
	if err != nil {
		return err
	}
	return s.sendOriginal(c, m)
}

// dutyFile downloads a file of a mail that is on no case yet: the sound of a
// voicemail has to be heard before anybody can say whose it is.
func (s *Server) dutyFile(c *Ctx) error {
	m, err := s.dutyRaw(c)
	if err != nil {
		return err
	}
	return s.sendFile(c, m)
}

func (s *Server) dutyHeaders(c *Ctx) error {
	m, err := s.dutyRaw(c)
	if err != nil {
		return err
	}
	return s.sendHeaders(c, m, "/duty/i/"+c.Param("item"), view.DutyOriginalURL(c.Param("item")))
}

func (s *Server) dutyFrame(c *Ctx) error {
	m, err := s.dutyRaw(c)
	if err != nil {
		return err
	}
	return s.sendFrame(c, m)
}

// peopleOf are the people of an enquiry's case, as far as the actor may see it.
func (s *Server) peopleOf(c *Ctx, ref string) []view.Option {
	t, err := s.Store.Ticket(c.Request.Context(), c.Actor, ref)
	if err != nil {
		return nil
	}
	parties, err := s.parties(c, *t)
	if err != nil {
		return nil
	}
	var out []view.Option
	for _, p := range parties {
		out = append(out, view.Option{Value: id(p.Person.ID), Text: p.Person.Name + ", " + string(p.Link.Relation)})
	}
	return out
}
