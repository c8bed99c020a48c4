package compose

import (
	"fmt"
	"html"
	"regexp"
	"strconv"
	"strings"
)

// look is how the formatted half of a copy is set.
type look struct {
	points int // type size for somebody who needs large print; 0: as usual
	logo   bool
	alt    string
	cid    string
	gap    string // between paragraphs
	link   string // colour of links
}

// Sizes of type. Large print is 16 to 18 points and more (RNIB, "Clear Print").
const (
	leastLarge = 18
	mostLarge  = 48
)

// twin is the same text in HTML: paragraphs, lists, quoted mail and addresses as
// links, in one column and with styles in the elements themselves, because mail
// programs drop everything else. Nothing of it is fetched from anywhere, and
// nothing stands in it that the text does not say: clearance compares the two.
func twin(text string, l look) string {
	size, lead, width := "16px", "1.5", "600px"
	ink := "#0b0c0c"
	l.gap, l.link = "16px", "#1d70b8"
	if l.points > 0 {
		l.gap, l.link = "28px", "#003078"
		size, lead, width = strconv.Itoa(min(max(l.points, leastLarge), mostLarge))+"pt", "1.6", "900px"
		ink = "#000000"
	}
	var b strings.Builder
	b.WriteString("<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"></head>\n")
	fmt.Fprintf(&b, "<body style=\"margin:0;padding:16px;background-color:#ffffff;color:%s;font-family:Arial,Helvetica,sans-serif;font-size:%s;line-height:%s;\">\n", ink, size, lead)
	fmt.Fprintf(&b, "<div style=\"max-width:%s;font-size:%s;color:%s;overflow-wrap:anywhere;word-wrap:break-word;\">\n", width, size, ink)
	if l.logo {
		fmt.Fprintf(&b, "<p style=\"margin:0 0 24px 0;\"><img src=\"cid:%s\" alt=\"%s\" style=\"max-width:240px;max-height:120px;border:0;\"></p>\n", l.cid, html.EscapeString(l.alt))
	}
	blocks(&b, strings.Split(strings.TrimRight(text, "\n"), "\n"), l, true)
	b.WriteString("</div>\n</body>\n</html>\n")
	return b.String()
}

var (
	bullet   = regexp.MustCompile(`^[-*•] +(\S.*)$`)
	numbered = regexp.MustCompile(`^([0-9]{1,3})\. +(\S.*)$`)
	// address is a link that stands in the text; what ends a sentence is not part of it.
	address = regexp.MustCompile(`https?://[^\s<>"']*[^\s<>"'.,;:!?)\]]`)
	// whole is what is hard to use in two halves: a number to call, or a reference.
	whole = regexp.MustCompile(`\b(?:0[0-9]{2,5}(?: [0-9]{3,6}){1,2}|[A-Z]{2,5}-[0-9]{3,8})\b`)
)

// maxQuotes bounds how deep quoted mail is set in; what is deeper stays as it is written.
const maxQuotes = 8

// blocks writes lines as paragraphs, lists and quotes. Links are made of
// addresses in what we write, and not in what we quote.
func blocks(b *strings.Builder, lines []string, l look, ours bool) { quoteBlocks(b, lines, l, ours, 0) }

func quoteBlocks(b *strings.Builder, lines []string, l look, ours bool, depth int) {
	for i := 0; i < len(lines); {
		line := lines[i]
		switch {
		case strings.TrimSpace(line) == "":
			i++
		case strings.HasPrefix(line, ">") && depth < maxQuotes:
			var inner []string
			for ; i < len(lines) && strings.HasPrefix(lines[i], ">"); i++ {
				inner = append(inner, strings.TrimPrefix(lines[i][1:], " "))
			}
			edge := "#505a5f"
			b.WriteString("<blockquote style=\"margin:0 0 " + l.gap + " 0;padding:0 0 0 16px;border-left:4px solid " + edge + ";\">\n")
			quoteBlocks(b, inner, l, false, depth+1)
			b.WriteString("</blockquote>\n")
		case bullet.MatchString(line):
			b.WriteString("<ul style=\"margin:0 0 " + l.gap + " 0;padding:0 0 0 24px;\">\n")
			for ; i < len(lines) && bullet.MatchString(lines[i]); i++ {
				item(b, bullet.FindStringSubmatch(lines[i])[1], l, ours)
			}
			b.WriteString("</ul>\n")
		case numbered.MatchString(line):
			n, _ := strconv.Atoi(numbered.FindStringSubmatch(line)[1])
			if strconv.Itoa(n)+"." != strings.Fields(line)[0] { // "007." counts nothing
				i = paragraph(b, lines, i, l, ours)
				continue
			}
			fmt.Fprintf(b, "<ol start=\"%d\" style=\"margin:0 0 %s 0;padding:0 0 0 40px;\">\n", n, l.gap)
			for ; i < len(lines); i++ {
				m := numbered.FindStringSubmatch(lines[i])
				if m == nil || m[1] != strconv.Itoa(n) {
					break
				}
				item(b, m[2], l, ours)
				n++
			}
			b.WriteString("</ol>\n")
		default:
			i = paragraph(b, lines, i, l, ours)
		}
	}
}

func item(b *strings.Builder, text string, l look, ours bool) {
	b.WriteString("<li style=\"margin:0 0 4px 0;\">" + inline(text, l, ours) + "</li>\n")
}

// paragraph writes lines up to an empty one, or up to one that begins a list or a quote.
func paragraph(b *strings.Builder, lines []string, i int, l look, ours bool) int {
	b.WriteString("<p style=\"margin:0 0 " + l.gap + " 0;\">" + inline(lines[i], l, ours))
	for i++; i < len(lines); i++ {
		s := lines[i]
		if strings.TrimSpace(s) == "" || strings.HasPrefix(s, ">") || bullet.MatchString(s) || numbered.MatchString(s) {
			break
		}
		b.WriteString("<br>\n" + inline(s, l, ours))
	}
	b.WriteString("</p>\n")
	return i
}

// inline writes the words of a line. A link shows the address that it leads to.
func inline(s string, l look, ours bool) string {
	if !ours {
		return html.EscapeString(s)
	}
	var b strings.Builder
	at := 0
	for _, m := range address.FindAllStringIndex(s, -1) {
		link := html.EscapeString(s[m[0]:m[1]])
		b.WriteString(unbroken(s[at:m[0]]) + "<a href=\"" + link + "\" style=\"color:" + l.link + ";\">" + link + "</a>")
		at = m[1]
	}
	b.WriteString(unbroken(s[at:]))
	return b.String()
}

// unbroken keeps a telephone number or a reference on one line.
func unbroken(s string) string {
	var b strings.Builder
	at := 0
	for _, m := range whole.FindAllStringIndex(s, -1) {
		b.WriteString(html.EscapeString(s[at:m[0]]) + "<span style=\"white-space:nowrap;\">" + s[m[0]:m[1]] + "</span>")
		at = m[1]
	}
	b.WriteString(html.EscapeString(s[at:]))
	return b.String()
}
