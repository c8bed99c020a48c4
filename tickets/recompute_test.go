package tickets_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/fault"
)

// TestStoredClocksEqualTheHistory does what people and mail do in a random
// order, and after each sequence asks whether the stored clocks are what the
// history says, and whether nobody waits without a clock.
func TestStoredClocksEqualTheHistory(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for seed := range uint64(6) {
			random := rand.New(rand.NewPCG(seed, 7))
			from := []string{tessa, rob}[seed%2]
			w.later(25 * time.Hour)
			r := w.one(mail(from, saying(fmt.Sprint("first of ", seed))))
			var sent []tickets.Delivery
			for step := range 50 {
				w.later(time.Duration(random.IntN(600)) * time.Minute)
				w.act(random, r, &sent)
				w.equalsHistory(r.TicketID)
				if t.Failed() {
					t.Fatalf("seed %d, after step %d", seed, step)
				}
			}
			n, err := w.desk.Recompute(context.Background(), r.TicketID, w.now)
			w.must(err)
			if n != 0 {
				t.Errorf("recomputing changed %d clocks", n)
			}
		}
	})
}

func (w *world) act(random *rand.Rand, r tickets.IntakeResult, sent *[]tickets.Delivery) {
	w.t.Helper()
	ctx := context.Background()
	k := w.ticket(r.TicketID)
	asker, from := k.RequesterID, k.RequesterEmail
	thread := func(in *tickets.Inbound) { in.References = []string{w.letter(r.AckID).Deliveries[0].MessageID} }
	send := func(state tickets.DeliveryState, to ...int64) {
		after := []tickets.State{"", tickets.StateOpen, tickets.StateWaitingFamily}[random.IntN(3)]
		o, err := w.desk.Reply(ctx, actor(w.dean), tickets.ReplyRequest{Ref: k.Ref, To: to, Body: "x", SeenVersion: k.Version, AfterSend: after}, w.now)
		w.must(err)
		w.later(40 * time.Second)
		if random.IntN(4) == 0 {
			w.one(mail(from, saying(fmt.Sprint("during the hold ", w.uid)), thread))
		}
		w.later(30 * time.Second)
		w.send(o, state)
		if state == tickets.Accepted {
			*sent = append(*sent, o.Deliveries...)
		}
	}
	switch random.IntN(10) {
	case 0, 1:
		w.one(mail(from, saying(fmt.Sprint("again ", w.uid)), thread))
	case 2:
		send(tickets.Accepted, asker)
	case 3:
		send(tickets.Refused, asker)
	case 4:
		send(tickets.Accepted, asker, w.senco.ID)
	case 5:
		if n := len(*sent); n > 0 {
			i := random.IntN(n)
			w.one(bounceOf((*sent)[i]))
		}
	case 6:
		_, err := w.desk.LogCall(ctx, actor(w.dean), tickets.CallRequest{Ref: k.Ref, Call: tickets.Call{
			Direction: tickets.Out, Answered: true, PersonID: asker, StopsClock: true, StopsReason: "told her",
		}, At: w.now.Add(-time.Duration(random.IntN(300)) * time.Minute)}, w.now)
		w.must(err)
	case 7:
		if k.State != tickets.StateFinished {
			w.must(w.desk.Finish(ctx, actor(w.dean), tickets.FinishRequest{Ref: k.Ref, Reason: "withdrawn"}, w.now))
		}
	case 8:
		_, err := w.desk.AddNote(ctx, actor(w.dean), tickets.NoteRequest{Ref: k.Ref, Text: tickets.NewPrivateText("n")}, w.now)
		w.must(err)
	case 9:
		w.sweep()
	}
}

func (w *world) equalsHistory(ticketID int64) {
	w.t.Helper()
	events, err := w.db.EventsOfTicket(context.Background(), ticketID)
	w.must(err)
	should, err := tickets.RecomputeClocks(events, sla.DefaultPolicies(), sla.DefaultCalendar())
	w.must(err)
	stored := w.clocks(ticketID)
	if len(stored) != len(should) {
		w.t.Errorf("%d clocks are stored, the history has %d", len(stored), len(should))
	}
	running := 0
	for _, c := range stored {
		if !should[c.ID].Equal(c.Clock) {
			w.t.Errorf("clock %d is %+v, the history says %+v", c.ID, c.Clock, should[c.ID])
		}
		if (c.NextAt != nil) && c.StoppedAt != nil {
			w.t.Errorf("clock %d is stopped and would be swept", c.ID)
		}
		if c.StoppedAt == nil {
			running++
		}
	}
	k := w.ticket(ticketID)
	if running > 1 {
		w.t.Errorf("%d clocks run", running)
	}
	if k.State == tickets.StateOpen && running == 0 {
		w.t.Errorf("open, and nobody would be told: %+v", k)
	}
	if k.State == tickets.StateFinished && running != 0 {
		w.t.Errorf("finished with %d running clocks", running)
	}
	if k.State == tickets.StateAnswered && running != 0 {
		w.t.Errorf("answered with %d running clocks: %+v", running, k)
	}
}

func TestRecomputeAfterAPolicyChange(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	r := w.one(mail(tessa))
	policies := sla.DefaultPolicies()
	p := policies[sla.PolicyGeneral]
	p.FirstResponse = sla.Target{WorkingDays: 2}
	policies[sla.PolicyGeneral] = p
	shorter, err := tickets.NewDesk(tickets.Deps{Store: w.db, Outbox: w.db, Calendar: sla.DefaultCalendar(), Policies: policies, Settings: settings(), Random: zeros{}})
	w.must(err)
	for i, want := range []int{1, 0} {
		n, err := shorter.Recompute(ctx, r.TicketID, w.now)
		w.must(err)
		if n != want {
			t.Errorf("run %d changed %d", i, n)
		}
	}
	if c := w.clocks(r.TicketID)[0]; sla.FormatDate(c.DueDay) != "Thursday 26 November 2026" || c.NextAt == nil || !c.NextAt.Equal(c.WarnAt) {
		t.Errorf("%+v", c)
	}
	if _, err := shorter.Recompute(ctx, 999, w.now); !fault.Is(err, fault.NotFound) {
		t.Errorf("%v", err)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }
