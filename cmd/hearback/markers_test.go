package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"hearback/mailbox/mailtest"
	"hearback/tickets"
	"hearback/web"
)

// markers are words that stand in private texts and nowhere else.
type markers struct{ words []string }

func (m *markers) next(where string) string {
	w := fmt.Sprintf("qzx%s%dvkj", where, len(m.words))
	m.words = append(m.words, w)
	return w
}

// in lists the markers that a text holds.
func (m *markers) in(text string) (found []string) {
	low := strings.ToLower(text)
	for _, w := range m.words {
		if strings.Contains(low, w) {
			found = append(found, w)
		}
	}
	return found
}

// panicking is a review that panics with the words that it was given.
type panicking struct{ words string }

func (p panicking) Verify(context.Context, string, string) (bool, error) { panic(p.words) }

// TestMarkerWordsStayInside writes private words wherever private words can be
// written, uses the program in every way, and looks for them wherever they must
// not be.
func TestMarkerWordsStayInside(t *testing.T) {
	var marks markers
	uncertain := make(chan struct{}, 1)
	h := open(t, plan{sink: mailtest.SinkOptions{Script: func(e mailtest.Event) mailtest.Action {
		if e.Step == mailtest.StepDot {
			select {
			case <-uncertain:
				return mailtest.Drop()
			default:
			}
		}
		return mailtest.Action{}
	}}})
	ctx := context.Background()
	arrive := func(id, from, text string, extra ...string) {
		h.dovecot.Append(t, h.user, "INBOX", letter(id, from, "Transport", text, extra...), h.now())
	}
	taken := 0
	wait := func() {
		taken++
		h.until("the mail", func() bool { return strings.Count(h.log.String(), "event=taken_in") == taken })
	}
	arrive("a@family.example", "tessa@family.example", "When does the bus come?")
	wait()
	arrive("b@family.example", "gwen@family.example", "Please send the report.")
	wait()
	h.until("acknowledgements", func() bool { return len(h.acks("")) == 2 })
	ref, other := h.only("tessa@family.example"), h.only("gwen@family.example")

	// Notes by form, API and mail; a call by form and API.
	priya, ola := h.signIn("priya"), h.signIn("ola")
	f := form(t, priya.get("/e/"+ref+"/notes/new", http.StatusOK).body, "note")
	f.Set("note", "Note for colleagues "+marks.next("form"))
	f.Set("do", "save")
	priya.post("/e/"+ref+"/notes/new", f, http.StatusSeeOther)
	f.Set("note", "A draft that is thrown away "+marks.next("discard"))
	f.Set("do", "discard")
	priya.post("/e/"+ref+"/notes/new", f, http.StatusSeeOther)
	f.Set("do", "draft")
	f.Set("note", "A draft "+marks.next("draft"))
	priya.post("/e/"+ref+"/notes/draft", f, 0)
	h.api(http.MethodPost, "/tickets/"+ref+"/notes", map[string]any{"text": "By a program " + marks.next("api")}, nil, http.StatusCreated)
	h.api(http.MethodPost, "/tickets/SEN-1/notes", map[string]any{"text": "On nothing " + marks.next("nowhere")}, nil, http.StatusNotFound)
	h.api(http.MethodPost, "/tickets/"+ref+"/calls", map[string]any{
		"direction": "in", "answered": true, "person": h.people["tessa@family.example"].ID, "summary": "She said " + marks.next("call"), "promise": "I promised " + marks.next("promise"), "promise_by": "2025-12-01",
	}, nil, http.StatusCreated)
	priya.post("/calls/new?e="+ref, url.Values{
		"do": {"save"}, "way": {"in"}, "case": {"WM-2201"}, "joins": {ref}, "person": {id64(h.people["tessa@family.example"].ID)}, "on": {"25/11/2025 09:30"}, "minutes": {"5"},
		"said": {"On the telephone " + marks.next("said")}, "checked": {"dob", "ref"}, "wants": {"answer"}, "stops": {"no"},
	}, 0)
	priya.post("/e/"+ref+"/ask", url.Values{"ask": {"About the bus"}}, 0)
	// Late: notices to staff, and a colleague who answers one by mail.
	h.later(14 * 24 * time.Hour)
	h.sweep()
	h.until("a notice", func() bool { return len(h.to("priya@westmarsh.example")) > 0 && len(h.to("ola@westmarsh.example")) > 0 })
	var notice string
	for _, m := range h.to("priya@westmarsh.example") {
		if head, _ := read(t, m.Data); strings.Contains(string(m.Data), ref) {
			notice = head.Get("Message-ID")
		}
	}
	arrive("c@westmarsh.example", "priya@westmarsh.example", "Dear colleagues, "+marks.next("mail"), "In-Reply-To: "+notice)
	wait()

	// Attempts to send the words on, an answer in doubt, and one that goes well.
	reply := func(b *browser, ref, text string, want int) {
		f := form(t, b.get("/e/"+ref+"/reply", http.StatusOK).body, "reply")
		f.Set("text", text)
		f.Set("do", "send")
		b.post("/e/"+ref+"/reply", f, want)
	}
	for _, w := range marks.words[:1] {
		reply(priya, ref, "Dear Tessa,\n\nNote for colleagues "+w, http.StatusUnprocessableEntity)
		h.api(http.MethodPost, "/tickets/"+ref+"/replies", map[string]any{"text": "Note for colleagues " + w}, nil, http.StatusUnprocessableEntity)
		h.api(http.MethodPost, "/tickets/"+ref+"/review", map[string]any{"text": "Note for colleagues " + w}, nil, 0)
	}
	reply(priya, ref, "Dear Tessa,\n\nThe bus comes at nine.", http.StatusSeeOther)
	h.later(2 * time.Minute)
	h.until("the answer", func() bool { return h.ticket(ref).State == "answered" })
	reply(ola, other, "Dear Gwen,\n\nThe report is in the post.", http.StatusSeeOther)
	uncertain <- struct{}{}
	h.later(2 * time.Minute)
	h.until("the letter in doubt", func() bool {
		for _, it := range h.ticket(other).Timeline {
			for _, d := range it.Deliveries {
				if d.State == string(tickets.Uncertain) {
					return true
				}
			}
		}
		return false
	})
	must(t, h.app.dispatchDue(ctx))

	// Every page that staff can open, for URLs and redirects; the API; metrics.
	for _, path := range []string{
		"/inbox", "/inbox/all", "/e/" + ref, "/c", "/c/WM-2201", "/search?q=" + marks.words[0], "/outbox", "/held", "/lead", "/escalations", "/duty",
		"/admin/mailboxes", "/admin/mailboxes/sen/ledger", "/counts", "/e/" + ref + "/presence",
	} {
		ola.get(path, 0)
	}
	for _, path := range []string{"/tickets?limit=200", "/tickets?q=" + marks.words[0], "/tickets/" + ref, "/tickets/" + other, "/cases", "/cases/WM-2201", "/mailboxes", "/openapi.json"} {
		h.api(http.MethodGet, path, nil, nil, 0)
	}
	var notes struct{ Items []struct{ Text string } }
	h.api(http.MethodGet, "/tickets/"+ref+"/notes", nil, &notes, http.StatusOK)
	if len(notes.Items) < 3 {
		t.Errorf("the API gives %d notes", len(notes.Items))
	}
	all := ""
	for _, n := range notes.Items {
		all += n.Text
	}
	if len(marks.in(all)) < 3 {
		t.Errorf("the notes hold only %v of the markers: the test looks for what is not there", marks.in(all))
	}
	req, err := http.NewRequest(http.MethodGet, h.base+"/metrics", http.NoBody)
	must(t, err)
	metrics := h.do(http.DefaultClient, req, http.StatusOK)

	// A panic whose value holds the words.
	h.panics(marks.next("panic"))
	// A failure in the middle of storing a note.
	func() {
		defer func() {
			if v := recover(); v != nil {
				if m := marks.in(fmt.Sprint(v)); len(m) > 0 {
					t.Errorf("the panic's value holds %v", m)
				}
			}
		}()
		private := tickets.NewPrivateText("words " + marks.next("value"))
		for _, s := range []string{fmt.Sprintf("%v %+v %#v %s %q %x", private, private, private, private, private, private), fmt.Sprint(struct{ N tickets.Note }{tickets.Note{Text: private}})} {
			if m := marks.in(s); len(m) > 0 {
				t.Errorf("printing shows %v", m)
			}
		}
		h.app.log.Debug("test", "note", private, "whole", tickets.Note{Text: private}, "error", fmt.Errorf("failed: %w: %v", errors.New("x"), private))
		panic(tickets.Note{Text: private})
	}()

	h.stop()
	check := func(where, text string) {
		t.Helper()
		if m := marks.in(text); len(m) > 0 {
			t.Errorf("%s holds %v", where, m)
		}
	}
	check("the log", h.log.String())
	check("/metrics", metrics.body)
	for _, m := range h.sink.All() {
		check("a mail to "+strings.Join(m.To, ", "), string(m.Data))
		check("a mail to "+strings.Join(m.To, ", ")+", decoded", readable(t, m.Data))
	}
	asked := 0
	for _, a := range h.answers {
		check("the Location of "+a.method+" "+a.path[:min(len(a.path), 20)], a.header.Get("Location"))
		if strings.HasPrefix(a.path, "/api/") && !strings.HasSuffix(a.path, "/notes") {
			asked++
			// The review shows the author where the letter holds private words: her own letter.
			if !strings.HasSuffix(a.path, "/review") && !strings.HasSuffix(a.path, "/replies") {
				check("the answer to "+a.method+" "+a.path[:min(len(a.path), 30)], a.body)
			}
		}
		for _, link := range links(a.body) {
			check("a link on "+a.path[:min(len(a.path), 20)], link)
		}
	}
	if asked < 8 || len(h.sink.All()) < 5 {
		t.Errorf("only %d answers of the API and %d mails were looked at", asked, len(h.sink.All()))
	}
	// Nothing is left beside the database either.
	must(t, filepath.WalkDir(h.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(filepath.Base(path), "hearback.db") || strings.Contains(path, "blobs") {
			return err
		}
		b, err := os.ReadFile(path)
		check(path, string(b))
		return err
	}))
}

