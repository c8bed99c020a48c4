package tickets_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

func (w *world) rule(r tickets.IntakeRule) *tickets.IntakeRule {
	w.t.Helper()
	made, err := w.desk.AddRule(context.Background(), actor(w.lead), r, w.now)
	w.must(err)
	return made
}

func TestRulesKeepAway(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		w.rule(tickets.IntakeRule{Kind: tickets.RuleBlockSender, Pattern: " Offers@Shop.example "})
		w.rule(tickets.IntakeRule{Kind: tickets.RuleBlockDomain, Pattern: "mail.example"}) // most parents have it
		w.rule(tickets.IntakeRule{Kind: tickets.RuleIgnoreList, Pattern: "<news.sector.example>"})
		list := func(kind tickets.MailKind) func(*tickets.Inbound) {
			return func(in *tickets.Inbound) { in.Kind, in.ListID = kind, "News.Sector.example" }
		}
		for name, tc := range map[string]struct {
			in   *tickets.Inbound
			away string
		}{
			"the sender":            {mail("offers@shop.example"), "rule 1"},
			"another of the domain": {mail("help@shop.example"), ""},
			"the domain":            {mail("x@mail.example"), "rule 2"},
			"below the domain":      {mail("x@deep.mail.example"), "rule 2"},
			"not below it":          {mail("x@notmail.example"), ""},
			"a parent of it":        {mail(tessa), ""},
			"a colleague":           {mail("dean@westmarsh.example"), ""},
			"the list":              {mail("n@sector.example", list(tickets.KindList)), "rule 3"},
			"the list by a school":  {mail("senco@hartfield.example", list(tickets.KindList)), "rule 3"},
			"a person on the list":  {mail("senco@hartfield.example", list(tickets.KindHuman)), ""},
			"a bounce": {mail("x@mail.example", func(in *tickets.Inbound) {
				in.Kind, in.Bounce = tickets.KindBounce, &tickets.Bounce{Recipient: "x@mail.example", Permanent: true}
			}), ""},
		} {
			tc.in.Text = name
			r := w.received(tc.in)
			got := w.intake(r)[0]
			if (got.Fate == tickets.FateSuppressed) != (tc.away != "") || !strings.Contains(got.Reason, tc.away) || got.RawID == 0 {
				t.Errorf("%s: %+v", name, got)
			}
			if tc.away == "" {
				continue
			}
			r.Retry = true // a person wants it after all
			if got := w.intake(r)[0]; got.Fate != tickets.FateMessage {
				t.Errorf("%s, taken in by hand: %+v", name, got)
			}
		}
		rules, err := w.desk.Rules(ctx, actor(w.duty))
		w.must(err)
		if len(rules) != 3 || rules[0].Pattern != "offers@shop.example" || rules[0].CreatedBy != w.lead.ID || !rules[0].CreatedAt.Equal(w.now) {
			t.Errorf("%+v", rules)
		}
		w.must(w.desk.RemoveRule(ctx, actor(w.lead), rules[0].ID, w.now))
		if err := w.desk.RemoveRule(ctx, actor(w.lead), rules[0].ID, w.now); !fault.Is(err, fault.NotFound) {
			t.Errorf("twice: %v", err)
		}
		if got := w.one(mail("offers@shop.example", saying("again"))); got.Fate == tickets.FateSuppressed {
			t.Errorf("the rule is gone: %+v", got)
		}
		w.rule(tickets.IntakeRule{Kind: tickets.RuleBlockSender, Pattern: "offers@shop.example"})
	})
}

func TestRulesAreChecked(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	for name, tc := range map[string]struct {
		rule tickets.IntakeRule
		who  register.Staff
		kind fault.Kind
	}{
		"an officer":           {tickets.IntakeRule{Kind: tickets.RuleBlockSender, Pattern: "a@shop.example"}, w.dean, fault.Denied},
		"the duty desk":        {tickets.IntakeRule{Kind: tickets.RuleBlockSender, Pattern: "a@shop.example"}, w.duty, fault.Denied},
		"no address":           {tickets.IntakeRule{Kind: tickets.RuleBlockSender, Pattern: "shop"}, w.lead, fault.Invalid},
		"a pattern":            {tickets.IntakeRule{Kind: tickets.RuleBlockDomain, Pattern: "*.example"}, w.lead, fault.Invalid},
		"everybody":            {tickets.IntakeRule{Kind: tickets.RuleBlockDomain, Pattern: "example"}, w.lead, fault.Invalid},
		"no words":             {tickets.IntakeRule{Kind: tickets.RuleSubject, Pattern: " ?! ", Category: tickets.CategoryUrgent}, w.lead, fault.Invalid},
		"nowhere":              {tickets.IntakeRule{Kind: tickets.RuleSubject, Pattern: "tribunal"}, w.lead, fault.Invalid},
		"no such category":     {tickets.IntakeRule{Kind: tickets.RuleSubject, Pattern: "tribunal", Category: "unconfirmed"}, w.lead, fault.Invalid},
		"no such team":         {tickets.IntakeRule{Kind: tickets.RuleSubject, Pattern: "tribunal", TeamID: 99}, w.lead, fault.NotFound},
		"no such kind":         {tickets.IntakeRule{Kind: "delete", Pattern: "x"}, w.lead, fault.Invalid},
		"a family":             {tickets.IntakeRule{Kind: tickets.RuleBlockSender, Pattern: "Tessa.Brandt@mail.example"}, w.lead, fault.Refused},
		"a colleague":          {tickets.IntakeRule{Kind: tickets.RuleBlockSender, Pattern: w.dean.Email}, w.lead, fault.Refused},
		"the council":          {tickets.IntakeRule{Kind: tickets.RuleBlockDomain, Pattern: "westmarsh.example"}, w.lead, fault.Refused},
		"a part of it by name": {tickets.IntakeRule{Kind: tickets.RuleBlockSender, Pattern: "x@westmarsh.example"}, w.lead, fault.Refused},
	} {
		if _, err := w.desk.AddRule(ctx, actor(tc.who), tc.rule, w.now); !fault.Is(err, tc.kind) {
			t.Errorf("%s: %v, want %s", name, err, tc.kind)
		}
	}
	admin := access.Actor{StaffID: w.lead.ID, Role: access.RoleAdmin}
	if _, err := w.desk.AddRule(ctx, admin, tickets.IntakeRule{Kind: tickets.RuleBlockSender, Pattern: "a@shop.example"}, w.now); err != nil {
		t.Errorf("an administrator: %v", err)
	}
	if _, err := w.desk.AddRule(ctx, admin, tickets.IntakeRule{Kind: tickets.RuleBlockSender, Pattern: "A@shop.example"}, w.now); !fault.Is(err, fault.Conflict) {
		t.Errorf("the same again: %v", err)
	}
	if _, err := w.desk.Rules(ctx, actor(w.dean)); !fault.Is(err, fault.Denied) {
		t.Errorf("an officer reads them: %v", err)
	}
}

