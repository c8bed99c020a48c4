package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"hearback/mailbox/guard"
)

// judged is the answer of the check to a draft to both parents.
func (p *pages) judged(ref, text string, fields ...string) string {
	p.t.Helper()
	form := url.Values{"draft_rev": {"0"}, "text": {text}, "subject": {"Re: x"}, "to_person": {fmt.Sprint(p.mother.ID), fmt.Sprint(p.father.ID)}}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return p.as(p.deanStaff).sends("/e/"+ref+"/reply/check", form, http.StatusOK).Body.String()
}

func TestFindingsAreSaidInWords(t *testing.T) {
	p := newPages(t)
	r := p.fromTessa("Draft plan")
	for name, tc := range map[string]struct {
		f    guard.Finding
		text string
		want []string
		not  []string
	}{
		"the guard's own sentence, and a button": {
			guard.Finding{Rule: "NO-CONTACT", Decision: guard.Block, Mailbox: "rob@post.example", Person: "Rob Brandt", Words: "We must not contact Rob Brandt about M.B."},
			"Dear both",
			[]string{"We must not contact Rob Brandt about M.B.", "Take Rob Brandt off", fmt.Sprintf(`value="off:%d"`, p.father.ID)},
			[]string{"off:rob@"},
		},
		"words of the list where the guard has none": {
			guard.Finding{Rule: "NO-CONTACT", Decision: guard.Block, Person: "Rob Brandt"}, "Dear both", []string{"We must not contact Rob Brandt about this child"}, []string{`name="fix"`},
		},
		"the place, and taking it out": {
			guard.Finding{Rule: "NOTE-CONTENT", Decision: guard.Block, Words: "Part of this is from an internal note.", Evidence: "text: panel has not met yet"},
			"Dear both, the Panel has\nnot met, yet. Sorry.",
			[]string{"<mark>Panel has\nnot met, yet</mark>", "Take this part out", "Dear both, the ", ". Sorry."},
			[]string{"Ask to publish", "Found in"},
		},
		"a place that is no run of words": {
			guard.Finding{Rule: "OTHER-CHILD-ID", Decision: guard.Block, Words: "This names another child.", Evidence: "text: name"},
			"My name is Dean.",
			[]string{"Found in the text (name).", "Take that sentence out", `value="search:OTHER-CHILD-ID"`},
			[]string{"<mark>"},
		},
		"a tick in the words of the list": {
			guard.Finding{Rule: "SALUTATION-MISMATCH", Decision: guard.Confirm, Person: "Rob Brandt", Mailbox: "rob@post.example", Words: "You greeted Tessa, but this goes to Rob Brandt."},
			"Dear Tessa",
			[]string{`name="confirm[SALUTATION-MISMATCH:Rob-Brandt]"`, "It is right"},
			[]string{"Change greeting"},
		},
		"a tick that would ask for a reason": {
			guard.Finding{Rule: "UNLINKED-RECIPIENT", Decision: guard.Confirm, Person: "Rob Brandt", Words: "Not on the case."}, "Dear both", []string{"I mean to send this"}, []string{"because"},
		},
		"a rule that the list does not know": {
			guard.Finding{Rule: "PURPOSE-UNLISTED", Decision: guard.Block, Words: "This cannot leave."}, "Dear both", []string{"This cannot leave."}, []string{`name="fix"`},
		},
		"the subject": {
			guard.Finding{Rule: "SUBJECT-OTHER-CASE", Decision: guard.Block, Words: "The subject belongs to another case.", Evidence: "subject: reference"},
			"Dear both",
			[]string{"Use this enquiry&#39;s subject", `value="subject"`, "Found in the subject (reference)."},
			nil,
		},
	} {
		p.verdict = guard.Verdict{Decision: tc.f.Decision, Findings: []guard.Finding{tc.f}}
		body := p.judged(r.TicketRef, tc.text)
		for _, want := range tc.want {
			if !strings.Contains(body, want) {
				t.Errorf("%s: %q is not in\n%s", name, want, body)
			}
		}
		for _, not := range tc.not {
			if strings.Contains(body, not) {
				t.Errorf("%s: %q is in\n%s", name, not, body)
			}
		}
	}
}

