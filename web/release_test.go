package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"hearback/mailbox/guard"
	"hearback/tickets"
	"hearback/tickets/access"
)

// marked is a verdict that a second person may release.
func marked(rule string, release guard.Release) guard.Verdict {
	return guard.Verdict{Decision: guard.Block, RulesVersion: guard.RulesVersion, Findings: []guard.Finding{{
		Rule: rule, Decision: guard.Block, Mailbox: tessa, Person: "Tessa Brandt", Words: `This is marked "OFFICIAL".`, Release: release,
	}}}
}

// asking is the reply form with the wish for a second person.
func (p *pages) asking(ref string, change url.Values) url.Values {
	f := replyFields(p, ref)
	f.Set("text", "The marked part is hers to have.")
	f.Set("do", "ask")
	f.Set("second_why", "She asked for it")
	f.Set("colleague", fmt.Sprint(p.staff[access.RoleLead].ID))
	for k, v := range change {
		f[k] = v
	}
	return f
}

// replyFields are the fields of the reply form as the page has them.
func replyFields(p *pages, ref string) url.Values {
	return url.Values{
		"to_person": {fmt.Sprint(p.mother.ID)}, "subject": {"Draft plan"}, "seen_event": {fmt.Sprint(p.ticketNow(ref).Version)}, "after": {"answered"},
	}
}

func TestReleaseByASecondPerson(t *testing.T) {
	p := newPages(t)
	r := p.fromTessa("Draft plan")
	path := "/e/" + r.TicketRef + "/reply"
	dean := p.as(p.deanStaff)

	p.verdict = marked(guard.RuleNote, guard.ReleaseNobody)
	if body := dean.sends(path, p.asking(r.TicketRef, nil), http.StatusUnprocessableEntity).Body.String(); strings.Contains(body, "A manager may release") {
		t.Error("what nobody may release is offered for release")
	}
	p.verdict = marked(guard.RuleNote, guard.ReleaseManager) // the finding says so, the table of rules does not
	dean.sends(path, p.asking(r.TicketRef, nil), http.StatusUnprocessableEntity)

	p.verdict = marked(guard.RuleMarking, guard.ReleaseManager)
	body := dean.sends(path, p.asking(r.TicketRef, url.Values{"do": {"check"}}), http.StatusUnprocessableEntity).Body.String()
	for _, want := range []string{"A manager may release this kind", "The check is wrong", p.staff[access.RoleLead].Name} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q", want)
		}
	}
	if strings.Contains(body, p.southLead.Name) || strings.Contains(body, p.staff[access.RoleOfficer].Name+"</option>") {
		t.Error("somebody is offered who may not see it, or may not release")
	}
	dean.sends(path, p.asking(r.TicketRef, url.Values{"second_why": {""}}), http.StatusUnprocessableEntity)
	dean.sends(path, p.asking(r.TicketRef, url.Values{"colleague": {fmt.Sprint(p.southLead.ID)}}), http.StatusUnprocessableEntity)
	dean.sends(path, p.asking(r.TicketRef, nil), http.StatusSeeOther)

	dean.ok("/release/1", "Someone else has to release your message")
	dean.sends("/release/1", url.Values{"do": {"release"}, "basis": {"task"}, "reason": {"x"}}, http.StatusForbidden)
	if got := p.as(p.southLead).get("/release/1").Code; got != http.StatusNotFound {
		t.Errorf("the lead of another team: %d", got)
	}
	lead := p.role(access.RoleLead)
	page := lead.ok("/release/1", "Release to Tessa Brandt", "Do not send, tell Dean Foss why", "She asked for it", "The marked part is hers to have.", "OFFICIAL")
	if strings.Contains(page, " checked>") {
		t.Error("a lawful basis is chosen by itself")
	}
	lead.sends("/release/1", url.Values{"do": {"release"}, "reason": {"x"}}, http.StatusUnprocessableEntity)
	lead.sends("/release/1", url.Values{"do": {"release"}, "basis": {"task"}}, http.StatusUnprocessableEntity)
	p.verdict = marked(guard.RuleNoPR, guard.ReleaseManager) // the facts changed
	lead.ok("/release/1", "cannot be released as it stands")
	lead.sends("/release/1", url.Values{"do": {"release"}, "basis": {"task"}, "reason": {"x"}}, http.StatusConflict)
	p.verdict = marked(guard.RuleMarking, guard.ReleaseManager)
	lead.sends("/release/1", url.Values{"do": {"release"}, "basis": {"task"}, "reason": {"It is hers"}}, http.StatusSeeOther)
	lead.sends("/release/1", url.Values{"do": {"release"}, "basis": {"task"}, "reason": {"It is hers"}}, http.StatusConflict)
	dean.ok("/release/1", "Released", "It is hers")
	dean.ok("/release", r.TicketRef, "Released")

	list, err := p.db.Outbox(t.Context(), actorOf(p.deanStaff), tickets.OutboxQuery{States: []tickets.DeliveryState{tickets.Queued}})
	p.must(err)
	found := false
	for _, o := range list {
		if o.Purpose == tickets.PurposeReply {
			found = o.AuthorID == p.deanStaff.ID && len(o.Confirmed) == 1 && o.Confirmed[0].ReleasedFor(o.AuthorID, p.now)
		}
	}
	if !found {
		t.Errorf("queued %+v", list)
	}
}

