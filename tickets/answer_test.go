package tickets_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/fault"
)

func TestReplyToSMTPStopsTheClock(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.one(mail(tessa))
		w.later(time.Hour)
		o := w.reply(r.TicketID, w.tessa.ID)
		if o.Purpose != tickets.PurposeReply || !o.ReleaseAt.Equal(w.now.Add(time.Minute)) || o.AuthorID != w.dean.ID || !strings.Contains(o.Subject, r.TicketRef) {
			t.Errorf("%+v", o)
		}
		if k := w.ticket(r.TicketID); k.State != tickets.StateOpen || w.runs(k.ID) != 1 {
			t.Error("queueing is no answer")
		}
		w.later(2 * time.Minute)
		w.send(o, tickets.Accepted)
		k := w.ticket(r.TicketID)
		c := w.clocks(k.ID)[0]
		if k.State != tickets.StateAnswered || k.LastAnswerAt == nil || !k.LastAnswerAt.Equal(w.now) || c.StoppedAt == nil || !c.StoppedAt.Equal(w.now) || c.StopBy != tickets.StopByReply || c.NextAt != nil {
			t.Errorf("%+v %+v", k, c)
		}
		m := w.messages(k.ID)
		last := m[len(m)-1]
		if len(m) != 2 || last.Direction != tickets.Out || last.Text != "The review is on 3 December." || last.StaffID != w.dean.ID || last.OutgoingID != o.ID {
			t.Errorf("%+v", last)
		}
		if sent := w.events(k.ID, tickets.EvSent); len(sent) != 2 || sent[0].Data["answers"] == true || sent[1].Data["answers"] != true {
			t.Errorf("the acknowledgement counts as an answer: %+v", sent)
		}
	})
}

func TestReplyRefusals(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	r := w.one(mail(tessa))
	k := w.ticket(r.TicketID)
	stranger := w.one(mail("stranger@else.example"))
	w.noContact(w.rob.ID)
	good := tickets.ReplyRequest{Ref: k.Ref, To: []int64{w.tessa.ID}, Body: "Yes.", SeenVersion: k.Version}
	for _, tc := range []struct {
		name string
		who  func() (tickets.ReplyRequest, int)
		kind fault.Kind
		safe string
	}{
		{"empty", func() (tickets.ReplyRequest, int) { r := good; r.Body = " \n"; return r, 0 }, fault.Invalid, "Write a message to Tessa Brandt"},
		{"nobody", func() (tickets.ReplyRequest, int) { r := good; r.To = nil; return r, 0 }, fault.Invalid, "Choose who to write to"},
		{"not on the case", func() (tickets.ReplyRequest, int) { r := good; r.To = []int64{w.tessa.ID, w.other.ID}; return r, 0 }, fault.Refused, "not on this case"},
		{"no contact", func() (tickets.ReplyRequest, int) { r := good; r.To = []int64{w.rob.ID}; return r, 0 }, fault.Refused, "must not write"},
		{"old view", func() (tickets.ReplyRequest, int) { r := good; r.SeenVersion--; return r, 0 }, fault.Conflict, "Not sent: something changed while you were writing"},
		{"business support", func() (tickets.ReplyRequest, int) { return good, 1 }, fault.Denied, "You cannot do this. A named officer or a team lead can"},
		{"system", func() (tickets.ReplyRequest, int) { return good, 2 }, fault.Denied, "Only a person"},
		{"other enquiry's message", func() (tickets.ReplyRequest, int) { r := good; r.AnswersID = stranger.MessageID; return r, 0 }, fault.Invalid, "not part of this enquiry"},
		{"two-line subject", func() (tickets.ReplyRequest, int) { r := good; r.Subject = "a\r\nBcc: x@y.example"; return r, 0 }, fault.Invalid, "one line"},
		{"requester of a case", func() (tickets.ReplyRequest, int) {
			r := good
			r.To, r.ToRequester, r.AnswersID = nil, true, 1
			return r, 0
		}, fault.Invalid, "people of the case"},
		{"state that cannot be", func() (tickets.ReplyRequest, int) { r := good; r.AfterSend = tickets.StateFinished; return r, 0 }, fault.Invalid, "what happens"},
		{"unknown enquiry", func() (tickets.ReplyRequest, int) { r := good; r.Ref = "SEN-1"; return r, 0 }, fault.NotFound, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			req, who := tc.who()
			a := actor(w.dean)
			switch who {
			case 1:
				a = actor(w.duty)
			case 2:
				a.System, a.StaffID = "sweep", 0
			}
			_, err := w.desk.Reply(ctx, a, req, w.now)
			if !fault.Is(err, tc.kind) || !strings.Contains(fault.SafeText(err), tc.safe) {
				t.Errorf("%v", err)
			}
		})
	}
	if n := len(w.events(k.ID, tickets.EvReplyQueued)); n != 0 {
		t.Errorf("%d letters were queued", n)
	}
}

