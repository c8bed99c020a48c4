package tickets

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// HoldMost is the longest time in which a person can ask to take letters back.
const HoldMost = 10 * time.Minute

// setHold says from when a letter of a person may leave, and why that is later
// than usual. This is the one place that says what a letter of high risk is.
func (w *work) setHold(ctx context.Context, o *Outgoing, to []recipient) error {
	hold := w.d.s.Hold
	if author, err := w.tx.StaffByID(ctx, o.AuthorID); err == nil {
		hold = max(hold, min(time.Duration(author.HoldSeconds)*time.Second, HoldMost))
	} else if !notFound(err) {
		return err
	}
	var err error
	if o.HoldReasons, err = w.risks(ctx, o, to); err != nil {
		return err
	}
	if len(o.HoldReasons) > 0 {
		hold = max(hold, w.d.s.HighRiskHold)
	}
	o.ReleaseAt = w.now.Add(hold)
	return nil
}

// risks are the reasons, in words for the author, for which a mistake in this
// letter would be worse or likelier than in others; none for most letters.
func (w *work) risks(ctx context.Context, o *Outgoing, to []recipient) ([]string, error) {
	var why []string
	confirmed, released := false, false
	for _, c := range o.Confirmed {
		released = released || c.Released()
		confirmed = confirmed || !c.Released()
	}
	if confirmed {
		why = append(why, "you confirmed something that the check found")
	}
	if released {
		why = append(why, "a second person released it")
	}
	if o.CaseID != 0 {
		c, err := w.tx.CaseByID(ctx, o.CaseID)
		if err != nil {
			return nil, err
		}
		if c.Restricted {
			why = append(why, "only some people may see this case")
		}
		facts, err := w.tx.CaseFacts(ctx, o.CaseID)
		if err != nil {
			return nil, err
		}
		for _, r := range facts.Restrictions {
			if r.InForce(localDate(w.now)) {
				why = append(why, "somebody on this case must not be told everything")
				break
			}
		}
	}
	if len(to) > 1 {
		why = append(why, "it goes to several people")
	}
	if len(o.Files) > 0 {
		why = append(why, "files go with it")
	}
	for _, r := range to {
		before, err := w.tx.DeliveriesTo(ctx, register.FoldMailbox(r.email), time.Time{})
		if err != nil {
			return nil, err
		}
		if len(before) == 0 {
			why = append(why, fmt.Sprintf("it is the first letter to %s", r.email))
		}
	}
	return why, nil
}

// SetHold keeps how long a person likes to be able to take letters back. It may
// be longer than what the council has set, never shorter. Faults: Invalid.
func (d *Desk) SetHold(ctx context.Context, a access.Actor, hold time.Duration, now time.Time) error {
	if !a.IsPerson() {
		return fault.New(fault.Denied, "Only a person can set this")
	}
	if hold < d.s.Hold || hold > max(HoldMost, d.s.Hold) || hold%time.Second != 0 {
		return fault.Newf(fault.Invalid, "Choose a time from %s to %s", plainTime(d.s.Hold), plainTime(max(HoldMost, d.s.Hold)))
	}
	return d.write(ctx, a, now, func(w *work) error {
		s, err := w.tx.StaffByID(ctx, a.StaffID)
		if err != nil {
			return err
		}
		s.HoldSeconds = int(hold / time.Second)
		return w.tx.UpdateStaff(ctx, s)
	})
}

func plainTime(d time.Duration) string {
	if d%time.Minute == 0 && d >= 2*time.Minute {
		return fmt.Sprintf("%d minutes", d/time.Minute)
	}
	return fmt.Sprintf("%d seconds", d/time.Second)
}

// HoldOf says how long a letter would wait if it were sent now, and why that is
// longer than usual, for the page on which it is written. Faults as of Draft.
func (d *Desk) HoldOf(ctx context.Context, a access.Actor, r ReplyRequest, now time.Time) (time.Duration, []string, error) {
	o := &Outgoing{AuthorID: a.StaffID, Confirmed: ownWord(r.Confirmed), Files: make([]LetterFile, len(r.Files))}
	var at time.Time
	err := d.write(ctx, a, now, func(w *work) error {
		t, err := w.ticket(ctx, r.Ref, access.SendReply)
		if err != nil {
			return err
		}
		to, err := w.recipients(ctx, t, r)
		if err != nil {
			return err
		}
		o.CaseID, at = t.CaseID, w.now
		if err := w.setHold(ctx, o, to); err != nil {
			return err
		}
		return errOnlyLooking
	})
	if !errors.Is(err, errOnlyLooking) {
		return 0, nil, err
	}
	return o.ReleaseAt.Sub(at), o.HoldReasons, nil
}
