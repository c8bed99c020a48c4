package extract

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"image/jpeg"
	"image/png"
	"io"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"hearback/tickets/fault"
)

func clean(t testing.TB, name string, b []byte) ([]byte, Report) {
	t.Helper()
	var out bytes.Buffer
	rep, err := Clean(context.Background(), name, "", bytes.NewReader(b), int64(len(b)), &out)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return out.Bytes(), rep
}

// After cleaning every word that nobody saw is gone, from the views and from the bytes
// of every part, and every word that somebody saw is still there.
func TestCleanTakesOutWhatNobodySees(t *testing.T) {
	for _, s := range samples(t) {
		switch s.typ {
		case tDOCX, tXLSX, tPPTX, tJPEG, tPNG:
		default:
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			b, rep := clean(t, s.name, s.bytes)
			if len(rep.Removed) == 0 {
				t.Error("the report names nothing")
			}
			f := extract(t, s.name, b)
			raw := strings.ToLower(unpackAll(t, b))
			for word, kind := range s.marks {
				stays := kind == KindText || kind == KindCell || kind == KindHeaderFooter || kind == KindInserted || kind == KindResult || kind == KindAltText || kind == KindLink || kind == KindNote && s.typ == tDOCX
				if stays != (len(found(f, word)) > 0) {
					t.Errorf("%q (%s) stays=%v, found in %v", word, kind, stays, found(f, word))
				}
				if !stays && strings.Contains(raw, strings.ToLower(word)) {
					t.Errorf("%q (%s) is still in the bytes", word, kind)
				}
			}
			for _, r := range f.Risks {
				if r.Code != "picture" {
					t.Errorf("risk of the cleaned copy: %v", r)
				}
			}
			if hasProblem(f, Broken) || hasProblem(f, TwoInOne) {
				t.Errorf("problems of the cleaned copy: %v", f.Problems)
			}
			again, rep2 := clean(t, s.name, b)
			if !bytes.Equal(again, b) || len(rep2.Removed) > 0 {
				t.Errorf("cleaning twice removes more: %v", rep2.Removed)
			}
		})
	}
}

func unpackAll(t testing.TB, b []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return string(b)
	}
	var out strings.Builder
	for _, e := range z.File {
		r, err := e.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out.WriteString(e.Name + "\n" + string(data) + "\n")
	}
	return out.String()
}

// A cleaned package keeps the rules of ECMA-376 part 2: well-formed parts, every
// relationship leads to a part, every override names one, every r:id is defined.
func TestCleanedPackagesAreSound(t *testing.T) {
	for _, s := range samples(t) {
		switch s.typ {
		case tDOCX, tXLSX, tPPTX:
		default:
			continue
		}
		b, _ := clean(t, s.name, s.bytes)
		z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		parts := map[string]string{}
		for _, e := range z.File {
			r, err := e.Open()
			if err != nil {
				t.Fatal(err)
			}
			data, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			parts[e.Name] = string(data)
		}
		w := &work{ctx: context.Background(), l: Limits{}.withDefaults(), size: 1}
		for name, data := range parts {
			if !strings.HasSuffix(name, ".xml") && !strings.HasSuffix(name, ".rels") {
				continue
			}
			d := xml.NewDecoder(strings.NewReader(data))
			defined := map[string]bool{}
			for _, r := range readRels(w, []byte(parts[relsOf(name)])) {
				defined[r.id] = true
			}
			for {
				tok, err := d.Token()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Errorf("%s: %s is not well-formed: %v", s.name, name, err)
					break
				}
				el, ok := tok.(xml.StartElement)
				if !ok {
					continue
				}
				for _, a := range el.Attr {
					if a.Name.Space == relNS && !defined[a.Value] {
						t.Errorf("%s: %s refers to %s, which is not defined", s.name, name, a.Value)
					}
					if part := strings.TrimPrefix(a.Value, "/"); a.Name.Local == "PartName" && parts[part] == "" {
						t.Errorf("%s: content types name %s, which is not there", s.name, part)
					}
				}
			}
			if strings.HasSuffix(name, ".rels") {
				owner := path.Join(path.Dir(path.Dir(name)), strings.TrimSuffix(path.Base(name), ".rels"))
				for _, r := range readRels(w, []byte(data)) {
					if !r.external && parts[resolve(owner, r.target)] == "" {
						t.Errorf("%s: %s leads to %s, which is not there", s.name, name, r.target)
					}
				}
			}
		}
	}
}

func TestCleanedPicturesOpen(t *testing.T) {
	b, _ := clean(t, "a.jpg", jpegWithData(t))
	if _, err := jpeg.Decode(bytes.NewReader(b)); err != nil {
		t.Error(err)
	}
	if !bytes.Contains(b, []byte("Exif")) {
		t.Error("the picture lost which way up it is")
	}
	b, _ = clean(t, "a.png", pngWithData(t))
	if _, err := png.Decode(bytes.NewReader(b)); err != nil {
		t.Error(err)
	}
}

// Another reader of workbooks opens the copy and finds the cells, and no more sheets.
func TestCleanedWorkbookOpensElsewhere(t *testing.T) {
	b, _ := clean(t, "a.xlsx", zipOf(t, xlsxParts(), "[Content_Types].xml"))
	x, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	}()
	if got := x.GetSheetList(); !slices.Equal(got, []string{"Hours"}) {
		t.Errorf("sheets %v", got)
	}
	for cell, want := range map[string]string{"A1": "markcell week", "B1": "42", "C1": "", "A2": "", "A3": "markinline"} {
		if got, err := x.GetCellValue("Hours", cell); err != nil || got != want {
			t.Errorf("%s is %q, want %q (%v)", cell, got, want, err)
		}
	}
}

// No copy is better than a copy that is said to be clean and is not.
func TestCleanRefuses(t *testing.T) {
	parts := docxParts(t)
	parts["word/vbaProject.bin"] = "macro"
	odd := docxParts(t)
	odd["word/_rels/document.xml.rels"] = strings.Replace(odd["word/_rels/document.xml.rels"], "</Relationships>", `<Relationship Id="rId99" Type="`+relNS+`/odd" Target="odd.xml"/></Relationships>`, 1)
	odd["word/odd.xml"] = "<x>she has no idea what she is talking about</x>"
	for name, b := range map[string][]byte{
		"a.pdf": samplePDF(), "a.txt": []byte("text"), "a.docx": cfbOf(map[string]string{"EncryptedPackage": "x"}),
		"b.docm": zipOf(t, parts), "c.docx": zipOf(t, odd), "d.docx": zipOf(t, docxParts(t))[:900],
	} {
		var out bytes.Buffer
		_, err := Clean(context.Background(), name, "", bytes.NewReader(b), int64(len(b)), &out)
		if !fault.Is(err, fault.Refused) || out.Len() > 0 {
			t.Errorf("%s: err %v, %d bytes written", name, err, out.Len())
		}
	}
}
