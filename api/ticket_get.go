package api

import (
	"context"
	"strings"
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
	MailKind    string       `json:"mail_kind,omitempty" doc:"human, auto_reply, bounce, list, other, voicemail or scan"`
	Purpose     string       `json:"purpose,omitempty" doc:"of a letter: reply, ack, receipt or notice"`
	FromEmail   string       `json:"from_email,omitempty"`
	Subject     string       `json:"subject,omitempty"`
	Text        string       `json:"text,omitempty"`
	ReplyText   string       `json:"reply_text,omitempty" doc:"what was written this time, without quoted earlier mail"`
	MessageID   string       `json:"message_id,omitempty"`
	Reason      string       `json:"reason,omitempty" doc:"why it was put on this enquiry"`
	Unconfirmed bool         `json:"unconfirmed,omitempty" doc:"the sender is not on the case"`
	Junk        bool         `json:"junk,omitempty" doc:"the mail server had put it into Junk"`
	Outside     bool         `json:"outside,omitempty" doc:"ours, but not written in hearback: nothing checked it"`
	History     bool         `json:"history,omitempty" doc:"imported: from before hearback read the mailbox"`
	Machine     *machine     `json:"machine,omitempty"`
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

// machine is what the notice of a telephone system or a printer says.
type machine struct {
	Number string     `json:"number,omitempty" doc:"the telephone number that called"`
	At     *time.Time `json:"at,omitempty" doc:"when it happened, as the notice says, UTC"`
	File   string     `json:"file,omitempty" doc:"name of the sound or of the scan"`
}

type attachment struct {
	Name  string `json:"name" doc:"as it stood in the mail: never a path to write to"`
	Type  string `json:"type"`
	Bytes int64  `json:"bytes"`
	Scan  string `json:"scan" enum:"clean,infected,not_scanned" doc:"what the virus scanner said; not_scanned also when nobody looked"`
	Found string `json:"found,omitempty" doc:"infected: what was found; not_scanned: why"`
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
		item := itemOf(it)
		item.HeldReason = heldReasonFor(a, item.HeldReason, item.HeldRules)
		if len(item.Attachments) > 0 {
			scans, err := s.Store.ScansOfRaw(ctx, it.Message.RawID)
			if err != nil {
				return nil, err
			}
			addScans(item.Attachments, it.Message.Parts, scans)
		}
		out.Body.Timeline = append(out.Body.Timeline, item)
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
		Reason: m.Reason, Unconfirmed: m.Unconfirmed, Junk: m.Junk, Outside: m.Outside, History: m.History,
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
	if n := m.Machine; n != nil {
		out.Machine = &machine{Number: n.Number, File: n.File}
		if !n.At.IsZero() {
			at := n.At.UTC()
			out.Machine.At = &at
		}
	}
	for _, p := range m.Parts {
		out.Attachments = append(out.Attachments, attachment{Name: p.Name, Type: p.Type, Bytes: p.Bytes, Scan: string(tickets.ScanSkipped)})
	}
	return out
}

// addScans puts the verdicts beside the files. A finding counts for the part, for
// what it came in and for what is in it, as it does on the pages.
func addScans(files []attachment, parts []tickets.Part, scans map[string]tickets.PartScan) {
	for i, p := range parts {
		if x, there := scans[p.Path]; there {
			files[i].Scan, files[i].Found = string(x.Verdict), x.Signature
		}
		for at, x := range scans {
			if x.Verdict == tickets.ScanInfected && (strings.HasPrefix(at, p.Path+".") || strings.HasPrefix(p.Path, at+".")) {
				files[i].Scan, files[i].Found = string(x.Verdict), x.Signature
			}
		}
	}
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
