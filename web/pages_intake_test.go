package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/register"
)

func (p *pages) fromDean(subject, to string, refs ...string) *tickets.Inbound {
	return &tickets.Inbound{
		From: tickets.MailAddress{Name: "Dean Foss", Email: "dean.foss@westmarsh.example"}, To: []tickets.MailAddress{{Email: to}},
		Subject: subject, Text: "The draft comes on Friday.", References: refs,
	}
}

func TestMailFromJunkIsMarked(t *testing.T) {
	p := newPages(t)
	r := p.arrivesIn("Junk", tickets.FolderJunk, &tickets.Inbound{
		From: tickets.MailAddress{Name: "Tessa Brandt", Email: tessa}, To: []tickets.MailAddress{{Email: senBox}}, Subject: "Plan", Text: "Hello?",
	})
	p.as(p.deanStaff).ok("/e/"+r.TicketRef, "From the Junk folder", "took this for spam")
	other := p.fromTessa("Another")
	if body := p.as(p.deanStaff).ok("/e/" + other.TicketRef); strings.Contains(body, "Junk") {
		t.Error("mail of the inbox is marked as Junk")
	}
}

func TestReplyWrittenOutsideIsShown(t *testing.T) {
	p := newPages(t)
	r := p.fromTessa("Draft plan")
	sent := p.arrivesIn("Sent Items", tickets.FolderSent, p.fromDean("Re: Draft plan", tessa, "m1@mail.example"))
	if sent.TicketRef != r.TicketRef {
		t.Fatalf("it is not on the enquiry: %+v", sent)
	}
	body := p.as(p.deanStaff).ok("/e/"+r.TicketRef, "Email sent outside hearback", "Dean Foss", "hearback did not check what it says or who received it", "The draft comes on Friday.",
		fmt.Sprintf("/e/%s/messages/%d/original", r.TicketRef, sent.MessageID), fmt.Sprintf("/e/%s/messages/%d/headers", r.TicketRef, sent.MessageID))
	// Tessa's address is protected: a header that names it is shown without it.
	if strings.Contains(body, "to "+tessa) || !strings.Contains(body, "address protected") {
		t.Error("a protected address is in the line of recipients")
	}
	if strings.Contains(body, "no person has answered") {
		t.Error("an answer by Outlook is no answer")
	}
}

func TestSentMailThatNobodyCouldPlace(t *testing.T) {
	p := newPages(t)
	one, two := p.fromTessa("Draft plan"), p.fromTessa("Taxi "+hostile)
	// She is on another child's case as well: which of them it is about, nobody can tell.
	p.must(p.db.Write(t.Context(), func(tx tickets.Tx) error {
		return tx.InsertLink(t.Context(), &register.Link{PersonID: p.mother.ID, CaseID: p.leo.ID, Relation: "aunt", PR: register.PRNo})
	}))
	sent := p.arrivesIn("Sent Items", tickets.FolderSent, p.fromDean("About your emails", tessa))
	if sent.TicketRef != "" {
		t.Fatalf("it was guessed where it belongs: %+v", sent)
	}
	duty := p.role(access.RoleBusinessSupport)
	item := fmt.Sprintf("/duty/i/s%d", sent.MessageID)
	duty.ok("/duty/sent", "About your emails", item, "Sent elsewhere (1)")
	duty.ok(item, "Which enquiry does it answer?", "Dean Foss")
	duty.sends(item, url.Values{"do": {"place_sent"}}, http.StatusUnprocessableEntity)
	duty.sends(item, url.Values{"do": {"place_sent"}, "enquiry": {"SEN-999999"}}, http.StatusUnprocessableEntity)
	duty.sends(item, url.Values{}, http.StatusUnprocessableEntity)
	duty.sends(item, url.Values{"do": {"place_sent"}, "enquiry": {strings.ToLower(one.TicketRef)}, "answers": {"yes"}}, http.StatusSeeOther)
	if got := duty.get(item).Code; got != http.StatusNotFound {
		t.Errorf("after it was placed: %d", got)
	}
	duty.ok("/duty/sent", "is on its enquiry")
	if a, b := p.ticketNow(one.TicketRef), p.ticketNow(two.TicketRef); a.State != tickets.StateAnswered || b.State != tickets.StateOpen {
		t.Errorf("%s and %s", a.State, b.State)
	}
	p.as(p.deanStaff).ok("/e/"+one.TicketRef, "The draft comes on Friday.")
	// An item of another kind does not pass for one of these.
	for _, path := range []string{fmt.Sprintf("/duty/i/s%d", one.MessageID), "/duty/i/s99999", fmt.Sprintf("/duty/i/a%d", sent.MessageID)} {
		if got := duty.get(path).Code; got != http.StatusNotFound {
			t.Errorf("%s: %d", path, got)
		}
	}
}

