package parse_test

import (
	"bytes"
	"encoding/base64"
	"runtime"
	"strings"
	"testing"

	"hearback/mailbox/parse"
)

// letter is a reply of about 6 KB as Outlook writes it: plain and HTML.
func letter() []byte {
	para := strings.Repeat("Owen has not been able to go to school since Monday, because the taxi did not come and nobody answered the telephone. ", 3)
	quoted := strings.Repeat("We have asked the transport team to look into this and will ring you by the end of the week.\r\n", 6)
	plain := "Dear all,\r\n\r\n" + para + "\r\n\r\nKind regards\r\nNadia\r\n\r\nSent from Outlook for Android\r\n________________________________\r\nFrom: SEN Team <sen@council.example>\r\nSent: 02 March 2026 09:15\r\nTo: Nadia Rahman <nadia@family.example>\r\nSubject: Transport for Owen\r\n\r\n" + quoted
	htm := "<html><head><style>p{margin:0}</style></head><body><p>Dear all,</p><p>" + para + "</p><p>Kind regards<br>Nadia</p><hr><div id=\"divRplyFwdMsg\"><b>From:</b> SEN Team &lt;sen@council.example&gt;<br><b>Sent:</b> 02 March 2026 09:15</div><div>" + quoted + "</div></body></html>"
	return []byte(strings.Repeat("Received: from a.example (a.example [192.0.2.1]) by mx.council.example with ESMTPS id 1; Mon, 2 Mar 2026 10:00:00 +0000\r\n", 6) +
		"From: =?utf-8?Q?Nadia_Rahm=C3=A1n?= <nadia@family.example>\r\nTo: SEN Team <sen@council.example>\r\nCc: tom@family.example\r\nSubject: RE: Transport for Owen\r\nDate: Mon, 2 Mar 2026 10:00:00 +0000\r\nMessage-ID: <r1@family.example>\r\nIn-Reply-To: <a1@council.example>\r\nReferences: <a0@council.example> <a1@council.example>\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/alternative; boundary=\"_000_x\"\r\n\r\n--_000_x\r\nContent-Type: text/plain; charset=\"utf-8\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + plain +
		"\r\n--_000_x\r\nContent-Type: text/html; charset=\"utf-8\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString([]byte(htm)) + "\r\n--_000_x--\r\n")
}

func BenchmarkLetter(b *testing.B) {
	raw := letter()
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		parse.Message(raw, parse.Options{})
	}
}

func BenchmarkHTMLOnly(b *testing.B) {
	body := "<html><body>" + strings.Repeat("<table><tr><td><p>Week</p></td><td><p>Hours</p></td></tr></table><p>Dear team, <b>please</b> see <a href=\"https://school.example/a\">the plan</a>.</p><ul><li>one<li>two</ul>", 30) + "</body></html>"
	raw := []byte("From: a@school.example\r\nSubject: Plan\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		parse.Message(raw, parse.Options{})
	}
}

func attachment(size int) []byte {
	enc := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("%PDF-1.7 synthetic "), size/19+1)[:size])
	var b bytes.Buffer
	b.WriteString("From: nadia@family.example\r\nSubject: Report\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nThe report.\r\n--b\r\nContent-Type: application/pdf; name=report.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n")
	for len(enc) > 76 {
		b.WriteString(enc[:76] + "\r\n")
		enc = enc[76:]
	}
	b.WriteString(enc + "\r\n--b--\r\n")
	return b.Bytes()
}

func BenchmarkAttachment25MB(b *testing.B) {
	raw := attachment(25 << 20)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		parse.Message(raw, parse.Options{})
	}
}

// TestLargeAttachmentIsNotHeld: reading a mail with a 25 MB attachment must not
// make a copy of it.
func TestLargeAttachmentIsNotHeld(t *testing.T) {
	raw := attachment(25 << 20)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	in := parse.Message(raw, parse.Options{})
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 4<<20 {
		t.Errorf("reading allocated %d bytes", used)
	}
	if len(in.Parts) != 1 || in.Parts[0].Bytes != 25<<20 || in.Parts[0].Name != "report.pdf" || in.Parts[0].Type != "application/pdf" {
		t.Errorf("got %+v", in.Parts)
	}
}
