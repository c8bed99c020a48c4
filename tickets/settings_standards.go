package tickets

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"hearback/sla"
	"hearback/tickets/access"
	"hearback/tickets/fault"
)

// Standard is how soon a category of enquiries is to be answered. It is a setting
// of the council, not law; the statutory clocks know nothing of it.
type Standard struct {
	Category       string
	Label          string
	WorkingDays    int // one of the two is set
	WorkingMinutes int // open minutes of the office
	Active         bool
	// What the configuration says, where somebody has set something else.
	Differs         bool
	Configured      sla.Target
	ConfiguredLabel string
	Fixed           bool // it cannot be taken out of use
	ChangedBy       int64
	ChangedAt       time.Time
}

// standardSet is what was set for one category; what is zero is as configured.
type standardSet struct {
	Label   string    `json:"label,omitempty"`
	Days    int       `json:"days,omitempty"`
	Minutes int       `json:"minutes,omitempty"`
	Closed  bool      `json:"closed,omitempty"`
	By      int64     `json:"by,omitempty"`
	At      time.Time `json:"at"`
}

func (s standardSet) same() bool { return s.Label == "" && s.Days == 0 && s.Minutes == 0 && !s.Closed }

type standardsContent map[string]standardSet

// The longest that a standard may be.
const (
	maxStandardDays    = 60
	maxStandardMinutes = 40 * 60
)

// fixedStandard: what has no other standard to fall back on, or is about danger.
func fixedStandard(category string) bool {
	switch category {
	case sla.PolicyGeneral, sla.PolicyTriage, sla.PolicySafeguarding, sla.PolicyUnconfirmedSender:
		return true
	}
	return false
}

// StandardLabel is the name of a category on the screens, where nobody has given
// it another.
func StandardLabel(category string) string {
	switch category {
	case sla.PolicyGeneral:
		return "General"
	case sla.PolicyUrgent:
		return "Urgent"
	case sla.PolicyAssessmentRequest:
		return "Request for an assessment"
	case sla.PolicyComplaint:
		return "Complaint"
	case sla.PolicyMP:
		return "From an MP"
	case sla.PolicySchool:
		return "From a school"
	case sla.PolicyTriage:
		return "Mail that nobody owns yet"
	case sla.PolicySafeguarding:
		return "Safety alert"
	case sla.PolicyUnconfirmedSender:
		return "Somebody unknown wrote into a conversation"
	}
	return category
}

// apply puts what was set onto the policies of the configuration.
func (b *rulebook) apply(base map[string]sla.Policy, set standardsContent) error {
	b.policies, b.closed, b.set = maps.Clone(base), map[string]bool{}, set
	for _, category := range slices.Sorted(maps.Keys(set)) {
		s, p := set[category], base[category]
		if p.Name == "" {
			continue // a category that this program does not know stays as it is stored
		}
		switch {
		case s.Days > 0:
			p.FirstResponse = sla.Target{WorkingDays: s.Days}
		case s.Minutes > 0:
			p.FirstResponse = sla.Target{WorkingTime: time.Duration(s.Minutes) * time.Minute}
		}
		if err := p.Validate(); err != nil {
			return err
		}
		b.policies[category] = p
		b.closed[category] = s.Closed && !fixedStandard(category)
	}
	return nil
}

// CategoryLabel is the council's name of a category.
func (d *Desk) CategoryLabel(c Category) string {
	return cmp.Or(d.rules.Load().set[string(c)].Label, StandardLabel(string(c)))
}

// CategoryInUse reports whether a category is offered. One that is not keeps what
// it has; its new clocks run by the general standard.
func (d *Desk) CategoryInUse(c Category) bool { return !d.rules.Load().closed[string(c)] }

// Standards are the response standards as they are now, with the version to give
// back when one is changed.
func (d *Desk) Standards(ctx context.Context, a access.Actor) (list []Standard, version int64, err error) {
	if err := allowed(a, access.ReadSystem); err != nil {
		return nil, 0, err
	}
	set, v, err := newest[standardsContent](ctx, d.store, SettingStandards)
	if err != nil {
		return nil, 0, err
	}
	now := &rulebook{}
	if err := now.apply(d.base.policies, set); err != nil {
		return nil, 0, err
	}
	for _, category := range standardOrder(d.base.policies) {
		p, s := now.policies[category], set[category]
		list = append(list, Standard{
			Category: category, Label: cmp.Or(s.Label, StandardLabel(category)), WorkingDays: p.FirstResponse.WorkingDays,
			WorkingMinutes: int(p.FirstResponse.WorkingTime / time.Minute), Active: !now.closed[category], Differs: !s.same(),
			Configured: d.base.policies[category].FirstResponse, ConfiguredLabel: StandardLabel(category), Fixed: fixedStandard(category),
			ChangedBy: s.By, ChangedAt: s.At,
		})
	}
	return list, v.Version, nil
}

