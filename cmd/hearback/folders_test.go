package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"hearback/tickets"
	"hearback/tickets/access"
)

// look has every folder looked at now, as its poll interval does by and by.
func (h *house) look() {
	for _, f := range h.app.folders {
		f.poller.Close()
	}
}

// ledger is what became of the mail of a folder, oldest first.
func (h *house) ledger(folder string) []tickets.LedgerEntry {
	h.t.Helper()
	rows, _, err := h.app.store.Ledger(context.Background(), access.System("test"), tickets.LedgerQuery{Limit: 200})
	must(h.t, err)
	rows = slices.DeleteFunc(rows, func(e tickets.LedgerEntry) bool { return e.Folder != folder })
	slices.Reverse(rows)
	return rows
}

// said counts what stands on the timeline of an enquiry with these words.
func (k ticketNow) said(words string) int {
	n := 0
	for _, it := range k.Timeline {
		if strings.Contains(it.Text, words) {
			n++
		}
	}
	return n
}

func readsFolders(c *Config) {
	for i := range c.Mailboxes {
		c.Mailboxes[i].IMAP.SentFolder, c.Mailboxes[i].IMAP.JunkFolder = "Sent", "Junk"
	}
}

// fromUs is a copy of a letter that an officer wrote in Outlook as the team.
func fromUs(id, to, subject, body string, extra ...string) []byte {
	raw := string(letter(id, `"Priya Nair" <`+sen+`>`, subject, body, extra...))
	return []byte(strings.Replace(raw, "To: "+sen, "To: "+to, 1))
}

// TestReplyFromOutlook: what an officer sends by another program is found in the
// Sent folder, stands on the enquiry and stops the clock. The copy of a letter of
// our own is not a second one.
func TestReplyFromOutlook(t *testing.T) {
	h := open(t, plan{change: readsFolders})
	h.dovecot.Append(t, h.user, "INBOX", letter("ask@family.example", "tessa@family.example", "Transport", "When does the bus come?"), h.now())
	h.until("an acknowledgement", func() bool { return len(h.to("tessa@family.example")) == 1 })
	ref := h.only("tessa@family.example")
	if k := h.ticket(ref); k.Clock == nil || k.Clock.StoppedAt != nil {
		t.Fatalf("before the answer: %+v", k)
	}
	h.later(time.Hour)
	h.dovecot.Append(t, h.user, "Sent", fromUs("outlook@westmarsh.example", "tessa@family.example", "Re: Transport",
		"Dear Tessa, the bus comes at a quarter to nine.\nPriya", "In-Reply-To: <ask@family.example>", "References: <ask@family.example>"), h.now())
	h.look()
	h.until("the clock to stop", func() bool { k := h.ticket(ref); return k.Clock != nil && k.Clock.StoppedAt != nil })
	if k := h.ticket(ref); k.State != "answered" || k.said("a quarter to nine") != 1 {
		t.Errorf("after the reply from Outlook: %+v", k)
	}
	if page := h.signIn("priya").get("/e/"+ref, http.StatusOK); !strings.Contains(page.body, "a quarter to nine") {
		t.Errorf("the page does not show it: %s", words(page.body))
	}
	if n := len(h.to("tessa@family.example")); n != 1 {
		t.Errorf("%d letters: the copy was acknowledged", n)
	}

	// Now one of hearback's own, and its copy.
	priya := h.signIn("priya")
	f := form(t, priya.get("/e/"+ref+"/reply", http.StatusOK).body, "reply")
	f.Set("text", "Dear Tessa,\n\nOn Fridays it comes at noon.\n\nPriya Nair")
	f.Set("do", "send")
	priya.post("/e/"+ref+"/reply", f, http.StatusSeeOther)
	h.later(2 * time.Minute)
	h.until("the answer", func() bool { return len(h.to("tessa@family.example")) == 2 })
	h.dovecot.Append(t, h.user, "Sent", h.to("tessa@family.example")[1].Data, h.now())
	h.look()
	h.until("the copy to be settled", func() bool { return len(h.ledger("Sent")) == 2 })
	if k := h.ticket(ref); k.said("On Fridays it comes at noon") != 1 || k.State != "answered" {
		t.Errorf("the copy of our own letter: %+v", k)
	}
	for i, want := range []tickets.Fate{tickets.FateMessage, tickets.FateSuppressed} {
		if got := h.ledger("Sent")[i]; got.Fate != want {
			t.Errorf("line %d: %+v, want %s", i, got, want)
		}
	}
	if len(h.to("tessa@family.example")) != 2 {
		t.Error("something was sent for a copy")
	}
}

