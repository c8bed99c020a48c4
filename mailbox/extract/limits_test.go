package extract

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"hearback/tickets/fault"
)

// zeros packs n zero bytes under the name.
func zeros(t testing.TB, name string, n int64) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	e, err := z.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	chunk := bytes.Repeat([]byte("a b "), 1<<16)
	for ; n > 0; n -= int64(len(chunk)) {
		if _, err := e.Write(chunk); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestLimits(t *testing.T) {
	nest := zipOf(t, map[string]string{"end.txt": "markdeep"})
	for range 8 {
		nest = zipOf(t, map[string]string{"next.zip": string(nest)})
	}
	many := map[string]string{}
	for i := range 60 {
		many[fmt.Sprintf("%03d.txt", i)] = "x"
	}
	// Sixteen archives of sixteen archives of a bomb: the way of 42.zip.
	bomb := zeros(t, "0.txt", 24<<20)
	for range 3 {
		in := map[string]string{}
		for i := range 16 {
			in[fmt.Sprintf("lib %x.zip", i)] = string(bomb)
		}
		bomb = zipOf(t, in)
	}
	for _, c := range []struct {
		what  string
		b     []byte
		l     Limits
		words string
	}{
		{"large file", make([]byte, 2<<20), Limits{MaxSize: 1 << 20}, "is larger than 1 MB and was not looked at"},
		{"depth", nest, Limits{}, "is deeper than 5 archives"},
		{"entries", zipOf(t, many), Limits{MaxEntries: 50}, "has more than 50 entries"},
		{"ratio", zeros(t, "0.txt", 64<<20), Limits{}, "unpacks to far more than it should (0.txt)"},
		{"part", zeros(t, "0.txt", 3<<20), Limits{MaxPart: 1 << 20}, "has a part that is too large to look at (0.txt)"},
		{"all together", zeros(t, "0.txt", 3<<20), Limits{MaxExpanded: 1 << 20}, "unpacks to more than can be looked at (0.txt)"},
		{"bomb of bombs", bomb, Limits{}, "unpacks to far more than it should (0.txt)"},
		{"text", []byte(strings.Repeat("word ", 1000)), Limits{MaxText: 100}, "holds more text than can be looked at"},
		{"gzip bomb", gzipOf(t, strings.Repeat("a", 32<<20)), Limits{}, "unpacks to far more than it should"},
		{"pdf bomb", pdfOf("", "<< /Pages 2 0 R >>", "<< /Kids [3 0 R] >>", "<< /Type /Page /Contents 4 0 R >>", flated("", strings.Repeat("q Q ", 8<<20))), Limits{}, "unpacks to far more than it should"},
	} {
		f, err := Extract(context.Background(), "x", "", bytes.NewReader(c.b), int64(len(c.b)), c.l)
		if err != nil {
			t.Fatalf("%s: %v", c.what, err)
		}
		said := []string{}
		ok := false
		f.Walk(func(_ string, f File) {
			for _, p := range f.Problems {
				said = append(said, p.Words)
				ok = ok || p.Words == c.words
			}
		})
		if !ok {
			t.Errorf("%s: says %.300q, not %q", c.what, said, c.words)
		}
	}
}

// A quine unpacks to itself: depth ends it. Entries that lie over one another are named.
func TestEntriesOverOneAnother(t *testing.T) {
	b := zipOf(t, map[string]string{"a.txt": strings.Repeat("a", 2000), "b.txt": strings.Repeat("b", 2000)})
	// The second entry of the directory is made to start where the first does.
	first := bytes.Index(b, []byte("PK\x01\x02"))
	second := first + 4 + bytes.Index(b[first+4:], []byte("PK\x01\x02"))
	copy(b[second+42:second+46], b[first+42:first+46])
	if f := extract(t, "a.zip", b); !hasProblem(f, Broken) {
		t.Errorf("problems %v", f.Problems)
	}
}

// The context ends the work, whatever the format is at, and the error says so.
func TestContextEnds(t *testing.T) {
	for _, s := range samples(t) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_, err := Extract(ctx, s.name, "", bytes.NewReader(s.bytes), int64(len(s.bytes)), Limits{})
		if !fault.Is(err, fault.Temporary) || !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", s.name, err)
		}
	}
	// In the middle of the work: the context ends after some looks at it.
	big := hostile(1 << 20)["xlsx"]
	_, err := Extract(&ending{Context: context.Background(), after: 20}, "a.xlsx", "", bytes.NewReader(big), int64(len(big)), Limits{})
	if !fault.Is(err, fault.Temporary) {
		t.Errorf("a context that ended on the way: %v", err)
	}
}

