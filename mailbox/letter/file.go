package letter

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"

	"hearback/mailbox/extract"
	"hearback/mailbox/guard"
	"hearback/tickets/fault"
)

// fileKey is what makes two attachments one file to read.
type fileKey struct {
	name, kind string
	sum        [sha256.Size]byte
}

// file is what can be read out of an attachment, read once by this Reader. Callers get
// their own slice; what its files point to is shared and must not be changed.
func (rd *Reader) file(ctx context.Context, name, kind string, body []byte) ([]guard.File, error) {
	key := fileKey{name, kind, sha256.Sum256(body)}
	if f, ok := rd.files[key]; ok {
		return slices.Clone(f), nil
	}
	f, err := file(ctx, name, kind, body)
	if err != nil {
		return nil, err
	}
	if rd.files == nil {
		rd.files = map[fileKey][]guard.File{}
	}
	rd.files[key] = slices.Clone(f)
	return f, nil
}

// file reads what can be read out of an attachment: one File for it, and one for
// every file that it contains, so that a finding names the right one. The error
// says that there was no time to read it to its end.
func file(ctx context.Context, name, kind string, body []byte) ([]guard.File, error) {
	x, err := extract.Extract(ctx, name, kind, bytes.NewReader(body), int64(len(body)), extract.Limits{})
	if err != nil {
		return nil, errors.Join(fault.New(fault.Temporary, "The file took too long to check."), err)
	}
	var out []guard.File
	x.Walk(func(path string, f extract.File) {
		g := guard.File{Name: path, Type: f.Type, Readable: len(f.Problems) == 0}
		for _, v := range f.Views {
			if v.Kind == extract.KindName && v.Text == f.Name {
				continue // the name is a reading of its own
			}
			g.Views = append(g.Views, guard.FileView{Where: v.Where, Text: v.Text, Hidden: hidden(v.Kind), Kind: string(v.Kind)})
		}
		for _, p := range f.Problems {
			g.Problems = append(g.Problems, p.Words)
		}
		out = append(out, g)
	})
	if len(out) > 0 {
		sum := sha256.Sum256(body)
		out[0].SHA256 = hex.EncodeToString(sum[:])
	}
	return out, nil
}

// hidden reports what somebody who opens the file does not see.
func hidden(k extract.Kind) bool {
	switch k {
	case extract.KindText, extract.KindInserted, extract.KindHeaderFooter, extract.KindCell, extract.KindResult, extract.KindName:
		return false
	}
	return true
}
