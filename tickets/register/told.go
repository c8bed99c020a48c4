package register

import (
	"slices"
	"strings"
)

// ToldLevel is how much somebody may be told about a child.
type ToldLevel string

// The levels, from the least to the most.
const (
	ToldNothing  ToldLevel = "nothing"         // a letter may say that we have theirs, and no more
	ToldIndirect ToldLevel = "indirect"        // through somebody else, never by us
	ToldAdvice   ToldLevel = "advice"          // what they need for their own advice
	ToldSchool   ToldLevel = "school_matters"  // what the school needs
	ToldMost     ToldLevel = "all_not_address" // all but what NotTold lists
	ToldAll      ToldLevel = "all"
)

// Rank orders the levels: a higher one tells more.
func (l ToldLevel) Rank() int {
	return slices.Index([]ToldLevel{ToldNothing, ToldIndirect, ToldAdvice, ToldSchool, ToldMost, ToldAll}, l)
}

// ToldFacts is what the answer depends on.
type ToldFacts struct {
	Case         Case
	Arrangement  Arrangement
	Person       Person
	Link         Link
	Others       []Link // of the case
	Restrictions []Restriction
	Represents   []Representation
}

// Told is what a person on a case may be told, and why. It is computed here and
// nowhere else; pages, composer, API and the guard's facts show or use it.
type Told struct {
	Level   ToldLevel
	Words   string   // "Yes, all. Not the address"
	NotTold []string // "the address", "the school"
	Why     []string // one plain sentence each
	Ask     []string // what a person should do about it
	// MayWrite is false when nothing may be sent at all, not even an acknowledgement.
	MayWrite bool
}

// WhatMayBeTold is what the person may be told on a local date. Whatever is
// added to the facts, a restriction only ever takes away: of two that disagree
// the stricter counts.
func WhatMayBeTold(f ToldFacts, on string) Told {
	t := told{Told: Told{Level: base(f.Person, f.Link), MayWrite: true}, f: f, on: on}
	t.rights()
	t.represented()
	t.youngPerson()
	t.restricted()
	t.hidden()
	if len(t.NotTold) > 0 && t.Level == ToldAll {
		t.Level = ToldMost
	}
	t.Words = t.words()
	return t.Told
}

type told struct {
	Told
	f  ToldFacts
	on string
}

// lower takes the level down, never up.
func (t *told) lower(to ToldLevel, why string) {
	if to.Rank() < t.Level.Rank() {
		t.Level = to
	}
	t.Why = append(t.Why, why)
}

// base is what was recorded, else what the person's part in the case gives.
func base(p Person, l Link) ToldLevel {
	switch strings.ToLower(strings.TrimSpace(l.MayBeTold)) {
	case "all", "all, not the address": // the address is a matter of the restrictions
		return ToldAll
	case "school matters only":
		return ToldSchool
	case "advice":
		return ToldAdvice
	case "":
		switch p.Kind {
		case KindParent, KindYoungPerson:
			return ToldAll
		case KindSchool:
			return ToldSchool
		case KindProfessional:
			return ToldAdvice
		}
	}
	return ToldNothing // "nothing", an MP, others, and what we do not understand
}

func (t *told) rights() {
	if strings.EqualFold(strings.TrimSpace(t.f.Link.MayBeTold), "all, not the address") {
		t.hide("the address", "The case says: not the address.")
	}
	if t.f.Person.Kind != KindParent {
		return
	}
	switch t.f.Link.PR {
	case PRYes:
		t.Why = append(t.Why, "Holds parental responsibility.")
	case PRNo:
		t.lower(ToldNothing, "Does not hold parental responsibility.")
	default:
		t.Why = append(t.Why, "Parental responsibility has not been checked.")
		t.Ask = append(t.Ask, "Check parental responsibility.")
	}
}

// represented: a representative speaks on an authority or not at all.
func (t *told) represented() {
	if !t.f.Link.Representative {
		return
	}
	seen := ""
	for _, r := range t.f.Represents {
		if r.PersonID != t.f.Person.ID || r.CaseID != t.f.Case.ID {
			continue
		}
		if r.InForce(t.on) {
			// An authority is what lets a stranger be told; it lifts no restriction.
			if t.f.Link.PR != PRNo || t.f.Person.Kind != KindParent {
				t.Level = ToldAll
			}
			t.Why = append(t.Why, "Acts on a written authority.")
			return
		}
		seen = "The written authority does not count today."
	}
	if seen == "" {
		seen = "There is no written authority on file."
	}
	t.lower(ToldNothing, seen)
	t.Ask = append(t.Ask, "Ask for a written authority.")
}

