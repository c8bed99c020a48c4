package throwaway

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// Account is a system account that a server runs as.
type Account struct {
	Name  string // user name
	Group string // name of its primary group
	UID   int
	GID   int
	Drop  bool // true when we are root and must become this account
}

// RunAs chooses the account for a server that refuses to work as root: the first
// of names that exists when we are root, otherwise our own.
func RunAs(names ...string) (Account, error) {
	if os.Geteuid() != 0 {
		u, err := user.Current()
		if err != nil {
			return Account{}, fmt.Errorf("our own account: %w", err)
		}
		return account(u, false)
	}
	for _, name := range names {
		if u, err := user.Lookup(name); err == nil {
			return account(u, true)
		}
	}
	return Account{}, fmt.Errorf("none of the accounts %q exists, and the server refuses root", names)
}

func account(u *user.User, drop bool) (Account, error) {
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return Account{}, fmt.Errorf("account %s: %w", u.Username, err)
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return Account{}, fmt.Errorf("account %s: %w", u.Username, err)
	}
	group, err := user.LookupGroupId(u.Gid)
	if err != nil {
		return Account{}, fmt.Errorf("account %s: %w", u.Username, err)
	}
	return Account{Name: u.Username, Group: group.Name, UID: uid, GID: gid, Drop: drop}, nil
}

// Own gives path to the account; it does nothing when we already are it.
func (a Account) Own(paths ...string) error {
	if !a.Drop {
		return nil
	}
	for _, path := range paths {
		if err := os.Chown(path, a.UID, a.GID); err != nil {
			return err
		}
	}
	return nil
}

// credential is what the kernel needs to start a process as the account, without
// any of root's supplementary groups; nil when nothing is to be dropped.
func (a Account) credential() *syscall.Credential {
	if !a.Drop {
		return nil
	}
	return &syscall.Credential{Uid: uint32(a.UID), Gid: uint32(a.GID)}
}
