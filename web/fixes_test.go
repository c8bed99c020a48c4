package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"hearback/mailbox/guard"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/web"
)

// Every finding that an officer can mend has a button that does what it says.
func TestCures(t *testing.T) {
	p := newPages(t)
	r := p.fromTessa("Draft plan")
	p.verdict = guard.Verdict{Decision: guard.Allow}
	dean, reply := p.as(p.deanStaff), "/e/"+r.TicketRef+"/reply"
	for name, tc := range map[string]struct {
		fix, subject, text string
		in, out            []string
	}{
		"a greeting":              {"greet", "Re: x", "Dear Rob,\n\nHello.", []string{"Dear Tessa and Rob,", "Hello."}, []string{"Dear Rob,"}},
		"a greeting in two words": {"greet", "Re: x", "Good morning Rob, hello.", []string{"Good morning Tessa and Rob, hello."}, nil},
		"a blank that is known":   {"fill:{{first_name}}", "Re: x", "Dear {{first_name}}, hello.", []string{"Dear Tessa and Rob, hello."}, []string{"{{"}},
		"a blank that is not":     {"fill:{{amount}}", "Re: x", "You get {{amount}}.", []string{"{{amount}}"}, nil},
		"a blank taken out":       {"cut:{{amount}}", "Re: x", "You get {{amount}}.", []string{"You get ."}, []string{"{{"}},
		"pasted mail":             {"pasted", "Re: x", "Hello.\n\nFrom: Ola Reyes\nTo: Dean\n\nSecret", []string{"Hello."}, []string{"Secret"}},
		"coded text":              {"plain", "Re: x", "He\u200bllo. " + strings.Repeat("QUJD", 12) + " End.", []string{"Hello.", "End."}, []string{"QUJDQUJD"}},
		"the mark of a subject":   {"clean", "INTERNAL: the plan", "Hello.", []string{`value="Re: the plan"`}, []string{"INTERNAL"}},
		"the email below":         {"unquote", "Re: x", "Hello.", []string{`name="no_quote" value="yes" checked`}, nil},
		"somebody who is not on":  {"add:999", "Re: x", "Hello.", []string{"(2 people)"}, nil},
	} {
		form := p.replyFields("0", tc.text)
		form.Add("to_person", fmt.Sprint(p.father.ID))
		form.Set("draft_rev", revIn(t, dean.ok(reply)))
		form.Set("subject", tc.subject)
		form.Set("fix", tc.fix)
		body := dean.sends(reply, form, http.StatusOK).Body.String()
		for _, want := range tc.in {
			if !strings.Contains(body, want) {
				t.Errorf("%s: no %q", name, want)
			}
		}
		for _, not := range tc.out {
			if strings.Contains(body, not) {
				t.Errorf("%s: %q is there", name, not)
			}
		}
	}
}

// A button looks for the sentence that a finding is about: the guard is asked about the
// letter without each, and says where in no other way.
func TestSearchTakesTheSentenceOut(t *testing.T) {
	p := newPages(t)
	r := p.fromTessa("Draft plan")
	dean, reply := p.as(p.deanStaff), "/e/"+r.TicketRef+"/reply"
	p.judge = func(q web.ReviewRequest) guard.Verdict {
		v := guard.Verdict{Decision: guard.Allow, RulesVersion: guard.RulesVersion}
		if strings.Contains(q.Reply.Body, "zebra") {
			v.Decision = guard.Block
			v.Findings = []guard.Finding{{Rule: guard.RuleOtherChild, Decision: guard.Block, Evidence: "text: name", Words: "This names another child."}}
		}
		return v
	}
	for _, text := range []string{
		"Dear Tessa,\n\nOne. The zebra is here. Two.",
		"Dear Tessa,\n\nOne. The zebra is here. Two.\n\nAnd a zebra again. Last.",
	} {
		form := p.replyFields("0", text)
		form.Set("draft_rev", revIn(t, dean.ok(reply)))
		form.Set("fix", "search:"+guard.RuleOtherChild)
		body := dean.sends(reply, form, http.StatusOK).Body.String()
		if !strings.Contains(body, "One. Two.") || !strings.Contains(body, "Taken out:") || !strings.Contains(body, "No problems found") {
			t.Errorf("after the search for %q:\n%s", text, body)
		}
	}
	p.judge = nil
}

// Words that were for a colleague become the draft of a note, and leave the reply.
func TestMoveToNote(t *testing.T) {
	p := newPages(t)
	r := p.fromTessa("Draft plan")
	dean, reply := p.as(p.deanStaff), "/e/"+r.TicketRef+"/reply"
	form := p.replyFields(revIn(t, dean.ok(reply)), "Ola, what do you think of her?")
	form.Set("fix", "note")
	dean.sends(reply, form, http.StatusSeeOther)
	dean.ok("/e/"+r.TicketRef+"/notes/new", "Ola, what do you think of her?")
	if body := dean.ok(reply); strings.Contains(body, "Ola, what do you think") {
		t.Error("the words are still in the reply")
	}
}

// The page of exact copies shows one letter for each person and nothing of another's.
func TestPreviewIsOneLetterEach(t *testing.T) {
	p := newPages(t)
	r := p.fromTessa("Draft plan")
	dean, reply := p.as(p.deanStaff), "/e/"+r.TicketRef+"/reply"
	form := p.replyFields(revIn(t, dean.ok(reply)), "Dear both, hello.")
	form.Add("to_person", fmt.Sprint(p.father.ID))
	form.Set("do", "preview")
	body := dean.sends(reply, form, http.StatusOK).Body.String()
	if strings.Count(body, `class="hb-letter"`) != 2 || strings.Count(body, "Dear both, hello.") != 2 {
		t.Errorf("the preview is\n%s", body)
	}
	form.Set("no_quote", "yes")
	form.Set("draft_rev", revIn(t, dean.ok(reply)))
	if body := dean.sends(reply, form, http.StatusOK).Body.String(); strings.Contains(body, "&gt; ") {
		t.Error("the email below is there although it was left out")
	}
}

