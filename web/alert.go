package web

import (
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/web/view"
)

// alertForm asks what was done about words that suggest danger.
func alertForm(a access.Actor, t tickets.TicketView) *view.AlertForm {
	if t.Alert == "" || !a.May(access.LogCalls) {
		return nil
	}
	f := &view.AlertForm{Words: t.Alert}
	for _, x := range tickets.AlertActions() {
		f.Actions = append(f.Actions, view.Option{Value: x.Code, Text: x.Words})
	}
	return f
}

// dealWithAlert clears an alert; without a named action it stays.
func (s *Server) dealWithAlert(c *Ctx) error {
	ref := c.Param("ref")
	err := s.Desk.DealWithAlert(c.Request.Context(), c.Actor, ref, c.PostForm("action"), c.Now)
	if fault.Is(err, fault.Invalid) {
		if _, err := s.Store.Ticket(c.Request.Context(), c.Actor, ref); err != nil {
			return err
		}
		return s.done(c, view.EnquiryURL(ref), "error", fault.SafeText(err))
	}
	if err != nil {
		return err
	}
	return s.done(c, view.EnquiryURL(ref), "success", "Saved. The alert is cleared; what you did is in the history.")
}
