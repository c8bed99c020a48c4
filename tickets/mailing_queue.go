package tickets

import (
	"context"
	"errors"
	"strconv"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
)

// LetterDigest makes the digest by which the dispatcher knows a letter again
// (outbound.Digest).
type LetterDigest func(o Outgoing) string

// QueueMailings puts the next letters of approved mailings into the outbox, as many as
// their pace allows, and counts them. Each line is one transaction with its letter:
// whatever happens in between, no family gets two and none is forgotten. Before a
// letter is queued everything is read again; who may not have it any more is left out
// with the reason. Nothing is queued while the outbound mode keeps letters back.
func (d *Desk) QueueMailings(ctx context.Context, digest LetterDigest, now time.Time) (int, error) {
	if d.s.Mode != ModeSend {
		return 0, nil
	}
	ids, err := d.store.MailingsIn(ctx, MailingSending)
	if err != nil {
		return 0, err
	}
	done := 0
	for _, id := range ids {
		n, err := d.queueMailing(ctx, id, digest, now)
		done += n
		if err != nil {
			return done, err
		}
	}
	return done, nil
}

func (d *Desk) queueMailing(ctx context.Context, id int64, digest LetterDigest, now time.Time) (int, error) {
	ok, err := d.mailingIsAsApproved(ctx, id, now)
	if err != nil || !ok {
		return 0, err
	}
	room, err := d.mailingRoom(ctx, id, now)
	if err != nil || room <= 0 {
		return 0, err
	}
	next, err := d.store.MailingNext(ctx, id, room)
	if err != nil {
		return 0, err
	}
	done := 0
	for _, letterID := range next {
		if err := ctx.Err(); err != nil {
			return done, err
		}
		queued, err := d.queueMailingLetter(ctx, id, letterID, digest, now)
		if err != nil {
			return done, err
		}
		if queued {
			done++
		}
	}
	return done, d.mailingDone(ctx, id, now)
}

// mailingRoom is how many letters may be queued now: never more than a minute's share
// in a minute, nor more than an hour's in an hour.
func (d *Desk) mailingRoom(ctx context.Context, id int64, now time.Time) (int, error) {
	m, err := d.store.MailingByID(ctx, id)
	if err != nil {
		return 0, err
	}
	minute, err := d.store.MailingQueuedSince(ctx, id, now.Add(-time.Minute))
	if err != nil {
		return 0, err
	}
	hour, err := d.store.MailingQueuedSince(ctx, id, now.Add(-time.Hour))
	if err != nil {
		return 0, err
	}
	most := min(m.PerHour, d.MailingMost()) // the council's bound may be lower since
	return min((most+59)/60-minute, most-hour), nil
}

// mailingIsAsApproved compares what would go with what was approved. Nothing changes
// an approved mailing; if something did, nothing of it leaves.
func (d *Desk) mailingIsAsApproved(ctx context.Context, id int64, now time.Time) (ok bool, err error) {
	err = d.write(ctx, access.System("mailing"), now, func(w *work) error {
		m, err := w.tx.MailingByID(ctx, id)
		if err != nil || m.State != MailingSending {
			return err
		}
		lines, err := w.mailingWaiting(ctx, m)
		if err != nil {
			return err
		}
		if ok = m.ApprovedBy != 0 && m.ApprovedBy != m.AuthorID && m.Digest != "" && listDigest(m, lines) == m.Digest; ok {
			return nil
		}
		m.State, m.Answer = MailingPaused, NewPrivateText("This is not what was approved any more. Nothing of it leaves. Stop it and write another")
		if err := w.tx.UpdateMailing(ctx, m); err != nil {
			return err
		}
		return w.auditMailing(ctx, audit.MailingChanged, m, map[string]string{"what": "not as approved"})
	})
	return ok, err
}

