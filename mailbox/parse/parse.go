// Package parse turns the raw bytes of a mail into a tickets.Inbound.
//
// It walks MIME itself instead of using a strict parser, because a strict one
// refuses about a fifth of real mail (broken addresses, missing boundaries,
// truncated base64), and a refused mail is a family that is not heard. Every
// error here degrades: the text is kept and Inbound.Problems gains a line.
//
// Nothing in this package does I/O, keeps state or reads a clock. Reading the
// same bytes twice gives the same result.
package parse

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"hearback/tickets"
)

// Microsoft365 stands in Options.TrustedAuthServers for Exchange Online, whose
// Authentication-Results header carries no authserv-id (RFC 8601 asks for one).
const Microsoft365 = "microsoft365"

// Limits bound the work one mail can cause. A zero field means the default.
type Limits struct {
	MaxParts       int // leaves and containers; what is beyond becomes one part. Default 2,000
	MaxDepth       int // nesting of containers; deeper ones are kept whole as a part. Default 60
	MaxHeaderBytes int // bytes of one header block that are looked at. Default 512 KiB
	MaxText        int // bytes of UTF-8 in Inbound.Text. Default 1 MiB
}

// Options say whom to believe and how far to go.
type Options struct {
	// TrustedAuthServers are the authserv-ids (RFC 8601 section 2.5) of our own
	// receiving servers, compared without case; Microsoft365 for Exchange Online.
	TrustedAuthServers []string
	Limits             Limits
	// StaffDomains are the council's own domains: a printer or a telephone system
	// that writes from one of them is believed more easily.
	StaffDomains []string
	// MachinePatterns recognise the notices of telephone systems and printers
	// beside those that are known anyway. The first that matches decides.
	MachinePatterns []MachinePattern
}

func (l Limits) withDefaults() Limits {
	set := func(p *int, v int) {
		if *p <= 0 {
			*p = v
		}
	}
	set(&l.MaxParts, 2000)
	set(&l.MaxDepth, 60)
	set(&l.MaxHeaderBytes, 512<<10)
	set(&l.MaxText, 1<<20)
	return l
}

// Message reads a mail. It never fails and never panics: what cannot be read
// is named in Problems and kept as text or as a part. raw is not kept and not
// altered.
func Message(raw []byte, opts Options) (in *tickets.Inbound) {
	in = &tickets.Inbound{
		Kind: tickets.KindHuman, Confidence: "weak",
		Bytes: int64(len(raw)), ContentHash: contentHash(raw),
	}
	defer func() {
		// A fault of ours must cost one mail its comfort, never the batch its
		// mails (requirement 11).
		if r := recover(); r != nil {
			in.Problems = append(in.Problems, fmt.Sprintf("internal error while reading: %v", r))
			if in.Text == "" {
				in.Text = cutText(tidyText(guessUTF8(raw)), opts.Limits.withDefaults().MaxText, in)
			}
			clean(in)
		}
	}()
	m := read(raw, opts.Limits.withDefaults())
	m.fill(in, opts)
	clean(in)
	return in
}

// message is a mail while it is being read.
type message struct {
	limits   Limits
	root     *node
	problems []string
	nodes    int

	textBytes int    // encoded bytes of the texts so far
	lines     []line // the text with what the HTML says about quoting
	hasHTML   bool
	parts     []tickets.Part
	cids      map[string]bool // content ids that the HTML shows
	names     map[string]string
	calendar  *calendarItem
	packet    []line // the text that was in a winmail.dat
	receipt   bool   // a winmail.dat is a read receipt
	attached  []line // the texts of attached mails
	depth     int    // how deep this one is attached
}

// read splits the bytes into a tree. It decodes no body.
func read(raw []byte, limits Limits) *message {
	m := &message{limits: limits}
	m.open(raw)
	return m
}

