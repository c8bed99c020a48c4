package tickets_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// outlook is a mail that somebody wrote from the shared mailbox by another program.
func outlook(to string, change ...func(*tickets.Inbound)) *tickets.Inbound {
	return mail(sen, append([]func(*tickets.Inbound){func(in *tickets.Inbound) {
		in.To = []tickets.MailAddress{{Email: to}}
		in.Text, in.ReplyText = "The taxi comes on Monday.", "The taxi comes on Monday."
		in.Subject = "RE: A question"
	}}, change...)...)
}

func answering(id string) func(*tickets.Inbound) {
	return func(in *tickets.Inbound) { in.InReplyTo = []string{id} }
}

func cc(address string) func(*tickets.Inbound) {
	return func(in *tickets.Inbound) { in.Cc = append(in.Cc, tickets.MailAddress{Email: address}) }
}

// sent takes a mail in as the Sent folder shows it.
func (w *world) sent(in *tickets.Inbound) tickets.IntakeResult {
	w.t.Helper()
	return w.intake(w.inFolder(in, "Sent Items", tickets.FolderSent))[0]
}

func (w *world) inFolder(in *tickets.Inbound, folder string, kind tickets.FolderKind) tickets.Received {
	w.t.Helper()
	r := w.received(in)
	r.Folder, r.FolderKind = folder, kind
	return r
}

func (w *world) message(id int64) *tickets.Message {
	w.t.Helper()
	m, err := w.db.MessageByID(context.Background(), id)
	w.must(err)
	return m
}

func (w *world) notes(ticketID int64) []tickets.Note {
	w.t.Helper()
	list, err := w.db.Notes(context.Background(), access.System("test"), ticketID)
	w.must(err)
	return list
}

func TestReplyFromOutlookStopsTheClock(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.one(mail(tessa))
		question := w.message(r.MessageID)
		w.later(3 * time.Hour)
		answer := w.inFolder(outlook(tessa, answering(question.MessageID), cc("dean@westmarsh.example"), func(in *tickets.Inbound) {
			in.Sender = tickets.MailAddress{Email: "Dean@westmarsh.example"}
		}), "Sent Items", tickets.FolderSent)
		answer.ReceivedAt = w.now.Add(-time.Hour)
		got := w.intake(answer)[0]
		if got.Fate != tickets.FateMessage || got.TicketID != r.TicketID || got.Opened || got.AckID != 0 {
			t.Fatalf("%+v", got)
		}
		m := w.message(got.MessageID)
		if m.Direction != tickets.Out || m.Channel != tickets.ChannelEmail || !m.Outside || m.StaffID != w.dean.ID || m.PersonID != w.tessa.ID || m.OutgoingID != 0 {
			t.Errorf("message %+v", m)
		}
		k := w.ticket(r.TicketID)
		if k.State != tickets.StateAnswered || k.LastAnswerAt == nil || !k.LastAnswerAt.Equal(answer.ReceivedAt) {
			t.Errorf("ticket %+v", k)
		}
		c := w.clocks(k.ID)
		if len(c) != 1 || c[0].StoppedAt == nil || !c[0].StoppedAt.Equal(answer.ReceivedAt) || c[0].StopBy != tickets.StopByReply {
			t.Errorf("clocks %+v", c)
		}
		ev := w.events(k.ID, tickets.EvSent)
		if last := ev[len(ev)-1]; last.StaffID != w.dean.ID || last.Data["outside"] != true || last.Data["answers"] != true {
			t.Errorf("events %+v", ev)
		}
		for _, i := range w.timeline(k.ID) {
			if i.Message != nil && i.Message.ID == m.ID && i.Name != "Dean Foss" {
				t.Errorf("the timeline names %q", i.Name)
			}
		}
		// The same mail again, as a server that wrote it anew shows it.
		twin := answer
		again := *answer.Mail
		again.ContentHash = "another"
		twin.Mail, twin.UID = &again, answer.UID+100
		if d := w.intake(twin)[0]; d.Fate != tickets.FateDuplicate || len(w.messages(k.ID)) != 2 {
			t.Errorf("the copy %+v", d)
		}
		// What the family says to it is on the enquiry, and waits again.
		w.later(time.Hour)
		back := w.one(mail(tessa, answering(m.MessageID)))
		if back.TicketID != k.ID || w.ticket(k.ID).State != tickets.StateOpen || w.runs(k.ID) != 1 {
			t.Errorf("%+v %+v", back, w.ticket(k.ID))
		}
	})
}

