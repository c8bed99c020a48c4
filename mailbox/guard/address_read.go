package guard

import (
	"mime"
	"strings"
)

// addressParser reads RFC 5322 section 3.4 without its obsolete forms.
type addressParser struct {
	s     []rune
	i     int
	found []Address
}

// token is one piece of a phrase or of an address.
type token struct {
	kind byte // 'a' run of atext and dots, 'q' quoted string, 'c' comment, '<' angle, else the special itself
	text string
	// glued: no white space stands before it.
	glued bool
}

func (p *addressParser) list() ([]Address, error) {
	var run []token
	inGroup := false
	flush := func() error {
		defer func() { run = nil }()
		if len(withoutComments(run)) == 0 {
			if len(run) > 0 {
				return unparseable("a comment where an address should be")
			}
			return nil // empty entries between commas are legal in old mail: nobody is added
		}
		a, err := mailbox(run)
		if err != nil {
			return err
		}
		if len(p.found) >= maxAddresses {
			return unparseable("too many addresses")
		}
		p.found = append(p.found, a)
		return nil
	}
	for {
		t, err := p.next()
		if err != nil {
			return nil, err
		}
		switch t.kind {
		case 0:
			if inGroup {
				return nil, unparseable("a group that does not end")
			}
			return p.found, flush()
		case ',':
			if err := flush(); err != nil {
				return nil, err
			}
		case ';':
			// The end of a group; elsewhere the separator that Outlook shows. Both
			// readings give the same mailboxes.
			if err := flush(); err != nil {
				return nil, err
			}
			inGroup = false
		case ':':
			if inGroup || !isPhrase(run) {
				return nil, trick("a colon that begins no group")
			}
			inGroup, run = true, nil
		default:
			run = append(run, t)
		}
	}
}

// next is the next token; kind 0 at the end.
func (p *addressParser) next() (token, error) {
	start := p.i
	for p.i < len(p.s) && (p.s[p.i] == ' ' || p.s[p.i] == '\t') {
		p.i++
	}
	glued := p.i == start
	if p.i >= len(p.s) {
		return token{}, nil
	}
	switch r := p.s[p.i]; {
	case r == '"':
		text, err := p.quoted()
		return token{'q', text, glued}, err
	case r == '(':
		text, err := p.comment()
		return token{'c', text, glued}, err
	case r == '[' || r == ']':
		return token{}, trick("an address literal")
	case r == '\\' || r == ')':
		return token{}, unparseable("a character out of place")
	case strings.ContainsRune("<>@,;:", r):
		p.i++
		return token{byte(r), string(r), glued}, nil
	default:
		from := p.i
		for p.i < len(p.s) && !strings.ContainsRune(" \t\"()[]<>@,;:\\", p.s[p.i]) {
			p.i++
		}
		return token{'a', string(p.s[from:p.i]), glued}, nil
	}
}

// quoted reads a quoted string (RFC 5322 section 3.2.4).
func (p *addressParser) quoted() (string, error) {
	var b strings.Builder
	for p.i++; p.i < len(p.s); p.i++ {
		switch r := p.s[p.i]; r {
		case '"':
			p.i++
			return b.String(), nil
		case '\\':
			p.i++
			if p.i >= len(p.s) {
				return "", unparseable("a quotation that does not end")
			}
			b.WriteRune(p.s[p.i])
		default:
			b.WriteRune(r)
		}
	}
	return "", unparseable("a quotation that does not end")
}

// comment reads a comment (RFC 5322 section 3.2.2), nested to a small depth.
func (p *addressParser) comment() (string, error) {
	var b strings.Builder
	depth := 0
	for ; p.i < len(p.s); p.i++ {
		switch r := p.s[p.i]; r {
		case '(':
			if depth++; depth > maxCommentDepth {
				return "", trick("comments within comments")
			}
		case ')':
			if depth--; depth == 0 {
				p.i++
				return b.String(), nil
			}
		case '\\', '@', '<', '>':
			return "", trick("a comment that holds an address")
		default:
			b.WriteRune(r)
		}
	}
	return "", unparseable("a comment that does not end")
}

