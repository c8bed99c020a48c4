package web

import (
	"net/http"
	"strings"

	"hearback/tickets"
	"hearback/tickets/fault"
	"hearback/web/view"
)

func (s *Server) moveForm(c *Ctx) error {
	t, err := s.Store.Ticket(c.Request.Context(), c.Actor, c.Param("ref"))
	if err != nil {
		return err
	}
	return s.showMove(c, http.StatusOK, *t, nil)
}

func (s *Server) showMove(c *Ctx, status int, t tickets.TicketView, errs []view.FieldError) error {
	shell := s.shell(c, title(t, "Move"), "inbox")
	shell.Failed = len(errs) > 0
	return s.page(c, status, view.PageMove, view.Move{
		Shell: shell, Head: s.head(c, t), Officers: s.colleagues(c, number(c.PostForm("officer"))),
		Note: c.PostForm("note"), Errors: errs, BackHref: view.EnquiryURL(t.Ref),
	})
}

func (s *Server) move(c *Ctx) error {
	t, err := s.Store.Ticket(c.Request.Context(), c.Actor, c.Param("ref"))
	if err != nil {
		return err
	}
	owner := number(c.PostForm("officer"))
	if owner == 0 {
		return s.showMove(c, http.StatusUnprocessableEntity, *t, []view.FieldError{{Field: "officer", Text: "Choose who takes this"}})
	}
	err = s.give(c, t.Ref, owner, c.PostForm("note"))
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Refused) {
		return s.showMove(c, http.StatusUnprocessableEntity, *t, []view.FieldError{{Field: "officer", Text: fault.SafeText(err)}})
	}
	if err != nil {
		return err
	}
	return s.done(c, view.EnquiryURL(t.Ref), "success", "Moved to "+s.nameOf(c, owner)+".")
}

// give hands an enquiry over; a word why becomes a note for the colleague.
func (s *Server) give(c *Ctx, ref string, owner int64, note string) error {
	ctx := c.Request.Context()
	if err := s.Desk.Assign(ctx, c.Actor, tickets.AssignRequest{Ref: ref, ToID: owner}, c.Now); err != nil {
		return err
	}
	if strings.TrimSpace(note) == "" {
		return nil
	}
	_, err := s.Desk.AddNote(ctx, c.Actor, tickets.NoteRequest{Ref: ref, ForID: owner, Text: tickets.NewPrivateText(note), Source: "form"}, c.Now)
	return err
}

func (s *Server) moveAll(c *Ctx, refs []string, owner int64, note string) error {
	moved := 0
	for _, ref := range refs {
		if err := s.give(c, ref, owner, note); err != nil {
			return s.done(c, "/inbox/team", "error", view.Names([]string{ref})+" could not be moved: "+fault.SafeText(err))
		}
		moved++
	}
	return s.done(c, "/inbox/team", "success", "Moved "+plural(moved, "enquiry", "enquiries")+" to "+s.nameOf(c, owner)+".")
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return id(int64(n)) + " " + many
}

func (s *Server) finishForm(c *Ctx) error {
	t, err := s.Store.Ticket(c.Request.Context(), c.Actor, c.Param("ref"))
	if err != nil {
		return err
	}
	return s.showFinish(c, http.StatusOK, *t, nil)
}

func (s *Server) showFinish(c *Ctx, status int, t tickets.TicketView, errs []view.FieldError) error {
	shell := s.shell(c, title(t, "Finish"), "inbox")
	shell.Failed = len(errs) > 0
	m := view.Finish{Shell: shell, Head: s.head(c, t), Errors: errs, SeenEvent: id(t.Version), BackHref: view.EnquiryURL(t.Ref)}
	if t.Waiting() {
		m.Waiting = t.Requester
		for _, r := range tickets.FinishReasons() {
			m.Reasons = append(m.Reasons, view.Option{Value: r.Code, Text: r.Words, Selected: r.Code == c.PostForm("reason")})
		}
	}
	return s.page(c, status, view.PageFinish, m)
}

func (s *Server) finish(c *Ctx) error {
	t, err := s.Store.Ticket(c.Request.Context(), c.Actor, c.Param("ref"))
	if err != nil {
		return err
	}
	err = s.Desk.Finish(c.Request.Context(), c.Actor, tickets.FinishRequest{
		Ref: t.Ref, Reason: c.PostForm("reason"), SeenVersion: number(c.PostForm("seen_event")),
	}, c.Now)
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Refused) || fault.Is(err, fault.Conflict) {
		status := http.StatusUnprocessableEntity
		if fault.Is(err, fault.Conflict) {
			status = http.StatusConflict
		}
		return s.showFinish(c, status, *t, []view.FieldError{{Field: "reason", Text: fault.SafeText(err)}})
	}
	if err != nil {
		return err
	}
	return s.done(c, view.EnquiryURL(t.Ref), "success", "Finished. It opens again if they write within 30 days.")
}

// confirmRequest records that an enquiry asks for an assessment.
func (s *Server) confirmRequest(c *Ctx) error {
	if err := s.Desk.ConfirmRequest(c.Request.Context(), c.Actor, c.Param("ref"), c.Now); err != nil {
		return err
	}
	if s.Wake != nil {
		s.Wake()
	}
	return s.done(c, view.EnquiryURL(c.Param("ref")), "success", "Recorded. Whoever asked is told the last day in law.")
}

func (s *Server) reopen(c *Ctx) error {
	r := tickets.StateRequest{Ref: c.Param("ref"), To: tickets.StateOpen}
	if err := s.Desk.SetState(c.Request.Context(), c.Actor, r, c.Now); err != nil {
		return err
	}
	return s.done(c, view.EnquiryURL(c.Param("ref")), "success", "Opened again.")
}

// setAsk keeps what the family asks in the officer's one line.
func (s *Server) setAsk(c *Ctx) error {
	ask := strings.Join(strings.Fields(c.PostForm("ask")), " ")
	if err := s.Desk.SetAsk(c.Request.Context(), c.Actor, c.Param("ref"), ask, c.Now); err != nil {
		return err
	}
	return s.done(c, view.EnquiryURL(c.Param("ref")), "success", "Saved.")
}
