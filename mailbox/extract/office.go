package extract

import (
	"archive/zip"
	"bytes"
	"path"
	"regexp"
	"sort"
	"strings"
)

// packageType tells an Office package from an archive by what it has to contain.
func packageType(z *zip.Reader) string {
	for _, e := range z.File {
		switch n := strings.ToLower(e.Name); {
		case n == "word/document.xml":
			return tDOCX
		case n == "xl/workbook.xml", n == "xl/workbook.bin":
			return tXLSX
		case n == "ppt/presentation.xml":
			return tPPTX
		case n == "mimetype" && e.UncompressedSize64 < 200:
			if r, err := e.Open(); err == nil {
				b := make([]byte, 200)
				n, _ := r.Read(b)
				_ = r.Close() // a few stored bytes; what was read decides
				if s := strings.TrimSpace(string(b[:n])); strings.HasPrefix(s, tODF) {
					return s
				}
			}
		}
	}
	// A document part may have any name; the content types then tell.
	for _, e := range z.File {
		if e.Name != "[Content_Types].xml" || e.UncompressedSize64 > 1<<20 {
			continue
		}
		r, err := e.Open()
		if err != nil {
			return ""
		}
		var b bytes.Buffer
		_, err = b.ReadFrom(&limited{r: r, n: 1 << 20})
		_ = r.Close() // damage shows in err
		if err != nil {
			return ""
		}
		switch s := b.String(); {
		case strings.Contains(s, "wordprocessingml.document.main"), strings.Contains(s, "word.document.macroEnabled"):
			return tDOCX
		case strings.Contains(s, "spreadsheetml.sheet.main"), strings.Contains(s, "excel.sheet.macroEnabled"):
			return tXLSX
		case strings.Contains(s, "presentationml.presentation.main"), strings.Contains(s, "powerpoint.presentation.macroEnabled"):
			return tPPTX
		}
	}
	return ""
}

// office reads an OOXML package (ECMA-376): every part, whether anything refers
// to it or not, because a part that nothing shows is a place to hide.
func (w *work) office(f *File, z *zip.Reader, depth int) {
	parts := map[string][]byte{}
	var order []string
	for _, e := range z.File {
		if strings.HasSuffix(e.Name, "/") {
			continue
		}
		if !w.entry(f, e.Name) {
			break
		}
		data, err := w.openEntry(f, e)
		if exhausted(err) {
			break
		}
		if data == nil && err != nil {
			continue
		}
		if _, twice := parts[e.Name]; !twice {
			order = append(order, e.Name)
		}
		parts[e.Name] = data
	}
	sort.SliceStable(order, func(i, j int) bool { return natural(order[i], order[j]) })
	switch f.Type {
	case tDOCX:
		w.docx(f, parts, order)
	case tXLSX:
		w.xlsx(f, parts, order)
	case tPPTX:
		w.pptx(f, parts, order)
	}
	for _, name := range order {
		w.common(f, name, parts[name], depth)
	}
	pictures := 0
	for _, c := range f.Files {
		if strings.HasPrefix(c.Type, "image/") {
			pictures++
		}
	}
	if pictures > 0 && visibleWords(f) < 20 {
		f.problem(Picture, "consists of pictures, whose words cannot be read")
	}
}

func visibleWords(f *File) int {
	n := 0
	for _, v := range f.Views {
		if v.Kind == KindText || v.Kind == KindCell || v.Kind == KindResult {
			n += len(strings.Fields(v.Text))
		}
	}
	return n
}

// natural orders slide2 before slide10.
func natural(a, b string) bool {
	if len(a) != len(b) && strings.TrimRight(strings.TrimSuffix(a, path.Ext(a)), "0123456789") == strings.TrimRight(strings.TrimSuffix(b, path.Ext(b)), "0123456789") {
		return len(a) < len(b)
	}
	return a < b
}

