package devmail_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/google/go-cmp/cmp"

	"hearback/mailbox/devmail"
	"hearback/tickets/fault"
)

func TestRestartKeepsEverything(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, options())
	for i := 1; i <= 5; i++ {
		deliver(t, s, sen, letter(i))
	}
	c := signIn(t, listenIMAP(t, s), sen, nil)
	selectBox(t, c, "INBOX")
	must(t, c.Store(imap.UIDSetNum(2), &imap.StoreFlags{Op: imap.StoreFlagsSet, Flags: []imap.Flag{imap.FlagSeen, "nlikely", "a+b.c=d"}}, nil).Close())
	must(t, c.Create("Case work/Äpfel", nil).Wait())
	// The highest UID goes away: it must not come back after the restart.
	_, err := c.Move(imap.UIDSetNum(4, 5), "Case work/Äpfel").Wait()
	must(t, err)
	must(t, c.Rename("Case work", "Cases", nil).Wait())
	before, msgs := s.Accounts(), s.Messages(sen, "")
	must(t, s.Close())

	s = open(t, dir, options())
	if d := cmp.Diff(before, s.Accounts()); d != "" {
		t.Errorf("accounts (-before +after):\n%s", d)
	}
	if d := cmp.Diff(msgs, s.Messages(sen, "INBOX")); d != "" {
		t.Errorf("messages (-before +after):\n%s", d)
	}
	if n := len(s.Messages(sen, "Cases/Äpfel")); n != 2 {
		t.Errorf("%d messages in the renamed folder", n)
	}
	if uid := deliver(t, s, sen, letter(9)); uid != 6 {
		t.Errorf("next UID %d, want 6", uid)
	}
	raw, err := s.Raw(sen, "Cases/Äpfel", 2)
	must(t, err)
	if string(raw) != letter(5) {
		t.Errorf("moved message: %q", raw)
	}
}

// What a crash or a power cut can leave behind: files in .tmp, a message whose
// bytes did not all reach the disk, a meta.json that is not whole, an account
// half made.
func TestCrashLeftovers(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, options())
	for i := 1; i <= 3; i++ {
		deliver(t, s, sen, letter(i))
	}
	deliver(t, s, parent, letter(4))
	validity := s.Accounts()[1].Folders[0].UIDValidity
	must(t, s.Close())

	inbox := filepath.Join(dir, sen, "INBOX")
	truncate := func(glob string, size int64) {
		t.Helper()
		found, err := filepath.Glob(filepath.Join(inbox, glob))
		must(t, err)
		if len(found) != 1 {
			t.Fatalf("%s: %v", glob, found)
		}
		must(t, os.Truncate(found[0], size))
	}
	truncate("0000000003.*", 17)
	must(t, os.WriteFile(filepath.Join(dir, ".tmp", "new-1"), []byte("half a mess"), 0o600))
	must(t, os.MkdirAll(filepath.Join(dir, ".tmp", "dir-1", "x"), 0o700))
	must(t, os.WriteFile(filepath.Join(inbox, "notes.txt"), []byte("not ours"), 0o600))
	must(t, os.MkdirAll(filepath.Join(dir, "half@family.example", "INBOX"), 0o700))
	must(t, os.WriteFile(filepath.Join(dir, parent, "INBOX", "meta.json"), []byte(`{"name":"INB`), 0o600))

	log := &panics{}
	opts := options()
	opts.Log = slog.New(log)
	s = open(t, dir, opts)
	var uids []uint32
	for _, m := range s.Messages(sen, "") {
		uids = append(uids, m.UID)
	}
	if d := cmp.Diff([]uint32{1, 2}, uids); d != "" {
		t.Errorf("UIDs (-want +got):\n%s", d)
	}
	if uid := deliver(t, s, sen, letter(5)); uid != 4 {
		t.Errorf("the UID of the damaged message was given again: %d", uid)
	}
	kept, err := filepath.Glob(filepath.Join(inbox, "*.damaged"))
	must(t, err)
	if len(kept) != 1 {
		t.Errorf("damaged files kept: %v", kept)
	}
	if left, err := os.ReadDir(filepath.Join(dir, ".tmp")); err != nil || len(left) != 0 {
		t.Errorf("left in .tmp: %v %v", left, err)
	}
	if len(log.all()) == 0 {
		t.Error("the repair was not logged")
	}
	// The parent's INBOX lost its UID state: the mail is there under another UIDVALIDITY.
	for _, a := range s.Accounts() {
		switch in := a.Folders[0]; a.Address {
		case parent:
			if in.Name != "INBOX" || in.Messages != 1 || in.UIDValidity <= validity {
				t.Errorf("rebuilt INBOX: %+v after %d", in, validity)
			}
		case "half@family.example":
			if len(a.Folders) != 6 {
				t.Errorf("the half-made account has %d folders", len(a.Folders))
			}
		}
	}
	if len(s.Accounts()) != 3 {
		t.Errorf("accounts: %v", s.Accounts())
	}
}

func TestOneServerADirectory(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, options())
	if _, err := devmail.Open(dir, options()); err == nil {
		t.Fatal("a second server opened the directory")
	}
	must(t, s.Close())
	must(t, s.Close())
	if _, err := s.Deliver(soon(t), sen, nil, noon(), ""); !fault.Is(err, fault.Temporary) {
		t.Errorf("Deliver after Close: %v", err)
	}
	if _, err := s.ListenIMAP("127.0.0.1:0"); err == nil {
		t.Error("a closed server listens")
	}
	open(t, dir, options())
}

