package devmail_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
)

// Mail that breaks careless MIME code must not break the server: the session
// stays usable, and BODY[] is exact.
func TestHostileMail(t *testing.T) {
	s := open(t, t.TempDir(), options())
	nested := strings.Repeat("Content-Type: message/rfc822\r\n\r\n", 20000)
	var multi strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&multi, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	raws := []string{
		nested,
		multi.String(),
		"Content-Type: multipart/mixed; boundary=\"\"\r\n\r\n--\r\n\r\nx\r\n----\r\n",
		"Content-Type: multipart/mixed; boundary=none\r\n\r\nno part\r\n",
		"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\n\r\n\r\n", 5000) + "--b--\r\n",
		"Content-Type: text/plain; charset=\"unclosed\r\n\r\nx",
		"Content-Type: \x00/\xff\r\nContent-Disposition: attachment; filename=\"\r\n\r\nx",
		"Content-Type: /\r\nContent-Transfer-Encoding: nonsense\r\n\r\nx",
		" leading space\r\n: no name\r\nno colon\r\n\r\nx",
		"From: \"\\\r\nTo: <<>>,,;:@\r\nSubject: =?x?y?z?=\r\nDate: never\r\nMessage-ID: <<a@b>\r\nIn-Reply-To: \x00\r\n\r\n",
		strings.Repeat("X-Long: "+strings.Repeat("y", 900)+"\r\n", 500) + "\r\n",
		strings.Repeat("\r\n", 1000),
		"Content-Type: message/global\r\n\r\nSubject: inner\r\n\r\nx\r\n",
		"Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\nSubject: inner\r\n\r\nx\r\n--b--\r\n",
	}
	for _, raw := range raws {
		deliver(t, s, sen, raw)
	}
	c := signIn(t, listenIMAP(t, s), sen, nil)
	selectBox(t, c, "INBOX")
	for i, raw := range raws {
		uid := imap.UIDSetNum(imap.UID(i + 1))
		for name, o := range map[string]*imap.FetchOptions{
			"ENVELOPE":      {Envelope: true},
			"BODYSTRUCTURE": {BodyStructure: &imap.FetchItemBodyStructure{Extended: true}},
			"BODY":          {BodyStructure: &imap.FetchItemBodyStructure{}},
			"BODY[1.2.HEADER]": {BodySection: []*imap.FetchItemBodySection{
				{Part: []int{1, 2}, Specifier: imap.PartSpecifierHeader, Peek: true},
				{Part: []int{1}, Peek: true, Partial: &imap.SectionPartial{Offset: 1, Size: 1<<63 - 1}},
				{Part: []int{1}, Specifier: imap.PartSpecifierMIME, Peek: true},
			}},
			"HEADER.FIELDS": {BodySection: []*imap.FetchItemBodySection{{Specifier: imap.PartSpecifierHeader, HeaderFieldsNot: []string{"Subject"}, Peek: true}}},
		} {
			if msgs, err := c.Fetch(uid, o).Collect(); err != nil || len(msgs) != 1 {
				t.Fatalf("message %d, %s: %d answers, %v", i+1, name, len(msgs), err)
			}
		}
		if _, err := c.UIDSearch(&imap.SearchCriteria{Text: []string{"zzzz"}}, nil).Wait(); err != nil {
			t.Fatalf("message %d: SEARCH: %v", i+1, err)
		}
		if got := bodies(t, c, uid); string(got[imap.UID(i+1)]) != raw {
			t.Errorf("message %d is not exact", i+1)
		}
	}
}

// Commands that a client has no business sending, by hand.
func TestHostileCommands(t *testing.T) {
	s := open(t, t.TempDir(), options())
	deliver(t, s, sen, letter(1))
	w := dialWire(t, listenIMAP(t, s))
	w.until("* OK")
	w.command("LOGIN " + sen + " demo")
	w.command("SELECT INBOX")
	deepPart := "1" + strings.Repeat(".1", 5000)
	for _, line := range []string{
		`FETCH 1 (BODY.PEEK[]<9223372036854775807.9223372036854775807>)`,
		`FETCH 1 (BODY.PEEK[` + deepPart + `])`,
		`FETCH 1 (BINARY.PEEK[` + deepPart + `]<1.9223372036854775807>)`,
		`FETCH 1 (BINARY.SIZE[1] BINARY[1]<0.3>)`,
		`FETCH 4294967295:* (UID)`,
		`UID FETCH *:4294967295 (UID)`,
		`FETCH 1 (BODY.PEEK[HEADER.FIELDS (` + strings.Repeat("a ", 10000) + `a)])`,
		`SEARCH ` + strings.Repeat("NOT ", 10000) + `ALL`,
		`SEARCH ` + strings.Repeat("(", 900) + `ALL` + strings.Repeat(")", 900),
		`SEARCH $`,
		`UID SEARCH RETURN (SAVE) ALL`,
		`FETCH $ (UID)`,
		`STATUS INBOX (MESSAGES RECENT DELETED DELETED-STORAGE SIZE APPENDLIMIT UNSEEN UIDNEXT UIDVALIDITY)`,
		`LIST "" "` + strings.Repeat("*%", 400) + `x"`,
		`LIST "" (` + strings.Repeat(strings.Repeat("*a", 300)+" ", 20) + `b)`,
		`LIST "" ` + strings.Repeat("*", 2000),
		`STORE 1 +FLAGS (` + strings.Repeat(`keyword-number-one-hundred `, 20) + `\Recent \* \Strange)`,
		`STORE 1 +FLAGS (` + func() string {
			var b strings.Builder
			for i := range 500 {
				fmt.Fprintf(&b, "k%d ", i)
			}
			return b.String()
		}() + `end)`,
		`CREATE ` + strings.Repeat("a/", 5000) + `b`,
		`CREATE "../../outside"`,
		`CREATE "&AAA-"`,
		`RENAME INBOX "Old mail"`,
		`RENAME "Old mail" INBOX`,
		`RENAME "Old mail" "Old mail/below"`,
		`COPY 1:* INBOX`,
		`UNSELECT`,
		`FETCH 1 (UID)`,
		`EXPUNGE`,
		`LOGIN ` + sen + ` demo`,
	} {
		got := w.command(line)
		if strings.Contains(got, "SERVERBUG") {
			t.Errorf("%.60s: %q", line, got)
		}
	}
	if got := w.command("LIST \"\" *"); !strings.Contains(got, `"../../outside"`) {
		t.Errorf("folders: %q", got)
	}
	w.command("EXAMINE \"Old mail\"")
	if got := w.command("FETCH 1 (BODY[])"); !strings.Contains(got, "taxi did not come") {
		t.Errorf("INBOX was not moved: %q", got)
	}
	if got := w.command("APPEND INBOX {99999999999}"); !strings.Contains(got, "TOOBIG") {
		t.Errorf("a huge APPEND: %q", got)
	}
	if n := len(s.Messages(sen, "")); n != 0 {
		t.Errorf("%d messages", n)
	}
}

// A literal that no command can have is not waited for longer than for any
// other input.
func TestHugeLiteralInCommand(t *testing.T) {
	opts := options()
	opts.IdleTimeout = 50 * time.Millisecond
	s := open(t, t.TempDir(), opts)
	w := dialWire(t, listenIMAP(t, s))
	w.send("a LOGIN " + sen + " demo\r\nb STATUS {100000}\r\n")
	if all, err := io.ReadAll(w.r); err != nil || strings.Contains(string(all), "+ ") {
		t.Errorf("answer: %q %v", all, err)
	}
}

// A client that goes away in the middle of APPEND leaves no message.
func TestTornAppend(t *testing.T) {
	s := open(t, t.TempDir(), options())
	w := dialWire(t, listenIMAP(t, s))
	w.until("* OK")
	w.command("LOGIN " + sen + " demo")
	w.send("y APPEND INBOX {1000}\r\n")
	w.until("+")
	w.send("Subject: half\r\n\r\n")
	must(t, w.Close())
	must(t, s.Close()) // waits for the session
	if got := s.Messages(sen, ""); len(got) != 0 {
		t.Errorf("stored: %+v", got)
	}
}

