package tickets

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/audit"
)

// auditLetter records what became of a letter: which, on which enquiry, by whom,
// to how many; no subject, no address, no words.
func (w *work) auditLetter(ctx context.Context, action audit.Action, o *Outgoing, detail map[string]string) error {
	all := map[string]string{"purpose": string(o.Purpose), "copies": strconv.Itoa(len(o.Deliveries))}
	if o.TicketID != 0 {
		all["ticket"] = strconv.FormatInt(o.TicketID, 10)
	}
	if o.AuthorID != 0 && o.AuthorID != w.actor.StaffID {
		all["author"] = strconv.FormatInt(o.AuthorID, 10)
	}
	for k, v := range detail {
		all[k] = v
	}
	return w.audit(ctx, action, "letter:"+strconv.FormatInt(o.ID, 10), o.CaseID, all)
}

// auditQueued records that somebody pressed Send, and each finding that was
// confirmed for it.
func (w *work) auditQueued(ctx context.Context, o *Outgoing) error {
	if err := w.auditLetter(ctx, audit.LetterQueued, o, nil); err != nil || len(o.Confirmed) == 0 {
		return err
	}
	var rules []string
	for _, c := range o.Confirmed {
		rules = append(rules, c.Rule)
	}
	if rules = withoutTone(rules); len(rules) == 0 {
		return nil
	}
	slices.Sort(rules)
	return w.auditLetter(ctx, audit.FindingConfirmed, o, map[string]string{"rules": strings.Join(slices.Compact(rules), " ")})
}

// withoutTone leaves out hints about tone: they are for the writer alone, and stand in
// no record and no report.
func withoutTone(rules []string) []string {
	return slices.DeleteFunc(slices.Clone(rules), func(r string) bool { return strings.HasPrefix(r, "TONE-") })
}

// StoppedAtSend records what the guard said to somebody who pressed Send and whose
// letter was not queued. Rules are ids; the version is of the guard's rules.
func (d *Desk) StoppedAtSend(ctx context.Context, a access.Actor, ref, decision, version string, rules []string, now time.Time) error {
	return d.write(ctx, a, now, func(w *work) error {
		v, err := w.tx.Ticket(ctx, a, ref)
		if err != nil {
			return err
		}
		rules = withoutTone(rules)
		slices.Sort(rules)
		return w.audit(ctx, audit.VerdictGiven, v.Ref, v.CaseID, map[string]string{
			"decision": decision, "rules": strings.Join(slices.Compact(rules), " "), "version": version,
		})
	})
}
