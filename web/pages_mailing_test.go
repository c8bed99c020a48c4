package web_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"hearback/mailbox/guard"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/register"
	"hearback/web"
)

// mailer makes letters to many families from the register, and judges them as the
// test says. Check reads a new list at once, where the program does it beside.
type mailer struct {
	p     *pages
	asked string // the name of whose letter it asks about
	stops string // whose it stops
}

func (m *mailer) MailingLetter(ctx context.Context, a access.Actor, mailingID, letterID int64, now time.Time) (web.MailingReview, error) {
	c, digest, err := m.p.desk.MailingClaim(ctx, a, mailingID, letterID, now)
	if err != nil {
		return web.MailingReview{}, err
	}
	to := c.Letter.Deliveries[0]
	v := guard.Verdict{Decision: guard.Allow}
	switch to.Name {
	case m.asked:
		v = guard.Verdict{Decision: guard.Confirm, Findings: []guard.Finding{{Rule: guard.RuleBounced, Decision: guard.Confirm, Mailbox: to.Mailbox, Words: "Mail to this address did not arrive once."}}}
	case m.stops:
		v = guard.Verdict{Decision: guard.Block, Findings: []guard.Finding{{Rule: guard.RuleBounced, Decision: guard.Block, Mailbox: to.Mailbox, Words: "This address is not theirs."}}}
	}
	return web.MailingReview{Verdict: v, Bound: digest, Copy: web.Copy{PersonID: to.PersonID, Name: to.Name, To: to.Email, Letter: tickets.Inbound{
		From: tickets.MailAddress{Email: senBox}, Subject: c.Letter.Subject, Text: c.Letter.Body,
	}}}, nil
}

func (m *mailer) Check() {
	m.p.t.Helper()
	ctx := m.p.t.Context()
	for range 20 {
		work, err := m.p.desk.MailingsToCheck(ctx, 10, m.p.now)
		m.p.must(err)
		if len(work) == 0 {
			return
		}
		for _, one := range work {
			author, err := m.p.db.ActorOf(ctx, one.AuthorID)
			m.p.must(err)
			r, err := m.MailingLetter(ctx, author, one.MailingID, one.LetterID, m.p.now)
			m.p.must(err)
			m.p.must(m.p.desk.MailingJudged(ctx, r.Said(one.MailingID, one.LetterID), m.p.now))
		}
	}
	m.p.t.Fatal("the check has no end")
}

// withMailings are pages whose letters to many families m judges.
func withMailings(t *testing.T) (*pages, *mailer) {
	t.Helper()
	m := &mailer{}
	m.p = newPages(t, func(d *web.Deps) { d.Mailings = m })
	return m.p, m
}

func (p *pages) mailingForm(with url.Values) url.Values {
	f := url.Values{
		"title": {"Annual reviews"}, "mailbox": {fmt.Sprint(p.box.ID)}, "subject": {"An evening at the town hall"}, "per_hour": {"60"},
		"body": {"Dear {name}\n\nAn evening about annual reviews is on 3 December. {child} is welcome.\n\n{format}"},
	}
	maps.Copy(f, with)
	return f
}

// mailing has somebody begin one, and gives its page.
func (b *browser) mailing() string {
	b.p.t.Helper()
	return b.sends("/mailings/new", b.p.mailingForm(nil), http.StatusSeeOther).Header().Get("Location")
}

func (b *browser) does(at, what string, want int) string {
	b.p.t.Helper()
	return words(b.sends(at, url.Values{"do": {what}}, want).Body.String())
}

var (
	digestField = regexp.MustCompile(`name="digest" value="([^"]+)"`)
	tickField   = regexp.MustCompile(`name="(confirm\[[^"]+\])"`)
	letterLink  = regexp.MustCompile(`href="(/mailings/\d+/preview/\d+)">([^<]+)<`)
	mailingsNav = regexp.MustCompile(`href="/mailings"[^>]*>(?:<strong[^>]*>)?([^<]+)<`)
)

// letters are the pages of the families who get one, by name.
func (b *browser) letters(at string) map[string]string {
	b.p.t.Helper()
	out := map[string]string{}
	for _, m := range letterLink.FindAllStringSubmatch(b.ok(at), -1) {
		out[m[2]] = m[1]
	}
	return out
}

// approves presses the button of a page as it was shown.
func (b *browser) approves(at, page string, want int) string {
	b.p.t.Helper()
	m := digestField.FindStringSubmatch(page)
	if m == nil {
		b.p.t.Fatalf("nothing to approve:\n%s", page)
	}
	return words(b.sends(at+"/approve", url.Values{"do": {"approve"}, "digest": {m[1]}}, want).Body.String())
}

func inNav(page string) string {
	if m := mailingsNav.FindStringSubmatch(page); m != nil {
		return m[1]
	}
	return ""
}

// A letter to many families from the first word to the file of results.
func TestMailingFromWritingToResults(t *testing.T) {
	p, m := withMailings(t)
	p.must(p.db.Write(t.Context(), func(tx tickets.Tx) error {
		p.leosMother.Name = "=Ada Osei"
		return tx.UpdatePerson(t.Context(), &p.leosMother)
	}))
	m.asked = p.mother.Name
	dean, lead := p.as(p.deanStaff), p.role(access.RoleLead)
	dean.ok("/mailings", "Nobody has written to many families yet")
	dean.ok("/mailings/new", `value="`+fmt.Sprint(p.box.ID)+`"`, "Draft plan", "{child}")
	at := dean.mailing()
	if page := words(dean.ok(at, "Being written", "Look who gets it")); !strings.Contains(page, "Nothing is sent") {
		t.Error("the page does not say that nothing is sent")
	}
	dean.does(at, "list", http.StatusSeeOther)
	list := words(dean.ok(at, "Checked", "Go through the questions"))
	if !strings.Contains(list, "Mail to this address did not arrive once") || strings.Contains(list, "Secretname") {
		t.Errorf("the list:\n%s", list)
	}
	dean.ok(at+"?show=left", p.father.Name, "Restricted: ")
	if page := dean.does(at, "ask", http.StatusUnprocessableEntity); !strings.Contains(page, "The check asks about one letter") {
		t.Errorf("asked with a question open:\n%s", page)
	}

	// The letter with the question: what it says, and the answer to it.
	one := dean.letters(at)[p.mother.Name]
	page := dean.ok(one, "Dear Tessa Brandt", "Milo is welcome", "you want no general letters")
	tick := tickField.FindStringSubmatch(page)
	if tick == nil {
		t.Fatalf("no box to tick:\n%s", page)
	}
	dean.sends(one, url.Values{"do": {"confirm"}}, http.StatusUnprocessableEntity)
	lead.sends(one, url.Values{"do": {"confirm"}, tick[1]: {"yes"}}, http.StatusForbidden)
	dean.sends(one, url.Values{"do": {"confirm"}, tick[1]: {"yes"}}, http.StatusSeeOther)
	dean.ok(one, "was confirmed for this family")
	if got := inNav(lead.ok("/help")); got != "Mailings" {
		t.Errorf("before anybody asked the navigation says %q", got)
	}
	dean.does(at, "ask", http.StatusSeeOther)

	// A second person.
	if own, other := inNav(dean.ok("/help")), inNav(lead.ok("/help")); own != "Mailings" || other != "Mailings (1)" {
		t.Errorf("the navigation says %q to the author and %q to the lead", own, other)
	}
	lead.ok("/mailings", "Waits for your approval", "2 letters, 1 left out")
	lead.approves(at, lead.ok(at, "asks you to approve 2 letters"), http.StatusSeeOther)
	if got := inNav(lead.ok(at, "Approved, leaving")); got != "Mailings" {
		t.Errorf("after it was approved the navigation says %q", got)
	}
	dean.does(at, "pause", http.StatusSeeOther)
	dean.ok(at, "Paused", "Go on")
	if n := p.queueMailings(); n != 0 {
		t.Errorf("%d letters left while it was paused", n)
	}
	lead.does(at, "resume", http.StatusSeeOther)
	if n := p.queueMailings(); n != 1 { // 60 in an hour
		t.Errorf("%d letters left in a minute", n)
	}
	dean.does(at, "stop", http.StatusSeeOther)
	dean.ok(at, "Stopped")
	dean.does(at, "resume", http.StatusConflict)

	rec := dean.get(at + "/results.csv")
	rows, err := csv.NewReader(rec.Body).ReadAll()
	p.must(err)
	if kind := rec.Header().Get("Content-Disposition"); len(rows) != 4 || !strings.Contains(kind, "attachment") {
		t.Fatalf("%d rows, %q", len(rows), kind)
	}
	taken, err := p.db.AuditRecords(t.Context(), tickets.AuditQuery{Action: audit.Exported, Limit: 5})
	p.must(err)
	if len(taken) != 1 || taken[0].Object != "mailing:"+strings.TrimPrefix(at, "/mailings/") {
		t.Errorf("the audit of the file: %+v", taken)
	}
	results := map[string]string{}
	for _, r := range rows[1:] {
		results[r[2]] = r[4] + ": " + r[5]
	}
	for who, want := range map[string]string{p.mother.Name: "Taken back", p.father.Name: "Left out: Restricted", "'=Ada Osei": "Taken off: The mailing was stopped by Dean Foss"} {
		if !strings.HasPrefix(results[who], want) {
			t.Errorf("%s: %q, want %q in %v", who, results[who], want, results)
		}
	}
}

func (p *pages) queueMailings() int {
	p.t.Helper()
	n, err := p.desk.QueueMailings(p.t.Context(), func(o tickets.Outgoing) string { return fmt.Sprint("digest ", o.TicketID) }, p.now)
	p.must(err)
	return n
}

