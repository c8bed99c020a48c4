package devmail

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/emersion/go-imap/v2"

	"hearback/tickets/fault"
)

const (
	inbox         = "INBOX"
	delimiter     = '/'
	maxFolderName = 200 // octets
	maxFolders    = 500 // an account
)

// account is everything that one address owns.
type account struct {
	disk    disk
	dir     string
	address string
	now     func() time.Time
	changed func() // tells Server.Wait that a folder has other contents

	mu           sync.Mutex
	folders      map[string]*folder
	lastValidity uint32
}

// accountMeta is account.json.
type accountMeta struct {
	Address string `json:"address"`
	// LastUIDValidity is the highest that any folder of the account ever had;
	// it is written before a folder goes, so that no number is used twice.
	LastUIDValidity uint32 `json:"last_uid_validity"`
}

// defaultFolders are what an account begins with, with their roles (RFC 6154).
func defaultFolders() []folderMeta {
	use := func(name string, attr ...imap.MailboxAttr) folderMeta {
		return folderMeta{Name: name, Subscribed: true, UIDNext: 1, SpecialUse: attr}
	}
	return []folderMeta{
		use(inbox), use("Sent", imap.MailboxAttrSent), use("Junk", imap.MailboxAttrJunk),
		use("Archive", imap.MailboxAttrArchive), use("Drafts", imap.MailboxAttrDrafts), use("Trash", imap.MailboxAttrTrash),
	}
}

// openAccount reads the account in dir, or makes what is missing of it. The
// folders are made before account.json, so an account without that file was
// left in the middle of being made and is completed here.
func openAccount(d disk, dir, address string, now func() time.Time, changed func()) (a *account, repaired []string, err error) {
	a = &account{disk: d, dir: dir, address: address, now: now, changed: changed, folders: make(map[string]*folder)}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, nil, fmt.Errorf("devmail: %w", err)
	}
	meta, known := readAccountMeta(dir)
	a.lastValidity = meta.LastUIDValidity
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("devmail: %w", err)
	}
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		f, rep, err := loadFolder(d, filepath.Join(dir, e.Name()), a.nextValidity)
		if err != nil {
			return nil, nil, err
		}
		for _, r := range rep {
			repaired = append(repaired, filepath.Join(f.dir, r))
		}
		if err := a.adopt(f); err != nil {
			return nil, nil, err
		}
	}
	for _, m := range defaultFolders() {
		if a.folders[m.Name] == nil && (!known || m.Name == inbox) {
			if _, err := a.create(m); err != nil {
				return nil, nil, err
			}
		}
	}
	if !known {
		if err := a.save(); err != nil {
			return nil, nil, err
		}
	}
	return a, repaired, nil
}

// readAccountMeta gives the account in dir. Without a readable account.json the
// name of the directory tells the address, unless it was too long to be kept.
func readAccountMeta(dir string) (accountMeta, bool) {
	var meta accountMeta
	if raw, err := os.ReadFile(filepath.Join(dir, "account.json")); err == nil {
		if json.Unmarshal(raw, &meta) == nil && meta.Address != "" {
			return meta, true
		}
	}
	address, _ := unescape(filepath.Base(dir))
	return accountMeta{Address: address}, false
}

// adopt takes a loaded folder in. Two directories claim one name only when a
// crash fell between the two halves of renumber: the newer one counts.
func (a *account) adopt(f *folder) error {
	a.lastValidity = max(a.lastValidity, f.meta.UIDValidity)
	old := a.folders[f.meta.Name]
	if old == nil || old.meta.UIDValidity < f.meta.UIDValidity {
		a.folders[f.meta.Name] = f
		f = old
	}
	if f == nil {
		return nil
	}
	return a.disk.discard(f.dir)
}

func (a *account) save() error {
	b, err := json.MarshalIndent(accountMeta{Address: a.address, LastUIDValidity: a.lastValidity}, "", "  ")
	if err != nil {
		return fmt.Errorf("devmail: %w", err)
	}
	staged, _, err := a.disk.stage(bytes.NewReader(append(b, '\n')))
	if err != nil {
		return err
	}
	return a.disk.publish(staged, filepath.Join(a.dir, "account.json"))
}

