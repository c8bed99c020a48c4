package tickets

import (
	"context"
	"strings"
	"time"

	"hearback/sla"
	"hearback/tickets/access"
	"hearback/tickets/fault"
)

// alert marks a ticket whose mail holds safeguarding words and tells people at
// once. It only ever adds attention.
func (w *work) alert(ctx context.Context, t *Ticket, m incoming, msg *Message, opened bool) error {
	words := m.in.Text
	if !opened && m.in.ReplyText != "" {
		words = m.in.ReplyText // what is quoted raised its alert when it came
	}
	for _, p := range m.in.Parts {
		words += "\n" + p.Name
	}
	words = " " + fold(m.in.Subject+"\n"+words) + " "
	immediate, concern := w.d.alertLists()
	tier, hits := "immediate danger", immediate.inFolded(words)
	if len(hits) == 0 {
		tier, hits = "serious concern", concern.inFolded(words)
	}
	if len(hits) == 0 {
		return nil
	}
	if len(hits) > 5 {
		hits = hits[:5]
	}
	if !strings.HasPrefix(t.Alert, "immediate danger") || strings.HasPrefix(tier, "immediate") {
		t.Alert = tier + ": " + strings.Join(hits, ", ")
	}
	if _, err := w.event(ctx, t, EvAlerted, map[string]any{"message_id": msg.ID, "tier": tier}); err != nil {
		return err
	}
	if m.r.History || !w.d.s.live(m.r.ReceivedAt) {
		return nil
	}
	officers, err := w.answering(ctx, t)
	if err != nil {
		return err
	}
	leads, err := w.lead(ctx, t)
	if err != nil {
		return err
	}
	people := merge(leads, officers)
	if len(people) == 0 || t.State == StateTriage {
		desk, err := w.duty(ctx, t)
		if err != nil {
			return err
		}
		people = merge(people, desk)
	}
	_, err = w.notify(ctx, t, TemplateAlert, people, map[string]string{FieldTier: tier, FieldSince: sla.FormatShort(m.r.ReceivedAt)})
	return err
}

// AlertAction is what somebody did about a safety alert.
type AlertAction struct {
	Code  string
	Words string // for the form
}

// AlertActions are the actions that can be named; each call returns a new slice.
func AlertActions() []AlertAction {
	return []AlertAction{
		{"emergency", "I called 999, or made sure that somebody did"},
		{"referred", "I passed it to the children's front door or the emergency duty team"},
		{"known", "The child's social worker knows and is acting"},
		{"spoke", "I spoke to the family and nobody is in danger"},
		{"no_concern", "I read it and it is no safety matter"},
	}
}

// DealWithAlert takes the mark of an alert off a ticket. It asks for the action
// that was taken; the action is in the history and the mail stays as it is.
func (d *Desk) DealWithAlert(ctx context.Context, a access.Actor, ref, action string, now time.Time) error {
	if !a.IsPerson() {
		return fault.New(fault.Denied, "Only a person can deal with a safety alert")
	}
	named := false
	for _, x := range AlertActions() {
		named = named || x.Code == action
	}
	if !named {
		return fault.New(fault.Invalid, "Say what was done about the alert")
	}
	return d.write(ctx, a, now, func(w *work) error {
		t, err := w.ticket(ctx, ref, access.LogCalls)
		if err != nil || t.Alert == "" {
			return err
		}
		t.Alert = ""
		if _, err := w.event(ctx, t, EvAlertDone, map[string]any{"action": action}); err != nil {
			return err
		}
		return w.tx.UpdateTicket(ctx, t)
	})
}