type ending struct {
	context.Context
	after int
}

func (e *ending) Err() error {
	if e.after--; e.after < 0 {
		return context.DeadlineExceeded
	}
	return nil
}

type failing struct{}

func (failing) ReadAt([]byte, int64) (int, error) { return 0, errors.New("disk") }

func TestReaderFails(t *testing.T) {
	if _, err := Extract(context.Background(), "a", "", failing{}, 10, Limits{}); !fault.Is(err, fault.Internal) {
		t.Errorf("err %v", err)
	}
	f, err := Extract(context.Background(), "a.txt", "", strings.NewReader("short"), 10, Limits{})
	if err != nil || !hasProblem(f, Broken) || !found(f, "short")[KindText] {
		t.Errorf("err %v, %v", err, f)
	}
}

func pack1(name string, files map[string]string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, n := range []string{"[Content_Types].xml", name} {
		e, err := z.CreateHeader(&zip.FileHeader{Name: n, Method: zip.Store})
		if err == nil {
			_, err = e.Write([]byte(files[n]))
		}
		if err != nil {
			panic(err) // a buffer does not fail
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// hostile are files of about n bytes whose shape would make a careless reader slow.
func hostile(n int) map[string][]byte {
	rep := strings.Repeat
	docx := func(body string) []byte {
		return pack1("word/document.xml", map[string]string{"word/document.xml": body})
	}
	var dir strings.Builder
	for i := range n / 24 {
		fmt.Fprintf(&dir, "%d 0 obj <</A 1>> ", i+1)
	}
	return map[string][]byte{
		"xlsx":          pack1("xl/workbook.xml", map[string]string{"xl/workbook.xml": "<workbook/>" + rep("<sheet/>", n/8)}),
		"docx":          docx(rep("<w:p><w:r><w:t>word</w:t></w:r></w:p>", n/37)),
		"docx open":     docx(rep("<w:tr>", n/6)),
		"docx lt":       docx(rep("<", n)),
		"docx quotes":   docx(rep(`<a ="`, n/5)),
		"docx comments": docx(rep("<!--", n/4)),
		"docx entities": docx("<w:t>" + rep("&amp", n/4)),
		"html":          []byte("<html>" + rep("<div hidden>", n/12)),
		"html close":    []byte("<html>" + rep("<b><i></b>", n/10)),
		"html lt":       []byte("<html>" + rep("<", n)),
		"html style":    []byte("<html>" + rep("<style>.a{", n/10)),
		"rtf":           []byte(`{\rtf1 ` + rep("{", n)),
		"rtf words":     []byte(`{\rtf1 ` + rep(`\u1?`, n/4)),
		"pdf dicts":     []byte("%PDF-1.4\n1 0 obj " + rep("<<", n/2)),
		"pdf strings":   []byte("%PDF-1.4\n1 0 obj " + rep("(", n)),
		"pdf objects":   []byte("%PDF-1.4\n" + dir.String()),
		"pdf obj":       []byte("%PDF-1.4\n" + rep("1 0 obj ", n/8)),
		"pdf streams":   []byte("%PDF-1.4\n" + rep("1 0 obj<<>>stream\n", n/18)),
		"pdf trailers":  []byte("%PDF-1.4\n" + rep("trailer<<", n/9)),
		"pdf hex":       []byte("%PDF-1.4\n1 0 obj [" + rep("<", n)),
		"ics":           []byte("BEGIN:VCALENDAR\n" + rep("A\n ", n/3)),
		"svg":           []byte("<svg>" + rep("<text>", n/6)),
		"eml":           []byte("From: a@b.example\nSubject: x\nMessage-ID: <1>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n" + rep("--b\n\nx\n", n/7)),
		"jpeg":          append([]byte("\xff\xd8"), []byte(rep("\xff\xfe\x00\x02", n/4))...),
		"jpeg scan":     append([]byte("\xff\xd8\xff\xda\x00\x02"), []byte(rep("\xff\x00", n/2))...),
		"png":           append([]byte("\x89PNG\r\n\x1a\n"), []byte(rep("\x00\x00\x00\x00tEXtCRC!", n/12))...),
		"gif":           append([]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00"), []byte(rep("\x21\xfe\x01a\x00", n/5))...),
		"heic":          append([]byte("\x00\x00\x00\x18ftypheic"), []byte(rep("Exif\x00\x00MM\x00*\x00\x00\x00\x08", n/14))...),
		"text":          []byte(rep("word ", n/5)),
		"binary":        []byte(rep("\x00a\x01b", n/4)),
		"ole":           append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), append(make([]byte, 22), append([]byte{9, 0}, make([]byte, n)...)...)...),
	}
}

// Twice the file is about twice the work. Work is counted by looks at the context rather
// than by the clock, where the counted loops are; the clock is printed, not asserted.
func TestWorkGrowsWithSize(t *testing.T) {
	small, large := hostile(1<<18), hostile(1<<20)
	for name, b := range small {
		run := func(b []byte) (time.Duration, int) {
			c := &counting{Context: context.Background()}
			at := time.Now()
			if _, err := Extract(c, name, "", bytes.NewReader(b), int64(len(b)), Limits{}); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			return time.Since(at), c.n
		}
		d1, n1 := run(b)
		d2, n2 := run(large[name])
		t.Logf("%-14s 256 KB %8v %6d   1 MB %8v %6d", name, d1.Round(time.Microsecond), n1, d2.Round(time.Microsecond), n2)
		if n2 > 10*n1+100 {
			t.Errorf("%s: four times the size is %d looks instead of %d", name, n2, n1)
		}
	}
}

type counting struct {
	context.Context
	n int
}

func (c *counting) Err() error { c.n++; return nil }

// attachments are about ten megabytes of what officers attach.
func attachments(t testing.TB) map[string][]byte {
	t.Helper()
	photo := plainJPEG(t, 900)
	doc := docxParts(t)
	for i := 0; i*len(photo) < 5<<20; i++ {
		doc[fmt.Sprintf("word/media/photo%d.jpeg", i)] = string(photo)
	}
	doc["word/document.xml"] = strings.Replace(doc["word/document.xml"], "<w:p>", strings.Repeat("<w:p><w:r><w:t>The school will meet again in the autumn term to look at it.</w:t></w:r></w:p>", 2000)+"<w:p>", 1)
	sheet := xlsxParts()
	var rows strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&rows, `<row r="%d"><c r="A%d" t="s"><v>0</v></c><c r="B%d"><v>%d</v></c><c r="D%d" t="inlineStr"><is><t>week %d</t></is></c></row>`, i+4, i+4, i+4, i*7919, i+4, i*31)
	}
	sheet["xl/worksheets/sheet1.xml"] = strings.Replace(sheet["xl/worksheets/sheet1.xml"], "</sheetData>", rows.String()+"</sheetData>", 1)
	var page strings.Builder
	for i := range 60 {
		fmt.Fprintf(&page, "BT /F1 11 Tf 72 %d Td (The panel met and agreed that the plan should name the school.) Tj ET\n", 740-11*i)
	}
	objects := []string{"<< /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 >>"}
	kids := ""
	for range 60 {
		n := len(objects)
		objects = append(objects, fmt.Sprintf("<< /Type /Page /Contents %d 0 R /Resources << /Font << /F1 3 0 R >> /XObject << /I %d 0 R >> >> >>", n+2, n+3), flated("", page.String()), pdfStream("/Subtype /Image /Filter /DCTDecode", string(photo[:min(len(photo), 60<<10)])))
		kids += fmt.Sprintf("%d 0 R ", n+1)
	}
	objects[1] = "<< /Kids [" + kids + "] >>"
	return map[string][]byte{"report.docx": zipOf(t, doc, "[Content_Types].xml"), "hours.xlsx": zipOf(t, sheet, "[Content_Types].xml"), "plan.pdf": pdfOf("", objects...), "photo.jpg": photo}
}

func TestFigures(t *testing.T) {
	total, size := time.Duration(0), 0
	files := attachments(t)
	for _, name := range []string{"report.docx", "hours.xlsx", "plan.pdf", "photo.jpg"} {
		b := files[name]
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		at := time.Now()
		f := extract(t, name, b)
		d := time.Since(at)
		runtime.ReadMemStats(&after)
		text := 0
		f.Walk(func(_ string, f File) {
			for _, v := range f.Views {
				text += len(v.Text)
			}
		})
		t.Logf("%-12s %6.2f MB  %8v  %7d bytes of text, %5.1f MB allocated", name, float64(len(b))/1e6, d.Round(10*time.Microsecond), text, float64(after.TotalAlloc-before.TotalAlloc)/1e6)
		total += d
		size += len(b)
		if text == 0 {
			t.Errorf("%s: nothing was read", name)
		}
	}
	t.Logf("together     %6.2f MB  %8v", float64(size)/1e6, total.Round(10*time.Microsecond))
}

func BenchmarkExtract(b *testing.B) {
	for name, data := range attachments(b) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				extract(b, name, data)
			}
		})
	}
}
