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

// Report says what a cleaned copy no longer has, and what it still has.
type Report struct {
	Removed []string // for people: "2 comments", "hidden sheet"
	Kept    []string // what was found and could not be taken out
}

func (r *Report) removed(what string) {
	for _, x := range r.Removed {
		if x == what {
			return
		}
	}
	r.Removed = append(r.Removed, what)
}

func (r *Report) kept(what string) {
	for _, x := range r.Kept {
		if x == what {
			return
		}
	}
	r.Kept = append(r.Kept, what)
}

// Clean writes a copy of a file without what a person who looks at it does not see:
// of docx, xlsx and pptx comments, tracked changes (insertions kept, deletions gone, as the
// page shows them), hidden text, hidden sheets, slides, rows and columns, speaker's
// notes, properties and custom XML; of jpeg and png everything but the picture.
//
// The copy is read again before it is written: if anything of what was to be removed is
// still in it, or something visible is missing, nothing is written. Errors are
// fault.Refused with a Safe text that says why there is no copy (another format, a
// PDF, encrypted, macros), fault.Temporary when ctx ended, and those of in and w.
func Clean(ctx context.Context, name, declaredType string, in io.ReaderAt, size int64, out io.Writer) (Report, error) {
	before, err := Extract(ctx, name, declaredType, in, size, Limits{})
	if err != nil {
		return Report{}, err
	}
	b := make([]byte, size)
	if n, err := in.ReadAt(b, 0); n < len(b) {
		return Report{}, fault.Wrap(fault.Internal, "The file could not be read.", err)
	}
	rep, cleaned, err := cleanBytes(ctx, before, b)
	if err != nil {
		return Report{}, err
	}
	after, err := Extract(ctx, name, declaredType, bytes.NewReader(cleaned), int64(len(cleaned)), Limits{})
	if err != nil {
		return Report{}, err
	}
	if err := compareClean(before, after); err != nil {
		return Report{}, err
	}
	if _, err := out.Write(cleaned); err != nil {
		return Report{}, fmt.Errorf("extract: write the cleaned copy: %w", err)
	}
	slices.Sort(rep.Removed)
	return rep, nil
}

func cleanBytes(ctx context.Context, f File, b []byte) (rep Report, out []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			if s, ok := p.(stopped); ok {
				err = fault.Wrap(fault.Temporary, "The file took too long to clean.", s.err)
				return
			}
			err = fault.Wrap(fault.Refused, "No clean copy can be made of this file: it is damaged.", fmt.Errorf("panic: %v", p))
		}
	}()
	w := &work{ctx: ctx, l: Limits{}.withDefaults(), size: max(int64(len(b)), 1)}
	for _, p := range f.Problems {
		switch p.Code {
		case Encrypted, Broken, TooMuch, TwoInOne, Mismatch:
			return rep, nil, fault.New(fault.Refused, "No clean copy can be made of this file: it "+p.Words+".")
		}
	}
	for _, r := range f.Risks {
		if r.Code == "macros" {
			return rep, nil, fault.New(fault.Refused, "No clean copy can be made of a file with macros. Save it as an ordinary document first.")
		}
	}
	switch f.Type {
	case tDOCX, tXLSX, tPPTX:
		out, err = w.cleanOffice(f.Type, b, &rep, 0)
	case tJPEG:
		out, err = w.cleanJPEG(b, &rep)
	case tPNG:
		out, err = w.cleanPNG(b, &rep)
	case tPDF:
		err = fault.New(fault.Refused, "No clean copy can be made of a PDF here. Make the PDF again from a cleaned document.")
	default:
		err = fault.New(fault.Refused, "No clean copy can be made of "+plainName(f.Type)+".")
	}
	return rep, out, err
}

// removable are the kinds that a cleaned copy must not have.
func removable(k Kind) bool {
	switch k {
	case KindHidden, KindComment, KindInserted, KindDeleted, KindHiddenSheet, KindHiddenRow, KindHiddenColumn, KindLeftover, KindPerson:
		return true
	}
	return false
}

var errStillThere = errors.New("something that was to be removed is still in the copy")

// compareClean holds the copy against the original. It fails closed: a person who is
// told that a copy is clean will not look again.
func compareClean(before, after File) error {
	refuse := func(err error) error {
		return fault.Wrap(fault.Refused, "No clean copy can be made of this file: not everything could be taken out of it.", err)
	}
	var seenBefore, seenAfter, all strings.Builder
	var gone []string
	before.Walk(func(_ string, f File) {
		for _, v := range f.Views {
			switch {
			case v.Kind == KindText || v.Kind == KindCell || v.Kind == KindHeaderFooter:
				seenBefore.WriteString(v.Text + "\n")
			case removable(v.Kind) || v.Kind == KindProperty && v.Where == "custom XML" || v.Kind == KindProperty && v.Where == "properties":
				gone = append(gone, strings.Split(v.Text, "\n")...)
			}
		}
	})
	var bad error
	after.Walk(func(_ string, f File) {
		for _, v := range f.Views {
			all.WriteString(v.Text + "\n")
			if v.Kind == KindText || v.Kind == KindCell || v.Kind == KindHeaderFooter {
				seenAfter.WriteString(v.Text + "\n")
			}
			if removable(v.Kind) {
				bad = fmt.Errorf("%w: %s in %s", errStillThere, v.Kind, f.Type)
			}
		}
		for _, p := range f.Problems {
			if p.Code == Broken || p.Code == TooMuch {
				bad = fmt.Errorf("the copy %s", p.Words)
			}
		}
	})
	if bad != nil {
		return refuse(bad)
	}
	visible := squeeze(seenBefore.String())
	text := squeeze(all.String())
	for _, g := range gone {
		g = squeeze(g)
		if len(strings.Fields(g)) >= 3 && !strings.Contains(visible, g) && strings.Contains(text, g) {
			return refuse(errStillThere)
		}
	}
	if squeeze(seenAfter.String()) != visible {
		return refuse(errors.New("the copy does not show what the file showed"))
	}
	return nil
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }
