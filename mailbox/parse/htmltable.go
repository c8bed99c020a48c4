package parse

import (
	"strings"

	"golang.org/x/net/html/atom"
)

// table follows rows and cells. A row of short cells becomes one line; a row
// whose cells hold paragraphs is layout and its cells follow each other.
func (r *renderer) table(tag atom.Atom) {
	switch tag {
	case atom.Table:
		r.block(false)
	case atom.Tr:
		if n := len(r.rows); n > 0 && r.rows[n-1].inCell && !r.nested() {
			r.endCell()
		}
		if n := len(r.rows); n > 0 && !r.rows[n-1].inCell {
			r.endRow()
		}
		if len(r.rows) < maxDepth {
			r.block(false)
			r.rows = append(r.rows, row{})
		}
	case atom.Td, atom.Th:
		n := len(r.rows)
		if n == 0 {
			r.block(false)
			return
		}
		if r.rows[n-1].inCell && !r.nested() {
			r.endCell()
		}
		if !r.rows[n-1].inCell {
			r.rows[n-1].inCell = true
			r.bufs = append(r.bufs, buffer{cell: true})
		}
	}
	r.tables(tag)
}

// tables keeps count of how many tables are open within the cell, so that a
// row of an inner table does not end the outer cell.
func (r *renderer) tables(tag atom.Atom) {
	if tag == atom.Table && len(r.stack) < maxDepth*5 {
		r.stack = append(r.stack, open{tag: atom.Table, item: len(r.rows)})
	}
}

// nested says whether a table was opened since the current row began.
func (r *renderer) nested() bool {
	for i := len(r.stack) - 1; i >= 0; i-- {
		if r.stack[i].tag == atom.Table {
			return r.stack[i].item >= len(r.rows)
		}
	}
	return false
}

func (r *renderer) endCell() {
	n := len(r.rows)
	if n == 0 || !r.rows[n-1].inCell || len(r.bufs) < 2 {
		r.block(false)
		return
	}
	r.block(false)
	b := r.buf()
	r.rows[n-1].cells = append(r.rows[n-1].cells, b.lines)
	r.rows[n-1].inCell = false
	r.bufs = r.bufs[:len(r.bufs)-1]
}

func (r *renderer) endRow() {
	n := len(r.rows)
	if n == 0 {
		r.block(false)
		return
	}
	if r.rows[n-1].inCell {
		r.endCell()
	}
	cells := r.rows[n-1].cells
	r.rows = r.rows[:n-1]
	short, filled := true, 0
	for _, c := range cells {
		k := 0
		for _, l := range c {
			if l.text != "" {
				k++
			}
		}
		if k > 1 || k == 1 && len(c) > 0 && longest(c) > 200 {
			short = false
		}
		if k > 0 {
			filled++
		}
	}
	b := r.buf()
	r.block(false)
	if filled == 0 {
		return
	}
	r.want()
	if short && filled > 1 {
		var words []string
		joined := line{}
		for _, c := range cells {
			w := ""
			for _, l := range c {
				if l.text != "" {
					w = l.text
				}
				joined.quoted = joined.quoted || l.quoted
				joined.footer = joined.footer || l.footer
			}
			words = append(words, w)
		}
		for len(words) > 0 && words[0] == "" { // cells for the margin
			words = words[1:]
		}
		for len(words) > 0 && words[len(words)-1] == "" {
			words = words[:len(words)-1]
		}
		l := r.shape(strings.Join(words, " | "))
		l.quoted, l.footer = l.quoted || joined.quoted, l.footer || joined.footer
		b.lines = append(b.lines, l)
		return
	}
	for _, c := range cells {
		for _, l := range c {
			s := r.shape(l.text)
			s.quoted, s.footer = s.quoted || l.quoted, s.footer || l.footer
			if s.text == "" && (len(b.lines) == 0 || b.lines[len(b.lines)-1].text == "") {
				continue
			}
			b.lines = append(b.lines, s)
		}
	}
}

func longest(c []line) int {
	n := 0
	for _, l := range c {
		n = max(n, len(l.text))
	}
	return n
}
