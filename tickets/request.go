package tickets

import (
	"context"
	"time"

	"hearback/sla"
	"hearback/tickets/access"
	"hearback/tickets/fault"
)

// requestWeeks is how long the council has to say whether it will assess a child's
// needs, counted from the day on which it got the request (Special Educational Needs
// and Disability Regulations 2014, regulation 5(1)). Weekends and closures count.
const requestWeeks = 6

// ConfirmRequest records that a person read an enquiry as a request for an EHC needs
// assessment, and tells whoever asked by which day the law wants an answer. It is
// done once for an enquiry; a letter of it is no answer. Faults: Denied, Refused.
func (d *Desk) ConfirmRequest(ctx context.Context, a access.Actor, ref string, now time.Time) error {
	if !a.IsPerson() {
		return fault.New(fault.Denied, "Only a person can say what an email asks for")
	}
	return d.write(ctx, a, now, func(w *work) error {
		t, err := w.ticket(ctx, ref, access.SendReply)
		if err != nil {
			return err
		}
		switch {
		case t.CaseID == 0:
			return fault.New(fault.Refused, "Put it on a case first")
		case !t.Waiting():
			return fault.New(fault.Refused, "This enquiry is answered or finished. Open it again first")
		}
		events, err := w.tx.EventsOfTicket(ctx, t.ID)
		if err != nil {
			return err
		}
		for _, e := range events {
			if e.Kind == EvAckQueued && text(e.Data, "template") == TemplateAckRequest {
				return nil // pressed twice
			}
		}
		t.Category = CategoryAssessment
		if err := w.tx.UpdateTicket(ctx, t); err != nil {
			return err
		}
		if _, err := w.event(ctx, t, EvState, map[string]any{"from": string(t.State), "to": string(t.State), "reason": "assessment_request"}); err != nil {
			return err
		}
		return w.ackRequest(ctx, t)
	})
}

// ackRequest sends the letter with the date in law, by the rules of every
// acknowledgement but one: that there was another letter today does not count, since
// a person asks for this one.
func (w *work) ackRequest(ctx context.Context, t *Ticket) error {
	list, err := w.messages(ctx, t)
	if err != nil || len(list) == 0 {
		return err
	}
	first := list[0]
	p, onCase, err := w.partyOf(ctx, t.CaseID, first.PersonID)
	if err != nil {
		return err
	}
	m := incoming{
		r:    Received{MailboxID: t.MailboxID, ReceivedAt: t.ReceivedAt, History: imported(list)},
		in:   &Inbound{Kind: first.Kind, Subject: first.Subject, From: MailAddress{Email: first.FromEmail}},
		from: first.FromMailbox, messageID: first.ID, party: p, onCase: onCase, opened: true,
		match: MatchResult{Outcome: OutcomeNew, PersonID: first.PersonID, NoContact: p.Link.NoContact},
	}
	clocks, err := w.running(ctx, t, ClockFirstResponse)
	if err != nil {
		return err
	}
	clock := &TicketClock{}
	if len(clocks) > 0 {
		clock = &clocks[0]
	}
	why, err := w.noAck(ctx, t, m, clock)
	if err == nil && why == "" {
		var template string
		if template, why, err = w.ackTemplate(ctx, t, m); template == TemplateNeutral {
			why = SkipNeutral
		}
	}
	if err != nil {
		return err
	}
	if why != "" {
		_, err := w.event(ctx, t, EvAckSkipped, map[string]any{"reason": why})
		return err
	}
	f, err := w.ackFields(ctx, t, clock)
	if err != nil {
		return err
	}
	got := sla.DateOf(t.ReceivedAt)
	f[FieldReceived], f[FieldLawDue] = sla.FormatDate(got), sla.FormatDate(sla.WeeksAfter(got, requestWeeks))
	for _, other := range []string{FieldDue, FieldWasDue, FieldTopic, FieldOpens} {
		delete(f, other) // one date in this letter: that of the law
	}
	_, err = w.queueAck(ctx, t, m, TemplateAckRequest, f)
	return err
}
