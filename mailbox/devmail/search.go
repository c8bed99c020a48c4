package devmail

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	gomessage "github.com/emersion/go-message"
	"github.com/emersion/go-message/mail"
)

// Search answers SEARCH and UID SEARCH. Messages are read without the lock, and
// only for criteria that need their text.
func (s *session) Search(kind imapserver.NumKind, criteria *imap.SearchCriteria, options *imap.SearchOptions) (*imap.SearchData, error) {
	var v *view
	var messages []picked
	err := s.selected(func(cur *view, _ *folder) error {
		v, messages = cur, cur.pick(imap.UIDSet{{Start: 1, Stop: 0}})
		cur.resolve(criteria)
		return nil
	})
	if err != nil {
		return nil, err
	}
	data := &imap.SearchData{}
	var seqs imap.SeqSet
	var uids imap.UIDSet
	for _, p := range messages {
		c := &candidate{picked: p, open: func() (*os.File, error) {
			v.account.mu.Lock()
			defer v.account.mu.Unlock()
			return v.folder.open(p.uid)
		}}
		ok, err := c.match(criteria)
		if err = errors.Join(err, c.close()); errors.Is(err, os.ErrNotExist) {
			continue // removed meanwhile
		}
		if err != nil {
			return nil, err
		}
		num := uint32(p.uid)
		if kind == imapserver.NumKindSeq {
			num = p.seq
		}
		if !ok || num == 0 {
			continue
		}
		uids.AddNum(p.uid)
		if p.seq != 0 {
			seqs.AddNum(p.seq)
		}
		data.Count++
		data.Max = max(data.Max, num)
		if data.Min == 0 || num < data.Min {
			data.Min = num
		}
	}
	data.All = uids
	if kind == imapserver.NumKindSeq {
		data.All = seqs
	}
	if options.ReturnSave {
		v.found = uids
	}
	return data, nil
}

// resolve puts the messages in place of "*" and "$", so that matching needs no
// view any more.
func (v *view) resolve(c *imap.SearchCriteria) {
	for _, set := range c.SeqNum {
		c.UID = append(c.UID, v.uids(set))
	}
	c.SeqNum = nil
	for i, set := range c.UID {
		c.UID[i] = v.uids(set)
	}
	for i := range c.Not {
		v.resolve(&c.Not[i])
	}
	for i := range c.Or {
		v.resolve(&c.Or[i][0])
		v.resolve(&c.Or[i][1])
	}
}

func (v *view) uids(set imap.NumSet) imap.UIDSet {
	var out imap.UIDSet
	for _, p := range v.pick(set) {
		out.AddNum(p.uid)
	}
	return out
}

// candidate is one message under search.
type candidate struct {
	picked
	open   func() (*os.File, error)
	file   *os.File
	body   *content
	parsed *mail.Header
}

func (c *candidate) close() error {
	if c.file == nil {
		return nil
	}
	return c.file.Close()
}

func (c *candidate) content() (*content, error) {
	if c.body == nil {
		file, err := c.open()
		if err != nil {
			return nil, err
		}
		c.file, c.body = file, &content{file: file, size: c.size}
	}
	return c.body, nil
}

func (c *candidate) header() (*mail.Header, error) {
	if c.parsed == nil {
		body, err := c.content()
		if err != nil {
			return nil, err
		}
		head, err := body.header()
		if err != nil {
			return nil, err
		}
		c.parsed = &mail.Header{Header: gomessage.Header{Header: parseHeader(head)}}
	}
	return c.parsed, nil
}

func (c *candidate) match(k *imap.SearchCriteria) (bool, error) {
	if !c.matchIndex(k) {
		return false, nil
	}
	if ok, err := c.matchText(k); !ok || err != nil {
		return false, err
	}
	for i := range k.Not {
		if ok, err := c.match(&k.Not[i]); ok || err != nil {
			return false, err
		}
	}
	for i := range k.Or {
		ok, err := c.match(&k.Or[i][0])
		if !ok && err == nil {
			ok, err = c.match(&k.Or[i][1])
		}
		if !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

// matchIndex looks at what is known without reading the message.
func (c *candidate) matchIndex(k *imap.SearchCriteria) bool {
	for _, set := range k.UID {
		if !set.Contains(c.uid) {
			return false
		}
	}
	for _, f := range k.Flag {
		if !hasFlag(c.flags, f) {
			return false
		}
	}
	for _, f := range k.NotFlag {
		if hasFlag(c.flags, f) {
			return false
		}
	}
	return inDays(internalDate(c.date), k.Since, k.Before) &&
		(k.Larger == 0 || c.size > k.Larger) && (k.Smaller == 0 || c.size < k.Smaller)
}

// inDays compares dates without times and zones (RFC 9051 section 6.4.4).
func inDays(t, since, before time.Time) bool {
	day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	return (since.IsZero() || !day.Before(since)) && (before.IsZero() || day.Before(before))
}

func (c *candidate) matchText(k *imap.SearchCriteria) (bool, error) {
	if len(k.Header) > 0 || !k.SentSince.IsZero() || !k.SentBefore.IsZero() {
		h, err := c.header()
		if err != nil {
			return false, err
		}
		for _, f := range k.Header {
			if !matchFields(h.FieldsByKey(f.Key), f.Value) {
				return false, nil
			}
		}
		if !k.SentSince.IsZero() || !k.SentBefore.IsZero() {
			if sent, err := h.Date(); err != nil || !inDays(sent, k.SentSince, k.SentBefore) {
				return false, nil // no readable Date matches no date
			}
		}
	}
	for _, text := range k.Text {
		if ok, err := c.contains(text, true); !ok || err != nil {
			return false, err
		}
	}
	for _, text := range k.Body {
		if ok, err := c.contains(text, false); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

// matchFields wants the words in one of the fields; no words, any field at all.
func matchFields(fields gomessage.HeaderFields, words string) bool {
	for fields.Next() {
		text, _ := fields.Text() // with an unknown charset the raw text has to do
		if words == "" || containsFold(text, words) || containsFold(fields.Value(), words) {
			return true
		}
	}
	return false
}

func containsFold(text, words string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(words))
}

// contains looks into the decoded text parts, and into the bytes as they are.
func (c *candidate) contains(words string, inHeader bool) (bool, error) {
	body, err := c.content()
	if err != nil {
		return false, err
	}
	if inHeader {
		h, err := c.header()
		if err != nil {
			return false, err
		}
		fields := h.Fields()
		if matchFields(fields, words) {
			return true, nil
		}
	}
	raw, err := body.all()
	if err != nil {
		return false, err
	}
	end, _ := headerEnd(raw)
	if containsFold(string(raw[end:]), words) {
		return true, nil
	}
	entity, _ := gomessage.Read(bytes.NewReader(raw)) // of odd mail the raw bytes were searched
	return entity != nil && entityContains(entity, words, inHeader, 0), nil
}

func entityContains(e *gomessage.Entity, words string, inHeader bool, depth int) bool {
	if inHeader && depth > 0 && matchFields(e.Header.Fields(), words) {
		return true
	}
	if mr := e.MultipartReader(); mr != nil {
		for depth < maxPartDepth {
			part, err := mr.NextPart()
			if part == nil || err != nil && !gomessage.IsUnknownCharset(err) {
				return false
			}
			if entityContains(part, words, inHeader, depth+1) {
				return true
			}
		}
		return false
	}
	if kind, _, _ := e.Header.ContentType(); !strings.HasPrefix(kind, "text/") {
		return false
	}
	text, _ := io.ReadAll(e.Body) // up to a decoding error
	return containsFold(string(text), words)
}
