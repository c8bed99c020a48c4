package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/web/view"
)

const whenLayout = "2/1/2006 15:04"

// incidentForm asks what is known of a misdirected message.
func (s *Server) incidentForm(c *Ctx) error {
	f := view.IncidentNew{Aware: c.Now.In(sla.London()).Format(whenLayout)}
	return s.showIncidentForm(c, http.StatusOK, c.Query("of"), number(c.Query("letter")), f)
}

func (s *Server) showIncidentForm(c *Ctx, status int, ref string, letter int64, f view.IncidentNew) error {
	t, o, err := s.letterOf(c, ref, letter)
	if err != nil {
		return err
	}
	f.Shell, f.Ref, f.Letter, f.To, f.At, f.BackHref = s.shell(c, title(*t, "Report a misdirected message"), "inbox"), t.Ref, id(o.ID), names(*o), o.CreatedAt, view.EnquiryURL(t.Ref)
	f.Shell.Failed = len(f.Errors) > 0
	return s.page(c, status, view.PageIncidentNew, f)
}

// letterOf is a letter of an enquiry that the actor may open.
func (s *Server) letterOf(c *Ctx, ref string, letter int64) (*tickets.TicketView, *tickets.Outgoing, error) {
	ctx := c.Request.Context()
	t, err := s.Store.Ticket(ctx, c.Actor, ref)
	if err != nil {
		return nil, nil, err
	}
	items, err := s.Store.Timeline(ctx, c.Actor, t.ID)
	if err != nil {
		return nil, nil, err
	}
	for _, it := range items {
		if it.Outgoing != nil && it.Outgoing.ID == letter && letter != 0 {
			return t, it.Outgoing, nil
		}
	}
	return nil, nil, notThere()
}

// reportIncident opens an incident and stops what has not left.
func (s *Server) reportIncident(c *Ctx) error {
	f := view.IncidentNew{GotBy: c.PostForm("got_by"), What: c.PostForm("what"), Aware: c.PostForm("aware"), Address: c.PostForm("address") == "yes"}
	letter, ref := number(c.PostForm("letter")), c.PostForm("of")
	r := tickets.Misdirected{OutgoingID: letter, GotBy: f.GotBy, What: f.What, AddressShown: f.Address}
	if at, err := time.ParseInLocation(whenLayout, strings.TrimSpace(f.Aware), sla.London()); err == nil {
		r.AwareAt = at
	}
	i, err := s.Desk.ReportMisdirected(c.Request.Context(), c.Actor, r, c.Now)
	switch fault.KindOf(err) {
	case fault.Invalid:
		f.Errors = []view.FieldError{{Field: "got_by", Text: fault.SafeText(err)}}
		return s.showIncidentForm(c, http.StatusUnprocessableEntity, ref, letter, f)
	case fault.Conflict:
		f.Errors = []view.FieldError{{Text: fault.SafeText(err)}}
		return s.showIncidentForm(c, http.StatusConflict, ref, letter, f)
	}
	if err != nil {
		return err
	}
	if s.Wake != nil {
		s.Wake()
	}
	to := view.EnquiryURL(i.TicketRef)
	if c.Actor.May(access.HandleIncidents) {
		to = "/incidents/" + id(i.ID)
	}
	return s.done(c, to, "success", fmt.Sprintf("Reported. Copies stopped: %d. Data protection, the team lead and the head of service are told.", i.Stopped))
}

// incidents lists misdirected messages.
func (s *Server) incidents(c *Ctx) error {
	list, err := s.Desk.Incidents(c.Request.Context(), c.Actor)
	if err != nil {
		return err
	}
	m := view.Incidents{Shell: s.shell(c, "Misdirected messages", "incidents")}
	for _, i := range list {
		left, late := hoursLeft(i, c.Now)
		m.Rows = append(m.Rows, view.IncidentRow{
			Href: "/incidents/" + id(i.ID), Name: "Incident " + id(i.ID), Ref: i.TicketRef, By: i.ReportedName, State: left, Due: i.DueAt, Late: late,
		})
	}
	return s.page(c, http.StatusOK, view.PageIncidents, m)
}

// hoursLeft is how much of the 72 hours is left, in words. They run through nights
// and weekends (UK GDPR Art. 33).
func hoursLeft(i tickets.Incident, now time.Time) (string, bool) {
	switch left := i.DueAt.Sub(now); {
	case i.ClosedAt != nil:
		return "Closed", false
	case left < 0:
		return fmt.Sprintf("The 72 hours ended %d hours ago", int(-left/time.Hour)), true
	default:
		return fmt.Sprintf("%d hours left of 72", int(left/time.Hour)), left < 24*time.Hour
	}
}

