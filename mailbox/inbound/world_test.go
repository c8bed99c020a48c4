package inbound_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hearback/mailbox/devmail"
	"hearback/mailbox/devmail/misbehave"
	"hearback/mailbox/inbound"
	"hearback/mailbox/mailtest"
	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/register"
	"hearback/tickets/store"
	"hearback/tickets/store/storetest"
)

// hangGuard ends a test that would hang; no test waits for it to pass.
const hangGuard = 60 * time.Second

const team = "sen@westmarsh.example"

// TestMain looks for goroutines that are left when all tests have ended, the
// parallel ones too.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// limits are deadlines that a healthy server on this machine keeps even while the
// race detector and others slow it down.
func limits() inbound.Deadlines {
	const long = hangGuard / 2
	return inbound.Deadlines{Dial: long, Login: long, Select: long, List: long, Fetch: long, Idle: long, Change: long}
}

// world is a council with a real store and a real desk.
type world struct {
	t    testing.TB
	ctx  context.Context
	db   *store.DB
	desk *tickets.Desk
	box  tickets.Mailbox
}

// prepared is a seeded database as a file. Making the tables takes longer than
// most tests here, so it is done once for all of them.
type prepared struct {
	file []byte
	box  tickets.Mailbox
}

var prepare = sync.OnceValue(func() (p prepared) {
	// The first test that asks pays for it; its cleanups must not take it away.
	dir, err := os.MkdirTemp("", "hearback-inbound")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	db, err := store.Open(context.Background(), store.Options{Engine: store.SQLite, Dir: dir, NoSync: true})
	if err != nil {
		panic(err)
	}
	p.box, err = seed(context.Background(), db, mailtest.Families(1, 20))
	if err := errors.Join(err, db.Close()); err != nil {
		panic(err)
	}
	if p.file, err = os.ReadFile(filepath.Join(dir, "hearback.db")); err != nil {
		panic(err)
	}
	return p
})

// newWorld is a world with twenty families and a store of its own.
func newWorld(t testing.TB) *world {
	t.Helper()
	p, dir := prepare(), t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "hearback.db"), p.file, 0o600); err != nil {
		t.Fatal(err)
	}
	return worldWith(t, storetest.Open(t, store.Options{Engine: store.SQLite, Dir: dir, NoSync: true}), p.box)
}

// worldOn is a world on a store that is empty.
func worldOn(t testing.TB, db *store.DB, families []mailtest.Family) *world {
	t.Helper()
	box, err := seed(context.Background(), db, families)
	if err != nil {
		t.Fatal(err)
	}
	return worldWith(t, db, box)
}

func worldWith(t testing.TB, db *store.DB, box tickets.Mailbox) *world {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), hangGuard)
	t.Cleanup(cancel)
	s := tickets.DefaultSettings()
	s.CouncilName, s.TeamPhone, s.EmergencyDuty, s.SENDIASSPhone = "Westmarsh Council", "01234 000100", "01234 000111", "01234 000222"
	s.BaseURL, s.Mode = "https://hearback.westmarsh.example", tickets.ModeSend
	s.GoLive = time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC)
	s.StaffDomains = []string{"westmarsh.example"}
	s.SentCopies = map[string]bool{"sen": true}
	s.AcksPerHour, s.AcksPerSender = 1<<30, 1<<30
	desk, err := tickets.NewDesk(tickets.Deps{
		Store: db, Outbox: db, Calendar: sla.DefaultCalendar(), Policies: sla.DefaultPolicies(), Settings: s, Random: rand.Reader,
	})
	if err != nil {
		t.Fatal(err)
	}
	return &world{t: t, ctx: ctx, db: db, desk: desk, box: box}
}

