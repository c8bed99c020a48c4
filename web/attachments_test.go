package web_test

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/web"
)

// hostileNames is what a sender may call a file.
func hostileNames() []string {
	return []string{
		"letter.pdf", `a "quoted" name.pdf`, "two\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>.pdf", "invoice\u202efdp.exe",
		`C:\Users\x\..\..\plan.doc`, "../../etc/passwd", strings.Repeat("a", 300) + ".docx", strings.Repeat("ü", 300), "..", ".", "", "   ", "/", "CON.txt", "lpt1",
		"Plan für Zoë – endgültig.pdf", "計画.pdf", "a;b=c.pdf", "a%0d%0ab.txt", "\x00\x07bell", "bad\xff\xfeutf8.txt", "x\u2028y\u200b.svg", "file.txt::$DATA", "semi;colon", "tab\tname.txt",
		hostile, ".htaccess", "name.", "name .pdf ", "\ufeffbom.txt", "\u2066isolate\u2069.js",
	}
}

// withFiles is an enquiry whose mail has one file of each name.
func (p *pages) withFiles(names ...string) tickets.IntakeResult {
	p.t.Helper()
	in := &tickets.Inbound{
		From: tickets.MailAddress{Name: "Tessa Brandt", Email: tessa}, To: []tickets.MailAddress{{Email: senBox}}, Subject: "Files", Text: "Please see the files.", HasHTML: true,
	}
	for i, name := range names {
		in.Parts = append(in.Parts, tickets.Part{Path: fmt.Sprint(i + 2), Name: name, Type: "image/svg+xml", Bytes: 10})
	}
	return p.arrives(in)
}

func (p *pages) rawOf(messageID int64) int64 {
	p.t.Helper()
	m, err := p.db.Message(p.t.Context(), access.System("test"), messageID)
	p.must(err)
	return m.RawID
}

func (p *pages) scanned(raw int64, path string, v tickets.ScanVerdict, words string) {
	p.t.Helper()
	p.must(p.db.PutScan(p.t.Context(), tickets.PartScan{RawID: raw, Path: path, Verdict: v, Signature: words, ScannedAt: p.now}))
}

// namedMail gives each file the name that stood in the mail.
type namedMail struct {
	plainMail
	names []string
}

func (m namedMail) Part(_ []byte, path string) (io.Reader, tickets.Part, error) {
	var n int
	if _, err := fmt.Sscan(path, &n); err != nil || n < 2 || n > len(m.names)+1 {
		return nil, tickets.Part{}, fmt.Errorf("there is no part %q", path)
	}
	return strings.NewReader("<svg onload=alert(1)>"), tickets.Part{Name: m.names[n-2], Type: "image/svg+xml"}, nil
}

func TestDownloadsAreKeptAndNeverOpened(t *testing.T) {
	names := hostileNames()
	p := newPages(t)
	p.mail.MailReader = namedMail{names: names}
	r := p.withFiles(names...)
	officer := p.as(p.deanStaff)
	base := fmt.Sprintf("/e/%s/messages/%d", r.TicketRef, r.MessageID)
	for i, name := range names {
		rec := officer.get(fmt.Sprintf("%s/files/%d", base, i+2))
		if rec.Code != http.StatusOK || rec.Body.String() != "<svg onload=alert(1)>" {
			t.Fatalf("%q: %d", name, rec.Code)
		}
		p.isDownload(rec.Header(), name)
	}
	p.isDownload(officer.get(base+"/original").Header(), "original")
	// The page shows the name as it came; what cannot be seen is written out.
	body := officer.ok("/e/"+r.TicketRef, "[U&#43;202E]fdp.exe", "[U&#43;000D][U&#43;000A]Content-Type", `C:\Users\x\..\..\plan.doc`, "a &#34;quoted&#34; name.pdf", "A file without a name", "Not scanned for viruses")
	for _, bad := range []string{"\u202e", "\x00", "\u200b", "\u2066"} {
		if strings.Contains(body, bad) {
			t.Errorf("%q is on the page as it came", bad)
		}
	}
	for _, path := range []string{base + "/files/99", base + "/files/x"} {
		if got := officer.get(path).Code; got != http.StatusNotFound {
			t.Errorf("%s: %d", path, got)
		}
	}
	// Whoever may not see the case, or is not signed in, gets no file.
	for _, path := range []string{"/files/2", "/original", "/headers", "/html"} {
		if got := p.as(p.southLead).get(base + path).Code; got != http.StatusNotFound {
			t.Errorf("%s for another team: %d", path, got)
		}
		if got := (&browser{p: p}).get(base + path); got.Code != http.StatusSeeOther {
			t.Errorf("%s without sign-in: %d", path, got.Code)
		}
		if got := p.role(access.RoleAdmin).get(base + path).Code; got != http.StatusForbidden {
			t.Errorf("%s for an administrator: %d", path, got)
		}
	}
}

