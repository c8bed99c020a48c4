package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
)

type verdict struct {
	Decision string
	Digest   string
	Findings []struct{ Rule, Decision, Mailbox, Words string }
}

type sent struct {
	ID         int64
	ReleaseAt  time.Time `json:"release_at"`
	Deliveries []struct{ To, Email, State string }
}

func TestReplyGoesThroughTheGuardIntoTheOutbox(t *testing.T) {
	w := newWorld(t)
	ref := w.fromTessa("Draft plan")
	c := w.officer()
	var v verdict
	c.post("/tickets/"+ref+"/review", m{"text": "Dear Tessa,\n\nThe draft plan comes on Friday."}, &v, http.StatusOK)
	if v.Decision != "allow" || v.Digest == "" {
		t.Errorf("the review: %+v", v)
	}
	if len(w.letters(ref)) != 0 {
		t.Fatal("a review queued a letter")
	}
	var out sent
	rec := c.post("/tickets/"+ref+"/replies", m{"text": "Dear Tessa,\r\n\r\nThe draft plan comes on Friday.", "after": "waiting_family"}, &out, http.StatusCreated)
	if got := rec.Header().Get("Location"); got != "/api/v1/tickets/"+ref {
		t.Errorf("Location %q", got)
	}
	list := w.letters(ref)
	if len(list) != 1 || list[0].ID != out.ID {
		t.Fatalf("%d letters", len(list))
	}
	o := list[0]
	if o.AuthorID != w.priya.ID || o.AfterSend != tickets.StateWaitingFamily || !o.QuoteAnswer || o.AnswersID == 0 || o.Body != "Dear Tessa,\n\nThe draft plan comes on Friday." {
		t.Errorf("the letter: %+v", o)
	}
	if len(o.Deliveries) != 1 || o.Deliveries[0].PersonID != w.mother.ID || o.Deliveries[0].State != tickets.Queued || len(out.Deliveries) != 1 || out.Deliveries[0].Email != tessa {
		t.Errorf("who gets it: %+v", o.Deliveries)
	}
	if !out.ReleaseAt.After(w.now()) {
		t.Errorf("it leaves at %v, without a hold", out.ReleaseAt)
	}
	if w.woken != 1 {
		t.Errorf("the dispatcher was told %d times", w.woken)
	}
	var one enquiry
	body := c.get("/tickets/"+ref, &one)
	has(t, "the timeline", body, "The draft plan comes on Friday.", `"purpose":"reply"`, `"queued"`)
	lacks(t, "the log", w.log.String(), "Friday", tessa)
}

// What the guard stops is refused with words and rules, and is in no outbox.
func TestBlockedRepliesAreNowhere(t *testing.T) {
	w := newWorld(t)
	ref := w.fromTessa("Draft plan")
	c := w.officer()
	c.post("/tickets/"+ref+"/notes", m{"text": "Mum was shouting down the telephone again, she is a nightmare to deal with"}, nil, http.StatusCreated)
	secret := "Dear Tessa,\n\nMum was shouting down the telephone again, she is a nightmare to deal with"
	var v verdict
	c.post("/tickets/"+ref+"/review", m{"text": secret}, &v, http.StatusOK)
	if v.Decision != "block" || len(v.Findings) == 0 {
		t.Fatalf("the guard lets a note through: %+v", v)
	}
	// No confirmation and no digest opens a block.
	for name, in := range map[string]m{
		"plain":     {"text": secret},
		"confirmed": {"text": secret, "digest": v.Digest, "confirm": []m{{"rule": v.Findings[0].Rule, "mailbox": v.Findings[0].Mailbox, "reason": "I mean it"}}},
		"elsewhere": {"text": "Dear Tessa,\n\nSoon.", "subject": "Mum was shouting down the telephone again, she is a nightmare to deal with"},
	} {
		rec := c.post("/tickets/"+ref+"/replies", in, nil, http.StatusUnprocessableEntity)
		detail := w.isProblem(rec)
		if !strings.HasPrefix(detail, "Nothing was sent. ") || len(detail) < 30 {
			t.Errorf("%s: the words are %q", name, detail)
		}
		has(t, name, rec.Body.String(), `"location":"guard.NOTE-CONTENT"`)
	}
	if n := len(w.letters(ref)); n != 0 {
		t.Errorf("%d letters are in the outbox", n)
	}
	if w.woken != 0 {
		t.Error("the dispatcher was told of a letter")
	}
	has(t, "the log", w.log.String(), "event=reply_stopped", "NOTE-CONTENT")
	lacks(t, "the log", w.log.String(), "nightmare", "shouting")
	// Another child's name stands just as much in the way.
	c.post("/tickets/"+ref+"/replies", m{"text": "Dear Tessa,\n\nLeo Osei, WM-2202, goes to the same school."}, nil, http.StatusUnprocessableEntity)
	if n := len(w.letters(ref)); n != 0 {
		t.Errorf("%d letters about another child", n)
	}
}