// standardOrder has the categories of enquiries first, then what hours count for.
func standardOrder(m map[string]sla.Policy) []string {
	first := []string{
		sla.PolicyGeneral, sla.PolicyUrgent, sla.PolicyAssessmentRequest, sla.PolicyComplaint, sla.PolicyMP, sla.PolicySchool,
		sla.PolicyTriage, sla.PolicyUnconfirmedSender, sla.PolicySafeguarding,
	}
	out := slices.DeleteFunc(slices.Clone(first), func(k string) bool { return m[k].Name == "" })
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if !slices.Contains(first, k) {
			out = append(out, k)
		}
	}
	return out
}

// StandardRequest is one standard as it is to be.
type StandardRequest struct {
	Version        int64 // that Standards gave
	Category       string
	Label          string // "" for that of the program
	WorkingDays    int
	WorkingMinutes int
	Active         bool
}

// ChangeStandard sets one standard. It holds for clocks that start from now on;
// clocks that run keep the date that the family was told. Faults: Invalid (what to
// correct), Conflict (somebody else was faster).
func (d *Desk) ChangeStandard(ctx context.Context, a access.Actor, r StandardRequest, now time.Time) error {
	if err := sets(a, access.ManageStandards); err != nil {
		return err
	}
	base, ok := d.base.policies[r.Category]
	if !ok {
		return fault.New(fault.NotFound, "There is no such category")
	}
	s, err := r.check(base)
	if err != nil {
		return err
	}
	err = d.write(ctx, a, now, func(w *work) error {
		set, _, err := newest[standardsContent](ctx, w.tx, SettingStandards)
		if err != nil {
			return err
		}
		if set == nil {
			set = standardsContent{}
		}
		s.By, s.At = a.StaffID, w.now
		if set[r.Category] = s; s.same() {
			delete(set, r.Category)
		}
		if _, err := w.put(ctx, SettingStandards, r.Version, set); err != nil {
			return err
		}
		return w.setting(ctx, SettingStandards, map[string]string{
			"category": r.Category, "days": strconv.Itoa(r.WorkingDays), "minutes": strconv.Itoa(r.WorkingMinutes), "active": yesNo(r.Active),
			"renamed": yesNo(s.Label != ""),
		})
	})
	if err != nil {
		return err
	}
	_, err = d.Refresh(ctx)
	return err
}

// check makes of a request what differs from the configuration.
func (r StandardRequest) check(base sla.Policy) (standardSet, error) {
	var s standardSet
	label := plainName(r.Label)
	switch {
	case (r.WorkingDays > 0) == (r.WorkingMinutes > 0):
		return s, fault.New(fault.Invalid, "Give either working days or working hours")
	case r.WorkingDays < 0 || r.WorkingDays > maxStandardDays:
		return s, fault.Newf(fault.Invalid, "Working days can be 1 to %d", maxStandardDays)
	case r.WorkingMinutes < 0 || r.WorkingMinutes > maxStandardMinutes:
		return s, fault.Newf(fault.Invalid, "Working hours can be up to %d", maxStandardMinutes/60)
	case len([]rune(label)) > 60:
		return s, fault.New(fault.Invalid, "The name can have 60 letters at most")
	case !r.Active && fixedStandard(r.Category):
		return s, fault.New(fault.Refused, "This standard is always in use: mail without another one falls back on it, or it is about somebody's safety")
	}
	if label != StandardLabel(r.Category) {
		s.Label = label
	}
	target := sla.Target{WorkingDays: r.WorkingDays, WorkingTime: time.Duration(r.WorkingMinutes) * time.Minute}
	if target != base.FirstResponse {
		s.Days, s.Minutes = r.WorkingDays, r.WorkingMinutes
	}
	s.Closed = !r.Active
	p := base
	p.FirstResponse = target
	if err := p.Validate(); err != nil {
		return s, fmt.Errorf("the standard %s: %w", r.Category, err)
	}
	return s, nil
}
