package tickets

import (
	"context"
	"strconv"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
)

// AskMailing asks a lead to approve what the list and the text are now. Faults: Denied,
// NotFound, Invalid (what is missing), Conflict.
func (d *Desk) AskMailing(ctx context.Context, a access.Actor, id, version int64, now time.Time) error {
	return d.write(ctx, a, now, func(w *work) error {
		m, err := w.ownMailing(ctx, id, version)
		if err != nil {
			return err
		}
		if m.State != MailingReady {
			return fault.New(fault.Conflict, "Make the list first, and wait until each letter was checked")
		}
		waiting, err := w.mailingWaiting(ctx, m)
		if err != nil {
			return err
		}
		open := 0
		for _, l := range waiting {
			switch {
			case l.CheckedAt == nil || l.Digest == "":
				return fault.New(fault.Conflict, "Some letters have not been checked yet. Wait a moment")
			case len(l.Unanswered()) > 0:
				open++
			}
		}
		switch {
		case len(waiting) == 0:
			return fault.New(fault.Invalid, "Nobody is left on the list")
		case open == 1:
			return fault.New(fault.Invalid, "The check asks about one letter. Look at it, and confirm it or take the family off")
		case open > 1:
			return fault.Newf(fault.Invalid, "The check asks about %d letters. Look at each, and confirm it or take the family off", open)
		}
		m.State, m.AskedAt, m.Answer, m.Digest = MailingAsked, &w.now, PrivateText{}, listDigest(m, waiting)
		if err := w.tx.UpdateMailing(ctx, m); err != nil {
			return err
		}
		if err := w.tellApprovers(ctx, m, len(waiting)); err != nil {
			return err
		}
		return w.auditMailing(ctx, audit.MailingAsked, m, map[string]string{"letters": strconv.Itoa(len(waiting)), "digest": m.Digest})
	})
}

// mailingWaiting are the lines of m that would get a letter; once it is approved, those
// that were approved, whatever became of them since.
func (w *work) mailingWaiting(ctx context.Context, m *Mailing) ([]MailingLetter, error) {
	all, err := w.tx.MailingLettersOf(ctx, m.ID)
	if err != nil {
		return nil, err
	}
	var out []MailingLetter
	for _, l := range all {
		if m.ApprovedBy == 0 && l.State == MailingWaiting || m.ApprovedBy != 0 && l.Approved {
			out = append(out, l)
		}
	}
	return out, nil
}

// ApproveMailing says, as a second person, that the letters may go. digest is that of
// the mailing as the approver saw it: when anything is different now, nothing is
// approved. Faults: Denied, NotFound, Refused, Conflict.
func (d *Desk) ApproveMailing(ctx context.Context, a access.Actor, id int64, digest string, now time.Time) error {
	return d.write(ctx, a, now, func(w *work) error {
		m, err := w.askedMailing(ctx, id)
		if err != nil {
			return err
		}
		waiting, err := w.mailingWaiting(ctx, m)
		if err != nil {
			return err
		}
		seen, err := w.tx.MailingLetters(ctx, a, MailingQuery{MailingID: m.ID, States: []MailingLetterState{MailingWaiting}})
		if err != nil {
			return err
		}
		switch {
		case len(seen) != len(waiting):
			return fault.New(fault.Refused, "Some families on this list are on cases that you cannot open. The head of service can approve it")
		case digest == "" || digest != m.Digest || listDigest(m, waiting) != m.Digest:
			return fault.New(fault.Conflict, "Something changed since you opened this page. Nothing was approved. Look at it again")
		}
		for i := range waiting {
			waiting[i].Approved = true
			if err := w.tx.UpdateMailingLetter(ctx, &waiting[i]); err != nil {
				return err
			}
		}
		m.State, m.ApprovedBy, m.ApprovedAt = MailingSending, a.StaffID, &w.now
		if err := w.tx.UpdateMailing(ctx, m); err != nil {
			return err
		}
		return w.auditMailing(ctx, audit.MailingApproved, m, map[string]string{"letters": strconv.Itoa(len(waiting)), "digest": m.Digest})
	})
}

// askedMailing is one that the actor may settle: not their own, and asked for.
func (w *work) askedMailing(ctx context.Context, id int64) (*Mailing, error) {
	if err := allowed(w.actor, access.ApproveMailing); err != nil {
		return nil, err
	}
	if !w.actor.IsPerson() {
		return nil, fault.New(fault.Denied, "Only a person can approve letters to families")
	}
	m, err := w.mailing(ctx, id)
	if err != nil {
		return nil, err
	}
	switch {
	case m.AuthorID == w.actor.StaffID:
		return nil, fault.New(fault.Refused, "Somebody else has to approve what you wrote")
	case m.State != MailingAsked:
		return nil, fault.New(fault.Conflict, "Nobody waits for this to be approved any more")
	}
	return m, nil
}

