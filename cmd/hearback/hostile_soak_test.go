package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hearback/mailbox/mailtest"
	"hearback/tickets"
)

// mostMemory is what the program may need for the worst poll, in MB.
const mostMemory = 256

// odd is a mail that programs stumble over. Its text holds its word.
type odd struct {
	name, word string
	raw        []byte
}

// odds are the mails of which each once stopped some helpdesk's inbox.
func odds() []odd {
	var list []odd
	add := func(name, head, body string) {
		word := fmt.Sprintf("oddword%dx", len(list))
		text := strings.ReplaceAll(head+"\n"+body, "WORD", word)
		list = append(list, odd{name, word, []byte(strings.ReplaceAll(text, "\n", "\r\n"))})
	}
	usual := func(n int) string {
		return fmt.Sprintf("From: Odd <odd%d@family.example>\nTo: "+sen+"\nSubject: Odd %d\nDate: Tue, 25 Nov 2025 09:59:00 +0000\nMessage-ID: <odd%d@family.example>\nMIME-Version: 1.0\n", n, n, n)
	}
	plain := "Content-Type: text/plain; charset=utf-8\n"
	mixed := "Content-Type: multipart/mixed; boundary=b\n"
	first := "--b\n" + plain + "\nThe taxi did not come. WORD\n"

	var many strings.Builder
	many.WriteString(first)
	for i := range 600 {
		fmt.Fprintf(&many, "--b\nContent-Type: application/pdf; name=\"scan %d.pdf\"\nContent-Transfer-Encoding: base64\n\nJVBERi0xLjcKJSVFT0YK\n", i)
	}
	add("600 attachments", usual(1)+mixed, many.String()+"--b--\n")

	var deep strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&deep, "Content-Type: multipart/mixed; boundary=d%d\n\n--d%d\n", i, i)
	}
	add("1,000 parts deep", usual(2)+"Content-Type: multipart/mixed; boundary=b\n", first+"--b\n"+deep.String()+plain+"\nat the bottom\n")

	add("NUL bytes", usual(3)+plain, "Before\x00after\x00 WORD\n\x00\x00\n")
	add("multipart without a boundary", usual(4)+"Content-Type: multipart/mixed\n", "The taxi did not come. WORD\n")
	add("truncated base64", usual(5)+mixed, first+"--b\nContent-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\nJVBERi0xLjcKJSVFT0\n--b--\n")
	add("text in truncated base64", usual(6)+plain+"Content-Transfer-Encoding: base64\n",
		strings.TrimRight(base64.StdEncoding.EncodeToString([]byte("The taxi did not come. oddword5x and so on")), "=")[:50]+"\n")
	add("no Message-ID", strings.Replace(usual(7), "Message-ID: <odd7@family.example>\n", "", 1)+plain, "No id. WORD\n")
	add("a Message-ID that is there already", strings.Replace(usual(8), "odd8@", "odd3@", 1)+plain, "Another mail. WORD\n")
	add("no From", strings.Replace(usual(9), "From: Odd <odd9@family.example>\n", "", 1)+plain, "From nobody. WORD\n")
	add("a From that cannot be read", strings.Replace(usual(10), "From: Odd <odd10@family.example>", "From: =?utf-8?Q?=ZZ <<>@@,;\"", 1)+plain, "From whom? WORD\n")
	add("a part without Content-Type", usual(11)+mixed, "--b\n\nA part. WORD\n--b--\n")
	add("no end of the last part", usual(12)+mixed, "--b\n"+plain+"\nIt breaks off. WORD")
	add("a charset that does not exist", usual(13)+"Content-Type: text/plain; charset=x-klingon\n", "Which letters? WORD \xe9\xff\n")
	add("a header of a megabyte", usual(14)+"X-Long: "+strings.Repeat("long ", 200_000)+"\n"+plain, "After it. WORD\n")
	add("a line of two megabytes", usual(15)+plain, "WORD "+strings.Repeat("x", 2<<20)+"\n")
	add("html alone, unclosed", usual(16)+"Content-Type: text/html; charset=utf-8\n", strings.Repeat("<div><table><tr><td>", 20_000)+"WORD\n")
	return list
}

