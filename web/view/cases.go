package view

import (
	"html/template"
	"time"
)

// Case is the page of one child's case: the overview and the contact history.
type Case struct {
	Shell Shell
	Top   CaseTop

	Officer       string // empty is an alarm
	Deputy        string
	Fallback      string
	FamilyTold    string // "2 Sep, by email"; empty shows that they were not told
	OfficerHref   string // changes officer and fall-back; empty: may not
	ImportNote    string // how old the last extract of the case system is
	Steps         []CaseStep
	Prompts       []CaseAlert // what somebody has to do about the case
	People        []CasePerson
	NewPerson     string // address of the form; empty: may not
	Restrictions  string // "2 in force: no contact (court order), ..."
	RestHref      string
	EditHref      string
	Facts         []Fact // who decides, dates, other names, siblings
	Siblings      []Link
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

// Cases is the list of cases.
type Cases struct {
	Shell   Shell
	Query   string
	Filters []CaseFilter
	Rows    []CaseRow
	Total   string // "41 cases"
	Pages   Pages
	Empty   string
	NewHref string // opens a case; empty: may not
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
