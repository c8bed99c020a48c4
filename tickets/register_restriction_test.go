package tickets_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// A mother rings the duty desk: whoever hears it puts it into force, at once.
func TestRestrictionOnAFamilysWord(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		r := w.one(mail(tessa))
		o := w.reply(r.TicketID, w.rob.ID)
		both := w.reply(r.TicketID, w.tessa.ID)
		x := w.restrict(register.NoContact, func(r *tickets.RestrictionRequest) {
			r.Source, r.Document, r.ReviewBy, r.StartsOn = register.SourceFamily, "", "", "2026-12-24"
		})
		// Tuesday 24 November, five working days: Tuesday 1 December.
		if !x.Interim || x.ReviewBy != "2026-12-01" {
			t.Errorf("interim %v, evidence due %s", x.Interim, x.ReviewBy)
		}
		if !w.partyIn(w.milo.ID, w.rob.ID).Link.NoContact {
			t.Error("the link has no mark although the restriction was entered")
		}
		held := w.letter(o.ID)
		if held.Deliveries[0].State != tickets.Held || !strings.Contains(held.HeldReason, "restriction") || len(held.HeldRules) == 0 {
			t.Errorf("what waited to go to him: %s %q", held.Deliveries[0].State, held.HeldReason)
		}
		if w.letter(both.ID).Deliveries[0].State != tickets.Queued {
			t.Error("what goes to somebody else was held too")
		}
		if n := len(w.letters(r.TicketID, tickets.TemplateStopped)); n != 1 {
			t.Errorf("the author was told %d times", n)
		}
		if n := len(w.events(r.TicketID, tickets.EvFacts)); n != 1 {
			t.Errorf("%d events on the enquiry", n)
		}
		if w.audited(audit.RestrictionAdded) != 1 {
			t.Error("the audit does not say who restricted")
		}
		// It does not lapse, long after the evidence was due.
		w.later(400 * 24 * time.Hour)
		if told := w.record("WM-2201").Told[w.rob.ID]; told.MayWrite || told.Level != register.ToldNothing {
			t.Errorf("a year later: %+v", told)
		}
		w.fails(fault.Denied, w.desk.RequestEndRestriction(ctx, actor(w.duty), x.ID, "over", w.now), "business support asks for an end")
	})
}

func TestRestrictionEndsByTwo(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		head := w.colleague("Hana Holm", access.RoleHead)
		first, second := w.restrict(register.NoContact), w.restrict(register.IndirectOnly)
		d := w.desk
		w.fails(fault.Conflict, d.ApproveEndRestriction(ctx, actor(w.lead), first.ID, w.now), "nobody asked")
		w.fails(fault.Invalid, d.RequestEndRestriction(ctx, actor(w.lead), first.ID, " ", w.now), "without a reason")
		w.must(d.RequestEndRestriction(ctx, actor(w.lead), first.ID, "The order was discharged.", w.now))
		w.fails(fault.Conflict, d.RequestEndRestriction(ctx, actor(w.dean), first.ID, "again", w.now), "asked twice")
		w.fails(fault.Denied, d.ApproveEndRestriction(ctx, actor(w.lead), first.ID, w.now), "the asker approves")
		w.fails(fault.Denied, d.ApproveEndRestriction(ctx, actor(w.priya), first.ID, w.now), "an officer approves")
		w.fails(fault.NotFound, d.ApproveEndRestriction(ctx, strangerLead(w), first.ID, w.now), "a lead of another team")
		w.fails(fault.Denied, d.RefuseEndRestriction(ctx, actor(w.priya), first.ID, w.now), "an officer refuses what she did not ask")
		w.must(d.RefuseEndRestriction(ctx, actor(head), first.ID, w.now))
		w.fails(fault.Conflict, d.ApproveEndRestriction(ctx, actor(head), first.ID, w.now), "refused already")
		w.must(d.RequestEndRestriction(ctx, actor(w.dean), first.ID, "The order was discharged.", w.now))
		w.must(d.ApproveEndRestriction(ctx, actor(head), first.ID, w.now))
		w.fails(fault.Conflict, d.ApproveEndRestriction(ctx, actor(head), first.ID, w.now), "ended twice")
		if !w.partyIn(w.milo.ID, w.rob.ID).Link.NoContact {
			t.Error("the mark went although another restriction stands")
		}
		w.must(d.RequestEndRestriction(ctx, actor(w.dean), second.ID, "The order was discharged.", w.now))
		w.must(d.ApproveEndRestriction(ctx, actor(w.lead), second.ID, w.now))
		if w.partyIn(w.milo.ID, w.rob.ID).Link.NoContact {
			t.Error("the mark stays although nothing stands behind it")
		}
		if told := w.record("WM-2201").Told[w.rob.ID]; !told.MayWrite || told.Level != register.ToldAll {
			t.Errorf("%+v", told)
		}
		for action, want := range map[audit.Action]int{audit.RestrictionAdded: 2, audit.RestrictionEnding: 3, audit.RestrictionKept: 1, audit.RestrictionEnded: 2} {
			if n := w.audited(action); n != want {
				t.Errorf("%s: %d records, want %d", action, n, want)
			}
		}
	})
}

func strangerLead(w *world) access.Actor {
	a := w.stranger()
	a.Role = access.RoleLead
	return a
}

