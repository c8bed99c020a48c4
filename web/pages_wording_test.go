package web_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/wording"
	"hearback/web"
)

// samples makes letters out of words alone; what says "hurry up" is refused, as the
// check of outgoing letters would refuse something.
type samples struct{}

func (samples) Example(letter string, t wording.Text, situation string, large bool, _ time.Time) (web.ExampleLetter, error) {
	l, _ := wording.Of(letter)
	body, _, err := wording.Render(letter, t, l.Examples(situation, nil))
	size := "usual"
	if large {
		size = "large"
	}
	return web.ExampleLetter{From: "SEN team <sen@westmarsh.example>", Subject: t.Subject, Text: body, HTML: `<p data-size="` + size + `">` + body + "</p>"}, err
}

func (samples) Notices(time.Time) ([]web.ExampleNotice, error) {
	return []web.ExampleNotice{{Title: "An answer is late", Goes: "To the officer.", Letter: web.ExampleLetter{Subject: "Late: SEN-104233 (M.B.)", Text: "The answer is late.\n\nOpen it: https://hearback.example/e/SEN-104233\n"}}}, nil
}

func (samples) Judge(_ context.Context, _ string, t wording.Text, _ time.Time) error {
	if strings.Contains(t.Body, "hurry up") {
		return fault.New(fault.Invalid, "The check would stop every letter with these words. This may read as harsh.")
	}
	return nil
}

func withSamples(d *web.Deps) { d.Letters = samples{} }

func TestWordingPages(t *testing.T) {
	p := newPages(t, withSamples)
	lead, officer, auditor := p.role(access.RoleLead), p.role(access.RoleOfficer), p.role(access.RoleAdmin)
	list := words(lead.ok("/admin/wording"))
	for _, l := range wording.Letters() {
		if !strings.Contains(list, l.Title) || !strings.Contains(list, l.When) {
			t.Errorf("%s is not on the list", l.Name)
		}
		page := words(lead.ok("/admin/wording/l/"+l.Name, `name="body"`))
		for _, f := range l.FieldsOf() {
			if !strings.Contains(page, "{"+f.Name+"}") {
				t.Errorf("%s: the page has no field %s", l.Name, f.Name)
			}
		}
		for _, on := range l.Situations() {
			for _, size := range []string{"usual", "large"} {
				at := "/admin/wording/preview/" + l.Name + "/" + on.Name + "/" + size
				lead.ok(at, `src="`+at+`/letter"`, "999")
				rec := lead.get(at + "/letter")
				if policy := rec.Header().Get("Content-Security-Policy"); rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), `data-size="`+size+`"`) || !strings.Contains(policy, "default-src 'none'") {
					t.Errorf("%s: %d %q", at, rec.Code, policy)
				}
			}
		}
	}
	for _, at := range []string{"/admin/wording", "/admin/wording/l/ack", "/admin/wording/preview/ack/open/usual", "/admin/wording/preview/ack/open/usual/letter", "/admin/wording/notices"} {
		if got := officer.get(at).Code; got != http.StatusForbidden {
			t.Errorf("%s as an officer: %d", at, got)
		}
	}
	if got := lead.get("/admin/wording/l/love_letter").Code; got != http.StatusNotFound {
		t.Errorf("a letter that is none: %d", got)
	}
	// Who may not change it can read it.
	if body := auditor.ok("/admin/wording/l/ack", "Thank you for your email"); strings.Contains(body, `name="body"`) && !p.staffMay(access.RoleAdmin, access.ManageStandards) {
		t.Error("a form for somebody who may not change it")
	}
	officer.sends("/admin/wording/l/ack", url.Values{"do": {"standard"}, "version": {"0"}}, http.StatusForbidden)
	if body := lead.ok("/admin/wording/notices", "Late: SEN-104233 (M.B.)", "The answer is late."); strings.Contains(body, `name="body"`) {
		t.Error("the words of a notice can be changed")
	}
}

