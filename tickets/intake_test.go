package tickets_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/store"
)

func TestIntakeOpensATicketWithEverything(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		in := mail(tessa, func(in *tickets.Inbound) {
			in.From.Name = "<script>Tessa the Great"
			in.Subject = "Re: Re: [SEN-1] Milo"
		})
		r := w.one(in)
		if r.Fate != tickets.FateMessage || !r.Opened || r.TicketRef == "" || r.AckID == 0 {
			t.Fatalf("%+v", r)
		}
		k := w.ticket(r.TicketID)
		if k.State != tickets.StateOpen || k.CaseID != w.milo.ID || k.OwnerID != w.dean.ID || k.RequesterID != w.tessa.ID || k.TeamID != w.team.ID {
			t.Errorf("ticket %+v", k)
		}
		c := w.clocks(k.ID)
		if len(c) != 1 || c[0].Kind != tickets.ClockFirstResponse || !c[0].ReceivedAt.Equal(noon) || c[0].NextAt == nil {
			t.Fatalf("clocks %+v", c)
		}
		ack := w.letter(r.AckID)
		if ack.Purpose != tickets.PurposeAck || len(ack.Deliveries) != 1 || !ack.ReleaseAt.Equal(w.now) || !ack.ExpiresAt.Equal(w.now.Add(4*time.Hour)) {
			t.Errorf("ack %+v", ack)
		}
		d := ack.Deliveries[0]
		if d.Email != tessa || d.Name != "Tessa Brandt" || !strings.HasSuffix(d.MessageID, "@westmarsh.example") || len(d.Token) < 20 || d.Token != strings.ToLower(d.Token) || strings.Contains(d.MessageID, d.Token) {
			t.Errorf("delivery %+v", d)
		}
		if ack.Fields[tickets.FieldRef] != k.Ref || ack.Fields[tickets.FieldOwner] != "Dean Foss" || ack.Fields[tickets.FieldDue] != "Tuesday 1 December 2026" {
			t.Errorf("fields %v", ack.Fields)
		}
		if _, shut := ack.Fields[tickets.FieldOpens]; shut {
			t.Error("the office is open")
		}
		all := ack.Subject + fmt.Sprint(ack.Fields) + ack.Body
		for _, never := range []string{"script", "Great", "Milo", "review", "Brandt"} {
			if strings.Contains(all, never) {
				t.Errorf("the acknowledgement says %q: %s", never, all)
			}
		}
		m := w.messages(k.ID)
		if len(m) != 1 || m[0].RawID == 0 || m[0].Text == "" || m[0].Reason == "" {
			t.Errorf("messages %+v", m)
		}
		for _, e := range [][]tickets.Event{w.events(k.ID, tickets.EvTicketOpened), w.events(k.ID, tickets.EvReceived), w.events(k.ID, tickets.EvClockStarted), w.events(k.ID, tickets.EvAckQueued)} {
			if len(e) != 1 {
				t.Errorf("events %+v", e)
			}
		}
	})
}

func TestIntakeTwiceChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		batch := []tickets.Received{w.received(mail(tessa)), w.received(mail("stranger@else.example")), w.received(nil), w.received(mail(sen))}
		batch[2].QuarantineReason = "no header"
		first := w.intake(batch...)
		fates := []tickets.Fate{tickets.FateMessage, tickets.FateMessage, tickets.FateQuarantined, tickets.FateSuppressed}
		for i, r := range first {
			if r.Fate != fates[i] || r.Already {
				t.Errorf("mail %d: %+v", i, r)
			}
		}
		before := w.ticket(first[0].TicketID)
		w.later(time.Hour)
		for i, r := range w.intake(batch...) {
			if !r.Already || r.Fate != fates[i] || r.TicketRef != first[i].TicketRef || r.AckID != 0 {
				t.Errorf("mail %d again: %+v", i, r)
			}
		}
		if after := w.ticket(before.ID); *after != *before {
			t.Errorf("changed: %+v then %+v", before, after)
		}
		// The same mails under new UIDs, as after a change of UIDVALIDITY.
		for i := range batch {
			batch[i].UIDValidity = 2
		}
		again := w.intake(batch...)
		want := []tickets.Fate{tickets.FateDuplicate, tickets.FateDuplicate, tickets.FateQuarantined, tickets.FateSuppressed}
		for i, r := range again {
			if r.Fate != want[i] || r.AckID != 0 {
				t.Errorf("mail %d under a new UID: %+v", i, r)
			}
		}
		if n := len(w.messages(before.ID)); n != 1 {
			t.Errorf("%d messages", n)
		}
		entries, counts, err := w.db.Ledger(context.Background(), access.System("test"), tickets.LedgerQuery{Limit: 50})
		w.must(err)
		if len(entries) != 8 || counts[tickets.FateDuplicate] != 2 {
			t.Errorf("%d entries, %v", len(entries), counts)
		}
	})
}

