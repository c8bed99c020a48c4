package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/web/view"
)

// outboxTab is one list of letters.
type outboxTab struct {
	slug, text, empty string
	states            []tickets.DeliveryState
}

const (
	tabWaiting   = "waiting"
	tabUncertain = "uncertain"
	tabKept      = "kept"
	tabRefused   = "refused"
	tabSent      = "sent"
)

func outboxTabs() []outboxTab {
	return []outboxTab{
		{tabWaiting, "Waiting to go", "Nothing is waiting to go.", []tickets.DeliveryState{tickets.Queued, tickets.Claimed, tickets.DataBegun}},
		{tabUncertain, "Uncertain", "No letter is in doubt.", []tickets.DeliveryState{tickets.Uncertain}},
		{tabKept, "Kept back", "No letter is kept back.", []tickets.DeliveryState{tickets.Held, tickets.Queued}},
		{tabRefused, "Did not arrive", "Every letter was accepted.", []tickets.DeliveryState{tickets.Refused, tickets.Bounced}},
		{tabSent, "Sent", "Nothing was sent yet.", []tickets.DeliveryState{tickets.Accepted}},
	}
}

// outboxShown is how many letters one list shows, the newest or most urgent first.
const outboxShown = 200

func (s *Server) outbox(c *Ctx) error {
	if wants(c, "waiting") {
		return s.fragment(c, http.StatusOK, view.FragWaiting, s.waiting(c))
	}
	slug := c.DefaultQuery("tab", tabWaiting)
	var tab *outboxTab
	m := view.Outbox{Shell: s.shell(c, "Outbox", "outbox"), Tab: slug}
	for _, t := range outboxTabs() {
		m.Tabs = append(m.Tabs, view.NavItem{Text: t.text, Href: "/outbox?tab=" + t.slug, Current: t.slug == slug})
		if t.slug == slug {
			tab = &t
		}
	}
	if tab == nil {
		return fault.New(fault.NotFound, "There is no such list")
	}
	list, err := s.Store.Outbox(c.Request.Context(), c.Actor, tickets.OutboxQuery{States: tab.states, Limit: outboxShown})
	if err != nil {
		return err
	}
	m.Empty, m.Down = tab.empty, s.Deps.Health(c.Request.Context()).MailOut
	if mode := s.Mode(); mode != tickets.ModeSend {
		m.ModeNote = modeSentence(mode)
	}
	for _, o := range list {
		if s.keptBack(o, c.Now) != (slug == tabKept) {
			continue
		}
		if slug == tabKept {
			m.Rows = append(m.Rows, s.keptRow(c, o))
			continue
		}
		for _, d := range o.Deliveries {
			if within(tab.states, d.State) {
				m.Rows = append(m.Rows, s.outRow(c, o, d))
			}
		}
	}
	// What somebody has left as it is stands below what waits for somebody.
	slices.SortStableFunc(m.Rows, func(a, b view.OutRow) int { return cmp.Compare(min(len(a.Left), 1), min(len(b.Left), 1)) })
	if slug == tabKept && c.Actor.May(access.ReleaseMode) && len(m.Rows) > 0 {
		m.ReleaseAction = "/outbox"
	}
	return s.page(c, http.StatusOK, view.PageOutbox, m)
}

func modeSentence(mode tickets.Mode) string {
	if mode == tickets.ModeObserve {
		return "hearback is observing: letters are checked and kept, and none is sent. When the mode changes, a team lead chooses which of them go."
	}
	return "The outgoing post is on hold: letters are kept, and none is sent. When the mode changes, a team lead chooses which of them go."
}

func within(states []tickets.DeliveryState, st tickets.DeliveryState) bool {
	for _, x := range states {
		if x == st {
			return true
		}
	}
	return false
}

// keptBack reports whether a letter waits because of the outbound mode, or
// because it was overdue, until a person releases it. What the guard stopped is
// in the list of held letters.
func (s *Server) keptBack(o tickets.Outgoing, now time.Time) bool {
	mode := s.Mode()
	for _, d := range o.Deliveries {
		switch d.State {
		case tickets.Held:
			return len(o.HeldRules) == 0
		case tickets.Queued:
			if o.QueuedMode != string(mode) || mode != tickets.ModeSend && !o.ReleaseAt.After(now) {
				return true
			}
		}
	}
	return false
}

