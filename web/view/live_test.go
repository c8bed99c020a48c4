package view

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestLive sends one live event to an open inbox and opens a preview: the bar appears, the list stays, and the focus does not move.
func TestLive(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser run is not short")
	}
	ctx, _ := browser(t)
	r, m := newRenderer(t)
	pages := fixtureServer(t)
	send := make(chan struct{})
	asked := make(chan string, 20)
	mux := http.NewServeMux()
	mux.Handle("/", pages)
	mux.HandleFunc("GET /events", func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		flush := w.(http.Flusher)
		flush.Flush()
		select {
		case <-send:
			fmt.Fprint(w, "event: item.added\ndata: {\"e\":\"SEN-104250\",\"seq\":900}\n\n")
			flush.Flush()
		case <-req.Context().Done():
		}
		<-req.Context().Done()
	})
	mux.HandleFunc("GET /inbox/mine/new", func(w http.ResponseWriter, req *http.Request) {
		if err := r.Fragment(w, FragNewBar, NewBar{Count: 1, Href: "/inbox/mine", URL: req.URL.String()}); err != nil {
			t.Error(err)
		}
	})
	mux.HandleFunc("GET /inbox/mine", func(w http.ResponseWriter, req *http.Request) {
		asked <- req.Header.Get("HX-Target") + " " + req.URL.Query().Get("open")
		p := *m.inbox().Preview
		p.Ref = req.URL.Query().Get("open")
		if err := r.Fragment(w, FragPreview, p); err != nil {
			t.Error(err)
		}
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.CloseClientConnections)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1366, 900), chromedp.Navigate(srv.URL+"/inbox")); err != nil {
		t.Fatal(err)
	}
	var console complaints
	if err := console.listen(ctx); err != nil {
		t.Fatal(err)
	}
	poll(t, ctx, `document.documentElement.classList.contains("js")`)
	eval[chromedp.Void](t, ctx, `document.querySelector("#row-SEN-104238 .hb-row__link").focus()`)
	rows := eval[string](t, ctx, `document.getElementById("list").innerHTML`)
	close(send)
	poll(t, ctx, `document.querySelector("#newbar a") !== null && document.querySelector("#newbar a").textContent.includes("Show 1 new")`)
	poll(t, ctx, `document.getElementById("live-polite").textContent.includes("1 new")`)
	if at := eval[string](t, ctx, `document.activeElement.textContent`); at != "SEN-104238" {
		t.Errorf("the focus moved to %q", at)
	}
	if now := eval[string](t, ctx, `document.getElementById("list").innerHTML`); now != rows {
		t.Error("the list changed under the reader")
	}
	// Enter on the row asks for the preview alone.
	if err := chromedp.Do(ctx, chromedp.KeyEvent("\r")); err != nil {
		t.Fatal(err)
	}
	poll(t, ctx, `document.getElementById("preview").dataset.ref === "SEN-104238" && document.getElementById("row-SEN-104238").classList.contains("hb-row--chosen")`)
	if got := <-asked; got != "preview SEN-104238" {
		t.Errorf("the preview was asked for as %q", got)
	}
	if at := eval[string](t, ctx, `document.activeElement.textContent`); at != "SEN-104238" {
		t.Errorf("the preview took the focus: %q", at)
	}
	for _, c := range console.take() {
		t.Errorf("console: %s", c)
	}
}
