package devmail

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// message is one message of a folder. Only flags and file change after it was
// made; its account's mutex guards them.
type message struct {
	uid   imap.UID
	date  int64 // INTERNALDATE, Unix seconds: IMAP has no finer grain
	size  int64 // octets
	flags []imap.Flag
	file  string // name within the folder's directory
}

// folderMeta is meta.json.
type folderMeta struct {
	Name        string             `json:"name"` // as IMAP shows it, levels parted by "/"
	UIDValidity uint32             `json:"uid_validity"`
	UIDNext     imap.UID           `json:"uid_next"` // a floor: see the package comment
	Subscribed  bool               `json:"subscribed,omitempty"`
	SpecialUse  []imap.MailboxAttr `json:"special_use,omitempty"`
}

// folder is one mailbox in IMAP's sense. The account's mutex guards all of it.
type folder struct {
	disk    disk
	dir     string
	meta    folderMeta
	uidNext imap.UID
	msgs    []*message // by UID
	tracker *imapserver.MailboxTracker
	views   map[*view]struct{} // sessions that have it selected
	gone    bool               // deleted, or renumbered: no view of it is worth anything
}

// writeMeta makes meta durable in dir, which need not be published yet.
func writeMeta(d disk, dir string, meta folderMeta) error {
	b, err := json.MarshalIndent(meta, "", "  ")
	if err != nil {
		return fmt.Errorf("devmail: %w", err)
	}
	staged, _, err := d.stage(bytes.NewReader(append(b, '\n')))
	if err != nil {
		return err
	}
	return d.publish(staged, filepath.Join(dir, "meta.json"))
}

