package main

import (
	"bytes"
	"context"
	"errors"
	"mime"
	"mime/quotedprintable"
	"net/http"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"hearback/mailbox/devmail/misbehave"
	"hearback/mailbox/mailtest"
	"hearback/tickets"
	"hearback/tickets/access"
)

// read gives header and text of a letter at the sink.
func read(t *testing.T, raw []byte) (mail.Header, string) {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	must(t, err)
	var b bytes.Buffer
	_, err = b.ReadFrom(quotedprintable.NewReader(m.Body))
	must(t, err)
	return m.Header, b.String()
}

// readable is everything of a letter with its encodings undone, so that words
// cannot hide in quoted-printable or encoded headers.
func readable(t *testing.T, raw []byte) string {
	t.Helper()
	h, text := read(t, raw)
	var b strings.Builder
	for k, vs := range h {
		for _, v := range vs {
			d, err := new(mime.WordDecoder).DecodeHeader(v)
			if err != nil {
				d = v
			}
			b.WriteString(k + ": " + d + "\n")
		}
	}
	return b.String() + "\n" + text
}

// TestOneEmailAllTheWay follows a parent's email from IMAP to the officer's
// answer at the mail server.
func TestOneEmailAllTheWay(t *testing.T) {
	dovecot := mailtest.SharedDovecot(t)
	cert := mailtest.NewCertificate(t)
	ca := filepath.Join(t.TempDir(), "proxy.pem")
	must(t, os.WriteFile(ca, cert.PEM(), 0o600))
	// The proxy only tells when the program has begun to IDLE.
	proxy, err := misbehave.NewIMAPProxy(misbehave.ProxyOptions{
		Upstream: dovecot.AddrTLS(), ClientTLS: cert.ServerTLS(), UpstreamTLS: dovecot.TLSConfig(),
		Rules: []misbehave.ProxyRule{{Name: "idle", From: misbehave.FromServer, Pattern: regexp.MustCompile(`^\+ idling`)}},
	})
	must(t, err)
	t.Cleanup(proxy.Close)
	_, port := hostPort(proxy.Addr())
	h := open(t, plan{
		dovecot: dovecot, imapPort: port, imapCA: ca,
		sink: mailtest.SinkOptions{TLS: mailtest.StartTLS, Users: map[string]string{"sen": mailtest.Password}},
	})
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	must(t, proxy.WaitCount(ctx, "idle", 1))

	// The mail names the child, and its author has put words wherever one can.
	h.dovecot.Append(t, h.user, "INBOX", letter("first@family.example", `"Zebedee Quartz" <tessa@family.example>`,
		"Milo and the velvet harpsichord", "Dear team,\nMilo Okafor is in Cedar class. When does the ultramarine bus come?\nTessa"), h.now())
	h.until("an acknowledgement", func() bool { return len(h.to("tessa@family.example")) == 1 })
	ack := h.to("tessa@family.example")[0]
	if ack.From != sen || !ack.TLS || ack.User != "sen" || len(ack.To) != 1 {
		t.Errorf("envelope %q to %v, TLS %v, user %q", ack.From, ack.To, ack.TLS, ack.User)
	}
	head, body := read(t, ack.Data)
	for field, want := range map[string]string{
		"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All", "In-Reply-To": "<first@family.example>",
		"References": "<first@family.example>",
	} {
		if got := head.Get(field); got != want {
			t.Errorf("%s: %q, want %q", field, got, want)
		}
	}
	from, err := head.AddressList("From")
	if err != nil || len(from) != 1 || from[0].Address != sen {
		t.Errorf("From %v, %v", from, err)
	}
	if r := head.Get("Reply-To"); !regexp.MustCompile(`<sen\+[a-z0-9]{20,}@westmarsh\.example>`).MatchString(r) {
		t.Errorf("Reply-To %q has no token", r)
	}
	ref := h.only("tessa@family.example")
	for _, want := range []string{ref, "Priya Nair", "Tuesday 2 December 2025", "01234 000000", "01234 000111", "01234 000222", "999"} {
		if !strings.Contains(body, want) {
			t.Errorf("the acknowledgement does not say %q:\n%s", want, body)
		}
	}
	for _, never := range []string{"Milo", "Okafor", "Zebedee", "Quartz", "velvet", "harpsichord", "ultramarine", "Cedar", "Hartfield"} {
		if strings.Contains(readable(t, ack.Data), never) {
			t.Errorf("the acknowledgement says %q:\n%s", never, ack.Data)
		}
	}
	h.until("the live event of the new enquiry", func() bool { return h.heard("item.added") })

	priya := h.signIn("priya")
	if page := priya.get("/inbox", http.StatusOK); !strings.Contains(page.body, ref) {
		t.Errorf("the inbox does not show %s: %s", ref, words(page.body))
	}
	page := priya.get("/e/"+ref, http.StatusOK)
	for _, want := range []string{"ultramarine bus", "Tessa Brandt"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the enquiry does not show %q: %s", want, words(page.body))
		}
	}
	if k := h.ticket(ref); k.State != "open" || k.Case != "WM-2201" || k.Clock == nil || k.Clock.StoppedAt != nil {
		t.Errorf("before the answer: %+v", k)
	}

	f := form(t, priya.get("/e/"+ref+"/reply", http.StatusOK).body, "reply")
	f.Set("text", "Dear Tessa,\n\nThe bus comes at 8:10 from Monday.\n\nPriya Nair")
	f.Set("do", "send")
	sent := priya.post("/e/"+ref+"/reply", f, http.StatusSeeOther)
	if sent.header.Get("Location") != "/e/"+ref {
		t.Errorf("after sending: %v", sent.header)
	}
	// The hold: nothing leaves a second before it is over.
	h.later(59 * time.Second)
	must(t, h.app.dispatchDue(ctx))
	if n := len(h.to("tessa@family.example")); n != 1 {
		t.Fatalf("%d letters within the hold", n)
	}
	if k := h.ticket(ref); k.State != "open" || k.Clock.StoppedAt != nil {
		t.Errorf("within the hold: %+v", k)
	}
	h.later(2 * time.Second)
	h.until("the answer", func() bool { return len(h.to("tessa@family.example")) == 2 })
	answer := h.to("tessa@family.example")[1]
	head, body = read(t, answer.Data)
	if answer.From != sen || len(answer.To) != 1 || head.Get("Auto-Submitted") != "" || head.Get("In-Reply-To") != "<first@family.example>" ||
		!strings.Contains(head.Get("Subject"), ref) || !strings.Contains(body, "The bus comes at 8:10") || !strings.Contains(body, "> Milo Okafor is in Cedar class") {
		t.Errorf("the answer:\n%s", answer.Data)
	}
	h.until("the clock to stop", func() bool { k := h.ticket(ref); return k.Clock != nil && k.Clock.StoppedAt != nil })
	if k := h.ticket(ref); k.State != "answered" || k.Clock.StoppedBy != "reply" {
		t.Errorf("after the answer: %+v %+v", k, k.Clock)
	}

	// The family answers by mail, citing the answer: the same enquiry opens again.
	h.dovecot.Append(t, h.user, "INBOX", letter("second@family.example", "tessa@family.example", "Re: bus", "Thank you. And in the afternoon?",
		"In-Reply-To: "+head.Get("Message-ID")), h.now())
	h.until("the enquiry to open again", func() bool { return h.ticket(ref).State == "open" })
	if h.only("tessa@family.example") != ref {
		t.Error("the answer made another enquiry")
	}
	if n := len(h.to("tessa@family.example")); n != 2 {
		t.Errorf("%d letters: an acknowledgement too many", n)
	}
}

// insult is a note that must not leave, in pieces that could each be quoted.
const insult = "Mother is a raving termagant and the worst correspondent in the county"

// TestNoteCannotLeave tries every way that a person or a program has to get the
// words of a note out.
func TestNoteCannotLeave(t *testing.T) {
	h := open(t, plan{starttls: true})
	h.dovecot.Append(t, h.user, "INBOX", letter("a@family.example", "tessa@family.example", "Transport", "When does the bus come?"), h.now())
	h.until("an acknowledgement", func() bool { return len(h.to("tessa@family.example")) == 1 })
	ref := h.only("tessa@family.example")
	priya := h.signIn("priya")
	note := form(t, priya.get("/e/"+ref+"/notes/new", http.StatusOK).body, "note")
	note.Set("note", insult)
	note.Set("do", "save")
	priya.post("/e/"+ref+"/notes/new", note, http.StatusSeeOther)
	if page := priya.get("/e/"+ref, http.StatusOK); !strings.Contains(page.body, "raving termagant") {
		t.Error("staff cannot read the note")
	}

	blank := form(t, priya.get("/e/"+ref+"/reply", http.StatusOK).body, "reply")
	try := func(name string, change map[string]string) {
		f := url.Values{}
		for k, v := range blank {
			f[k] = v
		}
		f.Set("text", "Dear Tessa,\n\nThe bus comes at ten past eight.\n\nPriya Nair")
		f.Set("do", "send")
		for k, v := range change {
			f.Set(k, v)
		}
		a := priya.post("/e/"+ref+"/reply", f, http.StatusUnprocessableEntity)
		if !strings.Contains(a.body, "Nothing was sent") {
			t.Errorf("%s: the page does not say that nothing was sent: %s", name, words(a.body))
		}
	}
	try("text", map[string]string{"text": "Dear Tessa,\n\n" + insult + ".\n\nPriya"})
	try("part of the note", map[string]string{"text": "Dear Tessa,\n\nyou are a raving termagant and the worst correspondent.\n\nPriya"})
	try("capitals and spacing", map[string]string{"text": "Dear Tessa,\n\nMOTHER  IS A RAVING\nTERMAGANT AND THE WORST CORRESPONDENT IN THE COUNTY"})
	try("letters of other alphabets", map[string]string{"text": "Dear Tessa,\n\nMother is a rаving termаgant and the wоrst correspondent in the county"})
	try("invisible characters", map[string]string{"text": "Dear Tessa,\n\nMother is a rav\u200bing terma\u00adgant and the worst corres\u200dpondent in the county"})
	try("subject", map[string]string{"subject": insult})
	for name, body := range map[string]map[string]any{
		"API text":    {"text": "Dear Tessa,\n\n" + insult},
		"API subject": {"text": "Dear Tessa,\n\nThe bus comes at ten past eight.", "subject": insult},
	} {
		if a := h.api(http.MethodPost, "/tickets/"+ref+"/replies", body, nil, 0); a.status != http.StatusUnprocessableEntity || strings.Contains(a.body, "termagant") {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	// Fields that are not letters: none of them may travel.
	priya.post("/e/"+ref+"/ask", url.Values{"ask": {insult}}, 0)
	h.api(http.MethodPost, "/tickets/"+ref+"/calls", map[string]any{"direction": "out", "answered": true, "summary": insult, "promise": insult}, nil, 0)

	// Nothing that stands in the register either: the officer's name is in letters.
	ctx := context.Background()
	rename := func(officer string) {
		must(t, h.app.store.Write(ctx, func(tx tickets.Tx) error {
			s, err := tx.StaffByID(ctx, h.staff["priya"].ID)
			if err != nil {
				return err
			}
			s.Name = officer
			return tx.UpdateStaff(ctx, s)
		}))
	}
	rename(insult)
	h.later(25 * time.Hour) // an acknowledgement is due again
	h.dovecot.Append(t, h.user, "INBOX", letter("b@family.example", "tessa@family.example", "Another matter", "Please send the draft plan."), h.now())
	h.until("the mail to be taken in", func() bool { return strings.Count(h.log.String(), "event=taken_in") == 2 })
	must(t, h.app.dispatchDue(ctx))
	rename("Priya Nair")

	// A harmless answer still leaves.
	f := form(t, priya.get("/e/"+ref+"/reply", http.StatusOK).body, "reply")
	f.Set("text", "Dear Tessa,\n\nThe bus comes at ten past eight.\n\nPriya Nair")
	f.Set("do", "send")
	priya.post("/e/"+ref+"/reply", f, http.StatusSeeOther)
	h.later(2 * time.Minute)
	h.until("the harmless answer", func() bool {
		for _, m := range h.to("tessa@family.example") {
			if strings.Contains(readable(t, m.Data), "ten past eight") {
				return true
			}
		}
		return false
	})
	for _, m := range h.sink.All() {
		low := strings.ToLower(readable(t, m.Data))
		for _, never := range []string{"termagant", "raving", "worst correspondent", "rаving"} {
			if strings.Contains(low, never) {
				t.Errorf("%q left in:\n%s", never, m.Data)
			}
		}
	}
}

// TestUnansweredReachesTheLead moves the time past the standard.
func TestUnansweredReachesTheLead(t *testing.T) {
	h := open(t, plan{})
	h.dovecot.Append(t, h.user, "INBOX", letter("a@family.example", "gwen@family.example", "Nia and the peppermint report", "Nobody has sent the peppermint report about Nia Farrow."), h.now())
	h.until("an acknowledgement", func() bool { return len(h.to("gwen@family.example")) == 1 })
	ref := h.only("gwen@family.example")
	if n := h.sweep(); n != 0 {
		t.Errorf("%d steps on the first day", n)
	}
	// Two weeks later, on a working day in office hours.
	h.later(14 * 24 * time.Hour)
	if n := h.sweep(); n == 0 {
		// The sweep of the program itself may have been the first to see the new time.
		h.until("the steps", func() bool { return len(h.to("ola@westmarsh.example")) > 0 })
	}
	h.until("notices", func() bool {
		return len(h.to("ola@westmarsh.example")) == 1 && len(h.to("dean@westmarsh.example")) == 2
	})
	for i := range 3 {
		h.later(time.Duration(i) * time.Hour)
		h.sweep()
		must(t, h.app.dispatchDue(context.Background()))
	}
	if o, d := len(h.to("ola@westmarsh.example")), len(h.to("dean@westmarsh.example")); o != 1 || d != 2 {
		t.Errorf("%d notices to the lead and %d to the officer: not each exactly once", o, d)
	}
	for _, m := range append(h.to("ola@westmarsh.example"), h.to("dean@westmarsh.example")...) {
		head, _ := read(t, m.Data)
		all := readable(t, m.Data)
		if head.Get("Auto-Submitted") != "auto-generated" || !strings.Contains(all, ref) || !strings.Contains(all, "/e/"+ref) {
			t.Errorf("notice:\n%s", m.Data)
		}
		for _, never := range []string{"Nia", "Farrow", "peppermint", "Gwen", "gwen@"} {
			if strings.Contains(all, never) {
				t.Errorf("the notice says %q:\n%s", never, m.Data)
			}
		}
	}
	ola := h.signIn("ola")
	for _, path := range []string{"/lead", "/escalations"} {
		if page := ola.get(path, http.StatusOK); !strings.Contains(page.body, ref) {
			t.Errorf("%s does not show %s: %s", path, ref, words(page.body))
		}
	}
	if k := h.ticket(ref); k.State != "open" || k.Clock.State != "late" {
		t.Errorf("%+v %+v", k, k.Clock)
	}
	if n := len(h.to("gwen@family.example")); n != 1 {
		t.Errorf("the family got %d letters", n)
	}
}

// TestCancelledInTheHold takes a letter back in time.
func TestCancelledInTheHold(t *testing.T) {
	h := open(t, plan{})
	h.dovecot.Append(t, h.user, "INBOX", letter("a@family.example", "tessa@family.example", "Transport", "When does the bus come?"), h.now())
	h.until("an acknowledgement", func() bool { return len(h.to("tessa@family.example")) == 1 })
	ref := h.only("tessa@family.example")
	priya := h.signIn("priya")
	f := form(t, priya.get("/e/"+ref+"/reply", http.StatusOK).body, "reply")
	f.Set("text", "Dear Tessa,\n\nThe bus comes at nine.")
	f.Set("do", "send")
	priya.post("/e/"+ref+"/reply", f, http.StatusSeeOther)
	letters, err := h.app.store.Outbox(context.Background(), access.System("test"), tickets.OutboxQuery{})
	must(t, err)
	if len(letters) != 1 {
		t.Fatalf("%d letters wait", len(letters))
	}
	h.later(30 * time.Second)
	must(t, h.app.desk.CancelReply(context.Background(), actor(t, h, "priya"), letters[0].ID, h.now()))
	h.later(time.Hour)
	must(t, h.app.dispatchDue(context.Background()))
	if n := len(h.to("tessa@family.example")); n != 1 {
		t.Errorf("%d letters: what was taken back left", n)
	}
	if k := h.ticket(ref); k.State != "open" || k.Clock.StoppedAt != nil {
		t.Errorf("%+v %+v", k, k.Clock)
	}
}

func actor(t *testing.T, h *house, who string) access.Actor {
	t.Helper()
	a, err := h.app.store.ActorOf(context.Background(), h.staff[who].ID)
	must(t, err)
	return a
}

// TestUnreadableMailIsQuarantined: the ledger shows it with a way to try again,
// and the mail behind it is not held up.
func TestUnreadableMailIsQuarantined(t *testing.T) {
	h := open(t, plan{maxMB: 1, noSeed: true})
	// One that holds nothing at all, and one above the limit.
	h.dovecot.SeedMaildir(t, h.user, "INBOX", [][]byte{
		{},
		letter("big@family.example", "tessa@family.example", "Pictures", strings.Repeat("0123456789abcdef\n", 1<<17)),
		letter("a@family.example", "tessa@family.example", "Transport", "When does the bus come?"),
	})
	h.seed(nil)
	h.dovecot.Append(t, h.user, "INBOX", letter("c@family.example", "gwen@family.example", "Transport", "And on Monday?"), h.now())
	h.until("both good mails", func() bool {
		return len(h.to("gwen@family.example")) == 1 && strings.Count(h.log.String(), "outcome=message") == 2
	})
	if n := strings.Count(h.log.String(), "outcome=quarantined"); n != 2 {
		t.Errorf("%d quarantined", n)
	}
	ola := h.signIn("ola")
	page := ola.get("/admin/mailboxes/sen/ledger?fate=quarantined", http.StatusOK)
	retry := regexp.MustCompile(`action="(/admin/mailboxes/sen/ledger/\d+)"`).FindAllStringSubmatch(page.body, -1)
	if len(retry) != 2 || !strings.Contains(page.body, "It is empty") || !strings.Contains(page.body, "larger than the limit") {
		t.Fatalf("the ledger shows %d retry buttons: %s", len(retry), words(page.body))
	}
	for _, m := range retry {
		if a := ola.post(m[1], url.Values{"do": {"retry"}}, 0); a.status != http.StatusSeeOther && a.status != http.StatusUnprocessableEntity {
			t.Errorf("retry answered %d: %s", a.status, words(a.body))
		}
	}
	_, counts, err := h.app.store.Ledger(context.Background(), access.System("test"), tickets.LedgerQuery{})
	must(t, err)
	if counts[tickets.FateQuarantined] != 2 || counts[tickets.FateMessage] != 2 {
		t.Errorf("fates %v", counts)
	}
	h.api(http.MethodGet, "/mailboxes", nil, nil, http.StatusOK)
	// Officers have no business with the ledger.
	h.signIn("priya").get("/admin/mailboxes/sen/ledger", http.StatusForbidden)
}

// TestWrongConfigStopsTheStart with all its mistakes.
func TestWrongConfigStopsTheStart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "hearback.yaml")
	must(t, os.WriteFile(file, []byte(`council: {name: "", team_phone: 01234 000000}
data_dir: ""
http: {listen: nowhere, base_url: "ftp://x"}
mailboxes:
  - {name: sen, address: not an address, team: North, imap: {host: imap.westmarsh.example, port: 99999, tls: none, username: sen}}
outbound: {mode: maybe, hold: 0s}
colour: blue
`), 0o600))
	var out, errs bytes.Buffer
	err := run(context.Background(), []string{"serve", "-config", file}, strings.NewReader(""), &out, &errs)
	var all Mistakes
	if !errors.As(err, &all) {
		t.Fatalf("serve gave %v", err)
	}
	if code := exitCode(err, &errs); code != 2 {
		t.Errorf("exit code %d", code)
	}
	for _, want := range []string{
		"line 1: council.name", "council.emergency_duty_phone", "data_dir", "http.listen", "http.base_url", "mailboxes[0].address", "mailboxes[0].imap.port",
		"mailboxes[0].imap.tls", "mailboxes[0].imap.password_env", "mailboxes[0].smtp.host", "outbound.mode", "outbound.hold", `no setting "colour"`,
	} {
		if !strings.Contains(errs.String(), want) {
			t.Errorf("the report does not name %q:\n%s", want, errs.String())
		}
	}
}

