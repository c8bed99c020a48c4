package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// budgetFix is how many steps and keys an officer needs to correct a stopped message:
// the button of the finding, and Send.
const budgetFix = 2

// stoppedLetter is a letter that the check stops or asks about, and one press that mends it.
type stoppedLetter struct {
	name, subject, text string
	rob                 bool   // to the father as well
	rule                string // the finding that is mended
	gone                string // what must not be in the letter that goes
}

// TestBrowserStopped: an officer corrects each kind of stopped letter by keyboard, in
// the steps that are allowed.
func TestBrowserStopped(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser run is not short")
	}
	v := newVisit(t)
	tessa := v.family(t, "tessa.brandt@mail.example")
	ref := v.write(t, tessa, "When is the plan ready?", "text/plain", "Hello, when will the draft plan be ready? We have waited for weeks.")
	w := v.as(t, "dean.foss")
	w.open("/me")
	w.do(click(`input[name="shortcuts"][value="on"]`))
	w.loads(click(`main form button`))
	const secret = "The panel thinks that the zephyr school is far too costly for this family."
	w.open("/e/" + ref + "/notes/new")
	w.fill("#note-text", secret)
	w.loads(click(`#note [name="do"][value="save"]`))

	for _, x := range stoppedLetters(secret) {
		t.Run(x.name, func(t *testing.T) {
			w := v.as(t, "dean.foss")
			keys := w.mends(ref, x)
			if keys > budgetFix {
				t.Errorf("%d keys, %d are allowed", keys, budgetFix)
			}
			t.Logf("%s: %d keys of %d", x.rule, keys, budgetFix)
		})
	}
	t.Run("words for a colleague become a note", func(t *testing.T) {
		w := v.as(t, "dean.foss")
		w.provokes(http.StatusUnprocessableEntity)
		w.stops(ref, stoppedLetter{rule: "STAFF-TALK-EXTERNAL", text: "Hi Ola, she has no idea what she is talking about. Just between us, keep her quiet until panel and do not tell mum."})
		w.loads(chromedp.KeyEvent("x"))
		if at := look[string](w, `location.pathname`); at != "/e/"+ref+"/notes/new" {
			t.Fatalf("the words went to %s", at)
		}
		if got := look[string](w, `document.getElementById("note-text").value`); !strings.Contains(got, "no idea") {
			t.Errorf("the note holds %q", got)
		}
		w.loads(ctrl("s"))
		w.reads("Note saved. Only staff can see it.")
	})
	t.Run("pages", func(t *testing.T) { v.guardPages(t, ref, secret) })
}

func stoppedLetters(secret string) []stoppedLetter {
	return []stoppedLetter{
		{name: "a note", rule: "NOTE-CONTENT", text: "Dear Tessa,\n\nThe plan is nearly ready. " + secret + " I will write on Friday.\n\nDean", gone: "zephyr"},
		{name: "an email between staff", rule: "QUOTED-INTERNAL", text: "Dear Tessa,\n\nPlease see below.\n\nDean\n\n-----Original Message-----\nFrom: Ola Reyes <ola.reyes@westmarsh.example>\nTo: Dean Foss <dean.foss@westmarsh.example>\nSubject: Milo\n\nDean, can you look at the quokka figures before she sees them?\n", gone: "quokka"},
		{name: "a marking", rule: "INTERNAL-MARKING", text: "Dear Tessa,\n\nThe plan will come on Friday.\n\nInternal use only, not for parents.\n\nDean", gone: "Internal use"},
		{name: "another child", rule: "OTHER-CHILD-ID", text: "Dear Tessa,\n\nThe plan will come on Friday. We did the same for Ruby Okafor last week.\n\nDean", gone: "Okafor"},
		{name: "a blank", rule: "UNMERGED-TEMPLATE", text: "Dear {{first_name}},\n\nThe plan will come on Friday.\n\nDean", gone: "{{"},
		{name: "a greeting", rule: "SALUTATION-MISMATCH", text: "Dear Rob,\n\nThe plan will come on Friday.\n\nDean", gone: "Rob"},
		{name: "harsh words", rule: "TONE-EXTERNAL", text: "Dear Tessa,\n\nThe plan will come on Friday. You people should stop wasting our time.\n\nDean", gone: "wasting"},
		{name: "a subject of another case", rule: "SUBJECT-OTHER", subject: "WM-2110 review", text: "Dear Tessa,\n\nThe plan will come on Friday.\n\nDean", gone: "WM-2110"},
		{name: "her words to him", rule: "QUOTED-OTHER-PARTY", rob: true, text: "Dear Tessa and Rob,\n\nThe plan will come on Friday.\n\nDean", gone: "We have waited for weeks"},
	}
}

