package guard

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"html"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of looking into a letter. Over them the letter is refused, not cut.
const (
	maxViewBytes = 10 << 20
	// closeBytes is how much of one file is read for what has to be weighed: blanks, quoted
	// mail, remarks, rewording. That is a hundred pages; beyond it a person has to look.
	// Words of notes as they stand, and identifiers, are looked for in all of it.
	closeBytes = 256 << 10
	closeWords = closeBytes / 6
	maxDecodes = 3 // encodings within encodings
	minRun     = 16
)

// view is one way to read one part of a letter.
type view struct {
	where   string // "text", "subject", "header X-Topic", "file plan.pdf"
	text    string
	words   []string
	encoded bool   // a reader would not see it so: decoded, hidden, turned round
	kind    string // of a file's view: "comment", "property"
	file    int    // 1 and up: which file; 0: no file
	turned  bool   // the words are not those of the text as they stand there
}

// views are all readings of a letter. ok is false when there is more of it
// than may be looked at.
func views(l Letter) (out []view, ok bool) {
	size := 0
	add := func(where, text string, encoded bool) {
		if text != "" && size <= maxViewBytes {
			size += len(text)
			out = append(out, view{where: where, text: text, words: words(text), encoded: encoded})
		}
	}
	read := func(where, text string) {
		add(where, text, false)
		for _, d := range decodings(text, maxDecodes) {
			add(where, d, true)
		}
	}
	read("subject", l.Subject)
	read("text", l.Text)
	if l.HTML != "" {
		visible := htmlText(l.HTML, true)
		add("HTML text", visible, false)
		if all := htmlText(l.HTML, false); all != visible {
			add("HTML text", all, true)
		}
		for _, d := range append(decodings(l.HTML, maxDecodes), l.HTML) {
			add("HTML text", d, true)
		}
	}
	if l.Subject != "" && l.Text != "" && len(l.Text) < 64<<10 {
		// What begins in the subject may go on in the text.
		out = append(out, view{where: "subject and text", words: append(words(l.Subject), words(l.Text)...), encoded: true, turned: true})
	}
	for _, h := range l.Headers {
		if !plainHeader(h.Name) {
			read("header "+h.Name, h.Value)
			if h.Raw != h.Value {
				add("header "+h.Name, h.Raw, true)
			}
		}
	}
	texts := 0
	for _, f := range l.Files {
		texts += len(f.Text)
	}
	ofFile := make([][]view, len(l.Files))
	spread(len(l.Files), texts, func(i int) { ofFile[i] = fileViews(l.Files[i], i+1) })
	for _, list := range ofFile {
		for _, v := range list {
			if size <= maxViewBytes {
				size += len(v.text)
				out = append(out, v)
			}
		}
	}
	for _, v := range slices.Clone(out) {
		if size > maxViewBytes {
			break
		}
		for _, t := range turned(v) {
			out = append(out, view{where: v.where, words: t, encoded: true, file: v.file, turned: true})
		}
	}
	return out, size <= maxViewBytes
}

// fileViews are all readings of one file, none of them longer than may be looked at.
func fileViews(f File, number int) []view {
	var out []view
	size := 0
	add := func(where, text, kind string, encoded bool) {
		if text != "" && size <= maxViewBytes {
			size += len(text)
			out = append(out, view{where: where, text: text, words: words(text), encoded: encoded, file: number, kind: kind})
		}
	}
	read := func(where, text, kind string, hidden bool) {
		add(where, text, kind, hidden)
		if size > maxViewBytes {
			return
		}
		for _, d := range decodings(text, maxDecodes) {
			add(where, d, "", true)
		}
	}
	read("file name", f.Name, "", false)
	read("file "+f.Name, f.Text, "", false)
	for _, v := range f.Views {
		read("file "+f.Name, v.Text, v.Kind, v.Hidden)
	}
	return out
}