// youngPerson: from the switch on the rights are the young person's own.
func (t *told) youngPerson() {
	if t.f.Person.Kind != KindParent || !IsYoungPerson(t.f.Case.DOB, t.on) {
		return
	}
	name := FirstName(t.f.Case.ChildName)
	switch t.f.Arrangement {
	case ArrangeParent:
		t.Why = append(t.Why, name+" is a young person; the case says that the parent decides.")
	case ArrangeParentCopied:
		t.Why = append(t.Why, name+" decides and has agreed that parents are copied.")
	case ArrangeYoungOnly:
		t.lower(ToldNothing, name+" decides and wants parents not to be told.")
	case ArrangeRepresentative:
		t.lower(ToldNothing, "A representative decides for "+name+".")
	default:
		t.Ask = append(t.Ask, "Ask "+name+" who should be told.")
		if notAskedTooLong(t.f.Case.DOB, t.on) {
			t.lower(ToldNothing, name+" has been a young person for more than 60 days, and nobody has asked who should be told.")
			return
		}
		t.Why = append(t.Why, name+" makes these decisions now and has not been asked who should be told.")
	}
}

// restricted applies what is said about the person.
func (t *told) restricted() {
	if t.f.Link.NoContact {
		t.MayWrite = false
		t.lower(ToldNothing, "We must not contact them about this child.")
	}
	for _, r := range t.f.Restrictions {
		if r.CaseID != t.f.Case.ID || r.PersonID != t.f.Person.ID || !r.InForce(t.on) {
			continue
		}
		switch r.Kind {
		case NoContact:
			t.MayWrite = false
			t.lower(ToldNothing, "We must not contact them about this child ("+strings.ToLower(r.Source.Words())+").")
		case IndirectOnly, Supervised:
			t.MayWrite = false
			t.lower(ToldIndirect, r.Kind.Words()+" ("+strings.ToLower(r.Source.Words())+").")
		case NoInformation:
			t.lower(ToldNothing, "They must be given no information ("+strings.ToLower(r.Source.Words())+").")
		case StaffSafety:
			t.Ask = append(t.Ask, "Read the staff safety note before you meet or ring.")
		case OtherRestriction:
			t.lower(ToldNothing, "A restriction says what may be told; read it first.")
			t.Ask = append(t.Ask, "Read the restriction.")
		}
		if r.Overdue(t.on) {
			t.Ask = append(t.Ask, "The restriction's review date has passed. It still counts: review it.")
		}
	}
}

// hidden applies what is kept from the person for the sake of others.
func (t *told) hidden() {
	for _, l := range t.f.Others {
		if l.CaseID == t.f.Case.ID && l.PersonID != t.f.Person.ID && l.AddressHidden {
			t.hide("the address", "An address on this case is protected.")
		}
	}
	for _, r := range t.f.Restrictions {
		if r.CaseID != t.f.Case.ID || !r.InForce(t.on) || !r.Hides(t.f.Person.ID) {
			continue
		}
		switch r.Kind {
		case AddressProtected:
			t.hide("the address", "An address on this case is protected.")
		case SchoolProtected:
			t.hide("the school", "Where the child goes to school is protected.")
		case InConfidence:
			t.hide("what was said in confidence", "Somebody told us something in confidence.")
		}
	}
}

func (t *told) hide(what, why string) {
	if !slices.Contains(t.NotTold, what) {
		t.NotTold = append(t.NotTold, what)
		slices.Sort(t.NotTold)
	}
	if !slices.Contains(t.Why, why) {
		t.Why = append(t.Why, why)
	}
}

func (t *told) words() string {
	var s string
	switch t.Level {
	case ToldAll, ToldMost:
		s = "Yes, all"
	case ToldSchool:
		s = "School matters only"
	case ToldAdvice:
		s = "What they need for their advice"
	case ToldIndirect:
		return "Nothing from us directly"
	default:
		if !t.MayWrite {
			return "Nothing. Do not write"
		}
		return "Nothing"
	}
	if len(t.NotTold) > 0 {
		s += ". Not " + join(t.NotTold)
	}
	return s
}

func join(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// FirstName is how a sentence speaks of a child; "The young person" without a name.
func FirstName(name string) string {
	if f := strings.Fields(name); len(f) > 0 {
		return f[0]
	}
	return "The young person"
}