func (s *Server) outRow(c *Ctx, o tickets.Outgoing, d tickets.Delivery) view.OutRow {
	v := s.delivery(c, &o, d)
	return view.OutRow{
		ID: v.ID, Ref: o.TicketRef, Initials: s.initialsOf(c, o.TicketRef), What: purposeWord(o), By: o.AuthorName, To: v.To, Address: v.Address,
		State: v.State, At: v.At, Leaves: v.Leaves, Detail: v.Detail, CanUndo: v.CanUndo && d.State != tickets.Uncertain, Ask: d.Name,
		Said: d.Reply, Left: s.nameOf(c, d.LeftBy),
	}
}

// keptRow is a letter as a whole: it is released as a whole, so its row names
// everybody it goes to.
func (s *Server) keptRow(c *Ctx, o tickets.Outgoing) view.OutRow {
	row := s.outRow(c, o, o.Deliveries[0])
	row.Leaves, row.State = time.Time{}, view.HeldBack
	var names, addresses []string
	for _, d := range o.Deliveries {
		v := s.delivery(c, &o, d)
		names, addresses = append(names, v.To), append(addresses, v.Address)
	}
	row.To, row.Address = strings.Join(names, ", "), strings.Join(addresses, ", ")
	if row.Detail = o.HeldReason; row.Detail == "" {
		row.Detail = "It was written while the outgoing post was not switched on."
	}
	row.At, row.Tick = o.CreatedAt, true
	return row
}

func purposeWord(o tickets.Outgoing) string {
	switch o.Purpose {
	case tickets.PurposeReply:
		return "Reply"
	case tickets.PurposeAck:
		return "Acknowledgement"
	case tickets.PurposeReceipt:
		return "Receipt"
	case tickets.PurposeNotice:
		return "Notice to staff"
	case tickets.PurposeAccount:
		return "Letter about an account"
	case tickets.PurposeRelay:
		return "Email from an officer's mail program"
	}
	return "Letter"
}

// initialsOf an enquiry's child, read once a request; "" when the actor may not
// see the enquiry.
func (s *Server) initialsOf(c *Ctx, ref string) string {
	if t := s.ticketOf(c, ref); t != nil {
		return t.Initials
	}
	return ""
}

func (s *Server) ticketOf(c *Ctx, ref string) *tickets.TicketView {
	if ref == "" {
		return nil
	}
	key := "ticket " + ref
	if v, ok := c.Get(key); ok {
		t, _ := v.(*tickets.TicketView)
		return t
	}
	t, err := s.Store.Ticket(c.Request.Context(), c.Actor, ref)
	if err != nil {
		if !fault.Is(err, fault.NotFound) {
			s.Log.Error("web", "event", "ticket_failed", "ticket", ref, "error", err)
		}
		t = nil
	}
	c.Set(key, t)
	return t
}

// letterWith is the letter that has a copy with this id, within the actor's
// scope. Copies that somebody can act on are looked for first.
func (s *Server) letterWith(c *Ctx, deliveryID int64) (*tickets.Outgoing, error) {
	for _, states := range [][]tickets.DeliveryState{
		{tickets.Queued}, {tickets.Held}, {tickets.Uncertain}, {tickets.Claimed, tickets.DataBegun}, {tickets.Cancelled}, {tickets.Refused, tickets.Bounced}, {tickets.Accepted},
	} {
		list, err := s.Store.Outbox(c.Request.Context(), c.Actor, tickets.OutboxQuery{States: states, Limit: outboxShown})
		if err != nil {
			return nil, err
		}
		for i := range list {
			for _, d := range list[i].Deliveries {
				if d.ID == deliveryID {
					return &list[i], nil
				}
			}
		}
	}
	return nil, notThere()
}

