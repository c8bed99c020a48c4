package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/register"
	"hearback/web"
)

// callOf is a filled form of a call with Tessa.
func (p *pages) callOf(ref string, more ...string) url.Values {
	f := url.Values{
		"do": {"save"}, "person": {fmt.Sprint(p.mother.ID)}, "way": {"in"}, "case": {"WM-2201"}, "on": {"24/11/2026 11:30"}, "minutes": {"6"},
		"said": {"She asked about the draft."}, "wants": {"a date"}, "joins": {ref}, "stops": {"no"}, "checked": {"dob", "school"},
	}
	for i := 0; i+1 < len(more); i += 2 {
		f[more[i]] = []string{more[i+1]}
	}
	return f
}

func (p *pages) callsOn(ref string) []*tickets.Message {
	p.t.Helper()
	items, err := p.db.Timeline(p.t.Context(), access.System("test"), p.ticketNow(ref).ID)
	p.must(err)
	var out []*tickets.Message
	for _, it := range items {
		if it.Message != nil && it.Message.Channel == tickets.ChannelCall {
			out = append(out, it.Message)
		}
	}
	return out
}

func TestCallIsLogged(t *testing.T) {
	p := newPages(t)
	r := p.fromTessa("Draft plan")
	dean := p.as(p.deanStaff)
	dean.ok("/calls/new?e="+r.TicketRef, "Tessa Brandt, mother of M.B.", "Someone not on our records", "May be told: all.", r.TicketRef+" Draft plan", "Email from mother")
	path := "/calls/new?e=" + r.TicketRef
	for name, f := range map[string]url.Values{
		"nobody chosen":   p.callOf(r.TicketRef, "person", ""),
		"no time":         p.callOf(r.TicketRef, "on", "yesterday"),
		"tomorrow":        p.callOf(r.TicketRef, "on", "25/11/2026 11:30"),
		"nothing said":    p.callOf(r.TicketRef, "said", " "),
		"no reason":       p.callOf(r.TicketRef, "stops", "yes"),
		"promise, no day": p.callOf(r.TicketRef, "promise_text", "I will write"),
		"no such day":     p.callOf(r.TicketRef, "promise_text", "I will write", "promise_date", "31/2/2027"),
		"day, no promise": p.callOf(r.TicketRef, "promise_on", "2026-11-30"),
		"no such way":     p.callOf(r.TicketRef, "way", hostile),
		"minutes":         p.callOf(r.TicketRef, "minutes", "six"),
		"other's person":  p.callOf(r.TicketRef, "person", fmt.Sprint(p.leosMother.ID)),
	} {
		rec := dean.post(path, f)
		if rec.Code != http.StatusUnprocessableEntity || !strings.Contains(rec.Body.String(), "There is a problem") {
			t.Errorf("%s: %d", name, rec.Code)
		}
		if said := strings.TrimSpace(f.Get("said")); said != "" && !strings.Contains(rec.Body.String(), said) {
			t.Errorf("%s: what was typed is gone", name)
		}
	}
	dean.sends("/calls/new", p.callOf(""), http.StatusUnprocessableEntity) // no enquiry
	if n := len(p.callsOn(r.TicketRef)); n != 0 {
		t.Fatalf("%d calls were logged by forms that were wrong", n)
	}
	rec := dean.sends(path, p.callOf(r.TicketRef, "promise_text", "I will write", "promise_date", "30/11/2026", "caller", hostile), http.StatusSeeOther)
	if rec.Header().Get("Location") != "/e/"+r.TicketRef {
		t.Errorf("went to %q", rec.Header().Get("Location"))
	}
	calls := p.callsOn(r.TicketRef)
	if len(calls) != 1 {
		t.Fatalf("%d calls", len(calls))
	}
	c := calls[0].Call
	for _, want := range []string{"She asked about the draft.", "What they want: a date", "Minutes: 6"} {
		if !strings.Contains(c.Summary.ForStaff(), want) {
			t.Errorf("the summary lacks %q", want)
		}
	}
	if !c.IdentityOK || !c.Answered || c.PromiseBy != "2026-11-30" || c.PersonID != p.mother.ID || !calls[0].ReceivedAt.Equal(time.Date(2026, 11, 24, 11, 30, 0, 0, time.UTC)) {
		t.Errorf("logged %+v at %s", c, calls[0].ReceivedAt)
	}
	dean.ok("/c/WM-2201", "I will write", "By Mon 30 Nov")
	if p.ticketNow(r.TicketRef).Clock.StoppedAt != nil {
		t.Error("the call stopped the clock without being told to")
	}
	answers := []string{"stops", "yes", "stop_reason", "told her the date", "checked", "made up"}
	rec = dean.sends(path, p.callOf(r.TicketRef, answers...), http.StatusSeeOther)
	dean.ok(rec.Header().Get("Location"), "They wrote after this call")
	if p.ticketNow(r.TicketRef).Clock.StoppedAt != nil {
		t.Error("a call answered what was written after it")
	}
	rec = dean.sends(path, p.callOf(r.TicketRef, append(answers, "on", "24/11/2026 12:00")...), http.StatusSeeOther)
	dean.ok(rec.Header().Get("Location"), "the clock stopped")
	if p.ticketNow(r.TicketRef).Clock.StoppedAt == nil {
		t.Error("the clock runs on")
	}
	known := 0
	for _, m := range p.callsOn(r.TicketRef) {
		if m.Call.IdentityOK {
			known++
		}
	}
	if known != 1 {
		t.Errorf("%d calls count as checked, want the one with two answers to what was asked", known)
	}
}

