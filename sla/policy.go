package sla

import (
	"time"

	"hearback/tickets/fault"
)

// Target is how long something may take: whole working days, or working time.
// Exactly one of the two is set; the zero Target means "at once" where that is
// allowed.
type Target struct {
	WorkingDays int           // due at closing time of the n-th working day after the start day
	WorkingTime time.Duration // due after this much open time; whole seconds
}

// IsZero reports whether t means "at once".
func (t Target) IsZero() bool { return t == Target{} }

// maxTarget bounds what a settings page may ask for: a year.
const maxTarget = 366

func (t Target) validate(what string) error {
	switch {
	case t.WorkingDays < 0 || t.WorkingTime < 0:
		return fault.Newf(fault.Invalid, "%s cannot be negative", what)
	case t.WorkingDays > 0 && t.WorkingTime > 0:
		return fault.Newf(fault.Invalid, "%s is set both in working days and in working hours. Set one of them", what)
	case t.WorkingDays > maxTarget || t.WorkingTime > maxTarget*24*time.Hour:
		return fault.Newf(fault.Invalid, "%s is longer than a year", what)
	case t.WorkingTime%time.Second != 0:
		return fault.Newf(fault.Invalid, "%s is not in whole seconds", what)
	}
	return nil
}

// Step is one rung of the ladder. Each is taken at most once for a clock.
type Step string

// The steps, in the order in which they fall due.
const (
	StepWarning Step = "warning" // to the officer: the answer is due soon
	StepBreach  Step = "breach"  // to the officer and the deputy: it is late
	StepLead    Step = "lead"    // to the team lead
)

// Policy is the service standard of one category of enquiry. It is a setting
// of the council, not law.
type Policy struct {
	Name          string  // the category's key, stored with every clock
	FirstResponse Target  // until a person's first answer; must be set
	WarnAt        float64 // the share of the working time until then after which the officer is warned; above 0, below 1
	LeadAfter     Target  // from the breach until the team lead is told; zero: at the breach
}

// Validate says what is wrong with p, as fault.Invalid.
func (p Policy) Validate() error {
	switch {
	case p.Name == "":
		return fault.New(fault.Invalid, "A service standard needs a name")
	case p.FirstResponse.IsZero():
		return fault.Newf(fault.Invalid, "The time to answer of the standard %q is not set", p.Name)
	case !(p.WarnAt > 0 && p.WarnAt < 1): // also refuses NaN
		return fault.Newf(fault.Invalid, "The warning of the standard %q must come after more than 0 %% and less than 100 %% of the time to answer", p.Name)
	}
	if err := p.FirstResponse.validate("The time to answer of the standard " + p.Name); err != nil {
		return err
	}
	return p.LeadAfter.validate("The time until the team lead is told in the standard " + p.Name)
}

// The keys of [DefaultPolicies].
const (
	PolicyGeneral           = "general"
	PolicyUrgent            = "urgent"             // the urgent list: out of education, placement about to fail, ...
	PolicyAssessmentRequest = "assessment_request" // a person confirms a request for an assessment
	PolicyComplaint         = "complaint"          // acknowledgement, stages 1 and 2
	PolicyMP                = "mp"                 // MPs and councillors
	PolicySchool            = "school"             // schools and other professionals
	PolicyTriage            = "triage"             // mail that nobody owns yet
	PolicySafeguarding      = "safeguarding"       // read and acted on by a person
	PolicyUnconfirmedSender = "unconfirmed_sender" // somebody unknown wrote into a conversation
)

// DefaultPolicies are the standards of a fresh installation by category key;
// each call returns a new map. Councils publish similar ones; all of them are
// practice and editable, except that the Complaint Handling Code of the Local
// Government Ombudsman asks for the complaint's five days (6.2).
//
// The ladder has the officer at 80 %, officer and deputy at 100 % and the lead
// one working day later. Where hours count, the lead is told at the breach.
func DefaultPolicies() map[string]Policy {
	days := func(n int) Target { return Target{WorkingDays: n} }
	hours := func(n int) Target { return Target{WorkingTime: time.Duration(n) * time.Hour} }
	list := []Policy{
		{PolicyGeneral, days(5), 0.8, days(1)},
		{PolicyUrgent, days(2), 0.8, Target{}},
		{PolicyAssessmentRequest, days(2), 0.8, days(1)},
		{PolicyComplaint, days(5), 0.8, days(1)},
		{PolicyMP, days(10), 0.8, days(1)},
		{PolicySchool, days(5), 0.8, days(1)},
		// Nobody owns it, so the warning is early: after one working hour of four.
		{PolicyTriage, hours(4), 0.25, Target{}},
		{PolicySafeguarding, hours(1), 0.5, Target{}},
		{PolicyUnconfirmedSender, hours(1), 0.5, Target{}},
	}
	m := make(map[string]Policy, len(list))
	for _, p := range list {
		m[p.Name] = p
	}
	return m
}
