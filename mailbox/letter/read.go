// Package letter turns a letter as it would leave, bytes and envelope, into
// what the guard judges. It reads back from the final bytes, so that what is
// judged is what is sent and not what somebody meant to send.
//
// It is strict where mailbox/parse is forgiving: mail that comes in must be
// read whatever it looks like; mail that goes out must be beyond doubt, or stay.
package letter

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // attachments may be in older character sets

	"hearback/mailbox/guard"
)

// Envelope is what SMTP is told. It decides who gets the letter; the header
// only decides what they see.
type Envelope struct {
	From string // "" for the null sender
	To   []string
}

// Refusal says why a letter cannot be judged, and so cannot leave. Its texts
// hold nothing of the letter.
type Refusal struct {
	Rule  string // a rule of the guard
	Why   string // for operators
	Words string // for people
}

func (r *Refusal) Error() string { return "letter: " + r.Rule + ": " + r.Why }

func refuse(rule, why string) error {
	words := "We made a letter that we cannot send safely. Nothing was sent."
	switch rule {
	case guard.RuleEnvelope:
		words = "Who is shown as recipient and who would get this are not the same. Pick the people from the case."
	case guard.RuleHeaderInjection:
		words = "There is a line end where none may be. Pick the people from the case and type the subject again."
	}
	return &Refusal{Rule: rule, Why: why, Words: words}
}

// Limits of a letter of ours.
const (
	maxLine  = 998 // RFC 5322 section 2.1.1, without CRLF
	maxParts = 200
	maxDepth = 20
)

// Read reads a letter back. The recipients of the envelope must be exactly those
// in To and Cc; Bcc and Resent fields are refused. Errors are *Refusal.
func Read(raw []byte, env Envelope) (guard.Letter, error) {
	ctx, cancel := context.WithTimeout(context.Background(), readTime)
	defer cancel()
	return ReadWithin(ctx, raw, env)
}

// readTime is how long reading a letter and its files may take.
const readTime = 2 * time.Second

// ReadWithin is Read with a deadline of the caller's.
func ReadWithin(ctx context.Context, raw []byte, env Envelope) (guard.Letter, error) {
	return new(Reader).Read(ctx, raw, env)
}

// Reader reads several copies of one letter. A file that stands in all of them is read once:
// it is known by its name, its type and the digest of its bytes. A Reader is for one
// goroutine and for one judgement. The zero Reader is ready.
type Reader struct{ files map[fileKey][]guard.File }

// Read is ReadWithin.
func (rd *Reader) Read(ctx context.Context, raw []byte, env Envelope) (guard.Letter, error) {
	if err := checkBytes(raw); err != nil {
		return guard.Letter{}, err
	}
	fields, err := readFields(raw)
	if err != nil {
		return guard.Letter{}, err
	}
	l := guard.Letter{Envelope: env.To, Audience: env.To}
	for _, f := range fields {
		switch strings.ToLower(f.name) {
		case "to":
			l.To = append(l.To, f.raw)
		case "cc":
			l.Cc = append(l.Cc, f.raw)
		case "from":
			l.From = append(l.From, f.raw)
		case "reply-to":
			l.ReplyTo = append(l.ReplyTo, f.raw)
		case "subject":
			l.Subject = f.text
		case "bcc":
			return guard.Letter{}, refuse(guard.RuleHeaderLeak, "a Bcc field")
		}
		if strings.HasPrefix(strings.ToLower(f.name), "resent-") {
			return guard.Letter{}, refuse(guard.RuleHeaderLeak, "a Resent field")
		}
		l.Headers = append(l.Headers, guard.Header{Name: f.name, Value: f.text, Raw: f.raw})
	}
	if err := sameRecipients(append(append([]string{}, l.To...), l.Cc...), env.To); err != nil {
		return guard.Letter{}, err
	}
	if err := oneSender(l.From, env.From); err != nil {
		return guard.Letter{}, err
	}
	return l, readBody(ctx, raw, &l, rd)
}

// checkBytes refuses what two servers might cut into lines differently: SMTP
// smuggling needs a bare CR or LF (RFC 5321 section 2.3.8), and NUL ends text
// in some programs.
func checkBytes(raw []byte) error {
	if len(raw) == 0 || !bytes.HasSuffix(raw, []byte("\r\n")) {
		return refuse(guard.RuleHeaderInjection, "the letter does not end with CRLF")
	}
	line := 0
	for i, c := range raw {
		switch {
		case c == 0:
			return refuse(guard.RuleHeaderInjection, "a NUL")
		case c == '\r' && (i+1 == len(raw) || raw[i+1] != '\n'):
			return refuse(guard.RuleHeaderInjection, "a bare CR")
		case c == '\n' && (i == 0 || raw[i-1] != '\r'):
			return refuse(guard.RuleHeaderInjection, "a bare LF")
		}
		if c == '\n' {
			line = 0
		} else if line++; line > maxLine+1 {
			return refuse(guard.RuleHeaderInjection, "a line of more than 998 octets")
		}
	}
	return nil
}

