package parse_test

import (
	"strings"
	"testing"

	"hearback/mailbox/parse"
)

// TestDoubleCostsDouble: a mail of twice the length may not take more than three
// times as much from the heap. What grows with the square takes four times as
// much. The test counts bytes and objects, not time, which other programs on the machine
// would change; what is quadratic in time alone does not come back from
// TestHostileMailIsReadInTime.
func TestDoubleCostsDouble(t *testing.T) {
	const from = "From: a@b.example\n"
	rep := strings.Repeat
	forms := map[string]func(n int) string{
		"lines":      func(n int) string { return from + "\n" + rep("The taxi did not come.\n", n) },
		"quotations": func(n int) string { return from + "\n" + rep("> a\nb\n", n) },
		"introductions": func(n int) string {
			return from + "\n" + rep("On Mon, 2 Mar 2026 at 09:15, A <a@b.example> wrote:\n", n)
		},
		"half introduced": func(n int) string { return from + "\n" + rep("On Mon, 2 Mar 2026 at 09:15, A\n", n) },
		"header blocks": func(n int) string {
			return from + "\n" + rep("From: A <a@b.example>\nSent: 2 March 2026 09:15\nTo: b\nSubject: c\n\n", n)
		},
		"foreign labels":   func(n int) string { return from + "\n" + rep("ਵੱਲੋਂ: a@b.example\n", n) },
		"signatures":       func(n int) string { return from + "\n" + rep("a\n-- \nb\n> c\n", n) },
		"footers":          func(n int) string { return from + "\n" + rep("Sent from my iPhone\na\n", n) },
		"addresses":        func(n int) string { return "To: " + rep("A B <a@b.example>, ", n) + "\n" + from + "\nwords" },
		"broken addresses": func(n int) string { return "To: " + rep("\"<(a@", n) + "\n" + from + "\nwords" },
		"encoded words":    func(n int) string { return from + "Subject: " + rep("=?utf-8?b?w6E=?= ", n) + "\n\nwords" },
		"folds":            func(n int) string { return from + "Subject:" + rep(" a\n", n) + "\nwords" },
		"fields":           func(n int) string { return rep("X-A: b\n", n) + from + "\nwords" },
		"references":       func(n int) string { return from + "References: " + rep("<a@b.example> ", n) + "\n\nwords" },
		"parameters":       func(n int) string { return from + "Content-Type: text/plain; " + rep("a*0=b; ", n) + "\n\nwords" },
		"parts": func(n int) string {
			return from + "Content-Type: multipart/mixed; boundary=b\n\n" + rep("--b\n\nx\n", n) + "--b--\n"
		},
		"attached mails": func(n int) string {
			return from + "Content-Type: multipart/digest; boundary=b\n\n" + rep("--b\n\nSubject: x\n\ny\n", n) + "--b--\n"
		},
		"pictures": func(n int) string {
			return from + "Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n" + rep("<img src=cid:a>", n) + rep("\n--b\nContent-Type: image/png\nContent-ID: <a>\n\nx", n) + "\n--b--"
		},
		"HTML": func(n int) string { return from + "Content-Type: text/html\n\n" + rep("<div><p>a</p>", n) },
		"tables": func(n int) string {
			return from + "Content-Type: text/html\n\n" + rep("<table><tr><td>a</td><td>b</td></tr></table>", n)
		},
		"tables in tables":  func(n int) string { return from + "Content-Type: text/html\n\n" + rep("<table><tr><td>a", n) },
		"quotations nested": func(n int) string { return from + "Content-Type: text/html\n\n" + rep("<blockquote>a", n) },
		"uuencode":          func(n int) string { return from + "\n" + rep("begin 644 a\n#86)C\n`\nend\n", n) },
		"calendar": func(n int) string {
			return from + "Content-Type: text/calendar\n\nBEGIN:VCALENDAR\nBEGIN:VEVENT\n" + rep("ATTENDEE:a\n", n)
		},
		"delivery status": func(n int) string {
			return from + "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n" + rep("Final-Recipient: rfc822; a@b.example\nAction: failed\n\n", n) + "--b--"
		},
		"failure notice": func(n int) string {
			return "From: mailer-daemon@b.example\nSubject: failure notice\n\n" + rep("could not be delivered <a@b.example> 550 5.1.1\n", n)
		},
		"voicemail": func(n int) string {
			return "From: voicemail@b.example\nSubject: Voicemail\n\n" + rep("from 01234 000111\n", n)
		},
		"winmail.dat": func(n int) string { return string(packetMail("", []byte(rep(string(tnefFile("a", "b")), n)))) },
	}
	for name, form := range forms {
		t.Run(name, func(t *testing.T) {
			cost := func(n int) (bytes uint64, objects float64) {
				raw := []byte(form(n))
				read := func() {
					parse.Message(raw, parse.Options{Limits: parse.Limits{MaxText: 8 << 20, MaxParts: 1 << 20, MaxHeaderBytes: 8 << 20}})
				}
				return allocated(read), testing.AllocsPerRun(1, read)
			}
			cost(10) // what is made once
			b1, o1 := cost(400)
			b2, o2 := cost(800)
			if float64(b2) > 3*float64(b1)+64<<10 || o2 > 3*o1+100 {
				t.Errorf("400: %d bytes, %.0f objects; 800: %d bytes, %.0f objects", b1, o1, b2, o2)
			}
		})
	}
}
