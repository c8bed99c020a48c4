package guard

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Child is a child on some case, with what identifies her.
type Child struct {
	CaseRef string
	Name    string
	DOB     string // 2006-01-02
	UPN     string // unique pupil number: a letter, eleven digits, a digit or letter
	NHS     string // NHS number, ten digits
	School  string // name of the school, where it is known
}

// Children is an index of many children by what identifies them. It is not
// changed after it was made and may be shared.
type Children struct {
	all     []Child
	byLast  map[string][]int // last word of the name
	byUPN   map[string][]int
	byNHS   map[string][]int
	byDOB   map[string][]int
	byRef   map[string][]int
	byCase  map[string][]int // the reference as it stands
	refLens map[int]bool
	names   [][]string
	firsts  []string // a double first name written as one: jeanluc; "" for others
	// joined are first and last name written as one word, in both orders.
	joined     map[string][]int
	joinedLens map[int]bool
	// shifted are both orders by the steps between their letters.
	shifted map[string][]int
}

// IndexChildren makes an index.
func IndexChildren(list []Child) *Children {
	c := &Children{
		all: list, byLast: map[string][]int{}, byUPN: map[string][]int{}, byNHS: map[string][]int{},
		byDOB: map[string][]int{}, byRef: map[string][]int{}, byCase: map[string][]int{}, refLens: map[int]bool{}, names: make([][]string, len(list)), firsts: make([]string, len(list)),
		joined: map[string][]int{}, joinedLens: map[int]bool{}, shifted: map[string][]int{},
	}
	for i, k := range list {
		c.names[i] = nameWords(k.Name)
		c.byCase[k.CaseRef] = append(c.byCase[k.CaseRef], i)
		for _, last := range surnames(k.Name) {
			c.byLast[last] = append(c.byLast[last], i)
		}
		if f := strings.Fields(k.Name); len(f) > 1 {
			if double := words(f[0]); len(double) > 1 {
				c.firsts[i] = compact(double)
			}
		}
		if n := c.names[i]; len(n) > 1 {
			first, last := n[0], n[len(n)-1]
			if size := len(first) + len(last); size >= 8 {
				c.joined[first+last] = append(c.joined[first+last], i)
				if first != last {
					c.joined[last+first] = append(c.joined[last+first], i)
				}
				c.joinedLens[size] = true
				for _, pair := range [][2]string{{first, last}, {last, first}} {
					if key := shiftKey(nil, pair[0], pair[1], false); len(key) > 0 {
						c.shifted[string(key)] = append(c.shifted[string(key)], i)
					}
				}
			}
		}
		put := func(m map[string][]int, key string, least int) {
			if len(key) >= least {
				m[key] = append(m[key], i)
			}
		}
		put(c.byUPN, alnum(k.UPN), 13)
		put(c.byNHS, alnum(k.NHS), 10)
		put(c.byDOB, k.DOB, 10)
		if ref := alnum(k.CaseRef); len(ref) >= 4 && strings.ContainsAny(ref, "0123456789") {
			put(c.byRef, ref, 4)
			c.refLens[len(ref)] = true
		}
	}
	return c
}

// surnames are the words that may stand for a child's last name: the last one,
// and each half of a double one.
func surnames(name string) []string {
	n := nameWords(name)
	if len(n) < 2 {
		return nil
	}
	out := []string{n[len(n)-1]}
	fields := strings.Fields(name)
	if last := words(fields[len(fields)-1]); len(last) > 1 {
		out = append(out, compact(last))
		for _, w := range last[:len(last)-1] {
			if len(w) >= 3 {
				out = append(out, w)
			}
		}
	}
	return out
}

// Mention is a child that a text identifies.
type mention struct {
	child Child
	by    string     // "name", "UPN", "NHS number", "date of birth", "reference"
	runs  [][]string // the name with what stands before or behind it, for telling who said it first
	said  string     // as the letter has it; "" when it does not stand there so
}

// find lists the children that a view identifies.
func (c *Children) find(v view) []mention {
	if c == nil || len(c.all) == 0 {
		return nil
	}
	out := c.findNames(v.words)
	if v.text == "" {
		return out
	}
	stream := packedText(v.text)
	out = append(out, c.windows(stream, 13, c.byUPN, "UPN", false)...)
	out = append(out, c.numbers(v.text)...)
	if zeros, ok := stream.withDigits(); ok {
		out = append(out, c.windows(zeros, 13, c.byUPN, "UPN", false)...)
	}
	for n := range c.refLens {
		out = append(out, c.windows(stream, n, c.byRef, "reference", true)...)
	}
	return append(out, c.births(v)...)
}

