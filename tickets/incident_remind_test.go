package tickets_test

import (
	"context"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/fault"
)

// The 72 hours of an incident are told again at 24, 48, 60 and 70 hours, each once, and
// after a downtime the latest alone; not once the ICO was told.
func TestIncidentReminders(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		r := w.one(mail(tessa))
		o := w.reply(r.TicketID, w.tessa.ID)
		aware := w.now
		i, err := w.desk.ReportMisdirected(ctx, actor(w.dean), tickets.Misdirected{OutgoingID: o.ID, GotBy: "Rob", What: "The address", AwareAt: aware}, w.now)
		w.must(err)
		each := len(w.letters(r.TicketID, tickets.TemplateIncident))
		if each == 0 || i.DueAt != aware.UTC().Add(72*time.Hour) {
			t.Fatalf("%d were told, due %s", each, i.DueAt)
		}
		for _, x := range []struct {
			hours time.Duration
			told  int
		}{{1, 0}, {23, 0}, {24, 1}, {25, 0}, {61, 1}, {62, 0}, {70, 1}, {71, 0}, {100, 0}} {
			before := len(w.letters(r.TicketID, tickets.TemplateIncident))
			told, err := w.desk.RemindIncidents(ctx, aware.Add(x.hours*time.Hour))
			w.must(err)
			if now := len(w.letters(r.TicketID, tickets.TemplateIncident)); told != x.told || now-before != x.told*each {
				t.Errorf("at %d hours: %d told, %d notices", x.hours, told, now-before)
			}
		}
		if _, err := w.desk.ReportMisdirected(ctx, actor(w.dean), tickets.Misdirected{OutgoingID: o.ID, GotBy: "x", What: "x", AwareAt: aware}, w.now); !fault.Is(err, fault.Conflict) {
			t.Errorf("reported twice: %v", err)
		}
	})
}

// A letter that the guard held goes past exactly what a second person released; its
// author cannot, and when the guard stops it again the release counts no more.
func TestReleaseOfAHeldLetter(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		r := w.one(mail(tessa))
		k := w.ticket(r.TicketID)
		o, err := w.desk.Reply(ctx, actor(w.dean), tickets.ReplyRequest{
			Ref: k.Ref, To: []int64{w.tessa.ID}, Body: "The review is on 3 December.", SeenVersion: k.Version, Digest: "d1.r1",
		}, w.now)
		w.must(err)
		hold := func() {
			t.Helper()
			w.later(time.Hour)
			c := w.claim()
			for c != nil && c.Letter.ID != o.ID { // what waits before it leaves first
				w.begin(c)
				for _, dl := range c.Letter.Deliveries {
					w.must(w.desk.RecordOutcome(ctx, c, tickets.Outcome{DeliveryID: dl.ID, State: tickets.Accepted, Reply: "250 ok"}, w.now))
				}
				c = w.claim()
			}
			if c == nil {
				t.Fatal("the letter is not due")
			}
			w.must(w.desk.HoldLetter(ctx, c, "It is marked.", []string{"INTERNAL-MARKING"}, w.now))
		}
		hold()
		yes := tickets.ReleaseStopped{
			OutgoingID: o.ID, Basis: "task", Reason: "It is hers", Digest: "d1.r1", Still: []tickets.SecondFinding{{Rule: "INTERNAL-MARKING", Mailbox: tessa, Seen: "s1"}},
		}
		if err := w.desk.ReleaseStopped(ctx, actor(w.dean), yes, w.now); !fault.Is(err, fault.Denied) {
			t.Errorf("its author: %v", err)
		}
		for name, change := range map[string]func(*tickets.ReleaseStopped){
			"no basis":         func(x *tickets.ReleaseStopped) { x.Basis = "" },
			"no reason":        func(x *tickets.ReleaseStopped) { x.Reason = " " },
			"nothing to go by": func(x *tickets.ReleaseStopped) { x.Still = nil },
			"another letter":   func(x *tickets.ReleaseStopped) { x.Digest = "d2.r1" },
		} {
			bad := yes
			change(&bad)
			if err := w.desk.ReleaseStopped(ctx, actor(w.lead), bad, w.now); !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.Conflict) {
				t.Errorf("%s: %v", name, err)
			}
		}
		w.must(w.desk.ReleaseStopped(ctx, actor(w.lead), yes, w.now))
		if l := w.letter(o.ID); l.Deliveries[0].State != tickets.Queued || len(l.Confirmed) != 1 || !l.Confirmed[0].ReleasedFor(w.dean.ID, w.now) || len(l.HeldRules) != 0 {
			t.Errorf("released: %+v", l)
		}
		if err := w.desk.ReleaseStopped(ctx, actor(w.lead), yes, w.now); !fault.Is(err, fault.Conflict) {
			t.Errorf("released twice: %v", err)
		}
		hold() // what it would say now is not what was released
		if l := w.letter(o.ID); len(l.Confirmed) != 0 || l.Deliveries[0].State != tickets.Held {
			t.Errorf("held again: %+v", l)
		}
	})
}