// TestHealthTurnsRedAndGreen: mail in, mail out and the disk fail one after the
// other; each is named by /healthz, loses nothing, and recovers by itself.
func TestHealthTurnsRedAndGreen(t *testing.T) {
	dovecot := mailtest.SharedDovecot(t)
	cert := mailtest.NewCertificate(t)
	dir := t.TempDir()
	ca := filepath.Join(dir, "proxy.pem")
	must(t, os.WriteFile(ca, cert.PEM(), 0o600))
	proxy, err := misbehave.NewIMAPProxy(misbehave.ProxyOptions{Upstream: dovecot.AddrTLS(), ClientTLS: cert.ServerTLS(), UpstreamTLS: dovecot.TLSConfig()})
	must(t, err)
	t.Cleanup(proxy.Close)
	_, port := hostPort(proxy.Addr())
	smtpDown := make(chan struct{}, 1)
	var h *house
	disk := filepath.Join(dir, "disk")
	h = open(t, plan{
		dovecot: dovecot, imapPort: port, imapCA: ca,
		sink: mailtest.SinkOptions{Script: func(e mailtest.Event) mailtest.Action {
			select {
			case smtpDown <- struct{}{}:
				<-smtpDown
				return mailtest.Action{}
			default:
				return mailtest.Drop()
			}
		}},
		change: func(c *Config) {
			// The program sees its data directory by way of a link, which can be made to
			// point to a place without room.
			must(t, os.MkdirAll(filepath.Join(dir, "real"), 0o700))
			must(t, os.Symlink(filepath.Join(dir, "real"), disk))
			c.DataDir = disk
		},
	})
	good := func(when string) {
		t.Helper()
		h.until("good health "+when, func() bool { code, _ := h.health(); return code == http.StatusOK })
	}
	bad := func(part string) {
		t.Helper()
		h.until("bad health of "+part, func() bool {
			code, text := h.health()
			return code == http.StatusServiceUnavailable && strings.Contains(text, part+": ") && !strings.Contains(text, part+": ok")
		})
	}
	arrive := func(id, from string) {
		h.dovecot.Append(t, h.user, "INBOX", letter(id, from, "Transport", "When does the bus come? "+id), h.now())
	}
	arrive("one@family.example", "tessa@family.example")
	h.until("an acknowledgement", func() bool { return len(h.to("tessa@family.example")) == 1 })
	good("at the start")

	// The mail server goes away, with mail waiting on it.
	proxy.Down(true)
	proxy.Drop()
	arrive("two@family.example", "gwen@family.example")
	bad("mail in")
	proxy.Down(false)
	h.until("the mail that waited", func() bool { return len(h.to("gwen@family.example")) == 1 })
	good("after the IMAP server came back")

	// No letter can be handed over.
	h.later(25 * time.Hour)
	smtpDown <- struct{}{}
	arrive("three@family.example", "tessa@family.example")
	bad("mail out")
	<-smtpDown
	h.later(2 * time.Minute)
	h.until("the letter that waited", func() bool { return len(h.to("tessa@family.example")) == 2 })
	good("after the SMTP server came back")

	// The disk has no room: mail stays on the server.
	point := func(to string) {
		t.Helper()
		must(t, os.Symlink(to, disk+".new"))
		must(t, os.Rename(disk+".new", disk))
	}
	point("/proc") // a file system with 0 bytes free
	arrive("four@family.example", "gwen@family.example")
	bad("disk")
	h.until("the intake to refuse", func() bool { return strings.Contains(h.log.String(), "nearly full") })
	if strings.Count(h.log.String(), "event=taken_in") != 3 {
		t.Error("a mail was taken in without room for it")
	}
	point(filepath.Join(dir, "real"))
	h.until("the mail that waited for the disk", func() bool { return strings.Count(h.log.String(), "event=taken_in") == 4 })
	good("after room was made")
	if n := len(h.sink.All()) - len(h.sink.Mails()); n != 0 {
		t.Errorf("%d mails were handed over and not accepted", n)
	}
}

