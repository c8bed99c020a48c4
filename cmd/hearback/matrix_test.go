package main

import (
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"hearback/api"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/web"
)

const (
	forAll   access.Permission = "(nobody has to sign in)"
	forStaff access.Permission = "(everybody who is signed in)"
)

// door is one route: who may go through it, and what somebody who may is
// answered there, on what is their own.
type door struct {
	method, path string
	need         access.Permission
	ok           int
}

// matrix is the whole program. A route that is not in it fails the test, and so
// does a line that no route answers (requirement 24).
func matrix() []door {
	const get, post = http.MethodGet, http.MethodPost
	return []door{
		{get, "/", forAll, 303},
		{get, "/sign-in", forAll, 200},
		{post, "/sign-in", forAll, 422},
		{get, "/sign-in/code", forAll, 303}, // back to the first step
		{post, "/sign-in/code", forAll, 303},
		{get, "/sign-in/council", forAll, 404}, // without an identity provider these do not exist
		{get, "/sign-in/council/back", forAll, 404},
		{get, "/sign-in/council/out", forAll, 404},
		{get, "/sign-in/welcome", forAll, 200},
		{post, "/sign-in/welcome", forAll, 422},
		{get, "/sign-in/again", forStaff, 200},
		{post, "/sign-in/again", forStaff, 422},
		{post, "/sign-out", forAll, 303},
		{get, "/signed-out", forAll, 200},
		{get, "/accessibility", forAll, 200},
		{get, "/privacy", forAll, 200},
		{get, "/assets/*file", forAll, 200},
		{get, "/healthz", forAll, 200},
		{get, "/metrics", forAll, 200},

		{get, "/inbox", access.ReadCases, 200},
		{get, "/inbox/:view", access.ReadCases, 200},
		{post, "/inbox/move", access.Assign, 303},
		{get, "/events", forStaff, 200},
		{get, "/new", access.ReadCases, 200},
		{get, "/counts", access.ReadCases, 200},

		{get, "/e/:ref", access.ReadCases, 200},
		{post, "/e/:ref/ask", access.WriteNotes, 303},
		{post, "/e/:ref/alert", access.LogCalls, 303},
		{get, "/e/:ref/reply", access.SendReply, 200},
		{post, "/e/:ref/reply", access.SendReply, 200},
		{post, "/e/:ref/reply/check", access.SendReply, 200},
		{post, "/e/:ref/reply/draft", access.SendReply, 200},
		{get, "/e/:ref/notes/new", access.WriteNotes, 200},
		{post, "/e/:ref/notes/new", access.WriteNotes, 422},
		{post, "/e/:ref/notes/draft", access.WriteNotes, 200},
		{get, "/e/:ref/move", access.Assign, 200},
		{post, "/e/:ref/move", access.Assign, 422},
		{get, "/e/:ref/finish", access.Finish, 200},
		{post, "/e/:ref/finish", access.Finish, 422},
		{post, "/e/:ref/reopen", access.Finish, 303},
		{get, "/e/:ref/presence", access.ReadCases, 200},
		{post, "/e/:ref/presence", access.ReadCases, 200},
		{get, "/e/:ref/messages/:id/original", access.ReadCases, 200},
		{get, "/e/:ref/messages/:id/headers", access.ReadCases, 200},
		{get, "/e/:ref/messages/:id/html", access.ReadCases, 200},
		{get, "/e/:ref/messages/:id/files/:path", access.ReadCases, 200},

		{get, "/c", access.ReadCases, 200},
		{get, "/c/:case", access.ReadCases, 200},
		{get, "/c/:case/history", access.ReadCases, 200},
		{post, "/c/:case/officer", access.Assign, 403}, // nobody: it comes from the register
		{get, "/calls/new", access.LogCalls, 200},
		{post, "/calls/new", access.LogCalls, 200},
		{get, "/search", access.ReadCases, 200},

		{get, "/duty", access.Triage, 200},
		{get, "/duty/:tab", access.Triage, 200},
		{get, "/duty/i/:item", access.Triage, 200},
		{post, "/duty/i/:item", access.Triage, 422},
		{get, "/duty/i/:item/spam", access.Triage, 200},
		{post, "/duty/i/:item/spam", access.Triage, 422},
		{get, "/duty/i/:item/html", access.Triage, 200},
		{get, "/duty/i/:item/original", access.Triage, 200},
		{get, "/duty/i/:item/headers", access.Triage, 200},
		{get, "/duty/i/:item/files/:path", access.Triage, 200},

		{get, "/outbox", access.ReadCases, 200},
		{get, "/outbox/waiting", forStaff, 200},
		{post, "/outbox/:delivery", access.ReadCases, 422},
		{post, "/outbox", access.ReleaseMode, 422},
		{get, "/held", access.ReadCases, 200},
		{get, "/held/:id", access.ReadCases, 200},
		{post, "/held/:id", access.SendReply, 422},

		{get, "/lead", access.ReadLead, 200},
		{get, "/lead/tiles", access.ReadLead, 200},
		{get, "/escalations", access.ReadLead, 200},
		{post, "/escalations/:id", access.ReadLead, 422},

		{get, "/admin/mailboxes", access.ReadSystem, 200},
		{get, "/admin/mailboxes/:slug/ledger", access.ReadLedger, 200},
		{post, "/admin/mailboxes/:slug/ledger/:id", access.RetryMail, 303},
		{get, "/admin/rules", access.ReadLedger, 200},
		{post, "/admin/rules", access.RetryMail, 422},
		{post, "/admin/rules/:id", access.RetryMail, 422},
		{get, "/admin/mode", access.ReadSystem, 200},

		{get, "/me", forStaff, 200},
		{post, "/me", forStaff, 422},
		{post, "/me/sessions", forStaff, 422},
		{post, "/me/password", forStaff, 422},
		{get, "/me/app", forStaff, 200},
		{post, "/me/app", forStaff, 422},
		{post, "/me/codes", forStaff, 409}, // no app is set up
		{get, "/help", forStaff, 200},
		{get, "/help/keys", forStaff, 200},

		// In the demonstration alone: here they do not exist.
		{get, "/parents", forAll, 404},
		{get, "/parents/:key", forAll, 404},
		{post, "/parents", forAll, 404},

		{get, "/api/v1/openapi.json", forAll, 200},
		{get, "/api/v1/tickets", access.ReadCases, 200},
		{get, "/api/v1/tickets/:ref", access.ReadCases, 200},
		{get, "/api/v1/tickets/:ref/notes", access.ReadNotes, 200},
		{post, "/api/v1/tickets/:ref/notes", access.WriteNotes, 201},
		{post, "/api/v1/tickets/:ref/review", access.SendReply, 200},
		{post, "/api/v1/tickets/:ref/replies", access.SendReply, 422},
		{post, "/api/v1/tickets/:ref/calls", access.LogCalls, 201},
		{get, "/api/v1/cases", access.ReadCases, 200},
		{get, "/api/v1/cases/:ref", access.ReadCases, 200},
		{get, "/api/v1/mailboxes", access.UseAPI, 200},
		{get, "/api/v1/ledger", access.ReadLedger, 200},
		{get, "/api/v1/rules", access.ReadLedger, 200},
		{post, "/api/v1/rules", access.RetryMail, 422},
		{http.MethodDelete, "/api/v1/rules/:id", access.RetryMail, 404},
		{post, "/api/v1/tickets/:ref/spam", access.Triage, 409}, // an enquiry on a case is nobody's spam
	}
}

