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

// AddCaseRequest opens the case of a child. Reference, name, officer and fall-back
// owner are required.
type AddCaseRequest struct {
	Ref, ChildName          string
	DOB                     string // 2006-01-02
	UPN, NHS, School, Stage string
	TeamID                  int64 // 0: the actor's team
	OfficerID, FallbackID   int64
	Restricted              bool
}

// AddCase opens a case. fault.Conflict when there is one with the reference.
func (d *Desk) AddCase(ctx context.Context, a access.Actor, r AddCaseRequest, now time.Time) (*register.Case, error) {
	var out *register.Case
	err := d.changeRegister(ctx, a, access.ManageRegister, now, func(w *work) error {
		c := &register.Case{
			Ref: strings.ToUpper(strings.TrimSpace(r.Ref)), ChildName: plainName(r.ChildName), DOB: r.DOB, UPN: r.UPN, NHS: r.NHS,
			School: plainName(r.School), Stage: plainName(r.Stage), TeamID: r.TeamID, OfficerID: r.OfficerID, FallbackID: r.FallbackID,
			Restricted: r.Restricted, Open: true, CreatedAt: w.now,
		}
		if c.TeamID == 0 && len(a.TeamIDs) > 0 {
			c.TeamID = a.TeamIDs[0]
		}
		if err := cleanCase(c, localDate(w.now)); err != nil {
			return err
		}
		if c.TeamID == 0 {
			return fault.New(fault.Invalid, "Choose the team")
		}
		if _, err := w.tx.TeamByID(ctx, c.TeamID); err != nil {
			return fault.Wrap(fault.Invalid, "There is no such team", err)
		}
		if err := w.insertCase(ctx, c); err != nil {
			return err
		}
		if err := w.holders(ctx, c, c.OfficerID, c.FallbackID); err != nil {
			return err
		}
		// Whoever opens a case for another team would never see it again.
		if _, err := w.tx.Case(ctx, a, c.Ref); err != nil {
			return fault.Wrap(fault.Denied, "You cannot open a case that you would not see yourself. A team lead of that team can", err)
		}
		out = c
		return w.audit(ctx, audit.CaseChanged, c.Ref, c.ID, map[string]string{"what": "added"})
	})
	return out, err
}

// insertCase keeps the fault of a taken reference in words that disclose nothing
// about whose it is.
func (w *work) insertCase(ctx context.Context, c *register.Case) error {
	err := w.tx.Savepoint(ctx, func() error { return w.tx.InsertCase(ctx, c) })
	if fault.Is(err, fault.Conflict) {
		return fault.Wrap(fault.Conflict, "This reference is taken", err)
	}
	return err
}

// ChangeCaseRequest changes what is not nil.
type ChangeCaseRequest struct {
	Ref                                     string
	ChildName, DOB, UPN, NHS, School, Stage *string
	TeamID                                  *int64
	Restricted, Open                        *bool
	Reason                                  string // needed for lifting Restricted
}

// ChangeCase changes a case. Lifting "restricted" shows it to a whole team: that
// takes somebody who may end restrictions, and a reason.
func (d *Desk) ChangeCase(ctx context.Context, a access.Actor, r ChangeCaseRequest, now time.Time) error {
	return d.changeRegister(ctx, a, access.ManageRegister, now, func(w *work) error {
		v, err := w.caseRef(ctx, r.Ref)
		if err != nil {
			return err
		}
		c, changed := v.Case, []string{}
		set := func(what string, to *string, field *string) {
			if to != nil && plainName(*to) != *field {
				*field, changed = plainName(*to), append(changed, what)
			}
		}
		set("child_name", r.ChildName, &c.ChildName)
		set("dob", r.DOB, &c.DOB)
		set("upn", r.UPN, &c.UPN)
		set("nhs", r.NHS, &c.NHS)
		set("school", r.School, &c.School)
		set("stage", r.Stage, &c.Stage)
		if r.TeamID != nil && *r.TeamID != c.TeamID {
			if _, err := w.tx.TeamByID(ctx, *r.TeamID); err != nil {
				return fault.Wrap(fault.Invalid, "There is no such team", err)
			}
			c.TeamID, changed = *r.TeamID, append(changed, "team")
		}
		if r.Open != nil && *r.Open != c.Open {
			c.Open, changed = *r.Open, append(changed, "open")
		}
		if r.Restricted != nil && *r.Restricted != c.Restricted {
			if c.Restricted {
				if err := allowed(a, access.EndRestrictions); err != nil {
					return err
				}
				if err := w.loosening(ctx, c.ID, 0, "case_unrestricted", r.Reason); err != nil {
					return err
				}
			}
			c.Restricted, changed = *r.Restricted, append(changed, "restricted")
		}
		if len(changed) == 0 {
			return nil
		}
		if err := cleanCase(&c, localDate(w.now)); err != nil {
			return err
		}
		if err := w.tx.UpdateCase(ctx, &c); err != nil {
			return err
		}
		return w.recorded(ctx, v, audit.CaseChanged, c.Ref, "case", map[string]string{"fields": strings.Join(changed, " ")})
	})
}