// flaky is a store that fails in the middle of one mail.
type flaky struct {
	*store.DB
	at string // the step that fails
}

var errFlaky = errors.New("scripted failure")

func (f flaky) Write(ctx context.Context, fn func(tickets.Tx) error) error {
	return f.DB.Write(ctx, func(tx tickets.Tx) error { return fn(&flakyTx{Tx: tx, at: f.at}) })
}

// flakyTx fails once at a step, for the mail whose subject is "bad" or, where
// there is no subject, for the first.
type flakyTx struct {
	tickets.Tx
	at  string
	bad bool
}

func (f *flakyTx) fail(step string) error {
	if f.bad && f.at == step {
		f.bad = false
		return errFlaky
	}
	return nil
}

func (f *flakyTx) InsertTicket(ctx context.Context, t *tickets.Ticket) error {
	f.bad = t.Subject == "bad"
	return cmp.Or(f.fail("ticket"), f.Tx.InsertTicket(ctx, t))
}

func (f *flakyTx) InsertMessage(ctx context.Context, m *tickets.Message) error {
	return cmp.Or(f.fail("message"), f.Tx.InsertMessage(ctx, m))
}

func (f *flakyTx) InsertClock(ctx context.Context, c *tickets.TicketClock) error {
	return cmp.Or(f.fail("clock"), f.Tx.InsertClock(ctx, c))
}

func (f *flakyTx) InsertOutgoing(ctx context.Context, o *tickets.Outgoing) error {
	return cmp.Or(f.fail("letter"), f.Tx.InsertOutgoing(ctx, o))
}

func (f *flakyTx) PutLedger(ctx context.Context, e *tickets.LedgerEntry) error {
	return cmp.Or(f.fail("ledger"), f.Tx.PutLedger(ctx, e))
}

func TestOneBadMailStopsNoOther(t *testing.T) {
	for _, at := range []string{"ticket", "message", "clock", "letter", "ledger"} {
		each(t, func(t *testing.T, w *world) {
			ctx := context.Background()
			desk := w.deskOn(flaky{DB: w.db, at: at})
			batch := []tickets.Received{w.received(mail(tessa)), w.received(mail(rob, subject("bad"))), w.received(mail("ada.osei@mail.example"))}
			res, err := desk.Intake(ctx, batch, w.now)
			w.must(err)
			if res[0].Fate != tickets.FateMessage || res[2].Fate != tickets.FateMessage {
				t.Errorf("the others: %+v", res)
			}
			bad := res[1]
			if bad.Fate != tickets.FateQuarantined || !errors.Is(bad.Err, errFlaky) || bad.RawID == 0 || bad.Tries != 1 || bad.TicketID != 0 {
				t.Errorf("the bad one: %+v", bad)
			}
			page, err := w.db.Tickets(ctx, access.System("test"), tickets.TicketQuery{View: "all", Now: w.now})
			w.must(err)
			if len(page.Items) != 2 {
				t.Errorf("%d tickets; an empty one was left behind", len(page.Items))
			}
			batch[1].Retry = true
			if again := w.intake(batch...); again[1].Fate != tickets.FateMessage || again[1].Tries != 2 || again[1].AckID == 0 || !again[0].Already {
				t.Errorf("the retry: %+v", again)
			}
		})
	}
}

