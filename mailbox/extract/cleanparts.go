package extract

import (
	"bytes"
	"strconv"
	"strings"

	"hearback/tickets/fault"
)

// transform rewrites every part that holds text.
func (p *pack) transform(hidden map[string]bool, depth int) error {
	vanish := map[string]bool{}
	for _, name := range p.order {
		if p.typ == tDOCX && docxPart(strings.ToLower(name)) == "styles" {
			hiddenStyles(p.w, &File{}, p.parts[name], vanish)
		}
	}
	var cells map[int]bool // shared texts that a remaining cell shows
	changed := false
	if p.typ == tXLSX {
		cells = map[int]bool{}
		changed = p.sheetsHide(hidden)
	}
	for _, name := range p.order {
		low := strings.ToLower(name)
		b := p.parts[name]
		switch {
		case hidden[name]:
		case strings.Contains(low, "/media/"):
			p.parts[name] = p.media(b)
		case strings.Contains(low, "/embeddings/"):
			c, err := p.embedded(b, depth)
			if err != nil {
				return err
			}
			p.parts[name] = c
		case !strings.HasSuffix(low, ".xml"):
		case p.typ == tDOCX && docxPart(low) != "":
			p.parts[name] = p.cleanWord(name, b, vanish)
		case p.typ == tXLSX && xlsxPart(low) == "sheet":
			p.parts[name] = p.cleanSheet(name, b, changed, cells)
		case p.typ == tXLSX && xlsxPart(low) == "workbook":
			p.parts[name] = p.cleanWorkbook(name, b, hidden, changed)
		case p.typ == tPPTX && pptxPart(low) != "":
			p.parts[name] = p.cleanSlide(name, b)
		case p.typ != tDOCX && strings.Contains(low, "drawing"):
			p.parts[name] = p.cleanSlide(name, b)
		case strings.Contains(low, "/charts/"):
			p.parts[name] = p.rewrite(name, b, func(*xmlScan) action { return keepIt })
		}
	}
	if p.typ == tXLSX {
		for _, name := range p.order {
			if xlsxPart(strings.ToLower(name)) == "sharedstrings" {
				p.parts[name] = p.cleanStrings(p.parts[name], cells)
			}
		}
	}
	return nil
}

// media takes the data out of pictures. One that cannot be taken apart stays, and the
// comparison afterwards decides.
func (p *pack) media(b []byte) []byte {
	var rep Report
	var out []byte
	var err error
	switch sniff(b) {
	case tJPEG:
		out, err = p.w.cleanJPEG(b, &rep)
	case tPNG:
		out, err = p.w.cleanPNG(b, &rep)
	default:
		return b
	}
	if err != nil {
		return b
	}
	if len(rep.Removed) > 0 {
		p.rep.removed("data about pictures")
	}
	return out
}

func (p *pack) embedded(b []byte, depth int) ([]byte, error) {
	var f File
	p.w.read(&f, "", b, p.w.l.MaxDepth-1)
	switch f.Type {
	case tDOCX, tXLSX, tPPTX:
		if depth < 3 {
			return p.w.cleanOffice(f.Type, b, p.rep, depth+1)
		}
	}
	p.rep.kept("a file embedded in it")
	return nil, fault.New(fault.Refused, "No clean copy can be made of this file: it has another file embedded in it.")
}

