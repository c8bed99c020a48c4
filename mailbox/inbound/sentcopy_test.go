package inbound_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"hearback/mailbox/devmail/misbehave"
	"hearback/mailbox/inbound"
	"hearback/mailbox/mailtest"
	"hearback/tickets"
)

// newSender is a correspondence whose letters left as these bytes.
func newSender(t *testing.T) (*correspondence, answeredLetter) {
	t.Helper()
	c := newCorrespondence(t)
	c.bytes = func(d tickets.Delivery) []byte {
		return fmt.Appendf(nil, "From: \"Westmarsh Council\" <%s>\r\nTo: <%s>\r\nReply-To: <sen+%s@westmarsh.example>\r\nSubject: Your question\r\nMessage-ID: <%s>\r\nDate: Tue, 24 Nov 2026 10:11:00 +0000\r\n\r\nIt is in December.%s\r\n",
			team, d.Email, d.Token, d.MessageID, strings.Repeat("\r\nAnd more.", 20))
	}
	l := c.answer()
	return c, l
}

func (c *correspondence) filer(addr, folder string, change ...func(*inbound.Account)) *inbound.Filer {
	c.t.Helper()
	a := inbound.Account{
		Mailbox: c.box, Addr: addr, Security: inbound.None, Username: team, Limit: inbound.NewConnections(1),
		Password: func() (string, error) { return mailtest.Password, nil },
	}
	for _, f := range change {
		f(&a)
	}
	return inbound.NewFiler(a, folder, inbound.FilerDeps{
		Store: c.db, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Deadlines: limits(),
		Now: func(context.Context) (time.Time, error) { return c.now, nil },
	})
}

// files runs the filer and wants n copies settled.
func (c *correspondence) files(f *inbound.Filer, n int) {
	c.t.Helper()
	got, err := f.Once(c.ctx)
	if err != nil || got != n || f.Problem() != "" {
		c.t.Fatalf("settled %d, want %d: %v %q", got, n, err, f.Problem())
	}
}

// cannot runs the filer and wants an error that says so.
func (c *correspondence) cannot(f *inbound.Filer, words string) {
	c.t.Helper()
	_, err := f.Once(c.ctx)
	if err == nil || !strings.Contains(f.Problem(), words) {
		c.t.Fatalf("%v, %q; want %q", err, f.Problem(), words)
	}
}

func (c *correspondence) figures() (waiting, lost int) {
	c.t.Helper()
	waiting, lost, err := c.db.SentCopyFigures(c.ctx, c.box.ID, c.now.AddDate(0, 0, -7))
	c.must(err)
	return waiting, lost
}

// sentByThen: the acknowledgement and the two copies of the answer.
const sentByThen = 3

func TestSentCopies(t *testing.T) {
	leaks(t)
	post := newPost(t)
	c, l := newSender(t)
	f := c.filer(post.addr, "")
	c.now = c.now.Add(-time.Second)
	c.files(f, 0) // the server may put one there itself
	c.now = c.now.Add(tickets.SentCopyDelay + time.Second)
	c.files(f, sentByThen)
	c.files(f, 0)
	list := post.Messages(team, "Sent")
	if len(list) != sentByThen {
		t.Fatalf("%d copies", len(list))
	}
	found := 0
	for _, m := range list {
		raw, err := post.Raw(team, "Sent", m.UID)
		c.must(err)
		if !slices.Contains(m.Flags, "\\Seen") {
			t.Errorf("flags %v", m.Flags)
		}
		for _, d := range []tickets.Delivery{l.asked, l.other} {
			if bytes.Equal(raw, c.bytes(d)) {
				found++
				if at := c.now.Add(-tickets.SentCopyDelay); !m.InternalDate.Equal(at) {
					t.Errorf("dated %s, sent %s", m.InternalDate, at)
				}
			}
		}
	}
	if found != 2 {
		t.Errorf("%d of 2 copies have the bytes that were sent", found)
	}
	// They come back when Sent is read: known, no enquiry, no second message.
	before := c.messages()
	p := c.poller(post.addr, folder("Sent", tickets.FolderSent), func(a *inbound.Account, _ *inbound.Deps) { a.FirstDays = 3650 })
	c.looked(p)
	ours := 0
	for _, e := range c.ledger() {
		if e.Folder == "Sent" && e.Fate == tickets.FateSuppressed && strings.Contains(e.Reason, "our own letter's copy") {
			ours++
		}
	}
	if ours != sentByThen || c.messages() != before {
		t.Errorf("%d of %d are known as ours, %d messages more", ours, sentByThen, c.messages()-before)
	}
}

