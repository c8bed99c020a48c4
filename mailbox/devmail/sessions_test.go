package devmail_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/google/go-cmp/cmp"

	"hearback/mailbox/devmail"
)

// Two sessions on one mailbox: each sees what the other does, with the right
// sequence numbers, and COPYUID tells where messages went.
func TestTwoSessions(t *testing.T) {
	s := open(t, t.TempDir(), options())
	for i := 1; i <= 6; i++ {
		deliver(t, s, sen, letter(i))
	}
	addr := listenIMAP(t, s)
	a := signIn(t, addr, sen, nil)
	w := dialWire(t, addr)
	w.until("* OK")
	w.command(`LOGIN ` + sen + ` demo`)
	w.command("SELECT INBOX")
	selectBox(t, a, "INBOX")

	must(t, a.Store(imap.UIDSetNum(2), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagFlagged}}, nil).Close())
	if got := w.command("NOOP"); !strings.Contains(got, `* 2 FETCH (UID 2 FLAGS (\Flagged))`) {
		t.Errorf("flags of another session: %q", got)
	}

	copied, err := a.Copy(imap.UIDSetNum(1, 3, 99), "Archive").Wait()
	must(t, err)
	if copied.SourceUIDs.String() != "1,3" || copied.DestUIDs.String() != "1:2" {
		t.Errorf("COPYUID %v -> %v", copied.SourceUIDs, copied.DestUIDs)
	}
	moved, err := a.Move(imap.UIDSetNum(3, 5), "Archive").Wait()
	must(t, err)
	if moved.SourceUIDs.(imap.UIDSet).String() != "3,5" || moved.DestUIDs.(imap.UIDSet).String() != "3:4" {
		t.Errorf("MOVE COPYUID %v -> %v", moved.SourceUIDs, moved.DestUIDs)
	}
	if n := a.Mailbox().NumMessages; n != 4 {
		t.Errorf("after MOVE the mover counts %d messages, want 4", n)
	}
	// The other session has not been told yet: sequence number 6 is still UID 6
	// to it, and a sequence FETCH must not tell it either.
	if got := w.command("FETCH 6 (UID)"); !strings.Contains(got, "* 6 FETCH (UID 6)") || strings.Contains(got, "EXPUNGE") {
		t.Errorf("stale view: %q", got)
	}
	if got := w.command("FETCH 3 (UID)"); strings.Contains(got, "* 3 FETCH") {
		t.Errorf("a moved message was fetched: %q", got)
	}
	if got := w.command("NOOP"); !strings.Contains(got, "* 3 EXPUNGE\r\n* 4 EXPUNGE\r\n") {
		t.Errorf("expunges: %q", got)
	}
	if got := w.command("FETCH 1:* (UID)"); !strings.Contains(got, "* 4 FETCH (UID 6)") || strings.Contains(got, "* 5 ") {
		t.Errorf("after the expunges: %q", got)
	}

	// UID EXPUNGE leaves what it does not name.
	must(t, a.Store(imap.UIDSetNum(1, 2), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close())
	seqs, err := a.UIDExpunge(imap.UIDSetNum(2)).Collect()
	must(t, err)
	if d := cmp.Diff([]uint32{2}, seqs); d != "" {
		t.Error(d)
	}
	seqs, err = a.Expunge().Collect()
	must(t, err)
	if d := cmp.Diff([]uint32{1}, seqs); d != "" {
		t.Error(d)
	}
	if got := w.command("NOOP"); !strings.Contains(got, "* 2 EXPUNGE\r\n") || !strings.Contains(got, "* 1 EXPUNGE\r\n") {
		t.Errorf("expunges: %q", got)
	}
	var left []uint32
	for _, m := range s.Messages(sen, "") {
		left = append(left, m.UID)
	}
	if d := cmp.Diff([]uint32{4, 6}, left); d != "" {
		t.Error(d)
	}
	if n := len(s.Messages(sen, "Archive")); n != 4 {
		t.Errorf("%d in Archive, want 4", n)
	}
	if _, err := a.Move(imap.UIDSetNum(4), "Nowhere").Wait(); !isCode(err, imap.ResponseCodeTryCreate) {
		t.Errorf("MOVE to nowhere: %v", err)
	}
	if data, err := a.Copy(imap.UIDSetNum(77), "Archive").Wait(); err != nil || len(data.SourceUIDs) != 0 {
		t.Errorf("COPY of nothing: %+v %v", data, err)
	}
}

