package web

import (
	"net/http"
	"net/mail"
	"net/url"
	"strings"
	"unicode/utf8"

	"hearback/tickets/fault"
	"hearback/web/view"
)

// The pages of the demonstration's outside world. They exist only there, need
// no sign-in, and show invented people alone.

// parents lists the mailboxes outside, and what one of them received.
func (s *Server) parents(c *Ctx) error {
	return s.showParents(c, http.StatusOK, c.Param("key"), view.ParentWrite{Answers: c.Query("answers")}, nil)
}

func (s *Server) showParents(c *Ctx, status int, key string, w view.ParentWrite, errs []view.FieldError) error {
	_ = s.signedIn(c) // a visitor who is signed in keeps the navigation
	ctx := c.Request.Context()
	boxes, err := s.Demo.Boxes(ctx)
	if err != nil {
		return fault.Wrap(fault.Temporary, "The mail server of the demonstration does not answer just now", err)
	}
	m := view.Parents{Shell: s.shell(c, "What parents received", "parents"), Write: w, Errors: errs}
	m.Shell.Failed = len(errs) > 0
	for _, b := range boxes {
		box := view.ParentBox{Key: b.Key, Address: b.Address, Name: b.Name, Role: b.Role, Count: b.Count, Last: b.Last, Chosen: b.Key == key}
		m.Boxes = append(m.Boxes, box)
		if !box.Chosen {
			continue
		}
		chosen := box
		m.Chosen = &chosen
		if m.Write.As == "" {
			m.Write.As = b.Address
		}
	}
	if key != "" && m.Chosen == nil {
		return fault.New(fault.NotFound, "There is no such mailbox in the demonstration")
	}
	if m.Chosen != nil {
		if err := s.parentMail(c, &m, key, errs == nil); err != nil {
			return err
		}
	}
	ours, err := s.Store.Mailboxes(ctx)
	if err != nil {
		return err
	}
	for _, b := range ours {
		m.Write.ToList = append(m.Write.ToList, view.Option{Value: b.Address, Text: b.Address, Selected: strings.EqualFold(b.Address, m.Write.To)})
	}
	return s.page(c, status, view.PageParents, m)
}

// parentMail reads the mailbox, and begins the answer to the mail that was chosen.
func (s *Server) parentMail(c *Ctx, m *view.Parents, key string, begin bool) error {
	list, err := s.Demo.Mail(c.Request.Context(), key)
	if err != nil {
		return fault.Wrap(fault.Temporary, "The mail server of the demonstration does not answer just now", err)
	}
	found := false
	for _, x := range list {
		row := view.ParentMail{ID: x.ID, At: x.At, From: x.From, To: x.To, Subject: x.Subject, Text: x.Text, Ours: x.Sent}
		if !x.Sent {
			row.Answer = "/parents/" + url.PathEscape(key) + "?answers=" + url.QueryEscape(x.ID)
		}
		m.Mail = append(m.Mail, row)
		if x.ID != m.Write.Answers {
			continue
		}
		found = true
		if begin {
			m.Write.Subject = replyTo(x.Subject)
			m.Write.To = x.From
			if a, err := mail.ParseAddress(x.From); err == nil {
				m.Write.To = a.Address
			}
		}
	}
	if !found {
		m.Write.Answers = ""
	}
	return nil
}

func replyTo(subject string) string {
	if strings.HasPrefix(strings.ToLower(subject), "re:") {
		return subject
	}
	return "Re: " + subject
}

// maxLetter is the longest letter of an invented parent, in bytes.
const maxLetter = 64 * 1024

// parentWrites sends an email as somebody outside, to one of our mailboxes.
func (s *Server) parentWrites(c *Ctx) error {
	w := view.ParentWrite{
		As: strings.TrimSpace(c.PostForm("as")), To: strings.TrimSpace(c.PostForm("to")), Subject: c.PostForm("subject"),
		Text: strings.ReplaceAll(c.PostForm("text"), "\r\n", "\n"), Answers: c.PostForm("answers"),
	}
	boxes, err := s.Demo.Boxes(c.Request.Context())
	if err != nil {
		return fault.Wrap(fault.Temporary, "The mail server of the demonstration does not answer just now", err)
	}
	key := ""
	for _, b := range boxes {
		if strings.EqualFold(b.Address, w.As) {
			key = b.Key
		}
	}
	errs, err := s.checkParent(c, w)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return s.showParents(c, http.StatusUnprocessableEntity, key, w, errs)
	}
	if err := s.Demo.Write(c.Request.Context(), w.As, w.To, w.Subject, w.Text, w.Answers); err != nil {
		if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Refused) {
			return s.showParents(c, http.StatusUnprocessableEntity, key, w, []view.FieldError{{Text: fault.SafeText(err)}})
		}
		return err
	}
	to := "/parents"
	if key != "" {
		to += "/" + url.PathEscape(key)
	}
	return s.done(c, to, "success", "Sent. It is in the team's mailbox in a moment.")
}

// checkParent keeps the demonstration to invented addresses and to our mailboxes.
func (s *Server) checkParent(c *Ctx, w view.ParentWrite) ([]view.FieldError, error) {
	var errs []view.FieldError
	a, err := mail.ParseAddress(w.As)
	if err != nil || a.Address != w.As || !strings.HasSuffix(strings.ToLower(w.As), ".example") || len(w.As) > 200 {
		errs = append(errs, view.FieldError{Field: "as", Text: "Enter an invented address that ends in .example"})
	}
	ours, err := s.Store.Mailboxes(c.Request.Context())
	if err != nil {
		return nil, err
	}
	ok := false
	for _, b := range ours {
		ok = ok || strings.EqualFold(b.Address, w.To)
	}
	if !ok {
		errs = append(errs, view.FieldError{Field: "to", Text: "Choose one of the council's mailboxes"})
	}
	if strings.ContainsAny(w.Subject+w.Answers, "\r\n\x00") || len(w.Subject) > 500 || !utf8.ValidString(w.Subject) {
		errs = append(errs, view.FieldError{Field: "subject", Text: "The subject has to be one line"})
	}
	if strings.TrimSpace(w.Text) == "" || len(w.Text) > maxLetter || !utf8.ValidString(w.Text) {
		errs = append(errs, view.FieldError{Field: "text", Text: "Write a message"})
	}
	return errs, nil
}
