package tickets_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
)

// old is a mail of days ago, imported.
func (w *world) old(in *tickets.Inbound, days int) tickets.Received {
	w.t.Helper()
	r := w.received(in)
	r.History, r.ReceivedAt = true, w.now.AddDate(0, 0, -days)
	return r
}

func (w *world) alarms() int {
	w.t.Helper()
	n := w.sweep()
	w.later(90 * 24 * time.Hour)
	n += w.sweep()
	w.later(-90 * 24 * time.Hour)
	return n
}

func TestImportedEnquiriesAreNoWorkOfToday(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ancient := w.intake(w.old(mail(tessa, saying("I found a knife.")), 400))[0]
		k := w.ticket(ancient.TicketID)
		if k.State != tickets.StateFinished || k.FinishedAt == nil || !k.FinishedAt.Equal(w.now.AddDate(0, 0, -400)) || len(w.clocks(k.ID)) != 0 || ancient.AckID != 0 || k.Alert != "" {
			t.Errorf("%+v", k)
		}
		if e := w.events(k.ID, tickets.EvFinished); len(e) != 1 || e[0].Data["reason"] != tickets.ReasonImported {
			t.Errorf("%+v", e)
		}
		if m := w.message(ancient.MessageID); !m.History {
			t.Error("the message does not say that it was imported")
		}
		unknown := w.intake(w.old(mail("stranger@else.example"), 400))[0]
		if u := w.ticket(unknown.TicketID); u.State != tickets.StateNotOurs || len(w.clocks(u.ID)) != 0 {
			t.Errorf("a stranger of long ago: %+v", u)
		}
		recent := w.intake(w.old(mail(rob), 20))[0]
		if u := w.ticket(recent.TicketID); u.State != tickets.StateOpen || w.runs(u.ID) != 1 {
			t.Errorf("of the last days: %+v", u)
		}
		if n := w.alarms(); n != 0 {
			t.Errorf("%d alarms for history", n)
		}
	})
}

func TestImportedConversation(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first := w.intake(w.old(mail(tessa), 90))[0]
		id := w.message(first.MessageID).MessageID
		w.intake(w.old(mail(tessa, answering(id), saying("and then")), 65))
		if k := w.ticket(first.TicketID); k.State != tickets.StateFinished || !k.FinishedAt.Equal(w.now.AddDate(0, 0, -65)) {
			t.Fatalf("%+v", k)
		}
		w.intake(w.old(mail(tessa, answering(id), saying("and now")), 40))
		third := w.intake(w.old(mail(tessa, answering(id), saying("lately")), 15))[0]
		if k := w.ticket(first.TicketID); third.TicketID != k.ID || k.State != tickets.StateOpen || k.FinishedAt != nil || w.runs(k.ID) != 1 {
			t.Fatalf("%+v", k)
		}
		// The last word is ours.
		answer := w.old(outlook(tessa, answering(id)), 10)
		answer.Folder, answer.FolderKind = "Sent", tickets.FolderSent
		w.intake(answer)
		if k := w.ticket(first.TicketID); k.State != tickets.StateAnswered || w.runs(k.ID) != 0 {
			t.Errorf("%+v", k)
		}
		if n := w.alarms(); n != 0 {
			t.Errorf("%d alarms for history", n)
		}
		live := w.one(mail(tessa, answering(id), saying("today")))
		if k := w.ticket(live.TicketID); k.ID != first.TicketID || k.State != tickets.StateOpen || w.runs(k.ID) != 1 || live.AckID == 0 || w.alarms() == 0 {
			t.Errorf("%+v", live)
		}
	})
}

// Sorting imported mail today makes nobody late since then.
func TestSortingImportedMail(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		r := w.intake(w.old(mail("new.carer@else.example"), 25))[0]
		w.must(w.desk.PlaceOnCase(ctx, actor(w.duty), tickets.PlaceRequest{Ref: r.TicketRef, CaseRef: w.milo.Ref, PersonID: w.tessa.ID, AddAddress: true}, w.now))
		c := w.clocks(r.TicketID)
		if len(c) != 2 || !c[1].ReceivedAt.Equal(w.now) || c[1].NextAt == nil || len(w.letters(r.TicketID, tickets.TemplateAck)) != 0 {
			t.Errorf("placed: %+v", c)
		}
		if n := w.sweep(); n != 0 {
			t.Errorf("%d alarms at once", n)
		}
		live := w.one(mail(rob))
		id := w.message(live.MessageID).MessageID
		o := w.reply(live.TicketID, w.rob.ID)
		w.later(2 * time.Minute)
		w.send(o, tickets.Accepted)
		held := w.intake(w.old(mail("b@else.example", answering(id)), 3))[0]
		if _, err := w.desk.AcceptUnconfirmed(ctx, actor(w.duty), tickets.AcceptRequest{Ref: held.TicketRef}, w.now); err != nil {
			t.Fatal(err)
		}
		for _, c := range w.clocks(live.TicketID) {
			if c.StoppedAt == nil && c.ReceivedAt.Before(w.now) {
				t.Errorf("accepted: %+v", c)
			}
		}
	})
}

