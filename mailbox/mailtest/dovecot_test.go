package mailtest

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

// fetched is a mail as a client sees it.
type fetched struct {
	UID      imap.UID
	Raw      string
	Received time.Time
}

func fetchAll(t *testing.T, c *imapclient.Client, folder string) []fetched {
	t.Helper()
	selected, err := c.Select(folder, &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil {
		t.Fatal(err)
	}
	if selected.NumMessages == 0 {
		return nil
	}
	all := imap.UIDSet{imap.UIDRange{Start: 1, Stop: 0}}
	messages, err := c.Fetch(all, &imap.FetchOptions{
		UID: true, InternalDate: true, BodySection: []*imap.FetchItemBodySection{{Peek: true}},
	}).Collect()
	if err != nil {
		t.Fatal(err)
	}
	var out []fetched
	for _, m := range messages {
		out = append(out, fetched{UID: m.UID, Raw: string(m.BodySection[0].Bytes), Received: m.InternalDate.UTC()})
	}
	return out
}

// Seeded mail comes back byte for byte, in order, with its time.
func TestDovecotSeed(t *testing.T) {
	s := SharedDovecot(t)
	options := lifelike()
	options.Duplicates = 0
	mails := GenerateAll(11, 120, options)
	user := s.User()
	s.Seed(t, user, "INBOX", mails[:50])
	s.Seed(t, user, "INBOX", mails[50:])
	s.SeedMaildir(t, user, "Old mail/2025", [][]byte{mails[0].Raw})
	var want []fetched
	for i, m := range mails {
		want = append(want, fetched{UID: imap.UID(i + 1), Raw: string(m.Raw), Received: m.Received.UTC()})
	}
	c := s.Client(t, user)
	if diff := cmp.Diff(want, fetchAll(t, c, "INBOX")); diff != "" {
		t.Errorf("INBOX:\n%s", diff)
	}
	if got := fetchAll(t, c, "Old mail/2025"); len(got) != 1 || got[0].Raw != string(mails[0].Raw) {
		t.Errorf("other folder: %d mails", len(got))
	}
}

func TestDovecotAppendAndDeliver(t *testing.T) {
	s := SharedDovecot(t)
	user := s.User()
	received := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	raw := []byte("Subject: one\r\n\r\nbody\r\n")
	if uid := s.Append(t, user, "INBOX", raw, received); uid != 1 {
		t.Errorf("UID %d, want 1", uid)
	}
	for range 2 { // the folder is made once
		s.Append(t, user, "Archive/2026", raw, time.Time{})
	}
	s.Deliver(t, "parent@homemail.example", user, raw, []byte("Subject: two\r\n\r\n.dot\r\n"))
	got := fetchAll(t, s.Client(t, user), "INBOX")
	if len(got) != 3 || got[0].Raw != string(raw) || !got[0].Received.Equal(received) {
		t.Fatalf("got %+v", got)
	}
	const delivered = "Return-Path: <parent@homemail.example>"
	if g := got[2].Raw; g[:len(delivered)] != delivered || g[len(g)-len(".dot\r\n"):] != ".dot\r\n" {
		t.Errorf("delivered mail: %q", g)
	}
	if got := fetchAll(t, s.Client(t, user), "Archive/2026"); len(got) != 2 {
		t.Errorf("%d mails in the other folder, want 2", len(got))
	}
	if other := fetchAll(t, s.Client(t, s.User()), "INBOX"); len(other) != 0 {
		t.Errorf("another user sees %d mails", len(other))
	}
}

func TestDovecotResetUIDValidity(t *testing.T) {
	s := SharedDovecot(t)
	user := s.User()
	for i := range 3 {
		s.Append(t, user, "INBOX", fmt.Appendf(nil, "Subject: %d\r\n\r\n", i), time.Time{})
	}
	before := s.uidValidity(t, user, "INBOX")
	s.ResetUIDValidity(t, user, "INBOX")
	middle := s.uidValidity(t, user, "INBOX")
	s.ResetUIDValidity(t, user, "INBOX")
	after := s.uidValidity(t, user, "INBOX")
	if before == middle || middle == after || after == before {
		t.Errorf("UIDVALIDITY %d, %d, %d: want three different", before, middle, after)
	}
	if got := fetchAll(t, s.Client(t, user), "INBOX"); len(got) != 3 {
		t.Errorf("%d mails left, want 3", len(got))
	}
}

// All ways in work, and a wrong password does not.
func TestDovecotSignIn(t *testing.T) {
	s := SharedDovecot(t)
	user := s.User()
	options := func() *imapclient.Options { return &imapclient.Options{TLSConfig: s.TLSConfig()} }
	starttls, err := imapclient.DialStartTLS(s.Addr(), options())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = starttls.Close() }()
	if err := starttls.Login(user, "wrong").Wait(); err == nil {
		t.Error("a wrong password is accepted")
	}
	if err := starttls.Login(user, Password).Wait(); err != nil {
		t.Errorf("STARTTLS: %v", err)
	}
	clear, err := imapclient.DialInsecure(s.Addr(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = clear.Close() }()
	if err := clear.Login(user, Password).Wait(); err != nil {
		t.Errorf("clear text: %v", err)
	}
	stranger := NewCertificate(t)
	if c, err := imapclient.DialTLS(s.AddrTLS(), &imapclient.Options{TLSConfig: stranger.ClientTLS()}); err == nil {
		_ = c.Close()
		t.Error("a client that does not trust the certificate connects")
	}
	if got := s.Client(t, user).Caps(); !got.Has(imap.CapIdle) || !got.Has(imap.CapCondStore) {
		t.Errorf("capabilities: %v", got)
	}
}

// The server can be frozen, killed and started again, and keeps its mail and UIDs.
func TestDovecotKillStopRestart(t *testing.T) {
	defer goleak.VerifyNone(t)
	t.Run("server", func(t *testing.T) {
		s := Dovecot(t, WithoutCapabilities("IDLE", "CONDSTORE", "ESEARCH", "LITERAL+"), WithFsync(),
			WithDovecotConfig("mail_debug = no"))
		const user = "team@northshire.example"
		s.Append(t, user, "INBOX", []byte("Subject: kept\r\n\r\n"), time.Time{})
		c := s.Client(t, user)
		if caps := c.Caps(); caps.Has(imap.CapIdle) || caps.Has(imap.CapCondStore) || caps.Has(imap.CapESearch) || !caps.Has(imap.CapUIDPlus) {
			t.Errorf("capabilities: %v", caps)
		}
		validity := s.uidValidity(t, user, "INBOX")

		s.Stop(t)
		awaitState(t, s, "T") // stopped by a signal
		s.Cont(t)
		if err := c.Noop().Wait(); err != nil {
			t.Errorf("after Cont: %v", err)
		}

		s.Stop(t)
		s.Kill(t)
		<-c.Closed()
		s.Restart(t)
		if got := fetchAll(t, s.Client(t, user), "INBOX"); len(got) != 1 || got[0].UID != 1 {
			t.Errorf("after a restart: %+v", got)
		}
		if got := s.uidValidity(t, user, "INBOX"); got != validity {
			t.Errorf("UIDVALIDITY %d after a restart, %d before", got, validity)
		}
		s.Restart(t) // also while it runs
		s.Client(t, user)
	})
}

// awaitState waits until the kernel reports the state for the server's master.
func awaitState(t *testing.T, s *DovecotServer, want string) {
	t.Helper()
	status := fmt.Sprintf("/proc/%d/status", s.place.PID())
	giveUp := time.Now().Add(hangGuard)
	for time.Now().Before(giveUp) {
		b, err := os.ReadFile(status)
		if err != nil {
			t.Skipf("the kernel does not say how a process is: %v", err)
		}
		if _, after, _ := strings.Cut(string(b), "State:"); strings.HasPrefix(strings.TrimSpace(after), want) {
			return
		}
		runtime.Gosched()
	}
	t.Fatalf("the server did not reach state %s", want)
}