func (d door) api() bool      { return strings.HasPrefix(d.path, "/api/") }
func (d door) String() string { return d.method + " " + d.path }

// opens reports whether a role may go through.
func (d door) opens(r access.Role) bool {
	a := access.Actor{Role: r}
	switch {
	case d.need == forAll, d.need == forStaff:
		return true
	case d.api():
		return a.May(access.UseAPI) && a.May(d.need)
	}
	return a.May(d.need)
}

// at is the address with its parameters put in.
func (d door) at(x things) string {
	ref := x.ref
	if strings.HasPrefix(d.path, "/api/v1/cases/") {
		ref = x.caseRef
	}
	id := x.message
	switch {
	case d.path == "/new":
		return "/new?view=team&since=2025-11-25T09:00:00Z"
	case strings.HasPrefix(d.path, "/held/"):
		id = x.held
	case strings.HasPrefix(d.path, "/escalations/"):
		id = x.ref
	case strings.HasPrefix(d.path, "/admin/"):
		id = x.ledger
	}
	return strings.NewReplacer(
		":ref", ref, ":case", x.caseRef, ":item", x.item, ":delivery", x.delivery, ":id", id, ":slug", "sen", ":path", "2", ":view", "team", ":tab", "unmatched",
		":key", "b1", "*file", "app.css",
	).Replace(d.path)
}

