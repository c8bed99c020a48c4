package extract

import (
	"path"
	"strings"
)

// docxPart says what a part of a Word document is; "" for one that is not known.
func docxPart(low string) string {
	base := strings.TrimRight(strings.TrimSuffix(path.Base(low), ".xml"), "0123456789")
	if !strings.HasSuffix(low, ".xml") {
		return ""
	}
	switch base {
	case "document", "header", "footer", "footnotes", "endnotes", "comments", "settings", "styles", "people":
		if strings.Contains(low, "/glossary/") && base != "styles" {
			return "glossary"
		}
		return base
	case "fonttable", "theme", "websettings", "numbering", "commentsextended", "commentsids", "commentsextensible", "styleswitheffects":
		return "dull"
	}
	return ""
}

func (w *work) docx(f *File, parts map[string][]byte, order []string) {
	hidden := map[string]bool{}
	for _, name := range order {
		if docxPart(strings.ToLower(name)) == "styles" {
			hiddenStyles(w, f, parts[name], hidden)
		}
	}
	for _, name := range order {
		b := utf8XML(parts[name])
		switch docxPart(strings.ToLower(name)) {
		case "document":
			w.wordText(f, KindText, "", b, hidden)
		case "header", "footer":
			w.wordText(f, KindHeaderFooter, "header or footer", b, hidden)
		case "footnotes", "endnotes":
			w.wordText(f, KindNote, "footnotes", b, hidden)
		case "comments":
			w.wordText(f, KindComment, "comments", b, hidden)
		case "glossary":
			w.wordText(f, KindHidden, "building blocks", b, hidden)
		case "settings":
			w.wordSettings(f, b)
		case "people":
			s := newXML(b)
			for s.next() {
				if s.kind == xmlStart && s.name == "person" {
					w.add(f, KindPerson, "people", s.attr("author"))
				}
			}
		}
	}
}

// hiddenStyles are the styles that make their text vanish.
func hiddenStyles(w *work, f *File, b []byte, into map[string]bool) {
	s := newXML(utf8XML(b))
	id, custom := "", false
	for s.next() {
		w.tick()
		if s.kind != xmlStart {
			continue
		}
		switch s.name {
		case "style":
			id = s.attr("styleId")
			custom = s.attr("customStyle") == "1"
		case "name":
			if custom {
				w.add(f, KindProperty, "style", s.attr("val"))
			}
		case "vanish":
			if on(s) && id != "" {
				into[id] = true
			}
		}
	}
}

// on reads a switch of Word: present without a value is on.
func on(s *xmlScan) bool {
	switch strings.ToLower(s.attr("val")) {
	case "0", "false", "off":
		return false
	}
	return true
}

// paragraph gathers one paragraph in four readings.
type paragraph struct {
	seen, before, hidden, all strings.Builder
	deleted, inserted         strings.Builder
	hasDeleted, hasHidden     bool
}