// queueMailingLetter queues one line's letter, or says why it is left out.
func (d *Desk) queueMailingLetter(ctx context.Context, mailingID, letterID int64, digest LetterDigest, now time.Time) (queued bool, err error) {
	err = d.write(ctx, access.System("mailing"), now, func(w *work) error {
		m, err := w.tx.MailingByID(ctx, mailingID)
		if err != nil {
			return err
		}
		l, err := w.tx.MailingLetterByID(ctx, letterID)
		if err != nil {
			return err
		}
		if m.State != MailingSending || l.MailingID != m.ID || l.State != MailingWaiting || !l.Approved {
			return nil // stopped, paused or queued by another program meanwhile
		}
		c, bound, err := w.mailingClaim(ctx, m, l)
		switch {
		case fault.Is(err, fault.Refused):
			l.State, l.Why = MailingLeftOut, "Since it was approved: "+fault.SafeText(err)
			return w.tx.UpdateMailingLetter(ctx, l)
		case err != nil:
			return err
		case bound != l.Digest:
			l.State, l.Why = MailingLeftOut, "Since it was approved: the name, the address, the officer or a date in this letter changed"
			return w.tx.UpdateMailingLetter(ctx, l)
		}
		queued = true
		return w.sendMailingLetter(ctx, m, l, c, digest)
	})
	return queued && err == nil, err
}

// sendMailingLetter opens an enquiry that nobody waits for, with the letter on it: an
// answer of the family finds it by its reply address and opens it for the officer.
func (w *work) sendMailingLetter(ctx context.Context, m *Mailing, l *MailingLetter, c *Claim, digest LetterDigest) error {
	ref, err := w.tx.NextTicketRef(ctx)
	if err != nil {
		return err
	}
	dl := c.Letter.Deliveries[0]
	at := w.now
	t := &Ticket{
		Ref: ref, CaseID: l.CaseID, TeamID: c.Case.TeamID, OwnerID: c.Case.OfficerID, MailboxID: m.MailboxID, State: StateFinished,
		Category: CategoryGeneral, Subject: m.Subject, RequesterID: l.PersonID, RequesterMailbox: dl.Mailbox, RequesterEmail: dl.Email,
		Reason: "A letter to many families: " + m.Title, ReceivedAt: w.now, LastInboundAt: w.now, FinishedAt: &at, CreatedAt: w.now,
	}
	if err := w.tx.InsertTicket(ctx, t); err != nil {
		return err
	}
	if _, err := w.event(ctx, t, EvMailed, map[string]any{"mailing_id": m.ID}); err != nil {
		return err
	}
	o := c.Letter
	o.TicketID, o.TicketRef = t.ID, t.Ref
	o.Digest = digest(o)
	o.Deliveries = nil
	if err := w.queue(ctx, &o, []recipient{{personID: dl.PersonID, name: dl.Name, email: dl.Email}}); err != nil {
		return err
	}
	if _, err := w.event(ctx, t, EvReplyQueued, map[string]any{"outgoing_id": o.ID}); err != nil {
		return err
	}
	if err := w.tx.UpdateTicket(ctx, t); err != nil {
		return err
	}
	l.State, l.TicketID, l.OutgoingID, l.QueuedAt, l.Name, l.Email = MailingQueued, t.ID, o.ID, &at, dl.Name, dl.Email
	if err := w.tx.UpdateMailingLetter(ctx, l); err != nil {
		return err
	}
	return w.auditLetter(ctx, audit.LetterQueued, &o, map[string]string{"mailing": strconv.FormatInt(m.ID, 10)})
}

// mailingDone ends a mailing of which nothing waits any more.
func (d *Desk) mailingDone(ctx context.Context, id int64, now time.Time) error {
	left, err := d.store.MailingNext(ctx, id, 1)
	if err != nil || len(left) > 0 {
		return err
	}
	err = d.write(ctx, access.System("mailing"), now, func(w *work) error {
		m, err := w.tx.MailingByID(ctx, id)
		if err != nil {
			return err
		}
		if m.State != MailingSending {
			return errChanged
		}
		m.State, m.ChangedAt = MailingDone, w.now
		if err := w.tx.UpdateMailing(ctx, m); err != nil {
			return err
		}
		return w.auditMailing(ctx, audit.MailingChanged, m, map[string]string{"what": string(MailingDone)})
	})
	if errors.Is(err, errChanged) {
		return nil
	}
	return err
}
