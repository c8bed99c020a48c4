package web

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"hearback/tickets"
	"hearback/tickets/fault"
	"hearback/tickets/register"
	"hearback/web/view"
)

// greetingWords begin a greeting.
func greetingWords() []string {
	return []string{"dear", "hi", "hello", "hiya", "hey", "good morning", "good afternoon", "good evening", "morning", "afternoon"}
}

// greetingLine is the line that greets somebody; "" when the letter has none.
func greetingLine(text string) string {
	for _, line := range strings.Split(text, "\n") {
		low := strings.ToLower(strings.TrimSpace(line))
		if low == "" {
			continue
		}
		for _, w := range greetingWords() {
			if low == w || strings.HasPrefix(low, w+" ") {
				return line
			}
		}
		return ""
	}
	return ""
}

// greetAnew puts other names behind the word of the greeting.
func greetAnew(text, names string) string {
	line := greetingLine(text)
	if line == "" || names == "" {
		return text
	}
	word := strings.Fields(line)[0]
	for _, w := range greetingWords() {
		if low := strings.ToLower(strings.TrimSpace(line)); strings.HasPrefix(low, w+" ") && len(w) > len(word) {
			word = strings.TrimSpace(line)[:len(w)]
		}
	}
	rest := ""
	if _, after, ok := strings.Cut(line, ","); ok {
		rest = after // what goes on in the line of the greeting stays
	}
	return strings.Replace(text, line, word+" "+names+","+rest, 1)
}

// firstNames are those of all who get the letter, for a greeting.
func (d *draft) firstNames() string {
	var out []string
	for _, n := range d.to {
		if p, ok := find(d.parties, n); ok {
			out = append(out, first(p.Person.Name))
		}
	}
	return view.Names(out)
}

// wordIn reports a whole word in a text; both in small letters.
func wordIn(text, word string) bool {
	return word != "" && slices.Contains(strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && r != '-' }), word)
}

var weakMark = regexp.MustCompile(`(?i)^\s*(?:(?:re|fw|fwd)\s*:\s*)*(?:\[?\(?\s*internal(?:\s+only|\s+use)?\s*\)?\]?\s*[:\-–—]?\s*)+`)

// cleanSubject takes "internal" off the front of a subject; "Re:" stays.
func cleanSubject(subject string) string {
	out := strings.TrimSpace(weakMark.ReplaceAllString(subject, ""))
	switch {
	case out == strings.TrimSpace(subject):
		return subject
	case out == "":
		return "Your enquiry"
	}
	return "Re: " + out
}

// coded is a run of letters and digits that no language has: base64, hexadecimal.
var coded = regexp.MustCompile(`[A-Za-z0-9+/_=-]{32,}`)

// plainText is a text without invisible characters, look-alikes of letters that
// Unicode folds (NFKC, UAX 15), and runs of coded text.
func plainText(text string) string {
	out := strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && (unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Cc, r)) {
			return -1
		}
		return r
	}, norm.NFKC.String(text))
	return coded.ReplaceAllStringFunc(out, func(s string) string {
		if strings.HasPrefix(s, "---") || strings.HasPrefix(s, "===") || strings.HasPrefix(s, "___") {
			return s // a rule
		}
		return ""
	})
}

// pasted begins an email that stands in a text: the line of a client that quotes,
// the head of a forwarded one, or the mark of a quotation.
var pasted = regexp.MustCompile(`(?im)^[ \t]*(?:-{2,}\s*(?:original|forwarded) message|_{8,}|from:\s|sent:\s|begin forwarded message|on .{4,120} wrote:|>)`)

// cutPasted is a text without the email that was pasted below it.
func cutPasted(text string) string {
	if at := pasted.FindStringIndex(text); at != nil {
		return strings.TrimRight(text[:at[0]], " \t\n") + "\n"
	}
	return text
}

var blank = regexp.MustCompile(`\{\{[^{}\n]{1,60}\}\}|\{[A-Za-z_][^{}\n]{0,58}\}|\[[A-Z][A-Z _'/-]{1,58}\]|<<[^<>\n]{1,60}>>|«[^«»\n]{1,60}»|\$\{[^{}\n]{1,60}\}|%[A-Za-z_]{2,40}%|\[(?:[Ii]nsert|name|date|child|parent|school)[^\]\n]{0,58}\]`)

