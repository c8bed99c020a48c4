package view

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"text/template/parse"

	"golang.org/x/net/html"
)

// calls lists every template that the page's own file reaches, directly or through others.
func calls(t *testing.T, r *Renderer, page string) map[string]bool {
	t.Helper()
	set := map[string]bool{}
	var walk func(n parse.Node)
	visit := func(name string) {
		if set[name] {
			return
		}
		set[name] = true
		set, err := r.pages[page].tmpl()
		if err != nil {
			t.Fatal(err)
		}
		tm := set.Lookup(name)
		if tm == nil {
			t.Fatalf("page %s calls %q, which does not exist", page, name)
		}
		walk(tm.Tree.Root)
	}
	walk = func(n parse.Node) {
		switch n := n.(type) {
		case *parse.ListNode:
			if n != nil {
				for _, c := range n.Nodes {
					walk(c)
				}
			}
		case *parse.IfNode:
			walk(n.List)
			walk(n.ElseList)
		case *parse.RangeNode:
			walk(n.List)
			walk(n.ElseList)
		case *parse.WithNode:
			walk(n.List)
			walk(n.ElseList)
		case *parse.TemplateNode:
			visit(n.Name)
		}
	}
	visit("main")
	delete(set, "main")
	return set
}

// TestNoteIsNotAReply holds the separation that keeps notes in: the note page has no input that could name a recipient, and shares
// no part with the reply page, so that no change to the one can bring such an input into the other.
func TestNoteIsNotAReply(t *testing.T) {
	r, m := newRenderer(t)
	reply, note := calls(t, r, PageReply), calls(t, r, PageNote)
	if len(reply) < 3 || len(note) < 3 {
		t.Fatalf("found too few parts to compare: %v, %v", reply, note)
	}
	for name := range note {
		if reply[name] {
			t.Errorf("reply and note share the part %q", name)
		}
	}
	forbidden := []string{"to", "cc", "bcc", "subject", "email", "recipient", "to_person", "add_person", "seen_recipients"}
	for _, f := range m.notes() {
		var buf bytes.Buffer
		if err := r.Page(&buf, f.page, f.data); err != nil {
			t.Fatal(err)
		}
		doc, err := html.Parse(&buf)
		if err != nil {
			t.Fatal(err)
		}
		inputs := 0
		each(first(doc, "main"), func(n *html.Node) {
			name := strings.ToLower(strings.TrimSuffix(attr(n, "name"), "[]"))
			if !slices.Contains([]string{"input", "select", "textarea", "button"}, n.Data) {
				return
			}
			inputs++
			if slices.Contains(forbidden, name) || slices.Contains(forbidden, attr(n, "id")) || attr(n, "type") == "email" {
				t.Errorf("%s: <%s name=%q id=%q>", f.name, n.Data, name, attr(n, "id"))
			}
			if n.Data == "button" && (strings.Contains(text(n), "Send") || attr(n, "value") == "send") {
				t.Errorf("%s has a button %q", f.name, text(n))
			}
		})
		if inputs < 4 {
			t.Errorf("%s: only %d inputs were looked at", f.name, inputs)
		}
	}
	// The words of the file itself, for names that a fixture might not reach.
	src, err := files.ReadFile("templates/pages/note.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range forbidden {
		if strings.Contains(string(src), `name="`+name+`"`) {
			t.Errorf("the note page has an input named %q", name)
		}
	}
}
