package guard

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// words is a text as the rules compare it: compatibility forms, letter case,
// accents, look-alike letters, invisible characters, punctuation, quote marks
// and line breaks are gone; what is left are words of letters and digits.
func words(text string) []string {
	out := make([]string, 0, len(text)/6+1)
	var b []byte
	flush := func() {
		if len(b) > 0 {
			out = append(out, string(b))
			b = b[:0]
		}
	}
	for i := 0; i < len(text); {
		c := text[i]
		if len(b) == 0 && c >= 'a' && c <= 'z' {
			// Nearly every word stands in the text as it is compared: no copy of it.
			end := i + 1
			for end < len(text) && (text[end] >= 'a' && text[end] <= 'z') {
				end++
			}
			if end == len(text) || text[end] < 0x80 && text[end] != '\'' && text[end] != '`' && (text[end] < '0' || text[end] > '9') && (text[end] < 'A' || text[end] > 'Z') {
				out = append(out, text[i:end])
				i = end
				continue
			}
		}
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			b = append(b, c)
		case c >= 'A' && c <= 'Z':
			b = append(b, c+'a'-'A')
		case c == '\'' || c == '`':
			// won't, won’t and wont are one word
		case c < 0x80:
			flush()
		default:
			end := i + 1
			for end < len(text) && text[end] >= 0x80 {
				end++
			}
			for _, r := range norm.NFKD.String(text[i:end]) {
				switch {
				case unicode.Is(unicode.Mn, r), isInvisible(r):
					// accents and what cannot be seen are part of no word
				case r == '\'' || r == '’' || r == 'ʼ' || r == '‘':
				case unicode.IsLetter(r):
					b = append(b, foldRune(r)...)
				case boxed(r) != 0:
					b = append(b, boxed(r))
				case unicode.IsDigit(r):
					b = append(b, digit(r)...)
				default:
					flush()
				}
			}
			i = end
			continue
		}
		i++
	}
	flush()
	return out
}

// digit is the ASCII digit of a decimal digit of any script: they stand in runs
// of ten (Unicode section 4.6).
func digit(r rune) string {
	if r < 0x80 {
		return string(r)
	}
	first := r
	for unicode.IsDigit(first-1) && r-first < 9 {
		first--
	}
	return string('0' + (r - first))
}

// boxed is the letter of a sign that shows one in a box or a circle, or of a flag; 0 for
// other signs. The forms that Unicode resolves itself are gone by now.
func boxed(r rune) byte {
	for _, first := range [...]rune{0x1f130, 0x1f150, 0x1f170, 0x1f1e6} {
		if r >= first && r < first+26 {
			return byte('a' + r - first)
		}
	}
	return 0
}

// foldRune is the plain lower-case letter that a reader sees.
func foldRune(r rune) string {
	// Greek capitals that look like another letter than their small form does.
	switch r {
	case 'Η':
		return "h"
	case 'Ν':
		return "n"
	case 'Υ':
		return "y"
	}
	switch r = unicode.ToLower(r); r {
	case 'ß':
		return "ss"
	case 'æ':
		return "ae"
	case 'œ':
		return "oe"
	case 'ø':
		return "o"
	case 'ł':
		return "l"
	case 'đ', 'ð':
		return "d"
	case 'ı':
		return "i"
	}
	return string(lookAlike(r))
}

// lookAlike folds the letters of other scripts that read as Latin ones in
// everyday type (a small part of Unicode TR 39 confusables, the part that one
// can type on a Cyrillic or Greek keyboard).
func lookAlike(r rune) rune {
	const from = "абвгеёзийкмнопрстухчьѕіјһԁԛԝґѵ" + "αβγεζηικνορτυχωѡϲ"
	const to = "a6bree3uukmhonpctyx4bsijhdqwrv" + "abyeznikvoptuxwwc"
	if r >= 0x250 && r < 0x2b0 || r >= 0x1d00 && r < 0x1d80 || r >= 0xa700 && r < 0xa800 {
		const small, plain = "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢɑɡɩ", "abcdefghijklmnoprstuvwyzagi"
		i := 0
		for _, f := range small {
			if f == r {
				return rune(plain[i])
			}
			i++
		}
	}
	if r < 0x370 {
		return r
	}
	i := 0
	for _, f := range from {
		if f == r {
			return rune(to[i])
		}
		i++
	}
	return r
}

