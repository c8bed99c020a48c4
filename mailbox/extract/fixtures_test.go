package extract

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

// Fixtures are written here, byte by byte, so that each test shows what is in its file.
// All people and places are invented.

func zipOf(t testing.TB, files map[string]string, first ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	names := slices.Clone(first)
	for _, n := range slices.Sorted(maps.Keys(files)) {
		if !slices.Contains(first, n) {
			names = append(names, n)
		}
	}
	for _, n := range names {
		e, err := z.Create(n)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Write([]byte(files[n])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const (
	xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`
	relNS   = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
	wNS     = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="` + relNS + `" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"`
	sNS     = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="` + relNS + `"`
	pNS     = `xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="` + relNS + `"`
)

func rels(list ...string) string {
	var b strings.Builder
	b.WriteString(xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`)
	for _, r := range list {
		f := strings.Split(r, " ")
		mode := ""
		if len(f) > 3 {
			mode = ` TargetMode="External"`
		}
		fmt.Fprintf(&b, `<Relationship Id="%s" Type="%s/%s" Target="%s"%s/>`, f[0], relNS, f[1], f[2], mode)
	}
	b.WriteString(`</Relationships>`)
	return b.String()
}

func contentTypes(list ...string) string {
	var b strings.Builder
	b.WriteString(xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="jpeg" ContentType="image/jpeg"/>`)
	for _, o := range list {
		part, kind, _ := strings.Cut(o, " ")
		fmt.Fprintf(&b, `<Override PartName="%s" ContentType="application/vnd.openxmlformats-officedocument.%s+xml"/>`, part, kind)
	}
	b.WriteString(`</Types>`)
	return b.String()
}

func coreProps(author string) string {
	return xmlHead + `<cp:coreProperties xmlns:cp="cp" xmlns:dc="dc"><dc:creator>` + author + `</dc:creator><dc:title>Markproptitle draft</dc:title></cp:coreProperties>`
}

func docxParts(t testing.TB) map[string]string {
	t.Helper()
	return map[string]string{
		"[Content_Types].xml": contentTypes("/word/document.xml wordprocessingml.document.main", "/word/comments.xml wordprocessingml.comments", "/docProps/core.xml core"),
		"_rels/.rels":         rels("rId1 officeDocument word/document.xml", "rId2 core-properties docProps/core.xml"),
		"docProps/core.xml":   coreProps("Ola Markauthor"),
		"word/_rels/document.xml.rels": rels("rId1 comments comments.xml", "rId2 hyperlink https://marklink.example/ External", "rId3 header header1.xml",
			"rId4 footnotes footnotes.xml", "rId5 customXml ../customXml/item1.xml", "rId6 image media/image1.jpeg", "rId7 settings settings.xml", "rId8 styles styles.xml"),
		"word/document.xml": xmlHead + `<w:document ` + wNS + `><w:body>
<w:p><w:r><w:t>Dear Ms Arden, the meeting is on Monday and this is markvisible for you.</w:t></w:r></w:p>
<w:p><w:r><w:t xml:space="preserve">She asked </w:t></w:r><w:ins w:id="1" w:author="Bea Markinsauthor"><w:r><w:t>markinserted </w:t></w:r></w:ins><w:del w:id="2" w:author="Cal Markdelauthor"><w:r><w:delText>markdeleted words </w:delText></w:r></w:del><w:r><w:t>about the plan.</w:t></w:r></w:p>
<w:p><w:commentRangeStart w:id="0"/><w:r><w:t>Commented.</w:t></w:r><w:commentRangeEnd w:id="0"/><w:r><w:commentReference w:id="0"/></w:r></w:p>
<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>markvanished text</w:t></w:r><w:r><w:rPr><w:color w:val="FFFFFF"/></w:rPr><w:t> markwhite text</w:t></w:r><w:r><w:rPr><w:rStyle w:val="Ghost"/></w:rPr><w:t> markghost</w:t></w:r></w:p>
<w:tbl><w:tr><w:trPr><w:del w:id="3" w:author="Cal Markdelauthor"/></w:trPr><w:tc><w:p><w:del w:id="4" w:author="Cal Markdelauthor"><w:r><w:delText>markrow</w:delText></w:r></w:del></w:p></w:tc></w:tr><w:tr><w:tc><w:p><w:r><w:t>kept cell</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
<w:p><w:r><w:drawing><wp:inline><wp:docPr id="1" name="Picture 1" descr="markalt of a school"/><a:blip r:embed="rId6"/></wp:inline></w:drawing></w:r><w:hyperlink r:id="rId2"><w:r><w:t>site</w:t></w:r></w:hyperlink></w:p>
</w:body></w:document>`,
		"word/comments.xml":      xmlHead + `<w:comments ` + wNS + `><w:comment w:id="0" w:author="Dev Markcommenter"><w:p><w:r><w:t>markcomment she has no case</w:t></w:r></w:p></w:comment></w:comments>`,
		"word/header1.xml":       xmlHead + `<w:hdr ` + wNS + `><w:p><w:r><w:t>markheader</w:t></w:r></w:p></w:hdr>`,
		"word/footnotes.xml":     xmlHead + `<w:footnotes ` + wNS + `><w:footnote><w:p><w:r><w:t>markfootnote</w:t></w:r></w:p></w:footnote></w:footnotes>`,
		"word/styles.xml":        xmlHead + `<w:styles ` + wNS + `><w:style w:styleId="Ghost"><w:rPr><w:vanish/></w:rPr></w:style></w:styles>`,
		"word/settings.xml":      xmlHead + `<w:settings ` + wNS + `><w:docVars><w:docVar w:name="x" w:val="markdocvar"/></w:docVars></w:settings>`,
		"customXml/item1.xml":    `<data><case>markcustomxml for the case</case></data>`,
		"word/media/image1.jpeg": string(jpegWithData(t)),
	}
}

func xlsxParts() map[string]string {
	return map[string]string{
		"[Content_Types].xml": contentTypes("/xl/workbook.xml spreadsheetml.sheet.main", "/xl/worksheets/sheet1.xml spreadsheetml.worksheet", "/xl/worksheets/sheet2.xml spreadsheetml.worksheet", "/xl/sharedStrings.xml spreadsheetml.sharedStrings", "/xl/comments1.xml spreadsheetml.comments"),
		"_rels/.rels":         rels("rId1 officeDocument xl/workbook.xml", "rId2 core-properties docProps/core.xml"),
		"docProps/core.xml":   coreProps("Ola Markauthor"),
		"xl/_rels/workbook.xml.rels": rels("rId1 worksheet worksheets/sheet1.xml", "rId2 worksheet worksheets/sheet2.xml", "rId3 sharedStrings sharedStrings.xml",
			"rId4 pivotCacheDefinition pivotCache/pivotCacheDefinition1.xml"),
		"xl/workbook.xml":                     xmlHead + `<workbook ` + sNS + `><sheets><sheet name="Hours" sheetId="1" r:id="rId1"/><sheet name="Marksheetname" sheetId="2" state="veryHidden" r:id="rId2"/></sheets><pivotCaches><pivotCache cacheId="1" r:id="rId4"/></pivotCaches></workbook>`,
		"xl/sharedStrings.xml":                xmlHead + `<sst ` + sNS + `><si><t>markcell week</t></si><si><t>markhiddensheet opinion</t></si><si><r><t>markrow</t></r><r><t>hidden</t></r></si><si><t>markcolhidden</t></si><si><t>markunused text here</t></si></sst>`,
		"xl/worksheets/_rels/sheet1.xml.rels": rels("rId1 comments ../comments1.xml"),
		"xl/worksheets/sheet1.xml": xmlHead + `<worksheet ` + sNS + `><cols><col min="3" max="3" hidden="1"/></cols><sheetData>
<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><f>Marksheetname!A1&amp;"markformula"</f><v>42</v></c><c r="C1" t="s"><v>3</v></c></row>
<row r="2" hidden="1"><c r="A2" t="s"><v>2</v></c></row><row r="3"><c r="A3" t="inlineStr"><is><t>markinline</t></is></c></row></sheetData></worksheet>`,
		"xl/worksheets/sheet2.xml":                xmlHead + `<worksheet ` + sNS + `><sheetData><row r="1"><c r="A1" t="s"><v>1</v></c></row></sheetData></worksheet>`,
		"xl/comments1.xml":                        xmlHead + `<comments ` + sNS + `><authors><author>Dev Markcommenter</author></authors><commentList><comment ref="A1" authorId="0"><text><t>marksheetcomment</t></text></comment></commentList></comments>`,
		"xl/pivotCache/pivotCacheDefinition1.xml": xmlHead + `<pivotCacheDefinition ` + sNS + `><cacheField name="x"><sharedItems><s v="markpivot"/></sharedItems></cacheField></pivotCacheDefinition>`,
	}
}

func pptxParts() map[string]string {
	shape := func(text, attr string) string {
		return `<p:sp><p:nvSpPr><p:cNvPr id="2" name="Box"` + attr + `/></p:nvSpPr><p:spPr/><p:txBody><a:p><a:r><a:t>` + text + `</a:t></a:r></a:p></p:txBody></p:sp>`
	}
	slide := func(attr, body string) string {
		return xmlHead + `<p:sld ` + pNS + attr + `><p:cSld><p:spTree>` + body + `</p:spTree></p:cSld></p:sld>`
	}
	return map[string]string{
		"[Content_Types].xml":              contentTypes("/ppt/presentation.xml presentationml.presentation.main", "/ppt/slides/slide1.xml presentationml.slide", "/ppt/slides/slide2.xml presentationml.slide"),
		"_rels/.rels":                      rels("rId1 officeDocument ppt/presentation.xml", "rId2 core-properties docProps/core.xml"),
		"docProps/core.xml":                coreProps("Ola Markauthor"),
		"ppt/_rels/presentation.xml.rels":  rels("rId1 slide slides/slide1.xml", "rId2 slide slides/slide2.xml", "rId3 commentAuthors commentAuthors.xml"),
		"ppt/presentation.xml":             xmlHead + `<p:presentation ` + pNS + `><p:sldIdLst><p:sldId id="256" r:id="rId1"/><p:sldId id="257" r:id="rId2"/></p:sldIdLst></p:presentation>`,
		"ppt/slides/_rels/slide1.xml.rels": rels("rId1 notesSlide ../notesSlides/notesSlide1.xml", "rId2 comments ../comments/comment1.xml"),
		"ppt/slides/slide1.xml":            slide("", shape("markslide for parents", "")+shape("markshape secret", ` hidden="1"`)),
		"ppt/slides/slide2.xml":            slide(` show="0"`, shape("markhiddenslide", "")),
		"ppt/notesSlides/notesSlide1.xml":  slide("", shape("marknotes do not tell", "")),
		"ppt/comments/comment1.xml":        xmlHead + `<p:cmLst ` + pNS + `><p:cm authorId="0"><p:text>markslidecomment</p:text></p:cm></p:cmLst>`,
		"ppt/commentAuthors.xml":           xmlHead + `<p:cmAuthorLst ` + pNS + `><p:cmAuthor id="0" name="Dev Markcommenter"/></p:cmAuthorLst>`,
	}
}

func plainJPEG(t testing.TB, size int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, size, size))
	noise := uint32(1) // so that it does not pack, as photographs do not
	for i := range img.Pix {
		noise = noise*1664525 + 1013904223
		img.Pix[i] = byte(noise >> 24)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func seg(marker byte, data []byte) []byte {
	n := len(data) + 2
	return append([]byte{0xff, marker, byte(n >> 8), byte(n)}, data...)
}

// tiff writes an IFD with an author and a position.
func tiff() []byte {
	o := binary.BigEndian
	b := []byte("MM\x00*\x00\x00\x00\x08")
	entry := func(b []byte, tag, typ uint16, count, value uint32) []byte {
		b = o.AppendUint16(b, tag)
		b = o.AppendUint16(b, typ)
		b = o.AppendUint32(b, count)
		return o.AppendUint32(b, value)
	}
	const artist = "Eve Markartist\x00"
	b = o.AppendUint16(b, 3)
	b = entry(b, 0x0112, 3, 1, 6<<16)
	b = entry(b, 0x013b, 2, uint32(len(artist)), 50)
	b = entry(b, 0x8825, 4, 1, 66)
	b = o.AppendUint32(b, 0)
	b = append(b, artist...)
	b = append(b, make([]byte, 66-len(b))...)
	b = o.AppendUint16(b, 2)
	b = entry(b, 1, 2, 2, uint32('N')<<24)
	b = entry(b, 2, 5, 3, 96)
	b = o.AppendUint32(b, 0)
	for _, n := range []uint32{51, 1, 30, 1, 0, 1} {
		b = o.AppendUint32(b, n)
	}
	return b
}

const xmpPacket = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description photoshop:City="Markcity"><dc:creator><rdf:Seq><rdf:li>Fay Markxmp</rdf:li></rdf:Seq></dc:creator></rdf:Description></rdf:RDF></x:xmpmeta>`

func jpegWithData(t testing.TB) []byte {
	t.Helper()
	b := plainJPEG(t, 16)
	out := append([]byte{}, b[:2]...)
	out = append(out, seg(0xe1, append([]byte("Exif\x00\x00"), tiff()...))...)
	out = append(out, seg(0xe1, []byte("http://ns.adobe.com/xap/1.0/\x00"+xmpPacket))...)
	out = append(out, seg(0xed, []byte("Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00\x10\x1c\x02\x50\x00\x0aMarkbyline"))...)
	out = append(out, seg(0xfe, []byte("markjpegcomment"))...)
	return append(out, b[2:]...)
}

func pngWithData(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	chunk := func(kind string, data []byte) []byte {
		out := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
		out = append(out, kind...)
		out = append(out, data...)
		return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
	}
	out := append([]byte{}, b.Bytes()[:33]...)
	out = append(out, chunk("tEXt", []byte("Author\x00Markpngauthor"))...)
	out = append(out, chunk("zTXt", append([]byte("Comment\x00\x00"), deflate("markpngcomment")...))...)
	out = append(out, chunk("eXIf", tiff())...)
	return append(out, b.Bytes()[33:]...)
}

func deflate(s string) []byte {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, _ = z.Write([]byte(s)) // a buffer does not fail
	_ = z.Close()
	return b.Bytes()
}

// pdfOf writes a PDF of the given objects; the first is object 1.
func pdfOf(trailer string, objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	for i, o := range objects {
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Root 1 0 R %s >>\n%%%%EOF\n", trailer)
	return b.Bytes()
}

func pdfStream(dict, data string) string {
	return fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", dict, len(data), data)
}

func flated(dict, data string) string {
	return pdfStream(dict+" /Filter /FlateDecode", string(deflate(data)))
}

func samplePDF() []byte {
	return pdfOf("/Info 9 0 R",
		"<< /Type /Catalog /Pages 2 0 R /Metadata 10 0 R /OCProperties << /OCGs [14 0 R] /D << /OFF [14 0 R] >> >> >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 /Resources << /Font << /F1 4 0 R /F2 5 0 R >> /Properties << /L 14 0 R >> >> >>",
		"<< /Type /Page /Parent 2 0 R /Contents 7 0 R /Annots [8 0 R << /Subtype /Link /Rect [0 0 1 1] /A << /S /URI /URI (https://markpdflink.example/) >> >>] >>",
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
		"<< /Type /Font /Subtype /Type0 /Encoding /Identity-H /ToUnicode 6 0 R /DescendantFonts [<< /Subtype /CIDFontType2 /DW 500 >>] >>",
		flated("", "1 begincodespacerange <0000> <ffff> endcodespacerange 1 beginbfrange <0001> <001a> <0061> endbfrange"),
		flated("", "BT /F1 12 Tf 72 700 Td (Dear Ms Arden, mark) Tj (visible plan) Tj 0 -20 Td [(sec) -20 (ond) -400 (line)] TJ /F2 12 Tf 0 -20 Td <000d00010012000b00030009000400130015001a> Tj ET\n/OC /L BDC BT /F1 12 Tf 72 500 Td (marklayer off) Tj ET EMC BT 3 Tr /F1 12 Tf 72 400 Td (markinvisible) Tj ET"),
		"<< /Type /Annot /Subtype /Text /Rect [0 0 1 1] /T (Gus Markannotator) /Contents (markannotation) >>",
		"<< /Author (Ola Markauthor) /Title <FEFF004D00610072006B007400690074006C0065> >>",
		pdfStream("/Type /Metadata /Subtype /XML", xmpPacket),
		"<< /Type /Filespec /UF (markattached.txt) /EF << /F 12 0 R >> >>",
		flated("/Type /EmbeddedFile", "markinside the attached file"),
		flated("", "BT /F1 12 Tf 72 700 Td (markoldversion of the page) Tj ET"),
		"<< /Type /OCG /Name (Layer) >>",
	)
}

// cfbOf writes a compound file of the given streams; "a/b" stands in storage a. Streams
// of less than 4,096 bytes stand in small sectors, as the format wants it.
func cfbOf(streams map[string]string) []byte {
	type entry struct {
		name        string
		kind        byte
		child, next uint32
		data        []byte
		size        int
	}
	none := uint32(0xffffffff)
	es := []entry{{name: "Root Entry", kind: 5, child: none, next: none}}
	dirs := map[string]int{"": 0}
	add := func(parent int, e entry) int {
		e.next = es[parent].child
		es = append(es, e)
		es[parent].child = uint32(len(es) - 1)
		return len(es) - 1
	}
	for _, path := range slices.Sorted(maps.Keys(streams)) {
		dir, name := "", path
		if i := strings.LastIndexByte(path, '/'); i >= 0 {
			dir, name = path[:i], path[i+1:]
		}
		if _, ok := dirs[dir]; !ok {
			dirs[dir] = add(0, entry{name: dir, kind: 1, child: none})
		}
		data := []byte(streams[path])
		size, unit := len(data), 512
		if size < 4096 {
			unit = 64
		}
		for len(data)%unit != 0 {
			data = append(data, 0)
		}
		add(dirs[dir], entry{name: name, kind: 2, child: none, data: data, size: size})
	}
	o := binary.LittleEndian
	var body, mini, miniFAT []byte
	var fat []uint32
	chain := func(n int) uint32 {
		start := len(fat)
		for i := range n {
			if i == n-1 {
				fat = append(fat, 0xfffffffe)
			} else {
				fat = append(fat, uint32(start+i+1))
			}
		}
		return uint32(start)
	}
	starts := make([]uint32, len(es))
	for i, e := range es {
		starts[i] = 0xfffffffe
		if e.kind == 2 && e.size >= 4096 {
			starts[i] = chain(len(e.data) / 512)
			body = append(body, e.data...)
		} else if e.kind == 2 && e.size > 0 {
			starts[i] = uint32(len(mini) / 64)
			for j := range len(e.data) / 64 {
				next := uint32(len(mini)/64 + j + 1)
				if j == len(e.data)/64-1 {
					next = 0xfffffffe
				}
				miniFAT = o.AppendUint32(miniFAT, next)
			}
			mini = append(mini, e.data...)
		}
	}
	pad := func(b []byte) []byte { return append(b, make([]byte, (512-len(b)%512)%512)...) }
	es[0].size = len(mini)
	mini, miniFAT = pad(mini), pad(miniFAT)
	starts[0] = chain(len(mini) / 512)
	body = append(body, mini...)
	miniStart := chain(len(miniFAT) / 512)
	body = append(body, miniFAT...)
	var dir []byte
	for i, e := range es {
		b := make([]byte, 128)
		u := utf16.Encode([]rune(e.name))
		for j, c := range u {
			o.PutUint16(b[2*j:], c)
		}
		o.PutUint16(b[64:], uint16(2*len(u)+2))
		b[66] = e.kind
		o.PutUint32(b[68:], none)
		o.PutUint32(b[72:], e.next)
		o.PutUint32(b[76:], e.child)
		o.PutUint32(b[116:], starts[i])
		o.PutUint32(b[120:], uint32(e.size))
		dir = append(dir, b...)
	}
	for len(dir)%512 != 0 {
		dir = append(dir, 0)
	}
	dirStart := chain(len(dir) / 512)
	body = append(body, dir...)
	n := (len(fat) + 8 + 127) / 128
	fatStart := len(fat)
	for range n {
		fat = append(fat, 0xfffffffd)
	}
	for len(fat) < n*128 {
		fat = append(fat, none)
	}
	for _, v := range fat {
		body = o.AppendUint32(body, v)
	}
	head := make([]byte, 512)
	copy(head, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	o.PutUint16(head[26:], 3)
	o.PutUint16(head[30:], 9)
	o.PutUint32(head[44:], uint32(n))
	o.PutUint32(head[48:], dirStart)
	o.PutUint32(head[60:], miniStart)
	o.PutUint32(head[64:], uint32(len(miniFAT)/512))
	o.PutUint32(head[68:], 0xfffffffe)
	for i := range 109 {
		v := none
		if i < n {
			v = uint32(fatStart + i)
		}
		o.PutUint32(head[76+4*i:], v)
	}
	return append(head, body...)
}

func utf16LE(s string) string {
	var b []byte
	for _, c := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, c)
	}
	return string(b)
}

func sampleMSG() []byte {
	return cfbOf(map[string]string{
		"__properties_version1.0":                            "x",
		"__substg1.0_0037001F":                               utf16LE("marksubject of the mail"),
		"__substg1.0_1000001F":                               utf16LE("markbody of the mail"),
		"__substg1.0_0C1A001F":                               utf16LE("Hal Marksender"),
		"__recip_version1.0_#00000000/__substg1.0_3003001F":  utf16LE("markrecipient@council.example"),
		"__attach_version1.0_#00000000/__substg1.0_3707001F": utf16LE("markattach.txt"),
		"__attach_version1.0_#00000000/__substg1.0_37010102": "markinattachment",
	})
}

const sampleEML = "From: Ann Marksender <ann@council.example>\r\nTo: bob@council.example\r\nSubject: markemlsubject\r\nMessage-ID: <1@council.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>markemlbody</p><p style=\"display:none\">markemlhidden</p>\r\n--b\r\nContent-Type: text/plain; name=\"markemlfile.txt\"\r\nContent-Disposition: attachment; filename=\"markemlfile.txt\"\r\nContent-Transfer-Encoding: base64\r\n\r\nbWFya2luZW1sZmlsZSB3b3Jkcw==\r\n--b--\r\n"

const sampleHTML = `<!DOCTYPE html><html><head><style>.x{display:none} p{color:red}</style></head><body><p>markseen words</p><!-- markhtmlcomment --><p class="x">markclass</p><div style="font-size:0px">marktiny</div><img alt="markimgalt" src="cid:1"><a href="https://markhref.example/">x</a><span hidden>markattr</span></body></html>`

const sampleRTF = `{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\info{\author Ola Markauthor}}Dear Ms Arden markrtf caf\'e9 \u8364?{\v markrtfhidden} {\deleted markrtfdeleted}{\*\annotation markrtfcomment}\par {\header markrtfheader}}`

const sampleICS = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nSUMMARY:markicssummary review\r\nDESCRIPTION:first\\nmarkicsfol\r\n ded line\r\nATTENDEE;CN=Ivy Markattendee:mailto:ivy@council.example\r\nX-NOTE:markicshidden\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

const sampleSVG = `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><title>marksvgtitle</title><text x="1">marksvgtext</text><text display="none">marksvghidden</text><!-- marksvgcomment --></svg>`

func odtParts() map[string]string {
	return map[string]string{
		"mimetype":              "application/vnd.oasis.opendocument.text",
		"meta.xml":              `<office:document-meta xmlns:office="o" xmlns:dc="d" xmlns:meta="m"><office:meta><meta:initial-creator>Ola Markauthor</meta:initial-creator></office:meta></office:document-meta>`,
		"content.xml":           `<office:document-content xmlns:office="o" xmlns:text="t" xmlns:style="s"><style:style style:name="T9"><style:text-properties text:display="none"/></style:style><text:tracked-changes><text:deletion><text:p>markodtdeleted</text:p></text:deletion></text:tracked-changes><text:p>markodt text<office:annotation><dc:creator>Dev Markcommenter</dc:creator><text:p>markodtcomment</text:p></office:annotation><text:span text:style-name="T9">markodthidden</text:span></text:p></office:document-content>`,
		"META-INF/manifest.xml": `<manifest/>`,
	}
}
