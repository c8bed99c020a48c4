package outbound

import (
	"context"
	"slices"
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
			"a blank":            "Your case worker is [insert name].",
			"a marking":          "INTERNAL ONLY: not to be sent to parents.",
			"a classification":   "OFFICIAL-SENSITIVE: for staff use only.",
			"an old draft":       "DRAFT FOR INTERNAL USE ONLY. Not for release to the family.",
			"talk in a sentence": "Honestly, this mum is a nightmare and we should not tell her what panel has decided.",
			"a line to a colleague": "Sam, please don't let mum know that we have already turned this down. " +
				"She will only kick off again.",
			"talk around a value": "{council} officers: keep the family in the dark about this until panel, they always exaggerate.",
		} {
			if strings.Contains(extra, "{council}") && !slices.ContainsFunc(l.FieldsOf(), func(f wording.Field) bool { return f.Name == "council" }) {
				continue
			}
			bad := text
			bad.Body += "\n\n" + extra
			if err := judge(l, bad, "open"); !fault.Is(err, fault.Invalid) || !strings.Contains(fault.SafeText(err), "The check would stop") {
				t.Errorf("%s with %s: %v", l.Name, name, err)
			}
		}
	}
	for _, l := range wording.Letters() {
		text, err := wording.Standard(l.Name)
		if err != nil {
			t.Fatal(err)
		}
		for name, extra := range map[string]string{
			"opening hours": "We are open from 9am to 5pm on weekdays. We do not read email at night.",
			"patience":      "We get many emails after the school holidays. We are sorry if you have to wait a little longer.",
			"welsh":         "Diolch am eich neges. Byddwn yn ymateb cyn gynted ag y gallwn.",
			"local offer":   "You can read about help near you in our Local Offer: https://offer.westmarsh.example",
			"no reply":      "You do not need to do anything now.",
			"staff":         "Only our staff read this mailbox. We keep what you tell us safe.",
			"confidential":  "This email is confidential. If you got it by mistake, please tell us and delete it.",
		} {
			kind := text
			kind.Body = strings.Replace(kind.Body, "\n\n", "\n\n"+extra+"\n\n", 1)
			if err := judge(l, kind, "open"); err != nil {
				t.Errorf("%s with %s: %v", l.Name, name, err)
			}
		}
		marked := text
		marked.Subject = "INTERNAL ONLY - " + marked.Subject
		if err := judge(l, marked, "open"); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s with a marking in its subject: %v", l.Name, err)
		}
	}
	for _, n := range tickets.Notices() {
		if raw, err := b.d.ExampleNotice(n, ours, day); err != nil || !strings.Contains(string(raw), "Auto-Submitted: auto-generated") {
			t.Errorf("%s: %v", n.Template, err)
		}
	}
}