func (p *pack) cleanWord(name string, b []byte, vanish map[string]bool) []byte {
	b = utf8XML(b)
	return p.rewrite(name, b, func(s *xmlScan) action {
		switch s.name {
		case "commentRangeStart", "commentRangeEnd", "commentReference", "annotationRef":
			p.rep.removed("comments")
			return drop
		case "del", "moveFrom":
			p.rep.removed("tracked changes")
			return drop
		case "ins", "moveTo":
			p.rep.removed("tracked changes")
			if s.self {
				return drop
			}
			return unwrap
		case "rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "tblPrExChange", "tcPrChange", "trPrChange", "tblGridChange", "numberingChange", "cellIns", "cellDel", "cellMerge",
			"moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart", "moveToRangeEnd", "customXmlInsRangeStart", "customXmlInsRangeEnd", "customXmlDelRangeStart", "customXmlDelRangeEnd":
			p.rep.removed("tracked changes")
			return drop
		case "tr":
			if rowDeleted(window(b, s.start)) {
				p.rep.removed("tracked changes")
				return drop
			}
		case "r":
			if runHidden(window(b, s.start), vanish) {
				p.rep.removed("hidden text")
				return drop
			}
		case "docVars", "rsids", "attachedTemplate", "mailMerge", "trackRevisions", "dataBinding", "smartTag", "customXml", "proofErr", "lastRenderedPageBreak":
			if s.name == "smartTag" || s.name == "customXml" {
				return unwrap
			}
			return drop
		}
		return keepIt
	})
}

// window is the beginning of an element: what decides about it stands there, and reading
// each to its end would take a square of the time where they are nested.
func window(b []byte, at int) []byte { return b[at:min(len(b), at+64<<10)] }

// rowDeleted reports a row of a table that was deleted with changes tracked.
func rowDeleted(b []byte) bool {
	s := newXML(b)
	in := false
	for n := 0; s.next() && n < 200; n++ {
		switch {
		case s.kind == xmlStart && s.name == "trPr":
			in = true
		case s.kind == xmlStart && in && s.name == "del":
			return true
		case s.kind == xmlEnd && s.name == "trPr", s.kind == xmlStart && s.name == "tc":
			return false
		}
	}
	return false
}

// runHidden is the same test that wordText makes.
func runHidden(b []byte, vanish map[string]bool) bool {
	s := newXML(b)
	for n := 0; s.next() && n < 200; n++ {
		if s.kind == xmlEnd && (s.name == "rPr" || s.name == "r") {
			return false
		}
		if s.kind != xmlStart {
			continue
		}
		switch s.name {
		case "vanish", "specVanish":
			return on(s)
		case "rStyle":
			if vanish[s.attr("val")] {
				return true
			}
		case "color":
			if strings.EqualFold(s.attr("val"), "FFFFFF") {
				return true
			}
		case "sz":
			if v := s.attr("val"); v == "1" || v == "2" || v == "3" || v == "4" {
				return true
			}
		case "t":
			return false
		}
	}
	return false
}

// sheetsHide reports whether anything is cut that a formula might need.
func (p *pack) sheetsHide(hidden map[string]bool) bool {
	if len(hidden) > 0 {
		return true
	}
	for _, name := range p.order {
		low := strings.ToLower(name)
		switch xlsxPart(low) {
		case "cache":
			return true
		case "sheet":
			b := p.parts[name]
			if bytes.Contains(b, []byte("hidden=")) || bytes.Contains(b, []byte(`ht="0"`)) || bytes.Contains(b, []byte(`width="0"`)) {
				return true
			}
		}
	}
	return false
}

func (p *pack) cleanSheet(name string, b []byte, changed bool, cells map[int]bool) []byte {
	hiddenCols := map[int]bool{}
	row, col := false, 0
	shared := false
	out := p.rewrite(name, b, func(s *xmlScan) action {
		switch s.name {
		case "col":
			if h := s.attr("hidden"); h == "1" || h == "true" || s.attr("width") == "0" {
				for i := max(1, atoi(s.attr("min"))); i <= min(atoi(s.attr("max")), 16384); i++ {
					hiddenCols[i] = true
				}
			}
		case "row":
			h := s.attr("hidden")
			row, col = h == "1" || h == "true" || s.attr("ht") == "0", 0
		case "c":
			if ref := s.attr("r"); ref != "" {
				col = columnOf(ref)
			} else {
				col++
			}
			shared = s.attr("t") == "s"
			if row {
				p.rep.removed("hidden rows")
				return drop
			}
			if hiddenCols[col] {
				p.rep.removed("hidden columns")
				return drop
			}
		case "f":
			if changed {
				p.rep.removed("formulas (their results stay)")
				return drop
			}
		case "v":
			if shared {
				text, _, _ := bytes.Cut(s.b[s.end:min(len(s.b), s.end+32)], []byte("<"))
				if i, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
					cells[i] = true
				}
			}
		case "legacyDrawing", "legacyDrawingHF", "customProperties", "scenarios", "autoFilter", "dataConsolidate", "customSheetViews", "protectedRanges", "dataValidations":
			if s.name != "legacyDrawingHF" {
				return drop
			}
		case "tableParts":
			if changed {
				return drop
			}
		case "extLst":
			return drop
		}
		return keepIt
	})
	if changed {
		p.dropTables(name)
	}
	return out
}