// body of a request to the API that is right in form.
func (d door) json() string {
	if !d.api() || d.method != http.MethodPost {
		return ""
	}
	switch d.path[strings.LastIndex(d.path, "/")+1:] {
	case "calls":
		return `{"direction":"in","answered":false}`
	case "rules":
		return `{"kind":"block_sender","pattern":"tessa@family.example"}` // of a case: refused
	case "spam":
		return `{"reason":"Advertising"}`
	case "replies":
		return `{"text":"Hello","to":[999999]}` // nobody: the walk queues nothing
	}
	return `{"text":"Hello"}`
}

func TestEveryRouteIsInTheMatrix(t *testing.T) {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	site, err := web.New(web.Deps{Demo: (*demoWorld)(nil)})
	must(t, err)
	site.Register(r)
	api.Register(r, api.Deps{})
	there := map[string]bool{}
	for _, x := range r.Routes() {
		there[x.Method+" "+x.Path] = true
	}
	// What serve.go puts beside the router.
	src, err := os.ReadFile("serve.go")
	must(t, err)
	found := regexp.MustCompile(`mux\.Handle(?:Func)?\("([^"]+)"`).FindAllStringSubmatch(string(src), -1)
	if len(found) != strings.Count(string(src), "mux.Handle") || len(found) < 3 {
		t.Fatalf("serve.go has routes that cannot be read: %v", found)
	}
	for _, m := range found {
		if m[1] != "/" { // the router
			there[m[1]] = true
		}
	}
	listed := map[string]bool{}
	for _, d := range matrix() {
		if listed[d.String()] {
			t.Errorf("%s is listed twice", d)
		}
		listed[d.String()] = true
		if !there[d.String()] {
			t.Errorf("%s is listed, and there is no such route", d)
		}
	}
	for route := range there {
		method, path, _ := strings.Cut(route, " ")
		if method == http.MethodHead { // answered as GET is, by the same rules (walked below)
			method = http.MethodGet
		}
		if !listed[method+" "+path] {
			t.Errorf("%s has no line in the matrix: say who may use it", route)
		}
	}
}

// readings is a door that answers HEAD as well, as another door.
func readings(d door) []door {
	if d.api() && d.method == http.MethodGet {
		return []door{d, {http.MethodHead, d.path, d.need, d.ok}}
	}
	return []door{d}
}