// findNames finds first and last name near each other, in either order, with at
// most two words between them: middle names.
func (c *Children) findNames(w []string) []mention {
	var out []mention
	for i, x := range w {
		for _, last := range []string{x, strings.TrimSuffix(x, "s")} {
			if last != x && last == "" {
				continue
			}
			for _, k := range c.byLast[last] {
				first := c.names[k][0]
				for j := max(0, i-3); j < min(len(w), i+3); j++ {
					if j != i && (w[j] == first || w[j] == first+"s" || c.firsts[k] != "" && w[j] == c.firsts[k] || j == i-1 && isShortOf(w[j], first)) {
						from, to := min(i, j), max(i, j)+1
						out = append(out, mention{c.all[k], "name", around(w, from, to), strings.Join(w[from:to], " ")})
					}
				}
			}
			if last == x && !strings.HasSuffix(x, "s") {
				break
			}
		}
	}
	return out
}

// shortFor reports a short form of a first name that stands before the surname.
func shortFor(w, first string) bool {
	return len(w) >= 3 && len(first) > len(w) && strings.HasPrefix(first, w)
}

// surnameOfCase finds "the Rahmani case": a family spoken of by its name.
func (c *Children) surnameOfCase(w []string) bool {
	if c == nil {
		return false
	}
	for i, x := range w {
		if len(c.byLast[x]) == 0 && len(c.byLast[strings.TrimSuffix(x, "s")]) == 0 {
			continue
		}
		if i > 0 && (isTitle(w[i-1]) || w[i-1] == "the") {
			return true
		}
		if i+1 < len(w) {
			switch w[i+1] {
			case "case", "family", "appeal", "boy", "girl", "boys", "girls", "child", "children", "tribunal", "complaint", "twins":
				return true
			}
		}
	}
	return false
}

// around is a stretch of words with three words behind it, and with three before
// it: whoever wrote the one or the other said it first. The name alone is not
// enough, or what we add about the child would pass as hers.
func around(w []string, from, to int) [][]string {
	var out [][]string
	if to+3 <= len(w) {
		out = append(out, w[from:to+3])
	}
	if from >= 3 {
		out = append(out, w[from-3:to])
	}
	if len(out) == 0 {
		out = append(out, w)
	}
	return out
}

// packed is a text's letters and digits in upper case, with the places where
// one run of them begins.
type packed struct {
	s     string
	start []bool // a letter or digit that does not stand next to the one before it
}

