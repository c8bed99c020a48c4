package devmail

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sort"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// picked is a message as it stood when a command began, with its sequence
// number in the client's view (0: the client has not been told of it yet).
type picked struct {
	uid   imap.UID
	seq   uint32
	date  int64
	size  int64
	flags []imap.Flag
}

// pick resolves a set of UIDs or sequence numbers. The caller holds the account.
func (v *view) pick(numSet imap.NumSet) []picked {
	if imap.IsSearchRes(numSet) {
		numSet = v.found
	}
	msgs := v.folder.msgs
	var out []picked
	add := func(i int) {
		m := msgs[i]
		out = append(out, picked{uid: m.uid, seq: v.tracker.EncodeSeqNum(uint32(i) + 1), date: m.date, size: m.size, flags: m.flags})
	}
	switch set := numSet.(type) {
	case imap.UIDSet:
		if len(msgs) == 0 {
			return nil
		}
		last := msgs[len(msgs)-1].uid
		next := 0 // ranges are sorted, but "*" may lie within an earlier one
		for _, r := range set {
			start, stop := bounds(uint32(r.Start), uint32(r.Stop), uint32(last))
			i := sort.Search(len(msgs), func(i int) bool { return uint32(msgs[i].uid) >= start })
			for i = max(i, next); i < len(msgs) && uint32(msgs[i].uid) <= stop; i++ {
				add(i)
				next = i + 1
			}
		}
	case imap.SeqSet:
		seqs := make([]uint32, len(msgs))
		last := uint32(0)
		for i := range msgs {
			seqs[i] = v.tracker.EncodeSeqNum(uint32(i) + 1)
			last = max(last, seqs[i])
		}
		for i, seq := range seqs {
			for _, r := range set {
				if start, stop := bounds(r.Start, r.Stop, last); seq != 0 && start <= seq && seq <= stop {
					add(i)
					break
				}
			}
		}
	}
	return out
}

// bounds resolves "*", which the decoder gives as 0, to the last number in use;
// "9:*" names the last one also when it is below 9 (RFC 9051 section 9, seq-range).
func bounds(start, stop, last uint32) (uint32, uint32) {
	if start == 0 {
		start = last
	}
	if stop == 0 {
		stop = last
	}
	return min(start, stop), max(start, stop)
}

// Fetch answers FETCH and UID FETCH. The account is not locked while the client
// reads: mail goes on arriving under a slow FETCH.
func (s *session) Fetch(w *imapserver.FetchWriter, numSet imap.NumSet, options *imap.FetchOptions) error {
	opts := *options
	marks := false
	for _, b := range opts.BodySection {
		marks = marks || !b.Peek
	}
	for _, b := range opts.BinarySection {
		marks = marks || !b.Peek
	}
	var v *view
	var messages []picked
	err := s.srv.write(func() error {
		return s.selected(func(cur *view, f *folder) error {
			v, messages = cur, cur.pick(numSet)
			if !marks || cur.readOnly {
				return nil
			}
			for n, p := range messages {
				if hasFlag(p.flags, imap.FlagSeen) {
					continue
				}
				i, _ := f.index(p.uid)
				if err := f.setFlags(i, cleanFlags(append([]imap.Flag{imap.FlagSeen}, p.flags...)), v.tracker); err != nil {
					return err
				}
				messages[n].flags = f.msgs[i].flags
				opts.Flags = true // the client is told of the change, RFC 9051 section 6.4.5
			}
			return nil
		})
	})
	if err != nil {
		return imapError(err)
	}
	for _, p := range messages {
		if p.seq == 0 {
			continue // the EXISTS that announces it follows this command
		}
		if err := s.fetch(w, v, p, &opts); err != nil {
			return err
		}
	}
	return nil
}

// fetch answers for one message. All that can fail or panic on odd mail is done
// before the response begins: a response once begun holds imapserver's encoder
// lock until it is closed.
func (s *session) fetch(w *imapserver.FetchWriter, v *view, p picked, options *imap.FetchOptions) (err error) {
	v.account.mu.Lock()
	file, err := v.folder.open(p.uid)
	v.account.mu.Unlock()
	if errors.Is(err, os.ErrNotExist) {
		return nil // removed by another session; the EXPUNGE that says so will come
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	body := &content{file: file, size: p.size}
	items, err := body.prepare(options)
	if err != nil {
		return err
	}

	rw := w.CreateMessage(p.seq)
	defer func() { err = errors.Join(err, rw.Close()) }()
	rw.WriteUID(p.uid)
	if options.Flags {
		rw.WriteFlags(p.flags)
	}
	if options.InternalDate {
		rw.WriteInternalDate(internalDate(p.date))
	}
	if options.RFC822Size {
		rw.WriteRFC822Size(p.size)
	}
	if options.Envelope {
		rw.WriteEnvelope(items.envelope)
	}
	if options.BodyStructure != nil {
		rw.WriteBodyStructure(items.structure)
	}
	for i, section := range options.BodySection {
		part := items.sections[i]
		if err := s.stream(rw.WriteBodySection(section, part.size), part); err != nil {
			return err
		}
	}
	for i, section := range options.BinarySection {
		part := items.binaries[i]
		if err := s.stream(rw.WriteBinarySection(section, part.size), part); err != nil {
			return err
		}
	}
	for i, section := range options.BinarySectionSize {
		rw.WriteBinarySectionSize(section, items.sizes[i])
	}
	return nil
}

// stream writes one literal. When it cannot write as many octets as were
// announced, nothing the client reads afterwards would make sense: hang up.
func (s *session) stream(w io.WriteCloser, part literal) error {
	n, err := io.Copy(w, part.r)
	err = errors.Join(err, w.Close())
	if n != part.size || err != nil {
		s.hangUp()
		return fmt.Errorf("devmail: a literal of %d octets ended at %d: %w", part.size, n, errors.Join(err, io.ErrUnexpectedEOF))
	}
	return nil
}
