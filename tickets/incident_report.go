package tickets

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"hearback/sla"
	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// breachTime is how long there is to tell the ICO, in clock hours from when the
// council became aware: UK GDPR Art. 33(1).
const breachTime = 72 * time.Hour

// Misdirected says that a letter went to somebody who should not have had it.
type Misdirected struct {
	OutgoingID   int64
	GotBy        string // who got it
	What         string // what was in it that they should not know
	AwareAt      time.Time
	AddressShown bool // an address or somebody's whereabouts came out: safety comes first
}

// ReportMisdirected opens an incident: it stops the copies that have not left,
// starts the 72 hours and tells data protection, the lead and the head of service.
// A letter has one incident: to report it again gives fault.Conflict.
func (d *Desk) ReportMisdirected(ctx context.Context, a access.Actor, r Misdirected, now time.Time) (*Incident, error) {
	if !a.IsPerson() {
		return nil, fault.New(fault.Denied, "Only a person can report this")
	}
	got, what := strings.TrimSpace(r.GotBy), strings.TrimSpace(r.What)
	switch {
	case got == "":
		return nil, fault.New(fault.Invalid, "Say who got it")
	case what == "":
		return nil, fault.New(fault.Invalid, "Say what they should not have got")
	case len(got) > maxWords || len(what) > maxWords:
		return nil, fault.New(fault.Invalid, "Make it shorter")
	case r.AwareAt.IsZero() || r.AwareAt.After(now):
		return nil, fault.New(fault.Invalid, "Say when you became aware. It cannot be later than now")
	}
	var out *Incident
	err := d.write(ctx, a, now, func(w *work) error {
		o, t, err := w.letter(ctx, r.OutgoingID, access.ReportIncident)
		if err != nil {
			return err
		}
		if r.AwareAt.Before(o.CreatedAt.Truncate(time.Minute)) {
			return fault.New(fault.Invalid, "Say when you became aware. It cannot be before the message was written")
		}
		if _, err := w.tx.IncidentOfLetter(ctx, o.ID); err == nil {
			return fault.New(fault.Conflict, "This message was reported already")
		} else if !notFound(err) {
			return err
		}
		stopped, err := w.freeze(ctx, o)
		if err != nil {
			return err
		}
		out = &Incident{
			OutgoingID: o.ID, TicketID: t.ID, CaseID: o.CaseID, ReportedBy: a.StaffID, ReportedAt: w.now, AwareAt: r.AwareAt.UTC(),
			DueAt: r.AwareAt.UTC().Add(breachTime), GotBy: NewPrivateText(got), What: NewPrivateText(what), AddressShown: r.AddressShown,
			Stopped: stopped, TicketRef: t.Ref,
		}
		if err := w.tx.InsertIncident(ctx, out); err != nil {
			return err
		}
		if _, err := w.event(ctx, t, EvMisdirected, map[string]any{"outgoing_id": o.ID, "incident_id": out.ID, "stopped": stopped}); err != nil {
			return err
		}
		if err := w.auditIncident(ctx, out, "reported", map[string]string{"stopped": strconv.Itoa(stopped)}); err != nil {
			return err
		}
		return w.tellOfIncident(ctx, t, out)
	})
	return out, err
}

// maxWords is the longest account of an incident, in bytes.
const maxWords = 4000

// freeze stops every copy that waits. One that a dispatcher has taken is on its way
// and stays as it is: the compare-and-set says which.
func (w *work) freeze(ctx context.Context, o *Outgoing) (stopped int, err error) {
	for i := range o.Deliveries {
		dl := &o.Deliveries[i]
		if dl.State != Queued && dl.State != Held {
			continue
		}
		dl.State, dl.Why, dl.UpdatedAt = Cancelled, "Stopped: the message was reported as misdirected.", w.now
		ok, err := w.tx.SetDelivery(ctx, dl, Queued, Held)
		if err != nil {
			return 0, err
		}
		if ok {
			stopped++
		}
	}
	return stopped, nil
}

func (w *work) auditIncident(ctx context.Context, i *Incident, what string, detail map[string]string) error {
	all := map[string]string{"what": what, "letter": strconv.FormatInt(i.OutgoingID, 10), "ticket": strconv.FormatInt(i.TicketID, 10)}
	for k, v := range detail {
		all[k] = v
	}
	return w.audit(ctx, audit.IncidentChanged, "incident:"+strconv.FormatInt(i.ID, 10), i.CaseID, all)
}

// tellOfIncident tells data protection, the team lead and the head of service.
func (w *work) tellOfIncident(ctx context.Context, t *Ticket, i *Incident) error {
	all, err := w.tx.Staff(ctx, access.System("incident"))
	if err != nil {
		return err
	}
	leads, err := w.lead(ctx, t)
	if err != nil && !errors.Is(err, errNoStaff) {
		return err
	}
	told := map[int64]bool{}
	var people []register.Staff
	add := func(s register.Staff) {
		if s.Active && !told[s.ID] {
			told[s.ID] = true
			people = append(people, s)
		}
	}
	for _, s := range leads {
		add(s)
	}
	for _, s := range all {
		if role := access.Role(s.Role); role == access.RoleDataProtection || role == access.RoleHead {
			add(s)
		}
	}
	_, err = w.notify(ctx, t, TemplateIncident, people, map[string]string{
		FieldDue: sla.FormatShort(i.DueAt), FieldLink: w.d.s.page("/incidents/" + strconv.FormatInt(i.ID, 10)),
	})
	return err
}
