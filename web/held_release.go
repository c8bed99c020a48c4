package web

import (
	"context"
	"net/http"
	"strings"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/web/view"
)

// asRequest is what a letter that was queued would be asked for again.
func asRequest(o *tickets.Outgoing, version int64) tickets.ReplyRequest {
	r := tickets.ReplyRequest{
		Ref: o.TicketRef, Subject: o.Subject, Body: o.Body, AnswersID: o.AnswersID, QuoteAnswer: o.QuoteAnswer, AfterSend: o.AfterSend,
		SeenVersion: version, Digest: o.Digest,
	}
	for _, x := range o.Confirmed {
		if !x.Released() {
			r.Confirmed = append(r.Confirmed, x)
		}
	}
	for _, d := range o.Deliveries {
		r.To = append(r.To, d.PersonID)
	}
	return r
}

// heldCopies are the very letters that would go; nil when they cannot be made, and the
// words alone are shown then.
func (s *Server) heldCopies(c *Ctx, o *tickets.Outgoing, version int64) []Copy {
	if o.Purpose != tickets.PurposeReply || !c.Actor.May(access.SendReply) {
		return nil
	}
	copies, err := s.Review.Copies(c.Request.Context(), c.Actor, ReviewRequest{Reply: asRequest(o, version), Now: c.Now})
	if err != nil {
		return nil // a person who may no longer be written to is why it was stopped
	}
	return copies
}

// judgeHeld reads the letter again in its author's name: what stops it now, all of
// which a second person may release, and its digest.
func (s *Server) judgeHeld(ctx context.Context, c *Ctx, o *tickets.Outgoing) (still []tickets.SecondFinding, digest string, err error) {
	t, err := s.Store.Ticket(ctx, c.Actor, o.TicketRef)
	if err != nil {
		return nil, "", err
	}
	author, err := s.Store.ActorOf(ctx, o.AuthorID)
	if err != nil {
		return nil, "", err
	}
	review, err := s.Review.Review(ctx, author, ReviewRequest{Reply: asRequest(o, t.Version), Now: c.Now, Series: true})
	if err != nil {
		return nil, "", err
	}
	// What its author confirmed when it was written still stands for it.
	if open := review.Verdict.Open(guardConfirmations(asRequest(o, 0).Confirmed, review.Digest), review.Digest); len(open) > 0 {
		review.Verdict.Findings = open
	}
	return releasable(review.Verdict), review.Digest, nil
}

// offerHeld puts on a stopped letter what this reader may do about it.
func (s *Server) offerHeld(c *Ctx, o *tickets.Outgoing, m *view.HeldLetter) error {
	if o.Purpose != tickets.PurposeReply || o.AuthorID == 0 || m.Action == "" {
		return nil
	}
	m.OwnLetter = o.AuthorID == c.Actor.StaffID
	if !m.OwnLetter && !c.Actor.May(access.SecondLook) {
		return nil
	}
	still, digest, err := s.judgeHeld(c.Request.Context(), c, o)
	if err != nil || len(still) == 0 || digest != o.Digest {
		return nil // it cannot be released as it stands; why it was stopped is on the page
	}
	if !m.OwnLetter {
		m.CanRelease, m.Bases, m.Reason = true, baseOptions(c.PostForm("basis")), c.PostForm("reason")
		return nil
	}
	people, err := s.Desk.SecondPeople(c.Request.Context(), c.Actor, o.TicketRef)
	if err != nil {
		return err
	}
	for _, p := range people {
		m.Seconds = append(m.Seconds, view.Option{Value: id(p.ID), Text: p.Name, Selected: id(p.ID) == c.PostForm("colleague")})
	}
	return nil
}

// releaseHeld lets a stopped letter go, as the second person.
func (s *Server) releaseHeld(c *Ctx, o *tickets.Outgoing) error {
	ctx := c.Request.Context()
	still, digest, err := s.judgeHeld(ctx, c, o)
	if err != nil {
		return s.heldFailed(c, err)
	}
	err = s.Desk.ReleaseStopped(ctx, c.Actor, tickets.ReleaseStopped{
		OutgoingID: o.ID, Basis: c.PostForm("basis"), Reason: c.PostForm("reason"), Still: still, Digest: digest,
	}, c.Now)
	if err != nil {
		return s.heldFailed(c, err)
	}
	s.letterChanged(o)
	if s.Wake != nil {
		s.Wake()
	}
	return s.done(c, "/held", "success", "Released. It leaves when the check has read it once more.")
}

// askHeld asks a colleague about one's own stopped letter. The held one is cancelled:
// what leaves, if it is released, is the one that was asked about.
func (s *Server) askHeld(c *Ctx, o *tickets.Outgoing) error {
	ctx := c.Request.Context()
	if o.AuthorID != c.Actor.StaffID {
		return s.heldFailed(c, fault.New(fault.Denied, "Its author can ask"))
	}
	t, err := s.Store.Ticket(ctx, c.Actor, o.TicketRef)
	if err != nil {
		return err
	}
	still, digest, err := s.judgeHeld(ctx, c, o)
	if err != nil {
		return s.heldFailed(c, err)
	}
	letter := asRequest(o, t.Version)
	letter.Digest = digest
	if _, err := s.Desk.AskForSecond(ctx, c.Actor, tickets.AskSecond{
		Letter: letter, Colleague: number(c.PostForm("colleague")), Reason: c.PostForm("second_why"), Findings: still,
	}, c.Now); err != nil {
		return s.heldFailed(c, err)
	}
	if err := s.Desk.CancelReply(ctx, c.Actor, o.ID, c.Now); err != nil {
		return err
	}
	s.letterChanged(o)
	if s.Wake != nil {
		s.Wake()
	}
	return s.done(c, "/release", "success", "Your colleague is asked to look. Nothing was sent. You are told what they decide.")
}

// wrongHeld records that somebody finds the check of a stopped letter wrong.
func (s *Server) wrongHeld(c *Ctx, o *tickets.Outgoing) error {
	if err := s.Desk.ReportCheck(c.Request.Context(), c.Actor, o.TicketRef, o.HeldRules, c.PostForm("wrong"), c.Now); err != nil {
		return s.heldFailed(c, err)
	}
	return s.done(c, "/held/"+id(o.ID), "success", "Thank you. Data protection and team leads can read it. Nothing was sent.")
}

// heldFailed shows the letter again with what was wrong.
func (s *Server) heldFailed(c *Ctx, err error) error {
	status := map[fault.Kind]int{
		fault.Invalid: http.StatusUnprocessableEntity, fault.Refused: http.StatusUnprocessableEntity, fault.Conflict: http.StatusConflict,
		fault.Temporary: http.StatusServiceUnavailable,
	}[fault.KindOf(err)]
	if status == 0 {
		return err
	}
	return s.showHeld(c, status, nil, []view.FieldError{{Text: strings.TrimSpace(fault.SafeText(err))}})
}
