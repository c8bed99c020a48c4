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
	"hearback/tickets/store"
)

type row struct {
	Ref, Case, Child, State, Subject, From string
	FromEmail                              string `json:"from_email"`
	SuggestedRef                           string `json:"suggested_ref"`
	Version                                int64
	Clock                                  *struct {
		State string
		DueAt time.Time `json:"due_at"`
	}
}

type list struct {
	Items []row
	Next  string
	Total int
}

type enquiry struct {
	row
	Timeline []struct {
		Kind, Text, Purpose, Event, Who string
		ID                              int64
		Automatic                       bool
		FromEmail                       string `json:"from_email"`
		Unconfirmed                     bool
		Call                            *struct {
			Direction  string
			Answered   bool
			StopsClock bool `json:"stops_clock"`
		}
		Deliveries []struct{ To, Email, State string }
	}
}

type notes struct {
	Items []struct{ Author, Text, Source string }
}

func TestEnquiriesAndTheirTimeline(t *testing.T) {
	w := newWorld(t)
	ref := w.fromTessa("Draft plan")
	w.arrives("Ada Osei", "ada.osei@mail.example", "School bus", "The bus was late.")
	c := w.officer()

	var all list
	c.get("/tickets", &all)
	if len(all.Items) != 2 || all.Total != 2 || all.Next != "" {
		t.Fatalf("the list: %+v", all)
	}
	var found list
	c.get("/tickets?q=bus", &found)
	if len(found.Items) != 1 || found.Total != 1 || found.Items[0].Subject != "School bus" {
		t.Errorf("q=bus: %+v", found)
	}
	for query, want := range map[string]int{
		"state=open": 2, "state=answered": 0, "state=open&q=draft": 1, "view=mine": 2, "view=triage": 0, "limit=1": 1, "limit=0": 2, "sort=newest": 2,
		"q=%22%27%3B--": 0, "q=*": 0, "q=bus+OR+draft": 0,
	} {
		var l list
		c.get("/tickets?"+query, &l)
		if len(l.Items) != want {
			t.Errorf("?%s gives %d, want %d", query, len(l.Items), want)
		}
	}

	var one enquiry
	c.get("/tickets/"+ref, &one)
	if one.Ref != ref || one.Case != "WM-2201" || one.Child != "M.B." || one.State != "open" || one.FromEmail != tessa || one.Version == 0 || one.Clock == nil || one.Clock.State != "on_track" {
		t.Errorf("the enquiry: %+v", one.row)
	}
	kinds := map[string]int{}
	for _, it := range one.Timeline {
		kinds[it.Kind]++
		if it.Kind == "email_out" && (it.Purpose != "ack" || !it.Automatic || len(it.Deliveries) != 1 || it.Deliveries[0].Email != tessa) {
			t.Errorf("the acknowledgement: %+v", it)
		}
	}
	if kinds["email_in"] != 1 || kinds["email_out"] != 1 || kinds["event"] == 0 {
		t.Errorf("the timeline: %v", kinds)
	}
}

