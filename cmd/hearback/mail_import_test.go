package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"hearback/mailbox/mailtest"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/store/pgtest"
)

// writeMbox writes mails as mboxrd does.
func writeMbox(t *testing.T, path string, mails []mailtest.Mail) {
	t.Helper()
	var b bytes.Buffer
	quote := regexp.MustCompile(`(?m)^(>*From )`)
	for _, m := range mails {
		_, _ = fmt.Fprintf(&b, "From %s %s\r\n%s\r\n", m.From, m.Received.UTC().Format(time.ANSIC), quote.ReplaceAll(m.Raw, []byte(">$1")))
	}
	must(t, os.WriteFile(path, b.Bytes(), 0o600))
}

func writeFiles(t *testing.T, dir, pattern string, mails []mailtest.Mail) {
	t.Helper()
	must(t, os.MkdirAll(dir, 0o700))
	for _, m := range mails {
		must(t, os.WriteFile(filepath.Join(dir, fmt.Sprintf(pattern, m.N)), m.Raw, 0o600))
	}
}

// importing runs an import inside the program of a house and gives what it printed.
func (h *house) importing(ctx context.Context, errs io.Writer, paths ...string) (*importer, string, error) {
	h.t.Helper()
	im, err := newImporter(h.app, "sen", errs)
	must(h.t, err)
	files, skipped, err := findArchives(ctx, paths)
	if err != nil {
		return im, "", err
	}
	err = im.archives(ctx, files, skipped)
	var out bytes.Buffer
	im.print(&out)
	return im, out.String(), im.verdict(ctx, err)
}

// quiet fails the test when anything was sent, queued or raised.
func (h *house) quiet() {
	h.t.Helper()
	if n := h.sweep(); n != 0 {
		h.t.Errorf("the sweep took %d steps", n)
	}
	must(h.t, h.app.dispatchDue(context.Background()))
	if all := h.sink.All(); len(all) != 0 {
		h.t.Errorf("%d letters left", len(all))
	}
	list, err := h.app.store.Outbox(context.Background(), access.System("test"), tickets.OutboxQuery{Limit: 10, States: []tickets.DeliveryState{
		tickets.Queued, tickets.Held, tickets.Claimed, tickets.DataBegun, tickets.Accepted, tickets.Refused, tickets.Uncertain, tickets.Bounced, tickets.Cancelled,
	}})
	must(h.t, err)
	if len(list) != 0 {
		h.t.Errorf("the outbox holds %d letters", len(list))
	}
}

// stopAt stops a run when a line with these words is printed.
type stopAt struct {
	words string
	stop  context.CancelFunc
	bytes.Buffer
}

func (s *stopAt) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte(s.words)) {
		s.stop()
	}
	return s.Buffer.Write(p)
}

// TestMailImport takes in 2,000 mails from an mbox, a Maildir and single files,
// is stopped in the middle, goes on, and runs a third time.
func TestMailImport(t *testing.T) { importsHistory(t, 1000) }

// TestMailImportSoak does the same with more.
func TestMailImportSoak(t *testing.T) {
	mailtest.Soak(t)
	importsHistory(t, 10000)
}

