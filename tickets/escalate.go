package tickets

import (
	"context"

	"hearback/sla"
	"hearback/tickets/register"
)

// dueInHours is when a step could be taken at the earliest: one that falls due
// in the night is not late in the morning.
func (w *work) dueInHours(step sla.ScheduledStep) sla.ScheduledStep {
	if w.d.s.NoticesAnyHour {
		return step
	}
	if at, err := w.d.cal().NextOpening(step.At); err == nil {
		step.At = at
	}
	return step
}

// escalate takes one step of a clock: it tells the people of that rung and
// writes the step, once. For mail that was received before go-live it is written
// without telling anybody: old lateness is a list, not an alarm.
func (w *work) escalate(ctx context.Context, t *Ticket, c *TicketClock, step sla.ScheduledStep) (fresh bool, err error) {
	done, err := w.tx.StepsDone(ctx, c.ID)
	if err != nil || done[step.Step] {
		return false, err
	}
	late := w.dueInHours(step).Late(w.now, w.d.s.LateGrace)
	first := int64(0)
	if w.d.s.live(c.ReceivedAt) {
		people, err := w.rung(ctx, t, c.Kind, step.Step)
		if err != nil {
			return false, err
		}
		fields := map[string]string{FieldDue: sla.FormatShort(c.DueAt), FieldSince: sla.FormatShort(c.ReceivedAt)}
		if late {
			fields[FieldLate] = "yes"
		}
		if first, err = w.notify(ctx, t, templateOf(c.Kind, step.Step), people, fields); err != nil {
			return false, err
		}
	}
	fresh, err = w.tx.InsertClockStep(ctx, &ClockStep{
		ClockID: c.ID, Step: step.Step, DueAt: step.At, DoneAt: w.now, Late: late, OutgoingID: first,
	})
	if err != nil || !fresh {
		return false, err
	}
	_, err = w.event(ctx, t, EvEscalated, map[string]any{"clock_id": c.ID, "step": string(step.Step), "late": late, "outgoing_id": first})
	return true, err
}

// rung is whom a step is for. There is always somebody as long as the team has
// a lead.
func (w *work) rung(ctx context.Context, t *Ticket, kind ClockKind, step sla.Step) ([]register.Staff, error) {
	leads, err := w.lead(ctx, t)
	if err != nil {
		return nil, err
	}
	if kind == ClockTriage {
		desk, err := w.duty(ctx, t)
		if err != nil || step == sla.StepWarning {
			return desk, err
		}
		return merge(desk, leads), nil
	}
	if step == sla.StepLead {
		return leads, nil
	}
	people, err := w.answering(ctx, t)
	if err != nil {
		return nil, err
	}
	if step == sla.StepBreach {
		deputies, err := w.deputies(ctx, people)
		if err != nil {
			return nil, err
		}
		people = merge(people, deputies)
	}
	if len(people) == 0 {
		return leads, nil // nobody owns it: the lead has to know now
	}
	return people, nil
}

func (w *work) deputies(ctx context.Context, people []register.Staff) ([]register.Staff, error) {
	var list []register.Staff
	for _, p := range people {
		if p.DeputyID == 0 {
			continue
		}
		s, err := w.tx.StaffByID(ctx, p.DeputyID)
		if err != nil {
			if notFound(err) {
				continue
			}
			return nil, err
		}
		if w.here(s) {
			list = append(list, *s)
		}
	}
	return list, nil
}

func templateOf(kind ClockKind, step sla.Step) string {
	switch {
	case kind == ClockTriage:
		return TemplateTriage
	case step == sla.StepWarning:
		return TemplateWarning
	case step == sla.StepBreach:
		return TemplateBreach
	}
	return TemplateLead
}
