package main

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/register"
)

// The scenarios of wrong letters, played by the whole program: mail comes by
// IMAP, staff press what pages offer, and the mail server is searched for words.

// takes has a mail come in and waits until it is stored.
func (h *house) takes(raw []byte) {
	h.t.Helper()
	taken := strings.Count(h.log.String(), "event=taken_in")
	h.dovecot.Append(h.t, h.user, "INBOX", raw, h.now())
	h.until("the mail", func() bool { return strings.Count(h.log.String(), "event=taken_in") > taken })
}

// writes sends a letter by the reply form, to the people that are given or to
// whoever the form offers, with what the author ticks.
func (h *house) writes(b *browser, ref, text string, to []int64, change map[string]string) answer {
	h.t.Helper()
	f := form(h.t, b.get("/e/"+ref+"/reply", http.StatusOK).body, "reply")
	f.Set("text", text)
	f.Set("subject", "Re: your email") // the form keeps what was tried before
	f.Set("do", "send")
	if len(to) > 0 {
		f.Del("to_person")
		f.Set("do", "add")
		for _, id := range to {
			f.Set("add_person", id64(id))
			f = form(h.t, b.post("/e/"+ref+"/reply", f, http.StatusOK).body, "reply")
			f.Set("do", "add")
		}
		f.Set("text", text)
		f.Set("do", "send")
	}
	for k, v := range change {
		f.Set(k, v)
	}
	return b.post("/e/"+ref+"/reply", f, 0)
}

// stops wants a letter to be stopped before the hold, with the words on the page.
func (h *house) stops(name string, a answer, want ...string) {
	h.t.Helper()
	if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Nothing was sent") {
		h.t.Errorf("%s: %d: %s", name, a.status, words(a.body))
	}
	for _, s := range want {
		if !strings.Contains(words(a.body), s) && !strings.Contains(a.body, s) {
			h.t.Errorf("%s: the page does not say %q: %s", name, s, words(a.body))
		}
	}
}

// leaves wants a letter to be queued and to arrive.
func (h *house) leaves(name string, a answer, to, phrase string) {
	h.t.Helper()
	if a.status != http.StatusSeeOther {
		h.t.Fatalf("%s: %d: %s", name, a.status, words(a.body))
	}
	h.later(11 * time.Minute) // a letter of high risk waits for ten
	h.until(name, func() bool {
		for _, m := range h.to(to) {
			if strings.Contains(readable(h.t, m.Data), phrase) {
				return true
			}
		}
		return false
	})
}

// outsiders searches every mail to somebody who is no colleague, each copy's
// envelope, header and text.
func (h *house) outsiders(never ...string) {
	h.t.Helper()
	for _, m := range h.sink.All() {
		if strings.HasSuffix(m.To[0], "@westmarsh.example") {
			continue
		}
		all := strings.ToLower(m.From + " " + strings.Join(m.To, " ") + "\n" + string(m.Data) + "\n" + readable(h.t, m.Data))
		for _, s := range never {
			if strings.Contains(all, strings.ToLower(s)) {
				h.t.Errorf("%q reached %v:\n%s", s, m.To, m.Data)
			}
		}
	}
}

// notesOf are the texts of an enquiry's internal notes.
func (h *house) notesOf(ref string) string {
	h.t.Helper()
	var notes struct{ Items []struct{ Text string } }
	h.api(http.MethodGet, "/tickets/"+ref+"/notes", nil, &notes, http.StatusOK)
	all := ""
	for _, n := range notes.Items {
		all += n.Text + "\n"
	}
	return all
}