func importsHistory(t *testing.T, n int) {
	t.Helper()
	families := mailtest.Families(12, n/3)
	start := tuesday().Add(-24 * time.Hour)
	h := open(t, plan{familiesN: families, start: start.Add(time.Duration(n)*time.Minute + 48*time.Hour)})
	o := mailtest.Lifelike()
	o.Mailbox, o.Start, o.Families, o.MedianBytes, o.Attachments = sen, start, families, 0, 0.02
	o.SameSecond, o.Duplicates = 0.3, 0.05
	want := newGenerated()
	var parts [3][]mailtest.Mail
	for _, m := range mailtest.GenerateAll(6, n, o) {
		want.take(m)
		// What was written in the same second can be told apart within a file only.
		part := 0
		for _, c := range m.Root {
			part += int(c)
		}
		parts[part%3] = append(parts[part%3], m)
	}
	dir := t.TempDir()
	writeMbox(t, filepath.Join(dir, "Archive 2025"), parts[0])
	writeFiles(t, filepath.Join(dir, "Maildir/cur"), "17000%05d.M1.host:2,S", parts[1])
	must(t, os.MkdirAll(filepath.Join(dir, "Maildir/new"), 0o700))
	writeFiles(t, filepath.Join(dir, "single"), "%05d.eml", parts[2])

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	errs := &stopAt{words: fmt.Sprintf(", %d of", n*3/10), stop: cancel}
	im, _, err := h.importing(ctx, errs, dir)
	if err == nil || !strings.Contains(err.Error(), "run the same command again") {
		t.Fatalf("a run that was stopped ends with %v\n%s", err, errs)
	}
	first := 0
	for _, k := range im.fates {
		first += k
	}
	if first < n/5 || first > n/2 {
		t.Fatalf("%d mails are in when it stops:\n%s", first, errs)
	}
	var log bytes.Buffer
	im, out, err := h.importing(context.Background(), &log, dir)
	must(t, err)
	if im.already != first {
		t.Errorf("%d mails were settled by the run that was stopped, want %d", im.already, first)
	}
	if c := strings.Count(log.String(), "Taking in:"); c < min(15, n*3/400) || c > 21 || !strings.Contains(log.String(), fmt.Sprintf("100 %%, %d of %d mails", n, n)) {
		t.Errorf("%d lines of progress:\n%s", c, log.String())
	}
	t.Log(out)
	h.compare(want, 0)
	h.quiet()

	im, out, err = h.importing(context.Background(), io.Discard, dir)
	must(t, err)
	if im.already != n || im.opened != 0 {
		t.Errorf("the third run settled something anew:\n%s", out)
	}
	h.compare(want, 0)
	h.quiet()
}

// TestMailImportThenLiveMail: history is quiet, and what comes afterwards belongs
// to it and is not quiet.
func TestMailImportThenLiveMail(t *testing.T) {
	h := open(t, plan{})
	dir := t.TempDir()
	old := letter("old@family.example", "Tessa Brandt <tessa@family.example>", "Taxi", "When does the taxi come?")
	old = bytes.Replace(old, []byte("Tue, 25 Nov"), []byte("Mon, 24 Nov"), 1)
	must(t, os.WriteFile(filepath.Join(dir, "old.eml"), old, 0o600))
	_, _, err := h.importing(context.Background(), io.Discard, dir)
	must(t, err)
	ref := h.only("tessa@family.example")
	h.later(40 * 24 * time.Hour) // long after any answer was due
	h.quiet()

	// The same mail, as the server has it: one more header of the way.
	h.dovecot.Append(t, h.user, "INBOX", append([]byte("Received: by mx.westmarsh.example; Mon, 24 Nov 2025 09:59:03 +0000\r\n"), old...), h.now().AddDate(0, 0, -40))
	h.until("the copy in the mailbox", func() bool { return strings.Contains(h.log.String(), "outcome=duplicate") })
	h.quiet()
	h.dovecot.Append(t, h.user, "INBOX", letter("new@family.example", "Tessa Brandt <tessa@family.example>", "Re: Taxi", "I have had no answer.",
		"In-Reply-To: <old@family.example>"), h.now())
	h.until("an acknowledgement", func() bool { return len(h.to("tessa@family.example")) == 1 })
	if again := h.only("tessa@family.example"); again != ref {
		t.Errorf("the answer to imported mail is on %s, that mail on %s", again, ref)
	}
	head, body := read(t, h.to("tessa@family.example")[0].Data)
	if head.Get("In-Reply-To") != "<new@family.example>" || !strings.Contains(body, "Monday 12 January 2026") {
		t.Errorf("the acknowledgement answers %s:\n%s", head.Get("In-Reply-To"), body)
	}
	h.later(40 * 24 * time.Hour)
	if h.sweep() == 0 {
		t.Error("the family waits unseen")
	}
}

