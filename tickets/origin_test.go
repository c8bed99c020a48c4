package tickets_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/register"
)

func voicemail(number string, change ...func(*tickets.Inbound)) *tickets.Inbound {
	return mail("voicemail@westmarsh.example", append([]func(*tickets.Inbound){func(in *tickets.Inbound) {
		in.Kind, in.AutoHeader = tickets.KindVoicemail, true
		in.Machine = &tickets.MachineNotice{Number: number, File: "message.wav"}
	}}, change...)...)
}

func (w *world) phone(p register.Person, digits string) {
	w.t.Helper()
	ctx := context.Background()
	w.must(w.db.Write(ctx, func(tx tickets.Tx) error {
		return tx.InsertPhone(ctx, &register.Phone{PersonID: p.ID, Number: digits, Digits: digits})
	}))
}

func TestMachinesNoticesAreSorted(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.phone(w.tessa, "01234000123")
		w.phone(w.rob, "01234000456")
		w.phone(w.other, "01234000456")
		for _, tc := range []struct {
			name   string
			in     *tickets.Inbound
			person int64
		}{
			{"one has the number", voicemail("+44 (0)1234 000 123"), w.tessa.ID},
			{"two have it", voicemail("01234 000456"), 0},
			{"nobody has it", voicemail("01234 000789"), 0},
			{"no number", voicemail(""), 0},
			{"withheld", voicemail("999"), 0},
			{"from the mailbox itself", voicemail("00441234000123", func(in *tickets.Inbound) { in.From.Email = sen }), w.tessa.ID},
			{"a scan", mail("printer@westmarsh.example", func(in *tickets.Inbound) { in.Kind, in.AutoHeader = tickets.KindScan, true }), 0},
			{"a scan from an officer's own address", mail("dean@westmarsh.example", func(in *tickets.Inbound) {
				in.Kind = tickets.KindScan
				in.Machine = &tickets.MachineNotice{File: "scan.pdf"}
			}), 0},
			{"one that seems to answer something", voicemail("", answering(w.message(w.one(mail(tessa, saying(t.Name()))).MessageID).MessageID)), 0},
		} {
			w.later(time.Hour)
			got := w.one(tc.in)
			if got.Fate != tickets.FateMessage || !got.Opened || got.AckID != 0 || got.Outcome != tickets.OutcomeTriage {
				t.Fatalf("%s: %+v", tc.name, got)
			}
			k := w.ticket(got.TicketID)
			if k.State != tickets.StateTriage || k.SuggestedPerson != tc.person || k.CaseID != 0 || k.RequesterID != 0 || w.runs(k.ID) != 1 || len(w.notes(k.ID)) != 0 {
				t.Errorf("%s: %+v", tc.name, k)
			}
			m := w.message(got.MessageID)
			if m.Kind != tc.in.Kind || m.PersonID != 0 || (m.Machine == nil) != (tc.in.Machine == nil) || m.Machine != nil && *m.Machine != *tc.in.Machine {
				t.Errorf("%s: %+v", tc.name, m)
			}
		}
	})
}

func forward(from string, written time.Time, change ...func(*tickets.Inbound)) *tickets.Inbound {
	return mail("dean@westmarsh.example", append([]func(*tickets.Inbound){func(in *tickets.Inbound) {
		in.Subject = "FW: A question"
		in.Forwarded = []tickets.Forwarded{{From: tickets.MailAddress{Name: "Tessa B", Email: from}, Date: written, Subject: "A question"}}
	}}, change...)...)
}

func TestForwardedByAColleague(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.one(mail(tessa))
		first := w.message(r.MessageID).MessageID
		yesterday := noon.Add(-20 * time.Hour)
		for _, tc := range []struct {
			name      string
			in        *tickets.Inbound
			person    int64
			sender    string
			suggested int64
			since     time.Time
			note      bool
		}{
			{name: "from somebody we know", in: forward(tessa, yesterday), person: w.tessa.ID, sender: tessa, since: yesterday},
			{name: "from a stranger", in: forward("a@else.example", yesterday), sender: "a@else.example", since: yesterday},
			{name: "citing an enquiry", in: forward(tessa, yesterday, answering(first)), person: w.tessa.ID, sender: tessa, suggested: r.TicketID, since: yesterday},
			{name: "dated tomorrow", in: forward(tessa, noon.Add(24*time.Hour)), person: w.tessa.ID, sender: tessa, since: noon},
			{name: "dated in spring", in: forward(tessa, noon.AddDate(0, 0, -200)), person: w.tessa.ID, sender: tessa, since: noon},
			{name: "without a date", in: forward(tessa, time.Time{}), person: w.tessa.ID, sender: tessa, since: noon},
			{name: "two mails in one", in: forward(tessa, yesterday, func(in *tickets.Inbound) { in.Forwarded = append(in.Forwarded, in.Forwarded[0]) }), since: noon},
			{name: "an answer that quotes", in: forward(tessa, yesterday, subject("Re: A question"), answering(first)), note: true},
			{name: "of a colleague's mail", in: forward("priya@westmarsh.example", yesterday, answering(first)), note: true},
		} {
			tc.in.Text += tc.name
			got := w.one(tc.in)
			if tc.note {
				if got.Outcome != tickets.OutcomeStaffNote || got.TicketID != r.TicketID {
					t.Errorf("%s: %+v", tc.name, got)
				}
				continue
			}
			k := w.ticket(got.TicketID)
			if got.Fate != tickets.FateMessage || got.AckID != 0 || k.State != tickets.StateTriage || k.CaseID != 0 || k.SuggestedID != tc.suggested ||
				k.SuggestedPerson != tc.person || !strings.Contains(k.SuggestedSender, tc.sender) || (tc.sender == "") != (k.SuggestedSender == "") {
				t.Errorf("%s: %+v %+v", tc.name, got, k)
			}
			if c := w.clocks(k.ID); len(c) != 1 || !c[0].ReceivedAt.Equal(tc.since) || !k.ReceivedAt.Equal(tc.since) || !k.LastInboundAt.Equal(noon) {
				t.Errorf("%s: waits since %v", tc.name, c)
			}
		}
		if c := w.clocks(r.TicketID); len(c) != 1 || c[0].StoppedAt != nil {
			t.Errorf("the enquiry that was cited changed: %+v", c)
		}
	})
}