func TestRulesRoute(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		tribunal := register.Team{Name: "Tribunal team", LeadID: w.lead.ID}
		w.must(w.db.Write(ctx, func(tx tickets.Tx) error { return tx.InsertTeam(ctx, &tribunal) }))
		w.rule(tickets.IntakeRule{Kind: tickets.RuleSubject, Pattern: "Formal  complaint", Category: tickets.CategoryComplaint})
		w.rule(tickets.IntakeRule{Kind: tickets.RuleRecipient, Pattern: "tribunal@westmarsh.example", TeamID: tribunal.ID})
		complains := subject("My FORMAL complaint!")
		r := w.one(mail("a@else.example", complains))
		if k := w.ticket(r.TicketID); k.Category != tickets.CategoryComplaint || k.State != tickets.StateTriage || k.TeamID != w.team.ID || !strings.Contains(k.Reason, "Intake rule 1 ") {
			t.Errorf("%+v", k)
		}
		if len(w.events(r.TicketID, tickets.EvRouted)) != 1 {
			t.Error("the history does not say so")
		}
		w.must(w.desk.PlaceOnCase(ctx, actor(w.duty), tickets.PlaceRequest{Ref: r.TicketRef, CaseRef: w.milo.Ref}, w.now))
		if k := w.ticket(r.TicketID); k.Category != tickets.CategoryComplaint {
			t.Errorf("placing it lost what it is: %+v", k)
		}
		w.later(time.Hour)
		both := w.one(mail("b@else.example", complains, cc("tribunal@westmarsh.example")))
		if k := w.ticket(both.TicketID); k.TeamID != tribunal.ID || k.Category != tickets.CategoryTriage || !strings.Contains(k.Reason, "Intake rule 2 ") {
			t.Errorf("the address comes first: %+v", k)
		}
		onCase := w.one(mail(tessa, complains, cc("tribunal@westmarsh.example")))
		if k := w.ticket(onCase.TicketID); k.TeamID != w.team.ID || k.OwnerID != w.dean.ID {
			t.Errorf("an enquiry left the team of its case: %+v", k)
		}
		if k := w.ticket(w.one(mail(rob, subject("complaints, formally"))).TicketID); k.Category != tickets.CategoryGeneral || strings.Contains(k.Reason, "rule") {
			t.Errorf("other words: %+v", k)
		}
		if k := w.ticket(w.one(mail(rob, complains)).TicketID); k.Category != tickets.CategoryComplaint || w.clocks(k.ID)[0].Policy != string(tickets.CategoryComplaint) {
			t.Errorf("on a case: %+v", k)
		}
		held := w.one(mail("c@else.example", complains, answering(w.message(onCase.MessageID).MessageID)))
		if k := w.ticket(held.TicketID); k.Category != tickets.CategoryUnconfirmed {
			t.Errorf("a stranger in a conversation: %+v", k)
		}
	})
}

func TestMarkSpam(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		r := w.one(mail("offers@shop.example"))
		req := tickets.SpamRequest{Ref: r.TicketRef}
		if _, err := w.desk.MarkSpam(ctx, actor(w.duty), req, w.now); !fault.Is(err, fault.Invalid) {
			t.Errorf("without a reason: %v", err)
		}
		req.Reason, req.Domain = "Advertising", true
		if _, err := w.desk.MarkSpam(ctx, actor(w.duty), req, w.now); !fault.Is(err, fault.Denied) {
			t.Errorf("a domain by the duty desk: %v", err)
		}
		req.Domain = false
		made, err := w.desk.MarkSpam(ctx, actor(w.duty), req, w.now)
		w.must(err)
		if k := w.ticket(r.TicketID); k.State != tickets.StateNotOurs || w.runs(k.ID) != 0 || made.Pattern != "offers@shop.example" {
			t.Errorf("%+v %+v", k, made)
		}
		if got := w.one(mail("offers@shop.example", saying("more"))); got.Fate != tickets.FateSuppressed {
			t.Errorf("%+v", got)
		}
		// A family's mail in triage is no spam, whatever somebody clicks.
		held := w.one(mail(tessa, func(in *tickets.Inbound) {
			in.Senders = []tickets.MailAddress{{Email: tessa}, {Email: rob}}
		}))
		if _, err := w.desk.MarkSpam(ctx, actor(w.lead), tickets.SpamRequest{Ref: held.TicketRef, Reason: "x"}, w.now); !fault.Is(err, fault.Refused) || w.ticket(held.TicketID).State != tickets.StateTriage {
			t.Errorf("a parent: %v", err)
		}
	})
}
