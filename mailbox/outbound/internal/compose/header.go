package compose

import (
	"bytes"
	"encoding/base64"
	"mime"
	"strings"
	"time"
	"unicode/utf8"

	"hearback/tickets"
	"hearback/tickets/fault"
)

// maxReferences bounds References: the first, which names the thread, and the last ones.
const maxReferences = 20

// message puts header and body together.
func message(claim *tickets.Claim, d tickets.Delivery, sender Sender, body string, now time.Time) ([]byte, error) {
	o := claim.Letter
	var h header
	h.mailbox("From", sender.Name, claim.Mailbox.Address)
	name := d.Name
	if o.Purpose == tickets.PurposeReceipt {
		name = "" // whom we do not know has no name but the one she gave herself
	}
	h.mailbox("To", name, d.Email)
	h.text("Subject", subject(claim))
	h.line("Date", now.UTC().Format("Mon, 02 Jan 2006 15:04:05 +0000"))
	id, ok := messageID(d.MessageID)
	if !ok {
		return nil, invalid("delivery %d has no Message-ID", d.ID)
	}
	h.line("Message-ID", id)
	h.thread(claim, d)
	if err := h.replyTo(claim, d, sender); err != nil {
		return nil, err
	}
	switch o.Purpose {
	case tickets.PurposeAck, tickets.PurposeReceipt:
		h.line("Auto-Submitted", "auto-replied") // RFC 3834 section 5
		h.line("X-Auto-Response-Suppress", "All")
	case tickets.PurposeNotice, tickets.PurposeAccount:
		h.line("Auto-Submitted", "auto-generated")
		h.line("X-Auto-Response-Suppress", "All")
	}
	h.line("MIME-Version", "1.0")
	if h.err != nil {
		return nil, h.err
	}
	if err := content(claim, d, body).write(&h.b, d.MessageID); err != nil {
		return nil, err
	}
	return h.b.Bytes(), nil
}

// subject carries the reference, once, in what goes to people on the case; a
// receipt carries none.
func subject(claim *tickets.Claim) string {
	o := claim.Letter
	s := strings.TrimSpace(o.Subject)
	ref := o.TicketRef
	if claim.Ticket != nil {
		ref = claim.Ticket.Ref
	}
	if ref == "" || o.CaseID == 0 || o.Purpose != tickets.PurposeReply && o.Purpose != tickets.PurposeAck {
		return s
	}
	if strings.Contains(s, ref) {
		return s
	}
	return strings.TrimSpace("[" + ref + "] " + s)
}

// header builds a header block line by line; the first mistake stays.
type header struct {
	b   bytes.Buffer
	err error
}

// line writes a field, folded before white space where it grows long (RFC 5322
// section 2.2.3).
func (h *header) line(name, value string) {
	for i := 0; i < len(value); i++ {
		if c := value[i]; c < ' ' || c >= 0x7f {
			h.fail(name)
			return
		}
	}
	col := len(name) + 1
	h.b.WriteString(name + ":")
	for _, w := range strings.Split(value, " ") {
		if w == "" {
			continue
		}
		if col+1+len(w) > 76 && col > len(name)+1 {
			h.b.WriteString("\r\n")
			col = 0
		}
		h.b.WriteString(" " + w)
		col += 1 + len(w)
	}
	h.b.WriteString("\r\n")
}

func (h *header) fail(name string) {
	if h.err == nil {
		h.err = fault.Newf(fault.Invalid, "There is a character in the %s that cannot be sent.", strings.ToLower(name))
	}
}

// text writes a field that people read.
func (h *header) text(name, value string) {
	if strings.ContainsAny(value, "\r\n\x00") {
		h.fail(name)
		return
	}
	h.line(name, encoded(mime.QEncoding, value))
}