// TestMailImportOddMail: what cannot be taken in is named, counted and kept where
// it can be, and stops nothing.
func TestMailImportOddMail(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { importOddMail(t, plan{maxMB: 1}) })
	t.Run("postgres", func(t *testing.T) { importOddMail(t, plan{maxMB: 1, dsn: pgtest.DSN(t)}) })
}

func importOddMail(t *testing.T, p plan) {
	h := open(t, p)
	dir := t.TempDir()
	good := letter("good@family.example", "tessa@family.example", "Taxi", "When does the taxi come?")
	huge := letter("huge@family.example", "gwen@family.example", "Plan", strings.Repeat("All of it, page by page.\n", 60_000))
	put := func(name string, raw []byte) string {
		p := filepath.Join(dir, name)
		must(t, os.WriteFile(p, raw, 0o600))
		return p
	}
	put("good.eml", good)
	put("huge.eml", huge)
	put("empty.eml", nil)
	put("readme.txt", []byte("These are the letters of 2024.\n"))
	gone := put("gone.eml", letter("gone@family.example", "gwen@family.example", "Gone", "Gone"))

	files, skipped, err := findArchives(context.Background(), []string{dir})
	must(t, err)
	must(t, os.Remove(gone))
	var errs bytes.Buffer
	im, err := newImporter(h.app, "sen", &errs)
	must(t, err)
	err = im.verdict(context.Background(), im.archives(context.Background(), files, skipped))
	if err == nil || exitCode(err, io.Discard) != 1 {
		t.Errorf("it ends with %v", err)
	}
	for _, line := range []string{"not read: " + gone, "left out: " + filepath.Join(dir, "readme.txt"), "huge.eml: It is larger than the limit of 1 MB", "empty.eml: It is empty"} {
		if !strings.Contains(errs.String(), line) {
			t.Errorf("it does not say %q:\n%s", line, errs.String())
		}
	}
	if im.unread != 1 || im.skipped != 1 || im.fates[tickets.FateQuarantined] != 2 || im.fates[tickets.FateMessage] != 1 {
		t.Errorf("unread %d, left out %d, fates %v", im.unread, im.skipped, im.fates)
	}
	rows, _, err := h.app.store.Ledger(context.Background(), access.System("test"), tickets.LedgerQuery{Limit: 10, Fate: tickets.FateQuarantined})
	must(t, err)
	if len(rows) != 2 || rows[0].Folder != importFolder {
		t.Errorf("quarantined: %+v", rows)
	}

	// With a higher limit the large one comes in; the empty one is still empty.
	h.app.cfg.Intake.MaxMessageMB = 2
	im, _, err = h.importing(context.Background(), io.Discard, dir)
	if err == nil || im.fates[tickets.FateMessage] != 1 || im.fates[tickets.FateQuarantined] != 1 || im.already != 1 {
		t.Errorf("the second run: %v, fates %v, settled before %d", err, im.fates, im.already)
	}
	h.only("gwen@family.example")
	h.quiet()
}

