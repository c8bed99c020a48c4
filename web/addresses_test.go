package web_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"hearback/tickets/access"
	"hearback/web"
)

// builders are the functions of templates that make addresses, with the address
// that each makes of "x": read from the source, so that a new one is not forgotten.
func builders(t *testing.T) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "view/routes.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	returns := map[string]ast.Expr{}
	for _, d := range file.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && strings.HasSuffix(fn.Name.Name, "URL") && len(fn.Body.List) == 1 {
			if r, ok := fn.Body.List[0].(*ast.ReturnStmt); ok {
				returns[fn.Name.Name] = r.Results[0]
			}
		}
	}
	var value func(e ast.Expr) string
	value = func(e ast.Expr) string {
		switch e := e.(type) {
		case *ast.BinaryExpr:
			return value(e.X) + value(e.Y)
		case *ast.BasicLit:
			text, err := strconv.Unquote(e.Value)
			if err != nil {
				t.Fatal(err)
			}
			return text
		case *ast.CallExpr:
			if fn, ok := e.Fun.(*ast.Ident); ok && returns[fn.Name] != nil {
				return value(returns[fn.Name])
			}
			return "x" // url.PathEscape of an argument
		}
		t.Fatalf("view/routes.go has an expression that this test cannot read: %T", e)
		return ""
	}
	out := map[string]string{}
	for name, e := range returns {
		out[strings.ToLower(name[:1])+name[1:]] = value(e)
	}
	if out["replyCheckURL"] != "/e/x/reply/check" || len(out) < 20 {
		t.Fatalf("the addresses were not read: %v", out)
	}
	return out
}

// hiddenAddresses are in templates behind a choice that no handler makes.
// TestPagesLinkToWhatIsThere holds that no page shows them.
func hiddenAddresses() []string {
	return []string{}
}

var (
	tag       = regexp.MustCompile(`<[a-z]+\s[^>]*>`)
	attribute = regexp.MustCompile(`\s([a-z-]+)="([^"]*)"`)
	branch    = regexp.MustCompile(`\{\{-?\s*(if|else|end|with|range)[^}]*\}\}`)
	built     = regexp.MustCompile(`\{\{([a-zA-Z]+URL)[^}]*\}\}`)
	filled    = regexp.MustCompile(`\{\{[^}]*\}\}`)
)

// methodOf is how a browser, or our script, asks for the address in an attribute;
// "" for attributes without one.
func methodOf(tag, attr string) string {
	switch attr {
	case "href", "src", "hx-get", "data-full", "data-events":
		return http.MethodGet
	case "formaction", "hx-post", "data-presence", "data-check", "data-draft-url":
		return http.MethodPost
	case "action":
		if strings.Contains(tag, `method="post"`) {
			return http.MethodPost
		}
		return http.MethodGet
	}
	return ""
}

// TestTemplatesLinkToWhatIsThere takes every address that is written in a
// template, or in a script, and asks the table of routes for it. Addresses that
// only a handler knows are found by TestPagesLinkToWhatIsThere.
func TestTemplatesLinkToWhatIsThere(t *testing.T) {
	routes, urls, n := table(t), builders(t), 0
	hidden := map[string]bool{}
	for _, h := range hiddenAddresses() {
		hidden[h] = false
	}
	ask := func(file, method, address string) {
		address, _, _ = strings.Cut(address, "#")
		address, _, _ = strings.Cut(address, "?")
		if !strings.HasPrefix(address, "/") || strings.HasPrefix(address, "/assets/") {
			return
		}
		n++
		if web.Answers(routes, method, address) {
			return
		}
		if _, ok := hidden[method+" "+address]; ok {
			hidden[method+" "+address] = true
		} else {
			t.Errorf("%s: nothing answers %s %s", file, method, address)
		}
	}
	for _, file := range glob(t, "view/templates/*/*.html") {
		for _, tg := range tag.FindAllString(read(t, file), -1) {
			for _, a := range attribute.FindAllStringSubmatch(tg, -1) {
				method := methodOf(tg, a[1])
				if method == "" {
					continue
				}
				for _, piece := range branch.Split(a[2], -1) {
					piece = built.ReplaceAllStringFunc(piece, func(m string) string {
						name := built.FindStringSubmatch(m)[1]
						if urls[name] == "" {
							t.Errorf("%s: the test does not know %s", file, name)
						}
						return urls[name]
					})
					ask(file, method, filled.ReplaceAllString(piece, "x"))
				}
			}
		}
	}
	if n < 50 {
		t.Fatalf("only %d addresses were found in templates", n)
	}
	n = 0
	for h, there := range hidden {
		if !there {
			t.Errorf("%s is in the list of hidden addresses, and is answered or in no template", h)
		}
	}
	literal := regexp.MustCompile("[\"'`](/[a-z][^\"'`\\s]*)[\"'`]")
	for _, file := range glob(t, "assets/src/scripts/*.ts") {
		for _, m := range literal.FindAllStringSubmatch(read(t, file), -1) {
			ask(file, http.MethodGet, m[1])
		}
	}
	if n < 2 {
		t.Fatalf("only %d addresses were found in scripts", n)
	}
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %d files, %v", pattern, len(files), err)
	}
	return files
}

