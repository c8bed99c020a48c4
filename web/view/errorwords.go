package view

import "fmt"

// ErrorDetail fills the words of an error page.
type ErrorDetail struct {
	Who       string // who can do it (403): "A team lead"
	Saved     string // time up to which the draft is saved (401)
	Wait      int    // minutes to wait (429)
	Reference string // id of an internal error (500)
}

// NewErrorPage gives an answer its words. What may not be known and what does not exist get the same ones.
func NewErrorPage(shell Shell, status int, d ErrorDetail) ErrorPage {
	p := ErrorPage{Shell: shell, Status: status, Links: []Link{{"Go to the inbox", "/inbox"}}}
	switch status {
	case 401:
		p.Heading = "Sign in again"
		p.Text = []string{"Your session ended."}
		if d.Saved != "" {
			p.Text = []string{"Your session ended. Your draft is saved up to " + d.Saved + "."}
		}
		p.Links = []Link{{"Sign in again", "/sign-in"}}
	case 403:
		p.Heading = "You cannot do this"
		if d.Who != "" {
			p.Text = []string{d.Who + " can."}
		}
	case 404:
		p.Heading = "We cannot find that"
		p.Text = []string{"It may not exist, or you may not be able to see it."}
	case 409:
		p.Heading = "Not sent: something changed while you were writing"
		p.Text = []string{"Nothing was sent. Open the enquiry again to see what is new."}
	case 422:
		p.Heading = "There is a problem"
		p.Text = []string{"Something in the form is missing or cannot be read. Go back and check it."}
	case 429:
		p.Heading = "Too many tries"
		p.Text = []string{"Wait " + plural(max(d.Wait, 1), "minute", "minutes") + "."}
	case 503:
		p.Heading = "We cannot check or send messages just now"
		p.Text = []string{"Drafts are safe. Phones still work."}
	default:
		p.Heading = "Something went wrong on our side"
		p.Text = []string{"Nothing was sent. Your draft is saved."}
		p.Reference = d.Reference
	}
	p.Shell.Title = fmt.Sprintf("%s (%d)", p.Heading, status)
	p.Shell.Failed = true
	return p
}

// Sentences of empty lists.
const (
	EmptyLate        = "Nothing is late."
	EmptyWaiting     = "You are not waiting for anyone."
	EmptyAlerts      = "No safety alerts are open."
	EmptyStrangers   = "Nobody new has written into a conversation."
	EmptyUnreadable  = "Every email could be read."
	EmptyHeld        = "Nothing is held."
	EmptyOutbox      = "Nothing is waiting to go."
	EmptyHistory     = "No contact is recorded yet."
	EmptyPeople      = "Nobody is linked to this child. Nothing can be sent until someone is."
	EmptyClocks      = "No legal clocks are running. They start when a request is received."
	EmptyPromises    = "No promises are open."
	EmptyEscalations = "Nothing has been escalated."
	EmptyOfficers    = "Every child has a named officer."
	EmptyFirstRun    = "hearback is empty. 1 Add a mailbox. 2 Add people. 3 Check the calendar. 4 Send yourself a test."
)

// Outcomes of an action, for Flash.
const (
	SaidCancelled = "Cancelled. Nothing was sent. Your draft is open."
	SaidNote      = "Note saved. Only staff can see it."
	SaidFinished  = "Finished. It opens again if they write within 30 days."
)