// isInvisible reports characters that a reader does not see: zero width, soft
// hyphen, joiners, variation selectors, tags, bidirectional controls, fillers.
func isInvisible(r rune) bool {
	switch {
	case r == 0x00ad || r == 0x034f || r == 0x061c || r == 0x115f || r == 0x1160 || r == 0x17b4 || r == 0x17b5:
		return true
	case r >= 0x180b && r <= 0x180f, r >= 0x200b && r <= 0x200f, r >= 0x2028 && r <= 0x202e, r >= 0x2060 && r <= 0x206f:
		return true
	case r == 0x3164 || r == 0xfeff || r == 0xffa0 || r >= 0xfff0 && r <= 0xfff8:
		return true
	case r >= 0xfe00 && r <= 0xfe0f, r >= 0xe0000 && r <= 0xe0fff, r >= 0x1d173 && r <= 0x1d17a:
		return true
	}
	return false
}

// sentences cuts a text into sentences of words. A line end ends a sentence
// only before an empty line, because mail wraps its lines.
func sentences(text string) [][]string {
	var out [][]string
	text = strings.ReplaceAll(text, "\r\n", "\n")
	start := 0
	cut := func(end int) {
		if w := words(text[start:end]); len(w) > 0 {
			out = append(out, w)
		}
		start = end
	}
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '.', '!', '?', ';':
			// "7.4" and "sen.example" go on
			if i+1 == len(text) || text[i+1] == ' ' || text[i+1] == '\n' || text[i+1] == '"' {
				cut(i + 1)
			}
		case '\n':
			if i+1 < len(text) && text[i+1] == '\n' {
				cut(i + 1)
			}
		}
	}
	cut(len(text))
	return out
}

// stem folds tense and number roughly, for telling whether a sentence was
// reworded. It is never used where words must be equal.
func stem(w string) string {
	if p := pronoun(w); p != "" {
		return p
	}
	switch w {
	case "said":
		return "say"
	case "told":
		return "tell"
	case "went", "gone", "goes":
		return "go"
	case "knew", "known":
		return "know"
	}
	for _, s := range []string{"ied", "ies", "ying"} {
		if len(w) > len(s)+2 && strings.HasSuffix(w, s) {
			return w[:len(w)-len(s)] + "y"
		}
	}
	for _, s := range []string{"ing", "ed"} {
		if len(w) > len(s)+2 && strings.HasSuffix(w, s) {
			return undouble(strings.TrimSuffix(w[:len(w)-len(s)], "e"))
		}
	}
	if len(w) > 3 && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") {
		w = w[:len(w)-1]
	}
	if len(w) > 3 {
		w = strings.TrimSuffix(w, "e")
	}
	return w
}

// undouble is plan for plann: English doubles a last consonant before -ing and -ed.
func undouble(w string) string {
	n := len(w)
	if n > 3 && w[n-1] == w[n-2] && !strings.ContainsRune("aeiouls", rune(w[n-1])) {
		return w[:n-1]
	}
	return w
}

func pronoun(w string) string {
	switch w {
	case "i", "you", "he", "she", "they", "we", "me", "him", "her", "them", "us", "mum", "mother", "dad", "father":
		return "*p"
	case "my", "your", "his", "their", "our", "hers", "yours", "theirs", "mums", "dads":
		return "*q"
	case "is", "are", "was", "were", "be", "been", "am":
		return "*be"
	case "has", "have", "had":
		return "*have"
	}
	return ""
}

// common reports words that carry no meaning of their own.
func common(w string) bool {
	if len(w) <= 2 || strings.HasPrefix(w, "*") {
		return true
	}
	switch w {
	case "the", "and", "for", "that", "this", "with", "not", "but", "will", "would", "can", "could", "should", "from",
		"about", "have", "has", "had", "are", "was", "were", "been", "you", "your", "she", "her", "him", "his", "they",
		"them", "their", "our", "what", "when", "which", "who", "how", "why", "then", "than", "there", "here", "all",
		"any", "some", "one", "out", "get", "got", "ill", "its", "let", "may", "now", "see", "also", "just", "until",
		"after", "before", "again", "still", "does", "did", "dont", "please", "thank", "thanks", "dear", "hello":
		return true
	}
	return false
}
