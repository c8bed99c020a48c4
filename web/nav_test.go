package web_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"hearback/tickets/access"
)

var navLink = regexp.MustCompile(`<a class="govuk-service-navigation__link" href="([^"]+)"([^>]*)>`)

// bar lists the addresses of the navigation of a page, in order, and which is marked.
func bar(page string) (all []string, current string) {
	for _, m := range navLink.FindAllStringSubmatch(page, -1) {
		all = append(all, m[1])
		if strings.Contains(m[2], "aria-current") {
			current += m[1]
		}
	}
	return all, current
}

// Everybody's navigation begins with what they open all day, and is short.
func TestNavigationByRole(t *testing.T) {
	p := newPages(t)
	for role, want := range map[access.Role]struct {
		first string
		most  int
		not   []string
	}{
		access.RoleOfficer:         {"/inbox /c /outbox /held", 7, []string{"/lead", "/admin", "/admin/guard", "/incidents", "/access"}},
		access.RoleTribunal:        {"/inbox /c /outbox /held", 7, nil},
		access.RoleBusinessSupport: {"/duty /inbox /c", 7, nil},
		access.RoleLead:            {"/lead /inbox /duty /escalations /c /outbox /held", 9, []string{"/admin/guard", "/incidents", "/access"}},
		access.RoleHead:            {"/lead /inbox", 9, []string{"/admin/guard", "/incidents", "/access", "/admin/audit"}},
		access.RoleSafeguarding:    {"/inbox /duty", 9, []string{"/admin/guard", "/incidents"}},
		access.RoleDataProtection:  {"/inbox /escalations /lead /c /outbox /incidents /admin/guard /admin/audit", 9, nil},
		access.RoleAuditor:         {"/inbox /escalations /lead /c /outbox /admin/audit", 7, nil},
		access.RoleAdmin:           {"/admin", 3, []string{"/inbox", "/admin/guard"}},
	} {
		all, _ := bar(p.role(role).ok("/help"))
		if got := strings.Join(all, " "); !strings.HasPrefix(got, want.first) || len(all) > want.most {
			t.Errorf("%s: %d: %s", role, len(all), got)
		}
		for _, x := range want.not {
			if slices.Contains(all, x) {
				t.Errorf("%s: %s is in the navigation", role, x)
			}
		}
	}
}

// What is not in the navigation is in the side menu of the administration, which
// stands beside it, and on the page that its readers open.
func TestPagesBesideTheNavigation(t *testing.T) {
	p := newPages(t)
	lead := p.role(access.RoleLead)
	for _, path := range []string{"/incidents", "/access", "/admin/guard", "/admin/guard/words"} {
		page := lead.ok(path, `aria-label="Administration"`)
		if _, current := bar(page); current != "/admin" {
			t.Errorf("%s belongs to %q", path, current)
		}
		if strings.Count(page, `aria-current="page"`) != 1 {
			t.Errorf("%s: %d entries of the side menu are this page", path, strings.Count(page, `aria-current="page"`))
		}
	}
	lead.ok("/admin", `href="/incidents"`, `href="/access"`, `href="/admin/guard"`)
	p.fromTessa("Draft plan")
	lead.ok("/lead", "Also for you", `href="/incidents"`, `href="/access"`)
	dp := p.role(access.RoleDataProtection)
	page := dp.ok("/incidents")
	if _, current := bar(page); current != "/incidents" || strings.Contains(page, `aria-label="Administration"`) {
		t.Errorf("data protection: %q", current)
	}
}

// Keys that lead to pages name pages that exist for the reader.
func TestNavigationKeys(t *testing.T) {
	p := newPages(t)
	page := p.role(access.RoleLead).ok("/help")
	for _, key := range []string{"i", "d", "l", "e", "h"} {
		if strings.Count(page, `data-go="`+key+`"`) != 1 {
			t.Errorf("g %s: %d entries", key, strings.Count(page, `data-go="`+key+`"`))
		}
	}
}
