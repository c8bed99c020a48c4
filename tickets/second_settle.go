package tickets

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// Bases are the lawful bases that a release can name, by key: UK GDPR Art. 6(1) and,
// for what concerns a child's safety, Art. 9(2)(c).
func Bases() []string { return []string{"task", "law", "vital", "consent"} }

// SettleSecond is the answer of a second person.
type SettleSecond struct {
	ID      int64
	Release bool
	Basis   string // one of Bases, for a release
	Reason  string
	// Still are the findings that block the letter now, read again. A release needs
	// them to be those that the author asked about, and Digest to be the same.
	Still  []SecondFinding
	Digest string
}

// Second is a look that the actor may know: their own, or one that they may answer.
func (d *Desk) Second(ctx context.Context, a access.Actor, id int64) (*SecondLook, error) {
	s, err := d.store.SecondByID(ctx, id)
	if err != nil {
		return nil, err
	}
	if _, err := d.store.Ticket(ctx, a, s.TicketRef); err != nil {
		return nil, err
	}
	if s.AuthorID != a.StaffID && !a.May(access.SecondLook) {
		return nil, fault.New(fault.NotFound, "We cannot find that. It may not exist, or you may not be able to see it")
	}
	return s, nil
}

// Seconds lists the looks that the actor may know, newest first.
func (d *Desk) Seconds(ctx context.Context, a access.Actor) ([]SecondLook, error) {
	return d.store.Seconds(ctx, a)
}

// SettleSecond releases a letter or refuses it. A release queues the letter for its
// author with the release in it; the dispatcher judges its final bytes again and
// lets it go only past exactly the findings that were released. The author is told
// either way. Faults: Denied (also to the author), NotFound, Invalid, Conflict.
func (d *Desk) SettleSecond(ctx context.Context, a access.Actor, r SettleSecond, now time.Time) (*Outgoing, error) {
	reason := strings.TrimSpace(r.Reason)
	switch {
	case !a.IsPerson():
		return nil, fault.New(fault.Denied, "Only a person can release a message")
	case reason == "":
		return nil, fault.New(fault.Invalid, "Say why")
	case r.Release && !slices.Contains(Bases(), r.Basis):
		return nil, fault.New(fault.Invalid, "Choose a lawful basis")
	}
	var out *Outgoing
	err := d.write(ctx, a, now, func(w *work) error {
		s, t, err := w.secondToSettle(ctx, r.ID)
		if err != nil {
			return err
		}
		s.SettledBy, s.SettledAt, s.Answer = a.StaffID, &w.now, NewPrivateText(reason)
		kind, action, detail := EvSecondRefused, audit.SecondRefused, map[string]string{}
		s.State = SecondRefused
		if r.Release {
			if out, err = w.queueReleased(ctx, s, r, reason); err != nil {
				return err
			}
			s.State, s.Basis, s.OutgoingID = SecondReleased, r.Basis, out.ID
			kind, action = EvSecondReleased, audit.SecondReleased
			detail["basis"], detail["letter"] = r.Basis, strconv.FormatInt(out.ID, 10)
		}
		if err := w.tx.UpdateSecond(ctx, s); err != nil {
			return err
		}
		if _, err := w.event(ctx, t, kind, map[string]any{"second_id": s.ID, "rules": s.rules()}); err != nil {
			return err
		}
		if err := w.auditSecond(ctx, action, s, detail); err != nil {
			return err
		}
		return w.tellAuthor(ctx, s, t)
	})
	return out, err
}

// secondToSettle is an open look that the actor may answer, locked.
func (w *work) secondToSettle(ctx context.Context, id int64) (*SecondLook, *Ticket, error) {
	if err := allowed(w.actor, access.SecondLook); err != nil {
		return nil, nil, err
	}
	s, err := w.tx.SecondByID(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	if _, err := w.tx.Ticket(ctx, w.actor, s.TicketRef); err != nil {
		return nil, nil, err
	}
	if s.AuthorID == w.actor.StaffID {
		return nil, nil, fault.New(fault.Denied, "Someone else has to release your message")
	}
	if !s.Waits(w.now) {
		return nil, nil, fault.New(fault.Conflict, "This was answered already, or nobody answered within a day. The author can ask again")
	}
	t, err := w.tx.TicketByID(ctx, s.TicketID)
	return s, t, err
}

// queueReleased queues the letter in its author's name. What changed since the
// author asked (text, people, case, findings, the author's own rights) ends it.
func (w *work) queueReleased(ctx context.Context, s *SecondLook, r SettleSecond, reason string) (*Outgoing, error) {
	changed := fault.New(fault.Conflict, "Something changed since the author asked. Nothing was sent. The author has to check the message again")
	if r.Digest != s.Digest || !sameFindings(r.Still, s.Findings) {
		return nil, changed
	}
	author, err := w.tx.ActorOf(ctx, s.AuthorID)
	if err != nil {
		return nil, err
	}
	own := *w
	own.actor = author
	t, err := own.ticket(ctx, s.TicketRef, access.SendReply)
	if err != nil {
		return nil, changed
	}
	if err := own.stale(ctx, t, s.Letter.SeenVersion); err != nil {
		return nil, err
	}
	o, to, err := own.writeLetter(ctx, t, s.Letter)
	if err != nil {
		return nil, err
	}
	o.Digest = s.Digest
	for _, f := range s.Findings {
		o.Confirmed = append(o.Confirmed, Confirmation{
			Rule: f.Rule, Mailbox: f.Mailbox, Seen: f.Seen, Reason: reason, Basis: r.Basis, By: w.actor.StaffID, At: w.now,
		})
	}
	if err := own.queue(ctx, o, to); err != nil {
		return nil, err
	}
	if _, err := own.event(ctx, t, EvReplyQueued, map[string]any{"outgoing_id": o.ID}); err != nil {
		return nil, err
	}
	return o, w.auditQueued(ctx, o)
}

// sameFindings reports whether two lists name the same findings, in any order.
func sameFindings(a, b []SecondFinding) bool {
	for _, f := range a {
		if !slices.Contains(b, f) {
			return false
		}
	}
	for _, f := range b {
		if !slices.Contains(a, f) {
			return false
		}
	}
	return len(a) > 0
}

func (w *work) tellAuthor(ctx context.Context, s *SecondLook, t *Ticket) error {
	author, err := w.staff(ctx, s.AuthorID)
	if errors.Is(err, errNoStaff) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = w.notify(ctx, t, TemplateSecondDone, []register.Staff{*author}, map[string]string{FieldLink: w.d.s.page("/release/" + strconv.FormatInt(s.ID, 10))})
	return err
}
