package extract

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/encoding/charmap"
)

// pdf reads a PDF: the text of its pages, what is written but not shown, remarks, form
// fields, bookmarks, properties, attached files, and what earlier versions left behind.
func (w *work) pdf(f *File, b []byte, depth int) {
	p := readPDF(w, f, b)
	if p.encrypted {
		f.problem(Encrypted, "is encrypted")
		return
	}
	if len(p.all) == 0 {
		f.problem(Broken, "is a damaged PDF")
		return
	}
	p.info()
	budget := 5_000_000
	run := &pdfRun{p: p, fonts: map[any]*pdfFont{}, off: p.layersOff(), budget: &budget}
	pages := p.pages(run)
	p.everyDict(depth)
	p.leftovers(run)
	if budget <= 0 {
		f.problem(TooMuch, "has more on its pages than can be looked at")
	}
	if pages == 0 {
		f.problem(Partial, "has no pages that could be found")
	}
	if i := bytes.LastIndex(b, []byte("%%EOF")); i >= 0 {
		if tail := bytes.TrimSpace(b[i+5:]); len(tail) > 1024 {
			f.problem(Partial, "has data behind its end")
		}
	}
}

// pdfText decodes a text string (ISO 32000-1, 7.9.2).
func pdfText(s pdfString) string {
	if d, ok := decodeBOM(s); ok {
		return string(d)
	}
	d, err := charmap.Windows1252.NewDecoder().Bytes(s)
	if err != nil {
		return string(decodeText(s))
	}
	return string(d)
}

func (p *pdfFile) str(v any) string {
	if s, ok := p.get(v).(pdfString); ok {
		return pdfText(s)
	}
	return ""
}

func (p *pdfFile) info() {
	var out strings.Builder
	info := p.getDict(p.trailer["Info"])
	for _, k := range slices.Sorted(maps.Keys(info)) {
		t := strings.TrimSpace(p.str(info[k]))
		if t == "" || k == "CreationDate" || k == "ModDate" || k == "Producer" || k == "Creator" && !wordy(t) {
			continue
		}
		out.WriteString(k + ": " + t + "\n")
		switch k {
		case "Author":
			p.f.risk("author", "author property "+t)
		case "Title", "Subject", "Keywords":
			p.f.risk("properties", "has the property "+strings.ToLower(k))
		}
	}
	p.w.add(p.f, KindProperty, "properties", out.String())
}

// layersOff are the optional content groups that are not shown at first.
func (p *pdfFile) layersOff() map[int]bool {
	out := map[int]bool{}
	oc := p.getDict(p.getDict(p.trailer["Root"])["OCProperties"])
	d := p.getDict(oc["D"])
	if p.get(d["BaseState"]) == pdfName("OFF") {
		for _, v := range p.getArray(oc["OCGs"]) {
			if r, ok := v.(pdfRef); ok {
				out[r.num] = true
			}
		}
		for _, v := range p.getArray(d["ON"]) {
			if r, ok := v.(pdfRef); ok {
				delete(out, r.num)
			}
		}
	}
	for _, v := range p.getArray(d["OFF"]) {
		if r, ok := v.(pdfRef); ok {
			out[r.num] = true
		}
	}
	return out
}

// pages walks the tree of pages, each node once.
func (p *pdfFile) pages(run *pdfRun) int {
	type node struct {
		v   any
		res pdfDict
	}
	seen := map[int]bool{}
	todo := []node{{p.getDict(p.trailer["Root"])["Pages"], nil}}
	count := 0
	for len(todo) > 0 && count < 5000 {
		p.w.check()
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if r, ok := n.v.(pdfRef); ok {
			if seen[r.num] {
				continue
			}
			seen[r.num] = true
		}
		d := p.getDict(n.v)
		if d == nil {
			continue
		}
		res := n.res
		if own := p.getDict(d["Resources"]); own != nil {
			res = own
		}
		if kids := p.getArray(d["Kids"]); kids != nil && p.get(d["Type"]) != pdfName("Page") {
			for i := len(kids) - 1; i >= 0 && len(todo) < 100_000; i-- {
				todo = append(todo, node{kids[i], res})
			}
			continue
		}
		count++
		p.page(run, d, res, count)
	}
	return count
}

