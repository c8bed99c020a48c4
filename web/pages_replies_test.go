package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"hearback/sla"
	"hearback/tickets/access"
)

// textOf is the text of the reply on a page.
func textOf(t *testing.T, page string) string {
	t.Helper()
	_, rest, ok := strings.Cut(page, `name="text"`)
	if !ok {
		t.Fatal("no reply on the page")
	}
	_, rest, _ = strings.Cut(rest, ">")
	text, _, _ := strings.Cut(rest, "</textarea>")
	return text
}

// A lead writes texts for replies; officers put them into a reply without a script,
// filled in, and what is not known is left out and said.
func TestTextsForReplies(t *testing.T) {
	p := newPages(t)
	lead, officer := p.role(access.RoleLead), p.as(p.deanStaff)
	const at = "/admin/templates"
	lead.ok(at, "No news yet", "{child}")
	add := func(version, name, team, body string, want int) string {
		t.Helper()
		return lead.sends(at, url.Values{"do": {"save"}, "version": {version}, "id": {"0"}, "name": {name}, "team": {team}, "body": {body}}, want).Body.String()
	}
	for name, x := range map[string]struct{ name, body, says string }{
		"an unknown field":   {"Views", "About {parent}.", "there is no field {parent}"},
		"no name":            {"", "Hello.", "Write a name for the list"},
		"no text":            {"Views", " ", "Write the text"},
		"a name that is had": {"no NEWS yet", "Hello.", "There is a text of this name already"},
	} {
		if text := words(add("0", x.name, "0", x.body, http.StatusUnprocessableEntity)); !strings.Contains(text, x.says) {
			t.Errorf("%s: %s", name, text)
		}
	}
	add("0", "Taxi", num(p.north.ID), "The taxi for {child} is being looked at.\n\nWe will write by {due}.\n\nCall {phone}.", http.StatusSeeOther)
	add("0", "Late page", "0", "Hello.", http.StatusConflict)
	add("1", "South only", num(p.south.ID), "Hello from the south.", http.StatusSeeOther)

	ref := p.fromTessa("Draft plan").TicketRef
	reply := "/e/" + ref + "/reply"
	page := officer.ok(reply, ">Taxi</option>", ">No news yet</option>")
	if strings.Contains(page, "South only") {
		t.Error("a text of another team is offered")
	}
	rev := "0"
	insert := func(text, choice string, want int) string {
		t.Helper()
		body := officer.sends(reply, url.Values{
			"do": {"insert"}, "to_person": {num(p.mother.ID)}, "subject": {"Re: Draft plan"}, "text": {text}, "reply_text": {choice}, "draft_rev": {rev},
		}, want).Body.String()
		m := regexp.MustCompile(`name="draft_rev" value="([0-9]+)"`).FindStringSubmatch(body)
		if m == nil {
			t.Fatal("the form knows no draft")
		}
		rev = m[1]
		return body
	}
	got := textOf(t, insert("Dear Tessa,\n\n", "4", http.StatusOK))
	due := p.ticketNow(ref).Clock.DueDay
	for _, want := range []string{"Dear Tessa,\n\nThe taxi for Milo is being looked at.", "We will write by ", sla.FormatDate(due), "Call 01234 000100."} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %q", want, got)
		}
	}
	if d, err := p.db.DraftOf(t.Context(), actorOf(p.deanStaff), p.ticketNow(ref).ID); err != nil || !strings.Contains(d.Text, "The taxi for Milo") {
		t.Errorf("the draft: %+v %v", d, err)
	}
	// Late: the day is past, and nothing says it.
	p.now = p.now.AddDate(0, 0, 30)
	body := insert("Dear Tessa,", "4", http.StatusOK)
	if got := textOf(t, body); strings.Contains(got, "We will write by") || strings.ContainsAny(got, "{}") || !strings.Contains(words(body), "Left out, because it is not known here") {
		t.Errorf("%q", got)
	}
	for _, choice := range []string{"", "99", "5"} { // none, gone, of another team
		if got := textOf(t, insert("Dear Tessa,", choice, http.StatusUnprocessableEntity)); strings.TrimSpace(got) != "Dear Tessa," {
			t.Errorf("%q: %q", choice, got)
		}
	}
	// Changing and taking off.
	lead = p.role(access.RoleLead) // a month has gone by
	lead.ok(at+"?text=4", `value="Taxi"`, "Take it off")
	lead.sends(at, url.Values{"do": {"save"}, "version": {"2"}, "id": {"4"}, "name": {"Transport"}, "team": {"0"}, "body": {"The bus."}}, http.StatusSeeOther)
	lead.sends(at, url.Values{"do": {"remove"}, "version": {"3"}, "id": {"5"}}, http.StatusSeeOther)
	if text := words(lead.ok(at)); strings.Contains(text, "South only") || !strings.Contains(text, "Transport") {
		t.Error(text)
	}
	if got := lead.get(at + "?text=5").Code; got != http.StatusNotFound {
		t.Errorf("a text that is gone: %d", got)
	}
	p.as(p.deanStaff).sends(at, url.Values{"do": {"remove"}, "version": {"4"}, "id": {"4"}}, http.StatusForbidden)
	if got := officer.get(at).Code; got != http.StatusForbidden {
		t.Errorf("as an officer: %d", got)
	}
	list, err := p.desk.ReplyTexts(t.Context(), actorOf(p.deanStaff))
	if err != nil || len(list) != 4 || list[3].Name != "We are late" {
		t.Errorf("%+v %v", list, err)
	}
}
