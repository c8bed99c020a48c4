package extract

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"cmp"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// openZip opens an archive and looks for what makes two programs see different
// things in it. nil when it cannot be opened; the file says why.
func (w *work) openZip(f *File, b []byte) *zip.Reader {
	// An end record names how many entries follow; a directory is built in memory
	// for each, so the count is looked at first (APPNOTE 4.3.16).
	if n := zipCount(b); n > 20*w.l.MaxEntries {
		f.problem(TooMuch, fmt.Sprintf("has more than %d entries", w.l.MaxEntries))
		return nil
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if z == nil || err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		f.problem(Broken, "is a damaged archive")
		return nil
	}
	if z.Comment != "" {
		w.add(f, KindComment, "archive comment", string(decodeText([]byte(z.Comment))))
	}
	w.checkLayout(f, z, b)
	return z
}

// checkLayout finds entries that lie over one another (the way to unpack a small file
// to petabytes), names that stand twice, and bytes that belong to no entry.
func (w *work) checkLayout(f *File, z *zip.Reader, b []byte) {
	type span struct{ from, to int64 }
	spans := make([]span, 0, len(z.File))
	names := make(map[string]bool, len(z.File))
	for _, e := range z.File {
		w.tick()
		key := strings.ToLower(strings.ReplaceAll(e.Name, "\\", "/"))
		if names[key] {
			f.problem(TwoInOne, "has two entries of one name")
		}
		names[key] = true
		off, err := e.DataOffset()
		if err != nil || int64(e.CompressedSize64) < 0 || off+int64(e.CompressedSize64) > int64(len(b)) {
			f.problem(Broken, "is a damaged archive")
			continue
		}
		spans = append(spans, span{off, off + int64(e.CompressedSize64)})
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	var before int64
	for _, s := range spans {
		if s.from < before {
			f.problem(Broken, "has entries that lie over one another")
			return
		}
		// Between two entries there may be the descriptor of the first, at most 24
		// bytes, and the header of the second (APPNOTE 4.3.7, 4.3.9).
		gap := b[before:s.from]
		if h := bytes.LastIndex(gap, []byte("PK\x03\x04")); h < 0 || h > 24 {
			f.problem(TwoInOne, "holds bytes that belong to none of its entries")
		}
		before = s.to
	}
	if len(spans) > 0 {
		if i := bytes.Index(b[before:], []byte("PK\x01\x02")); i < 0 || i > 24 {
			f.problem(TwoInOne, "holds bytes that belong to none of its entries")
		}
	}
}

// zipCount reads the number of entries from the end record.
func zipCount(b []byte) int {
	i := zipEnd(b)
	if i < 0 || i+12 > len(b) {
		return 0
	}
	return int(b[i+10]) | int(b[i+11])<<8
}

func zipEnd(b []byte) int {
	from := max(0, len(b)-65557)
	i := bytes.LastIndex(b[from:], []byte("PK\x05\x06"))
	if i < 0 {
		return -1
	}
	return from + i
}

func hasZipEnd(b []byte) bool {
	if zipEnd(b) < 0 {
		return false
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	return (err == nil || errors.Is(err, zip.ErrInsecurePath)) && z != nil && len(z.File) > 0
}

// zipAtEnd reports an archive behind the end of a PDF rather than one attached in it.
func zipAtEnd(b []byte) bool { return zipEnd(b) > bytes.LastIndex(b, []byte("%%EOF")) }

// zip reads an archive, and what looks like one and is an Office file.
func (w *work) zip(f *File, b []byte, depth int) {
	z := w.openZip(f, b)
	if z == nil {
		return
	}
	switch t := packageType(z); {
	case t == tDOCX || t == tXLSX || t == tPPTX:
		f.Type = t
		w.office(f, z, depth)
		return
	case strings.HasPrefix(t, tODF):
		f.Type = t
		w.odf(f, z, depth)
		return
	}
	for _, e := range z.File {
		if !w.entry(f, e.Name) {
			return
		}
		if e.Comment != "" {
			w.add(f, KindComment, "entry "+cleanName(e.Name), string(decodeText([]byte(e.Comment))))
		}
		if strings.HasSuffix(e.Name, "/") {
			w.add(f, KindName, "folder", cleanName(e.Name))
			if e.UncompressedSize64 == 0 {
				continue
			}
		}
		data, err := w.openEntry(f, e)
		if len(data) > 0 || err == nil {
			w.nested(f, e.Name, "", data, depth+1)
		}
		if exhausted(err) {
			return
		}
	}
}

// entry counts one entry of an archive; false when there are too many.
func (w *work) entry(f *File, name string) bool {
	w.entries++
	if w.entries > w.l.MaxEntries {
		f.problem(TooMuch, fmt.Sprintf("has more than %d entries", w.l.MaxEntries))
		return false
	}
	if clean := path.Clean("/" + strings.ReplaceAll(name, "\\", "/")); strings.Contains(name, "..") && clean != "/"+name {
		f.risk("path", "has an entry that would be unpacked elsewhere")
	}
	return true
}

// openEntry unpacks one entry. The file names what cannot be unpacked.
func (w *work) openEntry(f *File, e *zip.File) ([]byte, error) {
	name := cleanName(e.Name)
	if e.Flags&0x1 != 0 || e.Method == 99 {
		w.add(f, KindName, "encrypted entry", name)
		f.problem(Encrypted, "is encrypted ("+path.Base(name)+")")
		return nil, zip.ErrAlgorithm
	}
	r, err := e.Open()
	if err != nil {
		w.add(f, KindName, "entry", name)
		f.problem(Unknown, "is packed in a way that cannot be opened ("+path.Base(name)+")")
		return nil, err
	}
	data, err := w.unpack(r, int64(min(e.UncompressedSize64, 1<<40)))
	if cerr := r.Close(); err == nil && cerr != nil {
		err = cerr
	}
	if err != nil {
		unpackProblem(f, path.Base(name), err)
	}
	return data, err
}

// packed reads gzip and bzip2, which hold one file.
func (w *work) packed(f *File, b []byte, depth int) {
	name := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(path.Base(f.Name), ".gz"), ".bz2"), ".tgz")
	var r io.Reader = bzip2.NewReader(bytes.NewReader(b))
	if f.Type == tGZ {
		g, err := gzip.NewReader(bytes.NewReader(b))
		if err != nil {
			f.problem(Broken, "is a damaged archive")
			return
		}
		if g.Name != "" {
			name = g.Name
		}
		w.add(f, KindComment, "archive comment", g.Comment)
		r = g
	}
	if !w.entry(f, name) {
		return
	}
	data, err := w.unpack(r, 0)
	if err != nil {
		unpackProblem(f, "", err)
	}
	if len(data) > 0 {
		w.nested(f, name, "", data, depth+1)
	}
}

func (w *work) tar(f *File, b []byte, depth int) {
	t := tar.NewReader(bytes.NewReader(b))
	for {
		h, err := t.Next()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				f.problem(Broken, "is a damaged archive")
			}
			return
		}
		if !w.entry(f, h.Name) {
			return
		}
		w.add(f, KindProperty, "owner of "+h.Name, strings.TrimSpace(h.Uname+" "+h.Gname))
		w.add(f, KindLink, "entry "+h.Name, h.Linkname)
		data, err := w.unpack(t, h.Size)
		if err != nil {
			unpackProblem(f, path.Base(h.Name), err)
		}
		w.nested(f, h.Name, "", data, depth+1)
		if exhausted(err) {
			return
		}
	}
}
