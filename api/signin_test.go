package api_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/store/storetest"
)

// operations are all of them but the document.
func operations(ref, caseRef string) [][2]string {
	return [][2]string{
		{http.MethodGet, "/tickets"},
		{http.MethodGet, "/tickets/" + ref},
		{http.MethodGet, "/tickets/" + ref + "/notes"},
		{http.MethodPost, "/tickets/" + ref + "/notes"},
		{http.MethodPost, "/tickets/" + ref + "/review"},
		{http.MethodPost, "/tickets/" + ref + "/replies"},
		{http.MethodPost, "/tickets/" + ref + "/calls"},
		{http.MethodGet, "/cases"},
		{http.MethodGet, "/cases/" + caseRef},
		{http.MethodGet, "/mailboxes"},
	}
}

func TestNobodyWithoutAToken(t *testing.T) {
	w := newWorld(t)
	ref := w.fromTessa("Draft plan")
	ended := w.officer()
	w.must(w.db.InsertToken(t.Context(), hash("hb_ended"), w.priya.ID, nil, "ended", w.now()))
	ended.token = "hb_ended"
	revoked := w.officer()
	w.must(w.db.DeleteToken(t.Context(), hash(revoked.token)))
	shut := w.role(access.RoleTribunal)
	w.must(w.db.Write(t.Context(), func(tx tickets.Tx) error {
		s := w.staff[access.RoleTribunal]
		s.Active = false
		return tx.UpdateStaff(t.Context(), &s)
	}))
	for i, c := range []struct {
		name string
		who  *client
	}{
		{"none", &client{w: w}},
		{"unknown", &client{w: w, token: "hb_nobody"}},
		{"ended", ended},
		{"revoked", revoked},
		{"of a closed account", shut},
	} {
		for _, op := range operations(ref, "WM-2201") {
			c.who.host = "192.0.2." + string(rune('1'+i)) // the limit of wrong tokens is another test's
			rec := c.who.asks(op[0], op[1], nil, http.StatusUnauthorized)
			if !strings.HasPrefix(rec.Header().Get("WWW-Authenticate"), "Bearer ") {
				t.Errorf("%s: no challenge", c.name)
			}
			if rec.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("%s: %s may be cached", c.name, op[1])
			}
			lacks(t, c.name, rec.Body.String(), "Milo", tessa, ref)
		}
	}
	if log := w.log.String(); strings.Contains(log, "hb_") {
		t.Errorf("a token is in the log:\n%s", log)
	}
}

func TestTheSchemeIsTheSameInAnyCase(t *testing.T) {
	w := newWorld(t)
	c := w.officer()
	for header, want := range map[string]int{
		"bearer " + c.token: http.StatusOK, "BEARER   " + c.token: http.StatusOK,
		"Basic " + c.token: http.StatusUnauthorized, c.token: http.StatusUnauthorized, "Bearer": http.StatusUnauthorized, "Bearer  ": http.StatusUnauthorized,
	} {
		req := httptest.NewRequest(http.MethodGet, "/api/v1/tickets", http.NoBody)
		req.Header.Set("Authorization", header)
		rec := httptest.NewRecorder()
		w.srv.ServeHTTP(rec, req)
		if rec.Code != want {
			t.Errorf("%.10q...: %d, want %d", header, rec.Code, want)
		}
	}
}

// A token does what its scopes say, of what its holder may do.
func TestScopesNarrowAToken(t *testing.T) {
	w := newWorld(t)
	ref := w.fromTessa("Draft plan")
	needs := map[string]access.Permission{
		"GET /tickets": access.ReadCases, "GET /tickets/" + ref: access.ReadCases, "GET /tickets/" + ref + "/notes": access.ReadNotes,
		"POST /tickets/" + ref + "/notes": access.WriteNotes, "POST /tickets/" + ref + "/review": access.SendReply,
		"POST /tickets/" + ref + "/replies": access.SendReply, "POST /tickets/" + ref + "/calls": access.LogCalls,
		"GET /cases": access.ReadCases, "GET /cases/WM-2201": access.ReadCases, "GET /mailboxes": access.UseAPI,
	}
	bodies := map[string]m{"notes": {"text": "A remark"}, "review": {"text": "Hello"}, "replies": {"text": "Hello"}, "calls": {"direction": "in", "answered": true}}
	all := []access.Permission{access.UseAPI, access.ReadCases, access.ReadNotes, access.WriteNotes, access.SendReply, access.LogCalls}
	without := func(p access.Permission) []access.Permission {
		var out []access.Permission
		for _, x := range all {
			if x != p {
				out = append(out, x)
			}
		}
		return out
	}
	noAPI := w.officer(without(access.UseAPI)...)
	nothing := w.officer(access.UseAPI, access.ManageSystem) // a scope beyond the role gives nothing
	for _, op := range operations(ref, "WM-2201") {
		need, ok := needs[op[0]+" "+op[1]]
		if !ok {
			t.Fatalf("%v is not in the table", op)
		}
		var in any
		if op[0] == http.MethodPost {
			in = bodies[op[1][strings.LastIndex(op[1], "/")+1:]]
		}
		who := map[string]*client{"lacks " + string(need): w.officer(without(need)...), "lacks use_api": noAPI, "beyond the role": nothing}
		if need == access.UseAPI {
			delete(who, "beyond the role")
		}
		for name, c := range who {
			if rec := c.asks(op[0], op[1], in, http.StatusForbidden); strings.Contains(rec.Body.String(), "Milo") {
				t.Errorf("%s: %v answers %s", name, op, rec.Body)
			}
		}
	}
	if n := len(w.letters(ref)); n != 0 {
		t.Errorf("%d letters were queued by who may not", n)
	}
	// With the scope, and with the case in sight, each of them works.
	able := w.officer(all...)
	able.get("/tickets/"+ref+"/notes", nil)
	able.post("/tickets/"+ref+"/notes", bodies["notes"], nil, http.StatusCreated)
}