// common reads the parts that all three formats share, and every part that none
// of them knows.
func (w *work) common(f *File, name string, b []byte, depth int) {
	low := strings.ToLower(name)
	switch {
	case low == "[content_types].xml":
	case strings.HasSuffix(low, ".rels"):
		w.rels(f, name, b)
	case strings.HasPrefix(low, "docprops/") && strings.HasSuffix(low, ".xml"):
		w.properties(f, name, b)
	case strings.HasPrefix(low, "customxml/") && strings.HasSuffix(low, ".xml"):
		if t := xmlWords(w, b); t != "" {
			w.add(f, KindProperty, "custom XML", t)
			f.risk("custom xml", "has custom XML data")
		}
	case strings.Contains(low, "vbaproject"), strings.Contains(low, "vbadata"), strings.Contains(low, "macrosheets/"):
		f.risk("macros", "has macros")
		w.add(f, KindHidden, "macros", strings.Join(textRuns(w, b), "\n"))
	case strings.Contains(low, "/media/"), strings.Contains(low, "thumbnail"):
		c := w.nested(f, name, "", b, depth+1)
		if c != nil && strings.Contains(low, "thumbnail") {
			f.risk("thumbnail", "has a small picture of an earlier state")
		}
		if c != nil {
			softenPicture(c)
		}
	case strings.Contains(low, "/embeddings/"), strings.Contains(low, "/activex/") && !strings.HasSuffix(low, ".xml"):
		f.risk("embedded", "has a file embedded in it")
		w.nested(f, name, "", b, depth+1)
	case (strings.Contains(low, "/charts/") || strings.Contains(low, "/diagrams/")) && strings.HasSuffix(low, ".xml"):
		w.add(f, KindText, "chart or diagram", xmlTexts(w, b))
	case strings.Contains(low, "/tables/"):
		w.add(f, KindName, "table", xmlWords(w, b))
	case strings.Contains(low, "printersettings"):
		w.add(f, KindProperty, "printer settings", strings.Join(textRuns(w, b), "\n"))
	case strings.HasSuffix(low, ".odttf"), strings.HasSuffix(low, ".fntdata"):
	case strings.HasSuffix(low, ".xml"), strings.HasSuffix(low, ".vml"):
		if !known(f, low) {
			w.add(f, KindHidden, "part "+name, xmlWords(w, b))
		}
	case strings.HasSuffix(low, ".bin"), strings.HasSuffix(low, ".dat"):
		w.add(f, KindHidden, "part "+name, strings.Join(textRuns(w, b), "\n"))
		if strings.HasPrefix(low, "xl/") && strings.Contains(low, "sheet") {
			f.problem(Partial, "is a binary workbook, which cannot be read in full")
		}
	default:
		w.nested(f, name, "", b, depth+1)
	}
}

// softenPicture takes the problem of a small picture away: a crest or a signature
// has no page of text in it, and a question about each letterhead would be answered
// without looking.
func softenPicture(c *File) {
	if w, h, ok := dimensions(c); ok && w*h < 500*500 {
		kept := c.Problems[:0]
		for _, p := range c.Problems {
			if p.Code != Picture {
				kept = append(kept, p)
			}
		}
		c.Problems = kept
	}
}

// known reports parts that the format's own reader has read.
func known(f *File, low string) bool {
	switch f.Type {
	case tDOCX:
		return docxPart(low) != ""
	case tXLSX:
		return xlsxPart(low) != ""
	case tPPTX:
		return pptxPart(low) != ""
	}
	return false
}

// rels are links to what lies outside: pages, files on somebody's drive, templates.
func (w *work) rels(f *File, name string, b []byte) {
	for _, r := range readRels(w, b) {
		if !r.external {
			continue
		}
		w.add(f, KindLink, strings.TrimSuffix(path.Base(name), ".rels"), r.target)
		switch r.kind {
		case "hyperlink":
		case "attachedTemplate", "oleObject", "externalLinkPath", "mailMergeSource", "frame", "subDocument":
			f.risk("outside", "points to a file on somebody's computer")
		default:
			f.problem(External, "shows something that is not in the file")
		}
	}
}

type rel struct {
	id, kind, target string
	external         bool
}

func readRels(w *work, b []byte) []rel {
	var out []rel
	s := newXML(utf8XML(b))
	for s.next() {
		w.tick()
		if s.kind == xmlStart && s.name == "Relationship" {
			out = append(out, rel{
				id: s.attr("Id"), kind: path.Base(s.attr("Type")), target: s.attr("Target"),
				external: strings.EqualFold(s.attr("TargetMode"), "External"),
			})
		}
	}
	return out
}

