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

// AskStaffDomain asks that a domain is, or is no longer, one of the council's
// staff. It changes nothing until a second person has approved it.
func (d *Desk) AskStaffDomain(ctx context.Context, a access.Actor, domain string, remove bool, now time.Time) (*register.DomainChange, error) {
	clean, err := register.CheckStaffDomain(domain)
	if err != nil {
		return nil, err
	}
	var out *register.DomainChange
	err = d.changeRegister(ctx, a, access.ManageDomains, now, func(w *work) error {
		list, err := w.tx.StaffDomains(ctx)
		if err != nil {
			return err
		}
		switch listed := slices.Contains(list, clean); {
		case listed && !remove:
			return fault.New(fault.Conflict, "This domain is on the list already")
		case !listed && remove:
			return fault.New(fault.Conflict, "This domain is not on the list")
		case remove && len(list) == 1:
			return fault.New(fault.Refused, "This is the only domain of staff. Add another first")
		}
		open, err := w.tx.DomainChanges(ctx, true)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(open, func(c register.DomainChange) bool { return c.Domain == clean }) {
			return fault.New(fault.Conflict, "A change of this domain waits already")
		}
		out = &register.DomainChange{Domain: clean, Remove: remove, AskedBy: a.StaffID, AskedAt: w.now}
		if err := w.tx.InsertDomainChange(ctx, out); err != nil {
			return err
		}
		return w.audit(ctx, audit.DomainAsked, objectOf("staff_domain", out.ID), 0, domainDetail(*out))
	})
	return out, err
}

// SettleStaffDomain approves or refuses a change that waits. Who asked may take it
// back and not approve it. What is approved counts at once.
func (d *Desk) SettleStaffDomain(ctx context.Context, a access.Actor, id int64, approve bool, now time.Time) error {
	return d.changeRegister(ctx, a, access.ManageDomains, now, func(w *work) error {
		open, err := w.tx.DomainChanges(ctx, true)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(open, func(c register.DomainChange) bool { return c.ID == id })
		if i < 0 {
			return fault.New(fault.Conflict, "This change does not wait any more")
		}
		c, at := open[i], w.now
		if approve && c.AskedBy == a.StaffID {
			return fault.New(fault.Denied, "You asked for this yourself. Somebody else has to approve it")
		}
		c.SettledAt, c.Refused = &at, !approve
		if c.AskedBy != a.StaffID {
			c.ApprovedBy = a.StaffID
		}
		if err := w.tx.SettleDomainChange(ctx, &c); err != nil {
			return err
		}
		if approve {
			list, err := w.tx.StaffDomains(ctx)
			if err != nil {
				return err
			}
			if list = register.ApplyDomains(list, []register.DomainChange{c}); len(list) == 0 {
				return fault.New(fault.Refused, "This is the only domain of staff. Add another first")
			}
			if err := w.tx.SetStaffDomains(ctx, list); err != nil {
				return err
			}
		}
		detail := domainDetail(c)
		detail["approved"] = yesNo(approve)
		return w.audit(ctx, audit.DomainChanged, objectOf("staff_domain", c.ID), 0, detail)
	})
}

// RegisterStaffDomains puts the list of the configuration into the register when
// the program starts, with what two people have changed since on top: a domain that
// they took away does not come back with a restart, and one that they added stays.
func (d *Desk) RegisterStaffDomains(ctx context.Context, configured []string, now time.Time) error {
	var base []string
	for _, c := range configured {
		clean, err := register.CheckStaffDomain(c)
		if err != nil {
			return err
		}
		base = append(base, clean)
	}
	return d.write(ctx, access.System("start"), now, func(w *work) error {
		settled, err := w.tx.DomainsApproved(ctx)
		if err != nil {
			return err
		}
		list := register.ApplyDomains(base, settled)
		if len(list) == 0 {
			return fault.New(fault.Invalid, "No domain of staff is left: two people took away those that the configuration lists. List another one")
		}
		current, err := w.tx.StaffDomains(ctx)
		if err != nil {
			return err
		}
		if slices.Equal(current, list) {
			return nil
		}
		return w.tx.SetStaffDomains(ctx, list)
	})
}

func domainDetail(c register.DomainChange) map[string]string {
	return map[string]string{"domain": c.Domain, "remove": yesNo(c.Remove)}
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
