package tickets_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/fault"
)

func TestPlaceOnCase(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		r := w.one(mail("tessa.new@phone.example"))
		w.later(26 * time.Hour)
		req := tickets.PlaceRequest{Ref: r.TicketRef, CaseRef: "WM-2201", PersonID: w.tessa.ID, AddAddress: true}
		if err := w.desk.PlaceOnCase(ctx, actor(w.dean), req, w.now); !fault.Is(err, fault.Denied) {
			t.Errorf("an officer without triage: %v", err)
		}
		wrong := req
		wrong.PersonID = w.other.ID
		if err := w.desk.PlaceOnCase(ctx, actor(w.duty), wrong, w.now); !fault.Is(err, fault.Invalid) {
			t.Errorf("a person of another case: %v", err)
		}
		w.must(w.desk.PlaceOnCase(ctx, actor(w.duty), req, w.now))
		if err := w.desk.PlaceOnCase(ctx, actor(w.duty), req, w.now); !fault.Is(err, fault.Conflict) {
			t.Errorf("placed twice: %v", err)
		}
		k := w.ticket(r.TicketID)
		if k.State != tickets.StateOpen || k.CaseID != w.milo.ID || k.OwnerID != w.dean.ID || k.RequesterID != w.tessa.ID || k.Category != tickets.CategoryGeneral {
			t.Errorf("%+v", k)
		}
		c := w.clocks(k.ID)
		if len(c) != 2 || c[0].StopBy != tickets.StopByPlaced || !c[1].ReceivedAt.Equal(noon) || c[1].Policy != sla.PolicyGeneral || c[1].StoppedAt != nil {
			t.Errorf("clocks %+v", c)
		}
		if m := w.messages(k.ID); m[0].PersonID != w.tessa.ID || m[0].CaseID != w.milo.ID {
			t.Errorf("message %+v", m[0])
		}
		next := w.one(mail("tessa.new@phone.example"))
		if w.ticket(next.TicketID).CaseID != w.milo.ID {
			t.Errorf("the address was not recorded: %+v", next)
		}
	})
}

func TestAcceptUnconfirmed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		r := w.one(mail(tessa))
		o := w.reply(r.TicketID, w.tessa.ID)
		w.later(2 * time.Minute)
		w.send(o, tickets.Accepted)
		w.later(time.Hour)
		wrote := w.now
		held := w.one(mail("tessa.work@firm.example", func(in *tickets.Inbound) { in.References = []string{o.Deliveries[0].MessageID} }))
		w.later(time.Hour)
		ref, err := w.desk.AcceptUnconfirmed(ctx, actor(w.lead), tickets.AcceptRequest{Ref: held.TicketRef, PersonID: w.tessa.ID, AddAddress: true}, w.now)
		w.must(err)
		k := w.ticket(r.TicketID)
		if ref != k.Ref || k.State != tickets.StateOpen {
			t.Errorf("%s %+v", ref, k)
		}
		c := w.clocks(k.ID)
		if len(c) != 2 || c[1].StoppedAt != nil || !c[1].ReceivedAt.Equal(wrote) {
			t.Errorf("clocks %+v", c)
		}
		for _, m := range w.messages(k.ID) {
			if m.FromMailbox == "tessa.work@firm.example" && (m.Unconfirmed || m.PersonID != w.tessa.ID) {
				t.Errorf("message %+v", m)
			}
		}
		if x := w.ticket(held.TicketID); x.State != tickets.StateMerged || x.MergedInto != k.ID || w.runs(x.ID) != 0 {
			t.Errorf("the held one: %+v", x)
		}
		again := w.one(mail("tessa.work@firm.example", func(in *tickets.Inbound) { in.References = []string{"m3@mail.example", o.Deliveries[0].MessageID} }))
		if again.TicketID != k.ID || again.Outcome != tickets.OutcomeJoin {
			t.Errorf("the next mail: %+v", again)
		}
	})
}