// TestJunkFolder: a known family's mail is taken in and marked, a stranger's stays
// where it is.
func TestJunkFolder(t *testing.T) {
	h := open(t, plan{change: readsFolders})
	h.dovecot.Append(t, h.user, "Junk", letter("offer@shop.example", "offers@shop.example", "Great offers", "Buy now."), h.now())
	h.dovecot.Append(t, h.user, "Junk", letter("lost@family.example", "gwen@family.example", "Meeting", "Can we meet on Monday?"), h.now())
	h.look()
	h.until("both to be settled", func() bool { return len(h.ledger("Junk")) == 2 })
	lines := h.ledger("Junk")
	if lines[0].Fate != tickets.FateSuppressed || lines[1].Fate != tickets.FateMessage || lines[1].TicketRef == "" {
		t.Fatalf("%+v", lines)
	}
	m, err := h.app.store.MessageByID(context.Background(), lines[1].MessageID)
	must(t, err)
	if !m.Junk {
		t.Errorf("it is not marked: %+v", m)
	}
	if h.only("gwen@family.example") != lines[1].TicketRef {
		t.Error("it is on another enquiry")
	}
	status, text := h.health()
	if status != http.StatusOK || !strings.Contains(text, "mailbox sen, folder Junk: read") || !strings.Contains(text, "mailbox sen, folder Sent: read") {
		t.Errorf("/healthz %d:\n%s", status, text)
	}
	req, err := http.NewRequest(http.MethodGet, h.base+"/metrics", http.NoBody)
	must(t, err)
	metrics := h.do(http.DefaultClient, req, http.StatusOK).body
	for _, want := range []string{`hearback_mailbox_stored_since_start{folder="Junk",mailbox="sen"} 1`, `hearback_mailbox_read_here{folder="INBOX",mailbox="sen"} 1`} {
		if !strings.Contains(metrics, want) {
			t.Errorf("/metrics does not say %s", want)
		}
	}
}

// TestFolderThatIsNotThere: said with the folder's name; the inbox goes on.
func TestFolderThatIsNotThere(t *testing.T) {
	t.Parallel() // it mostly waits
	h := open(t, plan{change: func(c *Config) { c.Mailboxes[0].IMAP.SentFolder = "Gesendet" }})
	h.until("the folder to be missed", func() bool { return h.folderNow("sen", "Gesendet").failures > 0 })
	h.dovecot.Append(t, h.user, "INBOX", letter("ask@family.example", "tessa@family.example", "Transport", "When does the bus come?"), h.now())
	h.until("an acknowledgement", func() bool { return len(h.to("tessa@family.example")) == 1 })
	if status, text := h.health(); status != http.StatusServiceUnavailable || !strings.Contains(text, "mailbox sen, folder Gesendet") {
		t.Errorf("/healthz %d:\n%s", status, text)
	}
	var out, errs bytes.Buffer
	err := runConfigCheck(context.Background(), []string{"-config", withFolder(t, h, "Gesendet"), "-live"}, nil, &out, &errs)
	if err == nil || !strings.Contains(out.String(), "folder Gesendet") || !strings.Contains(out.String(), "ok      IMAP "+sen) || strings.Count(out.String(), "FAILED") != 1 {
		t.Errorf("%v\n%s%s", err, out.String(), errs.String())
	}
}

