package api

import (
	"context"
	"time"

	"hearback/mailbox/guard"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
)

// Desk is what the API asks of the domain.
type Desk interface {
	AddNote(ctx context.Context, a access.Actor, r tickets.NoteRequest, now time.Time) (*tickets.Note, error)
	Reply(ctx context.Context, a access.Actor, r tickets.ReplyRequest, now time.Time) (*tickets.Outgoing, error)
	LogCall(ctx context.Context, a access.Actor, r tickets.CallRequest, now time.Time) (*tickets.Message, error)
}

// Reviewer says what the guard thinks of a letter, and sends nothing.
type Reviewer interface {
	Review(ctx context.Context, a access.Actor, r tickets.ReplyRequest, now time.Time) (Review, error)
}

// Review is the guard's verdict with the digest that confirmations are bound to.
type Review struct {
	Verdict guard.Verdict
	Digest  string
}

type replyIn struct {
	Ref  string `path:"ref" maxLength:"40"`
	Body struct {
		To          []int64        `json:"to,omitempty" maxItems:"20" doc:"ids of people on the case; who wrote the answered message when empty"`
		Subject     string         `json:"subject,omitempty" maxLength:"900"`
		Text        string         `json:"text" minLength:"1" maxLength:"262144" doc:"plain text"`
		Answers     int64          `json:"answers,omitempty" doc:"id of the message that is answered; the latest of the family when not given"`
		After       string         `json:"after,omitempty" enum:",answered,waiting_family,waiting_other,open" doc:"what the enquiry becomes; answered when not given"`
		SeenVersion int64          `json:"seen_version,omitempty" doc:"version of the enquiry that you read; the present one when not given"`
		Confirm     []confirmation `json:"confirm,omitempty" maxItems:"50" doc:"findings that you confirm; needs digest"`
		Digest      string         `json:"digest,omitempty" maxLength:"200" doc:"of the review that you confirm"`
	}
}

type confirmation struct {
	Rule    string `json:"rule" maxLength:"60"`
	Mailbox string `json:"mailbox,omitempty" maxLength:"320"`
	Reason  string `json:"reason,omitempty" maxLength:"500"`
}

type reviewOut struct {
	Body struct {
		Decision string          `json:"decision" enum:"allow,warn,confirm,block"`
		Findings []guard.Finding `json:"findings"`
		Digest   string          `json:"digest"`
	}
}

type replyOut struct {
	Body struct {
		ID         int64      `json:"id" doc:"of the letter"`
		ReleaseAt  time.Time  `json:"release_at" doc:"it does not leave before"`
		Deliveries []delivery `json:"deliveries"`
	}
}

// request fills in what the caller left out: the message that is answered, who
// wrote it, and the present version.
func (s *server) request(ctx context.Context, a access.Actor, in *replyIn) (tickets.ReplyRequest, error) {
	t, err := s.Store.Ticket(ctx, a, in.Ref)
	if err != nil {
		return tickets.ReplyRequest{}, err
	}
	r := tickets.ReplyRequest{
		Ref: t.Ref, To: in.Body.To, Subject: in.Body.Subject, Body: in.Body.Text, AnswersID: in.Body.Answers,
		AfterSend: tickets.State(in.Body.After), SeenVersion: in.Body.SeenVersion, Digest: in.Body.Digest, QuoteAnswer: true,
	}
	if r.SeenVersion == 0 {
		r.SeenVersion = t.Version
	}
	items, err := s.Store.Timeline(ctx, a, t.ID)
	if err != nil {
		return r, err
	}
	var answered *tickets.Message
	for _, it := range items {
		m := it.Message
		if m == nil || m.Direction != tickets.In || m.Channel != tickets.ChannelEmail || m.Unconfirmed {
			continue
		}
		if m.ID == r.AnswersID || r.AnswersID == 0 && m.Kind == tickets.KindHuman {
			answered = m
		}
	}
	if answered != nil {
		r.AnswersID = answered.ID
		switch {
		case len(r.To) > 0:
		case t.CaseID == 0:
			r.ToRequester = true
		case answered.PersonID != 0:
			r.To = []int64{answered.PersonID}
		}
	}
	now, err := s.Now(ctx)
	if err != nil {
		return r, err
	}
	for _, x := range in.Body.Confirm {
		r.Confirmed = append(r.Confirmed, tickets.Confirmation{Rule: x.Rule, Mailbox: x.Mailbox, Reason: x.Reason, At: now})
	}
	return r, nil
}

func (s *server) reviewReply(ctx context.Context, a access.Actor, in *replyIn) (*reviewOut, error) {
	r, err := s.request(ctx, a, in)
	if err != nil {
		return nil, err
	}
	now, err := s.Now(ctx)
	if err != nil {
		return nil, err
	}
	v, err := s.Review.Review(ctx, a, r, now)
	if err != nil {
		return nil, err
	}
	out := &reviewOut{}
	out.Body.Decision, out.Body.Digest = string(v.Verdict.Decision), v.Digest
	out.Body.Findings = append([]guard.Finding{}, v.Verdict.Findings...)
	return out, nil
}

