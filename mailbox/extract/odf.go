package extract

import (
	"archive/zip"
	"strings"
)

// odf reads OpenDocument text, sheets and presentations (ISO 26300).
func (w *work) odf(f *File, z *zip.Reader, depth int) {
	for _, e := range z.File {
		if strings.HasSuffix(e.Name, "/") || e.Name == "mimetype" {
			continue
		}
		if !w.entry(f, e.Name) {
			return
		}
		b, err := w.openEntry(f, e)
		if exhausted(err) {
			return
		}
		switch low := strings.ToLower(e.Name); {
		case low == "meta-inf/manifest.xml":
			// An encrypted document keeps its parts as noise and says so here alone.
			if s := string(b); strings.Contains(s, "encryption-data") {
				f.problem(Encrypted, "is encrypted")
			}
		case low == "content.xml", low == "styles.xml", strings.HasSuffix(low, "/content.xml"):
			w.odfContent(f, utf8XML(b), low != "content.xml")
		case low == "meta.xml":
			w.odfMeta(f, utf8XML(b))
		case low == "settings.xml", strings.HasPrefix(low, "configurations2"), strings.HasSuffix(low, "manifest.rdf"):
		case strings.HasPrefix(low, "basic/"), strings.HasPrefix(low, "scripts/"):
			f.risk("macros", "has macros")
			w.add(f, KindHidden, "macros", xmlWords(w, utf8XML(b)))
		case strings.HasSuffix(low, ".xml"):
			w.add(f, KindHidden, "part "+e.Name, xmlWords(w, utf8XML(b)))
		case strings.HasPrefix(low, "thumbnails/"):
			f.risk("thumbnail", "has a small picture of an earlier state")
			if c := w.nested(f, e.Name, "", b, depth+1); c != nil {
				softenPicture(c)
			}
		case strings.HasPrefix(low, "objectreplacements/"), strings.HasPrefix(low, "fonts/"), strings.HasPrefix(low, "versions/") && len(b) == 0:
		default:
			if len(b) > 0 {
				if strings.HasPrefix(low, "versions/") {
					f.risk("versions", "keeps earlier versions")
				}
				if c := w.nested(f, e.Name, "", b, depth+1); c != nil {
					softenPicture(c)
				}
			}
		}
	}
}

func (w *work) odfMeta(f *File, b []byte) {
	s := newXML(b)
	el, label := "", ""
	for s.next() {
		w.tick()
		switch s.kind {
		case xmlStart:
			el, label = s.name, s.name
			if s.name == "user-defined" {
				label = s.attr("name")
			}
			if s.name == "template" {
				w.add(f, KindProperty, "template", s.attr("title")+" "+s.attr("href"))
			}
		case xmlEnd:
			el = ""
		case xmlText, xmlCDATA:
			switch el {
			case "", "generator", "editing-cycles", "editing-duration", "creation-date", "date", "print-date", "meta":
				continue
			case "creator", "initial-creator", "printed-by":
				f.risk("author", "author property "+strings.TrimSpace(s.text()))
			}
			w.add(f, KindProperty, "properties", label+": "+s.text())
		}
	}
}

// odfContent reads the text with its notes, comments, tracked changes, hidden
// sections, hidden sheets, rows and columns.
func (w *work) odfContent(f *File, b []byte, styles bool) {
	hiddenStyle := map[string]bool{} // styles whose text or table is not shown
	outs := map[Kind]*strings.Builder{}
	out := func(k Kind) *strings.Builder {
		if outs[k] == nil {
			outs[k] = &strings.Builder{}
		}
		return outs[k]
	}
	type frame struct {
		name string
		kind Kind
		set  bool
	}
	var stack []frame
	kind := KindText
	if styles {
		kind = KindHeaderFooter
	}
	cur := kind
	style := ""
	s := newXML(b)
	for s.next() {
		w.tick()
		switch s.kind {
		case xmlStart:
			next, set := cur, false
			to := func(k Kind) { next, set = k, true }
			switch s.name {
			case "style":
				style = s.attr("name")
			case "text-properties", "table-properties":
				if s.attr("display") == "none" || s.attr("display") == "false" {
					hiddenStyle[style] = true
				}
			case "annotation":
				to(KindComment)
				f.risk("comments", "has comments")
			case "note":
				to(KindNote)
			case "notes":
				to(KindNote)
				f.risk("notes", "has speaker's notes")
			case "tracked-changes":
				to(KindDeleted)
				f.risk("changes", "has tracked changes")
			case "creator":
				to(KindPerson)
			case "section":
				if s.attr("display") == "none" {
					to(KindHidden)
				}
			case "hidden-text", "hidden-paragraph", "conditional-text":
				out(KindHidden).WriteString(s.attr("string-value") + "\n")
				to(KindHidden)
			case "table":
				w.add(f, KindName, "name of a sheet", s.attr("name"))
				if hiddenStyle[s.attr("style-name")] {
					to(KindHiddenSheet)
					f.risk("hidden sheet", "has hidden sheets")
				}
			case "table-row":
				if v := s.attr("visibility"); v == "collapse" || v == "filter" {
					to(KindHiddenRow)
					f.risk("hidden row", "has hidden rows")
				}
			case "table-column":
				if v := s.attr("visibility"); v == "collapse" || v == "filter" {
					f.risk("hidden column", "has hidden columns")
				}
			case "span", "page":
				if hiddenStyle[s.attr("style-name")] {
					to(KindHidden)
					f.risk("hidden", "has hidden text")
				}
			case "tab", "s":
				out(cur).WriteByte(' ')
			case "line-break":
				out(cur).WriteByte('\n')
			case "desc", "title":
				to(KindAltText)
			case "script", "event-listener":
				f.risk("macros", "has macros")
			}
			if fm := s.attr("formula"); fm != "" {
				out(KindFormula).WriteString(fm + "\n")
			}
			if h := s.attr("href"); h != "" && !strings.HasPrefix(h, "#") {
				out(KindLink).WriteString(h + "\n")
				if strings.Contains(h, "://") && s.name == "image" {
					f.problem(External, "shows something that is not in the file")
				}
			}
			if !s.self && len(stack) < 10000 {
				stack = append(stack, frame{s.name, cur, set})
				cur = next
			}
		case xmlEnd:
			switch s.name {
			case "p", "h", "list-item", "table-row", "creator", "desc", "title":
				out(cur).WriteByte('\n')
			case "table-cell":
				out(cur).WriteByte('\t')
			}
			if n := len(stack); n > 0 && stack[n-1].name == s.name {
				cur = stack[n-1].kind
				stack = stack[:n-1]
			}
		case xmlText, xmlCDATA:
			out(cur).WriteString(s.text())
		case xmlComment:
			out(KindComment).WriteString(s.text() + "\n")
		}
	}
	where := "content"
	if styles {
		where = "header or footer"
	}
	for _, k := range []Kind{KindText, KindHeaderFooter, KindNote, KindComment, KindDeleted, KindHidden, KindHiddenSheet, KindHiddenRow, KindAltText, KindFormula, KindLink, KindPerson} {
		if outs[k] != nil {
			w.add(f, k, where, outs[k].String())
		}
	}
}
