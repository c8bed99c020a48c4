package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"hearback/mailbox/devmail/misbehave"
	"hearback/mailbox/mailtest"
	"hearback/mailbox/parse"
	"hearback/tickets"
	"hearback/tickets/access"
)

// outside is a real Postfix, with a Dovecot behind it that keeps what arrives, and
// for each program a proxy before it that knows how far a letter is.
type outside struct {
	s       *soak
	postfix *mailtest.PostfixServer
	proxies []*misbehave.IMAPProxy // it reads lines; SMTP has the same
	seen    []map[string]int       // under soak.mu: how often each program was at a point since it was armed
	first   int                    // of the families that are written to
}

// outPoints are the moments of an SMTP transaction, in order. "given" is behind the
// dot, before the server answers; "recorded" is told by the program's log.
func outPoints() []misbehave.ProxyRule {
	rule := func(name string, from misbehave.Side, pattern string, before bool) misbehave.ProxyRule {
		return misbehave.ProxyRule{Name: name, From: from, Pattern: regexp.MustCompile(pattern), Before: before}
	}
	client, server := misbehave.FromClient, misbehave.FromServer
	return []misbehave.ProxyRule{
		rule("connect", server, `^220 `, true), rule("ehlo", client, `^EHLO `, true), rule("mail", client, `^MAIL FROM:`, true),
		rule("rcpt", client, `^RCPT TO:`, true), rule("data", client, `^DATA\r`, true), rule("go ahead", server, `^354 `, true),
		rule("dot", client, `^\.\r\n$`, true), rule("given", client, `^\.\r\n$`, false), rule("accepted", server, `^250 2\.0\.0 Ok: queued`, true),
	}
}

// newOutside makes a world in which letters of an officer, and the acknowledgements
// before them, wait to leave by a real Postfix.
func newOutside(t *testing.T, dsn string, programs, letters, spare int) *outside {
	t.Helper()
	o := &outside{s: newSoak(t, dsn, programs, 0, spare+letters), first: spare}
	s := o.s
	o.postfix = mailtest.Postfix(t, s.h.dovecot)
	for _, p := range s.programs {
		proxy, err := misbehave.NewIMAPProxy(misbehave.ProxyOptions{Upstream: o.postfix.Addr(), Rules: outPoints()})
		must(t, err)
		t.Cleanup(proxy.Close)
		o.proxies, o.seen = append(o.proxies, proxy), append(o.seen, map[string]int{})
		at := func(name string) {
			s.mu.Lock()
			o.seen[p.number][name]++
			n := o.seen[p.number][name]
			s.mu.Unlock()
			p.seen(fmt.Sprintf("%s %d", name, n))
		}
		proxy.OnMatch(func(m misbehave.Match) { at(m.Rule) })
		p.line = func(line string) {
			if strings.Contains(line, " event=delivery ") && strings.Contains(line, " outcome=accepted") {
				at("recorded")
			}
		}
		_, was := hostPort(p.smtp.Addr())
		_, now := hostPort(proxy.Addr())
		raw, err := os.ReadFile(p.config)
		must(t, err)
		text := strings.Replace(string(raw), "port: "+strconv.Itoa(was)+",", "port: "+strconv.Itoa(now)+",", 1)
		must(t, os.WriteFile(p.config, []byte(text), 0o600))
	}
	o.write(letters)
	return o
}

// write takes mails in and answers them, half an hour ago: the hold is over.
func (o *outside) write(letters int) {
	s := o.s
	s.t.Helper()
	s.h.at = time.Now().UTC().Truncate(time.Second).Add(-30 * time.Minute)
	app := s.inProcess()
	defer func() { must(s.t, app.Close()) }()
	ctx := context.Background()
	dean := s.h.staff["dean"]
	actor := access.Actor{StaffID: dean.ID, Name: dean.Name, Role: access.RoleOfficer, TeamIDs: []int64{dean.TeamID}}
	for i := range letters {
		from := extraAddress(o.first + i)
		raw := letter(fmt.Sprintf("out-%d@family.example", i), from, "A question", fmt.Sprintf("When does the panel meet? This is question %d.", i))
		prepared, err := app.store.PrepareRaw(ctx, raw)
		must(s.t, err)
		in, err := app.desk.Intake(ctx, []tickets.Received{{
			MailboxID: app.mailboxes[0].ID, Folder: "Before", UIDValidity: 1, UID: uint32(i + 1), ReceivedAt: s.h.at, Raw: prepared,
			Mail: parse.Message(raw, parse.Options{}),
		}}, s.h.at)
		must(s.t, err)
		ticket, err := app.store.TicketByID(ctx, in[0].TicketID)
		must(s.t, err)
		m, err := app.store.MessageByID(ctx, in[0].MessageID)
		must(s.t, err)
		_, err = app.desk.Reply(ctx, actor, tickets.ReplyRequest{
			Ref: in[0].TicketRef, To: []int64{m.PersonID}, AnswersID: in[0].MessageID, SeenVersion: ticket.Version,
			Body: fmt.Sprintf("Hello,\n\nThank you for question %d. The panel meets on Monday, and I will write to you after it.\n.\n..\n\nDean Foss", i),
		}, s.h.at)
		must(s.t, err)
	}
	s.t.Logf("%s %d letters and their acknowledgements wait", s.since(), letters)
}

// copyOf is what the database says of one copy.
type copyOf struct {
	id                     int64
	state, email, sha, why string
	purpose                string
}

