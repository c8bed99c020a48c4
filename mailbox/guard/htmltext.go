package guard

import (
	"strings"

	"golang.org/x/net/html"
)

// htmlText is the text of an HTML part with line ends where a reader sees them.
// With visible it leaves out what a mail program does not show; without it, it
// leaves out markup alone.
func htmlText(page string, visible bool) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(page))
	var open []string // elements within one that is not shown; the first is that one
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			if len(open) == 0 {
				b.WriteString(string(z.Text())) // with its entities resolved
			}
		case html.CommentToken:
			if !visible {
				b.WriteString(" " + string(z.Text()) + " ")
			}
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			t := z.Token()
			if breaks(t.Data) {
				b.WriteByte('\n')
			} else if t.Data == "td" || t.Data == "th" {
				b.WriteByte(' ')
			}
			if !visible {
				continue
			}
			switch {
			case kind == html.EndTagToken:
				for i := len(open) - 1; i >= 0; i-- {
					if open[i] == t.Data {
						open = open[:i]
						break
					}
				}
			case void(t.Data) || kind == html.SelfClosingTagToken:
			case len(open) > 0 || unseen(t):
				open = append(open, t.Data)
			}
		}
	}
}

func breaks(tag string) bool {
	switch tag {
	case "br", "p", "div", "tr", "li", "ul", "ol", "table", "blockquote", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "pre":
		return true
	}
	return false
}

func void(tag string) bool {
	switch tag {
	case "br", "hr", "img", "meta", "link", "input", "col", "area", "base", "wbr", "source", "embed", "track", "param":
		return true
	}
	return false
}

// unseen reports an element whose content no mail program shows.
func unseen(t html.Token) bool {
	switch t.Data {
	case "script", "style", "head", "title", "template", "noscript":
		return true
	}
	for _, a := range t.Attr {
		v := strings.ToLower(strings.Join(strings.Fields(a.Val), ""))
		switch a.Key {
		case "hidden":
			return true
		case "style":
			for _, s := range []string{"display:none", "visibility:hidden", "font-size:0", "font-size:1px", "opacity:0", "mso-hide:all", "max-height:0", "color:#fff;", "color:white", "color:transparent", "text-indent:-9"} {
				if strings.Contains(v+";", s) && !strings.Contains(v, "background-"+s) {
					return true
				}
			}
		}
	}
	return false
}