func TestCallFromSomewhereElse(t *testing.T) {
	p := newPages(t)
	r := p.fromTessa("Draft plan")
	dean := p.as(p.deanStaff)
	rec := dean.sends("/calls/new", url.Values{"do": {"find"}, "caller": {"tessa"}, "said": {"kept words"}}, http.StatusOK)
	for _, want := range []string{"Tessa Brandt, mother of M.B.", "kept words", `value="WM-2201" selected`, `value="` + r.TicketRef + `" checked`} {
		if !strings.Contains(rec.Body.String(), want) {
			t.Errorf("found: %q is not in the page", want)
		}
	}
	dean.sends("/calls/new", p.callOf(r.TicketRef, "caller", "tessa", "person", "unknown"), http.StatusSeeOther)
	rec = dean.sends("/calls/new", p.callOf(r.TicketRef, "worried", "yes"), http.StatusSeeOther)
	dean.ok(rec.Header().Get("Location"), "tell your safeguarding lead now")
	// A case without an open enquiry has nothing that a call could be kept on.
	if rec := dean.get("/calls/new?case=WM-2202"); !strings.Contains(rec.Body.String(), "No enquiry is open on WM-2202") {
		t.Error("the page does not say that there is no enquiry")
	}
	// An enquiry of another team cannot be written to by naming it.
	other := p.as(p.southLead)
	if got := other.post("/calls/new", p.callOf(r.TicketRef)).Code; got != http.StatusNotFound {
		t.Errorf("as the lead of another team: %d", got)
	}
	rec = dean.sends("/calls/new", url.Values{"do": {"find"}, "caller": {strings.Repeat("x", 5000)}}, http.StatusOK)
	if strings.Contains(rec.Body.String(), "Tessa") {
		t.Error("a long name finds somebody")
	}
}

// runsLate makes an enquiry pass its date and reach the team lead.
func (p *pages) runsLate() tickets.IntakeResult {
	p.t.Helper()
	r := p.fromTessa("Draft plan " + hostile)
	p.now = p.now.AddDate(0, 0, 14)
	for range 3 {
		_, err := p.desk.Sweep(p.t.Context(), p.now)
		p.must(err)
		p.now = p.now.Add(24 * time.Hour)
	}
	return r
}

func TestLead(t *testing.T) {
	p := newPages(t)
	lead := p.role(access.RoleLead)
	lead.ok("/lead", "No enquiries yet")
	r := p.runsLate()
	body := lead.ok("/lead", "Late now", r.TicketRef, "Dean Foss", "Oldest: "+r.TicketRef, "6 to 10", "too few to show", "The team lead was told", `action="/inbox/move"`)
	if !strings.Contains(body, `href="/inbox/late"`) {
		t.Error("the tile has no list behind it")
	}
	if body := p.role(access.RoleAuditor).ok("/lead"); strings.Contains(body, `action="/inbox/move"`) {
		t.Error("an auditor is offered to move enquiries")
	}
	if body := p.as(p.southLead).ok("/lead"); strings.Contains(body, r.TicketRef) {
		t.Error("a lead of another team sees the enquiry")
	}
}

