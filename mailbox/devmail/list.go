package devmail

import (
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// maxPattern bounds LIST patterns.
const maxPattern = 1000

// List answers LIST, LIST-EXTENDED (RFC 5258), LIST-STATUS (RFC 5819) and LSUB.
// Roles and \HasChildren are shown unasked, as Dovecot does.
func (s *session) List(w *imapserver.ListWriter, ref string, patterns []string, options *imap.ListOptions) error {
	if len(patterns) == 0 { // LIST "" "" asks for the delimiter
		return w.WriteList(&imap.ListData{Attrs: []imap.MailboxAttr{imap.MailboxAttrNoSelect}, Delim: delimiter})
	}
	for _, p := range patterns {
		if len(ref)+len(p) > maxPattern {
			return imapNo(imap.ResponseCodeLimit, "The pattern is too long")
		}
	}
	for _, data := range s.list(ref, patterns, options) {
		if err := w.WriteList(&data); err != nil {
			return err
		}
	}
	return nil
}

// list collects under the lock; writing to the client happens after.
func (s *session) list(ref string, patterns []string, options *imap.ListOptions) []imap.ListData {
	a := s.account
	a.mu.Lock()
	defer a.mu.Unlock()
	names := a.names()
	var out []imap.ListData
	for _, name := range names {
		if !slices.ContainsFunc(patterns, func(p string) bool { return matchFolder(name, ref+p) }) {
			continue
		}
		f := a.folders[name]
		data := imap.ListData{Mailbox: name, Delim: delimiter, Attrs: slices.Clone(f.meta.SpecialUse)}
		children, subscribedBelow := false, false
		for _, other := range names {
			if strings.HasPrefix(other, name+string(delimiter)) {
				children = true
				subscribedBelow = subscribedBelow || a.folders[other].meta.Subscribed
			}
		}
		if children {
			data.Attrs = append(data.Attrs, imap.MailboxAttrHasChildren)
		} else {
			data.Attrs = append(data.Attrs, imap.MailboxAttrHasNoChildren)
		}
		if f.meta.Subscribed && (options.ReturnSubscribed || options.SelectSubscribed) {
			data.Attrs = append(data.Attrs, imap.MailboxAttrSubscribed)
		}
		if options.SelectRecursiveMatch && subscribedBelow {
			data.ChildInfo = &imap.ListDataChildInfo{Subscribed: true}
		}
		if options.SelectSubscribed && !f.meta.Subscribed && data.ChildInfo == nil ||
			options.SelectSpecialUse && len(f.meta.SpecialUse) == 0 {
			continue
		}
		if options.ReturnStatus != nil {
			data.Status = s.status(f, options.ReturnStatus)
		}
		out = append(out, data)
	}
	return out
}

// matchFolder matches a name against a pattern with "*" (anything) and "%"
// (anything but the delimiter), RFC 9051 section 6.3.9. It steps through the
// pattern once for each octet of the name: imapserver.MatchList takes
// exponential time on "*a*a*a".
func matchFolder(name, pattern string) bool {
	if strings.EqualFold(pattern, inbox) {
		pattern = inbox
	}
	// at[j]: the name so far is matched by pattern[:j].
	at := make([]bool, len(pattern)+1)
	skip := func() { // a wildcard may match nothing
		for j := range len(pattern) {
			if at[j] && (pattern[j] == '*' || pattern[j] == '%') {
				at[j+1] = true
			}
		}
	}
	at[0] = true
	skip()
	for i := range len(name) {
		next := make([]bool, len(pattern)+1)
		for j := range len(pattern) {
			if !at[j] {
				continue
			}
			switch {
			case pattern[j] == '*', pattern[j] == '%' && name[i] != delimiter:
				next[j] = true
			case pattern[j] == name[i]:
				next[j+1] = true
			}
		}
		at = next
		skip()
	}
	return at[len(pattern)]
}

// Create makes a folder and the parents that are missing (RFC 9051 section 6.3.4).
func (s *session) Create(name string, options *imap.CreateOptions) error {
	return s.srv.write(func() error {
		a := s.account
		a.mu.Lock()
		defer a.mu.Unlock()
		name = strings.TrimSuffix(folderName(name), string(delimiter))
		return imapError(a.createWithParents(folderMeta{Name: name, SpecialUse: options.SpecialUse}))
	})
}

func (a *account) createWithParents(meta folderMeta) error {
	if err := checkFolderName(meta.Name); err != nil {
		return err
	}
	for i := range len(meta.Name) {
		if meta.Name[i] == delimiter && a.folders[meta.Name[:i]] == nil {
			if _, err := a.create(folderMeta{Name: meta.Name[:i]}); err != nil {
				return err
			}
		}
	}
	_, err := a.create(meta)
	return err
}

// Delete removes a folder with its messages.
func (s *session) Delete(name string) error {
	return s.srv.write(func() error {
		a := s.account
		a.mu.Lock()
		defer a.mu.Unlock()
		f, err := a.folder(name)
		if err != nil {
			return imapError(err)
		}
		if f.meta.Name == inbox {
			return imapNo(imap.ResponseCodeCannot, "INBOX cannot be deleted")
		}
		for other := range a.folders {
			if strings.HasPrefix(other, f.meta.Name+string(delimiter)) {
				return imapNo(imap.ResponseCodeHasChildren, "Delete the mailboxes below it first")
			}
		}
		return imapError(a.drop(f))
	})
}

// Rename gives a folder and those below it another name. Renaming INBOX moves
// its messages and leaves it empty (RFC 9051 section 6.3.6).
func (s *session) Rename(oldName, newName string, _ *imap.RenameOptions) error {
	return s.srv.write(func() error {
		a := s.account
		a.mu.Lock()
		defer a.mu.Unlock()
		return imapError(s.rename(a, oldName, strings.TrimSuffix(folderName(newName), string(delimiter))))
	})
}

func (s *session) rename(a *account, oldName, newName string) error {
	f, err := a.folder(oldName)
	if err != nil {
		return err
	}
	if f.meta.Name == inbox {
		if err := a.createWithParents(folderMeta{Name: newName, Subscribed: true}); err != nil {
			return err
		}
		_, err := a.move(f, a.folders[newName], func(*message) bool { return true })
		s.srv.change()
		return err
	}
	below := f.meta.Name + string(delimiter)
	if strings.HasPrefix(newName, below) {
		return imapNo(imap.ResponseCodeCannot, "A mailbox cannot be moved below itself")
	}
	for other := range a.folders {
		// No name may clash, or half of the tree would be renamed.
		rest, isBelow := strings.CutPrefix(other, below)
		target := newName + string(delimiter) + rest
		if other == f.meta.Name {
			target = newName
		} else if !isBelow {
			continue
		}
		if err := checkFolderName(target); err != nil {
			return err
		}
		if a.folders[target] != nil {
			return imapNo(imap.ResponseCodeAlreadyExists, "A mailbox of this name exists")
		}
	}
	for _, other := range a.names() {
		rest, isBelow := strings.CutPrefix(other, below)
		if other != f.meta.Name && !isBelow {
			continue
		}
		meta := a.folders[other].meta
		meta.Name = newName
		if isBelow {
			meta.Name += string(delimiter) + rest
		}
		if err := a.folders[other].setMeta(meta); err != nil {
			return err
		}
		a.folders[meta.Name] = a.folders[other]
		delete(a.folders, other)
	}
	s.srv.change()
	return nil
}

// Subscribe marks a folder for LSUB.
func (s *session) Subscribe(name string) error { return s.subscribe(name, true) }

// Unsubscribe takes the mark off.
func (s *session) Unsubscribe(name string) error { return s.subscribe(name, false) }

func (s *session) subscribe(name string, on bool) error {
	return s.srv.write(func() error {
		a := s.account
		a.mu.Lock()
		defer a.mu.Unlock()
		f, err := a.folder(name)
		if err != nil {
			return imapError(err)
		}
		meta := f.meta
		meta.Subscribed = on
		return imapError(f.setMeta(meta))
	})
}
