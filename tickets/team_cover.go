package tickets

import (
	"context"
	"time"

	"hearback/sla"
	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
)

// CoverRequest says who stands in for somebody, and until when somebody is away.
type CoverRequest struct {
	StaffID   int64
	DeputyID  int64  // 0 for nobody
	AwayUntil string // 2026-12-01, the last day away, local; "" when here
}

// SetCover names a deputy and an absence. Clocks go on: the deputy is told of what
// falls due.
func (d *Desk) SetCover(ctx context.Context, a access.Actor, r CoverRequest, now time.Time) error {
	if err := sets(a, access.ManageUsers); err != nil {
		return err
	}
	until, err := localDay(r.AwayUntil, "The last day away")
	if err != nil {
		return err
	}
	today := sla.DateOf(now)
	if until != "" {
		day, err := sla.ParseDate(until)
		if err != nil {
			return err
		}
		if day.Before(today) || day.After(today.AddDays(366)) {
			return fault.New(fault.Invalid, "The last day away is today or later, within a year")
		}
	}
	return d.write(ctx, a, now, func(w *work) error {
		s, err := w.tx.StaffByID(ctx, r.StaffID)
		if err != nil {
			return err
		}
		if r.DeputyID != 0 {
			dep, err := w.tx.StaffByID(ctx, r.DeputyID)
			switch {
			case notFound(err) || err == nil && !dep.Active:
				return fault.New(fault.Invalid, "Choose a deputy who has an open account")
			case err != nil:
				return err
			case dep.ID == s.ID:
				return fault.New(fault.Invalid, "Nobody can be their own deputy")
			case !(access.Actor{Role: access.Role(dep.Role)}).SeesCases():
				return fault.New(fault.Invalid, "A deputy has to be somebody who works on cases")
			}
		}
		if s.DeputyID == r.DeputyID && s.AwayUntil == until {
			return nil
		}
		s.DeputyID, s.AwayUntil = r.DeputyID, until
		if err := w.tx.UpdateStaff(ctx, s); err != nil {
			return err
		}
		return w.audit(ctx, audit.StaffChanged, staffObject(s.ID), 0, map[string]string{
			"what": "cover", "deputy": staffObject(r.DeputyID), "away_until": until,
		})
	})
}
