package tickets

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// errChanged says that a line is not any more what it was made from.
var errChanged = errors.New("the line has changed")

// MailingClaim is one letter of a mailing as it would go, for the check and for
// whoever looks at it; nothing is queued. Digest binds what is confirmed to it.
// Faults: Denied, NotFound; Refused, in words, when this person gets none.
func (d *Desk) MailingClaim(ctx context.Context, a access.Actor, mailingID, letterID int64, now time.Time) (c *Claim, digest string, err error) {
	err = d.write(ctx, a, now, func(w *work) error {
		m, err := w.mailing(ctx, mailingID)
		if err != nil {
			return err
		}
		l, err := w.mailingLetter(ctx, m, letterID)
		if err != nil {
			return err
		}
		if c, digest, err = w.mailingClaim(ctx, m, l); err != nil {
			return err
		}
		return errOnlyLooking
	})
	if !errors.Is(err, errOnlyLooking) {
		return nil, "", err
	}
	return c, digest, nil
}

// mailingLetter is a line of m whose case the actor may see, locked.
func (w *work) mailingLetter(ctx context.Context, m *Mailing, id int64) (*MailingLetter, error) {
	list, err := w.tx.MailingLetters(ctx, w.actor, MailingQuery{MailingID: m.ID, LetterID: id, Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fault.New(fault.NotFound, "We cannot find that. It may not exist, or you may not be able to see it")
	}
	return w.tx.MailingLetterByID(ctx, id)
}

// mailingClaim makes the letter of a line anew from the register as it is now. A line
// whose person gets none any more is fault.Refused with the reason.
func (w *work) mailingClaim(ctx context.Context, m *Mailing, l *MailingLetter) (*Claim, string, error) {
	kase, err := w.tx.CaseByID(ctx, l.CaseID)
	if err != nil {
		return nil, "", err
	}
	facts, err := mailingCase(ctx, w.tx, *kase)
	if err != nil {
		return nil, "", err
	}
	if !kase.Open {
		return nil, "", fault.New(fault.Refused, "The case is closed")
	}
	var fresh *MailingLetter
	for _, x := range MailingPeople(facts, localDate(w.now)) {
		if x.PersonID == l.PersonID {
			fresh = &x
		}
	}
	p, ok := party(facts.Parties, l.PersonID)
	switch {
	case fresh == nil || !ok:
		return nil, "", fault.New(fault.Refused, "They are no longer on the case")
	case fresh.State != MailingWaiting:
		return nil, "", fault.New(fault.Refused, fresh.Why)
	}
	body, err := w.mailingBody(ctx, m, facts, p)
	if err != nil {
		return nil, "", err
	}
	box, err := w.tx.MailboxByID(ctx, m.MailboxID)
	if err != nil {
		return nil, "", err
	}
	now := *l
	now.Name, now.Email = fresh.Name, fresh.Email
	c := &Claim{
		Mailbox: *box, Case: kase,
		Letter: Outgoing{
			CaseID: l.CaseID, MailboxID: m.MailboxID, Purpose: PurposeReply, AuthorID: m.AuthorID, Subject: m.Subject, Body: body,
			Fields: map[string]string{FieldMailing: fmt.Sprint(m.ID)}, Confirmed: ownWord(l.Confirmed), AfterSend: StateAnswered, Files: slices.Clone(m.Files),
			CreatedAt: w.now, ReleaseAt: w.now, QueuedMode: string(w.d.s.Mode), AuthorName: m.AuthorName,
			Deliveries: []Delivery{{
				PersonID: l.PersonID, Name: fresh.Name, Email: fresh.Email, Mailbox: register.FoldMailbox(fresh.Email),
				MessageID: "draft@" + domainOf(box.Address), State: Claimed, NextAt: w.now, UpdatedAt: w.now,
			}},
		},
	}
	if c.Author, err = w.tx.StaffByID(ctx, m.AuthorID); err != nil {
		return nil, "", err
	}
	return c, letterDigest(m, &now, body), w.setOut(ctx, c)
}

// MailingWork is one line that waits for the check.
type MailingWork struct{ MailingID, LetterID, AuthorID int64 }

// MailingsToCheck lists lines that the check has not seen, at most limit. A mailing
// whose lines were all seen is ready with that.
func (d *Desk) MailingsToCheck(ctx context.Context, limit int, now time.Time) ([]MailingWork, error) {
	ids, err := d.store.MailingsIn(ctx, MailingChecking)
	if err != nil {
		return nil, err
	}
	var out []MailingWork
	for _, id := range ids {
		lines, err := d.store.MailingUnchecked(ctx, id, limit-len(out))
		if err != nil {
			return nil, err
		}
		if len(lines) == 0 {
			if err := d.mailingChecked(ctx, id, now); err != nil {
				return nil, err
			}
			continue
		}
		m, err := d.store.MailingByID(ctx, id)
		if err != nil {
			return nil, err
		}
		for _, l := range lines {
			out = append(out, MailingWork{MailingID: id, LetterID: l, AuthorID: m.AuthorID})
		}
		if len(out) >= limit {
			break
		}
	}
	return out, nil
}

func (d *Desk) mailingChecked(ctx context.Context, id int64, now time.Time) error {
	return d.write(ctx, access.System("mailing"), now, func(w *work) error {
		m, err := w.tx.MailingByID(ctx, id)
		if err != nil || m.State != MailingChecking {
			return err
		}
		left, err := w.tx.MailingUnchecked(ctx, id, 1)
		if err != nil || len(left) > 0 {
			return err
		}
		m.State = MailingReady
		return w.tx.UpdateMailing(ctx, m)
	})
}

// MailingVerdict is what the check says of one line.
type MailingVerdict struct {
	MailingID, LetterID int64
	Digest              string // of MailingClaim
	Decision            string // of the guard
	Findings            []MailingFinding
	// Refused is why this person gets no letter at all; the rest is empty then.
	Refused string
}

// MailingJudged records it. What blocks takes the family off the list, with the reason.
// It does nothing when the line was changed, queued or taken off since. Only hearback's
// own step calls it, and the page after it has asked the check anew.
func (d *Desk) MailingJudged(ctx context.Context, v MailingVerdict, now time.Time) error {
	err := d.write(ctx, access.System("mailing"), now, func(w *work) error {
		m, err := w.tx.MailingByID(ctx, v.MailingID)
		if err != nil {
			return err
		}
		l, err := w.tx.MailingLetterByID(ctx, v.LetterID)
		if err != nil {
			return err
		}
		if l.MailingID != m.ID || l.State != MailingWaiting || m.State != MailingChecking && m.State != MailingReady {
			return errChanged
		}
		l.CheckedAt, l.Decision, l.Findings, l.Digest, l.Confirmed = &w.now, v.Decision, v.Findings, v.Digest, nil
		switch {
		case v.Refused != "":
			l.State, l.Why = MailingLeftOut, v.Refused
		case v.Decision == "block":
			l.State, l.Why = MailingLeftOut, "Stopped by the check. "+findingWords(v.Findings, "block")
		}
		return w.tx.UpdateMailingLetter(ctx, l)
	})
	if errors.Is(err, errChanged) || notFound(err) {
		return nil
	}
	return err
}

func findingWords(list []MailingFinding, decision string) string {
	var out []string
	for _, f := range list {
		if f.Decision == decision && !slices.Contains(out, f.Words) {
			out = append(out, f.Words)
		}
	}
	return strings.Join(out, " ")
}

// ConfirmMailingLetter records that the author means what the check asked about, for
// one family. Digest and findings are of the check just now: what was confirmed is what
// goes. Faults: Denied, NotFound, Conflict, Invalid.
func (d *Desk) ConfirmMailingLetter(ctx context.Context, a access.Actor, v MailingVerdict, confirmed []Confirmation, now time.Time) error {
	return d.write(ctx, a, now, func(w *work) error {
		m, l, err := w.ownMailingLetter(ctx, v.MailingID, v.LetterID)
		if err != nil {
			return err
		}
		l.CheckedAt, l.Decision, l.Findings, l.Digest = &w.now, v.Decision, v.Findings, v.Digest
		l.Confirmed = ownWord(confirmed)
		if v.Decision == "block" || v.Refused != "" {
			return fault.New(fault.Refused, "The check stops this letter. Take the family off the list. Nothing was sent")
		}
		if len(l.Unanswered()) > 0 {
			return fault.New(fault.Invalid, "Tick every question, or take the family off the list")
		}
		if err := w.tx.UpdateMailingLetter(ctx, l); err != nil {
			return err
		}
		if err := w.listChanged(ctx, m); err != nil {
			return err
		}
		return w.audit(ctx, audit.FindingConfirmed, objectOf("mailing", m.ID), l.CaseID, map[string]string{"rules": rulesConfirmed(l.Confirmed)})
	})
}

func rulesConfirmed(list []Confirmation) string {
	var rules []string
	for _, c := range list {
		rules = append(rules, c.Rule)
	}
	rules = withoutTone(rules)
	slices.Sort(rules)
	return strings.Join(slices.Compact(rules), " ")
}

// RemoveMailingLetter takes a family off the list, with the author's reason.
func (d *Desk) RemoveMailingLetter(ctx context.Context, a access.Actor, mailingID, letterID int64, reason string, now time.Time) error {
	return d.write(ctx, a, now, func(w *work) error {
		m, l, err := w.ownMailingLetter(ctx, mailingID, letterID)
		if err != nil {
			return err
		}
		l.State, l.Why = MailingRemoved, "Taken off the list by "+w.actor.Name
		if r := oneLine(reason); r != "" {
			l.Why += ": " + r
		}
		if err := w.tx.UpdateMailingLetter(ctx, l); err != nil {
			return err
		}
		if err := w.listChanged(ctx, m); err != nil {
			return err
		}
		return w.audit(ctx, audit.MailingChanged, objectOf("mailing", m.ID), l.CaseID, map[string]string{"what": "removed"})
	})
}

func (w *work) ownMailingLetter(ctx context.Context, mailingID, letterID int64) (*Mailing, *MailingLetter, error) {
	m, err := w.ownMailing(ctx, mailingID, 0)
	if err != nil {
		return nil, nil, err
	}
	l, err := w.mailingLetter(ctx, m, letterID)
	if err != nil {
		return nil, nil, err
	}
	if l.State != MailingWaiting {
		return nil, nil, fault.New(fault.Conflict, "This family gets no letter of this mailing")
	}
	return m, l, nil
}

// listChanged voids what was asked for: the list is another one.
func (w *work) listChanged(ctx context.Context, m *Mailing) error {
	m.Version++
	m.ChangedAt = w.now
	if m.State == MailingAsked {
		m.State, m.AskedAt, m.Digest = MailingReady, nil, ""
	}
	return w.tx.UpdateMailing(ctx, m)
}
