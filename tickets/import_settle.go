package tickets

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/caseload"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// ImportWait is a change of an import that waits for a person, as it is shown.
type ImportWait struct {
	ID      int64
	CaseRef string
	Why     string
	Change  caseload.Change
	At      time.Time // of the import
	Lead    bool      // only a team lead, safeguarding lead or head takes it
}

// ImportWaits lists what waits on the cases that the actor may know, oldest first,
// and how many there are.
func (d *Desk) ImportWaits(ctx context.Context, a access.Actor, limit int) ([]ImportWait, int, error) {
	if err := allowed(a, access.ManageRestrictions); err != nil {
		return nil, 0, err
	}
	rows, n, err := d.store.ImportWaiting(ctx, a, limit)
	if err != nil {
		return nil, 0, err
	}
	out := make([]ImportWait, 0, len(rows))
	when := map[int64]time.Time{}
	for _, r := range rows {
		x := ImportWait{ID: r.ID, Why: r.Why}
		if err := json.Unmarshal([]byte(r.Change), &x.Change); err != nil {
			return nil, 0, fault.Wrap(fault.Internal, "", err)
		}
		at, ok := when[r.ImportID]
		if !ok {
			i, err := d.store.ImportByID(ctx, r.ImportID)
			if err != nil {
				return nil, 0, err
			}
			at = i.DoneAt
			when[r.ImportID] = at
		}
		x.At, x.CaseRef, x.Lead = at, x.Change.CaseRef, needsLead(&x.Change)
		out = append(out, x)
	}
	return out, n, nil
}

// needsLead: who the child is, an officer can look up. Who may be told what, and
// who may see a case, is decided by somebody who answers for it.
func needsLead(c *caseload.Change) bool {
	switch c.Action {
	case caseload.SetCase:
		switch caseload.Field(c.Field) {
		case caseload.DOB, caseload.UPN, caseload.NHS:
			return false
		}
		return true
	case caseload.EndRestriction:
		return false // it only asks; a second person ends it
	}
	return true
}

// SettleWaiting takes over a change that an import left waiting, or leaves the
// register as it is; then the next imports do not ask again. Taking the end of a
// restriction only asks for it: a second person decides. fault.Conflict when the
// register has changed since, or somebody has settled it.
func (d *Desk) SettleWaiting(ctx context.Context, a access.Actor, id int64, take bool, reason string, now time.Time) error {
	if !a.IsPerson() {
		return fault.New(fault.Denied, "Only a person can decide on this")
	}
	if err := allowed(a, access.ManageRestrictions); err != nil {
		return err
	}
	return d.write(ctx, a, now, func(w *work) error {
		if take {
			if err := w.tx.LockRegister(ctx); err != nil {
				return err
			}
		}
		row, err := w.tx.WaitingByID(ctx, id)
		if err != nil {
			return err
		}
		c, err := w.tx.CaseByID(ctx, row.CaseID)
		if err != nil {
			return err
		}
		if _, err := w.tx.Case(ctx, a, c.Ref); err != nil {
			return err // what the actor may not know does not exist
		}
		if row.SettledAt != nil {
			return fault.New(fault.Conflict, "Somebody has settled this already")
		}
		var x caseload.Change
		if err := json.Unmarshal([]byte(row.Change), &x); err != nil {
			return fault.Wrap(fault.Internal, "", err)
		}
		if take {
			if err := w.takeWaiting(ctx, row, c, &x, plainLine(reason)); err != nil {
				return err
			}
		}
		at := w.now
		row.SettledBy, row.SettledAt, row.Taken = a.StaffID, &at, take
		if err := w.tx.SettleWaiting(ctx, row); err != nil {
			return err
		}
		detail := map[string]string{"taken": strconv.FormatBool(take), "action": string(x.Action), "field": x.Field}
		return w.audit(ctx, audit.RowSettled, "import_waiting:"+strconv.FormatInt(row.ID, 10), row.CaseID, detail)
	})
}

