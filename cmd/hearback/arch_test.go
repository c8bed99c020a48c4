package main

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/go/packages"
)

const module = "hearback/"

// mayImport is the law: which of our packages each of our packages may import.
// A package that is not in it fails the test. To change it, change this table
// first, in a commit of its own, with the reason.
func mayImport() map[string][]string {
	domain := []string{"tickets", "tickets/access", "tickets/audit", "tickets/caseload", "tickets/register", "tickets/report", "tickets/fault", "tickets/wording", "sla"}
	return map[string][]string{
		"cmd/hearback": {"*"},

		"sla":              {"tickets/fault"},
		"tickets/fault":    {},
		"tickets/access":   {},
		"tickets/register": {"tickets/fault"},
		"tickets/audit":    {},
		"tickets/wording":  {},                                    // what automatic letters to families say
		"tickets/caseload": {"tickets/fault", "tickets/register"}, // the case system's extract
		"tickets":          {"sla", "tickets/fault", "tickets/access", "tickets/audit", "tickets/caseload", "tickets/register", "tickets/wording"},
		"tickets/store":    domain,

		"mailbox":              {},
		"mailbox/tnef":         {"tickets/fault"}, // winmail.dat by ytnef
		"mailbox/parse":        {"tickets", "tickets/fault", "mailbox/tnef"},
		"mailbox/inspect":      {"tickets", "mailbox/parse", "mailbox/archive"},
		"mailbox/archive":      {"tickets/fault"},
		"mailbox/signin":       {"tickets/fault"}, // asks an identity provider for a token
		"mailbox/scan":         {"tickets/fault"}, // asks clamd about a file
		"mailbox/webhook":      {"tickets/fault"}, // tells the council's pager that a mailbox is down
		"mailbox/inbound":      append([]string{"mailbox/parse", "mailbox/signin"}, domain...),
		"mailbox/guard":        {},
		"mailbox/extract":      {"mailbox/parse", "tickets/fault"}, // files to text views
		"mailbox/letter":       {"mailbox/parse", "mailbox/extract", "mailbox/guard", "tickets", "tickets/fault"},
		"mailbox/letter/check": {"mailbox/letter", "mailbox/guard"}, // labelled letters for hearback guard check
		"mailbox/outbound":     append([]string{"mailbox/signin", "mailbox/outbound/internal/compose", "mailbox/outbound/internal/clearance", "mailbox/outbound/internal/courier", "mailbox/letter", "mailbox/guard"}, domain...),

		"mailbox/outbound/internal/compose":   append([]string{}, domain...),
		"mailbox/outbound/internal/clearance": append([]string{"mailbox/outbound/internal/compose", "mailbox/letter", "mailbox/guard"}, domain...),
		"mailbox/outbound/internal/courier":   {"mailbox/outbound/internal/clearance", "mailbox/signin", "tickets", "tickets/fault"},

		"mailbox/devmail": {"tickets/fault"},

		"api": append([]string{"mailbox/guard"}, domain...),

		"web":            append([]string{"mailbox/guard", "web/view", "web/view/chart", "web/assets", "web/session", "web/oidc"}, domain...),
		"web/session":    append([]string{}, domain...),
		"web/oidc":       {"tickets/access", "tickets/fault"}, // asks the council's identity provider who somebody is
		"web/view":       {"web/assets", "web/view/chart"},
		"web/view/chart": {},
		"web/assets":     {},

		// For tests alone: nothing that ships may import them (checked below).
		"mailbox/devmail/misbehave":  {"mailbox/devmail"},
		"mailbox/mailtest":           {"mailbox/mailtest/throwaway"},
		"mailbox/mailtest/throwaway": {},
		"tickets/store/pgtest":       {"mailbox/mailtest/throwaway"},
		"tickets/store/storetest":    append([]string{"tickets/store", "tickets/store/pgtest"}, domain...),
	}
}

// testOnly packages may be imported by tests and by each other.
func testOnly() []string {
	return []string{
		"mailbox/devmail/misbehave", "mailbox/mailtest", "mailbox/mailtest/throwaway",
		"tickets/store/pgtest", "tickets/store/storetest",
	}
}