func (m *message) open(raw []byte) {
	limits := m.limits
	whole := len(raw)
	raw = unmac(raw)
	if whole > maxUnmac && len(raw) <= maxUnmac {
		m.problem("the lines end in carriage returns; only the first %d bytes were read", maxUnmac)
	}
	h, body, found := splitHeader(skipEnvelope(raw), limits.MaxHeaderBytes, true)
	if found && !hasKnownField(h) {
		h, body, found = header{}, raw, false // "Hi: thanks" is a line of text
	}
	if !found {
		m.problem("no header: the whole is taken as text")
	}
	if h.junk > 0 {
		m.problem("the header has %d lines that are no header fields", h.junk)
	}
	if h.cut {
		m.problem("the header is longer than %d bytes or 5,000 fields and was read in part", limits.MaxHeaderBytes)
	}
	m.root = m.tree(h, body, "", 0, "")
	m.headerCharset()
}

func hasKnownField(h header) bool {
	for i := range h.fields {
		if knownField(h.fields[i].name) {
			return true
		}
	}
	return false
}

// headerCharset brings raw bytes in the header to UTF-8. Programs that write
// them unencoded use the charset of the text below, so that is the best guess.
func (m *message) headerCharset() {
	label := m.root.params["charset"]
	m.eachLeaf(m.root, func(n *node) {
		if label == "" {
			label = n.params["charset"]
		}
	})
	utf7 := strings.Contains(strings.ToLower(label), "utf-7")
	for i := range m.root.header.fields {
		f := &m.root.header.fields[i]
		switch {
		case !utf8.ValidString(f.value):
			f.value, _ = toUTF8([]byte(f.value), label)
		case utf7 && strings.Contains(f.value, "+") && (strings.EqualFold(f.name, "Subject") || strings.EqualFold(f.name, "From") || strings.EqualFold(f.name, "To")) && !strings.Contains(f.value, "=?"):
			f.value = fromUTF7([]byte(f.value))
		}
	}
}

func (m *message) problem(format string, args ...any) {
	if len(m.problems) < 100 {
		m.problems = append(m.problems, fmt.Sprintf(format, args...))
	}
}

func (m *message) fill(in *tickets.Inbound, opts Options) {
	h := m.root.header
	in.MessageID = firstID(h.get("Message-ID"))
	in.InReplyTo = messageIDs(h.get("In-Reply-To"))
	in.References = messageIDs(strings.Join(h.all("References"), " "))
	m.addresses(in, h)
	in.Subject = h.text("Subject")
	in.Date = m.date(h.get("Date"))
	in.Auth = authResults(h, opts.TrustedAuthServers)

	m.collect()
	in.HasHTML = m.hasHTML
	in.Parts = m.parts
	in.Text = cutText(joinLines(m.lines), m.limits.MaxText, in)
	in.ReplyText = foldLines(m.lines)
	if len(in.ReplyText) > len(in.Text) {
		in.ReplyText = in.Text
	}
	m.handed(in, &h)
	m.classify(in, opts)
	if len(m.attached) > 0 && in.Kind != tickets.KindBounce { // a letter that came back is our own
		in.Text = cutText(joinLines(append(m.lines, m.attached...)), m.limits.MaxText, in)
	}
	in.Problems = append(in.Problems, m.problems...)
}