// Nobody has cleared the words of a mail that was not written here.
func TestOutsideMailIsNeverSeenByTheGuard(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		r := w.one(mail(tessa))
		secret := "Rob lives at 4 Quay Street now."
		got := w.sent(outlook(tessa, answering(w.message(r.MessageID).MessageID), saying(secret)))
		f, err := w.db.GuardFacts(ctx, tickets.FactsAsked{CaseID: w.milo.ID, TicketID: r.TicketID, Mailboxes: []string{tessa, sen}})
		w.must(err)
		if len(f.Seen) != 1 || strings.Contains(fmt.Sprint(f.Seen), "Quay") {
			t.Errorf("seen %+v", f.Seen)
		}
		k := w.ticket(r.TicketID)
		req := tickets.ReplyRequest{Ref: k.Ref, To: []int64{w.tessa.ID}, Body: "And more.", AnswersID: got.MessageID, QuoteAnswer: true, SeenVersion: k.Version}
		if _, err := w.desk.Reply(ctx, actor(w.dean), req, w.now); !fault.Is(err, fault.Invalid) {
			t.Errorf("it can be quoted: %v", err)
		}
		req.QuoteAnswer = false
		if _, err := w.desk.Reply(ctx, actor(w.dean), req, w.now); err != nil {
			t.Errorf("it cannot be followed: %v", err)
		}
	})
}

func TestOurOwnLettersCopyInSent(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.one(mail(tessa))
		o := w.reply(r.TicketID, w.tessa.ID)
		d := o.Deliveries[0]
		byNumber := outlook(tessa, func(in *tickets.Inbound) { in.MessageID = d.MessageID })
		// A server that puts a number of its own on what it sends leaves Reply-To alone.
		byToken := outlook(tessa, func(in *tickets.Inbound) {
			in.ReplyTo = []tickets.MailAddress{{Email: "sen+" + d.Token + "@westmarsh.example"}}
		})
		check := func(when string, in *tickets.Inbound) {
			t.Helper()
			before := len(w.messages(r.TicketID))
			got := w.sent(in)
			if got.Fate != tickets.FateSuppressed || !strings.Contains(got.Reason, "our own letter's copy") || got.RawID == 0 || len(w.messages(r.TicketID)) != before {
				t.Errorf("%s: %+v", when, got)
			}
		}
		check("before it is accepted, by number", byNumber)
		check("before it is accepted, by token", byToken)
		if w.runs(r.TicketID) != 1 {
			t.Error("the copy stopped the clock before the letter was accepted")
		}
		w.later(2 * time.Minute)
		w.send(o, tickets.Accepted)
		check("after it, by number", byNumber)
		check("after it, by token", byToken)
		forged := outlook(tessa, func(in *tickets.Inbound) {
			in.ReplyTo = []tickets.MailAddress{{Email: "sen+aaaaaaaaaaaaaaaaaaaaaaaaaa@westmarsh.example"}}
		})
		if got := w.sent(forged); got.Fate == tickets.FateSuppressed {
			t.Errorf("a token that we never gave: %+v", got)
		}
	})
}