// TestMailImportFolder takes in the past of a folder on the mail server.
func TestMailImportFolder(t *testing.T) {
	h := open(t, plan{})
	families := mailtest.Families(3, 4)
	for i, f := range families {
		h.family(fmt.Sprintf("WM-41%02d", i), f.Child+" "+f.Surname, "dean", f.Address, f.Name)
	}
	o := mailtest.GenOptions{Mailbox: sen, Start: tuesday().AddDate(0, -2, 0), Families: families, Replies: 0.3}
	want := newGenerated()
	mails := mailtest.GenerateAll(8, 150, o)
	for _, m := range mails {
		want.take(m)
	}
	h.dovecot.Seed(t, h.user, "Archive/2024", mails)
	run := func(folder string) (*importer, error) {
		im, err := newImporter(h.app, "sen", io.Discard)
		must(t, err)
		return im, im.verdict(context.Background(), im.imapFolder(context.Background(), h.cfg.Mailboxes[0], folder))
	}
	folder := "Archive/2024"
	if _, err := run(folder); err != nil { // Dovecot's Maildir++ separates with a dot
		folder = "Archive.2024"
		_, err = run(folder)
		must(t, err)
	}
	h.compare(want, 0)
	h.quiet()
	im, err := run(folder)
	must(t, err)
	if len(im.fates) != 0 || im.opened != 0 {
		t.Errorf("the second run took in %v", im.fates)
	}
	if _, err := run("Nowhere"); err == nil || !strings.Contains(err.Error(), "folder") {
		t.Errorf("a folder that is not there: %v", err)
	}
	h.compare(want, 0)
}

// TestMailImportCommand goes through the command line.
func TestMailImportCommand(t *testing.T) {
	h := open(t, plan{})
	config := filepath.Join(h.dir, "hearback.yaml")
	dir := t.TempDir()
	eml := filepath.Join(dir, "a.eml")
	must(t, os.WriteFile(eml, letter("a@family.example", "tessa@family.example", "Taxi", "When does the taxi come?"), 0o600))
	note := filepath.Join(dir, "note.txt")
	must(t, os.WriteFile(note, []byte("no mail\n"), 0o600))
	command := func(args ...string) (string, int) {
		var out bytes.Buffer
		err := run(context.Background(), append([]string{"mail", "import"}, args...), strings.NewReader(""), &out, &out)
		code := exitCode(err, &out)
		return out.String(), code
	}
	for _, c := range []struct {
		args []string
		want string
		code int
	}{
		{[]string{eml, "-mailbox", "sen"}, "Give the configuration", 2},
		{[]string{"-config", config, eml}, "-mailbox NAME", 2},
		{[]string{"-config", config, "-mailbox", "sen"}, "Name .eml files", 2},
		{[]string{"-config", config, "-mailbox", "sen", "-imap-folder", "x", eml}, "either", 2},
		{[]string{"-config", config, "-mailbox", "north", eml}, `no mailbox "north" in the configuration. There is: sen`, 2},
		{[]string{"-config", config, "-mailbox", "sen", eml, filepath.Join(dir, "misspelt")}, "misspelt: it cannot be read: no such file", 2},
		{[]string{"-config", config, "-mailbox", "sen", note}, "note.txt: it is no mail", 2},
		{[]string{"-config", config, "-mailbox", "sen", t.TempDir()}, "There is no mail in", 2},
		{[]string{"-config", config, "-mailbox", "sen", "-imap-folder", "inbox"}, "is read by `hearback serve`", 2},
		{[]string{eml, "-config", config, "-mailbox", "sen"}, "end `hearback serve`, run the import", 1},
	} {
		out, code := command(c.args...)
		if !strings.Contains(out, c.want) || code != c.code {
			t.Errorf("%q exits with %d:\n%s\nwant %d and %q", c.args, code, out, c.code, c.want)
		}
	}
	h.stop()
	out, code := command(dir, "-mailbox", "sen", "-config", config)
	if code != 0 || !strings.Contains(out, "1  taken in") || !strings.Contains(out, "1 enquiry opened") {
		t.Errorf("exits with %d:\n%s", code, out)
	}
	if out, code = command("-mailbox", "sen", eml, "-config", config); code != 0 || !strings.Contains(out, "1  settled by an earlier run") {
		t.Errorf("once more exits with %d:\n%s", code, out)
	}
	h.start()
	if ref := h.only("tessa@family.example"); ref == "" {
		t.Error("the mail is not there")
	}
	_ = h.browser().get("/sign-in", http.StatusOK)
	h.quiet()
}
