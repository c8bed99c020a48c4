package extract

import (
	"bytes"
	"compress/gzip"
	"context"
	"strings"
	"testing"
)

func extract(t testing.TB, name string, b []byte) File {
	t.Helper()
	f, err := Extract(context.Background(), name, "", bytes.NewReader(b), int64(len(b)), Limits{})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return f
}

// found tells in which kinds of view a word stands, in the file and all within it.
func found(f File, word string) map[Kind]bool {
	out := map[Kind]bool{}
	f.Walk(func(_ string, f File) {
		for _, v := range f.Views {
			if strings.Contains(strings.ToLower(v.Text), strings.ToLower(word)) {
				out[v.Kind] = true
			}
		}
	})
	return out
}

func hasRisk(f File, code string) bool {
	ok := false
	f.Walk(func(_ string, f File) {
		for _, r := range f.Risks {
			ok = ok || r.Code == code
		}
	})
	return ok
}

func hasProblem(f File, code Code) bool {
	ok := false
	f.Walk(func(_ string, f File) {
		for _, p := range f.Problems {
			ok = ok || p.Code == code
		}
	})
	return ok
}

type sample struct {
	name  string
	bytes []byte
	typ   string
	marks map[string]Kind // word to the kind of view it must stand in
	risks []string
}

func samples(t testing.TB) []sample {
	t.Helper()
	return []sample{
		{"letter.docx", zipOf(t, docxParts(t), "[Content_Types].xml"), tDOCX, map[string]Kind{
			"markvisible": KindText, "markinserted": KindInserted, "She asked markinserted about the plan": KindText, "markdeleted": KindDeleted, "She asked markdeleted words about the plan": KindDeleted,
			"markcomment": KindComment, "markvanished": KindHidden, "markwhite": KindHidden, "markghost": KindHidden, "markrow": KindDeleted, "markalt": KindAltText,
			"marklink": KindLink, "markheader": KindHeaderFooter, "markfootnote": KindNote, "markcustomxml": KindProperty, "Markauthor": KindProperty,
			"markdocvar": KindProperty, "Markcommenter": KindPerson, "Markinsauthor": KindPerson, "Markartist": KindProperty,
		}, []string{"comments", "changes", "hidden", "author", "gps", "custom xml"}},
		{"hours.xlsx", zipOf(t, xlsxParts(), "[Content_Types].xml"), tXLSX, map[string]Kind{
			"markcell": KindCell, "markinline": KindCell, "42": KindResult, "markformula": KindFormula, "markhiddensheet": KindHiddenSheet, "Marksheetname": KindHiddenSheet,
			"markrowhidden": KindHiddenRow, "markcolhidden": KindHiddenColumn, "marksheetcomment": KindComment, "Markcommenter": KindPerson,
			"markpivot": KindLeftover, "markunused": KindLeftover, "Markauthor": KindProperty,
		}, []string{"hidden sheet", "hidden row", "hidden column", "comments", "cache", "author"}},
		{"talk.pptx", zipOf(t, pptxParts(), "[Content_Types].xml"), tPPTX, map[string]Kind{
			"markslide for": KindText, "markshape": KindHidden, "markhiddenslide": KindHiddenSheet, "marknotes": KindNote, "markslidecomment": KindComment, "Markcommenter": KindPerson,
		}, []string{"hidden sheet", "hidden", "notes", "comments"}},
		{"text.odt", zipOf(t, odtParts(), "mimetype"), tODF + ".text", map[string]Kind{
			"markodt text": KindText, "markodtdeleted": KindDeleted, "markodtcomment": KindComment, "markodthidden": KindHidden, "Markauthor": KindProperty, "Markcommenter": KindPerson,
		}, []string{"comments", "changes", "hidden", "author"}},
		{"plan.pdf", samplePDF(), tPDF, map[string]Kind{
			"Dear Ms Arden, markvisible plan": KindText, "second line": KindText, "markcidsuz"[:4]: KindText, "marklayer": KindHidden, "markinvisible": KindHidden, "markannotation": KindComment,
			"Markannotator": KindPerson, "markpdflink": KindLink, "Markauthor": KindProperty, "Marktitle": KindProperty, "Markxmp": KindProperty,
			"markattached.txt": KindName, "markinside": KindText, "markoldversion": KindLeftover,
		}, []string{"comments", "author", "attachment", "leftover"}},
		{"mail.eml", []byte(sampleEML), tEML, map[string]Kind{
			"markemlsubject": KindText, "markemlbody": KindText, "markemlhidden": KindHidden, "markemlfile.txt": KindName, "markinemlfile": KindText, "Marksender": KindPerson,
		}, []string{"mail"}},
		{"mail.msg", sampleMSG(), tMSG, map[string]Kind{
			"marksubject": KindText, "markbody": KindText, "Marksender": KindPerson, "markrecipient": KindPerson, "markattach.txt": KindName, "markinattachment": KindText,
		}, []string{"mail"}},
		{"page.html", []byte(sampleHTML), tHTML, map[string]Kind{
			"markseen": KindText, "markhtmlcomment": KindComment, "markclass": KindHidden, "marktiny": KindHidden, "markimgalt": KindAltText, "markhref": KindLink, "markattr": KindHidden,
		}, []string{"hidden"}},
		{"letter.rtf", []byte(sampleRTF), tRTF, map[string]Kind{
			"markrtf café €": KindText, "markrtfhidden": KindHidden, "markrtfdeleted": KindDeleted, "markrtfcomment": KindComment, "markrtfheader": KindHeaderFooter, "Markauthor": KindProperty,
		}, []string{"comments", "changes", "hidden"}},
		{"invite.ics", []byte(sampleICS), tICS, map[string]Kind{
			"markicssummary": KindText, "markicsfolded": KindText, "Markattendee": KindText, "markicshidden": KindProperty,
		}, nil},
		{"card.vcf", []byte("BEGIN:VCARD\nFN:Jo Markcard\nNOTE:marknote\nEND:VCARD\n"), tVCF, map[string]Kind{"Markcard": KindText, "marknote": KindText}, nil},
		{"logo.svg", []byte(sampleSVG), tSVG, map[string]Kind{"marksvgtext": KindText, "marksvghidden": KindHidden, "marksvgtitle": KindHidden, "marksvgcomment": KindComment}, nil},
		{"photo.jpeg", jpegWithData(t), tJPEG, map[string]Kind{
			"Markartist": KindProperty, "51.50000": KindProperty, "Markxmp": KindProperty, "Markcity": KindProperty, "Markbyline": KindProperty, "markjpegcomment": KindComment,
		}, []string{"gps", "author", "comments"}},
		{"scan.png", pngWithData(t), tPNG, map[string]Kind{"Markpngauthor": KindComment, "markpngcomment": KindComment, "Markartist": KindProperty}, []string{"gps"}},
		{"photo.heic", append([]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic....Exif\x00\x00"), append(tiff(), xmpPacket...)...), tHEIC, map[string]Kind{"Markartist": KindProperty, "Markxmp": KindProperty}, []string{"gps"}},
		{"photo.tiff", tiff(), tTIFF, map[string]Kind{"Markartist": KindProperty}, []string{"gps"}},
		{"old.doc", cfbOf(map[string]string{"WordDocument": "....markolddoc words here....", "x": utf16LE("markwide words here")}), tDOC, map[string]Kind{"markolddoc": KindText, "markwide": KindText}, nil},
		{"list.csv", []byte("name;caf\xe9\r\nMarkcsv;1\r\n"), tTXT, map[string]Kind{"name;café": KindText, "Markcsv": KindText}, nil},
		{"wide.txt", []byte("\xff\xfe" + utf16LE("markutf16 text")), tTXT, map[string]Kind{"markutf16 text": KindText}, nil},
		{"bare.txt", []byte(utf16LE("markbare text")), tTXT, map[string]Kind{"markbare text": KindText}, nil},
		{"all.zip", zipOf(t, map[string]string{"dir/markentry.txt": "markzipped", "inner.zip": string(zipOf(t, map[string]string{"a.txt": "marknested"}))}), tZIP, map[string]Kind{
			"markentry": KindName, "markzipped": KindText, "marknested": KindText,
		}, nil},
		{"one.txt.gz", gzipOf(t, "markgzipped"), tGZ, map[string]Kind{"markgzipped": KindText}, nil},
	}
}

func gzipOf(t testing.TB, s string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Every place of every format has a word of its own, and each is found where it stands.
func TestEveryPlaceIsRead(t *testing.T) {
	for _, s := range samples(t) {
		t.Run(s.name, func(t *testing.T) {
			f := extract(t, s.name, s.bytes)
			if f.Type != s.typ {
				t.Errorf("type %q, want %q", f.Type, s.typ)
			}
			for word, kind := range s.marks {
				if !found(f, word)[kind] {
					t.Errorf("%q is not in a view of kind %q but in %v", word, kind, found(f, word))
				}
			}
			for _, r := range s.risks {
				if !hasRisk(f, r) {
					t.Errorf("no risk %q; risks %v", r, f.Risks)
				}
			}
			if hasProblem(f, Mismatch) || hasProblem(f, Broken) || hasProblem(f, TwoInOne) {
				t.Errorf("problems of a sound file: %v", f.Problems)
			}
			if t.Failed() {
				f.Walk(func(p string, f File) {
					for _, v := range f.Views {
						t.Logf("%s | %s | %s | %.300q", p, v.Kind, v.Where, v.Text)
					}
					t.Log(f.Problems)
				})
			}
		})
	}
}

// What is not on the page does not count as text of the page.
func TestHiddenIsNotVisible(t *testing.T) {
	visible := map[Kind]bool{KindText: true, KindCell: true, KindHeaderFooter: true}
	for _, s := range samples(t) {
		f := extract(t, s.name, s.bytes)
		for word, kind := range s.marks {
			// mailbox/parse shows all words of a mail, so that none of a family's is lost.
			if s.typ == tEML || visible[kind] || kind == KindInserted || kind == KindResult || kind == KindName || kind == KindPerson || kind == KindLink || kind == KindAltText || kind == KindProperty {
				continue
			}
			for k := range found(f, word) {
				if visible[k] {
					t.Errorf("%s: %q is %s, and also in a view of kind %s", s.name, word, kind, k)
				}
			}
		}
	}
}

// Files that say what they are not, or are two things at once, say so.
func TestWhatCannotBeReadIsSaid(t *testing.T) {
	pdf := samplePDF()
	zipped := zipOf(t, map[string]string{"secret.txt": "markpolyglot"})
	locked := zipOf(t, map[string]string{"case.txt": "x"})
	for _, sig := range []struct {
		sig string
		at  int
	}{{"PK\x03\x04", 6}, {"PK\x01\x02", 8}} {
		locked[bytes.Index(locked, []byte(sig.sig))+sig.at] |= 1
	}
	hidden := zipOf(t, map[string]string{"a.txt": strings.Repeat("shown ", 5)})
	stray := append([]byte("PK\x03\x04"), bytes.Repeat([]byte("secret"), 100)...)
	for _, c := range []struct {
		what, name string
		b          []byte
		code       Code
		words      string
	}{
		{"encrypted office", "a.docx", cfbOf(map[string]string{"EncryptedPackage": "x", "EncryptionInfo": "y"}), Encrypted, "is encrypted"},
		{"encrypted zip", "a.zip", locked, Encrypted, "is encrypted (case.txt)"},
		{"encrypted pdf", "a.pdf", bytes.Replace(pdf, []byte("/Info 9 0 R"), []byte("/Encrypt 9 0 R"), 1), Encrypted, "is encrypted"},
		{"picture", "a.png", pngWithData(t), Picture, ""},
		{"scan as pdf", "a.pdf", pdfOf("", "<< /Pages 2 0 R >>", "<< /Kids [3 0 R] >>", "<< /Type /Page /Contents 4 0 R /Resources << /XObject << /I 5 0 R >> >> >>", pdfStream("", "q /I Do Q"), pdfStream("/Subtype /Image", "xx")), Picture, "page 1 is a picture without text"},
		{"sound", "a.mp3", []byte("ID3\x03aaaaaaaaaaaaaaaa"), Recording, ""},
		{"unknown", "a.dat", []byte("\x00\x01\x02\x03\x80\x00\x00\x00\x00\x01\x02\x04"), Unknown, ""},
		{"7z", "a.7z", []byte("7z\xbc\xaf\x27\x1c\x00\x04"), Unknown, ""},
		{"old word", "a.doc", cfbOf(map[string]string{"WordDocument": "x"}), Partial, ""},
		{"wrong name", "a.jpg", zipped, Mismatch, "is named as a picture but holds a zip archive"},
		{"program as pdf", "a.pdf", append([]byte("MZ\x90\x00\x03"), make([]byte, 100)...), Mismatch, ""},
		{"picture and archive", "a.jpg", append(plainJPEG(t, 8), zipped...), TwoInOne, ""},
		{"pdf and archive", "a.pdf", append(bytes.Clone(pdf), zipped...), TwoInOne, ""},
		{"program text in a picture", "a.jpg", append(append([]byte("\xff\xd8"), seg(0xfe, []byte("<ScRiPt>x"))...), plainJPEG(t, 8)[2:]...), TwoInOne, "is a picture with program text in it"},
		{"text before pdf", "a.txt", append([]byte("hello\n"), pdf...), TwoInOne, ""},
		{"entry that is not listed", "a.zip", append(stray, hidden...), TwoInOne, ""},
		{"damaged zip", "a.zip", zipped[:len(zipped)-10], Broken, ""},
		{"damaged pdf", "a.pdf", []byte("%PDF-1.7\nnothing"), Broken, ""},
		{"no way to letters", "a.pdf", pdfOf("", "<< /Pages 2 0 R >>", "<< /Kids [3 0 R] >>", "<< /Type /Page /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>", pdfStream("", "BT /F 9 Tf <00010002> Tj ET"), "<< /Subtype /Type0 /Encoding /Identity-H >>"), Partial, "page 1 has letters in a font that cannot be read"},
	} {
		f := extract(t, c.name, c.b)
		if !hasProblem(f, c.code) {
			t.Errorf("%s: no problem %q; type %s, problems %v", c.what, c.code, f.Type, f.Problems)
		}
		said := false
		for _, p := range f.Problems {
			said = said || p.Words == c.words
		}
		if c.words != "" && !said {
			t.Errorf("%s: does not say %q but %v", c.what, c.words, f.Problems)
		}
	}
	if f := extract(t, "a.jpg", append(plainJPEG(t, 8), zipped...)); !found(f, "markpolyglot")[KindText] {
		t.Error("the archive behind a picture was not read")
	}
	if f := extract(t, "plain.txt", []byte("nothing odd here")); !f.Readable() {
		t.Errorf("a plain text has problems: %v", f.Problems)
	}
}
