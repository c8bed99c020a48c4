package web_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"hearback/tickets/access"
)

// uploads sends a file as a browser does.
func (b *browser) uploads(name, content string) *httptest.ResponseRecorder {
	b.p.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	f, err := w.CreateFormFile("file", name)
	b.p.must(err)
	_, err = f.Write([]byte(content))
	b.p.must(err)
	b.p.must(w.Close())
	req := httptest.NewRequest(http.MethodPost, "/admin/import", &body)
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.Header.Set("Cookie", b.cookie)
	rec := httptest.NewRecorder()
	b.p.srv.ServeHTTP(rec, req)
	return rec
}

// works follows a file until nothing is done for it any more.
func (b *browser) works(path string) string {
	b.p.t.Helper()
	for b.p.t.Context().Err() == nil {
		rec := b.get(path)
		if rec.Code != http.StatusOK {
			b.p.t.Fatalf("%s: %d\n%s", path, rec.Code, rec.Body.String())
		}
		if rec.Header().Get("Refresh") == "" {
			return rec.Body.String()
		}
		if !strings.Contains(rec.Body.String(), "Stop") {
			b.p.t.Fatal("work cannot be stopped")
		}
	}
	b.p.t.Fatal("the test ended before the work")
	return ""
}

const importHead = "case_ref,child_name,school,fallback_email,person_name,person_relation,person_parental_responsibility,person_restriction\n"

func TestImportOnAPage(t *testing.T) {
	p := newPages(t)
	head := p.role(access.RoleHead)
	officer := p.staff[access.RoleOfficer].Email
	file := importHead + "QX-1," + strings.ReplaceAll(hostile, ",", "") + ",Hill School," + officer + ",Jo Vane,mother,yes,\n"
	file = strings.ReplaceAll(file, `"`, "") + "QX-1,,,,Sam Vane,father,no,No contact\n" + strings.Repeat("QX-1,,,,,,,\n", 20) + "QX-2,,,,,,,\n"

	head.ok("/admin/import", `enctype="multipart/form-data"`, "Nothing was imported yet", "Imports so far")
	for name, content := range map[string]string{"empty": "", "picture": "\x89PNG\x00\x00", "large": "case_ref\n" + strings.Repeat("WM-1\n", 2<<20)} {
		if rec := head.uploads(name+".csv", content); rec.Code != http.StatusUnprocessableEntity || !strings.Contains(rec.Body.String(), "There is a problem") {
			t.Errorf("%s: %d", name, rec.Code)
		}
	}
	rec := head.uploads(`..\..\evil"<b>.csv`, file)
	here := rec.Header().Get("Location")
	if rec.Code != http.StatusSeeOther || !strings.HasPrefix(here, "/admin/import/f/") {
		t.Fatalf("%d %s", rec.Code, here)
	}
	page := head.ok(here, "What each column holds", "First row: QX-1", "Compare with the register")
	if strings.Contains(page, "<b>") {
		t.Error("the file's name is markup")
	}
	// It is the business of nobody else.
	other := p.role(access.RoleLead)
	if rec := other.get(here); rec.Code != http.StatusNotFound {
		t.Errorf("another person's file: %d", rec.Code)
	}
	if rec := other.post(here, url.Values{"do": {"drop"}}); rec.Code != http.StatusNotFound {
		t.Errorf("another person's file: %d", rec.Code)
	}
	columns := url.Values{"do": {"compare"}, "save": {"nightly"}}
	for _, m := range regexp.MustCompile(`name="(column\d+)"[^>]*>(?s:.*?)<option value="([a-z_]+)" selected`).FindAllStringSubmatch(page, -1) {
		columns.Set(m[1], m[2])
	}
	if len(columns) != 10 {
		t.Fatalf("the form has %v", columns)
	}
	twice := url.Values{"do": {"compare"}, "column0": {"case_ref"}, "column1": {"case_ref"}}
	head.sends(here, twice, http.StatusUnprocessableEntity)
	head.sends(here, columns, http.StatusSeeOther)
	page = head.works(here)
	for _, want := range []string{"What the file would do", "Problems", "child&#39;s name is missing", "New case", "restriction: No contact"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not in the dry run:\n%s", want, page)
		}
	}
	if _, err := p.db.Case(t.Context(), access.System("test"), "QX-1"); err == nil {
		t.Fatal("the dry run changed something")
	}
	head.sends(here, url.Values{"do": {"apply"}}, http.StatusUnprocessableEntity)
	head.sends(here, url.Values{"do": {"apply"}, "sure": {"yes"}}, http.StatusSeeOther)
	if page = head.works(here); !strings.Contains(page, "Imported") {
		t.Errorf("the result:\n%s", page)
	}
	head.sends(here, url.Values{"do": {"apply"}, "sure": {"yes"}}, http.StatusSeeOther) // again: nothing happens
	c, err := p.db.Case(t.Context(), access.System("test"), "QX-1")
	p.must(err)
	list, err := p.db.Imports(t.Context(), 5)
	p.must(err)
	if len(c.Parties) != 2 || !c.Parties[1].Link.NoContact || len(list) != 1 || list[0].Mapping != "nightly" || list[0].Failed != 1 {
		t.Errorf("%+v, %+v", c.Parties, list)
	}

	// What would loosen waits, and is decided on the page.
	next := head.uploads("next.csv", importHead+"QX-1,,,,Sam Vane,father,yes,none\n").Header().Get("Location")
	head.sends(next, url.Values{"do": {"use"}, "mapping": {"nightly"}}, http.StatusSeeOther)
	head.sends(next, columns, http.StatusSeeOther)
	head.works(next)
	head.sends(next, url.Values{"do": {"apply"}, "sure": {"yes"}}, http.StatusSeeOther)
	head.works(next)
	page = head.ok("/admin/import/waiting", "QX-1: Sam Vane: parental responsibility: yes (was no)", "end of the restriction: No contact", "2 changes wait")
	ids := regexp.MustCompile(`id="take(\d+)"`).FindAllStringSubmatch(page, -1)
	if len(ids) != 2 {
		t.Fatalf("%v", ids)
	}
	at := func(i int) string { return "/admin/import/waiting/" + ids[i][1] }
	head.sends(at(0), url.Values{"do": {"take"}}, http.StatusUnprocessableEntity) // why?
	head.sends(at(0), url.Values{"do": {"else"}}, http.StatusNotFound)
	head.sends(at(0), url.Values{"do": {"take"}, "reason": {"Birth certificate seen"}}, http.StatusSeeOther)
	head.sends(at(0), url.Values{"do": {"leave"}}, http.StatusUnprocessableEntity) // settled
	head.sends(at(1), url.Values{"do": {"leave"}}, http.StatusSeeOther)
	head.ok("/admin/import/waiting", "Nothing waits")
	if c, err = p.db.Case(t.Context(), access.System("test"), "QX-1"); err != nil || c.Parties[1].Link.PR != "yes" || !c.Parties[1].Link.NoContact {
		t.Errorf("%+v, %v", c.Parties[1].Link, err)
	}
	// A file that is left lying goes.
	left := head.uploads("left.csv", importHead+"QX-9,,,,,,,\n").Header().Get("Location")
	p.now = p.now.AddDate(0, 0, 1)
	if rec := head.get(left); rec.Code != http.StatusNotFound && rec.Code != http.StatusSeeOther {
		t.Errorf("a file of yesterday: %d", rec.Code)
	}
}