// Who is not signed in sees nothing but the way in, also of files.
func TestSignedOutSeesNothing(t *testing.T) {
	h := newHall(t)
	for _, line := range matrix() {
		for _, d := range readings(line) {
			a := h.ask(question{method: d.method, path: d.at(h.own), json: d.json()})
			want := d.ok
			switch {
			case d.need == forAll:
			case d.api(), d.method == http.MethodPost:
				want = http.StatusUnauthorized
			default:
				want = http.StatusSeeOther
				if to := a.header.Get("Location"); !strings.HasPrefix(to, "/sign-in?next=") {
					t.Errorf("%s leads to %q", d, to)
				}
				if part := h.ask(question{method: d.method, path: d.at(h.own), header: map[string]string{"HX-Request": "true"}}); part.status != http.StatusUnauthorized {
					t.Errorf("%s, a part of a page: %d, want 401", d, part.status)
				}
			}
			if a.status != want {
				t.Errorf("%s signed out: %d, want %d", d, a.status, want)
			}
			for _, word := range []string{"Milo", "Brandt", "tessa@", "The plan."} {
				if d.need != forAll && strings.Contains(a.body, word) {
					t.Errorf("%s signed out: %q is in the answer", d, word)
				}
			}
			h.keeps(t, d, "", a)
		}
	}
}

// keeps asks that an answer tells nothing that the role may not know.
func (h *hall) keeps(t *testing.T, d door, role access.Role, a answer) {
	t.Helper()
	for _, x := range h.secrets {
		if role != "" && x.known(role) && (access.Actor{Role: role}).SeesCases() {
			continue
		}
		for _, word := range x.words {
			if strings.Contains(a.body, word) || strings.Contains(a.header.Get("Location"), word) {
				at := strings.Index(a.body, word)
				t.Errorf("%s as %s: %q of %s is in the answer: ...%s...", d, role, word, x.name, a.body[max(0, at-80):min(len(a.body), at+60)])
			}
		}
	}
}

// Every role goes to every door with what is of its own team.
func TestRolesAtEveryDoor(t *testing.T) {
	h := newHall(t)
	for _, role := range access.Roles() {
		for _, line := range matrix() {
			if line.need == forAll {
				continue // walked signed out; signing out would end the walk
			}
			for _, d := range readings(line) {
				x := h.own
				if d.method == http.MethodPost && strings.HasPrefix(d.path, "/admin/") {
					x.ledger = h.unread("sen", "tessa@family.example") // each can be read again once
				}
				a := h.ask(question{method: d.method, path: d.at(x), role: role, json: d.json()})
				switch {
				case d.opens(role):
					if a.status != d.ok {
						t.Errorf("%s as %s: %d, want %d\n%s", d, role, a.status, d.ok, words(a.body))
					}
				case a.status != http.StatusForbidden && a.status != http.StatusNotFound:
					t.Errorf("%s as %s: %d, want 403 or 404", d, role, a.status)
				case strings.Contains(a.body, "Milo") || strings.Contains(a.body, "tessa@"):
					t.Errorf("%s as %s: a refusal with content:\n%s", d, role, words(a.body))
				}
				h.keeps(t, d, role, a)
			}
		}
		// Mail of somebody who is on several cases, some of them hidden, and mail
		// that cites a conversation of one: who sorts them is not told of those.
		for _, ref := range []string{h.own.item, h.stray} {
			for _, path := range []string{"/api/v1/tickets/" + ref, "/e/" + ref, "/duty/i/" + ref, "/duty/strangers", "/inbox/all?q=" + ref} {
				a := h.ask(question{method: http.MethodGet, path: path, role: role})
				h.keeps(t, door{http.MethodGet, path, access.Triage, 0}, role, a)
				sorts := access.Actor{Role: role}.May(access.Triage)
				if sorts != (a.status == http.StatusOK && strings.Contains(a.body, ref)) && strings.HasSuffix(path, "tickets/"+ref) {
					t.Errorf("%s as %s: %d", path, role, a.status)
				}
			}
		}
	}
}

// unread is a mail that could not be read, as a line of the ledger.
func (h *hall) unread(box, from string) string {
	h.t.Helper()
	h.arrives(box, from, "Transport", false)
	list, _, err := h.app.store.Ledger(h.t.Context(), access.System("test"), tickets.LedgerQuery{Fate: tickets.FateQuarantined, Limit: 1})
	must(h.t, err)
	return id64(list[0].ID)
}

