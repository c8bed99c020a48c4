package tickets_test

import (
	"context"
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/fault"
)

// A letter in which a mistake would be worse can be taken back for longer, and its
// author reads why; what somebody likes for themselves is never below the council's.
func TestHoldByRiskAndByPerson(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		s := w.desk.Settings()
		s.HighRiskHold = 10 * time.Minute
		var err error
		w.desk, err = tickets.NewDesk(tickets.Deps{
			Store: w.db, Outbox: w.db, Calendar: sla.DefaultCalendar(), Policies: sla.DefaultPolicies(), Settings: s, Random: rand.Reader,
		})
		w.must(err)
		r := w.one(mail(tessa))
		hold := func(change func(*tickets.ReplyRequest)) (time.Duration, string) {
			t.Helper()
			q := tickets.ReplyRequest{Ref: r.TicketRef, To: []int64{w.tessa.ID}, Body: "Hello", AnswersID: r.MessageID, SeenVersion: w.ticket(r.TicketID).Version}
			if change != nil {
				change(&q)
			}
			d, err := w.desk.Draft(ctx, actor(w.dean), q, w.now)
			w.must(err)
			return d.Letter.ReleaseAt.Sub(w.now), strings.Join(d.Letter.HoldReasons, "; ")
		}
		if d, why := hold(nil); d != 10*time.Minute || !strings.Contains(why, "first letter to") {
			t.Errorf("a first letter: %s %q", d, why)
		}
		w.drain() // the acknowledgement has reached her
		if d, why := hold(nil); d != s.Hold || why != "" {
			t.Errorf("an ordinary letter: %s %q", d, why)
		}
		if d, why := hold(func(q *tickets.ReplyRequest) { q.Confirmed = []tickets.Confirmation{{Rule: "X", Mailbox: tessa}} }); d != 10*time.Minute || !strings.Contains(why, "you confirmed") {
			t.Errorf("confirmed: %s %q", d, why)
		}
		if d, why := hold(func(q *tickets.ReplyRequest) { q.To = append(q.To, w.rob.ID) }); d != 10*time.Minute || !strings.Contains(why, "several people") {
			t.Errorf("to two people: %s %q", d, why)
		}
		w.must(w.desk.SetHold(ctx, actor(w.dean), 5*time.Minute, w.now))
		if d, _ := hold(nil); d != 5*time.Minute {
			t.Errorf("as the person likes it: %s", d)
		}
		for _, bad := range []time.Duration{0, s.Hold - time.Second, tickets.HoldMost + time.Second} {
			if err := w.desk.SetHold(ctx, actor(w.dean), bad, w.now); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", bad, err)
			}
		}
		w.must(w.db.Write(ctx, func(tx tickets.Tx) error {
			c := w.milo
			c.Restricted = true
			return tx.UpdateCase(ctx, &c)
		}))
		lead := actor(w.lead)
		q := tickets.ReplyRequest{Ref: r.TicketRef, To: []int64{w.tessa.ID}, Body: "Hello", AnswersID: r.MessageID, SeenVersion: w.ticket(r.TicketID).Version}
		if d, err := w.desk.Draft(ctx, lead, q, w.now); err == nil && (d.Letter.ReleaseAt.Sub(w.now) != 10*time.Minute || len(d.Letter.HoldReasons) == 0) {
			t.Errorf("a restricted case: %s %v", d.Letter.ReleaseAt.Sub(w.now), d.Letter.HoldReasons)
		} else if err != nil && !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
	})
}

// Somebody may leave a letter in doubt as it is: it is not sent, answers nobody,
// and can be settled later; the lead is told when it comes to be in doubt.
func TestLeftInDoubt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		r := w.one(mail(tessa))
		o := w.reply(r.TicketID, w.tessa.ID)
		w.later(2 * time.Minute)
		w.send(o, tickets.Uncertain)
		told := map[int64]bool{}
		for _, n := range w.letters(r.TicketID, tickets.TemplateUncertain) {
			told[n.Deliveries[0].StaffID] = true
		}
		if !told[w.dean.ID] || !told[w.lead.ID] {
			t.Errorf("told: %v, officer %d, lead %d", told, w.dean.ID, w.lead.ID)
		}
		settle := func(as tickets.Resolution) error {
			_, err := w.desk.ResolveUncertain(ctx, actor(w.dean), tickets.ResolveRequest{OutgoingID: o.ID, DeliveryID: o.Deliveries[0].ID, As: as, Why: "nobody  answers\nthe telephone"}, w.now)
			return err
		}
		w.must(settle(tickets.ResolvedLeft))
		d := w.letter(o.ID).Deliveries[0]
		if d.State != tickets.Uncertain || d.LeftBy != w.dean.ID || !strings.Contains(d.Why, w.dean.Name+": nobody answers the telephone") {
			t.Errorf("%+v", d)
		}
		if w.runs(r.TicketID) != 1 {
			t.Error("the clock does not run")
		}
		if err := settle(tickets.ResolvedLeft); !fault.Is(err, fault.Conflict) {
			t.Errorf("left twice: %v", err)
		}
		w.must(settle(tickets.ResolvedArrived))
		if got := w.letter(o.ID).Deliveries[0].State; got != tickets.Accepted {
			t.Errorf("state %s", got)
		}
		if err := settle(tickets.ResolvedSendAgain); !fault.Is(err, fault.Conflict) {
			t.Errorf("settled twice: %v", err)
		}
	})
}
