package view

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// posted is one form that the browser sent.
type posted struct {
	path string
	form url.Values
}

// recorder serves the fixtures and answers every POST, keeping what came. Fragments are answered as a server would.
func recorder(t *testing.T, r *Renderer) (*httptest.Server, chan posted) {
	t.Helper()
	pages := fixtureServer(t)
	got := make(chan posted, 100)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method != http.MethodPost {
			pages.ServeHTTP(w, req)
			return
		}
		body, err := io.ReadAll(req.Body)
		if err != nil {
			t.Error(err)
		}
		form, err := url.ParseQuery(string(body))
		if err != nil {
			t.Error(err)
		}
		switch {
		case strings.HasSuffix(req.URL.Path, "/presence"):
			w.WriteHeader(http.StatusNoContent)
			return
		case strings.HasSuffix(req.URL.Path, "/draft"):
			err = r.Fragment(w, FragReplyDraft, DraftState{State: "saved", At: time.Date(2026, 11, 24, 10, 35, 0, 0, time.UTC), URL: req.URL.Path, Rev: "8"})
		case strings.HasSuffix(req.URL.Path, "/check"):
			err = r.Fragment(w, FragVerdict, Verdict{Level: Stopped, Findings: []Finding{noteContent()}, Names: []string{"Tessa Brandt"}})
		default:
			w.Header().Set("Location", "/signedout")
			w.WriteHeader(http.StatusSeeOther)
		}
		if err != nil {
			t.Error(err)
		}
		got <- posted{req.URL.Path, form}
	}))
	t.Cleanup(srv.Close)
	return srv, got
}

// wait returns the next form that matches, passing over others.
func wait(t *testing.T, got chan posted, suffix string) url.Values {
	t.Helper()
	deadline := time.NewTimer(20 * time.Second)
	defer deadline.Stop()
	for {
		select {
		case p := <-got:
			if strings.HasSuffix(p.path, suffix) {
				return p.form
			}
		case <-deadline.C:
			t.Fatalf("no form was sent to …%s", suffix)
		}
	}
}

// press sends a key with Ctrl to the element with the focus, as the script sees it.
func press(ctx context.Context, key string, ctrl bool) error {
	return chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](`document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: "`+key+`", ctrlKey: `+map[bool]string{true: "true", false: "false"}[ctrl]+`, bubbles: true, cancelable: true}))`))
}

func eval[T any](t *testing.T, ctx context.Context, js string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](js))
	if err != nil {
		t.Fatalf("%s: %v", js, err)
	}
	return v
}

// poll waits until an expression of the page is true; the page decides when, not a fixed time.
func poll(t *testing.T, ctx context.Context, js string) {
	t.Helper()
	ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`new Promise(done => { const end = performance.now() + 15000; const look = () => { if (`+js+`) done(true); else if (performance.now() > end) done(false); else requestAnimationFrame(look); }; look(); })`, chromedp.EvalAwaitPromise))
	if err != nil || !ok {
		t.Fatalf("never became true: %s (%v)", js, err)
	}
}

// TestKeys tries the keys that must never do harm, and those that carry the daily work.
func TestKeys(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser run is not short")
	}
	ctx, _ := browser(t)
	r, _ := newRenderer(t)
	srv, got := recorder(t, r)
	open := func(name string) {
		t.Helper()
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(1366, 900), chromedp.Navigate(srv.URL+"/"+name)); err != nil {
			t.Fatal(err)
		}
		poll(t, ctx, `document.documentElement.classList.contains("js")`)
	}
	key := func(k string, ctrl bool) {
		t.Helper()
		if err := press(ctx, k, ctrl); err != nil {
			t.Fatal(err)
		}
	}

	open("note")
	eval[chromedp.Void](t, ctx, `document.getElementById("note-text").focus()`)
	key("Enter", true)
	poll(t, ctx, `document.getElementById("live-polite").textContent.includes("Nothing was sent")`)
	key("s", true)
	if form := wait(t, got, "/notes/new"); form.Get("do") != "save" || form.Get("note") == "" {
		t.Errorf("Ctrl+S in a note posted %v", form)
	}

	open("reply")
	eval[chromedp.Void](t, ctx, `document.getElementById("text").focus()`)
	key("s", true)
	if form := wait(t, got, "/reply"); form.Get("do") != "save" {
		t.Errorf("Ctrl+S in a reply posted do=%q", form.Get("do"))
	}

	open("reply")
	eval[chromedp.Void](t, ctx, `document.getElementById("text").focus()`)
	key("Enter", true)
	if form := wait(t, got, "/reply"); form.Get("do") != "send" || form.Get("to_person") != "p1" || form.Get("seen_recipients") != "d41d8c" {
		t.Errorf("Ctrl+Enter in a reply posted %v", form)
	}

	// Typing saves a draft and asks the check; a stopped check turns the button off, and pressing it leads to the finding.
	open("reply")
	eval[chromedp.Void](t, ctx, `(() => { const x = document.getElementById("text"); x.focus(); x.value += " more"; x.dispatchEvent(new Event("input", {bubbles: true})); })()`)
	if form := wait(t, got, "/reply/check"); !strings.HasSuffix(form.Get("text"), " more") {
		t.Errorf("the check saw %q", form.Get("text"))
	}
	poll(t, ctx, `document.getElementById("send").getAttribute("aria-disabled") === "true" && document.activeElement.id === "text"`)
	wait(t, got, "/reply/draft")
	poll(t, ctx, `document.getElementById("draft-rev").value === "8"`)
	key("Enter", true)
	poll(t, ctx, `document.activeElement.id === "f-NOTE-CONTENT-p1"`)
	select {
	case p := <-got:
		if strings.HasSuffix(p.path, "/reply") {
			t.Errorf("a stopped reply was posted: %v", p.form)
		}
	default:
	}

	// Enter in the subject checks and never sends.
	open("reply")
	eval[chromedp.Void](t, ctx, `document.getElementById("subject").focus()`)
	if err := chromedp.Do(ctx, chromedp.KeyEvent("\r")); err != nil {
		t.Fatal(err)
	}
	if form := wait(t, got, "/reply"); form.Get("do") != "check" {
		t.Errorf("Enter in the subject posted do=%q", form.Get("do"))
	}

	// j and k move the focus, and only where shortcuts are on.
	open("inbox")
	key("j", false)
	if at := eval[string](t, ctx, `document.activeElement.textContent`); at != "SEN-104233" {
		t.Errorf("j moved to %q", at)
	}
	key("j", false)
	key("k", false)
	key("k", false)
	if at := eval[string](t, ctx, `document.activeElement.textContent`); at != "SEN-104101" {
		t.Errorf("k moved to %q", at)
	}
	key("/", false)
	if at := eval[string](t, ctx, `document.activeElement.id`); at != "q" {
		t.Errorf("/ moved to %q", at)
	}
	key("j", false)
	if at := eval[string](t, ctx, `document.activeElement.id`); at != "q" {
		t.Errorf("j in a field moved to %q", at)
	}
	open("inbox-observe")
	key("j", false)
	if at := eval[string](t, ctx, `document.activeElement.tagName`); at != "BODY" {
		t.Errorf("j moved although shortcuts are off: %s", at)
	}
}
