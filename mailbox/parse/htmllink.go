package parse

import "strings"

// image leaves the name of a picture of this mail, or the words that stand for
// a picture from elsewhere.
func (r *renderer) image(attrs map[string]string) {
	src, alt := strings.TrimSpace(attrs["src"]), strings.Join(strings.Fields(attrs["alt"]), " ")
	s := ""
	switch {
	case strings.HasPrefix(strings.ToLower(src), "cid:"):
		s = string(percentDecode(src[4:]))
		if r.name != nil {
			if n := r.name(s); n != "" {
				s = n
			}
		}
		s = "[image: " + s + "]"
	case alt != "":
		s = alt
	}
	if s == "" {
		return
	}
	b := r.buf()
	r.want()
	b.cur = append(b.cur, s...)
}

// link adds the address behind words that do not show it themselves.
func (r *renderer) link(e *open) {
	b := r.buf()
	href := strings.TrimSpace(e.href)
	low := strings.ToLower(cutString(href, 2000))
	if e.at > len(b.cur) || !(strings.HasPrefix(low, "http://") || strings.HasPrefix(low, "https://") || strings.HasPrefix(low, "mailto:")) {
		return
	}
	label := strings.TrimSpace(string(b.cur[e.at:]))
	bare := strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(low, "https://"), "http://"), "mailto:")
	bare, _, _ = strings.Cut(bare, "?")
	bare = strings.TrimSuffix(bare, "/")
	if label == "" || strings.Contains(strings.ToLower(label), bare) || strings.HasPrefix(low, "mailto:") && strings.Contains(label, "@") {
		return
	}
	if l := strings.ToLower(strings.TrimSuffix(label, "/")); strings.HasPrefix(bare, strings.TrimPrefix(strings.TrimPrefix(l, "https://"), "http://")) && strings.Contains(l, ".") {
		return
	}
	b.cur = append(b.cur, " <"+cutString(href, 300)+">"...)
}
