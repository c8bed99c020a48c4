package web

import (
	"net/http"
	"strconv"

	"hearback/mailbox/guard"
	"hearback/tickets"
	"hearback/tickets/fault"
	"hearback/web/view"
)

// Said is what the check says of one line, for keeping.
func (r MailingReview) Said(mailingID, letterID int64) tickets.MailingVerdict {
	v := tickets.MailingVerdict{MailingID: mailingID, LetterID: letterID, Digest: r.Bound, Decision: string(r.Verdict.Decision)}
	for _, f := range r.Verdict.Findings {
		if f.Decision == guard.Confirm || f.Decision == guard.Block {
			v.Findings = append(v.Findings, tickets.MailingFinding{Rule: f.Rule, Decision: string(f.Decision), Mailbox: f.Mailbox, Words: f.Words})
		}
	}
	return v
}

func (s *Server) mailingLetter(c *Ctx) error { return s.showMailingLetter(c, http.StatusOK, nil) }

// mailingPlace is a line with its place among those that get a letter.
func (s *Server) mailingPlace(c *Ctx, x *tickets.Mailing, letterID int64, m *view.MailingLetterPage) (*tickets.MailingLetter, error) {
	list, err := s.Store.MailingLetters(c.Request.Context(), c.Actor, tickets.MailingQuery{MailingID: x.ID})
	if err != nil {
		return nil, err
	}
	var found *tickets.MailingLetter
	var last int64
	at, of := 0, 0
	link := func(n int64) string { return view.MailingLetterURL(id(x.ID), id(n)) }
	for i := range list {
		l := &list[i]
		if l.ID == letterID {
			found = l
		}
		if l.State != tickets.MailingWaiting {
			continue
		}
		of++
		switch {
		case l.ID == letterID:
			at = of
			if last != 0 {
				m.Prev = link(last)
			}
		case found != nil && m.Next == "":
			m.Next = link(l.ID)
		}
		if l.ID != letterID && len(l.Unanswered()) > 0 && (m.NextOpen == "" || found != nil && last <= letterID) {
			m.NextOpen = link(l.ID)
		}
		last = l.ID
	}
	if found == nil {
		return nil, notThere()
	}
	if at > 0 {
		m.Position = "Letter " + strconv.Itoa(at) + " of " + strconv.Itoa(of)
	}
	return found, nil
}

func (s *Server) showMailingLetter(c *Ctx, status int, errs []view.FieldError) error {
	x, err := s.mailingOf(c)
	if err != nil {
		return err
	}
	m := view.MailingLetterPage{Title: x.Title, BackHref: view.MailingURL(id(x.ID)), Errors: errs, Reason: c.PostForm("reason")}
	l, err := s.mailingPlace(c, x, number(c.Param("letter")), &m)
	if err != nil {
		return err
	}
	m.Shell = s.shell(c, "Letter to a family, "+l.CaseRef, "mailings") // titles hold no names
	m.Shell.Failed = len(errs) > 0
	m.Name, m.CaseRef, m.CaseHref, m.Also = l.Name, l.CaseRef, view.CaseURL(l.CaseRef), alsoWords(*l)
	if l.State == tickets.MailingLeftOut || l.State == tickets.MailingRemoved {
		m.Why = l.Why
		return s.page(c, status, view.PageMailingOne, m)
	}
	if l.State == tickets.MailingQueued {
		c.Redirect(http.StatusSeeOther, view.EnquiryURL(l.TicketRef))
		return nil
	}
	own := x.AuthorID == c.Actor.StaffID && x.State.Open()
	if own {
		m.Action = view.MailingLetterURL(id(x.ID), id(l.ID))
	}
	r, err := s.reviewMailing(c, x.ID, l.ID)
	switch fault.KindOf(err) {
	case fault.Refused, fault.Invalid, fault.Denied:
		m.Why = fault.SafeText(err)
		return s.page(c, status, view.PageMailingOne, m)
	}
	if err != nil {
		return err
	}
	m.Copies = []view.Letter{letterCopy(r.Copy)}
	s.mailingFindings(c, l, r, own, &m)
	return s.page(c, status, view.PageMailingOne, m)
}

