package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/register"
)

var seenField = regexp.MustCompile(`name="seen" value="([0-9a-f]+)"`)

// seenIn are the marks of the forms of a page, by the button that each has.
func seenIn(t *testing.T, body, do string) string {
	t.Helper()
	i := strings.Index(body, `name="do" value="`+do+`"`)
	if i < 0 {
		t.Fatalf("there is no form %q", do)
	}
	form := body[strings.LastIndex(body[:i], "<form"):i]
	m := seenField.FindStringSubmatch(form)
	if m == nil {
		t.Fatalf("the form %q has no mark of what it was made of", do)
	}
	return m[1]
}

func (p *pages) at(who register.Person) string {
	return fmt.Sprintf("/c/WM-2201/people/%d", who.ID)
}

func (p *pages) caseFacts(ref string) (*tickets.CaseView, *register.CaseFacts) {
	p.t.Helper()
	v, err := p.db.Case(p.t.Context(), access.System("test"), ref)
	p.must(err)
	f, err := p.db.CaseFacts(p.t.Context(), v.ID)
	p.must(err)
	return v, f
}

// shown counts how often the audit says that somebody looked at what is protected.
func (p *pages) shown(object string) int {
	p.t.Helper()
	list, err := p.db.AuditRecords(p.t.Context(), tickets.AuditQuery{Action: audit.ProtectedShown, Limit: 200})
	p.must(err)
	n := 0
	for _, r := range list {
		if r.Action == audit.ProtectedShown && r.Object == object && r.StaffID == p.deanStaff.ID {
			n++
		}
	}
	return n
}

func TestProtectedIsShownOnceAndOnRecord(t *testing.T) {
	p := newPages(t)
	dean := p.as(p.deanStaff)
	object := fmt.Sprintf("person:%d", p.mother.ID)
	if body := dean.ok(p.at(p.mother), "Protected", "Show, and record that I looked"); strings.Contains(body, tessa) || strings.Contains(body, "01234 000101") {
		t.Error("what is protected is shown before anybody asks")
	}
	if n := p.shown(object); n != 0 {
		t.Errorf("%d looks are on record before there was one", n)
	}
	if rec := dean.get(p.at(p.mother) + "/show"); rec.Code != http.StatusNotFound && rec.Code != http.StatusMethodNotAllowed {
		t.Errorf("a link shows what is protected: %d", rec.Code)
	}
	if body := dean.sends(p.at(p.mother)+"/show", url.Values{}, http.StatusOK).Body.String(); !strings.Contains(body, tessa) || !strings.Contains(body, "That you looked is recorded") {
		t.Error("it is not shown to one who asks")
	}
	if n := p.shown(object); n != 1 {
		t.Errorf("%d looks are on record, want 1", n)
	}
	if body := dean.ok(p.at(p.mother)); strings.Contains(body, tessa) {
		t.Error("it is shown a second time")
	}
}

func TestSchoolThatIsProtectedIsHidden(t *testing.T) {
	p := newPages(t)
	dean := p.as(p.deanStaff)
	dean.ok("/c/WM-2201", "Hartfield Primary")
	dean.sends("/c/WM-2201/restrictions/new", url.Values{"kind": {"school_protected"}, "source": {"family"}}, http.StatusSeeOther)
	for _, path := range []string{"/c/WM-2201", "/c/WM-2201/people", "/c/WM-2201/edit", "/c?q=brandt", "/c/WM-2201/restrictions"} {
		if body := dean.ok(path, "rotected"); strings.Contains(body, "Hartfield Primary") {
			t.Errorf("%s shows the school", path)
		}
	}
	if body := dean.sends("/c/WM-2201/show", url.Values{}, http.StatusOK).Body.String(); !strings.Contains(body, "Hartfield Primary") {
		t.Error("the school is not shown to one who asks")
	}
	if p.shown("WM-2201") != 1 {
		t.Error("that somebody looked at the school is not on record")
	}
	// Leaving the field empty keeps what is recorded.
	body := dean.ok("/c/WM-2201/edit")
	dean.sends("/c/WM-2201/edit", url.Values{"do": {"details"}, "seen": {seenIn(t, body, "details")}, "name": {"Milo Brandt"}, "dob": {"2/5/2019"}, "stage": {"Review"}}, http.StatusSeeOther)
	if v, _ := p.caseFacts("WM-2201"); v.School != "Hartfield Primary" || v.Stage != "Review" {
		t.Errorf("the case is now %+v", v.Case)
	}
}