// huge is a mail of about so many bytes: a text and one attachment.
func huge(n int, from, id, word string) []byte {
	var b bytes.Buffer
	b.Grow(n + 4096)
	fmt.Fprintf(&b, "From: Odd <%s>\r\nTo: %s\r\nSubject: Scans\r\nDate: Tue, 25 Nov 2025 09:59:00 +0000\r\nMessage-ID: <%s>\r\nMIME-Version: 1.0\r\n"+
		"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHere are the scans. %s\r\n"+
		"--b\r\nContent-Type: application/pdf; name=scans.pdf\r\nContent-Disposition: attachment; filename=scans.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n", from, sen, id, word)
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	b.WriteString("JVBERi0x")
	line := make([]byte, 78)
	line[76], line[77] = '\r', '\n'
	b.WriteString(strings.Repeat("A", 68) + "\r\n")
	for k := 0; b.Len() < n-100; k++ {
		for i := range 76 {
			line[i] = alphabet[(k*31+i*7+k>>6)%64]
		}
		b.Write(line)
	}
	b.WriteString("--b--\r\n")
	return b.Bytes()
}

// peakOf runs the program until the mailbox of the house is taken in, and gives
// the most memory that it had, in MB.
func peakOf(t *testing.T, h *house, binary string, mails int) float64 {
	t.Helper()
	raw, err := os.ReadFile(h.config())
	must(t, err)
	must(t, os.WriteFile(h.config(), bytes.Replace(raw, []byte("level: debug"), []byte("level: info"), 1), 0o600))
	c := startChild(t, binary, h.config())
	c.wait("event=taken_in", mails)
	peak := c.peak()
	c.stop()
	return peak
}

// TestSoakHostilePoll: a mail of 150 MB, one of 600 attachments and everything
// else that is wrong with mail, in one poll with ordinary mail. All others arrive,
// no text is lost, and memory stays bounded.
func TestSoakHostilePoll(t *testing.T) {
	mailtest.Soak(t)
	families := mailtest.Families(31, 60)
	h := still(t, plan{mode: tickets.ModeHold, maxMB: 160, freeMB: 10}, families, mailtest.Dovecot(t), nil)
	o := mailtest.Lifelike()
	o.Mailbox, o.Families, o.Duplicates, o.Strangers = sen, families, 0, 0
	o.Start, o.Gap = time.Now().UTC().Add(-time.Hour), 20*time.Second
	usual := mailtest.GenerateAll(31, 120, o)
	list := odds()
	list = append(list, odd{"150 MB", "oddwordhugex", huge(150<<20, "huge@family.example", "huge@family.example", "oddwordhugex")})
	n := 0
	for i, m := range list { // an odd one between ordinary ones
		h.dovecot.Seed(t, h.user, "INBOX", usual[n:(i+1)*len(usual)/len(list)])
		n = (i + 1) * len(usual) / len(list)
		h.dovecot.Seed(t, h.user, "INBOX", []mailtest.Mail{{Raw: m.raw, Truth: mailtest.Truth{Received: time.Now().Add(-time.Minute)}}})
	}
	list[len(list)-1].raw = nil
	peak := peakOf(t, h, buildBinary(t), len(usual)+len(list))
	t.Logf("%d ordinary and %d odd mails in one poll: %.0f MB at most", len(usual), len(list), peak)
	if peak >= mostMemory {
		t.Errorf("%.0f MB of memory; it must stay below %d", peak, mostMemory)
	}
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(h.cfg.DataDir, "hearback.db")+"?mode=ro")
	must(t, err)
	defer func() { _ = db.Close() }()
	for _, m := range list {
		var n int
		must(t, db.QueryRowContext(context.Background(),
			"select count(*) from bodies b join messages m on m.id = b.message_id where b.words like '%'||?||'%'", m.word).Scan(&n))
		if n != 1 {
			t.Errorf("%s: its text is in %d messages", m.name, n)
		}
	}
	for _, m := range usual {
		var n int
		must(t, db.QueryRowContext(context.Background(), "select count(*) from messages where message_id = ?", strings.Trim(m.ID, "<>")).Scan(&n))
		if n != 1 {
			t.Errorf("the ordinary mail %s is there %d times", m.ID, n)
		}
	}
	rows, err := db.Query("select fate, min(reason), count(*) from ledger group by 1")
	must(t, err)
	defer func() { _ = rows.Close() }()
	total := 0
	for rows.Next() {
		var fate, reason string
		var k int
		must(t, rows.Scan(&fate, &reason, &k))
		total += k
		t.Logf("%4d  %s", k, fate)
		if fate != string(tickets.FateMessage) && fate != string(tickets.FateHeld) {
			t.Errorf("%d mails are %s, one of them: %s", k, fate, reason)
		}
	}
	must(t, rows.Err())
	if total != len(usual)+len(list) {
		t.Errorf("%d lines in the ledger for %d mails", total, len(usual)+len(list))
	}
}
