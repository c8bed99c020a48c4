package tickets

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
)

// PrivateText is text that never leaves the council: notes, summaries of calls.
//
// It is a type of its own so that no letter can be made from it by accident:
// it is not a string, does not print, does not marshal, and ForStaff, the only
// way to the words, may be called by the few packages that arch_test.go names.
type PrivateText struct{ words string }

// NewPrivateText takes what somebody wrote for colleagues.
func NewPrivateText(words string) PrivateText { return PrivateText{words: words} }

// ForStaff gives the words to be shown to staff who may read notes, to be
// stored, or to be compared with a letter by the guard.
func (p PrivateText) ForStaff() string { return p.words }

// Empty reports whether nothing was written.
func (p PrivateText) Empty() bool { return p.words == "" }

const hidden = "[private]"

// String hides the words.
func (PrivateText) String() string { return hidden }

// GoString hides the words from %#v.
func (PrivateText) GoString() string { return hidden }

// Format hides the words from every verb of fmt.
func (PrivateText) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// LogValue hides the words from slog.
func (PrivateText) LogValue() slog.Value { return slog.StringValue(hidden) }

var errPrivate = errors.New("private text cannot be marshalled")

// MarshalJSON refuses: an answer that holds notes says so by calling ForStaff.
func (PrivateText) MarshalJSON() ([]byte, error) { return nil, errPrivate }

// MarshalText refuses, as MarshalJSON does.
func (PrivateText) MarshalText() ([]byte, error) { return nil, errPrivate }

// GobEncode refuses, as MarshalJSON does.
func (PrivateText) GobEncode() ([]byte, error) { return nil, errPrivate }

var _ json.Marshaler = PrivateText{}
