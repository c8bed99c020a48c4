package tickets

import (
	"context"
	"errors"
	"slices"

	"hearback/sla"
	"hearback/tickets/register"
)

// Why letters were held that were written before something became known. The words
// are for their author; the rule is the one that the guard would name.
const (
	heldRestricted = "A restriction about the recipient was recorded after this was written. Read it before you write again"
	heldUnlinked   = "The recipient was taken off the case after this was written"
	heldNotTold    = "The young person has asked that this recipient is not told"

	ruleNoContact = "NO-CONTACT"
)

// holdLettersTo stops what waits to go to a person about a case: a whole letter,
// because no copy leaves while one may not. The guard would stop it as well, when it
// reads the facts again; the author should know now. What is on its way already
// cannot be stopped.
func (w *work) holdLettersTo(ctx context.Context, v *CaseView, p register.Party, why string) error {
	waiting, err := w.tx.WaitingOnCase(ctx, v.ID)
	if err != nil {
		return err
	}
	for _, id := range waiting {
		o, err := w.tx.OutgoingByID(ctx, id)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(o.Deliveries, func(d Delivery) bool { return d.State == Queued && reaches(d, p) }) {
			continue
		}
		if err := w.holdOne(ctx, o, why); err != nil {
			return err
		}
	}
	return nil
}

// reaches reports whether a copy goes to the person, by whatever spelling.
func reaches(d Delivery, p register.Party) bool {
	if d.PersonID == p.Person.ID {
		return true
	}
	for _, a := range p.Addresses {
		if register.LooseMailbox(a.Email) == register.LooseMailbox(d.Email) {
			return true
		}
	}
	return false
}

func (w *work) holdOne(ctx context.Context, o *Outgoing, why string) error {
	held := false
	for i := range o.Deliveries {
		dl := &o.Deliveries[i]
		if dl.State != Queued {
			continue
		}
		dl.State, dl.Why, dl.UpdatedAt = Held, why, w.now
		ok, err := w.tx.SetDelivery(ctx, dl, Queued)
		if err != nil {
			return err
		}
		held = held || ok // else dispatch has just taken it, and reads the facts again
	}
	if !held {
		return nil
	}
	o.HeldReason, o.HeldRules = why, []string{ruleNoContact}
	if err := w.tx.UpdateOutgoing(ctx, o); err != nil {
		return err
	}
	if o.TicketID == 0 {
		return nil
	}
	t, err := w.finalTicket(ctx, o.TicketID)
	if err != nil {
		return err
	}
	if _, err := w.event(ctx, t, EvLetterStopped, map[string]any{"outgoing_id": o.ID, "purpose": string(o.Purpose), "rules": o.HeldRules}); err != nil {
		return err
	}
	if o.Purpose != PurposeReply {
		return nil
	}
	author, err := w.staff(ctx, o.AuthorID)
	if errors.Is(err, errNoStaff) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = w.notify(ctx, t, TemplateStopped, []register.Staff{*author}, map[string]string{FieldSince: sla.FormatShort(t.LastInboundAt)})
	return err
}
