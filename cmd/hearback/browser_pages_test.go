package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// hostileMail opens a mail that tries everything. Its layout is shown in a
// frame that runs nothing and asks nobody for anything.
func (v *visit) hostileMail(t *testing.T) {
	var mu sync.Mutex
	var asked []string
	canary := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked = append(asked, r.URL.Path)
		mu.Unlock()
		w.Header().Set("Access-Control-Allow-Origin", "*")
		_, _ = w.Write([]byte("canary"))
	}))
	t.Cleanup(canary.Close)
	hostile := strings.ReplaceAll(`<html><head><title>x</title>
<meta http-equiv="refresh" content="0;url=CANARY/refresh"><base href="CANARY/base/"><link rel="stylesheet" href="CANARY/sheet.css"><link rel="prefetch" href="CANARY/prefetch"><link rel="dns-prefetch" href="CANARY">
<style>@import url(CANARY/import.css); body { background: url(CANARY/style) } @font-face { font-family: f; src: url(CANARY/font) } p { font-family: f }</style>
<script>top.pwned = 1; parent.pwned = 1; window.pwned = 1; fetch("CANARY/script")</script><script src="CANARY/script.js"></script></head>
<body onload="top.pwned=2;fetch('CANARY/onload')" background="CANARY/background"><p style="background-image:url(CANARY/inline)">The visible words of the mail.</p>
<img src="CANARY/pixel.gif" srcset="CANARY/srcset.gif 2x" onerror="top.pwned=3;fetch('CANARY/onerror')"><img src="x" onerror="top.pwned=4">
<svg onload="top.pwned=5"><image href="CANARY/svgimage" xlink:href="CANARY/svgxlink"/><script>top.pwned=6</script><style>*{background:url(CANARY/svgstyle)}</style></svg>
<math><mtext><table><mglyph><style><img src=x onerror="top.pwned=7"></style></mglyph></table></mtext></math>
<form action="CANARY/form" method="get"><input name="q" autofocus onfocus="top.pwned=8"><button formaction="CANARY/formaction">Sign in</button></form>
<iframe src="CANARY/iframe" srcdoc="<script>top.pwned=9</script>"></iframe><object data="CANARY/object"></object><embed src="CANARY/embed"><video src="CANARY/video" poster="CANARY/poster" autoplay></video><audio src="CANARY/audio" autoplay></audio>
<a href="javascript:top.pwned=10">a link</a><a href="CANARY/link" ping="CANARY/ping">another</a><portal src="CANARY/portal"></portal><noscript><img src="CANARY/noscript"></noscript>
<template><img src="CANARY/template"></template><table background="CANARY/table"><tr><td>cell</td></tr></table></body></html>`, "CANARY", canary.URL)

	f := v.family(t, "claire.vance@mail.example")
	ref := v.write(t, f, "Pictures from the nutmeg trip", "text/html", hostile)
	w := v.as(t, "priya.nair")
	if status := w.open("/e/" + ref); status != http.StatusOK {
		t.Fatalf("the enquiry is answered with %d", status)
	}
	w.reads("The visible words of the mail.")
	// The frame is loaded when somebody opens it.
	w.waits(`(() => { const f = document.querySelector("iframe.hb-frame"); if (!f) return false; if (!f.dataset.watched) { f.dataset.watched = "yes"; f.addEventListener("load", () => f.dataset.loaded = "yes"); f.closest("details").open = true; f.scrollIntoView(); } return f.dataset.loaded === "yes"; })()`)
	if sandbox := look[string](w, `document.querySelector("iframe.hb-frame").getAttribute("sandbox")`); sandbox != "" {
		t.Errorf("the frame may %q", sandbox)
	}
	frame := look[string](w, `document.querySelector("iframe.hb-frame").getAttribute("src")`)
	if pwned := look[bool](w, `window.pwned !== undefined`); pwned {
		t.Error("the mail ran a script in our page")
	}
	// On its own, as somebody may open it, it is no less harmless.
	if status := w.open(frame); status != http.StatusOK {
		t.Errorf("the frame is answered with %d", status)
	}
	if body := look[string](w, `document.body.innerText`); !strings.Contains(body, "The visible words of the mail.") {
		t.Errorf("the frame shows %q", body)
	}
	if at := look[string](w, `location.href`); at != v.d.web+frame {
		t.Errorf("the mail led away to %s", at)
	}
	if pwned := look[bool](w, `window.pwned !== undefined`); pwned {
		t.Error("the mail ran a script on its own page")
	}
	// What the canary hears last shows that it hears at all, and that nothing came before it.
	other, stop := chromedp.NewContext(v.browser, chromedp.WithNewBrowserContext())
	defer stop()
	must(t, chromedp.Do(other, chromedp.Navigate(canary.URL+"/control")))
	mu.Lock()
	defer mu.Unlock()
	for _, p := range asked {
		if p != "/control" && p != "/favicon.ico" {
			t.Errorf("the mail loaded %s", p)
		}
	}
	if len(asked) == 0 {
		t.Error("the canary hears nothing")
	}
}

