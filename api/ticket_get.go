package api

import (
	"context"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
)

type refIn struct {
	Ref string `path:"ref" maxLength:"40" example:"SEN-104233"`
}

type getTicketOut struct {
	Body struct {
		TicketRow
		Timeline []timelineItem `json:"timeline" nullable:"false" doc:"oldest first, without notes"`
	}
}

// timelineItem is one thing that happened. Kind says which fields are set.
type timelineItem struct {
	Kind        string       `json:"kind" enum:"email_in,email_out,call,event" doc:"what it is"`
	ID          int64        `json:"id"`
	At          time.Time    `json:"at"`
	Who         string       `json:"who,omitempty"`
	Automatic   bool         `json:"automatic,omitempty"`
	MailKind    string       `json:"mail_kind,omitempty" doc:"human, auto_reply, bounce, list or other"`
	Purpose     string       `json:"purpose,omitempty" doc:"of a letter: reply, ack, receipt or notice"`
	FromEmail   string       `json:"from_email,omitempty"`
	Subject     string       `json:"subject,omitempty"`
	Text        string       `json:"text,omitempty"`
	ReplyText   string       `json:"reply_text,omitempty" doc:"what was written this time, without quoted earlier mail"`
	MessageID   string       `json:"message_id,omitempty"`
	Reason      string       `json:"reason,omitempty" doc:"why it was put on this enquiry"`
	Unconfirmed bool         `json:"unconfirmed,omitempty" doc:"the sender is not on the case"`
	Attachments []attachment `json:"attachments,omitempty"`
	Deliveries  []delivery   `json:"deliveries,omitempty"`
	HeldReason  string       `json:"held_reason,omitempty"`
	HeldRules   []string     `json:"held_rules,omitempty"`
	Event       string       `json:"event,omitempty"`
	Call        *call        `json:"call,omitempty"`
}

// call is that a call took place; what was said in it is private.
type call struct {
	Direction  string `json:"direction" enum:"in,out"`
	Answered   bool   `json:"answered"`
	StopsClock bool   `json:"stops_clock" doc:"it answered the enquiry"`
}

type attachment struct {
	Name  string `json:"name"`
	Type  string `json:"type"`
	Bytes int64  `json:"bytes"`
}

// delivery is the copy of a letter for one person.
type delivery struct {
	ID        int64      `json:"id"`
	To        string     `json:"to"`
	Email     string     `json:"email"`
	State     string     `json:"state" enum:"queued,held,claimed,data_begun,accepted,refused,uncertain,bounced,cancelled"`
	Why       string     `json:"why,omitempty"`
	MessageID string     `json:"message_id"`
	Accepted  *time.Time `json:"accepted_at,omitempty"`
}

func (s *server) getTicket(ctx context.Context, a access.Actor, in *refIn) (*getTicketOut, error) {
	now, err := s.Now(ctx)
	if err != nil {
		return nil, err
	}
	t, err := s.Store.Ticket(ctx, a, in.Ref)
	if err != nil {
		return nil, err
	}
	items, err := s.Store.Timeline(ctx, a, t.ID)
	if err != nil {
		return nil, err
	}
	out := &getTicketOut{}
	out.Body.TicketRow = rowOf(*t, now)
	out.Body.Timeline = make([]timelineItem, 0, len(items))
	for _, it := range items {
		out.Body.Timeline = append(out.Body.Timeline, itemOf(it))
	}
	return out, nil
}

func itemOf(it tickets.TimelineItem) timelineItem {
	switch {
	case it.Outgoing != nil: // its Message, once it left, says the same
		return letterItem(it)
	case it.Message != nil:
		return messageItem(it)
	default:
		return timelineItem{Kind: "event", ID: it.Event.ID, At: it.At, Who: it.Name, Event: string(it.Event.Kind)}
	}
}

// messageItem leaves out what was said in a call, promised, and given as a
// reason: it is private, as a note is.
func messageItem(it tickets.TimelineItem) timelineItem {
	m := it.Message
	out := timelineItem{
		Kind: "email_in", ID: m.ID, At: it.At, Who: it.Name, MailKind: string(m.Kind), Automatic: m.Kind != tickets.KindHuman,
		FromEmail: m.FromEmail, Subject: m.Subject, Text: m.Text, ReplyText: m.ReplyText, MessageID: m.MessageID,
		Reason: m.Reason, Unconfirmed: m.Unconfirmed,
	}
	if m.Channel == tickets.ChannelCall {
		out = timelineItem{Kind: "call", ID: m.ID, At: it.At, Who: it.Name}
		if c := m.Call; c != nil {
			out.Call = &call{Direction: string(c.Direction), Answered: c.Answered, StopsClock: c.StopsClock}
		}
		return out
	}
	if m.Direction == tickets.Out {
		out.Kind = "email_out"
	}
	for _, p := range m.Parts {
		out.Attachments = append(out.Attachments, attachment{Name: p.Name, Type: p.Type, Bytes: p.Bytes})
	}
	return out
}

func letterItem(it tickets.TimelineItem) timelineItem {
	o := it.Outgoing
	return timelineItem{
		Kind: "email_out", ID: o.ID, At: it.At, Who: o.AuthorName, Automatic: o.Purpose.Automatic(), Purpose: string(o.Purpose),
		Subject: o.Subject, Text: o.Body, HeldReason: o.HeldReason, HeldRules: o.HeldRules, Deliveries: deliveriesOf(o),
	}
}

func deliveriesOf(o *tickets.Outgoing) []delivery {
	out := make([]delivery, 0, len(o.Deliveries))
	for _, d := range o.Deliveries {
		out = append(out, delivery{
			ID: d.ID, To: d.Name, Email: d.Email, State: string(d.State), Why: d.Why, MessageID: d.MessageID, Accepted: d.AcceptedAt,
		})
	}
	return out
}