// Whom the check stops gets no letter, and a family is taken off with its reason.
func TestMailingListIsChanged(t *testing.T) {
	p, m := withMailings(t)
	m.stops = p.mother.Name
	dean := p.as(p.deanStaff)
	at := dean.mailing()
	dean.does(at, "list", http.StatusSeeOther)
	dean.ok(at+"?show=left", "Stopped by the check", "This address is not theirs")
	one := dean.letters(at)[p.leosMother.Name]
	dean.sends(one, url.Values{"do": {"dance"}}, http.StatusUnprocessableEntity)
	dean.sends(one, url.Values{"do": {"remove"}, "reason": {"has moved away"}}, http.StatusSeeOther)
	dean.ok(at+"?show=left", "Taken off the list by Dean Foss: has moved away")
	dean.sends(one, url.Values{"do": {"remove"}}, http.StatusConflict)
	if page := dean.does(at, "ask", http.StatusUnprocessableEntity); !strings.Contains(page, "Nobody is left on the list") {
		t.Errorf("asked for nobody:\n%s", page)
	}
	if got := p.role(access.RoleTribunal).get(at).Code; got != http.StatusNotFound {
		t.Errorf("a colleague's mailing: %d", got)
	}
}

// Nobody approves their own, and what is approved is what was seen.
func TestMailingApprovalOnScreen(t *testing.T) {
	p, _ := withMailings(t)
	lead, head := p.role(access.RoleLead), p.role(access.RoleHead)
	at := lead.mailing()
	lead.does(at, "list", http.StatusSeeOther)
	lead.does(at, "ask", http.StatusSeeOther)
	seen := head.ok(at, "asks you to approve")
	if page := lead.ok(at); digestField.MatchString(page) {
		t.Error("the author is offered to approve")
	}
	if page := lead.approves(at, seen, http.StatusUnprocessableEntity); !strings.Contains(page, "Somebody else has to approve what you wrote") {
		t.Errorf("the author's own:\n%s", page)
	}
	p.role(access.RoleOfficer).sends(at+"/approve", url.Values{"do": {"approve"}, "digest": digestField.FindStringSubmatch(seen)[1:]}, http.StatusForbidden)
	head.sends(at+"/approve", url.Values{"do": {"approve"}}, http.StatusConflict)
	head.sends(at+"/approve", url.Values{"do": {"refuse"}}, http.StatusUnprocessableEntity)

	// A change of the list, and of the text, are not what was seen.
	for name, one := range lead.letters(at) {
		if name == p.mother.Name {
			lead.sends(one, url.Values{"do": {"remove"}}, http.StatusSeeOther)
		}
	}
	lead.does(at, "ask", http.StatusSeeOther)
	head.approves(at, seen, http.StatusConflict)
	seen = head.ok(at)
	edit := lead.ok(at+"/edit", "is void")
	version := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(edit)[1]
	change := p.mailingForm(url.Values{"version": {version}, "title": {"Another evening"}})
	head.sends(at+"/edit", change, http.StatusForbidden)
	lead.sends(at+"/edit", change, http.StatusSeeOther)
	lead.sends(at+"/edit", change, http.StatusConflict)
	lead.ok(at, "Another evening", "Being written")
	if page := head.approves(at, seen, http.StatusConflict); !strings.Contains(page, "Nobody waits for this to be approved any more") {
		t.Errorf("approved what was changed:\n%s", page)
	}
	lead.does(at, "list", http.StatusSeeOther)
	lead.does(at, "ask", http.StatusSeeOther)
	head.sends(at+"/approve", url.Values{"do": {"refuse"}, "reason": {"Say where it is"}}, http.StatusSeeOther)
	lead.ok(at, "It was given back", "Say where it is")
	if n := p.queueMailings(); n != 0 {
		t.Errorf("%d letters left that nobody approved", n)
	}
}

// What is wrong with the form is said beside each field, and kept.
func TestMailingForm(t *testing.T) {
	p, _ := withMailings(t)
	dean := p.as(p.deanStaff)
	for field, tc := range map[string]struct {
		with url.Values
		says string
	}{
		"title":    {url.Values{"title": {" "}}, "Enter a title"},
		"body":     {url.Values{"body": {"Dear {name}\n\n{school}"}}, "{school}"},
		"subject":  {url.Values{"subject": {"About {child}"}}, "{child}"},
		"per_hour": {url.Values{"per_hour": {"many"}}, "Enter how many letters"},
		"mailbox":  {url.Values{"mailbox": {"999"}}, "Choose the mailbox"},
	} {
		page := dean.sends("/mailings/new", p.mailingForm(tc.with), http.StatusUnprocessableEntity).Body.String()
		if !strings.Contains(page, `href="#`+field+`"`) || !strings.Contains(page, tc.says) || !strings.Contains(page, "An evening about annual reviews") && field != "body" {
			t.Errorf("%s:\n%s", field, page)
		}
	}
	at := dean.sends("/mailings/new", p.mailingForm(url.Values{"year": {"7"}}), http.StatusSeeOther).Header().Get("Location")
	if page := dean.does(at, "list", http.StatusUnprocessableEntity); !strings.Contains(page, "No case that you can open is chosen") {
		t.Errorf("a list of nobody:\n%s", page)
	}
	dean.does(at, "sing", http.StatusUnprocessableEntity)
	for _, s := range []register.Staff{p.staff[access.RoleBusinessSupport], p.staff[access.RoleAdmin]} {
		if got := p.as(s).get("/mailings").Code; got != http.StatusForbidden {
			t.Errorf("%s reads mailings: %d", s.Role, got)
		}
	}
}