// isDownload asks that a browser keeps the file under a harmless name and can
// show it nowhere.
func (p *pages) isDownload(h http.Header, name string) {
	p.t.Helper()
	for k, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Content-Type": "application/octet-stream", "Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "no-store",
	} {
		if h.Get(k) != want {
			p.t.Errorf("%q: %s is %q", name, k, h.Get(k))
		}
	}
	all := h.Values("Content-Disposition")
	if len(all) != 1 || strings.ContainsAny(all[0], "\r\n\x00") {
		p.t.Fatalf("%q: Content-Disposition %q", name, all)
	}
	for i := range len(all[0]) {
		if c := all[0][i]; c < ' ' || c > '~' {
			p.t.Fatalf("%q: byte %x in %q", name, c, all[0])
		}
	}
	how, params, err := mime.ParseMediaType(all[0])
	if err != nil || how != "attachment" {
		p.t.Fatalf("%q: %q: %v", name, all[0], err)
	}
	// Both forms: the parser prefers filename*, old programs read the other.
	_, plain, _ := strings.Cut(all[0], `filename="`)
	plain, _, _ = strings.Cut(plain, `"`)
	for _, got := range []string{params["filename"], plain} {
		switch {
		case got == "", got == ".", got == "..", len(got) > 200, !utf8.ValidString(got),
			strings.ContainsAny(got, "/\\:\"<>|?*\r\n\x00"), strings.ContainsAny(got, "\u202e\u200b\u2028\u2066\ufeff"),
			strings.HasPrefix(got, "."), strings.HasSuffix(got, "."), strings.HasSuffix(got, " "):
			p.t.Errorf("%q is kept as %q", name, got)
		}
	}
}

func TestFileNames(t *testing.T) {
	for name, want := range map[string]string{
		"letter.pdf": "letter.pdf", `C:\x\plan.doc`: "plan.doc", "../../etc/passwd": "passwd", "invoice\u202efdp.exe": "invoicefdp.exe", "CON.txt": "_CON.txt", "com1": "_com1", "comb.txt": "comb.txt",
		"": "file", "..": "file", "   ": "file", ".htaccess": "htaccess", "name .pdf ": "name.pdf", "計画.pdf": "計画.pdf", "a\tb.txt": "a b.txt", "x:y.txt": "x_y.txt",
		strings.Repeat("a", 300) + ".docx": strings.Repeat("a", 175) + ".docx",
	} {
		if got := web.DownloadName(name); got != want || len(got) > 180 {
			t.Errorf("%q is kept as %q, want %q", name, got, want)
		}
	}
}

