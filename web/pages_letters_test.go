package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"hearback/mailbox/guard"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/register"
)

func linkOf(caseID, personID int64) *register.Link {
	return &register.Link{CaseID: caseID, PersonID: personID, Relation: "mother", PR: register.PRYes, MayBeTold: "all"}
}

// writes queues Dean's reply.
func (p *pages) writes(ref string, to ...int64) *tickets.Outgoing {
	p.t.Helper()
	o, err := p.desk.Reply(p.t.Context(), actorOf(p.deanStaff), tickets.ReplyRequest{
		Ref: ref, To: to, Body: "The draft comes on 30 November. " + hostile, SeenVersion: p.ticketNow(ref).Version,
	}, p.now)
	p.must(err)
	return o
}

// claims takes Dean's letter out of the outbox as the dispatcher does; other
// letters that are due go back by their outcome.
func (p *pages) claims(id int64) *tickets.Claim {
	p.t.Helper()
	p.now = p.now.Add(5 * time.Minute)
	for range 20 {
		c, err := p.db.ClaimDue(p.t.Context(), "test", p.now, tickets.ModeSend)
		p.must(err)
		if c == nil {
			break
		}
		if c.Letter.ID == id {
			return c
		}
		for _, d := range c.Letter.Deliveries {
			p.must(p.desk.RecordOutcome(p.t.Context(), c, tickets.Outcome{DeliveryID: d.ID, State: tickets.Accepted, Reply: "250 ok"}, p.now))
		}
	}
	p.t.Fatalf("letter %d is not due", id)
	return nil
}

func (p *pages) delivery(id int64) tickets.Delivery {
	p.t.Helper()
	o, err := p.db.OutgoingByID(p.t.Context(), id)
	p.must(err)
	return o.Deliveries[0]
}

func TestCancelInTheOutbox(t *testing.T) {
	p := newPages(t)
	r := p.fromTessa("Draft plan")
	o := p.writes(r.TicketRef, p.mother.ID)
	dean := p.as(p.deanStaff)
	path := fmt.Sprintf("/outbox/%d", o.Deliveries[0].ID)
	dean.ok("/outbox", r.TicketRef, "M.B.", "Tessa Brandt", `action="`+path+`"`, "Reply by Dean Foss")
	if got := p.role(access.RoleAuditor).post(path, url.Values{"do": {"cancel"}}).Code; got != http.StatusForbidden {
		t.Errorf("cancel as auditor: %d", got)
	}
	if got := p.role(access.RoleOfficer).post(path, url.Values{"do": {"cancel"}}).Code; got != http.StatusForbidden {
		t.Errorf("cancel as another officer: %d", got)
	}
	if got := p.as(p.southLead).post(path, url.Values{"do": {"cancel"}}).Code; got != http.StatusNotFound {
		t.Errorf("cancel as the lead of another team: %d", got)
	}
	dean.sends(path, url.Values{"do": {"now"}}, http.StatusForbidden)
	dean.sends(path, url.Values{"do": {hostile}}, http.StatusUnprocessableEntity)
	dean.sends(path, url.Values{"do": {"arrived"}}, http.StatusConflict)
	rec := dean.sends(path, url.Values{"do": {"cancel"}}, http.StatusSeeOther)
	if rec.Header().Get("Location") != "/e/"+r.TicketRef+"/reply" {
		t.Errorf("went to %q", rec.Header().Get("Location"))
	}
	dean.ok("/e/"+r.TicketRef+"/reply", o.Body[:20]) // the words are a draft again
	if got := p.delivery(o.ID).State; got != tickets.Cancelled {
		t.Errorf("state %s", got)
	}
}