func read(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestPagesLinkToWhatIsThere follows every link of every page, as people of
// different roles: a link leads to a page, and a form to a route that takes it.
func TestPagesLinkToWhatIsThere(t *testing.T) {
	p := newPages(t, withSamples)
	r := p.fromTessa("Draft plan")
	p.fromTessa("Transport")
	p.stranger("Sam New", "My son", "Hello, my son Milo Brandt needs help.")
	p.arrives(nil) // a mail that cannot be read
	p.queues(p.staff[access.RoleLead], r.TicketRef)
	p.as(p.deanStaff).sends("/e/"+r.TicketRef+"/reply", p.replyFields("0", "Words", "do", "save"), http.StatusOK)
	routes := table(t)
	caseWork := map[access.Role]bool{access.RoleLead: true, access.RoleOfficer: true, access.RoleBusinessSupport: true}
	for _, role := range []access.Role{access.RoleLead, access.RoleOfficer, access.RoleBusinessSupport, access.RoleAuditor, access.RoleAdmin} {
		b := p.role(role)
		todo, seen, forms := []string{"/"}, map[string]bool{}, 0
		for len(todo) > 0 && len(seen) < 400 {
			at := todo[0]
			todo = todo[1:]
			if seen[at] {
				continue
			}
			seen[at] = true
			rec := b.get(at)
			if rec.Code == http.StatusSeeOther {
				todo = append(todo, rec.Header().Get("Location"))
				continue
			}
			if rec.Code == http.StatusForbidden && !caseWork[role] {
				continue // the search field, and two buttons of a preview, are shown to those who only read
			}
			if rec.Code != http.StatusOK {
				t.Errorf("as %s: a link leads to %s, which answers %d", role, at, rec.Code)
				continue
			}
			if !strings.HasPrefix(rec.Header().Get("Content-Type"), "text/html") {
				continue
			}
			for _, a := range addresses(t, rec.Body.Bytes(), at) {
				path, _, _ := strings.Cut(a.to, "?")
				if !web.Answers(routes, a.method, path) {
					t.Errorf("as %s: %s has <%s %s>, and nothing answers %s %s", role, at, a.tag, a.attr, a.method, path)
					continue
				}
				if a.method == http.MethodPost {
					forms++
				}
				if a.method == http.MethodGet && path != "/events" && !slices.Contains(todo, a.to) {
					todo = append(todo, a.to)
				}
			}
		}
		t.Logf("as %s: %d pages, %d forms", role, len(seen), forms)
		if len(seen) < 8 {
			t.Errorf("as %s only %d pages were reached", role, len(seen))
		}
	}
}

type address struct{ tag, attr, method, to string }

// addresses are what a page can ask for, relative ones made whole.
func addresses(t *testing.T, page []byte, at string) []address {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	base, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	var out []address
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode || n.Data == "form" && !hasButton(n) {
			continue // a form without a button cannot be sent
		}
		tag := "<" + n.Data
		for _, a := range n.Attr {
			tag += " " + a.Key + `="` + strings.ToLower(a.Val) + `"`
		}
		for _, a := range n.Attr {
			method := methodOf(tag, a.Key)
			if method == "" || strings.HasPrefix(a.Val, "#") || strings.HasPrefix(a.Val, "/assets/") || strings.Contains(a.Val, ":") && !strings.HasPrefix(a.Val, "/") {
				continue
			}
			u, err := base.Parse(a.Val)
			if err != nil {
				t.Errorf("%s has the address %q", at, a.Val)
				continue
			}
			u.Fragment = ""
			out = append(out, address{n.Data, a.Key, method, u.String()})
		}
	}
	return out
}

func hasButton(form *html.Node) bool {
	for n := range form.Descendants() {
		if n.Type == html.ElementNode && n.Data == "button" {
			return true
		}
	}
	return false
}