// blankIn is the first field of a template that was left as it is; "" when none is seen.
func blankIn(text string) string { return blank.FindString(text) }

// blankValue is what belongs into a blank, when its name says so beyond doubt.
func blankValue(d *draft, token string) string {
	name := strings.ToLower(strings.Join(strings.FieldsFunc(token, func(r rune) bool { return !unicode.IsLetter(r) }), " "))
	switch name {
	case "name", "first name", "firstname", "parent", "parent name", "parent first name", "recipient", "recipient name", "contact", "contact name":
		return d.firstNames()
	case "child", "child name", "child first name", "childs name", "pupil", "pupil name":
		return first(d.ticket.ChildName)
	case "reference", "ref", "our ref", "our reference", "case ref":
		return d.ticket.Ref
	}
	return ""
}

// choose takes one of somebody's addresses, when the register has it.
func (d *draft) choose(person, address int64) {
	p, _ := find(d.parties, person)
	if slices.ContainsFunc(p.Addresses, func(a register.Address) bool { return a.ID == address }) {
		if d.address == nil {
			d.address = map[int64]int64{}
		}
		d.address[person] = address
	}
}

// chosenAddresses reads which of several addresses was chosen. Addresses are ids.
func chosenAddresses(c *Ctx, d *draft) map[int64]int64 {
	at := &draft{parties: d.parties}
	for _, p := range d.parties {
		at.choose(p.Person.ID, number(c.PostForm("address["+id(p.Person.ID)+"]")))
	}
	return at.address
}

// addressChoice offers the addresses of somebody who has several.
func addressChoice(d *draft, p register.Party, rec *view.Recipient) {
	for _, a := range p.Addresses {
		if a.ID == d.address[p.Person.ID] {
			rec.Address = a.Email
		}
	}
	if len(p.Addresses) < 2 {
		return
	}
	for _, a := range p.Addresses {
		rec.Addresses = append(rec.Addresses, view.Option{Value: id(a.ID), Text: a.Email, Selected: a.Email == rec.Address})
	}
}

// moveToNote keeps the words as the draft of a note and takes them out of the reply:
// they were for a colleague. A note that was begun is gone on with.
func (s *Server) moveToNote(c *Ctx, d *draft) error {
	ctx := c.Request.Context()
	n, err := s.Store.NoteDraftOf(ctx, c.Actor, d.ticket.ID)
	if err != nil {
		return err
	}
	n.TicketID, n.SavedAt = d.ticket.ID, c.Now
	n.Text = tickets.NewPrivateText(strings.TrimSpace(n.Text.ForStaff() + "\n\n" + d.text))
	if err := n.Check(); err != nil {
		verdict, errs := s.judge(c, d)
		return s.showReply(c, statusFor(verdict, errs), d, verdict, append(errs, view.FieldError{Text: fault.SafeText(err)}))
	}
	if _, err := s.Store.SaveNoteDraft(ctx, c.Actor, n); err != nil {
		return err
	}
	d.text = ""
	if len(d.to) > 0 {
		d.text = "Dear " + d.firstNames() + ",\n\n"
	}
	if err := s.keepReply(c, d); err != nil {
		s.Log.Error("web", "event", "draft_not_kept", "ticket", d.ticket.Ref, "error", err)
	}
	return s.done(c, view.NoteURL(d.ticket.Ref), "success", "Your words are a note now, for colleagues only. Nothing was sent. Save the note, then go back to your reply.")
}

// searching bounds how long a button may look for a place.
const searching = 8 * time.Second

var sentenceEnd = regexp.MustCompile(`[^\n.!?]*(?:[.!?]+["”')\]]*[ \t]*|\n+|$)`)

// sentenceSpans are the sentences and lines of a text, as places in it.
func sentenceSpans(text string) [][]int {
	var out [][]int
	for _, at := range sentenceEnd.FindAllStringIndex(text, -1) {
		if strings.TrimSpace(text[at[0]:at[1]]) != "" {
			out = append(out, at)
		}
	}
	return out
}

// paragraphSpans are the paragraphs.
func paragraphSpans(text string) [][]int {
	var out [][]int
	at := 0
	for _, p := range strings.SplitAfter(text, "\n\n") {
		if strings.TrimSpace(p) != "" {
			out = append(out, []int{at, at + len(p)})
		}
		at += len(p)
	}
	return out
}