// withFolder writes the house's configuration with another Sent folder.
func withFolder(t *testing.T, h *house, folder string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(h.dir, "hearback.yaml"))
	must(t, err)
	path := filepath.Join(h.dir, "other.yaml")
	must(t, os.WriteFile(path, bytes.Replace(b, []byte("poll: 10m}"), []byte("poll: 10m, sent_folder: "+folder+"}"), 1), 0o600))
	return path
}

// TestLedgerCommand: every mail has a line, filters filter, and counts add up.
func TestLedgerCommand(t *testing.T) {
	h := open(t, plan{change: readsFolders})
	uid := h.dovecot.Append(t, h.user, "INBOX", letter("a@family.example", "tessa@family.example", "One", "When?"), h.now())
	h.dovecot.Append(t, h.user, "INBOX", letter("b@family.example", "gwen@family.example", "Two", "When?"), h.now())
	h.dovecot.Append(t, h.user, "Junk", letter("c@shop.example", "offers@shop.example", "Three", "Buy."), h.now())
	h.look()
	h.until("all to be settled", func() bool { return len(h.ledger("INBOX")) == 2 && len(h.ledger("Junk")) == 1 })
	c := h.dovecot.Client(t, h.user)
	_, err := c.Select("INBOX", nil).Wait()
	must(t, err)
	must(t, c.Store(imap.UIDSetNum(uid), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close())
	must(t, c.Expunge().Close())
	h.look()
	h.until("the mail to be missed", func() bool { return h.ledger("INBOX")[0].GoneAt != nil })
	h.stop()

	file := filepath.Join(h.dir, "hearback.yaml")
	list := func(args ...string) (lines []ledgerLine, sum ledgerSum) {
		t.Helper()
		var out bytes.Buffer
		must(t, runMailLedger(context.Background(), append([]string{"-config", file}, args...), nil, &out, &out))
		text := strings.Split(strings.TrimSpace(out.String()), "\n")
		for _, l := range text[:len(text)-1] {
			var x ledgerLine
			must(t, json.Unmarshal([]byte(l), &x))
			lines = append(lines, x)
		}
		must(t, json.Unmarshal([]byte(text[len(text)-1]), &sum))
		total := 0
		for _, n := range sum.Counts {
			total += n
		}
		if total != sum.Total || sum.Total != len(lines) || sum.Gone+sum.Here != sum.Total {
			t.Errorf("%v: the counts do not add up: %+v of %d lines", args, sum, len(lines))
		}
		return lines, sum
	}
	if lines, sum := list(); len(lines) != 3 || sum.Gone != 1 || sum.Counts[tickets.FateMessage] != 2 || sum.Counts[tickets.FateSuppressed] != 1 {
		t.Errorf("all: %+v", sum)
	}
	if lines, _ := list("-folder", "inbox", "-gone"); len(lines) != 1 || lines[0].UID != uint32(uid) || lines[0].Gone == nil || lines[0].Ticket == "" {
		t.Errorf("gone: %+v", lines)
	}
	if lines, _ := list("-fate", "suppressed", "-mailbox", "sen"); len(lines) != 1 || lines[0].Folder != "Junk" || lines[0].Reason == "" {
		t.Errorf("suppressed: %+v", lines)
	}
	taken, _ := list("-fate", "message")
	if len(taken) == 0 {
		t.Fatal("no line of a mail that was taken in")
	}
	for _, bad := range [][]string{{"-fate", "lost"}, {"-mailbox", "other"}, {"-retry", strconv.FormatInt(taken[0].ID, 10)}, {"-retry", "999"}, {"more"}} {
		var out bytes.Buffer
		if err := runMailLedger(context.Background(), append([]string{"-config", file}, bad...), nil, &out, &out); err == nil {
			t.Errorf("%v was taken: %s", bad, out.String())
		}
	}
}