// outboxAct does what the buttons of one copy say.
func (s *Server) outboxAct(c *Ctx) error {
	n := number(c.Param("delivery"))
	if n == 0 {
		return notThere()
	}
	o, err := s.letterWith(c, n)
	if err != nil {
		return err
	}
	switch c.PostForm("do") {
	case "cancel":
		if err := s.Desk.CancelReply(c.Request.Context(), c.Actor, o.ID, c.Now); err != nil {
			return err
		}
		s.letterChanged(o)
		if o.AuthorID == c.Actor.StaffID && o.Purpose == tickets.PurposeReply && s.draftAgain(c, o) {
			return s.done(c, view.ReplyURL(o.TicketRef), "success", "Cancelled. Nothing was sent. Your draft is open.")
		}
		return s.done(c, view.EnquiryURL(o.TicketRef), "success", "Cancelled. Nobody receives it. Its words are in the enquiry.")
	case "arrived":
		return s.settle(c, o, n, tickets.ResolvedArrived, "Settled: it arrived.")
	case "again":
		// Nothing is confirmed here, so a letter that needs a confirmation is
		// held when it is about to leave, and its author is told.
		return s.settle(c, o, n, tickets.ResolvedSendAgain, "It will be sent again, after the check and the time in which it can be cancelled.")
	case "left":
		return s.settle(c, o, n, tickets.ResolvedLeft, "Left as it is. It is not sent again, and does not count as an answer.")
	case "now":
		return fault.New(fault.Denied, "A letter leaves when its time is over. It cannot be sent earlier")
	}
	if c.PostForm("why") != "" || slices.ContainsFunc(o.Deliveries, func(d tickets.Delivery) bool { return d.ID == n && d.State == tickets.Uncertain }) {
		return s.showDoubt(c, http.StatusUnprocessableEntity, []view.FieldError{{Text: "Say what you know of this letter"}})
	}
	return fault.New(fault.Invalid, "Choose what to do with this letter")
}

func (s *Server) letterChanged(o *tickets.Outgoing) {
	s.wake()
	s.Events.Publish("enquiry.changed", o.TicketRef)
	s.Events.Publish("hold.sent", o.TicketRef)
}

// outboxRelease sends, or drops, the ticked letters that the outbound mode kept.
func (s *Server) outboxRelease(c *Ctx) error {
	do := c.PostForm("do")
	if do != "release" && do != "drop" {
		return fault.New(fault.Invalid, "Choose what to do with the ticked letters")
	}
	ticked := c.PostFormArray("letter")
	if len(ticked) == 0 {
		return s.done(c, "/outbox?tab="+tabKept, "error", "Tick at least one letter")
	}
	if len(ticked) > outboxShown {
		return fault.New(fault.Invalid, "Tick fewer letters at once")
	}
	seen := map[int64]bool{}
	for _, v := range ticked {
		o, err := s.letterWith(c, number(v))
		if err != nil {
			return err
		}
		if seen[o.ID] {
			continue
		}
		if do == "release" {
			err = s.Desk.ReleaseHeld(c.Request.Context(), c.Actor, o.ID, c.Now)
		} else {
			err = s.Desk.CancelReply(c.Request.Context(), c.Actor, o.ID, c.Now)
		}
		if err != nil {
			s.Log.Info("web", "event", "release_stopped", "outgoing", o.ID, "outcome", string(fault.KindOf(err)))
			text := plural(len(seen), "letter was", "letters were") + " done before this: the letter on " + o.TicketRef + " was not. " + fault.SafeText(err)
			return s.done(c, "/outbox?tab="+tabKept, "error", text)
		}
		seen[o.ID] = true
		s.letterChanged(o)
	}
	text := plural(len(seen), "letter goes", "letters go") + " to the check now, and leaves when the check clears it."
	if do == "drop" {
		text = plural(len(seen), "letter was", "letters were") + " cancelled. Nobody receives anything."
	} else if s.Mode() != tickets.ModeSend {
		text = plural(len(seen), "letter is", "letters are") + " chosen. Nothing leaves while the outgoing post is not switched on."
	}
	return s.done(c, "/outbox?tab="+tabKept, "success", text)
}
