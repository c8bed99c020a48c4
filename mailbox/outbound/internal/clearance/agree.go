package clearance

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"

	"hearback/mailbox/guard"
)

// agree refuses a letter of ours whose two halves do not say the same, word by
// word: one of them is what the family reads, and which one is up to their mail
// program. The formatted half may hold nothing that is not seen, nothing that is
// fetched and no link that shows another address than it leads to. It is read
// here by other code than wrote it.
func agree(l guard.Letter) *guard.Verdict {
	if l.HTML == "" {
		return nil
	}
	said, why := seenWords(l.HTML)
	if why == "" && !slices.Equal(said, plainWords(l.Text)) {
		why = "the two halves differ"
	}
	if why == "" {
		return nil
	}
	v := guard.Refused(guard.RuleUnparseable, "html: "+why, "The plain and the formatted half of this letter do not say the same. Nothing was sent.")
	return &v
}

// seen is a word and how many quotes deep it stands: whose word it is.
type seen struct {
	depth int
	word  string
}

// plainWords are the words of the plain half. Marks of lists are one mark.
func plainWords(text string) []seen {
	var out []seen
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimRight(line, "\r")
		depth := 0
		for strings.HasPrefix(line, ">") && depth < maxQuotes {
			depth++
			line = strings.TrimPrefix(line[1:], " ")
		}
		for i, w := range strings.Fields(line) {
			if i == 0 && (w == "*" || w == "•") && strings.HasPrefix(line, w) && len(strings.Fields(line)) > 1 {
				w = "-"
			}
			out = append(out, seen{depth, w})
		}
	}
	return out
}

// maxQuotes is how deep quotes are told apart; deeper ones are the words ">".
const maxQuotes = 8

// page reads the formatted half.
type page struct {
	out   []seen
	text  strings.Builder // of one run, until an element breaks it
	open  []string
	lists []int // of each open list: the next number; -1 for one of bullets
	depth int
	link  string
	shown int // where in text the link began
	why   string
}

// seenWords are the words that a reader of the page sees, in order.
func seenWords(doc string) (words []seen, why string) {
	p := &page{}
	z := html.NewTokenizer(strings.NewReader(doc))
	for p.why == "" {
		switch z.Next() {
		case html.ErrorToken:
			p.flush()
			if len(p.open) > 0 {
				p.why = "an element is not closed"
			}
			return p.out, p.why
		case html.TextToken:
			text := string(z.Text())
			if within := last(p.open); (within == "head" || within == "html" || within == "ul" || within == "ol" || within == "") && strings.TrimSpace(text) != "" {
				p.why = "words where none belong"
			}
			p.text.WriteString(text)
		case html.StartTagToken:
			p.start(z.Token())
		case html.EndTagToken:
			p.end(z.Token().Data)
		case html.DoctypeToken:
			if len(p.open) > 0 || len(p.out) > 0 {
				p.why = "a document type within"
			}
		default:
			p.why = "a comment"
		}
	}
	return nil, p.why
}

func last(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1]
}

func (p *page) flush() {
	for _, w := range strings.Fields(p.text.String()) {
		p.out = append(p.out, seen{p.depth, w})
	}
	p.text.Reset()
}

func (p *page) start(t html.Token) {
	if p.why = attributes(t); p.why != "" {
		return
	}
	if t.Data == "a" {
		p.link, p.shown = attribute(t, "href"), p.text.Len()
		p.open = append(p.open, "a")
		return
	}
	if t.Data == "span" { // words that stay on one line: nothing ends there
		p.open = append(p.open, "span")
		return
	}
	p.flush()
	switch t.Data {
	case "br", "meta", "img":
		return // without an end
	case "html", "head", "body", "div", "p":
	case "blockquote":
		p.depth++
	case "ul":
		p.lists = append(p.lists, -1)
	case "ol":
		n, err := strconv.Atoi(attribute(t, "start"))
		if err != nil || n < 0 {
			p.why = "a list without a number"
		}
		p.lists = append(p.lists, n)
	case "li":
		if len(p.lists) == 0 {
			p.why = "an item of no list"
			return
		}
		mark := "-"
		if n := &p.lists[len(p.lists)-1]; *n >= 0 {
			mark = strconv.Itoa(*n) + "."
			*n++
		}
		p.out = append(p.out, seen{p.depth, mark})
	default:
		p.why = "an element that is none of ours"
	}
	p.open = append(p.open, t.Data)
}

func (p *page) end(tag string) {
	if last(p.open) != tag {
		p.why = "an element ends that is not open"
		return
	}
	p.open = p.open[:len(p.open)-1]
	if tag == "a" {
		if p.text.String()[p.shown:] != p.link {
			p.why = "a link shows another address"
		}
		return
	}
	if tag == "span" {
		return
	}
	p.flush()
	switch tag {
	case "blockquote":
		p.depth--
	case "ul", "ol":
		p.lists = p.lists[:len(p.lists)-1]
	}
}

func attribute(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// attributes lets through what we write and nothing that hides or fetches.
func attributes(t html.Token) string {
	for _, a := range t.Attr {
		ok := false
		switch t.Data + " " + a.Key {
		case "html lang", "meta charset", "ol start", "img alt":
			ok = true
		case "meta name":
			ok = a.Val == "viewport"
		case "meta content":
			ok = a.Val == "width=device-width, initial-scale=1"
		case "img src":
			ok = strings.HasPrefix(a.Val, "cid:")
		case "a href":
			ok = strings.HasPrefix(a.Val, "https://") || strings.HasPrefix(a.Val, "http://")
		default:
			ok = a.Key == "style" && styled(a.Val)
		}
		if !ok {
			return "an attribute that is none of ours"
		}
	}
	return ""
}

// styled lets through the properties that we set, with values of which none
// hides, moves or fetches anything.
func styled(s string) bool {
	for _, d := range strings.Split(strings.TrimSuffix(s, ";"), ";") {
		name, value, ok := strings.Cut(d, ":")
		if !ok || !styleValue(name, value) {
			return false
		}
	}
	return true
}

// styleValue reports whether a property may have a value.
func styleValue(name, value string) bool {
	switch name {
	case "margin", "padding":
		for _, v := range strings.Fields(value) {
			if v != "0" && !between(strings.TrimSuffix(v, "px"), 0, 64) {
				return false
			}
		}
		return true
	case "max-width", "max-height":
		return between(strings.TrimSuffix(value, "px"), 100, 1200)
	case "font-size":
		return between(strings.TrimSuffix(strings.TrimSuffix(value, "px"), "pt"), 14, 48)
	case "line-height":
		return value == "1.5" || value == "1.6"
	case "color":
		return value == "#0b0c0c" || value == "#000000" || value == "#1d70b8" || value == "#003078"
	case "background-color":
		return value == "#ffffff"
	case "overflow-wrap":
		return value == "anywhere"
	case "white-space":
		return value == "nowrap"
	case "word-wrap":
		return value == "break-word"
	case "border":
		return value == "0"
	case "border-left":
		return value == "4px solid #505a5f"
	case "font-family":
		return value == "Arial,Helvetica,sans-serif"
	}
	return false
}

func between(s string, low, high int) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n >= low && n <= high
}
