package compose

import (
	"bytes"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hearback/tickets"
)

const ours = "sen@council.example"

func composer(t *testing.T, s Sender) *Composer {
	t.Helper()
	c, err := New(Settings{Senders: map[string]Sender{"SEN@council.example": s}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func now() time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC) }

func reply() *tickets.Claim {
	return &tickets.Claim{
		Mailbox: tickets.Mailbox{Address: ours},
		Ticket:  &tickets.Ticket{Ref: "SEN-104233", CaseID: 5},
		Letter: tickets.Outgoing{
			CaseID: 5, Purpose: tickets.PurposeReply, Subject: "Taxi für Zoë", Body: "Dear Zoë,\r\n\r\nthe taxi comes at 8. " + strings.Repeat("Long line. ", 40) + "\n",
			Deliveries: []tickets.Delivery{{ID: 1, Name: "Zoë \"Z\" Orchard", Email: "zoe@mail.example", Mailbox: "zoe@mail.example", MessageID: "abc@council.example", Token: "tok1"}},
		},
		Answers:  &tickets.Message{Direction: tickets.In, MessageID: "asked@mail.example", FromMailbox: "zoe@mail.example", ReplyText: "When?", ReceivedAt: now()},
		Previous: []string{"first@council.example", "asked@mail.example", "father@refuge.example", "bad id", "<second@council.example>"},
	}
}

func TestCopyIsDeterministicAndReadable(t *testing.T) {
	c := composer(t, Sender{Name: "Team Nörd", PlusAddressing: true, NullSender: true})
	a, err := c.Copies(reply(), now())
	if err != nil {
		t.Fatal(err)
	}
	b, err := c.Copies(reply(), now())
	if err != nil || !bytes.Equal(a[0].Bytes, b[0].Bytes) {
		t.Fatalf("two composings differ: %v", err)
	}
	if a[0].From != ours || a[0].To != "zoe@mail.example" || a[0].DeliveryID != 1 || a[0].Standing != "" {
		t.Errorf("%+v", a[0])
	}
	m, err := mail.ReadMessage(bytes.NewReader(a[0].Bytes))
	if err != nil {
		t.Fatal(err)
	}
	from, err := m.Header.AddressList("From")
	if err != nil || from[0].Name != "Team Nörd" || from[0].Address != ours {
		t.Errorf("From %v %v", from, err)
	}
	to, err := m.Header.AddressList("To")
	if err != nil || to[0].Name != "Zoë \"Z\" Orchard" || to[0].Address != "zoe@mail.example" {
		t.Errorf("To %v %v", to, err)
	}
	for name, want := range map[string]string{
		"Message-Id": "<abc@council.example>", "In-Reply-To": "<asked@mail.example>", "Date": "Mon, 23 Nov 2026 10:00:00 +0000",
		"References": "<first@council.example> <second@council.example> <asked@mail.example>", "Auto-Submitted": "", "Precedence": "", "Bcc": "",
	} {
		if got := strings.Join(strings.Fields(m.Header.Get(name)), " "); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if reply, err := m.Header.AddressList("Reply-To"); err != nil || reply[0].Address != "sen+tok1@council.example" {
		t.Errorf("Reply-To %v %v", reply, err)
	}
	for _, l := range strings.Split(string(a[0].Bytes), "\r\n") {
		if len(l) > 78 || strings.ContainsAny(l, "\r\n") {
			t.Errorf("line %q", l)
		}
	}
}

func TestWithoutPlusAddressing(t *testing.T) {
	a, err := composer(t, Sender{}).Copies(reply(), now())
	if err != nil || !bytes.Contains(a[0].Bytes, []byte("Reply-To: <"+ours+">\r\n")) {
		t.Fatalf("%s %v", a[0].Bytes, err)
	}
}

func TestRefusesToCompose(t *testing.T) {
	for name, change := range map[string]func(*tickets.Claim){
		"no recipient":              func(c *tickets.Claim) { c.Letter.Deliveries = nil },
		"no mailbox of ours":        func(c *tickets.Claim) { c.Mailbox.Address = "who@council.example" },
		"no text":                   func(c *tickets.Claim) { c.Letter.Body = " \n\t" },
		"NUL in the text":           func(c *tickets.Claim) { c.Letter.Body = "a\x00b" },
		"line end in the subject":   func(c *tickets.Claim) { c.Letter.Subject = "a\nBcc: x@y.example" },
		"line end in the name":      func(c *tickets.Claim) { c.Letter.Deliveries[0].Name = "a\r\nBcc: x@y.example" },
		"line end in the address":   func(c *tickets.Claim) { c.Letter.Deliveries[0].Email = "a@b.example\r\nBcc: x@y.example" },
		"two addresses":             func(c *tickets.Claim) { c.Letter.Deliveries[0].Email = "a@b.example,x@y.example" },
		"an angle bracket":          func(c *tickets.Claim) { c.Letter.Deliveries[0].Email = "a@b.example>" },
		"no Message-ID":             func(c *tickets.Claim) { c.Letter.Deliveries[0].MessageID = "" },
		"Message-ID with a bracket": func(c *tickets.Claim) { c.Letter.Deliveries[0].MessageID = "a>\r\nX: <b@c.example" },
		"no token":                  func(c *tickets.Claim) { c.Letter.Deliveries[0].Token = "" },
		"token with an at":          func(c *tickets.Claim) { c.Letter.Deliveries[0].Token = "a@b" },
		"an automatic letter typed": func(c *tickets.Claim) { c.Letter.Purpose = tickets.PurposeNotice },
	} {
		c := reply()
		change(c)
		if a, err := composer(t, Sender{PlusAddressing: true}).Copies(c, now()); err == nil {
			t.Errorf("%s: composed\n%s", name, a[0].Bytes)
		}
	}
}

// Every template file has a kind and every kind a file, a template that leaves
// out what it must say is refused, and so is one with a field that is none.
func TestTemplatesAreChecked(t *testing.T) {
	files, err := filepath.Glob("templates/*.txt")
	if err != nil || len(files) != len(kinds()) {
		t.Fatalf("%d files for %d kinds: %v", len(files), len(kinds()), err)
	}
	for name, k := range kinds() {
		text, err := os.ReadFile("templates/" + name + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range k.required {
			broken := strings.ReplaceAll(strings.ReplaceAll(string(text), "{{."+f+"}}", ""), `opt "`+f+`"`, `opt "council"`)
			if tm, err := parseTemplate(name, broken); err != nil || check(tm, k) == nil {
				t.Errorf("%s passes without %s (%v)", name, f, err)
			}
		}
		for _, p := range k.phrases {
			if tm, err := parseTemplate(name, strings.ReplaceAll(string(text), p, "")); err != nil || check(tm, k) == nil {
				t.Errorf("%s passes without %q (%v)", name, p, err)
			}
		}
		for _, extra := range []string{"{{.child}}", `{{opt "child"}}`, "{{.Body}}"} {
			if tm, err := parseTemplate(name, string(text)+extra); err != nil || check(tm, k) == nil {
				t.Errorf("%s passes with %s (%v)", name, extra, err)
			}
		}
	}
	if _, err := parseTemplate("x", "{{.ref"); err == nil {
		t.Error("a broken template is taken")
	}
}
