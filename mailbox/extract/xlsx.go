package extract

import (
	"fmt"
	"path"
	"strconv"
	"strings"
)

// xlsxPart says what a part of a workbook is; "" for one that is not known.
func xlsxPart(low string) string {
	base := strings.TrimSuffix(path.Base(low), ".xml")
	switch {
	case !strings.HasSuffix(low, ".xml"):
		if strings.HasSuffix(low, ".vml") && strings.Contains(low, "drawing") {
			return "drawing"
		}
		return ""
	case base == "workbook", base == "sharedstrings", base == "styles":
		return base
	case strings.Contains(low, "/worksheets/"), strings.Contains(low, "/chartsheets/"), strings.Contains(low, "/dialogsheets/"):
		return "sheet"
	case strings.Contains(low, "threadedcomment"), strings.HasPrefix(base, "comments"), strings.Contains(low, "/comments/"):
		return "comments"
	case strings.Contains(low, "/persons/"):
		return "persons"
	case strings.Contains(low, "/pivotcache/"), strings.Contains(low, "/externallinks/"), strings.Contains(low, "/revisions/"), strings.Contains(low, "/querytables/"), base == "connections":
		return "cache"
	case strings.Contains(low, "/drawings/"):
		return "drawing"
	case strings.Contains(low, "/theme/"), base == "calcchain", base == "metadata", strings.Contains(low, "richdata/"):
		return "dull"
	}
	return ""
}

type sheetInfo struct {
	name   string
	hidden bool
}

func (w *work) xlsx(f *File, parts map[string][]byte, order []string) {
	var shared []string
	sheets := map[string]sheetInfo{}
	for _, name := range order {
		switch low := strings.ToLower(name); xlsxPart(low) {
		case "workbook":
			rels := map[string]string{}
			for _, r := range readRels(w, parts[relsOf(name)]) {
				rels[r.id] = strings.ToLower(resolve(name, r.target))
			}
			w.workbook(f, utf8XML(parts[name]), rels, sheets)
		case "sharedstrings":
			shared = sharedStrings(w, utf8XML(parts[name]))
		}
	}
	used := make([]bool, len(shared))
	for _, name := range order {
		low := strings.ToLower(name)
		b := utf8XML(parts[name])
		switch xlsxPart(low) {
		case "sheet":
			info, ok := sheets[low]
			if !ok {
				// No workbook names it: nobody sees it, and it is in the file.
				info = sheetInfo{name: path.Base(name), hidden: true}
			}
			w.sheet(f, b, info, shared, used)
		case "comments":
			w.sheetComments(f, b)
		case "persons":
			s := newXML(b)
			for s.next() {
				if s.kind == xmlStart && s.name == "person" {
					w.add(f, KindPerson, "people", s.attr("displayName")+" "+s.attr("userId"))
				}
			}
		case "cache":
			if t := xmlWords(w, b) + valuesOf(w, b); strings.TrimSpace(t) != "" {
				w.add(f, KindLeftover, path.Base(name), t)
				f.risk("cache", "keeps a copy of data from elsewhere ("+path.Base(path.Dir(name))+")")
			}
		case "drawing":
			w.drawing(f, b, KindText, "drawing on a sheet")
		}
	}
	var rest strings.Builder
	for i, s := range shared {
		if !used[i] {
			rest.WriteString(s + "\n")
		}
	}
	w.add(f, KindLeftover, "texts that no cell shows", rest.String())
}

// valuesOf are the values of caches, which stand in attributes: v="..." and name="...".
func valuesOf(w *work, b []byte) string {
	s := newXML(b)
	var out strings.Builder
	for s.next() {
		w.tick()
		if s.kind == xmlStart {
			for _, a := range []string{"v", "name", "caption", "refreshedBy", "userName"} {
				if v := s.attr(a); v != "" {
					out.WriteString(v + "\n")
				}
			}
		}
	}
	return out.String()
}

func relsOf(part string) string {
	return path.Join(path.Dir(part), "_rels", path.Base(part)+".rels")
}

