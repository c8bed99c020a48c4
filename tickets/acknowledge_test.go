package tickets_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/register"
	"hearback/tickets/wording"
)

// Which letter goes, by who wrote and what is known: a neutral one wherever a number
// or a name could reach somebody else, and never a day that is past as one to wait for.
func TestWhichAcknowledgement(t *testing.T) {
	put := func(w *world, change func(tx tickets.Tx) error) { w.must(w.db.Write(context.Background(), change)) }
	for name, x := range map[string]struct {
		change func(w *world)
		in     []func(*tickets.Inbound)
		want   string
	}{
		"as usual": {want: tickets.TemplateAck},
		"safety":   {in: []func(*tickets.Inbound){saying("He said that he wants to kill himself.")}, want: tickets.TemplateNeutral},
		"restricted case": {change: func(w *world) {
			put(w, func(tx tickets.Tx) error {
				c, err := tx.CaseByID(context.Background(), w.milo.ID)
				if err != nil {
					return err
				}
				c.Restricted = true
				return tx.UpdateCase(context.Background(), c)
			})
		}, want: tickets.TemplateNeutral},
		"two people, one mailbox": {change: func(w *world) {
			put(w, func(tx tickets.Tx) error {
				ctx := context.Background()
				p := register.Person{Name: "Carl Brandt", Kind: register.KindParent, CreatedAt: w.now}
				if err := tx.InsertPerson(ctx, &p); err != nil {
					return err
				}
				a := register.Address{PersonID: p.ID, Email: tessa, Mailbox: register.FoldMailbox(tessa), CreatedAt: w.now}
				if err := tx.InsertAddress(ctx, &a); err != nil {
					return err
				}
				l := register.Link{CaseID: w.milo.ID, PersonID: p.ID, Relation: "father", PR: register.PRYes, MayBeTold: "all"}
				return tx.InsertLink(ctx, &l)
			})
		}, want: tickets.TemplateNeutral},
		"told nothing": {change: func(w *world) {
			put(w, func(tx tickets.Tx) error {
				ctx := context.Background()
				if err := tx.LockRegister(ctx); err != nil {
					return err
				}
				r := register.Restriction{
					CaseID: w.milo.ID, PersonID: w.tessa.ID, Kind: register.NoInformation, Source: register.SourceOrder, Document: "order", Reason: "order",
					StartsOn: "2026-01-01", ReviewBy: "2027-01-01", EnteredBy: w.lead.ID, EnteredAt: w.now,
				}
				return tx.InsertRestriction(ctx, &r)
			})
		}, want: tickets.TemplateNeutral},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			if x.change != nil {
				x.change(w)
			}
			r := w.one(mail(tessa, x.in...))
			o := w.letter(r.AckID)
			if o.Template != x.want {
				t.Fatalf("%s, want %s", o.Template, x.want)
			}
			if x.want != tickets.TemplateNeutral {
				return
			}
			if o.Purpose != tickets.PurposeReceipt || o.Deliveries[0].Name != "" || strings.Contains(o.Subject, r.TicketRef) {
				t.Errorf("%+v", o)
			}
			for _, f := range []string{tickets.FieldRef, tickets.FieldOwner, tickets.FieldDue, tickets.FieldWasDue, tickets.FieldTopic, tickets.FieldLink} {
				if o.Fields[f] != "" {
					t.Errorf("it says %s: %s", f, o.Fields[f])
				}
			}
		})
	}
}

// Who writes again gets the letter for that, and no date that is past as one to come.
func TestAskedAgain(t *testing.T) {
	w := newWorld(t)
	r := w.one(mail(tessa))
	w.later(60 * 24 * time.Hour)
	got := w.one(mail(tessa, saying("still waiting")))
	if got.TicketID != r.TicketID || got.AckID == 0 {
		t.Fatalf("%+v", got)
	}
	o := w.letter(got.AckID)
	if o.Template != tickets.TemplateAckAgain || o.Fields[tickets.FieldDue] != "" || o.Fields[tickets.FieldWasDue] == "" || !strings.Contains(o.Subject, "sorry") {
		t.Errorf("%+v", o)
	}
}