// sendReply asks the guard first, so that a program hears at once what a person
// at the screen would see. The dispatcher asks again, on the final bytes.
func (s *server) sendReply(ctx context.Context, a access.Actor, in *replyIn) (*replyOut, error) {
	r, err := s.request(ctx, a, in)
	if err != nil {
		return nil, err
	}
	now, err := s.Now(ctx)
	if err != nil {
		return nil, err
	}
	v, err := s.Review.Review(ctx, a, r, now)
	if err != nil {
		return nil, err
	}
	var confirmed []guard.Confirmation
	for _, x := range r.Confirmed {
		confirmed = append(confirmed, guard.Confirmation{Rule: x.Rule, Mailbox: x.Mailbox, Digest: r.Digest})
	}
	if open := v.Verdict.Open(confirmed, v.Digest); len(open) > 0 {
		return nil, fault.New(fault.Refused, "Nothing was sent. "+guard.Words(open))
	}
	r.Digest = v.Digest
	o, err := s.Desk.Reply(ctx, a, r, now)
	if err != nil {
		return nil, err
	}
	if s.Wake != nil {
		s.Wake()
	}
	out := &replyOut{}
	out.Body.ID, out.Body.ReleaseAt, out.Body.Deliveries = o.ID, o.ReleaseAt, deliveriesOf(o)
	return out, nil
}

type listNotesOut struct {
	Body struct {
		Items []note `json:"items"`
	}
}

// note is an internal note. This route and its permission are the only way to it.
type note struct {
	ID     int64     `json:"id"`
	Author string    `json:"author"`
	At     time.Time `json:"at"`
	Text   string    `json:"text"`
	Source string    `json:"source"`
}

func (s *server) listNotes(ctx context.Context, a access.Actor, in *refIn) (*listNotesOut, error) {
	t, err := s.Store.Ticket(ctx, a, in.Ref)
	if err != nil {
		return nil, err
	}
	notes, err := s.Store.Notes(ctx, a, t.ID)
	if err != nil {
		return nil, err
	}
	out := &listNotesOut{}
	out.Body.Items = make([]note, 0, len(notes))
	for _, n := range notes {
		out.Body.Items = append(out.Body.Items, note{ID: n.ID, Author: n.Author, At: n.CreatedAt, Text: n.Text.ForStaff(), Source: n.Source})
	}
	return out, nil
}

type addNoteIn struct {
	Ref  string `path:"ref" maxLength:"40"`
	Body struct {
		Text string `json:"text" minLength:"1" maxLength:"262144" doc:"for staff alone; a note has no recipients"`
	}
}

type createdOut struct {
	Body struct {
		ID int64 `json:"id"`
	}
}

func (s *server) addNote(ctx context.Context, a access.Actor, in *addNoteIn) (*createdOut, error) {
	now, err := s.Now(ctx)
	if err != nil {
		return nil, err
	}
	n, err := s.Desk.AddNote(ctx, a, tickets.NoteRequest{Ref: in.Ref, Text: tickets.NewPrivateText(in.Body.Text), Source: "api"}, now)
	if err != nil {
		return nil, err
	}
	out := &createdOut{}
	out.Body.ID = n.ID
	return out, nil
}

type logCallIn struct {
	Ref  string `path:"ref" maxLength:"40"`
	Body struct {
		Direction   string    `json:"direction" enum:"in,out"`
		Answered    bool      `json:"answered"`
		Person      int64     `json:"person,omitempty" doc:"id of somebody on the case; leave out for someone not on our records"`
		Number      string    `json:"number,omitempty" maxLength:"40"`
		IdentityOK  bool      `json:"identity_checked,omitempty"`
		Summary     string    `json:"summary,omitempty" maxLength:"20000" doc:"for staff alone"`
		Promise     string    `json:"promise,omitempty" maxLength:"500"`
		PromiseBy   string    `json:"promise_by,omitempty" maxLength:"10" doc:"2006-01-02"`
		StopsClock  bool      `json:"stops_clock,omitempty" doc:"the call answered the enquiry"`
		StopsReason string    `json:"stops_reason,omitempty" maxLength:"500" doc:"how; needed with stops_clock"`
		At          time.Time `json:"at,omitempty"`
	}
}

func (s *server) logCall(ctx context.Context, a access.Actor, in *logCallIn) (*createdOut, error) {
	now, err := s.Now(ctx)
	if err != nil {
		return nil, err
	}
	b := in.Body
	m, err := s.Desk.LogCall(ctx, a, tickets.CallRequest{
		Ref: in.Ref, At: b.At, OffRecord: b.Person == 0,
		Call: tickets.Call{
			Direction: tickets.Direction(b.Direction), Answered: b.Answered, Number: b.Number, PersonID: b.Person, IdentityOK: b.IdentityOK,
			Summary: tickets.NewPrivateText(b.Summary), Promise: b.Promise, PromiseBy: b.PromiseBy, StopsClock: b.StopsClock, StopsReason: b.StopsReason,
		},
	}, now)
	if err != nil {
		return nil, err
	}
	out := &createdOut{}
	out.Body.ID = m.ID
	return out, nil
}
