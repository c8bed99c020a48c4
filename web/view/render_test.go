package view

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func newRenderer(t testing.TB) (*Renderer, morning) {
	t.Helper()
	m := newMorning(t)
	r, err := New(Options{Location: m.loc, Now: m.now})
	if err != nil {
		t.Fatal(err)
	}
	return r, m
}

// TestEveryPage renders each page in each of its states and holds it to the rules that every page keeps.
func TestEveryPage(t *testing.T) {
	r, m := newRenderer(t)
	seen := map[string]bool{}
	for _, f := range m.all() {
		seen[f.page] = true
		t.Run(f.name, func(t *testing.T) {
			var buf bytes.Buffer
			if err := r.Page(&buf, f.page, f.data); err != nil {
				t.Fatal(err)
			}
			for _, problem := range inspect(buf.String()) {
				t.Error(problem)
			}
		})
	}
	for _, p := range pageTable() {
		if !seen[p.name] {
			t.Errorf("page %q has no fixture", p.name)
		}
	}
}

// inspect lists what is wrong with a page.
func inspect(page string) []string {
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return []string{"does not parse: " + err.Error()}
	}
	var bad []string
	add := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }
	if strings.Contains(page, "ZgotmplZ") {
		add("a value was refused by html/template")
	}
	ids, labels := map[string]int{}, map[string]bool{}
	level, h1, skip := 0, 0, false
	each(doc, func(n *html.Node) {
		if id := attr(n, "id"); id != "" {
			ids[id]++
		}
		if n.Data == "label" {
			labels[attr(n, "for")] = true
		}
	})
	for id, n := range ids {
		if n > 1 {
			add("id %q is used %d times", id, n)
		}
	}
	each(doc, func(n *html.Node) {
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				add("<%s> has the attribute %s", n.Data, a.Key)
			}
			if a.Key == "href" || a.Key == "src" || a.Key == "action" {
				if name := named(a.Val); name != "" && !strings.HasPrefix(a.Val, "/parents/") {
					add("the address %q holds the name %q", a.Val, name)
				}
				if strings.HasPrefix(a.Val, "http") || strings.HasPrefix(a.Val, "//") {
					add("%q leaves the site", a.Val)
				}
			}
			if a.Key == "tabindex" && a.Val != "0" && a.Val != "-1" {
				add("<%s> has tabindex %s", n.Data, a.Val)
			}
			if a.Key == "title" && n.Data != "iframe" {
				add("<%s> is named by a title attribute", n.Data)
			}
			if slices.Contains([]string{"aria-labelledby", "aria-describedby", "aria-controls"}, a.Key) {
				for _, id := range strings.Fields(a.Val) {
					if ids[id] == 0 {
						add("%s=%q points at nothing", a.Key, id)
					}
				}
			}
			if a.Key == "form" && ids[a.Val] == 0 {
				add("form=%q points at nothing", a.Val)
			}
		}
		switch n.Data {
		case "script":
			if attr(n, "src") == "" {
				add("an inline script")
			}
		case "style":
			add("an inline style element")
		case "title":
			if n.Parent.Data == "head" {
				if name := named(text(n)); name != "" {
					add("the title %q holds the name %q", text(n), name)
				}
				if !strings.HasSuffix(text(n), "- hearback") || strings.HasPrefix(text(n), " ") {
					add("the title is %q", text(n))
				}
			}
		case "h1", "h2", "h3", "h4":
			now := int(n.Data[1] - '0')
			if now == 1 {
				h1++
			}
			if now > level+1 && level != 0 {
				add("heading %q jumps from h%d to h%d", text(n), level, now)
			}
			level = now
		case "a":
			if attr(n, "href") == "#main" {
				skip = true
			}
			if strings.HasPrefix(attr(n, "href"), "#") && len(attr(n, "href")) > 1 && ids[attr(n, "href")[1:]] == 0 {
				add("link %q points at nothing", attr(n, "href"))
			}
			if text(n) == "" && attr(n, "aria-label") == "" {
				add("a link without words: %q", attr(n, "href"))
			}
		case "button":
			if text(n) == "" && attr(n, "aria-label") == "" {
				add("a button without words")
			}
			if strings.TrimSpace(text(n)) == "Send" {
				add("a button that says only Send")
			}
		case "input", "select", "textarea":
			if attr(n, "type") == "hidden" || labels[attr(n, "id")] && attr(n, "id") != "" || attr(n, "aria-label") != "" || within(n, "label") {
				return
			}
			add("<%s name=%q> has no label", n.Data, attr(n, "name"))
		case "iframe":
			if attr(n, "title") == "" || !has(n, "sandbox") || attr(n, "sandbox") != "" {
				add("a frame without a title or with rights")
			}
		case "table":
			if first(n, "caption") == nil {
				add("a table without a caption")
			}
		case "form":
			if within(n, "form") {
				add("a form inside a form")
			}
		case "svg":
			if n.FirstChild == nil {
				add("an empty picture")
			}
		}
	})
	if h1 != 1 {
		add("%d h1 headings", h1)
	}
	if !skip || ids["main"] != 1 {
		add("no skip link to #main")
	}
	for _, id := range []string{"live-polite", "live-alert"} {
		if ids[id] != 1 {
			add("no #%s", id)
		}
	}
	return bad
}