// resolve makes the target of a relationship a name in the package.
func resolve(from, target string) string {
	if strings.HasPrefix(target, "/") {
		return strings.TrimPrefix(path.Clean(target), "/")
	}
	return path.Join(path.Dir(from), target)
}

func (w *work) workbook(f *File, b []byte, rels map[string]string, sheets map[string]sheetInfo) {
	s := newXML(b)
	el, defined := "", ""
	for s.next() {
		w.tick()
		switch s.kind {
		case xmlStart:
			el = s.name
			switch s.name {
			case "sheet":
				state := s.attr("state")
				info := sheetInfo{name: s.attr("name"), hidden: state == "hidden" || state == "veryHidden"}
				sheets[rels[s.attr("id")]] = info
				kind := KindName
				if info.hidden {
					kind = KindHiddenSheet
					f.risk("hidden sheet", "has hidden sheets")
				}
				w.add(f, kind, "name of a sheet", info.name)
			case "definedName":
				defined = s.attr("name") + " " + s.attr("comment")
			case "fileSharing":
				w.add(f, KindProperty, "reserved by", s.attr("userName"))
			case "absPath":
				w.add(f, KindProperty, "path", s.attr("url"))
				f.risk("path", "remembers where it was saved")
			}
		case xmlEnd:
			el = ""
		case xmlText, xmlCDATA:
			if el == "definedName" {
				if strings.HasPrefix(defined, "_xlnm.") {
					continue
				}
				w.add(f, KindFormula, "named range", strings.ReplaceAll(defined, "_", " ")+" "+s.text())
			}
		}
	}
}

// sharedStrings reads the texts of cells; phonetic readings are part of the file but not of the cell.
func sharedStrings(w *work, b []byte) []string {
	s := newXML(b)
	var out []string
	var cur strings.Builder
	in, first := false, ""
	for s.next() {
		w.tick()
		switch s.kind {
		case xmlStart:
			switch s.name {
			case "si":
				cur.Reset()
				first = ""
				if s.self {
					out = append(out, "")
				}
			case "t":
				in = !s.self
			}
		case xmlEnd:
			switch s.name {
			case "t":
				in = false
			case "si":
				if first != "" {
					out = append(out, first)
				} else {
					out = append(out, cur.String())
				}
			}
		case xmlText, xmlCDATA:
			if in {
				cur.WriteString(s.text())
			}
		}
	}
	return out
}

