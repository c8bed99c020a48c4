package tickets

import (
	"context"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/fault"
)

// StateRequest moves a ticket by hand.
type StateRequest struct {
	Ref         string
	To          State // open, waiting_family or waiting_other
	SeenVersion int64 // 0: whatever it is
}

// SetState says whom we wait for. Waiting for the family is possible only after
// we have written to them: otherwise it is they who wait. Waiting for a school
// or a colleague stops no clock, because the family waits all the same.
func (d *Desk) SetState(ctx context.Context, a access.Actor, r StateRequest, now time.Time) error {
	return d.write(ctx, a, now, func(w *work) error {
		t, err := w.ticket(ctx, r.Ref, access.SendReply)
		if err != nil {
			return err
		}
		if r.SeenVersion != 0 {
			if err := w.stale(ctx, t, r.SeenVersion); err != nil {
				return err
			}
		}
		if t.State == r.To {
			return nil
		}
		switch t.State {
		case StateOpen, StateWaitingFamily, StateWaitingOther, StateAnswered, StateFinished:
		default:
			return fault.New(fault.Conflict, "This is not an open enquiry")
		}
		switch r.To {
		case StateOpen, StateWaitingOther:
		case StateWaitingFamily:
			list, err := w.running(ctx, t, ClockFirstResponse)
			if err != nil {
				return err
			}
			if len(list) > 0 || t.LastAnswerAt == nil {
				name, err := w.requesterName(ctx, t)
				if err != nil {
					return err
				}
				return fault.Newf(fault.Refused, "%s is still waiting for a human answer. Reply, or log a call, first", name)
			}
		default:
			return fault.New(fault.Invalid, "Choose whom we wait for")
		}
		from := t.State
		t.State, t.FinishedAt = r.To, nil
		if _, err := w.event(ctx, t, EvState, map[string]any{"from": string(from), "to": string(r.To), "reason": "by_hand"}); err != nil {
			return err
		}
		if err := w.keepWaiting(ctx, t); err != nil {
			return err
		}
		return w.tx.UpdateTicket(ctx, t)
	})
}