func TestSentCopiesWithDovecot(t *testing.T) {
	leaks(t)
	dovecot := mailtest.SharedDovecot(t)
	user := dovecot.User()
	c, l := newSender(t)
	over := func(a *inbound.Account) { a.Security, a.TLS, a.Username = inbound.TLS, dovecot.TLSConfig(), user }
	c.now = c.now.Add(time.Minute)
	c.files(c.filer(dovecot.AddrTLS(), "", over), sentByThen) // by \Sent
	again := c.answer()
	c.now = c.now.Add(time.Minute)
	dovecot.Append(t, user, "Sent", c.bytes(again.asked), time.Time{}) // it keeps one by itself
	c.files(c.filer(dovecot.AddrTLS(), "Sent", over), sentByThen)
	client := dovecot.Client(t, user)
	if _, err := client.Select("Sent", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	for _, x := range []answeredLetter{l, again} {
		for _, d := range []tickets.Delivery{x.asked, x.other} {
			found, err := client.UIDSearch(&imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: "Message-ID", Value: d.MessageID}}}, nil).Wait()
			c.must(err)
			if n := len(found.AllUIDs()); n != 1 {
				t.Errorf("%d copies of one letter", n)
			}
		}
	}
	c.now = c.now.Add(8 * 24 * time.Hour)
	if waiting, lost := c.figures(); waiting != 0 || lost != 0 {
		t.Errorf("%d wait, %d lost", waiting, lost)
	}
}

// The connection breaks at each place of an APPEND: the copy is there once in the end
// and the letter is not touched.
func TestSentCopyWhenTheConnectionBreaks(t *testing.T) {
	for name, rule := range map[string]misbehave.ProxyRule{
		"before the command":      {From: misbehave.FromClient, Pattern: regexp.MustCompile(`APPEND`), Nth: 1, Before: true, Do: misbehave.Drop},
		"in the middle":           {From: misbehave.FromClient, Pattern: regexp.MustCompile(`APPEND`), Nth: 1, After: 200, Do: misbehave.Drop},
		"the answer is lost":      {From: misbehave.FromServer, Pattern: regexp.MustCompile(`APPENDUID`), Nth: 1, Before: true, Do: misbehave.Reset},
		"at the look for a copy":  {From: misbehave.FromClient, Pattern: regexp.MustCompile(`SEARCH`), Nth: 1, Before: true, Do: misbehave.Drop},
		"at the answer to signin": {From: misbehave.FromServer, Pattern: regexp.MustCompile(`OK .*(LOGIN|Logged)`), Nth: 1, Before: true, Do: misbehave.Drop},
	} {
		t.Run(name, func(t *testing.T) {
			leaks(t)
			post := newPost(t)
			post.proxy.SetRules(rule)
			c, l := newSender(t)
			f := c.filer(post.proxy.Addr(), "Sent")
			c.now = c.now.Add(time.Minute)
			if _, err := f.Once(c.ctx); err == nil || f.Problem() == "" {
				t.Fatalf("nothing broke: %v %q", err, f.Problem())
			}
			for range 3 {
				c.now = c.now.Add(time.Hour)
				if _, err := f.Once(c.ctx); err != nil {
					t.Fatal(err)
				}
			}
			if n := len(post.Messages(team, "Sent")); n != sentByThen {
				t.Errorf("%d copies, want %d", n, sentByThen)
			}
			if waiting, lost := c.figures(); waiting != 0 || lost != 0 || f.Problem() != "" {
				t.Errorf("%d wait, %d lost, %q", waiting, lost, f.Problem())
			}
			o, err := c.db.OutgoingByID(c.ctx, l.outgoingID)
			c.must(err)
			for _, d := range o.Deliveries {
				if d.State != tickets.Accepted || d.Attempts != 1 {
					t.Errorf("the letter was touched: %+v", d)
				}
			}
		})
	}
}

