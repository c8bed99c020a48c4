package tickets_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/audit"
	"hearback/tickets/register"
)

// answered opens an enquiry of Tessa's and answers it; the mail server has taken it.
func (w *world) answered() (tickets.IntakeResult, tickets.Delivery) {
	w.t.Helper()
	r := w.one(mail(tessa))
	w.later(time.Hour)
	o := w.reply(r.TicketID, w.tessa.ID)
	w.now = o.ReleaseAt.Add(time.Minute)
	w.send(o, tickets.Accepted)
	w.later(10 * time.Minute)
	return r, w.letter(o.ID).Deliveries[0]
}

func (w *world) address(person int64) register.Address {
	w.t.Helper()
	list, err := w.db.Parties(context.Background(), w.milo.ID)
	w.must(err)
	for _, p := range list {
		if p.Person.ID == person {
			return p.Addresses[0]
		}
	}
	w.t.Fatal("no such person")
	return register.Address{}
}

// What proves nothing changes nothing, and is seen.
func TestForgedBounceChangesNothing(t *testing.T) {
	for name, forge := range map[string]func(*tickets.Inbound, tickets.Delivery){
		"cites nothing": func(in *tickets.Inbound, _ tickets.Delivery) { in.Bounce.MessageID = "" },
		"cites what is not ours": func(in *tickets.Inbound, _ tickets.Delivery) {
			in.Bounce.MessageID, in.Bounce.EnvelopeID = "x@else.example", "y@else.example"
			in.Bounce.Returned = []string{"sen+aaaaaaaaaaaaaaaaaaaaaaaaaa@westmarsh.example"}
		},
		"for somebody whom it never went to": func(in *tickets.Inbound, _ tickets.Delivery) {
			in.Bounce.Recipient, in.Bounce.Named = rob, []string{rob}
		},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				r, d := w.answered()
				before := *w.ticket(r.TicketID)
				in := bounceOf(d)
				forge(in, d)
				got := w.one(in)
				k := w.ticket(r.TicketID)
				if k.State != before.State || k.LastAnswerAt == nil || w.runs(k.ID) != 0 {
					t.Errorf("ticket %+v", k)
				}
				if x := w.letter(d.OutgoingID).Deliveries[0]; x.State != tickets.Accepted {
					t.Errorf("delivery %+v", x)
				}
				if w.address(w.tessa.ID).Bounced != 0 || w.address(w.rob.ID).Bounced != 0 {
					t.Error("an address was counted")
				}
				if n := len(w.letters(k.ID, tickets.TemplateUndelivered)); n != 0 {
					t.Errorf("%d notices that it did not arrive", n)
				}
				if got.TicketID != r.TicketID || got.AckID != 0 || len(w.messages(k.ID)) != 3 {
					t.Fatalf("it is not seen on the enquiry: %+v", got)
				}
				again := bounceOf(d)
				forge(again, d)
				again.Text += " again"
				w.one(again)
				if told := w.letters(k.ID, tickets.TemplateDoubtful); len(told) != 1 || told[0].Deliveries[0].Email != w.dean.Email {
					t.Errorf("told %d", len(told))
				}
			})
		})
	}
}

// One of three did not get it: that one, and nobody else.
func TestBounceOfOneOfThree(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.one(mail(tessa))
		o := w.reply(r.TicketID, w.tessa.ID, w.rob.ID, w.senco.ID)
		w.now = o.ReleaseAt.Add(time.Minute)
		w.send(o, tickets.Accepted)
		w.later(time.Minute)
		var robs tickets.Delivery
		for _, d := range o.Deliveries {
			if d.PersonID == w.rob.ID {
				robs = d
			}
		}
		if got := w.one(bounceOf(robs)); got.TicketID != r.TicketID {
			t.Fatalf("%+v", got)
		}
		for _, d := range w.letter(o.ID).Deliveries {
			if want := d.ID == robs.ID; (d.State == tickets.Bounced) != want {
				t.Errorf("delivery to person %d is %s", d.PersonID, d.State)
			}
		}
		if w.address(w.rob.ID).Bounced != 1 || w.address(w.tessa.ID).Bounced != 0 {
			t.Error("the wrong address was counted")
		}
		if k := w.ticket(r.TicketID); k.State != tickets.StateAnswered || w.runs(k.ID) != 0 {
			t.Errorf("Tessa has her answer: %+v", k)
		}
		if n := len(w.letters(r.TicketID, tickets.TemplateUndelivered)); n != 1 {
			t.Errorf("the officer was told %d times", n)
		}
	})
}

