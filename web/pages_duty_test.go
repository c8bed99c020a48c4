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
)

// ticketNow is the enquiry as it is in the store.
func (p *pages) ticketNow(ref string) *tickets.TicketView {
	p.t.Helper()
	t, err := p.db.Ticket(p.t.Context(), access.System("test"), ref)
	p.must(err)
	return t
}

func TestDutyPutsMailOnACase(t *testing.T) {
	p := newPages(t)
	r := p.stranger("Anna Brandt "+hostile, "Shoes for Milo", "Hello, it is about Milo and WM-2202.\n"+hostile)
	duty := p.role(access.RoleBusinessSupport)
	body := duty.ok("/duty", "Mail without a case", "new.person@other.example", "WM-2201", "WM-2202", "NOT on this case", "a name of this child", "names this case number", "1 of 1")
	if strings.Contains(body, ` checked>`) {
		t.Error("a case is chosen by itself")
	}
	if strings.Contains(body, "Secretname") || strings.Contains(body, "WM-2303") {
		t.Error("a case is suggested that duty may not see")
	}
	item := "/duty/i/" + r.TicketRef
	duty.ok(item, "Which case?")
	// Nothing chosen, a case that is not there, one that duty may not see: the
	// form comes back with what was typed.
	for _, f := range []url.Values{
		{"do": {"case"}},
		{"do": {"case"}, "case": {"other"}, "case_ref": {"WM-9999"}},
		{"do": {"case"}, "case": {"other"}, "case_ref": {"WM-2303"}},
		{"do": {"case"}, "case": {hostile}},
		{"do": {"new"}, "child_initials": {"A.B."}},
		{"do": {"lock"}},
		{"do": {"not_enquiry"}},
		{"do": {hostile}},
		{},
	} {
		rec := duty.sends(item, f, http.StatusUnprocessableEntity)
		if ref := f.Get("case_ref"); ref != "" && !strings.Contains(rec.Body.String(), `value="`+ref+`"`) {
			t.Errorf("%v: what was typed is gone", f)
		}
		if !strings.Contains(rec.Body.String(), "There is a problem") {
			t.Errorf("%v: the page does not say what is wrong", f)
		}
	}
	if got := p.ticketNow(r.TicketRef); got.State != tickets.StateTriage {
		t.Fatalf("it moved by a form that was wrong: %s", got.State)
	}
	rec := duty.sends(item, url.Values{"do": {"case"}, "case": {"other"}, "case_ref": {"wm-2201"}}, http.StatusSeeOther)
	if rec.Header().Get("Location") != "/duty/unmatched" {
		t.Errorf("went to %q", rec.Header().Get("Location"))
	}
	if got := p.ticketNow(r.TicketRef); got.CaseRef != "WM-2201" || got.State != tickets.StateOpen || got.RequesterID != 0 {
		t.Errorf("on case %q, %s, person %d", got.CaseRef, got.State, got.RequesterID)
	}
	if rec := duty.get(item); rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != "/e/"+r.TicketRef {
		t.Errorf("a sorted mail: %d to %q", rec.Code, rec.Header().Get("Location"))
	}
	// Twice: somebody was quicker.
	if rec := duty.post(item, url.Values{"do": {"case"}, "case": {"WM-2202"}}); rec.Code != http.StatusConflict {
		t.Errorf("a second decision: %d", rec.Code)
	}
	if rec := p.as(p.southLead).get(item); rec.Code != http.StatusNotFound {
		t.Errorf("a lead of another team: %d", rec.Code)
	}
}

func TestDutySuggestsWhereTheSenderIsRecorded(t *testing.T) {
	p := newPages(t)
	// Tessa is on a second case: her mail is not matched by itself.
	p.must(p.db.Write(t.Context(), func(tx tickets.Tx) error {
		return tx.InsertLink(t.Context(), linkOf(p.leo.ID, p.mother.ID))
	}))
	r := p.arrives(&tickets.Inbound{From: tickets.MailAddress{Name: "T.", Email: tessa}, Subject: "Question", Text: "When is the review?"})
	if got := p.ticketNow(r.TicketRef); got.State != tickets.StateTriage {
		t.Fatalf("intake matched it: %s", got.State)
	}
	body := p.role(access.RoleBusinessSupport).ok("/duty/i/"+r.TicketRef, "WM-2201", "WM-2202", "recorded with it", "strong")
	if strings.Contains(body, "NOT on this case") {
		t.Error("the address is on both cases")
	}
	p.role(access.RoleBusinessSupport).sends("/duty/i/"+r.TicketRef, url.Values{"do": {"case"}, "case": {"WM-2202"}}, http.StatusSeeOther)
	if got := p.ticketNow(r.TicketRef); got.RequesterID != p.mother.ID || got.CaseRef != "WM-2202" {
		t.Errorf("person %d on %s", got.RequesterID, got.CaseRef)
	}
}