func TestIntakeGivesUpTheBatchWhenTheFaultIsOurs(t *testing.T) {
	w := newWorld(t)
	batch := []tickets.Received{w.received(mail(tessa))}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if res, err := w.desk.Intake(ctx, batch, w.now); err == nil || res != nil {
		t.Errorf("%+v %v", res, err)
	}
	if r := w.intake(batch...)[0]; r.Already || r.Fate != tickets.FateMessage {
		t.Errorf("the next try: %+v", r)
	}
}

func TestQuarantineAndRetry(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.received(nil)
		r.QuarantineReason = "the header could not be read"
		if got := w.intake(r)[0]; got.Fate != tickets.FateQuarantined || got.RawID == 0 || got.Tries != 1 || got.Reason != r.QuarantineReason {
			t.Errorf("%+v", got)
		}
		r.Retry = true
		if got := w.intake(r)[0]; got.Fate != tickets.FateQuarantined || got.Tries != 2 {
			t.Errorf("second try %+v", got)
		}
		readable := w.received(mail(tessa))
		readable.UID, readable.Retry, readable.Raw = r.UID, true, r.Raw
		if got := w.intake(readable)[0]; got.Fate != tickets.FateMessage || got.Tries != 3 || got.TicketID == 0 {
			t.Errorf("third try %+v", got)
		}
		if got := w.intake(readable)[0]; !got.Already {
			t.Errorf("a retry of a mail that was read: %+v", got)
		}
	})
}