func TestReplyConflictSaysWhatChanged(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.one(mail(tessa))
		seen := w.ticket(r.TicketID).Version
		w.later(3 * time.Minute)
		w.one(mail(tessa, saying("still waiting")))
		_, err := w.desk.Reply(context.Background(), actor(w.dean), tickets.ReplyRequest{Ref: r.TicketRef, To: []int64{w.tessa.ID}, Body: "x", SeenVersion: seen}, w.now)
		var changed *tickets.ChangedError
		if !fault.Is(err, fault.Conflict) || !errors.As(err, &changed) || len(changed.Events) == 0 || changed.Version != w.ticket(r.TicketID).Version {
			t.Fatalf("%v", err)
		}
		if !strings.Contains(fault.SafeText(err), "Tue 24 Nov, 12:03: a new message came in") {
			t.Errorf("%s", fault.SafeText(err))
		}
		// Twenty at once from the same view: one is queued.
		var wg sync.WaitGroup
		results := make([]error, 20)
		req := tickets.ReplyRequest{Ref: r.TicketRef, To: []int64{w.tessa.ID}, Body: "x", SeenVersion: changed.Version}
		for i := range results {
			wg.Go(func() { _, results[i] = w.desk.Reply(context.Background(), actor(w.dean), req, w.now) })
		}
		wg.Wait()
		queued := 0
		for _, err := range results {
			switch {
			case err == nil:
				queued++
			case !fault.Is(err, fault.Conflict):
				t.Errorf("%v", err)
			}
		}
		if queued != 1 {
			t.Errorf("%d of 20 were queued", queued)
		}
	})
}

func TestAnswerToSomebodyElseIsNone(t *testing.T) {
	w := newWorld(t)
	r := w.one(mail(tessa))
	o := w.reply(r.TicketID, w.senco.ID)
	w.later(2 * time.Minute)
	w.send(o, tickets.Accepted)
	if k := w.ticket(r.TicketID); k.State != tickets.StateOpen || k.LastAnswerAt != nil || w.runs(k.ID) != 1 {
		t.Errorf("a letter to the school answered the mother: %+v", k)
	}
}

func TestMailDuringTheHoldIsNotAnswered(t *testing.T) {
	w := newWorld(t)
	r := w.one(mail(tessa))
	w.later(time.Hour)
	o := w.reply(r.TicketID, w.tessa.ID, w.senco.ID)
	w.later(20 * time.Second)
	wrote := w.now
	w.one(mail(tessa, saying("still waiting, and another thing")))
	w.later(2 * time.Minute)
	w.send(o, tickets.Accepted)
	k := w.ticket(r.TicketID)
	c := w.clocks(k.ID)
	if k.State != tickets.StateOpen || len(c) != 2 || c[0].StoppedAt == nil || c[1].StoppedAt != nil || !c[1].ReceivedAt.Equal(wrote) {
		t.Errorf("%+v %+v", k, c)
	}
}

func TestExtraLetterDoesNotAnswerWhatCameAfterIt(t *testing.T) {
	w := newWorld(t)
	r := w.one(mail(tessa))
	first := w.reply(r.TicketID, w.tessa.ID)
	w.later(2 * time.Minute)
	w.send(first, tickets.Accepted)
	extra := w.reply(r.TicketID, w.tessa.ID)
	w.later(20 * time.Second)
	w.one(mail(tessa, func(in *tickets.Inbound) { in.References = []string{first.Deliveries[0].MessageID} }))
	w.later(2 * time.Minute)
	w.send(extra, tickets.Accepted)
	if c := w.clocks(r.TicketID); len(c) != 2 || c[1].StoppedAt != nil {
		t.Errorf("%+v", c)
	}
}

