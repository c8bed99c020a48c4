package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"iter"
	"slices"
	"time"
)

// Seal closes a batch of records. Its hash covers the seal before it and every
// record of the batch, so that no record can be changed, added to or taken out
// of any batch, nor a batch out of the row, without every later hash changing.
// Records are sealed in batches by one step, so that those who write them need
// not wait for one another.
type Seal struct {
	Seq      int64 // 1, 2, 3, ...
	Records  int
	FirstID  int64
	LastID   int64
	Prev     string // hex hash of the seal before; "" for the first
	Hash     string // hex SHA-256
	SealedAt time.Time
}

// NewSeal seals records, which are in the order of their ids. prev is nil for
// the first. sealedAt is kept to the microsecond, which is what databases keep.
func NewSeal(prev *Seal, records []Record, sealedAt time.Time) (Seal, error) {
	if len(records) == 0 {
		return Seal{}, fmt.Errorf("a seal of no records")
	}
	s := Seal{Seq: 1, Records: len(records), FirstID: records[0].ID, LastID: records[len(records)-1].ID, SealedAt: sealedAt.UTC().Truncate(time.Microsecond)}
	if prev != nil {
		s.Seq, s.Prev = prev.Seq+1, prev.Hash
	}
	if !slices.IsSortedFunc(records, func(a, b Record) int { return int(min(1, max(-1, a.ID-b.ID))) }) {
		return Seal{}, fmt.Errorf("records are not in the order of their ids")
	}
	s.Hash = s.sum(records)
	return s, nil
}

// sum hashes every field with its length before it, so that no two different
// batches have the same bytes.
func (s Seal) sum(records []Record) string {
	h := writer{sha256.New()}
	h.text("hearback audit 1")
	h.number(s.Seq)
	h.text(s.Prev)
	h.number(s.SealedAt.UnixMicro())
	h.number(int64(len(records)))
	for _, r := range records {
		h.number(r.ID)
		h.number(r.At.UTC().UnixMicro())
		h.number(r.StaffID)
		h.text(r.System)
		h.text(r.Role)
		h.text(string(r.Action))
		h.text(r.Object)
		h.number(r.CaseID)
		h.text(r.From)
		keys := make([]string, 0, len(r.Detail))
		for k := range r.Detail {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		h.number(int64(len(keys)))
		for _, k := range keys {
			h.text(k)
			h.text(r.Detail[k])
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

type writer struct{ hash.Hash }

func (w writer) number(n int64) { _ = binary.Write(w, binary.BigEndian, n) }

func (w writer) text(s string) {
	w.number(int64(len(s)))
	_, _ = w.Write([]byte(s))
}

// Batch is a seal with the records that it is said to cover, ordered by id.
type Batch struct {
	Seal    Seal
	Records []Record
}

// Report is what a check found.
type Report struct {
	Seals   int64
	Records int64
	Last    string // hash of the last seal: written down elsewhere, it shows a chain cut short
	Broken  *Break // nil when the chain is whole
}

// Break is the first place at which the chain does not hold.
type Break struct {
	Seq  int64
	What string    // plain words
	At   time.Time // when it was sealed
}

// Verify checks a chain from its beginning and stops at the first break, since
// nothing behind one is known. An error is of reading, not of the chain.
func Verify(batches iter.Seq2[Batch, error]) (Report, error) {
	var rep Report
	for b, err := range batches {
		if err != nil {
			return rep, err
		}
		if what := check(b, rep); what != "" {
			rep.Broken = &Break{Seq: b.Seal.Seq, What: what, At: b.Seal.SealedAt}
			return rep, nil
		}
		rep.Seals++
		rep.Records += int64(len(b.Records))
		rep.Last = b.Seal.Hash
	}
	return rep, nil
}

func check(b Batch, before Report) string {
	s := b.Seal
	switch {
	case s.Seq != before.Seals+1:
		return fmt.Sprintf("seal %d is missing", before.Seals+1)
	case s.Prev != before.Last:
		return "it does not follow the seal before it"
	case len(b.Records) != s.Records:
		return fmt.Sprintf("it covers %d records and %d are there", s.Records, len(b.Records))
	case s.sum(b.Records) != s.Hash:
		return "a record, or the seal, was changed"
	}
	return ""
}