// A reference that is guessed is answered as one that does not exist, to the
// last byte, and nothing is done to what it names.
func TestGuessesAreToldApartByNobody(t *testing.T) {
	h := newHall(t)
	before := h.traces()
	gone := things{ref: "SEN-999999", caseRef: "WM-9999", item: "SEN-999999", message: "999999", delivery: "999999", held: "999999", ledger: "999999"}
	for _, role := range access.Roles() {
		for _, x := range h.secrets {
			if x.known(role) {
				continue
			}
			guesses := []things{x.things, h.own, h.own, h.own} // all of it; of our own enquiry, one part
			guesses[1].message, guesses[2].item, guesses[3].item = x.message, x.ref, "q"+x.ledger
			absent := []things{gone, h.own, h.own, h.own}
			absent[1].message, absent[2].item, absent[3].item = gone.message, gone.item, "q"+gone.ledger
			if guesses[0].item == "" {
				guesses[0].item = x.ref
			}
			for _, line := range matrix() {
				for _, d := range readings(line) {
					if !d.opens(role) || d.need == forAll {
						continue
					}
					for i := range guesses {
						guess, none := d.at(guesses[i]), d.at(absent[i])
						if guess == none || role == access.RoleAdmin && strings.HasPrefix(d.path, "/admin/") || !h.hides(d, role, x) {
							continue
						}
						h.same(t, d, role, x, question{method: d.method, path: guess, role: role, json: d.json()}, question{method: d.method, path: none, role: role, json: d.json()})
					}
				}
			}
			h.guessInFields(t, role, x, gone)
		}
	}
	if after := h.traces(); before != after {
		t.Errorf("what was guessed has changed:\n%s\n%s", before, after)
	}
}

// hides: a mail that could not be read is the mailbox's, whose sorting is the
// work of its team whatever case the mail would have gone to.
func (h *hall) hides(d door, role access.Role, x secret) bool {
	if !strings.Contains(d.path, "ledger/:id") && !strings.HasPrefix(d.path, "/duty/i/") {
		return true
	}
	return x.item != ""
}

// same asks two questions and wants one answer.
func (h *hall) same(t *testing.T, d door, role access.Role, x secret, guess, none question) {
	t.Helper()
	a, b := h.told(guess), h.told(none)
	if a.status != b.status || bare(a.body, guess) != bare(b.body, none) || bare(a.header.Get("Location"), guess) != bare(b.header.Get("Location"), none) {
		t.Errorf("%s as %s tells %s (%s: %d) from nothing (%s: %d):\n%s\n%s", d, role, x.name, guess.path, a.status, none.path, b.status, words(a.body), words(b.body))
	}
	// What refuses the form before it looks at the reference answers alike, too.
	if a.status < 300 && d.method != http.MethodPost && !strings.Contains(guess.path, "?") {
		t.Errorf("%s as %s: %s is open: %d", d, role, guess.path, a.status)
	}
	a.body = bare(a.body+a.header.Get("Location"), guess)
	a.header = nil
	h.keeps(t, d, role, a)
}

// told is the answer with what the next page says of it.
func (h *hall) told(q question) answer {
	h.t.Helper()
	a := h.ask(q)
	if a.status == http.StatusSeeOther {
		a.body += h.ask(question{method: http.MethodGet, path: "/help", role: q.role}).body
	}
	return a
}

// bare is a text without what was asked.
func bare(text string, q question) string {
	path, query, _ := strings.Cut(q.path, "?")
	asked := []string{q.path, url.QueryEscape(q.path), path, url.QueryEscape(path)}
	values, _ := url.ParseQuery(query)
	for _, list := range values {
		asked = append(asked, list...)
	}
	for _, list := range q.form {
		asked = append(asked, list...)
	}
	for _, part := range strings.Split(path, "/") {
		if strings.Contains(part, "-") {
			asked = append(asked, part)
		}
	}
	for _, a := range asked {
		if len(a) > 4 {
			text = strings.ReplaceAll(text, a, "?")
		}
	}
	return text
}

