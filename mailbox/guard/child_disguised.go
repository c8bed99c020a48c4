package guard

import "strings"

// disguised finds names that only a reader of letters sees: from right to left, with
// digits for letters, letter by letter.
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
