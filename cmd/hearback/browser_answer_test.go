package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// parentWrites: with the inbox open, a mail arrives. The page says so and
// moves nothing; the officer chooses when the list changes.
func (v *visit) parentWrites(t *testing.T, later *outcome) {
	w := v.as(t, "priya.nair")
	w.open("/inbox")
	select {
	case <-w.live:
	case <-t.Context().Done():
	case <-time.After(patience):
		t.Fatal("the inbox does not listen for live events")
	}
	if !look[bool](w, `document.querySelector("[data-rows] .hb-row__link") !== null`) {
		t.Fatalf("the inbox is empty:\n%s", w.text())
	}
	look[chromedp.Void](w, `document.querySelector("[data-rows] .hb-row__link").focus()`)
	const still = `JSON.stringify([document.activeElement.textContent, scrollY, document.getElementById("list").innerHTML, performance.timeOrigin])`
	before := look[string](w, still)
	const mine = `parseInt(document.querySelector('#view-counts a[href="/inbox/mine"] .hb-views__n')?.textContent ?? "0")`
	waiting := look[int](w, mine)

	later.parent = v.family(t, "claire.vance@mail.example")
	// The bar counts by whole seconds: what comes in the second of the page's loading may be on the list already.
	w.waits(`Date.now() > performance.timeOrigin + performance.timing.loadEventEnd - performance.timing.navigationStart + 1000`)
	const subject = "When does the marzipan tutor start?"
	later.ref = v.write(t, later.parent, subject, "text/plain", "Hello, you said there would be a tutor after half term. Which day?")
	w.waits(`document.querySelector("#newbar a")?.textContent.includes("Show 1 new")`)
	w.waits(fmt.Sprintf(`%s === %d`, mine, waiting+1))
	w.waits(`document.title.startsWith("(1) ") || document.getElementById("live-polite").textContent.includes("1 new")`)
	if after := look[string](w, still); after != before {
		t.Errorf("the new mail moved something:\n%s\n%s", before, after)
	}
	if look[bool](w, fmt.Sprintf(`document.getElementById("row-%s") !== null`, later.ref)) {
		t.Error("the row came by itself")
	}
	look[chromedp.Void](w, `document.querySelector("#newbar a").focus()`)
	w.loads(enter())
	if !strings.Contains(look[string](w, fmt.Sprintf(`document.getElementById("row-%s")?.innerText ?? ""`, later.ref)), subject) {
		t.Errorf("Show does not show it:\n%s", w.text())
	}
}

// answersByKeyboard opens the enquiry, reads, writes and sends with Tab and Enter alone.
func (v *visit) answersByKeyboard(t *testing.T, later *outcome) {
	w := v.as(t, "priya.nair")
	w.open("/inbox")
	w.tabTo(fmt.Sprintf(`el.matches("#row-%s .hb-row__link")`, later.ref))
	w.do(enter())
	w.waits(fmt.Sprintf(`document.getElementById("preview").dataset.ref === %q`, later.ref))
	w.tabTo(`el.matches('#preview a[data-key="o"]')`)
	w.loads(enter())
	if at := look[string](w, `location.pathname`); at != "/e/"+later.ref {
		t.Fatalf("Open full leads to %s", at)
	}
	w.reads("Which day?", later.parent.name, "We told them that we have their email")
	w.tabTo(`el.textContent.startsWith("Reply to ` + later.parent.name + `")`)
	w.loads(enter())

	const answer = "The tutor starts on Tuesday at ten, and I will ring you on Wednesday to hear how it went."
	w.tabTo(`el.id === "text"`)
	w.do(chromedp.KeyEvent(answer))
	w.waits(`document.getElementById("verdict").innerText.includes("No problems found by the check")`)
	if at := look[string](w, `document.activeElement.id`); at != "text" {
		t.Errorf("the check took the focus to %q", at)
	}
	send := func() {
		t.Helper()
		w.tabTo(`el.id === "send"`)
		if says := look[string](w, `document.activeElement.innerText`); says != "Send to "+later.parent.name {
			t.Errorf("the button that sends says %q", says)
		}
		w.loads(enter())
		if at := look[string](w, `location.pathname`); at != "/e/"+later.ref {
			t.Fatalf("after Send: %s\n%s", at, w.text())
		}
		bar := look[string](w, `document.getElementById("waiting").innerText`)
		if !strings.Contains(bar, "Waiting to go") || !strings.Contains(bar, later.parent.name) || !strings.Contains(bar, later.ref) {
			t.Errorf("the waiting bar says %q", bar)
		}
	}
	send()
	if s := v.state(t, later.ref); s.Clock.StoppedAt != nil {
		t.Error("the clock stopped before the letter left")
	}
	w.tabTo(`el.closest("#waiting") && el.textContent.includes("Cancel and edit")`)
	w.loads(enter())
	if look[bool](w, `document.querySelector("#waiting section") !== null`) {
		t.Error("the letter still waits after it was taken back")
	}
	v.holds(t, later.parent, later.ref, 0, "")
	if !look[bool](w, `document.getElementById("text") !== null`) {
		t.Fatalf("Cancel and edit leads to %s, where nothing can be edited", look[string](w, `location.pathname`))
	}
	if got := look[string](w, `document.getElementById("text").value`); !strings.Contains(got, answer) {
		t.Errorf("after Cancel and edit the text is %q", got)
	}
	send()
}

