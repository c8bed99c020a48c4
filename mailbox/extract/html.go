package extract

import (
	"bytes"
	"io"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
)

// html reads a web page: what shows, what styles or attributes hide, comments,
// descriptions and links. Style sheets are understood as far as a class or an id
// with "display: none"; anything else counts as shown, which loses nothing.
func (w *work) html(f *File, b []byte, _ int) {
	text := htmlUTF8(b)
	hiddenRule := hiddenSelectors(text)
	z := html.NewTokenizer(bytes.NewReader(text))
	z.SetMaxBuf(int(w.l.MaxPart))
	var seen, hidden, all, comments, alt, links strings.Builder
	type open struct {
		tag  string
		hide bool
	}
	var stack []open
	hide, skip := 0, ""
	for {
		w.tick()
		switch z.Next() {
		case html.ErrorToken:
			if err := z.Err(); err != io.EOF {
				f.problem(Partial, "has a part that is too large to read")
			}
			w.add(f, KindText, "", seen.String())
			w.add(f, KindHidden, "", hidden.String())
			if hidden.Len() > 0 && strings.TrimSpace(hidden.String()) != "" {
				f.risk("hidden", "has hidden text")
				w.add(f, KindHidden, "with what is hidden", all.String())
			}
			w.add(f, KindComment, "in the file's code", comments.String())
			w.add(f, KindAltText, "", alt.String())
			w.add(f, KindLink, "", links.String())
			return
		case html.CommentToken:
			comments.WriteString(z.Token().Data + "\n")
		case html.DoctypeToken:
		case html.TextToken:
			t := string(z.Text())
			if skip == "" {
				t = html.UnescapeString(t)
			}
			switch {
			case skip == "style":
			case skip != "" || hide > 0:
				hidden.WriteString(t)
				all.WriteString(t)
			default:
				seen.WriteString(t)
				all.WriteString(t)
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			if blockTag(t.Data) {
				seen.WriteByte('\n')
				all.WriteByte('\n')
			}
			if t.Data == "td" || t.Data == "th" {
				seen.WriteByte('\t')
			}
			h := w.htmlAttributes(f, t, hiddenRule, &hidden, &alt, &links)
			if void(t.Data) || t.Type == html.SelfClosingTagToken && t.Data != "div" && t.Data != "span" && t.Data != "p" {
				continue
			}
			switch t.Data {
			case "script", "style", "template", "noscript", "noembed", "noframes":
				skip = t.Data
			case "title":
				h = true
			}
			if len(stack) < 20000 {
				stack = append(stack, open{t.Data, h})
				if h {
					hide++
				}
			}
		case html.EndTagToken:
			t := z.Token()
			if t.Data == skip {
				skip = ""
			}
			if blockTag(t.Data) {
				seen.WriteByte('\n')
				all.WriteByte('\n')
			}
			// Close up to the matching tag when one is open nearby; a stray end closes nothing.
			for i := len(stack) - 1; i >= 0 && i >= len(stack)-64; i-- {
				if stack[i].tag == t.Data {
					for _, o := range stack[i:] {
						if o.hide {
							hide--
						}
					}
					stack = stack[:i]
					break
				}
			}
		}
	}
}

func (w *work) htmlAttributes(f *File, t html.Token, rule map[string]bool, hidden, alt, links *strings.Builder) bool {
	hide := false
	for _, a := range t.Attr {
		switch a.Key {
		case "hidden":
			hide = true
		case "style":
			hide = hide || hidingStyle(a.Val)
		case "class":
			for _, c := range strings.Fields(a.Val) {
				hide = hide || rule["."+c]
			}
		case "id":
			hide = hide || rule["#"+a.Val]
		case "alt", "title", "aria-label", "summary", "placeholder", "label":
			alt.WriteString(a.Val + "\n")
		case "href", "src", "action", "background", "data", "cite", "poster", "srcset":
			links.WriteString(a.Val + "\n")
			if a.Key != "href" && a.Key != "action" && a.Key != "cite" && strings.Contains(a.Val, "//") && !strings.HasPrefix(a.Val, "data:") {
				f.problem(External, "shows something that is not in the file")
			}
		case "value", "content":
			hidden.WriteString(a.Val + "\n")
		default:
			if strings.HasPrefix(a.Key, "data-") && wordy(a.Val) {
				hidden.WriteString(a.Val + "\n")
			}
		}
	}
	return hide
}

var (
	hidingCSS  = regexp.MustCompile(`display:none|visibility:(hidden|collapse)|opacity:0(\.0+)?(;|$|!)|font-size:[01](px|pt|em|%)?(;|$|!)|mso-hide:all|text-indent:-\d{3,}|(left|top):-\d{3,}|clip:rect\(0|max-height:0(px)?(;|$|!)|color:(#fff|#ffffff|white)(;|$|!)|color:transparent`)
	hidingRule = regexp.MustCompile(`([.#][A-Za-z0-9_-]+)\s*\{([^{}]{0,900})\}`)
	styleBlock = regexp.MustCompile(`(?is)<style[^>]{0,400}>(.*?)</style`)
)

func hidingStyle(style string) bool {
	s := strings.ToLower(strings.Join(strings.Fields(style), ""))
	// White on a dark ground is read; without any ground of its own it is not.
	if strings.Contains(s, "background") {
		s = strings.NewReplacer("color:#fff", "", "color:white", "").Replace(s)
	}
	return hidingCSS.MatchString(s)
}

func hiddenSelectors(b []byte) map[string]bool {
	out := map[string]bool{}
	for _, block := range styleBlock.FindAllSubmatch(b, 50) {
		for _, m := range hidingRule.FindAllSubmatch(block[1], 2000) {
			if hidingStyle(string(m[2])) {
				out[string(m[1])] = true
			}
		}
	}
	return out
}

func htmlUTF8(b []byte) []byte {
	if d, ok := decodeBOM(b); ok {
		return d
	}
	if d, ok := bareUTF16(b); ok {
		return d
	}
	e, name, certain := charset.DetermineEncoding(b, "")
	if name == "utf-8" || !certain && validUTF8Head(b) {
		return b
	}
	if d, err := e.NewDecoder().Bytes(b); err == nil {
		return d
	}
	return decodeText(b)
}

func validUTF8Head(b []byte) bool {
	return string(bytes.ToValidUTF8(b[:min(len(b), 4096)&^3], nil)) == string(b[:min(len(b), 4096)&^3])
}

func blockTag(t string) bool {
	switch t {
	case "p", "div", "br", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "hr", "section", "article", "header", "footer", "dt", "dd", "option", "title", "body":
		return true
	}
	return false
}

func void(t string) bool {
	switch t {
	case "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr":
		return true
	}
	return false
}

// xmlText reads SVG and other XML: text that shows, and everything else as hidden.
func (w *work) xmlText(f *File, b []byte) {
	s := newXML(utf8XML(b))
	var seen, hidden, comments, links strings.Builder
	depth, hideAt, inText := 0, 0, 0
	for s.next() {
		w.tick()
		switch s.kind {
		case xmlStart:
			if s.name == "script" || s.name == "foreignObject" {
				f.risk("program", "has program text in it")
			}
			for name, v := range attributes(s.attrs) {
				key := string(bytes.ToLower(name))
				switch {
				case strings.HasSuffix(key, "href"):
					links.WriteString(unescapeXML(v) + "\n")
				case strings.HasPrefix(key, "xmlns"):
				default:
					if t := unescapeXML(v); wordy(t) {
						hidden.WriteString(t + "\n")
					}
				}
			}
			if !s.self {
				depth++
				hidden0 := s.attr("display") == "none" || s.attr("visibility") == "hidden" || s.attr("opacity") == "0" || hidingStyle(s.attr("style")) ||
					s.name == "metadata" || s.name == "defs" || s.name == "title" || s.name == "desc" || s.name == "script" || s.name == "style"
				if hidden0 && hideAt == 0 {
					hideAt = depth
				}
				if s.name == "text" || s.name == "p" {
					inText++
				}
			}
		case xmlEnd:
			if hideAt == depth {
				hideAt = 0
			}
			depth = max(0, depth-1)
			if s.name == "text" || s.name == "p" {
				inText = max(0, inText-1)
			}
			seen.WriteByte('\n')
		case xmlText, xmlCDATA:
			if hideAt > 0 {
				hidden.WriteString(s.text() + "\n")
			} else {
				seen.WriteString(s.text())
			}
		case xmlComment:
			comments.WriteString(s.text() + "\n")
		case xmlOther:
			if bytes.Contains(s.raw(), []byte("<!ENTITY")) {
				f.problem(Partial, "defines abbreviations (entities) that are not looked up")
				hidden.Write(s.raw())
			}
		}
	}
	w.add(f, KindText, "", seen.String())
	if strings.TrimSpace(hidden.String()) != "" {
		w.add(f, KindHidden, "", hidden.String())
	}
	w.add(f, KindComment, "in the file's code", comments.String())
	w.add(f, KindLink, "", links.String())
	if f.Type == tSVG && bytes.Contains(b, []byte("<image")) {
		f.problem(Picture, "has a picture inside, whose words cannot be read")
	}
}
