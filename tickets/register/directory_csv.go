package register

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"hearback/tickets/fault"
)

// csv reads rows of group and member, of mailbox and forward, or of both. A cell of
// members may hold several, with semicolons between them.
func (d *directoryReader) csv(b []byte) error {
	r := csv.NewReader(bytes.NewReader(b))
	r.FieldsPerRecord = -1
	first, _, _ := bytes.Cut(b, []byte("\n"))
	if bytes.Count(first, []byte(";")) > bytes.Count(first, []byte(",")) {
		r.Comma = ';'
	}
	head, err := r.Read()
	if err != nil {
		return fault.Wrap(fault.Invalid, "The export is neither LDIF nor CSV", err)
	}
	at := map[string]int{}
	for i, h := range head {
		h = strings.ToLower(strings.TrimSpace(h))
		if _, twice := at[h]; twice && h != "" {
			return fault.Newf(fault.Invalid, "The column %q is there twice", h)
		}
		at[h] = i
	}
	has := func(a, b string) bool {
		_, x := at[a]
		_, y := at[b]
		return x && y
	}
	if !has("group", "member") && !has("mailbox", "forward") {
		return fault.New(fault.Invalid, "The first row has to name the columns: group and member, or mailbox and forward")
	}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			var p *csv.ParseError
			if errors.As(err, &p) {
				return fault.Wrap(fault.Invalid, "The export cannot be read as CSV: "+p.Error(), err)
			}
			return err
		}
		line, _ := r.FieldPos(0)
		cell := func(name string) string {
			if i, ok := at[name]; ok && i < len(row) {
				return strings.TrimSpace(row[i])
			}
			return ""
		}
		d.pair(line, cell("group"), cell("member"), cell("name"), true)
		d.pair(line, cell("mailbox"), cell("forward"), "", false)
	}
	d.once()
	return nil
}

// pair is one list with members, or one mailbox with where it passes its mail on.
func (d *directoryReader) pair(line int, from, to, name string, group bool) {
	if from == "" && to == "" {
		return
	}
	a, ok := directoryAddress(from)
	if !ok {
		d.problem(line, "the address of the list or mailbox is missing or cannot be read")
		return
	}
	g := 0
	if group {
		if g, ok = d.group(line, a, name); !ok {
			return
		}
		if to == "" {
			d.note(line, "a list without a member")
			return
		}
	}
	for _, one := range strings.FieldsFunc(to, func(r rune) bool { return r == ';' || r == ',' || r == '|' }) {
		x, ok := directoryAddress(one)
		switch {
		case !ok:
			d.problem(line, "the address of a member, or to which mail is passed on, cannot be read")
		case group:
			d.member(line, g, x)
		default:
			d.forward(line, a, x)
		}
	}
	if to == "" {
		d.problem(line, "it is not said where the mail is passed on to")
	}
}