// sameRecipients compares the address fields with the envelope, both read by the
// guard's parser.
func sameRecipients(header, envelope []string) error {
	shown, err := addresses(header, false)
	if err != nil {
		return err
	}
	given, err := addresses(envelope, true)
	if err != nil {
		return err
	}
	if len(given) == 0 {
		return refuse(guard.RuleNoRecipient, "no recipient")
	}
	if len(shown) != len(given) {
		return refuse(guard.RuleEnvelope, "header and envelope differ")
	}
	for a := range given {
		if !shown[a] {
			return refuse(guard.RuleEnvelope, "header and envelope differ")
		}
	}
	return nil
}

func addresses(list []string, single bool) (map[string]bool, error) {
	out := map[string]bool{}
	for _, s := range list {
		read := guard.ParseAddresses
		if single {
			read = func(s string) ([]guard.Address, error) {
				a, err := guard.ParseAddress(s)
				return []guard.Address{a}, err
			}
		}
		parsed, err := read(s)
		if err != nil {
			return nil, addressRefusal(err)
		}
		for _, a := range parsed {
			out[a.String()] = true
		}
	}
	return out, nil
}

func addressRefusal(err error) error {
	r := &Refusal{Rule: guard.RuleUnparseable, Why: "an address", Words: "We cannot read this address safely. Pick the person from the case."}
	var e *guard.AddressError
	if errors.As(err, &e) {
		r.Rule, r.Why = e.Rule, e.Why
	}
	return r
}

// oneSender wants one From, and an envelope sender that is it or is empty: an
// answer to a letter, and its bounce, come to the same mailbox.
func oneSender(from []string, env string) error {
	if len(from) != 1 {
		return refuse(guard.RuleEnvelope, "not exactly one From")
	}
	a, err := guard.ParseAddress(from[0])
	if err != nil {
		return addressRefusal(err)
	}
	if env == "" {
		return nil
	}
	b, err := guard.ParseAddress(env)
	if err != nil {
		return addressRefusal(err)
	}
	if a.String() != b.String() {
		return refuse(guard.RuleEnvelope, "From and the envelope sender differ")
	}
	return nil
}

// readBody reads every part: text, HTML, and files with as much as can be read.
func readBody(ctx context.Context, raw []byte, l *guard.Letter, rd *Reader) error {
	e, err := message.Read(bytes.NewReader(raw))
	if err != nil {
		return refuse(guard.RuleUnparseable, "the body cannot be read")
	}
	return readParts(ctx, e, l, rd)
}

// readParts walks through the parts of an entity.
func readParts(ctx context.Context, e *message.Entity, l *guard.Letter, rd *Reader) error {
	parts := 0
	err := e.Walk(func(path []int, part *message.Entity, err error) error {
		if parts++; err != nil || parts > maxParts || len(path) > maxDepth {
			return refuse(guard.RuleTooMuch, "a part cannot be read")
		}
		kind, params, err := part.Header.ContentType()
		if err != nil {
			return refuse(guard.RuleUnparseable, "a content type cannot be read")
		}
		if strings.HasPrefix(kind, "multipart/") {
			return nil
		}
		body, err := io.ReadAll(part.Body)
		if err != nil {
			return refuse(guard.RuleUnparseable, "a part cannot be decoded")
		}
		disposition, dparams, _ := part.Header.ContentDisposition()
		name := dparams["filename"]
		if name == "" {
			name = params["name"]
		}
		text := string(body)
		switch {
		case disposition != "attachment" && name == "" && kind == "text/plain":
			if !utf8.ValidString(text) {
				return refuse(guard.RuleUnparseable, "the text is not UTF-8")
			}
			l.Text = join(l.Text, text)
		case disposition != "attachment" && name == "" && kind == "text/html":
			l.HTML = join(l.HTML, text)
		default:
			f, err := rd.file(ctx, name, kind, body)
			if err != nil {
				return refuse(guard.RuleTooMuch, "a file cannot be read in time")
			}
			l.Files = append(l.Files, f...)
		}
		return nil
	})
	if err == nil {
		return nil
	}
	var r *Refusal
	if errors.As(err, &r) {
		return r
	}
	return refuse(guard.RuleUnparseable, "a part cannot be read")
}

func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + "\n" + b
}
