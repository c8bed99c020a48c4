package tickets

import (
	"context"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/fault"
)

// FinishReason is why an enquiry is finished although the family has had no
// human answer to its last message.
type FinishReason struct {
	Code  string
	Words string // for the form
}

// FinishReasons are the reasons that can be chosen; each call returns a new slice.
func FinishReasons() []FinishReason {
	return []FinishReason{
		{"thanks", "They only said thank you"},
		{"answered_elsewhere", "They were answered another way: in person, by letter or in a meeting"},
		{"in_other_enquiry", "It is answered in another enquiry of theirs"},
		{"withdrawn", "They told us that they need no answer"},
		{"not_for_answer", "It was sent to tell us something and asks for nothing"},
	}
}

// FinishRequest finishes an enquiry.
type FinishRequest struct {
	Ref         string
	Reason      string // a code of FinishReasons; needed only while the family waits
	SeenVersion int64  // 0: whatever it is
}

// Finish closes an enquiry. While the family waits for a human answer it is
// refused unless a reason is chosen. Finishing twice changes nothing.
func (d *Desk) Finish(ctx context.Context, a access.Actor, r FinishRequest, now time.Time) error {
	return d.write(ctx, a, now, func(w *work) error {
		t, err := w.ticket(ctx, r.Ref, access.Finish)
		if err != nil {
			return err
		}
		switch t.State {
		case StateFinished:
			return nil
		case StateTriage:
			return fault.New(fault.Refused, "Say first which case this belongs to, or that it is not an enquiry")
		case StateMerged, StateNotOurs:
			return fault.New(fault.Conflict, "This is not an open enquiry")
		}
		if r.SeenVersion != 0 {
			if err := w.stale(ctx, t, r.SeenVersion); err != nil {
				return err
			}
		}
		waits, err := w.familyWaits(ctx, t)
		if err != nil {
			return err
		}
		if waits && !finishReason(r.Reason) {
			name, err := w.requesterName(ctx, t)
			if err != nil {
				return err
			}
			return fault.Newf(fault.Refused, "%s is still waiting for a human answer. Reply, log a call, or choose why no answer is needed", name)
		}
		if _, err := w.stopClocks(ctx, t, stopping{kind: ClockFirstResponse, by: StopByFinished, at: w.now}); err != nil {
			return err
		}
		at := w.now
		t.State, t.FinishedAt, t.Chasers = StateFinished, &at, 0
		if _, err := w.event(ctx, t, EvFinished, map[string]any{"reason": r.Reason, "waiting": waits}); err != nil {
			return err
		}
		return w.tx.UpdateTicket(ctx, t)
	})
}

func finishReason(code string) bool {
	for _, r := range FinishReasons() {
		if r.Code == code {
			return true
		}
	}
	return false
}

// familyWaits: a clock runs, or the last word is the family's.
func (w *work) familyWaits(ctx context.Context, t *Ticket) (bool, error) {
	list, err := w.running(ctx, t, ClockFirstResponse)
	return len(list) > 0 || t.Waiting(), err
}

func (w *work) requesterName(ctx context.Context, t *Ticket) (string, error) {
	if t.RequesterID == 0 {
		return "The sender", nil
	}
	p, err := w.tx.PersonByID(ctx, t.RequesterID)
	if err != nil {
		return "", err
	}
	return p.Name, nil
}
