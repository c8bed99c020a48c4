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
	return s.showNote(c, http.StatusOK, "", number(c.Query("for")), nil)
}

func (s *Server) note(c *Ctx) error {
	ref := c.Param("ref")
	text := strings.ReplaceAll(c.PostForm("note"), "\r\n", "\n")
	colleague := number(c.PostForm("colleague"))
	if c.PostForm("do") == "discard" {
		return s.done(c, view.EnquiryURL(ref), "information", "The note was not saved.")
	}
	if strings.TrimSpace(text) == "" {
		return s.showNote(c, http.StatusUnprocessableEntity, text, colleague, []view.FieldError{{Field: "note", Text: "Write the note"}})
	}
	_, err := s.Desk.AddNote(c.Request.Context(), c.Actor, tickets.NoteRequest{
		Ref: ref, ForID: colleague, Text: tickets.NewPrivateText(text), Source: "form",
	}, c.Now)
	if fault.Is(err, fault.Invalid) {
		return s.showNote(c, http.StatusUnprocessableEntity, text, colleague, []view.FieldError{{Field: "note", Text: fault.SafeText(err)}})
	}
	if err != nil {
		return err
	}
	return s.done(c, view.EnquiryURL(ref), "success", "Note saved. Only staff can see it.")
}

func (s *Server) showNote(c *Ctx, status int, text string, colleague int64, errs []view.FieldError) error {
	t, err := s.Store.Ticket(c.Request.Context(), c.Actor, c.Param("ref"))
	if err != nil {
		return err
	}
	items, err := s.items(c, *t)
	if err != nil {
		return err
	}
	shell := s.shell(c, title(*t, "Internal note"), "inbox")
	shell.Failed = len(errs) > 0
	m := view.Note{
		Shell: shell, Head: s.head(c, *t), Action: view.NoteURL(t.Ref), BackHref: view.EnquiryURL(t.Ref), Errors: errs,
		Readers: "Staff who may open this case", Colleagues: s.colleagues(c, colleague), Text: text,
	}
	const shown = 4
	for _, it := range newestFirst(items) {
		if it.System == nil && len(m.Latest) < shown {
			m.Latest = append(m.Latest, it)
		}
	}
	return s.page(c, status, view.PageNote, m)
}

func (s *Server) noteDraft(c *Ctx) error {
	return s.fragment(c, http.StatusOK, view.FragNoteDraft, view.DraftState{State: "none"})
}
