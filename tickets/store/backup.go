package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"hearback/tickets/fault"
)

// The files of a backup. The manifest is written last: a directory without one
// is no backup.
const (
	manifestName  = "manifest.json"
	databaseName  = "hearback.db"      // SQLite: the database as one file
	tablesName    = "tables"           // PostgreSQL: a file for each table
	blobsName     = "blobs"            // large originals, as in the data directory
	keyName       = "key"              // of secrets at rest
	backupFormat  = 1                  // of the manifest and of what it describes
	partialSuffix = ".partial"         // of a backup that is being made
	backupLayout  = "20060102T150405Z" // name of one backup, UTC
)

// Manifest says what a backup holds, for checking it before and after a restore.
type Manifest struct {
	Format  int       `json:"format"`
	MadeAt  time.Time `json:"made_at"` // UTC: before the first row was read
	Program string    `json:"program"` // version of hearback that made it
	Engine  string    `json:"engine"`
	Schema  int64     `json:"schema"` // newest migration of the database
	// Tables in the order of their names, without those of the search index.
	Tables []TableCopy `json:"tables"`
	// Database is the SQLite file.
	Database *FileCopy `json:"database,omitempty"`
	Blobs    BlobCopy  `json:"blobs"`
	// Key says that the key of the secrets at rest is in the backup.
	Key bool `json:"key"`
}

// TableCopy is one table. SHA256 is of its rows in the order of the primary key,
// in PostgreSQL's text format; empty on SQLite, where the file has one hash.
type TableCopy struct {
	Name   string `json:"name"`
	Rows   int64  `json:"rows"`
	SHA256 string `json:"sha256,omitempty"`
}

// FileCopy is one file.
type FileCopy struct {
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// BlobCopy counts the originals that are kept as files.
type BlobCopy struct {
	Files int64 `json:"files"`
	Bytes int64 `json:"bytes"`
}

// Progress is told how far a long step is. of is 0 when nobody knows.
type Progress func(step string, done, of int)

// BackupOptions say where a backup goes.
type BackupOptions struct {
	Dir     string // where backups are kept; each gets a directory of its own in it
	KeyFile string // copied when it is there; "" leaves it out
	Program string // version, for the manifest
	Keep    int    // how many to keep; 0 keeps all
	// LinkBlobs links large originals to those of the data directory, which never
	// change: for a copy that only has to outlive an upgrade.
	LinkBlobs bool
	Progress  Progress
}

// Backup copies a store that other programs may be using, the database first and
// the large originals after it: what the copied rows name was written before
// them. It is checked as a whole before it gets its name, so that what has a name
// is a backup. Older backups beyond Keep are removed at the end, and only then.
//
// Errors: fault.Invalid (nothing to copy, the directory cannot be used),
// fault.Internal (the copy does not agree with the original).
func Backup(ctx context.Context, opt Options, b BackupOptions) (dir string, m *Manifest, err error) {
	if opt.BlobDir == "" && opt.Dir != "" {
		opt.BlobDir = filepath.Join(opt.Dir, blobsName)
	}
	if b.Progress == nil {
		b.Progress = func(string, int, int) {}
	}
	if err := os.MkdirAll(b.Dir, 0o700); err != nil {
		return "", nil, fault.Wrap(fault.Invalid, "The directory "+b.Dir+" for backups cannot be made", err)
	}
	made := time.Now().UTC()
	dir = filepath.Join(b.Dir, "hearback-"+made.Format(backupLayout))
	work := dir + partialSuffix
	if _, err := os.Stat(dir); err == nil {
		return "", nil, fault.Newf(fault.Conflict, "%s is there already: another backup was made in this second", dir)
	}
	if err := os.Mkdir(work, 0o700); err != nil {
		return "", nil, fault.Wrap(fault.Conflict, work+" cannot be made: another backup may be running", err)
	}
	defer func() {
		if err != nil { // what there is holds letters of families
			err = errors.Join(err, os.RemoveAll(work))
		}
	}()
	m = &Manifest{Format: backupFormat, MadeAt: made, Program: b.Program, Engine: opt.Engine}
	var blobs []blobName
	switch opt.Engine {
	case SQLite:
		blobs, err = backupSQLite(ctx, opt, work, m, b.Progress)
	case Postgres:
		blobs, err = backupPostgres(ctx, opt, work, m, b.Progress)
	default:
		err = fault.Newf(fault.Invalid, "The database engine %q is not known. It is sqlite or postgres", opt.Engine)
	}
	if err != nil {
		return "", nil, err
	}
	earlier, err := backups(b.Dir)
	if err != nil {
		return "", nil, err
	}
	if err := copyBlobs(ctx, blobs, opt.BlobDir, filepath.Join(work, blobsName), linkFrom(opt, b, earlier), m, b.Progress); err != nil {
		return "", nil, err
	}
	if b.KeyFile != "" {
		switch err := copyFile(b.KeyFile, filepath.Join(work, keyName)); {
		case err == nil:
			m.Key = true
		case !errors.Is(err, os.ErrNotExist):
			return "", nil, fault.Wrap(fault.Invalid, "The key "+b.KeyFile+" cannot be copied", err)
		}
	}
	if err := finishBackup(work, dir, m); err != nil {
		return "", nil, err
	}
	return dir, m, dropOld(append(earlier, dir), b.Keep)
}

// finishBackup writes the manifest and gives the backup its name.
func finishBackup(work, dir string, m *Manifest) error {
	raw, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := writeSynced(filepath.Join(work, manifestName), append(raw, '\n')); err != nil {
		return err
	}
	if err := syncDirectory(work); err != nil {
		return err
	}
	if err := os.Rename(work, dir); err != nil {
		return err
	}
	return syncDirectory(filepath.Dir(dir))
}

// ReadManifest reads what a backup says of itself. Errors are fault.Invalid.
func ReadManifest(dir string) (*Manifest, error) {
	raw, err := os.ReadFile(filepath.Join(dir, manifestName))
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, dir+" is no backup: it has no "+manifestName, err)
	}
	var m Manifest
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, fault.Wrap(fault.Invalid, filepath.Join(dir, manifestName)+" cannot be read", err)
	}
	if m.Format != backupFormat {
		return nil, fault.Newf(fault.Invalid, "%s was made in format %d; this program reads format %d", dir, m.Format, backupFormat)
	}
	return &m, nil
}

