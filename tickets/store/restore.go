package store

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"hearback/tickets/fault"
)

// RestoreOptions say what is restored.
type RestoreOptions struct {
	From     string // one backup: a directory with a manifest
	KeyFile  string // where the key of secrets at rest goes; "" leaves it out
	Replace  bool   // SQLite: move what is in the data directory aside
	Progress Progress
}

// Restore puts a backup where opt says, after it was checked as a whole. Nothing
// that is there is overwritten: SQLite needs a data directory without a database
// (or Replace, which moves the old one aside), PostgreSQL an empty database.
//
// It does not touch the rows. The caller opens the store and calls AfterRestore
// before anything else, or old letters would leave.
func Restore(ctx context.Context, opt Options, r RestoreOptions) (m *Manifest, aside string, err error) {
	if opt.BlobDir == "" && opt.Dir != "" {
		opt.BlobDir = filepath.Join(opt.Dir, blobsName)
	}
	if r.Progress == nil {
		r.Progress = func(string, int, int) {}
	}
	if m, err = ReadManifest(r.From); err != nil {
		return nil, "", err
	}
	if m.Engine != opt.Engine {
		return nil, "", fault.Newf(fault.Invalid, "%s is a backup of %s, and the configuration says %s", r.From, m.Engine, opt.Engine)
	}
	if m.Blobs.Files > 0 && opt.BlobDir == "" {
		return nil, "", fault.New(fault.Invalid, "The backup holds large originals as files: set data_dir")
	}
	if newest, err := newestMigration(opt.Engine); err != nil || m.Schema > newest {
		return nil, "", errors.Join(err, fault.Newf(fault.Invalid, "The backup was made by a newer hearback (%s, schema %d; this program knows %d). "+
			"Install that one, or a newer one", m.Program, m.Schema, newest))
	}
	if err := CheckBackup(ctx, r.From, m, r.Progress); err != nil {
		return nil, "", err
	}
	if opt.Dir != "" {
		if err := os.MkdirAll(opt.Dir, 0o700); err != nil {
			return nil, "", fault.Wrap(fault.Invalid, "The data directory "+opt.Dir+" cannot be made", err)
		}
		release, err := lockDir(opt.Dir)
		if err != nil {
			return nil, "", err
		}
		defer func() { err = errors.Join(err, release()) }()
	}
	if opt.Engine == SQLite {
		if aside, err = makeRoom(opt.Dir, m.MadeAt.Format(backupLayout), r.Replace); err != nil {
			return nil, "", err
		}
	}
	if err := restoreBlobs(ctx, filepath.Join(r.From, blobsName), opt.BlobDir, m, r.Progress); err != nil {
		return nil, aside, err
	}
	if m.Key && r.KeyFile != "" {
		if err := restoreKey(filepath.Join(r.From, keyName), r.KeyFile); err != nil {
			return nil, aside, err
		}
	}
	// The database is last: with it the data directory counts as one.
	if opt.Engine == Postgres {
		return m, aside, restorePostgres(ctx, opt, r.From, m, r.Progress)
	}
	part := filepath.Join(opt.Dir, databaseName+partialSuffix)
	if err := ignoreNotExist(os.Remove(part)); err != nil {
		return nil, aside, err
	}
	if err := copyFile(filepath.Join(r.From, databaseName), part); err != nil {
		return nil, aside, fmt.Errorf("copying the database: %w", err)
	}
	if err := os.Rename(part, filepath.Join(opt.Dir, databaseName)); err != nil {
		return nil, aside, err
	}
	return m, aside, syncDirectory(opt.Dir)
}

