package web

import (
	"net/http"
	"strings"

	"hearback/mailbox/guard"
	"hearback/tickets"
	"hearback/tickets/fault"
	"hearback/web/view"
)

// replyCheck answers the verdict alone, while somebody writes.
func (s *Server) replyCheck(c *Ctx) error {
	d, err := s.readDraft(c)
	if err != nil {
		return err
	}
	verdict, _ := s.judge(c, d)
	return s.fragment(c, http.StatusOK, view.FragVerdict, verdict)
}

// judge asks the guard about a draft and sends nothing.
func (s *Server) judge(c *Ctx, d *draft) (view.Verdict, []view.FieldError) {
	if len(d.to) == 0 || strings.TrimSpace(d.text) == "" {
		return view.Verdict{Level: view.NotChecked}, nil
	}
	review, err := s.Review.Review(c.Request.Context(), c.Actor, ReviewRequest{Reply: s.request(d), Now: c.Now})
	if err != nil {
		return s.cannot(c, err)
	}
	d.digest, d.confirmed = review.Digest, s.confirmations(c, review)
	return s.verdict(c, d, review), nil
}

// cannot turns an error of the check into what the writer sees. A refusal in
// plain words is the answer to the form; all else is "cannot check".
func (s *Server) cannot(c *Ctx, err error) (view.Verdict, []view.FieldError) {
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Refused, fault.Conflict, fault.Denied:
		return view.Verdict{Level: view.NotChecked}, []view.FieldError{{Text: fault.SafeText(err)}}
	}
	s.Log.Error("web", "event", "review_failed", "error", err)
	return view.Verdict{Level: view.CannotCheck, At: c.Now, Phone: s.Phone}, nil
}

