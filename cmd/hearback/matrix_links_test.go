package main

import (
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hearback/tickets/access"
)

var (
	linkIn = regexp.MustCompile(`<a [^>]*href="(/[^"#]*)`)
	formIn = regexp.MustCompile(`<form [^>]*action="(/[^"#?]*)[^>]*method="post"`)
)

// No page shows a role a link or a form that would refuse it: what somebody may not
// do is not offered.
func TestNothingIsOfferedThatIsRefused(t *testing.T) {
	h := newHall(t)
	for _, role := range access.Roles() {
		asked := map[string]bool{}
		for _, d := range matrix() {
			if d.method != http.MethodGet || d.api() || d.need == forAll || !d.opens(role) || strings.Contains(d.path, "/files/") || d.path == "/events" {
				continue
			}
			page := h.ask(question{method: d.method, path: d.at(h.theirs(d, role)), role: role})
			if page.status != http.StatusOK {
				continue // what this role has none of
			}
			for _, m := range linkIn.FindAllStringSubmatch(page.body, -1) {
				to := html.UnescapeString(m[1])
				if asked[to] || strings.HasPrefix(to, "/assets/") || strings.HasPrefix(to, "/parents") {
					continue
				}
				asked[to] = true
				if a := h.ask(question{method: http.MethodGet, path: to, role: role}); a.status == http.StatusForbidden {
					t.Errorf("%s as %s has a link to %s, which is refused", d, role, to)
				}
			}
			for _, m := range formIn.FindAllStringSubmatch(page.body, -1) {
				to := html.UnescapeString(m[1])
				if i := slices.IndexFunc(matrix(), func(x door) bool { return x.method == http.MethodPost && x.answers(to) }); i >= 0 && !matrix()[i].opens(role) {
					t.Errorf("%s as %s has a form for %s, which is refused", d, role, to)
				}
			}
		}
		if len(asked) < 5 {
			t.Errorf("%s was shown %d links: the walk did not happen", role, len(asked))
		}
	}
}

// answers reports whether a path is one of the door's, word for word but for its
// parameters.
func (d door) answers(path string) bool {
	a, b := strings.Split(d.path, "/"), strings.Split(path, "/")
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !strings.HasPrefix(a[i], ":") && a[i] != b[i] {
			return false
		}
	}
	return true
}
