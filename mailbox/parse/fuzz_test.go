package parse_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"hearback/mailbox/parse"
	"hearback/tickets"
)

// stored fails when a result holds what a database would refuse.
func stored(t *testing.T, in *tickets.Inbound) {
	t.Helper()
	list := []string{in.MessageID, in.Subject, in.Text, in.ReplyText, in.From.Name, in.From.Email}
	for _, p := range in.Parts {
		list = append(list, p.Name, p.Type, p.ContentID, p.Path)
	}
	for _, a := range append(append(append([]tickets.MailAddress{}, in.Senders...), in.To...), in.Cc...) {
		list = append(list, a.Name, a.Email)
	}
	for _, s := range list {
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			t.Errorf("not storable: %q", s)
		}
	}
	for _, p := range in.Problems {
		if strings.HasPrefix(p, "internal error") {
			t.Error(p)
		}
	}
	if len(in.ReplyText) > len(in.Text)+1 {
		t.Errorf("the reply is longer than the text: %q of %q", in.ReplyText, in.Text)
	}
}

func FuzzMessage(f *testing.F) {
	files, err := filepath.Glob("testdata/*.eml")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	for _, s := range hostile() {
		if len(s) < 20000 {
			f.Add([]byte(s))
		}
	}
	f.Add(letter())
	f.Add(packetMail("words", tnefAttribute(1, 0x0002800C, "words"), tnefFile("a.pdf", pdf)))
	f.Add(withFile("From: voicemail@council.example\nSubject: Voicemail from 01234 000111\n", "", "a.wav", "audio/wav", wave))
	f.Add(withFile("From: scanner@council.example\nSubject: Message from KM_C258\n", "Scan Date: 02.03.2026 09:15:00", "SKM_C2582603.pdf", "application/pdf", pdf))
	f.Add([]byte("From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\nSubject: x\n\ny\n--b--"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		in := parse.Message(raw, parse.Options{TrustedAuthServers: []string{parse.Microsoft365, "mx.council.example"}})
		stored(t, in)
		for _, p := range in.Parts {
			if _, got, err := parse.Part(raw, p.Path); err != nil || got.SHA256 != p.SHA256 {
				t.Errorf("part %s cannot be found again: %v", p.Path, err)
			}
		}
		if html, ok := parse.HTML(raw); ok {
			parse.SafeHTML(html)
		}
		parse.Headers(raw)
	})
}

func FuzzReply(f *testing.F) {
	for _, sep := range moreIntroductions() {
		f.Add(mine + "\n\n" + sep + "\n\n> " + theirs)
	}
	for _, sep := range introductions() {
		f.Add(mine + "\n\n" + sep + "\n\n> " + theirs)
	}
	f.Add("-- \n\n> \n>>\nSent from my iPhone")
	f.Fuzz(func(t *testing.T, body string) {
		in := parse.Message([]byte("From: a@b.example\nContent-Type: text/plain; charset=utf-8\n\n"+body), parse.Options{})
		stored(t, in)
	})
}

func FuzzAddress(f *testing.F) {
	for _, s := range []string{
		"Nadia Rahman <nadia@family.example>", "Rahman, Nadia <nadia@family.example>", `"Rahman, Nadia" <nadia@family.example>, tom@family.example`,
		"=?utf-8?q?N=C3=A1dia?= <nadia@family.example>", "Undisclosed recipients:;", "Team: a@b.example, c@d.example;", "<@relay.example:nadia@family.example>",
		"nadia@family.example (Nadia)", "nadia at family.example", `"unclosed <nadia@family.example>`, "<<nadia@family.example>>", "nadia@family.example; tom@family.example",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.NewReplacer("\n", " ", "\r", " ").Replace(s)
		in := parse.Message([]byte("From: "+s+"\nTo: "+s+"\n\nwords"), parse.Options{})
		stored(t, in)
		if len(in.Senders) == 0 && strings.TrimSpace(s) != "" && strings.Contains(s, "@b.example") {
			t.Errorf("an address is visible in %q and nobody is named", s)
		}
	})
}
