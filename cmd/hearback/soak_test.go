package main

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"hearback/mailbox/devmail/misbehave"
	"hearback/mailbox/mailtest"
	"hearback/tickets"
	"hearback/tickets/access"
)

// TestSoakKill kills the program with SIGKILL at every named phase and at 20
// random points, starts it again each time, and then counts: no mail is lost or
// doubled, no enquiry is empty, no letter left twice, and one of which nobody
// knows whether it arrived is in doubt and was not sent again.
func TestSoakKill(t *testing.T) {
	mailtest.Soak(t)
	const perRound = 8
	k := newKiller(t)
	named := []string{
		"fetch 1", "fetch 4", "fetch 8", "before commit", "connect", "ehlo", "mail", "rcpt", "data", "dot", "accepted",
	}
	var rounds []string
	for range 3 {
		rounds = append(rounds, named...)
	}
	for range 20 {
		rounds = append(rounds, "random")
	}
	rnd := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	rnd.Shuffle(len(rounds), func(i, j int) { rounds[i], rounds[j] = rounds[j], rounds[i] })

	families := mailtest.Families(23, 120)
	total := len(rounds) * perRound
	o := mailtest.Lifelike()
	o.Mailbox, o.Families, o.MedianBytes = sen, families, 0
	o.Start, o.Gap = time.Now().UTC().Add(-time.Duration(total+30)*15*time.Second), 10*time.Second
	want := newGenerated()
	next, stop := iter.Pull(mailtest.Generate(time.Now().UnixNano(), total, o))
	defer stop()
	k.prepare(families)

	hits := map[string]int{}
	for i, phase := range rounds {
		var batch []mailtest.Mail
		for range perRound {
			m, ok := next()
			if !ok {
				t.Fatal("the generator ended early")
			}
			want.take(m)
			batch = append(batch, m)
		}
		k.h.dovecot.Seed(t, k.h.user, "INBOX", batch)
		if phase == "random" {
			hits["random, last seen: "+k.runUntil("", time.Duration(rnd.IntN(1500))*time.Millisecond)]++
			continue
		}
		if got := k.runUntil(phase, patience); got != phase {
			t.Errorf("round %d: phase %q was not reached (%s)", i, phase, got)
			continue
		}
		hits[phase]++
	}
	k.finish()
	k.check(want)

	var names []string
	for n := range hits {
		names = append(names, n)
	}
	sort.Strings(names)
	t.Logf("killed %d times, %d mails:", len(rounds), want.mails())
	for _, n := range names {
		t.Logf("%4d  %s", hits[n], n)
	}
	for _, n := range named {
		if hits[n] == 0 {
			t.Errorf("phase %q was never hit", n)
		}
	}
}

// killer runs the real program between a Dovecot and an SMTP server that tell
// how far it is.
type killer struct {
	t      *testing.T
	h      *house
	binary string
	smtp   *misbehave.SMTP
	proxy  *misbehave.IMAPProxy

	mu     sync.Mutex
	phase  string // at which to kill; "" for none
	last   string // what was seen last
	bodies int    // mails fetched in this run
	cmd    *exec.Cmd
	hit    chan string
}

func newKiller(t *testing.T) *killer {
	k := &killer{t: t, binary: filepath.Join(t.TempDir(), "hearback"), hit: make(chan string, 1)}
	build := exec.Command("go", "build", "-tags", "sqlite_fts5,nomsgpack", "-o", k.binary, ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building: %v\n%s", err, out)
	}
	dovecot := mailtest.Dovecot(t)
	cert := mailtest.NewCertificate(t)
	var err error
	k.proxy, err = misbehave.NewIMAPProxy(misbehave.ProxyOptions{
		Upstream: dovecot.AddrTLS(), ClientTLS: cert.ServerTLS(), UpstreamTLS: dovecot.TLSConfig(),
		Rules: []misbehave.ProxyRule{
			{Name: "body", From: misbehave.FromServer, Pattern: regexp.MustCompile(`FETCH \(.*BODY\[\]`), Before: true},
			{Name: "done", From: misbehave.FromServer, Pattern: regexp.MustCompile(`^\S+ OK .*[Ff]etch completed`), Before: true},
		},
	})
	must(t, err)
	t.Cleanup(k.proxy.Close)
	k.smtp, err = misbehave.NewSMTP(misbehave.SMTPOptions{})
	must(t, err)
	t.Cleanup(k.smtp.Close)
	k.proxy.OnMatch(func(m misbehave.Match) {
		k.mu.Lock()
		switch {
		case m.Rule == "body":
			k.bodies++
			k.seen(fmt.Sprintf("fetch %d", k.bodies))
		case m.Rule == "done" && k.bodies > 0:
			// The program has every mail of the batch and can have committed none of it.
			k.seen("before commit")
		}
		k.mu.Unlock()
	})
	k.smtp.OnPhase(func(p misbehave.Phase) {
		k.mu.Lock()
		k.seen(string(p))
		k.mu.Unlock()
	})
	ca := filepath.Join(t.TempDir(), "proxy.pem")
	must(t, os.WriteFile(ca, cert.PEM(), 0o600))
	_, imapPort := hostPort(k.proxy.Addr())
	_, smtpPort := hostPort(k.smtp.Addr())
	k.h = &house{
		t: t, dir: t.TempDir(), news: newBell(), at: time.Now().UTC().Truncate(time.Second), dovecot: dovecot, user: dovecot.User(),
	}
	k.h.log = &book{news: k.h.news}
	k.h.empty()
	k.h.cfg = k.h.configure(plan{imapPort: imapPort, imapCA: ca, smtpPort: smtpPort})
	return k
}