func TestCasesAndTheirPeople(t *testing.T) {
	w := newWorld(t)
	w.fromTessa("Draft plan")
	c := w.officer()
	var l struct {
		Items []struct{ Ref, Child, Officer, Team string }
		Next  string
		Total int
	}
	body := c.get("/cases", &l)
	if l.Total != 2 || len(l.Items) != 2 || l.Items[0].Ref != "WM-2201" || l.Items[0].Child != "M.B." || l.Items[0].Officer != "Priya Nair" || l.Items[0].Team != "North" {
		t.Errorf("cases: %+v", l)
	}
	lacks(t, "the list of cases", body, "Milo", "Secretname", "Closedname", "WM-2303", "WM-2404")
	c.get("/cases?limit=1", &l)
	if len(l.Items) != 1 || l.Next == "" || l.Total != 2 {
		t.Errorf("one case: %+v", l)
	}
	c.get("/cases?limit=1&cursor="+l.Next, &l)
	if len(l.Items) != 1 || l.Items[0].Ref != "WM-2202" || l.Next != "" {
		t.Errorf("the other: %+v", l)
	}
	c.get("/cases?q=osei", &l)
	if l.Total != 1 || l.Items[0].Ref != "WM-2202" {
		t.Errorf("q=osei: %+v", l)
	}

	var one struct {
		Ref       string
		ChildName string `json:"child_name"`
		DOB       string
		People    []struct {
			ID                     int64
			Name, Relation         string
			ParentalResponsibility string `json:"parental_responsibility"`
			NoContact              bool   `json:"no_contact"`
			AddressHidden          bool   `json:"address_hidden"`
			Addresses              []struct {
				Email        string
				Confidential bool
			}
		}
		Tickets []row
	}
	c.get("/cases/WM-2201", &one)
	if one.Ref != "WM-2201" || one.ChildName != "Milo Brandt" || len(one.People) != 4 || len(one.Tickets) != 1 {
		t.Fatalf("the case: %+v", one)
	}
	seen := 0
	for _, p := range one.People {
		if len(p.Addresses) != 1 {
			t.Errorf("%s has %d addresses", p.Name, len(p.Addresses))
			continue
		}
		switch p.ID {
		case w.mother.ID:
			seen++
			if p.Relation != "mother" || p.ParentalResponsibility != "yes" || p.NoContact || p.AddressHidden || p.Addresses[0].Email != tessa || p.Addresses[0].Confidential {
				t.Errorf("the mother: %+v", p)
			}
		case w.father.ID:
			seen++
			if !p.AddressHidden || !p.Addresses[0].Confidential {
				t.Errorf("a program is not told that the address is protected: %+v", p)
			}
		case w.aunt.ID:
			seen++
			if !p.NoContact || p.ParentalResponsibility != "no" {
				t.Errorf("the aunt: %+v", p)
			}
		}
	}
	if seen != 3 {
		t.Errorf("%d of three people", seen)
	}
	// Reading a protected address leaves a trace: who read whose, and no address.
	has(t, "the log", w.log.String(), "event=protected_shown", fmt.Sprintf("person=%d", w.father.ID), fmt.Sprintf("staff=%d", w.priya.ID))
	lacks(t, "the log", w.log.String(), "rob@post.example", fmt.Sprintf("person=%d ", w.mother.ID))
}

func TestMailboxes(t *testing.T) {
	w := newWorld(t)
	body := w.officer().get("/mailboxes", nil)
	has(t, "an officer's view", body, sen, `"ok":false`)
	lacks(t, "an officer's view", body, "password", "INBOX")
	has(t, "a lead's view", w.role(access.RoleLead).get("/mailboxes", nil), sen, "The server refuses the password.", "INBOX")
}

// The pages of a list hold each enquiry once, also while new ones come in.
func TestPagesAreCompleteWhileMailArrives(t *testing.T) {
	for _, sort := range []string{"due", "newest"} {
		t.Run(sort, func(t *testing.T) {
			w := newWorld(t)
			want := map[string]bool{}
			for i := range 40 {
				if i%3 == 0 { // many are due, and came, in the same second
					w.later(time.Minute)
				}
				want[w.newcomer(i)] = true
			}
			c := w.role(access.RoleBusinessSupport)
			var arriving sync.WaitGroup
			turn, stop := make(chan struct{}), make(chan struct{})
			arriving.Go(func() {
				for i := 1000; ; i++ {
					select {
					case <-turn:
						w.newcomer(i)
						turn <- struct{}{}
					case <-stop:
						return
					}
				}
			})
			seen := map[string]int{}
			cursor, pages := "", 0
			for {
				var l list
				mail := pages < 20
				if mail { // while the page is read
					turn <- struct{}{}
				}
				c.get("/tickets?limit=7&sort="+sort+"&cursor="+cursor, &l)
				if mail {
					<-turn
				}
				for _, it := range l.Items {
					seen[it.Ref]++
				}
				pages++
				if cursor = l.Next; cursor == "" {
					break
				}
				if pages > 200 {
					t.Fatal("the list does not end")
				}
			}
			close(stop)
			arriving.Wait()
			if pages < 6 {
				t.Errorf("only %d pages", pages)
			}
			for ref := range want {
				if seen[ref] != 1 {
					t.Errorf("%s is on the pages %d times", ref, seen[ref])
				}
			}
			for ref, n := range seen {
				if n > 1 {
					t.Errorf("%s is there %d times", ref, n)
				}
			}
			// A cursor is of one order, and nothing else is one.
			c.asks(http.MethodGet, "/tickets?cursor=bm90aGluZw", nil, http.StatusUnprocessableEntity)
			c.asks(http.MethodGet, "/tickets?cursor=%00%ff", nil, http.StatusUnprocessableEntity)
		})
	}
}

