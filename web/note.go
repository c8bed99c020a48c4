package web

import (
	"net/http"
	"strings"

	"hearback/tickets"
	"hearback/tickets/fault"
	"hearback/web/view"
)

// A note and a reply share no handler, no form and no template: there is no
// flag that could be flipped, and nothing here can name somebody outside.

func (s *Server) noteForm(c *Ctx) error {
	n, err := s.newNote(c)
	if err != nil {
		return err
	}
	if asked := number(c.Query("for")); asked != 0 {
		n.forID = asked
	}
	return s.showNote(c, http.StatusOK, n)
}

func (s *Server) note(c *Ctx) error {
	n, err := s.readNote(c)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	if c.PostForm("do") == "discard" {
		if err := s.Store.DropNoteDraft(ctx, c.Actor, n.ticket.ID, c.Now); err != nil {
			return err
		}
		return s.done(c, view.EnquiryURL(n.ticket.Ref), "information", "The note was not saved.")
	}
	if strings.TrimSpace(n.text) == "" {
		n.errs = []view.FieldError{{Field: "note-text", Text: "Write the note"}}
		return s.showNote(c, http.StatusUnprocessableEntity, n)
	}
	_, err = s.Desk.AddNote(ctx, c.Actor, tickets.NoteRequest{
		Ref: n.ticket.Ref, ForID: n.forID, Text: tickets.NewPrivateText(n.text), Source: "form",
	}, c.Now)
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Refused) {
		n.errs = []view.FieldError{{Field: "note-text", Text: fault.SafeText(err)}}
		return s.showNote(c, http.StatusUnprocessableEntity, n)
	}
	if err != nil {
		return err
	}
	// The note is there; what is left of its draft is no reason to say otherwise.
	if err := s.Store.DropNoteDraft(ctx, c.Actor, n.ticket.ID, c.Now); err != nil {
		s.Log.Error("web", "event", "draft_failed", "ticket", n.ticket.Ref, "error", err)
	}
	return s.done(c, view.EnquiryURL(n.ticket.Ref), "success", "Note saved. Only staff can see it.")
}

// showNote writes the form. What was posted is kept first, so that leaving the
// page loses nothing.
func (s *Server) showNote(c *Ctx, status int, n *noteWords) error {
	if n.posted {
		status = keptStatus(status, s.keepNote(c, n))
	}
	t := n.ticket
	items, err := s.items(c, *t)
	if err != nil {
		return err
	}
	shell := s.shell(c, title(*t, "Internal note"), "inbox")
	shell.Failed = len(n.errs) > 0
	m := view.Note{
		Shell: shell, Head: s.head(c, *t), Action: view.NoteURL(t.Ref), BackHref: view.EnquiryURL(t.Ref), Errors: n.errs,
		Readers: "Staff who may open this case", Colleagues: s.colleagues(c, n.forID), Text: n.text,
		Draft: n.draftState(), DraftRev: id(n.rev), ReplyDraft: s.replyLink(c, *t),
	}
	const shown = 4
	for _, it := range newestFirst(items) {
		if it.System == nil && len(m.Latest) < shown {
			m.Latest = append(m.Latest, it)
		}
	}
	return s.page(c, status, view.PageNote, m)
}
