package outbound

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/fault"
)

// shaky is storage that fails once at one call, before it does what it is asked or
// after it has: a commit whose answer was lost.
type shaky struct {
	Outbox
	Desk
	at    string
	after bool
	fails int // so many times more
}

var errStorage = errors.New("the connection to the database is gone")

func (s *shaky) around(at string, do func() error) error {
	if at != s.at || s.fails == 0 {
		return do()
	}
	s.fails--
	if s.after {
		if err := do(); err != nil {
			return err
		}
	}
	return errStorage
}

func (s *shaky) TakeDue(ctx context.Context, w tickets.Wanted, now time.Time) (c *tickets.Claim, err error) {
	err = s.around("take", func() (err error) { c, err = s.Outbox.TakeDue(ctx, w, now); return err })
	if err != nil {
		c = nil
	}
	return c, err
}

func (s *shaky) KeepAndBegin(ctx context.Context, c *tickets.Claim, id int64, raw []byte, sum string, on tickets.Basis, now time.Time) (ours bool, err error) {
	err = s.around("begin", func() (err error) {
		ours, err = s.Outbox.KeepAndBegin(ctx, c, id, raw, sum, on, now)
		return err
	})
	return ours && err == nil, err
}

func (s *shaky) RecordOutcome(ctx context.Context, c *tickets.Claim, o tickets.Outcome, now time.Time) error {
	return s.around("record", func() error { return s.Desk.RecordOutcome(ctx, c, o, now) })
}

func (s *shaky) HoldLetter(ctx context.Context, c *tickets.Claim, why string, rules []string, now time.Time) error {
	return s.around("hold", func() error { return s.Desk.HoldLetter(ctx, c, why, rules, now) })
}

// A program whose storage fails between claim and outcome puts its letter right at
// its next rounds, long before the lease of the claim ends: what the server has is
// not given again, and what it has not leaves.
func TestStorageFailsBetweenClaimAndOutcome(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"take", "begin", "record", "hold"} {
		for _, after := range []bool{false, true} {
			name := at + ", before"
			if after {
				name = at + ", after"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				o := newOffice(t)
				in := o.receive(t, 1, "tamsin.orchard@mail.example", "Speech therapy", "When does it begin?")
				o.drain(t)
				body := "Dear Tamsin,\n\nIt begins on Monday.\n\nJo Bell"
				if at == "hold" {
					body = "Dear Tamsin,\n\nPell, Elin begins on Monday.\n\nJo Bell"
				}
				letter, err := o.desk.Reply(t.Context(), o.actor(), tickets.ReplyRequest{
					Ref: in.TicketRef, To: []int64{o.tamsin.ID}, Body: body, AnswersID: in.MessageID, SeenVersion: o.ticket(t, in.TicketID).Version,
				}, o.now)
				if err != nil {
					t.Fatal(err)
				}
				o.now = o.now.Add(2 * time.Minute)
				s := &shaky{Outbox: o.db, Desk: o.desk, at: at, after: after, fails: 1}
				o.d = o.dispatcher(t, s, s)
				given := func() (n int) { // to the mother: notices to staff leave as well
					for _, m := range o.smtp.Messages() {
						if strings.EqualFold(m.To[0], mother) {
							n++
						}
					}
					return n
				}
				before := given()
				if _, err := o.d.Once(t.Context(), o.now); !errors.Is(err, errStorage) {
					t.Fatalf("the error is kept back: %v", err)
				}
				if s.fails != 0 {
					t.Fatal("nothing failed: the test looks at something else")
				}
				for range 3 { // a letter that was put back waits for a minute
					o.drain(t)
					o.now = o.now.Add(time.Minute)
				}
				want, once := tickets.Accepted, 1
				if at == "hold" {
					want, once = tickets.Held, 0
				}
				out := o.outgoing(t, letter.ID)
				if got := out.Deliveries[0].State; got != want {
					t.Errorf("%s after three minutes: %s", got, out.Deliveries[0].Why)
				}
				o.d.Close()
				if n := given() - before; n != once {
					t.Errorf("given %d times, want %d", n, once)
				}
				if want == tickets.Accepted && o.ticket(t, in.TicketID).State != tickets.StateAnswered {
					t.Error("the enquiry is not answered")
				}
			})
		}
	}
}

// While storage stays away no other letter is begun; another round that is under way
// is left alone; a claim that another program has taken meanwhile is that program's.
func TestLeftoversOfOthers(t *testing.T) {
	b := newBench(t, nil)
	l := b.reply(plain, mother)
	b.failRecord = errStorage
	if _, err := b.d.Once(t.Context(), start()); !errors.Is(err, errStorage) {
		t.Fatalf("the error is kept back: %v", err)
	}
	b.expect(t, l, tickets.DataBegun)
	next := b.reply(plain, mother)
	if did, err := b.d.Once(t.Context(), start()); did || !errors.Is(err, errStorage) {
		t.Fatalf("a letter more was begun: %v, %v", did, err)
	}
	b.expect(t, next, tickets.Queued)
	b.failRecord = nil
	epoch := b.fake.find(l.Letter.Deliveries[0].ID).Epoch
	b.d.leftovers.known = nil // as if that round were still on the way
	b.d.leftovers.enter(epoch)
	if err := b.d.settle(t.Context(), start()); err != nil {
		t.Fatal(err)
	}
	b.expect(t, l, tickets.DataBegun)
	b.d.leftovers.leave(epoch, errStorage)
	b.fake.find(l.Letter.Deliveries[0].ID).Epoch++ // claimed anew
	b.fake.find(l.Letter.Deliveries[0].ID).ClaimedBy = "elsewhere"
	b.once(t)
	b.expect(t, l, tickets.DataBegun)
	b.expect(t, next, tickets.Accepted)
	if len(b.d.leftovers.known) != 0 || b.d.leftovers.failed {
		t.Error("something is still kept")
	}
	if n := len(b.smtp.Messages()); n != 2 {
		t.Errorf("%d letters were given", n)
	}
}

// Recording fails behind the 250: the letter stays begun, is not given again, and the
// outcome that this program knows is written down as soon as that can be.
func TestRecordFails(t *testing.T) {
	b := newBench(t, nil)
	l := b.reply(plain, mother)
	b.failRecord = fault.Wrap(fault.Temporary, "Not now", errStorage)
	if _, err := b.d.Once(t.Context(), start()); err == nil {
		t.Fatal("the error is kept back")
	}
	b.expect(t, l, tickets.DataBegun)
	b.failRecord = nil
	if did, err := b.d.Once(t.Context(), start()); did || err != nil {
		t.Fatalf("%v %v", did, err)
	}
	b.expect(t, l, tickets.Accepted)
	if len(b.smtp.Messages()) != 1 {
		t.Fatal("given twice")
	}
}