// Whatever comes in and however often: each place in a mailbox has one line, each
// line one fate, and the counts are the lines.
func TestFatesAddUp(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		second := tickets.Mailbox{Name: "north", Address: "north@westmarsh.example", TeamID: w.team.ID}
		w.must(w.db.Write(ctx, func(tx tickets.Tx) error { return tx.UpsertMailbox(ctx, &second) }))
		w.rule(tickets.IntakeRule{Kind: tickets.RuleBlockDomain, Pattern: "shop.example"})
		seed := uint64(time.Now().UnixNano())
		t.Logf("seed %d", seed)
		rnd := rand.New(rand.NewPCG(seed, 1))
		pick := func(list ...string) string { return list[rnd.IntN(len(list))] }
		type place struct {
			box    int64
			folder string
			uid    uint32
		}
		seen := map[place]bool{}
		perBox := map[int64]int{}
		var ids []string
		var batch []tickets.Received
		for i := range 300 {
			var r tickets.Received
			if len(batch) > 0 && rnd.IntN(8) == 0 {
				r = batch[rnd.IntN(len(batch))] // the same again: at its place, at another, or in another mailbox
				switch rnd.IntN(4) {
				case 0:
					w.uid++
					r.UID = w.uid
				case 1:
					r.MailboxID = second.ID
				case 2:
					r.Retry = true
				}
			} else {
				from := pick(tessa, rob, sen, "north@westmarsh.example", "dean@westmarsh.example", "a@else.example", "x@shop.example", "voicemail@westmarsh.example", "", "senco@hartfield.example")
				in := mail(from, saying(fmt.Sprint("mail ", i)), func(in *tickets.Inbound) {
					in.MessageID = fmt.Sprintf("p%d@mail.example", i)
					in.Kind = tickets.MailKind(pick("human", "human", "human", "auto_reply", "bounce", "list", "other", "voicemail", "scan"))
					in.AutoHeader = rnd.IntN(4) == 0
					in.To = []tickets.MailAddress{{Email: pick(sen, tessa, "north@westmarsh.example", "priya@westmarsh.example", "ada.osei@mail.example")}}
					if len(ids) > 0 && rnd.IntN(3) == 0 {
						in.InReplyTo = []string{pick(ids...)}
					}
					if in.Kind == tickets.KindBounce {
						in.Bounce = &tickets.Bounce{Recipient: pick(tessa, "a@else.example"), Permanent: rnd.IntN(2) == 0}
					}
				})
				ids = append(ids, in.MessageID)
				r = w.received(in)
				r.FolderKind = tickets.FolderKind(pick("", "", "sent", "junk"))
				r.Folder = "F" + string(r.FolderKind)
				if rnd.IntN(2) == 0 {
					r.MailboxID = second.ID
				}
				r.History = rnd.IntN(6) == 0
				r.ReceivedAt = w.now.Add(-time.Duration(rnd.IntN(80*24)) * time.Hour)
				if rnd.IntN(12) == 0 {
					r.Mail = nil
				}
			}
			batch = append(batch, r)
			p := place{r.MailboxID, r.Folder, r.UID}
			if !seen[p] {
				seen[p] = true
				perBox[r.MailboxID]++
			}
			w.later(time.Duration(rnd.IntN(40)) * time.Minute)
		}
		for len(batch) > 0 {
			n := min(1+rnd.IntN(40), len(batch))
			w.intake(batch[:n]...)
			batch = batch[n:]
		}
		all := map[tickets.Fate]int{}
		for _, box := range []int64{w.box.ID, second.ID} {
			lines, counts, err := w.db.Ledger(ctx, access.System("test"), tickets.LedgerQuery{MailboxID: box, Limit: 200})
			w.must(err)
			for len(lines)%200 == 0 && len(lines) > 0 {
				more, _, err := w.db.Ledger(ctx, access.System("test"), tickets.LedgerQuery{MailboxID: box, Limit: 200, BeforeID: lines[len(lines)-1].ID})
				w.must(err)
				if len(more) == 0 {
					break
				}
				lines = append(lines, more...)
			}
			byFate, byFolder := map[tickets.Fate]int{}, map[string]int{}
			for _, l := range lines {
				byFate[l.Fate]++
				all[l.Fate]++
				byFolder[l.Folder]++
				if (l.Fate == tickets.FateMessage || l.Fate == tickets.FateHeld) && l.MessageID == 0 && l.Reason == "" {
					t.Errorf("a line without a message: %+v", l)
				}
			}
			if len(lines) != perBox[box] || fmt.Sprint(byFate) != fmt.Sprint(counts) {
				t.Errorf("mailbox %d: %d lines for %d mails, fates %v, counts %v", box, len(lines), perBox[box], byFate, counts)
			}
			for folder, n := range byFolder {
				if got, err := w.db.FolderCount(ctx, box, folder, 1); err != nil || got != n {
					t.Errorf("folder %s counts %d of %d lines, %v", folder, got, n, err)
				}
			}
		}
		if len(all) < 4 {
			t.Errorf("only the fates %v occurred", all)
		}
	})
}