// RefuseMailing gives a mailing back to its author with a reason.
func (d *Desk) RefuseMailing(ctx context.Context, a access.Actor, id int64, reason string, now time.Time) error {
	return d.write(ctx, a, now, func(w *work) error {
		m, err := w.askedMailing(ctx, id)
		if err != nil {
			return err
		}
		if oneLine(reason) == "" {
			return fault.New(fault.Invalid, "Say what has to change")
		}
		m.State, m.AskedAt, m.Digest, m.Answer = MailingReady, nil, "", NewPrivateText(w.actor.Name+": "+oneLine(reason))
		m.Version++
		if err := w.tx.UpdateMailing(ctx, m); err != nil {
			return err
		}
		return w.auditMailing(ctx, audit.MailingRefused, m, nil)
	})
}

// PauseMailing keeps the rest of a mailing back until somebody says that it goes on.
// Letters in the outbox go on.
func (d *Desk) PauseMailing(ctx context.Context, a access.Actor, id int64, now time.Time) error {
	return d.moveMailing(ctx, a, id, MailingSending, MailingPaused, now)
}

// ResumeMailing lets it go on. What was approved is still what goes.
func (d *Desk) ResumeMailing(ctx context.Context, a access.Actor, id int64, now time.Time) error {
	return d.moveMailing(ctx, a, id, MailingPaused, MailingSending, now)
}

func (d *Desk) moveMailing(ctx context.Context, a access.Actor, id int64, from, to MailingState, now time.Time) error {
	return d.write(ctx, a, now, func(w *work) error {
		m, err := w.mailing(ctx, id)
		if err != nil {
			return err
		}
		if m.State == to {
			return nil
		}
		if m.State != from {
			return fault.New(fault.Conflict, "This mailing is not being sent any more")
		}
		m.State, m.ChangedAt = to, w.now
		if err := w.tx.UpdateMailing(ctx, m); err != nil {
			return err
		}
		return w.auditMailing(ctx, audit.MailingChanged, m, map[string]string{"what": string(to)})
	})
}

// StopMailing ends a mailing for good. What has not left does not leave: lines that
// wait say so, and letters that wait in the outbox are cancelled.
func (d *Desk) StopMailing(ctx context.Context, a access.Actor, id int64, now time.Time) error {
	return d.write(ctx, a, now, func(w *work) error {
		m, err := w.mailing(ctx, id)
		if err != nil {
			return err
		}
		if m.State == MailingStopped {
			return nil
		}
		if m.State == MailingDone {
			return fault.New(fault.Conflict, "All letters have left already")
		}
		all, err := w.tx.MailingLettersOf(ctx, m.ID)
		if err != nil {
			return err
		}
		for i := range all {
			l := &all[i]
			switch {
			case l.State == MailingWaiting:
				l.State, l.Why = MailingRemoved, "The mailing was stopped by "+w.actor.Name+" before this letter left"
				err = w.tx.UpdateMailingLetter(ctx, l)
			case l.State == MailingQueued:
				err = w.cancelWaiting(ctx, l.OutgoingID)
			}
			if err != nil {
				return err
			}
		}
		m.State, m.ChangedAt = MailingStopped, w.now
		if err := w.tx.UpdateMailing(ctx, m); err != nil {
			return err
		}
		return w.auditMailing(ctx, audit.MailingChanged, m, map[string]string{"what": "stopped"})
	})
}

// cancelWaiting takes a letter back that has not been claimed; one that is on its way
// goes on.
func (w *work) cancelWaiting(ctx context.Context, outgoingID int64) error {
	o, err := w.tx.OutgoingByID(ctx, outgoingID)
	if err != nil {
		return err
	}
	moved := false
	for i := range o.Deliveries {
		dl := &o.Deliveries[i]
		if dl.State != Queued && dl.State != Held {
			continue
		}
		dl.State, dl.Why, dl.UpdatedAt = Cancelled, "", w.now
		ok, err := w.tx.SetDelivery(ctx, dl, Queued, Held)
		if err != nil {
			return err
		}
		moved = moved || ok
	}
	if !moved {
		return nil
	}
	o.CancelledBy = w.actor.StaffID
	if err := w.tx.UpdateOutgoing(ctx, o); err != nil {
		return err
	}
	t, err := w.finalTicket(ctx, o.TicketID)
	if err != nil {
		return err
	}
	if _, err := w.event(ctx, t, EvReplyChanged, map[string]any{"outgoing_id": o.ID}); err != nil {
		return err
	}
	return w.auditLetter(ctx, audit.LetterCancelled, o, nil)
}