func TestWhoGetsAnAcknowledgement(t *testing.T) {
	auto := func(k tickets.MailKind) func(*tickets.Inbound) {
		return func(in *tickets.Inbound) { in.Kind, in.AutoHeader = k, true }
	}
	for _, tc := range []struct {
		name    string
		in      *tickets.Inbound
		change  func(*tickets.Settings)
		prepare func(w *world, r *tickets.Received)
		purpose tickets.Purpose // "" for none
		skip    string
	}{
		{name: "parent", in: mail(tessa), purpose: tickets.PurposeAck},
		{name: "school", in: mail("senco@hartfield.example"), purpose: tickets.PurposeAck},
		{name: "stranger", in: mail("stranger@else.example"), purpose: tickets.PurposeReceipt},
		{name: "out of office", in: mail(tessa, auto(tickets.KindAutoReply))},
		{name: "list", in: mail(tessa, auto(tickets.KindList))},
		{name: "school's machine", in: mail("senco@hartfield.example", auto(tickets.KindOther)), skip: "automatic"},
		{name: "no-reply", in: mail("no-reply@shop.example"), skip: "robot"},
		{name: "no.reply with a tag", in: mail("No.Reply+77@shop.example"), skip: "robot"},
		{name: "mailer-daemon", in: mail("MAILER-DAEMON@mx.example"), skip: "robot"},
		{name: "postmaster", in: mail("postmaster@mx.example"), skip: "robot"},
		{name: "bounces", in: mail("bounces+123@lists.example"), skip: "robot"},
		{name: "colleague afresh", in: mail("priya@westmarsh.example"), skip: "own"},
		{name: "somebody of the council without an account", in: mail("reception@westmarsh.example"), skip: "own"},
		{name: "no address", in: mail(""), skip: "address"},
		{name: "quoted local part", in: mail(`"a b"@else.example`), skip: "address"},
		{name: "address with a line end", in: mail("a\r\nBcc: b@else.example"), skip: "address"},
		{name: "imported", in: mail(tessa), prepare: func(_ *world, r *tickets.Received) { r.History = true }, skip: "history"},
		{name: "received before go-live", in: mail(tessa), prepare: func(_ *world, r *tickets.Received) { r.ReceivedAt = noon.AddDate(0, 0, -40) }, skip: "history"},
		{name: "not live", in: mail(tessa), change: func(s *tickets.Settings) { s.GoLive = time.Time{} }, skip: "history"},
		{name: "no contact", in: mail(rob), prepare: func(w *world, _ *tickets.Received) { w.noContact(w.rob.ID) }, skip: "no_contact"},
		{name: "forged", in: mail(tessa, dmarc("mx", "fail")), change: func(s *tickets.Settings) { s.TrustedAuth = map[string]string{"sen": "mx"} }, skip: "unconfirmed"},
		{name: "forged stranger", in: mail("a@else.example", dmarc("mx", "fail")), change: func(s *tickets.Settings) { s.TrustedAuth = map[string]string{"sen": "mx"} }, skip: "unconfirmed"},
		{name: "mailbox has sent its fill", in: mail(tessa), change: func(s *tickets.Settings) { s.AcksPerHour = 1 }, prepare: func(w *world, _ *tickets.Received) { w.one(mail(rob)) }, skip: "mailbox_cap"},
		{name: "sender has had their fill", in: mail(tessa), change: func(s *tickets.Settings) { s.AcksPerSender = 1 }, prepare: func(w *world, _ *tickets.Received) { w.one(mail(tessa)) }, skip: "sender_cap"},
		{name: "stranger a second time", in: mail("stranger@else.example"), prepare: func(w *world, _ *tickets.Received) { w.one(mail("stranger@else.example")) }, skip: "sender_cap"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var change []func(*tickets.Settings)
			if tc.change != nil {
				change = append(change, tc.change)
			}
			w := newWorld(t, change...)
			r := w.received(tc.in)
			if tc.prepare != nil {
				tc.prepare(w, &r)
			}
			got := w.intake(r)[0]
			if tc.purpose != "" {
				if got.AckID == 0 || w.letter(got.AckID).Purpose != tc.purpose {
					t.Fatalf("%+v", got)
				}
				if o := w.letter(got.AckID); o.Purpose == tickets.PurposeReceipt && (o.Fields[tickets.FieldRef] != "" || o.Fields[tickets.FieldDue] != "" || o.CaseID != 0 || strings.Contains(o.Subject, "SEN-")) {
					t.Errorf("the receipt says too much: %+v", o)
				}
				return
			}
			if got.AckID != 0 {
				t.Fatalf("acknowledged: %+v", w.letter(got.AckID))
			}
			if tc.skip == "" {
				if got.TicketID != 0 {
					t.Errorf("made a ticket: %+v", got)
				}
				return
			}
			if e := w.events(got.TicketID, tickets.EvAckSkipped); len(e) != 1 || e[0].Data["reason"] != tc.skip {
				t.Errorf("reason %+v, want %s", e, tc.skip)
			}
		})
	}
}

func (w *world) noContact(person int64) {
	ctx := context.Background()
	parties, err := w.db.Parties(ctx, w.milo.ID)
	w.must(err)
	for _, p := range parties {
		if p.Person.ID == person {
			p.Link.NoContact = true
			w.must(w.db.Write(ctx, func(tx tickets.Tx) error { return tx.UpdateLink(ctx, &p.Link) }))
		}
	}
}

func TestEightyAutomaticMailsGetNoAnswer(t *testing.T) {
	w := newWorld(t)
	first := w.one(mail(tessa))
	ack := w.letter(first.AckID)
	for i := range 80 {
		kind := []tickets.MailKind{tickets.KindAutoReply, tickets.KindList, tickets.KindBounce, tickets.KindOther}[i%4]
		in := mail(fmt.Sprintf("robot%d@else.example", i), saying(fmt.Sprint("automatic ", i)), func(in *tickets.Inbound) { in.Kind, in.AutoHeader = kind, true })
		if kind == tickets.KindAutoReply { // out of office of the family, to our acknowledgement
			in.From.Email = tessa
			in.InReplyTo = []string{ack.Deliveries[0].MessageID}
		}
		if r := w.one(in); r.AckID != 0 || r.Opened {
			t.Fatalf("mail %d of kind %s: %+v", i, kind, r)
		}
	}
	k := w.ticket(first.TicketID)
	if k.State != tickets.StateOpen || k.Chasers != 0 || w.runs(k.ID) != 1 {
		t.Errorf("the automatic mails changed the ticket: %+v", k)
	}
	if n := len(w.events(k.ID, tickets.EvAutomatic)); n != 20 {
		t.Errorf("%d automatic mails are shown on the ticket", n)
	}
}

