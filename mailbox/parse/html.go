package parse

import (
	"html"
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	xhtml "golang.org/x/net/html"
)

// HTML gives the HTML of a mail as it stands, decoded to UTF-8 and not made
// safe: pass it through SafeHTML before anyone sees it. Several HTML parts
// follow each other. ok is false when the mail has none.
func HTML(raw []byte) (s string, ok bool) {
	defer func() {
		if recover() != nil {
			s, ok = "", false // the plain text of the mail is still there
		}
	}()
	m := read(raw, Limits{}.withDefaults())
	var out []string
	names := map[string]string{}
	m.eachLeaf(m.root, func(n *node) {
		if id := contentID(n); id != "" {
			if f := tidyName(n.fileName()); f != "" {
				names[id] = f
			}
		}
		plain := n.kind == "text/plain" && len(n.header.fields) == 0 && looksLikeHTML(n.body)
		if n.kind != "text/html" && !plain || !isBodyText(n) {
			return
		}
		b, _, _ := decodeAll(n.body, n.cte, 2*m.limits.MaxText)
		label := n.params["charset"]
		if label == "" {
			label = metaCharset(b)
		}
		t, _ := toUTF8(b, label)
		out = append(out, strings.ReplaceAll(t, "\x00", ""))
	})
	if len(out) == 0 {
		return "", false
	}
	return nameImages(strings.Join(out, "\n<hr>\n"), names), true
}

// nameImages adds the file name to pictures of this mail, for the placeholder
// that SafeHTML puts in their place.
func nameImages(s string, names map[string]string) string {
	return rewriteImages(s, func(raw, src, alt string) string {
		cid, ok := cutCID(src)
		if name := names[cid]; ok && name != "" {
			return `<img src="` + html.EscapeString(src) + `" alt="` + html.EscapeString(name) + `">`
		}
		return raw
	})
}

func cutCID(src string) (string, bool) {
	if len(src) < 4 || !strings.EqualFold(src[:4], "cid:") {
		return "", false
	}
	return string(percentDecode(src[4:])), true
}

// rewriteImages puts what f says in the place of every picture and leaves all
// else as it stands, byte for byte.
func rewriteImages(s string, f func(raw, src, alt string) string) string {
	if !strings.Contains(strings.ToLower(s), "<im") {
		return s
	}
	var out strings.Builder
	out.Grow(len(s))
	z := xhtml.NewTokenizer(strings.NewReader(s))
	for {
		kind := z.Next()
		if kind == xhtml.ErrorToken {
			return out.String()
		}
		raw := string(z.Raw())
		if kind == xhtml.StartTagToken || kind == xhtml.SelfClosingTagToken {
			name, more := z.TagName()
			if tag := string(name); tag == "img" || tag == "image" {
				src, alt := "", ""
				for more {
					var k, v []byte
					k, v, more = z.TagAttr()
					switch string(k) {
					case "src":
						src = strings.TrimSpace(string(v))
					case "alt":
						alt = strings.Join(strings.Fields(string(v)), " ")
					}
				}
				raw = f(raw, src, alt)
			}
		}
		out.WriteString(raw)
	}
}

// SafeHTML leaves of a mail's HTML what cannot do anything: structure, words
// and links. Scripts, styles, forms, frames, vector graphics and everything that
// would be fetched are removed; a picture of the mail itself leaves a visible
// placeholder with its name, any other picture its description. Links go to
// http, https and mailto only and tell the target nothing.
func SafeHTML(s string) string {
	s = rewriteImages(s, func(_, src, alt string) string {
		cid, own := cutCID(src)
		switch {
		case alt != "" && own:
			return "<em>[image: " + html.EscapeString(alt) + "]</em>"
		case own:
			return "<em>[image: " + html.EscapeString(cid) + "]</em>"
		case alt != "":
			return "<em>[" + html.EscapeString(alt) + "]</em>"
		}
		return ""
	})
	// bluemonday gives rel=noopener only together with a target. Which target is
	// the page's decision; quotes in texts and values are escaped, so this string
	// can only be the attribute.
	return strings.ReplaceAll(safePolicy().Sanitize(s), ` target="_blank"`, "")
}

// safePolicy is an allow-list: what is not named here does not pass.
func safePolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "div", "span", "br", "hr", "b", "strong", "i", "em", "u", "s", "strike", "sub", "sup", "small", "big", "code", "pre", "tt",
		"blockquote", "q", "cite", "ul", "ol", "li", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "center", "address", "abbr", "ins", "del",
		"table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th", "a")
	p.AllowAttrs("colspan", "rowspan").Matching(bluemonday.Integer).OnElements("td", "th")
	p.AllowAttrs("scope").Matching(regexp.MustCompile(`^(?:row|col|rowgroup|colgroup)$`)).OnElements("th")
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	p.AllowAttrs("dir").Matching(bluemonday.Direction).Globally()
	p.AllowAttrs("lang").Matching(regexp.MustCompile(`^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$`)).Globally()
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto")
	p.AllowRelativeURLs(false)
	p.RequireParseableURLs(true)
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnLinks(true)
	p.AddTargetBlankToFullyQualifiedLinks(true) // carries rel=noopener with it
	p.SkipElementsContent("script", "style", "title", "template", "noscript", "iframe", "object", "embed", "svg", "math", "select", "textarea", "button")
	return p
}