// Recipients are people of the case, by id, and nobody else.
func TestRecipientsAreOfTheCase(t *testing.T) {
	w := newWorld(t)
	ref := w.fromTessa("Draft plan")
	c := w.officer()
	text := "Hello,\n\nThe draft plan comes on Friday."
	for name, in := range map[string]m{
		"no contact":                {"text": text, "to": []int64{w.aunt.ID}},
		"no contact among others":   {"text": text, "to": []int64{w.mother.ID, w.aunt.ID}},
		"of another case":           {"text": text, "to": []int64{w.hidden.ID}},
		"of a closed case":          {"text": text, "to": []int64{w.stepmum.ID}},
		"nobody":                    {"text": text, "to": []int64{999999}},
		"zero":                      {"text": text, "to": []int64{0}},
		"below zero":                {"text": text, "to": []int64{-1}},
		"an address":                {"text": text, "to": []string{"mallory@evil.example"}},
		"an address as one":         {"text": text, "to": "mallory@evil.example"},
		"copies":                    {"text": text, "cc": []int64{w.father.ID}},
		"blind copies":              {"text": text, "bcc": []string{"mallory@evil.example"}},
		"headers":                   {"text": text, "headers": m{"Bcc": "mallory@evil.example"}},
		"a header in the subject":   {"text": text, "subject": "Plan\r\nBcc: mallory@evil.example"},
		"a message of nowhere":      {"text": text, "answers": 999999},
		"too many":                  {"text": text, "to": make([]int64, 21)},
		"no words":                  {"text": "  \n "},
		"a state that is not there": {"text": text, "after": "merged"},
	} {
		for _, route := range []string{"/review", "/replies"} {
			rec := c.post("/tickets/"+ref+route, in, nil, http.StatusUnprocessableEntity)
			lacks(t, name, rec.Body.String(), "mallory", "Secretname", "Closedname")
		}
	}
	gone := c.post("/tickets/"+ref+"/replies", m{"text": text, "to": []int64{999999}}, nil, http.StatusUnprocessableEntity).Body.String()
	other := c.post("/tickets/"+ref+"/replies", m{"text": text, "to": []int64{w.hidden.ID}}, nil, http.StatusUnprocessableEntity).Body.String()
	if gone != other {
		t.Errorf("people of other cases are told from nobody:\n%s\n%s", gone, other)
	}
	// A message of another enquiry cannot be answered, or told from none.
	sealed := w.arrives("Una Secretname", una, "Where we live now", "Please keep it quiet.")
	var hidden enquiry
	w.role(access.RoleHead).get("/tickets/"+sealed, &hidden)
	foreign := c.post("/tickets/"+ref+"/replies", m{"text": text, "answers": hidden.Timeline[0].ID}, nil, http.StatusUnprocessableEntity).Body.String()
	none := c.post("/tickets/"+ref+"/replies", m{"text": text, "answers": 999999}, nil, http.StatusUnprocessableEntity).Body.String()
	if foreign != none {
		t.Errorf("messages of other enquiries are told from none:\n%s\n%s", foreign, none)
	}
	if n := len(w.letters(ref)) + len(w.letters(sealed)); n != 0 {
		t.Fatalf("%d letters were queued", n)
	}
	// Each person gets a copy of their own; an id that is named twice is one.
	var out sent
	to := []int64{w.mother.ID, w.gran.ID, w.mother.ID}
	c.post("/tickets/"+ref+"/replies", m{"text": text, "to": to, "quote": true}, nil, http.StatusUnprocessableEntity) // her words, to another
	c.post("/tickets/"+ref+"/replies", m{"text": text, "to": to}, &out, http.StatusCreated)
	if len(out.Deliveries) != 2 {
		t.Errorf("%d copies", len(out.Deliveries))
	}
	if list := w.letters(ref); len(list) != 1 || list[0].QuoteAnswer {
		t.Errorf("it quotes one person to another: %+v", list)
	}
	// A protected address is shown to nobody else on the case.
	c.post("/tickets/"+ref+"/replies", m{"text": text, "to": []int64{w.mother.ID, w.father.ID}}, nil, http.StatusUnprocessableEntity)
}

