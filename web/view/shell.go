package view

import "time"

// Shell is what stands around the content of every page. A handler fills it once a request.
type Shell struct {
	// Title is the page's own part of the title, for instance "SEN-104233 (M.B.) Enquiry". It must hold no name of a person:
	// titles are kept in histories and shown on shared screens. The layout adds " - hearback".
	Title string
	// Failed puts "Error: " before the title, as a page with form errors must.
	Failed bool
	// NewCount puts "(3) " before the title. Zero shows nothing.
	NewCount int

	Council Council
	// Person is who is signed in; nil on public pages.
	Person *Person
	Look   Look

	// Nav is the service navigation in its order.
	Nav []NavItem
	// Side is the side menu of the administration, on pages that are in it; nil elsewhere.
	Side []NavItem
	// Query fills the search field of the header.
	Query string
	// CallHref and WriteHref are the two actions beside the navigation. Empty hides them.
	CallHref  string
	WriteHref string

	// Late names the mailboxes that were not read lately. Each gets a banner on every page.
	Late []LateMailbox
	// Warnings are shown to who runs the system: a silent mailbox, a secret that runs out.
	Warnings []string
	// Mode is the mode of the outgoing post: "hold", "observe" or "send". Anything but "send" shows a banner.
	Mode string
	// ModeWaiting is how many letters wait while the mode keeps them.
	ModeWaiting int
	// Demo shows the line that says this is a demonstration with invented people.
	Demo bool
	// Auditor is the last day of a read-only visit; zero means the visitor is no auditor.
	Auditor time.Time

	// Waiting are the letters of this person that can still be cancelled, the next to leave first.
	Waiting []Waiting
	// Flash is the outcome of the last action, shown once.
	Flash *Flash

	// EventsURL is the address of the live events; empty leaves them off.
	EventsURL string
}

// Council is the authority whose name stands in the header.
type Council struct {
	Name string // "Westmarsh Council"
	Mark string // two letters for the square beside the name
	Help string // telephone of the help desk
}

// Person is the signed-in member of staff.
type Person struct {
	Name string // "Priya Nair"
	Role string // "SEN officer"
}

// Look holds a person's choices of appearance.
type Look struct {
	Theme     string // "", "light" or "dark"; empty follows the system
	Density   string // "compact" (also when empty) or "roomy"
	Shortcuts bool   // single-key shortcuts
	Quiet     bool   // live updates only when asked for
}

// NavItem is one entry of the service navigation.
type NavItem struct {
	Text    string
	Href    string
	Count   int    // shown in the link when above zero: "Inbox (14)"
	Current bool   // this page belongs to the entry
	Key     string // second key of the g-sequence that opens it, for instance "i"
}

// LateMailbox is a mailbox whose last good check is too long ago.
type LateMailbox struct {
	Name    string        // "sen@"
	Checked time.Time     // last good check
	Ago     time.Duration // how long ago, at the time of the request
	Href    string        // page that says what to do
}

// Waiting is a letter inside its hold: accepted by the person, not yet handed to the mail server.
type Waiting struct {
	ID     string    // outgoing letter
	Ref    string    // enquiry
	To     []string  // names of everyone it goes to
	Leaves time.Time // when it goes
	NoRush bool      // hides "Send now", as for high-risk letters
}

// Flash is the outcome of the last action.
type Flash struct {
	Kind string // "success", "information", "warning" or "error"
	Text string
	Link *Link
}

// Link is a link with its words.
type Link struct {
	Text string
	Href string
}

// FieldError is one entry of an error summary. Field is the id of the control; empty makes plain text.
type FieldError struct {
	Field string
	Text  string
}

// Option is one choice of a select or a set of radios.
type Option struct {
	Value    string
	Text     string
	Selected bool
	Disabled bool
}

// Pages moves through a list by cursor.
type Pages struct {
	Summary string // "1 to 50 of 61"
	Prev    string // address, empty when there is none
	Next    string
}
