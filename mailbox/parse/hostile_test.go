package parse_test

import (
	"fmt"
	"strings"
	"testing"

	"hearback/mailbox/parse"
)

// hostile are mails that cost a careless reader time or memory beyond all
// measure. A reader that is quadratic in any of them does not come back within
// the time that go test allows.
func hostile() map[string]string {
	deep := "From: a@b.example\n"
	for i := range 1000 {
		deep += fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
	}
	const n = 1 << 18
	html := func(s string) string { return "From: a@b.example\nContent-Type: text/html\n\n" + s }
	plain := func(s string) string { return "From: a@b.example\n\n" + s }
	multi := func(s string) string {
		return "From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n" + s
	}
	return map[string]string{
		"deep":                deep + "Content-Type: text/plain\n\nThe words at the bottom.",
		"many parts":          multi(strings.Repeat("--b\n\nx\n", 200000) + "--b--\n"),
		"many closings":       multi(strings.Repeat("--b--\n", n/6) + "--b\n\nlast\n"),
		"boundary prefixes":   multi(strings.Repeat("--bb\n", n/5)),
		"many header fields":  strings.Repeat("X-A: b\n", n/7) + "From: a@b.example\n\nwords",
		"one long field":      "From: a@b.example\nSubject: " + strings.Repeat("x\n ", n/3) + "\n\nwords",
		"junk header":         "From: a@b.example\n" + strings.Repeat("junk\n", n/5) + "\nwords",
		"open brackets":       "From: " + strings.Repeat("<", n) + "\n\nwords",
		"open comments":       "From: " + strings.Repeat("(", n) + "\n\nwords",
		"quotes":              "From: " + strings.Repeat("\"a", n/2) + "\n\nwords",
		"colons":              "To: " + strings.Repeat("a:", n/2) + ";\n\nwords",
		"ats":                 "To: " + strings.Repeat("@", n) + "\n\nwords",
		"many addresses":      "To: " + strings.Repeat("a@b.example, ", n/13) + "\n\nwords",
		"encoded words":       "From: a@b.example\nSubject: " + strings.Repeat("=?utf-8?q?a?= ", 4000) + "\n\nwords",
		"open encoded words":  "From: a@b.example\nSubject: " + strings.Repeat("=?utf-8?q?", n/10) + "\n\nwords",
		"question marks":      "From: a@b.example\nSubject: =?utf-8?q?" + strings.Repeat("?=3D", n/4) + "\n\nwords",
		"parameters":          "From: a@b.example\nContent-Type: text/plain; " + strings.Repeat("a*1=b;", n/6) + "\n\nwords",
		"open parameter":      "From: a@b.example\nContent-Type: text/plain; name=\"" + strings.Repeat("a\"b", n/3) + "\n\nwords",
		"references":          "From: a@b.example\nReferences: " + strings.Repeat("<a@b>", n/5) + "\n\nwords",
		"open divs":           html(strings.Repeat("<div>", n/5) + "words"),
		"open tables":         html(strings.Repeat("<table><tr><td>", n/15) + "words"),
		"open lists":          html(strings.Repeat("<ol><li>", n/8) + "words"),
		"open quotes":         html(strings.Repeat("<blockquote>a", n/13) + "words"),
		"closing tags":        html(strings.Repeat("<b>", n/8) + strings.Repeat("</div>", n/8)),
		"links":               html(strings.Repeat("<a href=http://a.example>", n/25) + "words"),
		"long line of links":  html(strings.Repeat("<a href=http://a.example>b</a>", n/30)),
		"attributes":          html("<div " + strings.Repeat("a=b ", n/4) + ">words"),
		"half tags":           html(strings.Repeat("<", n)),
		"comments":            html(strings.Repeat("<!--", n/4)),
		"blank lines":         plain(strings.Repeat("\n", n)),
		"quote marks":         plain(strings.Repeat(">", n)),
		"introductions":       plain(strings.Repeat("On Monday at 10:00, a\n", n/22)),
		"headers in the text": plain(strings.Repeat("From: a\n", n/8)),
		"rules":               plain(strings.Repeat("-----\n", n/6)),
		"one rule, many ends": plain(strings.Repeat("-- \na\n> b\n", n/10)),
		"footers":             plain(strings.Repeat("Sent from my iPhone\n\n", n/21)),
		"uuencode":            plain(strings.Repeat("begin 644 a\n", n/12)),
		"uuencode runs":       plain("begin 644 a\n" + strings.Repeat("M"+strings.Repeat("A", 60)+"\n", n/62)),
		"flowed":              "From: a@b.example\nContent-Type: text/plain; format=flowed\n\n" + strings.Repeat("> a \n>> b \n", n/11),
		"quoted-printable":    "From: a@b.example\nContent-Transfer-Encoding: quoted-printable\n\n" + strings.Repeat("=", n),
		"base64 rubbish":      "From: a@b.example\nContent-Transfer-Encoding: base64\n\n" + strings.Repeat("!", n),
		"bounce":              "From: mailer-daemon@b.example\nSubject: failure notice\n\n" + strings.Repeat("could not be delivered a@b.example 550\n", n/40),
		"status":              "From: mailer-daemon@b.example\nContent-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n" + strings.Repeat("Final-Recipient: rfc822; a@b.example\n\n", n/38),
		"calendar":            multi("--b\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\n" + strings.Repeat("ATTENDEE;\"", n/10)),
		"nul bytes":           plain("words" + strings.Repeat("\x00", n)),
		"escape sequences":    plain(strings.Repeat("\x1b$B", n/3)),
		"high bytes":          plain(strings.Repeat("\xe9\xff", n/2)),
		"carriage returns":    strings.Repeat("From: a\r", n/8),
		"plus signs":          "From: a@b.example\nContent-Type: text/plain; charset=utf-7\n\n" + strings.Repeat("+A", n/2),
		"content ids":         "From: a@b.example\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n" + strings.Repeat("cid:a ", 20000) + strings.Repeat("\n--b\nContent-Type: image/png\nContent-ID: <a>\n\nx", 1500) + "\n--b--",
	}
}

func TestHostileMailIsReadInTime(t *testing.T) {
	for name, mail := range hostile() {
		t.Run(name, func(t *testing.T) {
			in := parse.Message([]byte(mail), parse.Options{})
			for _, p := range in.Problems {
				if strings.HasPrefix(p, "internal error") {
					t.Error(p)
				}
			}
			if strings.Contains(mail, "words") && !strings.Contains(in.Text, "words") && len(in.Parts)+len(in.Problems) == 0 {
				t.Error("nothing is left of the mail and nothing is said")
			}
			if html, ok := parse.HTML([]byte(mail)); ok {
				parse.SafeHTML(html)
			}
		})
	}
}