func TestAutoReplyDoesNotReopen(t *testing.T) {
	w := newWorld(t)
	r := w.one(mail(tessa))
	o := w.reply(r.TicketID, w.tessa.ID)
	w.later(2 * time.Minute)
	w.send(o, tickets.Accepted)
	w.must(w.desk.Finish(context.Background(), actor(w.dean), tickets.FinishRequest{Ref: r.TicketRef}, w.now))
	out := mail(tessa, func(in *tickets.Inbound) {
		in.Kind, in.AutoHeader = tickets.KindAutoReply, true
		in.References = []string{o.Deliveries[0].MessageID}
	})
	if got := w.one(out); got.TicketID != r.TicketID || w.ticket(r.TicketID).State != tickets.StateFinished || w.runs(r.TicketID) != 0 {
		t.Errorf("%+v %+v", got, w.ticket(r.TicketID))
	}
	human := mail(tessa, func(in *tickets.Inbound) { in.References = []string{o.Deliveries[0].MessageID} })
	if got := w.one(human); got.Outcome != tickets.OutcomeReopen || w.ticket(r.TicketID).State != tickets.StateOpen || w.runs(r.TicketID) != 1 {
		t.Errorf("%+v %+v", got, w.ticket(r.TicketID))
	}
}

func TestSchoolsMachineMakesATicketWithoutAck(t *testing.T) {
	w := newWorld(t)
	r := w.one(mail("senco@hartfield.example", func(in *tickets.Inbound) { in.Kind, in.AutoHeader = tickets.KindOther, true }))
	if !r.Opened || r.AckID != 0 || w.ticket(r.TicketID).CaseID != w.milo.ID || w.runs(r.TicketID) != 0 {
		t.Errorf("%+v", r)
	}
}

func TestChasersCountAndNeverRestart(t *testing.T) {
	w := newWorld(t)
	r := w.one(mail(tessa))
	due := w.clocks(r.TicketID)[0].DueAt
	for i, after := range []time.Duration{10 * time.Minute, 2 * time.Hour, 30 * time.Minute, 3 * time.Hour} {
		w.later(after)
		got := w.one(mail(tessa, saying(fmt.Sprint("still waiting ", i))))
		if got.TicketID != r.TicketID || got.AckID != 0 {
			t.Fatalf("chaser %d: %+v", i, got)
		}
	}
	if k := w.ticket(r.TicketID); k.Chasers != 2 {
		t.Errorf("%d chasers; those within an hour of another are one", k.Chasers)
	}
	if c := w.clocks(r.TicketID); len(c) != 1 || !c[0].DueAt.Equal(due) {
		t.Errorf("clocks %+v", c)
	}
	w.later(24 * time.Hour)
	if got := w.one(mail(tessa, saying("still waiting after a day"))); got.AckID == 0 {
		t.Error("after 24 hours there is an acknowledgement again")
	}
}