// restricted lists what can open a way out of the program, or reach private
// words, and the packages that may use it. go-smtp has its client and its
// server in one package, so a table of imports is not enough.
func restricted() []rule {
	return []rule{
		{"github.com/emersion/go-smtp", []string{"Dial*", "NewClient*", "SendMail*"}, []string{"mailbox/outbound/internal/courier"}},
		{"net/smtp", []string{"*"}, nil},
		{"net", []string{"Dial*", "Dialer"}, []string{"mailbox/inbound", "mailbox/outbound/internal/courier", "mailbox/signin", "mailbox/scan", "mailbox/webhook", "web/oidc"}},
		{"crypto/tls", []string{"Dial*", "Dialer"}, []string{"mailbox/inbound", "mailbox/outbound/internal/courier"}},
		{"net/http", []string{"Get", "Post", "PostForm", "Head", "Client", "DefaultClient", "NewRequest*", "Transport", "DefaultTransport"}, []string{"mailbox/signin", "mailbox/webhook", "web/oidc"}},
		{"github.com/emersion/go-imap/v2/imapclient", []string{"Dial*", "New", "Client"}, []string{"mailbox/inbound"}},
		{"github.com/emersion/go-imap/v2/imapclient", []string{"Client.Append"}, []string{"mailbox/inbound"}}, // copies in the Sent folder
		{"os/exec", []string{"*"}, nil},
		{"hearback/tickets", []string{"PrivateText.ForStaff"}, []string{
			"tickets", "tickets/store", "mailbox/outbound/internal/clearance", "mailbox/outbound", "web", "api",
		}},
		{"hearback/mailbox/outbound", []string{"Dispatcher.SendRaw*"}, []string{"mailbox/gateway"}},
	}
}

type rule struct {
	pkg     string
	names   []string
	allowed []string
}

var loadOnce = sync.OnceValues(func() ([]*packages.Package, error) {
	return packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedSyntax |
			packages.NeedTypes | packages.NeedTypesInfo | packages.NeedExportFile,
		BuildFlags: []string{"-tags=sqlite_fts5,nomsgpack"},
	}, module+"...")
})

func load(t *testing.T) []*packages.Package {
	t.Helper()
	pkgs, err := loadOnce()
	if err != nil {
		t.Fatal(err)
	}
	if len(pkgs) < 10 {
		t.Fatalf("only %d packages were found", len(pkgs))
	}
	for _, p := range pkgs {
		for _, e := range p.Errors {
			t.Fatalf("%s: %v", p.PkgPath, e)
		}
	}
	return pkgs
}

func TestImports(t *testing.T) {
	law := mayImport()
	for _, p := range load(t) {
		name := strings.TrimPrefix(p.PkgPath, module)
		allowed, listed := law[name]
		if !listed {
			t.Errorf("package %s is not in the table of imports", name)
			continue
		}
		for path := range p.Imports {
			ours, is := strings.CutPrefix(path, module)
			if !is {
				continue
			}
			if slices.Contains(testOnly(), ours) && !slices.Contains(testOnly(), name) {
				t.Errorf("%s ships and imports %s, which is for tests alone", name, ours)
				continue
			}
			if !slices.Contains(allowed, ours) && !slices.Contains(allowed, "*") {
				t.Errorf("%s may not import %s", name, ours)
			}
		}
	}
}

func TestDomainKnowsNoTechnology(t *testing.T) {
	banned := []string{"database/sql", "github.com/jmoiron/sqlx", "net/http", "github.com/gin-gonic/gin", "net/mail", "net/smtp", "github.com/emersion/", "go.yaml.in/yaml"}
	for _, p := range load(t) {
		name := strings.TrimPrefix(p.PkgPath, module)
		if name != "sla" && name != "tickets" && name != "tickets/access" && name != "tickets/register" && name != "tickets/fault" && name != "mailbox/guard" {
			continue
		}
		for path := range p.Imports {
			for _, b := range banned {
				if path == b || strings.HasPrefix(path, b) {
					t.Errorf("%s imports %s", name, path)
				}
			}
		}
	}
}

