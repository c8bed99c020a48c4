package register

import "time"

// Preferences is how a person wants to be written to or rung, recorded once and
// shown wherever somebody is about to (Equality Act 2010 s.20).
type Preferences struct {
	PersonID    int64
	Channel     string // "email", "phone", "letter"; empty: none said
	Times       string // "not 9 to 3"
	Language    string
	Interpreter bool
	LargePrint  int // points; 0: none asked for
	EasyRead    bool
	Braille     bool
	Audio       bool
	BSL         bool
	Words       string // anything else
	NoGeneral   bool   // no letters to many families: only what is about their own child
}

// Empty reports whether nothing has been said.
func (p Preferences) Empty() bool {
	p.PersonID = 0
	return p == Preferences{}
}

// Alias is another name by which a child is known: a former surname, a short form.
type Alias struct {
	ID     int64
	CaseID int64
	Name   string
}

// Postal is a postal address of a person.
type Postal struct {
	ID           int64
	PersonID     int64
	Lines        string // without the postcode, one line each
	Postcode     string // SW1A 1AA
	Confidential bool   // must not be seen by anybody else on the case
	FromOn, ToOn string // 2006-01-02, local dates; empty: not known, still
	EnteredAt    time.Time
}

// ProtectedFact is a fact that must not reach somebody on the case.
type ProtectedFact struct {
	ID            int64
	CaseID        int64
	PersonID      int64 // whose it is
	AgainstID     int64 // from whom it is kept; 0 means everybody else on the case
	RestrictionID int64 // why; it is protected for as long as that is in force
	Kind          string
	Value         string
}

// Kinds of protected facts.
const (
	FactAddress = "address"
	FactSchool  = "school"
	FactPhone   = "phone"
	FactEmail   = "email"
	FactPlace   = "place"
	FactWorker  = "worker"
)

// Preset is what the form for a new person starts with.
type Preset struct {
	Name      string
	Kind      PersonKind
	Relation  Relation
	MayBeTold string
	Note      string // what the officer should know
}

// Presets are the people who are often on a case besides the parents.
func Presets() []Preset {
	return []Preset{
		{Name: "Parent", Kind: KindParent, Relation: "parent", Note: "Check parental responsibility and say against what."},
		{Name: "Foster carer", Kind: KindParent, Relation: "foster carer", MayBeTold: "all", Note: "The address of a foster carer is protected from the birth family. The council may share parental responsibility."},
		{Name: "Young person", Kind: KindYoungPerson, Relation: "young person"},
		{Name: "School or setting", Kind: KindSchool, Relation: "school", MayBeTold: "school matters only"},
		{Name: "Health professional", Kind: KindProfessional, Relation: "health", MayBeTold: "advice"},
		{Name: "Educational psychologist", Kind: KindProfessional, Relation: "educational psychologist", MayBeTold: "advice"},
		{Name: "Social worker", Kind: KindProfessional, Relation: "social worker", MayBeTold: "all"},
		{Name: "Virtual school", Kind: KindProfessional, Relation: "virtual school", MayBeTold: "all"},
		{Name: "Interpreter", Kind: KindOther, Relation: "interpreter", MayBeTold: "nothing", Note: "An interpreter passes words on and is told nothing of their own."},
		{Name: "Solicitor", Kind: KindOther, Relation: "solicitor", MayBeTold: "nothing", Note: "Nothing may be told before a written authority is on file."},
		{Name: "Advocate", Kind: KindOther, Relation: "advocate", MayBeTold: "nothing", Note: "Nothing may be told before a written authority is on file."},
		{Name: "SENDIASS adviser", Kind: KindOther, Relation: "SENDIASS adviser", MayBeTold: "nothing", Note: "Nothing may be told before the parent has agreed in writing."},
		{Name: "MP or councillor", Kind: KindMP, Relation: "MP", MayBeTold: "nothing", Note: "A constituent's own request implies agreement for what they asked about, and for nothing about others."},
	}
}
