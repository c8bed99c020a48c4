package extract

import (
	"path"
	"strings"
)

// pptxPart says what a part of a presentation is; "" for one that is not known.
func pptxPart(low string) string {
	base := strings.TrimSuffix(path.Base(low), ".xml")
	switch {
	case !strings.HasSuffix(low, ".xml"):
		return ""
	case base == "presentation":
		return base
	case strings.Contains(low, "/slides/"):
		return "slide"
	case strings.Contains(low, "/notesslides/"):
		return "notes"
	case strings.Contains(low, "/comments/"), strings.Contains(low, "/threadedcomments/"):
		return "comments"
	case base == "commentauthors", base == "authors":
		return "authors"
	case strings.Contains(low, "/slidemasters/"), strings.Contains(low, "/slidelayouts/"), strings.Contains(low, "/notesmasters/"), strings.Contains(low, "/handoutmasters/"):
		return "master"
	case strings.Contains(low, "/tags/"):
		return ""
	case strings.Contains(low, "/theme/"), base == "presprops", base == "viewprops", base == "tablestyles":
		return "dull"
	}
	return ""
}

func (w *work) pptx(f *File, parts map[string][]byte, order []string) {
	shown := map[string]bool{}
	for _, name := range order {
		if pptxPart(strings.ToLower(name)) == "presentation" {
			ids := map[string]string{}
			for _, r := range readRels(w, parts[relsOf(name)]) {
				ids[r.id] = strings.ToLower(resolve(name, r.target))
			}
			s := newXML(utf8XML(parts[name]))
			for s.next() {
				w.tick()
				if s.kind == xmlStart && s.name == "sldId" {
					for attr, v := range attributes(s.attrs) {
						if strings.HasSuffix(string(attr), ":id") {
							shown[ids[string(v)]] = true
						}
					}
				}
			}
			w.add(f, KindProperty, "presentation", xmlWords(w, parts[name]))
		}
	}
	for _, name := range order {
		low := strings.ToLower(name)
		b := utf8XML(parts[name])
		where := strings.TrimSuffix(path.Base(name), path.Ext(name))
		switch pptxPart(low) {
		case "slide":
			kind := KindText
			s := newXML(b)
			for s.next() {
				if s.kind == xmlStart {
					if v := s.attr("show"); s.name == "sld" && (v == "0" || v == "false") {
						kind = KindHiddenSheet
					}
					break
				}
			}
			if !shown[low] {
				kind = KindHiddenSheet
			}
			if kind == KindHiddenSheet {
				f.risk("hidden sheet", "has hidden slides")
			}
			w.drawing(f, b, kind, where)
		case "notes":
			w.drawing(f, b, KindNote, where)
			f.risk("notes", "has speaker's notes")
		case "master":
			w.drawing(f, b, KindHeaderFooter, where)
		case "comments":
			f.risk("comments", "has comments")
			s := newXML(b)
			var text strings.Builder
			for s.next() {
				w.tick()
				if s.kind == xmlText || s.kind == xmlCDATA {
					text.WriteString(s.text())
				} else if s.kind == xmlEnd && (s.name == "text" || s.name == "p" || s.name == "cm") {
					text.WriteByte('\n')
				}
			}
			w.add(f, KindComment, where, text.String())
		case "authors":
			s := newXML(b)
			for s.next() {
				if s.kind == xmlStart && (s.name == "cmAuthor" || s.name == "author") {
					w.add(f, KindPerson, "people", s.attr("name")+" "+s.attr("userId"))
				}
			}
		}
	}
}

// drawing reads DrawingML and VML: text boxes, tables, groups, with the shapes that
// are switched off or lie wholly outside the slide.
func (w *work) drawing(f *File, b []byte, kind Kind, where string) {
	s := newXML(b)
	var seen, hidden strings.Builder
	type shape struct {
		name   string
		hidden bool
	}
	var stack []shape
	inText := false
	off := 0 // shapes around us that are hidden
	for s.next() {
		w.tick()
		switch s.kind {
		case xmlStart:
			switch s.name {
			case "sp", "pic", "graphicFrame", "grpSp", "cxnSp":
				if !s.self && len(stack) < 1000 {
					stack = append(stack, shape{name: s.name})
				}
			case "cNvPr", "docPr":
				w.add(f, KindAltText, where, altText(s))
				if v := s.attr("hidden"); (v == "1" || v == "true") && len(stack) > 0 && !stack[len(stack)-1].hidden {
					stack[len(stack)-1].hidden = true
					off++
					f.risk("hidden", "has hidden shapes")
				}
			case "off":
				// EMU; a slide is at most some 51,206,400 wide, and nobody sees what starts far left of it.
				if x, y := atoi(s.attr("x")), atoi(s.attr("y")); (x < -8_000_000 || y < -8_000_000 || x > 52_000_000 || y > 52_000_000) && len(stack) > 0 && !stack[len(stack)-1].hidden {
					stack[len(stack)-1].hidden = true
					off++
					f.risk("hidden", "has shapes outside the page")
				}
			case "t":
				inText = !s.self
			case "br":
				seen.WriteByte('\n')
			case "hlinkClick", "hlinkHover":
				w.add(f, KindLink, where, s.attr("tooltip"))
			case "shape", "imagedata":
				w.add(f, KindAltText, where, strings.TrimSpace(s.attr("alt")+" "+s.attr("title")))
			}
		case xmlEnd:
			switch s.name {
			case "sp", "pic", "graphicFrame", "grpSp", "cxnSp":
				if n := len(stack); n > 0 && stack[n-1].name == s.name {
					if stack[n-1].hidden {
						off--
					}
					stack = stack[:n-1]
				}
			case "t":
				inText = false
			case "p", "tc", "div", "font":
				seen.WriteByte('\n')
				if hidden.Len() > 0 {
					hidden.WriteByte('\n')
				}
			}
		case xmlText, xmlCDATA:
			text := s.text()
			switch {
			case inText && off > 0:
				hidden.WriteString(text)
			case inText:
				seen.WriteString(text)
			default:
				if t := strings.TrimSpace(text); t != "" && !number(t) && wordy(t) {
					hidden.WriteString(t + "\n")
				}
			}
		case xmlComment:
			w.add(f, KindComment, "in the file's code", s.text())
		}
	}
	w.add(f, kind, where, seen.String())
	w.add(f, KindHidden, where, hidden.String())
}