// nameViews are the display names in address headers. They are looked at for
// private words only: somebody's own name in To is no naming of a child.
func nameViews(l Letter) []view {
	var out []view
	for _, h := range l.Headers {
		switch strings.ToLower(h.Name) {
		case "from", "to", "cc", "reply-to", "sender":
		default:
			continue
		}
		// Whatever stands beside the addresses, however it is quoted.
		var names strings.Builder
		inside := false
		for _, r := range h.Value {
			switch {
			case r == '<':
				inside = true
			case r == '>':
				inside = false
				names.WriteByte(' ')
			case !inside:
				names.WriteRune(r)
			}
		}
		text := strings.NewReplacer(`"`, " ", `\\`, "").Replace(names.String())
		out = append(out, view{where: "name in " + h.Name, text: text, words: words(text)})
		for _, d := range decodings(text, maxDecodes) {
			out = append(out, view{where: "name in " + h.Name, text: d, words: words(d), encoded: true})
		}
	}
	return out
}

// plainHeader reports headers that are judged by rules of their own or that
// hold nothing that anybody wrote.
func plainHeader(name string) bool {
	switch strings.ToLower(name) {
	case "subject", "from", "to", "cc", "date", "message-id", "in-reply-to", "references", "mime-version",
		"content-type", "content-transfer-encoding", "auto-submitted", "x-auto-response-suppress", "reply-to":
		return true
	}
	return false
}

// decodings are the other readings of a text: without tags, with entities,
// quoted-printable, percent, base64 and hexadecimal runs resolved; and of those
// again, to a small depth.
func decodings(text string, depth int) []string {
	if depth == 0 || text == "" {
		return nil
	}
	var found []string
	try := func(s string) {
		if s != text && strings.TrimSpace(s) != "" && utf8.ValidString(s) && !slices.Contains(found, s) {
			found = append(found, s)
		}
	}
	if strings.Contains(text, "&") && strings.Contains(text, ";") {
		try(html.UnescapeString(text))
	}
	if strings.Contains(text, "<") && strings.Contains(text, ">") {
		try(untag(text, ""))
		try(untag(text, " "))
	}
	if n := strings.Count(text, "="); n > 2 {
		try(unquote(text))
	}
	if s, ok := unescape(text); ok {
		try(s)
	}
	if s, ok := utf7(text); ok {
		try(s)
	}
	if hasCodeRow(text) {
		if s, ok := codePoints(text); ok {
			try(s)
		}
	}
	if s, ok := unpercent(text); ok {
		try(s)
	}
	for _, s := range codedRuns(text) {
		try(s)
	}
	for _, s := range otherCodes(text) {
		try(s)
	}
	all := slices.Clone(found)
	for _, s := range found {
		all = append(all, decodings(s, depth-1)...)
	}
	return all
}

// codedRuns decodes what looks like base64 or hexadecimal. Runs broken over
// lines are joined first, as a mail program would wrap them.
func codedRuns(text string) []string {
	var out []string
	for _, run := range base64Runs(text) {
		if b, ok := unbase64(run); ok {
			// Words of the letter may stand right behind the run.
			for cut := 0; cut <= 24 && len(b)-cut >= 8; cut++ {
				if readable(b[:len(b)-cut]) {
					out = append(out, string(b[:len(b)-cut]))
					break
				}
			}
		}
		if len(run)%2 == 0 {
			if b, err := hex.DecodeString(run); err == nil && readable(b) {
				out = append(out, string(b))
			}
		}
		if b, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.TrimRight(strings.ToUpper(run), "=")); err == nil && readable(b) {
			out = append(out, string(b))
		}
	}
	return out
}

