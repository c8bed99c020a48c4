package web

import (
	"net/http"
	"strings"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/web/view"
)

// noteWords is the note form as it stands. It has no recipients.
type noteWords struct {
	ticket *tickets.TicketView
	text   string
	forID  int64 // the colleague who is asked
	rev    int64
	posted bool
	state  view.DraftState
	errs   []view.FieldError
}

// newNote is the form with what the actor began before, if anything.
func (s *Server) newNote(c *Ctx) (*noteWords, error) {
	t, err := s.Store.Ticket(c.Request.Context(), c.Actor, c.Param("ref"))
	if err != nil {
		return nil, err
	}
	kept, err := s.Store.NoteDraftOf(c.Request.Context(), c.Actor, t.ID)
	if err != nil {
		return nil, err
	}
	n := &noteWords{ticket: t, rev: kept.Rev, text: kept.Text.ForStaff(), forID: kept.ForID}
	if kept.Kept() {
		n.state = view.DraftState{State: "saved", At: kept.SavedAt}
	}
	return n, nil
}

// readNote takes the form as it was posted.
func (s *Server) readNote(c *Ctx) (*noteWords, error) {
	t, err := s.Store.Ticket(c.Request.Context(), c.Actor, c.Param("ref"))
	if err != nil {
		return nil, err
	}
	n := &noteWords{
		ticket: t, text: strings.ReplaceAll(c.PostForm("note"), "\r\n", "\n"), forID: number(c.PostForm("colleague")),
		rev: number(c.PostForm("draft_rev")), posted: true,
	}
	return n, nil
}

func (s *Server) noteAsKept(c *Ctx, n *noteWords) *tickets.NoteDraft {
	k := &tickets.NoteDraft{TicketID: n.ticket.ID, Text: tickets.NewPrivateText(n.text), Rev: n.rev, SavedAt: c.Now}
	if s.nameOf(c, n.forID) != "" {
		k.ForID = n.forID
	}
	return k
}

// keepNote is for a note what keepReply is for a reply.
func (s *Server) keepNote(c *Ctx, n *noteWords) error {
	ctx := c.Request.Context()
	k := s.noteAsKept(c, n)
	rev, err := s.Store.SaveNoteDraft(ctx, c.Actor, k)
	var now *tickets.NoteDraft
	if fault.Is(err, fault.Conflict) {
		var lookup error
		if now, lookup = s.Store.NoteDraftOf(ctx, c.Actor, n.ticket.ID); lookup != nil {
			err = lookup
		} else if now.Kept() && now.ForID == k.ForID && now.Text == k.Text {
			rev, err = now.Rev, nil
		}
	}
	if err == nil {
		n.rev, n.state = rev, view.DraftState{State: "saved", At: c.Now}
		return nil
	}
	n.state = view.DraftState{State: "failed"}
	if fault.Is(err, fault.Conflict) && now != nil {
		n.rev = now.Rev
	}
	n.errs = append(n.errs, view.FieldError{Field: "note-text", Text: s.notKept(err, now != nil && now.Kept(), "Save note")})
	return err
}

// noteDraft saves while somebody writes, and answers the line that says so.
func (s *Server) noteDraft(c *Ctx) error {
	n, err := s.readNote(c)
	if err != nil {
		return err
	}
	err = s.keepNote(c, n)
	return s.fragment(c, keptStatus(http.StatusOK, err), view.FragNoteDraft, n.draftState())
}

func (n *noteWords) draftState() view.DraftState {
	st := n.state
	st.URL = view.NoteDraftURL(n.ticket.Ref)
	if st.State == "saved" {
		st.Rev = id(n.rev)
	}
	return st
}

// noteLink leads to the actor's open draft of a note; nil when there is none.
func (s *Server) noteLink(c *Ctx, t tickets.TicketView) *view.Link {
	if !c.Actor.May(access.WriteNotes) {
		return nil
	}
	d, err := s.Store.NoteDraftOf(c.Request.Context(), c.Actor, t.ID)
	if err != nil {
		s.Log.Error("web", "event", "draft_failed", "ticket", t.Ref, "error", err)
		return nil
	}
	if !d.Kept() {
		return nil
	}
	return &view.Link{Text: "Your draft of a note, saved " + sla.FormatShort(d.SavedAt), Href: view.NoteURL(t.Ref)}
}