func TestKeepApartAndNotOurs(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	r := w.one(mail(tessa))
	held := w.one(mail("x@else.example", func(in *tickets.Inbound) { in.References = []string{w.letter(r.AckID).Deliveries[0].MessageID} }))
	if err := w.desk.KeepApart(ctx, actor(w.duty), held.TicketRef, " ", w.now); !fault.Is(err, fault.Invalid) {
		t.Errorf("without a reason: %v", err)
	}
	w.must(w.desk.KeepApart(ctx, actor(w.duty), held.TicketRef, "another family", w.now))
	if k := w.ticket(held.TicketID); k.SuggestedID != 0 || k.State != tickets.StateTriage || w.runs(k.ID) != 1 {
		t.Errorf("%+v", k)
	}
	if err := w.desk.NotOurs(ctx, actor(w.duty), held.TicketRef, "", w.now); !fault.Is(err, fault.Invalid) {
		t.Errorf("without a reason: %v", err)
	}
	w.must(w.desk.NotOurs(ctx, actor(w.duty), held.TicketRef, "advertising", w.now))
	if k := w.ticket(held.TicketID); k.State != tickets.StateNotOurs || w.runs(k.ID) != 0 {
		t.Errorf("%+v", k)
	}
}

func TestReplyToTheUnsorted(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	r := w.one(mail("stranger@else.example"))
	o, err := w.desk.Reply(ctx, actor(w.lead), tickets.ReplyRequest{
		Ref: r.TicketRef, ToRequester: true, AnswersID: r.MessageID, Body: "Which child is it about?", SeenVersion: w.ticket(r.TicketID).Version,
	}, w.now)
	w.must(err)
	if d := o.Deliveries; len(d) != 1 || d[0].Email != "stranger@else.example" || d[0].Name != "" || d[0].PersonID != 0 {
		t.Errorf("%+v", d)
	}
	back := w.one(mail("stranger@else.example", func(in *tickets.Inbound) { in.References = []string{o.Deliveries[0].MessageID} }))
	if back.TicketID != r.TicketID {
		t.Errorf("%+v", back)
	}
	held := w.one(mail("x@else.example", func(in *tickets.Inbound) { in.References = []string{o.Deliveries[0].MessageID} }))
	_, err = w.desk.Reply(ctx, actor(w.lead), tickets.ReplyRequest{
		Ref: held.TicketRef, ToRequester: true, AnswersID: held.MessageID, Body: "x", SeenVersion: w.ticket(held.TicketID).Version,
	}, w.now)
	if !fault.Is(err, fault.Refused) {
		t.Errorf("a held stranger was answered: %v", err)
	}
}

func TestNoteTouchesNothing(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	r := w.one(mail(tessa))
	before := w.ticket(r.TicketID)
	if _, err := w.desk.AddNote(ctx, actor(w.dean), tickets.NoteRequest{Ref: r.TicketRef, Text: tickets.NewPrivateText(" ")}, w.now); fault.SafeText(err) != "Write the note" {
		t.Errorf("%v", err)
	}
	n, err := w.desk.AddNote(ctx, actor(w.duty), tickets.NoteRequest{Ref: r.TicketRef, Text: tickets.NewPrivateText("a marker word: xyzzy"), ForID: w.dean.ID}, w.now)
	w.must(err)
	after := w.ticket(r.TicketID)
	if n.ID == 0 || after.State != before.State || w.runs(after.ID) != 1 || after.Version == before.Version || len(w.messages(after.ID)) != 1 {
		t.Errorf("%+v %+v", before, after)
	}
	all, err := w.db.EventsOfTicket(ctx, r.TicketID)
	w.must(err)
	if strings.Contains(fmt.Sprint(all), "xyzzy") {
		t.Error("the history holds a note's text")
	}
}

