package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"hearback/tickets/fault"
)

// lockDir makes this program the only one that works with dir. The lock belongs
// to the open file, so the kernel gives it back however the program ends, and a
// lock file that was left behind hinders nobody.
func lockDir(dir string) (release func() error, err error) {
	name := filepath.Join(dir, "lock")
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "The data directory "+dir+" cannot be written", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder, _ := io.ReadAll(io.LimitReader(f, 20)) // who it is only helps the message
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			who := "Another program"
			if p := strings.TrimSpace(string(holder)); p != "" {
				who = "Another hearback (process " + p + ")"
			}
			return nil, fault.New(fault.Conflict, who+" works with the data directory "+dir+". Stop it first")
		}
		return nil, fmt.Errorf("locking %s: %w", name, err)
	}
	if err := f.Truncate(0); err == nil {
		_, _ = f.WriteAt(fmt.Appendf(nil, "%d\n", os.Getpid()), 0) // for the message above
	}
	return f.Close, nil
}
