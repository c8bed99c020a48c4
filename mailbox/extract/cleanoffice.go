package extract

import (
	"archive/zip"
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"hearback/tickets/fault"
)

// pack is an OOXML package while it is cleaned.
type pack struct {
	w       *work
	typ     string
	order   []string
	parts   map[string][]byte
	rels    map[string][]rel           // by part; "" for the package itself
	dropped map[string]map[string]bool // ids of relationships that are gone, by part
	rep     *Report
}

// cleanOffice takes a package apart, cuts what must not go, drops every part that
// nothing refers to any more, and puts the rest together again.
func (w *work) cleanOffice(typ string, b []byte, rep *Report, depth int) ([]byte, error) {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, fault.Wrap(fault.Refused, "No clean copy can be made of this file: it is damaged.", err)
	}
	p := &pack{w: w, typ: typ, parts: map[string][]byte{}, rels: map[string][]rel{}, dropped: map[string]map[string]bool{}, rep: rep}
	var f File
	for _, e := range z.File {
		if strings.HasSuffix(e.Name, "/") {
			continue
		}
		data, err := w.openEntry(&f, e)
		if err != nil {
			return nil, fault.Wrap(fault.Refused, "No clean copy can be made of this file: it is damaged.", err)
		}
		p.order = append(p.order, e.Name)
		p.parts[e.Name] = data
	}
	p.readRels()
	hidden := p.hiddenParts()
	p.cutRels(hidden)
	if err := p.transform(hidden, depth); err != nil {
		return nil, err
	}
	return p.write(p.reachable())
}

func (p *pack) readRels() {
	for _, name := range p.order {
		if strings.HasSuffix(name, ".rels") {
			owner := strings.TrimSuffix(path.Base(name), ".rels")
			if dir := path.Dir(path.Dir(name)); dir != "." {
				owner = dir + "/" + owner
			}
			if name == "_rels/.rels" {
				owner = ""
			}
			p.rels[owner] = readRels(p.w, p.parts[name])
		}
	}
}

// deniedRel are relationships to what a reader does not see.
func deniedRel(kind string) string {
	switch kind {
	case "comments", "commentsExtended", "commentsIds", "commentsExtensible", "threadedComment", "person", "people", "commentAuthors", "authors":
		return "comments"
	case "core-properties", "extended-properties", "custom-properties", "metadata/core-properties":
		return "properties"
	case "customXml", "customXmlProps", "customProperty":
		return "custom XML"
	case "thumbnail":
		return "thumbnail"
	case "attachedTemplate", "mailMergeSource", "mailMergeHeaderSource", "recipientData":
		return "links to files on a computer"
	case "glossaryDocument":
		return "building blocks"
	case "printerSettings":
		return "printer settings"
	case "notesSlide":
		return "speaker's notes"
	case "pivotCacheDefinition", "pivotTable", "pivotCacheRecords", "externalLink", "connections", "queryTable", "revisionHeaders", "usernames", "calcChain", "tags", "slicer", "slicerCache", "timeline", "timelineCache", "xlExternalLinkPath":
		if kind == "calcChain" {
			return "-"
		}
		return "copies of data from elsewhere"
	}
	return ""
}

// hiddenParts are the sheets and slides that are not shown, by part.
func (p *pack) hiddenParts() map[string]bool {
	hidden := map[string]bool{}
	switch p.typ {
	case tXLSX:
		for _, owner := range p.order {
			if xlsxPart(strings.ToLower(owner)) != "workbook" {
				continue
			}
			s := newXML(utf8XML(p.parts[owner]))
			for s.next() {
				if s.kind == xmlStart && s.name == "sheet" && strings.Contains(strings.ToLower(s.attr("state")), "hidden") {
					hidden[p.target(owner, s.attr("id"))] = true
				}
			}
		}
	case tPPTX:
		for _, name := range p.order {
			if pptxPart(strings.ToLower(name)) != "slide" {
				continue
			}
			s := newXML(utf8XML(p.parts[name]))
			for s.next() {
				if s.kind == xmlStart {
					if v := s.attr("show"); s.name == "sld" && (v == "0" || v == "false") {
						hidden[name] = true
					}
					break
				}
			}
		}
	}
	delete(hidden, "")
	return hidden
}

func (p *pack) target(owner, id string) string {
	for _, r := range p.rels[owner] {
		if r.id == id && !r.external {
			return resolve(owner, r.target)
		}
	}
	return ""
}