func TestInfectedFilesAreLocked(t *testing.T) {
	p := newPages(t)
	p.mail.MailReader = namedMail{names: []string{"good.pdf", "bad.exe", "large.zip", "new.doc"}}
	r := p.withFiles("good.pdf", "bad.exe", "large.zip", "new.doc")
	raw := p.rawOf(r.MessageID)
	p.scanned(raw, "2", tickets.ScanClean, "")
	p.scanned(raw, "3", tickets.ScanInfected, "Win.Test.EICAR_HDB-1")
	p.scanned(raw, "4", tickets.ScanSkipped, "The file is too large for the virus scanner")
	officer := p.as(p.deanStaff)
	base := fmt.Sprintf("/e/%s/messages/%d", r.TicketRef, r.MessageID)
	body := officer.ok("/e/"+r.TicketRef,
		base+"/files/2", base+"/files/4", base+"/files/5", "Locked: the virus scanner found something harmful in it (Win.Test.EICAR_HDB-1)",
		"Not scanned for viruses: the file is too large for the virus scanner", "Original locked: harmful file")
	if strings.Contains(body, base+"/files/3") || strings.Contains(body, base+"/original") {
		t.Error("the page links what is locked")
	}
	if n := strings.Count(body, "Not scanned for viruses"); n != 4 { // two files, in the timeline and beside it
		t.Errorf("%d files are said not to be scanned", n)
	}
	for path, want := range map[string]int{"/files/2": 200, "/files/3": 403, "/files/4": 200, "/files/5": 200, "/original": 403, "/headers": 200, "/html": 200} {
		rec := officer.get(base + path)
		if rec.Code != want {
			t.Errorf("%s: %d, want %d", path, rec.Code, want)
		}
		if want == 403 && (strings.Contains(rec.Body.String(), "onload") || rec.Header().Get("Content-Disposition") != "") {
			t.Errorf("%s is given away", path)
		}
	}
	// A mail within a mail: what is in it locks what holds it, and the other way round.
	p.scanned(raw, "5.1", tickets.ScanInfected, "Worm")
	if got := officer.get(base + "/files/5").Code; got != http.StatusForbidden {
		t.Errorf("a part that holds an infected one: %d", got)
	}
	// A later verdict opens it again.
	p.scanned(raw, "5.1", tickets.ScanClean, "")
	if got := officer.get(base + "/files/5").Code; got != http.StatusOK {
		t.Errorf("after a second look: %d", got)
	}
}

func TestDutyFiles(t *testing.T) {
	p := newPages(t)
	p.mail.MailReader = namedMail{names: []string{"message.wav"}}
	r := p.arrives(&tickets.Inbound{
		From: tickets.MailAddress{Name: "Telephone", Email: "voicemail@phones.example"}, Subject: "Voice message", Text: "You have a message.", Kind: tickets.KindVoicemail,
		Machine: &tickets.MachineNotice{Number: "01234 000999", At: p.now, File: "message.wav"}, Parts: []tickets.Part{{Path: "2", Name: "message.wav", Type: "audio/wav", Bytes: 9}},
	})
	if r.TicketRef == "" {
		t.Fatalf("a voicemail waits for nobody: %+v", r)
	}
	duty := p.role(access.RoleBusinessSupport)
	item := "/duty/i/" + r.TicketRef
	duty.ok(item, "Voicemail", "01234 000999", "message.wav", item+"/files/2", "Not scanned for viruses")
	p.isDownload(duty.get(item+"/files/2").Header(), "message.wav")
	if body := duty.ok("/duty/automatic"); strings.Contains(body, "voicemail@phones.example") {
		t.Error("a voicemail is listed as automatic mail")
	}
	if got := p.as(p.deanStaff).get(item + "/files/2").Code; got != http.StatusForbidden {
		t.Errorf("an officer who does not sort mail: %d", got)
	}
	p.scanned(p.rawOf(r.MessageID), "2", tickets.ScanInfected, "Worm")
	for _, path := range []string{"/files/2", "/original"} {
		if got := duty.get(item + path).Code; got != http.StatusForbidden {
			t.Errorf("%s of a locked mail: %d", path, got)
		}
	}
	duty.ok(item, "Locked: the virus scanner")
}
