package tickets

import (
	"context"
	"regexp"
	"strings"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// PostalRequest is a postal address as somebody types it.
type PostalRequest struct {
	Lines        string // without the postcode, one line each
	Postcode     string
	Confidential bool
	FromOn, ToOn string // 2006-01-02; empty: not known, still
	Reason       string // of ChangePostal: needed when Confidential is taken away
}

// AddPostal records a postal address of a person. Where the person's address is
// protected on a case it is confidential from the start.
func (d *Desk) AddPostal(ctx context.Context, a access.Actor, personID int64, r PostalRequest, now time.Time) (*register.Postal, error) {
	var out *register.Postal
	err := d.changeRegister(ctx, a, access.AddToRegister, now, func(w *work) error {
		_, cases, err := w.known(ctx, personID)
		if err != nil {
			return err
		}
		x := &register.Postal{PersonID: personID, EnteredAt: w.now}
		if err := r.fill(x); err != nil {
			return err
		}
		for i := range cases {
			if p, ok := cases[i].party(personID); ok && p.Link.AddressHidden {
				x.Confidential = true
			}
		}
		if err := w.tx.InsertPostal(ctx, x); err != nil {
			return err
		}
		out = x
		return w.recordedOnAll(ctx, cases, audit.AddressChanged, objectOf("postal", x.ID), "postal_added")
	})
	return out, err
}

// ChangePostal replaces what is recorded about a postal address.
func (d *Desk) ChangePostal(ctx context.Context, a access.Actor, postalID int64, r PostalRequest, now time.Time) error {
	return d.changeRegister(ctx, a, access.ManageRegister, now, func(w *work) error {
		x, err := w.tx.PostalByID(ctx, postalID)
		if err != nil {
			return err
		}
		_, cases, err := w.known(ctx, x.PersonID)
		if err != nil {
			return err
		}
		was := x.Confidential
		if err := r.fill(x); err != nil {
			return err
		}
		if was && !x.Confidential {
			if err := w.uncover(ctx, x.PersonID, "postal_confidential", r.Reason); err != nil {
				return err
			}
		}
		if err := w.tx.UpdatePostal(ctx, x); err != nil {
			return err
		}
		return w.recordedOnAll(ctx, cases, audit.AddressChanged, objectOf("postal", x.ID), "postal")
	})
}

// postcodeForm: the outward and the inward part of a British postcode.
var postcodeForm = regexp.MustCompile(`^([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][A-Z]{2})$`)

func (r PostalRequest) fill(x *register.Postal) error {
	var lines []string
	for _, l := range strings.Split(r.Lines, "\n") {
		if l = plainName(l); l != "" {
			lines = append(lines, l)
		}
	}
	if len(lines) == 0 || len(lines) > 8 {
		return fault.New(fault.Invalid, "Give the address in one to eight lines")
	}
	code := strings.ToUpper(strings.Join(strings.Fields(r.Postcode), ""))
	if m := postcodeForm.FindStringSubmatch(code); m != nil {
		code = m[1] + " " + m[2]
	} else if code != "" {
		return fault.New(fault.Invalid, "This is no postcode")
	}
	var err error
	if x.FromOn, err = localDay(r.FromOn, "The first day"); err != nil {
		return err
	}
	if x.ToOn, err = localDay(r.ToOn, "The last day"); err != nil {
		return err
	}
	if x.FromOn != "" && x.ToOn != "" && x.ToOn < x.FromOn {
		return fault.New(fault.Invalid, "The last day is before the first")
	}
	x.Lines, x.Postcode, x.Confidential = strings.Join(lines, "\n"), code, r.Confidential
	return nil
}