// seed puts a team, an officer, the mailbox and a case for each family.
func seed(ctx context.Context, db *store.DB, families []mailtest.Family) (box tickets.Mailbox, err error) {
	then := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	err = db.Write(ctx, func(tx tickets.Tx) error {
		t := register.Team{Name: "North team"}
		if err := tx.InsertTeam(ctx, &t); err != nil {
			return err
		}
		lead := register.Staff{
			Name: "Ola Reyes", Email: "ola@westmarsh.example", Mailbox: "ola@westmarsh.example", Role: string(access.RoleLead),
			TeamID: t.ID, Active: true, CreatedAt: then,
		}
		if err := tx.InsertStaff(ctx, &lead); err != nil {
			return err
		}
		t.LeadID = lead.ID
		box = tickets.Mailbox{Name: "sen", Address: team, TeamID: t.ID}
		if err := errors.Join(tx.UpdateTeam(ctx, &t), tx.UpsertMailbox(ctx, &box)); err != nil {
			return err
		}
		for i, f := range families {
			c := register.Case{
				Ref: fmt.Sprintf("WM-%05d", i+1), ChildName: f.Child + " " + f.Surname, TeamID: t.ID, OfficerID: lead.ID,
				FallbackID: lead.ID, Open: true, CreatedAt: then,
			}
			p := register.Person{Name: f.Name, Kind: register.KindParent, CreatedAt: then}
			if err := errors.Join(tx.InsertCase(ctx, &c), tx.InsertPerson(ctx, &p)); err != nil {
				return err
			}
			err := errors.Join(
				tx.InsertAddress(ctx, &register.Address{PersonID: p.ID, Email: f.Address, Mailbox: register.FoldMailbox(f.Address), CreatedAt: then}),
				tx.InsertLink(ctx, &register.Link{CaseID: c.ID, PersonID: p.ID, Relation: "mother", PR: register.PRYes, MayBeTold: "all"}))
			if err != nil {
				return err
			}
		}
		return nil
	})
	return box, err
}

// mailbox adds a second shared inbox.
func (w *world) mailbox(name, address string) tickets.Mailbox {
	w.t.Helper()
	m := tickets.Mailbox{Name: name, Address: address, TeamID: w.box.TeamID}
	w.must(w.db.Write(w.ctx, func(tx tickets.Tx) error { return tx.UpsertMailbox(w.ctx, &m) }))
	return m
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// change alters what a Poller is made of before it is made.
type change func(*inbound.Account, *inbound.Deps)

// poller makes a Poller for the world's mailbox and closes it with the test.
func (w *world) poller(addr string, changes ...change) *inbound.Poller {
	w.t.Helper()
	a := inbound.Account{
		Mailbox: w.box, Addr: addr, Security: inbound.None, Username: team,
		Password: func() (string, error) { return mailtest.Password, nil },
		After:    inbound.Leave, Poll: hangGuard, MaxBytes: 150 << 20,
	}
	d := inbound.Deps{Store: w.db, Intake: w.desk, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Deadlines: limits()}
	for _, c := range changes {
		c(&a, &d)
	}
	p := inbound.New(a, d)
	w.t.Cleanup(p.Close)
	return p
}

// once looks for mail and wants n stored.
func (w *world) once(p *inbound.Poller, n int) {
	w.t.Helper()
	got, err := p.Once(w.ctx)
	if err != nil {
		w.t.Fatalf("Once: %v", err)
	}
	if got != n {
		w.t.Fatalf("Once stored %d mails, want %d", got, n)
	}
	if st := p.Status(); st.Problem != "" || st.Failures != 0 || st.LastGood.IsZero() {
		w.t.Fatalf("after a good look: %+v", st)
	}
}

// fails looks for mail and wants an error.
func (w *world) fails(p *inbound.Poller) error {
	w.t.Helper()
	before := p.Status().Failures
	_, err := p.Once(w.ctx)
	if err == nil {
		w.t.Fatal("Once succeeded, want an error")
	}
	if w.ctx.Err() != nil {
		w.t.Fatalf("Once ended with the test's guard: %v", err)
	}
	if st := p.Status(); st.Failures != before+1 || st.Problem == "" || fault.SafeText(err) != st.Problem {
		w.t.Fatalf("after %v: %+v", err, st)
	}
	return err
}

// ledger is every line of the ledger, by mailbox, oldest first.
func (w *world) ledger() []tickets.LedgerEntry {
	w.t.Helper()
	var out []tickets.LedgerEntry
	for before := int64(0); ; {
		page, _, err := w.db.Ledger(w.ctx, access.System("test"), tickets.LedgerQuery{Limit: 100, BeforeID: before})
		w.must(err)
		if len(page) == 0 {
			break
		}
		out = append(out, page...)
		before = page[len(page)-1].ID
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return out
}

// fates counts the lines of the ledger.
func (w *world) fates() map[tickets.Fate]int {
	w.t.Helper()
	out := map[tickets.Fate]int{}
	for _, e := range w.ledger() {
		out[e.Fate]++
	}
	return out
}

// wantFates compares the counts.
func (w *world) wantFates(want map[tickets.Fate]int) {
	w.t.Helper()
	got := w.fates()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		for _, e := range w.ledger() {
			w.t.Logf("UID %d: %s %s", e.UID, e.Fate, e.Reason)
		}
		w.t.Fatalf("fates %v, want %v", got, want)
	}
}

func (w *world) messages() int64 {
	w.t.Helper()
	s, err := w.db.Stats(w.ctx, time.Now())
	w.must(err)
	return s.Messages
}

// post is an embedded mail server behind a proxy that can spoil its connections.
type post struct {
	*devmail.Server
	t     testing.TB
	proxy *misbehave.IMAPProxy
	addr  string // of the server itself
}

func newPost(t testing.TB, hide ...string) *post {
	t.Helper()
	s, err := devmail.Open(t.TempDir(), devmail.Options{Password: mailtest.Password, HideCaps: hide, MaxSize: 400 << 20})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("devmail: %v", err)
		}
	})
	addr, err := s.ListenIMAP("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	proxy, err := misbehave.NewIMAPProxy(misbehave.ProxyOptions{Upstream: addr})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(proxy.Close)
	return &post{Server: s, t: t, proxy: proxy, addr: addr}
}

