package outbound

import (
	"context"
	"strings"
	"time"

	"hearback/mailbox/guard"
	"hearback/tickets"
	"hearback/tickets/fault"
	"hearback/tickets/register"
	"hearback/tickets/wording"
)

// Example says which letter to make for a family that does not exist.
type Example struct {
	Letter string // of tickets/wording
	Text   wording.Text
	Values map[string]string
	// Print is the size in points for somebody who needs large print; 0: as usual.
	Print int
	// From is the address of one of our mailboxes.
	From string
}

// ExampleLetter is what the family would get, header included.
func (d *Dispatcher) ExampleLetter(e Example, now time.Time) ([]byte, error) {
	copies, err := d.composer.Copies(e.claim(now), now)
	if err != nil {
		return nil, err
	}
	return copies[0].Bytes, nil
}

// ExampleNotice is a letter to a colleague who does not exist.
func (d *Dispatcher) ExampleNotice(n tickets.Notice, from string, now time.Time) ([]byte, error) {
	copies, err := d.composer.Copies(&tickets.Claim{
		Mailbox: tickets.Mailbox{ID: 1, Address: from},
		Letter: tickets.Outgoing{
			Purpose: tickets.PurposeNotice, Template: n.Template, Subject: n.Subject, Fields: n.Fields,
			Deliveries: []tickets.Delivery{{
				ID: 1, StaffID: -1, Name: "A colleague", Email: "colleague@staff.example", Mailbox: "colleague@staff.example",
				MessageID: "preview@hearback.invalid", Token: "preview",
			}},
		},
	}, now)
	if err != nil {
		return nil, err
	}
	return copies[0].Bytes, nil
}

// JudgeExample says what keeps a letter with these words from leaving: the guard
// reads it as it reads every letter, on the facts of now. fault.Invalid with words
// for whoever wrote them; Temporary when it cannot be said just now.
func (d *Dispatcher) JudgeExample(ctx context.Context, e Example, now time.Time) error {
	claim := e.claim(now)
	copies, err := d.composer.Copies(claim, now)
	if err != nil {
		return err
	}
	r := d.mint.JudgeExample(ctx, claim, copies)
	switch {
	case r.Unavailable:
		return fault.Wrap(fault.Temporary, "These words cannot be checked just now. Nothing was changed", r.Err)
	case len(r.Open) > 0:
		return fault.New(fault.Invalid, "The check would stop every letter with these words. "+inWords(r.Open))
	}
	return nil
}

func inWords(open []guard.Finding) string {
	var out []string
	for _, f := range open {
		if len(out) < 3 && f.Words != "" {
			out = append(out, f.Words)
		}
	}
	return strings.Join(out, " ")
}

// The family of examples. Nobody is called so: the guard would stop a letter that
// names somebody else's child.
const (
	exampleParent = "Tovah Exampleby"
	exampleChild  = "Quillon Exampleby"
	exampleEmail  = "tovah.exampleby@family.example"
)

func (e Example) claim(now time.Time) *tickets.Claim {
	c := &tickets.Claim{
		Mailbox: tickets.Mailbox{ID: 1, Address: e.From},
		Letter: tickets.Outgoing{
			Purpose: tickets.PurposeAck, Template: e.Letter, Subject: e.Text.Subject, Fields: map[string]string{},
			Deliveries: []tickets.Delivery{{
				ID: 1, PersonID: -1, Name: exampleParent, Email: exampleEmail, Mailbox: register.FoldMailbox(exampleEmail),
				MessageID: "preview@hearback.invalid", Token: "preview",
			}},
		},
		Answers: &tickets.Message{
			Direction: tickets.In, FromMailbox: register.FoldMailbox(exampleEmail), FromName: exampleParent, FromEmail: exampleEmail,
			Subject: "When is the next meeting?", Text: "Please tell me when it is.", ReplyText: "Please tell me when it is.", ReceivedAt: now,
		},
		Wording: e.Text,
	}
	for name, v := range e.Values {
		c.Letter.Fields[name] = v
	}
	c.Letter.Fields[tickets.FieldWording] = "1" // its words are those of the claim
	if e.Letter == wording.Receipt || e.Letter == wording.ReceiptNeutral {
		c.Letter.Purpose, c.Letter.Deliveries[0].Name = tickets.PurposeReceipt, ""
	} else {
		ref := e.Values[tickets.FieldRef]
		c.Case = &register.Case{ID: -1, Ref: "XX-0000", ChildName: exampleChild, Open: true}
		c.Ticket = &tickets.Ticket{Ref: ref, CaseID: c.Case.ID}
		c.Letter.CaseID, c.Letter.TicketRef = c.Case.ID, ref
	}
	if e.Print > 0 {
		c.Print = map[int64]int{-1: e.Print}
	}
	return c
}
