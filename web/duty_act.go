package web

import (
	"net/http"
	"strings"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/web/view"
)

// dutyAct decides what becomes of one mail.
func (s *Server) dutyAct(c *Ctx) error {
	if kind, n := itemKey(c.Param("item")); kind == 'q' {
		return s.dutyRetry(c, n)
	} else if kind == 'a' {
		return fault.New(fault.Denied, "Automatic mail is kept to be read. There is nothing to decide")
	} else if kind == 's' {
		errs, err := s.placeSent(c, n)
		if err == nil && len(errs) > 0 {
			return s.showDuty(c, http.StatusUnprocessableEntity, errs)
		}
		return err
	}
	t, err := s.Store.Ticket(c.Request.Context(), c.Actor, c.Param("item"))
	if err != nil {
		return err
	}
	var errs []view.FieldError
	switch c.PostForm("do") {
	case "case":
		errs, err = s.placeIt(c, *t)
	case "join":
		errs, err = s.joinIt(c, *t)
	case "apart":
		errs, err = s.keepApart(c, *t)
	case "not_enquiry":
		errs, err = s.notOurs(c, *t)
	case "new":
		errs = []view.FieldError{{Field: "child-initials", Text: "A new case is started in the case register. Put the mail on it when it is there"}}
	case "lock", "other_team":
		errs = []view.FieldError{{Field: "reason", Text: "This cannot be done here. Choose a reason why it is not an enquiry, or put it on a case"}}
	default:
		errs = []view.FieldError{{Text: "Choose what to do with this mail"}}
	}
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Refused) {
		errs, err = []view.FieldError{{Text: fault.SafeText(err)}}, nil
	}
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return s.showDuty(c, http.StatusUnprocessableEntity, errs)
	}
	return nil
}

// placeIt puts a mail on the case that was ticked or typed.
func (s *Server) placeIt(c *Ctx, t tickets.TicketView) ([]view.FieldError, error) {
	ref := strings.TrimSpace(c.PostForm("case"))
	if ref == "other" || ref == "" {
		ref = strings.ToUpper(strings.TrimSpace(c.PostForm("case_ref")))
	}
	if ref == "" {
		return []view.FieldError{{Field: "case-ref", Text: "Choose a case, or enter its number"}}, nil
	}
	v, err := s.Store.Case(c.Request.Context(), c.Actor, ref)
	if fault.Is(err, fault.NotFound) {
		return []view.FieldError{{Field: "case-ref", Text: "There is no case with this number that you can open"}}, nil
	}
	if err != nil {
		return nil, err
	}
	person := number(c.PostForm("person"))
	if person == 0 {
		person = onCase(*v, t.RequesterMailbox)
	}
	err = s.Desk.PlaceOnCase(c.Request.Context(), c.Actor, tickets.PlaceRequest{
		Ref: t.Ref, CaseRef: v.Ref, PersonID: person, AddAddress: person != 0 && c.PostForm("add_address") == "yes",
	}, c.Now)
	if err != nil {
		return nil, err
	}
	s.sorted(t.Ref)
	return nil, s.done(c, "/duty/"+tabUnmatched, "success", t.Ref+" is on case "+v.Ref+" ("+v.Initials()+") now.")
}

// joinIt lets a stranger into the conversation that the mail cites. How it was
// checked who it is stays with the enquiry as a note.
func (s *Server) joinIt(c *Ctx, t tickets.TicketView) ([]view.FieldError, error) {
	checked := strings.Join(strings.Fields(c.PostForm("checked")), " ")
	if checked == "" {
		return []view.FieldError{{Field: "checked", Text: "Say how you checked who this is"}}, nil
	}
	person := number(c.PostForm("person"))
	ctx := c.Request.Context()
	into, err := s.Desk.AcceptUnconfirmed(ctx, c.Actor, tickets.AcceptRequest{
		Ref: t.Ref, PersonID: person, AddAddress: person != 0 && c.PostForm("add_address") == "yes",
	}, c.Now)
	if err != nil {
		return nil, err
	}
	s.sorted(t.Ref, into)
	_, err = s.Desk.AddNote(ctx, c.Actor, tickets.NoteRequest{
		Ref: into, Text: tickets.NewPrivateText("A new sender was accepted. How it was checked: " + checked), Source: "form",
	}, c.Now)
	if err != nil {
		s.Log.Error("web", "event", "join_note_failed", "ticket", into, "error", err)
		return nil, s.done(c, view.EnquiryURL(into), "warning", "Added to "+into+", but how you checked who it is was not kept. Write it as a note.")
	}
	return nil, s.done(c, view.EnquiryURL(into), "success", "Added to "+into+". It waits for an answer.")
}

