package main

import (
	"maps"
	"slices"
	"sync"
)

// watch keeps what the watching loops found out, for health and pages. Nothing
// in it says that mail is lost; that is what folders say of themselves.
type watch struct {
	mu       sync.Mutex
	refused  map[string]string // sign-in that the token server refuses, by mailbox
	warnings map[string]string // by what they are about
}

func newWatch() *watch { return &watch{refused: map[string]string{}, warnings: map[string]string{}} }

// set keeps or, with "", drops a text; it reports whether that changed anything.
func (w *watch) set(of map[string]string, key, text string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if of[key] == text {
		return false
	}
	if text == "" {
		delete(of, key)
	} else {
		of[key] = text
	}
	return true
}

func (w *watch) refuse(mailbox, why string) bool { return w.set(w.refused, mailbox, why) }
func (w *watch) warn(about, warning string) bool { return w.set(w.warnings, about, warning) }
func (w *watch) refusalOf(mailbox string) string { return w.get(w.refused, mailbox) }
func (w *watch) get(of map[string]string, key string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return of[key]
}

// all are the warnings, in a fixed order.
func (w *watch) all() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []string
	for _, k := range slices.Sorted(maps.Keys(w.warnings)) {
		out = append(out, w.warnings[k])
	}
	return out
}
