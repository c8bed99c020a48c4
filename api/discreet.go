package api

import (
	"slices"

	"hearback/mailbox/guard"
	"hearback/tickets/access"
)

// A finding says whose note a letter repeats, and when it was written. A token that
// may not read notes is told that there is one, and where in the letter it stands.

func ofNotes() []string {
	return []string{guard.RuleNote, guard.RuleNoteEncoded, guard.RuleAttachInternal}
}

// findingsFor are the findings as this caller may read them; they are not changed.
func findingsFor(a access.Actor, list []guard.Finding) []guard.Finding {
	out := append([]guard.Finding{}, list...)
	if a.May(access.ReadNotes) {
		return out
	}
	for i, f := range out {
		if slices.Contains(ofNotes(), f.Rule) {
			out[i].Words = "Part of this is from an internal note. It cannot go to somebody who is not staff."
		}
	}
	return out
}

// heldReasonFor is why a letter is held, as this caller may read it.
func heldReasonFor(a access.Actor, reason string, rules []string) string {
	if a.May(access.ReadNotes) || !slices.ContainsFunc(rules, func(r string) bool { return slices.Contains(ofNotes(), r) }) {
		return reason
	}
	return "The check stopped it. Part of it is from an internal note."
}
