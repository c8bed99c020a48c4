package web

import (
	"net/http"
	"slices"
	"strings"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/web/view"
)

// Drafts of replies. note_drafts.go has those of notes: the two share no code
// that touches their words.

// openReply is the reply form with what the actor began before, if anything.
func (s *Server) openReply(c *Ctx, answering int64) (*draft, error) {
	d, err := s.newDraft(c, answering)
	if err != nil {
		return nil, err
	}
	kept, err := s.Store.DraftOf(c.Request.Context(), c.Actor, d.ticket.ID)
	if err != nil {
		return nil, err
	}
	d.rev = kept.Rev
	if !kept.Kept() {
		return d, nil
	}
	var notices []string
	if kept.AnswersID != 0 && (d.answers == nil || d.answers.ID != kept.AnswersID) {
		old, err := s.newDraft(c, kept.AnswersID)
		switch {
		case fault.Is(err, fault.NotFound):
			notices = append(notices, "The email that your draft answers is no longer part of this enquiry. Read what you answer now.")
		case err != nil:
			return nil, err
		default:
			if answering != 0 {
				notices = append(notices, "This is the draft that you began, which answers another email. Send or discard it first.")
			}
			old.rev, d = kept.Rev, old
		}
	}
	d.subject, d.text, d.after = kept.Subject, kept.Text, afterWord(kept.AfterSend)
	var dropped []string
	d.to, dropped = stillReachable(d.record, kept.To)
	notices = append(notices, dropped...)
	if d.lastIn.After(kept.SavedAt) {
		notices = append(notices, "A message came in since your draft was saved. Read it before you send.")
	}
	d.note = strings.Join(notices, " ")
	d.state = view.DraftState{State: "saved", At: kept.SavedAt}
	return d, nil
}

// stillReachable works out again who of the draft's people may be written to,
// and says in a sentence who is not and why.
func stillReachable(r *record, ids []int64) (to []int64, dropped []string) {
	for _, n := range ids {
		p, ok := r.party(n)
		switch {
		case !ok:
			dropped = append(dropped, "Somebody who is no longer on this case was removed from your draft.")
		case !r.told(p).MayWrite:
			dropped = append(dropped, p.Person.Name+" was removed from your draft: we must not write to this person about this child.")
		case len(p.Addresses) == 0:
			dropped = append(dropped, p.Person.Name+" was removed from your draft: no email address is on file.")
		default:
			to = append(to, n)
		}
	}
	return to, dropped
}

// asKept is d in the form in which it is kept: people by id, of this case only.
func (d *draft) asKept(c *Ctx) *tickets.ReplyDraft {
	k := &tickets.ReplyDraft{
		TicketID: d.ticket.ID, Subject: d.subject, Text: d.text, AfterSend: stateAfter(d.after), Rev: d.rev, SavedAt: c.Now,
	}
	if d.answers != nil {
		k.AnswersID = d.answers.ID
	}
	for _, n := range d.to {
		if _, ok := find(d.parties, n); ok {
			k.To = append(k.To, n)
		}
	}
	return k
}

func sameReply(a, b *tickets.ReplyDraft) bool {
	return a.AnswersID == b.AnswersID && a.Subject == b.Subject && a.Text == b.Text && a.AfterSend == b.AfterSend && slices.Equal(a.To, b.To)
}

// keepReply saves what was posted and says on the form what came of it. An error
// is for the status only: whatever it is, the words are in the answer.
//
// When a person presses a button, the field that loses the focus saves the draft
// as well, a moment before the form arrives or after it. That is no other tab:
// what is kept already is saved, and leaves the revision to the page that has it;
// when what is kept equals what was posted, the save goes on from there.
func (s *Server) keepReply(c *Ctx, d *draft) error {
	ctx := c.Request.Context()
	k := d.asKept(c)
	rev, err := s.Store.SaveDraft(ctx, c.Actor, k)
	var now *tickets.ReplyDraft
	if fault.Is(err, fault.Conflict) {
		var lookup error
		if now, lookup = s.Store.DraftOf(ctx, c.Actor, d.ticket.ID); lookup != nil {
			err = lookup
		} else if now.Kept() && sameReply(now, k) {
			rev, err = now.Rev, nil
		} else if now.Kept() && d.posted != nil && sameReply(now, d.posted) {
			k.Rev = now.Rev
			rev, err = s.Store.SaveDraft(ctx, c.Actor, k)
		}
	}
	if err == nil {
		d.rev, d.state = rev, view.DraftState{State: "saved", At: c.Now}
		return nil
	}
	d.state = view.DraftState{State: "failed"}
	if fault.Is(err, fault.Conflict) && now != nil {
		d.rev = now.Rev // saving once more is a decision for these words
	}
	d.note = strings.TrimSpace(d.note + " " + s.notKept(err, now != nil && now.Kept(), "Save draft"))
	return err
}