func TestWhoASentMailIsFor(t *testing.T) {
	twoTickets := func(w *world) int64 {
		w.one(mail(tessa, subject("Taxi")))
		return w.one(mail(tessa, subject("Review"))).TicketID
	}
	for _, tc := range []struct {
		name    string
		prepare func(w *world) int64 // the ticket that is expected; 0: none of those that there are
		in      func(w *world, ticket int64) *tickets.Inbound
		fate    tickets.Fate
		answers bool
		opens   bool // an enquiry of its own
		note    bool
	}{
		{
			name: "by recipient", fate: tickets.FateMessage, answers: true,
			prepare: func(w *world) int64 { return w.one(mail(tessa)).TicketID },
			in:      func(*world, int64) *tickets.Inbound { return outlook(tessa) },
		},
		{
			name: "some are the family", fate: tickets.FateMessage, answers: true,
			prepare: func(w *world) int64 { return w.one(mail(tessa)).TicketID },
			in: func(*world, int64) *tickets.Inbound {
				return outlook("dean@westmarsh.example", cc("taxi@firm.example"), cc(tessa))
			},
		},
		{
			name: "hidden copy to the family", fate: tickets.FateMessage, answers: true,
			prepare: func(w *world) int64 { return w.one(mail(tessa)).TicketID },
			in: func(*world, int64) *tickets.Inbound {
				return outlook("dean@westmarsh.example", func(in *tickets.Inbound) { in.Bcc = []tickets.MailAddress{{Email: tessa}} })
			},
		},
		{
			name: "two enquiries of hers: the case is sure, the enquiry is not", fate: tickets.FateMessage, opens: true,
			prepare: func(w *world) int64 { twoTickets(w); return 0 },
			in:      func(*world, int64) *tickets.Inbound { return outlook(tessa) },
		},
		{
			name: "nothing is open", fate: tickets.FateMessage, opens: true,
			prepare: func(*world) int64 { return 0 },
			in:      func(*world, int64) *tickets.Inbound { return outlook(tessa) },
		},
		{
			name: "families of two children", fate: tickets.FateHeld,
			prepare: func(w *world) int64 { w.one(mail(tessa)); return 0 },
			in:      func(*world, int64) *tickets.Inbound { return outlook(tessa, cc("ada.osei@mail.example")) },
		},
		{
			name: "nobody whom we know", fate: tickets.FateMessage,
			prepare: func(w *world) int64 { w.one(mail(tessa)); return 0 },
			in:      func(*world, int64) *tickets.Inbound { return outlook("taxi@firm.example") },
		},
		{
			name: "to the school about her enquiry", fate: tickets.FateMessage,
			prepare: func(w *world) int64 { return w.one(mail(tessa)).TicketID },
			in: func(w *world, id int64) *tickets.Inbound {
				return outlook("senco@hartfield.example", answering(w.messages(id)[0].MessageID))
			},
		},
		{
			name: "to a colleague, citing it", fate: tickets.FateMessage, note: true,
			prepare: func(w *world) int64 { return w.one(mail(tessa)).TicketID },
			in: func(w *world, id int64) *tickets.Inbound {
				return outlook("priya@westmarsh.example", answering(w.messages(id)[0].MessageID), saying("she rings every day"))
			},
		},
		{
			name: "to a colleague, citing nothing", fate: tickets.FateSuppressed,
			prepare: func(w *world) int64 { w.one(mail(tessa)); return 0 },
			in:      func(*world, int64) *tickets.Inbound { return outlook("priya@westmarsh.example") },
		},
		{
			name: "out of office", fate: tickets.FateMessage,
			prepare: func(w *world) int64 { return w.one(mail(tessa)).TicketID },
			in: func(w *world, id int64) *tickets.Inbound {
				return outlook(tessa, answering(w.messages(id)[0].MessageID), func(in *tickets.Inbound) { in.Kind, in.AutoHeader = tickets.KindAutoReply, true })
			},
		},
		{
			name: "accepted an invitation", fate: tickets.FateMessage,
			prepare: func(w *world) int64 { return w.one(mail(tessa)).TicketID },
			in: func(w *world, id int64) *tickets.Inbound {
				return outlook(tessa, answering(w.messages(id)[0].MessageID), func(in *tickets.Inbound) { in.Kind = tickets.KindOther })
			},
		},
		{
			name: "automatic, citing nothing", fate: tickets.FateSuppressed,
			prepare: func(w *world) int64 { w.one(mail(tessa)); return 0 },
			in: func(*world, int64) *tickets.Inbound {
				return outlook(tessa, func(in *tickets.Inbound) { in.Kind = tickets.KindAutoReply })
			},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				want := tc.prepare(w)
				w.later(2 * time.Hour)
				got := w.sent(tc.in(w, want))
				if got.Fate != tc.fate || got.AckID != 0 || got.Opened != tc.opens || !tc.opens && got.TicketID != want {
					t.Fatalf("%+v, want ticket %d", got, want)
				}
				if tc.opens {
					k := w.ticket(got.TicketID)
					if k.State != tickets.StateAnswered || k.CaseID != w.milo.ID || w.runs(k.ID) != 0 || k.RequesterID != w.tessa.ID || k.OwnerID != w.dean.ID {
						t.Errorf("%+v", k)
					}
				}
				if want != 0 {
					k := w.ticket(want)
					if stopped := w.runs(want) == 0; stopped != tc.answers || (k.State == tickets.StateAnswered) != tc.answers {
						t.Errorf("answered %v, want %v: %+v", stopped, tc.answers, k)
					}
					if notes := w.notes(want); (len(notes) == 1) != tc.note || tc.note && len(w.messages(want)) != 1 {
						t.Errorf("%d notes, %d messages", len(notes), len(w.messages(want)))
					}
				}
				apart, err := w.db.SentApart(context.Background(), actor(w.duty), 10)
				w.must(err)
				if (got.MessageID != 0 && got.TicketID == 0) != (len(apart) == 1) {
					t.Errorf("%d are listed as apart", len(apart))
				}
			})
		})
	}
}

