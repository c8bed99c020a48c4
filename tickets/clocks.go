package tickets

import (
	"context"
	"fmt"
	"time"

	"hearback/sla"
	"hearback/tickets/fault"
)

// policyFor is the standard of a clock.
func (d *Desk) policyFor(kind ClockKind, c Category) sla.Policy {
	key := string(c)
	switch {
	case c == CategoryUnconfirmed:
		key = sla.PolicyUnconfirmedSender
	case kind == ClockTriage:
		key = sla.PolicyTriage
	}
	if p, ok := d.policies()[key]; ok && d.CategoryInUse(Category(key)) {
		return p
	}
	if kind == ClockTriage {
		return d.policies()[sla.PolicyTriage]
	}
	return d.policies()[sla.PolicyGeneral]
}

// startClock begins a wait at received, when the mail server took the mail. A
// time in the future is a server's mistake and one before the calendar that of
// a mail that was moved here: the family waits since now at the latest.
// Imported history gets a clock without alarms.
func (w *work) startClock(ctx context.Context, t *Ticket, kind ClockKind, received time.Time, history bool) (*TicketClock, error) {
	p := w.d.policyFor(kind, t.Category)
	if received.After(w.now) {
		received = w.now
	}
	c, err := sla.Start(p, w.d.cal(), received)
	if fault.Is(err, fault.Invalid) {
		received = w.now
		c, err = sla.Start(p, w.d.cal(), received)
	}
	if fault.Is(err, fault.Invalid) {
		// The calendar has come to its end. The mail must not be lost for that,
		// and the missing clock is on record.
		_, err = w.event(ctx, t, EvNoClock, map[string]any{"policy": p.Name})
		return &TicketClock{TicketID: t.ID, Kind: kind}, err
	}
	if err != nil {
		return nil, err
	}
	tc := &TicketClock{TicketID: t.ID, Kind: kind, Clock: c}
	if !history {
		tc.NextAt = nextAt(c, nil)
	}
	if err := w.tx.InsertClock(ctx, tc); err != nil {
		return nil, fmt.Errorf("starting a clock: %w", err)
	}
	data := standardData(p)
	data["clock_id"], data["kind"], data["policy"] = tc.ID, string(kind), p.Name
	data["received"], data["due"] = stamp(c.ReceivedAt), stamp(c.DueAt)
	_, err = w.event(ctx, t, EvClockStarted, data)
	return tc, err
}

