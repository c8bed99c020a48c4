package tickets_test

import (
	"context"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// wantsSecond is Dean's wish that Ola look at a letter to Tessa.
func (w *world) wantsSecond(ticketID int64) tickets.AskSecond {
	k := w.ticket(ticketID)
	return tickets.AskSecond{
		Letter:    tickets.ReplyRequest{Ref: k.Ref, To: []int64{w.tessa.ID}, Body: "The marked part is hers to have.", SeenVersion: k.Version, Digest: "d1.r1"},
		Colleague: w.lead.ID, Reason: "She asked for it", Findings: []tickets.SecondFinding{{Rule: "INTERNAL-MARKING", Mailbox: tessa, Seen: "s1"}},
	}
}

func TestSecondPersonReleases(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		r := w.one(mail(tessa))
		ask := w.wantsSecond(r.TicketID)
		for name, change := range map[string]func(*tickets.AskSecond){
			"no reason":          func(x *tickets.AskSecond) { x.Reason = " " },
			"oneself":            func(x *tickets.AskSecond) { x.Colleague = w.dean.ID },
			"another officer":    func(x *tickets.AskSecond) { x.Colleague = w.priya.ID },
			"nothing to release": func(x *tickets.AskSecond) { x.Findings = nil },
			"no digest":          func(x *tickets.AskSecond) { x.Letter.Digest = "" },
		} {
			bad := ask
			change(&bad)
			if _, err := w.desk.AskForSecond(ctx, actor(w.dean), bad, w.now); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		id, err := w.desk.AskForSecond(ctx, actor(w.dean), ask, w.now)
		w.must(err)
		if n := len(w.letters(r.TicketID, tickets.TemplateSecond)); n != 1 {
			t.Errorf("%d notices to the second person", n)
		}
		yes := tickets.SettleSecond{ID: id, Release: true, Basis: "task", Reason: "It is hers", Still: ask.Findings, Digest: "d1.r1"}
		for name, x := range map[string]struct {
			who    register.Staff
			change func(*tickets.SettleSecond)
			want   fault.Kind
		}{
			"the author":        {w.dean, nil, fault.Denied},
			"another officer":   {w.priya, nil, fault.Denied},
			"no basis":          {w.lead, func(s *tickets.SettleSecond) { s.Basis = "" }, fault.Invalid},
			"an invented basis": {w.lead, func(s *tickets.SettleSecond) { s.Basis = "because" }, fault.Invalid},
			"no reason":         {w.lead, func(s *tickets.SettleSecond) { s.Reason = "" }, fault.Invalid},
			"another letter":    {w.lead, func(s *tickets.SettleSecond) { s.Digest = "d2.r1" }, fault.Conflict},
			"one more finding": {w.lead, func(s *tickets.SettleSecond) {
				s.Still = append([]tickets.SecondFinding{{Rule: "NO-PR", Mailbox: tessa, Seen: "s2"}}, s.Still...)
			}, fault.Conflict},
			"another finding": {w.lead, func(s *tickets.SettleSecond) {
				s.Still = []tickets.SecondFinding{{Rule: "INTERNAL-MARKING", Mailbox: tessa, Seen: "s2"}}
			}, fault.Conflict},
		} {
			s := yes
			if x.change != nil {
				x.change(&s)
			}
			if _, err := w.desk.SettleSecond(ctx, actor(x.who), s, w.now); !fault.Is(err, x.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		o, err := w.desk.SettleSecond(ctx, actor(w.lead), yes, w.now)
		w.must(err)
		if o.AuthorID != w.dean.ID || len(o.Confirmed) != 1 || !o.Confirmed[0].ReleasedFor(w.dean.ID, w.now) || o.Confirmed[0].By != w.lead.ID {
			t.Errorf("letter %+v", o)
		}
		if c := w.letter(o.ID).Confirmed; len(c) != 1 || c[0].ReleasedFor(w.dean.ID, w.now.Add(25*time.Hour)) || c[0].ReleasedFor(w.lead.ID, w.now) {
			t.Errorf("kept as %+v", c)
		}
		if _, err := w.desk.SettleSecond(ctx, actor(w.lead), yes, w.now); !fault.Is(err, fault.Conflict) {
			t.Errorf("released twice: %v", err)
		}
		if n := len(w.letters(r.TicketID, tickets.TemplateSecondDone)); n != 1 {
			t.Errorf("%d notices to the author", n)
		}
		s, err := w.desk.Second(ctx, actor(w.dean), id)
		w.must(err)
		if s.State != tickets.SecondReleased || s.OutgoingID != o.ID || s.ByName != w.lead.Name || s.Basis != "task" {
			t.Errorf("%+v", s)
		}
		if _, err := w.desk.Second(ctx, actor(w.priya), id); !fault.Is(err, fault.NotFound) {
			t.Errorf("another officer reads it: %v", err)
		}
	})
}

func TestSecondPersonRefusesOrIsLate(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		r := w.one(mail(tessa))
		first, err := w.desk.AskForSecond(ctx, actor(w.dean), w.wantsSecond(r.TicketID), w.now)
		w.must(err)
		_, err = w.desk.SettleSecond(ctx, actor(w.lead), tickets.SettleSecond{ID: first, Reason: "Not hers"}, w.now)
		w.must(err)
		if s, err := w.desk.Second(ctx, actor(w.dean), first); err != nil || s.State != tickets.SecondRefused || s.OutgoingID != 0 || s.Answer.ForStaff() != "Not hers" {
			t.Errorf("%+v %v", s, err)
		}
		ask := w.wantsSecond(r.TicketID)
		second, err := w.desk.AskForSecond(ctx, actor(w.dean), ask, w.now)
		w.must(err)
		w.later(25 * time.Hour)
		yes := tickets.SettleSecond{ID: second, Release: true, Basis: "task", Reason: "It is hers", Still: ask.Findings, Digest: "d1.r1"}
		if _, err := w.desk.SettleSecond(ctx, actor(w.lead), yes, w.now); !fault.Is(err, fault.Conflict) {
			t.Errorf("after a day: %v", err)
		}
		third, err := w.desk.AskForSecond(ctx, actor(w.dean), w.wantsSecond(r.TicketID), w.now)
		w.must(err)
		w.one(mail(tessa)) // another mail of hers opens another enquiry, or joins this one
		_, err = w.desk.AddNote(ctx, actor(w.priya), tickets.NoteRequest{Ref: w.ticket(r.TicketID).Ref, Text: tickets.NewPrivateText("Wait for the panel.")}, w.now)
		w.must(err)
		yes.ID = third
		if _, err := w.desk.SettleSecond(ctx, actor(w.lead), yes, w.now); !fault.Is(err, fault.Conflict) {
			t.Errorf("after something happened: %v", err)
		}
	})
}