// ctrl is a chord.
func ctrl(key string) chromedp.Action[chromedp.Void] {
	return chromedp.KeyEvent(key, chromedp.KeyModifiers(chromedp.ModifierCtrl))
}

// stops writes a letter and presses Send: the check stops it, or asks.
func (w *window) stops(ref string, x stoppedLetter) {
	w.t.Helper()
	w.open("/e/" + ref + "/reply")
	if x.rob {
		look[chromedp.Void](w, `(() => { const s = document.getElementById("add-person"); s.value = [...s.options].find(o => o.text.startsWith("Rob Brandt")).value; })()`)
		w.loads(click(`#receives [value="add"]`))
	}
	if x.subject != "" {
		w.fill("#subject", x.subject)
	}
	w.fill("#text", x.text)
	w.waits(fmt.Sprintf(`[...document.querySelectorAll(".hb-finding")].some(f => f.id.startsWith(%q))`, "f-"+x.rule))
	if level := look[string](w, `document.getElementById("verdict").dataset.level`); level == "stopped" {
		w.do(ctrl(kb.Enter)) // off: the focus goes to the first finding
	} else {
		w.loads(ctrl(kb.Enter)) // asked: the form comes back
	}
	look[chromedp.Void](w, fmt.Sprintf(`[...document.querySelectorAll(".hb-finding")].find(f => f.id.startsWith(%q)).focus()`, "f-"+x.rule))
}

// mends corrects a letter by keys alone and sends it. It gives how many keys that took.
func (w *window) mends(ref string, x stoppedLetter) (keys int) {
	t := w.t
	w.provokes(http.StatusUnprocessableEntity)
	w.stops(ref, x)
	w.shot("composer-" + strings.ToLower(x.rule))
	w.loads(chromedp.KeyEvent("x"))
	keys++
	for range 3 { // a second finding has a button of its own
		level := look[string](w, `document.getElementById("verdict")?.dataset.level ?? ""`)
		if level != "stopped" && level != "confirm" {
			break
		}
		t.Logf("still: %s", look[string](w, `document.getElementById("verdict").innerText`))
		w.loads(chromedp.KeyEvent("x"))
		keys++
	}
	text := look[string](w, `document.getElementById("text").value + document.getElementById("subject").value`)
	if x.rob {
		text = look[string](w, `document.querySelector("[name=no_quote]").checked ? "" : "We have waited for weeks"`)
	}
	if strings.Contains(text, x.gone) {
		t.Errorf("%q is still there: %q", x.gone, text)
	}
	if !x.rob && !strings.Contains(text, "Dean") {
		t.Errorf("the words are gone: %q", text)
	}
	w.loads(ctrl(kb.Enter))
	keys++
	if at := look[string](w, `location.pathname`); at != "/e/"+ref {
		t.Fatalf("after Send: %s\n%s", at, w.text())
	}
	w.waits(`document.getElementById("waiting").innerText.includes("Waiting to go")`)
	// It is taken back, so that it does not leave in the middle of the next one.
	w.tabTo(`el.closest("#waiting") && el.textContent.includes("Cancel and edit")`)
	w.loads(enter())
	w.loads(click(`[name="do"][value="discard"]`))
	return keys
}