func (p *pages) staffMay(r access.Role, what access.Permission) bool {
	a := actorOf(p.staff[r])
	return a.May(what)
}

// What is wrong is said beside the field, and what was typed stays.
func TestWordingSaysWhatIsWrong(t *testing.T) {
	p := newPages(t, withSamples)
	lead := p.role(access.RoleLead)
	const at = "/admin/wording/l/ack"
	std, err := wording.Standard(wording.Ack)
	p.must(err)
	send := func(do, subject, body string, want int) string {
		t.Helper()
		return lead.sends(at, url.Values{"do": {do}, "version": {"0"}, "subject": {subject}, "body": {body}}, want).Body.String()
	}
	for name, x := range map[string]struct{ subject, body, says, beside string }{
		"an unknown field":       {std.Subject, strings.Replace(std.Body, "{owner}", "{child}", 1), "there is no field {child}", "body"},
		"a field spelled wrong":  {std.Subject, strings.Replace(std.Body, "{owner}", "{ Owner }", 1), "write { Owner } as {owner}", "body"},
		"of another letter":      {std.Subject, std.Body + "\n\n{law_due}", "{law_due} cannot be used in this letter", "body"},
		"no emergency number":    {std.Subject, strings.Replace(std.Body, "999", "us", 1), "what to do when a child is in danger", "body"},
		"no free advice":         {std.Subject, strings.Replace(std.Body, "call {sendiass} on {sendiass_phone}", "look around", 1), "where to get free advice", "body"},
		"a bracket left open":    {std.Subject, std.Body + "\n\n{owner", "has no partner", "body"},
		"a field in the subject": {"About {ref}", std.Body, "No field can stand here", "subject"},
		"no subject":             {"", std.Body, "Write a subject", "subject"},
		"no words":               {std.Subject, " \n ", "Write what the letter says", "body"},
		"what the check refuses": {std.Subject, std.Body + "\n\nPlease hurry up.", "The check would stop every letter with these words", "body"},
	} {
		body := send("save", x.subject, x.body, http.StatusUnprocessableEntity)
		text := words(body)
		if !strings.Contains(text, x.says) || !strings.Contains(text, "There is a problem") {
			t.Errorf("%s: it does not say %q", name, x.says)
		}
		if !regexp.MustCompile(`href="#[a-z-]*` + x.beside + `"`).MatchString(body) {
			t.Errorf("%s: no link to the field %s", name, x.beside)
		}
		if typed := strings.TrimSpace(x.body); typed != "" && !strings.Contains(text, words(typed)[:20]) {
			t.Errorf("%s: what was typed is gone", name)
		}
	}
	if x, _, err := p.desk.Wording(t.Context(), actorOf(p.staff[access.RoleLead]), wording.Ack); err != nil || !x.Standard || x.Version != 0 {
		t.Errorf("something was kept: %+v %v", x, err)
	}
	// A look before saving keeps nothing and says what is hard to read.
	long := std.Body + "\n\nWe would like you to know that we have a lot of emails at the moment and that we read every one of them in the order in which they came."
	if text := words(send("preview", std.Subject, long, http.StatusOK)); !strings.Contains(text, "Not saved yet. Hard to read") || !strings.Contains(text, "After hours") {
		t.Errorf("the look: %s", text)
	}
	if text := words(send("preview", std.Subject, std.Body+"\n\nPlease hurry up.", http.StatusOK)); !strings.Contains(text, "The check would stop") {
		t.Error("the look does not say what the check would say")
	}
}