func (s *Server) incident(c *Ctx) error { return s.showIncident(c, http.StatusOK, nil) }

func (s *Server) showIncident(c *Ctx, status int, errs []view.FieldError) error {
	ctx := c.Request.Context()
	i, err := s.Desk.Incident(ctx, c.Actor, number(c.Param("id")))
	if err != nil {
		return err
	}
	m := view.IncidentPage{
		Shell: s.shell(c, "Misdirected message: "+i.TicketRef, "incidents"), Ref: i.TicketRef, By: i.ReportedName, At: i.ReportedAt, Aware: i.AwareAt, Due: i.DueAt,
		GotBy: i.GotBy.ForStaff(), What: i.What.ForStaff(), Stopped: i.Stopped, Blocked: !i.Safe(), ICO: i.ICORef, Words: i.Assessment.ForStaff(),
		Lessons: i.Lessons.ForStaff(), CanClose: c.Actor.May(access.CloseIncident), Errors: errs,
	}
	m.Shell.Failed = len(errs) > 0
	m.Left, m.Late = hoursLeft(*i, c.Now)
	for _, o := range riskOptions(string(i.Risk)) {
		if o.Selected {
			m.Risk = o.Text
		}
		m.Risks = append(m.Risks, o)
	}
	if i.ClosedAt != nil {
		m.Closed = "Closed by " + i.ClosedName + ", " + sla.FormatShort(*i.ClosedAt) + "."
	} else {
		m.Action = "/incidents/" + id(i.ID)
	}
	for _, key := range i.StepsOf() {
		done := i.Steps[key]
		m.Steps = append(m.Steps, view.IncidentStep{Key: key, Name: stepWords(key), Done: done.Name, At: done.At})
	}
	if _, err := s.Store.Ticket(ctx, c.Actor, i.TicketRef); err == nil {
		m.TicketHref = view.EnquiryURL(i.TicketRef)
		if c.Actor.May(access.SendReply) {
			m.LetterHref = view.ReplyURL(i.TicketRef) + "?letter=" + url.QueryEscape("delete")
		}
	} else if !fault.Is(err, fault.NotFound) {
		return err
	}
	return s.page(c, status, view.PageIncident, m)
}

func riskOptions(chosen string) []view.Option {
	return options(chosen, string(tickets.RiskUnlikely), "Harm is unlikely: nobody has to be told, the decision is kept",
		string(tickets.RiskLikely), "Harm is likely: tell the ICO within the 72 hours",
		string(tickets.RiskHigh), "The risk is high: tell the ICO and the people concerned")
}

func stepWords(key string) string {
	switch key {
	case tickets.StepSafety:
		return "First: ring the household that is at risk, and the safeguarding lead"
	case tickets.StepRecall:
		return "Look that no copy is still to go, and ring whoever got it if it is risky"
	case tickets.StepDelete:
		return "Ask whoever got it to delete it and to confirm that they did"
	case tickets.StepPreserve:
		return "Write down what was in it, who got it, and which children it concerns"
	case tickets.StepFamilies:
		return "Tell the families concerned, with a named person whom they can ring"
	case tickets.StepSorry:
		return "Send the apology"
	}
	return "The lead looks at the rule that should have stopped it, and records what was learnt and any training"
}

// incidentAct records a step, the assessment or the end.
func (s *Server) incidentAct(c *Ctx) error {
	ctx, n := c.Request.Context(), number(c.Param("id"))
	var err error
	text := "Recorded."
	switch c.PostForm("do") {
	case "step":
		err = s.Desk.IncidentStep(ctx, c.Actor, n, c.PostForm("step"), c.Now)
	case "assess":
		err = s.Desk.AssessIncident(ctx, c.Actor, tickets.Assessment{ID: n, Risk: tickets.Risk(c.PostForm("risk")), Words: c.PostForm("words"), ICORef: c.PostForm("ico")}, c.Now)
	case "close":
		err, text = s.Desk.CloseIncident(ctx, c.Actor, n, c.PostForm("lessons"), c.Now), "Closed."
	default:
		err = fault.New(fault.Invalid, "Choose what to do")
	}
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Refused:
		return s.showIncident(c, http.StatusUnprocessableEntity, []view.FieldError{{Text: fault.SafeText(err)}})
	case fault.Conflict:
		return s.showIncident(c, http.StatusConflict, []view.FieldError{{Text: fault.SafeText(err)}})
	}
	if err != nil {
		return err
	}
	return s.done(c, "/incidents/"+id(n), "success", text)
}