func TestNobodyWritesTheirOwnRelease(t *testing.T) {
	w := newWorld(t)
	r := w.one(mail(tessa))
	k := w.ticket(r.TicketID)
	o, err := w.desk.Reply(context.Background(), actor(w.dean), tickets.ReplyRequest{
		Ref: k.Ref, To: []int64{w.tessa.ID}, Body: "Hello", SeenVersion: k.Version, Digest: "d1.r1",
		Confirmed: []tickets.Confirmation{
			{Rule: "INTERNAL-MARKING", Mailbox: tessa, By: w.lead.ID, Basis: "task", Seen: "s1", At: w.now},
			{Rule: "NEW-ADDRESS", Mailbox: tessa, Reason: "asked", At: w.now},
		},
	}, w.now)
	w.must(err)
	if len(o.Confirmed) != 1 || o.Confirmed[0].Rule != "NEW-ADDRESS" {
		t.Errorf("%+v", o.Confirmed)
	}
}

func TestMisdirected(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		var officer, dp register.Staff
		w.must(w.db.Write(ctx, func(tx tickets.Tx) error {
			dp = register.Staff{Name: "Ines Prado", Email: "ines@westmarsh.example", Mailbox: "ines@westmarsh.example", Role: string(access.RoleDataProtection), Active: true, CreatedAt: noon}
			officer = register.Staff{Name: "Uma Hale", Email: "uma@westmarsh.example", Mailbox: "uma@westmarsh.example", Role: string(access.RoleOfficer), Active: true, CreatedAt: noon}
			w.must(tx.InsertStaff(ctx, &officer))
			return tx.InsertStaff(ctx, &dp)
		}))
		r := w.one(mail(tessa))
		o := w.reply(r.TicketID, w.tessa.ID)
		w.later(20 * time.Second)
		req := tickets.Misdirected{OutgoingID: o.ID, GotBy: "Rob Brandt", What: "The new address", AwareAt: w.now, AddressShown: true}
		late := req
		late.AwareAt = w.now.Add(time.Hour)
		if _, err := w.desk.ReportMisdirected(ctx, actor(w.dean), late, w.now); !fault.Is(err, fault.Invalid) {
			t.Errorf("aware in the future: %v", err)
		}
		if _, err := w.desk.ReportMisdirected(ctx, actor(officer), req, w.now); !fault.Is(err, fault.NotFound) {
			t.Errorf("who cannot see it: %v", err)
		}
		i, err := w.desk.ReportMisdirected(ctx, actor(w.dean), req, w.now)
		w.must(err)
		if i.Stopped != 1 || w.letter(o.ID).Deliveries[0].State != tickets.Cancelled || !i.DueAt.Equal(w.now.Add(72*time.Hour)) {
			t.Errorf("%+v, copy %s", i, w.letter(o.ID).Deliveries[0].State)
		}
		if n := len(w.letters(r.TicketID, tickets.TemplateIncident)); n != 2 {
			t.Errorf("%d notices, want those to data protection and the lead", n)
		}
		if _, err := w.desk.ReportMisdirected(ctx, actor(w.dean), req, w.now); !fault.Is(err, fault.Conflict) {
			t.Errorf("reported twice: %v", err)
		}
		if _, err := w.desk.Incident(ctx, actor(w.dean), i.ID); !fault.Is(err, fault.Denied) {
			t.Errorf("an officer opens it: %v", err)
		}
		if list, err := w.desk.Incidents(ctx, actor(dp)); err != nil || len(list) != 1 {
			t.Errorf("data protection: %v %v", list, err)
		}
		a := tickets.Assessment{ID: i.ID, Risk: tickets.RiskHigh, Words: "He may go there"}
		if err := w.desk.AssessIncident(ctx, actor(dp), a, w.now); !fault.Is(err, fault.Refused) {
			t.Errorf("assessed before anybody was safe: %v", err)
		}
		for _, step := range i.StepsOf() {
			w.must(w.desk.IncidentStep(ctx, actor(w.lead), i.ID, step, w.now))
		}
		if err := w.desk.IncidentStep(ctx, actor(w.lead), i.ID, "party", w.now); !fault.Is(err, fault.Invalid) {
			t.Errorf("a step of no list: %v", err)
		}
		if err := w.desk.AssessIncident(ctx, actor(w.lead), a, w.now); !fault.Is(err, fault.Denied) {
			t.Errorf("a lead assesses: %v", err)
		}
		w.must(w.desk.AssessIncident(ctx, actor(dp), a, w.now))
		if err := w.desk.CloseIncident(ctx, actor(dp), i.ID, "Learnt", w.now); !fault.Is(err, fault.Refused) {
			t.Errorf("closed without the ICO: %v", err)
		}
		a.ICORef = "IC-1"
		w.must(w.desk.AssessIncident(ctx, actor(dp), a, w.now))
		if err := w.desk.CloseIncident(ctx, actor(w.lead), i.ID, "Learnt", w.now); !fault.Is(err, fault.Denied) {
			t.Errorf("a lead closes: %v", err)
		}
		w.must(w.desk.CloseIncident(ctx, actor(dp), i.ID, "Learnt", w.now))
		got, err := w.desk.Incident(ctx, actor(w.lead), i.ID)
		w.must(err)
		if got.ClosedBy != dp.ID || got.ICORef != "IC-1" || len(got.Steps) != 7 || got.Steps[tickets.StepSafety].Name != w.lead.Name {
			t.Errorf("%+v", got)
		}
	})
}