// wordText reads a part with paragraphs. kind is what its visible text is.
func (w *work) wordText(f *File, kind Kind, where string, b []byte, hiddenStyle map[string]bool) {
	var (
		seen, hidden, deleted, inserted, field, links strings.Builder
		p                                             paragraph
		ins, del, vanish, vanishStyle                 int // depth or state of what encloses the run
		inRun, inPPr, inText, inField                 bool
		el                                            string // the element last opened
		author                                        = where
		authors                                       = map[string]bool{}
	)
	s := newXML(b)
	put := func(text string) {
		switch {
		case del > 0:
			p.hasDeleted = true
			p.deleted.WriteString(text)
			p.before.WriteString(text)
		case vanish > 0 || vanishStyle > 0:
			p.hasHidden = true
			p.hidden.WriteString(text)
			p.all.WriteString(text)
		default:
			p.seen.WriteString(text)
			p.all.WriteString(text)
			if ins > 0 {
				p.inserted.WriteString(text)
			} else {
				p.before.WriteString(text)
			}
		}
	}
	flush := func() {
		line := func(to *strings.Builder, from *strings.Builder) {
			if from.Len() > 0 {
				to.WriteString(from.String() + "\n")
			}
		}
		line(&seen, &p.seen)
		line(&inserted, &p.inserted)
		if p.hasDeleted {
			line(&deleted, &p.deleted)
			line(&deleted, &p.before)
		}
		if p.hasHidden {
			line(&hidden, &p.hidden)
			if p.seen.Len() > 0 {
				line(&hidden, &p.all)
			}
		}
		p = paragraph{}
	}
	person := func(name string) {
		if name != "" && !authors[name] && len(authors) < 100 {
			authors[name] = true
			w.add(f, KindPerson, where, name)
		}
	}
	emit := func() {
		flush()
		w.add(f, kind, author, seen.String())
		w.add(f, KindInserted, author, inserted.String())
		w.add(f, KindDeleted, author, deleted.String())
		w.add(f, KindHidden, author, hidden.String())
		seen.Reset()
		inserted.Reset()
		deleted.Reset()
		hidden.Reset()
	}
	for s.next() {
		w.tick()
		switch s.kind {
		case xmlStart:
			el = s.name
			switch s.name {
			case "comment":
				emit()
				author = "comment by " + s.attr("author")
				person(s.attr("author"))
				f.risk("comments", "has comments")
			case "p":
				if s.self {
					flush()
				}
			case "pPr":
				inPPr = !s.self
			case "r":
				inRun, vanish = true, 0
			case "ins", "moveTo", "del", "moveFrom":
				person(s.attr("author"))
				f.risk("changes", "has tracked changes")
				if s.self {
					break // the mark of a paragraph or row
				}
				if s.name == "ins" || s.name == "moveTo" {
					ins++
				} else {
					del++
				}
			case "rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "tcPrChange", "trPrChange", "cellIns", "cellDel", "cellMerge":
				person(s.attr("author"))
				f.risk("changes", "has tracked changes")
			case "pStyle":
				vanishStyle = 0
				if hiddenStyle[s.attr("val")] {
					vanishStyle = 1
				}
			case "rStyle":
				if hiddenStyle[s.attr("val")] {
					vanish = 1
				}
			case "vanish", "specVanish":
				if inRun && !inPPr && on(s) {
					vanish = 1
				}
			case "color":
				if inRun && !inPPr && strings.EqualFold(s.attr("val"), "FFFFFF") {
					vanish = 1
				}
			case "sz":
				if v := s.attr("val"); inRun && !inPPr && (v == "1" || v == "2" || v == "3" || v == "4") {
					vanish = 1
				}
			case "t", "delText":
				inText = !s.self
			case "instrText", "delInstrText":
				inField = !s.self
			case "fldSimple":
				field.WriteString(s.attr("instr") + "\n")
			case "tab", "ptab":
				if inRun && !inPPr {
					put("\t")
				}
			case "br", "cr":
				put("\n")
			case "noBreakHyphen":
				put("-")
			case "sym":
				put(" ")
			case "docPr", "cNvPr":
				w.add(f, KindAltText, where, altText(s))
				if v := s.attr("hidden"); v == "1" || v == "true" {
					f.risk("hidden", "has a hidden drawing")
				}
			case "textpath": // WordArt, the usual way of watermarks
				put(s.attr("string") + " ")
			case "shape", "imagedata":
				w.add(f, KindAltText, where, strings.TrimSpace(s.attr("alt")+" "+s.attr("title")))
			case "hyperlink":
				links.WriteString(s.attr("tooltip") + "\n")
			case "ffData", "dataBinding":
				field.WriteString(s.attr("xpath") + "\n")
			case "alias", "tag", "statusText", "helpText", "default", "listItem", "placeholder":
				if v := s.attr("val") + " " + s.attr("displayText"); wordy(v) {
					field.WriteString(v + "\n")
				}
			case "bookmarkStart":
				if v := s.attr("name"); !strings.HasPrefix(v, "_") {
					field.WriteString(strings.ReplaceAll(v, "_", " ") + "\n")
				}
			case "altChunk", "subDoc":
				f.problem(External, "shows another document in it")
			}
		case xmlEnd:
			switch s.name {
			case "p":
				flush()
				vanishStyle = 0
			case "pPr":
				inPPr = false
			case "r":
				inRun, vanish = false, 0
			case "t", "delText":
				inText = false
			case "instrText", "delInstrText":
				inField = false
				field.WriteString("\n")
			case "ins", "moveTo":
				ins = max(0, ins-1)
			case "del", "moveFrom":
				del = max(0, del-1)
			case "tc":
				seen.WriteString("\t")
			case "comment":
				emit()
			}
		case xmlText, xmlCDATA:
			switch {
			case inText:
				put(s.text())
			case inField:
				field.WriteString(s.text())
			default:
				// Text outside a text element is not shown, and is in the file.
				if t := strings.TrimSpace(s.text()); t != "" && !number(t) && el != "align" && el != "fldData" && el != "binData" {
					hidden.WriteString(t + "\n")
				}
			}
		case xmlComment:
			w.add(f, KindComment, "in the file's code", s.text())
		}
	}
	emit()
	for _, v := range f.Views {
		if v.Kind == KindHidden && kind != KindHidden {
			f.risk("hidden", "has hidden text")
			break
		}
	}
	w.add(f, KindLink, where, links.String())
	for line := range strings.Lines(field.String()) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(strings.ToUpper(line), "HYPERLINK") || strings.HasPrefix(strings.ToUpper(line), "INCLUDE") {
			w.add(f, KindLink, where, line)
			continue
		}
		if wordy(line) {
			w.add(f, KindProperty, "field", line)
		}
	}
}

// altText is the description of a drawing. Its name ("Picture 1") counts only when
// somebody chose it.
func altText(s *xmlScan) string {
	return strings.TrimSpace(s.attr("descr") + " " + s.attr("title") + " " + s.attr("name"))
}

func number(s string) bool { return strings.Trim(s, "0123456789.-+eE% ") == "" }

// wordSettings reads what the document remembers: template, data source of a
// merge, variables.
func (w *work) wordSettings(f *File, b []byte) {
	s := newXML(b)
	for s.next() {
		w.tick()
		if s.kind != xmlStart {
			continue
		}
		switch s.name {
		case "docVar":
			w.add(f, KindProperty, "document variable", s.attr("name")+": "+s.attr("val"))
			f.risk("properties", "has document variables")
		case "query", "connectString", "udl", "table", "mailSubject", "addressFieldName":
			w.add(f, KindProperty, "mail merge", s.attr("val"))
			f.risk("merge", "remembers where its mail merge data is")
		case "trackRevisions":
			if on(s) {
				f.risk("changes", "is recording changes")
			}
		}
	}
}
