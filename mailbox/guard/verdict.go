package guard

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// RulesVersion names the rules that judged. It is kept with every decision and
// changes whenever a rule could decide otherwise than before.
const RulesVersion = "4"

// Decision is how a rule, or all of them, came out. The zero value and every
// value that is not listed count as Block.
type Decision string

// The decisions, from mild to severe.
const (
	Allow   Decision = "allow"
	Warn    Decision = "warn"    // for attention; the letter may go
	Confirm Decision = "confirm" // may go when a person says so for this rule, mailbox and digest
	Block   Decision = "block"   // must not leave as it stands
)

// rank orders decisions. What is not known ranks as Block.
func (d Decision) rank() int {
	switch d {
	case Allow:
		return 0
	case Warn:
		return 1
	case Confirm:
		return 2
	}
	return 3
}

// Worse is the more severe of two decisions; unknown ones become Block.
func Worse(a, b Decision) Decision {
	r := max(a.rank(), b.rank())
	return [...]Decision{Allow, Warn, Confirm, Block}[r]
}

// AtLeast reports whether d is as severe as min, or more.
func (d Decision) AtLeast(min Decision) bool { return d.rank() >= min.rank() }

// Release says who may let a letter go in spite of a finding.
type Release string

// The ways of release.
const (
	ReleaseNobody  Release = "nobody"  // change the facts or the letter
	ReleaseManager Release = "manager" // a manager other than the author, with a lawful basis
	ReleaseAuthor  Release = "author"  // the author, by confirming each named person
	ReleaseNone    Release = "none"    // nothing needs releasing
)

// Finding is what one rule has against a letter, or wants somebody to look at.
type Finding struct {
	Rule     string   `json:"rule"` // id, for example NO-CONTACT
	Decision Decision `json:"decision"`
	Mailbox  string   `json:"mailbox,omitempty"`  // folded mailbox of the recipient concerned; "" when it concerns all
	Person   string   `json:"person,omitempty"`   // that recipient's name as the register has it
	Evidence string   `json:"evidence,omitempty"` // where in the letter, with words of the letter; never of a note. Not for logs
	Words    string   `json:"words"`              // plain words for the author
	Cure     string   `json:"cure,omitempty"`     // what would help
	Release  Release  `json:"release"`
}

// Verdict is the outcome of all rules. The zero Verdict is not passable.
type Verdict struct {
	Decision     Decision  `json:"decision"`
	Findings     []Finding `json:"findings"`
	RulesVersion string    `json:"rules_version"`
}

// Confirmation is the yes of a person to one finding: for that rule, that
// mailbox and that letter (digest), and for nothing else.
type Confirmation struct {
	Rule    string
	Mailbox string
	Digest  string
	// Seen is set on the release of a second person: which finding it was
	// (Finding.Seen). A release answers that finding and no other; the author's own
	// yes has none.
	Seen string
}

// Seen tells a finding from every other: a release that a second person gave to one
// does not count for another of the same rule that the facts brought up since.
func (f Finding) Seen() string {
	h := sha256.New()
	for _, s := range []string{f.Rule, string(f.Decision), f.Mailbox, f.Person, f.Evidence, f.Words} {
		fmt.Fprintf(h, "%d:%s,", len(s), s)
	}
	return hex.EncodeToString(h.Sum(nil))[:32]
}

// Releasable reports whether a second person may release the finding: it blocks,
// and both it and the table of rules say so.
func (f Finding) Releasable() bool {
	if f.Decision != Block || f.Release != ReleaseManager {
		return false
	}
	for _, r := range Rules() {
		if r.ID == f.Rule {
			return r.Release == ReleaseManager
		}
	}
	return false
}

// Open lists the findings that stand between the letter and its leaving, given
// what was confirmed for the letter with this digest. A confirmation never
// satisfies a block; the release of a second person satisfies the very block that
// it was given for, where the table of rules allows it. An empty digest confirms
// nothing.
func (v Verdict) Open(confirmed []Confirmation, digest string) []Finding {
	var open []Finding
	for _, f := range v.Findings {
		switch f.Decision {
		case Allow, Warn:
			continue
		case Confirm:
			if digest != "" && isConfirmed(f, confirmed, digest) {
				continue
			}
		case Block:
			if digest != "" && f.Releasable() && isReleased(f, confirmed, digest) {
				continue
			}
		}
		open = append(open, f)
	}
	return open
}

func isConfirmed(f Finding, confirmed []Confirmation, digest string) bool {
	for _, c := range confirmed {
		if c.Seen == "" && c.Rule == f.Rule && c.Mailbox == f.Mailbox && c.Digest == digest {
			return true
		}
	}
	return false
}

func isReleased(f Finding, confirmed []Confirmation, digest string) bool {
	seen := f.Seen()
	for _, c := range confirmed {
		if c.Seen == seen && c.Rule == f.Rule && c.Mailbox == f.Mailbox && c.Digest == digest {
			return true
		}
	}
	return false
}

// Passes reports whether the letter may leave: it was judged by these rules, no
// finding is open, and the decision agrees with the findings.
func (v Verdict) Passes(confirmed []Confirmation, digest string) bool {
	if v.RulesVersion != RulesVersion || len(v.Open(confirmed, digest)) > 0 {
		return false
	}
	worst := Allow
	for _, f := range v.Findings {
		worst = Worse(worst, f.Decision)
	}
	return v.Decision == worst
}

// Rules lists the ids of the findings at least as severe as min, each once, in
// the order of the findings.
func (v Verdict) Rules(min Decision) []string {
	var ids []string
	seen := map[string]bool{}
	for _, f := range v.Findings {
		if f.Decision.AtLeast(min) && !seen[f.Rule] {
			seen[f.Rule] = true
			ids = append(ids, f.Rule)
		}
	}
	return ids
}

// Words joins the plain words of findings, each sentence once.
func Words(findings []Finding) string {
	var out []string
	seen := map[string]bool{}
	for _, f := range findings {
		if f.Words != "" && !seen[f.Words] {
			seen[f.Words] = true
			out = append(out, f.Words)
		}
	}
	return strings.Join(out, " ")
}