func TestEscalations(t *testing.T) {
	p := newPages(t)
	lead := p.role(access.RoleLead)
	lead.ok("/escalations", "Nothing has been escalated")
	r := p.runsLate()
	path := "/escalations/" + r.TicketRef
	lead.ok("/escalations", "1 needs you", "With the team lead", r.TicketRef, path, "nobody has answered in person yet")
	if body := p.role(access.RoleAuditor).ok("/escalations", r.TicketRef); strings.Contains(body, path) {
		t.Error("an auditor is offered to act")
	}
	for _, do := range []string{"give", "hold"} {
		if got := p.role(access.RoleAuditor).post(path, url.Values{"do": {do}, "officer": {"1"}, "reason": {"x"}}).Code; got != http.StatusForbidden {
			t.Errorf("%s as auditor: %d", do, got)
		}
		lead.sends(path, url.Values{"do": {do}}, http.StatusSeeOther) // nothing chosen
	}
	if got := lead.post(path, url.Values{"do": {hostile}}).Code; got != http.StatusUnprocessableEntity {
		t.Errorf("nothing to do: %d", got)
	}
	if got := p.as(p.southLead).post(path, url.Values{"do": {"give"}, "officer": {"1"}}).Code; got != http.StatusNotFound {
		t.Errorf("as the lead of another team: %d", got)
	}
	officer := p.staff[access.RoleOfficer]
	lead.sends(path, url.Values{"do": {"give"}, "officer": {fmt.Sprint(officer.ID)}}, http.StatusSeeOther)
	if got := p.ticketNow(r.TicketRef); got.OwnerID != officer.ID || got.Clock.StoppedAt != nil {
		t.Errorf("owner %d, clock stopped %v", got.OwnerID, got.Clock.StoppedAt)
	}
	// Somebody of another team who cannot see it is refused in words.
	lead.sends(path, url.Values{"do": {"give"}, "officer": {fmt.Sprint(p.southLead.ID)}}, http.StatusSeeOther)
	lead.ok("/escalations", "cannot see this case")
	lead.sends(path, url.Values{"do": {"hold"}, "reason": {"panel meets on Friday"}}, http.StatusSeeOther)
	notes, err := p.db.Notes(t.Context(), actorOf(officer), p.ticketNow(r.TicketRef).ID)
	p.must(err)
	if len(notes) != 1 || !strings.Contains(notes[0].Text.ForStaff(), "panel meets on Friday") {
		t.Errorf("the reason is not kept: %d notes", len(notes))
	}
	rec := lead.sends(path, url.Values{"do": {"ring"}}, http.StatusSeeOther)
	if rec.Header().Get("Location") != "/calls/new?e="+r.TicketRef {
		t.Errorf("went to %q", rec.Header().Get("Location"))
	}
}

func TestMailboxThatIsLate(t *testing.T) {
	p := newPages(t)
	p.states = []web.MailboxState{{Mailbox: p.box, Folder: "INBOX", LastGood: p.now.Add(-time.Hour), Problem: "The server refused the sign-in.", Alarm: true}}
	lead := p.role(access.RoleLead)
	lead.ok("/admin/mailboxes", "not read since Tue 24 Nov, 11:00", "The server refused the sign-in.", "Nothing is lost")
	lead.ok("/duty", "We do not know: mail was last checked Tue 24 Nov, 11:00")
	p.states = nil
	lead.ok("/admin/mailboxes", "not read yet")
}

func TestLedgerPagesAndSearch(t *testing.T) {
	p := newPages(t)
	for i := range 60 {
		p.fromTessa(fmt.Sprintf("Mail %d", i))
	}
	lead := p.role(access.RoleLead)
	body := lead.ok("/admin/mailboxes/sen/ledger", ">60<br>", "60 mails in all folders", ">INBOX<")
	if strings.Contains(body, ">10<br>") || strings.Contains(body, "Mail 59") || strings.Contains(body, tessa) {
		t.Error("the page holds too much")
	}
	_, rest, ok := strings.Cut(body, `href="/admin/mailboxes/sen/ledger?before=`)
	if !ok {
		t.Fatal("no next page")
	}
	next, _, _ := strings.Cut(rest, `"`)
	lead.ok("/admin/mailboxes/sen/ledger?before="+next, ">10<br>", ">1<br>")
	if body := lead.ok("/admin/mailboxes/sen/ledger?q=17", ">17<br>"); strings.Contains(body, ">16<br>") {
		t.Error("the search finds other UIDs")
	}
	lead.ok("/admin/mailboxes/sen/ledger?fate=quarantined", "No mail matches")
	if got := p.as(p.southLead).ok("/admin/mailboxes/sen/ledger"); strings.Contains(got, ">60<br>") {
		t.Error("a lead of another team reads the ledger")
	}
}