// sheet reads the cells. A line of a view is a row, so that a name in one cell and a
// reference in the next stand together, as on the page.
func (w *work) sheet(f *File, b []byte, info sheetInfo, shared []string, used []bool) {
	where := "sheet " + info.name
	hiddenCols := map[int]bool{}
	var cells, results, formulas, rows, cols, outside strings.Builder
	var typ, ref, el string
	var rowHidden, hasFormula bool
	var value strings.Builder
	col := 0
	s := newXML(b)
	put := func() {
		text := value.String()
		value.Reset()
		if typ == "s" {
			i, err := strconv.Atoi(strings.TrimSpace(text))
			if err != nil || i < 0 || i >= len(shared) {
				return
			}
			used[i] = true
			text = shared[i]
		}
		if text == "" {
			return
		}
		switch {
		case info.hidden:
			cells.WriteString(text + "\t")
		case rowHidden:
			rows.WriteString(text + "\t")
		case hiddenCols[col]:
			cols.WriteString(text + "\t")
		case hasFormula:
			results.WriteString(text + "\t")
			cells.WriteString(text + "\t")
		default:
			cells.WriteString(text + "\t")
		}
	}
	for s.next() {
		w.tick()
		switch s.kind {
		case xmlStart:
			el = s.name
			switch s.name {
			case "col":
				from, to := atoi(s.attr("min")), min(atoi(s.attr("max")), 16384)
				if h, width := s.attr("hidden"), s.attr("width"); h == "1" || h == "true" || width == "0" {
					for i := max(1, from); i <= to; i++ {
						hiddenCols[i] = true
					}
				}
			case "row":
				h, ht := s.attr("hidden"), s.attr("ht")
				rowHidden = h == "1" || h == "true" || ht == "0"
				col = 0
			case "c":
				typ, ref, hasFormula = s.attr("t"), s.attr("r"), false
				if ref != "" {
					col = columnOf(ref)
				} else {
					col++
				}
			case "f":
				hasFormula = true
			case "dataValidation":
				w.add(f, KindHidden, where+", entry help", strings.TrimSpace(s.attr("promptTitle")+" "+s.attr("prompt")+" "+s.attr("errorTitle")+" "+s.attr("error")))
			case "hyperlink":
				w.add(f, KindLink, where, strings.TrimSpace(s.attr("location")+" "+s.attr("tooltip")+" "+s.attr("display")))
			case "filter", "customFilter":
				w.add(f, KindHidden, where+", filter", s.attr("val"))
			case "protectedRange", "scenario", "inputCells":
				w.add(f, KindHidden, where, strings.TrimSpace(s.attr("name")+" "+s.attr("comment")+" "+s.attr("user")+" "+s.attr("val")))
			}
		case xmlEnd:
			switch s.name {
			case "c":
				put()
			case "row":
				for _, o := range []*strings.Builder{&cells, &results, &rows, &cols} {
					if o.Len() > 0 {
						o.WriteByte('\n')
					}
				}
				rowHidden = false
			}
			el = ""
		case xmlText, xmlCDATA:
			switch el {
			case "v", "t":
				value.WriteString(s.text())
			case "f":
				formulas.WriteString("=" + s.text() + "\n")
			case "oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter":
				w.add(f, KindHeaderFooter, where, s.text())
			case "formula1", "formula2", "formula":
				formulas.WriteString(s.text() + "\n")
			default:
				if t := strings.TrimSpace(s.text()); t != "" && !number(t) {
					outside.WriteString(t + "\n")
				}
			}
		case xmlComment:
			w.add(f, KindComment, "in the file's code", s.text())
		}
	}
	if info.hidden {
		w.add(f, KindHiddenSheet, where, cells.String())
		f.risk("hidden sheet", "has hidden sheets")
	} else {
		w.add(f, KindCell, where, cells.String())
	}
	w.add(f, KindResult, where, results.String())
	w.add(f, KindFormula, where, formulas.String())
	w.add(f, KindHidden, where, outside.String())
	if strings.TrimSpace(rows.String()) != "" {
		w.add(f, KindHiddenRow, where, rows.String())
		f.risk("hidden row", fmt.Sprintf("has hidden rows in %s", where))
	}
	if strings.TrimSpace(cols.String()) != "" {
		w.add(f, KindHiddenColumn, where, cols.String())
		f.risk("hidden column", fmt.Sprintf("has hidden columns in %s", where))
	}
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// columnOf gives the number of the column of a reference: "AB12" is 28.
func columnOf(ref string) int {
	n := 0
	for i := 0; i < len(ref) && i < 4; i++ {
		c := ref[i] &^ 0x20
		if c < 'A' || c > 'Z' {
			break
		}
		n = n*26 + int(c-'A') + 1
	}
	return n
}

// sheetComments reads notes and threaded comments.
func (w *work) sheetComments(f *File, b []byte) {
	s := newXML(b)
	el := ""
	var text strings.Builder
	where := "comment"
	flush := func() {
		w.add(f, KindComment, where, text.String())
		text.Reset()
	}
	for s.next() {
		w.tick()
		switch s.kind {
		case xmlStart:
			el = s.name
			if s.name == "comment" || s.name == "threadedComment" {
				flush()
				f.risk("comments", "has comments")
				where = "comment at " + s.attr("ref")
			}
		case xmlEnd:
			el = ""
			if s.name == "comment" || s.name == "threadedComment" {
				flush()
			}
		case xmlText, xmlCDATA:
			if el == "author" {
				w.add(f, KindPerson, "comment", s.text())
				continue
			}
			text.WriteString(s.text())
		}
	}
	flush()
}