// Who is not to be contacted gets nothing, also as the writer who is answered.
func TestAnAnswerToWhoMustNotBeContacted(t *testing.T) {
	w := newWorld(t)
	ref := w.arrives("Kay Doyle", "kay@post.example", "How is Milo?", "Tell me about the plan.")
	lead := w.role(access.RoleLead)
	lead.post("/tickets/"+ref+"/review", m{"text": "Dear Kay,\n\nSoon."}, nil, http.StatusUnprocessableEntity)
	rec := lead.post("/tickets/"+ref+"/replies", m{"text": "Dear Kay,\n\nSoon."}, nil, http.StatusUnprocessableEntity)
	has(t, "the refusal", w.isProblem(rec), "Kay Doyle")
	if n := len(w.letters(ref)); n != 0 {
		t.Errorf("%d letters", n)
	}
}

// A finding that the author may confirm needs a yes for that rule, that mailbox
// and that letter.
func TestConfirmationsAreForOneLetter(t *testing.T) {
	w := newWorld(t)
	ref := w.fromTessa("Draft plan")
	c := w.officer()
	letter := func(more m) m {
		in := m{"text": "Dear Mr Brandt,\n\nThe draft plan comes on Friday.", "to": []int64{w.mother.ID}}
		for k, v := range more {
			in[k] = v
		}
		return in
	}
	to := "/tickets/" + ref + "/replies"
	in := letter(m{"text": "Dear Rob,\n\nThe draft plan comes on Friday."})
	var v verdict
	c.post("/tickets/"+ref+"/review", in, &v, http.StatusOK)
	if v.Decision != "confirm" || len(v.Findings) == 0 {
		t.Fatalf("the greeting of another parent passes: %+v", v)
	}
	var confirm []m
	for _, f := range v.Findings {
		if f.Decision == "confirm" {
			confirm = append(confirm, m{"rule": f.Rule, "mailbox": f.Mailbox, "reason": "It is for both"})
		}
	}
	rob := in["text"]
	c.post(to, letter(m{"text": rob}), nil, http.StatusUnprocessableEntity)
	c.post(to, letter(m{"text": rob, "digest": v.Digest}), nil, http.StatusUnprocessableEntity)
	c.post(to, letter(m{"text": rob, "confirm": confirm}), nil, http.StatusUnprocessableEntity)
	c.post(to, letter(m{"text": rob, "confirm": confirm, "digest": "of-something-else"}), nil, http.StatusConflict)
	c.post(to, letter(m{"text": rob, "confirm": []m{{"rule": confirm[0]["rule"], "mailbox": "somebody@else.example"}}, "digest": v.Digest}), nil, http.StatusUnprocessableEntity)
	c.post(to, letter(m{"text": rob, "confirm": []m{{"rule": "NO-SUCH-RULE", "mailbox": confirm[0]["mailbox"]}}, "digest": v.Digest}), nil, http.StatusUnprocessableEntity)
	// The yes to one letter is none to another, nor to other recipients.
	c.post(to, letter(m{"text": fmt.Sprint(rob) + "\n\nAnd more.", "confirm": confirm, "digest": v.Digest}), nil, http.StatusConflict)
	c.post(to, letter(m{"text": rob, "to": []int64{w.mother.ID, w.father.ID}, "confirm": confirm, "digest": v.Digest}), nil, http.StatusConflict)
	if n := len(w.letters(ref)); n != 0 {
		t.Fatalf("%d letters were queued without a yes", n)
	}
	more := append([]m{{"rule": "NOTE-CONTENT", "mailbox": tessa}}, confirm...) // what nobody asked to confirm is not kept
	c.post(to, letter(m{"text": rob, "confirm": more, "digest": v.Digest}), nil, http.StatusCreated)
	list := w.letters(ref)
	if len(list) != 1 || len(list[0].Confirmed) != len(confirm) || list[0].Digest != v.Digest {
		t.Fatalf("the letter: %+v", list)
	}
	for _, x := range list[0].Confirmed {
		if x.Rule == "NOTE-CONTENT" || x.Reason != "It is for both" {
			t.Errorf("kept: %+v", x)
		}
	}
}