func TestSecondCopyHasNoSecondEffect(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	parties, err := w.db.Parties(ctx, w.milo.ID)
	w.must(err)
	for _, p := range parties {
		if p.Person.ID == w.senco.ID {
			p.Link.Representative = true
			w.must(w.db.Write(ctx, func(tx tickets.Tx) error { return tx.UpdateLink(ctx, &p.Link) }))
		}
	}
	r := w.one(mail(tessa))
	w.drain()
	w.reply(r.TicketID, w.tessa.ID, w.senco.ID)
	w.later(2 * time.Minute)
	c := w.claim()
	w.begin(c)
	one, two := c.Letter.Deliveries[0].ID, c.Letter.Deliveries[1].ID
	w.must(w.desk.RecordOutcome(ctx, c, tickets.Outcome{DeliveryID: one, State: tickets.Accepted}, w.now))
	w.must(w.desk.RecordOutcome(ctx, c, tickets.Outcome{DeliveryID: two, State: tickets.Queued, NextAt: w.now.Add(time.Hour)}, w.now))
	if err := w.desk.RecordOutcome(ctx, c, tickets.Outcome{DeliveryID: two, State: tickets.Accepted}, w.now); !fault.Is(err, fault.Conflict) {
		t.Errorf("an outcome for a claim that was given back: %v", err)
	}
	w.must(w.desk.SetState(ctx, actor(w.dean), tickets.StateRequest{Ref: r.TicketRef, To: tickets.StateWaitingOther}, w.now))
	w.later(2 * time.Hour)
	c = w.claim()
	if c == nil || len(c.Letter.Deliveries) != 1 || c.Letter.Deliveries[0].Attempts != 2 {
		t.Fatalf("the second copy is not tried again: %+v", c)
	}
	w.begin(c)
	w.must(w.desk.RecordOutcome(ctx, c, tickets.Outcome{DeliveryID: two, State: tickets.Accepted}, w.now))
	if k := w.ticket(r.TicketID); k.State != tickets.StateWaitingOther || w.runs(k.ID) != 1 {
		t.Errorf("%+v", k)
	}
	if n := len(w.messages(r.TicketID)); n != 2 {
		t.Errorf("%d messages; a letter is one, however many copies", n)
	}
}

func TestCancelAndClaimRace(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		r := w.one(mail(tessa))
		w.drain() // the acknowledgement
		cancelled, claimed := 0, 0
		for i := range 20 {
			o := w.reply(r.TicketID, w.tessa.ID)
			w.later(61 * time.Second)
			var wg sync.WaitGroup
			var cancel error
			var c *tickets.Claim
			both := []func(){
				func() { cancel = w.desk.CancelReply(ctx, actor(w.dean), o.ID, w.now) },
				func() { c = w.claim() },
			}
			wg.Go(both[i%2]) // the scheduler prefers one of the two
			wg.Go(both[1-i%2])
			wg.Wait()
			switch {
			case cancel == nil && c == nil:
				cancelled++
				if d := w.letter(o.ID).Deliveries[0]; d.State != tickets.Cancelled {
					t.Fatalf("%+v", d)
				}
				if err := w.desk.CancelReply(ctx, actor(w.dean), o.ID, w.now); err != nil {
					t.Fatalf("cancelling twice: %v", err)
				}
			case fault.Is(cancel, fault.Conflict) && c != nil:
				claimed++
				w.begin(c)
				w.must(w.desk.RecordOutcome(ctx, c, tickets.Outcome{DeliveryID: c.Letter.Deliveries[0].ID, State: tickets.Accepted}, w.now))
			default:
				t.Fatalf("cancelled: %v, claimed: %v", cancel, c)
			}
		}
		t.Logf("%d cancelled, %d sent", cancelled, claimed)
	})
}

func TestCancelDuringTheHold(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		r := w.one(mail(tessa))
		w.drain()
		o := w.reply(r.TicketID, w.tessa.ID, w.senco.ID)
		if err := w.desk.CancelReply(ctx, actor(w.priya), o.ID, w.now); !fault.Is(err, fault.Denied) {
			t.Errorf("somebody else's letter: %v", err)
		}
		w.must(w.desk.CancelReply(ctx, actor(w.lead), o.ID, w.now))
		w.later(time.Hour)
		if c := w.claim(); c != nil {
			t.Errorf("a cancelled letter was claimed: %+v", c.Letter)
		}
		if k := w.ticket(r.TicketID); w.runs(k.ID) != 1 || k.State != tickets.StateOpen {
			t.Errorf("%+v", k)
		}
	})
}