// copies are all copies by their Message-ID.
func (o *outside) copies() map[string]copyOf {
	s := o.s
	s.t.Helper()
	db := s.sql()
	defer func() { _ = db.Close() }()
	rows, err := db.Query("select d.id, d.message_id, d.state, d.email, d.sha256, d.why, o.purpose from deliveries d join outgoings o on o.id = d.outgoing_id")
	must(s.t, err)
	defer func() { _ = rows.Close() }()
	out := map[string]copyOf{}
	for rows.Next() {
		var c copyOf
		var id string
		must(s.t, rows.Scan(&c.id, &id, &c.state, &c.email, &c.sha, &c.why, &c.purpose))
		out[id] = c
	}
	must(s.t, rows.Err())
	return out
}

// moving counts what is on its way or may still leave by itself.
func (o *outside) moving() (n int) {
	db := o.s.sql()
	defer func() { _ = db.Close() }()
	err := db.QueryRow("select count(*) from deliveries where state in ('queued', 'claimed', 'data_begun')").Scan(&n)
	if err != nil && o.s.dsn == "" {
		return -1 // a writer holds it for the moment
	}
	must(o.s.t, err)
	return n
}

// bury ages the claims of a program that was killed, as time would.
func (o *outside) bury(pid int) {
	if o.s.dsn == "" {
		return // a program that starts on SQLite knows that it is alone
	}
	db, err := sql.Open("pgx", o.s.dsn)
	must(o.s.t, err)
	defer func() { _ = db.Close() }()
	_, err = db.Exec("update deliveries set claimed_at = claimed_at - interval '1 hour' where state in ('claimed', 'data_begun') and claimed_by like $1",
		fmt.Sprintf("%%-%d-%%", pid))
	must(o.s.t, err)
}

// arrived reads every mailbox and gives the SHA-256 of what came, without what
// servers put on top, by Message-ID.
func (o *outside) arrived(addresses map[string]bool) map[string][]string {
	s := o.s
	s.t.Helper()
	out := map[string][]string{}
	for address := range addresses {
		c := s.h.dovecot.Client(s.t, address)
		_, err := c.Select("INBOX", nil).Wait()
		must(s.t, err)
		list, err := c.Fetch(imap.SeqSet{imap.SeqRange{Start: 1}}, &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{{Peek: true}}}).Collect()
		if err != nil && !strings.Contains(err.Error(), "No matching") && !strings.Contains(err.Error(), "Invalid messageset") {
			s.t.Fatalf("%s: %v", address, err)
		}
		for _, m := range list {
			raw := untraced(m.BodySection[0].Bytes)
			sum := sha256.Sum256(raw)
			id := idOf(raw)
			out[id] = append(out[id], hex.EncodeToString(sum[:]))
		}
		must(s.t, c.Logout().Wait())
	}
	return out
}

// untraced drops the fields that servers have put before the letter.
func untraced(raw []byte) []byte {
	for len(raw) > 0 {
		name, _, _ := bytes.Cut(raw, []byte(":"))
		switch strings.ToLower(string(name)) {
		case "return-path", "delivered-to", "received", "x-original-to":
		default:
			return raw
		}
		for first := true; len(raw) > 0 && (first || raw[0] == ' ' || raw[0] == '\t'); first = false {
			_, raw, _ = bytes.Cut(raw, []byte("\n"))
		}
	}
	return raw
}

func idOf(raw []byte) string {
	head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	for line := range strings.Lines(string(head)) {
		if strings.HasPrefix(strings.ToLower(line), "message-id:") {
			return strings.Trim(strings.TrimSpace(line[len("message-id:"):]), "<>")
		}
	}
	return "none"
}

// count compares what the database says with what arrived: nothing twice, nothing
// lost, nothing that nobody wrote, and whatever is in doubt is called so.
func (o *outside) count() map[string]int {
	s := o.s
	s.t.Helper()
	all := o.copies()
	addresses := map[string]bool{}
	sent := 0
	for _, c := range all {
		addresses[c.email] = true
		if c.state == "accepted" {
			sent++
		}
	}
	var got map[string][]string
	for end := time.Now().Add(2 * time.Minute); ; { // Postfix hands over what it took
		got = o.arrived(addresses)
		have := 0
		for id, sums := range got {
			if all[id].state == "accepted" && len(sums) > 0 {
				have++
			}
		}
		if have == sent || time.Now().After(end) {
			break
		}
		<-time.After(2 * time.Second)
	}
	sums := map[string]int{}
	for id, c := range all {
		came := got[id]
		sums[c.state]++
		if c.state == "uncertain" && len(came) > 0 {
			sums["uncertain, and it came"]++
		}
		switch {
		case len(came) > 1:
			s.t.Errorf("delivery %d (%s, %s) came %d times", c.id, c.purpose, c.state, len(came))
		case c.state == "accepted" && len(came) == 0:
			s.t.Errorf("delivery %d (%s) was accepted and never came", c.id, c.purpose)
		case len(came) == 1 && c.state != "accepted" && c.state != "uncertain":
			s.t.Errorf("delivery %d (%s) came and is %s: %s", c.id, c.purpose, c.state, c.why)
		case len(came) == 1 && came[0] != c.sha:
			s.t.Errorf("delivery %d: other bytes came than were cleared", c.id)
		}
		if c.state != "accepted" && c.state != "uncertain" {
			s.t.Errorf("delivery %d (%s) is %s: %s", c.id, c.purpose, c.state, c.why)
		}
	}
	for id, came := range got {
		if _, ok := all[id]; !ok && id != "none" {
			s.t.Errorf("%d letters came that nobody wrote: %s", len(came), id)
		}
	}
	return sums
}
