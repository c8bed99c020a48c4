package tickets

import (
	"context"
	"strings"
	"time"

	"hearback/sla"
	"hearback/tickets/access"
	"hearback/tickets/fault"
)

// CallRequest is a telephone call that somebody logs.
type CallRequest struct {
	Ref       string
	Call      Call
	At        time.Time // when it took place; zero: now
	OffRecord bool      // "someone not on our records": Call.PersonID is 0
}

// LogCall records a call. An answered one that answered the enquiry, with a
// reason, stops the clock like a letter; a missed call of the family counts as
// a chaser; any other call changes nothing.
func (d *Desk) LogCall(ctx context.Context, a access.Actor, r CallRequest, now time.Time) (*Message, error) {
	if err := checkCall(r, now); err != nil {
		return nil, err
	}
	var m *Message
	err := d.write(ctx, a, now, func(w *work) error {
		t, err := w.ticket(ctx, r.Ref, access.LogCalls)
		if err != nil {
			return err
		}
		at := r.At.UTC().Truncate(time.Second)
		if r.At.IsZero() {
			at = w.now
		}
		c := r.Call
		if c.PersonID != 0 {
			_, ok, err := w.partyOf(ctx, t.CaseID, c.PersonID)
			if err != nil {
				return err
			}
			if !ok {
				return fault.New(fault.Invalid, "Choose who you spoke to, or select \"Someone not on our records\"")
			}
		}
		m = &Message{
			TicketID: t.ID, CaseID: t.CaseID, MailboxID: t.MailboxID, Direction: c.Direction, Channel: ChannelCall,
			Kind: KindHuman, PersonID: c.PersonID, StaffID: a.StaffID, Call: &c, ReceivedAt: at, CreatedAt: w.now,
		}
		if err := w.tx.InsertMessage(ctx, m); err != nil {
			return err
		}
		if _, err := w.event(ctx, t, EvCallLogged, map[string]any{
			"message_id": m.ID, "stops": c.StopsClock, "answered": c.Answered, "direction": string(c.Direction), "at": stamp(at),
		}); err != nil {
			return err
		}
		if err := w.afterCall(ctx, t, c, at); err != nil {
			return err
		}
		return w.tx.UpdateTicket(ctx, t)
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

func checkCall(r CallRequest, now time.Time) error {
	c := r.Call
	switch {
	case c.Direction != In && c.Direction != Out:
		return fault.New(fault.Invalid, "Say who rang whom")
	case c.PersonID == 0 && !r.OffRecord && strings.TrimSpace(c.Number) == "":
		return fault.New(fault.Invalid, "Choose who you spoke to, or select \"Someone not on our records\"")
	case strings.TrimSpace(c.Promise) != "" && c.PromiseBy == "":
		return fault.New(fault.Invalid, "Enter the date you promised")
	case c.StopsClock && strings.TrimSpace(c.StopsReason) == "":
		return fault.New(fault.Invalid, "Say how this answered them")
	case c.StopsClock && !c.Answered:
		return fault.New(fault.Invalid, "A call that nobody answered does not stop the clock")
	case c.StopsClock && c.PersonID == 0:
		return fault.New(fault.Invalid, "Only a call with somebody on the case can answer the enquiry")
	case r.At.After(now):
		return fault.New(fault.Invalid, "The call cannot be later than now")
	}
	if c.PromiseBy != "" {
		if _, err := sla.ParseDate(c.PromiseBy); err != nil {
			return fault.Wrap(fault.Invalid, "Enter a real date, like 1/12/2026", err)
		}
	}
	return nil
}

func (w *work) afterCall(ctx context.Context, t *Ticket, c Call, at time.Time) error {
	switch {
	case c.StopsClock:
		if t.State == StateTriage {
			return fault.New(fault.Invalid, "Put this on a case first")
		}
		return w.answeredAt(ctx, t, answeredBy{StopByCall, at, "call", nil})
	case c.Direction == In && !c.Answered && t.Waiting():
		t.Chasers++
	}
	return nil
}

// answeredBy is an answer that we learn of after it was given.
type answeredBy struct {
	by     string // StopByCall or StopByReply
	at     time.Time
	reason string         // code, for the history
	data   map[string]any // which answer it was, for taking it back
}

// answeredAt stops the clock at the time of the answer. One that we learn of late
// does not answer what the family wrote after it.
func (w *work) answeredAt(ctx context.Context, t *Ticket, a answeredBy) error {
	at := a.at
	stopped, err := w.stopClocks(ctx, t, stopping{kind: ClockFirstResponse, by: a.by, at: at, before: at.Add(time.Second), data: a.data})
	if err != nil {
		return err
	}
	if stopped > 0 {
		events, err := w.tx.EventsOfTicket(ctx, t.ID)
		if err != nil {
			return err
		}
		if unseen := firstReceivedAfter(events, at); !unseen.IsZero() {
			if err := w.ensureClock(ctx, t, unseen, false); err != nil {
				return err
			}
		}
	}
	if t.LastAnswerAt == nil || at.After(*t.LastAnswerAt) {
		t.LastAnswerAt = &at
	}
	running, err := w.running(ctx, t, ClockFirstResponse)
	if err != nil {
		return err
	}
	if len(running) > 0 || t.State != StateOpen && t.State != StateWaitingOther {
		return nil
	}
	from := t.State
	t.State, t.Chasers = StateAnswered, 0
	_, err = w.event(ctx, t, EvState, map[string]any{"from": string(from), "to": string(StateAnswered), "reason": a.reason})
	return err
}

// firstReceivedAfter is when the first human mail was received after at; zero
// when there is none.
func firstReceivedAfter(events []Event, at time.Time) time.Time {
	var first time.Time
	for _, e := range events {
		if e.Kind != EvReceived || e.Data["human"] != true {
			continue
		}
		if got := receivedTime(e); got.After(at) && (first.IsZero() || got.Before(first)) {
			first = got
		}
	}
	return first
}

// receivedTime is when the mail server took the mail that an event records.
func receivedTime(e Event) time.Time {
	if at, err := time.Parse(time.RFC3339, text(e.Data, "received")); err == nil {
		return at
	}
	return e.At
}
