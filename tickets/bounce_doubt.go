package tickets

import (
	"context"
	"maps"

	"hearback/sla"
)

// doubtArrival is what follows when a report may speak of a letter of ours and
// proves nothing: anybody can write one. No state, clock or address changes; whoever
// has to answer is told, once for each copy, and looks.
func (w *work) doubtArrival(ctx context.Context, t *Ticket, o *Outgoing, d *Delivery) error {
	if o.Purpose != PurposeReply && o.Purpose != PurposeRelay || d.State != Accepted {
		return nil
	}
	return w.doubtCopy(ctx, t, d.ID, map[string]any{"outgoing_id": o.ID})
}

// doubtCopy is doubtArrival for what copyID names.
func (w *work) doubtCopy(ctx context.Context, t *Ticket, id int64, data map[string]any) error {
	if t == nil {
		return nil
	}
	events, err := w.tx.EventsOfTicket(ctx, t.ID)
	if err != nil {
		return err
	}
	for _, e := range events {
		if e.Kind == EvDoubted && copyID(e) == id {
			return nil
		}
	}
	maps.Copy(data, copyData(id))
	if _, err := w.event(ctx, t, EvDoubted, data); err != nil {
		return err
	}
	people, err := w.answering(ctx, t)
	if err != nil {
		return err
	}
	if len(people) == 0 {
		if people, err = w.lead(ctx, t); err != nil {
			return err
		}
	}
	_, err = w.notify(ctx, t, TemplateDoubtful, people, map[string]string{FieldSince: sla.FormatShort(t.LastInboundAt)})
	return err
}