func TestOneAddressOfTwoPeopleIsAskedAbout(t *testing.T) {
	p := newPages(t)
	ctx := t.Context()
	p.must(p.db.Write(ctx, func(tx tickets.Tx) error {
		return tx.InsertAddress(ctx, &register.Address{PersonID: p.father.ID, Email: tessa, Mailbox: register.FoldMailbox(tessa), CreatedAt: p.now})
	}))
	r := p.fromTessa("Whose is this")
	p.as(p.deanStaff).ok("/e/"+r.TicketRef, "This address is read by 2 people on this case", "Rob Brandt", "It is not known who wrote", "one of 2 people on this case")
}

func TestLedgerFilters(t *testing.T) {
	p := newPages(t)
	for i := range 3 {
		p.fromTessa(fmt.Sprintf("Mail %d", i))
	}
	junk := p.arrivesIn("Junk", tickets.FolderJunk, &tickets.Inbound{
		From: tickets.MailAddress{Email: "offers@shop.example"}, To: []tickets.MailAddress{{Email: senBox}}, Subject: "Win", Text: "Win a cruise",
	})
	if junk.Fate != tickets.FateSuppressed {
		t.Fatalf("spam was taken in: %+v", junk)
	}
	p.arrives(nil) // could not be read
	p.must(p.db.MarkGone(t.Context(), p.box.ID, "INBOX", 7, []uint32{2}))
	lead := p.role(access.RoleLead)
	const at = "/admin/mailboxes/sen/ledger"
	lead.ok(at, "5 mails in all folders", "No longer in the mailbox, seen", ">Junk<", "Taken in", "Not taken in", "Could not be read")
	for path, want := range map[string][]int{
		at + "?folder=Junk": {4}, at + "?folder=INBOX": {1, 2, 3, 5}, at + "?server=gone": {2}, at + "?server=there&fate=message": {1, 3},
		at + "?fate=suppressed": {4}, at + "?fate=held": {}, at + "?folder=INBOX&q=3": {3},
	} {
		body := lead.ok(path)
		for uid := 1; uid <= 5; uid++ {
			listed := strings.Contains(body, fmt.Sprintf(">%d<br>", uid))
			if should := strings.Contains(fmt.Sprint(want), fmt.Sprint(uid)); listed != should {
				t.Errorf("%s: UID %d listed %v", path, uid, listed)
			}
		}
	}
	for _, path := range []string{at + "?fate=lost", at + "?server=moon"} {
		if got := lead.get(path).Code; got != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", path, got)
		}
	}
	// The numbers above the table add up to the line below them.
	body := lead.ok(at)
	sum := 0
	for _, part := range strings.Split(body, `hb-tile__value">`)[1:] {
		var n int
		_, err := fmt.Sscanf(part, "%d<", &n)
		p.must(err)
		sum += n
	}
	if sum != 5 {
		t.Errorf("the numbers add up to %d", sum)
	}
	// What stayed in Junk can be taken in; what is on an enquiry cannot be again.
	p.retried = func([]byte) *tickets.Inbound {
		return &tickets.Inbound{From: tickets.MailAddress{Email: "offers@shop.example"}, To: []tickets.MailAddress{{Email: senBox}}, Subject: "Win", Text: "Win a cruise", Kind: tickets.KindHuman, ContentHash: "other", MessageID: "j@shop.example"}
	}
	lines, _, err := p.db.Ledger(t.Context(), access.System("test"), tickets.LedgerQuery{Limit: 10})
	p.must(err)
	for _, e := range lines {
		path := fmt.Sprintf("%s/%d", at, e.ID)
		if has := strings.Contains(body, `action="`+path+`"`); has != (e.Fate == tickets.FateSuppressed || e.Fate == tickets.FateQuarantined) {
			t.Errorf("UID %d, %s: button %v", e.UID, e.Fate, has)
		}
		if e.Fate == tickets.FateMessage {
			lead.sends(path, url.Values{"do": {"retry"}}, http.StatusNotFound)
		}
		if e.Fate == tickets.FateSuppressed {
			// Whoever sorts mail looks at it before a lead decides.
			duty, item := p.role(access.RoleBusinessSupport), fmt.Sprintf("/duty/i/q%d", e.ID)
			if body := duty.ok(item, "stayed in Junk", item+"/original"); strings.Contains(body, "Take it in") {
				t.Error("who may not take it in is offered to")
			}
			duty.ok(item + "/headers")
			p.isDownload(duty.get(item+"/original").Header(), "original")
			lead.ok(item, "Take it in")
			duty.sends(path, url.Values{"do": {"retry"}}, http.StatusForbidden)
			duty.sends(item, url.Values{"do": {"retry"}}, http.StatusForbidden)
			lead.sends(path, url.Values{"do": {"retry"}}, http.StatusSeeOther)
			lead.ok(at+"?fate=suppressed", "It was read and is on SEN-", "No mail matches")
		}
	}
}