func TestCalls(t *testing.T) {
	call := func(change func(*tickets.CallRequest)) tickets.CallRequest {
		r := tickets.CallRequest{Call: tickets.Call{Direction: tickets.Out, Answered: true, Summary: tickets.NewPrivateText("x")}}
		change(&r)
		return r
	}
	w := newWorld(t)
	ctx := context.Background()
	r := w.one(mail(tessa))
	for words, req := range map[string]tickets.CallRequest{
		"Choose who you spoke to, or select \"Someone not on our records\"": call(func(*tickets.CallRequest) {}),
		"Enter the date you promised":                                       call(func(r *tickets.CallRequest) { r.OffRecord, r.Call.Promise = true, "a date" }),
		"Say how this answered them":                                        call(func(r *tickets.CallRequest) { r.Call.PersonID, r.Call.StopsClock = w.tessa.ID, true }),
		"Enter a real date, like 1/12/2026":                                 call(func(r *tickets.CallRequest) { r.OffRecord, r.Call.Promise, r.Call.PromiseBy = true, "p", "2026-02-31" }),
	} {
		req.Ref = r.TicketRef
		if _, err := w.desk.LogCall(ctx, actor(w.dean), req, w.now); !fault.Is(err, fault.Invalid) || fault.SafeText(err) != words {
			t.Errorf("want %q: %v", words, err)
		}
	}
	w.later(time.Hour)
	missed := call(func(c *tickets.CallRequest) {
		c.Ref, c.Call.PersonID, c.Call.Direction, c.Call.Answered = r.TicketRef, w.tessa.ID, tickets.In, false
	})
	_, err := w.desk.LogCall(ctx, actor(w.duty), missed, w.now)
	w.must(err)
	if k := w.ticket(r.TicketID); k.Chasers != 1 || w.runs(k.ID) != 1 {
		t.Errorf("%+v", k)
	}
	at := w.now
	w.later(3 * time.Hour)
	w.one(mail(tessa, saying("still waiting, nobody has called")))
	wrote := w.now
	w.later(time.Hour)
	answered := call(func(c *tickets.CallRequest) {
		c.Ref, c.At, c.Call.PersonID, c.Call.StopsClock, c.Call.StopsReason = r.TicketRef, at, w.tessa.ID, true, "told her the date"
	})
	_, err = w.desk.LogCall(ctx, actor(w.dean), answered, w.now)
	w.must(err)
	c := w.clocks(r.TicketID)
	if len(c) != 2 || c[0].StopBy != tickets.StopByCall || !c[0].StoppedAt.Equal(at) || c[1].StoppedAt != nil || !c[1].ReceivedAt.Equal(wrote) {
		t.Errorf("a call that was logged late: %+v", c)
	}
	answered.At = time.Time{}
	_, err = w.desk.LogCall(ctx, actor(w.dean), answered, w.now)
	w.must(err)
	if k := w.ticket(r.TicketID); k.State != tickets.StateAnswered || w.runs(k.ID) != 0 || !k.LastAnswerAt.Equal(w.now) {
		t.Errorf("%+v", k)
	}
}

func TestLateCallDoesNotStopALaterWait(t *testing.T) {
	w := newWorld(t)
	r := w.one(mail(tessa))
	called := w.now.Add(30 * time.Minute)
	w.later(time.Hour)
	o := w.reply(r.TicketID, w.tessa.ID)
	w.later(2 * time.Minute)
	w.send(o, tickets.Accepted)
	w.later(time.Hour)
	w.one(mail(tessa, func(in *tickets.Inbound) { in.References = []string{o.Deliveries[0].MessageID} }))
	w.later(time.Hour)
	_, err := w.desk.LogCall(context.Background(), actor(w.dean), tickets.CallRequest{Ref: r.TicketRef, At: called, Call: tickets.Call{
		Direction: tickets.Out, Answered: true, PersonID: w.tessa.ID, StopsClock: true, StopsReason: "told her",
	}}, w.now)
	w.must(err)
	if c := w.clocks(r.TicketID); len(c) != 2 || c[1].StoppedAt != nil || w.ticket(r.TicketID).State != tickets.StateOpen {
		t.Errorf("%+v", c)
	}
}

func TestFinish(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	r := w.one(mail(tessa))
	req := tickets.FinishRequest{Ref: r.TicketRef}
	if err := w.desk.Finish(ctx, actor(w.dean), req, w.now); fault.SafeText(err) != "Tessa Brandt is still waiting for a human answer. Reply, log a call, or choose why no answer is needed" {
		t.Errorf("%v", err)
	}
	req.Reason = "because"
	if err := w.desk.Finish(ctx, actor(w.dean), req, w.now); !fault.Is(err, fault.Refused) {
		t.Errorf("a reason of one's own: %v", err)
	}
	req.Reason = "withdrawn"
	w.must(w.desk.Finish(ctx, actor(w.dean), req, w.now))
	w.must(w.desk.Finish(ctx, actor(w.dean), req, w.now))
	k := w.ticket(r.TicketID)
	if k.State != tickets.StateFinished || k.FinishedAt == nil || w.runs(k.ID) != 0 || len(w.events(k.ID, tickets.EvFinished)) != 1 {
		t.Errorf("%+v", k)
	}
	if c := w.clocks(k.ID)[0]; c.StopBy != tickets.StopByFinished {
		t.Errorf("%+v", c)
	}
}