func TestAddingAPersonKeepsWhatWasTyped(t *testing.T) {
	p := newPages(t)
	dean := p.as(p.deanStaff)
	path := "/c/WM-2201/people/new?preset=Solicitor"
	dean.ok(path, "Nothing may be told before a written authority is on file", `value="solicitor"`)
	rec := dean.sends(path, url.Values{"do": {"new"}, "name": {""}, "kind": {"other"}, "relation": {"solicitor"}, "told": {"nothing"}, "email": {"m.sandhu@law.example"}}, http.StatusUnprocessableEntity)
	for _, want := range []string{"Error: ", "Enter the name", `href="#new-name"`, `aria-invalid="true"`, "m.sandhu@law.example"} {
		if !strings.Contains(rec.Body.String(), want) {
			t.Errorf("%q is not in the answer", want)
		}
	}
	rec = dean.sends(path, url.Values{"do": {"new"}, "name": {"Mira Sandhu"}, "kind": {"other"}, "relation": {"solicitor"}, "told": {"nothing"}, "email": {"not an address"}}, http.StatusUnprocessableEntity)
	if !strings.Contains(rec.Body.String(), `href="#new-email"`) || !strings.Contains(rec.Body.String(), "Mira Sandhu") {
		t.Error("the refusal is not beside the field, or forgets the name")
	}
	rec = dean.sends(path, url.Values{"do": {"new"}, "name": {"Mira Sandhu"}, "kind": {"other"}, "relation": {"solicitor"}, "told": {"nothing"}, "email": {"m.sandhu@law.example"}}, http.StatusSeeOther)
	where := rec.Header().Get("Location")
	dean.ok(where, "Mira Sandhu", "Nothing", "m.sandhu@law.example", "Not checked")
	// With an authority she may be told.
	dean.sends(where, url.Values{"do": {"authority"}, "for": {fmt.Sprint(p.mother.ID)}, "rep": {"solicitor"}, "document": {"LTR-7"}, "given": {"2/11/2026"}, "expires": {"31/12/2026"}}, http.StatusSeeOther)
	dean.ok(where, "Acts on a written authority", "LTR-7", "until 31 Dec 2026")
	dean.sends(where, url.Values{"do": {"authority"}, "for": {""}, "given": {"tomorrow"}}, http.StatusUnprocessableEntity)
}

func TestAStaleFormChangesNothing(t *testing.T) {
	p := newPages(t)
	dean, lead := p.as(p.deanStaff), p.role(access.RoleLead)
	path := p.at(p.father)
	form := func(body string) url.Values {
		return url.Values{"do": {"link"}, "seen": {seenIn(t, body, "link")}, "relation": {"father"}, "pr": {"no"}, "pr_source": {"order seen"}, "pr_on": {"20/11/2026"}, "told": {"nothing"}}
	}
	old := form(dean.ok(path))
	first := form(lead.ok(path))
	first.Set("relation", "stepfather")
	lead.sends(path, first, http.StatusSeeOther)
	rec := dean.sends(path, old, http.StatusConflict)
	for _, want := range []string{"Nothing was saved: something changed", "stepfather", "order seen"} {
		if !strings.Contains(rec.Body.String(), want) {
			t.Errorf("%q is not in the answer", want)
		}
	}
	// What is now recorded can be saved over, knowingly.
	dean.sends(path, form(rec.Body.String()), http.StatusSeeOther)
	dean.ok(path, "Nothing", "Does not hold parental responsibility")
}

func TestMoreForSomebodyNeedsAReason(t *testing.T) {
	p := newPages(t)
	dean := p.as(p.deanStaff)
	form := url.Values{"do": {"link"}, "seen": {seenIn(t, dean.ok(p.at(p.school)), "link")}, "relation": {"school"}, "told": {"all"}}
	rec := dean.sends(p.at(p.school), form, http.StatusUnprocessableEntity)
	if !strings.Contains(rec.Body.String(), `href="#link-reason"`) {
		t.Error("the form does not ask why")
	}
	form.Set("reason", "The virtual head asked for it in writing.")
	dean.sends(p.at(p.school), form, http.StatusSeeOther)
}

