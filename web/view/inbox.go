package view

import (
	"html/template"
	"time"
)

// Inbox is the list of enquiries with a preview of one of them.
//
// Fragments: FragViewCounts, FragDueStrip, FragNewBar, FragList, FragRow, FragPreview.
type Inbox struct {
	Shell Shell
	View  string // slug of the chosen view: "mine", "waiting", ...
	Name  string // heading: "Mine: needs an answer"
	Count int    // enquiries in the view

	Views  ViewCounts
	Strip  *Strip
	NewBar NewBar
	List   List
	// Preview is the chosen enquiry; nil shows the hint that nothing is chosen.
	Preview *Preview
	// Opened says that the person asked for the preview (?open=): on a narrow screen it then takes the place of the list.
	Opened bool
	// Broken is set when the list could not be loaded, with the moment of the last good one.
	Broken   bool
	LastGood time.Time
}

// ViewCounts is the left column (#view-counts).
type ViewCounts struct {
	Views []NavItem
	// URL answers this fragment; it carries the chosen view.
	URL string
	// Title is the page title with the new count, swapped together with the counts. Empty leaves the title alone.
	Title string
}

// Strip is the due strip above the list (#due-strip): the chart and its table from the same rows.
type Strip struct {
	URL   string
	Chart template.HTML // from chart.Drawer.DueStrip
}

// NewBar announces what arrived since the page was loaded (#newbar). It never changes the list by itself.
type NewBar struct {
	Count int    // zero leaves the bar empty
	Noun  string // "new", "changed"; default "new"
	Href  string // loads the page again, with what is new
	URL   string // answers this fragment; carries the last seen event
	Ref   string // enquiry the bar belongs to; empty for lists
}

// List is the table of enquiries (#list).
type List struct {
	Caption string // for screen readers: "Enquiries that need an answer from you, soonest first"
	Rows    []Row
	Sort    []SortLink
	Pages   Pages
	// Empty is the sentence of an empty list; the words are in EmptyInbox.
	Empty string
	// EmptyLink follows the sentence.
	EmptyLink *Link
	// Unknown replaces Empty when mail was not read lately: an empty list then proves nothing.
	Unknown string
	// MoveURL takes the ticked rows ("ref", repeated) by POST with do=move. Empty hides the ticks.
	MoveURL string
	Owners  []Option
}

// SortLink is one way to sort.
type SortLink struct {
	Text    string
	Href    string
	Current bool
}

// Row is one enquiry in a list (#row-{ref}).
type Row struct {
	Ref      string
	Initials string // "M.B."
	Age      string // "7"
	Due      Due
	Urgent   bool
	From     string // "Tessa Brandt"
	Role     string // "mother"
	Asks     string // the officer's one line, else the subject
	// Facts are the reasons for a third line: chasers, calls, someone viewing, an officer away.
	Facts []string
	Last  LastWord
	Owner string // "Priya N."; empty is an alarm and shows "No officer"
	// OwnerNote follows the owner: "away, deputy Ola R."
	OwnerNote string
	Draft     bool // this person has an unsent draft
	Changed   bool // changed since the page was loaded
	Chosen    bool // shown in the preview
	OpenHref  string
}

// LastWord says who wrote last.
type LastWord struct {
	Kind string // "in", "out", "note", "call"
	At   time.Time
}

// Preview is the right column (#preview).
type Preview struct {
	Ref      string
	Child    Child
	Subject  string
	Due      Due
	Urgent   bool
	Asks     string
	From     string // "Tessa Brandt (mother, parental responsibility checked)"
	Owner    string
	Deputy   string
	Alerts   []string
	Items    []Item // the latest few, newest first
	More     int    // how many are not shown
	CanReply bool
	CanNote  bool
	CanCall  bool
	BackHref string // the list without the preview
}

// Child is who an enquiry is about, as staff pages may show it.
type Child struct {
	Initials string // "M.B."
	Age      string // "7"
	CaseRef  string // "WM-2201"; empty when no case is known
	Stage    string // "Draft plan"
}

// DueState is one of the fixed states of an answer date.
type DueState string

// The states of an answer date. Each has a word, a shape and a colour of its own.
const (
	OnTrack  DueState = "ontrack"
	DueSoon  DueState = "soon"
	Late     DueState = "late"
	Paused   DueState = "paused"
	Answered DueState = "answered"
	NoClock  DueState = "none"
)

// Due is an answer date in words: State gives the shape, Text the words ("Due today 17:15", "Late 1 day").
type Due struct {
	State DueState
	Text  string
}