func TestDutySetsAside(t *testing.T) {
	p := newPages(t)
	r := p.stranger("Shop", "Chairs on offer", "Buy now")
	duty := p.role(access.RoleBusinessSupport)
	duty.sends("/duty/i/"+r.TicketRef, url.Values{"do": {"not_enquiry"}, "reason": {"Advertising or a newsletter"}}, http.StatusSeeOther)
	if got := p.ticketNow(r.TicketRef); got.State != tickets.StateNotOurs {
		t.Errorf("state %s", got.State)
	}
	duty.ok("/duty", "All mail is matched")
}

// unconfirmed is a stranger's mail that answers an enquiry of Milo's case.
func (p *pages) unconfirmed() (into, stranger tickets.IntakeResult) {
	p.t.Helper()
	into = p.fromTessa("Draft plan")
	m, err := p.db.MessageByID(p.t.Context(), into.MessageID)
	p.must(err)
	stranger = p.arrives(&tickets.Inbound{
		From: tickets.MailAddress{Name: "Gran", Email: "gran@other.example"}, Subject: "Re: Draft plan", Text: "I am the grandmother.",
		InReplyTo: []string{m.MessageID},
	})
	if got := p.ticketNow(stranger.TicketRef); got.Category != tickets.CategoryUnconfirmed {
		p.t.Fatalf("not held apart: %+v", stranger)
	}
	return into, stranger
}

func TestStrangerJoins(t *testing.T) {
	p := newPages(t)
	into, r := p.unconfirmed()
	duty := p.role(access.RoleBusinessSupport)
	duty.ok("/duty/strangers", "gran@other.example", "Does this belong to "+into.TicketRef)
	if body := duty.ok("/duty"); strings.Contains(body, "gran@other.example") {
		t.Error("a stranger's mail is among the unmatched")
	}
	item := "/duty/i/" + r.TicketRef
	rec := duty.sends(item, url.Values{"do": {"join"}}, http.StatusUnprocessableEntity)
	if !strings.Contains(rec.Body.String(), "Say how you checked who this is") {
		t.Error("it may be joined without a check")
	}
	rec = duty.sends(item, url.Values{"do": {"join"}, "checked": {"rang the mother"}}, http.StatusSeeOther)
	if rec.Header().Get("Location") != "/e/"+into.TicketRef {
		t.Errorf("went to %q", rec.Header().Get("Location"))
	}
	notes, err := p.db.Notes(t.Context(), actorOf(p.deanStaff), into.TicketID)
	p.must(err)
	if len(notes) != 1 || !strings.Contains(notes[0].Text.ForStaff(), "rang the mother") {
		t.Errorf("how it was checked is not kept: %d notes", len(notes))
	}
}

func TestStrangerIsKeptApart(t *testing.T) {
	p := newPages(t)
	_, r := p.unconfirmed()
	duty := p.role(access.RoleBusinessSupport)
	duty.sends("/duty/i/"+r.TicketRef, url.Values{"do": {"apart"}}, http.StatusSeeOther)
	if got := p.ticketNow(r.TicketRef); got.State != tickets.StateTriage || got.SuggestedID != 0 {
		t.Errorf("state %s, suggested %d", got.State, got.SuggestedID)
	}
	duty.ok("/duty/unmatched", "gran@other.example", "Kept apart")
}

