package view

import (
	"time"
)

// Doubt is the page of one copy of a letter of which it is not known whether it
// arrived.
//
// POST Action with do = arrived, again or left, and why (how they know; optional).
type Doubt struct {
	Shell     Shell
	ID        string
	Ref       string
	Initials  string
	What      string
	By        string
	To        string
	Address   string
	Subject   string
	Text      string
	State     DeliveryState
	Given     time.Time // to the mail server, at the earliest
	Since     time.Time // when it was found to be in doubt, or was settled
	Said      string    // the server's last words; "" when it said nothing
	Why       string
	MessageID string // for whoever can look into the mail server's log
	Attempts  int
	LeftBy    string
	Others    []string // further recipients of whom it is not known either
	Automatic bool
	Action    string // empty: it is settled, or the reader may not
	Reason    string
	Chosen    string
	Errors    []FieldError
}