// statusFor is the status of a form that comes back.
func statusFor(v view.Verdict, errs []view.FieldError) int {
	switch {
	case v.Level == view.CannotCheck:
		return http.StatusServiceUnavailable
	case len(errs) > 0, v.Level == view.Stopped, v.Level == view.Confirm:
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}

// confirmations are the findings that the author ticked, as long as the guard
// still asks for them.
func (s *Server) confirmations(c *Ctx, r Review) []tickets.Confirmation {
	var out []tickets.Confirmation
	for _, f := range r.Verdict.Findings {
		if f.Decision == guard.Confirm && c.PostForm("confirm["+key(f)+"]") == "yes" {
			out = append(out, tickets.Confirmation{Rule: f.Rule, Mailbox: f.Mailbox, Reason: c.PostForm("reason[" + key(f) + "]"), At: c.Now})
		}
	}
	return out
}

// key names a finding in a form without an address in it.
func key(f guard.Finding) string {
	if f.Person == "" {
		return f.Rule
	}
	return f.Rule + ":" + strings.Map(func(r rune) rune {
		if r == ' ' || r == '[' || r == ']' {
			return '-'
		}
		return r
	}, f.Person)
}

// unticked asks for every tick that is missing.
func unticked(v view.Verdict) []view.FieldError {
	var out []view.FieldError
	for _, f := range v.Findings {
		if f.Level == view.Confirm && !f.Confirmed {
			out = append(out, view.FieldError{Field: "verdict", Text: "Tick to say you mean to send this to " + view.Names(v.Names) + ", or take them off"})
		}
	}
	return out
}

// stopped shows the form again with the findings and the words in it. Nothing
// was sent, and nothing was queued.
func (s *Server) stopped(c *Ctx, d *draft, v view.Verdict) error {
	var rules []string
	for _, f := range v.Findings {
		rules = append(rules, f.Rule)
	}
	s.Log.Info("mail", "event", "reply_stopped", "ticket", d.ticket.Ref, "rules", rules, "outcome", "stopped")
	return s.showReply(c, http.StatusUnprocessableEntity, d, v, stoppedErrors(v))
}

// stoppedErrors lists what stops a letter in the error summary.
func stoppedErrors(v view.Verdict) []view.FieldError {
	var out []view.FieldError
	for _, f := range v.Findings {
		if f.Level == view.Stopped {
			out = append(out, view.FieldError{Field: "verdict", Text: f.Text})
		}
	}
	return out
}

// showChanged is the answer 409: what happened, and the words unchanged.
func (s *Server) showChanged(c *Ctx, d *draft, changed *tickets.ChangedError) error {
	_ = s.keepReply(c, d) // the page carries the words, and what came of it stands in the form it leads to
	m := view.ChangedPage{
		Shell: s.shell(c, title(*d.ticket, "Not sent"), "inbox"), Head: s.head(c, *d.ticket), What: "reply",
		Draft: d.text, Subject: d.subject, Action: view.ReplyURL(d.ticket.Ref), BackHref: view.ReplyURL(d.ticket.Ref),
	}
	for i, e := range changed.Events {
		if i == 0 {
			m.Since = e.At
		}
		kind, text := "system", eventLine(&e)
		switch e.Kind {
		case tickets.EvReceived, tickets.EvJoined:
			kind, text = "in", "A new message came in"
		case tickets.EvReplyQueued:
			kind, text = "out", "A reply is waiting to go"
		case tickets.EvSent:
			kind, text = "out", "A message was sent"
		case tickets.EvNoteAdded:
			kind, text = "note", "A note was added"
		case tickets.EvCallLogged:
			kind, text = "call", "A call was logged"
		}
		if text == "" {
			text = "Its state changed"
		}
		m.Events = append(m.Events, view.Change{At: e.At, Kind: kind, Text: text, Link: &view.Link{Text: "See it", Href: view.EnquiryURL(d.ticket.Ref)}})
	}
	hide := func(name, value string) { m.Hidden = append(m.Hidden, view.Hidden{Name: name, Value: value}) }
	for _, n := range d.to {
		hide("to_person", id(n))
		if p, ok := find(d.parties, n); ok {
			m.Receiving = append(m.Receiving, p.Person.Name)
		}
	}
	if d.answers != nil {
		hide("answering", id(d.answers.ID))
	}
	hide("after", d.after)
	hide("draft_rev", id(d.rev))
	hide("seen_event", id(changed.Version)) // "I have read this" accepts what is new
	return s.page(c, http.StatusConflict, view.PageChanged, m)
}

// previewLetter shows the words as they would be sent, one copy for each person.
// The way back leads to the draft, so there is no preview of words that are not kept.
func (s *Server) previewLetter(c *Ctx, d *draft) error {
	if err := s.keepReply(c, d); err != nil {
		d.posted = nil // said once
		return s.showReply(c, keptStatus(http.StatusOK, err), d, view.Verdict{Level: view.NotChecked}, nil)
	}
	m := view.LetterPreview{
		Shell: s.shell(c, title(*d.ticket, "Preview"), "inbox"), Head: s.head(c, *d.ticket), BackHref: view.ReplyURL(d.ticket.Ref),
	}
	copies, err := s.Review.Copies(c.Request.Context(), c.Actor, ReviewRequest{Reply: s.request(d), Now: c.Now})
	if err != nil {
		verdict, errs := s.cannot(c, err)
		return s.showReply(c, statusFor(verdict, errs), d, verdict, errs)
	}
	for _, x := range copies {
		m.Copies = append(m.Copies, letterCopy(x))
	}
	return s.page(c, http.StatusOK, view.PageLetter, m)
}

// letterCopy is one copy as its reader's program shows it.
func letterCopy(x Copy) view.Letter {
	l := view.Letter{To: x.Name, Address: x.To, From: addressWords(x.Letter.From), Subject: x.Letter.Subject, Text: x.Letter.Text, Formatted: x.HTML != ""}
	for _, a := range x.Letter.ReplyTo {
		l.Answers = addressWords(a)
	}
	for _, p := range x.Letter.Parts {
		if !p.Inline {
			l.Files = append(l.Files, view.File{Name: p.Name, Bytes: p.Bytes})
		}
	}
	return l
}

func addressWords(a tickets.MailAddress) string {
	if a.Name == "" {
		return a.Email
	}
	return a.Name + " <" + a.Email + ">"
}

func quoted(m *tickets.Message) string {
	lines := strings.Split(strings.TrimSpace(m.ReplyText), "\n")
	for i, l := range lines {
		lines[i] = "> " + l
	}
	return strings.Join(lines, "\n")
}