// newcomer is a mail of somebody whom nobody knows: an enquiry of its own.
func (w *world) newcomer(i int) string {
	return w.arrives("Somebody", fmt.Sprintf("somebody%d@other.example", i), fmt.Sprintf("Question %d", i), "Whom do I ask?")
}

func TestHeadAndOtherMethods(t *testing.T) {
	w := newWorld(t)
	ref := w.fromTessa("Draft plan")
	c := w.officer()
	for _, path := range []string{"/tickets", "/tickets/" + ref, "/cases", "/mailboxes", "/openapi.json"} {
		if rec := c.raw(http.MethodHead, path, "", nil); rec.Code != http.StatusOK {
			t.Errorf("HEAD %s: %d", path, rec.Code)
		}
	}
	(&client{w: w}).raw(http.MethodHead, "/tickets", "", nil)
	if rec := (&client{w: w}).raw(http.MethodHead, "/tickets/"+ref, "", nil); rec.Code != http.StatusUnauthorized {
		t.Errorf("HEAD without a token: %d", rec.Code)
	}
	for _, x := range []struct {
		method, path, allow string
		want                int
	}{
		{http.MethodDelete, "/tickets/" + ref, "GET, HEAD, OPTIONS", http.StatusMethodNotAllowed},
		{http.MethodDelete, "/tickets/SEN-0", "GET, HEAD, OPTIONS", http.StatusMethodNotAllowed}, // the same for what is not there
		{http.MethodPost, "/tickets", "GET, HEAD, OPTIONS", http.StatusMethodNotAllowed},
		{http.MethodPut, "/tickets/" + ref + "/notes", "GET, HEAD, OPTIONS, POST", http.StatusMethodNotAllowed},
		{http.MethodGet, "/tickets/" + ref + "/replies", "OPTIONS, POST", http.StatusMethodNotAllowed},
		{"BREW", "/mailboxes", "GET, HEAD, OPTIONS", http.StatusMethodNotAllowed},
		{http.MethodOptions, "/cases/WM-2201", "GET, HEAD, OPTIONS", http.StatusNoContent},
		{http.MethodOptions, "/nothing", "", http.StatusNotFound},
		{http.MethodGet, "", "", http.StatusNotFound},
		{http.MethodGet, "/", "", http.StatusNotFound},
		{http.MethodGet, "/tickets/", "", http.StatusNotFound},
		{http.MethodGet, "/tickets/" + ref + "/", "", http.StatusNotFound},
		{http.MethodGet, "/cases/WM-2201/persons", "", http.StatusNotFound},
		{http.MethodGet, "/tickets/" + ref + "/../../cases", "", http.StatusNotFound},
		{http.MethodGet, "//tickets", "", http.StatusNotFound},
		{http.MethodGet, "/openapi.yaml", "", http.StatusNotFound},
		{http.MethodGet, "/docs", "", http.StatusNotFound},
	} {
		rec := c.raw(x.method, x.path, "", nil)
		if rec.Code != x.want || rec.Header().Get("Allow") != x.allow {
			t.Errorf("%s %s: %d, Allow %q", x.method, x.path, rec.Code, rec.Header().Get("Allow"))
		}
		if x.want >= 400 {
			w.isProblem(rec)
		}
	}
}