func packedText(text string) packed {
	var p packed
	var b strings.Builder
	gap := true
	put := func(c byte) {
		if c >= 'a' && c <= 'z' {
			c -= 'a' - 'A'
		}
		b.WriteByte(c)
		p.start = append(p.start, gap)
		gap = false
	}
	for i := 0; i < len(text); {
		c := text[i]
		if c < 0x80 {
			if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' {
				put(c)
			} else {
				gap = true
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		i += n
		if isInvisible(r) {
			continue
		}
		plain := words(string(r))
		for _, w := range plain {
			for j := 0; j < len(w); j++ {
				put(w[j])
			}
		}
		gap = gap || len(plain) == 0
	}
	p.s = b.String()
	return p
}

// withDigits is the stream with the letters O, I and L read as digits where they stand
// beside one; false when there are none.
func (p packed) withDigits() (packed, bool) {
	b := []byte(p.s)
	changed := false
	digit := func(i int) bool { return i >= 0 && i < len(b) && digitAt(b[i]) }
	for i, c := range b {
		if (c == 'O' || c == 'I' || c == 'L') && digit(i-1) {
			b[i] = '0'
			if c != 'O' {
				b[i] = '1'
			}
			changed = true
		}
	}
	p.s = string(b)
	return p, changed
}

// windows looks up every stretch of n characters. Where whole is asked for it
// must begin and end a run, so that WM-220 is not found in WM-2201.
func (c *Children) windows(p packed, n int, in map[string][]int, by string, whole bool) []mention {
	var out []mention
	if len(in) == 0 {
		return nil
	}
	for i := 0; i+n <= len(p.s); i++ {
		if whole && (!p.start[i] || i+n < len(p.s) && !p.start[i+n]) {
			continue
		}
		if !whole && !(digitAt(p.s[i+1]) && digitAt(p.s[i+2]) && digitAt(p.s[i+n-2])) {
			continue // a UPN is a letter and eleven digits before its last character
		}
		for _, k := range in[p.s[i:i+n]] {
			out = append(out, mention{child: c.all[k], by: by, said: strings.ToLower(p.s[i : i+n])})
		}
	}
	return out
}

// numbers finds NHS numbers: ten digits with nothing but spaces, dots or dashes
// between them.
func (c *Children) numbers(text string) []mention {
	var out []mention
	var run []byte
	flush := func() {
		for i := 0; i+10 <= len(run); i++ {
			for _, k := range c.byNHS[string(run[i:i+10])] {
				out = append(out, mention{child: c.all[k], by: "NHS number", said: string(run[i : i+10])})
			}
		}
		run = run[:0]
	}
	for i, n := 0, 0; i < len(text); i += n {
		r := rune(text[i])
		if n = 1; r >= 0x80 {
			r, n = utf8.DecodeRuneInString(text[i:])
		}
		switch {
		case r >= '0' && r <= '9':
			run = append(run, byte(r))
		case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z':
			if len(run) > 0 {
				flush()
			}
		case r == ' ' || r == '-' || r == '.' || r == '/' || r == '\t' || r == '_' || r == '\n' || r == '\r' || isInvisible(r) || r == 0xa0:
		case r >= 0x80 && len(words(string(r))) == 1 && allDigits(words(string(r))[0]):
			run = append(run, words(string(r))[0]...)
		case r >= 0x80:
		default:
			flush()
		}
	}
	flush()
	return out
}

// births finds a date of birth: beside a name, the initials or a word of birth;
// and by itself where the children are so few that a date that is one of theirs
// is no chance. Among ten thousand, every day of ten years is somebody's birthday.
func (c *Children) births(v view) []mention {
	var out []mention
	few := len(c.all) <= fewChildren
	for _, d := range dates(v.words) {
		for _, k := range c.byDOB[d.iso] {
			n := c.names[k]
			if len(n) == 0 {
				continue
			}
			hit := few
			for j := max(0, d.at-15); j < min(len(v.words), d.at+18) && !hit; j++ {
				w := v.words[j]
				near := j >= d.at-6 && j <= d.at+5
				switch {
				case w == n[0], w == n[len(n)-1], w == n[0]+"s", w == n[0][:1]+n[len(n)-1][:1],
					w == n[0][:1] && j+1 < len(v.words) && v.words[j+1] == n[len(n)-1][:1],
					near && len(c.byDOB[d.iso]) == 1 && (w == "born" || w == "dob" || w == "birth" || w == "birthday"):
					hit = true
				}
			}
			if hit {
				out = append(out, mention{c.all[k], "date of birth", around(v.words, d.at, d.at+3), strings.Join(v.words[d.at:d.at+3], " ")})
			}
		}
	}
	return out
}

type dateAt struct {
	iso string
	at  int
}

// dates reads dates as they are written in England and in ISO 8601.
func dates(w []string) []dateAt {
	var out []dateAt
	for i := 0; i+2 < len(w); i++ {
		a, b, y := w[i], w[i+1], w[i+2]
		if b == "of" && i+3 < len(w) { // the second of December 2009
			b, y = w[i+2], w[i+3]
		}
		if n := ordinalWord(a); n != "" {
			a = n
			if i > 0 && (w[i-1] == "twenty" || w[i-1] == "thirty") {
				a = strconv.Itoa(number(w[i-1])/10) + a
			}
		}
		if y[0] < '0' || y[0] > '9' || len(y) > 4 {
			continue // every form ends in digits
		}
		for _, suffix := range []string{"st", "nd", "rd", "th"} {
			a, b = strings.TrimSuffix(a, suffix), strings.TrimSuffix(b, suffix)
		}
		var text, layout string
		switch {
		case len(a) == 4 && allDigits(a) && allDigits(b) && allDigits(y):
			text, layout = a+" "+b+" "+y, "2006 1 2"
		case allDigits(a) && allDigits(b) && allDigits(y):
			text, layout = a+" "+b+" "+y, "2 1 2006"
		case allDigits(a) && len(b) >= 3 && allDigits(y):
			text, layout = a+" "+b[:3]+" "+y, "2 Jan 2006"
		case len(a) >= 3 && allDigits(b) && allDigits(y):
			text, layout = b+" "+a[:3]+" "+y, "2 Jan 2006"
		default:
			continue
		}
		if len(y) == 2 && layout != "2006 1 2" {
			layout = strings.Replace(layout, "2006", "06", 1)
		}
		if t, err := time.Parse(layout, text); err == nil {
			out = append(out, dateAt{t.Format("2006-01-02"), i})
		}
	}
	return out
}

// ordinalWord is the number of "second"; "" for other words.
func ordinalWord(w string) string {
	for i, x := range [...]string{"first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth"} {
		if w == x {
			return strconv.Itoa(i + 1)
		}
	}
	if w == "thirtieth" {
		return "30"
	}
	return ""
}

func digitAt(c byte) bool { return c >= '0' && c <= '9' }

// alnum is letters and digits of an identifier in upper case.
func alnum(s string) string { return packedText(s).s }
