package tickets

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"hearback/tickets/access"
)

// incidentHours are when people are told again that the 72 hours of an incident run,
// in clock hours from when the council became aware: through nights and weekends
// (UK GDPR Art. 33(1)).
func incidentHours() []time.Duration {
	return []time.Duration{24 * time.Hour, 48 * time.Hour, 60 * time.Hour, 70 * time.Hour}
}

// Settled reports whether nothing has to be decided within the 72 hours any more: it
// is closed, harm is unlikely, or the ICO was told.
func (i *Incident) Settled() bool {
	return i.ClosedAt != nil || i.Risk == RiskUnlikely || i.ICORef != ""
}

// RemindIncidents tells data protection, the team lead and the head of service again
// of each incident whose 72 hours run, at 24, 48, 60 and 70 hours, each once. After a
// downtime the latest alone is told. It returns how many were told.
func (d *Desk) RemindIncidents(ctx context.Context, now time.Time) (int, error) {
	open, err := d.store.IncidentsOpen(ctx)
	if err != nil {
		return 0, err
	}
	told := 0
	var failed []error
	for _, id := range open {
		fresh, err := d.remindIncident(ctx, id, now)
		if err != nil {
			// One that cannot be read must not keep the others waiting.
			failed = append(failed, fmt.Errorf("incident %d: %w", id, err))
		}
		if fresh {
			told++
		}
	}
	return told, errors.Join(failed...)
}

func (d *Desk) remindIncident(ctx context.Context, id int64, now time.Time) (told bool, err error) {
	err = d.write(ctx, access.System("incident"), now, func(w *work) error {
		i, err := w.tx.IncidentByID(ctx, id)
		if err != nil || i.Settled() {
			return err
		}
		hours := incidentHours()
		for n, h := range slices.Backward(hours) {
			if w.now.Before(i.AwareAt.Add(h)) || i.ReportedAt.Sub(i.AwareAt) >= h {
				continue // not yet, or the report itself told of it
			}
			for _, earlier := range hours[:n+1] {
				fresh, err := w.tx.TakeAlarm(ctx, fmt.Sprintf("incident:%d:%d", i.ID, int(earlier/time.Hour)), w.now)
				if err != nil {
					return err
				}
				told = told || fresh && earlier == h
			}
			break
		}
		if !told {
			return nil
		}
		t, err := w.finalTicket(ctx, i.TicketID)
		if err != nil {
			return err
		}
		return w.tellOfIncident(ctx, t, i)
	})
	return told && err == nil, err
}
