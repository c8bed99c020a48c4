package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"hearback/mailbox/guard"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/register"
)

var revField = regexp.MustCompile(`name="draft_rev" value="(\d+)"`)

// revIn is the revision that a form in the page would send back.
func revIn(t *testing.T, body string) string {
	t.Helper()
	m := revField.FindStringSubmatch(body)
	if m == nil {
		t.Fatal("the page has no field draft_rev")
	}
	return m[1]
}

// draftSaved is the line of a draft that was saved on that day.
func draftSaved(clock string) string {
	return `Draft saved <time datetime="2026-11-24T` + clock + `:00Z">` + clock + `</time>`
}

var dataRev = regexp.MustCompile(`data-rev="(\d+)"`)

// replyFields is the form of a reply to Tessa as a browser would post it.
func (p *pages) replyFields(rev, text string, more ...string) url.Values {
	v := url.Values{
		"draft_rev": {rev}, "text": {text}, "subject": {"Re: Draft plan"}, "to_person": {fmt.Sprint(p.mother.ID)}, "after": {"waiting"},
	}
	for i := 0; i+1 < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return v
}

func TestReplyDraftIsKept(t *testing.T) {
	p := newPages(t)
	p.verdict = guard.Verdict{Decision: guard.Allow}
	r := p.fromTessa("Draft plan")
	dean, reply := p.as(p.deanStaff), "/e/"+r.TicketRef+"/reply"

	body := dean.ok(reply, "Not saved yet", `data-draft-url="`+reply+`/draft"`, "Dear Tessa")
	rev := revIn(t, body)
	// While writing: the line alone, with the time and the new revision.
	part := dean.sends(reply+"/draft", p.replyFields(rev, "Dear Tessa,\r\n\r\nThe plan"), http.StatusOK).Body.String()
	if !strings.Contains(part, draftSaved("12:00")) || strings.Contains(part, "<html") {
		t.Fatalf("the answer to a save is %s", part)
	}
	m := dataRev.FindStringSubmatch(part)
	if m == nil || m[1] == rev {
		t.Fatalf("no new revision in %s", part)
	}
	// The button, without a script.
	p.now = p.now.Add(31 * time.Minute)
	body = dean.sends(reply, p.replyFields(m[1], "The plan comes on Friday.", "do", "save"), http.StatusOK).Body.String()
	for _, want := range []string{draftSaved("12:31"), "The plan comes on Friday."} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is not in the form", want)
		}
	}
	body = dean.ok(reply, "The plan comes on Friday.", draftSaved("12:31"), `value="waiting" checked`, "tessa.brandt@mail.example")
	if strings.Contains(body, "Dear Tessa") {
		t.Error("the form begins anew")
	}
	dean.ok("/e/"+r.TicketRef, "Your draft of a reply, saved Tue 24 Nov, 12:31")
	dean.ok("/inbox/mine", ">Draft<")
	// It is nobody else's.
	lead := p.role(access.RoleLead)
	for _, path := range []string{reply, "/e/" + r.TicketRef, "/inbox/team"} {
		if body := lead.ok(path); strings.Contains(body, "comes on Friday") || strings.Contains(body, "Your draft") || strings.Contains(body, ">Draft<") {
			t.Errorf("the lead sees the officer's draft on %s", path)
		}
	}
	// The preview leads back to the words.
	dean.sends(reply, p.replyFields(revIn(t, body), "And a second line.", "do", "preview"), http.StatusOK)
	body = dean.ok(reply, "And a second line.")
	// Sent: gone, everywhere.
	seen := regexp.MustCompile(`name="seen_(event|recipients)" value="([^"]*)"`).FindAllStringSubmatch(body, -1)
	form := p.replyFields(revIn(t, body), "It comes on Friday.", "do", "send")
	for _, s := range seen {
		form.Set("seen_"+s[1], s[2])
	}
	dean.sends(reply, form, http.StatusSeeOther)
	if body := dean.ok(reply, "Not saved yet"); strings.Contains(body, "Friday.</textarea>") {
		t.Error("the draft is still there after it was sent")
	}
	if body := dean.ok("/e/" + r.TicketRef); strings.Contains(body, "Your draft") {
		t.Error("the enquiry still leads to the draft that was sent")
	}
	// A save that was under way brings nothing back.
	dean.sends(reply+"/draft", form, http.StatusConflict)
	dean.ok(reply, "Not saved yet")
}