func (s *Server) keepApart(c *Ctx, t tickets.TicketView) ([]view.FieldError, error) {
	reason := strings.TrimSpace(c.PostForm("reason"))
	if reason == "" {
		reason = "the sender is not on the case that it cites"
	}
	if err := s.Desk.KeepApart(c.Request.Context(), c.Actor, t.Ref, reason, c.Now); err != nil {
		return nil, err
	}
	s.sorted(t.Ref)
	return nil, s.done(c, "/duty/"+tabStrangers, "success", t.Ref+" is kept apart. It waits with the mail without a case.")
}

func (s *Server) notOurs(c *Ctx, t tickets.TicketView) ([]view.FieldError, error) {
	reason := strings.TrimSpace(c.PostForm("reason"))
	if reason == "" {
		return []view.FieldError{{Field: "reason", Text: "Choose why this is not an enquiry"}}, nil
	}
	if err := s.Desk.NotOurs(c.Request.Context(), c.Actor, t.Ref, reason, c.Now); err != nil {
		return nil, err
	}
	s.sorted(t.Ref)
	return nil, s.done(c, "/duty/"+tabUnmatched, "success", t.Ref+" was set aside. It can still be found.")
}

// sorted wakes the dispatcher, for an acknowledgement may be due, and tells
// open browsers.
func (s *Server) sorted(refs ...string) {
	s.wake()
	for _, ref := range refs {
		s.Events.Publish("enquiry.changed", ref)
	}
	s.Events.Publish("counts", "")
}

func (s *Server) wake() {
	if s.Wake != nil {
		s.Wake()
	}
}

// dutyRetry reads a mail again that could not be read.
func (s *Server) dutyRetry(c *Ctx, n int64) error {
	if !c.Actor.May(access.RetryMail) {
		return fault.New(fault.Denied, "You cannot do this. A team lead can")
	}
	if c.PostForm("do") != "retry" {
		return s.showDuty(c, http.StatusUnprocessableEntity, []view.FieldError{{Text: "This mail can only be read again"}})
	}
	e, err := s.notTakenIn(c, n)
	if err != nil {
		return err
	}
	kind, text, err := s.readAgain(c, e)
	if err != nil {
		return err
	}
	return s.done(c, "/duty/"+tabUnreadable, kind, text)
}

// readAgain says in words what became of a mail that was tried once more.
func (s *Server) readAgain(c *Ctx, e *tickets.LedgerEntry) (kind, text string, err error) {
	res, err := s.Retry(c.Request.Context(), e.ID)
	if err != nil {
		return "", "", err
	}
	s.Log.Info("web", "event", "mail_retried", "mailbox", e.Mailbox, "uid", e.UID, "outcome", string(res.Fate), "staff", c.Actor.StaffID)
	switch {
	case res.Fate == tickets.FateSuppressed:
		return "warning", "It was looked at again and not taken in: " + orReason(res.Reason), nil
	case res.Fate == tickets.FateQuarantined:
		return "warning", "It still cannot be read: " + orReason(res.Reason), nil
	case res.TicketRef != "":
		s.sorted(res.TicketRef)
		return "success", "It was read and is on " + res.TicketRef + " now.", nil
	}
	s.sorted()
	return "success", "It was read: " + fateWords(res.Fate) + ".", nil
}

// fateWords is what became of a mail, in the words of the ledger, within a sentence.
func fateWords(f tickets.Fate) string { return lowerFirst(view.FateWord(string(f))) }
