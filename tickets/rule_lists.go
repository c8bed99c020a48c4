package tickets

import (
	"context"
	"strconv"
	"strings"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
)

// The names of settings about the guard; see SettingVersion.
const (
	SettingGuardLists  = "guard_lists"
	SettingGuardLevels = "guard_levels"
)

// GuardLists are a council's own words, one phrase a line, on top of those of the
// program. They only ever ask or stop more, but for a line of Tone that begins with
// "-": it takes a phrase of the program out of the hints about tone.
type GuardLists struct {
	Tone      string `json:"tone"`      // what may read as harsh
	Talk      string `json:"talk"`      // what colleagues say to each other
	Marks     string `json:"marks"`     // what marks a text as for staff
	Immediate string `json:"immediate"` // somebody may be in danger now
	Concern   string `json:"concern"`   // serious concern
	// Examples are labelled letters, one JSON object a line, as `hearback guard check`
	// reads them, with "expect". They are tried whenever a list is saved.
	Examples string `json:"examples"`
}

// The longest lists, in bytes.
const (
	maxList     = 40_000
	maxExamples = 1 << 20
)

func (l GuardLists) check() error {
	for _, s := range []string{l.Tone, l.Talk, l.Marks, l.Immediate, l.Concern} {
		if len(s) > maxList {
			return fault.New(fault.Invalid, "A list is too long: 40,000 characters at most")
		}
	}
	if len(l.Examples) > maxExamples {
		return fault.New(fault.Invalid, "The examples are too long: a megabyte at most")
	}
	return nil
}

// GuardWords are the lists as they stand, with their version. The actor may know the
// guard's rules.
func (d *Desk) GuardWords(ctx context.Context, a access.Actor) (GuardLists, SettingVersion, error) {
	if err := allowed(a, access.ReadGuard); err != nil {
		return GuardLists{}, SettingVersion{}, err
	}
	return newest[GuardLists](ctx, d.store, SettingGuardLists)
}

// SetGuardWords stores the lists, after try has found nothing against them. seen is
// the version that was changed. Faults: Denied, Invalid (what try said), Conflict.
func (d *Desk) SetGuardWords(ctx context.Context, a access.Actor, l GuardLists, seen int64, try func(GuardLists) error, now time.Time) error {
	if err := sets(a, access.ManageGuard); err != nil {
		return fault.New(fault.Denied, "You cannot do this. Data protection, a head of service or a safeguarding lead can")
	}
	if err := l.check(); err != nil {
		return err
	}
	if err := try(l); err != nil {
		return err
	}
	err := d.write(ctx, a, now, func(w *work) error {
		v, err := w.put(ctx, SettingGuardLists, seen, l)
		if err != nil {
			return err
		}
		return w.setting(ctx, SettingGuardLists, map[string]string{
			"version": strconv.FormatInt(v.Version, 10), "tone": lines(l.Tone), "talk": lines(l.Talk), "marks": lines(l.Marks),
			"immediate": lines(l.Immediate), "concern": lines(l.Concern), "examples": lines(l.Examples),
		})
	})
	if err != nil {
		return err
	}
	_, err = d.Refresh(ctx)
	return err
}

// lines counts what is in a list, for the audit.
func lines(s string) string { return strconv.Itoa(len(listed(s))) }

// listed are the lines of a list that hold something.
func listed(s string) []string {
	var out []string
	for _, l := range strings.Split(s, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// alertLists are the words that raise an alert: those of the configuration and those
// that people have added since. None can be taken out on a page.
func (d *Desk) alertLists() (immediate, concern WordList) {
	b := d.rules.Load()
	if b.immediate == nil {
		return d.immediate, d.concern
	}
	return *b.immediate, *b.concern
}

// guardLists puts the council's words about safety on top of the configured ones.
func (b *rulebook) guardLists(s Settings, l GuardLists) {
	i := NewWordList(append(append([]string{}, s.ImmediateWords...), listed(l.Immediate)...))
	c := NewWordList(append(append([]string{}, s.ConcernWords...), listed(l.Concern)...))
	b.immediate, b.concern = &i, &c
}

// SafetyWords are the words about safety that cannot be taken out on a page.
func (d *Desk) SafetyWords() (immediate, concern []string) {
	return append([]string{}, d.s.ImmediateWords...), append([]string{}, d.s.ConcernWords...)
}

// SettleReport says what became of a report that a check is wrong.
func (d *Desk) SettleReport(ctx context.Context, a access.Actor, id int64, outcome, answer string, now time.Time) error {
	answer = strings.TrimSpace(answer)
	if err := sets(a, access.ManageGuard); err != nil {
		return fault.New(fault.Denied, "You cannot do this. Data protection, a head of service or a safeguarding lead can")
	}
	switch {
	case outcome != ReportRight && outcome != ReportWrong && outcome != ReportNoted:
		return fault.New(fault.Invalid, "Choose what you found")
	case answer == "" || len(answer) > maxWords:
		return fault.New(fault.Invalid, "Say what you found, in up to 4000 characters")
	}
	return d.write(ctx, a, now, func(w *work) error {
		r, err := w.tx.GuardReportByID(ctx, id)
		if err != nil {
			return err
		}
		if r.SettledAt != nil {
			return fault.New(fault.Conflict, "This was settled already")
		}
		if !a.May(access.CloseIncident) {
			if _, err := w.tx.Ticket(ctx, a, r.TicketRef); err != nil {
				return err
			}
		}
		r.SettledBy, r.SettledAt, r.Outcome, r.Answer = a.StaffID, &w.now, outcome, NewPrivateText(answer)
		if err := w.tx.SettleGuardReport(ctx, r); err != nil {
			return err
		}
		return w.audit(ctx, audit.GuardReportSettled, r.TicketRef, 0, map[string]string{"rules": strings.Join(r.Rules, " "), "outcome": outcome})
	})
}

// What came of a report.
const (
	ReportRight = "check_right" // the check was right
	ReportWrong = "check_wrong" // it was wrong: the words, a list or the record change
	ReportNoted = "noted"       // neither; it is kept for the next look at the rule
)
