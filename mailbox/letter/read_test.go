package letter

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"hearback/mailbox/guard"
)

const good = "From: \"SEN team\" <sen@council.example>\r\nTo: \"Tamsin Orchard\" <tamsin@mail.example>\r\n" +
	"Subject: =?utf-8?q?caf=C3=A9?=\r\nX-Long: one\r\n two\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n" +
	"Content-Transfer-Encoding: quoted-printable\r\n\r\nDear Tamsin,=20\r\n=C2=A35\r\n"

func env() Envelope {
	return Envelope{From: "sen@council.example", To: []string{"tamsin@mail.example"}}
}

func TestRead(t *testing.T) {
	l, err := Read([]byte(good), env())
	if err != nil {
		t.Fatal(err)
	}
	if l.Subject != "café" || !strings.Contains(l.Text, "Dear Tamsin, ") || !strings.Contains(l.Text, "£5") || len(l.To) != 1 || len(l.Headers) != 7 {
		t.Fatalf("%+v", l)
	}
	for _, h := range l.Headers {
		if h.Name == "X-Long" && h.Value != "one two" {
			t.Errorf("unfolded to %q", h.Value)
		}
	}
}

func TestReadParts(t *testing.T) {
	raw := strings.Replace(good, "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nDear Tamsin,=20\r\n=C2=A35\r\n",
		"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nplain\r\n--b\r\nContent-Type: text/html\r\n\r\n<b>rich</b>\r\n"+
			"--b\r\nContent-Type: text/csv; name=list.csv\r\nContent-Disposition: attachment; filename=list.csv\r\n\r\na,b\r\n"+
			"--b\r\nContent-Type: image/tiff\r\nContent-Disposition: attachment; filename=scan.tif\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--b--\r\n", 1)
	l, err := Read([]byte(raw), env())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(l.Text, "plain") || !strings.Contains(l.HTML, "rich") || len(l.Files) != 2 || !l.Files[0].Readable || l.Files[0].Name != "list.csv" || l.Files[1].Readable {
		t.Fatalf("%+v", l)
	}
}

