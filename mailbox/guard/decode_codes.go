package guard

import (
	"encoding/ascii85"
	"strings"
	"unicode/utf8"
)

// otherCodes are further readings of a text: Morse, Ascii85, uuencode, letters turned
// upside down, and lines folded as calendars fold them.
func otherCodes(text string) []string {
	var out []string
	if s, ok := morse(text); ok {
		out = append(out, s)
	}
	for _, part := range between85(text) {
		raw := make([]byte, 4*len(part)/5+8)
		if n, _, err := ascii85.Decode(raw, []byte(part), true); err == nil && readable(raw[:n]) {
			out = append(out, string(raw[:n]))
		}
	}
	if s, ok := uuencoded(text); ok {
		out = append(out, s)
	}
	if s, ok := upsideDown(text); ok {
		out = append(out, s)
	}
	if strings.Contains(text, "BEGIN:V") && (strings.Contains(text, "\n ") || strings.Contains(text, "\n\t")) {
		// RFC 5545 section 3.1 and RFC 6350 section 3.2.
		out = append(out, strings.NewReplacer("\r\n ", "", "\r\n\t", "", "\n ", "", "\n\t", "").Replace(text))
	}
	return out
}

// morse reads runs of dots and dashes (ITU-R M.1677), words apart by a stroke.
func morse(text string) (string, bool) {
	if !(strings.Contains(text, ".-") && strings.Contains(text, "-.")) && !strings.Contains(text, "·") && !strings.Contains(text, "−") {
		return "", false
	}
	const letters = "a.- b-... c-.-. d-.. e. f..-. g--. h.... i.. j.--- k-.- l.-.. m-- n-. o--- p.--. q--.- r.-. s... t- u..- v...- w.-- x-..- y-.-- z--.. 0----- 1.---- 2..--- 3...-- 4....- 5..... 6-.... 7--... 8---.. 9----."
	codes := map[string]string{}
	for _, f := range strings.Fields(letters) {
		codes[f[1:]] = f[:1]
	}
	var all, run strings.Builder
	n := 0
	flush := func() {
		if n >= 8 {
			all.WriteString(run.String() + "\n")
		}
		run.Reset()
		n = 0
	}
	plain := strings.NewReplacer("·", ".", "•", ".", "−", "-", "–", "-", "/", " / ", "|", " / ").Replace(text)
	for _, f := range strings.Fields(plain) {
		switch c, ok := codes[f]; {
		case ok:
			run.WriteString(c)
			n++
		case f == "/":
			run.WriteByte(' ')
		default:
			flush()
		}
	}
	flush()
	return all.String(), all.Len() > 0
}

// between85 are the parts between <~ and ~>, as Ascii85 is marked.
func between85(text string) []string {
	var out []string
	for {
		_, rest, ok := strings.Cut(text, "<~")
		if !ok {
			return out
		}
		in, after, ok := strings.Cut(rest, "~>")
		if !ok {
			return out
		}
		out = append(out, in)
		text = after
	}
}

// uuencoded reads what stands behind "begin 644 name" (POSIX uuencode).
func uuencoded(text string) (string, bool) {
	at := strings.Index(text, "begin ")
	if at < 0 {
		return "", false
	}
	lines := strings.Split(text[at:], "\n")
	if f := strings.Fields(lines[0]); len(f) < 3 || !allDigits(f[1]) || len(f[1]) > 4 {
		return "", false
	}
	var b strings.Builder
	for _, l := range lines[1:] {
		l = strings.TrimRight(l, "\r")
		if l == "" || l == "end" || l[0] == '`' || l[0] < ' ' || l[0] > '`' {
			break
		}
		want := int(l[0]-' ') & 63
		l = l[1:]
		var raw []byte
		for i := 0; i < len(l); i += 4 {
			var v uint32
			for j := range 4 {
				v <<= 6
				if i+j < len(l) {
					v |= uint32(l[i+j]-' ') & 63
				}
			}
			raw = append(raw, byte(v>>16), byte(v>>8), byte(v))
		}
		b.Write(raw[:min(want, len(raw))])
	}
	return b.String(), b.Len() >= 8 && utf8.ValidString(b.String())
}

// upsideDown reads letters that look like Latin ones turned round by 180 degrees, from
// the end, as their reader would with the page turned.
func upsideDown(text string) (string, bool) {
	if !strings.Contains(text, "ǝ") && !strings.Contains(text, "ɐ") && !strings.Contains(text, "ɹ") && !strings.Contains(text, "ʇ") && !strings.Contains(text, "ı") {
		return "", false
	}
	const from = "ɐqɔpǝɟɓƃɥıᴉɾʞlןɯuodbɹsʇnʌʍxʎz∀⅄Ⅎ⅁Ⅼᗡᗺ"
	const to = "abcdefgghiijkllmnopqrstuvwxyzayfgldb"
	turned := map[rune]byte{}
	i := 0
	for _, r := range from {
		turned[r] = to[i]
		i++
	}
	sure := 0
	for _, r := range text {
		if r >= 0x80 && turned[r] != 0 {
			sure++
		}
	}
	if sure < 3 {
		return "", false
	}
	runes := []rune(text)
	var b strings.Builder
	for i := len(runes) - 1; i >= 0; i-- {
		if c := turned[runes[i]]; c != 0 {
			b.WriteByte(c)
		} else {
			b.WriteRune(runes[i])
		}
	}
	return b.String(), true
}

// alphabetWords are the words that are said for letters over the telephone (ICAO).
func alphabetWords(w []string) []string {
	said := 0
	for _, x := range w {
		if len(x) >= 4 && len(x) <= 8 && isAlphabetWord(x) {
			said++
		}
	}
	if said < 3 {
		return nil
	}
	out := make([]string, 0, len(w))
	var run strings.Builder
	flush := func() {
		if run.Len() > 0 {
			out = append(out, run.String())
			run.Reset()
		}
	}
	for _, x := range w {
		switch {
		case isAlphabetWord(x):
			run.WriteByte(x[0])
		default:
			if n := number(x); run.Len() > 0 && n > 0 && n < 10 {
				run.WriteByte(byte('0' + n))
				continue
			}
			if run.Len() > 0 && allDigits(x) {
				run.WriteString(x)
				continue
			}
			flush()
			out = append(out, x)
		}
	}
	flush()
	return out
}

func isAlphabetWord(x string) bool {
	switch x {
	case "alpha", "alfa", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliet", "juliett", "kilo", "lima", "mike", "november", "oscar", "papa", "quebec", "romeo", "sierra", "tango", "uniform", "victor", "whiskey", "whisky", "xray", "yankee", "zulu":
		return true
	}
	return false
}