// What a caller may not know answers as what is not there, to the last byte.
func TestGuessedReferences(t *testing.T) {
	w := newWorld(t)
	own := w.fromTessa("Draft plan")
	sealed := w.arrives("Una Secretname", una, "Where we live now", "Please keep it quiet.")
	closed := w.arrives("Wen Closedname", "wen@mail.example", "A closed matter", "Quietword.")
	triage := w.newcomer(1)
	c := w.officer()
	c.get("/tickets/"+own, nil)
	for _, guess := range []string{sealed, closed, triage} {
		for _, x := range []struct {
			method, path string
			in           any
		}{
			{http.MethodGet, "", nil},
			{http.MethodGet, "/notes", nil},
			{http.MethodPost, "/notes", m{"text": "A remark"}},
			{http.MethodPost, "/review", m{"text": "Hello"}},
			{http.MethodPost, "/replies", m{"text": "Hello", "to": []int64{w.hidden.ID}}},
			{http.MethodPost, "/calls", m{"direction": "in", "answered": true}},
		} {
			if guess == closed { // of her team: she is told whom to ask, and no more
				body := c.asks(x.method, "/tickets/"+guess+x.path, x.in, http.StatusForbidden).Body.String()
				if want := `{"title":"Forbidden","status":403,"detail":"You cannot open this. Your team lead can: ` + w.staff[access.RoleLead].Name + `"}`; strings.TrimSpace(body) != want {
					t.Errorf("%s %s: %s", x.method, x.path, body)
				}
				continue
			}
			there := c.asks(x.method, "/tickets/"+guess+x.path, x.in, http.StatusNotFound).Body.String()
			gone := c.asks(x.method, "/tickets/SEN-999999"+x.path, x.in, http.StatusNotFound).Body.String()
			if there != gone {
				t.Errorf("%s %s tells them apart:\n%s\n%s", x.method, x.path, there, gone)
			}
		}
		if len(w.letters(guess)) != 0 {
			t.Errorf("a letter was queued on %s", guess)
		}
	}
	c.asks(http.MethodGet, "/cases/WM-2404", nil, http.StatusForbidden)
	for _, guess := range []string{"WM-2303"} {
		there := c.asks(http.MethodGet, "/cases/"+guess, nil, http.StatusNotFound).Body.String()
		gone := c.asks(http.MethodGet, "/cases/WM-0000", nil, http.StatusNotFound).Body.String()
		if there != gone {
			t.Errorf("cases are told apart:\n%s\n%s", there, gone)
		}
	}
	// Neither lists nor counts nor searches know of them.
	for _, path := range []string{"/tickets", "/tickets?view=late", "/tickets?q=quietword", "/tickets?q=quiet", "/tickets?q=" + sealed, "/tickets?q=WM-2404", "/tickets?q=closedname", "/tickets?q=whom+do+i+ask"} {
		var l list
		body := c.get(path, &l)
		lacks(t, path, body, sealed, closed, triage, "Secretname", "Closedname", "quiet", "wen@mail.example", una)
		want := 0
		if path == "/tickets" {
			want = 1
		}
		if l.Total != want || len(l.Items) != want {
			t.Errorf("%s counts %d of %d", path, len(l.Items), l.Total)
		}
	}
	for _, path := range []string{"/cases?q=secretname", "/cases?q=WM-2404", "/cases?q=una"} {
		var l list
		c.get(path, &l)
		if l.Total != 0 || len(l.Items) != 0 {
			t.Errorf("%s finds %d", path, l.Total)
		}
	}
	// The same questions of somebody who may know find them.
	head := w.role(access.RoleHead)
	for _, path := range []string{"/tickets/" + sealed, "/tickets/" + closed, "/tickets/" + triage, "/cases/WM-2303", "/cases/WM-2404"} {
		head.get(path, nil)
	}
	var l list
	head.get("/tickets?q=quietword", &l)
	if l.Total != 1 {
		t.Errorf("the head of service finds %d", l.Total)
	}
}

// A stranger's mail that cites an enquiry of a closed case does not give its
// reference away to who sorts mail.
func TestSuggestedReferencesAreWithinScope(t *testing.T) {
	w := newWorld(t)
	sealed := w.arrives("Una Secretname", una, "Where we live now", "Please keep it quiet.")
	v, err := w.db.Ticket(t.Context(), access.System("test"), sealed)
	w.must(err)
	stray := w.newcomer(7)
	w.must(w.db.Write(t.Context(), func(tx tickets.Tx) error {
		s, err := tx.Ticket(t.Context(), access.System("test"), stray)
		if err != nil {
			return err
		}
		s.SuggestedID, s.Category = v.ID, tickets.CategoryUnconfirmed
		return tx.UpdateTicket(t.Context(), &s.Ticket)
	}))
	desk, head := w.role(access.RoleBusinessSupport), w.role(access.RoleHead)
	lacks(t, "the duty desk's view", desk.get("/tickets/"+stray, nil)+desk.get("/tickets?view=triage", nil), sealed)
	has(t, "the head's view", head.get("/tickets/"+stray, nil), sealed)
}

