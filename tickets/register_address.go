package tickets

import (
	"context"
	"slices"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// AddAddress records an e-mail address of a person. It starts unverified.
func (d *Desk) AddAddress(ctx context.Context, a access.Actor, personID int64, email string, confidential bool, now time.Time) (*register.Address, error) {
	var out *register.Address
	err := d.changeRegister(ctx, a, access.AddToRegister, now, func(w *work) error {
		p, cases, err := w.known(ctx, personID)
		if err != nil {
			return err
		}
		if out, err = w.newAddress(ctx, p, email, confidential); err != nil {
			return err
		}
		return w.recordedOnAll(ctx, cases, audit.AddressChanged, objectOf("address", out.ID), "address_added")
	})
	return out, err
}

// known is a person with addresses and numbers, and the cases that the actor
// knows them from.
func (w *work) known(ctx context.Context, personID int64) (register.Party, []CaseView, error) {
	person, cases, _, err := w.someone(ctx, personID)
	if err != nil {
		return register.Party{}, nil, err
	}
	for i := range cases {
		if p, ok := cases[i].party(personID); ok {
			return p, cases, nil
		}
	}
	return register.Party{Person: *person}, cases, nil
}

func (w *work) newAddress(ctx context.Context, p register.Party, email string, confidential bool) (*register.Address, error) {
	x := &register.Address{PersonID: p.Person.ID, Email: email, Mailbox: register.FoldMailbox(email), Confidential: confidential, CreatedAt: w.now}
	if !plainAddress(email) {
		return nil, fault.New(fault.Invalid, "This is not an address that a letter could go to")
	}
	for _, o := range p.Addresses {
		if o.Mailbox == x.Mailbox {
			return nil, fault.New(fault.Conflict, "This address is recorded already")
		}
	}
	own, err := w.tx.Mailboxes(ctx)
	if err != nil {
		return nil, err
	}
	if isOwnMailbox(email, own) {
		return nil, fault.New(fault.Refused, "This is one of our own mailboxes. A family cannot be reached there")
	}
	return x, w.tx.InsertAddress(ctx, x)
}

// HowVerified lists how an address or a number can be verified, as codes with the
// words of the form.
func HowVerified() []AlertAction {
	return []AlertAction{
		{"replied", "They answered from it and said something only they would know"},
		{"in_person", "They showed or told it to us in person"},
		{"phone", "They confirmed it on the telephone, on a number that we had before"},
		{"letter", "They confirmed it in a letter"},
		{"document", "It is in a document of theirs that we have seen"},
		{"case_system", "The council's case system says that it was checked"},
	}
}

func howVerified(how string) error {
	if !slices.ContainsFunc(HowVerified(), func(x AlertAction) bool { return x.Code == how }) {
		return fault.New(fault.Invalid, "Say how it was verified")
	}
	return nil
}

// VerifyAddress says that an address is the person's, and how that is known. A
// letter that came back since makes it doubtful again.
func (d *Desk) VerifyAddress(ctx context.Context, a access.Actor, addressID int64, how string, now time.Time) error {
	return d.changeRegister(ctx, a, access.ManageRegister, now, func(w *work) error {
		if err := howVerified(how); err != nil {
			return err
		}
		x, err := w.tx.AddressByID(ctx, addressID)
		if err != nil {
			return err
		}
		_, cases, err := w.known(ctx, x.PersonID)
		if err != nil {
			return err
		}
		at := w.now
		x.VerifiedAt, x.Bounced = &at, 0
		if err := w.tx.UpdateAddress(ctx, x); err != nil {
			return err
		}
		return w.recordedOnAll(ctx, cases, audit.AddressChanged, objectOf("address", x.ID), "address_verified_"+how)
	})
}

// AddressWorks takes the mark off an address from which letters came back: somebody
// has spoken to its owner, or the fault was ours. Whether it is the owner's is
// another question (VerifyAddress).
func (d *Desk) AddressWorks(ctx context.Context, a access.Actor, addressID int64, now time.Time) error {
	return d.changeRegister(ctx, a, access.AddToRegister, now, func(w *work) error {
		x, err := w.tx.AddressByID(ctx, addressID)
		if err != nil {
			return err
		}
		_, cases, err := w.known(ctx, x.PersonID)
		if err != nil || x.Bounced == 0 {
			return err
		}
		x.Bounced = 0
		if err := w.tx.UpdateAddress(ctx, x); err != nil {
			return err
		}
		return w.recordedOnAll(ctx, cases, audit.AddressChanged, objectOf("address", x.ID), "address_works")
	})
}

// MarkAddress says whether an address must not be seen by anybody else on the
// case. Taking the mark away takes the permission for restrictions and a reason,
// and is refused while the person's address is protected.
func (d *Desk) MarkAddress(ctx context.Context, a access.Actor, addressID int64, confidential bool, reason string, now time.Time) error {
	return d.changeRegister(ctx, a, access.AddToRegister, now, func(w *work) error {
		x, err := w.tx.AddressByID(ctx, addressID)
		if err != nil {
			return err
		}
		_, cases, err := w.known(ctx, x.PersonID)
		if err != nil {
			return err
		}
		if x.Confidential == confidential {
			return nil
		}
		if !confidential {
			if err := w.uncover(ctx, x.PersonID, "address_confidential", reason); err != nil {
				return err
			}
		}
		x.Confidential = confidential
		if err := w.tx.UpdateAddress(ctx, x); err != nil {
			return err
		}
		return w.recordedOnAll(ctx, cases, audit.AddressChanged, objectOf("address", x.ID), "address_confidential")
	})
}

// uncover is what taking a mark of confidence from an address or a number asks.
func (w *work) uncover(ctx context.Context, personID int64, what, reason string) error {
	_, cases, all, err := w.someone(ctx, personID)
	if err != nil {
		return err
	}
	if !all {
		return notAllSeen()
	}
	for i := range cases {
		v := &cases[i]
		p, _ := v.party(personID)
		f, err := w.tx.CaseFacts(ctx, v.ID)
		if err != nil {
			return err
		}
		_, hidden := marks(f.Restrictions, personID)
		if hidden || p.Link.AddressHidden {
			return fault.New(fault.Refused, "The person's address is protected on a case. That restriction has to be ended first")
		}
		if err := w.loosening(ctx, v.ID, personID, what, reason); err != nil {
			return err
		}
	}
	if len(cases) == 0 {
		return w.loosening(ctx, 0, personID, what, reason)
	}
	return nil
}

// RemoveAddress takes an address away. It is refused while a restriction concerns
// the person: by its addresses alone we recognise somebody to whom we must not
// write.
func (d *Desk) RemoveAddress(ctx context.Context, a access.Actor, addressID int64, reason string, now time.Time) error {
	return d.changeRegister(ctx, a, access.ManageRegister, now, func(w *work) error {
		x, err := w.tx.AddressByID(ctx, addressID)
		if err != nil {
			return err
		}
		cases, err := w.mayForget(ctx, x.PersonID, "address_removed", reason)
		if err != nil {
			return err
		}
		if err := w.tx.DeleteAddress(ctx, x.ID); err != nil {
			return err
		}
		return w.recordedOnAll(ctx, cases, audit.AddressChanged, objectOf("address", x.ID), "address_removed")
	})
}

// mayForget is what taking away a way to reach somebody asks.
func (w *work) mayForget(ctx context.Context, personID int64, what, reason string) ([]CaseView, error) {
	_, cases, all, err := w.someone(ctx, personID)
	if err != nil {
		return nil, err
	}
	if oneLine(reason) == "" {
		return nil, fault.New(fault.Invalid, "Say why it is taken away")
	}
	if !all {
		return nil, notAllSeen()
	}
	for i := range cases {
		v := &cases[i]
		p, _ := v.party(personID)
		f, err := w.tx.CaseFacts(ctx, v.ID)
		if err != nil {
			return nil, err
		}
		if p.Link.NoContact || p.Link.AddressHidden || slices.ContainsFunc(f.Restrictions, func(r register.Restriction) bool {
			return r.EndedAt == nil && (r.PersonID == personID || r.AgainstID == personID)
		}) {
			return nil, fault.New(fault.Refused, "A restriction concerns this person, and we recognise them by it. It stays until the restriction has ended")
		}
		if err := w.reason(ctx, v.ID, personID, what, reason); err != nil {
			return nil, err
		}
	}
	return cases, nil
}