func (p *pack) cutRels(hidden map[string]bool) {
	for owner, list := range p.rels {
		gone := map[string]bool{}
		p.rels[owner] = slices.DeleteFunc(list, func(r rel) bool {
			what := deniedRel(r.kind)
			if !r.external && hidden[resolve(owner, r.target)] {
				what = "hidden sheets or slides"
			}
			if r.kind == "package" && strings.Contains(owner, "/charts/") {
				what = "workbooks behind charts"
			}
			if r.kind == "vmlDrawing" && p.typ == tXLSX && bytes.Contains(p.parts[resolve(owner, r.target)], []byte(`ObjectType="Note"`)) {
				what = "comments"
			}
			if what == "" {
				return false
			}
			if what != "-" {
				p.rep.removed(what)
			}
			gone[r.id] = true
			return true
		})
		p.dropped[owner] = gone
	}
}

// reachable are the parts that something still refers to.
func (p *pack) reachable() map[string]bool {
	out := map[string]bool{"[Content_Types].xml": true}
	todo := []string{""}
	for len(todo) > 0 {
		owner := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, r := range p.rels[owner] {
			if r.external {
				continue
			}
			t := resolve(owner, r.target)
			if owner == "" {
				t = strings.TrimPrefix(path.Clean("/"+r.target), "/")
			}
			t, _, _ = strings.Cut(t, "#")
			if _, ok := p.parts[t]; ok && !out[t] {
				out[t] = true
				todo = append(todo, t)
			}
		}
	}
	return out
}

func (p *pack) write(keep map[string]bool) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	put := func(name string, b []byte) error {
		// No time of day: it would say when somebody worked on it.
		e, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err != nil {
			return fmt.Errorf("extract: pack %s: %w", path.Ext(name), err)
		}
		if _, err := e.Write(b); err != nil {
			return fmt.Errorf("extract: pack %s: %w", path.Ext(name), err)
		}
		return nil
	}
	for _, name := range p.order {
		b := p.parts[name]
		switch {
		case name == "[Content_Types].xml":
			b = p.rewrite("", b, func(s *xmlScan) action {
				if part := strings.TrimPrefix(s.attr("PartName"), "/"); s.name == "Override" && !keep[part] {
					return drop
				}
				return keepIt
			})
		case strings.HasSuffix(name, ".rels"):
			owner := strings.TrimSuffix(path.Base(name), ".rels")
			if dir := path.Dir(path.Dir(name)); dir != "." {
				owner = dir + "/" + owner
			}
			if name == "_rels/.rels" {
				owner = ""
			} else if !keep[owner] {
				continue
			}
			gone := p.dropped[owner]
			b = p.rewrite("", b, func(s *xmlScan) action {
				if s.name == "Relationship" && gone[s.attr("Id")] {
					return drop
				}
				return keepIt
			})
		case !keep[name]:
			continue
		}
		if err := put(name, b); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("extract: pack the copy: %w", err)
	}
	return out.Bytes(), nil
}

type action uint8

const (
	keepIt action = iota
	drop          // the element and all in it
	unwrap        // the tags, not what is in it
)

// rewrite copies XML byte for byte but for what decide takes out, for comments, and for
// elements that refer to a relationship of owner that is gone.
func (p *pack) rewrite(owner string, b []byte, decide func(s *xmlScan) action) []byte {
	b = utf8XML(b)
	gone := p.dropped[owner]
	s := newXML(b)
	out := make([]byte, 0, len(b))
	dropDepth := 0
	var open []bool // whether the end tag is kept
	for s.next() {
		p.w.tick()
		switch s.kind {
		case xmlStart:
			if dropDepth > 0 {
				if !s.self {
					dropDepth++
				}
				continue
			}
			a := decide(s)
			if a == keepIt && owner != "" && len(gone) > 0 && refersTo(s, gone) {
				a = drop
			}
			switch {
			case a == drop && !s.self:
				dropDepth = 1
			case a == keepIt:
				out = append(out, s.raw()...)
			}
			if a != drop && !s.self {
				open = append(open, a == keepIt)
			}
		case xmlEnd:
			if dropDepth > 0 {
				dropDepth--
				continue
			}
			keep := true
			if n := len(open); n > 0 {
				keep = open[n-1]
				open = open[:n-1]
			}
			if keep {
				out = append(out, s.raw()...)
			}
		case xmlComment:
		case xmlOther:
			if bytes.HasPrefix(s.raw(), []byte("<?xml ")) { // what is written is UTF-8, whatever was read
				out = append(out, `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`...)
			}
		default:
			if dropDepth == 0 {
				out = append(out, s.raw()...)
			}
		}
	}
	return out
}

// refersTo reports an element that names one of the relationships: r:id, r:embed and so on.
func refersTo(s *xmlScan, ids map[string]bool) bool {
	for name, v := range attributes(s.attrs) {
		if bytes.IndexByte(name, ':') > 0 && ids[string(v)] {
			return true
		}
	}
	return false
}