func TestStaffMailBecomesANoteAndNothingElse(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.one(mail(tessa))
		ack := w.letter(r.AckID)
		secret := "she is at it again, keep it short"
		in := mail("dean@westmarsh.example", saying(secret), func(in *tickets.Inbound) { in.InReplyTo = []string{ack.Deliveries[0].MessageID} })
		rec := w.received(in)
		got := w.intake(rec)[0]
		if got.Outcome != tickets.OutcomeStaffNote || got.MessageID != 0 || got.AckID != 0 || got.TicketID != r.TicketID {
			t.Fatalf("%+v", got)
		}
		rec.UID += 100 // a second copy
		if again := w.intake(rec)[0]; again.Fate != tickets.FateDuplicate {
			t.Errorf("the copy: %+v", again)
		}
		notes, err := w.db.Notes(context.Background(), actor(w.dean), r.TicketID)
		w.must(err)
		if len(notes) != 1 || notes[0].Text.ForStaff() != secret || notes[0].AuthorID != w.dean.ID || notes[0].Source != "email" || notes[0].RawID == 0 {
			t.Errorf("notes %+v", notes)
		}
		if len(w.messages(r.TicketID)) != 1 || w.runs(r.TicketID) != 1 {
			t.Error("the note is a message, or stopped the clock")
		}
		all, err := w.db.EventsOfTicket(context.Background(), r.TicketID)
		w.must(err)
		if strings.Contains(fmt.Sprint(all), "at it again") {
			t.Error("the history holds the text of the note")
		}
		fresh := w.one(mail("dean@westmarsh.example", saying("please pass on")))
		if k := w.ticket(fresh.TicketID); k.State != tickets.StateTriage || fresh.AckID != 0 {
			t.Errorf("a colleague's fresh mail: %+v %+v", fresh, k)
		}
	})
}

func TestStrangerIsHeld(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.one(mail(tessa))
		before := *w.ticket(r.TicketID)
		tok := w.letter(r.AckID).Deliveries[0].Token
		got := w.one(mail("stranger@else.example", func(in *tickets.Inbound) {
			in.To = []tickets.MailAddress{{Email: "sen+" + tok + "@westmarsh.example"}}
		}))
		if got.Fate != tickets.FateHeld || got.AckID == 0 || got.TicketID == r.TicketID {
			t.Fatalf("%+v", got)
		}
		receipt := w.letter(got.AckID)
		if receipt.Purpose != tickets.PurposeReceipt || receipt.CaseID != 0 || strings.Contains(fmt.Sprint(receipt.Subject, receipt.Body, receipt.Fields), r.TicketRef) {
			t.Errorf("the receipt is not neutral: %+v", receipt)
		}
		k := w.ticket(got.TicketID)
		if k.Category != tickets.CategoryUnconfirmed || k.SuggestedID != r.TicketID || k.CaseID != 0 {
			t.Errorf("%+v", k)
		}
		if c := w.clocks(k.ID); len(c) != 1 || c[0].Kind != tickets.ClockTriage || c[0].Policy != sla.PolicyUnconfirmedSender {
			t.Errorf("clock %+v", c)
		}
		if m := w.messages(k.ID); len(m) != 1 || !m[0].Unconfirmed {
			t.Errorf("messages %+v", m)
		}
		if after := *w.ticket(r.TicketID); after != before {
			t.Error("the conversation changed")
		}
	})
}

func TestSafeguardingWordsOnlyAddAttention(t *testing.T) {
	w := newWorld(t)
	r := w.one(mail(tessa, saying("We can’t keep him safe and I found a KNIFE. Please say when the review is.")))
	k := w.ticket(r.TicketID)
	if !strings.HasPrefix(k.Alert, "immediate danger: knife") || r.AckID == 0 || k.State != tickets.StateOpen {
		t.Errorf("%+v %+v", r, k)
	}
	told := map[string]bool{}
	for _, o := range w.letters(k.ID, tickets.TemplateAlert) {
		told[o.Deliveries[0].Email] = true
		if text := o.Subject + fmt.Sprint(o.Fields); strings.Contains(text, "Milo") || strings.Contains(strings.ToLower(text), "knife") || strings.Contains(text, "Tessa") {
			t.Errorf("the notice says too much: %s", text)
		}
	}
	if !told[w.lead.Email] || !told[w.dean.Email] || len(told) != 2 {
		t.Errorf("told %v", told)
	}
	w.one(mail(tessa, saying("following up: any update? The police came."), subject("Third email")))
	if k := w.ticket(r.TicketID); !strings.HasPrefix(k.Alert, "immediate danger") {
		t.Errorf("a lesser word lowered the alert: %q", k.Alert)
	}
	ctx := context.Background()
	if err := w.desk.DealWithAlert(ctx, actor(w.dean), r.TicketRef, "", w.now); !fault.Is(err, fault.Invalid) {
		t.Errorf("cleared without an action: %v", err)
	}
	for range 2 {
		w.must(w.desk.DealWithAlert(ctx, actor(w.dean), r.TicketRef, "referred", w.now))
	}
	if w.ticket(r.TicketID).Alert != "" || len(w.events(r.TicketID, tickets.EvAlertDone)) != 1 || w.runs(r.TicketID) != 1 {
		t.Error("the alert is not dealt with, or something else changed")
	}
	if w.ticket(w.one(mail(rob, saying("a perfectly ordinary question about skills"))).TicketID).Alert != "" {
		t.Error("an alert without a word")
	}
}