func TestForwardPlacedOnACaseKeepsItsWait(t *testing.T) {
	w := newWorld(t)
	yesterday := noon.Add(-20 * time.Hour)
	got := w.one(forward(tessa, yesterday))
	w.later(time.Hour)
	w.must(w.desk.PlaceOnCase(context.Background(), actor(w.duty), tickets.PlaceRequest{Ref: got.TicketRef, CaseRef: w.milo.Ref, PersonID: w.tessa.ID}, w.now))
	k := w.ticket(got.TicketID)
	c := w.clocks(k.ID)
	if k.RequesterID != w.tessa.ID || len(c) != 2 || !c[1].ReceivedAt.Equal(yesterday) || len(w.letters(k.ID, tickets.TemplateAck)) != 0 {
		t.Errorf("%+v %+v", k, c)
	}
}

func TestRedirectedKeepsSenderAndDate(t *testing.T) {
	w := newWorld(t)
	written := noon.Add(-26 * time.Hour)
	redirect := func(by string) *tickets.Inbound {
		return mail(tessa, saying("by "+by), func(in *tickets.Inbound) {
			in.Date, in.Resent = written, &tickets.Resent{From: tickets.MailAddress{Email: by}, At: noon}
		})
	}
	r := w.one(redirect("dean@westmarsh.example"))
	if k := w.ticket(r.TicketID); k.RequesterID != w.tessa.ID || k.CaseID != w.milo.ID || !w.clocks(k.ID)[0].ReceivedAt.Equal(written) || r.AckID == 0 {
		t.Errorf("%+v", k)
	}
	if m := w.message(r.MessageID); m.FromMailbox != tessa || !strings.Contains(m.Reason, "redirected") {
		t.Errorf("%+v", m)
	}
	// Whoever is outside could date it as they like.
	s := w.one(redirect("a@else.example"))
	if !w.clocks(s.TicketID)[0].ReceivedAt.Equal(noon) {
		t.Errorf("%+v", w.clocks(s.TicketID))
	}
}

// Nobody waits unseen, and nothing of a stranger's mail leaks into the case.
func TestUnconfirmedSenderIsSeenWithinTheHour(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		r := w.one(mail(tessa))
		before := *w.ticket(r.TicketID)
		got := w.one(mail("stranger@else.example", answering(w.message(r.MessageID).MessageID), saying("He lives with me at 9 Dyke Road.")))
		if c := w.clocks(got.TicketID); got.Fate != tickets.FateHeld || len(c) != 1 || c[0].Policy != sla.PolicyUnconfirmedSender || c[0].NextAt == nil {
			t.Fatalf("%+v %+v", got, c)
		}
		w.later(59 * time.Minute)
		w.sweep()
		if told := w.told(got.TicketID, tickets.TemplateTriage); strings.Contains(told, "Ola Reyes") {
			t.Errorf("the lead was told too early: %q", told)
		}
		w.later(2 * time.Minute)
		w.sweep()
		if told := w.told(got.TicketID, tickets.TemplateTriage); !strings.Contains(told, "Ola Reyes") {
			t.Errorf("after a working hour: %q", told)
		}
		if after := *w.ticket(r.TicketID); after != before {
			t.Errorf("the enquiry changed: %+v", after)
		}
		parties, err := w.db.Parties(ctx, w.milo.ID)
		w.must(err)
		for _, p := range parties {
			for _, a := range p.Addresses {
				if a.Mailbox == "stranger@else.example" {
					t.Error("the address became a contact")
				}
			}
		}
		f, err := w.db.GuardFacts(ctx, tickets.FactsAsked{CaseID: w.milo.ID, TicketID: r.TicketID, Mailboxes: []string{"stranger@else.example", tessa}})
		w.must(err)
		for _, s := range f.Seen {
			if strings.Contains(s.Text, "Dyke") {
				t.Error("its words count as seen")
			}
		}
		k := w.ticket(r.TicketID)
		_, err = w.desk.Reply(ctx, actor(w.dean), tickets.ReplyRequest{Ref: k.Ref, To: []int64{w.tessa.ID}, Body: "x", AnswersID: got.MessageID, QuoteAnswer: true, SeenVersion: k.Version}, w.now)
		if err == nil {
			t.Error("it can be quoted")
		}
		facts, err := w.db.MatchFacts(ctx, tickets.MatchKeys{MessageIDs: []string{w.message(r.MessageID).MessageID}})
		w.must(err)
		for _, p := range facts.Threads[0].Participants {
			if p == "stranger@else.example" {
				t.Error("the stranger has a part in the conversation")
			}
		}
	})
}