func (s *Server) reviewMailing(c *Ctx, mailingID, letterID int64) (MailingReview, error) {
	if s.Mailings == nil {
		return MailingReview{}, fault.New(fault.Temporary, "We cannot check this just now. Nothing was sent")
	}
	return s.Mailings.MailingLetter(c.Request.Context(), c.Actor, mailingID, letterID, c.Now)
}

// mailingFindings are what the check says now, with what was confirmed for it.
func (s *Server) mailingFindings(c *Ctx, l *tickets.MailingLetter, r MailingReview, own bool, m *view.MailingLetterPage) {
	keys := map[string]int{}
	open := 0
	for _, f := range r.Verdict.Findings {
		if f.Decision == guard.Allow {
			continue
		}
		x := mailingFinding(f)
		if keys[x.Key]++; keys[x.Key] > 1 {
			x.Key += ":" + strconv.Itoa(keys[x.Key])
		}
		for _, said := range l.Confirmed {
			x.Confirmed = x.Confirmed || l.Digest == r.Bound && said.Rule == f.Rule && said.Mailbox == f.Mailbox
		}
		if c.PostForm("confirm["+key(f)+"]") == "yes" {
			x.Confirmed = true
		}
		if x.Level == view.Confirm {
			m.CanTick = own
			if !x.Confirmed {
				open++
			}
		}
		m.Findings = append(m.Findings, x)
	}
	switch {
	case r.Verdict.Decision == guard.Block:
		m.Checked, m.CanTick = "The check stops this letter. This family gets none as it stands.", false
	case open > 0:
		m.Checked = "The check asks. Tick what you mean for this family, or take it off the list."
	case m.CanTick || len(l.Confirmed) > 0:
		m.Checked = "What the check asked was confirmed for this family."
	case len(m.Findings) == 0:
		m.Checked = "No problems found by the check just now. It looks again when the letter leaves."
	}
}

func mailingFinding(f guard.Finding) view.Finding {
	level := view.Stopped
	switch f.Decision {
	case guard.Warn:
		level = view.Attention
	case guard.Confirm:
		level = view.Confirm
	}
	words := view.FillFinding(f.Rule, level, map[string]string{"name": f.Person, "Y": f.Person})
	out := view.Finding{Key: key(f), Rule: f.Rule, Level: level, Heading: words.Heading, Text: f.Words}
	if out.Text == "" {
		out.Text = words.Text
	}
	if level == view.Confirm {
		out.Confirm = tick(f, words)
	}
	return out
}

// mailingLetterAct confirms what the check asks about one family, or takes it off.
func (s *Server) mailingLetterAct(c *Ctx) error {
	ctx := c.Request.Context()
	x, err := s.mailingOf(c)
	if err != nil {
		return err
	}
	letterID := number(c.Param("letter"))
	var at view.MailingLetterPage
	if _, err := s.mailingPlace(c, x, letterID, &at); err != nil {
		return err
	}
	text := ""
	switch c.PostForm("do") {
	case "remove":
		text, err = "Taken off the list.", s.Desk.RemoveMailingLetter(ctx, c.Actor, x.ID, letterID, c.PostForm("reason"), c.Now)
	case "confirm":
		var r MailingReview
		if r, err = s.reviewMailing(c, x.ID, letterID); err != nil {
			break
		}
		var said []tickets.Confirmation
		for _, f := range r.Verdict.Findings {
			if f.Decision == guard.Confirm && c.PostForm("confirm["+key(f)+"]") == "yes" {
				said = append(said, tickets.Confirmation{Rule: f.Rule, Mailbox: f.Mailbox, At: c.Now})
			}
		}
		text, err = "Confirmed for this family.", s.Desk.ConfirmMailingLetter(ctx, c.Actor, r.Said(x.ID, letterID), said, c.Now)
	default:
		err = fault.New(fault.Invalid, "Choose what to do")
	}
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Refused:
		return s.showMailingLetter(c, http.StatusUnprocessableEntity, []view.FieldError{{Text: fault.SafeText(err)}})
	case fault.Conflict:
		return s.showMailingLetter(c, http.StatusConflict, []view.FieldError{{Text: fault.SafeText(err)}})
	}
	if err != nil {
		return err
	}
	to := view.MailingURL(id(x.ID))
	switch {
	case at.NextOpen != "":
		to = at.NextOpen
	case at.Next != "" && c.PostForm("do") == "remove":
		to = at.Next
	}
	return s.done(c, to, "success", text)
}