func (p *pdfFile) page(run *pdfRun, d, res pdfDict, n int) {
	where := fmt.Sprintf("page %d", n)
	run.page = &pdfPage{}
	run.forms = map[*pdfObject]int{}
	var content bytes.Buffer
	contents := []any{d["Contents"]}
	if list := p.getArray(d["Contents"]); list != nil {
		contents = list
	}
	for i, v := range contents {
		if o := p.object(v); o != nil && o.isStream && i < 10_000 {
			o.used = true
			content.Write(p.decode(o))
			content.WriteByte('\n')
		}
		if int64(content.Len()) > p.w.l.MaxPart {
			p.f.problem(TooMuch, "has more on its pages than can be looked at")
			break
		}
	}
	run.content(content.Bytes(), res, identity(), 0, false)
	shown := run.page
	for _, v := range p.getArray(d["Annots"]) {
		a := p.getDict(v)
		ap := p.getDict(a["AP"])
		if ap == nil {
			continue
		}
		run.page = &pdfPage{}
		run.do(ap["N"], res, identity(), 1, false)
		p.w.add(p.f, KindText, where+", form or remark", run.page.seen.String())
		p.w.add(p.f, KindHidden, where, run.page.hidden.String())
	}
	text := shown.seen.String()
	p.w.add(p.f, KindText, where, text)
	p.w.add(p.f, KindHidden, where, shown.hidden.String())
	if shown.unread {
		p.f.problem(Partial, where+" has letters in a font that cannot be read")
	}
	if shown.images > 0 && len(strings.Fields(text)) < 5 {
		p.f.problem(Picture, where+" is a picture without text")
	}
}

// everyDict looks at every object for texts beside the pages, whether anything shows
// them or not.
func (p *pdfFile) everyDict(depth int) {
	for _, o := range p.all {
		p.w.check()
		d := o.dict()
		if d == nil {
			continue
		}
		if o.isStream {
			switch {
			case p.get(d["Subtype"]) == pdfName("XML") || p.get(d["Type"]) == pdfName("Metadata"):
				o.used = true
				p.w.xmp(p.f, p.decode(o))
			case bytes.Contains(o.stream[:min(len(o.stream), 4096)], []byte("Exif\x00\x00")):
				p.w.strayMetadata(p.f, o.stream)
			}
		}
		p.visit(d, 0)
		if ef := p.getDict(d["EF"]); ef != nil {
			p.attached(d, ef, depth)
		}
		if x := d["XFA"]; x != nil {
			p.xfa(x)
		}
	}
}

// visit reads the texts of a dictionary and of those written within it.
func (p *pdfFile) visit(d pdfDict, depth int) {
	p.w.tick()
	if depth > 30 {
		return
	}
	sub, _ := p.get(d["Subtype"]).(pdfName)
	annot := d["Rect"] != nil && sub != ""
	if annot && sub != "Widget" && sub != "Link" {
		if t := p.str(d["Contents"]); t != "" {
			p.w.add(p.f, KindComment, "remark by "+p.str(d["T"]), t)
			p.f.risk("comments", "has comments")
		}
		p.w.add(p.f, KindPerson, "remark", p.str(d["T"]))
		p.w.add(p.f, KindComment, "remark", p.str(d["Subj"]))
		p.w.add(p.f, KindComment, "remark", p.str(d["RC"]))
	} else if annot {
		p.w.add(p.f, KindAltText, "link or field", p.str(d["Contents"]))
	}
	if d["FT"] != nil || d["TU"] != nil || sub == "Widget" {
		p.w.add(p.f, KindText, "form field "+p.str(d["T"]), p.str(d["V"]))
		p.w.add(p.f, KindAltText, "form field", p.str(d["TU"]))
		p.w.add(p.f, KindHidden, "form field", p.str(d["DV"]))
	}
	if d["Parent"] != nil && d["Title"] != nil {
		p.w.add(p.f, KindText, "bookmark", p.str(d["Title"]))
	}
	p.w.add(p.f, KindLink, "link", p.str(d["URI"]))
	if d["S"] != nil {
		p.w.add(p.f, KindAltText, "description", p.str(d["Alt"]))
		p.w.add(p.f, KindHidden, "description", p.str(d["ActualText"]))
	}
	if d["JS"] != nil {
		p.f.risk("program", "has program text in it")
		p.w.add(p.f, KindHidden, "program text", p.str(d["JS"]))
	}
	if p.get(d["S"]) == pdfName("Launch") || p.get(d["S"]) == pdfName("GoToR") {
		p.w.add(p.f, KindLink, "link", p.str(d["F"]))
		p.f.risk("outside", "points to a file on somebody's computer")
	}
	p.w.add(p.f, KindProperty, "last changed by", p.str(d["LastModifiedBy"]))
	for _, k := range slices.Sorted(maps.Keys(d)) {
		p.visitValue(d[k], depth+1)
	}
}

