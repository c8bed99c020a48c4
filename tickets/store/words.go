package store

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	// maxIndexed bounds how much of one mail is indexed, in bytes. A tsvector of
	// PostgreSQL ends at 1 MB, and beyond this a mail is a list, not a text.
	maxIndexed = 256 << 10
	// maxTerm bounds one word, in bytes: longer ones are encoded data.
	maxTerm = 64
	// maxTerms bounds the words of one question.
	maxTerms = 12
)

// fold is the form in which words are compared: small letters without accents,
// so that "zoe" finds Zoë. Both databases get folded words and are asked with
// folded words; neither has to know how.
func fold(s string) string {
	if isPlain(s) {
		return strings.ToLower(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFKD.String(clean(s)) {
		if unicode.Is(unicode.Mn, r) {
			continue
		}
		b.WriteRune(foldRune(r))
	}
	return b.String()
}

func foldRune(r rune) rune {
	r = unicode.ToLower(r)
	switch r { // letters of their own that English keyboards write without the stroke
	case 'ł':
		return 'l'
	case 'ø':
		return 'o'
	case 'đ':
		return 'd'
	case 'ı':
		return 'i'
	}
	return r
}

func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// terms are the different words of a text, folded, in the order in which they
// first stand there. What is neither letter nor digit separates: O'Brien is two
// words, and so is foo-bar, in the index and in the question alike.
func terms(text string, limit int) []string {
	if len(text) > maxIndexed {
		text = text[:maxIndexed]
	}
	text = fold(text)
	seen := make(map[string]struct{}, 64)
	var out []string
	start := -1
	add := func(end int) {
		if start < 0 {
			return
		}
		word := text[start:end]
		start = -1
		if len(word) > maxTerm {
			word = strings.ToValidUTF8(word[:maxTerm], "")
		}
		if _, twice := seen[word]; twice || word == "" {
			return
		}
		seen[word] = struct{}{}
		out = append(out, word)
	}
	for i, r := range text {
		if isWordRune(r) {
			if start < 0 {
				start = i
			}
			continue
		}
		add(i)
		if limit > 0 && len(out) >= limit {
			return out
		}
	}
	add(len(text))
	return out
}

func isWordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || 'A' <= r && r <= 'Z'
	}
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsNumber(r))
}

// likePattern finds folded text anywhere; \ is the escape character. It is cut to
// 200 bytes: SQLite refuses patterns above 50,000, and no name is as long.
func likePattern(folded string) string {
	if len(folded) > 200 {
		folded = strings.ToValidUTF8(folded[:200], "")
	}
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(folded) + "%"
}

// isMark reports whether r belongs to the letter before it.
func isMark(r rune) bool { return r >= utf8.RuneSelf && unicode.Is(unicode.Mn, r) }