func isCode(err error, code imap.ResponseCode) bool {
	var e *imap.Error
	return errors.As(err, &e) && e.Code == code
}

func TestExamineChangesNothing(t *testing.T) {
	s := open(t, t.TempDir(), options())
	deliver(t, s, sen, letter(1))
	c := signIn(t, listenIMAP(t, s), sen, nil)
	_, err := c.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait()
	must(t, err)
	if _, err := c.Fetch(everything(), &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{{}}}).Collect(); err != nil {
		t.Fatal(err)
	}
	if err := c.Store(imap.UIDSetNum(1), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close(); err == nil {
		t.Error("STORE was accepted")
	}
	if _, err := c.Move(imap.UIDSetNum(1), "Archive").Wait(); err == nil {
		t.Error("MOVE was accepted")
	}
	must(t, c.UnselectAndExpunge().Wait())
	if got := s.Messages(sen, ""); len(got) != 1 || len(got[0].Flags) != 0 {
		t.Errorf("messages: %+v", got)
	}
}

func TestIdlePush(t *testing.T) {
	s := open(t, t.TempDir(), options())
	told := make(chan uint32, 16)
	gone := make(chan uint32, 16)
	c := signIn(t, listenIMAP(t, s), sen, &imapclient.Options{UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Mailbox: func(d *imapclient.UnilateralDataMailbox) {
			if d.NumMessages != nil {
				told <- *d.NumMessages
			}
		},
		Expunge: func(n uint32) { gone <- n },
	}})
	selectBox(t, c, "INBOX")
	// Mail that comes between SELECT and IDLE is pushed when IDLE begins.
	deliver(t, s, sen, letter(1))
	idle, err := c.Idle()
	must(t, err)
	ctx := soon(t)
	for n := uint32(1); n <= 4; n++ {
		select {
		case got := <-told:
			if got != n {
				t.Fatalf("EXISTS %d, want %d", got, n)
			}
		case <-ctx.Done():
			t.Fatalf("no push of message %d", n)
		}
		if n < 4 {
			deliver(t, s, sen, letter(int(n)+1))
		}
	}
	other := signIn(t, listenIMAP(t, s), sen, nil)
	selectBox(t, other, "INBOX")
	_, err = other.Move(imap.UIDSetNum(2), "Junk").Wait()
	must(t, err)
	select {
	case n := <-gone:
		if n != 2 {
			t.Errorf("EXPUNGE %d, want 2", n)
		}
	case <-ctx.Done():
		t.Fatal("no push of the expunge")
	}
	must(t, idle.Close())
	must(t, idle.Wait())
}

// Deliveries go on while a client reads slowly, and it gets every message of
// its own view whole.
func TestDeliverDuringFetch(t *testing.T) {
	s := open(t, t.TempDir(), options())
	const before, during = 300, 200
	for i := range before {
		deliver(t, s, sen, letter(i))
	}
	c := signIn(t, listenIMAP(t, s), sen, nil)
	selectBox(t, c, "INBOX")
	section := &imap.FetchItemBodySection{Peek: true}
	cmd := c.Fetch(everything(), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}})
	seen := 0
	for msg := cmd.Next(); msg != nil; msg = cmd.Next() {
		for item := msg.Next(); item != nil; item = msg.Next() {
			if b, ok := item.(imapclient.FetchItemDataBodySection); ok {
				raw, err := io.ReadAll(b.Literal)
				must(t, err)
				if string(raw) != letter(seen) {
					t.Fatalf("message %d: %q", seen, raw)
				}
				seen++
			}
		}
		if seen == 1 { // the server is in the middle of its answer
			errs := make(chan error, 4)
			for g := range 4 {
				go func() {
					for i := range during / 4 {
						if _, err := s.Deliver(t.Context(), sen, []byte(letter(1000+g*during+i)), noon(), ""); err != nil {
							errs <- err
							return
						}
					}
					errs <- nil
				}()
			}
			for range 4 {
				must(t, <-errs)
			}
		}
	}
	must(t, cmd.Close())
	if seen != before {
		t.Errorf("%d messages, want %d", seen, before)
	}
	must(t, c.Noop().Wait())
	if n := c.Mailbox().NumMessages; n != before+during {
		t.Errorf("EXISTS %d, want %d", n, before+during)
	}
	if got := bodies(t, c, everything()); len(got) != before+during {
		t.Errorf("fetched %d, want %d", len(got), before+during)
	}
}