func bounceOf(d tickets.Delivery) *tickets.Inbound {
	return mail("mailer-daemon@mx.example", saying("undeliverable "+d.MessageID), func(in *tickets.Inbound) {
		in.Kind, in.AutoHeader = tickets.KindBounce, true
		in.Bounce = &tickets.Bounce{Recipient: d.Email, Status: "5.1.1", Permanent: true, MessageID: d.MessageID, Diagnosis: "550 no such user"}
	})
}

func TestBounceCountsAsNotAnswered(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(*tickets.Inbound, tickets.Delivery)
	}{
		{"by Message-ID", func(*tickets.Inbound, tickets.Delivery) {}},
		{"by References", func(in *tickets.Inbound, d tickets.Delivery) {
			in.Bounce.MessageID, in.References = "", []string{d.MessageID}
		}},
		{"by token", func(in *tickets.Inbound, d tickets.Delivery) {
			in.Bounce.MessageID, in.To = "", []tickets.MailAddress{{Email: "sen+" + d.Token + "@westmarsh.example"}}
		}},
		{"by envelope id", func(in *tickets.Inbound, d tickets.Delivery) {
			in.Bounce.MessageID, in.Bounce.EnvelopeID = "another@server.example", d.MessageID
		}},
		{"by the reply address of the returned letter", func(in *tickets.Inbound, d tickets.Delivery) {
			in.Bounce.MessageID, in.Bounce.Returned = "another@server.example", []string{"sen+" + d.Token + "@westmarsh.example"}
		}},
		{"of an address that it was passed on to", func(in *tickets.Inbound, d tickets.Delivery) {
			in.Bounce.Recipient, in.Bounce.Named = "new@other.example", []string{"new@other.example", d.Email}
		}},
		{"of nobody by name", func(in *tickets.Inbound, _ tickets.Delivery) { in.Bounce.Recipient = "" }},
		{"expired", func(in *tickets.Inbound, _ tickets.Delivery) { in.Bounce.Permanent, in.Bounce.Status = false, "4.4.7" }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t)
			r := w.one(mail(tessa))
			due := w.clocks(r.TicketID)[0].DueAt
			w.later(time.Hour)
			o := w.reply(r.TicketID, w.tessa.ID)
			w.later(2 * time.Minute)
			w.send(o, tickets.Accepted)
			w.must(w.desk.Finish(context.Background(), actor(w.dean), tickets.FinishRequest{Ref: r.TicketRef}, w.now))
			w.later(10 * time.Minute)
			in := bounceOf(o.Deliveries[0])
			tc.change(in, o.Deliveries[0])
			rec := w.received(in)
			got := w.intake(rec)[0]
			if got.TicketID != r.TicketID || got.AckID != 0 {
				t.Fatalf("%+v", got)
			}
			k := w.ticket(r.TicketID)
			c := w.clocks(k.ID)
			if k.State != tickets.StateOpen || k.FinishedAt != nil || k.LastAnswerAt != nil {
				t.Errorf("ticket %+v", k)
			}
			if len(c) != 1 || c[0].StoppedAt != nil || c[0].NextAt == nil || !c[0].DueAt.Equal(due) || c[0].StopBy != "" {
				t.Errorf("clock %+v", c)
			}
			if d := w.letter(o.ID).Deliveries[0]; d.State != tickets.Bounced || d.Why == "" || strings.Contains(d.Why, "@") {
				t.Errorf("delivery %+v", d)
			}
			p, err := w.db.Parties(context.Background(), w.milo.ID)
			w.must(err)
			for _, x := range p {
				if x.Person.ID == w.tessa.ID && x.Addresses[0].Bounced != 1 {
					t.Errorf("address %+v", x.Addresses)
				}
			}
			if n := w.letters(k.ID, tickets.TemplateUndelivered); len(n) != 1 || n[0].Deliveries[0].Email != w.dean.Email {
				t.Errorf("told %+v", n)
			}
			rec.UID, rec.Mail.ContentHash = rec.UID+1, "another report of the same failure"
			w.intake(rec)
			if n := w.letters(k.ID, tickets.TemplateUndelivered); len(n) != 1 {
				t.Errorf("a second report told again: %d", len(n))
			}
		})
	}
}

func TestBounceOfNothingOfOurs(t *testing.T) {
	w := newWorld(t)
	in := bounceOf(tickets.Delivery{Email: "x@else.example", MessageID: "spam@else.example"})
	if r := w.one(in); r.TicketID != 0 || r.MessageID == 0 || r.Fate != tickets.FateMessage {
		t.Errorf("%+v", r)
	}
}

