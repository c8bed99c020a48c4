package main

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"hearback/tickets"
	"hearback/tickets/access"
)

var fieldIn = regexp.MustCompile(` name="([a-z_0-9:.-]+)"`)

// injections are values that end a header line and begin another, in the forms that
// programs have fallen for.
func injections() []string {
	return []string{
		"x\r\nBcc: evil@evil.example\r\nSet-Cookie: evil=1", "x\nEvil-Header: 1", "x\rEvil-Header: 1", "x\x00evil",
		"x\u2028Evil-Header: 1", "x%0d%0aEvil-Header: 1", "\"><script>evil()</script>", "evil@evil.example>\r\n\r\nDATA",
	}
}

// Every field of every form, and every question of an address, is filled with them:
// no header is made of it, nobody is written to, nothing breaks.
func TestHeadersCannotBeInjected(t *testing.T) {
	h := newHall(t)
	fields := map[string]bool{"next": true, "do": true}
	for _, role := range []access.Role{access.RoleHead, access.RoleAdmin} {
		for _, d := range matrix() {
			if d.method == http.MethodGet && !d.api() && d.opens(role) && d.path != "/events" {
				for _, m := range fieldIn.FindAllStringSubmatch(h.ask(question{method: d.method, path: d.at(h.own), role: role}).body, -1) {
					fields[m[1]] = true
				}
			}
		}
	}
	if len(fields) < 40 {
		t.Fatalf("only %d fields were found", len(fields))
	}
	dos := regexp.MustCompile(`name="do" value="([a-z-]+)"`)
	for _, evil := range injections() {
		form := url.Values{}
		for f := range fields {
			form.Set(f, evil)
		}
		for _, d := range matrix() {
			role := access.RoleHead
			if !d.opens(role) {
				role = access.RoleAdmin
			}
			if d.need == forAll && d.path == "/sign-out" || d.path == "/events" {
				continue
			}
			q := question{method: d.method, path: d.at(h.own), role: role}
			switch {
			case d.api() && d.method != http.MethodGet:
				continue // JSON has no header lines; its values reach the same verbs
			case d.method == http.MethodPost:
				q.form = form
			default:
				q.path = strings.SplitN(q.path, "?", 2)[0] + "?" + form.Encode()
			}
			h.unharmed(t, q)
		}
		// With the buttons that pages have, field by field what a form asks for.
		for _, d := range matrix() {
			if d.method != http.MethodGet || d.api() || !d.opens(access.RoleHead) {
				continue
			}
			page := h.ask(question{method: d.method, path: d.at(h.own), role: access.RoleHead})
			for _, m := range dos.FindAllStringSubmatch(page.body, -1) {
				if post := strings.SplitN(d.at(h.own), "?", 2)[0]; m[1] != "out" {
					form.Set("do", m[1])
					h.unharmed(t, question{method: http.MethodPost, path: post, role: access.RoleHead, form: form})
				}
			}
			form.Set("do", evil)
		}
	}
	letters, err := h.app.store.Outbox(t.Context(), access.System("test"), tickets.OutboxQuery{Limit: 200})
	must(t, err)
	for _, o := range letters {
		for _, d := range o.Deliveries {
			if strings.Contains(d.Email, "evil") || strings.ContainsAny(o.Subject+d.Name+d.Email, "\r\n\x00") {
				t.Errorf("a letter %q to %q <%q>", o.Subject, d.Name, d.Email)
			}
		}
	}
}

// unharmed asks a question and looks at the head of the answer.
func (h *hall) unharmed(t *testing.T, q question) {
	t.Helper()
	a := h.ask(q)
	if a.status >= 500 {
		t.Errorf("%s %s: %d", q.method, q.path[:min(len(q.path), 60)], a.status)
	}
	if a.header.Get("Evil-Header") != "" || a.header.Get("Bcc") != "" {
		t.Errorf("%s %s: a header was injected: %v", q.method, q.path, a.header)
	}
	for name, values := range a.header {
		for _, v := range values {
			if strings.ContainsAny(v, "\r\n\x00") || name == "Set-Cookie" && strings.Contains(v, "evil=") {
				t.Errorf("%s %s: %s: %q", q.method, q.path, name, v)
			}
		}
	}
	if strings.Contains(a.body, "<script>evil()") {
		t.Errorf("%s %s: what was typed is part of the page", q.method, q.path)
	}
}
