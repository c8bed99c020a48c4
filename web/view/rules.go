package view

import "time"

// Rules lists what the council has set about new mail.
//
// POST RulesURL adds a rule. Fields: kind, pattern, team, category, note. POST RuleRow.RemoveURL with do=remove takes one away.
type Rules struct {
	Shell      Shell
	BackHref   string
	Rows       []RuleRow
	CanEdit    bool
	Kinds      []Option
	Teams      []Option
	Categories []Option
	Pattern    string
	Note       string
	Errors     []FieldError
}

// RuleRow is one rule.
type RuleRow struct {
	ID        string
	What      string // "Keep away mail from the address"
	Pattern   string
	Then      string // of rules that say where mail goes: "Team North, complaint"
	Note      string
	By        string
	At        time.Time
	RemoveURL string // empty for who may not
}

// Spam asks once more before a sender is blocked.
//
// POST to Action. Fields: block (sender, domain), reason.
type Spam struct {
	Shell     Shell
	Ref       string
	Subject   string
	Address   string
	Domain    string // empty when only the address may be blocked
	Action    string
	BackHref  string
	Block     string
	Reason    string
	Errors    []FieldError
	RulesHref string
}