func TestLeadHearsAfterAWorkingHour(t *testing.T) {
	ctx := context.Background()
	leads := func(w *world, ticket int64) (n int) {
		for _, o := range w.letters(ticket, tickets.TemplateUndelivered) {
			if o.Deliveries[0].Email == w.lead.Email {
				n++
			}
		}
		return n
	}
	sweep := func(w *world) int {
		w.t.Helper()
		n, err := w.desk.SweepUndelivered(ctx, w.now)
		w.must(err)
		return n
	}
	for name, tc := range map[string]struct {
		act  func(w *world, r tickets.IntakeResult)
		lead int
	}{
		"nobody acts": {func(*world, tickets.IntakeResult) {}, 1},
		"a note is no answer": {func(w *world, r tickets.IntakeResult) {
			_, err := w.desk.AddNote(ctx, actor(w.dean), tickets.NoteRequest{Ref: r.TicketRef, Source: "form", Text: tickets.NewPrivateText("I saw it")}, w.now)
			w.must(err)
		}, 1},
		"somebody wrote again": {func(w *world, r tickets.IntakeResult) { w.reply(r.TicketID, w.tessa.ID) }, 0},
		"it was finished": {func(w *world, r tickets.IntakeResult) {
			k := w.ticket(r.TicketID)
			k.State, k.FinishedAt = tickets.StateFinished, &w.now
			w.must(w.db.Write(ctx, func(tx tickets.Tx) error { return tx.UpdateTicket(ctx, k) }))
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				r, d := w.answered()
				w.one(bounceOf(d))
				tc.act(w, r)
				w.later(59 * time.Minute)
				if n := sweep(w); n != 0 || leads(w, r.TicketID) != 0 {
					t.Errorf("before the hour: %d", n)
				}
				w.later(2 * time.Minute)
				if n := sweep(w); n != 1 || leads(w, r.TicketID) != tc.lead {
					t.Errorf("settled %d, the lead was told %d times, want %d", n, leads(w, r.TicketID), tc.lead)
				}
				if n := sweep(w); n != 0 || leads(w, r.TicketID) != tc.lead {
					t.Errorf("once more: %d", n)
				}
			})
		})
	}
	t.Run("the hour is one of office hours", func(t *testing.T) {
		w := newWorld(t)
		r, d := w.answered()
		w.now = time.Date(w.now.Year(), w.now.Month(), w.now.Day(), 17, 0, 0, 0, time.UTC) // a quarter of an hour is left
		w.one(bounceOf(d))
		w.later(2 * time.Hour)
		if n := sweep(w); n != 0 {
			t.Errorf("in the evening: %d", n)
		}
		w.now = time.Date(w.now.Year(), w.now.Month(), w.now.Day()+1, 9, 31, 0, 0, time.UTC)
		if n := sweep(w); n != 1 || leads(w, r.TicketID) != 1 {
			t.Errorf("the next morning: %d, told %d", n, leads(w, r.TicketID))
		}
	})
}

// Two that came back mark an address; a person takes the mark off.
func TestAddressIsMarkedAfterTwo(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, first := w.answered()
		w.one(bounceOf(first))
		if a := w.address(w.tessa.ID); a.Bounced != 1 || a.Failing() {
			t.Errorf("after one %+v", a)
		}
		w.one(mail(tessa)) // a full mailbox sends all the same
		if a := w.address(w.tessa.ID); a.Bounced != 1 {
			t.Errorf("she wrote %+v", a)
		}
		_, arrived := w.answered()
		w.one(mail(tessa, answering(arrived.MessageID))) // that one she has
		if a := w.address(w.tessa.ID); a.Bounced != 0 {
			t.Errorf("she answered %+v", a)
		}
		for range 2 {
			_, d := w.answered()
			w.one(bounceOf(d))
		}
		if a := w.address(w.tessa.ID); !a.Failing() {
			t.Fatalf("after two %+v", a)
		}
		w.one(mail(tessa)) // her mailbox may be full all the same
		if a := w.address(w.tessa.ID); !a.Failing() {
			t.Error("her writing took the mark off")
		}
		a := w.address(w.tessa.ID)
		big := bounceOf(tickets.Delivery{})
		_, d := w.answered()
		*big = *bounceOf(d)
		big.Bounce.Status = "5.3.4"
		w.one(big)
		if x := w.address(w.tessa.ID); x.Bounced != a.Bounced {
			t.Error("a letter that was too big speaks against the address")
		}
		ctx := context.Background()
		w.must(w.desk.AddressWorks(ctx, actor(w.dean), a.ID, w.now))
		if x := w.address(w.tessa.ID); x.Bounced != 0 || x.VerifiedAt != nil {
			t.Errorf("a person took it off: %+v", x)
		}
		list, err := w.db.AuditRecords(ctx, tickets.AuditQuery{Action: audit.AddressChanged})
		w.must(err)
		if len(list) == 0 {
			t.Error("nobody knows who took the mark off")
		}
	})
}