func TestLargeMailbox(t *testing.T) {
	s := open(t, t.TempDir(), options())
	const n = 2000
	for i := 1; i <= n; i++ {
		deliver(t, s, sen, letter(i))
	}
	c := signIn(t, listenIMAP(t, s), sen, nil)
	if data := selectBox(t, c, "INBOX"); data.NumMessages != n || data.UIDNext != n+1 {
		t.Fatalf("SELECT %+v", data)
	}
	data, err := c.UIDSearch(&imap.SearchCriteria{}, nil).Wait()
	must(t, err)
	if len(data.AllUIDs()) != n {
		t.Errorf("SEARCH found %d", len(data.AllUIDs()))
	}
	got := bodies(t, c, everything())
	for i := 1; i <= n; i++ {
		if string(got[imap.UID(i)]) != letter(i) {
			t.Fatalf("UID %d: %q", i, got[imap.UID(i)])
		}
	}
	_, err = c.Move(imap.UIDSet{{Start: 2, Stop: n - 1}}, "Archive").Wait()
	must(t, err)
	if a, b := len(s.Messages(sen, "")), len(s.Messages(sen, "Archive")); a != 2 || b != n-2 {
		t.Errorf("INBOX %d, Archive %d", a, b)
	}
	if n := c.Mailbox().NumMessages; n != 2 {
		t.Errorf("the client counts %d", n)
	}
}

func TestHideCaps(t *testing.T) {
	opts := options()
	opts.HideCaps = []string{"MOVE", "esearch", "IMAP4rev1"}
	s := open(t, t.TempDir(), opts)
	c := signIn(t, listenIMAP(t, s), sen, nil)
	caps := c.Caps()
	if caps.Has(imap.CapMove) || caps.Has(imap.CapESearch) || !caps.Has(imap.CapIMAP4rev1) || !caps.Has(imap.CapUIDPlus) {
		t.Errorf("capabilities: %v", caps)
	}
}

func TestResetUIDValidity(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, options())
	for i := 1; i <= 3; i++ {
		deliver(t, s, sen, letter(i))
	}
	addr := listenIMAP(t, s)
	c := signIn(t, addr, sen, nil)
	before := selectBox(t, c, "INBOX")
	_, err := c.Move(imap.UIDSetNum(1), "Trash").Wait()
	must(t, err)
	must(t, s.ResetUIDValidity(sen, "INBOX"))
	select {
	case <-c.Closed():
	case <-soon(t).Done():
		t.Fatal("the session was not ended")
	}
	check := func(s *devmail.Server) {
		t.Helper()
		c := signIn(t, listenIMAP(t, s), sen, nil)
		after := selectBox(t, c, "INBOX")
		if after.UIDValidity <= before.UIDValidity || after.UIDNext != 3 {
			t.Errorf("UIDVALIDITY %d after %d, UIDNEXT %d", after.UIDValidity, before.UIDValidity, after.UIDNext)
		}
		got := bodies(t, c, everything())
		if string(got[1]) != letter(2) || string(got[2]) != letter(3) || len(got) != 2 {
			t.Errorf("messages: %q", fmt.Sprint(got))
		}
	}
	check(s)
	must(t, s.Close())
	check(open(t, dir, options()))
}

func TestMailboxDeletedUnderSession(t *testing.T) {
	s := open(t, t.TempDir(), options())
	addr := listenIMAP(t, s)
	a, b := signIn(t, addr, sen, nil), signIn(t, addr, sen, nil)
	must(t, a.Create("Work", nil).Wait())
	appendTo(t, a, "Work", []byte(letter(1)), nil)
	first := selectBox(t, b, "Work")
	must(t, a.Delete("Work").Wait())
	select {
	case <-b.Closed():
	case <-soon(t).Done():
		t.Fatal("the session was not ended")
	}
	must(t, a.Create("Work", nil).Wait())
	if again := selectBox(t, a, "Work"); again.UIDValidity == first.UIDValidity || again.NumMessages != 0 {
		t.Errorf("the new mailbox has UIDVALIDITY %d and %d messages", again.UIDValidity, again.NumMessages)
	}
	cmd := a.Append("Gone", 1, nil)
	_, _ = cmd.Write([]byte("x"))
	_ = cmd.Close()
	if _, err := cmd.Wait(); !isCode(err, imap.ResponseCodeTryCreate) {
		t.Errorf("APPEND to nowhere: %v", err)
	}
	if fmt.Sprint(s.Messages(sen, "Gone")) != "[]" {
		t.Error("the mailbox exists")
	}
}
