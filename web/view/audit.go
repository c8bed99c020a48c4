package view

import "time"

// Audit lists who did or saw what.
//
// GET AuditURL filters by who, what, from, until and case. POST Verify checks the chain.
type Audit struct {
	Shell    Shell
	Own      bool // the reader's own entries alone
	Action   string
	Verify   string // empty for who may not
	CSV      string
	People   []Option
	Actions  []Option
	From     string // 2026-11-24
	Until    string
	Case     string
	Rows     []AuditRow
	Pages    Pages
	Chain    *AuditChain
	Errors   []FieldError
	Filtered bool
}

// AuditRow is one record in plain words.
type AuditRow struct {
	At     time.Time
	Who    string
	Role   string
	What   string
	Object string // a reference; "a case you cannot open"
	Href   string
	Detail string
	From   string // network; "hearback itself"
	Sealed bool
}

// AuditChain is what a check of the chain of seals found.
type AuditChain struct {
	Whole   bool
	Seals   string
	Records string
	Last    string // hash of the last seal
	Broken  string // the first seal that does not hold, and why
}

// Access lists who was let into which restricted case, and who asks to be.
//
// POST Action: do = ask, break; fields case, reason, days. POST AccessRow.Action: do = approve, refuse, end.
type Access struct {
	Shell    Shell
	Action   string
	Case     string
	Reason   string
	Days     string
	CanBreak bool
	Waiting  []AccessRow
	Live     []AccessRow
	Past     []AccessRow
	Errors   []FieldError
}

// AccessRow is one grant.
type AccessRow struct {
	Case    string
	Who     string
	Asked   string
	AskedAt time.Time
	By      string
	Until   time.Time
	Reason  string
	State   string
	Action  string
	Decide  bool // the reader may be the second person
	End     bool
}