// TestInspectFindsFaults keeps the inspection honest.
func TestInspectFindsFaults(t *testing.T) {
	page := `<html><head><title>Tessa Brandt - hearback</title></head><body><a href="#main">Skip</a><main id="main"><h1>A</h1><h3>B</h3><p style="x" onclick="y">` +
		`<input name="q"><a href="https://elsewhere.example">x</a><a href="/e/brandt"></a><script>x</script><style>x</style><button> Send </button><form id="f"></form><div id="f"></div></main></body></html>`
	got := strings.Join(inspect(page), "\n")
	for _, want := range []string{"title \"Tessa", "jumps", "attribute style", "attribute onclick", "no label", "leaves the site", "without words", "inline script", "inline style", "only Send", "used 2 times", "no #live-polite"} {
		if !strings.Contains(got, want) {
			t.Errorf("inspect did not find %q in\n%s", want, got)
		}
	}
}

func named(s string) string {
	for _, n := range familyNames() {
		if strings.Contains(strings.ToLower(s+" "), strings.ToLower(n)) {
			return n
		}
	}
	return ""
}

func each(n *html.Node, do func(*html.Node)) {
	if n.Type == html.ElementNode {
		do(n)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		each(c, do)
	}
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

func within(n *html.Node, tag string) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Data == tag {
			return true
		}
	}
	return false
}

func first(n *html.Node, tag string) *html.Node {
	var found *html.Node
	each(n, func(c *html.Node) {
		if found == nil && c.Data == tag {
			found = c
		}
	})
	return found
}

func text(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(n)
	return strings.Join(strings.Fields(b.String()), " ")
}

// TestRendererRefuses checks that a wrong name, a wrong model and a nil model are errors and write nothing.
func TestRendererRefuses(t *testing.T) {
	r, m := newRenderer(t)
	reply := m.reply()
	for name, do := range map[string]func(io.Writer) error{
		"unknown page":     func(w io.Writer) error { return r.Page(w, "nowhere", Inbox{}) },
		"wrong model":      func(w io.Writer) error { return r.Page(w, PageReply, Note{}) },
		"no model":         func(w io.Writer) error { return r.Page(w, PageReply, nil) },
		"nil model":        func(w io.Writer) error { return r.Page(w, PageReply, (*Reply)(nil)) },
		"unknown fragment": func(w io.Writer) error { return r.Fragment(w, "nowhere", reply) },
		"wrong fragment":   func(w io.Writer) error { return r.Fragment(w, FragVerdict, reply) },
	} {
		var buf bytes.Buffer
		if err := do(&buf); err == nil || buf.Len() != 0 {
			t.Errorf("%s: error %v, %d bytes written", name, err, buf.Len())
		}
	}
	var buf bytes.Buffer
	if err := r.Page(&buf, PageReply, &reply); err != nil {
		t.Errorf("a pointer to the model: %v", err)
	}
}

