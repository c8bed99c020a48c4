package main

import (
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"hearback/api"
	"hearback/tickets/access"
	"hearback/web"
)

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
	id, letter := x.message, "ack"
	switch {
	case d.path == "/new":
		return "/new?view=team&since=2025-11-25T09:00:00Z"
	case strings.HasPrefix(d.path, "/held/"):
		id = x.held
	case strings.HasPrefix(d.path, "/mailings/"):
		id, letter = x.mailing, x.letter
	case strings.HasPrefix(d.path, "/escalations/"):
		id = x.ref
	case strings.HasPrefix(d.path, "/access/"):
		id = x.grant
	case strings.HasPrefix(d.path, "/admin/teams/"):
		id = x.team
	case strings.HasPrefix(d.path, "/admin/users/"):
		id = x.user
	case strings.HasPrefix(d.path, "/admin/staff-domains/"):
		id = "1"
	case strings.HasPrefix(d.path, "/admin/"):
		id = x.ledger
	}
	return strings.NewReplacer(
		":ref", ref, ":case", x.caseRef, ":file", "999", ":person", x.person, ":restriction", x.restriction, ":category", "general", ":letter", letter, ":on", "open", ":print", "usual", ":item", x.item, ":delivery", x.delivery, ":id", id, ":slug", "sen", ":path", "2", ":view", "team", ":tab", "unmatched",
		":key", "b1", "*file", "app.css",
	).Replace(d.path)
}

// boundary of the one form with a file.
const boundary = "hearback-boundary"

// json is a request to the API that is right in form: JSON, or a form with a file.
func (d door) json() string {
	if !d.api() || d.method != http.MethodPost {
		return ""
	}
	switch d.path[strings.LastIndex(d.path, "/")+1:] {
	case "calls":
		return `{"direction":"in","answered":false}`
	case "received":
		return `{"message":999999,"part":"2"}`
	case "cleaned":
		return `{"file":999999}`
	case "rules":
		return `{"kind":"block_sender","pattern":"tessa@family.example"}` // of a case: refused
	case "spam":
		return `{"reason":"Advertising"}`
	// Right in form, and refused by the desk: the walk changes nobody's facts.
	case "people":
		return `{"name":" ","kind":"other","relation":"solicitor"}`
	case "link":
		return `{"relation":" "}`
	case "restrictions":
		return `{"kind":"no_contact","source":"order"}`
	case "end-request":
		return `{"reason":" "}`
	case "end":
		return `{"answer":"keep"}`
	case "arrangement":
		return `{"value":"young_person_only"}`
	case "files":
		return "--" + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"plan.txt\"\r\nContent-Type: application/octet-stream\r\n\r\nThe times.\r\n--" + boundary + "--\r\n"
	case "release-requests":
		return `{"letter":{"text":"Hello","to":[999999]},"colleague":999999,"why":"It is right"}`
	case "refuse":
		return `{"reason":"Not like this"}`
	case "incidents":
		return `{"letter":999999,"got_by":"Somebody","what":"A letter"}`
	case "steps":
		return `{"step":"contained"}`
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
