package extract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"hearback/tickets/fault"
)

// Extract reads a file of size bytes. name and declaredType are what the mail or
// the upload says of it; both may be empty, and neither is believed.
//
// What cannot be read is a Problem of the File and never an error. The error is
// fault.Temporary when ctx ended before the file was read, and fault.Internal when
// r failed; the File then holds what was read so far and must not be judged as whole.
// It does not panic, whatever the bytes are.
func Extract(ctx context.Context, name, declaredType string, r io.ReaderAt, size int64, l Limits) (f File, err error) {
	w := &work{ctx: ctx, l: l.withDefaults(), size: max(size, 1)}
	f.Name = cleanName(name)
	defer func() {
		if p := recover(); p != nil {
			s, ok := p.(stopped)
			if !ok {
				f.problem(Broken, "could not be read to its end")
				return
			}
			f.problem(TooMuch, "took too long to read")
			err = fault.Wrap(fault.Temporary, "The file took too long to check.", s.err)
		}
	}()
	w.check()
	w.add(&f, KindName, "", f.Name)
	if size > w.l.MaxSize {
		f.Type = tBin
		f.problem(TooMuch, fmt.Sprintf("is larger than %d MB and was not looked at", w.l.MaxSize>>20))
		return f, nil
	}
	b := make([]byte, max(size, 0))
	if n, rerr := r.ReadAt(b, 0); n < len(b) {
		if !errors.Is(rerr, io.EOF) {
			return f, fault.Wrap(fault.Internal, "The file could not be read.", rerr)
		}
		// Fewer bytes than promised: what is there is read, and said to be short.
		b = b[:n]
		f.problem(Broken, "is shorter than it should be")
	}
	w.read(&f, declaredType, b, 0)
	return f, nil
}

// read is the way through for a file at any depth. A fault in one file does not
// keep the others from being read.
func (w *work) read(f *File, declared string, b []byte, depth int) {
	defer func() {
		if p := recover(); p != nil {
			if s, ok := p.(stopped); ok {
				panic(s)
			}
			f.problem(Broken, "could not be read to its end")
		}
	}()
	w.check()
	if len(b) == 0 {
		f.Type = tTXT
		return
	}
	f.Type = sniff(b)
	w.byType(f, b, depth)
	w.compare(f, declared, b)
	w.second(f, b, depth)
}

func (w *work) byType(f *File, b []byte, depth int) {
	switch f.Type {
	case tZIP:
		w.zip(f, b, depth)
	case tOLE:
		w.ole(f, b, depth)
	case tPDF:
		w.pdf(f, b, depth)
	case tRTF:
		w.rtf(f, b, depth)
	case tGZ, tBZ2:
		w.packed(f, b, depth)
	case tTAR:
		w.tar(f, b, depth)
	case tJPEG, tPNG, tGIF, tTIFF, tWEBP, tBMP, tHEIC, tAVIF, tMetaf:
		w.picture(f, b, depth)
	case tEML:
		w.mail(f, b, depth)
	case tHTML:
		w.html(f, b, depth)
	case tSVG, tXML:
		w.xmlText(f, b)
	case tICS, tVCF:
		w.lines(f, b)
	case tTXT:
		w.plain(f, b)
	case tSound, tFilm:
		w.strayMetadata(f, b)
		f.problem(Recording, "is a recording, which cannot be checked for words")
	case t7Z, tRAR, tXZ:
		f.problem(Unknown, "is an archive of a kind that cannot be opened here")
	case tTNEF:
		f.problem(Unknown, "is an Outlook package (winmail.dat) that cannot be opened here")
	case tExe:
		f.problem(Unknown, "is a program")
		f.risk("program", "is a program")
	default:
		w.strayMetadata(f, b)
		f.problem(Unknown, "is of a kind that cannot be read")
	}
}

// compare holds the content against name and declared type: a program on the other
// side goes by those, and a name that lies is worth a look in any case.
func (w *work) compare(f *File, declared string, b []byte) {
	for i, want := range [][]string{typesOfName(f.Name), typesOfDeclared(declared)} {
		if want == nil || slices.Contains(want, f.Type) || slices.Contains(want, tODF) && strings.HasPrefix(f.Type, tODF) {
			continue
		}
		what := "is named"
		if i == 1 {
			what = "is declared"
		}
		f.problem(Mismatch, fmt.Sprintf("%s as %s but holds %s", what, plainName(want[0]), plainName(f.Type)))
		// What the name promises is tried as well.
		switch {
		case f.Type == tTXT && (want[0] == tHTML):
			w.html(f, b, w.l.MaxDepth)
		case f.Type == tHTML && want[0] != tHTML:
			w.plain(f, b)
		}
	}
}

// second looks for another file in the same bytes: an archive behind a picture,
// a PDF that begins later. Programs differ in which of the two they open.
func (w *work) second(f *File, b []byte, depth int) {
	embedded := func(kind, words string, part []byte) {
		f.problem(TwoInOne, words)
		c := File{Name: f.Name + " (" + plainName(kind) + " inside)", Type: kind}
		if depth >= w.l.MaxDepth {
			f.problem(TooMuch, w.tooDeep())
			return
		}
		func() {
			defer func() {
				if p := recover(); p != nil {
					if s, ok := p.(stopped); ok {
						panic(s)
					}
					c.problem(Broken, "could not be read to its end")
				}
			}()
			w.byType(&c, part, depth+1)
		}()
		f.Files = append(f.Files, c)
	}
	switch f.Type {
	case tZIP, tDOCX, tXLSX, tPPTX, tTXT, tHTML, tEML:
	default:
		if !strings.HasPrefix(f.Type, tODF) && hasZipEnd(b) && f.Type != tPDF && f.Type != tTAR || f.Type == tPDF && hasZipEnd(b) && zipAtEnd(b) {
			embedded(tZIP, "is "+plainName(f.Type)+" and an archive at the same time", b)
		}
	}
	if f.Type != tPDF && f.Type != tEML && f.Type != tTAR {
		// Readers accept "%PDF-" anywhere in the first 1,024 bytes.
		if i := bytes.Index(b[:min(len(b), 1024)], []byte("%PDF-")); i > 0 && bytes.Contains(b[i:], []byte(" obj")) {
			embedded(tPDF, "is "+plainName(f.Type)+" and a PDF at the same time", b[i:])
		}
	}
	if f.Type == tJPEG || f.Type == tPNG || f.Type == tGIF || f.Type == tBMP {
		if hasTag(b[:min(len(b), 64<<10)], "<script") {
			f.problem(TwoInOne, "is a picture with program text in it")
		}
	}
}

// hasTag finds a tag in any letter case without copying the bytes.
func hasTag(b []byte, tag string) bool {
	for {
		i := bytes.IndexByte(b, tag[0])
		if i < 0 || len(b)-i < len(tag) {
			return false
		}
		if strings.EqualFold(string(b[i:i+len(tag)]), tag) {
			return true
		}
		b = b[i+1:]
	}
}

func (w *work) tooDeep() string { return fmt.Sprintf("is deeper than %d archives", w.l.MaxDepth) }

// nested reads a file within f.
func (w *work) nested(f *File, name, declared string, b []byte, depth int) *File {
	w.check()
	if depth > w.l.MaxDepth {
		f.problem(TooMuch, w.tooDeep())
		return nil
	}
	c := File{Name: cleanName(name)}
	w.add(&c, KindName, "", c.Name)
	w.read(&c, declared, b, depth)
	f.Files = append(f.Files, c)
	return &f.Files[len(f.Files)-1]
}