func TestParents(t *testing.T) {
	p := newPages(t)
	nobody := &browser{p: p}
	body := nobody.ok("/parents", "Tessa Brandt", `href="/parents/b1"`)
	if strings.Contains(body, `href="/parents/tessa`) {
		t.Error("an address is in an address")
	}
	nobody.ok("/parents/b1", "We have your email", `href="/parents/b1?answers=m1"`, tessa)
	nobody.ok("/parents/b1?answers=m1", `value="m1"`, "Re: [SEN-104001]")
	good := url.Values{"as": {tessa}, "to": {senBox}, "subject": {"Hello"}, "text": {"When?"}, "answers": {"m1"}}
	for name, change := range map[string][2]string{
		"a real domain":     {"as", "someone@gmail.com"},
		"no address":        {"as", "x"},
		"two lines":         {"as", "a@b.example\r\nBcc: c@d.example"},
		"to somebody else":  {"to", "rob@post.example"},
		"to with more":      {"to", senBox + "\r\nBcc: c@d.example"},
		"subject, 2 lines":  {"subject", "Hello\r\nBcc: c@d.example"},
		"answers, 2 lines":  {"answers", "m1\r\nX: y"},
		"nothing to say":    {"text", " "},
		"far too much":      {"text", strings.Repeat("x", 70000)},
		"not in characters": {"text", "\xff\xfe"},
	} {
		f := url.Values{}
		for k, v := range good {
			f[k] = v
		}
		f.Set(change[0], change[1])
		if got := nobody.post("/parents", f).Code; got != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, got)
		}
	}
	if len(p.demo.sent) != 0 {
		t.Fatalf("%d mails went out by forms that were wrong", len(p.demo.sent))
	}
	rec := nobody.sends("/parents", good, http.StatusSeeOther)
	if rec.Header().Get("Location") != "/parents/b1" || len(p.demo.sent) != 1 || p.demo.sent[0] != [5]string{tessa, senBox, "Hello", "When?", "m1"} {
		t.Errorf("to %q, sent %v", rec.Header().Get("Location"), p.demo.sent)
	}
	p.demo.boxes = nil
	nobody.ok("/parents")
}

// TestHostileRegister: names and numbers that came from elsewhere do nothing.
func TestHostileRegister(t *testing.T) {
	p := newPages(t)
	p.must(p.db.Write(t.Context(), func(tx tickets.Tx) error {
		c := p.leo
		c.ChildName, c.School, c.Stage = hostile+" "+hostile, hostile, hostile
		p.must(tx.UpdateCase(t.Context(), &c))
		s := p.deanStaff
		s.Name = hostile
		p.must(tx.UpdateStaff(t.Context(), &s))
		l := register.Link{CaseID: p.leo.ID, PersonID: p.father.ID, Relation: register.Relation(hostile), PR: register.PRNo, MayBeTold: hostile}
		return tx.InsertLink(t.Context(), &l)
	}))
	p.arrives(&tickets.Inbound{From: tickets.MailAddress{Name: hostile, Email: "ada.osei@mail.example"}, Subject: hostile, Text: hostile})
	p.stranger(hostile, hostile, hostile)
	lead := p.role(access.RoleLead)
	for _, path := range []string{"/c", "/c/WM-2202", "/c/WM-2202?tab=history", "/calls/new?case=WM-2202", "/search?q=script", "/duty", "/outbox", "/lead", "/escalations", "/admin/mailboxes/sen/ledger", "/held"} {
		lead.ok(path) // ok looks for the script
	}
}

// TestFragments: a page answers a part of itself when the script asks for it.
func TestFragments(t *testing.T) {
	p := newPages(t)
	r := p.stranger("A", "Question", "Hello")
	late := p.runsLate()
	p.writes(late.TicketRef, p.mother.ID)
	for _, x := range []struct{ as, path, target, holds string }{
		{"lead", "/lead", "tiles", "Late now"}, {"lead", "/duty/i/" + r.TicketRef, "queue-item", "Which case?"}, {"dean", "/outbox", "waiting", "Waiting to go"},
	} {
		b := p.as(p.deanStaff)
		if x.as == "lead" {
			b = p.role(access.RoleLead)
		}
		b.header = http.Header{"HX-Request": {"true"}, "HX-Target": {x.target}}
		if body := b.ok(x.path, `id="`+x.target+`"`, x.holds); strings.Contains(body, "<html") {
			t.Errorf("%s answers a whole page", x.path)
		}
	}
}
