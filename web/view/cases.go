package view

import (
	"html/template"
	"time"
)

// Case is the page of one child's case.
type Case struct {
	Shell   Shell
	Ref     string
	Child   Child
	Due     Due // the nearest answer
	DueNote string
	Tabs    []NavItem
	Alerts  []string

	Officer       string // empty is an alarm
	OfficerSince  time.Time
	Deputy        string
	Fallback      string
	FamilyTold    string // "2 Sep, by email"; empty shows that they were not told
	CanAssign     bool
	Officers      []Option // POST to CaseURL+"/officer", field officer
	School        string
	Team          string
	People        []CasePerson
	Restrictions  string // "1, source: court order"; plain words, no reason
	Clocks        []ClockRow
	Standards     []ClockRow
	Promises      []Promise
	Line          template.HTML // contact line with its table, from chart.Drawer.ContactLine
	LineNote      string
	Open          []Row
	Finished      []Row
	History       *Timeline // set on the contact history tab
	HistoryPages  Pages
	HistoryFilter []Check
	WriteHref     string
	CallHref      string
}

// CasePerson is one line of "people and what they may be told".
type CasePerson struct {
	Name       string
	Link       string // "mother"
	PR         string // "yes", "no", "not checked", "-"
	PRNote     string // "checked 3 Sep 2026"
	Told       string
	NotTold    string
	NoContact  bool
	Addresses  []string
	Phones     []string
	Hidden     bool // address and school are protected: shown as "Protected"
	RevealHref string
}

// Cases is the list of cases.
type Cases struct {
	Shell   Shell
	Query   string
	Filters []CaseFilter
	Rows    []CaseRow
	Total   string // "41 cases"
	Pages   Pages
	Empty   string
}

// CaseFilter is one select of the filter form (a GET of the page).
type CaseFilter struct {
	Name    string
	Label   string
	Options []Option
}

// CaseRow is one case.
type CaseRow struct {
	Ref      string
	Child    Child
	School   string
	Officer  string
	Fallback string
	Team     string
	Open     int
	Due      Due
	LastIn   time.Time
	LastOut  time.Time
	Alert    string
}

// Search is the result of a search.
type Search struct {
	Shell    Shell
	Query    string
	Errors   []FieldError
	Children []SearchHit
	People   []SearchHit
	Enquiry  []Row
	Inside   []TextHit
	// Hidden counts results on cases this person may not open.
	Hidden int
	Down   bool
	Pages  Pages
	Asked  bool // a search was made
}

// SearchHit is a child or a person.
type SearchHit struct {
	Href  string
	Text  string // "M.B., 7, WM-2201"
	Note  string // "Priya N."
	Extra *Link
}

// TextHit is a hit inside a message.
type TextHit struct {
	Ref    string
	Anchor string // "m812"
	Kind   string // "in", "out", "note", "call"
	At     time.Time
	Before string
	Marked string
	After  string
}