func TestDiscardedDraftIsGone(t *testing.T) {
	p := newPages(t)
	r := p.fromTessa("Draft plan")
	dean, reply, note := p.as(p.deanStaff), "/e/"+r.TicketRef+"/reply", "/e/"+r.TicketRef+"/notes/new"
	dean.sends(reply, p.replyFields("0", "First thoughts", "do", "save"), http.StatusOK)
	dean.sends(reply, p.replyFields("1", "First thoughts", "do", "discard"), http.StatusSeeOther)
	if body := dean.ok(reply, "Not saved yet"); strings.Contains(body, "First thoughts") {
		t.Error("the draft of the reply is still there")
	}
	dean.sends("/e/"+r.TicketRef+"/notes/draft", url.Values{"draft_rev": {"0"}, "note": {"Second thoughts"}}, http.StatusOK)
	dean.sends(note, url.Values{"draft_rev": {"1"}, "note": {"Second thoughts"}, "do": {"discard"}}, http.StatusSeeOther)
	if body := dean.ok(note, "Not saved yet"); strings.Contains(body, "Second thoughts") {
		t.Error("the draft of the note is still there")
	}
}

// Of two tabs neither overwrites the other silently; pressing the button once
// more is the decision.
func TestDraftInTwoTabs(t *testing.T) {
	p := newPages(t)
	r := p.fromTessa("Draft plan")
	dean, reply := p.as(p.deanStaff), "/e/"+r.TicketRef+"/reply"
	dean.sends(reply+"/draft", p.replyFields("0", "words of the first tab"), http.StatusOK)
	part := dean.sends(reply+"/draft", p.replyFields("0", "words of the second tab"), http.StatusConflict).Body.String()
	if !strings.Contains(part, "Not saved") || dataRev.MatchString(part) {
		t.Errorf("the second tab is told: %s", part)
	}
	body := dean.sends(reply, p.replyFields("0", "words of the second tab", "do", "save"), http.StatusConflict).Body.String()
	for _, want := range []string{"changed in another tab", "words of the second tab", "Not saved"} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is not in the form", want)
		}
	}
	dean.ok(reply, "words of the first tab")
	// A preview would lead away from words that are not kept.
	body = dean.sends(reply, p.replyFields("0", "words of the second tab", "do", "preview"), http.StatusConflict).Body.String()
	dean.sends(reply, p.replyFields(revIn(t, body), "words of the second tab", "do", "save"), http.StatusOK)
	dean.ok(reply, "words of the second tab")
}

// The field that loses the focus saves, and the button that was pressed posts the
// same form a moment later: that is one person in one tab.
func TestDraftSavedByFocusAndByButton(t *testing.T) {
	p := newPages(t)
	r := p.fromTessa("Draft plan")
	dean, reply := p.as(p.deanStaff), "/e/"+r.TicketRef+"/reply"
	for _, do := range []string{"save", "check", "add", "preview"} {
		rev := revIn(t, dean.ok(reply))
		form := p.replyFields(rev, "Words before "+do)
		dean.sends(reply+"/draft", form, http.StatusOK)
		form.Set("do", do)
		form.Set("add_person", fmt.Sprint(p.father.ID))
		if body := dean.post(reply, form).Body.String(); strings.Contains(body, "another tab") {
			t.Errorf("%s: told of another tab", do)
		}
	}
	// The late save of the page that was left: it takes nothing from the page that is there now.
	rev := revIn(t, dean.ok(reply))
	form := p.replyFields(rev, "Last words", "do", "save")
	body := dean.sends(reply, form, http.StatusOK).Body.String()
	form.Del("do")
	dean.sends(reply+"/draft", form, http.StatusOK)
	dean.sends(reply+"/draft", p.replyFields(revIn(t, body), "Last words, and more"), http.StatusOK)
	rev = revIn(t, dean.ok("/e/"+r.TicketRef+"/notes/new"))
	form = url.Values{"draft_rev": {rev}, "note": {"panel met"}}
	for range 2 {
		dean.sends("/e/"+r.TicketRef+"/notes/draft", form, http.StatusOK)
	}
}