// dropTables takes tables off: their headings repeat cells that may be gone.
func (p *pack) dropTables(owner string) {
	kept := p.rels[owner][:0]
	for _, r := range p.rels[owner] {
		if r.kind == "table" {
			p.dropped[owner][r.id] = true
			continue
		}
		kept = append(kept, r)
	}
	p.rels[owner] = kept
}

func (p *pack) cleanWorkbook(name string, b []byte, hidden map[string]bool, changed bool) []byte {
	return p.rewrite(name, b, func(s *xmlScan) action {
		switch s.name {
		case "sheet":
			if strings.Contains(strings.ToLower(s.attr("state")), "hidden") {
				return drop
			}
		case "externalReferences", "pivotCaches", "fileSharing", "absPath", "fileRecoveryPr", "customWorkbookViews", "smartTagTypes", "webPublishing", "extLst":
			return drop
		case "AlternateContent": // holds the path where it was saved
			p.rep.removed("path")
			return drop
		case "bookViews":
			if len(hidden) > 0 { // points at sheets by number
				return drop
			}
		case "definedNames":
			if changed {
				return drop
			}
		}
		return keepIt
	})
}

// cleanStrings empties the texts that no cell shows any more. Their places stay: cells
// refer to them by number.
func (p *pack) cleanStrings(b []byte, used map[int]bool) []byte {
	n := -1
	in := false
	return p.rewrite("", b, func(s *xmlScan) action {
		switch s.name {
		case "si":
			n++
			in = !used[n]
		case "r", "t", "rPh", "phoneticPr":
			if in || s.name == "rPh" || s.name == "phoneticPr" {
				return drop
			}
		}
		return keepIt
	})
}

func (p *pack) cleanSlide(name string, b []byte) []byte {
	b = utf8XML(b)
	cut := false
	out := p.rewrite(name, b, func(s *xmlScan) action {
		switch s.name {
		case "sp", "pic", "graphicFrame", "grpSp", "cxnSp":
			if shapeHidden(window(b, s.start)) {
				p.rep.removed("hidden shapes")
				cut = true
				return drop
			}
		case "custDataLst", "modifyVerifier":
			return drop
		case "extLst":
			if pptxPart(strings.ToLower(name)) == "presentation" {
				return drop
			}
		}
		return keepIt
	})
	if cut { // animations name shapes by number
		out = p.rewrite(name, out, func(s *xmlScan) action {
			if s.name == "timing" {
				return drop
			}
			return keepIt
		})
	}
	return out
}

// shapeHidden is the same test that drawing makes, for the shape itself.
func shapeHidden(b []byte) bool {
	s := newXML(b)
	shapes, own := 0, false
	for n := 0; s.next() && n < 400; n++ {
		if s.kind != xmlStart {
			if s.kind == xmlEnd && (s.name == "spPr" || s.name == "sp" || s.name == "pic") {
				return false
			}
			continue
		}
		switch s.name {
		case "sp", "pic", "graphicFrame", "grpSp", "cxnSp":
			if shapes++; shapes > 1 {
				return false
			}
		case "cNvPr":
			if v := s.attr("hidden"); !own && (v == "1" || v == "true") {
				return true
			}
			own = true
		case "off":
			x, y := atoi(s.attr("x")), atoi(s.attr("y"))
			return x < -8_000_000 || y < -8_000_000 || x > 52_000_000 || y > 52_000_000
		case "txBody":
			return false
		}
	}
	return false
}