// deliver puts mails into the team's inbox and gives their UIDs.
func (p *post) deliver(raws ...[]byte) []uint32 {
	p.t.Helper()
	var uids []uint32
	for _, raw := range raws {
		uid, err := p.Deliver(context.Background(), team, raw, time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC), "INBOX")
		if err != nil {
			p.t.Fatal(err)
		}
		uids = append(uids, uid)
	}
	return uids
}

// letters are n short mails of known families.
func letters(seed int64, n int) [][]byte {
	var out [][]byte
	for m := range mailtest.Generate(seed, n, mailtest.GenOptions{Mailbox: team, Families: mailtest.Families(1, 20)}) {
		out = append(out, m.Raw)
	}
	return out
}

// leaks fails the test when a goroutine of it is left at its end. It is called
// first, so that it looks last.
func leaks(t testing.TB) {
	t.Helper()
	ignore := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, ignore) })
}

// flaky wraps store and intake with errors to be injected.
type flaky struct {
	*store.DB
	desk *tickets.Desk

	mu        sync.Mutex
	setCursor error // SetCursor fails with it while it is set
	prepare   error
	intake    func(batch []tickets.Received) error // before the batch is taken
}

var errInjected = errors.New("injected")

func (f *flaky) SetCursor(ctx context.Context, c *tickets.Cursor) error {
	f.mu.Lock()
	err := f.setCursor
	f.mu.Unlock()
	if err != nil {
		return err
	}
	return f.DB.SetCursor(ctx, c)
}

func (f *flaky) PrepareRaw(ctx context.Context, raw []byte) (tickets.PreparedRaw, error) {
	f.mu.Lock()
	err := f.prepare
	f.mu.Unlock()
	if err != nil {
		return tickets.PreparedRaw{}, err
	}
	return f.DB.PrepareRaw(ctx, raw)
}

func (f *flaky) Intake(ctx context.Context, batch []tickets.Received, now time.Time) ([]tickets.IntakeResult, error) {
	f.mu.Lock()
	hook := f.intake
	f.mu.Unlock()
	if hook != nil {
		if err := hook(batch); err != nil {
			return nil, err
		}
	}
	return f.desk.Intake(ctx, batch, now)
}

func (f *flaky) set(change func(f *flaky)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(f)
}

// flaky is a store and a desk that work until they are told not to.
func (w *world) flaky() (*flaky, change) {
	f := &flaky{DB: w.db, desk: w.desk}
	return f, func(_ *inbound.Account, d *inbound.Deps) { d.Store, d.Intake = f, f }
}
