// Package compose makes the final bytes of every letter that hearback sends:
// replies, acknowledgements, receipts and notices. Each person gets a copy of
// their own, with their own Message-ID and reply token.
//
// The same claim and the same instant give the same bytes. Composing decides
// nothing: what it makes is judged by clearance.
package compose

import (
	"fmt"
	"strings"
	"time"

	"hearback/tickets"
	"hearback/tickets/fault"
)

// Sender is how letters of one mailbox present themselves.
type Sender struct {
	Name string // shown in From: the team as families know it
	// PlusAddressing: the server delivers local+tag@domain to local@domain, so that
	// the reply token can stand in Reply-To.
	PlusAddressing bool
	// NullSender: the route accepts MAIL FROM:<>, which no autoresponder answers
	// (RFC 3834 section 3.3). Loop safety never depends on it.
	NullSender bool
}

// Settings are what letters need besides their claim.
type Settings struct {
	Senders map[string]Sender // by the mailbox's address in lower case
}

// Copy is one person's copy of a letter.
type Copy struct {
	DeliveryID int64
	From       string // envelope sender; "" is the null sender
	To         string // envelope recipient, as the register has it
	Bytes      []byte // CRLF line ends
	// Standing is the fixed wording of the template; "" for what a person wrote.
	Standing string
	// Council are the sentences of it that the council wrote in place of those that we ship.
	Council string
}

// Copies makes a copy for every delivery of the claim. Errors are fault.Invalid
// with words for the author.
func (c *Composer) Copies(claim *tickets.Claim, now time.Time) ([]Copy, error) {
	if claim == nil || len(claim.Letter.Deliveries) == 0 {
		return nil, fault.New(fault.Invalid, "Nobody is chosen to get this.")
	}
	sender, ok := c.settings.Senders[strings.ToLower(claim.Mailbox.Address)]
	if !ok {
		return nil, fault.Newf(fault.Invalid, "The mailbox %s is not set up for sending.", claim.Mailbox.Name)
	}
	var out []Copy
	for _, d := range claim.Letter.Deliveries {
		body, standing, err := c.body(claim, d)
		if err != nil {
			return nil, err
		}
		raw, err := message(claim, d, sender, body, now)
		if err != nil {
			return nil, err
		}
		from := claim.Mailbox.Address
		if sender.NullSender && claim.Letter.Purpose.Automatic() {
			from = ""
		}
		out = append(out, Copy{
			DeliveryID: d.ID, From: from, To: d.Email, Bytes: raw, Standing: standing, Council: councilWords(claim),
		})
	}
	return out, nil
}

// body is the text of one copy, with "\n" line ends.
func (c *Composer) body(claim *tickets.Claim, d tickets.Delivery) (text, standing string, err error) {
	o := claim.Letter
	switch {
	case o.Template != "" && o.Body != "":
		return "", "", fault.New(fault.Invalid, "This letter has both a template and a text.")
	case o.Template != "":
		return c.render(claim)
	case o.Purpose.Automatic():
		return "", "", fault.New(fault.Invalid, "An automatic letter is made from a template only.")
	}
	text = tidy(o.Body)
	if strings.TrimSpace(text) == "" {
		return "", "", fault.New(fault.Invalid, "Write something first.")
	}
	if sig := strings.TrimSpace(tidy(claim.Head.Signature)); sig != "" {
		text += "\n" + sig + "\n"
	}
	if o.QuoteAnswer {
		text += quote(claim.Answers, d)
	}
	return text, "", nil
}

// tidy gives every line "\n" and ends the text with one.
func tidy(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	return strings.TrimRight(s, " \t\n") + "\n"
}

// messageID is an id for a header; what is no msg-id (RFC 5322 section 3.6.4) is left out.
func messageID(id string) (string, bool) {
	id = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(id), "<"), ">")
	if id == "" || len(id) > 250 || !strings.Contains(id, "@") {
		return "", false
	}
	for i := 0; i < len(id); i++ {
		if id[i] <= ' ' || id[i] >= 0x7f || id[i] == '<' || id[i] == '>' {
			return "", false
		}
	}
	return "<" + id + ">", true
}

func invalid(format string, args ...any) error {
	return fault.Wrap(fault.Invalid, "We could not make this letter. Nothing was sent.", fmt.Errorf(format, args...))
}