// backups are the whole backups in a directory, oldest first.
func backups(dir string) ([]string, error) {
	names, err := filepath.Glob(filepath.Join(dir, "hearback-*"))
	if err != nil {
		return nil, err
	}
	var whole []string
	for _, name := range names {
		if _, err := time.Parse(backupLayout, filepath.Base(name)[len("hearback-"):]); err != nil {
			continue
		}
		if _, err := ReadManifest(name); err == nil {
			whole = append(whole, name)
		}
	}
	return whole, nil // Glob sorts, and the names are times
}

// linkFrom is the directory with originals that need not be copied again.
func linkFrom(opt Options, b BackupOptions, earlier []string) string {
	switch {
	case b.LinkBlobs:
		return opt.BlobDir
	case len(earlier) == 0:
		return ""
	}
	return filepath.Join(earlier[len(earlier)-1], blobsName)
}

func dropOld(dirs []string, keep int) error {
	if keep <= 0 || len(dirs) <= keep {
		return nil
	}
	var errs []error
	for _, dir := range dirs[:len(dirs)-keep] {
		errs = append(errs, os.RemoveAll(dir))
	}
	return errors.Join(errs...)
}

// copyFile copies and syncs. The copy is for the owner alone.
func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		return errors.Join(err, out.Close())
	}
	return errors.Join(out.Sync(), out.Close())
}

func writeSynced(name string, raw []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if _, err := f.Write(raw); err != nil {
		return errors.Join(err, f.Close())
	}
	return errors.Join(f.Sync(), f.Close())
}

func syncDirectory(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// hashFile gives the size and the hash of a file.
func hashFile(ctx context.Context, name string) (FileCopy, error) {
	f, err := os.Open(name)
	if err != nil {
		return FileCopy{}, err
	}
	h := sha256.New()
	n, err := io.Copy(h, readerWithContext{ctx, f})
	if err := errors.Join(err, f.Close()); err != nil {
		return FileCopy{}, fmt.Errorf("reading %s: %w", name, err)
	}
	return FileCopy{Bytes: n, SHA256: hex.EncodeToString(h.Sum(nil))}, nil
}

// readerWithContext ends a long read when the program is asked to stop.
type readerWithContext struct {
	ctx context.Context
	r   io.Reader
}

func (r readerWithContext) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}