// Who may be written to is worked out when the draft is opened.
func TestDraftForgetsWhoMayNotBeWrittenTo(t *testing.T) {
	p := newPages(t)
	r := p.fromTessa("Draft plan")
	dean, reply := p.as(p.deanStaff), "/e/"+r.TicketRef+"/reply"
	form := p.replyFields("0", "Dear both", "do", "save")
	form.Add("to_person", fmt.Sprint(p.father.ID))
	form.Add("to_person", fmt.Sprint(p.leosMother.ID)) // of another case: never kept
	dean.sends(reply, form, http.StatusOK)
	kept, err := p.db.DraftOf(t.Context(), actorOf(p.deanStaff), r.TicketID)
	p.must(err)
	if fmt.Sprint(kept.To) != fmt.Sprint([]int64{p.mother.ID, p.father.ID}) {
		t.Fatalf("kept people %v", kept.To)
	}
	dean.ok(reply, "(2 people)")
	p.must(p.db.Write(t.Context(), func(tx tickets.Tx) error {
		parties, err := tx.Parties(t.Context(), p.milo.ID)
		if err != nil {
			return err
		}
		for _, x := range parties {
			if x.Person.ID == p.father.ID {
				x.Link.NoContact = true
				return tx.UpdateLink(t.Context(), &x.Link)
			}
		}
		return fmt.Errorf("no link of %s", p.father.Name)
	}))
	body := dean.ok(reply, "(1 person)", "Rob Brandt was removed from your draft: we must not write to this person about this child.", "Dear both")
	if strings.Contains(body, fmt.Sprintf(`name="to_person" value="%d"`, p.father.ID)) {
		t.Error("the father is still a recipient")
	}
}

func TestDraftTellsOfNewMail(t *testing.T) {
	p := newPages(t)
	r := p.fromTessa("Draft plan")
	dean, reply := p.as(p.deanStaff), "/e/"+r.TicketRef+"/reply"
	dean.sends(reply, p.replyFields("0", "Soon", "do", "save", "answering", answering(t, dean.ok(reply))), http.StatusOK)
	first := answering(t, dean.ok(reply))
	if body := dean.ok(reply); strings.Contains(body, "A message came in") {
		t.Fatal("told of a message before one came")
	}
	p.now = p.now.Add(time.Hour)
	second := p.arrives(&tickets.Inbound{
		From: tickets.MailAddress{Email: tessa}, To: []tickets.MailAddress{{Email: senBox}}, Subject: "Re: Draft plan", Text: "Forget it, the school rang.",
		InReplyTo: []string{"m1@mail.example"}, References: []string{"m1@mail.example"},
	})
	if second.TicketRef != r.TicketRef {
		t.Fatalf("the second mail is on %s", second.TicketRef)
	}
	body := dean.ok(reply, "A message came in since your draft was saved", "Soon")
	if got := answering(t, body); got != first {
		t.Errorf("the draft answers %s now, it answered %s", got, first)
	}
	dean.ok(fmt.Sprintf("%s?to=%d", reply, second.MessageID), "This is the draft that you began, which answers another email")
}

func answering(t *testing.T, body string) string {
	t.Helper()
	m := regexp.MustCompile(`name="answering" value="(\d+)"`).FindStringSubmatch(body)
	if m == nil {
		t.Fatal("the form answers nothing")
	}
	return m[1]
}