func (w *work) takeWaiting(ctx context.Context, row *register.Waiting, c *register.Case, x *caseload.Change, reason string) error {
	if needsLead(x) {
		if err := allowed(w.actor, access.EndRestrictions); err != nil {
			return err
		}
	}
	if reason == "" {
		return fault.New(fault.Invalid, "This makes something less strict. Say why")
	}
	if err := w.tx.InsertReason(ctx, &register.Reason{
		CaseID: row.CaseID, PersonID: row.PersonID, What: "import", Words: reason, By: w.actor.StaffID, At: w.now,
	}); err != nil {
		return err
	}
	changed := fault.New(fault.Conflict, "The register has changed since. Leave this as it is; the next import asks again if need be")
	switch x.Action {
	case caseload.SetCase:
		if caseSays(c, x) != x.From {
			return changed
		}
		if err := w.secondPerson(ctx, row, x); err != nil {
			return err
		}
		if err := setCase(c, x); err != nil {
			return err
		}
		if err := w.tx.UpdateCase(ctx, c); err != nil {
			return err
		}
	case caseload.SetLink:
		p, ok, err := w.partyOf(ctx, row.CaseID, row.PersonID)
		if err != nil {
			return err
		}
		if !ok || linkSays(&p.Link, x.Field) != x.From {
			return changed
		}
		if x.Field == "address_protected" {
			if err := w.noneProtects(ctx, row); err != nil {
				return err
			}
		}
		if err := setLink(&p.Link, x); err != nil {
			return err
		}
		if err := w.tx.UpdateLink(ctx, &p.Link); err != nil {
			return err
		}
	case caseload.EndRestriction:
		return w.askEnd(ctx, x, reason)
	default:
		return fault.Newf(fault.Internal, "An import cannot leave %q waiting", x.Action)
	}
	return w.importTold(ctx, row.CaseID)
}

// secondPerson: who opens a restricted case by a file does not take it over as well.
func (w *work) secondPerson(ctx context.Context, row *register.Waiting, x *caseload.Change) error {
	switch caseload.Field(x.Field) {
	case caseload.Restricted, caseload.Team, caseload.Officer, caseload.Fallback:
	default:
		return nil
	}
	i, err := w.tx.ImportByID(ctx, row.ImportID)
	if err != nil {
		return err
	}
	if i.ByID == w.actor.StaffID {
		return fault.New(fault.Denied, "You brought this file in yourself. Somebody else has to let people into a restricted case")
	}
	return nil
}

// noneProtects: a mark that stands on a restriction goes with the restriction, which
// two people end.
func (w *work) noneProtects(ctx context.Context, row *register.Waiting) error {
	f, err := w.tx.CaseFacts(ctx, row.CaseID)
	if err != nil {
		return err
	}
	for _, r := range f.Restrictions {
		if r.PersonID == row.PersonID && r.Kind == register.AddressProtected && r.EndedAt == nil {
			return fault.New(fault.Refused, "A restriction protects this address. Ask for its end on the case; a second person decides")
		}
	}
	return nil
}

// askEnd asks for the end of a restriction, as the case page does.
func (w *work) askEnd(ctx context.Context, x *caseload.Change, reason string) error {
	if x.Restriction == nil {
		return fault.New(fault.Internal, "")
	}
	r, err := w.tx.RestrictionByID(ctx, x.Restriction.ID)
	if err != nil {
		return err
	}
	if r.EndedAt != nil || r.EndAskedBy != 0 {
		return nil // somebody was faster
	}
	at := w.now
	r.EndAskedBy, r.EndAskedAt, r.EndReason = w.actor.StaffID, &at, reason
	if err := w.tx.UpdateRestriction(ctx, r); err != nil {
		return err
	}
	return w.audit(ctx, audit.RestrictionEnding, "restriction:"+strconv.FormatInt(r.ID, 10), r.CaseID, map[string]string{"kind": string(r.Kind), "by": "import"})
}

func caseSays(c *register.Case, x *caseload.Change) string {
	switch caseload.Field(x.Field) {
	case caseload.DOB:
		return c.DOB
	case caseload.UPN:
		return c.UPN
	case caseload.NHS:
		return c.NHS
	case caseload.Restricted:
		return yesOrNo(c.Restricted)
	case caseload.Team:
		return idOrNone(c.TeamID)
	case caseload.Officer:
		return idOrNone(c.OfficerID)
	case caseload.Fallback:
		return idOrNone(c.FallbackID)
	}
	return ""
}

func linkSays(l *register.Link, field string) string {
	switch field {
	case "pr":
		return string(l.PR)
	case "may_be_told":
		return l.MayBeTold
	case "address_protected":
		return yesOrNo(l.AddressHidden)
	}
	return ""
}

func yesOrNo(v bool) string {
	if v {
		return "yes"
	}
	return "no"
}

func idOrNone(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}
