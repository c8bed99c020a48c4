package archive

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// headBytes is how much of a file is looked at to tell what it is.
const headBytes = 8 << 10

// File is a file that holds mail.
type File struct {
	Path  string // as it was named, or below a folder that was
	Mbox  bool   // it holds any number of mails; else it is one mail
	Bytes int64  // its size when it was found

	place    string    // the same for the same file in every run: absolute, without links and Maildir flags
	modified time.Time // UTC
}

// Skipped is a file, folder or link that was left out.
type Skipped struct {
	Path  string
	Why   string // in words
	Named bool   // it was asked for by name, so leaving it out is a mistake of the caller
	Err   error  // why it could not be read; nil when it is no mail
}

// Find gives the files below the paths that hold mail, in the order of the paths
// and then by name, and what is left out. Links within folders are not followed:
// they may lead round in a circle. The error is of ctx only.
func Find(ctx context.Context, paths []string) ([]File, []Skipped, error) {
	var f finder
	for _, p := range paths {
		f.named = p
		info, err := os.Stat(p)
		if err != nil {
			f.failed(p, err)
			continue
		}
		// The place has to be that of the file itself: by whichever link or working
		// directory it was reached, it is the same mail.
		place, err := filepath.Abs(p)
		if err == nil {
			place, err = filepath.EvalSymlinks(place)
		}
		if err != nil {
			f.failed(p, err)
			continue
		}
		if err := f.walk(ctx, p, place, info); err != nil {
			return nil, nil, err
		}
	}
	return f.files, f.skipped, nil
}

type finder struct {
	named   string
	files   []File
	skipped []Skipped
}

func (f *finder) skip(path, why string) {
	f.skipped = append(f.skipped, Skipped{Path: path, Why: why, Named: path == f.named})
}

func (f *finder) failed(path string, err error) {
	f.skipped = append(f.skipped, Skipped{Path: path, Why: "it cannot be read: " + cause(err), Named: path == f.named, Err: err})
}

// cause leaves out the operation and the path that the reader sees anyway.
func cause(err error) string {
	if e, ok := err.(*fs.PathError); ok { //nolint:errorlint // only the outermost is cut off
		return e.Err.Error()
	}
	return err.Error()
}

func (f *finder) walk(ctx context.Context, path, place string, info fs.FileInfo) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("stopped at %s: %w", path, err)
	}
	if !info.IsDir() {
		f.file(path, place, info)
		return nil
	}
	entries, err := os.ReadDir(path) // sorted by name
	if err != nil {
		f.failed(path, err)
		return nil
	}
	for _, e := range entries {
		below := filepath.Join(path, e.Name())
		switch {
		case e.Type()&fs.ModeSymlink != 0:
			f.skip(below, "it is a link; name what it leads to")
			continue
		case e.IsDir() && e.Name() == "tmp" && isMaildir(path):
			continue // mail whose delivery never ended; its sender's server delivered it again
		}
		info, err := e.Info()
		if err != nil {
			f.failed(below, err)
			continue
		}
		if err := f.walk(ctx, below, filepath.Join(place, e.Name()), info); err != nil {
			return err
		}
	}
	return nil
}

func isMaildir(dir string) bool {
	for _, sub := range []string{"cur", "new"} {
		if info, err := os.Stat(filepath.Join(dir, sub)); err != nil || !info.IsDir() {
			return false
		}
	}
	return true
}

// file decides by content what a file is: archives carry all sorts of names. What
// a name says is mail is mail, whatever is in it.
func (f *finder) file(path, place string, info fs.FileInfo) {
	if !info.Mode().IsRegular() {
		f.skip(path, "it is neither a file nor a folder")
		return
	}
	head, err := readHead(path)
	if err != nil {
		f.failed(path, err)
		return
	}
	out := File{Path: path, Bytes: info.Size(), place: place, modified: info.ModTime().UTC()}
	switch sub := filepath.Base(filepath.Dir(place)); {
	case (sub == "cur" || sub == "new") && isMaildir(filepath.Dir(filepath.Dir(place))):
		out.place = maildirPlace(place)
	case strings.EqualFold(filepath.Ext(path), ".eml"):
	case IsMbox(head):
		out.Mbox = true
	case looksLikeMail(head):
	default:
		f.skip(path, noMail(path, head))
		return
	}
	f.files = append(f.files, out)
}

// maildirPlace leaves out what changes when a mail is read or flagged: the folder
// new or cur, and the flags behind the name.
func maildirPlace(place string) string {
	name, _, _ := strings.Cut(filepath.Base(place), ":2,")
	return filepath.Join(filepath.Dir(filepath.Dir(place)), name)
}

func readHead(path string) ([]byte, error) {
	fd, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = fd.Close() }()
	head, err := io.ReadAll(io.LimitReader(fd, headBytes))
	return head, err
}

func noMail(path string, head []byte) string {
	switch ext := strings.ToLower(filepath.Ext(path)); {
	case len(head) == 0:
		return "it is empty"
	case ext == ".pst" || ext == ".ost" || ext == ".msg" || ext == ".olm":
		return "it is a file of Outlook's own; save the mails as .eml, or read the folder over IMAP (-imap-folder)"
	case ext == ".zip" || ext == ".gz" || ext == ".tgz" || ext == ".7z" || ext == ".bz2":
		return "it is packed; unpack it first"
	}
	return "it is no mail"
}

// looksLikeMail asks for a header field on the first line, and for one that only
// mail has before the first empty line.
func looksLikeMail(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), "\r\n")
	first := true
	for len(head) > 0 {
		line, rest, _ := bytes.Cut(head, []byte{'\n'})
		head = rest
		line = bytes.TrimRight(line, "\r")
		if len(line) == 0 {
			return false
		}
		name := fieldName(line)
		if first && name == "" {
			return false
		}
		if mailField(name) {
			return true
		}
		first = false
	}
	return false
}