// A letter among colleagues in a Sent folder is not taken in, and nobody reads
// it by way of the ledger.
func TestLettersAmongColleaguesAreNotShown(t *testing.T) {
	p := newPages(t)
	r := p.arrivesIn("Sent Items", tickets.FolderSent, p.fromDean("Between us", p.staff[access.RoleOfficer].Email))
	if r.Fate != tickets.FateSuppressed {
		t.Fatalf("it was taken in: %+v", r)
	}
	lines, _, err := p.db.Ledger(t.Context(), access.System("test"), tickets.LedgerQuery{Limit: 1})
	p.must(err)
	lead := p.role(access.RoleLead)
	if body := lead.ok("/admin/mailboxes/sen/ledger", "colleagues only"); strings.Contains(body, "Take it in") || strings.Contains(body, ".eml") {
		t.Error("it can be opened")
	}
	for _, path := range []string{"", "/original", "/headers", "/html", "/files/2"} {
		if got := lead.get(fmt.Sprintf("/duty/i/q%d%s", lines[0].ID, path)).Code; got != http.StatusNotFound {
			t.Errorf("%s: %d", path, got)
		}
	}
	lead.sends(fmt.Sprintf("/admin/mailboxes/sen/ledger/%d", lines[0].ID), url.Values{"do": {"retry"}}, http.StatusNotFound)
}

func TestIntakeRules(t *testing.T) {
	p := newPages(t)
	lead, admin := p.role(access.RoleLead), p.role(access.RoleAdmin)
	lead.ok("/admin/rules", "No rule is set", "Add a rule", "North", "South", "Complaint")
	for name, form := range map[string]url.Values{
		"nothing": {}, "no kind": {"pattern": {"a@shop.example"}}, "no address": {"kind": {"block_sender"}, "pattern": {"shop"}},
		"a route to nowhere": {"kind": {"route_subject"}, "pattern": {"appeal"}}, "an odd kind": {"kind": {"forward"}, "pattern": {"a@shop.example"}},
		"a parent": {"kind": {"block_sender"}, "pattern": {tessa}}, "ourselves": {"kind": {"block_domain"}, "pattern": {"westmarsh.example"}},
	} {
		rec := lead.sends("/admin/rules", form, http.StatusUnprocessableEntity)
		if pattern := form.Get("pattern"); pattern != "" && !strings.Contains(rec.Body.String(), `value="`+pattern+`"`) {
			t.Errorf("%s: what was typed is lost", name)
		}
	}
	lead.sends("/admin/rules", url.Values{"kind": {"block_sender"}, "pattern": {" Offers@Shop.example "}, "note": {"Advertising " + hostile}}, http.StatusSeeOther)
	admin.sends("/admin/rules", url.Values{"kind": {"route_subject"}, "pattern": {"Tribunal appeal"}, "team": {fmt.Sprint(p.south.ID)}, "category": {"urgent"}}, http.StatusSeeOther)
	lead.sends("/admin/rules", url.Values{"kind": {"block_sender"}, "pattern": {"offers@shop.example"}}, http.StatusUnprocessableEntity)
	lead.ok("/admin/rules", "offers@shop.example", "Advertising", "tribunal appeal", "To team South, as category Urgent")
	// Who reads the ledger reads the rules, and changes none.
	for _, role := range []access.Role{access.RoleBusinessSupport, access.RoleAuditor, access.RoleDataProtection} {
		b := p.role(role)
		if body := b.ok("/admin/rules", "offers@shop.example"); strings.Contains(body, "Add a rule") || strings.Contains(body, `value="remove"`) {
			t.Errorf("%s is offered a change", role)
		}
		b.sends("/admin/rules", url.Values{"kind": {"block_sender"}, "pattern": {"x@shop.example"}}, http.StatusForbidden)
		b.sends("/admin/rules/1", url.Values{"do": {"remove"}}, http.StatusForbidden)
	}
	if got := p.as(p.deanStaff).get("/admin/rules").Code; got != http.StatusForbidden {
		t.Errorf("an officer: %d", got)
	}
	blocked := p.arrives(&tickets.Inbound{From: tickets.MailAddress{Email: "offers@shop.example"}, To: []tickets.MailAddress{{Email: senBox}}, Subject: "Win", Text: "Win"})
	if blocked.Fate != tickets.FateSuppressed {
		t.Fatalf("the rule keeps nothing away: %+v", blocked)
	}
	lead.ok("/admin/mailboxes/sen/ledger", "Intake rule 1 keeps mail of this sender away", "Take it in")
	lead.sends("/admin/rules/1", url.Values{}, http.StatusUnprocessableEntity)
	lead.sends("/admin/rules/1", url.Values{"do": {"remove"}}, http.StatusSeeOther)
	lead.sends("/admin/rules/1", url.Values{"do": {"remove"}}, http.StatusNotFound)
	if body := lead.ok("/admin/rules"); strings.Contains(body, "offers@shop.example") {
		t.Error("the rule is still there")
	}
}

