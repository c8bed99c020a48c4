package extract

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"hearback/tickets/fault"
)

// fuzzed reads the bytes and holds what must be true of every file.
func fuzzed(t *testing.T, name string, b []byte) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	l := Limits{MaxText: 1 << 20, MaxExpanded: 16 << 20, MaxPart: 8 << 20}
	f, err := Extract(ctx, name, "", bytes.NewReader(b), int64(len(b)), l)
	if err != nil {
		t.Fatalf("%v", err)
	}
	text := 0
	f.Walk(func(_ string, f File) {
		for _, p := range f.Problems {
			if p.Words == "could not be read to its end" {
				t.Error("a panic was caught")
			}
		}
		for _, v := range f.Views {
			text += len(v.Text)
			if !utf8.ValidString(v.Text) || v.Kind == "" {
				t.Errorf("a view that is not text: %q", v.Text)
			}
		}
	})
	if text > 1<<20 {
		t.Errorf("%d bytes of text", text)
	}
	var out bytes.Buffer
	if _, err := Clean(ctx, name, "", bytes.NewReader(b), int64(len(b)), &out); err != nil {
		if out.Len() > 0 || fault.KindOf(err) != fault.Refused || strings.Contains(err.Error(), "panic") {
			t.Errorf("clean: %v with %d bytes written", err, out.Len())
		}
	}
}

func fuzz(f *testing.F, types ...string) {
	for _, s := range samples(f) {
		for _, typ := range types {
			if s.typ == typ {
				f.Add(s.bytes)
			}
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) { fuzzed(t, "file", b) })
}

func FuzzOffice(f *testing.F)  { fuzz(f, tDOCX, tXLSX, tPPTX, tODF+".text") }
func FuzzPDF(f *testing.F)     { fuzz(f, tPDF) }
func FuzzOLE(f *testing.F)     { fuzz(f, tMSG, tDOC) }
func FuzzPicture(f *testing.F) { fuzz(f, tJPEG, tPNG, tTIFF, tHEIC) }
func FuzzText(f *testing.F)    { fuzz(f, tHTML, tRTF, tICS, tVCF, tSVG, tTXT, tEML) }
func FuzzArchive(f *testing.F) { fuzz(f, tZIP, tGZ) }

// FuzzWordPart changes the XML within a sound package, which a packed file hides from
// a fuzzer.
func FuzzWordPart(f *testing.F) {
	parts := docxParts(f)
	f.Add([]byte(parts["word/document.xml"]), []byte(parts["word/comments.xml"]))
	f.Fuzz(func(t *testing.T, doc, comments []byte) {
		p := docxParts(t)
		p["word/document.xml"], p["word/comments.xml"] = string(doc), string(comments)
		fuzzed(t, "a.docx", zipOf(t, p, "[Content_Types].xml"))
	})
}

func FuzzSheetPart(f *testing.F) {
	parts := xlsxParts()
	f.Add([]byte(parts["xl/worksheets/sheet1.xml"]), []byte(parts["xl/workbook.xml"]))
	f.Fuzz(func(t *testing.T, sheet, book []byte) {
		p := xlsxParts()
		p["xl/worksheets/sheet1.xml"], p["xl/workbook.xml"] = string(sheet), string(book)
		fuzzed(t, "a.xlsx", zipOf(t, p, "[Content_Types].xml"))
	})
}