// properties reads docProps: who wrote it, who changed it last, company, manager,
// title, template, and whatever somebody added.
func (w *work) properties(f *File, name string, b []byte) {
	s := newXML(utf8XML(b))
	var el, prop string
	var all strings.Builder
	for s.next() {
		w.tick()
		switch s.kind {
		case xmlStart:
			el = s.name
			if s.name == "property" {
				prop = s.attr("name")
			}
		case xmlEnd:
			el = ""
		case xmlText, xmlCDATA:
			text := strings.TrimSpace(s.text())
			if text == "" || dull(el) {
				continue
			}
			label := el
			if prop != "" && path.Base(strings.ToLower(name)) == "custom.xml" {
				label = prop
				f.risk("properties", "has custom properties")
			}
			all.WriteString(label + ": " + text + "\n")
			switch el {
			case "creator", "lastModifiedBy", "Manager", "Company":
				f.risk("author", "author property "+text)
			case "title", "subject", "keywords", "description", "category", "contentStatus":
				f.risk("properties", "has the property "+el)
			}
		}
	}
	w.add(f, KindProperty, "properties", all.String())
}

// dull reports properties that say nothing about anybody.
func dull(el string) bool {
	switch el {
	case "Application", "AppVersion", "Pages", "Words", "Characters", "CharactersWithSpaces", "Lines", "Paragraphs", "TotalTime",
		"DocSecurity", "ScaleCrop", "LinksUpToDate", "SharedDoc", "HyperlinksChanged", "revision", "created", "modified",
		"i4", "bool", "Slides", "Notes", "HiddenSlides", "MMClips", "PresentationFormat", "version", "lastPrinted":
		return true
	}
	return false
}

// xmlWords are all texts and attribute values of a part: what to do with a part
// whose meaning is not known.
func xmlWords(w *work, b []byte) string {
	s := newXML(utf8XML(b))
	var out strings.Builder
	for s.next() {
		w.tick()
		switch s.kind {
		case xmlText, xmlCDATA, xmlComment:
			if t := strings.TrimSpace(s.text()); t != "" {
				out.WriteString(t + "\n")
			}
		case xmlStart:
			for name, v := range attributes(s.attrs) {
				if bytes.HasPrefix(name, []byte("xmlns")) {
					continue
				}
				if t := unescapeXML(v); wordy(t) {
					out.WriteString(t + "\n")
				}
			}
		}
	}
	return out.String()
}

var wordyText = regexp.MustCompile(`\pL{2,}[ ,.@/\\:-]+\pL{2,}`)

// xmlTexts are the texts of a part that a reader sees, a line each.
func xmlTexts(w *work, b []byte) string {
	s := newXML(utf8XML(b))
	var out strings.Builder
	el := ""
	for s.next() {
		w.tick()
		switch s.kind {
		case xmlStart:
			el = s.name
		case xmlText, xmlCDATA:
			if t := strings.TrimSpace(s.text()); t != "" && (el == "t" || el == "v") {
				out.WriteString(t + "\n")
			}
		}
	}
	return out.String()
}

// wordy reports attribute values that look like something a person wrote.
func wordy(s string) bool {
	return len(s) > 4 && !strings.HasPrefix(s, "http://schemas.") && !strings.HasPrefix(s, "urn:") && !strings.HasPrefix(s, "application/vnd") && wordyText.MatchString(s)
}

// textRuns finds runs of letters in bytes of unknown format, in eight and sixteen
// bits. It finds most texts and is sure of none.
func textRuns(w *work, b []byte) []string {
	const least = 6
	var out []string
	var run []byte
	flush := func() {
		if len(run) >= least && letters(run)*10 >= len(run)*6 {
			out = append(out, string(decodeText(run)))
		}
		run = run[:0]
	}
	for _, c := range b {
		w.tick()
		if c >= 0x20 && c != 0x7f && c < 0x80 || c >= 0xa0 || c == '\t' {
			run = append(run, c)
		} else {
			flush()
		}
	}
	flush()
	for start := range 2 { // sixteen bits may begin at either byte
		for i := start; i+1 < len(b); i += 2 {
			w.tick()
			if b[i+1] == 0 && (b[i] >= 0x20 && b[i] < 0x7f || b[i] >= 0xa0) || b[i+1] == 0x20 && b[i] >= 0x10 && b[i] < 0x30 {
				c := b[i]
				if b[i+1] == 0x20 {
					c = '\''
				}
				run = append(run, c)
			} else {
				flush()
			}
		}
		flush()
	}
	return out
}

func letters(b []byte) int {
	n := 0
	for _, c := range b {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == ' ' {
			n++
		}
	}
	return n
}

// limited stops a reader with an error when it gives more than n bytes.
type limited struct {
	r interface{ Read([]byte) (int, error) }
	n int
}

func (l *limited) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	l.n -= n
	if l.n < 0 {
		return n, errPart
	}
	return n, err
}
