package view

import (
	"regexp"
	"slices"
	"strings"
)

// Release says who may let a stopped message through.
type Release string

// Who may release.
const (
	Nobody       Release = "nobody"       // the text or the people have to change
	Manager      Release = "manager"      // another manager, with a lawful basis
	You          Release = "you"          // the author, by ticking
	Second       Release = "second"       // a second reader
	Safeguarding Release = "safeguarding" // the safeguarding lead
	NoRelease    Release = ""             // nothing to release
)

// GuardRule is what the screens say about one rule of the guard. Levels and Release are in step: the second release belongs to the
// second level, when there are two.
type GuardRule struct {
	ID      string
	Levels  []Level
	Release []Release
	// Heading is the rule's name in words, for headings and for the mail to a second person.
	Heading string
	// Text says what was found, with placeholders such as {name}.
	Text string
	// Weaker replaces Text at the second level, where the words differ.
	Weaker string
	// Fixes are the buttons; the first is the one that the x key presses.
	Fixes []string
	// Confirm is the text of the tick box.
	Confirm string
	// Reason asks for a reason beside the tick.
	Reason bool
}

// GuardRules are the words of every rule of the guard.
func GuardRules() []GuardRule {
	return slices.Concat(peopleRules(), contentRules(), caseRules(), processRules())
}

var placeholder = regexp.MustCompile(`\{[^{}]+\}`)

// FillFinding writes the words of a rule into a finding: heading, text, tick and the texts of the buttons (their values stay with the
// caller, in the same order). An empty level takes the rule's usual one. A placeholder without a value gets a general word, because a
// finding that cannot be shown would be a finding that nobody sees; an unknown rule gets plain words with its id.
func FillFinding(rule string, level Level, values map[string]string) Finding {
	rules := GuardRules()
	i := slices.IndexFunc(rules, func(r GuardRule) bool { return r.ID == rule })
	if i < 0 {
		if level == "" {
			level = Stopped
		}
		return Finding{Rule: rule, Level: level, Heading: "The check found a problem", Text: "The check found a problem here (" + rule + "). Ask your team lead what it means.", Release: string(Nobody)}
	}
	r := rules[i]
	if level == "" {
		level = r.Levels[0]
	}
	text, release := r.Text, r.Release[0]
	if at := slices.Index(r.Levels, level); at > 0 {
		if r.Weaker != "" {
			text = r.Weaker
		}
		if at < len(r.Release) {
			release = r.Release[at]
		}
	}
	f := Finding{Rule: rule, Level: level, Heading: r.Heading, Text: fill(text, values), Release: string(release)}
	// What is stopped cannot be ticked away, even where the same rule can be confirmed at its weaker level.
	if level == Confirm {
		f.Confirm = fill(r.Confirm, values)
	}
	for _, fix := range r.Fixes {
		f.Fixes = append(f.Fixes, Fix{Text: fill(fix, values)})
	}
	return f
}

func fill(text string, values map[string]string) string {
	return placeholder.ReplaceAllStringFunc(text, func(p string) string {
		name := strings.Trim(p, "{}")
		if v := values[name]; v != "" {
			return v
		}
		return general(name)
	})
}

// general is the word for a placeholder whose value is not known, or may not be told to this reader.
func general(name string) string {
	switch name {
	case "name", "X", "Y", "A", "B", "typed", "names", "other", "other parent":
		return "this person"
	case "child":
		return "this child"
	case "other child":
		return "a child on a case you cannot open"
	case "first name":
		return "this name"
	case "address", "known", "mailbox", "domain", "right domain":
		return "this address"
	case "colleague", "author", "approver", "person", "rep", "sw", "lead":
		return "a colleague"
	case "role":
		return "contact"
	case "file":
		return "the file"
	case "when", "date", "clock":
		return "another day"
	case "list":
		return "the list"
	case "n":
		return "several"
	}
	return "this"
}
