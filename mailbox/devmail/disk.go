package devmail

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// disk turns bytes into files that are either whole or not there: they are
// written in DIR/.tmp and renamed to where they belong. A crash leaves at most
// a file in .tmp, which the next start removes.
type disk struct {
	root string
	tmp  string
	sync bool // fsync files and directories: survive a power cut, not only a crash
}

// openDisk makes the directory when it is missing, locks it against a second
// server and clears what an earlier one left half-written.
func openDisk(dir string, sync bool) (disk, *os.File, error) {
	d := disk{root: dir, tmp: filepath.Join(dir, ".tmp"), sync: sync}
	if err := os.MkdirAll(d.tmp, 0o700); err != nil {
		return d, nil, fmt.Errorf("devmail: %w", err)
	}
	lock, err := os.OpenFile(filepath.Join(dir, ".lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return d, nil, fmt.Errorf("devmail: %w", err)
	}
	// The kernel drops the lock when the process ends, also by SIGKILL.
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return d, nil, errors.Join(fmt.Errorf("devmail: %s is in use by another server: %w", dir, err), lock.Close())
	}
	if err := d.clear(); err != nil {
		return d, nil, errors.Join(err, lock.Close())
	}
	return d, lock, nil
}

func (d disk) clear() error {
	left, err := os.ReadDir(d.tmp)
	if err != nil {
		return fmt.Errorf("devmail: %w", err)
	}
	for _, e := range left {
		if err := os.RemoveAll(filepath.Join(d.tmp, e.Name())); err != nil {
			return fmt.Errorf("devmail: %w", err)
		}
	}
	return nil
}

// stage writes r into a new file in .tmp and gives its name and size.
func (d disk) stage(r io.Reader) (name string, size int64, err error) {
	f, err := os.CreateTemp(d.tmp, "new-*")
	if err != nil {
		return "", 0, fmt.Errorf("devmail: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name()) // what stays is cleared at the next start
		}
	}()
	size, err = io.Copy(f, r)
	if err == nil && d.sync {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return "", 0, fmt.Errorf("devmail: %w", err)
	}
	return f.Name(), size, nil
}

// publish renames a staged file or directory to its place.
func (d disk) publish(staged, final string) error {
	if err := os.Rename(staged, final); err != nil {
		return fmt.Errorf("devmail: %w", err)
	}
	return d.settle(filepath.Dir(final))
}

// settle makes the names in a directory durable.
func (d disk) settle(dir string) error {
	if !d.sync {
		return nil
	}
	f, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("devmail: %w", err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("devmail: %w", err)
	}
	return nil
}

// stageDir makes an empty directory in .tmp.
func (d disk) stageDir() (string, error) {
	dir, err := os.MkdirTemp(d.tmp, "dir-*")
	if err != nil {
		return "", fmt.Errorf("devmail: %w", err)
	}
	return dir, nil
}

// publishDir renames a staged directory to parent/base, or parent/base=2 and
// so on where that is taken, and gives the path it got.
func (d disk) publishDir(staged, parent, base string) (string, error) {
	for n := 1; ; n++ {
		final := filepath.Join(parent, base)
		if n > 1 {
			final += "=" + strconv.Itoa(n)
		}
		// rename(2) would replace an empty directory without a word.
		if _, err := os.Lstat(final); err == nil {
			continue
		} else if !errors.Is(err, os.ErrNotExist) {
			return "", fmt.Errorf("devmail: %w", err)
		}
		return final, d.publish(staged, final)
	}
}

// discard takes a directory away in one step, then empties it.
func (d disk) discard(dir string) error {
	trash, err := d.stageDir()
	if err != nil {
		return err
	}
	if err := os.Rename(dir, filepath.Join(trash, "gone")); err != nil {
		return fmt.Errorf("devmail: %w", err)
	}
	if err := os.RemoveAll(trash); err != nil {
		return fmt.Errorf("devmail: %w", err)
	}
	return nil
}
