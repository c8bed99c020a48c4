package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/web/view"
)

// doubt is the page of one copy of which it is not known whether it arrived: what
// was given to the server, what it said last, and three answers for a person.
func (s *Server) doubt(c *Ctx) error { return s.showDoubt(c, http.StatusOK, nil) }

func (s *Server) showDoubt(c *Ctx, status int, errs []view.FieldError) error {
	n := number(c.Param("delivery"))
	o, err := s.letterWith(c, n)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(o.Deliveries, func(d tickets.Delivery) bool { return d.ID == n })
	d := o.Deliveries[i]
	m := view.Doubt{
		Shell: s.shell(c, "Did it arrive?", "outbox"), ID: id(n), Ref: o.TicketRef, Initials: s.initialsOf(c, o.TicketRef), What: purposeWord(*o),
		By: o.AuthorName, To: d.Name, Address: d.Email, Subject: o.Subject, Text: letterText(*o), State: deliveryState(d.State), Since: d.UpdatedAt,
		Said: d.Reply, Why: d.Why, MessageID: d.MessageID, Attempts: d.Attempts, LeftBy: s.nameOf(c, d.LeftBy), Errors: errs,
		Automatic: o.Purpose.Automatic(), Reason: c.PostForm("why"), Chosen: c.PostForm("do"),
	}
	if m.To == "" {
		m.To = d.Email
	}
	if d.ClaimedAt != nil {
		m.Given = *d.ClaimedAt
	}
	for _, other := range o.Deliveries {
		if other.ID != d.ID && other.State == tickets.Uncertain {
			m.Others = append(m.Others, other.Name)
		}
	}
	if d.State == tickets.Uncertain && c.Actor.May(access.ResolveUncertain) {
		m.Action = view.OutgoingURL(m.ID)
	}
	m.Shell.Failed = len(errs) > 0
	return s.page(c, status, view.PageDoubt, m)
}

// settle takes the answer of the page, or of a button beside a letter.
func (s *Server) settle(c *Ctx, o *tickets.Outgoing, delivery int64, as tickets.Resolution, text string) error {
	if !c.Actor.May(access.ResolveUncertain) {
		return fault.New(fault.Denied, "You cannot do this. A named officer or a team lead can")
	}
	_, err := s.Desk.ResolveUncertain(c.Request.Context(), c.Actor, tickets.ResolveRequest{
		OutgoingID: o.ID, DeliveryID: delivery, As: as, Why: c.PostForm("why"),
	}, c.Now)
	if fault.Is(err, fault.Invalid) {
		return s.showDoubt(c, http.StatusUnprocessableEntity, []view.FieldError{{Text: fault.SafeText(err)}})
	}
	if err != nil {
		return err
	}
	s.letterChanged(o)
	return s.done(c, "/outbox?tab="+tabUncertain, "success", text)
}

// inTheOutbox counts the letters that wait for a person: in doubt and not left so,
// or kept back and no rule's. Nobody who cannot settle them sees a number.
func (s *Server) inTheOutbox(c *Ctx) int {
	if !c.Actor.May(access.ResolveUncertain) {
		return 0
	}
	list, err := s.Store.Outbox(c.Request.Context(), c.Actor, tickets.OutboxQuery{States: []tickets.DeliveryState{tickets.Uncertain, tickets.Held}, Limit: outboxShown})
	if err != nil {
		s.Log.Error("web", "event", "counts_failed", "error", err)
		return 0
	}
	n := 0
	for _, o := range list {
		kept := false
		for _, d := range o.Deliveries {
			if d.State == tickets.Uncertain && d.LeftBy == 0 {
				n++
			}
			kept = kept || d.State == tickets.Held && len(o.HeldRules) == 0
		}
		if kept {
			n++
		}
	}
	return n
}

// holdOf is how long the reader can take a letter of theirs back, at least.
func (s *Server) holdOf(c *Ctx) time.Duration {
	hold := s.Hold
	p, err := s.Store.StaffByID(c.Request.Context(), c.Actor.StaffID)
	if err != nil {
		return hold
	}
	return max(hold, min(time.Duration(p.HoldSeconds)*time.Second, tickets.HoldMost))
}

// holdOfLetter is how long this letter can be taken back after Send, with why that
// is longer than the person's own time.
func (s *Server) holdOfLetter(c *Ctx, d *draft) (time.Duration, string) {
	own := s.holdOf(c)
	if len(d.to) == 0 {
		return own, ""
	}
	hold, why, err := s.Desk.HoldOf(c.Request.Context(), c.Actor, s.request(d), c.Now)
	if err != nil || hold <= own {
		return own, "" // what is wrong with the letter is said elsewhere on the page
	}
	return hold, strings.Join(why, ", and ")
}

// holdOptions are the times that somebody can choose: the council's is the least.
func (s *Server) holdOptions(chosen time.Duration) []view.Option {
	council := strconv.Itoa(int(s.Hold / time.Second))
	out := []view.Option{{Value: council, Text: holdWords(s.Hold) + ", set by the council", Selected: chosen <= s.Hold}}
	for _, d := range []time.Duration{time.Minute, 2 * time.Minute, 5 * time.Minute, tickets.HoldMost} {
		if d > s.Hold {
			out = append(out, view.Option{Value: strconv.Itoa(int(d / time.Second)), Text: holdWords(d), Selected: d == chosen})
		}
	}
	return out
}

func holdWords(d time.Duration) string {
	if d >= 2*time.Minute && d%time.Minute == 0 {
		return plural(int(d/time.Minute), "minute", "minutes")
	}
	return plural(int(d/time.Second), "second", "seconds")
}
