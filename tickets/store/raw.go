package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"hearback/tickets"
	"hearback/tickets/fault"
)

// inlineRaw is the size in bytes up to which a raw mail is kept in its row.
// Above it a file is cheaper: SQLite would write the bytes twice, to the log and
// to the database.
const inlineRaw = 64 << 10

// PrepareRaw implements tickets.Store.
func (db *DB) PrepareRaw(ctx context.Context, raw []byte) (tickets.PreparedRaw, error) {
	sum := sha256.Sum256(raw)
	p := tickets.PreparedRaw{SHA256: hex.EncodeToString(sum[:]), Bytes: int64(len(raw))}
	if len(raw) <= inlineRaw || db.opt.BlobDir == "" {
		p.Inline = raw
		if p.Inline == nil {
			p.Inline = []byte{}
		}
		return p, nil
	}
	if err := ctx.Err(); err != nil {
		return p, fault.Wrap(fault.Temporary, "", err)
	}
	if err := db.writeBlob(p.SHA256, raw); err != nil {
		return p, db.classify(fmt.Errorf("keeping a raw mail: %w", err))
	}
	return p, nil
}

func (db *DB) blobPath(sha string) string {
	return filepath.Join(db.opt.BlobDir, sha[:2], sha)
}

// writeBlob writes a file under a name that appears only when its bytes are on
// disk: temporary file, fsync, rename, fsync of the directory.
func (db *DB) writeBlob(sha string, raw []byte) (err error) {
	name := db.blobPath(sha)
	dir := filepath.Dir(name)
	if err := db.makeDir(dir); err != nil {
		return err
	}
	if st, err := os.Stat(name); err == nil && st.Size() == int64(len(raw)) {
		// An earlier program may have stopped between rename and this.
		return db.syncDir(dir)
	}
	f, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignoreNotExist(os.Remove(f.Name())))
		}
	}()
	if _, err := f.Write(raw); err != nil {
		return errors.Join(err, f.Close())
	}
	if !db.opt.NoSync {
		if err := f.Sync(); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return err
	}
	return db.syncDir(dir)
}

// makeDir makes one of the 256 directories; its name is on disk as well.
func (db *DB) makeDir(dir string) error {
	err := os.Mkdir(dir, 0o700)
	switch {
	case errors.Is(err, os.ErrExist):
		return nil
	case err != nil:
		return err
	}
	return db.syncDir(filepath.Dir(dir))
}

func (db *DB) syncDir(dir string) error {
	if db.opt.NoSync {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func ignoreNotExist(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// prepareDir makes the blob directory; "" is none.
func prepareDir(dir string) error {
	if dir == "" {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fault.Wrap(fault.Invalid, "The directory "+dir+" for large mails cannot be made", err)
	}
	return nil
}

// SaveRaw implements tickets.Tx.
func (t *tx) SaveRaw(ctx context.Context, p tickets.PreparedRaw) (int64, error) {
	var ids []int64
	if err := t.all(ctx, &ids, t.db.q.RawInsert, p.SHA256, p.Bytes, p.Inline); err != nil {
		return 0, err
	}
	if len(ids) == 1 {
		return ids[0], nil
	}
	var id int64
	err := t.get(ctx, &id, t.db.q.RawID, p.SHA256)
	return id, err
}

// rawRow is a row of raw_mail.
type rawRow struct {
	SHA256  string `db:"sha256"`
	Bytes   int64  `db:"bytes"`
	Content []byte `db:"content"`
}

// Raw implements tickets.Reader. The bytes are compared with their hash: a mail
// that the disk has spoilt is an error and not a different mail.
func (r reader) Raw(ctx context.Context, rawID int64) ([]byte, error) {
	var row rawRow
	if err := r.get(ctx, &row, r.db.q.RawGet, rawID); err != nil {
		return nil, err
	}
	raw := row.Content
	if raw == nil && row.Bytes > 0 {
		if r.db.opt.BlobDir == "" {
			return nil, fmt.Errorf("raw mail %d is in a file and no directory is set", rawID)
		}
		var err error
		if raw, err = os.ReadFile(r.db.blobPath(row.SHA256)); err != nil {
			return nil, fmt.Errorf("reading raw mail %d: %w", rawID, r.db.classify(err))
		}
	}
	if sum := sha256.Sum256(raw); hex.EncodeToString(sum[:]) != row.SHA256 {
		return nil, fault.Wrap(fault.Internal, "The stored original of this mail is damaged",
			fmt.Errorf("raw mail %d does not have its hash %s", rawID, row.SHA256))
	}
	return raw, nil
}