// nextValidity is the clock in seconds, as RFC 9051 section 2.3.1.1 advises,
// but always more than any before it.
func (a *account) nextValidity() uint32 {
	clock := a.now().Unix()
	if clock < 1 || clock > 1<<32-2 {
		clock = 1
	}
	a.lastValidity = max(a.lastValidity+1, uint32(clock))
	return a.lastValidity
}

// folderName gives the one spelling of a name: INBOX in capitals.
func folderName(name string) string {
	if name == "" || strings.EqualFold(name, inbox) {
		return inbox
	}
	return name
}

func (a *account) folder(name string) (*folder, error) {
	f := a.folders[folderName(name)]
	if f == nil {
		return nil, fault.New(fault.NotFound, "There is no such mail folder.")
	}
	return f, nil
}

// names are sorted, INBOX first.
func (a *account) names() []string {
	names := slices.Sorted(maps.Keys(a.folders))
	if i := slices.Index(names, inbox); i > 0 {
		names = slices.Insert(slices.Delete(names, i, i+1), 0, inbox)
	}
	return names
}

// create makes one folder; its parents are the caller's business.
func (a *account) create(meta folderMeta) (*folder, error) {
	if err := checkFolderName(meta.Name); err != nil {
		return nil, err
	}
	if a.folders[meta.Name] != nil {
		return nil, fault.New(fault.Conflict, "There is a mail folder of this name.")
	}
	if len(a.folders) >= maxFolders {
		return nil, fault.New(fault.Refused, "This account has too many mail folders.")
	}
	meta.UIDValidity, meta.UIDNext = a.nextValidity(), 1
	staged, err := a.disk.stageDir()
	if err != nil {
		return nil, err
	}
	if err := writeMeta(a.disk, staged, meta); err != nil {
		return nil, err
	}
	dir, err := a.disk.publishDir(staged, a.dir, dirName(meta.Name))
	if err != nil {
		return nil, err
	}
	f, _, err := loadFolder(a.disk, dir, a.nextValidity)
	if err != nil {
		return nil, err
	}
	a.folders[meta.Name] = f
	return f, nil
}

// checkFolderName refuses names that no listing could show or that would need
// an endless chain of parents.
func checkFolderName(name string) error {
	if len(name) > maxFolderName || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) ||
		strings.Count(name, string(delimiter)) > 9 || slices.Contains(strings.Split(name, string(delimiter)), "") {
		return fault.New(fault.Invalid, "A mail folder cannot have this name.")
	}
	return nil
}

// drop deletes a folder and its messages.
func (a *account) drop(f *folder) error {
	if err := a.save(); err != nil {
		return err
	}
	if err := a.disk.discard(f.dir); err != nil {
		return err
	}
	delete(a.folders, f.meta.Name)
	f.disconnect()
	a.changed()
	return nil
}

// renumber gives a folder another UIDVALIDITY and its messages new UIDs from 1.
// The new directory is complete before it appears; from then on it is the one
// that counts, whether or not the old one could still be removed (see adopt).
func (a *account) renumber(f *folder) error {
	staged, err := a.disk.stageDir()
	if err != nil {
		return err
	}
	for i, m := range f.msgs {
		name, err := fileName(imap.UID(i+1), m.date, m.size, m.flags)
		if err != nil {
			return err
		}
		if err := os.Link(filepath.Join(f.dir, m.file), filepath.Join(staged, name)); err != nil {
			return fmt.Errorf("devmail: %w", err)
		}
	}
	meta := f.meta
	meta.UIDValidity, meta.UIDNext = a.nextValidity(), 1
	if err := writeMeta(a.disk, staged, meta); err != nil {
		return err
	}
	dir, err := a.disk.publishDir(staged, a.dir, dirName(meta.Name))
	if err != nil {
		return err
	}
	fresh, _, err := loadFolder(a.disk, dir, a.nextValidity)
	if err != nil {
		return err
	}
	a.folders[meta.Name] = fresh
	f.disconnect()
	return errors.Join(a.save(), a.disk.discard(f.dir))
}