// Words that are saved go with the next acknowledgement; the ones before are in the
// history, and the standard words come back.
func TestWordingIsSaved(t *testing.T) {
	p := newPages(t, withSamples)
	lead := p.role(access.RoleLead)
	const at = "/admin/wording/l/ack"
	std, err := wording.Standard(wording.Ack)
	p.must(err)
	own := url.Values{"do": {"save"}, "version": {"0"}, "subject": {"Your email is here"}, "body": {"Hello from all of us.\r\n\r\n" + std.Body}}
	rec := lead.sends(at, own, http.StatusSeeOther)
	if to := rec.Header().Get("Location"); to != "/admin/wording/preview/ack/open/usual" {
		t.Errorf("it leads to %s", to)
	}
	lead.ok("/admin/wording/preview/ack/open/usual", "Hello from all of us.", "Your email is here")
	lead.ok("/admin/wording", "The council&#39;s own")
	if text := words(lead.ok(at)); !strings.Contains(text, "Version 1") {
		t.Errorf("no history: %s", text)
	}
	lead.sends(at, own, http.StatusConflict) // an old page
	ack := p.ackOf(p.fromTessa("Draft plan"))
	if ack.Fields[tickets.FieldWording] != "1" || !strings.Contains(ack.Subject, "Your email is here") {
		t.Errorf("%+v", ack)
	}
	lead.sends(at, url.Values{"do": {"standard"}, "version": {"1"}}, http.StatusSeeOther)
	if text := words(lead.ok(at)); !strings.Contains(text, "Version 2") || !strings.Contains(text, "Back to the words that hearback comes with") || !strings.Contains(text, "Hello from all of us.") {
		t.Errorf("the history: %s", text)
	}
	lead.ok("/admin/wording", "As hearback comes")
	p.now = p.now.Add(25 * time.Hour)
	ack = p.ackOf(p.fromTessa("Another question"))
	if ack.Fields[tickets.FieldWording] != "" || !strings.Contains(ack.Subject, std.Subject) {
		t.Errorf("%+v", ack)
	}
}

// ackOf is the acknowledgement that a mail brought.
func (p *pages) ackOf(r tickets.IntakeResult) *tickets.Outgoing {
	p.t.Helper()
	o, err := p.db.OutgoingByID(p.t.Context(), r.AckID)
	p.must(err)
	return o
}

func TestWebhooksPage(t *testing.T) {
	p := newPages(t, func(d *web.Deps) { d.Hooks = []string{"pager", "desk"} })
	ctx := t.Context()
	p.fromTessa("Draft plan")
	done := p.now
	for _, h := range []tickets.HookEvent{
		{Endpoint: "pager", Kind: tickets.HookOpened, Ref: "SEN-104900", At: p.now, State: tickets.HookTaken, Attempts: 1, NextAt: p.now, Answer: "Taken.", DoneAt: &done},
		{Endpoint: "pager", Kind: tickets.HookAlert, Ref: "SEN-104901", At: p.now, State: tickets.HookWaiting, Attempts: 3, NextAt: p.now, Answer: "It answered 503."},
		{Endpoint: "pager", Kind: tickets.HookLate, Ref: "SEN-104902", At: p.now, State: tickets.HookGivenUp, Attempts: 40, NextAt: p.now, Answer: "It could not be reached.", DoneAt: &done},
	} {
		p.must(p.db.Write(ctx, func(tx tickets.Tx) error { return tx.InsertHook(ctx, &h) }))
	}
	admin := p.role(access.RoleAdmin)
	body := admin.ok("/admin/webhooks")
	for _, want := range []string{"pager", "1 event waits", "desk", "told of everything", "enquiry.opened", "SEN-104900", "safety.alert", "It answered 503.", "Given up after a day", "It could not be reached."} {
		if !strings.Contains(words(body), want) {
			t.Errorf("no %q: %s", want, words(body))
		}
	}
	for _, private := range []string{"Milo", "Brandt", "mail.example", "Draft plan"} {
		if strings.Contains(body, private) {
			t.Errorf("the page tells of %q", private)
		}
	}
	if got := p.role(access.RoleOfficer).get("/admin/webhooks").Code; got != http.StatusForbidden {
		t.Errorf("as an officer: %d", got)
	}
	if text := words(newPages(t).as(p.staff[access.RoleAdmin]).ok("/admin/webhooks")); !strings.Contains(text, "There is none.") {
		t.Errorf("without endpoints: %s", text)
	}
}
