package guard

import "testing"

func TestReleaseAnswersOneBlock(t *testing.T) {
	f := Finding{Rule: RuleMarking, Decision: Block, Mailbox: "tessa@mail.example", Evidence: "subject", Words: "Marked.", Release: ReleaseManager}
	v := Verdict{Decision: Block, Findings: []Finding{f}, RulesVersion: RulesVersion}
	good := Confirmation{Rule: f.Rule, Mailbox: f.Mailbox, Digest: "d", Seen: f.Seen()}
	if !v.Passes([]Confirmation{good}, "d") {
		t.Error("a release does not count")
	}
	for name, change := range map[string]func(*Confirmation){
		"the author's own yes": func(c *Confirmation) { c.Seen = "" },
		"another finding":      func(c *Confirmation) { c.Seen = "x" },
		"another letter":       func(c *Confirmation) { c.Digest = "e" },
		"another mailbox":      func(c *Confirmation) { c.Mailbox = "rob@mail.example" },
		"another rule":         func(c *Confirmation) { c.Rule = RuleNoPR },
	} {
		c := good
		change(&c)
		if v.Passes([]Confirmation{c}, "d") {
			t.Errorf("%s counts", name)
		}
	}
	if v.Passes([]Confirmation{good}, "") {
		t.Error("it counts without a digest")
	}
	for _, r := range Rules() {
		x := f
		x.Rule = r.ID
		w := Verdict{Decision: Block, Findings: []Finding{x}, RulesVersion: RulesVersion}
		c := Confirmation{Rule: x.Rule, Mailbox: x.Mailbox, Digest: "d", Seen: x.Seen()}
		if got := w.Passes([]Confirmation{c}, "d"); got != (r.Release == ReleaseManager) {
			t.Errorf("%s released: %v", r.ID, got)
		}
	}
}
