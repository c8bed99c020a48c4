package web

import (
	"net/http"
	"strings"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/web/view"
)

// spamForm asks once more: a blocked sender is not seen again by the desk.
func (s *Server) spamForm(c *Ctx) error {
	t, err := s.unsorted(c)
	if err != nil {
		return err
	}
	return s.showSpam(c, http.StatusOK, *t, nil)
}

// unsorted is an enquiry that nobody has sorted yet.
func (s *Server) unsorted(c *Ctx) (*tickets.TicketView, error) {
	t, err := s.Store.Ticket(c.Request.Context(), c.Actor, c.Param("item"))
	if err != nil {
		return nil, err
	}
	if t.State != tickets.StateTriage {
		return nil, notThere()
	}
	return t, nil
}

func (s *Server) showSpam(c *Ctx, status int, t tickets.TicketView, errs []view.FieldError) error {
	m := view.Spam{
		Shell: s.shell(c, "Spam: "+t.Ref, "duty"), Ref: t.Ref, Subject: noSubject(t.Subject), Address: shownName(t.RequesterEmail),
		Action: view.SpamURL(t.Ref), BackHref: view.DutyURL(t.Ref), Block: c.PostForm("block"), Reason: c.PostForm("reason"), Errors: errs,
	}
	m.Shell.Failed = len(errs) > 0
	if at := strings.LastIndexByte(t.RequesterMailbox, '@'); at >= 0 && c.Actor.May(access.RetryMail) {
		m.Domain = shownName(t.RequesterMailbox[at+1:])
	}
	return s.page(c, status, view.PageSpam, m)
}

// spam sets a mail aside and keeps later mail of its sender away.
func (s *Server) spam(c *Ctx) error {
	t, err := s.unsorted(c)
	if err != nil {
		return err
	}
	if strings.TrimSpace(c.PostForm("reason")) == "" {
		return s.showSpam(c, http.StatusUnprocessableEntity, *t, []view.FieldError{{Field: "reason", Text: "Say why this is not an enquiry"}})
	}
	r, err := s.Desk.MarkSpam(c.Request.Context(), c.Actor, tickets.SpamRequest{
		Ref: t.Ref, Domain: c.PostForm("block") == "domain", Reason: c.PostForm("reason"),
	}, c.Now)
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Refused, fault.Conflict:
		return s.showSpam(c, http.StatusUnprocessableEntity, *t, []view.FieldError{{Text: fault.SafeText(err)}})
	}
	if err != nil {
		return err
	}
	s.sorted(t.Ref)
	s.Log.Info("web", "event", "marked_spam", "ticket", t.Ref, "rule", r.ID, "staff", c.Actor.StaffID)
	return s.done(c, "/duty/"+tabUnmatched, "success", t.Ref+" was set aside and its sender is blocked (rule "+id(r.ID)+"). It can still be found.")
}