// TestScenarioCopiedParent (S1): a colleague's opinion about a parent reaches
// nobody outside, whichever way an officer takes; the enquiry goes on.
func TestScenarioCopiedParent(t *testing.T) {
	h := open(t, plan{})
	const (
		remark = "She has no idea what she is talking about and rings every single day"
		sister = "sister@elsewhere.example"
	)
	h.takes([]byte("Message-ID: <s1@family.example>\r\nFrom: Tessa Brandt <tessa@family.example>\r\nTo: " + sen + "\r\nCc: " + sister +
		"\r\nSubject: Any news?\r\nDate: Tue, 25 Nov 2025 09:40:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nIs there any news about the plan?\r\nTessa\r\n"))
	h.until("an acknowledgement", func() bool { return len(h.to("tessa@family.example")) == 1 })
	ref := h.only("tessa@family.example")
	priya := h.signIn("priya")

	// Asking a colleague is a note: its form has no recipients.
	page := priya.get("/e/"+ref+"/notes/new", http.StatusOK)
	note := form(t, page.body, "note")
	for _, field := range []string{"to_person", "to", "cc", "add_person", "subject"} {
		if _, there := note[field]; there {
			t.Errorf("the note has a field %q", field)
		}
	}
	note.Set("note", "Ola, "+remark+".")
	note.Set("to_person", id64(h.people["tessa@family.example"].ID)) // forged
	note.Set("colleague", id64(h.staff["ola"].ID))
	note.Set("do", "save")
	priya.post("/e/"+ref+"/notes/new", note, http.StatusSeeOther)
	if !strings.Contains(h.notesOf(ref), remark) {
		t.Error("the note was not kept")
	}

	// The same words in the reply, or meant for the colleague, are stopped at once.
	h.stops("the note in the reply", h.writes(priya, ref, "Dear Tessa,\n\n"+remark+".", nil, nil))
	h.stops("written to the colleague", h.writes(priya, ref, "Ola, what do you think? Mum has no idea what she is on about. Between us, she is a nightmare. Do not tell her.", nil, nil))
	h.stops("colleagues' mail quoted", h.writes(priya, ref,
		"Dear Tessa,\n\nPlease see below.\n\nFrom: Ola Reyes <ola@westmarsh.example>\nSent: 25 November 2025 09:50\nTo: Priya Nair <priya@westmarsh.example>\nSubject: RE: Any news?\n\nHonestly, ignore it until she stops ringing.", nil, nil))
	// The sister is shown and is nobody whom one could choose.
	form := priya.get("/e/"+ref+"/reply", http.StatusOK).body
	if !strings.Contains(form, "not added") || strings.Contains(form, `value="`+sister+`"`) {
		t.Errorf("the copied sister: %s", words(form))
	}

	// Staff mail that copies the shared inbox and the parent, and a forwarded chain.
	first := h.to("tessa@family.example")[0]
	head, _ := read(t, first.Data)
	staff := func(id, from, body, extra string) {
		h.takes([]byte("Message-ID: <" + id + "@westmarsh.example>\r\nFrom: " + from + "\r\nTo: Ola Reyes <ola@westmarsh.example>\r\nCc: " + sen + ", tessa@family.example\r\n" +
			"Subject: FW: [" + ref + "] Any news?\r\n" + extra + "Date: Tue, 25 Nov 2025 09:55:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" +
			strings.ReplaceAll(body, "\n", "\r\n") + "\r\n"))
	}
	before := len(h.to("tessa@family.example"))
	staff("cc1", "Dean Foss <dean@westmarsh.example>", "Ola, she is the purple walrus of the county.", "In-Reply-To: "+head.Get("Message-ID")+"\r\n")
	staff("cc2", "Dean Foss <dean@westmarsh.example>", "See below, the teal ocelot again.\n\n-----Original Message-----\nFrom: Ola Reyes <ola@westmarsh.example>\nTo: Dean Foss <dean@westmarsh.example>\nSubject: RE\n\nThe saffron lynx never stops.", "")

	// A notice that is answered by mail becomes a note.
	h.later(14 * 24 * time.Hour)
	h.sweep()
	h.until("a notice", func() bool { return len(h.to("priya@westmarsh.example")) > 0 })
	notice := ""
	for _, m := range h.to("priya@westmarsh.example") {
		if nh, _ := read(t, m.Data); strings.Contains(string(m.Data), ref) {
			notice = nh.Get("Message-ID")
		}
	}
	h.takes(letter("n1@westmarsh.example", "priya@westmarsh.example", "Re: late", "The indigo badger of a mother can wait.", "In-Reply-To: "+notice))
	if all := h.notesOf(ref); !strings.Contains(all, "indigo badger") {
		t.Errorf("the answer to the notice is no note: %s", all)
	}
	if n := len(h.to("tessa@family.example")); n != before {
		t.Errorf("%d letters more to the mother", n-before)
	}
	// The words of staff mail are private too.
	h.stops("the answered notice in a reply", h.writes(priya, ref, "Dear Tessa,\n\nThe indigo badger of a mother can wait.", nil, nil))

	// Her question is still there and gets its answer.
	if k := h.ticket(ref); k.State != "open" || k.Clock == nil || k.Clock.StoppedAt != nil {
		t.Errorf("the enquiry: %+v", k)
	}
	h.leaves("the answer", h.writes(priya, ref, "Dear Tessa,\n\nPanel meets on Thursday at noon.\n\nPriya Nair", nil, nil), "tessa@family.example", "Thursday at noon")
	h.outsiders("no idea", "rings every", "nightmare", "ignore it until", "walrus", "ocelot", "lynx", "badger")
	for _, m := range h.sink.All() {
		for _, to := range m.To {
			if to == sister {
				t.Errorf("the sister got:\n%s", m.Data)
			}
		}
	}
}

