package outbound

import (
	"context"
	"strings"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/fault"
	"hearback/tickets/wording"
)

// The guard reads the words of a letter before they are kept: the standard ones pass
// on every kind of day, and words that it would stop are refused with its reason.
func TestExamplesAreJudged(t *testing.T) {
	b := newBench(t, nil)
	day := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	judge := func(l wording.Letter, text wording.Text, on string) error {
		return b.d.JudgeExample(context.Background(), Example{Letter: l.Name, Text: text, Values: l.Examples(on, nil), From: ours}, day)
	}
	for _, l := range wording.Letters() {
		text, err := wording.Standard(l.Name)
		if err != nil {
			t.Fatal(err)
		}
		for _, on := range l.Situations() {
			if err := judge(l, text, on.Name); err != nil {
				t.Errorf("%s, %s: %v", l.Name, on.Name, err)
			}
		}
		for name, extra := range map[string]string{
			"a blank": "Your case worker is [insert name].",
		} {
			bad := text
			bad.Body += "\n\n" + extra
			if err := judge(l, bad, "open"); !fault.Is(err, fault.Invalid) || !strings.Contains(fault.SafeText(err), "The check would stop") {
				t.Errorf("%s with %s: %v", l.Name, name, err)
			}
		}
	}
	for _, n := range tickets.Notices() {
		if raw, err := b.d.ExampleNotice(n, ours, day); err != nil || !strings.Contains(string(raw), "Auto-Submitted: auto-generated") {
			t.Errorf("%s: %v", n.Template, err)
		}
	}
}
