package guard

// signSet looks for many phrases in one pass over a text: at every place it asks first
// whether any of them begins with the two bytes that stand there.
type signSet struct {
	begins [1 << 16 / 64]uint64
	by     map[uint16][]string
}

// newSigns makes a set of phrases of at least two bytes.
func newSigns(phrases ...string) *signSet {
	s := &signSet{by: map[uint16][]string{}}
	for _, p := range phrases {
		k := uint16(p[0])<<8 | uint16(p[1])
		s.begins[k/64] |= 1 << (k % 64)
		s.by[k] = append(s.by[k], p)
	}
	return s
}

// first is where the first of the phrases stands, and which; -1 when none does.
func (s *signSet) first(text string) (at int, phrase string) {
	if len(text) < 2 {
		return -1, ""
	}
	k := uint16(text[0])
	for i := 1; i < len(text); i++ {
		k = k<<8 | uint16(text[i])
		if s.begins[k/64]&(1<<(k%64)) == 0 {
			continue
		}
		for _, p := range s.by[k] {
			if len(text)-(i-1) >= len(p) && text[i-1:i-1+len(p)] == p {
				return i - 1, p
			}
		}
	}
	return -1, ""
}