// clean makes every string storable: valid UTF-8 without NUL, which PostgreSQL
// refuses in text and which ends strings in C programs.
func clean(in *tickets.Inbound) {
	one := func(p *string) {
		if strings.IndexByte(*p, 0) >= 0 || !utf8.ValidString(*p) {
			*p = strings.ToValidUTF8(strings.ReplaceAll(*p, "\x00", ""), "\uFFFD")
		}
	}
	all := func(list []string) {
		for i := range list {
			one(&list[i])
		}
	}
	who := func(list []tickets.MailAddress) {
		for i := range list {
			one(&list[i].Name)
			one(&list[i].Email)
		}
	}
	for _, p := range []*string{&in.MessageID, &in.Subject, &in.Text, &in.ReplyText, &in.From.Name, &in.From.Email, &in.Auth.SPF, &in.Auth.DKIM, &in.Auth.DMARC, &in.Auth.ServerID} {
		one(p)
	}
	one(&in.ListID)
	one(&in.Sender.Name)
	one(&in.Sender.Email)
	if in.Resent != nil {
		one(&in.Resent.From.Name)
		one(&in.Resent.From.Email)
	}
	for i := range in.Forwarded {
		f := &in.Forwarded[i]
		for _, s := range []*string{&f.Subject, &f.From.Name, &f.From.Email} {
			one(s)
		}
	}
	if in.Machine != nil {
		one(&in.Machine.Number)
		one(&in.Machine.File)
	}
	for _, l := range [][]string{in.InReplyTo, in.References, in.Delivered, in.Evidence, in.Problems} {
		all(l)
	}
	for _, l := range [][]tickets.MailAddress{in.Senders, in.ReplyTo, in.To, in.Cc, in.Bcc} {
		who(l)
	}
	for i := range in.Parts {
		p := &in.Parts[i]
		for _, s := range []*string{&p.Name, &p.Type, &p.ContentID, &p.Problem} {
			one(s)
		}
	}
	if b := in.Bounce; b != nil {
		for _, s := range []*string{&b.Recipient, &b.Status, &b.MessageID, &b.Diagnosis} {
			one(s)
		}
	}
}

// cutText keeps the head of a text that is too long to show, and says so in
// the text itself: no part of a mail is left out without a visible line.
func cutText(s string, limit int, in *tickets.Inbound) string {
	if len(s) <= limit {
		return s
	}
	n := limit
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	in.Problems = append(in.Problems, fmt.Sprintf("the text is %d bytes long and was cut at %d", len(s), n))
	return s[:n] + "\n[The text is longer than can be shown here. The original mail has all of it.]"
}

// maxUnmac bounds what a copy may cost, in bytes; what is beyond is not read. No
// program that wrote such line ends made mails as large as that.
const maxUnmac = 8 << 20

// unmac gives mail with bare carriage returns (old Macintosh line ends) line
// feeds. Mail that has line feeds is left as it is and costs no copy.
func unmac(raw []byte) []byte {
	head := raw
	if len(head) > 4096 {
		head = head[:4096]
	}
	if bytes.IndexByte(head, '\n') >= 0 || bytes.IndexByte(head, '\r') < 0 {
		return raw
	}
	raw = raw[:min(len(raw), maxUnmac)]
	out := make([]byte, 0, len(raw))
	for i, c := range raw {
		switch {
		case c != '\r':
			out = append(out, c)
		case i+1 == len(raw) || raw[i+1] != '\n':
			out = append(out, '\n')
		}
	}
	return out
}

// skipEnvelope passes over blank lines and an mbox "From " line before the header.
func skipEnvelope(raw []byte) []byte {
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	raw = bytes.TrimLeft(raw, "\r\n")
	for range 2 {
		if bytes.HasPrefix(raw, []byte("From ")) || bytes.HasPrefix(raw, []byte(">From ")) {
			if i := bytes.IndexByte(raw, '\n'); i >= 0 && isEnvelopeLine(raw[:i]) {
				raw = raw[i+1:]
			}
		}
	}
	return raw
}

// isEnvelopeLine tells an mbox separator from a sentence that begins with From.
func isEnvelopeLine(l []byte) bool {
	digits := 0
	for _, c := range l {
		if c >= '0' && c <= '9' {
			digits++
		}
	}
	return digits >= 4 && bytes.Count(l, []byte(":")) >= 1
}

// Headers is the header block as it stands in the mail, decoded to UTF-8 as far
// as its bytes allow but with encoded words left as they are: for people who
// want to see the headers.
func Headers(raw []byte) string {
	raw = skipEnvelope(unmac(raw))
	h, _, _ := splitHeader(raw, Limits{}.withDefaults().MaxHeaderBytes, true)
	return strings.ReplaceAll(strings.ReplaceAll(guessUTF8(h.raw), "\r\n", "\n"), "\x00", "")
}
