package view

// CaseTop is what stands above every tab of a case.
type CaseTop struct {
	Ref         string
	Child       Child
	School      string // empty when it is protected
	SchoolShow  string // POST: shows a protected school and records that somebody looked; empty when it is not protected
	Team        string
	Due         Due // the nearest answer
	DueNote     string
	Tabs        []NavItem
	Alerts      []CaseAlert
	RecordedFor string // "Shown because you asked. That you looked is recorded."
}

// CaseAlert is what has to be read before anything is said.
type CaseAlert struct {
	Text string
	Link *Link
}

// CasePerson is one line of "people and what they may be told".
type CasePerson struct {
	ID        string
	Href      string
	Name      string
	Link      string // "mother"
	PR        string // "yes", "no", "not checked", "-"
	PRNote    string // "birth certificate, 3 Sep 2026"
	Level     string // "yes", "part", "no"
	Told      string
	NotTold   string
	Because   string // why nothing may be told; empty otherwise
	Why       []string
	Ask       []string
	Shared    string
	NoWriting bool
	Marks     []string // "Representative until 3 Mar 2027"
	Prefers   string
	Reach     []Reach
	ShowURL   string // POST: shows what is protected and records that somebody looked; empty when nothing is
}

// Reach is one way to reach somebody. A protected one has no Value until it was
// asked for.
type Reach struct {
	ID        string
	Kind      string // "email", "phone", "post"
	Value     string
	Protected bool
	Notes     []string // "Checked 3 Sep 2026", "Did not arrive 2 times", "Also Jon Blake"
	Bad       []string // "Wrong number"
	Forms     []Form
}

// Fact is one line of what is recorded.
type Fact struct {
	Name  string
	Value string
	Note  string
}

// RestrictionRow is one restriction in a list.
type RestrictionRow struct {
	ID      string
	Href    string
	Kind    string // "No contact"
	Who     string // "Rob Brandt"
	Against string // "everybody else on the case"; empty when the kind has none
	Source  string // "Court order"
	From    string
	Review  string // "3 Mar 2027"; "" when none was set
	State   string // "In force", "From 3 Mar 2027", "Overdue for review: still in force", "Ended"
	Tone    string // "", "soon", "late"
	Note    string // "Evidence is due by 1 Dec 2026"
}

// CasePeople is the tab with everybody on a case.
type CasePeople struct {
	Shell    Shell
	Top      CaseTop
	People   []CasePerson
	NewHref  string // empty: may not add
	Restrict string // what is in force, in words
	RestHref string
}

// PersonPage is one person on one case.
type PersonPage struct {
	Shell     Shell
	Top       CaseTop
	Back      Link
	Errors    []FieldError
	Person    CasePerson
	Shown     bool // what is protected was asked for, and is shown
	Facts     []Fact
	Reach     []Reach
	Authority []Fact // written authorities
	Others    []Link // other cases of the person that the reader may know
	Rests     []RestrictionRow
	Forms     []Form // to change what is recorded
	AddForms  []Form // to add to it
	MergeHref string
	Changed   bool // 409: what the form was made of has changed
}

// PersonNew is the form for somebody new on a case.
type PersonNew struct {
	Shell   Shell
	Top     CaseTop
	Errors  []FieldError
	Presets []Link // one address for each preset, the chosen one without
	Preset  string
	Note    string
	Form    Form
	Known   Form // somebody who is recorded already
}

// MergePage puts two people side by side.
type MergePage struct {
	Shell  Shell
	Top    CaseTop
	Back   Link
	Errors []FieldError
	Choose *Form // who the other one is
	Names  [2]string
	Rows   []MergeRow
	Stays  []string // which stricter values stay
	Form   *Form
}

// MergeRow is one fact of both and of what is left.
type MergeRow struct {
	Name        string
	Left, Right string
	After       string
}

// RestrictionsPage lists the restrictions of a case.
type RestrictionsPage struct {
	Shell   Shell
	Top     CaseTop
	InForce []RestrictionRow
	Overdue []RestrictionRow
	Ended   []RestrictionRow
	NewHref string
}

// RestrictionNew is the form for a restriction.
type RestrictionNew struct {
	Shell  Shell
	Top    CaseTop
	Errors []FieldError
	Form   Form
}

// RestrictionPage is one restriction.
type RestrictionPage struct {
	Shell   Shell
	Top     CaseTop
	Errors  []FieldError
	Row     RestrictionRow
	Facts   []Fact
	Waits   string // "Priya Nair has asked for its end..." while somebody has
	Forms   []Form
	Why     string // why the reader cannot end it
	Changed bool
}

// CaseEdit changes a case, or makes one.
type CaseEdit struct {
	Shell    Shell
	Top      *CaseTop // nil for a new case
	Back     Link
	Errors   []FieldError
	Form     Form
	Aliases  []Form // one button each
	Siblings []Form
	Forms    []Form
	Changed  bool
}

// CaseStep is one thing to set on a new case.
type CaseStep struct {
	Text string
	Done bool
	Href string
}