func (p *pdfFile) visitValue(v any, depth int) {
	if depth > 30 {
		return
	}
	switch v := v.(type) {
	case pdfDict:
		p.visit(v, depth)
	case []any:
		for _, e := range v {
			p.visitValue(e, depth+1)
		}
	}
}

func (p *pdfFile) attached(d, ef pdfDict, depth int) {
	name := p.str(d["UF"])
	if name == "" {
		name = p.str(d["F"])
	}
	p.f.risk("attachment", "has a file attached in it")
	p.w.add(p.f, KindComment, "attached file", p.str(d["Desc"]))
	for _, k := range []string{"F", "UF", "DOS", "Unix", "Mac"} {
		o := p.object(ef[k])
		if o == nil || !o.isStream || o.used {
			continue
		}
		o.used = true
		if !p.w.entry(p.f, name) {
			return
		}
		p.w.nested(p.f, name, "", p.decode(o), depth+1)
	}
}

func (p *pdfFile) xfa(v any) {
	list := p.getArray(v)
	if list == nil {
		list = []any{v}
	}
	for _, e := range list {
		if o := p.object(e); o != nil && o.isStream && !o.used {
			o.used = true
			p.w.add(p.f, KindText, "form", xmlWords(p.w, p.decode(o)))
		}
	}
}

// leftovers reads contents that no page shows: replaced pages, deleted ones, words that
// somebody covered and saved over.
func (p *pdfFile) leftovers(run *pdfRun) {
	fonts := pdfDict{}
	for _, o := range p.all {
		for _, d := range []pdfDict{o.dict(), p.getDict(o.dict()["Resources"])} {
			for k, v := range p.getDict(d["Font"]) {
				fonts[k] = v
			}
		}
	}
	var stale strings.Builder
	for _, o := range p.all {
		p.w.check()
		d := o.dict()
		if !o.isStream {
			continue
		}
		if o.used && !o.old || p.get(d["Subtype"]) == pdfName("Image") || d["Length1"] != nil || d["FunctionType"] != nil || d["PatternType"] != nil && d["Resources"] == nil {
			continue
		}
		switch p.get(d["Type"]) {
		case pdfName("XRef"), pdfName("ObjStm"), pdfName("Metadata"):
			continue
		}
		b := p.decode(o)
		if !bytes.Contains(b, []byte("Tj")) && !bytes.Contains(b, []byte("TJ")) || bytes.Contains(b, []byte("begincmap")) {
			continue
		}
		res := p.getDict(d["Resources"])
		if res == nil {
			res = pdfDict{"Font": fonts}
		}
		run.page = &pdfPage{}
		run.forms = map[*pdfObject]int{}
		run.content(b, res, identity(), 5, false)
		stale.WriteString(run.page.seen.String() + "\n" + run.page.hidden.String() + "\n")
	}
	if strings.TrimSpace(stale.String()) != "" {
		p.w.add(p.f, KindLeftover, "text that no page shows", stale.String())
		p.f.risk("leftover", "keeps text that no page shows")
	}
}