func TestAddressesAreSafePaths(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, options())
	long := strings.Repeat("ü", 32) + "@" + strings.Repeat("long.", 40) + "example"
	other := strings.Repeat("ü", 32) + "@" + strings.Repeat("long.", 40) + "f.example"
	addresses := []string{
		"../../etc@council.example", "a/b@council.example", ".hidden@council.example", "..@council.example", "=2E@council.example",
		"quo ted@council.example", "zoë@council.example", "a@[127.0.0.1]", long, other, "UPPER@Council.Example",
	}
	for i, a := range addresses {
		deliver(t, s, a, letter(i))
	}
	check := func(s *devmail.Server) {
		t.Helper()
		if got := len(s.Accounts()); got != len(addresses) {
			t.Errorf("%d accounts, want %d", got, len(addresses))
		}
		for i, a := range addresses {
			raw, err := s.Raw(a, "", 1)
			if err != nil || string(raw) != letter(i) {
				t.Errorf("%q: %q %v", a, raw, err)
			}
		}
	}
	check(s)
	must(t, s.Close())
	entries, err := os.ReadDir(dir)
	must(t, err)
	if len(entries) != len(addresses)+2 { // .lock and .tmp
		t.Errorf("%d entries in the directory", len(entries))
	}
	outside, err := os.ReadDir(filepath.Dir(dir))
	must(t, err)
	for _, e := range outside {
		if e.Name() != filepath.Base(dir) {
			t.Errorf("something outside: %s", e.Name())
		}
	}
	check(open(t, dir, options()))
	for _, bad := range []string{"", "@", "a@", "@b", "no-at", "a\x00@b.example", "a@b\r\n.example", "\xff@b.example", strings.Repeat("x", 65) + "@b.example", "a@."} {
		s2 := open(t, t.TempDir(), options())
		if _, err := s2.Deliver(soon(t), bad, nil, noon(), ""); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestBulkDelivery(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, options())
	const n = 3000
	start := time.Now()
	for i := 1; i <= n; i++ {
		at := noon().Add(time.Duration(i) * time.Minute)
		if uid, err := s.Deliver(t.Context(), sen, []byte(letter(i)), at, ""); err != nil || uid != uint32(i) {
			t.Fatalf("message %d: UID %d, %v", i, uid, err)
		}
	}
	t.Logf("%d deliveries in %v", n, time.Since(start))
	must(t, s.Close())
	start = time.Now()
	s = open(t, dir, options())
	t.Logf("opened again in %v", time.Since(start))
	got := s.Messages(sen, "")
	if len(got) != n || !got[n-1].InternalDate.Equal(noon().Add(n*time.Minute)) {
		t.Errorf("%d messages, last %+v", len(got), got[len(got)-1])
	}
}

func TestSyncStore(t *testing.T) {
	dir := t.TempDir()
	opts := options()
	opts.Sync = true
	s := open(t, dir, opts)
	for i := 1; i <= 10; i++ {
		deliver(t, s, sen, letter(i))
	}
	must(t, s.Close())
	if got := len(open(t, dir, opts).Messages(sen, "")); got != 10 {
		t.Errorf("%d messages", got)
	}
}

func TestWait(t *testing.T) {
	s := open(t, t.TempDir(), options())
	done := make(chan error, 1)
	go func() { done <- s.Wait(t.Context(), sen, "", 20) }()
	for i := range 20 {
		deliver(t, s, sen, letter(i))
	}
	must(t, <-done)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { done <- s.Wait(ctx, sen, "", 21) }()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("Wait: %v", err)
	}
	go func() { done <- s.Wait(t.Context(), "never@council.example", "", 1) }()
	must(t, s.Close())
	if err := <-done; !fault.Is(err, fault.Temporary) {
		t.Errorf("Wait over Close: %v", err)
	}
	if len(s.Accounts()) != 1 {
		t.Errorf("Wait made an account: %v", s.Accounts())
	}
}

func TestLoopbackOnly(t *testing.T) {
	s := open(t, t.TempDir(), options())
	for _, addr := range []string{":0", "0.0.0.0:0", "[::]:0", "192.0.2.1:0", "example.com:0", "nonsense", ""} {
		if got, err := s.ListenIMAP(addr); !fault.Is(err, fault.Invalid) {
			t.Errorf("IMAP on %q: %s %v", addr, got, err)
		}
		if got, err := s.ListenSMTP(addr); !fault.Is(err, fault.Invalid) {
			t.Errorf("SMTP on %q: %s %v", addr, got, err)
		}
	}
	if addr, err := s.ListenIMAP("localhost:0"); err != nil || !strings.HasPrefix(addr, "127.0.0.1:") {
		t.Errorf("localhost: %s %v", addr, err)
	}
	if _, err := devmail.Open(t.TempDir(), devmail.Options{}); !fault.Is(err, fault.Invalid) {
		t.Errorf("no password: %v", err)
	}
	if _, err := s.ListenIMAPS("127.0.0.1:0"); !fault.Is(err, fault.Invalid) {
		t.Errorf("TLS without a certificate: %v", err)
	}
}