// guessInFields puts guesses where forms and questions take references.
func (h *hall) guessInFields(t *testing.T, role access.Role, x secret, gone things) {
	t.Helper()
	type field struct {
		door
		make func(things) (path string, form url.Values)
	}
	word := func(of things) string {
		if of.ref == gone.ref {
			return "Qzxnobody"
		}
		return x.words[0]
	}
	for _, f := range []field{
		{door{http.MethodGet, "/calls/new", access.LogCalls, 0}, func(g things) (string, url.Values) { return "/calls/new?e=" + g.ref, nil }},
		{door{http.MethodGet, "/calls/new", access.LogCalls, 0}, func(g things) (string, url.Values) { return "/calls/new?case=" + g.caseRef, nil }},
		{door{http.MethodPost, "/calls/new", access.LogCalls, 0}, func(g things) (string, url.Values) {
			return "/calls/new", url.Values{"do": {"find"}, "caller": {word(g)}, "way": {"in"}}
		}},
		{door{http.MethodPost, "/calls/new", access.LogCalls, 0}, func(g things) (string, url.Values) {
			return "/calls/new", url.Values{"do": {"save"}, "case": {g.caseRef}, "joins": {g.ref}, "person": {"unknown"}, "way": {"in"}, "on": {"25/11/2025 09:30"}, "said": {"x"}, "wants": {"answer"}, "stops": {"no"}}
		}},
		{door{http.MethodGet, "/search", access.ReadCases, 0}, func(g things) (string, url.Values) { return "/search?q=" + g.ref, nil }},
		{door{http.MethodGet, "/search", access.ReadCases, 0}, func(g things) (string, url.Values) { return "/search?q=" + g.caseRef, nil }},
		{door{http.MethodGet, "/search", access.ReadCases, 0}, func(g things) (string, url.Values) { return "/search?q=" + word(g), nil }},
		{door{http.MethodGet, "/c", access.ReadCases, 0}, func(g things) (string, url.Values) { return "/c?q=" + word(g), nil }},
		{door{http.MethodGet, "/c", access.ReadCases, 0}, func(g things) (string, url.Values) { return "/c?q=" + g.caseRef, nil }},
		{door{http.MethodPost, "/duty/i/:item", access.Triage, 0}, func(g things) (string, url.Values) {
			return "/duty/i/" + h.own.item, url.Values{"do": {"case"}, "case": {"other"}, "case_ref": {g.caseRef}}
		}},
		{door{http.MethodPost, "/outbox", access.ReleaseMode, 0}, func(g things) (string, url.Values) {
			return "/outbox", url.Values{"do": {"drop"}, "letter": {g.delivery}}
		}},
		{door{http.MethodPost, "/outbox/:delivery", access.ReadCases, 0}, func(g things) (string, url.Values) {
			return "/outbox/" + g.delivery, url.Values{"do": {"cancel"}}
		}},
		{door{http.MethodPost, "/inbox/move", access.Assign, 0}, func(g things) (string, url.Values) {
			return "/inbox/move", url.Values{"ref": {g.ref}, "officer": {id64(h.wes.ID)}}
		}},
		{door{http.MethodPost, "/e/:ref/finish", access.Finish, 0}, func(g things) (string, url.Values) {
			return "/e/" + g.ref + "/finish", url.Values{"reason": {"answered"}, "seen_event": {"1"}}
		}},
		{door{http.MethodPost, "/e/:ref/notes/new", access.WriteNotes, 0}, func(g things) (string, url.Values) {
			return "/e/" + g.ref + "/notes/new", url.Values{"do": {"save"}, "note": {"A remark"}}
		}},
		{door{http.MethodPost, "/e/:ref/alert", access.LogCalls, 0}, func(g things) (string, url.Values) {
			return "/e/" + g.ref + "/alert", url.Values{"action": {"told_lead"}}
		}},
		{door{http.MethodPost, "/escalations/:id", access.ReadLead, 0}, func(g things) (string, url.Values) {
			return "/escalations/" + g.ref, url.Values{"do": {"hold"}, "reason": {"x"}}
		}},
		{door{http.MethodGet, "/api/v1/tickets", access.ReadCases, 0}, func(g things) (string, url.Values) { return "/api/v1/tickets?q=" + g.ref, nil }},
		{door{http.MethodGet, "/api/v1/tickets", access.ReadCases, 0}, func(g things) (string, url.Values) { return "/api/v1/tickets?q=" + word(g), nil }},
		{door{http.MethodGet, "/api/v1/cases", access.ReadCases, 0}, func(g things) (string, url.Values) { return "/api/v1/cases?q=" + g.caseRef, nil }},
	} {
		if !f.opens(role) {
			continue
		}
		path, form := f.make(x.things)
		nonePath, noneForm := f.make(gone)
		h.same(t, f.door, role, x, question{method: f.method, path: path, role: role, form: form}, question{method: f.method, path: nonePath, role: role, form: noneForm})
	}
}

