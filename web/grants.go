package web

import (
	"net/http"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/web/view"
)

// accessPage lists who was let into which case, and asks.
func (s *Server) accessPage(c *Ctx) error { return s.showAccess(c, http.StatusOK, nil) }

func (s *Server) showAccess(c *Ctx, status int, errs []view.FieldError) error {
	list, err := s.Desk.Grants(c.Request.Context(), c.Actor)
	if err != nil {
		return err
	}
	m := view.Access{
		Shell: s.shell(c, "Access to restricted cases", "access"), Action: "/access", Case: c.PostForm("case"), Reason: c.PostForm("reason"),
		Days: c.DefaultPostForm("days", "14"), CanBreak: c.Actor.May(access.WriteNotes), Errors: errs,
	}
	if m.Case == "" {
		m.Case = c.Query("of")
	}
	m.Shell.Failed = len(errs) > 0
	for _, g := range list {
		row := view.AccessRow{
			Case: g.CaseRef, Who: g.StaffName, Asked: g.AskedName, AskedAt: g.AskedAt, By: g.ByName, Until: g.Until,
			Reason: g.Reason.ForStaff(), Action: "/access/" + id(g.ID),
		}
		mine := g.StaffID == c.Actor.StaffID || g.AskedBy == c.Actor.StaffID
		switch {
		case g.Waits() && c.Now.Before(g.Until):
			row.Decide, row.End = c.Actor.May(access.GrantAccess) && !mine, mine
			m.Waiting = append(m.Waiting, row)
		case g.Live(c.Now):
			if g.BrokeGlass {
				row.By = "Nobody: it could not wait"
			}
			row.End = mine || c.Actor.May(access.GrantAccess)
			m.Live = append(m.Live, row)
		default:
			row.State = pastWord(g)
			m.Past = append(m.Past, row)
		}
	}
	return s.page(c, status, view.PageAccess, m)
}

func pastWord(g tickets.Grant) string {
	switch {
	case g.Refused:
		return "Refused"
	case g.EndedAt != nil:
		return "Ended early"
	case g.ApprovedAt == nil && !g.BrokeGlass:
		return "Never answered"
	}
	return "Over"
}

// askAccess asks to be let in, or goes in where it cannot wait. The answer to a
// request is the same whether there is such a case or not.
func (s *Server) askAccess(c *Ctx) error {
	ctx, ref, reason := c.Request.Context(), c.PostForm("case"), c.PostForm("reason")
	var err error
	text := "Recorded. If there is such a case, its team lead sees your request."
	switch c.PostForm("do") {
	case "ask":
		err = s.Desk.AskGrant(ctx, c.Actor, tickets.GrantRequest{CaseRef: ref, Reason: reason, Days: int(number(c.PostForm("days")))}, c.Now)
	case "break":
		err = s.Desk.BreakGlass(ctx, c.Actor, ref, reason, c.Now)
		text = "You can open it for one day. The team lead has been told, and what you open is recorded."
		if s.Wake != nil {
			s.Wake()
		}
	default:
		err = fault.New(fault.Invalid, "Choose what to do")
	}
	if err != nil {
		return s.accessFailed(c, err)
	}
	return s.done(c, "/access", "success", text)
}

// settleAccess gives, refuses or ends access.
func (s *Server) settleAccess(c *Ctx) error {
	ctx, n := c.Request.Context(), number(c.Param("id"))
	var err error
	text := ""
	switch c.PostForm("do") {
	case "approve":
		err, text = s.Desk.ApproveGrant(ctx, c.Actor, n, c.Now), "Let in."
	case "refuse":
		err, text = s.Desk.RefuseGrant(ctx, c.Actor, n, c.Now), "Refused."
	case "end":
		err, text = s.Desk.EndGrant(ctx, c.Actor, n, c.Now), "Ended."
	default:
		err = fault.New(fault.Invalid, "Choose what to do")
	}
	if err != nil {
		return s.accessFailed(c, err)
	}
	return s.done(c, "/access", "success", text)
}

func (s *Server) accessFailed(c *Ctx, err error) error {
	switch fault.KindOf(err) {
	case fault.Invalid:
		return s.showAccess(c, http.StatusUnprocessableEntity, []view.FieldError{{Text: fault.SafeText(err)}})
	case fault.Conflict:
		return s.showAccess(c, http.StatusConflict, []view.FieldError{{Text: fault.SafeText(err)}})
	}
	return err
}
