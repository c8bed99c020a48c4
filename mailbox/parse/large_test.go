package parse_test

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"hearback/mailbox/parse"
	"hearback/tickets"
)

// allocated gives how many bytes f takes from the heap, those it gives back
// included: more than what it holds at its peak.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

const (
	large  = 150 << 20
	middle = 80 << 20 // for the forms that are hardly ever this long
)

// allowed is more than the 40 MB that a mail may hold at its peak, because a long
// HTML text is taken apart and put together more than once.
const allowed = 64 << 20

// filled is a mail of size bytes: head, then as many copies of piece as fit, then
// tail.
func filled(size int, head, piece, tail string) []byte {
	out := make([]byte, 0, size+len(head)+len(tail))
	out = append(out, head...)
	block := strings.Repeat(piece, 1+(1<<16)/len(piece))
	for len(out)+len(block) < size {
		out = append(out, block...)
	}
	return append(out, tail...)
}

// TestLargeMailIsNotCopied holds the promise that a mail of 150 MB costs less than
// 40 MB beside itself.
func TestLargeMailIsNotCopied(t *testing.T) {
	if testing.Short() || raced {
		t.Skip("mails of 150 MB; what they take from the heap is counted without the race detector")
	}
	multi := "From: nadia@family.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nThe words.\n--b\n"
	line := strings.Repeat("QUFB", 19) + "\r\n"
	cases := map[string]struct{ head, piece, tail string }{
		"base64":            {multi + "Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\n", line, "\n--b--\n"},
		"quoted-printable":  {multi + "Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: quoted-printable\n\n", strings.Repeat("=41a", 18) + "=\r\n", "\n--b--\n"},
		"8bit":              {multi + "Content-Type: application/octet-stream; name=a.bin\n\n", "abc\xff\x00defg\n", "\n--b--\n"},
		"text":              {"From: nadia@family.example\n\nThe words.\n", "And on and on it goes.\n", ""},
		"HTML":              {"From: nadia@family.example\nContent-Type: text/html\n\n<p>The words.", "<p>And on and on it goes.", ""},
		"one line":          {"From: nadia@family.example\n\nThe words.", "and on ", ""},
		"quotation":         {"From: nadia@family.example\n\nThe words.\n", "> And on and on it goes.\n", ""},
		"carriage returns":  {"From: nadia@family.example\r\rThe words.\r", "And on and on it goes.\r", ""},
		"an attached mail":  {multi + "Content-Type: message/rfc822\n\nFrom: head@school.example\nSubject: Owen\n\n", "And on and on it goes.\n", "\n--b--\n"},
		"winmail.dat":       {multi + "Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\neJ8+Ig==\n", line, "\n--b--\n"},
		"header":            {"From: nadia@family.example\nSubject: The words.\nX-A: ", "and on and on ", "\n\nThe words.\n"},
		"Received":          {"From: nadia@family.example\n", "Received: from a.example by b.example; Mon, 2 Mar 2026 09:15:00 +0000\n", "\nThe words.\n"},
		"base64 of a multi": {"From: nadia@family.example\nContent-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\n", line, ""},
		"boundaries":        {"From: nadia@family.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nThe words.\n", "--b\n\nx\n", "--b--\n"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			size := middle
			if name == "base64" || name == "text" {
				size = large
			}
			raw := filled(size, c.head, c.piece, c.tail)
			var in *tickets.Inbound
			if n := allocated(func() { in = parse.Message(raw, parse.Options{}) }); n > allowed {
				t.Errorf("reading took %d MB", n>>20)
			}
			if name != "base64 of a multi" && !strings.Contains(in.Text, "The words.") {
				t.Errorf("the text is lost: %.200q", in.Text)
			}
			for _, p := range in.Parts {
				var r io.Reader
				n := allocated(func() {
					var err error
					if r, _, err = parse.Part(raw, p.Path); err != nil {
						t.Fatal(err)
					}
					if k, err := io.Copy(io.Discard, r); err != nil || k != p.Bytes {
						t.Errorf("%s: %d of %d bytes, %v", p.Path, k, p.Bytes, err)
					}
				})
				if n > 40<<20 {
					t.Errorf("giving part %s out took %d MB", p.Path, n>>20)
				}
				if len(in.Parts) > 20 {
					break
				}
			}
		})
	}
}

func TestManyAttachments(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("From: nadia@family.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nThe words.\n")
	for i := range 600 {
		fmt.Fprintf(&b, "--b\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename=\"file %d.bin\"\nContent-Transfer-Encoding: base64\n\nQUJD\n", i)
	}
	b.WriteString("--b--\n")
	in := parse.Message(b.Bytes(), parse.Options{})
	if len(in.Parts) != 600 || in.Text != "The words." || in.Parts[599].Name != "file 599.bin" {
		t.Errorf("%d parts, text %q", len(in.Parts), in.Text)
	}
}