func TestUncertainLetter(t *testing.T) {
	for _, answer := range []string{"arrived", "again"} {
		t.Run(answer, func(t *testing.T) {
			p := newPages(t)
			r := p.fromTessa("Draft plan")
			o := p.writes(r.TicketRef, p.mother.ID)
			c := p.claims(o.ID)
			d := o.Deliveries[0].ID
			facts, err := p.db.GuardFacts(t.Context(), c.Asks(nil))
			p.must(err)
			_, err = p.db.BeginData(t.Context(), c, d, "00", facts.Basis(), p.now)
			p.must(err)
			p.must(p.desk.RecordOutcome(t.Context(), c, tickets.Outcome{DeliveryID: d, State: tickets.Uncertain, Why: "The line was lost."}, p.now))
			dean := p.as(p.deanStaff)
			dean.ok("/outbox?tab=uncertain", "It may or may not have gone", "Ask Tessa Brandt")
			path := fmt.Sprintf("/outbox/%d", d)
			if got := p.role(access.RoleBusinessSupport).post(path, url.Values{"do": {answer}}).Code; got != http.StatusForbidden {
				t.Errorf("as duty: %d", got)
			}
			dean.sends(path, url.Values{"do": {answer}}, http.StatusSeeOther)
			want := map[string]tickets.DeliveryState{"arrived": tickets.Accepted, "again": tickets.Cancelled}[answer]
			if got := p.delivery(o.ID).State; got != want {
				t.Errorf("state %s, want %s", got, want)
			}
			waiting, err := p.db.Outbox(t.Context(), actorOf(p.deanStaff), tickets.OutboxQuery{States: []tickets.DeliveryState{tickets.Queued}})
			p.must(err)
			fresh := 0
			for _, x := range waiting {
				if x.Purpose == tickets.PurposeReply {
					fresh++
				}
			}
			if fresh != map[string]int{"arrived": 0, "again": 1}[answer] {
				t.Errorf("%d new letters", fresh)
			}
			dean.sends(path, url.Values{"do": {answer}}, http.StatusConflict)
		})
	}
}

func TestLettersThatTheModeKept(t *testing.T) {
	p := newPages(t)
	r := p.fromTessa("Draft plan")
	one, two := p.writes(r.TicketRef, p.mother.ID), p.writes(r.TicketRef, p.father.ID)
	for _, o := range []*tickets.Outgoing{one, two} {
		p.must(p.desk.HoldLetter(t.Context(), p.claims(o.ID), "The outgoing post is on hold.", nil, p.now))
	}
	lead := p.role(access.RoleLead)
	body := lead.ok("/outbox?tab=kept", "The outgoing post is on hold.", "Send the ticked letters", fmt.Sprintf(`value="%d"`, one.Deliveries[0].ID))
	if strings.Contains(body, " checked>") {
		t.Error("a letter is ticked by itself")
	}
	if body := p.as(p.deanStaff).ok("/outbox?tab=kept"); strings.Contains(body, "Send the ticked letters") {
		t.Error("an officer is offered to release letters")
	}
	if body := lead.ok("/outbox"); strings.Contains(body, "Rob Brandt") {
		t.Error("a kept letter is among those that wait to go")
	}
	if got := p.as(p.deanStaff).post("/outbox", url.Values{"do": {"release"}}).Code; got != http.StatusForbidden {
		t.Errorf("release as officer: %d", got)
	}
	lead.sends("/outbox", url.Values{"do": {"release"}}, http.StatusSeeOther)
	lead.ok("/outbox?tab=kept", "Tick at least one letter")
	lead.sends("/outbox", url.Values{"do": {hostile}, "letter": {"1"}}, http.StatusUnprocessableEntity)
	lead.sends("/outbox", url.Values{"do": {"release"}, "letter": {"999999"}}, http.StatusNotFound)
	lead.sends("/outbox", url.Values{"do": {"release"}, "letter": {fmt.Sprint(one.Deliveries[0].ID)}}, http.StatusSeeOther)
	if a, b := p.delivery(one.ID).State, p.delivery(two.ID).State; a != tickets.Queued || b != tickets.Held {
		t.Errorf("ticked %s, not ticked %s", a, b)
	}
	lead.sends("/outbox", url.Values{"do": {"drop"}, "letter": {fmt.Sprint(two.Deliveries[0].ID)}}, http.StatusSeeOther)
	if got := p.delivery(two.ID).State; got != tickets.Cancelled {
		t.Errorf("dropped: %s", got)
	}
}

