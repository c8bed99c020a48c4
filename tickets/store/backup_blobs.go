package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"hearback/tickets/fault"
)

// blobName is an original that is kept as a file, as its row names it.
type blobName struct {
	SHA256 string `db:"sha256"`
	Bytes  int64  `db:"bytes"`
}

// blobsQuery finds the originals whose bytes are in files.
const blobsQuery = "select sha256, bytes from raw_mail where content is null and bytes > 0 order by sha256"

func (b blobName) path(dir string) string { return filepath.Join(dir, b.SHA256[:2], b.SHA256) }

// wellFormed keeps a damaged row from naming a path of its own choice.
func (b blobName) wellFormed() bool {
	return len(b.SHA256) == 64 && strings.Trim(b.SHA256, "0123456789abcdef") == ""
}

// copyBlobs copies the originals that the copied rows name. One that the previous
// backup holds is linked and not copied, since it never changes. Every one is
// compared with its hash where it now lies.
func copyBlobs(ctx context.Context, blobs []blobName, from, to, previous string, m *Manifest, progress Progress) error {
	if len(blobs) > 0 && from == "" {
		return fault.New(fault.Invalid, "The database names large originals in files, but data_dir is not set")
	}
	for i, b := range blobs {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !b.wellFormed() {
			return fault.Newf(fault.Internal, "The database names an original by %q, which is no hash", b.SHA256)
		}
		dst := b.path(to)
		if err := os.MkdirAll(filepath.Dir(dst), 0o700); err != nil {
			return err
		}
		linked := false
		if previous != "" {
			linked = os.Link(b.path(previous), dst) == nil
		}
		if linked {
			if checkBlob(ctx, b, dst) == nil {
				m.Blobs.Files++
				m.Blobs.Bytes += b.Bytes
				progress("originals", i+1, len(blobs))
				continue
			}
			// The older backup is spoilt here: this one shall not be.
			if err := os.Remove(dst); err != nil {
				return err
			}
		}
		if err := copyFile(b.path(from), dst); err != nil {
			return fault.Wrap(fault.Internal, "An original that the database names cannot be copied", err)
		}
		if err := checkBlob(ctx, b, dst); err != nil {
			return err
		}
		m.Blobs.Files++
		m.Blobs.Bytes += b.Bytes
		progress("originals", i+1, len(blobs))
	}
	if len(blobs) == 0 {
		return nil
	}
	return syncTree(to)
}

// checkBlob compares a file with the hash that is its name.
func checkBlob(ctx context.Context, b blobName, name string) error {
	got, err := hashFile(ctx, name)
	if err != nil {
		return err
	}
	if got.SHA256 != b.SHA256 || got.Bytes != b.Bytes {
		return fault.Wrap(fault.Internal, "An original of a mail is damaged on disk",
			fmt.Errorf("%s does not have its hash", name))
	}
	return nil
}

// syncTree puts the names of a directory and of those in it on disk.
func syncTree(dir string) error {
	list, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range list {
		if e.IsDir() {
			errs = append(errs, syncDirectory(filepath.Join(dir, e.Name())))
		}
	}
	return errors.Join(append(errs, syncDirectory(dir))...)
}