// mailbox is name-addr or addr-spec from the tokens between two separators.
func mailbox(run []token) (Address, error) {
	open := -1
	for i, t := range run {
		if t.kind == '<' {
			open = i
			break
		}
	}
	if open < 0 {
		// addr-spec, with at most comments around it: "a@b.example (Name)".
		core, name, err := trimComments(run)
		if err != nil {
			return Address{}, err
		}
		return addrSpec(core, name)
	}
	if !isPhrase(run[:open]) && open > 0 {
		return Address{}, unparseable("two addresses without a comma")
	}
	end := -1
	for i := open + 1; i < len(run); i++ {
		if run[i].kind == '>' {
			end = i
			break
		}
	}
	if end < 0 {
		return Address{}, unparseable("an angle bracket that does not close")
	}
	if len(withoutComments(run[end+1:])) > 0 {
		return Address{}, unparseable("words after the address")
	}
	return addrSpec(run[open+1:end], phrase(run[:open]))
}

// addrSpec takes exactly atom @ atom, with nothing between.
func addrSpec(t []token, name string) (Address, error) {
	if len(t) > 0 && t[0].kind == '@' {
		return Address{}, trick("a source route")
	}
	for i, x := range t {
		switch {
		case x.kind == 'q':
			return Address{}, trick("a quoted local part")
		case x.kind == 'c':
			return Address{}, trick("a comment within an address")
		case i > 0 && !x.glued:
			return Address{}, unparseable("a space within an address")
		}
	}
	if len(t) != 3 || t[0].kind != 'a' || t[1].kind != '@' || t[2].kind != 'a' {
		return Address{}, unparseable("not an address")
	}
	if err := checkLocal(t[0].text); err != nil {
		return Address{}, err
	}
	domain, err := asciiDomain(t[2].text)
	if err != nil {
		return Address{}, err
	}
	a := Address{Name: decodeName(name), Local: t[0].text, Domain: domain}
	if len(a.String()) > maxAddrSpec {
		return Address{}, unparseable("too long an address")
	}
	// The name was checked raw; what it decodes to is checked as well.
	if err := checkAddressText(a.Name); err != nil {
		return Address{}, err
	}
	return a, nil
}

// trimComments takes the comments off both ends of an addr-spec.
func trimComments(run []token) (core []token, name string, err error) {
	core = run
	for len(core) > 0 && core[0].kind == 'c' {
		core = core[1:]
	}
	for len(core) > 0 && core[len(core)-1].kind == 'c' {
		if last := core[len(core)-1]; last.glued {
			return nil, "", trick("a comment within an address")
		}
		name = core[len(core)-1].text
		core = core[:len(core)-1]
	}
	return core, name, nil
}

func withoutComments(run []token) []token {
	var out []token
	for _, t := range run {
		if t.kind != 'c' {
			out = append(out, t)
		}
	}
	return out
}

// isPhrase reports whether the tokens are a display name: words, quotations and
// comments, and at least one of the first two.
func isPhrase(run []token) bool {
	words := 0
	for _, t := range run {
		switch t.kind {
		case 'a', 'q':
			words++
		case 'c':
		default:
			return false
		}
	}
	return words > 0
}

func phrase(run []token) string {
	var parts []string
	for _, t := range run {
		if t.kind != 'c' {
			parts = append(parts, t.text)
		}
	}
	return strings.Join(parts, " ")
}

// decodeName decodes RFC 2047 words; a name that cannot be decoded stays as it is.
func decodeName(s string) string {
	if !strings.Contains(s, "=?") {
		return s
	}
	var d mime.WordDecoder
	out, err := d.DecodeHeader(s)
	if err != nil {
		return s
	}
	return out
}