func TestStoppedLetter(t *testing.T) {
	p := newPages(t)
	r := p.fromTessa("Draft plan")
	o := p.writes(r.TicketRef, p.father.ID)
	p.must(p.desk.HoldLetter(t.Context(), p.claims(o.ID), "It holds an address that Rob Brandt must not be told.", []string{"PROTECTED-ADDRESS"}, p.now))
	dean := p.as(p.deanStaff)
	path := fmt.Sprintf("/held/%d", o.ID)
	dean.ok("/held", path, "It holds an address", "Rob Brandt", "Dean Foss")
	dean.ok(path, "Nobody received it", "The draft comes on 30 November", "rob@post.example", "PROTECTED-ADDRESS", "Nobody can release this kind", "address")
	if body := p.role(access.RoleLead).ok("/outbox?tab=kept"); strings.Contains(body, r.TicketRef) {
		t.Error("what the guard stopped is offered for release")
	}
	for do, want := range map[string]int{"release": http.StatusConflict, "refuse": http.StatusUnprocessableEntity} { // nobody releases this kind
		p.role(access.RoleLead).sends(path, url.Values{"do": {do}, "basis": {"consent"}, "reason": {"x"}}, want)
	}
	if got := p.as(p.southLead).get(path).Code; got != http.StatusNotFound {
		t.Errorf("for another team: %d", got)
	}
	p.verdict = guard.Verdict{Decision: guard.Block, RulesVersion: guard.RulesVersion, Findings: []guard.Finding{{Rule: "X", Decision: guard.Block, Words: "It still holds the address."}}}
	if rec := dean.sends(path, url.Values{"do": {"again"}}, http.StatusOK); !strings.Contains(rec.Body.String(), "It still holds the address.") {
		t.Error("the new check is not shown")
	}
	p.verdict = guard.Verdict{Decision: guard.Allow, RulesVersion: guard.RulesVersion}
	if rec := dean.sends(path, url.Values{"do": {"again"}}, http.StatusOK); !strings.Contains(rec.Body.String(), "does not leave by itself") {
		t.Error("a clear check is taken for a release")
	}
	if got := p.delivery(o.ID).State; got != tickets.Held {
		t.Errorf("checking moved it: %s", got)
	}
	dean.sends(path, url.Values{"do": {""}}, http.StatusUnprocessableEntity)
	dean.sends(path, url.Values{"do": {"drop"}}, http.StatusSeeOther)
	if got := p.delivery(o.ID).State; got != tickets.Cancelled {
		t.Errorf("state %s", got)
	}
	dean.ok("/held", "Nothing is held")
}

func TestModePageChangesNothing(t *testing.T) {
	p := newPages(t)
	p.mode = tickets.ModeHold
	p.fromTessa("Draft plan")
	body := p.role(access.RoleLead).ok("/admin/mode", "On hold: nothing is sent", "set in the configuration", "1 letter waits", "Before the first letter leaves")
	if strings.Contains(body, `name="mode"`) {
		t.Error("the mode can be changed on the page")
	}
	if got := p.role(access.RoleLead).post("/admin/mode", url.Values{"mode": {"send"}}).Code; got == http.StatusSeeOther || got == http.StatusOK {
		t.Errorf("POST: %d", got)
	}
}

// TestSentLetterIsInTheHistory: what left stands in the case's history, on its
// contact line and in the outbox, and tells who the family was told of.
func TestSentLetterIsInTheHistory(t *testing.T) {
	p := newPages(t)
	r := p.fromTessa("Draft plan")
	o := p.writes(r.TicketRef, p.mother.ID)
	c := p.claims(o.ID)
	p.must(p.desk.RecordOutcome(t.Context(), c, tickets.Outcome{DeliveryID: o.Deliveries[0].ID, State: tickets.Accepted, Reply: "250 ok"}, p.now))
	dean := p.as(p.deanStaff)
	dean.ok("/outbox?tab=sent", r.TicketRef, "Tessa Brandt", "Reply by Dean Foss")
	dean.ok("/c/WM-2201", "Family told of this officer: Tue 24 Nov, by email", "Email from us", "last from us Tue 24 Nov")
	dean.ok("/c/WM-2201?tab=history", "The draft comes on 30 November")
}