// A reply that is based on an old view queues nothing.
func TestAnOldViewIsAConflict(t *testing.T) {
	w := newWorld(t)
	ref := w.fromTessa("Draft plan")
	c := w.officer()
	var before enquiry
	c.get("/tickets/"+ref, &before)
	c.post("/tickets/"+ref+"/notes", m{"text": "Wait for the panel"}, nil, http.StatusCreated)
	rec := c.post("/tickets/"+ref+"/replies", m{"text": "Dear Tessa,\n\nSoon.", "seen_version": before.Version}, nil, http.StatusConflict)
	has(t, "the conflict", w.isProblem(rec), "a note was added")
	lacks(t, "the conflict", rec.Body.String(), "panel")
	if len(w.letters(ref)) != 0 {
		t.Fatal("it was queued")
	}
	var now enquiry
	c.get("/tickets/"+ref, &now)
	c.post("/tickets/"+ref+"/replies", m{"text": "Dear Tessa,\n\nSoon.", "seen_version": now.Version}, nil, http.StatusCreated)
	// The same request again: the first letter is news to it.
	rec = c.post("/tickets/"+ref+"/replies", m{"text": "Dear Tessa,\n\nSoon.", "seen_version": now.Version}, nil, http.StatusConflict)
	has(t, "the conflict", w.isProblem(rec), "a reply is waiting to go")
	if n := len(w.letters(ref)); n != 1 {
		t.Errorf("%d letters", n)
	}
}

// A program that repeats its request because no answer came does not write twice.
func TestARepeatedRequestWritesOnce(t *testing.T) {
	w := newWorld(t)
	ref := w.fromTessa("Draft plan")
	in := m{"text": "Dear Tessa,\n\nSoon."}
	codes := make([]int, 8)
	clients := make([]*client, len(codes))
	for i := range clients {
		clients[i] = w.officer()
	}
	var all sync.WaitGroup
	for i, c := range clients {
		all.Go(func() {
			rec := c.raw(http.MethodPost, "/tickets/"+ref+"/replies", "application/json", strings.NewReader(`{"text":"Dear Tessa,\n\nSoon."}`))
			codes[i] = rec.Code
		})
	}
	all.Wait()
	made := 0
	for _, code := range codes {
		switch code {
		case http.StatusCreated:
			made++
		case http.StatusConflict:
		default:
			t.Errorf("an answer of %d", code)
		}
	}
	if made != 1 || len(w.letters(ref)) != 1 {
		t.Errorf("%d were told that it was queued, %d letters", made, len(w.letters(ref)))
	}
	c := clients[0]
	c.post("/tickets/"+ref+"/replies", in, nil, http.StatusConflict)
	// Other words, other people, another author or who has seen it: that is meant.
	c.post("/tickets/"+ref+"/replies", m{"text": "Dear Tessa,\n\nOn Friday, in fact."}, nil, http.StatusCreated)
	c.post("/tickets/"+ref+"/replies", m{"text": "Hello,\n\nSoon.", "to": []int64{w.mother.ID}}, nil, http.StatusCreated)
	c.post("/tickets/"+ref+"/replies", m{"text": "Hello,\n\nSoon.", "to": []int64{w.father.ID}}, nil, http.StatusCreated)
	w.role(access.RoleLead).post("/tickets/"+ref+"/replies", in, nil, http.StatusCreated)
	var now enquiry
	c.get("/tickets/"+ref, &now)
	c.post("/tickets/"+ref+"/replies", m{"text": in["text"], "seen_version": now.Version}, nil, http.StatusCreated)
	// One that was taken back may be written again, and so may one of long ago.
	for _, o := range w.letters(ref) {
		if o.AuthorID == w.priya.ID {
			w.must(w.desk.CancelReply(t.Context(), access.Actor{StaffID: w.priya.ID, Name: "Priya Nair", Role: access.RoleOfficer, TeamIDs: []int64{w.north.ID}}, o.ID, w.now()))
		}
	}
	c.post("/tickets/"+ref+"/replies", in, nil, http.StatusCreated)
	w.later(11 * time.Minute)
	c.post("/tickets/"+ref+"/replies", in, nil, http.StatusCreated)
}