// What the server says to APPEND is said to people, tried again, and given up after a
// week; never is a folder made.
func TestSentCopyRefused(t *testing.T) {
	for name, tc := range map[string]struct{ answer, words string }{
		"no reason":           {"TAG NO not today\r\n", "refused a copy"},
		"over quota":          {"TAG NO [OVERQUOTA] full\r\n", "The mailbox is full"},
		"the folder has gone": {"TAG NO [TRYCREATE] no such mailbox\r\n", "not on the mail server any more"},
		"no right to":         {"TAG NO [NOPERM] no\r\n", "We may not put mail"},
		"drops":               {"DROP", "broke off"},
	} {
		t.Run(name, func(t *testing.T) {
			leaks(t)
			server := newScripted(t, func() script {
				return append(ordinary(0, 1, 1), script{
					{`^UID SEARCH`, says("* SEARCH\r\n")},
					{`^APPEND`, says(tc.answer)},
				}...)
			})
			c, l := newSender(t)
			f := c.filer(server.addr(), "Sent")
			c.now = c.now.Add(time.Minute)
			c.cannot(f, tc.words)
			if waiting, lost := c.figures(); waiting == 0 || lost != 0 {
				t.Errorf("%d wait, %d lost", waiting, lost)
			}
			for range sentByThen {
				_, _ = f.Once(c.ctx)
			}
			if n, err := f.Once(c.ctx); n != 0 || err != nil || server.count(`^APPEND`) != sentByThen {
				t.Errorf("it does not wait before it tries again: %d, %v, %d tries", n, err, server.count(`^APPEND`))
			}
			c.now = c.now.Add(8 * 24 * time.Hour)
			for range sentByThen {
				_, _ = f.Once(c.ctx)
			}
			if _, lost := c.figures(); lost != sentByThen {
				t.Errorf("%d given up after a week, want %d", lost, sentByThen)
			}
			if n := server.count(`^CREATE`); n != 0 {
				t.Error("a folder was made")
			}
			o, err := c.db.OutgoingByID(c.ctx, l.outgoingID)
			c.must(err)
			if d := o.Deliveries[0]; d.State != tickets.Accepted {
				t.Errorf("the letter was touched: %+v", d)
			}
		})
	}
}

func TestSentCopyWithoutAFolder(t *testing.T) {
	leaks(t)
	post := newPost(t)
	c, _ := newSender(t)
	f := c.filer(post.addr, "Sent Items")
	c.now = c.now.Add(time.Minute)
	c.cannot(f, "Sent")
	if n := len(post.Messages(team, "Sent Items")); n != 0 {
		t.Error("the folder was made")
	}
	c.files(c.filer(post.addr, "Sent"), sentByThen) // it was not counted as tried
}

// Letters that left before their bytes were kept have none to file.
func TestSentCopyWithoutBytes(t *testing.T) {
	leaks(t)
	post := newPost(t)
	c := newCorrespondence(t)
	c.answer()
	c.now = c.now.Add(time.Minute)
	c.files(c.filer(post.addr, "Sent"), sentByThen)
	if _, lost := c.figures(); lost != sentByThen || len(post.Messages(team, "Sent")) != 0 {
		t.Errorf("%d given up", lost)
	}
}
