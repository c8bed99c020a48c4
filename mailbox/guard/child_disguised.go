package guard

import (
	"strings"
	"unicode"
)

// disguised finds names that only a reader of letters sees: from right to left, with
// digits for letters, letter by letter, every letter moved along the alphabet, broken at
// the end of a line or by signs, written as one word; and numbers in words.
func (c *Children) disguised(v view) []mention {
	if c == nil || len(c.all) == 0 || v.text == "" || v.turned || len(v.words) > closeBytes/8 {
		return nil
	}
	var out []mention
	mixed := false
	back := make([]string, len(v.words))
	for i, w := range v.words {
		back[len(back)-1-i] = mirrored(w)
		mixed = mixed || mixesDigits(w)
	}
	for _, found := range c.findNames(back) {
		if len(found.child.Name) >= 8 { // Ana Nad is Dan Ana: short names read both ways
			out = append(out, found)
		}
	}
	if mixed {
		for _, one := range []string{"l", "i"} {
			digits := strings.NewReplacer("0", "o", "1", one, "3", "e", "4", "a", "5", "s", "7", "t")
			plain := make([]string, len(v.words))
			for i, w := range v.words {
				plain[i] = w
				if mixesDigits(w) {
					plain[i] = digits.Replace(w)
				}
			}
			out = append(out, c.findNames(plain)...)
		}
	}
	var run []string
	for i := 0; i <= len(v.words); i++ {
		if i < len(v.words) && len(v.words[i]) == 1 {
			run = append(run, v.words[i])
			continue
		}
		if len(run) >= 8 {
			out = append(out, c.runTogether(run)...)
		}
		run = run[:0]
	}
	out = append(out, c.moved(v.words)...)
	out = append(out, c.asOneWord(v.words)...)
	if whole := rejoined(v.text); whole != "" {
		out = append(out, c.findNames(words(whole))...)
	}
	for _, number := range spoken(v.words) {
		for i := 0; i+10 <= len(number); i++ {
			for _, k := range c.byNHS[number[i:i+10]] {
				out = append(out, mention{child: c.all[k], by: "NHS number"})
			}
		}
	}
	return out
}

// shiftKey is what is left of two words when every letter is moved by the same number of
// places: the steps between the letters. turnedRound counts the steps from the other end
// of the alphabet (a for z).
func shiftKey(key []byte, a, b string, turnedRound bool) []byte {
	key = append(key[:0], byte(len(a)))
	last := byte(0)
	for i := 0; i < len(a)+len(b); i++ {
		x := byte(0)
		if i < len(a) {
			x = a[i]
		} else {
			x = b[i-len(a)]
		}
		if x < 'a' || x > 'z' {
			return key[:0]
		}
		if i > 0 {
			step := (x - last + 26) % 26
			if turnedRound {
				step = (26 - step) % 26
			}
			key = append(key, step)
		}
		last = x
	}
	return key
}

// moved finds names whose letters were moved along the alphabet (ROT13 and its like), or
// counted from its end.
func (c *Children) moved(w []string) []mention {
	var out []mention
	var room [48]byte
	for i := 0; i+1 < len(w); i++ {
		a, b := w[i], w[i+1]
		if size := len(a) + len(b); size < shiftedLetters || size > 40 {
			continue
		}
		for _, back := range []bool{false, true} {
			for _, last := range []string{b, b[:len(b)-1]} {
				for _, k := range c.shifted[string(shiftKey(room[:0], a, last, back))] {
					n := c.names[k]
					if !(a == n[0] && last == n[len(n)-1] || a == n[len(n)-1] && last == n[0]) {
						out = append(out, mention{child: c.all[k], by: "name"})
					}
				}
			}
		}
	}
	return out
}

// shiftedLetters is how long a name has to be to be known by the steps between its letters.
const shiftedLetters = 8

// asOneWord finds a name written as one word within running text.
func (c *Children) asOneWord(w []string) []mention {
	var out []mention
	for _, x := range w {
		if !c.joinedLens[len(x)] && !c.joinedLens[len(x)-1] {
			continue
		}
		for _, s := range []string{x, strings.TrimSuffix(x, "s")} {
			for _, k := range c.joined[s] {
				n := c.names[k]
				if !isAlsoWord(n[0]) || !isAlsoSurname(n[len(n)-1]) { // rosewood
					out = append(out, mention{child: c.all[k], by: "name"})
				}
			}
			if s == strings.TrimSuffix(x, "s") {
				break
			}
		}
	}
	return out
}

// rejoined is a text with the words put together that were broken at the end of a line or
// by signs within: "Braith-\nwaite", "Har*riet". "" when there are none.
func rejoined(text string) string {
	var b strings.Builder
	found := false
	runes := []rune(text)
	for i := 0; i < len(runes); i++ {
		r := runes[i]
		if i > 0 && i+1 < len(runes) && unicode.IsLetter(runes[i-1]) && !unicode.IsLetter(r) && !unicode.IsDigit(r) && r > ' ' && !strings.ContainsRune("/@:'’&,;", r) {
			next := runes[i+1]
			switch {
			case unicode.IsLetter(next):
				found = true
				continue
			case r == '-' && (next == '\n' || next == '\r'):
				j := i + 1
				for j < len(runes) && (runes[j] == '\n' || runes[j] == '\r' || runes[j] == ' ' || runes[j] == '>') {
					j++
				}
				if j < len(runes) && unicode.IsLower(runes[j]) {
					found = true
					i = j - 1
					continue
				}
			}
		}
		b.WriteRune(r)
	}
	if !found {
		return ""
	}
	return b.String()
}

// spoken are the numbers that a text says digit by digit: "nine nine nine, double two".
func spoken(w []string) []string {
	var out []string
	var run []byte
	times := 1
	for i := 0; i <= len(w); i++ {
		x := ""
		if i < len(w) {
			x = w[i]
		}
		n := number(x)
		switch {
		case x == "double":
			times = 2
			continue
		case x == "treble" || x == "triple":
			times = 3
			continue
		case x == "oh" || x == "o" || x == "zero" || x == "nought" || n > 0 && n < 10:
			for range times {
				run = append(run, byte('0'+n))
			}
		case len(run) > 0 && allDigits(x) && x != "":
			run = append(run, x...)
		default:
			if len(run) >= 10 {
				out = append(out, string(run))
			}
			run = run[:0]
		}
		times = 1
	}
	return out
}

// mixesDigits reports a word of letters with a digit among them: ty1er, and neither
// 22b nor year7.
func mixesDigits(w string) bool {
	letters, inside := 0, false
	for i := 0; i < len(w); i++ {
		switch c := w[i]; {
		case c >= '0' && c <= '9':
			inside = inside || i+1 < len(w) && (w[i+1] < '0' || w[i+1] > '9') || i > 1 && i+1 == len(w)
		default:
			letters++
		}
	}
	return inside && letters >= 2
}

func mirrored(w string) string {
	b := make([]byte, len(w))
	for i := range len(w) {
		b[len(w)-1-i] = w[i]
	}
	return string(b)
}
