package outbound

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"hearback/mailbox/devmail/misbehave"
	"hearback/tickets"
	"hearback/tickets/register"
)

// kit is one drill: a reply that waits to leave from a real store with the real
// desk, and a dispatcher between whose ports and them everything can fail.
type kit struct {
	*office
	t      *testing.T
	in     tickets.IntakeResult
	letter *tickets.Outgoing

	// Each is asked in place of the port, which it gets as next; nil passes on.
	onClaim   func(next func() (*tickets.Claim, error)) (*tickets.Claim, error)
	onFacts   func(ctx context.Context, next func() (*tickets.GuardFacts, error)) (*tickets.GuardFacts, error)
	onVersion func(ctx context.Context, next func() (int64, error)) (int64, error)
	onBegin   func(next func() (bool, error)) (bool, error)
	onHold    func() error
	onRecover func() error
	onOutcome func() error

	mu    sync.Mutex
	clock func() time.Time // of clearances
	stop  context.CancelFunc
}

// ports are the kit's ports: the store's and the desk's with the faults before them.
type ports struct {
	Outbox
	Desk
	k *kit
}

func (p ports) TakeDue(ctx context.Context, w tickets.Wanted, now time.Time) (*tickets.Claim, error) {
	next := func() (*tickets.Claim, error) { return p.Outbox.TakeDue(ctx, w, now) }
	if p.k.onClaim != nil {
		return p.k.onClaim(next)
	}
	return next()
}

func (p ports) GuardFacts(ctx context.Context, asked tickets.FactsAsked) (*tickets.GuardFacts, error) {
	next := func() (*tickets.GuardFacts, error) { return p.Outbox.GuardFacts(ctx, asked) }
	if p.k.onFacts != nil {
		return p.k.onFacts(ctx, next)
	}
	return next()
}

func (p ports) RegisterVersion(ctx context.Context) (int64, error) {
	next := func() (int64, error) { return p.Outbox.RegisterVersion(ctx) }
	if p.k.onVersion != nil {
		return p.k.onVersion(ctx, next)
	}
	return next()
}

func (p ports) BeginData(ctx context.Context, c *tickets.Claim, id int64, sum string, on tickets.Basis, now time.Time) (bool, error) {
	next := func() (bool, error) { return p.Outbox.BeginData(ctx, c, id, sum, on, now) }
	if p.k.onBegin != nil {
		return p.k.onBegin(next)
	}
	return next()
}

func (p ports) KeepAndBegin(ctx context.Context, c *tickets.Claim, id int64, raw []byte, sum string, on tickets.Basis, now time.Time) (bool, error) {
	next := func() (bool, error) { return p.Outbox.KeepAndBegin(ctx, c, id, raw, sum, on, now) }
	if p.k.onBegin != nil {
		return p.k.onBegin(next)
	}
	return next()
}

func (p ports) HoldLetter(ctx context.Context, c *tickets.Claim, why string, rules []string, now time.Time) error {
	if p.k.onHold != nil {
		return p.k.onHold()
	}
	return p.Desk.HoldLetter(ctx, c, why, rules, now)
}

func (p ports) RecordOutcome(ctx context.Context, c *tickets.Claim, o tickets.Outcome, now time.Time) error {
	if p.k.onOutcome != nil {
		return p.k.onOutcome()
	}
	return p.Desk.RecordOutcome(ctx, c, o, now)
}

func (p ports) Recover(ctx context.Context, now time.Time) (int, int, error) {
	if p.k.onRecover != nil {
		return 0, 0, p.k.onRecover()
	}
	return p.Desk.Recover(ctx, now)
}

// newKit takes a mail in, acknowledges it, and queues an answer that its author
// saw reviewed. prepare may change the answer before it is reviewed.
func newKit(t *testing.T, d drill) *kit {
	t.Helper()
	k := &kit{office: newOffice(t), t: t, clock: time.Now}
	k.change(func(ctx context.Context, tx tickets.Tx) error {
		kit := register.Person{Name: "Kit Orchard", Kind: register.KindParent, CreatedAt: k.now}
		if err := tx.InsertPerson(ctx, &kit); err != nil {
			return err
		}
		if err := tx.InsertAddress(ctx, &register.Address{PersonID: kit.ID, Email: barred, CreatedAt: k.now}); err != nil {
			return err
		}
		return tx.InsertLink(ctx, &register.Link{CaseID: k.milo.ID, PersonID: kit.ID, Relation: "father", PR: register.PRYes, MayBeTold: "all"})
	})
	k.in = k.receive(t, 1, mother, "Speech therapy", "When does it begin?")
	if got := k.drain(t); len(got) != 1 {
		t.Fatalf("%d acknowledgements", len(got))
	}
	if _, err := addNote(t, k.office, k.in, k.actor()); err != nil {
		t.Fatal(err)
	}
	ticket, err := k.db.TicketByID(t.Context(), k.in.TicketID)
	if err != nil {
		t.Fatal(err)
	}
	body := d.body
	if body == "" {
		body = drillText
	}
	r := tickets.ReplyRequest{
		Ref: k.in.TicketRef, To: []int64{k.tamsin.ID}, Body: body, AnswersID: k.in.MessageID, SeenVersion: ticket.Version, Confirmed: d.confirmed,
	}
	draft, err := k.desk.Draft(t.Context(), k.actor(), r, k.now)
	if err != nil {
		t.Fatal(err)
	}
	if _, r.Digest, err = k.d.Review(t.Context(), draft, k.now); err != nil {
		t.Fatal(err)
	}
	if k.letter, err = k.desk.Reply(t.Context(), k.actor(), r, k.now); err != nil {
		t.Fatal(err)
	}
	return k
}