// TestScenarioSeparatedParents (S4): the mother's new address and the child's
// school reach no letter to the father, and he gets what he may be told.
func TestScenarioSeparatedParents(t *testing.T) {
	h := open(t, plan{})
	ctx := context.Background()
	const (
		layla, tariq = "layla@family.example", "tariq@home.example"
		street       = "14 Harbour View"
		town         = "Seaholme"
		postcode     = "ZZ9 4QT"
		refuge       = "layla.safe@family.example"
	)
	h.family("WM-3301", "Idris Haddad", "priya", layla, "Layla Haddad")
	father := h.relative("WM-3301", "father", tariq, "Tariq Mansour")
	ola := actor(t, h, "ola")
	mother := h.people[layla].ID

	// She writes her new address. It is protected at once, on her word.
	h.takes(letter("l1@family.example", layla, "Please never share", "We live at "+street+", "+town+", "+postcode+" now. He must never know.\nLayla"))
	h.until("an acknowledgement", func() bool { return len(h.to(layla)) == 1 })
	hers := h.only(layla)
	_, err := h.app.desk.AddRestriction(ctx, ola, tickets.RestrictionRequest{CaseRef: "WM-3301", PersonID: mother, AgainstID: father, Kind: register.AddressProtected, Source: register.SourceFamily, Reason: "She asked; evidence follows."}, h.now())
	must(t, err)
	_, err = h.app.desk.AddPostal(ctx, ola, mother, tickets.PostalRequest{Lines: street + "\n" + town, Postcode: postcode, Confidential: true}, h.now())
	must(t, err)
	_, err = h.app.desk.ProtectFact(ctx, ola, tickets.ProtectRequest{CaseRef: "WM-3301", PersonID: mother, AgainstID: father, Kind: register.FactAddress, Value: street + ", " + town + ", " + postcode}, h.now())
	must(t, err)
	_, err = h.app.desk.AddAddress(ctx, ola, mother, refuge, true, h.now())
	must(t, err)
	_, err = h.app.desk.AddRestriction(ctx, ola, tickets.RestrictionRequest{CaseRef: "WM-3301", PersonID: mother, AgainstID: father, Kind: register.SchoolProtected, Source: register.SourceOrder, Document: "FD25P00101", Reason: "Non-molestation order", ReviewBy: "2026-05-31"}, h.now())
	must(t, err)

	// He asks for the school. His acknowledgement says nothing of it.
	h.takes(letter("t1@home.example", tariq, "Draft plan and school", "Which school is Idris at now, and please send the draft plan.\nTariq"))
	h.until("his acknowledgement", func() bool { return len(h.to(tariq)) == 1 })
	his := h.only(tariq)
	priya := h.signIn("priya")
	for name, text := range map[string]string{
		"street":              "Dear Tariq,\n\nThe plan was sent to " + street + ".",
		"postcode":            "Dear Tariq,\n\nThe plan was sent to " + postcode + ".",
		"postcode, closed up": "Dear Tariq,\n\nIt went to " + strings.ToLower(strings.ReplaceAll(postcode, " ", "")) + " on Monday.",
		"line by line":        "Dear Tariq,\n\n14\nHarbour View\n" + town,
		"her hidden address":  "Dear Tariq,\n\nPlease ask " + refuge + ".",
		"her words quoted":    "Dear Tariq,\n\n> We live at " + street + ", " + town + ", " + postcode + " now. He must never know.",
	} {
		h.stops(name, h.writes(priya, his, text, nil, nil))
	}
	for name, text := range map[string]string{
		"the school":             "Dear Tariq,\n\nIdris is at Hartfield Primary now.",
		"the school by one word": "Dear Tariq,\n\nHe has settled well at Hartfield and likes his teacher.",
		"the school, in letters": "Dear Tariq,\n\nIdris goes to H a r t f i e l d Primary.",
	} {
		h.stops(name, h.writes(priya, his, text, nil, nil))
	}
	h.stops("the subject", h.writes(priya, his, "Dear Tariq,\n\nThank you.", nil, map[string]string{"subject": "Letter to " + street + ", " + postcode}))
	// By the API as well.
	if a := h.api(http.MethodPost, "/tickets/"+his+"/replies", map[string]any{"text": "Dear Tariq,\n\nThe plan was sent to " + street + ", " + postcode + "."}, nil, 0); a.status != http.StatusUnprocessableEntity {
		t.Errorf("the API: %d %s", a.status, a.body)
	}
	// Her own address goes to herself alone: one letter to both is stopped.
	h.stops("to both", h.writes(priya, hers, "Dear Layla,\n\nWe have "+street+", "+postcode+" as your address.", []int64{mother, father}, nil))

	// What he may be told leaves, in a letter of its own.
	a := h.writes(priya, his, "Dear Tariq,\n\nIdris is settled. I will update you on decisions by letter.\n\nPriya Nair", nil, nil)
	if a.status != http.StatusSeeOther {
		t.Logf("asked first: %s", words(a.body))
		a = h.confirms(priya, his, a)
	}
	h.leaves("what he may know", a, tariq, "Idris is settled")
	h.until("the enquiry to be answered", func() bool { return h.ticket(his).State == "answered" })

	// An order that nobody may write to him, entered while a letter waits, stops it.
	a = h.writes(priya, his, "Dear Tariq,\n\nThe next decision is in the cobalt week.\n\nPriya Nair", nil, nil)
	if a.status != http.StatusSeeOther {
		a = h.confirms(priya, his, a)
	}
	if a.status != http.StatusSeeOther {
		t.Fatalf("the second letter: %s", words(a.body))
	}
	_, err = h.app.desk.AddRestriction(ctx, ola, tickets.RestrictionRequest{CaseRef: "WM-3301", PersonID: father, Kind: register.NoContact, Source: register.SourceOrder, Document: "FD25P00102", Reason: "Order of today", ReviewBy: "2026-05-31"}, h.now())
	must(t, err)
	h.later(5 * time.Minute)
	must(t, h.app.dispatchDue(ctx))
	h.later(time.Hour)
	must(t, h.app.dispatchDue(ctx))
	for _, m := range h.sink.All() {
		all := strings.ToLower(strings.Join(m.To, " ") + string(m.Data) + readable(t, m.Data))
		for _, never := range []string{street, town, postcode, "zz94qt", refuge, "harbour", "cobalt"} {
			if strings.Contains(all, strings.ToLower(never)) {
				t.Errorf("%q is in a mail to %v:\n%s", never, m.To, m.Data)
			}
		}
		if m.To[0] == tariq && strings.Contains(all, "hartfield") {
			t.Errorf("hearback told him the school by itself:\n%s", m.Data)
		}
	}
}