func TestTwoPeopleEndARestriction(t *testing.T) {
	p := newPages(t)
	r := p.fromTessa("Draft plan")
	dean, lead := p.as(p.deanStaff), p.role(access.RoleLead)
	dean.ok("/e/"+r.TicketRef, "Rob Brandt")
	rec := dean.sends("/c/WM-2201/restrictions/new", url.Values{"kind": {"no_contact"}, "reason": {"She rang."}}, http.StatusUnprocessableEntity)
	if body := rec.Body.String(); !strings.Contains(body, `href="#rest-source-0"`) || !strings.Contains(body, "She rang.") || !strings.Contains(body, "evidence within five working days") {
		t.Error("the form forgets what was typed, or does not say what is missing")
	}
	rec = dean.sends("/c/WM-2201/restrictions/new", url.Values{"kind": {"no_contact"}, "person": {fmt.Sprint(p.father.ID)}, "source": {"family"}, "reason": {"She rang."}}, http.StatusSeeOther)
	at := rec.Header().Get("Location")
	body := dean.ok(at, "No contact", "In force", "The evidence is due by 1 Dec 2026", "It stays in force until a second person has approved its end")
	// It counts at once, wherever somebody is about to write or to ring.
	dean.ok("/e/"+r.TicketRef, "Nothing. Do not write")
	dean.ok("/e/"+r.TicketRef+"/reply", "Nothing. Do not write", "cannot be added, we must not write to this person")
	dean.ok(fmt.Sprintf("/calls/new?case=WM-2201&person=%d", p.father.ID), "Do not say: everything.")

	dean.sends(at, url.Values{"do": {"ask"}, "seen": {seenIn(t, body, "ask")}}, http.StatusUnprocessableEntity)
	dean.sends(at, url.Values{"do": {"ask"}, "seen": {seenIn(t, body, "ask")}, "reason": {"The order was set aside."}}, http.StatusSeeOther)
	dean.ok(at, "asked on 24 Nov 2026 that it ends", "The order was set aside.", "stays in force until a second person", "Keep the restriction")
	dean.sends(at+"/end", url.Values{"do": {"decide"}, "answer": {"approve"}}, http.StatusForbidden)
	dean.ok("/e/"+r.TicketRef, "Nothing. Do not write")
	body = lead.ok(at, "Decide whether it ends")
	lead.sends(at+"/end", url.Values{"do": {"decide"}, "seen": {seenIn(t, body, "decide")}}, http.StatusUnprocessableEntity)
	lead.sends(at+"/end", url.Values{"do": {"decide"}, "seen": {seenIn(t, body, "decide")}, "answer": {"approve"}}, http.StatusSeeOther)
	lead.ok("/c/WM-2201/restrictions", "Ended")
	if body := dean.ok("/e/" + r.TicketRef); strings.Count(body, "Nothing. Do not write") != 1 { // the aunt's stays
		t.Error("the restriction still counts")
	}
	// A second answer finds that it has ended.
	lead.sends(at+"/end", url.Values{"do": {"decide"}, "seen": {"0"}, "answer": {"approve"}}, http.StatusConflict)
}

func TestMergingShowsWhatStaysStrict(t *testing.T) {
	p := newPages(t)
	dean := p.as(p.deanStaff)
	rec := dean.sends("/c/WM-2201/people/new", url.Values{"do": {"new"}, "name": {"R. Brandt"}, "kind": {"parent"}, "relation": {"father"}, "pr": {"no"}, "pr_source": {"order seen"}, "told": {"nothing"}}, http.StatusSeeOther)
	other := rec.Header().Get("Location")[strings.LastIndex(rec.Header().Get("Location"), "/")+1:]
	path := p.at(p.father) + "/merge"
	dean.ok(path, "Which other record")
	dean.sends(path, url.Values{"do": {"choose"}}, http.StatusUnprocessableEntity)
	to := dean.sends(path, url.Values{"do": {"choose"}, "other": {other}}, http.StatusSeeOther).Header().Get("Location")
	body := dean.ok(to, "Parental responsibility: no", "May be told (recorded): nothing", "This cannot be taken back")
	form := url.Values{"do": {"merge"}, "with": {other}, "seen": {seenIn(t, body, "merge")}}
	dean.sends(path, form, http.StatusUnprocessableEntity)
	form.Set("sure", "yes")
	dean.sends(path, form, http.StatusSeeOther)
	dean.ok(p.at(p.father), "Does not hold parental responsibility")
	if rec := dean.get("/c/WM-2201/people/" + other); rec.Code != http.StatusNotFound {
		t.Errorf("the other record is still there: %d", rec.Code)
	}
}