// answerArrives: the hold has passed. The family has what was sent, once, and
// nothing of what was stopped.
func (v *visit) answerArrives(t *testing.T, later *outcome) {
	if later.parent == nil || later.victim == nil || later.byForm == nil {
		t.Fatal("the story broke off earlier")
	}
	w := v.as(t, "priya.nair")
	w.open("/e/" + later.ref)
	w.waits(`document.querySelector("#enq-head .hb-due--answered") !== null`)
	if s := v.state(t, later.ref); s.Clock.StoppedAt == nil || s.State != "answered" {
		t.Errorf("after the answer the enquiry is %+v", s)
	}
	w.open("/e/" + later.ref)
	w.reads("Answered", "Sent", "The tutor starts on Tuesday")
	w.waits(`document.querySelector("#waiting section") === null`)
	v.holds(t, later.parent, later.ref, 1, "The tutor starts on Tuesday")
	v.holds(t, later.byForm, later.formed, 1, "The form was written by hand")
	v.holds(t, later.victim, later.noted, 0, "")

	// The page of the demonstration shows the same.
	key := boxKey(later.parent.email)
	w.open("/parents/" + key)
	w.reads("The tutor starts on Tuesday at ten")
}

// holds waits for the answers that a family should have, and fails when there are others.
func (v *visit) holds(t *testing.T, f *family, ref string, answers int, words string) {
	t.Helper()
	ofRef := func() (out []string) {
		for _, s := range f.box.subjects(t) {
			if strings.Contains(s, ref) {
				out = append(out, s)
			}
		}
		return out
	}
	var got []string
	for got = ofRef(); len(got) < 1+answers; got = ofRef() {
		f.box.next(t, f.box.count(t))
	}
	if len(got) != 1+answers {
		t.Errorf("%s has %q of %s, besides the acknowledgement %d letters are right", f.name, got, ref, answers)
	}
	if answers == 0 {
		return
	}
	all := f.box.subjects(t)
	last := f.box.next(t, uint32(slices.Index(all, got[len(got)-1])))
	if !strings.Contains(last, words) {
		t.Errorf("%s got:\n%s", f.name, last)
	}
}

// noteStaysIn: a note insults a parent. No form, no field and no program gets its words out.
func (v *visit) noteStaysIn(t *testing.T, later *outcome) {
	later.victim = v.family(t, "mark.selby@mail.example")
	later.noted = v.write(t, later.victim, "Where is the paprika report?", "text/plain", "I asked twice already.")
	const insult = "This father is a complete nuisance who makes everything up and shouts at my colleagues."
	w := v.as(t, "priya.nair")
	w.open("/e/" + later.noted + "/notes/new")
	w.fill("#note-text", insult)
	w.loads(click(`#note [name="do"][value="save"]`))
	w.reads("Note saved. Only staff can see it.", insult)

	w.open("/e/" + later.noted + "/reply")
	w.fill("#text", "Dear Mark, "+insult)
	w.waits(`document.getElementById("verdict").dataset.level === "stopped"`)
	w.waits(`document.getElementById("send").getAttribute("aria-disabled") === "true"`)
	if says := look[string](w, `document.getElementById("verdict").innerText`); !strings.Contains(strings.ToLower(says), "stopped") || !strings.Contains(says, "note") {
		t.Errorf("the check says %q", says)
	}
	// A letter of another enquiry may wait at the same moment: its bar must not cover the button.
	w.waits(`(() => { const r = document.getElementById("send").getBoundingClientRect(); return document.getElementById("send").contains(document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2)); })()`)
	w.do(click("#send"))
	w.waits(`document.activeElement.matches(".hb-finding")`)
	if at := look[string](w, `location.pathname`); at != "/e/"+later.noted+"/reply" {
		t.Fatalf("a stopped Send leads to %s", at)
	}
	// Around the script.
	w.provokes(http.StatusUnprocessableEntity)
	refused := func(what string) {
		t.Helper()
		status := w.loads(chromedp.Evaluate[chromedp.Void](`(() => { const f = document.createElement("input"); f.type = "hidden"; f.name = "do"; f.value = "send"; const r = document.getElementById("reply"); r.append(f); HTMLFormElement.prototype.submit.call(r); })()`))
		if status != http.StatusUnprocessableEntity {
			t.Errorf("%s was answered with %d:\n%s", what, status, w.text())
		}
		w.reads("Nothing was sent")
	}
	refused("the sentence in the text")
	w.open("/e/" + later.noted + "/reply")
	w.fill("#subject", insult)
	w.fill("#text", "Dear Mark, the report is on its way to you and should be there on Friday.")
	refused("the sentence in the subject")

	for field, body := range map[string]any{
		"text":    map[string]string{"text": "Dear Mark, " + insult},
		"subject": map[string]string{"subject": insult, "text": "Dear Mark, the report is on its way."},
	} {
		raw, err := json.Marshal(body)
		must(t, err)
		if code, answer := v.api(t, http.MethodPost, "/tickets/"+later.noted+"/replies", string(raw)); code != http.StatusUnprocessableEntity {
			t.Errorf("the sentence in the API's %s was answered with %d: %s", field, code, answer)
		}
	}
	w.open("/outbox")
	if text := w.text(); strings.Contains(text, later.noted) {
		t.Errorf("something waits to go:\n%s", text)
	}
}
