package main

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"hearback/mailbox/mailtest"
)

// soak is one mailbox on a real Dovecot that one or two programs read while
// everything goes wrong.
type soak struct {
	t        *testing.T
	h        *house
	dsn      string // of PostgreSQL; "" is SQLite
	binary   string
	programs []*program
	rnd      *rand.Rand
	started  time.Time

	want   *generated
	next   func() (mailtest.Mail, bool)
	left   int                        // generated mails that are not in the mailbox yet
	sums   map[string]map[string]bool // Message-ID to the SHA-256 of each delivery
	extra  map[string]bool            // Message-IDs of mails that are not generated; true: must be there at the end
	count  int                        // of these
	extras int                        // for how many of them there is a family

	removed  map[imap.UID]bool // of the present numbering: deleted or moved in the mailbox by others
	resets   int
	archive  bool // the folder is there
	hits     map[string]int
	recovery []recovery

	over  chan struct{} // closed: nothing waits any more
	mu    sync.Mutex
	armed *armed
	taken map[uint32]time.Time // UIDs in the logs since the last renumbering
}

// armed waits for a program to come to a point.
type armed struct {
	point string
	hit   chan *program
	free  chan struct{} // closed: the connection goes on
}

// recovery is how long it took until mail came in again.
type recovery struct {
	fault string
	first time.Duration // until a mail that came after the server's return was in
}

// setting is a number from the environment.
func setting(t *testing.T, name string, usual int) int {
	t.Helper()
	s := os.Getenv(name)
	if s == "" {
		return usual
	}
	n, err := strconv.Atoi(s)
	must(t, err)
	return n
}

// newSoak makes a world for a number of programs, generated mails and others.
func newSoak(t *testing.T, dsn string, programs, mails, extras int) *soak {
	t.Helper()
	s := &soak{
		t: t, dsn: dsn, binary: buildBinary(t), started: time.Now(), want: newGenerated(), left: mails,
		sums: map[string]map[string]bool{}, extra: map[string]bool{}, removed: map[imap.UID]bool{}, hits: map[string]int{},
		taken: map[uint32]time.Time{}, over: make(chan struct{}),
	}
	seed := time.Now().UnixNano()
	s.rnd = rand.New(rand.NewPCG(uint64(seed), 1))
	s.h = &house{t: t, dir: t.TempDir(), news: newBell(), at: time.Now().UTC().Truncate(time.Second), dovecot: mailtest.Dovecot(t)}
	s.h.user = s.h.dovecot.User()
	s.h.log = &book{news: s.h.news}
	s.h.empty()

	cert := mailtest.NewCertificate(t)
	ca := filepath.Join(t.TempDir(), "proxy.pem")
	must(t, os.WriteFile(ca, cert.PEM(), 0o600))
	for i := range programs {
		s.programs = append(s.programs, s.newProgram(i, cert))
	}
	_, imapPort := hostPort(s.programs[0].proxy.Addr())
	_, smtpPort := hostPort(s.programs[0].smtp.Addr())
	s.h.cfg = s.h.configure(plan{imapPort: imapPort, imapCA: ca, smtpPort: smtpPort, dsn: dsn, maxMB: 20})
	for _, p := range s.programs {
		p.configure(strconv.Itoa(imapPort), strconv.Itoa(smtpPort))
	}

	families := mailtest.Families(23, max(20, mails/4))
	o := mailtest.Lifelike()
	o.Mailbox, o.Families, o.MedianBytes = sen, families, 3000
	o.Attachments, o.AttachmentMin, o.AttachmentMax = 0.05, 20_000, 200_000
	// All of it came within the last hours and in the past: what comes from the
	// future would be given the present time.
	o.Start, o.Gap = time.Now().UTC().Add(-time.Duration(mails+60)*time.Second), time.Second
	t.Logf("%d mails, generated from %d", mails, seed)
	next, stop := iter.Pull(mailtest.Generate(seed, mails, o))
	t.Cleanup(stop)
	s.next = next
	for i := range extras {
		families = append(families, mailtest.Family{Name: "Extra Family", Address: extraAddress(i), Child: "Extra", Surname: strconv.Itoa(i)})
	}
	s.extras = extras
	app := s.inProcess()
	s.h.fill(families)
	must(t, app.Close())
	t.Cleanup(func() {
		close(s.over)
		s.endAll(syscall.SIGKILL)
	})
	return s
}

func extraAddress(i int) string { return fmt.Sprintf("extra%d@family.example", i) }

// inProcess opens the program here, without running its schedule.
func (s *soak) inProcess() *App {
	s.t.Helper()
	app, err := NewApp(context.Background(), s.h.cfg, newLogger(s.h.cfg.Log, s.h.log), func(a *App) {
		a.now = func(context.Context) (time.Time, error) { return s.h.now(), nil }
	})
	must(s.t, err)
	s.h.app = app
	return app
}

// deliver puts the next n generated mails into the mailbox. They come by way of
// another folder: Dovecot would read a directory while files are put into it, see
// the later ones first and number an answer before what it answers.
func (s *soak) deliver(n int) {
	s.t.Helper()
	if s.left == 0 || n == 0 {
		return
	}
	s.seed("Coming", n)
	c := s.h.dovecot.Client(s.t, s.h.user)
	_, err := c.Select("Coming", nil).Wait()
	must(s.t, err)
	_, err = c.Move(imap.SeqSet{imap.SeqRange{Start: 1}}, "INBOX").Wait() // 1:*
	must(s.t, err)
	must(s.t, c.Logout().Wait())
}

