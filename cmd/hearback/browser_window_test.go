package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// window is a browser window of one person, with cookies of its own.
type window struct {
	v    *visit
	t    *testing.T
	ctx  context.Context
	live chan struct{} // receives when the window begins to listen for live events

	mu      sync.Mutex
	said    []string // complaints on the console
	foreign []string // requests to anywhere but the program
	expect  []string // status codes that a test provokes
}

// as gives the window of a person, and signs the person in at the first time. Who is "" stays signed out.
func (v *visit) as(t *testing.T, who string) *window {
	t.Helper()
	w := v.windows[who]
	if w == nil {
		ctx, _ := chromedp.NewContext(v.browser, chromedp.WithNewBrowserContext()) //nolint:govet // ends with the browser
		w = &window{v: v, ctx: ctx, live: make(chan struct{}, 10)}
		must(t, chromedp.Do(ctx, chromedp.EmulateViewport(1366, 900)))
		must(t, chromedp.Listen(ctx, w.heard))
		v.windows[who] = w
		w.t = t
		if who != "" {
			w.signIn(who)
		}
	}
	w.t = t
	w.expect = nil
	// A window in the background is slowed down and cannot have the focus.
	_, err := chromedp.Call(w.ctx, page.BringToFront, cdp.Empty{})
	must(t, err)
	t.Cleanup(func() { w.complain(t) })
	return w
}

func (w *window) heard(ev any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch ev := ev.(type) {
	case *runtime.EventExceptionThrown:
		w.said = append(w.said, "exception: "+ev.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		if string(ev.Type) == "error" || string(ev.Type) == "warning" {
			said := "console: " + string(ev.Type)
			for _, a := range ev.Args {
				said += fmt.Sprintf(" %s %s", a.Value, a.Description)
			}
			w.said = append(w.said, said)
		}
	case *cdplog.EventEntryAdded:
		if string(ev.Entry.Level) == "error" {
			w.said = append(w.said, ev.Entry.Text+" "+ev.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		if u := ev.Request.URL; !strings.HasPrefix(u, w.v.d.web+"/") && !strings.HasPrefix(u, "about:") && !strings.HasPrefix(u, "data:") {
			w.foreign = append(w.foreign, u)
		}
	case *network.EventResponseReceived:
		if strings.HasSuffix(ev.Response.URL, "/events") {
			select {
			case w.live <- struct{}{}:
			default:
			}
		}
	}
}

// provokes says which refusals a test brings about; the browser writes them on its console.
func (w *window) provokes(status ...int) {
	for _, s := range status {
		w.expect = append(w.expect, fmt.Sprintf("status of %d ", s))
	}
}

// complain reports what the pages said on the console: errors of scripts, refusals of the content security policy, missing files.
func (w *window) complain(t *testing.T) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.said {
		if !slices.ContainsFunc(w.expect, func(e string) bool { return strings.Contains(s, e) }) {
			t.Errorf("on the console: %s", s)
		}
	}
	for _, u := range w.foreign {
		t.Errorf("the page asked for %s", u)
	}
	w.said, w.foreign = nil, nil
}

func (w *window) do(steps ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	must(w.t, chromedp.Do(w.ctx, steps...))
}

// look evaluates an expression of the page.
func look[T any](w *window, js string) T {
	w.t.Helper()
	out, err := chromedp.Run(w.ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	if err != nil {
		w.t.Fatalf("%s: %v", js, err)
	}
	return out
}

// open goes to a page and gives its status.
func (w *window) open(path string) int64 {
	w.t.Helper()
	res, err := chromedp.Run(w.ctx, chromedp.NavigateResponse(w.v.d.web+path))
	must(w.t, err)
	return res.Status
}

// loads does something that loads another page, and gives its status.
func (w *window) loads(step chromedp.Action[chromedp.Void]) int64 {
	w.t.Helper()
	res, err := chromedp.RunResponse(w.ctx, step)
	if err != nil {
		w.t.Fatalf("%v; the page:\n%s", err, w.text())
	}
	return res.Status
}

func click(selector string) chromedp.Action[chromedp.Void] {
	return chromedp.Click(chromedp.CSS(selector))
}

// fill writes into a field as a person does.
func (w *window) fill(selector, text string) {
	w.t.Helper()
	look[chromedp.Void](w, fmt.Sprintf(`(() => { const f = document.querySelector(%q); f.focus(); f.select(); })()`, selector))
	w.do(chromedp.KeyEvent(text))
}

func (w *window) text() string {
	w.t.Helper()
	return look[string](w, `document.querySelector("main").innerText`)
}

// reads fails unless the page shows the words.
func (w *window) reads(words ...string) {
	w.t.Helper()
	text := w.text()
	for _, s := range words {
		if !strings.Contains(text, s) {
			w.t.Errorf("the page does not say %q:\n%s", s, text)
		}
	}
}

// waits until an expression of the page is true: the page decides when, not a fixed time.
func (w *window) waits(js string) {
	w.t.Helper()
	ok, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool](`new Promise(done => { const end = performance.now() + 30000; const look = () => { if (`+js+`) done(true); else if (performance.now() > end) done(false); else setTimeout(look, 40); }; look(); })`, chromedp.EvalAwaitPromise))
	if err != nil || !ok {
		focus := look[string](w, `document.activeElement.outerHTML.slice(0, 120)`)
		w.t.Fatalf("never became true: %s (%v); the focus is on %s; the page:\n%s", js, err, focus, w.text())
	}
}

// tabTo presses Tab until the element in focus fulfils a condition on `el`.
func (w *window) tabTo(condition string) {
	w.t.Helper()
	var way []string
	for range 150 {
		w.do(chromedp.KeyEvent(kb.Tab))
		if look[bool](w, `(el => !!(`+condition+`))(document.activeElement)`) {
			return
		}
		way = append(way, look[string](w, `(document.activeElement.id || document.activeElement.textContent.trim()).slice(0, 30)`))
	}
	w.t.Fatalf("the Tab key does not lead to %s, but to %q", condition, way)
}

func enter() chromedp.Action[chromedp.Void] { return chromedp.KeyEvent(kb.Enter) }

func (w *window) signIn(who string) {
	w.t.Helper()
	w.open("/sign-in")
	w.fill("#email", who+"@"+demoDomain)
	w.fill("#password", demoStaffPw)
	if status := w.loads(click(`form[action="/sign-in"] button.hb-btn--primary`)); status != http.StatusOK {
		w.t.Fatalf("sign-in of %s led to %d", who, status)
	}
	if at := look[string](w, `location.pathname`); at == "/sign-in" {
		w.t.Fatalf("%s cannot sign in:\n%s", who, w.text())
	}
}