func TestUnreadableMail(t *testing.T) {
	p := newPages(t)
	p.arrives(nil)
	list, _, err := p.db.Ledger(t.Context(), actorOf(p.staff[access.RoleLead]), tickets.LedgerQuery{Fate: tickets.FateQuarantined})
	p.must(err)
	if len(list) != 1 {
		t.Fatalf("%d unreadable mails", len(list))
	}
	item := fmt.Sprintf("/duty/i/q%d", list[0].ID)
	duty, lead := p.role(access.RoleBusinessSupport), p.role(access.RoleLead)
	if body := duty.ok("/duty/unreadable", "The mail ends in the middle of a header", item); strings.Contains(body, `value="retry"`) {
		t.Error("a button is shown that this role cannot use")
	}
	if got := duty.post(item, url.Values{"do": {"retry"}}).Code; got != http.StatusForbidden {
		t.Errorf("retry as duty: %d", got)
	}
	if rec := duty.get(item + "/original"); rec.Code != http.StatusOK || rec.Body.String() != "raw mail 1" {
		t.Errorf("the original: %d %q", rec.Code, rec.Body.String())
	}
	duty.ok(item+"/headers", "X-Test: raw mail 1")
	if got := p.as(p.southLead).get(item + "/original").Code; got != http.StatusNotFound {
		t.Errorf("the original for another team: %d", got)
	}
	ledger := fmt.Sprintf("/admin/mailboxes/sen/ledger/%d", list[0].ID)
	lead.ok("/admin/mailboxes/sen/ledger?fate=quarantined", ledger, item)
	lead.ok("/admin/mailboxes", "Held or unreadable</dt><dd>1")
	lead.sends(item, url.Values{"do": {"retry"}}, http.StatusSeeOther)
	lead.ok("/duty/unreadable", "It still cannot be read", "The mail ends")
	p.retried = func([]byte) *tickets.Inbound {
		return &tickets.Inbound{
			MessageID: "again@mail.example", ContentHash: "c0ffee", Kind: tickets.KindHuman, From: tickets.MailAddress{Name: "Tessa Brandt", Email: tessa},
			Subject: "Draft plan", Text: "Hello", ReplyText: "Hello",
		}
	}
	if got := p.role(access.RoleOfficer).post(ledger, url.Values{"do": {"retry"}}).Code; got != http.StatusForbidden {
		t.Errorf("retry as an officer: %d", got)
	}
	rec := lead.sends(ledger, url.Values{"do": {"retry"}}, http.StatusSeeOther)
	lead.ok(rec.Header().Get("Location"), "It was read and is on SEN-")
	if got := lead.get(item).Code; got != http.StatusNotFound {
		t.Errorf("a mail that was read is still here: %d", got)
	}
	// The system administrator works the ledger and sees no mail.
	admin := p.role(access.RoleAdmin)
	body := admin.ok("/admin/mailboxes/sen/ledger", "validity 7")
	for _, word := range []string{"SEN-1", "Draft plan", tessa, "/duty/"} {
		if strings.Contains(body, word) {
			t.Errorf("the administrator sees %q", word)
		}
	}
}

func TestAutomaticMailIsForReading(t *testing.T) {
	p := newPages(t)
	r := p.arrives(&tickets.Inbound{
		From: tickets.MailAddress{Email: "news@other.example"}, Subject: "News " + hostile, Text: "News " + hostile, Kind: tickets.KindList, AutoHeader: true, HasHTML: true,
	})
	item := fmt.Sprintf("/duty/i/a%d", r.MessageID)
	lead := p.role(access.RoleLead)
	lead.ok("/duty/automatic", "news@other.example", item)
	lead.ok(item, "stopped no clock", item+"/html")
	if rec := lead.get(item + "/html"); rec.Code != http.StatusOK || !strings.Contains(rec.Header().Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("the layout: %d, %s", rec.Code, rec.Header().Get("Content-Security-Policy"))
	}
	lead.sends(item, url.Values{"do": {"seen"}}, http.StatusForbidden)
	// A mail that a person wrote is no automatic mail, whatever its address says.
	human := p.fromTessa("Draft plan")
	if got := lead.get(fmt.Sprintf("/duty/i/a%d", human.MessageID)).Code; got != http.StatusNotFound {
		t.Errorf("a person's mail by the address of automatic mail: %d", got)
	}
}

func TestSafetyAlertStandsOnTop(t *testing.T) {
	p := newPages(t)
	r := p.stranger("A N", "help", "I can't keep him safe tonight")
	if p.ticketNow(r.TicketRef).Alert == "" {
		t.Fatal("the word list of the defaults does not hold these words")
	}
	p.role(access.RoleBusinessSupport).ok("/duty/automatic", "Deal with this first", "/duty/i/"+r.TicketRef)
}

func TestDutyListsTheOldestFirst(t *testing.T) {
	p := newPages(t)
	p.now = p.now.Add(-14 * time.Hour) // the evening before: both are due on the same morning
	first := p.stranger("A", "Reception place", "Hello")
	p.now = p.now.Add(2 * time.Hour)
	second := p.stranger("B", "Reception places", "Hello")
	p.now = tuesday()
	body := p.role(access.RoleBusinessSupport).ok("/duty", "1 of 2")
	if strings.Index(body, first.TicketRef) > strings.Index(body, second.TicketRef) {
		t.Error("the younger mail stands above the older one")
	}
}

// TestDutyFindsTheSameWords: a subject of several words leads to a case where
// they were said; one common word does not.
func TestDutyFindsTheSameWords(t *testing.T) {
	p := newPages(t)
	said := p.fromTessa("Minibus escort changes")
	duty := p.role(access.RoleBusinessSupport)
	r := p.stranger("", "minibus escort", "hello")
	duty.ok("/duty/i/"+r.TicketRef, "Words of the subject are also in "+said.TicketRef)
	r = p.stranger("", "minibus", "hello again")
	duty.ok("/duty/i/"+r.TicketRef, "No case was found for this message")
}