// TestStrangerWhoCites: a mail of a stranger who cites an enquiry never lands on
// the case. The stranger gets a neutral receipt, which says nothing of it.
func TestStrangerWhoCites(t *testing.T) {
	h := open(t, plan{})
	h.dovecot.Append(t, h.user, "INBOX", letter("a@family.example", "tessa@family.example", "Transport", "When does the bus come?"), h.now())
	h.until("an acknowledgement", func() bool { return len(h.to("tessa@family.example")) == 1 })
	head, _ := read(t, h.to("tessa@family.example")[0].Data)
	reply, err := head.AddressList("Reply-To")
	must(t, err)
	raw := bytes.Replace(letter("b@else.example", "stranger@else.example", "Re: Transport", "Tell me where the child is.", "In-Reply-To: "+head.Get("Message-ID")),
		[]byte("To: "+sen), []byte("To: "+reply[0].Address), 1)
	h.dovecot.Append(t, h.user, "INBOX", raw, h.now())
	h.until("the stranger's mail", func() bool { return strings.Count(h.log.String(), "event=taken_in") == 2 })
	must(t, h.app.dispatchDue(context.Background()))
	h.until("a receipt", func() bool { return len(h.to("stranger@else.example")) == 1 })
	told := string(h.to("stranger@else.example")[0].Data)
	for _, word := range []string{"SEN-", "Transport", "Milo", "Brandt", "Tessa", "tessa", "bus", "/s/", "/e/"} {
		if strings.Contains(told, word) {
			t.Errorf("the stranger is told %q:\n%s", word, told)
		}
	}
	held := h.ticket(h.only("stranger@else.example"))
	if held.State != "triage" || held.Case != "" || held.Clock == nil {
		t.Errorf("%+v", held)
	}
	for _, it := range h.ticket(h.only("tessa@family.example")).Timeline {
		if strings.Contains(it.Text, "Tell me where") {
			t.Error("the stranger's words are on the family's enquiry")
		}
	}
}