func TestNewCaseAndItsDetails(t *testing.T) {
	p := newPages(t)
	dean := p.as(p.deanStaff)
	lead := fmt.Sprint(p.staff[access.RoleLead].ID)
	form := url.Values{
		"ref": {"wm-3001"}, "name": {"Nia Pritchard"}, "dob": {"30/2/2015"}, "upn": {"A990000000001"}, "nhs": {"999 000 0001"}, "school": {"Hartfield Primary"}, "stage": {"Request"},
		"officer": {fmt.Sprint(p.deanStaff.ID)}, "fallback": {lead},
	}
	wrong := func(field, text string) {
		t.Helper()
		rec := dean.sends("/c/new", form, http.StatusUnprocessableEntity)
		if body := rec.Body.String(); !strings.Contains(body, `href="#case-`+field+`"`) || !strings.Contains(body, text) || !strings.Contains(body, "Nia Pritchard") {
			t.Errorf("the answer does not say %q beside %s, or forgets what was typed", text, field)
		}
	}
	wrong("dob", "Enter a real date")
	form.Set("dob", "1/3/2015")
	wrong("upn", "check letter")
	form.Del("upn")
	wrong("nhs", "check digit")
	form.Del("nhs")
	form.Set("fallback", form.Get("officer"))
	if rec := dean.sends("/c/new", form, http.StatusUnprocessableEntity); !strings.Contains(rec.Body.String(), "somebody else") {
		t.Error("one person is officer and fall-back")
	}
	form.Set("fallback", lead)
	dean.sends("/c/new", form, http.StatusSeeOther)
	dean.ok("/c/WM-3001", "N.P., 11", "To set on this case", "Record an email address for the family")

	body := dean.ok("/c/WM-3001/edit", "11", "Link a brother or sister")
	dean.sends("/c/WM-3001/edit", url.Values{"do": {"alias"}, "alias": {"Nia Evans"}}, http.StatusSeeOther)
	dean.sends("/c/WM-3001/edit", url.Values{"do": {"sibling"}, "sibling": {"wm-2201"}}, http.StatusSeeOther)
	dean.sends("/c/WM-3001/edit", url.Values{"do": {"sibling"}, "sibling": {"WM-2303"}}, http.StatusUnprocessableEntity) // not for these eyes
	dean.sends("/c/WM-3001/edit", url.Values{"do": {"date"}, "what": {"request"}, "on": {"2/11/2026"}, "source": {"letter"}}, http.StatusSeeOther)
	dean.sends("/c/WM-3001/edit", url.Values{"do": {"arrangement"}, "seen": {seenIn(t, body, "arrangement")}, "value": {"young_person_only"}}, http.StatusUnprocessableEntity)
	dean.sends("/c/WM-3001/edit", url.Values{"do": {"arrangement"}, "seen": {seenIn(t, body, "arrangement")}, "value": {"young_person_only"}, "source": {"Nia, by telephone"}}, http.StatusSeeOther)
	dean.ok("/c/WM-3001", "Nia Evans", "WM-2201 (M.B.)", "2 Nov 2026", "Young person only")
	dean.sends("/c/WM-3001/edit", url.Values{"do": {"sibling-off"}, "id": {"WM-2201"}}, http.StatusSeeOther)
	if body := dean.ok("/c/WM-3001"); strings.Contains(body, "WM-2201") {
		t.Error("the sibling is still linked")
	}
	dean.sends("/c/WM-3001/officer", url.Values{"officer": {""}, "fallback": {lead}, "seen": {"x"}}, http.StatusUnprocessableEntity)
	dean.sends("/c/WM-3001/officer", url.Values{"officer": {lead}, "fallback": {fmt.Sprint(p.deanStaff.ID)}, "seen": {"x"}}, http.StatusConflict)
}

