package tickets

import (
	"context"
	"strconv"
	"strings"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// changeRegister runs a verb of the register for a person who may do p. It takes
// the register first, so that of two people who change the same thing at once the
// second decides on what the first has left.
func (d *Desk) changeRegister(ctx context.Context, a access.Actor, p access.Permission, now time.Time, fn func(w *work) error) error {
	if !a.IsPerson() {
		return fault.New(fault.Denied, "Only a person can change what is recorded about a family")
	}
	if err := allowed(a, p); err != nil {
		return err
	}
	return d.write(ctx, a, now, func(w *work) error {
		if err := w.tx.LockRegister(ctx); err != nil {
			return err
		}
		return fn(w)
	})
}

// caseRef is a case that the actor may know, as it is now.
func (w *work) caseRef(ctx context.Context, ref string) (*CaseView, error) {
	return w.tx.Case(ctx, w.actor, strings.ToUpper(strings.TrimSpace(ref)))
}

// caseID is the same by id.
func (w *work) caseID(ctx context.Context, id int64) (*CaseView, error) {
	c, err := w.tx.CaseByID(ctx, id)
	if err != nil {
		return nil, err
	}
	return w.tx.Case(ctx, w.actor, c.Ref)
}

// someone is a person on a case that the actor may know, with every such case.
// all is false when the person is on a case besides that the actor may not know.
// Somebody on no case at all is known to those who see the whole service, and to
// team leads.
func (w *work) someone(ctx context.Context, personID int64) (p *register.Person, cases []CaseView, all bool, err error) {
	if p, err = w.tx.PersonByID(ctx, personID); err != nil {
		return nil, nil, false, err
	}
	list, err := w.tx.CasesOfPerson(ctx, personID)
	if err != nil {
		return nil, nil, false, err
	}
	all = true
	for _, c := range list {
		v, err := w.tx.Case(ctx, w.actor, c.Ref)
		if notFound(err) {
			all = false
			continue
		}
		if err != nil {
			return nil, nil, false, err
		}
		cases = append(cases, *v)
	}
	if len(cases) == 0 && (len(list) > 0 || !w.actor.May(access.EndRestrictions)) {
		return nil, nil, false, fault.New(fault.NotFound, "This does not exist")
	}
	return p, cases, all, nil
}

// party is a person on a case.
func (v *CaseView) party(personID int64) (register.Party, bool) {
	for _, p := range v.Parties {
		if p.Person.ID == personID {
			return p, true
		}
	}
	return register.Party{}, false
}

// onCase is the same; fault.Invalid when the person is not on it.
func (v *CaseView) onCase(personID int64) (register.Party, error) {
	p, ok := v.party(personID)
	if !ok {
		return p, fault.New(fault.Invalid, "This person is not on the case")
	}
	return p, nil
}

// loosening is what every change that tells somebody more, or takes protection
// away, asks for: the permission, and a reason that is kept.
func (w *work) loosening(ctx context.Context, caseID, personID int64, what, reason string) error {
	if err := allowed(w.actor, access.ManageRestrictions); err != nil {
		return err
	}
	words := oneLine(reason)
	if words == "" {
		return fault.New(fault.Invalid, "This makes something less strict. Say why")
	}
	return w.reason(ctx, caseID, personID, what, words)
}

func (w *work) reason(ctx context.Context, caseID, personID int64, what, words string) error {
	return w.tx.InsertReason(ctx, &register.Reason{
		CaseID: caseID, PersonID: personID, What: what, Words: oneLine(words), By: w.actor.StaffID, At: w.now,
	})
}

// tellTickets tells the open enquiries of a case that something is different now for
// whoever writes to the family. data holds ids and codes only.
func (w *work) tellTickets(ctx context.Context, v *CaseView, what string, data map[string]any) error {
	all := map[string]any{"what": what}
	for k, x := range data {
		all[k] = x
	}
	ids, err := w.tx.OpenTicketsOfCase(ctx, v.ID)
	if err != nil {
		return err
	}
	for _, id := range ids {
		t, err := w.tx.TicketByID(ctx, id)
		if err != nil {
			return err
		}
		if _, err := w.event(ctx, t, EvFacts, all); err != nil {
			return err
		}
	}
	return nil
}

// recorded is tellTickets, and the record for the audit.
func (w *work) recorded(ctx context.Context, v *CaseView, action audit.Action, object, what string, detail map[string]string) error {
	if detail == nil {
		detail = map[string]string{}
	}
	detail["what"] = what
	if err := w.audit(ctx, action, object, v.ID, detail); err != nil {
		return err
	}
	data := map[string]any{"object": object}
	return w.tellTickets(ctx, v, what, data)
}

// recordedOnAll is recorded on every case of a person that the actor knows.
func (w *work) recordedOnAll(ctx context.Context, cases []CaseView, action audit.Action, object, what string) error {
	for i := range cases {
		if err := w.recorded(ctx, &cases[i], action, object, what, nil); err != nil {
			return err
		}
	}
	if len(cases) > 0 {
		return nil
	}
	return w.audit(ctx, action, object, 0, map[string]string{"what": what})
}

func objectOf(kind string, id int64) string { return kind + ":" + strconv.FormatInt(id, 10) }

// plainName is a name as it is kept: one line, at most 200 characters; "" when
// there is none.
func plainName(s string) string {
	r := []rune(strings.Join(strings.Fields(s), " "))
	if len(r) > 200 {
		r = r[:200]
	}
	return string(r)
}

// localDay checks a local date that somebody typed; "" stays "".
func localDay(s, what string) (string, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return "", nil
	}
	if _, err := time.Parse("2006-01-02", s); err != nil {
		return "", fault.Wrap(fault.Invalid, what+" is no date. Write it as 2026-11-24", err)
	}
	return s, nil
}