const drillText = "Dear Tamsin,\n\nIt begins on Monday.\n\nJo Bell"

// dispatcher is one on the kit's ports, with a mail route of its own.
func (k *kit) dispatcher() *Dispatcher {
	k.t.Helper()
	host, port, err := net.SplitHostPort(k.smtp.Addr())
	if err != nil {
		k.t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		k.t.Fatal(err)
	}
	p := ports{k.db, k.desk, k}
	short := Timeouts{Connect: time.Second, Command: time.Second, Block: time.Second, Dot: time.Second}
	d, err := New(Config{
		Mode: tickets.ModeSend, Holder: "drill", Hello: "hearback.council.example",
		Now: func() time.Time {
			k.mu.Lock()
			defer k.mu.Unlock()
			return k.clock()
		},
		Routes: []Route{{Address: ours, Name: "North SEN team", PlusAddressing: true, NullSender: true, Host: host, Port: n, TLS: "none", Timeouts: short}},
	}, p, p, slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError + 1})))
	if err != nil {
		k.t.Fatal(err)
	}
	k.t.Cleanup(d.Close)
	return d
}

// run has the dispatcher try until nothing more is due or it fails, as the
// program's loop does in one round. A panic counts as a failure: it ends the
// program, and what it held is recovered by the next.
func (k *kit) run(d *Dispatcher) (failure error) {
	k.t.Helper()
	defer func() {
		if p := recover(); p != nil {
			failure = fmt.Errorf("panic: %T", p)
		}
	}()
	ctx, stop := context.WithCancel(k.t.Context())
	defer stop()
	k.stop = stop
	for range 10 {
		did, err := d.Once(ctx, k.now)
		if err != nil || !did {
			return err
		}
	}
	k.t.Error("there is always something more to do")
	return nil
}

// toFamily counts the copies for the family of which the server was given
// anything, and the DATA commands of their transactions.
func (k *kit) toFamily() int {
	n := 0
	for _, m := range k.smtp.Messages() {
		for _, to := range m.To {
			if strings.Contains(strings.ToLower(to), "@mail.example") {
				n++
			}
		}
	}
	return n
}

// datas counts all DATA commands, whoever they were for.
func (k *kit) datas() int {
	n := 0
	for _, e := range k.smtp.Events() {
		if e.Phase == misbehave.Data {
			n++
		}
	}
	return n
}

// change writes to the register, or to the letter, behind everybody's back.
func (k *kit) change(fn func(ctx context.Context, tx tickets.Tx) error) {
	k.t.Helper()
	ctx := k.t.Context()
	if err := k.db.Write(ctx, func(tx tickets.Tx) error { return fn(ctx, tx) }); err != nil {
		k.t.Fatal(err)
	}
}

// rewrite changes the letter after its author saw it.
func (k *kit) rewrite(fn func(o *tickets.Outgoing)) {
	k.t.Helper()
	k.change(func(ctx context.Context, tx tickets.Tx) error {
		o, err := tx.OutgoingByID(ctx, k.letter.ID)
		if err != nil {
			return err
		}
		fn(o)
		return tx.UpdateOutgoing(ctx, o)
	})
}

// barTamsin puts a no-contact order on the mother's link.
func (k *kit) barTamsin() {
	k.t.Helper()
	k.change(func(ctx context.Context, tx tickets.Tx) error {
		parties, err := tx.Parties(ctx, k.milo.ID)
		if err != nil {
			return err
		}
		link := k.hers(parties).Link
		link.NoContact = true
		return tx.UpdateLink(ctx, &link)
	})
}

// hers is the mother among the parties of the case.
func (k *kit) hers(parties []register.Party) register.Party {
	k.t.Helper()
	i := slices.IndexFunc(parties, func(p register.Party) bool { return p.Person.ID == k.tamsin.ID })
	if i < 0 {
		k.t.Fatal("the mother is not on the case")
	}
	return parties[i]
}

// shutAccount ends the author's account.
func (k *kit) shutAccount() {
	k.t.Helper()
	k.change(func(ctx context.Context, tx tickets.Tx) error {
		s := k.officer
		s.Active = false
		return tx.UpdateStaff(ctx, &s)
	})
}

// once makes a hook that acts the first time alone.
func once(fn func()) func() {
	var o sync.Once
	return func() { o.Do(fn) }
}

// afterFacts runs fn when the facts were read, and before anything is decided.
func (k *kit) afterFacts(fn func()) {
	k.onFacts = func(_ context.Context, next func() (*tickets.GuardFacts, error)) (*tickets.GuardFacts, error) {
		gf, err := next()
		fn()
		return gf, err
	}
}

// spoilt changes the facts that were read.
func (k *kit) spoilt(fn func(gf *tickets.GuardFacts)) {
	k.onFacts = func(_ context.Context, next func() (*tickets.GuardFacts, error)) (*tickets.GuardFacts, error) {
		gf, err := next()
		if err == nil {
			fn(gf)
		}
		return gf, err
	}
}

// claimed changes what a claim says.
func (k *kit) claimed(fn func(c *tickets.Claim)) {
	k.onClaim = func(next func() (*tickets.Claim, error)) (*tickets.Claim, error) {
		c, err := next()
		if err == nil && c != nil && c.Letter.ID == k.letter.ID {
			fn(c)
		}
		return c, err
	}
}