// TestNothingIsLeftOut: whatever is wrong with a mail, its words are in the text
// or in a part that is listed, and what is strange about it is said.
func TestNothingIsLeftOut(t *testing.T) {
	const from = "From: nadia@family.example\n"
	deep := from
	for i := range 1000 {
		deep += fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
	}
	cases := map[string]string{
		"deep":                              deep + "\nThe words.",
		"many Received":                     strings.Repeat("Received: from a.example by b.example; Mon, 2 Mar 2026 09:15:00 +0000\n", 10000) + from + "Subject: late\n\nThe words.",
		"a field of a megabyte":             from + "X-A: " + strings.Repeat("a ", 1<<19) + "\n\nThe words.",
		"a subject of a megabyte":           from + "Subject: " + strings.Repeat("a ", 1<<19) + "\n\nThe words.",
		"a header of folds":                 from + "X-A: a\n" + strings.Repeat(" b\n", 300000) + "\nThe words.",
		"NUL bytes":                         from + "Subject: a\x00b\n\n\x00The words.\x00",
		"no boundary":                       from + "Content-Type: multipart/mixed\n\n--b\n\nThe words.\n--b--\n",
		"no boundary and nothing like one":  from + "Content-Type: multipart/mixed\n\nThe words.\n",
		"another boundary":                  from + "Content-Type: multipart/mixed; boundary=a\n\n--b\nContent-Type: text/plain\n\nThe words.\n--b--\n",
		"the boundary is the inner one's":   from + "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/alternative; boundary=a\n\n--a\n\nThe words.\n--a--\n",
		"the outer boundary ends the inner": from + "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nbefore\n--a\nContent-Type: text/plain\n\nThe words.\n--a--\n",
		"truncated base64":                  from + "Content-Transfer-Encoding: base64\n\nVGhlIHdvcmRzLiBUaGUgd2",
		"base64 with rubbish":               from + "Content-Transfer-Encoding: base64\n\nVGhl!!IHdv*cmRzLg==\n",
		"no header":                         "The words.\n",
		"no From":                           "Subject: x\n\nThe words.",
		"an empty From":                     "From:\nSubject: x\n\nThe words.",
		"a From that nobody reads":          "From: =?x?<<@@>>,,;;(\"\nSubject: x\n\nThe words.",
		"several From":                      from + "From: tom@family.example\n\nThe words.",
		"a part without a type":             from + "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Disposition: inline\n\nThe words.\n--b--",
		"a part of a type that is none":     from + "Content-Type: text\n\nThe words.",
		"a part of no known type":           from + "Content-Type: foo/bar\n\nThe words.",
		"wrong charsets":                    from + "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-16\n\nThe words.\n--b\nContent-Type: text/plain; charset=nonsense\n\nN\xe1dia\n--b--",
		"after the end":                     from + "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nOne.\n--b--\nThe words.\n",
		"before the beginning":              from + "Content-Type: multipart/mixed; boundary=b\n\nThe words.\n--b\n\nOne.\n--b--\n",
		"an encoding that is none":          from + "Content-Transfer-Encoding: x-own\n\nThe words.",
		"an encoded container":              from + "Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\nLS1iCgpUaGUgd29yZHMuCi0tYi0tCg==\n",
		"a header without an end":           from + "Subject: x\nThe words.",
		"a plain part that is empty":        from + "Content-Type: multipart/alternative; boundary=b\n\n--b\n\n \n--b\nContent-Type: text/html\n\n<p>The words.</p>\n--b--",
		"HTML that shows nothing":           from + "Content-Type: text/html\n\n<script>The words.</script>",
		"message/partial":                   from + "Content-Type: message/partial; number=1; total=2; id=x\n\nThe words.",
		"message/external-body":             from + "Content-Type: message/external-body; access-type=URL; URL=http://a.example\n\nContent-Type: image/png\n\nThe words.",
		"an attached mail without a header": from + "Content-Type: message/rfc822\n\nThe words.",
	}
	for name, mail := range cases {
		t.Run(name, func(t *testing.T) {
			in := parse.Message([]byte(mail), parse.Options{})
			stored(t, in)
			found := strings.Contains(in.Text, "The words.")
			for _, p := range in.Parts {
				r, _, err := parse.Part([]byte(mail), p.Path)
				if err != nil {
					t.Errorf("part %s is listed and cannot be read: %v", p.Path, err)
					continue
				}
				data, err := io.ReadAll(r)
				if err != nil {
					t.Fatal(err)
				}
				found = found || bytes.Contains(data, []byte("The words."))
			}
			if !found && !strings.Contains(in.Text, "The wo") {
				t.Errorf("the words are lost: text %.300q, parts %+v, problems %q", in.Text, in.Parts, in.Problems)
			}
		})
	}
}