// seed writes the next n generated mails into a folder that nobody reads now.
func (s *soak) seed(folder string, n int) {
	s.t.Helper()
	var batch []mailtest.Mail
	for ; n > 0 && s.left > 0; n-- {
		m, ok := s.next()
		if !ok {
			s.t.Fatal("the generator ended early")
		}
		s.left--
		s.want.take(m)
		s.sum(m.ID, m.Raw)
		if batch = append(batch, m); len(batch) == 500 {
			s.h.dovecot.Seed(s.t, s.h.user, folder, batch)
			batch = batch[:0]
		}
	}
	s.h.dovecot.Seed(s.t, s.h.user, folder, batch)
}

func (s *soak) sum(id string, raw []byte) {
	id = strings.Trim(id, "<>")
	if s.sums[id] == nil {
		s.sums[id] = map[string]bool{}
	}
	sum := sha256.Sum256(raw)
	s.sums[id][hex.EncodeToString(sum[:])] = true
}

// add puts one more enquiry into the mailbox, by IMAP, which wakes whoever
// listens. With stays it has to be there at the end.
func (s *soak) add(stays bool) imap.UID {
	s.t.Helper()
	i := s.count
	s.count++
	if i >= s.extras {
		s.t.Fatal("there are too few families")
	}
	id := fmt.Sprintf("extra-%d@family.example", i)
	raw := letter(id, extraAddress(i), fmt.Sprintf("Extra %d", i), fmt.Sprintf("This is the extra question number %d.", i))
	s.extra[id] = stays
	s.sum(id, raw)
	c := s.h.dovecot.Client(s.t, s.h.user)
	cmd := c.Append("INBOX", int64(len(raw)), &imap.AppendOptions{Time: time.Now()})
	_, err := cmd.Write(raw)
	must(s.t, err)
	must(s.t, cmd.Close())
	data, err := cmd.Wait()
	must(s.t, err)
	must(s.t, c.Logout().Wait())
	return data.UID
}

// note remembers that a mail is in.
func (s *soak) note(uid uint32) {
	s.mu.Lock()
	if _, ok := s.taken[uid]; !ok {
		s.taken[uid] = time.Now()
	}
	s.mu.Unlock()
	s.h.news.bump()
}

// arm makes the first program that comes to a point wait there.
func (s *soak) arm(point string) *armed {
	a := &armed{point: point, hit: make(chan *program, 1), free: make(chan struct{})}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.armed = a
	for _, p := range s.programs {
		p.bodies = 0 // "fetch 4" is the fourth mail from now
	}
	return a
}

// await waits for a program to come to the armed point. When none does, all are
// killed and started again, so that they come by the points of a start too.
func (s *soak) await(a *armed) *program {
	s.t.Helper()
	for range 3 {
		select {
		case p := <-a.hit:
			return p
		case <-time.After(45 * time.Second):
		}
		s.mu.Lock()
		if s.armed == a {
			s.armed = nil
		}
		s.mu.Unlock()
		select {
		case p := <-a.hit:
			return p
		default:
		}
		s.t.Logf("%s nobody comes to %q: all are started again", s.since(), a.point)
		s.endAll(syscall.SIGKILL)
		s.forget()
		s.mu.Lock()
		s.armed = a
		s.mu.Unlock()
		s.startAll()
		s.add(true) // something to read, and a letter to send
	}
	for _, p := range s.programs {
		s.t.Logf("program %d:\n%s", p.number, strings.Join(p.tail(), "\n"))
	}
	s.t.Fatalf("the point %q was not reached", a.point)
	return nil
}

func (s *soak) startAll() {
	for _, p := range s.programs {
		p.start()
	}
}

func (s *soak) endAll(sig syscall.Signal) {
	for _, p := range s.programs {
		p.end(sig, func() {})
	}
}

// until waits for something that the logs show.
func (s *soak) until(limit time.Duration, ok func() bool) bool {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for {
		changed := s.h.news.next()
		if ok() {
			return true
		}
		select {
		case <-changed:
		case <-timer.C:
			return false
		}
	}
}

// inAt gives when a mail was taken in.
func (s *soak) inAt(uid imap.UID) (time.Time, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, ok := s.taken[uint32(uid)]
	return at, ok
}

func (s *soak) since() string { return time.Since(s.started).Round(time.Second).String() }

// sql opens the database beside the programs.
func (s *soak) sql() *sql.DB {
	s.t.Helper()
	driver, dsn := "pgx", s.dsn
	if dsn == "" {
		driver, dsn = "sqlite3", "file:"+filepath.Join(s.h.cfg.DataDir, "hearback.db")+"?mode=ro&_busy_timeout=5000"
	}
	db, err := sql.Open(driver, dsn)
	must(s.t, err)
	return db
}

// forget ends the leases of programs that were killed, as time would: otherwise
// two hundred kills would be two hundred times waiting for it.
func (s *soak) forget() {
	if s.dsn == "" {
		return // no second program, no lease to wait for
	}
	db := s.sql()
	defer func() { _ = db.Close() }()
	_, err := db.Exec("update leases set expires_at = clock_timestamp() where expires_at > clock_timestamp()")
	must(s.t, err)
}