func TestSharedAddressIsNotGuessed(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	// Ada reads Tessa's mail at the same address, about another child.
	w.must(w.db.Write(ctx, func(tx tickets.Tx) error {
		return tx.InsertAddress(ctx, &register.Address{PersonID: w.other.ID, Email: tessa, Mailbox: tessa, CreatedAt: noon})
	}))
	r := w.one(mail(tessa))
	if r.Outcome != tickets.OutcomeTriage && r.Outcome != tickets.OutcomeUnconfirmed {
		t.Errorf("taken for one of them: %+v", r)
	}
	if got := w.sent(outlook(tessa)); got.Fate != tickets.FateHeld || got.TicketID != 0 {
		t.Errorf("%+v", got)
	}
}

func TestOnePersonWithThreeAddresses(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	for _, a := range []string{"tessa@work.example", "t.brandt@second.example"} {
		w.must(w.db.Write(ctx, func(tx tickets.Tx) error {
			return tx.InsertAddress(ctx, &register.Address{PersonID: w.tessa.ID, Email: a, Mailbox: a, CreatedAt: noon})
		}))
	}
	r := w.one(mail("tessa@work.example"))
	if k := w.ticket(r.TicketID); k.CaseID != w.milo.ID || k.RequesterID != w.tessa.ID {
		t.Fatalf("%+v", k)
	}
	// Answered at another address of hers: it is she who has it.
	w.later(time.Hour)
	if got := w.sent(outlook("t.brandt@second.example")); got.TicketID != r.TicketID || w.runs(r.TicketID) != 0 {
		t.Errorf("%+v", got)
	}
	if w.ticket(w.one(mail("tessa.b@new.example", answering(w.message(r.MessageID).MessageID))).TicketID).State != tickets.StateTriage {
		t.Error("a fourth address was taken for hers")
	}
}

func TestWhatWasSentBeforeAnswersNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.one(mail(tessa))
		early := w.inFolder(outlook(tessa, answering(w.message(r.MessageID).MessageID)), "Sent", tickets.FolderSent)
		early.ReceivedAt = w.now.Add(-time.Hour)
		if got := w.intake(early)[0]; got.TicketID != r.TicketID || w.runs(r.TicketID) != 1 || w.ticket(r.TicketID).LastAnswerAt != nil {
			t.Errorf("cited: %+v", got)
		}
		byName := w.inFolder(outlook(tessa), "Sent", tickets.FolderSent)
		byName.ReceivedAt = w.now.Add(-2 * time.Hour)
		if got := w.intake(byName)[0]; got.TicketID == r.TicketID || w.runs(r.TicketID) != 1 {
			t.Errorf("by recipient: %+v", got)
		}
		// A second question after the answer was sent, before we read of either.
		w.later(4 * time.Hour)
		sentAt := w.now.Add(-2 * time.Hour)
		chaser := w.received(mail(tessa, answering(w.message(r.MessageID).MessageID)))
		chaser.ReceivedAt = w.now.Add(-time.Hour)
		w.intake(chaser)
		late := w.inFolder(outlook(tessa, answering(w.message(r.MessageID).MessageID)), "Sent", tickets.FolderSent)
		late.ReceivedAt = sentAt
		w.intake(late)
		c := w.clocks(r.TicketID)
		if w.runs(r.TicketID) != 1 || w.ticket(r.TicketID).State != tickets.StateOpen || len(c) != 2 || !c[1].ReceivedAt.Equal(chaser.ReceivedAt) {
			t.Errorf("clocks %+v", c)
		}
	})
}

// After days of downtime Sent may be read before the inbox.
func TestSentReadBeforeTheQuestion(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, from := range []string{tessa, "new.carer@else.example"} {
			question := w.received(mail(from))
			w.later(2 * time.Hour)
			answer := w.inFolder(outlook(from, answering(question.Mail.MessageID)), "Sent", tickets.FolderSent)
			first := w.intake(answer)[0]
			got := w.intake(question)[0]
			k := w.ticket(got.TicketID)
			if got.AckID != 0 || !got.Opened || w.message(first.MessageID).TicketID != k.ID || len(w.messages(k.ID)) != 2 {
				t.Fatalf("%s: %+v", from, got)
			}
			if from == tessa {
				if k.State != tickets.StateAnswered || w.runs(k.ID) != 0 || !w.clocks(k.ID)[0].StoppedAt.Equal(answer.ReceivedAt) {
					t.Errorf("%+v %+v", k, w.clocks(k.ID))
				}
				if old := w.ticket(first.TicketID); old.State != tickets.StateMerged || old.MergedInto != k.ID {
					t.Errorf("two enquiries: %+v", old)
				}
			}
			w.later(time.Hour)
		}
	})
}

