package store

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash"
)

// seal is a digest of every row that a session reads, in the order in which it
// reads them. Whatever the guard is told can so be compared again before a letter
// leaves, and no fact that is added to it later can be forgotten there.
type seal struct{ h hash.Hash }

func newSeal() *seal { return &seal{sha256.New()} }

// add takes in what a statement read into dest, and passes on its error.
func (s *seal) add(q query, dest any, err error) error {
	if s == nil || err != nil {
		return err
	}
	b, err := json.Marshal(dest) // rows alone: every field of theirs is exported
	if err != nil {
		return err
	}
	s.h.Write([]byte(q.name))
	s.h.Write([]byte{0})
	s.h.Write(b)
	s.h.Write([]byte{0})
	return nil
}

// sum is the digest so far, in hex.
func (s *seal) sum() string { return hex.EncodeToString(s.h.Sum(nil)) }
