package api

import (
	"context"
	"time"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
)

type listTicketsIn struct {
	Q      string `query:"q" maxLength:"200" doc:"words; searched in references, names, subjects and texts"`
	State  string `query:"state" enum:"triage,open,waiting_family,waiting_other,answered,finished,not_ours" doc:"only enquiries in this state"`
	View   string `query:"view" enum:"mine,team,waiting,answered,late,triage,unconfirmed,finished,all" doc:"a list as staff see it; all when empty"`
	Sort   string `query:"sort" enum:"due,newest" doc:"due (default) or newest"`
	Limit  int    `query:"limit" minimum:"0" maximum:"200" doc:"at most 200; 50 when not given"`
	Cursor string `query:"cursor" maxLength:"500" doc:"next of the page before"`
}

type listTicketsOut struct {
	Body struct {
		Items []TicketRow `json:"items" nullable:"false"`
		Next  string      `json:"next" doc:"cursor of the next page; empty at the end"`
		Total int         `json:"total"`
	}
}

// TicketRow is an enquiry in a list.
type TicketRow struct {
	Ref           string     `json:"ref" example:"SEN-104233"`
	Case          string     `json:"case" doc:"reference of the case; empty in triage"`
	Child         string     `json:"child" doc:"initials"`
	State         string     `json:"state"`
	Category      string     `json:"category"`
	Subject       string     `json:"subject"`
	From          string     `json:"from" doc:"who opened it"`
	FromEmail     string     `json:"from_email"`
	Owner         string     `json:"owner"`
	Mailbox       string     `json:"mailbox"`
	Reason        string     `json:"reason" doc:"why it is where it is"`
	SuggestedRef  string     `json:"suggested_ref,omitempty" doc:"triage: the enquiry that a stranger's mail cites"`
	Alert         string     `json:"alert,omitempty" doc:"safeguarding words that were found"`
	Chasers       int        `json:"chasers"`
	ReceivedAt    time.Time  `json:"received_at" doc:"when the mail server received the first message, UTC"`
	LastInboundAt time.Time  `json:"last_inbound_at"`
	LastAnswerAt  *time.Time `json:"last_answer_at" doc:"last human answer that the family could see"`
	Version       int64      `json:"version" doc:"send it as seen_version with a reply"`
	Clock         *clock     `json:"clock"`
}

// clock is the response clock of an enquiry.
type clock struct {
	Kind      string     `json:"kind"`
	State     string     `json:"state" doc:"on_track, due_soon, late, paused or answered"`
	StartAt   time.Time  `json:"start_at"`
	WarnAt    time.Time  `json:"warn_at"`
	DueAt     time.Time  `json:"due_at"`
	StoppedAt *time.Time `json:"stopped_at"`
	StoppedBy string     `json:"stopped_by,omitempty"`
}

func (s *server) listTickets(ctx context.Context, a access.Actor, in *listTicketsIn) (*listTicketsOut, error) {
	now, err := s.Now(ctx)
	if err != nil {
		return nil, err
	}
	view := in.View
	if view == "" {
		view = "all"
	}
	page, err := s.Store.Tickets(ctx, a, tickets.TicketQuery{
		View: view, Q: in.Q, State: tickets.State(in.State), Limit: in.Limit, Cursor: in.Cursor, Sort: in.Sort, Now: now,
	})
	if err != nil {
		return nil, err
	}
	if err := s.Desk.Searched(ctx, a, "api tickets", in.Q, page.Total, now); err != nil {
		return nil, err
	}
	out := &listTicketsOut{}
	out.Body.Items = make([]TicketRow, 0, len(page.Items))
	for _, t := range page.Items {
		out.Body.Items = append(out.Body.Items, rowOf(t, now))
	}
	out.Body.Next, out.Body.Total = page.Next, page.Total
	return out, nil
}

func rowOf(t tickets.TicketView, now time.Time) TicketRow {
	return TicketRow{
		Ref: t.Ref, Case: t.CaseRef, Child: t.Initials, State: string(t.State), Category: string(t.Category),
		Subject: t.Subject, From: t.Requester, FromEmail: t.RequesterEmail, Owner: t.OwnerName, Mailbox: t.MailboxName,
		Reason: t.Reason, SuggestedRef: t.SuggestedRef, Alert: t.Alert, Chasers: t.Chasers,
		ReceivedAt: t.ReceivedAt, LastInboundAt: t.LastInboundAt, LastAnswerAt: t.LastAnswerAt,
		Version: t.Version, Clock: clockOf(t.Clock, now),
	}
}

func clockOf(c *tickets.TicketClock, now time.Time) *clock {
	if c == nil {
		return nil
	}
	return &clock{
		Kind: string(c.Kind), State: string(sla.State(c.Clock, now)), StartAt: c.StartAt, WarnAt: c.WarnAt, DueAt: c.DueAt,
		StoppedAt: c.StoppedAt, StoppedBy: c.StopBy,
	}
}