// notKept says why words could not be saved, and what to do.
func (s *Server) notKept(err error, other bool, button string) string {
	switch {
	case fault.Is(err, fault.Conflict) && other:
		return "This draft changed in another tab. The words here are not saved. Press " + button + " to keep these, or open the page again to use the others."
	case fault.Is(err, fault.Conflict):
		return "This draft was sent or discarded in another tab. The words here are not saved. Press " + button + " to keep them."
	case fault.Is(err, fault.Invalid), fault.Is(err, fault.Refused):
		return fault.SafeText(err) + "."
	}
	s.Log.Error("web", "event", "draft_failed", "error", err)
	return "The words here could not be saved just now. Copy them before you leave this page."
}

// keptStatus is the status of a form that comes back, after its words were saved.
func keptStatus(status int, err error) int {
	if err == nil || status != http.StatusOK {
		return status
	}
	return statusOf(fault.KindOf(err))
}

// replyDraft saves while somebody writes, and answers the line that says so.
func (s *Server) replyDraft(c *Ctx) error {
	d, err := s.readDraft(c)
	if err != nil {
		return err
	}
	err = s.keepReply(c, d)
	return s.fragment(c, keptStatus(http.StatusOK, err), view.FragReplyDraft, d.draftState())
}

func (d *draft) draftState() view.DraftState {
	st := d.state
	st.URL = view.ReplyDraftURL(d.ticket.Ref)
	if st.State == "saved" {
		st.Rev = id(d.rev)
	}
	return st
}

// dropReply forgets the draft of a reply that was sent. The letter is on its way
// whatever comes of this, so a failure is for the log.
func (s *Server) dropReply(c *Ctx, d *draft) {
	if err := s.Store.DropDraft(c.Request.Context(), c.Actor, d.ticket.ID, c.Now); err != nil {
		s.Log.Error("web", "event", "draft_failed", "ticket", d.ticket.Ref, "error", err)
	}
}

// afterWord and stateAfter are the choice "after sending", in the form and kept.
func afterWord(st tickets.State) string {
	switch st {
	case tickets.StateWaitingFamily:
		return "waiting"
	case tickets.StateOpen:
		return "holding"
	}
	return "answered"
}

func stateAfter(word string) tickets.State {
	switch word {
	case "waiting":
		return tickets.StateWaitingFamily
	case "holding":
		return tickets.StateOpen
	}
	return tickets.StateAnswered
}

// replyLink leads to the actor's open draft of a reply; nil when there is none.
func (s *Server) replyLink(c *Ctx, t tickets.TicketView) *view.Link {
	if !c.Actor.May(access.SendReply) {
		return nil
	}
	d, err := s.Store.DraftOf(c.Request.Context(), c.Actor, t.ID)
	if err != nil {
		s.Log.Error("web", "event", "draft_failed", "ticket", t.Ref, "error", err)
		return nil
	}
	if !d.Kept() {
		return nil
	}
	return &view.Link{Text: "Your draft of a reply, saved " + sla.FormatShort(d.SavedAt), Href: view.ReplyURL(t.Ref)}
}

// draftLinks lead to what the actor has begun to write on an enquiry.
func (s *Server) draftLinks(c *Ctx, t tickets.TicketView) []view.Link {
	var out []view.Link
	for _, l := range []*view.Link{s.replyLink(c, t), s.noteLink(c, t)} {
		if l != nil {
			out = append(out, *l)
		}
	}
	return out
}

// draftsAmong says on which enquiries of a list the actor has begun to write. A
// list without this word is better than no list.
func (s *Server) draftsAmong(c *Ctx, items []tickets.TicketView) map[int64]bool {
	ids := make([]int64, 0, len(items))
	for _, t := range items {
		ids = append(ids, t.ID)
	}
	found, err := s.Store.DraftsAmong(c.Request.Context(), c.Actor, ids)
	if err != nil {
		s.Log.Error("web", "event", "draft_failed", "error", err)
	}
	return found
}

// draftAgain makes a draft of a letter that was taken back: the same words, for
// the same people. A draft that was begun since stays; false then.
func (s *Server) draftAgain(c *Ctx, o *tickets.Outgoing) bool {
	ctx := c.Request.Context()
	old, err := s.Store.DraftOf(ctx, c.Actor, o.TicketID)
	if err != nil || old.Kept() {
		return false
	}
	d := &tickets.ReplyDraft{
		TicketID: o.TicketID, AnswersID: o.AnswersID, Subject: o.Subject, Text: o.Body, AfterSend: o.AfterSend, Rev: old.Rev, SavedAt: c.Now,
	}
	for _, x := range o.Deliveries {
		if x.PersonID != 0 {
			d.To = append(d.To, x.PersonID)
		}
	}
	if _, err := s.Store.SaveDraft(ctx, c.Actor, d); err != nil {
		s.Log.Warn("web", "event", "draft_not_restored", "ticket", o.TicketRef, "error", err)
		return false
	}
	if err := s.Desk.ReopenFiles(ctx, c.Actor, o, c.Now); err != nil {
		s.Log.Warn("web", "event", "files_not_restored", "ticket", o.TicketRef, "error", err)
	}
	return true
}