func TestReachOfAPerson(t *testing.T) {
	p := newPages(t)
	dean := p.as(p.deanStaff)
	add := p.at(p.father) + "/add"
	dean.sends(add, url.Values{"do": {"email"}, "email": {"nonsense"}}, http.StatusUnprocessableEntity)
	dean.sends(add, url.Values{"do": {"email"}, "email": {"rob2@post.example"}}, http.StatusSeeOther)
	dean.sends(add, url.Values{"do": {"phone"}, "phone": {"12"}}, http.StatusUnprocessableEntity)
	dean.sends(add, url.Values{"do": {"phone"}, "phone": {"01234 000777"}}, http.StatusSeeOther)
	dean.sends(add, url.Values{"do": {"postal"}, "lines": {"1 Quay Street"}, "postcode": {"nowhere"}}, http.StatusUnprocessableEntity)
	dean.sends(add, url.Values{"do": {"postal"}, "lines": {"1 Quay Street"}, "postcode": {"wm1 1aa"}}, http.StatusSeeOther)
	dean.sends(add, url.Values{"do": {"wishes"}, "channel": {"letter"}, "print": {"18"}, "times": {"not 9 to 3"}}, http.StatusSeeOther)
	dean.ok(p.at(p.father), "rob2@post.example", "01234 000777", "1 Quay Street", "WM1 1AA", "Rob Brandt prefers: letter, not 9 to 3, print of 18 points.")
	v, f := p.caseFacts("WM-2201")
	var email, phone int64
	for _, x := range v.Parties {
		if x.Person.ID == p.father.ID {
			email, phone = x.Addresses[len(x.Addresses)-1].ID, x.Phones[len(x.Phones)-1].ID
		}
	}
	at := p.at(p.father)
	dean.sends(at, url.Values{"do": {"email"}, "id": {fmt.Sprint(email)}, "what": {"checked"}}, http.StatusUnprocessableEntity)
	dean.sends(at, url.Values{"do": {"email"}, "id": {fmt.Sprint(email)}, "what": {"checked"}, "how": {"phone"}}, http.StatusSeeOther)
	dean.ok(at, "Checked 24 Nov 2026")
	dean.sends(at, url.Values{"do": {"email"}, "id": {fmt.Sprint(email)}, "what": {"works"}}, http.StatusUnprocessableEntity) // nothing came back
	p.must(p.db.Write(t.Context(), func(tx tickets.Tx) error {
		x, err := tx.AddressByID(t.Context(), email)
		if err != nil {
			return err
		}
		x.Bounced = 2
		return tx.UpdateAddress(t.Context(), x)
	}))
	dean.ok(at, "Did not arrive: 2 times. Do not rely on it until somebody has put it right")
	dean.sends(at, url.Values{"do": {"email"}, "id": {fmt.Sprint(email)}, "what": {"works"}}, http.StatusSeeOther)
	if strings.Contains(dean.ok(at), "Did not arrive") {
		t.Error("the mark is still there")
	}
	dean.sends(at, url.Values{"do": {"phone"}, "id": {fmt.Sprint(phone)}, "what": {"wrong"}}, http.StatusSeeOther)
	dean.ok(at, "Wrong number")
	post := f.Postal[p.father.ID][0]
	body := dean.ok(at)
	dean.sends(at, url.Values{"do": {"post"}, "id": {fmt.Sprint(post.ID)}, "seen": {seenIn(t, body, "post")}, "lines": {"2 Quay Street"}, "confidential": {"yes"}}, http.StatusSeeOther)
	if body := dean.ok(at, "Protected"); strings.Contains(body, "2 Quay Street") {
		t.Error("a confidential place is shown")
	}
	dean.sends(at, url.Values{"do": {"email"}, "id": {fmt.Sprint(email)}, "what": {"remove"}, "reason": {"Not his."}}, http.StatusSeeOther)
	if body := dean.ok(at); strings.Contains(body, "rob2@post.example") {
		t.Error("the address is still there")
	}
	// Somebody else's address cannot be changed by way of this person's page.
	dean.sends(at, url.Values{"do": {"email"}, "id": {"1"}, "what": {"remove"}, "reason": {"x"}}, http.StatusUnprocessableEntity)
	if rec := dean.post(p.at(register.Person{ID: p.leosMother.ID}), url.Values{"do": {"name"}}); rec.Code != http.StatusNotFound {
		t.Errorf("a person of another case is changed by this one: %d", rec.Code)
	}
}

// TestBusinessSupportAddsAndDoesNotChange: whoever hears something first may
// record it; what is there is changed by those who work on the case.
func TestBusinessSupportAddsAndDoesNotChange(t *testing.T) {
	p := newPages(t)
	sam := p.role(access.RoleBusinessSupport)
	sam.ok("/c/WM-2201/people/new")
	sam.ok("/c/WM-2201/restrictions/new")
	if body := sam.ok(p.at(p.father), "Add an email address"); strings.Contains(body, "Change what is recorded") {
		t.Error("forms are shown that they cannot use")
	}
	for _, path := range []string{"/c/new", "/c/WM-2201/edit", "/c/WM-2201/officer", p.at(p.father) + "/merge"} {
		if rec := sam.get(path); rec.Code != http.StatusForbidden {
			t.Errorf("GET %s: %d", path, rec.Code)
		}
	}
	sam.sends(p.at(p.father), url.Values{"do": {"link"}}, http.StatusForbidden)
	sam.sends("/c/WM-2201/restrictions/new", url.Values{"kind": {"no_information"}, "person": {fmt.Sprint(p.father.ID)}, "source": {"police"}}, http.StatusSeeOther)
}