func base64Runs(text string) []string {
	var runs []string
	var b strings.Builder
	flush := func() {
		if b.Len() >= minRun {
			runs = append(runs, b.String())
		}
		b.Reset()
	}
	isCode := func(c byte) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("+/-_=", c) >= 0
	}
	for _, line := range strings.Split(text, "\n") {
		fields := strings.Fields(line)
		for _, f := range fields {
			whole := len(fields) == 1
			if b.Len() == 0 && len(f) < minRun {
				continue // too short for a run, and nothing goes on in it
			}
			for i := 0; i < len(f); i++ {
				if isCode(f[i]) {
					b.WriteByte(f[i])
				} else {
					flush()
					whole = false
				}
			}
			// A line that is one long run may go on in the next line.
			if !whole || len(f) < 40 {
				flush()
			}
		}
		if len(fields) == 0 {
			flush()
		}
	}
	flush()
	return runs
}

func unbase64(s string) ([]byte, bool) {
	s = strings.NewReplacer("-", "+", "_", "/").Replace(s)
	if i := strings.IndexByte(s, '='); i >= 0 {
		s = s[:i]
	}
	b, err := base64.RawStdEncoding.DecodeString(s)
	if err != nil && len(s)%4 == 1 {
		b, err = base64.RawStdEncoding.DecodeString(s[:len(s)-1])
	}
	return b, err == nil
}

// readable reports text rather than chance: valid UTF-8, printable, with the
// share of letters and spaces that text has.
func readable(b []byte) bool {
	if len(b) < 8 || !utf8.Valid(b) {
		return false
	}
	letters := 0
	for _, r := range string(b) {
		if r < 0x20 && r != '\n' && r != '\r' && r != '\t' {
			return false
		}
		if r == ' ' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r > 0x7f || r == '\n' {
			letters++
		}
	}
	return letters*10 >= utf8.RuneCount(b)*6
}

// untag takes tags and comments out. What stands within them is read from the
// text as it is, which is a view of its own.
func untag(s, with string) string {
	var b strings.Builder
	for {
		open := strings.IndexByte(s, '<')
		if open < 0 {
			b.WriteString(s)
			return b.String()
		}
		end := strings.IndexByte(s[open:], '>')
		if strings.HasPrefix(s[open:], "<!--") {
			if c := strings.Index(s[open:], "-->"); c >= 0 {
				end = c + 2
			}
		}
		if end < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:open])
		b.WriteString(with)
		s = s[open+end+1:]
	}
}

// turned are the words of a view with digits and signs read as letters. Letters
// moved along the alphabet, and texts read from the end, are found by the index of
// notes itself (notes.go).
func turned(v view) [][]string {
	if len(v.words) < 3 || v.turned || len(v.text) > 1<<20 {
		return nil
	}
	var out [][]string
	if leet := unleet(v.text); leet != nil {
		out = append(out, leet)
	}
	if said := alphabetWords(v.words); said != nil {
		out = append(out, said)
	}
	return out
}

// unleet are the words of a text in which digits and signs stand for letters;
// nil when there are none within words.
func unleet(text string) []string {
	mixed := 0
	isLetter := func(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
	var sign [256]byte // 1: within or behind a word, 2: before one as well
	for _, c := range []byte("!|") {
		sign[c] = 1
	}
	for _, c := range []byte("013457@$") {
		sign[c] = 2
	}
	for i := 1; i < len(text); i++ {
		if sign[text[i]] > 0 && isLetter(text[i-1]) || sign[text[i-1]] == 2 && isLetter(text[i]) {
			mixed++
		}
	}
	if mixed < 4 {
		return nil
	}
	return words(strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i", "|", "l").Replace(text))
}

// near is the part of a view that is weighed rather than only looked up.
func (v view) near() view {
	if v.file == 0 {
		return v
	}
	v.text, v.words = head(v.text), v.words[:min(len(v.words), closeWords)]
	return v
}

func head(text string) string {
	if len(text) <= closeBytes {
		return text
	}
	text = text[:closeBytes]
	for len(text) > 0 && !utf8.ValidString(text[max(0, len(text)-4):]) && text[len(text)-1] >= 0x80 {
		text = text[:len(text)-1]
	}
	return text
}
