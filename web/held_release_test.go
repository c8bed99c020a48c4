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

// stoppedLater is a letter of Dean's to Tessa that a rule stopped when it was about to leave.
func (p *pages) stoppedLater(ref, rule string) (*tickets.Outgoing, string) {
	p.t.Helper()
	o, err := p.desk.Reply(p.t.Context(), actorOf(p.deanStaff), tickets.ReplyRequest{
		Ref: ref, To: []int64{p.mother.ID}, Body: "The marked part is hers to have.", SeenVersion: p.ticketNow(ref).Version, Digest: "d1", // as the check of the pages says
	}, p.now)
	p.must(err)
	p.must(p.desk.HoldLetter(p.t.Context(), p.claims(o.ID), `This is marked "OFFICIAL".`, []string{rule}, p.now))
	return o, fmt.Sprintf("/held/%d", o.ID)
}

// A letter that was stopped when it left is released by somebody else of its case, with
// a lawful basis and for what stops it now, or by nobody.
func TestHeldLetterIsReleasedBySomebodyElse(t *testing.T) {
	p := newPages(t)
	r := p.fromTessa("Draft plan")
	o, path := p.stoppedLater(r.TicketRef, guard.RuleMarking)
	release := url.Values{"do": {"release"}, "basis": {"task"}, "reason": {"It is hers to have"}}
	dean, lead := p.as(p.deanStaff), p.role(access.RoleLead)

	p.verdict = marked(guard.RuleNote, guard.ReleaseNobody) // no longer what it was
	if page := lead.ok(path, "Why it was stopped"); strings.Contains(page, `value="release"`) {
		t.Error("what nobody may release is offered for release")
	}
	p.verdict = marked(guard.RuleMarking, guard.ReleaseManager)
	if page := dean.ok(path); strings.Contains(page, `value="release"`) {
		t.Error("its author is offered the release")
	}
	dean.sends(path, release, http.StatusForbidden)
	if got := p.as(p.southLead).post(path, release).Code; got != http.StatusNotFound {
		t.Errorf("the lead of another team: %d", got)
	}
	page := lead.ok(path, `value="release"`, "Tessa Brandt", "OFFICIAL")
	if strings.Contains(page, " checked>") {
		t.Error("a lawful basis is chosen by itself")
	}
	lead.sends(path, url.Values{"do": {"release"}, "reason": {"x"}}, http.StatusUnprocessableEntity)
	lead.sends(path, url.Values{"do": {"release"}, "basis": {"task"}}, http.StatusUnprocessableEntity)
	if got := p.delivery(o.ID).State; got != tickets.Held {
		t.Fatalf("before the release it is %s", got)
	}
	lead.sends(path, release, http.StatusSeeOther)
	if got := p.delivery(o.ID).State; got != tickets.Queued {
		t.Errorf("after the release it is %s", got)
	}
	if got := lead.post(path, release).Code; got != http.StatusNotFound && got != http.StatusConflict {
		t.Errorf("released twice: %d", got)
	}
}

// "The check is wrong" is said of a stopped letter, sends nothing, and is read by those
// who may.
func TestHeldLetterCheckIsWrong(t *testing.T) {
	p := newPages(t)
	r := p.fromTessa("Draft plan")
	o, path := p.stoppedLater(r.TicketRef, guard.RuleMarking)
	p.verdict = marked(guard.RuleMarking, guard.ReleaseManager)
	dean := p.as(p.deanStaff)
	dean.ok(path, `value="wrong"`)
	dean.sends(path, url.Values{"do": {"wrong"}}, http.StatusUnprocessableEntity)
	dean.sends(path, url.Values{"do": {"wrong"}, "wrong": {"It is the title of a form " + hostile}}, http.StatusSeeOther)
	if got := p.delivery(o.ID).State; got != tickets.Held {
		t.Errorf("saying so moved it: %s", got)
	}
	p.role(access.RoleDataProtection).ok("/admin/guard", guard.RuleMarking, "It is the title of a form")
	if page := p.as(p.southLead).ok("/admin/guard"); strings.Contains(page, "title of a form") {
		t.Error("the lead of another team reads the report")
	}
}

// A hint about tone is for its writer alone.
func TestToneIsNotShownToOthers(t *testing.T) {
	p := newPages(t)
	r := p.fromTessa("Draft plan")
	_, path := p.stoppedLater(r.TicketRef, guard.RuleMarking)
	p.verdict = marked(guard.RuleMarking, guard.ReleaseManager)
	p.verdict.Findings = append(p.verdict.Findings, guard.Finding{Rule: guard.RuleToneInternal, Decision: guard.Warn, Words: "Families can ask to see what we write about them."})
	again := url.Values{"do": {"again"}}
	if body := p.as(p.deanStaff).sends(path, again, http.StatusOK).Body.String(); !strings.Contains(body, "Families can ask") {
		t.Error("the writer is not told")
	}
	if body := p.role(access.RoleLead).sends(path, again, http.StatusOK).Body.String(); strings.Contains(body, "Families can ask") {
		t.Error("somebody else is told")
	}
}