// A mark that was on the link before restrictions had rows of their own is not
// taken away by the end of another restriction.
func TestOlderMarkStays(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		l := w.partyIn(w.milo.ID, w.rob.ID).Link
		l.NoContact = true
		w.must(w.db.Write(ctx, func(tx tickets.Tx) error { return tx.UpdateLink(ctx, &l) }))
		x := w.restrict(register.Supervised)
		w.must(w.desk.RequestEndRestriction(ctx, actor(w.dean), x.ID, "over", w.now))
		w.must(w.desk.ApproveEndRestriction(ctx, actor(w.lead), x.ID, w.now))
		if !w.partyIn(w.milo.ID, w.rob.ID).Link.NoContact {
			t.Error("ending one took the older mark away")
		}
	})
}

func TestChangeRestrictionTightensOnly(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	x := w.restrict(register.AddressProtected, func(r *tickets.RestrictionRequest) {
		r.PersonID, r.AgainstID, r.Source, r.Document, r.ReviewBy = w.tessa.ID, w.rob.ID, register.SourceFamily, "", ""
	})
	str := func(s string) *string { return &s }
	for name, r := range map[string]tickets.ChangeRestrictionRequest{
		"later":     {StartsOn: str("2027-01-01")},
		"past date": {ReviewBy: str("2026-01-01")},
		"no date":   {ReviewBy: str("")},
		"no source": {Source: new(register.RestrictionSource)},
	} {
		r.ID = x.ID
		if err := w.desk.ChangeRestriction(ctx, actor(w.dean), r, w.now); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	order := register.SourceOrder
	w.must(w.desk.ChangeRestriction(ctx, actor(w.dean), tickets.ChangeRestrictionRequest{
		ID: x.ID, Source: &order, Document: str("FL 12/26"), ReviewBy: str("2027-05-31"), Everyone: true,
	}, w.now))
	got := w.record("WM-2201").Facts.Restrictions[0]
	if got.Interim || got.Source != order || got.ReviewBy != "2027-05-31" || got.AgainstID != 0 {
		t.Errorf("%+v", got)
	}
	w.fails(fault.Refused, w.desk.ChangeRestriction(ctx, actor(w.dean), tickets.ChangeRestrictionRequest{ID: x.ID, Document: str("")}, w.now), "the document goes")
	w.fails(fault.NotFound, w.desk.ChangeRestriction(ctx, w.stranger(), tickets.ChangeRestrictionRequest{ID: x.ID, Everyone: true}, w.now), "a stranger")
}

func TestRestrictionsThatAreNone(t *testing.T) {
	w := newWorld(t)
	for name, change := range map[string]func(*tickets.RestrictionRequest){
		"no kind":             func(r *tickets.RestrictionRequest) { r.Kind = "" },
		"no source":           func(r *tickets.RestrictionRequest) { r.Source = "hearsay" },
		"nobody":              func(r *tickets.RestrictionRequest) { r.PersonID = 0 },
		"of another case":     func(r *tickets.RestrictionRequest) { r.PersonID = w.other.ID },
		"against a stranger":  func(r *tickets.RestrictionRequest) { r.Kind, r.AgainstID = register.AddressProtected, w.other.ID },
		"against himself":     func(r *tickets.RestrictionRequest) { r.Kind, r.AgainstID = register.AddressProtected, w.rob.ID },
		"against, no contact": func(r *tickets.RestrictionRequest) { r.AgainstID = w.tessa.ID },
		"no review":           func(r *tickets.RestrictionRequest) { r.ReviewBy = "" },
		"reviewed yesterday":  func(r *tickets.RestrictionRequest) { r.ReviewBy = "2026-11-23" },
		"no date":             func(r *tickets.RestrictionRequest) { r.StartsOn = "soon" },
	} {
		r := tickets.RestrictionRequest{CaseRef: "WM-2201", PersonID: w.rob.ID, Kind: register.NoContact, Source: register.SourceOrder, Document: "FL 12/26", ReviewBy: "2027-05-31"}
		change(&r)
		_, err := w.desk.AddRestriction(context.Background(), actor(w.dean), r, w.now)
		w.fails(fault.Invalid, err, name)
	}
	_, err := w.desk.AddRestriction(context.Background(), w.stranger(), tickets.RestrictionRequest{CaseRef: "WM-2201"}, w.now)
	w.fails(fault.NotFound, err, "a stranger")
	_, err = w.desk.AddRestriction(context.Background(), access.System("intake"), tickets.RestrictionRequest{CaseRef: "WM-2201"}, w.now)
	w.fails(fault.Denied, err, "hearback itself")
}

// Another spelling of his mailbox gets no answer, and the guard is told whose it is.
func TestOtherSpellingsOfAMailbox(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		w.restrict(register.NoContact)
		r := w.one(mail("robbrandt+school@mail.example"))
		if r.AckID != 0 {
			t.Error("a tag and a dot less, and he is answered")
		}
		if n := len(w.events(r.TicketID, tickets.EvAckSkipped)); n != 1 || w.events(r.TicketID, tickets.EvAckSkipped)[0].Data["reason"] != tickets.SkipNoContact {
			t.Errorf("%+v", w.events(r.TicketID, tickets.EvAckSkipped))
		}
		f, err := w.db.GuardFacts(ctx, tickets.FactsAsked{CaseID: w.leo.ID, Mailboxes: []string{"r.obbrandt+x@mail.example"}})
		w.must(err)
		if len(f.Elsewhere) != 1 || f.Elsewhere[0].Person.ID != w.rob.ID || len(f.Restrictions) != 1 || f.Restrictions[0].CaseID != w.milo.ID {
			t.Errorf("elsewhere %+v, restrictions %+v", f.Elsewhere, f.Restrictions)
		}
	})
}