// loadFolder reads a folder's directory. A message file whose size is not the
// one in its name is set aside as NAME.damaged and reported: a file system that
// lost data in a power cut must not have us serve half a letter as a whole one.
// repaired lists what was set aside or rebuilt.
func loadFolder(d disk, dir string, validity func() uint32) (f *folder, repaired []string, err error) {
	f = &folder{disk: d, dir: dir, views: make(map[*view]struct{})}
	raw, err := os.ReadFile(filepath.Join(dir, "meta.json"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, nil, fmt.Errorf("devmail: %w", err)
	}
	if err != nil || json.Unmarshal(raw, &f.meta) != nil || f.meta.Name == "" || f.meta.UIDValidity == 0 {
		// The UID state is lost, and RFC 9051 section 2.3.1.1 has the word for
		// that: another UIDVALIDITY.
		name, ok := unescape(filepath.Base(dir))
		if !ok {
			name = filepath.Base(dir)
		}
		f.meta = folderMeta{Name: name, UIDValidity: validity(), UIDNext: 1, Subscribed: true}
		if err := writeMeta(d, dir, f.meta); err != nil {
			return nil, nil, err
		}
		repaired = append(repaired, "meta.json")
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("devmail: %w", err)
	}
	f.uidNext = max(f.meta.UIDNext, 1)
	for _, e := range entries { // in the order of their names: by UID, as these are of fixed width
		m, ok := parseFileName(e.Name())
		if !ok {
			continue
		}
		f.uidNext = max(f.uidNext, m.uid+1)
		info, err := e.Info()
		if err != nil {
			return nil, nil, fmt.Errorf("devmail: %w", err)
		}
		if info.Size() != m.size || len(f.msgs) > 0 && f.msgs[len(f.msgs)-1].uid == m.uid {
			if err := os.Rename(filepath.Join(dir, m.file), filepath.Join(dir, m.file+".damaged")); err != nil {
				return nil, nil, fmt.Errorf("devmail: %w", err)
			}
			// Its UID stays used although the name no longer counts.
			f.meta.UIDNext = max(f.meta.UIDNext, m.uid+1)
			repaired = append(repaired, m.file)
			continue
		}
		f.msgs = append(f.msgs, m)
	}
	if len(repaired) > 0 {
		if err := writeMeta(d, dir, f.meta); err != nil {
			return nil, nil, err
		}
	}
	f.tracker = imapserver.NewMailboxTracker(uint32(len(f.msgs)))
	return f, repaired, nil
}

// index is the position of uid in msgs, or of the next higher one.
func (f *folder) index(uid imap.UID) (int, bool) {
	return sort.Find(len(f.msgs), func(i int) int {
		switch {
		case uid < f.msgs[i].uid:
			return -1
		case uid > f.msgs[i].uid:
			return 1
		}
		return 0
	})
}

// open opens a message's bytes. The error is os.ErrNotExist when the message
// has been removed.
func (f *folder) open(uid imap.UID) (*os.File, error) {
	i, ok := f.index(uid)
	if !ok {
		return nil, os.ErrNotExist
	}
	file, err := os.Open(filepath.Join(f.dir, f.msgs[i].file))
	if err != nil {
		return nil, fmt.Errorf("devmail: %w", err)
	}
	return file, nil
}

// place gives a file that lies outside the folder (staged, or another
// folder's) the next UID and makes it the folder's. put is what brings the file
// in: rename for a staged file and a move, link for a copy.
func (f *folder) place(put func(final string) error, date, size int64, flags []imap.Flag) (imap.UID, error) {
	uid := f.uidNext
	name, err := fileName(uid, date, size, flags)
	if err != nil {
		return 0, err
	}
	if err := put(filepath.Join(f.dir, name)); err != nil {
		return 0, err
	}
	f.uidNext++
	f.msgs = append(f.msgs, &message{uid: uid, date: date, size: size, flags: flags, file: name})
	f.tracker.QueueNumMessages(uint32(len(f.msgs)))
	f.wake()
	return uid, nil
}

// setFlags replaces the flags of msgs[i]. The session that asked is not told
// through its tracker: its command answers it.
func (f *folder) setFlags(i int, flags []imap.Flag, asker *imapserver.SessionTracker) error {
	m := f.msgs[i]
	if slices.Equal(m.flags, flags) {
		return nil
	}
	name, err := fileName(m.uid, m.date, m.size, flags)
	if err != nil {
		return err
	}
	if err := f.disk.publish(filepath.Join(f.dir, m.file), filepath.Join(f.dir, name)); err != nil {
		return err
	}
	m.flags, m.file = flags, name
	f.tracker.QueueMessageFlags(uint32(i)+1, m.uid, flags, asker)
	f.wake()
	return nil
}

// saveNext makes UIDNEXT durable; it must come before a message goes away.
func (f *folder) saveNext() error {
	if f.meta.UIDNext == f.uidNext {
		return nil
	}
	meta := f.meta
	meta.UIDNext = f.uidNext
	return f.setMeta(meta)
}

func (f *folder) setMeta(meta folderMeta) error {
	if err := writeMeta(f.disk, f.dir, meta); err != nil {
		return err
	}
	f.meta = meta
	return nil
}

// remove takes the messages out that drop says are gone; drop removes or moves
// the file. It stops at the first error: what went before stays gone.
func (f *folder) remove(drop func(m *message) (bool, error)) error {
	if err := f.saveNext(); err != nil {
		return err
	}
	kept := make([]*message, 0, len(f.msgs))
	seq := uint32(1) // as the sequence numbers stand after the removals so far
	var failed error
	removed := false
	for _, m := range f.msgs {
		gone := false
		if failed == nil {
			gone, failed = drop(m)
		}
		if !gone {
			kept = append(kept, m)
			seq++
			continue
		}
		removed = true
		f.tracker.QueueExpunge(seq)
	}
	f.msgs = kept
	if removed {
		f.wake()
	}
	return failed
}

// unlink is a drop function for remove.
func (f *folder) unlink(m *message) (bool, error) {
	// A file that is not there is as gone as it can be.
	if err := os.Remove(filepath.Join(f.dir, m.file)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return false, fmt.Errorf("devmail: %w", err)
	}
	return true, nil
}

// wake tells idling sessions to look at their trackers.
func (f *folder) wake() {
	for v := range f.views {
		select {
		case v.wake <- struct{}{}:
		default: // it has a wake-up waiting
		}
	}
}

// disconnect ends every session that has the folder selected, as real servers
// do when a mailbox is deleted or renumbered under a client.
func (f *folder) disconnect() {
	f.gone = true
	for v := range f.views {
		v.sess.hangUp()
	}
}

func (f *folder) count(with imap.Flag) uint32 {
	var n uint32
	for _, m := range f.msgs {
		if hasFlag(m.flags, with) {
			n++
		}
	}
	return n
}

func (f *folder) size() int64 {
	var n int64
	for _, m := range f.msgs {
		n += m.size
	}
	return n
}
