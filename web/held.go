package web

import (
	"net/http"
	"strings"
	"time"

	"hearback/mailbox/guard"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/web/view"
)

// held lists letters that a rule of the guard stopped. Nobody received them.
func (s *Server) held(c *Ctx) error {
	list, err := s.stoppedLetters(c)
	if err != nil {
		return err
	}
	m := view.Held{Shell: s.shell(c, "Held letters", "held"), Tabs: s.heldTabs(c, "held")}
	for _, o := range list {
		m.Rows = append(m.Rows, view.HeldRow{
			Href: "/held/" + id(o.ID), Ref: o.TicketRef, Initials: s.initialsOf(c, o.TicketRef), By: by(o), To: names(o),
			At: stoppedAt(o), State: "Stopped before sending", Reason: reasonOf(o), Waiting: span(c.Now.Sub(stoppedAt(o))),
		})
	}
	return s.page(c, http.StatusOK, view.PageHeld, m)
}

// heldTabs are the two lists of what the check stopped.
func (s *Server) heldTabs(c *Ctx, current string) []view.NavItem {
	tabs := []view.NavItem{{Text: "Held and stopped", Href: "/held", Current: current == "held"}}
	if c.Actor.May(access.SendReply) {
		tabs = append(tabs, view.NavItem{Text: "For a second person", Href: "/release", Current: current == "release"})
	}
	return tabs
}

func (s *Server) stoppedLetters(c *Ctx) ([]tickets.Outgoing, error) {
	list, err := s.Store.Outbox(c.Request.Context(), c.Actor, tickets.OutboxQuery{States: []tickets.DeliveryState{tickets.Held}, Limit: outboxShown})
	if err != nil {
		return nil, err
	}
	var out []tickets.Outgoing
	for _, o := range list {
		if len(o.HeldRules) > 0 && len(o.Deliveries) > 0 {
			out = append(out, o)
		}
	}
	return out, nil
}

func by(o tickets.Outgoing) string {
	if o.AuthorName == "" {
		return "hearback"
	}
	return o.AuthorName
}

func names(o tickets.Outgoing) string {
	var out []string
	for _, d := range o.Deliveries {
		name := d.Name
		if name == "" {
			name = d.Email
		}
		out = append(out, name)
	}
	return strings.Join(out, ", ")
}

// stoppedAt is when the letter was held.
func stoppedAt(o tickets.Outgoing) time.Time {
	at := o.CreatedAt
	for _, d := range o.Deliveries {
		if d.State == tickets.Held {
			at = later(at, d.UpdatedAt)
		}
	}
	return at
}

func reasonOf(o tickets.Outgoing) string {
	if o.HeldReason == "" {
		return "The check stopped it."
	}
	return o.HeldReason
}

// heldLetter shows one stopped letter, as it would have gone.
func (s *Server) heldLetter(c *Ctx) error { return s.showHeld(c, http.StatusOK, nil, nil) }

func (s *Server) stoppedLetter(c *Ctx) (*tickets.Outgoing, error) {
	n := number(c.Param("id"))
	list, err := s.Store.Outbox(c.Request.Context(), c.Actor, tickets.OutboxQuery{States: []tickets.DeliveryState{tickets.Held}, Limit: outboxShown})
	if err != nil {
		return nil, err
	}
	for i := range list {
		if list[i].ID == n && n != 0 && len(list[i].Deliveries) > 0 {
			return &list[i], nil
		}
	}
	return nil, notThere()
}

// showHeld shows the letter with what stopped it, or with what a new check says.
func (s *Server) showHeld(c *Ctx, status int, fresh *view.Verdict, errs []view.FieldError) error {
	o, err := s.stoppedLetter(c)
	if err != nil {
		return err
	}
	t, err := s.Store.Ticket(c.Request.Context(), c.Actor, o.TicketRef)
	if err != nil {
		return err
	}
	if len(o.HeldRules) == 0 {
		// The mode keeps it, no rule: it is dealt with where letters are released.
		c.Redirect(http.StatusSeeOther, "/outbox?tab="+tabKept)
		return nil
	}
	r, err := s.recordOf(c, *t)
	if err != nil {
		return err
	}
	m := view.HeldLetter{
		Shell: s.shell(c, title(*t, "Stopped letter"), "held"), Head: s.head(c, *t), By: by(*o), At: stoppedAt(*o), State: "Stopped before sending",
		Errors: errs, Record: "letter " + id(o.ID) + ", rules " + strings.Join(o.HeldRules, ", "),
		Findings: []view.Finding{{Key: "stopped", Rule: strings.Join(o.HeldRules, ", "), Heading: "Why it was stopped", Level: view.Stopped, Text: reasonOf(*o)}},
	}
	m.Shell.Failed = len(errs) > 0
	if c.Actor.May(access.SendReply) {
		m.Action = "/held/" + id(o.ID)
	}
	if m.Action != "" && !o.Purpose.Automatic() {
		m.EditHref, m.CanReport = view.ReplyURL(t.Ref), true
	}
	if err := s.offerHeld(c, o, &m); err != nil {
		return err
	}
	if fresh != nil {
		m.Findings = fresh.Findings
	}
	exact := s.heldCopies(c, o, t.Version)
	for i, d := range o.Deliveries {
		copy := view.Letter{To: d.Name, Address: d.Email, From: t.MailboxName, Subject: o.Subject, Text: letterText(*o)}
		if len(exact) == len(o.Deliveries) {
			copy = letterCopy(exact[i])
		}
		m.Copies = append(m.Copies, copy)
		m.Recipients = append(m.Recipients, heldRecipient(d, r))
	}
	return s.page(c, status, view.PageHeldLetter, m)
}

