package tickets

import (
	"context"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// AddPhone records a telephone number of a person. It starts unverified.
func (d *Desk) AddPhone(ctx context.Context, a access.Actor, personID int64, number string, confidential bool, now time.Time) (*register.Phone, error) {
	var out *register.Phone
	err := d.changeRegister(ctx, a, access.AddToRegister, now, func(w *work) error {
		p, cases, err := w.known(ctx, personID)
		if err != nil {
			return err
		}
		if out, err = w.newPhone(ctx, p, number, confidential); err != nil {
			return err
		}
		return w.recordedOnAll(ctx, cases, audit.AddressChanged, objectOf("phone", out.ID), "phone_added")
	})
	return out, err
}

func (w *work) newPhone(ctx context.Context, p register.Party, number string, confidential bool) (*register.Phone, error) {
	x := &register.Phone{PersonID: p.Person.ID, Number: plainName(number), Digits: phoneDigits(number), Confidential: confidential}
	if n := len(x.Digits); n < 7 || n > 15 { // ITU-T E.164: at most 15
		return nil, fault.New(fault.Invalid, "This is no telephone number")
	}
	for _, o := range p.Phones {
		if o.Digits == x.Digits {
			return nil, fault.New(fault.Conflict, "This number is recorded already")
		}
	}
	return x, w.tx.InsertPhone(ctx, x)
}

// ChangePhoneRequest changes what is not nil. How is needed with Verified true,
// Reason with Confidential false.
type ChangePhoneRequest struct {
	PhoneID                       int64
	Verified, Confidential, Wrong *bool
	How, Reason                   string
}

// ChangePhone changes what is said about a number. Another number is a new one:
// what was verified was the old one.
func (d *Desk) ChangePhone(ctx context.Context, a access.Actor, r ChangePhoneRequest, now time.Time) error {
	return d.changeRegister(ctx, a, access.ManageRegister, now, func(w *work) error {
		x, err := w.tx.PhoneByID(ctx, r.PhoneID)
		if err != nil {
			return err
		}
		_, cases, err := w.known(ctx, x.PersonID)
		if err != nil {
			return err
		}
		if r.Verified != nil && *r.Verified != (x.VerifiedAt != nil) {
			x.VerifiedAt = nil
			if *r.Verified {
				if err := howVerified(r.How); err != nil {
					return err
				}
				at := w.now
				x.VerifiedAt = &at
			}
		}
		if r.Confidential != nil && *r.Confidential != x.Confidential {
			if !*r.Confidential {
				if err := w.uncover(ctx, x.PersonID, "phone_confidential", r.Reason); err != nil {
					return err
				}
			}
			x.Confidential = *r.Confidential
		}
		if r.Wrong != nil {
			if x.Wrong = *r.Wrong; x.Wrong {
				x.VerifiedAt = nil // somebody else answers it
			}
		}
		if err := w.tx.UpdatePhone(ctx, x); err != nil {
			return err
		}
		return w.recordedOnAll(ctx, cases, audit.AddressChanged, objectOf("phone", x.ID), "phone")
	})
}

// RemovePhone takes a number away, by the rules of [Desk.RemoveAddress].
func (d *Desk) RemovePhone(ctx context.Context, a access.Actor, phoneID int64, reason string, now time.Time) error {
	return d.changeRegister(ctx, a, access.ManageRegister, now, func(w *work) error {
		x, err := w.tx.PhoneByID(ctx, phoneID)
		if err != nil {
			return err
		}
		cases, err := w.mayForget(ctx, x.PersonID, "phone_removed", reason)
		if err != nil {
			return err
		}
		if err := w.tx.DeletePhone(ctx, x.ID); err != nil {
			return err
		}
		return w.recordedOnAll(ctx, cases, audit.AddressChanged, objectOf("phone", x.ID), "phone_removed")
	})
}