func TestClaimedCopyIsNotStopped(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		r := w.one(mail(tessa))
		w.drain()
		o := w.reply(r.TicketID, w.tessa.ID)
		w.later(2 * time.Minute)
		if c := w.claim(); c == nil || c.Letter.ID != o.ID {
			t.Fatalf("claimed %+v", c)
		}
		i, err := w.desk.ReportMisdirected(ctx, actor(w.dean), tickets.Misdirected{OutgoingID: o.ID, GotBy: "x", What: "y", AwareAt: w.now}, w.now)
		w.must(err)
		if i.Stopped != 0 || w.letter(o.ID).Deliveries[0].State != tickets.Claimed {
			t.Errorf("stopped %d, %s", i.Stopped, w.letter(o.ID).Deliveries[0].State)
		}
	})
}

func TestReportCheck(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		k := w.ticket(w.one(mail(tessa)).TicketID)
		w.must(w.desk.StoppedAtSend(ctx, actor(w.dean), k.Ref, "block", "2", []string{"NO-PR", "NOTE-CONTENT"}, w.now))
		w.must(w.desk.ReportCheck(ctx, actor(w.dean), k.Ref, []string{"NO-PR"}, "She has it since May", w.now))
		f, err := w.desk.GuardFigures(ctx, actor(w.lead), w.now.Add(-time.Hour))
		w.must(err)
		if f.Counts["NO-PR"] != 1 || f.Counts["NOTE-CONTENT"] != 1 || len(f.Reports) != 1 || f.Reports[0].ByName != w.dean.Name || f.Reports[0].TicketRef != k.Ref {
			t.Errorf("%+v", f)
		}
		if f, err = w.desk.GuardFigures(ctx, actor(w.lead), w.now.Add(time.Hour)); err != nil || len(f.Counts)+len(f.Reports) != 0 {
			t.Errorf("later: %+v %v", f, err)
		}
		if _, err := w.desk.GuardFigures(ctx, actor(w.dean), w.now); !fault.Is(err, fault.Denied) {
			t.Errorf("an officer: %v", err)
		}
	})
}