func letterText(o tickets.Outgoing) string {
	if o.Body == "" && o.Template != "" {
		return "A letter that hearback writes by itself (" + purposeWord(o) + ")."
	}
	return o.Body
}

func heldRecipient(d tickets.Delivery, rec *record) view.Recipient {
	r := view.Recipient{ID: id(d.PersonID), Name: d.Name, Address: d.Email, Why: "Not on this case"}
	if d.StaffID != 0 {
		r.Why = "Member of staff"
	}
	if p, ok := rec.party(d.PersonID); ok {
		r.Role, r.Why = string(p.Link.Relation), basis(p)
		if told := rec.mayBeTold(p); told.Level != "yes" {
			r.Limits = told.Told
		}
	}
	return r
}

// heldAct checks a stopped letter once more, or gives it up. What a rule
// stopped is never released as it is: it is written anew.
func (s *Server) heldAct(c *Ctx) error {
	o, err := s.stoppedLetter(c)
	if err != nil {
		return err
	}
	switch c.PostForm("do") {
	case "drop":
		if err := s.Desk.CancelReply(c.Request.Context(), c.Actor, o.ID, c.Now); err != nil {
			return err
		}
		s.letterChanged(o)
		return s.done(c, "/held", "success", "It will not be sent. Nobody received anything.")
	case "again":
		return s.checkAgain(c, o)
	case "release":
		return s.releaseHeld(c, o)
	case "ask":
		return s.askHeld(c, o)
	case "wrong":
		return s.wrongHeld(c, o)
	}
	return s.showHeld(c, http.StatusUnprocessableEntity, nil, []view.FieldError{{Text: "Choose what to do with this letter"}})
}

// checkAgain asks the guard about the letter as it stands now, and sends nothing.
func (s *Server) checkAgain(c *Ctx, o *tickets.Outgoing) error {
	if o.Purpose != tickets.PurposeReply {
		return s.showHeld(c, http.StatusUnprocessableEntity, nil, []view.FieldError{{Text: "Only a letter that a person wrote can be checked again"}})
	}
	t, err := s.Store.Ticket(c.Request.Context(), c.Actor, o.TicketRef)
	if err != nil {
		return err
	}
	review, err := s.Review.Review(c.Request.Context(), c.Actor, ReviewRequest{Reply: asRequest(o, t.Version), Now: c.Now})
	if err != nil {
		switch fault.KindOf(err) {
		case fault.Invalid, fault.Refused, fault.Conflict:
			return s.showHeld(c, http.StatusUnprocessableEntity, nil, []view.FieldError{{Text: fault.SafeText(err)}})
		}
		s.Log.Error("web", "event", "review_failed", "outgoing", o.ID, "error", err)
		return s.showHeld(c, http.StatusServiceUnavailable, nil, []view.FieldError{{Text: "We cannot check this just now. Nothing was sent"}})
	}
	fresh := checkedNow(review.Verdict, o.AuthorID == c.Actor.StaffID)
	return s.showHeld(c, http.StatusOK, &fresh, nil)
}

// checkedNow puts a verdict into words for reading; nothing can be ticked here. A hint
// about tone is for whoever wrote the letter alone.
func checkedNow(v guard.Verdict, own bool) view.Verdict {
	var out view.Verdict
	for i, f := range v.Findings {
		if f.Rule == guard.RuleToneInternal && !own {
			continue
		}
		x := view.Finding{Key: id(int64(i)), Rule: f.Rule, Heading: "Checked again", Level: view.Stopped, Text: f.Words}
		if where, words, ok := strings.Cut(f.Evidence, ": "); ok {
			x.Text, x.Marked = x.Text+" Found in the "+where+".", words
		}
		switch f.Decision {
		case guard.Allow:
			continue
		case guard.Warn:
			x.Level = view.Attention
		case guard.Confirm:
			x.Level = view.Confirm
		}
		out.Findings = append(out.Findings, x)
	}
	if len(out.Findings) == 0 {
		out.Findings = []view.Finding{{
			Key: "none", Heading: "Checked again", Level: view.NoProblems,
			Text: "The check finds no problem now. Edit the message and send it: what was stopped does not leave by itself.",
		}}
	}
	return out
}
