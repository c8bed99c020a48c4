package devmail

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// Store changes flags.
func (s *session) Store(w *imapserver.FetchWriter, numSet imap.NumSet, change *imap.StoreFlags, _ *imap.StoreOptions) error {
	var answers []picked
	err := s.change(func(v *view, f *folder) error {
		for _, p := range v.pick(numSet) {
			i, _ := f.index(p.uid)
			if err := f.setFlags(i, applyFlags(p.flags, change), v.tracker); err != nil {
				return err
			}
			p.flags = f.msgs[i].flags
			answers = append(answers, p)
		}
		return nil
	})
	if err != nil {
		return imapError(err)
	}
	for _, p := range answers {
		if change.Silent || p.seq == 0 {
			continue
		}
		rw := w.CreateMessage(p.seq)
		rw.WriteUID(p.uid)
		rw.WriteFlags(p.flags)
		if err := rw.Close(); err != nil {
			return err
		}
	}
	return nil
}

func applyFlags(have []imap.Flag, change *imap.StoreFlags) []imap.Flag {
	var out []imap.Flag
	switch change.Op {
	case imap.StoreFlagsSet:
		out = append(out, change.Flags...)
	case imap.StoreFlagsAdd:
		out = append(append(out, have...), change.Flags...)
	case imap.StoreFlagsDel:
		for _, f := range have {
			if !hasFlag(change.Flags, f) {
				out = append(out, f)
			}
		}
	}
	return cleanFlags(out)
}

// Expunge removes what is marked \Deleted, within uids if they are given. The
// EXPUNGE responses come with the next Poll, from the tracker.
//
// CLOSE comes here too and must do nothing in a folder opened with EXAMINE
// (RFC 9051 section 6.4.1). imapserver does not say which command it was, so a
// plain EXPUNGE there removes nothing and says OK; UID EXPUNGE is refused.
func (s *session) Expunge(_ *imapserver.ExpungeWriter, uids *imap.UIDSet) error {
	if v := s.current(); v != nil && v.readOnly && uids == nil {
		return nil
	}
	err := s.change(func(v *view, f *folder) error {
		wanted := make(map[imap.UID]bool)
		if uids != nil {
			for _, p := range v.pick(*uids) {
				wanted[p.uid] = true
			}
		}
		err := f.remove(func(m *message) (bool, error) {
			if !hasFlag(m.flags, imap.FlagDeleted) || uids != nil && !wanted[m.uid] {
				return false, nil
			}
			return f.unlink(m)
		})
		s.srv.change()
		return err
	})
	return imapError(err)
}

// Copy copies messages into another folder, or the same, with flags and
// internal date; all or none (RFC 9051 section 6.4.7).
func (s *session) Copy(numSet imap.NumSet, name string) (*imap.CopyData, error) {
	data := &imap.CopyData{}
	err := s.srv.write(func() error {
		return s.selected(func(v *view, f *folder) error {
			dest, err := v.account.folder(name)
			if err != nil {
				return imapNo(imap.ResponseCodeTryCreate, "No such mailbox")
			}
			var linked []string
			for _, p := range v.pick(numSet) {
				i, _ := f.index(p.uid)
				m := f.msgs[i]
				// Message files never change, so two names may share one file.
				data.UIDValidity = dest.meta.UIDValidity
				staged := filepath.Join(s.srv.disk.tmp, fmt.Sprintf("copy-%X", s.srv.queueID.Add(1)))
				if err := os.Link(filepath.Join(f.dir, m.file), staged); err != nil {
					return errors.Join(fmt.Errorf("devmail: %w", err), removeAll(linked))
				}
				linked = append(linked, staged)
				data.SourceUIDs.AddNum(m.uid)
			}
			return s.placeLinks(data, f, dest, linked)
		})
	})
	if err != nil {
		return nil, imapError(err)
	}
	if len(data.SourceUIDs) == 0 {
		return nil, nil // imapserver wants it so: without CopyData there is no COPYUID code
	}
	return data, nil
}

// placeLinks brings the links in, in the order of the source UIDs, which is how
// COPYUID pairs them (RFC 4315 section 3).
func (s *session) placeLinks(data *imap.CopyData, f, dest *folder, linked []string) error {
	uids, _ := data.SourceUIDs.Nums()
	for n, uid := range uids {
		i, _ := f.index(uid)
		m := f.msgs[i]
		got, err := dest.place(func(final string) error { return s.srv.disk.publish(linked[n], final) }, m.date, m.size, m.flags)
		if err != nil {
			return errors.Join(err, removeAll(linked[n:]), dest.remove(func(m *message) (bool, error) {
				if !data.DestUIDs.Contains(m.uid) {
					return false, nil
				}
				return dest.unlink(m)
			}))
		}
		data.DestUIDs.AddNum(got)
	}
	s.srv.change()
	return nil
}

func removeAll(paths []string) error {
	var errs []error
	for _, p := range paths {
		errs = append(errs, os.Remove(p))
	}
	return errors.Join(errs...)
}

// Move moves messages (RFC 6851). The tracker's updates, written by the Poll
// that follows, are the EXPUNGE responses.
func (s *session) Move(w *imapserver.MoveWriter, numSet imap.NumSet, name string) error {
	var data *imap.CopyData
	err := s.change(func(v *view, f *folder) error {
		dest, err := v.account.folder(name)
		if err != nil {
			return imapNo(imap.ResponseCodeTryCreate, "No such mailbox")
		}
		if dest == f {
			return imapNo(imap.ResponseCodeCannot, "The messages are in this mailbox already")
		}
		wanted := make(map[imap.UID]bool)
		for _, p := range v.pick(numSet) {
			wanted[p.uid] = true
		}
		data, err = v.account.move(f, dest, func(m *message) bool { return wanted[m.uid] })
		s.srv.change()
		return err
	})
	// What was moved before an error is told too: it is somewhere else now.
	if data != nil && len(data.SourceUIDs) > 0 {
		if werr := w.WriteCopyData(data); err == nil {
			err = werr
		}
	}
	return imapError(err)
}

// move renames message files from one folder into another: each is at every
// moment in exactly one of the two.
func (a *account) move(from, to *folder, which func(*message) bool) (*imap.CopyData, error) {
	data := &imap.CopyData{UIDValidity: to.meta.UIDValidity}
	err := from.remove(func(m *message) (bool, error) {
		if !which(m) {
			return false, nil
		}
		uid, err := to.place(func(final string) error {
			return a.disk.publish(filepath.Join(from.dir, m.file), final)
		}, m.date, m.size, m.flags)
		if err != nil {
			return false, err
		}
		data.SourceUIDs.AddNum(m.uid)
		data.DestUIDs.AddNum(uid)
		return true, nil
	})
	return data, err
}