// TestFragmentIDs checks that each fragment writes one element with the id that other parts rely on.
func TestFragmentIDs(t *testing.T) {
	r, m := newRenderer(t)
	in, rep, enq := m.inbox(), m.reply(), m.enquiry()
	item := m.duties()[0].data.(Duty).Item
	for frag, want := range map[string]struct {
		id   string
		data any
	}{
		FragViewCounts: {"view-counts", in.Views}, FragDueStrip: {"due-strip", *in.Strip}, FragList: {"list", in.List}, FragRow: {"row-SEN-104233", in.List.Rows[1]}, FragPreview: {"preview", *in.Preview},
		FragEnqHead: {"enq-head", enq.Head}, FragPresence: {"presence", enq.Presence}, FragNewBar: {"newbar", enq.NewBar}, FragTimeline: {"timeline", enq.Timeline}, FragItem: {"m812", m.itemIn()},
		FragPeople: {"people", enq.People}, FragClocks: {"clocks", enq.Clocks}, FragReceives: {"receives", rep.Receives}, FragVerdict: {"verdict", rep.Verdict}, FragReplyDraft: {"draft-state", rep.Draft},
		FragNoteDraft: {"draft-state", rep.Draft}, FragNoteAdvice: {"note-advice", NoteAdvice{}}, FragQueueItem: {"queue-item", *item}, FragTiles: {"tiles", []Tile{}}, FragWaiting: {"waiting", []Waiting{}},
	} {
		var buf bytes.Buffer
		if err := r.Fragment(&buf, frag, want.data); err != nil {
			t.Error(err)
			continue
		}
		if !strings.Contains(buf.String(), `id="`+want.id+`"`) {
			t.Errorf("fragment %s has no element %q", frag, want.id)
		}
		if strings.Contains(buf.String(), "<html") {
			t.Errorf("fragment %s is a whole page", frag)
		}
	}
	for _, f := range fragmentTable() {
		if f.name == "" {
			t.Error("a fragment without a name")
		}
	}
}

// TestSendNamesThePeople holds the rule that the button that sends names everyone, or the first two and a number.
func TestSendNamesThePeople(t *testing.T) {
	r, m := newRenderer(t)
	for n, want := range map[int]string{1: "Send to Ann", 2: "Send to Ann and Ben", 3: "Send to Ann, Ben and Cat", 5: "Send to Ann, Ben and 3 more"} {
		reply := m.reply()
		reply.Receives.To = nil
		for _, name := range []string{"Ann", "Ben", "Cat", "Dan", "Eve"}[:n] {
			reply.Receives.To = append(reply.Receives.To, Recipient{ID: name, Name: name, Address: name + "@mail.example", Why: "x"})
		}
		var buf bytes.Buffer
		if err := r.Page(&buf, PageReply, reply); err != nil {
			t.Fatal(err)
		}
		doc, err := html.Parse(&buf)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		each(doc, func(n *html.Node) {
			if n.Data == "button" && attr(n, "value") == "send" {
				got = append(got, text(n))
			}
		})
		if !slices.Equal(got, []string{want}) {
			t.Errorf("%d people: buttons %q, want %q", n, got, want)
		}
	}
}

// TestZeroTimesAreWords checks that a moment that never was is said, not left blank.
func TestZeroTimesAreWords(t *testing.T) {
	r, m := newRenderer(t)
	for _, f := range m.all() {
		if f.name != "enquiry-bare" && f.name != "enquiry" {
			continue
		}
		var buf bytes.Buffer
		if err := r.Page(&buf, f.page, f.data); err != nil {
			t.Fatal(err)
		}
		want := map[string]int{"enquiry-bare": 3, "enquiry": 0}[f.name]
		if got := strings.Count(buf.String(), "<dd>never</dd>"); got != want {
			t.Errorf("%s says never %d times, want %d", f.name, got, want)
		}
	}
}
