package extract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Limits bound the work that one file can cause, everything within it included.
// A zero field means the default.
type Limits struct {
	MaxSize     int64 // bytes of the file. Default 64 MiB
	MaxExpanded int64 // bytes unpacked out of it in all. Default 256 MiB
	MaxPart     int64 // bytes of one unpacked part, which is held in memory. Default 64 MiB
	MaxRatio    int64 // unpacked bytes for one byte of file; the first 4 MiB are free. Default 150
	MaxDepth    int   // archives within archives. Default 5
	MaxEntries  int   // entries of all archives together. Default 5,000
	MaxText     int   // bytes of text in all views. Default 16 MiB
	MaxViews    int   // views. Default 20,000
}

func (l Limits) withDefaults() Limits {
	def := func(v *int64, d int64) {
		if *v <= 0 {
			*v = d
		}
	}
	defi := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	def(&l.MaxSize, 64<<20)
	def(&l.MaxExpanded, 256<<20)
	def(&l.MaxPart, 64<<20)
	def(&l.MaxRatio, 150)
	defi(&l.MaxDepth, 5)
	defi(&l.MaxEntries, 5000)
	defi(&l.MaxText, 16<<20)
	defi(&l.MaxViews, 20000)
	return l
}

// freeExpansion is unpacked before the ratio counts: small files pack well.
const freeExpansion = 4 << 20

// work is what one call of Extract may still do. It is used by one goroutine.
type work struct {
	ctx      context.Context
	l        Limits
	size     int64 // of the outermost file
	expanded int64
	entries  int
	text     int
	views    int
	ticks    int
}

// stopped is thrown when the context ends, and caught by Extract alone: every
// loop of every format would otherwise have to hand the same error upwards.
type stopped struct{ err error }

// tick is called in every loop whose length a file decides.
func (w *work) tick() {
	w.ticks++
	if w.ticks&0x3ff == 0 {
		w.check()
	}
}

func (w *work) check() {
	if err := w.ctx.Err(); err != nil {
		panic(stopped{err})
	}
}

// add gives the file a view. Empty ones are left out; beyond the limit the file
// says that there is more.
func (w *work) add(f *File, k Kind, where, text string) {
	if strings.IndexByte(text, 0) >= 0 {
		text = strings.ReplaceAll(text, "\x00", "") // ends and fillers of fixed fields
	}
	text = strings.TrimSpace(text)
	if text == "" {
		return
	}
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\ufffd")
	}
	if w.views >= w.l.MaxViews || w.text+len(text) > w.l.MaxText {
		f.problem(TooMuch, "holds more text than can be looked at")
		room := w.l.MaxText - w.text
		if w.views >= w.l.MaxViews || room <= 0 {
			return
		}
		text = strings.ToValidUTF8(text[:min(room, len(text))], "")
	}
	w.views++
	w.text += len(text)
	f.Views = append(f.Views, View{k, where, text})
}

var (
	errRatio    = errors.New("unpacks to far more than it should")
	errExpanded = errors.New("unpacks to more than can be looked at")
	errPart     = errors.New("has a part that is too large to look at")
)

// bounded counts what is unpacked while it is unpacked: sizes that an archive
// states about itself are not believed.
type bounded struct {
	w *work
	r io.Reader
	n int64
}

func (b *bounded) Read(p []byte) (int, error) {
	b.w.check()
	n, err := b.r.Read(p)
	b.n += int64(n)
	b.w.expanded += int64(n)
	switch {
	case b.w.expanded > freeExpansion && b.w.expanded-freeExpansion > b.w.l.MaxRatio*b.w.size:
		return n, errRatio
	case b.w.expanded > b.w.l.MaxExpanded:
		return n, errExpanded
	case b.n > b.w.l.MaxPart:
		return n, errPart
	}
	return n, err
}

// unpack reads r to its end or to the limits. What was read is returned with the
// error, which says in words what went wrong. hint is the size to expect.
func (w *work) unpack(r io.Reader, hint int64) ([]byte, error) {
	var b bytes.Buffer
	if hint > 0 && hint < 1<<20 {
		b.Grow(int(hint) + bytes.MinRead)
	} else if hint >= 1<<20 {
		// A stated size is not believed, but what is stored without packing cannot lie by much.
		b.Grow(int(min(hint, w.size, w.l.MaxPart)) + bytes.MinRead)
	}
	_, err := b.ReadFrom(&bounded{w: w, r: r})
	return b.Bytes(), err
}

// unpackProblem turns an error of unpack into words.
func unpackProblem(f *File, where string, err error) {
	in := ""
	if where != "" {
		in = fmt.Sprintf(" (%s)", where)
	}
	switch {
	case errors.Is(err, errRatio), errors.Is(err, errExpanded), errors.Is(err, errPart):
		f.problem(TooMuch, err.Error()+in)
	default:
		f.problem(Broken, "is damaged and could not be read to its end"+in)
	}
}

// exhausted reports that nothing more can be unpacked.
func exhausted(err error) bool { return errors.Is(err, errRatio) || errors.Is(err, errExpanded) }
