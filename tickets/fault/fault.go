// Package fault is the error type of the whole program.
//
// Every error that reaches a person has two texts: Safe, which may be shown to
// anybody who may see the page, and the wrapped chain, which only operators
// read in the log. An error without a Safe text is an internal error, and the
// person sees a general sentence.
package fault

import (
	"errors"
	"fmt"
)

// Kind says what a caller can do about an error. The adapters (web, api, smtp)
// turn it into a status; nothing in the domain knows about statuses.
type Kind string

// The kinds. Their zero value is not valid; KindOf answers Internal for it.
const (
	Invalid   Kind = "invalid"   // the input is wrong; Safe says what, where and what to do
	NotFound  Kind = "not_found" // it does not exist, or the actor may not know that it does
	Conflict  Kind = "conflict"  // it changed since the caller looked
	Denied    Kind = "denied"    // the actor may know it, but may not do this
	Refused   Kind = "refused"   // a rule (the guard, a limit) says no
	Temporary Kind = "temporary" // the same call may succeed later
	Internal  Kind = "internal"  // a defect, or a dependency that broke
)

// Error carries a kind, a text that is safe to show and the cause.
type Error struct {
	Kind Kind
	Safe string // for people: no names, no addresses, no message text that the reader may not see
	Err  error  // for operators; may be nil
}

// Error is for logs: the safe text and the chain behind it.
func (e *Error) Error() string {
	switch {
	case e.Err == nil:
		return string(e.Kind) + ": " + e.Safe
	case e.Safe == "":
		return string(e.Kind) + ": " + e.Err.Error()
	default:
		return string(e.Kind) + ": " + e.Safe + ": " + e.Err.Error()
	}
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// New makes an error without a cause.
func New(kind Kind, safe string) error { return &Error{Kind: kind, Safe: safe} }

// Newf is New with a format. Do not pass private text to it.
func Newf(kind Kind, format string, args ...any) error {
	return &Error{Kind: kind, Safe: fmt.Sprintf(format, args...)}
}

// Wrap gives err a kind and a safe text. Wrap of nil is nil.
func Wrap(kind Kind, safe string, err error) error {
	if err == nil {
		return nil
	}
	return &Error{Kind: kind, Safe: safe, Err: err}
}

// KindOf is the kind of the outermost Error in err's chain, Internal when there is none, "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) && e.Kind != "" {
		return e.Kind
	}
	return Internal
}

// Is reports whether err is of kind k.
func Is(err error, k Kind) bool { return err != nil && KindOf(err) == k }

// SafeText is what a person may be shown. It never contains the chain.
func SafeText(err error) string {
	var e *Error
	if errors.As(err, &e) && e.Safe != "" {
		return e.Safe
	}
	return "Something went wrong on our side. Nothing was sent."
}