// traces is what there is of everything that may not be known.
func (h *hall) traces() string {
	h.t.Helper()
	var out []string
	sys := access.System("test")
	for _, x := range h.secrets {
		v, err := h.app.store.Ticket(h.t.Context(), sys, x.ref)
		must(h.t, err)
		notes, err := h.app.store.Notes(h.t.Context(), sys, v.ID)
		must(h.t, err)
		items, err := h.app.store.Timeline(h.t.Context(), sys, v.ID)
		must(h.t, err)
		out = append(out, x.ref, string(v.State), id64(v.Version), id64(v.OwnerID), id64(int64(len(notes))), id64(int64(len(items))))
		for _, it := range items {
			if it.Outgoing != nil {
				for _, d := range it.Outgoing.Deliveries {
					out = append(out, string(d.State))
				}
			}
		}
	}
	return strings.Join(out, " ")
}

// A form that another site sends in somebody's name does nothing.
func TestFormsOfOtherSites(t *testing.T) {
	h := newHall(t)
	before := h.traces()
	for _, d := range matrix() {
		if d.method != http.MethodPost {
			continue
		}
		for _, header := range []map[string]string{{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}} {
			if a := h.ask(question{method: d.method, path: d.at(h.own), role: access.RoleLead, json: d.json(), header: header}); a.status != http.StatusForbidden {
				t.Errorf("%s from another site: %d", d, a.status)
			}
		}
	}
	if before != h.traces() {
		t.Error("something was done")
	}
	if a := h.ask(question{method: http.MethodGet, path: "/inbox", role: access.RoleLead}); a.status != http.StatusOK {
		t.Errorf("the session ended: %d", a.status)
	}
}

// Doors that are not there are not there for anybody, with a slash behind or not.
func TestUnknownDoors(t *testing.T) {
	h := newHall(t)
	for _, role := range []access.Role{"", access.RoleHead} {
		for _, path := range []string{"/nothing", "/e/", "/e/" + h.own.ref + "/", "/api", "/api/v1", "/api/v1/", "/api/v1/tickets/", "/api/v2/tickets", "/debug/pprof/", "/.env", "/metrics/x"} {
			a := h.ask(question{method: http.MethodGet, path: path, role: role})
			if a.status != http.StatusNotFound {
				t.Errorf("%s as %q: %d", path, role, a.status)
			}
			if strings.HasPrefix(path, "/api/v1") != slices.Contains(a.header.Values("Content-Type"), "application/problem+json") {
				t.Errorf("%s answers as %q", path, a.header.Get("Content-Type"))
			}
		}
	}
}
