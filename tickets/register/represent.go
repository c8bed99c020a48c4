package register

import "time"

// RepresentationKind is what a representative is.
type RepresentationKind string

// The kinds of representatives.
const (
	Solicitor           RepresentationKind = "solicitor"
	Advocate            RepresentationKind = "advocate"
	SENDIASSAdviser     RepresentationKind = "sendiass"
	OtherRepresentative RepresentationKind = "other"
)

// RepresentationKinds lists every kind, for forms and checks.
func RepresentationKinds() []RepresentationKind {
	return []RepresentationKind{Solicitor, Advocate, SENDIASSAdviser, OtherRepresentative}
}

// Representation says that somebody may act for somebody, on what authority and
// until when. Without an authority on file there is none.
type Representation struct {
	ID        int64
	CaseID    int64
	PersonID  int64 // the representative
	ForPerson int64 // who gave the authority
	Kind      RepresentationKind
	Document  string // reference of the signed authority
	GivenOn   string // 2006-01-02, local date
	ExpiresOn string // 2006-01-02, local date; the last day on which it counts; empty: until it is ended
	EnteredBy int64
	EnteredAt time.Time
	EndedAt   *time.Time
}

// InForce reports whether the authority counts on a local date.
func (r Representation) InForce(on string) bool {
	return r.EndedAt == nil && r.Document != "" && (r.GivenOn == "" || r.GivenOn <= on) && (r.ExpiresOn == "" || on <= r.ExpiresOn)
}

// Arrangement is who decides and who is written to once the child is a young
// person (SEND Code of Practice 2015, 8.13 to 8.18).
type Arrangement string

// The arrangements.
const (
	ArrangeParent         Arrangement = "parent_decides" // before the switch; after it only with a reason on file
	ArrangeParentCopied   Arrangement = "young_person_parent_copied"
	ArrangeYoungOnly      Arrangement = "young_person_only"
	ArrangeRepresentative Arrangement = "representative" // capacity assessed for the decision (Mental Capacity Act 2005)
	ArrangeNotAsked       Arrangement = "not_asked"
)

// Arrangements lists every arrangement, for forms and checks.
func Arrangements() []Arrangement {
	return []Arrangement{ArrangeNotAsked, ArrangeParent, ArrangeParentCopied, ArrangeYoungOnly, ArrangeRepresentative}
}

// Words is the arrangement in the words of the screens.
func (a Arrangement) Words() string {
	switch a {
	case ArrangeParent:
		return "Parent decides"
	case ArrangeParentCopied:
		return "Young person decides, parent copied with consent"
	case ArrangeYoungOnly:
		return "Young person only"
	case ArrangeRepresentative:
		return "A representative decides"
	case ArrangeNotAsked, "":
		return "Not asked yet"
	}
	return string(a)
}

// ContactArrangement is the arrangement of a case with where it comes from.
type ContactArrangement struct {
	CaseID    int64
	Value     Arrangement
	Source    string // who said so, and when or where
	AskedOn   string // 2006-01-02, local date
	EnteredBy int64
}