func TestCheckIsWrong(t *testing.T) {
	p := newPages(t)
	r := p.fromTessa("Draft plan")
	p.verdict = marked(guard.RuleMarking, guard.ReleaseManager)
	dean := p.as(p.deanStaff)
	dean.sends("/e/"+r.TicketRef+"/reply", p.asking(r.TicketRef, url.Values{"do": {"wrong"}}), http.StatusUnprocessableEntity)
	dean.sends("/e/"+r.TicketRef+"/reply", p.asking(r.TicketRef, url.Values{"do": {"wrong"}, "wrong": {"It is a title " + hostile}}), http.StatusOK)
	p.role(access.RoleDataProtection).ok("/admin/guard", "INTERNAL-MARKING", "It is a title", "A second person, with a lawful basis")
	if got := dean.get("/admin/guard").Code; got != http.StatusForbidden {
		t.Errorf("an officer: %d", got)
	}
}

func TestMisdirectedMessage(t *testing.T) {
	p := newPages(t)
	r := p.fromTessa("Draft plan")
	o := p.writes(r.TicketRef, p.mother.ID)
	dean := p.as(p.deanStaff)
	dean.ok("/e/"+r.TicketRef, "Report a misdirected message")
	dean.ok(fmt.Sprintf("/incidents/new?letter=%d&of=%s", o.ID, r.TicketRef), "Who got it", "Tessa Brandt")
	form := url.Values{"letter": {fmt.Sprint(o.ID)}, "of": {r.TicketRef}, "got_by": {hostile}, "what": {"The new address"}, "aware": {"24/11/2026 12:00"}, "address": {"yes"}}
	bad := url.Values{"letter": form["letter"], "of": form["of"], "got_by": {"x"}, "what": {"y"}, "aware": {"soon"}}
	dean.sends("/incidents", bad, http.StatusUnprocessableEntity)
	if got := p.as(p.southLead).post("/incidents", form).Code; got != http.StatusNotFound {
		t.Errorf("the lead of another team: %d", got)
	}
	dean.sends("/incidents", form, http.StatusSeeOther)
	dean.sends("/incidents", form, http.StatusConflict)
	if got := p.delivery(o.ID).State; got != tickets.Cancelled {
		t.Errorf("the copy is %s", got)
	}
	if got := dean.get("/incidents/1").Code; got != http.StatusForbidden {
		t.Errorf("an officer opens the incident: %d", got)
	}
	dp, lead := p.role(access.RoleDataProtection), p.role(access.RoleLead)
	dp.ok("/incidents", "72 hours", r.TicketRef)
	dp.ok("/incidents/1", "hours left of 72", "First: ring the household", "Ring the household that is at risk and the safeguarding lead first")
	lead.ok("/incidents/1", "Write to ask them to delete it")
	lead.ok("/e/"+r.TicketRef+"/reply?letter=delete", "Please delete it and do not share it")
	assess := url.Values{"do": {"assess"}, "risk": {"likely"}, "words": {"He knows"}, "ico": {"IC-7"}}
	dp.sends("/incidents/1", assess, http.StatusUnprocessableEntity)
	for _, step := range []string{"safety", "recall", "delete", "preserve", "families", "sorry", "rule"} {
		lead.sends("/incidents/1", url.Values{"do": {"step"}, "step": {step}}, http.StatusSeeOther)
	}
	lead.sends("/incidents/1", assess, http.StatusForbidden)
	dp.sends("/incidents/1", assess, http.StatusSeeOther)
	lead.sends("/incidents/1", url.Values{"do": {"close"}, "lessons": {"x"}}, http.StatusForbidden)
	dp.sends("/incidents/1", url.Values{"do": {"close"}, "lessons": {"Ask first"}}, http.StatusSeeOther)
	lead.ok("/incidents/1", "Closed by", "Ask first")
}
