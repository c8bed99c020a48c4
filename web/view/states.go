package view

import (
	"html/template"
	"strings"
)

// dueWord is the state's own word when the text does not already hold it: colour and shape never stand alone.
func dueWord(d Due) string {
	words := map[DueState]string{OnTrack: "on track", DueSoon: "due soon", Late: "late", Paused: "paused", Answered: "answered"}
	w := words[d.State]
	if w == "" || strings.Contains(strings.ToLower(d.Text), w) {
		return ""
	}
	return w
}

func dueIcon(s DueState) template.HTML {
	switch s {
	case OnTrack, DueSoon, Late, Paused, Answered:
		return icon(string(s))
	}
	return ""
}

// deliveryWord is the state of a copy in the words of the screen.
func deliveryWord(s DeliveryState) string {
	switch s {
	case Waits:
		return "Waiting to go"
	case Sending:
		return "Being sent"
	case Sent:
		return "Sent"
	case Delivered:
		return "Delivered"
	case Bounced:
		return "Did not arrive"
	case Uncertain:
		return "Uncertain"
	case HeldBack:
		return "Held"
	case Refused:
		return "Stopped"
	case Cancelled:
		return "Cancelled"
	}
	return "Unknown"
}

// deliveryTone groups the states by how much attention they need.
func deliveryTone(s DeliveryState) string {
	switch s {
	case Sent, Delivered:
		return "good"
	case Waits, Sending:
		return "wait"
	case Cancelled:
		return "quiet"
	case Uncertain, HeldBack:
		return "warn"
	}
	return "bad"
}

// levelHead is the heading of a verdict.
func levelHead(l Level) string {
	switch l {
	case NoProblems:
		return "No problems found"
	case Attention:
		return "For your attention"
	case Confirm:
		return "Please confirm"
	case Stopped:
		return "Stopped"
	case CannotCheck:
		return "Cannot check"
	case CheckRunning:
		return "Checking"
	}
	return "Not checked yet"
}

func levelIcon(l Level) template.HTML {
	switch l {
	case NoProblems:
		return icon("answered")
	case Attention:
		return icon("info")
	case Confirm:
		return icon("soon")
	case Stopped:
		return icon("late")
	}
	return icon("unknown")
}

// kindWord names the kind of a contact.
func kindWord(kind string) string {
	switch kind {
	case "in":
		return "Email in"
	case "out":
		return "Email out"
	case "note":
		return "Internal note"
	case "call":
		return "Call"
	}
	return "System"
}

func callWord(c CallEntry) string {
	switch c.Way {
	case "out":
		return "Phone call out"
	case "missed":
		return "Phone call missed"
	case "voicemail":
		return "Voicemail"
	}
	return "Phone call in"
}

// MachineWord is what a machine's notice is called.
func MachineWord(what string) string { return machineWord(what) }

func machineWord(what string) string {
	if what == "voicemail" {
		return "Voicemail"
	}
	return "Scan"
}

// fateWord is what became of a mail, in the words of the ledger. Each is true of
// every mail that has this fate; the line beside it says the rest.
func fateWord(fate string) string {
	switch fate {
	case "message":
		return "Taken in"
	case "duplicate":
		return "The same mail again"
	case "held":
		return "Taken in, sender not confirmed"
	case "quarantined":
		return "Could not be read"
	case "suppressed":
		return "Not taken in"
	}
	return "Unknown"
}

// FateWord is fateWord for the numbers above the ledger.
func FateWord(fate string) string { return fateWord(fate) }

// outWord is the heading of a message of ours. It says "sent" only when at least one copy went.
func outWord(o EmailOut) string {
	if o.Outside {
		return "Email sent outside hearback"
	}
	for _, d := range o.Deliveries {
		switch d.State {
		case Sent, Delivered, Bounced:
			return "Email we sent"
		}
	}
	return "Email from us, not sent"
}

// rowFacts are the reasons for a third line of a row, if there are any.
func rowFacts(r Row) []string {
	var facts []string
	if r.Changed {
		facts = append(facts, "Changed")
	}
	if r.Draft {
		facts = append(facts, "Draft")
	}
	facts = append(facts, r.Facts...)
	if r.OwnerNote != "" {
		facts = append(facts, r.Owner+" "+r.OwnerNote)
	}
	return facts
}