// Private words are in the answer of the route of notes and in no other.
func TestPrivateWordsStayPrivate(t *testing.T) {
	w := newWorld(t)
	ref := w.fromTessa("Draft plan")
	c := w.officer()
	words := map[string]string{
		"note": "qzxnotevkj", "summary": "qzxsummaryvkj", "promise": "qzxpromisevkj", "reason": "qzxreasonvkj", "refused": "qzxrefusedvkj",
	}
	rec := c.post("/tickets/"+ref+"/notes", m{"text": "She is " + words["note"]}, nil, http.StatusCreated)
	if got := rec.Header().Get("Location"); got != "/api/v1/tickets/"+ref+"/notes" {
		t.Errorf("Location %q", got)
	}
	rec = c.post("/tickets/"+ref+"/calls", m{
		"direction": "out", "answered": true, "person": w.mother.ID, "summary": words["summary"], "promise": words["promise"], "promise_by": "2026-12-01",
		"stops_clock": true, "stops_reason": words["reason"],
	}, nil, http.StatusCreated)
	if got := rec.Header().Get("Location"); got != "/api/v1/tickets/"+ref {
		t.Errorf("Location %q", got)
	}
	c.post("/tickets/"+ref+"/notes", m{"text": "x", "words": words["refused"]}, nil, http.StatusUnprocessableEntity)
	c.raw(http.MethodPost, "/tickets/"+ref+"/notes", "application/json", strings.NewReader(`{"text": "`+words["refused"]+`"`))
	var all []string
	for _, x := range words {
		all = append(all, x)
	}
	for _, who := range []*client{c, w.role(access.RoleLead), w.role(access.RoleHead)} {
		for _, path := range []string{"/tickets", "/tickets?view=answered", "/tickets/" + ref, "/cases", "/cases/WM-2201", "/mailboxes", "/openapi.json"} {
			lacks(t, path, who.raw(http.MethodGet, path, "", nil).Body.String(), all...)
		}
		for _, x := range words {
			var l list
			if body := who.get("/tickets?q="+x, &l); l.Total != 0 || len(l.Items) != 0 {
				t.Errorf("a search finds private words: %s", body)
			}
			who.get("/cases?q="+x, &l)
			if l.Total != 0 {
				t.Errorf("a search of cases finds private words")
			}
		}
	}
	lacks(t, "the log", w.log.String(), all...)

	var n notes
	body := c.get("/tickets/"+ref+"/notes", &n)
	if len(n.Items) != 1 || n.Items[0].Text != "She is "+words["note"] || n.Items[0].Author != "Priya Nair" || n.Items[0].Source != "api" {
		t.Errorf("notes: %+v", n)
	}
	lacks(t, "the notes", body, words["summary"], words["promise"], words["reason"])

	// The call is in the timeline as a call, and it did what it said.
	var one enquiry
	c.get("/tickets/"+ref, &one)
	calls := 0
	for _, it := range one.Timeline {
		if it.Kind == "call" {
			calls++
			if it.Call == nil || it.Call.Direction != "out" || !it.Call.Answered || !it.Call.StopsClock || it.Who != "Priya Nair" {
				t.Errorf("the call: %+v", it)
			}
		}
	}
	if calls != 1 || one.State != "answered" {
		t.Errorf("%d calls, state %s", calls, one.State)
	}
}

// The list of declared private columns is longer than what the test above
// writes: it would not notice a column that it does not know.
func TestPrivateColumnsAreKnown(t *testing.T) {
	known := map[string]bool{"notes.words": true, "calls.summary": true, "calls.promise": true, "calls.stops_reason": true}
	for _, table := range []string{"notes", "calls"} {
		for column, class := range store.Columns()[table] {
			if class == store.Private && !known[table+"."+column] {
				t.Errorf("%s.%s is private, and TestPrivateWordsStayPrivate does not write it", table, column)
			}
		}
	}
}
