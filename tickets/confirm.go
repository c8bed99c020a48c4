package tickets

import (
	"context"
	"strings"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/fault"
)

// AcceptRequest says that a stranger's mail belongs to the conversation that it
// cites.
type AcceptRequest struct {
	Ref        string // of the ticket in triage
	PersonID   int64  // who of the case wrote it; 0: nobody who is recorded
	AddAddress bool   // record the sender's address with the person
}

// AcceptUnconfirmed moves a held mail to the ticket that it cites and returns
// that ticket's reference. The ticket waits for us again.
func (d *Desk) AcceptUnconfirmed(ctx context.Context, a access.Actor, r AcceptRequest, now time.Time) (string, error) {
	ref := ""
	err := d.write(ctx, a, now, func(w *work) error {
		t, err := w.triageTicket(ctx, r.Ref)
		if err != nil {
			return err
		}
		if t.SuggestedID == 0 {
			return fault.New(fault.Invalid, "It cites no enquiry. Put it on a case")
		}
		into, err := w.finalTicket(ctx, t.SuggestedID)
		if err != nil {
			return err
		}
		if _, err := w.tx.Ticket(ctx, a, into.Ref); err != nil {
			return err
		}
		if into.State == StateNotOurs {
			return fault.New(fault.Refused, "What it cites was set aside as not an enquiry. Put it on a case")
		}
		p, onCase, err := w.partyOf(ctx, into.CaseID, r.PersonID)
		if err != nil {
			return err
		}
		if r.PersonID != 0 && !onCase || r.AddAddress && !onCase {
			return fault.New(fault.Invalid, "This person is not on the case")
		}
		if r.AddAddress {
			if err := w.addAddress(ctx, t, p); err != nil {
				return err
			}
		}
		ref = into.Ref
		return w.moveOnto(ctx, t, into, r.PersonID)
	})
	return ref, err
}

// moveOnto moves the mails of t to into and leaves t as merged.
func (w *work) moveOnto(ctx context.Context, t, into *Ticket, personID int64) error {
	list, err := w.messages(ctx, t)
	if err != nil {
		return err
	}
	if _, err := w.stopClocks(ctx, t, stopping{kind: ClockTriage, by: StopByPlaced, at: w.now}); err != nil {
		return err
	}
	t.State, t.MergedInto = StateMerged, into.ID
	if _, err := w.event(ctx, t, EvMerged, map[string]any{"into": into.ID}); err != nil {
		return err
	}
	if err := w.tx.UpdateTicket(ctx, t); err != nil {
		return err
	}
	if err := w.tx.MoveMessages(ctx, t.ID, into.ID, into.CaseID); err != nil {
		return err
	}
	wasWaiting := into.Waiting()
	for _, m := range list {
		if err := w.tx.SetMessagePlace(ctx, m.ID, into.ID, into.CaseID, personID, false, "Somebody accepted the sender."); err != nil {
			return err
		}
		if _, err := w.event(ctx, into, EvAccepted, map[string]any{"message_id": m.ID, "person_id": personID, "from": t.ID}); err != nil {
			return err
		}
		if _, err := w.event(ctx, into, EvReceived, map[string]any{"message_id": m.ID, "received": stamp(m.ReceivedAt), "chaser": false, "human": m.Kind == KindHuman}); err != nil {
			return err
		}
		if m.ReceivedAt.After(into.LastInboundAt) {
			into.LastInboundAt = m.ReceivedAt
		}
	}
	if into.State == StateTriage || imported(list) && w.longAgo(t.LastInboundAt) {
		return w.tx.UpdateTicket(ctx, into) // what was said long ago opens nothing and starts no wait
	}
	if !wasWaiting {
		from := into.State
		into.State, into.FinishedAt = StateOpen, nil
		kind := EvState
		if from == StateFinished {
			kind = EvReopened
		}
		if _, err := w.event(ctx, into, kind, map[string]any{"from": string(from), "to": string(StateOpen), "reason": "accepted"}); err != nil {
			return err
		}
	}
	since := t.ReceivedAt
	if imported(list) {
		since = w.now
	}
	if err := w.ensureClock(ctx, into, since, false); err != nil {
		return err
	}
	return w.tx.UpdateTicket(ctx, into)
}

// KeepApart says that a stranger's mail does not belong to what it cites. It
// stays in triage, to be placed elsewhere or set aside. A reason is needed.
func (d *Desk) KeepApart(ctx context.Context, a access.Actor, ref, reason string, now time.Time) error {
	return d.write(ctx, a, now, func(w *work) error {
		t, err := w.triageTicket(ctx, ref)
		if err != nil {
			return err
		}
		if strings.TrimSpace(reason) == "" {
			return fault.New(fault.Invalid, "Say why it does not belong there")
		}
		if t.SuggestedID == 0 {
			return nil
		}
		suggested := t.SuggestedID
		t.SuggestedID, t.Category, t.Reason = 0, CategoryTriage, "Kept apart: "+oneLine(reason)
		if _, err := w.event(ctx, t, EvKeptApart, map[string]any{"suggested_id": suggested}); err != nil {
			return err
		}
		return w.tx.UpdateTicket(ctx, t)
	})
}

// NotOurs sets a mail aside that is not an enquiry. It stays to be found. A
// reason is needed.
func (d *Desk) NotOurs(ctx context.Context, a access.Actor, ref, reason string, now time.Time) error {
	return d.write(ctx, a, now, func(w *work) error {
		t, err := w.triageTicket(ctx, ref)
		if err != nil {
			return err
		}
		if strings.TrimSpace(reason) == "" {
			return fault.New(fault.Invalid, "Say why this is not an enquiry")
		}
		if _, err := w.stopClocks(ctx, t, stopping{kind: ClockTriage, by: StopByNotOurs, at: w.now}); err != nil {
			return err
		}
		t.State, t.Reason = StateNotOurs, "Set aside: "+oneLine(reason)
		if _, err := w.event(ctx, t, EvNotOurs, map[string]any{}); err != nil {
			return err
		}
		return w.tx.UpdateTicket(ctx, t)
	})
}

// oneLine keeps a typed reason to one line of at most 300 characters.
func oneLine(s string) string {
	r := []rune(strings.Join(strings.Fields(s), " "))
	if len(r) > 300 {
		r = r[:300]
	}
	return string(r)
}