// The council's words are checked before they are kept, kept in versions, and go with
// the letters that are queued from then on.
func TestCouncilWords(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		lead := actor(w.lead)
		standard, err := wording.Standard(wording.Ack)
		w.must(err)
		own := wording.Text{Subject: "Thank you from us", Body: standard.Body + "\n\nOur lines are open all day."}
		judged := 0
		judge := func(context.Context, string, wording.Text, time.Time) error { judged++; return nil }
		for name, x := range map[string]struct {
			a     access.Actor
			text  wording.Text
			judge tickets.WordingJudge
			kind  fault.Kind
			says  string
		}{
			"an unknown field": {lead, wording.Text{Subject: "x", Body: own.Body + "\n\nDear {child}"}, judge, fault.Invalid, "Line "},
			"a missing block":  {lead, wording.Text{Subject: "x", Body: strings.ReplaceAll(own.Body, "{edt}", "us")}, judge, fault.Invalid, "999"},
			"the guard": {lead, own, func(context.Context, string, wording.Text, time.Time) error {
				return fault.New(fault.Invalid, "The check would stop it")
			}, fault.Invalid, "check would stop"},
			"no guard":   {lead, own, nil, fault.Invalid, "cannot be checked"},
			"an officer": {actor(w.dean), own, judge, fault.Denied, ""},
		} {
			err := w.desk.ChangeWording(ctx, x.a, tickets.WordingRequest{Letter: wording.Ack, Text: x.text}, x.judge, w.now)
			if !fault.Is(err, x.kind) || !strings.Contains(fault.SafeText(err), x.says) {
				t.Errorf("%s: %v", name, err)
			}
		}
		before := w.letter(w.one(mail(tessa)).AckID)
		w.must(w.desk.ChangeWording(ctx, lead, tickets.WordingRequest{Letter: wording.Ack, Text: own}, judge, w.now))
		if judged != 1 {
			t.Errorf("judged %d times", judged)
		}
		if err := w.desk.ChangeWording(ctx, lead, tickets.WordingRequest{Letter: wording.Ack, Text: own}, judge, w.now); !fault.Is(err, fault.Conflict) {
			t.Errorf("over somebody else's words: %v", err)
		}
		after := w.letter(w.one(mail(tessa, func(in *tickets.Inbound) { in.Subject = "Another matter" })).AckID)
		if before.Fields[tickets.FieldWording] != "" || after.Fields[tickets.FieldWording] != "1" || !strings.HasSuffix(after.Subject, "] Thank you from us") {
			t.Errorf("before %v, after %v %q", before.Fields, after.Fields, after.Subject)
		}
		seen := map[string]bool{}
		for range 2 {
			c := w.claim()
			seen[c.Wording.Body] = true
			if c.Letter.ID == after.ID && c.Wording != own || c.Letter.ID == before.ID && c.Wording.Body != "" {
				t.Errorf("letter %d goes with %q", c.Letter.ID, c.Wording.Subject)
			}
		}
		if len(seen) != 2 {
			t.Errorf("%d wordings", len(seen))
		}
		w.must(w.desk.ChangeWording(ctx, lead, tickets.WordingRequest{Letter: wording.Ack, Version: 1, Standard: true}, nil, w.now))
		x, history, err := w.desk.Wording(ctx, lead, wording.Ack)
		w.must(err)
		if !x.Standard || x.Version != 2 || x.Text != standard || len(history) != 2 || !history[0].Standard || history[1].Text != own {
			t.Errorf("%+v, %+v", x, history)
		}
	})
}

// Whatever a colleague answers to a notice is a note, however their program sends it:
// with another subject, forwarded, to all with a parent on copy. That last one the
// lead hears of. There is no setting for it.
func TestAnswersToNoticesAreNotes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.one(mail(tessa, saying("She ran away yesterday.")))
		notices := w.letters(r.TicketID, tickets.TemplateAlert)
		if len(notices) == 0 {
			t.Fatal("no notice")
		}
		d := notices[0].Deliveries[0]
		acks := len(w.letters(r.TicketID, ""))
		for name, change := range map[string]func(*tickets.Inbound){
			"answered":        func(in *tickets.Inbound) { in.InReplyTo = []string{d.MessageID} },
			"another subject": func(in *tickets.Inbound) { in.InReplyTo, in.Subject = []string{d.MessageID}, "lunch?" },
			"forwarded":       func(in *tickets.Inbound) { in.References, in.Subject = []string{d.MessageID}, "FW: Safety alert" },
			"to all": func(in *tickets.Inbound) {
				in.InReplyTo = []string{d.MessageID}
				in.Cc = append(in.Cc, tickets.MailAddress{Email: tessa})
			},
		} {
			got := w.one(mail("dean@westmarsh.example", saying("for us alone: "+name), change))
			if got.Outcome != tickets.OutcomeStaffNote || got.MessageID != 0 || got.AckID != 0 || got.TicketID != r.TicketID {
				t.Errorf("%s: %+v", name, got)
			}
		}
		copied := w.letters(r.TicketID, tickets.TemplateCopied)
		if len(copied) == 0 {
			t.Error("nobody was told that a parent was on copy")
		}
		for _, o := range copied {
			if o.Purpose != tickets.PurposeNotice || strings.Contains(o.Subject, "Milo") || o.Deliveries[0].StaffID == 0 {
				t.Errorf("%+v", o)
			}
		}
		notes, err := w.db.Notes(context.Background(), actor(w.dean), r.TicketID)
		w.must(err)
		if len(notes) != 4 || len(w.letters(r.TicketID, "")) != acks {
			t.Errorf("%d notes; letters to people outside: %d, %d before", len(notes), len(w.letters(r.TicketID, "")), acks)
		}
		if len(w.messages(r.TicketID)) != 1 {
			t.Error("a note became a message")
		}
	})
}

// A person says that an email asks for an assessment: whoever asked hears the day in
// law, six weeks from the day on which it came, once.
func TestConfirmRequest(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	r := w.one(mail(tessa, saying("Please assess him for a plan.")))
	w.drain()
	k := w.ticket(r.TicketID)
	w.must(w.desk.ConfirmRequest(ctx, actor(w.dean), k.Ref, w.now))
	w.must(w.desk.ConfirmRequest(ctx, actor(w.dean), k.Ref, w.now))
	list := w.letters(k.ID, tickets.TemplateAckRequest)
	if len(list) != 1 || w.ticket(k.ID).Category != tickets.CategoryAssessment {
		t.Fatalf("%d letters, %s", len(list), w.ticket(k.ID).Category)
	}
	got := sla.DateOf(k.ReceivedAt)
	f := list[0].Fields
	if f[tickets.FieldReceived] != sla.FormatDate(got) || f[tickets.FieldLawDue] != sla.FormatDate(got.AddDays(42)) || f[tickets.FieldDue] != "" {
		t.Errorf("%v", f)
	}
	text, err := wording.Standard(wording.AckRequest)
	w.must(err)
	if body, _, err := wording.Render(wording.AckRequest, text, f); err != nil || !strings.Contains(body, "The law says that we must tell you yes or no by "+f[tickets.FieldLawDue]) {
		t.Errorf("%v\n%s", err, body)
	}
	if w.runs(k.ID) != 1 {
		t.Error("the letter stopped the clock")
	}
}