// links are the addresses in a page: what a browser would keep in its history.
func links(page string) (out []string) {
	for _, attr := range []string{`href="`, `action="`, `src="`, `hx-get="`, `data-url="`} {
		for rest := page; ; {
			_, after, ok := strings.Cut(rest, attr)
			if !ok {
				break
			}
			link, more, _ := strings.Cut(after, `"`)
			out, rest = append(out, link), more
		}
	}
	return out
}

// panics sends a note through a site whose parts panic with its words.
func (h *house) panics(word string) {
	h.t.Helper()
	site, err := web.New(web.Deps{
		Store: h.app.store, Desk: h.app.desk, Review: review{h.app}, Mail: mailReader{}, Sessions: h.app.sessions(false),
		Verify: panicking{word}.Verify, Retry: h.app.retryMail, Mailboxes: h.app.mailboxStates,
		Health: h.app.health, Mode: h.app.mode, Events: web.NewEvents(), Wake: func() {}, Now: h.app.now, Log: h.app.log,
	})
	must(h.t, err)
	r := gin.New()
	site.Register(r)
	srv := httptest.NewServer(site.Wrap(r))
	defer srv.Close()
	res, err := http.PostForm(srv.URL+"/sign-in", url.Values{"email": {"ola@westmarsh.example"}, "password": {staffPw}})
	must(h.t, err)
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusInternalServerError || !strings.Contains(h.log.String(), "event=panic") {
		h.t.Errorf("a panic answered %d and was not logged", res.StatusCode)
	}
}