// The report can be faster than our note that the server took the letter.
func TestBounceBeforeItsOutcome(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.one(mail(tessa))
		o := w.reply(r.TicketID, w.tessa.ID)
		w.now = o.ReleaseAt.Add(time.Minute)
		for {
			c := w.claim()
			if c == nil {
				t.Fatal("the letter is not due")
			}
			w.begin(c)
			out := tickets.Outcome{DeliveryID: c.Letter.Deliveries[0].ID, State: tickets.Accepted, Reply: "250 ok"}
			if c.Letter.ID == o.ID {
				w.one(bounceOf(o.Deliveries[0]))
			}
			w.must(w.desk.RecordOutcome(context.Background(), c, out, w.now))
			if c.Letter.ID == o.ID {
				break
			}
		}
		if d := w.letter(o.ID).Deliveries[0]; d.State != tickets.Bounced {
			t.Errorf("delivery %+v", d)
		}
		if k := w.ticket(r.TicketID); k.State != tickets.StateOpen || w.runs(k.ID) != 1 || k.LastAnswerAt != nil {
			t.Errorf("ticket %+v", k)
		}
	})
}

// An acknowledgement that comes back is seen, and brings no other.
func TestBouncedAcknowledgement(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.one(mail(tessa))
		acks := w.letters(r.TicketID, tickets.TemplateAck)
		if len(acks) != 1 {
			t.Fatalf("%d acknowledgements", len(acks))
		}
		w.send(acks[0], tickets.Accepted)
		w.later(time.Minute)
		got := w.one(bounceOf(acks[0].Deliveries[0]))
		if got.TicketID != r.TicketID || got.AckID != 0 || len(w.letters(r.TicketID, tickets.TemplateAck)) != 1 {
			t.Errorf("%+v", got)
		}
		told := w.letters(r.TicketID, tickets.TemplateUndelivered)
		if len(told) != 1 || told[0].Deliveries[0].Email != w.dean.Email {
			t.Errorf("told %+v", told)
		}
		if !slices.ContainsFunc(w.timeline(r.TicketID), func(i tickets.TimelineItem) bool { return i.Message != nil && i.Message.Kind == tickets.KindBounce }) {
			t.Error("it is not on the enquiry")
		}
		if w.runs(r.TicketID) != 1 || w.address(w.tessa.ID).Bounced != 1 {
			t.Error("the clock or the count")
		}
	})
}

// Out of office to an officer's letter: shown, and nothing else.
func TestAwayIsNoAnswerAndReopensNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r, d := w.answered()
		w.must(w.desk.Finish(context.Background(), actor(w.dean), tickets.FinishRequest{Ref: r.TicketRef}, w.now))
		before := *w.ticket(r.TicketID)
		away := mail(tessa, answering(d.MessageID), func(in *tickets.Inbound) { in.Kind, in.AutoHeader = tickets.KindAutoReply, true })
		got := w.one(away)
		after := *w.ticket(r.TicketID)
		if got.TicketID != r.TicketID || got.AckID != 0 || after.State != before.State || !after.LastInboundAt.Equal(before.LastInboundAt) ||
			after.Chasers != before.Chasers || w.runs(r.TicketID) != 0 {
			t.Errorf("%+v: %+v, before %+v", got, after, before)
		}
		if m := w.message(got.MessageID); m.Kind != tickets.KindAutoReply || m.TicketID != r.TicketID {
			t.Errorf("%+v", m)
		}
	})
}