func TestOutOfHoursAndAway(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	w.must(w.db.Write(ctx, func(tx tickets.Tx) error {
		w.dean.AwayUntil = "2026-12-24"
		return tx.UpdateStaff(ctx, &w.dean)
	}))
	w.now = time.Date(2026, 11, 27, 20, 0, 0, 0, time.UTC) // Friday evening
	f := w.letter(w.one(mail(tessa)).AckID).Fields
	if f[tickets.FieldOpens] != "Monday 30 November at 8:45am" || f[tickets.FieldOwner] != "Priya Nair" || f[tickets.FieldDue] != "Monday 7 December 2026" {
		t.Errorf("%v", f)
	}
}

func TestIntakeKeepsMailThatNoCalendarKnows(t *testing.T) {
	w := newWorld(t)
	old := w.received(mail(tessa))
	old.ReceivedAt = time.Date(2011, 5, 1, 9, 0, 0, 0, time.UTC)
	if r := w.intake(old)[0]; r.Fate != tickets.FateMessage || w.runs(r.TicketID) != 1 {
		t.Errorf("a mail moved here from 2011: %+v", r)
	}
	future := w.received(mail(rob))
	future.ReceivedAt = w.now.Add(48 * time.Hour)
	if r := w.intake(future)[0]; !w.clocks(r.TicketID)[0].ReceivedAt.Equal(w.now) {
		t.Errorf("a server in the future: %+v", w.clocks(r.TicketID))
	}
	w.now = time.Date(2029, 3, 1, 10, 0, 0, 0, time.UTC)
	if r := w.one(mail("senco@hartfield.example")); r.Fate != tickets.FateMessage || len(w.events(r.TicketID, tickets.EvNoClock)) != 1 || r.AckID != 0 {
		t.Errorf("after the calendar's end: %+v", r)
	}
}

func TestTwoMailboxesEachHaveTheMail(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		second := tickets.Mailbox{Name: "second", Address: "north@westmarsh.example", TeamID: w.team.ID}
		w.must(w.db.Write(ctx, func(tx tickets.Tx) error { return tx.UpsertMailbox(ctx, &second) }))
		in := mail(tessa)
		a := w.received(in)
		b := a
		b.MailboxID = second.ID
		res := w.intake(a, b)
		if res[0].Fate != tickets.FateMessage || res[1].Fate != tickets.FateMessage || res[1].TicketID != res[0].TicketID || res[1].AckID != 0 {
			t.Errorf("%+v", res)
		}
		k := w.ticket(res[0].TicketID)
		if k.MailboxID != w.box.ID || k.Chasers != 0 || w.runs(k.ID) != 1 || len(w.messages(k.ID)) != 2 || len(w.events(k.ID, tickets.EvCopied)) != 1 {
			t.Errorf("%+v, %d messages", k, len(w.messages(k.ID)))
		}
		// An answer to either finds the one enquiry, and the acknowledgement leaves
		// from the mailbox that has it.
		w.later(26 * time.Hour)
		c := w.received(mail(tessa, func(in *tickets.Inbound) { in.InReplyTo = []string{a.Mail.MessageID} }))
		c.MailboxID = second.ID
		again := w.intake(c)[0]
		if again.TicketID != k.ID || again.AckID == 0 || w.letter(again.AckID).MailboxID != w.box.ID {
			t.Errorf("%+v", again)
		}
	})
}
