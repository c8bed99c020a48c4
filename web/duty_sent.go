package web

import (
	"strings"

	"hearback/tickets"
	"hearback/tickets/fault"
	"hearback/web/view"
)

// sentMail is what colleagues wrote outside hearback and nobody could place
// without guessing.
func (s *Server) sentMail(c *Ctx) ([]view.DutyRow, error) {
	list, err := s.Store.SentApart(c.Request.Context(), c.Actor, dutyShown)
	if err != nil {
		return nil, err
	}
	out := make([]view.DutyRow, 0, len(list))
	for _, m := range list {
		out = append(out, view.DutyRow{
			ID: "s" + id(m.ID), From: authorOf(m), Subject: noSubject(m.Subject), At: m.ReceivedAt, Why: m.Reason, Href: view.DutyURL("s" + id(m.ID)),
		})
	}
	return out, nil
}

func authorOf(m tickets.Message) string {
	if m.FromName != "" {
		return m.FromName
	}
	return m.FromEmail
}

// sentApart is a mail of that list, within the actor's scope.
func (s *Server) sentApart(c *Ctx, n int64) (*tickets.Message, error) {
	m, err := s.Store.Message(c.Request.Context(), c.Actor, n)
	if err != nil {
		return nil, err
	}
	if m.TicketID != 0 || !m.Outside || m.Direction != tickets.Out {
		return nil, notThere()
	}
	return m, nil
}

func (s *Server) sentItem(c *Ctx, m *tickets.Message) *view.DutyItem {
	key := "s" + id(m.ID)
	item := &view.DutyItem{
		ID: key, Kind: "sent", At: m.ReceivedAt, From: m.FromName, Address: m.FromEmail, To: plainTo(m.To), Subject: m.Subject, Why: m.Reason,
		Body: body(m), Files: s.files(c, view.DutyURL(key), m), LeftOut: m.Problems, HasHTML: m.HasHTML, Action: view.DutyURL(key),
	}
	item.Locked = locked(item.Files)
	return item
}

// placeSent puts such a mail on the enquiry that it answers.
func (s *Server) placeSent(c *Ctx, n int64) ([]view.FieldError, error) {
	if _, err := s.sentApart(c, n); err != nil {
		return nil, err
	}
	if c.PostForm("do") != "place_sent" {
		return []view.FieldError{{Text: "Choose what to do with this mail"}}, nil
	}
	ref := strings.ToUpper(strings.TrimSpace(c.PostForm("enquiry")))
	if ref == "" {
		return []view.FieldError{{Field: "enquiry", Text: "Enter the number of the enquiry"}}, nil
	}
	err := s.Desk.PlaceSent(c.Request.Context(), c.Actor, tickets.PlaceSentRequest{MessageID: n, Ref: ref, Answers: c.PostForm("answers") == "yes"}, c.Now)
	if fault.Is(err, fault.NotFound) {
		return []view.FieldError{{Field: "enquiry", Text: "There is no enquiry with this number that you can open"}}, nil
	}
	if fault.Is(err, fault.Conflict) {
		return []view.FieldError{{Field: "enquiry", Text: fault.SafeText(err)}}, nil
	}
	if err != nil {
		return nil, err
	}
	s.sorted(ref)
	return nil, s.done(c, "/duty/"+tabElsewhere, "success", "It is on "+ref+" now.")
}