// Two people change a rule; one alone, and a locked rule, are refused.
func TestTwoPeopleChangeARule(t *testing.T) {
	p := newPages(t)
	dp, head := p.role(access.RoleDataProtection), p.role(access.RoleHead)
	until := p.now.AddDate(0, 0, 20).Format("2006-01-02")
	ask := url.Values{"do": {"ask"}, "rule": {guard.RuleMarkingWeak}, "level": {"warn"}, "until": {until}, "reason": {"Every letter has it " + hostile}}
	for field, bad := range map[string]string{"rule": guard.RuleNote, "level": "off", "until": p.now.AddDate(1, 0, 0).Format("2006-01-02"), "reason": " "} {
		f := url.Values{}
		for k, v := range ask {
			f[k] = v
		}
		f.Set(field, bad)
		dp.sends("/admin/guard", f, http.StatusUnprocessableEntity)
	}
	dp.sends("/admin/guard", ask, http.StatusSeeOther)
	dp.sends("/admin/guard", ask, http.StatusConflict)
	dp.sends("/admin/guard", url.Values{"do": {"approve"}, "change": {"1"}}, http.StatusForbidden)
	if got := p.as(p.deanStaff).sends("/admin/guard", url.Values{"do": {"approve"}, "change": {"1"}}, http.StatusForbidden); got == nil {
		t.Error("no answer")
	}
	head.ok("/admin/guard", "Waits for a second person", "Every letter has it")
	head.sends("/admin/guard", url.Values{"do": {"approve"}, "change": {"1"}}, http.StatusSeeOther)
	head.sends("/admin/guard", url.Values{"do": {"refuse"}, "change": {"1"}, "answer": {"x"}}, http.StatusConflict)
	head.ok("/admin/guard", "Approved", "Points it out only until")
	f, err := p.db.GuardFacts(t.Context(), tickets.FactsAsked{})
	p.must(err)
	if got := f.Levels.On(p.now.Format("2006-01-02")); got[guard.RuleMarkingWeak] != "warn" {
		t.Errorf("the guard reads %v", got)
	}
	if got := f.Levels.On(p.now.AddDate(0, 0, 21).Format("2006-01-02")); len(got) != 0 {
		t.Errorf("past its day: %v", got)
	}
}

// A report is settled once, by who may, and stays.
func TestReportIsSettled(t *testing.T) {
	p := newPages(t)
	r := p.fromTessa("Draft plan")
	p.must(p.desk.ReportCheck(t.Context(), actorOf(p.deanStaff), r.TicketRef, []string{guard.RuleMarking}, "It is a title", p.now))
	dp := p.role(access.RoleDataProtection)
	settle := url.Values{"do": {"settle"}, "report": {"1"}, "outcome": {"check_wrong"}, "answer": {"The title is in the list now"}}
	dp.sends("/admin/guard", url.Values{"do": {"settle"}, "report": {"1"}, "outcome": {"check_wrong"}}, http.StatusUnprocessableEntity)
	p.role(access.RoleLead).sends("/admin/guard", settle, http.StatusForbidden)
	dp.sends("/admin/guard", settle, http.StatusSeeOther)
	dp.sends("/admin/guard", settle, http.StatusConflict)
	dp.ok("/admin/guard", "The check was wrong", "The title is in the list now")
}

// Hints about tone are shown to the writer and kept nowhere: in no table, no audit, no
// figure.
func TestToneIsNotKept(t *testing.T) {
	p := newPages(t)
	r := p.fromTessa("Draft plan")
	p.verdict = guard.Verdict{Decision: guard.Confirm, RulesVersion: guard.RulesVersion, Findings: []guard.Finding{{
		Rule: guard.RuleToneExternal, Decision: guard.Confirm, Mailbox: tessa, Person: "Tessa Brandt", Evidence: "xyzzy tone", Words: `"xyzzy tone" may read as harsh.`, Release: guard.ReleaseAuthor,
	}}}
	dean, reply := p.as(p.deanStaff), "/e/"+r.TicketRef+"/reply"
	form := p.replyFields(revIn(t, dean.ok(reply)), "Dear Tessa, hello.")
	form.Set("do", "check")
	if body := dean.sends(reply, form, http.StatusUnprocessableEntity).Body.String(); !strings.Contains(body, "xyzzy tone") {
		t.Error("the writer is not told")
	}
	for _, rec := range p.audited(t.Context()) {
		if text := fmt.Sprint(rec); strings.Contains(text, "xyzzy") || strings.Contains(text, "TONE-") {
			t.Errorf("the audit holds %s", text)
		}
	}
	counts, err := p.db.RuleCounts(t.Context(), p.now.AddDate(0, 0, -1))
	p.must(err)
	if counts[guard.RuleToneExternal] != 0 {
		t.Errorf("the figures hold %v", counts)
	}
	p.role(access.RoleDataProtection).ok("/admin/guard", "not counted")
}

func (p *pages) audited(ctx context.Context) []audit.Record {
	p.t.Helper()
	page, err := p.db.AuditRecords(ctx, tickets.AuditQuery{Limit: 500})
	p.must(err)
	return page
}
