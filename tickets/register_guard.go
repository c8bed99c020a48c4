package tickets

import (
	"slices"
	"strings"
	"time"

	"hearback/tickets/register"
)

// ProtectedValue is one text that must not stand in a letter to somebody.
type ProtectedValue struct {
	PersonID  int64  // whose it is, who may have it; 0: the child's, which nobody but AgainstID's exceptions may have
	AgainstID int64  // from whom it is kept; 0: from everybody else on the case
	Kind      string // register.FactAddress, ...
	Value     string // as recorded; a postal address in one line with commas, and its postcode as a value of its own
	// RestrictionID is why; 0 for a mark of confidence or a fact that stands alone.
	RestrictionID int64
}

// KeptFrom reports whether the value must not reach a person.
func (v ProtectedValue) KeptFrom(personID int64) bool {
	return (v.PersonID == 0 || v.PersonID != personID) && (v.AgainstID == 0 || v.AgainstID == personID)
}

// Confidence is what somebody told us and asked to be kept from others.
type Confidence struct {
	RestrictionID int64
	PersonID      int64 // who told it
	AgainstID     int64 // from whom it is kept; 0: from everybody else
	MessageID     int64
	At            time.Time
	Text          string // subject and words
}

// ProtectedValues gathers every text on a case that is kept from somebody. A
// restriction that has not ended counts whatever day it starts.
func ProtectedValues(c *register.Case, parties []register.Party, restrictions []register.Restriction, named []register.ProtectedFact, postal []register.Postal) []ProtectedValue {
	var out []ProtectedValue
	add := func(v ProtectedValue) {
		if v.Value = strings.TrimSpace(v.Value); v.Value != "" && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	for _, f := range named {
		add(ProtectedValue{PersonID: f.PersonID, AgainstID: f.AgainstID, Kind: f.Kind, Value: f.Value, RestrictionID: f.RestrictionID})
	}
	place := func(p register.Postal, against, restriction int64) {
		v := ProtectedValue{PersonID: p.PersonID, AgainstID: against, Kind: register.FactAddress, RestrictionID: restriction}
		v.Value = strings.ReplaceAll(p.Lines, "\n", ", ")
		add(v)
		if first, _, more := strings.Cut(p.Lines, "\n"); more {
			v.Value = first // the street alone tells where
			add(v)
		}
		v.Value = p.Postcode
		add(v)
	}
	reachable := func(personID, against, restriction int64, all bool) {
		for _, p := range parties {
			if p.Person.ID != personID {
				continue
			}
			for _, a := range p.Addresses {
				if all || a.Confidential {
					add(ProtectedValue{PersonID: personID, AgainstID: against, Kind: register.FactEmail, Value: a.Email, RestrictionID: restriction})
				}
			}
			for _, f := range p.Phones {
				if all || f.Confidential {
					add(ProtectedValue{PersonID: personID, AgainstID: against, Kind: register.FactPhone, Value: f.Number, RestrictionID: restriction})
				}
			}
		}
		for _, x := range postal {
			if x.PersonID == personID && (all || x.Confidential) {
				place(x, against, restriction)
			}
		}
	}
	for _, r := range restrictions {
		if r.EndedAt != nil || c == nil || r.CaseID != c.ID {
			continue
		}
		switch r.Kind {
		case register.AddressProtected:
			reachable(r.PersonID, r.AgainstID, r.ID, true)
		case register.SchoolProtected:
			add(ProtectedValue{PersonID: r.PersonID, AgainstID: r.AgainstID, Kind: register.FactSchool, Value: c.School, RestrictionID: r.ID})
		}
	}
	for _, p := range parties {
		reachable(p.Person.ID, 0, 0, p.Link.AddressHidden)
	}
	return out
}