// CheckBackup reads a whole backup and compares it with its manifest. Errors are
// fault.Internal: the backup is damaged.
func CheckBackup(ctx context.Context, dir string, m *Manifest, progress Progress) error {
	if progress == nil {
		progress = func(string, int, int) {}
	}
	if m.Database != nil {
		got, err := hashFile(ctx, filepath.Join(dir, databaseName))
		if err != nil {
			return fault.Wrap(fault.Internal, "The backup cannot be read", err)
		}
		if got != *m.Database {
			return fault.Newf(fault.Internal, "%s is not the file that was backed up: it is damaged or was changed. Take an older backup",
				filepath.Join(dir, databaseName))
		}
		x, err := openFile(ctx, filepath.Join(dir, databaseName), url.Values{"mode": {"ro"}, "immutable": {"1"}})
		if err != nil {
			return err
		}
		var ok string
		err = x.GetContext(ctx, &ok, "pragma quick_check(1)")
		if err := errors.Join(err, x.Close()); err != nil || ok != "ok" {
			return fault.Wrap(fault.Internal, "The database in the backup is damaged", errors.Join(err, errors.New(ok)))
		}
	}
	for i, t := range m.Tables {
		if t.SHA256 == "" {
			continue
		}
		if err := checkTable(ctx, filepath.Join(dir, tablesName, t.Name+".copy.gz"), t); err != nil {
			return err
		}
		progress("check", i+1, len(m.Tables))
	}
	blobs, err := blobsIn(filepath.Join(dir, blobsName))
	if err != nil {
		return err
	}
	var bytes int64
	for i, b := range blobs {
		if err := checkBlob(ctx, b, b.path(filepath.Join(dir, blobsName))); err != nil {
			return err
		}
		bytes += b.Bytes
		progress("check of originals", i+1, len(blobs))
	}
	if int64(len(blobs)) != m.Blobs.Files || bytes != m.Blobs.Bytes {
		return fault.Newf(fault.Internal, "The backup has %d originals as files and should have %d. Take an older backup", len(blobs), m.Blobs.Files)
	}
	return nil
}

// blobsIn lists the originals of a backup by what their files are called.
func blobsIn(dir string) ([]blobName, error) {
	names, err := filepath.Glob(filepath.Join(dir, "??", "*"))
	if err != nil {
		return nil, err
	}
	out := make([]blobName, 0, len(names))
	for _, name := range names {
		st, err := os.Stat(name)
		if err != nil {
			return nil, err
		}
		b := blobName{SHA256: filepath.Base(name), Bytes: st.Size()}
		if !b.wellFormed() {
			return nil, fault.Newf(fault.Internal, "%s does not belong into a backup", name)
		}
		out = append(out, b)
	}
	return out, nil
}

func restoreBlobs(ctx context.Context, from, to string, m *Manifest, progress Progress) error {
	if m.Blobs.Files == 0 {
		return nil
	}
	blobs, err := blobsIn(from)
	if err != nil {
		return err
	}
	for i, b := range blobs {
		if err := ctx.Err(); err != nil {
			return err
		}
		dst := b.path(to)
		if err := os.MkdirAll(filepath.Dir(dst), 0o700); err != nil {
			return err
		}
		if checkBlob(ctx, b, dst) != nil { // also when an earlier restore was stopped here
			if err := ignoreNotExist(os.Remove(dst)); err != nil {
				return err
			}
			if err := copyFile(b.path(from), dst); err != nil {
				return err
			}
		}
		progress("originals", i+1, len(blobs))
	}
	return syncTree(to)
}

// restoreKey puts the key back. Another key that is there already is not
// overwritten: it may belong to data that somebody still needs.
func restoreKey(from, to string) error {
	want, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	switch have, err := os.ReadFile(to); {
	case err == nil && string(have) == string(want):
		return nil
	case err == nil:
		return fault.Newf(fault.Conflict, "%s is another key than the one in the backup. Move it away first, and keep it", to)
	case !errors.Is(err, os.ErrNotExist):
		return err
	}
	return writeSynced(to, want)
}

// makeRoom moves an older database aside, with its log, its large originals and
// its key; aside is where to.
func makeRoom(dir, name string, replace bool) (aside string, err error) {
	if _, err := os.Stat(filepath.Join(dir, databaseName)); errors.Is(err, os.ErrNotExist) {
		return "", nil
	} else if err != nil {
		return "", err
	}
	if !replace {
		return "", fault.Newf(fault.Conflict, "%s holds a database. Name another data_dir, or give -replace to move it aside", dir)
	}
	for i := 1; ; i++ {
		aside = filepath.Join(dir, fmt.Sprintf("replaced-by-%s-%d", name, i))
		if err = os.Mkdir(aside, 0o700); !errors.Is(err, os.ErrExist) {
			break
		}
	}
	if err != nil {
		return "", err
	}
	for _, f := range []string{databaseName + "-wal", databaseName + "-shm", blobsName, keyName, markName, databaseName} {
		if err := ignoreNotExist(os.Rename(filepath.Join(dir, f), filepath.Join(aside, f))); err != nil {
			return aside, err
		}
	}
	return aside, errors.Join(syncDirectory(aside), syncDirectory(dir))
}
