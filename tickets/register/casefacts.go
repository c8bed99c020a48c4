package register

import "time"

// CaseFacts is what the register holds about a case besides the case itself and
// its parties.
type CaseFacts struct {
	CaseID          int64
	Arrangement     ContactArrangement
	Restrictions    []Restriction // ended ones included, oldest first
	Representations []Representation
	Aliases         []Alias
	Siblings        []Case            // of the same family; linked by a person, never guessed
	Dates           map[string]string // "request", "decision", "draft", "final", "review" to 2006-01-02
	Postal          map[int64][]Postal
	Preferences     map[int64]Preferences
	Protected       []ProtectedFact // removed ones not
}

// InForce are the restrictions that count on a local date.
func (f CaseFacts) InForce(on string) []Restriction {
	var out []Restriction
	for _, r := range f.Restrictions {
		if r.InForce(on) {
			out = append(out, r)
		}
	}
	return out
}

// Told is what a party of the case may be told on a local date.
func (f CaseFacts) Told(c Case, p Party, parties []Party, on string) Told {
	t := ToldFacts{
		Case: c, Arrangement: f.Arrangement.Value, Person: p.Person, Link: p.Link,
		Restrictions: f.Restrictions, Represents: f.Representations,
	}
	for _, o := range parties {
		t.Others = append(t.Others, o.Link)
	}
	return WhatMayBeTold(t, on)
}

// DomainChange is a change of the domains of staff that waits for a second
// person, or what became of it.
type DomainChange struct {
	ID         int64
	Domain     string
	Remove     bool
	AskedBy    int64
	AskedAt    time.Time
	ApprovedBy int64 // 0 while it waits, and when it was refused by who asked
	SettledAt  *time.Time
	Refused    bool
}

// Directory is the council's lists and forwardings as of an export.
type Directory struct {
	Groups   []Group
	Forwards []Forward
	AsOf     time.Time // of the oldest entry; zero when there is none
}

// Import is one extract of the case system that was taken in.
type Import struct {
	ID       int64
	FileName string
	SHA256   string
	Mapping  string // name of the mapping
	Rows     int
	Changed  int
	Waiting  int
	Failed   int
	ByID     int64
	DoneAt   time.Time
}

// Waiting is a change of an import that would loosen something: a person decides.
type Waiting struct {
	ID        int64
	ImportID  int64
	CaseID    int64
	PersonID  int64
	Change    string // JSON of the change
	Key       string // the same change again is the same line
	Why       string
	SettledBy int64
	SettledAt *time.Time
	Taken     bool
}