// running lists the clocks of t of one kind that still count, oldest first.
func (w *work) running(ctx context.Context, t *Ticket, kind ClockKind) ([]TicketClock, error) {
	all, err := w.tx.ClocksOfTicket(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	var list []TicketClock
	for _, c := range all {
		if c.Kind == kind && c.StoppedAt == nil {
			list = append(list, c)
		}
	}
	return list, nil
}

// silent reports whether a running clock was started without alarms, for imported
// mail: steps are open and none is to be taken.
func (w *work) silent(ctx context.Context, c *TicketClock) (bool, error) {
	if c.NextAt != nil {
		return false, nil
	}
	done, err := w.tx.StepsDone(ctx, c.ID)
	return err == nil && len(done) == 0 && nextAt(c.Clock, nil) != nil, err
}

// ensureClock starts the first-response clock unless one runs: a second mail of
// a waiting family never restarts it (a chaser must not buy us time).
func (w *work) ensureClock(ctx context.Context, t *Ticket, received time.Time, history bool) error {
	list, err := w.running(ctx, t, ClockFirstResponse)
	if err != nil || len(list) > 0 {
		return err
	}
	_, err = w.startClock(ctx, t, ClockFirstResponse, received, history)
	return err
}

// stopping is what stops clocks.
type stopping struct {
	kind   ClockKind
	by     string
	at     time.Time
	before time.Time      // only clocks of mail that was received before; zero: all
	data   map[string]any // for recomputation, and for a bounce that undoes it
}

// stopClocks stops running clocks of t and says how many.
func (w *work) stopClocks(ctx context.Context, t *Ticket, s stopping) (int, error) {
	list, err := w.running(ctx, t, s.kind)
	if err != nil {
		return 0, err
	}
	n := 0
	for i := range list {
		c := &list[i]
		if !s.before.IsZero() && !c.ReceivedAt.Before(s.before) {
			continue
		}
		c.Clock = c.Stop(s.at)
		c.NextAt, c.StopBy = nil, s.by
		if err := w.tx.UpdateClock(ctx, c); err != nil {
			return n, err
		}
		ev := map[string]any{"clock_id": c.ID, "by": s.by, "at": stamp(s.at)}
		for k, v := range s.data {
			ev[k] = v
		}
		if _, err := w.event(ctx, t, EvClockStopped, ev); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// resumeClock undoes the stop that delivery made, as if it had never been: what
// did not arrive is no answer. When another answer arrived after it, that one
// stops the clock instead and resumed is false. A clock that a later mail
// started is closed in favour of the older wait.
func (w *work) resumeClock(ctx context.Context, t *Ticket, deliveryID int64) (resumed bool, err error) {
	events, err := w.tx.EventsOfTicket(ctx, t.ID)
	if err != nil {
		return false, err
	}
	clockID, other := undone(events, deliveryID)
	if clockID == 0 {
		return false, nil
	}
	all, err := w.tx.ClocksOfTicket(ctx, t.ID)
	if err != nil {
		return false, err
	}
	for i := range all {
		c := &all[i]
		switch {
		case c.ID == clockID:
			err = w.undoStop(ctx, t, c, deliveryID, other)
		case other == nil && c.ID > clockID && c.Kind == ClockFirstResponse && c.StoppedAt == nil:
			c.Clock = c.Stop(w.now)
			c.NextAt, c.StopBy = nil, StopByOlder
			if err = w.tx.UpdateClock(ctx, c); err == nil {
				_, err = w.event(ctx, t, EvClockStopped, map[string]any{"clock_id": c.ID, "by": StopByOlder, "at": stamp(w.now)})
			}
		}
		if err != nil {
			return false, err
		}
	}
	return other == nil, nil
}

func (w *work) undoStop(ctx context.Context, t *Ticket, c *TicketClock, deliveryID int64, other *answer) error {
	var err error
	c.Clock, err = sla.Apply(w.d.policyNamed(c.Policy), w.d.cal(), c.Clock, sla.Event{Kind: sla.EventUndelivered, At: w.now})
	if err != nil {
		return err
	}
	data := copyData(deliveryID)
	data["clock_id"] = c.ID
	if _, err := w.event(ctx, t, EvClockResumed, data); err != nil {
		return err
	}
	if other != nil {
		c.Clock = c.Stop(other.at)
		c.StopBy, c.NextAt = other.by, nil
		if err := w.tx.UpdateClock(ctx, c); err != nil {
			return err
		}
		data := copyData(other.deliveryID)
		data["clock_id"], data["by"], data["at"] = c.ID, other.by, stamp(other.at)
		_, err := w.event(ctx, t, EvClockStopped, data)
		return err
	}
	done, err := w.tx.StepsDone(ctx, c.ID)
	if err != nil {
		return err
	}
	c.StopBy, c.NextAt = "", nextAt(c.Clock, done)
	return w.tx.UpdateClock(ctx, c)
}

// answer is a human answer in the history of a ticket.
type answer struct {
	by         string
	at         time.Time
	deliveryID int64
}

// undone finds the clock that a delivery stopped, and the first other answer
// since then that the family got; both from the history.
func undone(events []Event, deliveryID int64) (clockID int64, other *answer) {
	var from int64
	failed := failedDeliveries(events)
	failed[deliveryID] = true
	for _, e := range events {
		switch {
		case e.Kind == EvClockStopped && text(e.Data, "by") == StopByReply && copyID(e) == deliveryID:
			clockID, from = num(e.Data, "clock_id"), e.ID
		case e.Kind == EvClockResumed && copyID(e) == deliveryID:
			clockID = 0 // undone before
		}
	}
	if clockID == 0 {
		return 0, nil
	}
	for _, e := range events {
		id := copyID(e)
		switch {
		case e.ID <= from:
		case e.Kind == EvSent && e.Data["answers"] == true && !failed[id]:
			return clockID, &answer{StopByReply, eventTime(e), id}
		case e.Kind == EvCallLogged && e.Data["stops"] == true:
			return clockID, &answer{StopByCall, eventTime(e), 0}
		}
	}
	return clockID, nil
}

// eventTime is when what the event records took place.
func eventTime(e Event) time.Time {
	if at, err := time.Parse(time.RFC3339, text(e.Data, "at")); err == nil {
		return at
	}
	return e.At
}

// What stopped a clock (TicketClock.StopBy).
const (
	StopByReply    = "reply"
	StopByCall     = "call"
	StopByPlaced   = "placed"   // triage: somebody said where it belongs
	StopByNotOurs  = "not_ours" // triage: not an enquiry
	StopByFinished = "finished"
	StopByLater    = "later_mail" // it began with imported mail, and somebody has written since
	StopByOlder    = "older_wait" // an older clock of the ticket runs again and stands for both
)

// nextAt is what the sweep looks at: when the next step falls due.
func nextAt(c sla.Clock, done map[sla.Step]bool) *time.Time {
	if s, ok := sla.NextStep(c, done); ok {
		return &s.At
	}
	return nil
}

// policyNamed is the standard under which a clock was started; the general one
// when the council has dropped it since.
func (d *Desk) policyNamed(name string) sla.Policy {
	if p, ok := d.policies()[name]; ok {
		return p
	}
	return d.policies()[sla.PolicyGeneral]
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// num reads an id from event data, which storage may give back as a float.
func num(data map[string]any, key string) int64 {
	switch v := data[key].(type) {
	case int64:
		return v
	case int:
		return int64(v)
	case float64:
		return int64(v)
	case interface{ Int64() (int64, error) }: // json.Number
		n, _ := v.Int64()
		return n
	}
	return 0
}

func text(data map[string]any, key string) string {
	s, _ := data[key].(string)
	return s
}