// What a role may not do in the browser, its token may not do either.
func TestRolesDecide(t *testing.T) {
	w := newWorld(t)
	ref := w.fromTessa("Draft plan")
	storetest.LetEveryRoleIn(t, w.db, "WM-2201", w.staff)
	for _, role := range access.Roles() {
		c := w.role(role)
		actor := access.Actor{Role: role}
		for _, x := range []struct {
			method, path string
			in           any
			need         access.Permission
		}{
			{http.MethodGet, "/tickets/" + ref, nil, access.ReadCases},
			{http.MethodGet, "/tickets/" + ref + "/notes", nil, access.ReadNotes},
			{http.MethodPost, "/tickets/" + ref + "/notes", m{"text": "A remark"}, access.WriteNotes},
			{http.MethodPost, "/tickets/" + ref + "/review", m{"text": "Dear Tessa,\n\nSoon."}, access.SendReply},
			{http.MethodPost, "/tickets/" + ref + "/calls", m{"direction": "in", "answered": false}, access.LogCalls},
			{http.MethodGet, "/cases/WM-2201", nil, access.ReadCases},
			{http.MethodGet, "/mailboxes", nil, access.UseAPI},
		} {
			may := actor.May(access.UseAPI) && actor.May(x.need)
			want := http.StatusForbidden
			if may {
				want = http.StatusOK
				if x.method == http.MethodPost && !strings.HasSuffix(x.path, "/review") {
					want = http.StatusCreated
				}
			}
			c.asks(x.method, x.path, x.in, want)
		}
	}
}

func TestTooManyRequests(t *testing.T) {
	w := newWorld(t)
	guesser := &client{w: w, token: "hb_guess", host: "192.0.2.66"}
	tries := 0
	for ; tries < 100; tries++ {
		rec := guesser.raw(http.MethodGet, "/tickets", "", nil)
		if rec.Code == http.StatusTooManyRequests {
			if rec.Header().Get("Retry-After") == "" {
				t.Error("it is not said when to come back")
			}
			w.isProblem(rec)
			break
		}
	}
	if tries == 100 || tries == 0 {
		t.Errorf("%d tokens could be tried", tries)
	}
	good := w.officer()
	good.host = "192.0.2.67"
	good.get("/tickets", nil) // others are not the guesser
	busy := w.officer()
	busy.host = "192.0.2.68"
	codes := map[int]int{}
	for range 5000 {
		codes[busy.raw(http.MethodGet, "/mailboxes", "", nil).Code]++
	}
	if codes[http.StatusTooManyRequests] == 0 || codes[http.StatusOK] == 0 {
		t.Errorf("5000 requests: %v", codes)
	}
	// Who says to be somebody else is not believed: no proxy is trusted.
	req := httptest.NewRequest(http.MethodGet, "/api/v1/tickets", http.NoBody)
	req.RemoteAddr = guesser.host + ":1"
	req.Header.Set("X-Forwarded-For", "198.51.100.7")
	req.Header.Set("Authorization", "Bearer hb_guess")
	rec := httptest.NewRecorder()
	w.srv.ServeHTTP(rec, req)
	if rec.Code != http.StatusTooManyRequests {
		t.Errorf("another name for the same host gives %d", rec.Code)
	}
}

// A fault of ours says so, and neither the cause nor a panic's value leaves or
// reaches the log in words that were private.
func TestFaultsKeepTheirCause(t *testing.T) {
	w := newWorld(t)
	ref := w.fromTessa("Draft plan")
	c := w.officer()
	w.broken = errors.New("dial tcp 10.0.0.7: password hunter2")
	rec := c.post("/tickets/"+ref+"/replies", m{"text": "Dear Tessa,\n\nprivatewords"}, nil, http.StatusInternalServerError)
	lacks(t, "the answer", rec.Body.String(), "hunter2", "10.0.0.7", "privatewords")
	if !strings.Contains(w.log.String(), "hunter2") {
		t.Error("operators are not told why")
	}
	lacks(t, "the log", w.log.String(), "privatewords", tessa)
	w.broken, w.panics = nil, "a panic that says privatewords"
	rec = c.post("/tickets/"+ref+"/replies", m{"text": "Dear Tessa,\n\nSoon."}, nil, http.StatusInternalServerError)
	lacks(t, "the answer to a panic", rec.Body.String(), "privatewords", "goroutine")
	has(t, "the log", w.log.String(), "event=panic", "operation=send-reply")
	lacks(t, "the log", w.log.String(), "privatewords")
	if len(w.letters(ref)) != 0 {
		t.Error("a letter was queued that nobody had checked")
	}
	w.panics = ""
	c.post("/tickets/"+ref+"/replies", m{"text": "Dear Tessa,\n\nSoon."}, nil, http.StatusCreated)
}

func TestTokensEnd(t *testing.T) {
	w := newWorld(t)
	c := w.officer()
	c.token = "hb_short"
	w.must(w.db.InsertToken(t.Context(), hash(c.token), w.priya.ID, nil, "short", w.now().Add(time.Hour)))
	c.get("/tickets", nil)
	w.later(time.Hour)
	c.asks(http.MethodGet, "/tickets", nil, http.StatusUnauthorized)
}
