package courier

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/emersion/go-smtp"

	"hearback/mailbox/outbound/internal/clearance"
)

// maxTextLine is RFC 5321 section 4.5.3.1.6, without CRLF. A server may cut or
// break what is longer, and then other bytes arrive than were cleared.
const maxTextLine = 998

// checkWire reports bytes that would not arrive as they were cleared. The client
// library rewrites a bare LF and passes a bare CR on, and servers differ in what
// they take for the end of a line: that is how one letter is smuggled inside
// another. So nothing is repaired here: the only difference between the cleared
// bytes and those on the wire is the dot that RFC 5321 section 4.5.2 doubles.
func checkWire(raw []byte) error {
	if len(raw) == 0 || !bytes.HasSuffix(raw, []byte("\r\n")) {
		return errors.New("it does not end with CRLF")
	}
	line := 0
	for i, b := range raw {
		switch {
		case b == 0:
			return fmt.Errorf("a NUL at %d", i)
		case b == '\r' && raw[i+1] != '\n': // the last byte is LF
			return fmt.Errorf("a bare CR at %d", i)
		case b == '\n' && (i == 0 || raw[i-1] != '\r'):
			return fmt.Errorf("a bare LF at %d", i)
		case b == '\n':
			line = 0
			continue
		case b != '\r':
			line++
		}
		if line > maxTextLine {
			return fmt.Errorf("a line of more than %d octets at %d", maxTextLine, i)
		}
	}
	return nil
}

// wants is what a letter asks of a server, and what it may use there.
type wants struct {
	mail smtp.MailOptions
	rcpt smtp.RcptOptions
}

// fit looks whether the server can take the letter as it is. The bytes are
// cleared and cannot be written in another way any more, so a letter that needs
// what the server has not is refused, in words for its author. The composer
// writes seven bits throughout: only mail of others, and addresses that have no
// other form, come to need more.
func fit(client *smtp.Client, cargo clearance.Cargo) (w wants, why string, err error) {
	has := func(name string) bool { ok, _ := client.Extension(name); return ok }
	if most, ok := client.MaxMessageSize(); ok && most > 0 && len(cargo.Bytes) > most {
		return w, fmt.Sprintf("It is too big: it has %s and the mail server takes at most %s.", megabytes(len(cargo.Bytes)), megabytes(most)),
			fmt.Errorf("%d bytes, the server takes %d (RFC 1870)", len(cargo.Bytes), most)
	}
	head, body, _ := bytes.Cut(cargo.Bytes, []byte("\r\n\r\n"))
	w.mail = smtp.MailOptions{
		Size: int64(len(cargo.Bytes)),
		// RFC 6531 section 3.2: an address or a header field beyond ASCII.
		UTF8: !sevenBit([]byte(cargo.From+strings.Join(cargo.To, ""))) || !sevenBit(head),
	}
	if w.mail.UTF8 && !has("SMTPUTF8") {
		return w, "The mail server cannot take an address with letters beyond the English ones (SMTPUTF8).", errors.New("SMTPUTF8 is not offered (RFC 6531)")
	}
	if !sevenBit(body) && !has("8BITMIME") {
		return w, "The mail server cannot take it in the form that it has (8BITMIME).", errors.New("8BITMIME is not offered (RFC 6152)")
	}
	if !has("DSN") {
		return w, "", nil
	}
	// RFC 3461: a report names our Message-ID, says who it was for as we wrote it,
	// tells of a delay too, and sends the header back and not what was written.
	w.mail.Return = smtp.DSNReturnHeaders
	if id := messageID(head); len(id) <= maxEnvelopeID {
		w.mail.EnvelopeID = id
	}
	if cargo.From != "" { // nobody is told about a letter from the null sender
		w.rcpt.Notify = []smtp.DSNNotify{smtp.DSNNotifyFailure, smtp.DSNNotifyDelayed}
	}
	return w, "", nil
}

// original is what a report shall call a recipient: as it was written, whatever
// aliases and forwards make of it.
func (w wants) original(to string) *smtp.RcptOptions {
	o := w.rcpt
	o.OriginalRecipientType, o.OriginalRecipient = smtp.DSNAddressTypeRFC822, to
	if !sevenBit([]byte(to)) {
		o.OriginalRecipientType = smtp.DSNAddressTypeUTF8
	}
	return &o
}

// maxEnvelopeID is RFC 3461 section 4.4; ours needs no encoding.
const maxEnvelopeID = 100

// messageID is the letter's own, without brackets; "" when there is none that
// can be written as an envelope identifier.
func messageID(head []byte) string {
	const field = "message-id:"
	for line := range bytes.Lines(head) {
		if len(line) < len(field) || !strings.EqualFold(string(line[:len(field)]), field) {
			continue
		}
		id := strings.Trim(strings.TrimSpace(string(line[len(field):])), "<>")
		for _, b := range []byte(id) {
			if b <= ' ' || b >= 0x7f {
				return ""
			}
		}
		return id
	}
	return ""
}

func sevenBit(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

func megabytes(n int) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d KB", (n+1023)/1024)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
}