func TestSymbols(t *testing.T) {
	var bad []string
	for _, p := range load(t) {
		name := strings.TrimPrefix(p.PkgPath, module)
		if slices.Contains(testOnly(), name) {
			continue
		}
		for id, obj := range p.TypesInfo.Uses {
			if obj.Pkg() == nil {
				continue
			}
			for _, r := range restricted() {
				if obj.Pkg().Path() == r.pkg && matches(r.names, qualified(obj)) && !slices.Contains(r.allowed, name) {
					bad = append(bad, fmt.Sprintf("%s: %s uses %s.%s", p.Fset.Position(id.Pos()), name, r.pkg, obj.Name()))
				}
			}
		}
		for _, f := range p.Syntax {
			bad = append(bad, forbiddenForms(p, name, f)...)
		}
	}
	sort.Strings(bad)
	for _, b := range slices.Compact(bad) {
		t.Error(b)
	}
}

// qualified is the name of something of a package as the table writes it:
// "Dial" for a function or type, "Client.Append" for a method or field.
func qualified(obj types.Object) string {
	switch o := obj.(type) {
	case *types.Func:
		recv := o.Signature().Recv()
		if recv == nil {
			return o.Name()
		}
		t := recv.Type()
		if ptr, ok := t.(*types.Pointer); ok {
			t = ptr.Elem()
		}
		if named, ok := t.(*types.Named); ok {
			return named.Obj().Name() + "." + o.Name()
		}
		return "?." + o.Name()
	case *types.Var:
		if o.IsField() {
			return "?." + o.Name()
		}
	}
	return obj.Name()
}

func matches(patterns []string, name string) bool {
	for _, p := range patterns {
		if prefix, star := strings.CutSuffix(p, "*"); star && strings.HasPrefix(name, prefix) || p == name {
			return true
		}
	}
	return false
}

// forbiddenForms finds unsafe, cgo, linkname, init functions and, in the
// domain, the clock of the machine.
func forbiddenForms(p *packages.Package, name string, f *ast.File) []string {
	var bad []string
	at := func(n ast.Node) string { return p.Fset.Position(n.Pos()).String() }
	for _, imp := range f.Imports {
		if imp.Path.Value == `"unsafe"` || imp.Path.Value == `"C"` {
			bad = append(bad, at(imp)+": imports "+imp.Path.Value)
		}
	}
	for _, g := range f.Comments {
		for _, c := range g.List {
			if strings.HasPrefix(c.Text, "//go:linkname") {
				bad = append(bad, at(c)+": linkname")
			}
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if fn, ok := n.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
			bad = append(bad, at(n)+": init function")
		}
		return true
	})
	if name == "sla" || name == "tickets" {
		for id, obj := range p.TypesInfo.Uses {
			if obj.Pkg() != nil && obj.Pkg().Path() == "time" && (obj.Name() == "Now" || obj.Name() == "Sleep" || obj.Name() == "Since" || obj.Name() == "Until") {
				bad = append(bad, p.Fset.Position(id.Pos()).String()+": time."+obj.Name()+" in the domain")
			}
		}
	}
	return bad
}

// TestTablesBite shows that the tables find what they are there to find.
func TestTablesBite(t *testing.T) {
	if matches([]string{"Dial*"}, "NewServer") || !matches([]string{"Dial*"}, "DialTLS") || !matches([]string{"*"}, "X") {
		t.Error("patterns do not match as they should")
	}
	found := false
	for _, p := range load(t) {
		if p.PkgPath != module+"mailbox/outbound/internal/courier" {
			continue
		}
		for _, obj := range p.TypesInfo.Uses {
			if obj.Pkg() != nil && obj.Pkg().Path() == "github.com/emersion/go-smtp" && matches(restricted()[0].names, qualified(obj)) {
				found = true
			}
		}
	}
	if !found {
		t.Error("the courier does not use the SMTP client: the table of symbols looks for the wrong names")
	}
}