// confirms ticks everything that the page asks to be confirmed and sends again.
func (h *house) confirms(b *browser, ref string, a answer) answer {
	h.t.Helper()
	if !strings.Contains(a.body, `id="reply"`) {
		return a
	}
	f := form(h.t, a.body, "reply")
	for _, m := range tickBox.FindAllStringSubmatch(a.body, -1) {
		f.Add(m[1], m[2])
	}
	f.Set("do", "send")
	return b.post("/e/"+ref+"/reply", f, 0)
}

// TestScenarioWrongChild (S5): what belongs to a child with nearly the same name
// does not leave in a letter about the other; a letter about the right child does.
// Here the child is in text, subject and quoted mail; scenario_files_test.go has files.
func TestScenarioWrongChild(t *testing.T) {
	h := open(t, plan{})
	ctx := context.Background()
	const rosie, zoe = "rosie@family.example", "zoe@family.example"
	h.family("WM-5101", "Alfie Blake", "priya", rosie, "Rosie Blake")
	h.family("WM-5102", "Alfie Blakely", "priya", zoe, "Zoe Blakely")
	h.family("WM-5103", "Freya Blake", "priya", "rosie.two@family.example", "Rosie Blake")
	upn, nhs := "Z990000000001", "999 000 0018"
	must(t, h.app.store.Write(ctx, func(tx tickets.Tx) error {
		c, err := tx.CaseByID(ctx, h.cases["WM-5102"].ID)
		if err != nil {
			return err
		}
		c.UPN, c.NHS, c.DOB = upn, strings.ReplaceAll(nhs, " ", ""), "2016-09-17"
		return tx.UpdateCase(ctx, c)
	}))
	h.takes(letter("r1@family.example", rosie, "Final plan", "Please send the final plan of Alfie."))
	h.until("an acknowledgement", func() bool { return len(h.to(rosie)) == 1 })
	h.takes(letter("z1@family.example", zoe, "Our plan", "My Alfie likes the vermilion trampoline in the hall."))
	ref := h.only(rosie)
	priya := h.signIn("priya")
	for name, text := range map[string]string{
		"name":            "Dear Rosie,\n\nThe final plan for Alfie Blakely is ready.",
		"name turned":     "Dear Rosie,\n\nPlan of BLAKELY, Alfie.",
		"reference":       "Dear Rosie,\n\nThe plan of WM-5102 is ready.",
		"pupil number":    "Dear Rosie,\n\nThe plan for pupil " + upn + " is ready.",
		"NHS number":      "Dear Rosie,\n\nNHS number " + nhs + ".",
		"file name":       "Dear Rosie,\n\nSee Final_plan_Alfie_Blakely.pdf on the portal.",
		"quoted mail":     "Dear Rosie,\n\n> From: Zoe Blakely <" + zoe + ">\n> My Alfie likes the vermilion trampoline in the hall.",
		"another letters": "Dear Rosie,\n\nThe plan for Alfie Bl\u0430kely is ready.",
	} {
		h.stops(name, h.writes(priya, ref, text, nil, nil))
	}
	h.stops("subject", h.writes(priya, ref, "Dear Rosie,\n\nThe plan is ready.", nil, map[string]string{"subject": "Final plan: Alfie Blakely"}))
	h.stops("by its date of birth", h.writes(priya, ref, "Dear Rosie,\n\nThe plan for Alfie B., born 17 September 2016, UPN "+upn+".", nil, nil))
	// The right child, by full name, in peace.
	h.leaves("the right child", h.writes(priya, ref, "Dear Rosie,\n\nThe final plan for Alfie Blake is ready.\n\nPriya Nair", nil, nil), rosie, "Alfie Blake is ready")
	h.outsiders("Blakely is", "WM-5102", upn, nhs, "vermilion", "Final_plan")
	for _, m := range h.to(rosie) {
		if all := strings.ToLower(readable(t, m.Data)); strings.Contains(all, "blakely") {
			t.Errorf("the other child reached her:\n%s", m.Data)
		}
	}
}

// tickBox is a box of the composer that confirms a finding.
var tickBox = regexp.MustCompile(`<input[^>]*type="checkbox"[^>]*name="([^"]+)"[^>]*value="([^"]*)"`)
