package register

import "time"

// RestrictionKind is what must not happen.
type RestrictionKind string

// The kinds. See [WhatMayBeTold] for what each does to what somebody may be told.
const (
	NoContact        RestrictionKind = "no_contact"        // we must not write to or ring the person about this child
	IndirectOnly     RestrictionKind = "indirect_only"     // only through somebody else, who is named in the document
	NoInformation    RestrictionKind = "no_information"    // the person may write to us and is told nothing
	Supervised       RestrictionKind = "supervised"        // contact only with somebody present
	AddressProtected RestrictionKind = "address_protected" // the person's address is kept from others
	SchoolProtected  RestrictionKind = "school_protected"  // where the child goes to school is kept from others
	StaffSafety      RestrictionKind = "staff_safety"      // read before meeting or ringing
	InConfidence     RestrictionKind = "in_confidence"     // what the person told us is kept from others
	OtherRestriction RestrictionKind = "other"             // as the document says; a person has to look
)

// RestrictionKinds lists every kind, for forms and checks.
func RestrictionKinds() []RestrictionKind {
	return []RestrictionKind{
		NoContact, IndirectOnly, NoInformation, Supervised, AddressProtected, SchoolProtected,
		StaffSafety, InConfidence, OtherRestriction,
	}
}

// Words is the kind in the words of the screens.
func (k RestrictionKind) Words() string {
	switch k {
	case NoContact:
		return "No contact"
	case IndirectOnly:
		return "Indirect contact only"
	case NoInformation:
		return "No information"
	case Supervised:
		return "Supervised contact only"
	case AddressProtected:
		return "Address protected"
	case SchoolProtected:
		return "School protected"
	case StaffSafety:
		return "Staff safety"
	case InConfidence:
		return "Told us in confidence"
	case OtherRestriction:
		return "Other restriction"
	}
	return string(k)
}

// RestrictionSource is on whose word a restriction stands.
type RestrictionSource string

// The sources. A family's word counts at once; its evidence follows.
const (
	SourceOrder          RestrictionSource = "order" // of a court
	SourcePolice         RestrictionSource = "police"
	SourceSocialCare     RestrictionSource = "social_care"
	SourceFamily         RestrictionSource = "family"
	SourceRiskAssessment RestrictionSource = "risk_assessment"
	SourceLegal          RestrictionSource = "legal" // the council's lawyers
	SourceOther          RestrictionSource = "other"
)

// RestrictionSources lists every source, for forms and checks.
func RestrictionSources() []RestrictionSource {
	return []RestrictionSource{
		SourceOrder, SourcePolice, SourceSocialCare, SourceFamily, SourceRiskAssessment, SourceLegal, SourceOther,
	}
}

// Words is the source in the words of the screens.
func (s RestrictionSource) Words() string {
	switch s {
	case SourceOrder:
		return "Court order"
	case SourcePolice:
		return "Police"
	case SourceSocialCare:
		return "Social care"
	case SourceFamily:
		return "The family's word"
	case SourceRiskAssessment:
		return "Risk assessment"
	case SourceLegal:
		return "Legal advice"
	case SourceOther:
		return "Other"
	}
	return string(s)
}

// Restriction is one limit on whom we may write to or what somebody may be told.
// It is in force from StartsOn until two people have ended it. A review date that
// passes ends nothing: it raises an alarm.
type Restriction struct {
	ID        int64
	CaseID    int64
	PersonID  int64 // whom it is about; of the protected kinds, whose fact it is
	AgainstID int64 // from whom a fact is kept; 0 means everybody else on the case
	Kind      RestrictionKind
	Source    RestrictionSource
	Document  string // reference of the order or record
	Reason    string // for staff alone
	StartsOn  string // 2006-01-02, local date
	ReviewBy  string // 2006-01-02, local date
	Interim   bool   // on a family's word; the evidence is due within five working days
	EnteredBy int64
	EnteredAt time.Time

	EndAskedBy    int64 // who asked for its end; 0 when nobody has
	EndAskedAt    *time.Time
	EndReason     string // for staff alone
	EndedAt       *time.Time
	EndApprovedBy int64 // never who asked
}

// InForce reports whether the restriction counts on a local date. One that was
// entered with a date to come counts from that date; the end of one counts from
// the moment at which it was approved, whatever the date.
func (r Restriction) InForce(on string) bool {
	return r.EndedAt == nil && (r.StartsOn == "" || on == "" || r.StartsOn <= on)
}

// Overdue reports whether the review date has passed. It still counts.
func (r Restriction) Overdue(on string) bool {
	return r.InForce(on) && r.ReviewBy != "" && r.ReviewBy < on
}

// Hides reports whether the restriction keeps a fact of its person from another.
func (r Restriction) Hides(from int64) bool {
	switch r.Kind {
	case AddressProtected, SchoolProtected, InConfidence:
		return r.PersonID != from && (r.AgainstID == 0 || r.AgainstID == from)
	}
	return false
}
