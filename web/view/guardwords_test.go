package view

import (
	"strings"
	"testing"
)

// TestGuardWords checks that every rule can be shown: no gap is left in its words, what is stopped cannot be ticked away, and what can
// be confirmed has a tick.
func TestGuardWords(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range GuardRules() {
		if seen[r.ID] {
			t.Errorf("%s is there twice", r.ID)
		}
		seen[r.ID] = true
		if r.Heading == "" || r.Text == "" || len(r.Levels) == 0 || len(r.Release) == 0 || len(r.Release) > len(r.Levels) {
			t.Errorf("%s is incomplete: %+v", r.ID, r)
		}
		for _, level := range r.Levels {
			f := FillFinding(r.ID, level, nil)
			all := f.Heading + f.Text + f.Confirm
			for _, fix := range f.Fixes {
				all += fix.Text
			}
			if strings.ContainsAny(all, "{}") {
				t.Errorf("%s at %s leaves a gap: %s", r.ID, level, all)
			}
			if level == Stopped && f.Confirm != "" {
				t.Errorf("%s is stopped and offers the tick %q", r.ID, f.Confirm)
			}
			if level == Confirm && f.Confirm == "" && len(r.Levels) == 1 && r.ID != "POST-CHECK" {
				t.Errorf("%s asks to be confirmed and has no tick", r.ID)
			}
		}
	}
	if len(seen) < 60 {
		t.Errorf("only %d rules have words", len(seen))
	}
}

func TestFillFinding(t *testing.T) {
	f := FillFinding("NOTE-CONTENT", "", map[string]string{"author": "Dean Foss", "when": "24 Nov", "name": "Tessa Brandt"})
	if f.Level != Stopped || f.Text != "Part of this is from an internal note (Dean Foss, 24 Nov). Tessa Brandt is not staff. Take it out, or ask for that wording to be published." || f.Release != "nobody" {
		t.Errorf("got %+v", f)
	}
	if f := FillFinding("GROUP-EXPANDS-EXTERNAL", Confirm, nil); f.Confirm == "" || f.Release != "you" {
		t.Errorf("the weaker level: %+v", f)
	}
	if f := FillFinding("OTHER-CHILD-ID", "", map[string]string{"n": "3", "name": "Tessa Brandt"}); !strings.Contains(f.Text, "a child on a case you cannot open") {
		t.Errorf("another child that may not be named: %q", f.Text)
	}
	if f := FillFinding("NOT-A-RULE", "", nil); f.Level != Stopped || f.Confirm != "" || !strings.Contains(f.Text, "NOT-A-RULE") {
		t.Errorf("an unknown rule must stop and say so: %+v", f)
	}
}