// seen notes how far the program is, and kills it where it is to be killed. The
// server does not go on before this returns. k.mu is held.
func (k *killer) seen(what string) {
	k.last = what
	if k.phase != what || k.cmd == nil {
		return
	}
	k.phase = ""
	_ = k.cmd.Process.Kill()
	k.hit <- what
}

// inProcess opens the program here, without running its schedule.
func (k *killer) inProcess() *App {
	k.t.Helper()
	app, err := NewApp(context.Background(), k.h.cfg, newLogger(k.h.cfg.Log, k.h.log), func(a *App) {
		a.now = func(context.Context) (time.Time, error) { return k.h.now(), nil }
	})
	must(k.t, err)
	k.h.app = app
	return app
}

func (k *killer) prepare(families []mailtest.Family) {
	k.t.Helper()
	app := k.inProcess()
	k.h.fill(families)
	must(k.t, app.Close())
}

// runUntil starts the program and kills it at a phase, or when the time is over.
// It gives the phase, or what was seen last.
func (k *killer) runUntil(phase string, limit time.Duration) string {
	k.t.Helper()
	cmd := exec.Command(k.binary, "serve", "-config", filepath.Join(k.h.dir, "hearback.yaml"))
	cmd.Stdout, cmd.Stderr = k.h.log, k.h.log
	k.mu.Lock()
	k.phase, k.last, k.bodies, k.cmd = phase, "nothing", 0, cmd
	must(k.t, cmd.Start())
	k.mu.Unlock()
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	var err error
	killed := false
	select {
	case err = <-ended:
	case <-timer.C:
		killed = true
		_ = cmd.Process.Kill()
		err = <-ended
	}
	k.proxy.Drop()
	k.smtp.Drop()
	k.mu.Lock()
	defer k.mu.Unlock()
	k.phase, k.cmd = "", nil
	select {
	case got := <-k.hit:
		return got
	default:
	}
	if !killed {
		k.t.Fatalf("the program ended by itself: %v\n%s", err, tail(k.h.log.String(), 30))
	}
	return k.last
}

// finish lets the program do what is left, 20 minutes later: leases of dead
// programs are over by then.
func (k *killer) finish() {
	k.t.Helper()
	k.h.mu.Lock()
	k.h.at = time.Now().UTC().Add(20 * time.Minute).Truncate(time.Second)
	k.h.mu.Unlock()
	ctx := context.Background()
	app := k.inProcess()
	k.t.Cleanup(func() { must(k.t, app.Close()) })
	for range 2 {
		must(k.t, app.recoverOutbox(ctx))
		_, err := app.pollers[0].Once(ctx)
		must(k.t, err)
		must(k.t, app.dispatchDue(ctx))
		k.h.mu.Lock()
		k.h.at = k.h.at.Add(2 * time.Minute) // what failed because its connection was cut
		k.h.mu.Unlock()
	}
}

func (k *killer) check(want *generated) {
	t, ctx, all := k.t, context.Background(), access.System("test")
	k.h.compare(want, 0)
	got := map[string]int{}      // Message-ID of a letter to how often the server read it whole
	accepted := map[string]int{} // and to how often it said 250
	for _, m := range k.smtp.Messages() {
		head, _ := read(t, m.Raw)
		id := strings.Trim(head.Get("Message-ID"), "<>")
		got[id]++
		if m.Accepted() {
			accepted[id]++
		}
		if got[id] > 1 {
			t.Errorf("the letter %s was sent %d times", id, got[id])
		}
	}
	states := map[tickets.DeliveryState]int{}
	acks, cursor := 0, ""
	for {
		page, err := k.h.app.store.Tickets(ctx, all, tickets.TicketQuery{View: "all", Limit: 200, Cursor: cursor, Now: k.h.now()})
		must(t, err)
		for _, tk := range page.Items {
			items, err := k.h.app.store.Timeline(ctx, all, tk.ID)
			must(t, err)
			mine := 0
			for _, it := range items {
				if it.Outgoing == nil || it.Outgoing.Purpose != tickets.PurposeAck {
					continue
				}
				mine++
				acks++
				for _, d := range it.Outgoing.Deliveries {
					states[d.State]++
					switch d.State {
					case tickets.Accepted:
						if accepted[d.MessageID] != 1 {
							t.Errorf("%s counts as sent; the server accepted it %d times", tk.Ref, accepted[d.MessageID])
						}
					case tickets.Uncertain: // the server may have it, once
					default:
						t.Errorf("the acknowledgement of %s is %s: %s", tk.Ref, d.State, d.Why)
					}
				}
			}
			if mine > 1 {
				t.Errorf("%s was acknowledged %d times", tk.Ref, mine)
			}
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if acks != want.sent() {
		t.Errorf("%d acknowledgements, want %d", acks, want.sent())
	}
	if states[tickets.Uncertain] == 0 {
		t.Error("no letter is in doubt, although the program was killed while letters were handed over")
	}
	t.Logf("acknowledgements: %v; the server read %d letters and accepted %d", states, len(got), len(accepted))
}
