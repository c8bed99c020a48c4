package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"hearback/tickets/access"
)

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