// A button of a finding does what it says, and the check runs again.
func TestFixes(t *testing.T) {
	p := newPages(t)
	r := p.fromTessa("Draft plan")
	p.verdict = guard.Verdict{Decision: guard.Allow}
	dean, reply := p.as(p.deanStaff), "/e/"+r.TicketRef+"/reply"
	form := p.replyFields("0", "Dear both, the Panel has\nnot met, yet. Sorry.")
	form.Add("to_person", fmt.Sprint(p.father.ID))
	for fix, want := range map[string]struct{ in, out string }{
		fmt.Sprintf("off:%d", p.father.ID):   {"(1 person)", fmt.Sprintf(`name="to_person" value="%d"`, p.father.ID)},
		"cut: the Panel has\r\nnot met, yet": {"Dear both,. Sorry.", "Panel"},
		"subject":                            {`value="Re: Draft plan"`, "Re: wrong"},
		"cut:":                               {"not met, yet", "nothing there"},
		"unknown:x":                          {"not met, yet", "nothing there"},
	} {
		form.Set("draft_rev", revIn(t, dean.ok(reply)))
		form.Set("fix", fix)
		form.Set("subject", map[bool]string{true: "Re: wrong", false: "Re: Draft plan"}[fix == "subject"])
		body := dean.sends(reply, form, http.StatusOK).Body.String()
		if !strings.Contains(body, want.in) || strings.Contains(body, want.out) {
			t.Errorf("after %q: %q is missing, or %q is there", fix, want.in, want.out)
		}
		if !strings.Contains(body, "No problems found") {
			t.Errorf("after %q there was no check", fix)
		}
	}
}

// The place is shown in the author's own words; what failed inside is shown to nobody.
func TestPlacesAreShownInTheAuthorsWords(t *testing.T) {
	p := newPages(t)
	r := p.fromTessa("Draft plan")
	for name, tc := range map[string]struct {
		f    guard.Finding
		text string
		want []string
		not  []string
	}{
		"a name of another child": {
			guard.Finding{Rule: "OTHER-CHILD-ID", Decision: guard.Block, Words: "This letter holds the details of a child on another case.", Evidence: "text: okafor ruby"},
			"It is about OKAFOR, Ruby. Sorry.",
			[]string{"<mark>OKAFOR, Ruby</mark>", "Take that sentence out", "details of a child on another case"},
			nil,
		},
		"a number with spaces": {
			guard.Finding{Rule: "OTHER-CHILD-ID", Decision: guard.Block, Words: "This letter holds the details of a child on another case.", Evidence: "text: 9990331007"},
			"The number is 999 033 1007, I think.",
			[]string{"<mark>999 033 1007</mark>"},
			nil,
		},
		"the beginning of what was cut short": {
			guard.Finding{Rule: "STAFF-TALK-EXTERNAL", Decision: guard.Block, Words: "This reads as if written to a colleague.", Evidence: "keep her quiet until panel and ... (w befor)"},
			"Please keep her quiet until panel and do not tell.",
			[]string{"<mark>keep her quiet until panel and</mark>"},
			[]string{"befor"},
		},
		"what failed inside": {
			guard.Finding{Rule: "CASE-DATA-UNAVAILABLE", Decision: guard.Block, Words: "We cannot check this just now.", Evidence: "reading the facts: dial tcp 10.0.0.7"},
			"Dear both",
			[]string{"We cannot check this just now."},
			[]string{"10.0.0.7", "reading the facts"},
		},
	} {
		p.verdict = guard.Verdict{Decision: tc.f.Decision, Findings: []guard.Finding{tc.f}}
		body := p.judged(r.TicketRef, tc.text)
		for _, want := range tc.want {
			if !strings.Contains(body, want) {
				t.Errorf("%s: %q is not in\n%s", name, want, body)
			}
		}
		for _, not := range tc.not {
			if strings.Contains(body, not) {
				t.Errorf("%s: %q is in\n%s", name, not, body)
			}
		}
	}
}