// mailbox writes a field with one mailbox. Anything unusual in the address is a
// mistake here and not a puzzle for the guard.
func (h *header) mailbox(field, name, email string) {
	for i := 0; i < len(email); i++ {
		if c := email[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("<>()[]\\,;:\"", c) >= 0 {
			h.fail("address")
			return
		}
	}
	if strings.Count(email, "@") != 1 {
		h.fail("address")
		return
	}
	name = strings.TrimSpace(name)
	if strings.ContainsAny(name, "\r\n\x00") {
		h.fail("name")
		return
	}
	// Base64, because the other encoding lets through quotes and brackets, which
	// mean something in a phrase (RFC 2047 section 5 (3)).
	switch words := encoded(mime.BEncoding, name); {
	case name == "":
		h.line(field, "<"+email+">")
	case words != name:
		h.line(field, words+" <"+email+">")
	default:
		h.line(field, `"`+strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name)+`" <`+email+`>`)
	}
}

// thread writes In-Reply-To and References, so that the letter stands below
// what it answers in every mail program (RFC 5322 section 3.6.4). Of the thread
// it names our own letters and what this very recipient wrote: the Message-ID of
// somebody else's mail tells where that person has a mailbox.
func (h *header) thread(claim *tickets.Claim, d tickets.Delivery) {
	if claim.Letter.Purpose == tickets.PurposeNotice || claim.Letter.Purpose == tickets.PurposeAccount {
		return // a notice starts a thread of its own: the family's ids are not the staff's
	}
	answered := ""
	if m := claim.Answers; m != nil && m.FromMailbox == d.Mailbox {
		answered, _ = messageID(m.MessageID)
	}
	_, domain, _ := strings.Cut(claim.Mailbox.Address, "@")
	var refs []string
	have := map[string]bool{"": true, answered: true}
	for _, id := range claim.Previous {
		m, ok := messageID(id)
		if ok && !have[m] && strings.HasSuffix(strings.ToLower(m), "@"+strings.ToLower(domain)+">") {
			have[m] = true
			refs = append(refs, m)
		}
	}
	if answered != "" {
		h.line("In-Reply-To", answered)
		refs = append(refs, answered)
	}
	if len(refs) > maxReferences {
		refs = append(refs[:1], refs[len(refs)-maxReferences+1:]...)
	}
	if len(refs) > 0 {
		h.line("References", strings.Join(refs, " "))
	}
}

// replyTo carries the token that brings an answer back to this very copy. Where
// the mailbox has no plus addresses, the random Message-ID does that alone.
func (h *header) replyTo(claim *tickets.Claim, d tickets.Delivery, sender Sender) error {
	address := claim.Mailbox.Address
	local, domain, ok := strings.Cut(address, "@")
	if !ok {
		return invalid("mailbox %d has no address", claim.Mailbox.ID)
	}
	if sender.PlusAddressing && claim.Letter.Purpose != tickets.PurposeReceipt {
		for i := 0; i < len(d.Token); i++ {
			if c := d.Token[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') {
				return invalid("delivery %d has a token that no address can hold", d.ID)
			}
		}
		if d.Token == "" {
			return invalid("delivery %d has no reply token", d.ID)
		}
		address = local + "+" + d.Token + "@" + domain
	}
	h.mailbox("Reply-To", sender.Name, address)
	return nil
}

// encoded is a text as encoded words where it needs them (RFC 2047). A text that
// looks like an encoded word already needs them as well: mail programs would show
// what it decodes to, and not what was judged.
func encoded(by mime.WordEncoder, s string) string {
	if !strings.Contains(s, "=?") {
		return by.Encode("utf-8", s)
	}
	var words []string
	for s != "" {
		cut := min(42, len(s)) // 75 characters a word (section 2)
		for cut < len(s) && !utf8.RuneStart(s[cut]) {
			cut--
		}
		words = append(words, "=?utf-8?b?"+base64.StdEncoding.EncodeToString([]byte(s[:cut]))+"?=")
		s = s[cut:]
	}
	return strings.Join(words, " ")
}