func TestNoteDraftIsKept(t *testing.T) {
	p := newPages(t)
	r := p.fromTessa("Draft plan")
	dean, note := p.as(p.deanStaff), "/e/"+r.TicketRef+"/notes/new"
	colleague := p.staff[access.RoleLead]
	rev := revIn(t, dean.ok(note, "Not saved yet"))
	form := url.Values{"draft_rev": {rev}, "note": {"has panel met?"}, "colleague": {fmt.Sprint(colleague.ID)}}
	part := dean.sends("/e/"+r.TicketRef+"/notes/draft", form, http.StatusOK).Body.String()
	if !strings.Contains(part, draftSaved("12:00")) || strings.Contains(part, "has panel met") {
		t.Errorf("the answer to a save is %s", part)
	}
	body := dean.ok(note, "has panel met?", draftSaved("12:00"), fmt.Sprintf(`value="%d" selected`, colleague.ID))
	dean.ok("/e/"+r.TicketRef, "Your draft of a note, saved Tue 24 Nov, 12:00")
	dean.ok("/inbox/mine", ">Draft<")
	dean.ok("/e/"+r.TicketRef+"/reply", "Your draft of a note")
	for _, other := range []register.Staff{colleague, p.staff[access.RoleHead], p.staff[access.RoleSafeguarding]} {
		b := p.as(other)
		for _, path := range []string{note, "/e/" + r.TicketRef, "/c/WM-2201?tab=history", "/search?q=panel"} {
			if strings.Contains(b.get(path).Body.String(), "has panel met") {
				t.Errorf("%s reads the draft of a note on %s", other.Name, path)
			}
		}
	}
	// Nobody with that number: the words are kept without it.
	form.Set("draft_rev", revIn(t, body))
	form.Set("colleague", "99999")
	dean.sends("/e/"+r.TicketRef+"/notes/draft", form, http.StatusOK)
	form.Set("do", "save")
	form.Set("colleague", "")
	dean.sends(note, form, http.StatusSeeOther)
	if body := dean.ok(note, "Not saved yet"); strings.Contains(body, "has panel met?</textarea>") {
		t.Error("the draft is still there after the note was saved")
	}
}

// A note that is refused comes back with its words, and they are kept.
func TestRefusedNoteIsKept(t *testing.T) {
	p := newPages(t)
	r := p.fromTessa("Draft plan")
	dean, note := p.as(p.deanStaff), "/e/"+r.TicketRef+"/notes/new"
	body := dean.sends(note, url.Values{"draft_rev": {"0"}, "note": {"for nobody"}, "colleague": {"99999"}, "do": {"save"}}, http.StatusUnprocessableEntity).Body.String()
	if !strings.Contains(body, "for nobody") || !strings.Contains(body, "Choose a colleague") {
		t.Error("the form does not say what is wrong, or lost the words")
	}
	dean.ok(note, "for nobody", draftSaved("12:00"))
}

// A session that ended: the answer has the words, and leads back to the draft.
func TestWordsOfAnEndedSession(t *testing.T) {
	p := newPages(t)
	r := p.fromTessa("Draft plan")
	reply, note := "/e/"+r.TicketRef+"/reply", "/e/"+r.TicketRef+"/notes/new"
	nobody := &browser{p: p}
	for path, field := range map[string]string{reply: "text", note: "note", reply + "/draft": "text"} {
		body := nobody.sends(path, url.Values{field: {"typed while away"}}, http.StatusUnauthorized).Body.String()
		if !strings.Contains(body, "typed while away") {
			t.Errorf("POST %s without a session loses the words", path)
		}
		if strings.HasSuffix(path, "/draft") == strings.Contains(body, "next="+url.QueryEscape(path)) {
			t.Errorf("POST %s leads back to the wrong page", path)
		}
	}
}

func TestDraftThatCannotBeKept(t *testing.T) {
	p := newPages(t)
	r := p.fromTessa("Draft plan")
	dean, reply := p.as(p.deanStaff), "/e/"+r.TicketRef+"/reply"
	long := strings.Repeat("word ", 60_000)
	body := dean.sends(reply, p.replyFields("0", long, "do", "save"), http.StatusUnprocessableEntity).Body.String()
	if !strings.Contains(body, "too long to be kept") || !strings.Contains(body, "word word") {
		t.Error("the form does not say why, or lost the words")
	}
	dean.sends(reply+"/draft", p.replyFields("0", long), http.StatusUnprocessableEntity)
}