// lead sees who is about to run late.
func (v *visit) lead(t *testing.T, later *outcome) {
	w := v.as(t, "ola.reyes")
	if at := look[string](w, `location.pathname`); at != "/lead" {
		t.Errorf("a lead starts at %s", at)
	}
	w.open("/lead")
	w.reads("Who is about to run late", "Late, or late next")
	var soonest []string
	// What may be about danger stands above every date.
	for _, urgent := range []bool{true, false} {
		for _, k := range v.d.tickets("?limit=200").Items {
			if (k.Alert != "") == urgent && len(soonest) < 3 {
				soonest = append(soonest, k.Ref)
			}
		}
	}
	if got := look[[]string](w, `[...document.querySelectorAll("[data-rows] .hb-row__link")].slice(0, 3).map(a => a.textContent)`); !slices.Equal(got, soonest) {
		t.Errorf("the lead's list begins with %q, the soonest are %q", got, soonest)
	}
	if status := w.open("/e/" + later.noted); status != http.StatusOK {
		t.Errorf("the enquiry on the list is answered with %d", status)
	}
	if status := w.open("/escalations"); status != http.StatusOK {
		t.Errorf("the escalations are answered with %d", status)
	}
}

// administrator runs the mailboxes and sees no case.
func (v *visit) administrator(t *testing.T, later *outcome) {
	w := v.as(t, "ade.winter")
	if status := w.open("/admin/mailboxes"); status != http.StatusOK {
		t.Errorf("the mailboxes are answered with %d", status)
	}
	w.reads(demoMailbox, demoMailbox2)
	w.provokes(http.StatusForbidden, http.StatusNotFound)
	for _, path := range []string{
		"/inbox", "/inbox/all", "/e/" + later.noted, "/e/" + later.noted + "/reply", "/e/" + later.noted + "/notes/new", "/c", "/c/WM-2201", "/search?q=vance",
		"/duty", "/lead", "/escalations", "/outbox", "/held", "/calls/new",
	} {
		if status := w.open(path); status != http.StatusForbidden && status != http.StatusNotFound {
			t.Errorf("%s is answered with %d", path, status)
		}
		if text := look[string](w, `document.documentElement.innerText`); strings.Contains(text, "Selby") || strings.Contains(text, "paprika") || strings.Contains(text, "Brandt") {
			t.Errorf("%s shows a case:\n%s", path, text)
		}
	}
}

// accessible opens the pages as they are with the demonstration's data.
func (v *visit) accessible(t *testing.T, later *outcome) {
	for _, who := range []struct {
		name  string
		paths []string
	}{
		{"", []string{"/sign-in", "/parents/" + boxKey(later.parent.email)}},
		{"priya.nair", []string{
			"/inbox", "/e/" + later.ref, "/e/" + later.noted + "/reply", "/e/" + later.noted + "/notes/new", "/c", "/c/WM-2188", "/calls/new?e=" + later.noted,
			"/search?q=vance", "/outbox?tab=sent", "/held", "/me", "/help",
		}},
		{"sam.tully", append([]string{"/duty", "/duty/automatic", "/duty/automatic?kind=list", "/duty/sent", "/admin/rules"}, v.spamPages()...)},
		{"ola.reyes", []string{"/lead", "/escalations"}},
		{"ade.winter", []string{"/admin/mailboxes", "/admin/mailboxes/sen/ledger", "/admin/mailboxes/sen/ledger?folder=INBOX&server=there", "/admin/rules"}},
	} {
		w := v.as(t, who.name)
		for _, path := range who.paths {
			if status := w.open(path); status != http.StatusOK {
				t.Errorf("%s is answered with %d", path, status)
				continue
			}
			w.do(chromedp.Evaluate[chromedp.Void](v.axe))
			for _, f := range w.axe() {
				t.Errorf("%s: %s", path, f)
			}
			w.do(chromedp.EmulateViewport(320, 568))
			if width := look[int](w, `document.documentElement.scrollWidth`); width > 320 {
				wide := look[string](w, `[...document.querySelectorAll("body *")].filter(e => { if (e.getBoundingClientRect().right <= 321) return false; for (let p = e.parentElement; p !== document.documentElement; p = p.parentElement) if (getComputedStyle(p).overflowX !== "visible") return false; return true; }).slice(-3).map(e => e.outerHTML.slice(0, 160)).join("\n")`)
				t.Errorf("%s needs %d pixels of width, has 320:\n%s", path, width, wide)
			}
			w.do(chromedp.EmulateViewport(1366, 900))
		}
	}
}

// spamPages are the questions before a sender of the unsorted mail is blocked.
func (v *visit) spamPages() []string {
	var out []string
	for _, k := range v.d.tickets("?view=triage&limit=200").Items {
		if len(out) == 0 {
			out = append(out, "/duty/i/"+k.Ref+"/spam")
		}
	}
	return out
}

// axe asks the accessibility checker about the loaded page.
func (w *window) axe() []string {
	w.t.Helper()
	raw, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](`axe.run(document, {runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}, resultTypes: ["violations"]}).then(r => JSON.stringify(r.violations))`, chromedp.EvalAwaitPromise))
	must(w.t, err)
	var found []struct {
		ID, Help string
		Nodes    []struct {
			HTML           string
			FailureSummary string
		}
	}
	must(w.t, json.Unmarshal([]byte(raw), &found))
	var out []string
	for _, f := range found {
		for _, n := range f.Nodes {
			out = append(out, f.ID+" ("+f.Help+")\n"+n.HTML+"\n"+n.FailureSummary)
		}
	}
	return out
}