// Rubbish on either port ends in an error or in silence, not in a panic (open
// looks at the log).
func TestRubbish(t *testing.T) {
	opts := options()
	opts.IdleTimeout = 50 * time.Millisecond
	s := open(t, t.TempDir(), opts)
	rnd := rand.New(rand.NewPCG(1, 2))
	words := []string{
		"a", " ", "LOGIN", "SELECT", "INBOX", "{5}", "{5+}", "\r\n", "(", ")", "\"", "*", "1:*", "FETCH", "BODY[", "]", "<1.2>",
		"EHLO", "MAIL FROM:<", "RCPT TO:<", "@", ">", "DATA", ".", "BDAT 5 LAST", "AUTH PLAIN", "AHNlbkBjb3VuY2lsLmV4YW1wbGUAZGVtbw==",
		"\x00", "\xff", "SEARCH", "NOT", "AUTHENTICATE", "STARTTLS", "IDLE", "DONE", "a LOGIN sen@council.example demo\r\n", "a SELECT INBOX\r\n",
	}
	imapAddr, smtpAddr := listenIMAP(t, s), listenSMTP(t, s)
	for i := range 200 {
		addr := imapAddr
		if i%2 == 1 {
			addr = smtpAddr
		}
		c, err := net.Dial("tcp", addr)
		must(t, err)
		var b bytes.Buffer
		for range rnd.IntN(60) {
			b.WriteString(words[rnd.IntN(len(words))])
		}
		b.WriteString("\r\n")
		_, _ = c.Write(b.Bytes()) // the server may have hung up
		if i%3 == 0 {             // some wait for the server to end it
			must(t, c.SetReadDeadline(time.Now().Add(60*time.Second)))
			if _, err := io.Copy(io.Discard, c); err != nil && strings.Contains(err.Error(), "timeout") {
				t.Fatalf("the server never ended %q", b.String())
			}
		}
		must(t, c.Close())
	}
	signIn(t, imapAddr, sen, nil)
}

// A connection that says nothing is ended by the server, with and without TLS.
func TestSilentClients(t *testing.T) {
	opts := options()
	opts.IdleTimeout = 30 * time.Millisecond
	opts.TLSConfig, _ = certificate(t)
	s := open(t, t.TempDir(), opts)
	imaps, err := s.ListenIMAPS("127.0.0.1:0")
	must(t, err)
	smtps, err := s.ListenSMTPS("127.0.0.1:0")
	must(t, err)
	for _, addr := range []string{listenIMAP(t, s), listenSMTP(t, s), imaps, smtps} {
		w := dialWire(t, addr)
		if _, err := io.Copy(io.Discard, w.r); err != nil && strings.Contains(err.Error(), "timeout") {
			t.Errorf("%s: the server never ended a silent connection", addr)
		}
	}
	// Idling too.
	w := dialWire(t, listenIMAP(t, s))
	w.send("a LOGIN " + sen + " demo\r\nb SELECT INBOX\r\nc IDLE\r\n")
	if all, err := io.ReadAll(w.r); err != nil || !strings.Contains(string(all), "+ idling") {
		t.Errorf("idle: %q %v", all, err)
	}
}

// Close ends clients that are connected, idling, stuck in TLS or in DATA.
func TestCloseWithHalfOpenClients(t *testing.T) {
	opts := options()
	opts.TLSConfig, _ = certificate(t)
	s := open(t, t.TempDir(), opts)
	imapAddr, smtpAddr := listenIMAP(t, s), listenSMTP(t, s)
	imaps, err := s.ListenIMAPS("127.0.0.1:0")
	must(t, err)
	for range 5 {
		dialWire(t, imaps)
		dialWire(t, imapAddr).until("* OK")
		dialWire(t, smtpAddr).until("220 ")
		idle := dialWire(t, imapAddr)
		idle.send("a LOGIN " + sen + " demo\r\nb SELECT INBOX\r\nc IDLE\r\n")
		idle.until("+ ")
		data := dialWire(t, smtpAddr)
		data.send("EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<" + sen + ">\r\nDATA\r\n")
		data.until("354 ")
		data.send("Subject: never ended\r\n")
		bdat := dialWire(t, smtpAddr)
		bdat.send("EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<" + sen + ">\r\nBDAT 5\r\nhello")
		bdat.until("250 2.0.0 Continue")
		start := dialWire(t, imapAddr)
		start.send("a STARTTLS\r\n")
		start.until("a OK")
	}
	must(t, s.Close())
	if got := s.Messages(sen, ""); len(got) != 0 {
		t.Errorf("stored: %v", got)
	}
}

func TestTooManyConnections(t *testing.T) {
	opts := options()
	opts.MaxConns = 2
	s := open(t, t.TempDir(), opts)
	for addr, want := range map[string]string{listenIMAP(t, s): "* BYE", listenSMTP(t, s): "421 4.3.2"} {
		a, b := dialWire(t, addr), dialWire(t, addr)
		if _, err := a.r.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
		if _, err := b.r.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
		dialWire(t, addr).until(want)
		must(t, a.Close())
		must(t, b.Close())
	}
}