// An enquiry on no case is answered to who wrote it, and to nobody by id.
func TestAnAnswerToAStranger(t *testing.T) {
	w := newWorld(t)
	ref := w.newcomer(3)
	lead := w.role(access.RoleLead)
	lead.post("/tickets/"+ref+"/replies", m{"text": "Hello,\n\nWhich child is this about?", "to": []int64{w.mother.ID}}, nil, http.StatusUnprocessableEntity)
	if len(w.letters(ref)) != 0 {
		t.Fatal("somebody of a case was written to")
	}
	var v verdict
	lead.post("/tickets/"+ref+"/review", m{"text": "Hello,\n\nWhich child is this about?"}, &v, http.StatusOK)
	in := m{"text": "Hello,\n\nWhich child is this about?"}
	if v.Decision == "confirm" {
		var confirm []m
		for _, f := range v.Findings {
			confirm = append(confirm, m{"rule": f.Rule, "mailbox": f.Mailbox, "reason": "We ask who it is"})
		}
		in["confirm"], in["digest"] = confirm, v.Digest
	}
	var out sent
	lead.post("/tickets/"+ref+"/replies", in, &out, http.StatusCreated)
	if len(out.Deliveries) != 1 || out.Deliveries[0].Email != "somebody3@other.example" {
		t.Errorf("it goes to %+v", out.Deliveries)
	}
}

func TestCallsThatMakeNoSense(t *testing.T) {
	w := newWorld(t)
	ref := w.fromTessa("Draft plan")
	c := w.officer()
	for name, in := range map[string]m{
		"no direction":            {"answered": true},
		"another direction":       {"direction": "sideways", "answered": true},
		"of another case":         {"direction": "in", "answered": true, "person": w.hidden.ID},
		"stops without a reason":  {"direction": "out", "answered": true, "person": w.mother.ID, "stops_clock": true},
		"stops without an answer": {"direction": "out", "answered": false, "person": w.mother.ID, "stops_clock": true, "stops_reason": "x"},
		"stops with nobody":       {"direction": "out", "answered": true, "stops_clock": true, "stops_reason": "x"},
		"a promise without day":   {"direction": "out", "answered": true, "promise": "I ring again"},
		"a day that is none":      {"direction": "out", "answered": true, "promise": "I ring again", "promise_by": "2026-02-30"},
		"in the future":           {"direction": "out", "answered": true, "at": w.now().Add(time.Hour)},
		"a time that is none":     {"direction": "out", "answered": true, "at": "yesterday, mallory"},
	} {
		rec := c.post("/tickets/"+ref+"/calls", in, nil, http.StatusUnprocessableEntity)
		lacks(t, name, rec.Body.String(), "mallory")
	}
	var one enquiry
	c.get("/tickets/"+ref, &one)
	for _, it := range one.Timeline {
		if it.Kind == "call" {
			t.Errorf("a call was logged: %+v", it)
		}
	}
	// A call at a time of its own, with somebody who is not on our records.
	c.post("/tickets/"+ref+"/calls", m{"direction": "in", "answered": false, "number": "01234 000999", "at": w.now().Add(-time.Hour)}, nil, http.StatusCreated)
}