func TestSpamIsAskedAboutAndBlocked(t *testing.T) {
	p := newPages(t)
	r := p.stranger("Offers", "Win a cruise "+hostile, "Win")
	duty, lead := p.role(access.RoleBusinessSupport), p.role(access.RoleLead)
	item := "/duty/i/" + r.TicketRef
	duty.ok(item, "Spam: set aside and block the sender", item+"/spam")
	if body := duty.ok(item+"/spam", "new.person@other.example", "What will happen"); strings.Contains(body, `value="domain"`) {
		t.Error("whoever sorts mail is offered to block a domain")
	}
	lead.ok(item+"/spam", `value="domain"`, "other.example")
	duty.sends(item+"/spam", url.Values{"block": {"sender"}}, http.StatusUnprocessableEntity)
	duty.sends(item+"/spam", url.Values{"block": {"domain"}, "reason": {"Advertising"}}, http.StatusForbidden)
	duty.sends(item+"/spam", url.Values{"block": {"sender"}, "reason": {"Advertising"}}, http.StatusSeeOther)
	if now := p.ticketNow(r.TicketRef); now.State != tickets.StateNotOurs {
		t.Errorf("it is %s", now.State)
	}
	if again := p.stranger("Offers", "Win again", "Win more"); again.Fate != tickets.FateSuppressed {
		t.Errorf("the sender is not blocked: %+v", again)
	}
	if got := duty.get(item + "/spam").Code; got != http.StatusNotFound {
		t.Errorf("after it was sorted: %d", got)
	}
	// An enquiry on a case is nobody's spam.
	ours := p.fromTessa("Draft plan")
	if got := lead.get("/duty/i/" + ours.TicketRef + "/spam").Code; got != http.StatusNotFound {
		t.Errorf("an enquiry: %d", got)
	}
}

func TestAutomaticMailByKind(t *testing.T) {
	p := newPages(t)
	for kind, from := range map[tickets.MailKind]string{tickets.KindList: "news@other.example", tickets.KindAutoReply: "away@other.example"} {
		p.arrives(&tickets.Inbound{From: tickets.MailAddress{Email: from}, Subject: "Automatic", Text: "Text of " + from, Kind: kind, AutoHeader: true})
	}
	duty := p.role(access.RoleBusinessSupport)
	duty.ok("/duty/automatic", "news@other.example", "away@other.example", "Mailing list", "Automatic reply")
	if body := duty.ok("/duty/automatic?kind=list", "news@other.example"); strings.Contains(body, "away@other.example") {
		t.Error("another kind is listed")
	}
	if got := duty.get("/duty/automatic?kind=human").Code; got != http.StatusUnprocessableEntity {
		t.Errorf("a kind that is not automatic: %d", got)
	}
}