func TestReadRefuses(t *testing.T) {
	replace := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("no %q", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	two := Envelope{From: "sen@council.example", To: []string{"tamsin@mail.example", "kit@home.example"}}
	for name, c := range map[string]struct {
		raw  string
		env  Envelope
		rule string
	}{
		"bare LF":                    {replace("=C2=A35\r\n", "a\nb\r\n"), env(), guard.RuleHeaderInjection},
		"bare CR":                    {replace("=C2=A35\r\n", "a\rb\r\n"), env(), guard.RuleHeaderInjection},
		"NUL":                        {replace("=C2=A35\r\n", "a\x00b\r\n"), env(), guard.RuleHeaderInjection},
		"smuggled end of data":       {replace("=C2=A35\r\n", "a\n.\r\nMAIL FROM:<x@y.example>\r\n"), env(), guard.RuleHeaderInjection},
		"no end of line at the end":  {strings.TrimSuffix(good, "\r\n"), env(), guard.RuleHeaderInjection},
		"a very long line":           {replace("=C2=A35\r\n", strings.Repeat("x", 999)+"\r\n"), env(), guard.RuleHeaderInjection},
		"nothing":                    {"", env(), guard.RuleHeaderInjection},
		"no end of the header":       {"From: a@b.example\r\n", env(), guard.RuleHeaderInjection},
		"a header line without name": {replace("MIME-Version", "rubbish\r\nMIME-Version"), env(), guard.RuleHeaderInjection},
		"a space before the colon":   {replace("MIME-Version:", "MIME-Version :"), env(), guard.RuleHeaderInjection},
		"To twice":                   {replace("MIME-Version", "To: <tamsin@mail.example>\r\nMIME-Version"), env(), guard.RuleHeaderInjection},
		"to twice, small":            {replace("MIME-Version", "to: <kit@home.example>\r\nMIME-Version"), env(), guard.RuleHeaderInjection},
		"Bcc":                        {replace("MIME-Version", "Bcc: <tamsin@mail.example>\r\nMIME-Version"), env(), guard.RuleHeaderLeak},
		"empty Bcc":                  {replace("MIME-Version", "bcc: \r\nMIME-Version"), env(), guard.RuleHeaderLeak},
		"Resent-To":                  {replace("MIME-Version", "Resent-To: <kit@home.example>\r\nMIME-Version"), env(), guard.RuleHeaderLeak},
		"Cc that nobody gets":        {replace("MIME-Version", "Cc: <kit@home.example>\r\nMIME-Version"), env(), guard.RuleEnvelope},
		"hidden recipient":           {good, two, guard.RuleEnvelope},
		"another recipient":          {good, Envelope{From: "sen@council.example", To: []string{"kit@home.example"}}, guard.RuleEnvelope},
		"nobody":                     {good, Envelope{From: "sen@council.example"}, guard.RuleNoRecipient},
		"two in one string":          {good, Envelope{From: "sen@council.example", To: []string{"tamsin@mail.example, kit@home.example"}}, guard.RuleUnparseable},
		"trick in To":                {replace("<tamsin@mail.example>", `<"tamsin"@mail.example>`), env(), guard.RuleAddressTrick},
		"trick in the envelope":      {good, Envelope{From: "sen@council.example", To: []string{"tamsin%mail.example@relay.example"}}, guard.RuleAddressTrick},
		"spoof in To":                {replace("Tamsin Orchard", "kit@home.example"), env(), guard.RuleDisplayNameSpoof},
		"another envelope sender":    {good, Envelope{From: "jo@council.example", To: []string{"tamsin@mail.example"}}, guard.RuleEnvelope},
		"no From":                    {replace("From: \"SEN team\" <sen@council.example>\r\n", ""), env(), guard.RuleEnvelope},
		"text that is not UTF-8":     {replace("=C2=A35", "=FF=FE"), env(), guard.RuleUnparseable},
		"an unknown encoding":        {replace("quoted-printable", "x-uuencode"), env(), guard.RuleUnparseable},
		"an unknown character set":   {replace("charset=utf-8", "charset=x-secret"), env(), guard.RuleUnparseable},
		"a type that is none":        {replace("text/plain;", "text plain;"), env(), guard.RuleUnparseable},
	} {
		_, err := Read([]byte(c.raw), c.env)
		var r *Refusal
		if !errors.As(err, &r) {
			t.Errorf("%s: read as a letter", name)
			continue
		}
		if r.Rule != c.rule || r.Words == "" {
			t.Errorf("%s: refused by %s (%s), want %s", name, r.Rule, r.Why, c.rule)
		}
		if strings.Contains(r.Error()+r.Words, "kit@") {
			t.Errorf("%s: the refusal repeats an address", name)
		}
	}
	if _, err := Read([]byte(good), Envelope{To: []string{"Tamsin@MAIL.example"}}); err == nil {
		t.Error("another local part passes for the same mailbox")
	}
	if _, err := Read([]byte(good), Envelope{To: []string{"tamsin@MAIL.example"}}); err != nil {
		t.Errorf("the null sender, or a domain in capitals: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(good), "tamsin@mail.example")
	f.Add([]byte("From: a@b.example\r\nTo: g: c@d.example;\r\nContent-Type: multipart/mixed; boundary=\"\"\r\n\r\n--\r\n"), "c@d.example")
	f.Fuzz(func(t *testing.T, raw []byte, to string) {
		l, err := Read(raw, Envelope{To: []string{to}})
		if err != nil {
			var r *Refusal
			if !errors.As(err, &r) {
				t.Fatalf("an error of another type: %v", err)
			}
			return
		}
		if strings.Contains(strings.ReplaceAll(string(raw), "\r\n", ""), "\n") || len(l.Envelope) != 1 {
			t.Fatal("a letter with a bare line end was read")
		}
	})
}

// What one copy's reader does with a file must not reach the next copy of the letter.
func TestReaderSharesFilesAndNothingElse(t *testing.T) {
	body := "From: sen@council.example\r\nTo: %s\r\nSubject: Papers\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" +
		"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello.\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Disposition: attachment; filename=%s\r\n\r\n%s\r\n--b--\r\n"
	var rd Reader
	read := func(to, name, text string) guard.Letter {
		l, err := rd.Read(context.Background(), fmt.Appendf(nil, body, to, name, text), Envelope{From: "sen@council.example", To: []string{to}})
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	a := read("a@mail.example", "one.txt", "The same words")
	a.Files[0].Readable, a.Files[0].Name = false, "changed"
	b := read("b@mail.example", "one.txt", "The same words")
	if len(b.Files) != 1 || !b.Files[0].Readable || b.Files[0].Name != "one.txt" || len(rd.files) != 1 {
		t.Errorf("%+v", b.Files)
	}
	if c := read("c@mail.example", "one.txt", "Other words"); len(c.Files) != 1 || c.Files[0].SHA256 == b.Files[0].SHA256 || len(rd.files) != 2 {
		t.Errorf("%+v", c.Files)
	}
	if d := read("d@mail.example", "two.txt", "The same words"); d.Files[0].Name != "two.txt" {
		t.Errorf("%+v", d.Files)
	}
}
