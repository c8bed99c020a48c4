package parse

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// htmlLines renders HTML as text to read: paragraphs, lists and tables keep
// their shape, links keep their address, pictures of the mail leave their name.
// It works on tokens, not on a tree, so that unclosed and very deep markup costs
// no more than its length. name gives the file behind a content id; nil is fine.
func htmlLines(s string, name func(cid string) string) []line {
	r := &renderer{name: name}
	r.bufs = []buffer{{}}
	z := html.NewTokenizer(strings.NewReader(s))
	z.SetMaxBuf(0)
	for {
		switch z.Next() {
		case html.ErrorToken:
			r.end()
			return r.bufs[0].lines
		case html.TextToken:
			if r.skip == 0 {
				r.text(string(z.Text()))
			}
		case html.StartTagToken:
			r.start(z, false)
		case html.SelfClosingTagToken:
			r.start(z, true)
		case html.EndTagToken:
			tag, _ := z.TagName()
			r.close(atom.Lookup(tag), string(tag))
		}
	}
}

// open is an element that has been opened and matters to the layout.
type open struct {
	tag    atom.Atom
	quote  bool   // a quotation of earlier mail
	mark   bool   // prefixes "> "
	footer bool   // a signature
	href   string // of a link
	at     int    // where the text of the link starts
	item   int    // the next number of an ordered list; -1 in others
}

// buffer holds lines of the page or of one table cell.
type buffer struct {
	lines []line
	cur   []byte // the line that is being written
	blank bool   // an empty line is wanted before the next text
	cell  bool
}

// row is a table row that is being read.
type row struct {
	cells  [][]line
	inCell bool
}

type renderer struct {
	name  func(string) string
	bufs  []buffer
	rows  []row
	stack []open
	skip  int // within style, script, title and so on
	skipA atom.Atom
	pre   int
	rest  bool
}

const maxDepth = 60 // of tables and elements that are followed; deeper ones are read as plain text

func (r *renderer) buf() *buffer { return &r.bufs[len(r.bufs)-1] }

// text adds character data.
func (r *renderer) text(s string) {
	b := r.buf()
	if r.pre > 0 {
		for i, l := range strings.Split(tidyText(s), "\n") {
			if i > 0 {
				r.newline()
			}
			if l != "" {
				r.want()
				b.cur = append(b.cur, l...)
			}
		}
		return
	}
	for s != "" {
		i := spaceAt(s)
		word := s
		if i >= 0 {
			word = s[:i]
		}
		if word != "" {
			r.want()
			b.cur = append(b.cur, word...)
		}
		if i < 0 {
			return
		}
		if s[i] == 0xC2 { // a no-break space is a space to the reader, but one that does not collapse
			if len(b.cur) > 0 {
				b.cur = append(b.cur, ' ')
			}
			s = s[i+2:]
			continue
		}
		if n := len(b.cur); n > 0 && b.cur[n-1] != ' ' {
			b.cur = append(b.cur, ' ')
		}
		s = s[i+1:]
	}
}

// spaceAt finds the first space, a no-break space (C2 A0) included; -1 without.
func spaceAt(s string) int {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case ' ', '\t', '\r', '\n', '\f':
			return i
		case 0xC2:
			if i+1 < len(s) && s[i+1] == 0xA0 {
				return i
			}
		}
	}
	return -1
}

// want puts the empty line that an earlier block asked for.
func (r *renderer) want() {
	b := r.buf()
	if b.blank && len(b.cur) == 0 {
		if n := len(b.lines); n > 0 && b.lines[n-1].text != "" {
			b.lines = append(b.lines, r.shape(""))
		}
	}
	b.blank = false
}

// shape gives a line the marks of the elements that it stands in.
func (r *renderer) shape(s string) line {
	l := line{}
	depth := 0
	for i := range r.stack {
		e := &r.stack[i]
		l.quoted = l.quoted || e.quote
		l.footer = l.footer || e.footer
		if e.mark && depth < 20 {
			depth++
		}
	}
	if r.rest {
		l.quoted = true
	}
	if depth > 0 && len(r.bufs) == 1 {
		s = strings.TrimRight(strings.Repeat("> ", depth)+s, " ")
	}
	l.text = s
	return l
}

// newline ends the current line.
func (r *renderer) newline() {
	b := r.buf()
	s := strings.TrimRight(string(b.cur), " ")
	b.cur = b.cur[:0]
	b.lines = append(b.lines, r.shape(s))
}

// block ends the current line when it has text.
func (r *renderer) block(blank bool) {
	b := r.buf()
	if strings.TrimSpace(string(b.cur)) != "" {
		r.newline()
	} else {
		b.cur = b.cur[:0]
	}
	if blank {
		b.blank = true
	}
}

func (r *renderer) start(z *html.Tokenizer, selfClosing bool) {
	name, more := z.TagName()
	tag := atom.Lookup(name)
	if r.skip > 0 {
		return
	}
	var attrs map[string]string
	if more && wantsAttrs(tag) {
		attrs = map[string]string{}
		for n := 0; more && n < 50; n++ {
			var k, v []byte
			k, v, more = z.TagAttr()
			attrs[string(k)] = string(v)
		}
	}
	switch tag {
	case atom.Style, atom.Script, atom.Title, atom.Template, atom.Svg, atom.Math, atom.Object:
		if !selfClosing {
			r.skip, r.skipA = 1, tag
		}
		return
	case atom.Br:
		r.want()
		r.newline()
		return
	case atom.Hr:
		if quoteRule(attrs) {
			r.rest = true
		}
		r.block(false)
		r.want()
		b := r.buf()
		b.cur = append(b.cur, "________________________________"...)
		r.newline()
		return
	case atom.Img:
		r.image(attrs)
		return
	case atom.Table, atom.Tr, atom.Td, atom.Th:
		r.table(tag)
	case atom.Li:
		r.block(false)
		r.bullet()
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Ul, atom.Ol, atom.Dl, atom.Pre, atom.Blockquote:
		r.block((tag != atom.Ul && tag != atom.Ol) || !r.inside(atom.Li))
	case atom.Div, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Main, atom.Aside, atom.Nav, atom.Address, atom.Center, atom.Fieldset, atom.Form, atom.Dt, atom.Dd, atom.Figure, atom.Caption, atom.Body, atom.Option:
		r.block(false)
	}
	if tag == atom.Pre {
		r.pre++
	}
	if selfClosing || !keeps(tag) || len(r.stack) >= maxDepth*5 {
		return
	}
	e := open{tag: tag, item: -1}
	switch tag {
	case atom.A:
		e.href, e.at = attrs["href"], len(r.buf().cur)
	case atom.Ol:
		e.item = 1
	case atom.Blockquote:
		if !indentOnly(attrs) {
			e.quote, e.mark = true, true
		}
	}
	quoteAttrs(&e, attrs, &r.rest)
	r.stack = append(r.stack, e)
}

// wantsAttrs limits the cost of attributes to the elements where they matter.
func wantsAttrs(tag atom.Atom) bool {
	switch tag {
	case atom.A, atom.Img, atom.Div, atom.Blockquote, atom.Hr, atom.Span, atom.P, atom.Table, atom.Td, 0:
		return true
	}
	return false
}

// keeps says which elements are remembered until they are closed.
func keeps(tag atom.Atom) bool {
	switch tag {
	case atom.A, atom.Div, atom.Blockquote, atom.Ol, atom.Ul, atom.Li, atom.Pre, atom.Span, atom.P, atom.Td:
		return true
	}
	return false
}

func (r *renderer) inside(tag atom.Atom) bool {
	for i := range r.stack {
		if r.stack[i].tag == tag {
			return true
		}
	}
	return false
}

// bullet begins a list item.
func (r *renderer) bullet() {
	depth, mark := 0, "- "
	for i := range r.stack {
		if t := r.stack[i].tag; t == atom.Ul || t == atom.Ol {
			depth++
		}
	}
	for i := len(r.stack) - 1; i >= 0; i-- {
		e := &r.stack[i]
		if e.tag == atom.Ul {
			break
		}
		if e.tag == atom.Ol {
			mark = itoa(e.item) + ". "
			e.item++
			break
		}
	}
	r.want()
	b := r.buf()
	b.cur = append(b.cur, strings.Repeat("  ", min(max(depth-1, 0), 10))+mark...)
}

func (r *renderer) close(tag atom.Atom, _ string) {
	if r.skip > 0 {
		if tag == r.skipA {
			r.skip = 0
		}
		return
	}
	switch tag {
	case atom.P:
		if !r.inside(atom.P) {
			return
		}
	case atom.Td, atom.Th:
		r.endCell()
		return
	case atom.Tr:
		r.endRow()
		return
	case atom.Table:
		r.endRow()
		r.block(true)
		return
	}
	at := -1
	for i := len(r.stack) - 1; i >= 0; i-- {
		if r.stack[i].tag == tag {
			at = i
			break
		}
	}
	switch tag {
	case atom.A:
		if at >= 0 {
			r.link(&r.stack[at])
		}
	case atom.Pre:
		if r.pre > 0 {
			r.pre--
		}
		r.block(true)
	case atom.Ul, atom.Ol:
		r.block(!r.inside(atom.Li))
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Dl, atom.Blockquote:
		r.block(true)
	case atom.Div, atom.Li, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Main, atom.Aside, atom.Nav, atom.Address, atom.Center, atom.Form, atom.Dt, atom.Dd, atom.Figure, atom.Caption:
		r.block(false)
	}
	if at < 0 {
		return
	}
	if tag == atom.A || tag == atom.Span {
		r.stack = append(r.stack[:at], r.stack[at+1:]...)
		return
	}
	r.stack = r.stack[:at]
}

// end closes what was left open.
func (r *renderer) end() {
	for len(r.rows) > 0 {
		r.endRow()
	}
	r.block(false)
}