// shot keeps a picture of the page when HEARBACK_SHOTS names a folder, for looking at.
func (w *window) shot(name string) {
	w.t.Helper()
	dir := os.Getenv("HEARBACK_SHOTS")
	if dir == "" {
		return
	}
	b, err := chromedp.Run(w.ctx, chromedp.FullScreenshot(100))
	must(w.t, err)
	must(w.t, os.WriteFile(filepath.Join(dir, name+".png"), b, 0o600))
}

// looksWell asks the accessibility checker about the page that is open, and whether it
// fits a narrow screen.
func (w *window) looksWell(name string) {
	w.t.Helper()
	w.shot(name)
	look[chromedp.Void](w, `scrollTo(0, document.body.scrollHeight)`) // the bar with the button rests at its place
	look[chromedp.Void](w, w.v.axe)
	for _, f := range w.axe() {
		w.t.Errorf("%s: %s", name, f)
	}
	w.do(chromedp.EmulateViewport(320, 568))
	if width := look[int](w, `document.documentElement.scrollWidth`); width > 320 {
		w.t.Errorf("%s needs %d pixels of width, has 320", name, width)
	}
	w.shot(name + "-320")
	w.do(chromedp.EmulateViewport(1366, 900))
}

// guardPages looks at every page that a stopped or a misdirected letter leads to.
func (v *visit) guardPages(t *testing.T, ref, secret string) {
	w := v.as(t, "dean.foss")
	w.provokes(http.StatusUnprocessableEntity)
	w.stops(ref, stoppedLetter{rule: "NOTE-CONTENT", text: "Dear Rob,\n\n" + secret + " Ruby Okafor has hers.\n\nDean"})
	w.looksWell("composer-stopped")

	// A letter that a second person may release.
	w.stops(ref, stoppedLetter{rule: "INTERNAL-MARKING", text: "Dear Tessa,\n\nThe plan will come on Friday.\n\nInternal use only, not for parents.\n\nDean"})
	w.loads(click(`[name="do"][value="save"]`))
	w.looksWell("composer-release")
	if !look[bool](w, `document.getElementById("colleague") !== null`) {
		t.Fatalf("nobody can be asked:\n%s", w.text())
	}
	look[chromedp.Void](w, `document.getElementById("colleague").value = [...document.getElementById("colleague").options].find(o => o.text === "Ola Reyes").value`)
	w.fill("#second-why", "She asked for the marked paper")
	w.loads(click(`[name="do"][value="ask"]`))
	w.reads("Your colleague is asked to look")
	w = v.as(t, "ola.reyes")
	w.open("/release")
	w.looksWell("release-list")
	w.loads(click(`main tbody a`))
	w.reads("Why it should go", "Lawful basis")
	w.looksWell("release")

	// The exact letter.
	w = v.as(t, "dean.foss")
	w.open("/e/" + ref + "/reply")
	w.fill("#text", "Dear Tessa, the plan will come on Friday. Dean")
	w.loads(click(`[name="do"][value="preview"]`))
	w.reads("Dear Tessa, the plan will come on Friday.", "tessa.brandt@mail.example")
	w.looksWell("preview")

	// A misdirected message.
	w.open("/e/" + ref)
	href := look[string](w, `[...document.querySelectorAll('a[href^="/incidents/new"]')].pop()?.getAttribute("href") ?? ""`)
	if href == "" {
		t.Fatalf("no message can be reported:\n%s", w.text())
	}
	w.open(href)
	w.looksWell("incident-new")
	w.fill("#got_by", "A stranger")
	w.fill("#what", "The date of the plan")
	w.loads(click(`main form button`))
	w.reads("Reported")
	w = v.as(t, "helen.marsh")
	w.open("/incidents")
	w.looksWell("incidents")
	w.loads(click(`main tbody a`))
	w.looksWell("incident")
	w.open("/held")
	w.looksWell("held")
	w.open("/admin/guard")
	w.looksWell("guard")
	w.open("/admin/guard/words")
	w.fill("#marks", "blue folder")
	w.fill("#tone", "kind regards")
	w.provokes(http.StatusUnprocessableEntity)
	w.loads(click(`[name="do"][value="try"]`))
	w.reads("Nothing was saved", "An ordinary letter of the program")
	w.looksWell("guard-words")
}