func TestDelayedIsNotFailed(t *testing.T) {
	w := newWorld(t)
	r := w.one(mail(tessa))
	o := w.reply(r.TicketID, w.tessa.ID)
	w.later(2 * time.Minute)
	w.send(o, tickets.Accepted)
	in := bounceOf(o.Deliveries[0])
	in.Bounce.Permanent, in.Bounce.Delayed = false, true
	if w.one(in); w.ticket(r.TicketID).State != tickets.StateAnswered || w.runs(r.TicketID) != 0 {
		t.Error("a delay reopened the enquiry")
	}
}

func TestBounceOfOneWhenAnotherAnswerArrived(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.one(mail(tessa))
		first := w.reply(r.TicketID, w.tessa.ID)
		w.later(2 * time.Minute)
		w.send(first, tickets.Accepted)
		second := w.reply(r.TicketID, w.tessa.ID)
		w.later(2 * time.Minute)
		w.send(second, tickets.Accepted)
		at := w.now
		w.later(time.Minute)
		w.one(bounceOf(first.Deliveries[0]))
		c := w.clocks(r.TicketID)
		if len(c) != 1 || c[0].StoppedAt == nil || !c[0].StoppedAt.Equal(at) {
			t.Errorf("the second answer counts: %+v", c)
		}
		if w.ticket(r.TicketID).State != tickets.StateAnswered {
			t.Error("it was answered all the same")
		}
		w.one(bounceOf(second.Deliveries[0]))
		if w.runs(r.TicketID) != 1 || w.ticket(r.TicketID).LastAnswerAt != nil {
			t.Errorf("no answer arrived: %+v %+v", w.clocks(r.TicketID), w.ticket(r.TicketID))
		}
	})
}

func TestBouncedNoticeTellsNobody(t *testing.T) {
	w := newWorld(t)
	r := w.one(mail(tessa, saying("she took an overdose")))
	notices := w.letters(r.TicketID, tickets.TemplateAlert)
	w.send(notices[0], tickets.Accepted)
	before := len(w.events(r.TicketID, tickets.EvNotified))
	w.one(bounceOf(notices[0].Deliveries[0]))
	if after := len(w.events(r.TicketID, tickets.EvNotified)); after != before || w.letter(notices[0].ID).Deliveries[0].State != tickets.Bounced {
		t.Errorf("%d notices, then %d", before, after)
	}
}

func TestRefusedLetter(t *testing.T) {
	w := newWorld(t)
	r := w.one(mail(tessa))
	o := w.reply(r.TicketID, w.tessa.ID)
	w.later(2 * time.Minute)
	w.send(o, tickets.Refused)
	k := w.ticket(r.TicketID)
	if k.State != tickets.StateOpen || w.runs(k.ID) != 1 || len(w.letters(k.ID, tickets.TemplateUndelivered)) != 1 || len(w.messages(k.ID)) != 1 {
		t.Errorf("%+v", k)
	}
}

func TestUncertainIsForAPerson(t *testing.T) {
	for _, as := range []tickets.Resolution{tickets.ResolvedArrived, tickets.ResolvedSendAgain} {
		t.Run(string(as), func(t *testing.T) {
			w := newWorld(t)
			ctx := context.Background()
			r := w.one(mail(tessa))
			o := w.reply(r.TicketID, w.tessa.ID)
			w.later(2 * time.Minute)
			w.send(o, tickets.Uncertain)
			if w.runs(r.TicketID) != 1 || len(w.letters(r.TicketID, tickets.TemplateUncertain)) != 2 {
				t.Error("doubt stopped the clock, or the officer or the lead was not told")
			}
			req := tickets.ResolveRequest{OutgoingID: o.ID, DeliveryID: o.Deliveries[0].ID, As: as}
			n, err := w.desk.ResolveUncertain(ctx, actor(w.dean), req, w.now)
			w.must(err)
			if _, err := w.desk.ResolveUncertain(ctx, actor(w.dean), req, w.now); !fault.Is(err, fault.Conflict) {
				t.Errorf("settled twice: %v", err)
			}
			if as == tickets.ResolvedArrived {
				if w.runs(r.TicketID) != 0 || w.ticket(r.TicketID).State != tickets.StateAnswered {
					t.Error("it arrived")
				}
				return
			}
			if n.ID == o.ID || n.Deliveries[0].MessageID == o.Deliveries[0].MessageID || n.Deliveries[0].Token == o.Deliveries[0].Token || !n.ReleaseAt.After(w.now) {
				t.Errorf("%+v", n)
			}
			w.later(2 * time.Minute)
			w.send(n, tickets.Accepted)
			if w.runs(r.TicketID) != 0 {
				t.Error("the second letter is an answer")
			}
		})
	}
}