// OfficerRequest says who works on a case.
type OfficerRequest struct {
	Ref                   string
	OfficerID, FallbackID int64
}

// SetOfficer names the officer of a case and who answers when the officer cannot.
// Both are needed and are two people: a case without one is an alarm.
func (d *Desk) SetOfficer(ctx context.Context, a access.Actor, r OfficerRequest, now time.Time) error {
	return d.changeRegister(ctx, a, access.ManageRegister, now, func(w *work) error {
		v, err := w.caseRef(ctx, r.Ref)
		if err != nil {
			return err
		}
		c := v.Case
		same := c.OfficerID == r.OfficerID && c.FallbackID == r.FallbackID
		c.OfficerID, c.FallbackID = r.OfficerID, r.FallbackID
		if err := w.tx.UpdateCase(ctx, &c); err != nil {
			return err
		}
		if err := w.holders(ctx, &c, r.OfficerID, r.FallbackID); err != nil || same {
			return err
		}
		return w.recorded(ctx, v, audit.CaseChanged, c.Ref, "officer", nil)
	})
}

// holders checks who is to work on a case: two different people with accounts who
// may write to families.
func (w *work) holders(ctx context.Context, c *register.Case, officerID, fallbackID int64) error {
	if officerID == 0 {
		return fault.New(fault.Invalid, "Choose a named officer")
	}
	if fallbackID == 0 {
		return fault.New(fault.Invalid, "Choose who answers when the named officer cannot")
	}
	if officerID == fallbackID {
		return fault.New(fault.Invalid, "Choose somebody else to answer when the named officer cannot")
	}
	for _, id := range []int64{officerID, fallbackID} {
		s, err := w.staff(ctx, id)
		if err != nil {
			return fault.Wrap(fault.Invalid, "Choose a colleague with an account", err)
		}
		who := staffActor(s)
		if !who.May(access.SendReply) {
			return fault.Newf(fault.Refused, "%s cannot do this work. Choose somebody else", s.Name)
		}
		if _, err := w.tx.Case(ctx, who, c.Ref); err != nil {
			if notFound(err) {
				return fault.Newf(fault.Refused, "%s cannot see this case. Choose somebody else", s.Name)
			}
			return err
		}
	}
	return nil
}

// caseRefForm: letters, a hyphen or slash, digits; what the council's case system
// gives out. It must be one word that a mail can cite.
var caseRefForm = regexp.MustCompile(`^[A-Z0-9][A-Z0-9/-]{1,31}$`)

// cleanCase checks and straightens what somebody typed.
func cleanCase(c *register.Case, today string) error {
	if !caseRefForm.MatchString(c.Ref) {
		return fault.New(fault.Invalid, "The case reference is letters, digits and hyphens, for example WM-2201")
	}
	if c.ChildName == "" {
		return fault.New(fault.Invalid, "The child's name is missing")
	}
	var err error
	if c.DOB, err = localDay(c.DOB, "The date of birth"); err != nil {
		return err
	}
	if c.DOB > today || c.DOB != "" && c.DOB < "1980-01-01" {
		return fault.New(fault.Invalid, "The date of birth cannot be right")
	}
	c.UPN, c.NHS = register.CleanUPN(c.UPN), register.CleanNHS(c.NHS)
	if c.UPN != "" && !register.UPNValid(c.UPN) {
		return fault.New(fault.Invalid, "The unique pupil number is not right: its check letter does not fit")
	}
	if c.NHS != "" && !register.NHSValid(c.NHS) {
		return fault.New(fault.Invalid, "The NHS number is not right: its check digit does not fit")
	}
	return nil
}
