package tickets

import (
	"context"
	"slices"
	"strings"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
)

// ReportCheck records that somebody finds a check wrong. It changes no decision and
// sends nothing; data protection reads it.
func (d *Desk) ReportCheck(ctx context.Context, a access.Actor, ref string, rules []string, words string, now time.Time) error {
	words = strings.TrimSpace(words)
	switch {
	case !a.IsPerson():
		return fault.New(fault.Denied, "Only a person can say this")
	case len(rules) == 0 || len(rules) > 40:
		return fault.New(fault.Invalid, "Check the message first")
	case words == "" || len(words) > maxWords:
		return fault.New(fault.Invalid, "Say what is wrong, in up to 4000 characters")
	}
	rules = slices.Clone(rules)
	slices.Sort(rules)
	rules = slices.Compact(rules)
	return d.write(ctx, a, now, func(w *work) error {
		t, err := w.ticket(ctx, ref, access.SendReply)
		if err != nil {
			return err
		}
		r := &GuardReport{TicketID: t.ID, Rules: rules, Words: NewPrivateText(words), By: a.StaffID, At: w.now}
		if err := w.tx.InsertGuardReport(ctx, r); err != nil {
			return err
		}
		return w.audit(ctx, audit.GuardReported, t.Ref, t.CaseID, map[string]string{"rules": strings.Join(rules, " ")})
	})
}

// GuardFigures is how the guard did since an instant.
type GuardFigures struct {
	Counts  map[string]int // letters that a rule stopped, by id
	Reports []GuardReport  // newest first
}

// GuardFigures reads the counts and, for who may know them, the reports.
func (d *Desk) GuardFigures(ctx context.Context, a access.Actor, since time.Time) (*GuardFigures, error) {
	if err := allowed(a, access.ReadGuard); err != nil {
		return nil, err
	}
	counts, err := d.store.RuleCounts(ctx, since)
	if err != nil {
		return nil, err
	}
	out := &GuardFigures{Counts: counts}
	if !a.May(access.HandleIncidents) {
		return out, nil
	}
	out.Reports, err = d.store.GuardReports(ctx, a, since)
	return out, err
}