func TestSentAndInboxOfOneMail(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for i, sentFirst := range []bool{true, false} {
			r := w.one(mail(tessa, subject(fmt.Sprint("Question ", i))))
			w.later(time.Hour)
			in := outlook(tessa, answering(w.message(r.MessageID).MessageID), cc(sen))
			a := w.inFolder(in, "Sent", tickets.FolderSent)
			b := w.received(in)
			order := []tickets.Received{a, b}
			if !sentFirst {
				slices.Reverse(order)
			}
			w.intake(order...)
			if n := len(w.messages(r.TicketID)); n != 2 || w.runs(r.TicketID) != 0 {
				t.Errorf("sent first %v: %d messages, %d clocks", sentFirst, n, w.runs(r.TicketID))
			}
			w.later(time.Hour)
		}
	})
}

func TestSomebodyElsesMailInSent(t *testing.T) {
	w := newWorld(t)
	if got := w.sent(mail(tessa)); !got.Opened || got.AckID == 0 || w.runs(got.TicketID) != 1 {
		t.Errorf("a family's mail that was moved to Sent: %+v", got)
	}
	if got := w.sent(mail("dean@westmarsh.example")); got.Fate != tickets.FateMessage || w.ticket(got.TicketID).State != tickets.StateTriage {
		t.Errorf("a colleague's mail to the mailbox: %+v", got)
	}
}

func TestPlaceSent(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		r := w.one(mail(tessa))
		w.later(time.Hour)
		held := w.sent(outlook(tessa, cc("ada.osei@mail.example")))
		at := w.now
		w.later(time.Hour)
		req := tickets.PlaceSentRequest{MessageID: held.MessageID, Ref: r.TicketRef, Answers: true}
		if err := w.desk.PlaceSent(ctx, actor(w.dean), req, w.now); !fault.Is(err, fault.Denied) {
			t.Errorf("an officer: %v", err)
		}
		w.must(w.desk.PlaceSent(ctx, actor(w.duty), req, w.now))
		if k := w.ticket(r.TicketID); k.State != tickets.StateAnswered || !w.clocks(k.ID)[0].StoppedAt.Equal(at) {
			t.Errorf("%+v", k)
		}
		if err := w.desk.PlaceSent(ctx, actor(w.duty), req, w.now); !fault.Is(err, fault.Conflict) {
			t.Errorf("twice: %v", err)
		}
	})
}

func TestBounceOfAnOutlookReply(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.one(mail(tessa))
		w.later(time.Hour)
		// A letter of ours to the same address is not what came back.
		o := w.reply(r.TicketID, w.tessa.ID)
		w.later(2 * time.Minute)
		w.send(o, tickets.Accepted)
		w.later(time.Hour)
		again := w.one(mail(tessa, answering(o.Deliveries[0].MessageID)))
		w.later(time.Hour)
		got := w.sent(outlook(tessa, answering(w.message(again.MessageID).MessageID)))
		if w.runs(r.TicketID) != 0 {
			t.Fatal("not answered")
		}
		number := w.message(got.MessageID).MessageID
		report := func(i int, permanent bool) *tickets.Inbound {
			return mail("mailer-daemon@mx.example", saying(fmt.Sprint("failed ", i)), func(in *tickets.Inbound) {
				in.Kind, in.AutoHeader = tickets.KindBounce, true
				in.Bounce = &tickets.Bounce{Recipient: tessa, Status: "5.1.1", Permanent: permanent, Delayed: !permanent, MessageID: number}
			})
		}
		w.one(report(1, false))
		if w.runs(r.TicketID) != 0 {
			t.Error("a delay is no failure")
		}
		for i := 2; i < 4; i++ {
			if b := w.one(report(i, true)); b.TicketID != r.TicketID {
				t.Fatalf("%+v", b)
			}
		}
		k := w.ticket(r.TicketID)
		if k.State != tickets.StateOpen || w.runs(k.ID) != 1 || len(w.events(k.ID, tickets.EvNotDelivered)) != 1 || len(w.letters(k.ID, tickets.TemplateUndelivered)) != 1 {
			t.Errorf("%+v, %d running", k, w.runs(k.ID))
		}
		if d := w.letter(o.ID).Deliveries[0]; d.State != tickets.Accepted {
			t.Errorf("the other letter was taken for the one that failed: %+v", d)
		}
	})
}