func TestAssign(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	r := w.one(mail(tessa))
	for id, kind := range map[int64]fault.Kind{0: fault.Invalid, 999: fault.Invalid, w.duty.ID: fault.Refused} {
		if err := w.desk.Assign(ctx, actor(w.lead), tickets.AssignRequest{Ref: r.TicketRef, ToID: id}, w.now); !fault.Is(err, kind) {
			t.Errorf("to %d: %v", id, err)
		}
	}
	other := w.dean
	w.must(w.db.Write(ctx, func(tx tickets.Tx) error {
		team := w.team
		team.Name = "South team"
		if err := tx.InsertTeam(ctx, &team); err != nil {
			return err
		}
		other.Email, other.Mailbox, other.TeamID, other.DeputyID = "sam@westmarsh.example", "sam@westmarsh.example", team.ID, 0
		return tx.InsertStaff(ctx, &other)
	}))
	if err := w.desk.Assign(ctx, actor(w.lead), tickets.AssignRequest{Ref: r.TicketRef, ToID: other.ID}, w.now); !fault.Is(err, fault.Refused) {
		t.Errorf("to somebody of another team: %v", err)
	}
	if err := w.desk.Assign(ctx, actor(other), tickets.AssignRequest{Ref: r.TicketRef, ToID: other.ID}, w.now); !fault.Is(err, fault.NotFound) {
		t.Errorf("by somebody of another team: %v", err)
	}
	w.must(w.desk.Assign(ctx, actor(w.duty), tickets.AssignRequest{Ref: r.TicketRef, ToID: w.priya.ID}, w.now))
	w.must(w.desk.Assign(ctx, actor(w.duty), tickets.AssignRequest{Ref: r.TicketRef, ToID: w.priya.ID}, w.now))
	if k := w.ticket(r.TicketID); k.OwnerID != w.priya.ID || w.runs(k.ID) != 1 || len(w.events(k.ID, tickets.EvAssigned)) != 1 {
		t.Errorf("%+v", k)
	}
}

func TestSetState(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	r := w.one(mail(tessa))
	set := func(to tickets.State) error {
		return w.desk.SetState(ctx, actor(w.dean), tickets.StateRequest{Ref: r.TicketRef, To: to}, w.now)
	}
	if err := set(tickets.StateWaitingFamily); !fault.Is(err, fault.Refused) {
		t.Errorf("waiting for a family that waits: %v", err)
	}
	if err := set(tickets.StateFinished); !fault.Is(err, fault.Invalid) {
		t.Errorf("finished by the back door: %v", err)
	}
	w.must(set(tickets.StateWaitingOther))
	if w.runs(r.TicketID) != 1 {
		t.Error("waiting for a school stopped the clock")
	}
	o := w.reply(r.TicketID, w.tessa.ID)
	w.later(2 * time.Minute)
	w.send(o, tickets.Accepted)
	w.must(set(tickets.StateWaitingFamily))
	w.later(time.Hour)
	w.one(mail(tessa, func(in *tickets.Inbound) { in.References = []string{o.Deliveries[0].MessageID} }))
	if k := w.ticket(r.TicketID); k.State != tickets.StateOpen || w.runs(k.ID) != 1 {
		t.Errorf("the family answered: %+v", k)
	}
}

func TestSettingsSayAllMistakes(t *testing.T) {
	if err := settings().Validate(); err != nil {
		t.Fatal(err)
	}
	s := tickets.DefaultSettings()
	s.StaffDomains = []string{"gov", "*.westmarsh.example"}
	s.Mode = "on"
	text := fault.SafeText(s.Validate())
	for _, part := range []string{"council's name is missing", "telephone", "emergency", "advice service's number", "outbound mode", "gov ", "*.westmarsh"} {
		if !strings.Contains(text, part) {
			t.Errorf("%q does not say %q", text, part)
		}
	}
	if (tickets.Settings{}).Validate() == nil {
		t.Error("nothing at all is valid")
	}
}