func TestHoldAndRelease(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		r := w.one(mail(tessa))
		w.drain()
		stopped := w.reply(r.TicketID, w.tessa.ID)
		w.later(2 * time.Minute)
		c := w.claim()
		w.must(w.desk.HoldLetter(ctx, c, "Part of this is from a note.", []string{"NOTE-CONTENT"}, w.now))
		if o := w.letter(stopped.ID); o.Deliveries[0].State != tickets.Held || len(o.HeldRules) != 1 || len(w.letters(r.TicketID, tickets.TemplateStopped)) != 1 {
			t.Errorf("%+v", o)
		}
		if err := w.desk.ReleaseHeld(ctx, actor(w.lead), stopped.ID, w.now); !fault.Is(err, fault.Refused) {
			t.Errorf("what the guard stopped was released: %v", err)
		}
		if err := w.desk.HoldLetter(ctx, c, "again", nil, w.now); !fault.Is(err, fault.Conflict) {
			t.Errorf("held twice: %v", err)
		}
		w.must(w.desk.CancelReply(ctx, actor(w.dean), stopped.ID, w.now))

		w.drain() // the notice
		waiting := w.reply(r.TicketID, w.tessa.ID)
		w.later(2 * time.Minute)
		c = w.claim()
		w.must(w.desk.HoldLetter(ctx, c, "It was overdue.", nil, w.now))
		if err := w.desk.ReleaseHeld(ctx, actor(w.dean), waiting.ID, w.now); !fault.Is(err, fault.Denied) {
			t.Errorf("an officer released: %v", err)
		}
		w.must(w.desk.ReleaseHeld(ctx, actor(w.lead), waiting.ID, w.now))
		w.must(w.desk.ReleaseHeld(ctx, actor(w.lead), waiting.ID, w.now))
		w.send(waiting, tickets.Accepted)
		if w.runs(r.TicketID) != 0 {
			t.Error("released, sent and not counted")
		}
	})
}

func TestModeChangeReleasesNothing(t *testing.T) {
	w := newWorld(t, func(s *tickets.Settings) { s.Mode = tickets.ModeHold })
	ctx := context.Background()
	r := w.one(mail(tessa))
	o := w.reply(r.TicketID, w.tessa.ID)
	w.later(time.Hour)
	if c := w.claim(); c != nil {
		t.Fatalf("claimed %+v", c.Letter)
	}
	send := newDesk(t, w.db, tickets.ModeSend)
	w.must(send.ReleaseHeld(ctx, actor(w.lead), o.ID, w.now))
	if c := w.claim(); c == nil || c.Letter.ID != o.ID {
		t.Fatalf("claimed %+v", c)
	}
}

func TestRecoverTellsAboutDoubt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		r := w.one(mail(tessa))
		w.drain()
		o := w.reply(r.TicketID, w.tessa.ID)
		w.one(mail("ada.osei@mail.example")) // whose acknowledgement will only be claimed
		w.later(2 * time.Minute)
		a, b := w.claim(), w.claim()
		if b.Letter.ID != o.ID {
			a, b = b, a
		}
		w.begin(b)
		w.later(time.Hour)
		again, doubt, err := w.desk.Recover(ctx, w.now)
		w.must(err)
		if again != 1 || doubt != 1 || w.letter(o.ID).Deliveries[0].State != tickets.Uncertain || w.letter(a.Letter.ID).Deliveries[0].State != tickets.Queued {
			t.Errorf("%d again, %d in doubt", again, doubt)
		}
		if len(w.events(r.TicketID, tickets.EvUncertain)) != 1 {
			t.Error("the history does not say so")
		}
		again, doubt, err = w.desk.Recover(ctx, w.now)
		w.must(err)
		if again+doubt != 0 {
			t.Errorf("the second run moved %d and %d", again, doubt)
		}
		// The program that had it was only slow: what it knows counts.
		w.must(w.desk.RecordOutcome(ctx, b, tickets.Outcome{DeliveryID: b.Letter.Deliveries[0].ID, State: tickets.Accepted}, w.now))
		if w.runs(r.TicketID) != 0 {
			t.Error("accepted after all")
		}
	})
}
