package tickets

import (
	"context"
	"slices"
	"strings"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/fault"
)

// Risk is what data protection makes of an incident.
type Risk string

// The risks to the people concerned: a likely one goes to the ICO (UK GDPR Art. 33),
// a high one to the people themselves as well (Art. 34).
const (
	RiskUnlikely Risk = "unlikely"
	RiskLikely   Risk = "likely"
	RiskHigh     Risk = "high"
)

// The steps of an incident.
const (
	StepSafety   = "safety"
	StepRecall   = "recall"
	StepDelete   = "delete"
	StepPreserve = "preserve"
	StepFamilies = "families"
	StepSorry    = "sorry"
	StepRule     = "rule"
)

// StepsOf are the steps in the order in which they are done. Where an address or
// somebody's whereabouts came out, their safety is the first.
func (i *Incident) StepsOf() []string {
	steps := []string{StepRecall, StepDelete, StepPreserve, StepFamilies, StepSorry, StepRule}
	if i.AddressShown {
		return append([]string{StepSafety}, steps...)
	}
	return steps
}

// Safe reports whether nothing has to come before paperwork.
func (i *Incident) Safe() bool {
	_, done := i.Steps[StepSafety]
	return !i.AddressShown || done
}

// Incidents lists those that the actor may know, open ones first.
func (d *Desk) Incidents(ctx context.Context, a access.Actor) ([]Incident, error) {
	if err := allowed(a, access.HandleIncidents); err != nil {
		return nil, err
	}
	return d.store.Incidents(ctx, a)
}

// Incident is one that the actor may know.
func (d *Desk) Incident(ctx context.Context, a access.Actor, id int64) (*Incident, error) {
	if err := allowed(a, access.HandleIncidents); err != nil {
		return nil, err
	}
	i, err := d.store.IncidentByID(ctx, id)
	if err != nil {
		return nil, err
	}
	if a.May(access.CloseIncident) {
		return i, nil
	}
	_, err = d.store.Ticket(ctx, a, i.TicketRef)
	return i, err
}

// openIncident is one that is not closed and that the actor may work on, locked.
func (w *work) openIncident(ctx context.Context, id int64, p access.Permission) (*Incident, error) {
	if err := allowed(w.actor, p); err != nil {
		return nil, err
	}
	i, err := w.tx.IncidentByID(ctx, id)
	if err != nil {
		return nil, err
	}
	if !w.actor.May(access.CloseIncident) {
		if _, err := w.tx.Ticket(ctx, w.actor, i.TicketRef); err != nil {
			return nil, err
		}
	}
	if i.ClosedAt != nil {
		return nil, fault.New(fault.Conflict, "This incident is closed")
	}
	return i, nil
}

// IncidentStep records that a step was done. To record it twice changes nothing.
func (d *Desk) IncidentStep(ctx context.Context, a access.Actor, id int64, step string, now time.Time) error {
	return d.write(ctx, a, now, func(w *work) error {
		i, err := w.openIncident(ctx, id, access.HandleIncidents)
		if err != nil {
			return err
		}
		if !slices.Contains(i.StepsOf(), step) {
			return fault.New(fault.Invalid, "Choose a step")
		}
		if _, done := i.Steps[step]; done {
			return nil
		}
		if i.Steps == nil {
			i.Steps = map[string]IncidentDone{}
		}
		i.Steps[step] = IncidentDone{By: a.StaffID, Name: a.Name, At: w.now}
		if err := w.tx.UpdateIncident(ctx, i); err != nil {
			return err
		}
		return w.auditIncident(ctx, i, "step", map[string]string{"step": step})
	})
}

// Assessment is what data protection decides. It is kept either way.
type Assessment struct {
	ID     int64
	Risk   Risk
	Words  string // why
	ICORef string // the ICO's reference, once it was told
}

// AssessIncident records how likely harm is. Data protection alone may, and not
// before whoever is in danger was warned.
func (d *Desk) AssessIncident(ctx context.Context, a access.Actor, r Assessment, now time.Time) error {
	words, ref := strings.TrimSpace(r.Words), strings.Join(strings.Fields(r.ICORef), " ")
	return d.write(ctx, a, now, func(w *work) error {
		i, err := w.openIncident(ctx, r.ID, access.CloseIncident)
		if err != nil {
			return err
		}
		switch {
		case !i.Safe():
			return fault.New(fault.Refused, "Ring the household that is at risk and the safeguarding lead first, and record it")
		case r.Risk != RiskUnlikely && r.Risk != RiskLikely && r.Risk != RiskHigh:
			return fault.New(fault.Invalid, "Choose how likely harm is")
		case words == "" || len(words) > maxWords:
			return fault.New(fault.Invalid, "Say why, in up to 4000 characters")
		case len(ref) > 100:
			return fault.New(fault.Invalid, "The reference is too long")
		}
		i.Risk, i.Assessment, i.ICORef = r.Risk, NewPrivateText(words), ref
		if err := w.tx.UpdateIncident(ctx, i); err != nil {
			return err
		}
		return w.auditIncident(ctx, i, "assessed", map[string]string{"risk": string(r.Risk)})
	})
}

// CloseIncident closes one that was assessed and whose steps are all done; a likely
// or high risk needs the ICO's reference. Data protection alone may.
func (d *Desk) CloseIncident(ctx context.Context, a access.Actor, id int64, lessons string, now time.Time) error {
	lessons = strings.TrimSpace(lessons)
	return d.write(ctx, a, now, func(w *work) error {
		i, err := w.openIncident(ctx, id, access.CloseIncident)
		if err != nil {
			return err
		}
		for _, step := range i.StepsOf() {
			if _, done := i.Steps[step]; !done {
				return fault.New(fault.Refused, "Not every step is done. The list says which")
			}
		}
		switch {
		case i.Risk == "":
			return fault.New(fault.Refused, "Record the assessment first")
		case i.Risk != RiskUnlikely && i.ICORef == "":
			return fault.New(fault.Refused, "The ICO has to be told of this. Enter its reference first")
		case lessons == "" || len(lessons) > maxWords:
			return fault.New(fault.Invalid, "Say what was learnt, in up to 4000 characters")
		}
		i.ClosedBy, i.ClosedAt, i.Lessons = a.StaffID, &w.now, NewPrivateText(lessons)
		if err := w.tx.UpdateIncident(ctx, i); err != nil {
			return err
		}
		t, err := w.finalTicket(ctx, i.TicketID)
		if err != nil {
			return err
		}
		if _, err := w.event(ctx, t, EvIncidentClosed, map[string]any{"incident_id": i.ID}); err != nil {
			return err
		}
		return w.auditIncident(ctx, i, "closed", nil)
	})
}
