package guard

import (
	"context"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestInvariantsSoak runs every property 10,000 times.
func TestInvariantsSoak(t *testing.T) {
	if os.Getenv("HEARBACK_SOAK") == "" {
		t.Skip("long: make soak runs it")
	}
	before := flag.Lookup("rapid.checks").Value.String()
	if err := flag.Set("rapid.checks", "10000"); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = flag.Set("rapid.checks", before) }()
	for name, property := range map[string]func(*testing.T){
		"I3 I5 recipients never help":      TestRecipientsNeverHelp,
		"I4 adding never helps":            TestAddingNeverHelps,
		"I5 no contact through lists":      TestNoContactThroughLists,
		"I6 notes stay in":                 TestNotesStayIn,
		"I7 staff alone":                   TestStaffAlone,
		"I8 representation":                TestRepresentation,
		"I9 exact domains":                 TestExactDomains,
		"I10 missing facts":                TestMissingFactsBlock,
		"I12 confirmations":                TestConfirmationsAreSpecific,
		"I16 deadline":                     TestDeadlineBlocks,
		"I18 automatic letters":            TestAutomaticLettersAreJudgedAlike,
		"addresses read as they are shown": TestAddressRoundTrip,
	} {
		t.Run(name, property)
	}
}

// hard are letters that may not leave whatever else stands in them, and why.
func hard() map[string]string {
	return map[string]string{
		RuleNote:           noteOne,
		RuleOtherChild:     "He sits with Elin Pell.",
		RuleQuotedInternal: "From: Jo Bell\nTo: Sam Far\nSubject: dates\n\nMonday or Friday.",
	}
}

// I4: for notes, quoted staff mail, no contact and other children, more text, more
// quotes and more files never make a letter better.
func TestAddingNeverHelps(t *testing.T) {
	rules := make([]string, 0, 3)
	for r := range hard() {
		rules = append(rules, r)
	}
	slices.Sort(rules)
	extra := []string{
		"Dear Tamsin, thank you.", "> Could you tell me when the panel meets", "On Monday Tamsin Orchard wrote:\n> thank you", "-----Original Message-----",
		"OFFICIAL", "<!--", "-->", "\"", "{", "=3D", "&amp;", "Kind regards\nJo Bell", "https://x.example/?a=b", strings.Repeat("We will write to you soon. ", 20),
	}
	rapid.Check(t, func(t *rapid.T) {
		rule := rapid.SampledFrom(rules).Draw(t, "rule")
		before := strings.Join(rapid.SliceOfN(rapid.SampledFrom(extra), 0, 3).Draw(t, "before"), "\n\n")
		after := strings.Join(rapid.SliceOfN(rapid.SampledFrom(extra), 0, 3).Draw(t, "after"), "\n\n")
		l := letter(before+"\n\n"+hard()[rule]+"\n\n"+after, mother)
		if rapid.Bool().Draw(t, "file") {
			l.Files = append(l.Files, File{Name: "plan.pdf", Text: rapid.SampledFrom(extra).Draw(t, "in file"), Readable: true})
		}
		if rapid.Bool().Draw(t, "html") {
			l.HTML = "<p>" + rapid.SampledFrom(extra).Draw(t, "in html") + "</p>"
		}
		if v := Judge(l, facts()); v.Decision != Block {
			t.Fatalf("%s got through in %q: %v", rule, l.Text, v.Rules(Allow))
		}
	})
}

// I5: nobody under an order is reached through a list, a forward, a field or a spelling.
func TestNoContactThroughLists(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := facts()
		f.PartiesOnly = rapid.Bool().Draw(t, "parties only")
		depth := rapid.IntRange(0, 6).Draw(t, "depth")
		at := "list0@council.example"
		for i := range depth {
			next := "list" + string(rune('1'+i)) + "@council.example"
			if rapid.Bool().Draw(t, "forward") {
				f.Directory.Forwards = append(f.Directory.Forwards, Forward{Mailbox: at, To: []string{next}})
			} else {
				f.Directory.Groups = append(f.Directory.Groups, Group{Mailbox: at, Members: []string{officer, next}})
			}
			at = next
		}
		spelt := rapid.SampledFrom([]string{barred, "KIT.ORCHARD@home.example", "kit.orchard+a@home.example", "kitorchard@home.example", "Kit <kit.orchard@home.example>"}).Draw(t, "spelt")
		f.Directory.Groups = append(f.Directory.Groups, Group{Mailbox: at, Members: []string{spelt, at}})
		l := letter(rapid.SampledFrom([]string{"Hello", "Dear Tamsin, thank you.", ""}).Draw(t, "text"), mother)
		switch rapid.IntRange(0, 2).Draw(t, "field") {
		case 0:
			l.Envelope, l.To = append(l.Envelope, "list0@council.example"), append(l.To, "list0@council.example")
		case 1:
			l.Headers = append(l.Headers, Header{Name: "Resent-To", Value: "list0@council.example"})
		case 2:
			l.ReplyTo = []string{spelt}
		}
		if v := Judge(l, f); v.Decision != Block || !slices.Contains(v.Rules(Block), RuleNoContact) {
			t.Fatalf("depth %d: %+v", depth, v)
		}
	})
}

// I7: a letter to staff of the case alone is never held up by what it says.
func TestStaffAlone(t *testing.T) {
	texts := []string{noteOne, "She is a nightmare, do not tell her.", "STAFF ONLY", "{{name}}", "Elin Pell and Milo", "From: Jo Bell\nTo: Sam Far\n\nx", "Dear Tamsin,"}
	rapid.Check(t, func(t *rapid.T) {
		f := facts()
		f.Complete, f.StaffKnown = rapid.Bool().Draw(t, "complete"), true
		l := letter(strings.Join(rapid.SliceOfN(rapid.SampledFrom(texts), 0, 4).Draw(t, "text"), "\n"), officer, "sen@council.example")
		l.Subject = rapid.SampledFrom(texts).Draw(t, "subject")
		l.Subject = strings.ReplaceAll(l.Subject, "\n", " ")
		if v := Judge(l, f); v.Decision.AtLeast(Confirm) {
			t.Fatalf("%+v", v)
		}
	})
}

// I10: whatever of the facts is missing, nothing goes to anybody outside.
func TestMissingFactsBlock(t *testing.T) {
	lacks := map[string]func(*Facts){
		"all":       func(f *Facts) { *f = Facts{} },
		"complete":  func(f *Facts) { f.Complete = false },
		"parties":   func(f *Facts) { f.People = nil },
		"author":    func(f *Facts) { f.Author = nil },
		"known":     func(f *Facts) { f.Complete, f.StaffKnown = false, true },
		"case":      func(f *Facts) { f.CaseRef = "WM-0000" },
		"a panic":   func(f *Facts) { f.Others = &Children{all: []Child{{}}, byLast: map[string][]int{"tamsin": {99}}} },
		"bad group": func(f *Facts) { f.Directory.Groups = []Group{{Mailbox: mother, Members: []string{"\r\n"}}} },
	}
	names := make([]string, 0, len(lacks))
	for n := range lacks {
		names = append(names, n)
	}
	slices.Sort(names)
	rapid.Check(t, func(t *rapid.T) {
		f := facts()
		name := rapid.SampledFrom(names).Draw(t, "lacks")
		lacks[name](&f)
		l := letter(rapid.SampledFrom([]string{"Dear Tamsin, thank you.", "Tamsin, hello"}).Draw(t, "text"), mother)
		if v := Judge(l, f); v.Decision != Block {
			t.Fatalf("without %s: %+v", name, v)
		}
	})
}

// I12: a yes counts for one rule, one mailbox and one letter, and never for a block.
func TestConfirmationsAreSpecific(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := letter(rapid.SampledFrom([]string{"Dear Gareth,\nsee you then.", "Sam, could you add the number to the file?", noteOne}).Draw(t, "text"), mother)
		v := Judge(l, facts())
		var yes []Confirmation
		for _, f := range v.Findings {
			yes = append(yes, Confirmation{Rule: f.Rule, Mailbox: f.Mailbox, Digest: "d1"})
		}
		if v.Decision == Block && v.Passes(yes, "d1") {
			t.Fatal("a block was confirmed away")
		}
		if v.Decision == Confirm && !v.Passes(yes, "d1") {
			t.Fatal("a confirmed letter does not pass")
		}
		other := slices.Clone(yes)
		for i := range other {
			switch rapid.IntRange(0, 2).Draw(t, "wrong") {
			case 0:
				other[i].Rule += "X"
			case 1:
				other[i].Mailbox = father
			case 2:
				other[i].Digest = "d2"
			}
		}
		if v.Decision != Allow && v.Passes(other, "d1") {
			t.Fatalf("passes with %+v", other)
		}
	})
}

// I16: when the time for deciding is over, nothing goes.
func TestDeadlineBlocks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if rapid.Bool().Draw(t, "past") {
			ctx, cancel = context.WithDeadline(context.Background(), time.Unix(0, 0))
			defer cancel()
		}
		if v := JudgeWithin(ctx, letter("Dear Tamsin, thank you.", mother), facts()); v.Decision != Block || !slices.Contains(v.Rules(Block), RuleCaseData) {
			t.Fatalf("%+v", v)
		}
	})
}

// I18: letters that nobody pressed Send for are judged by the same rules.
func TestAutomaticLettersAreJudgedAlike(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := facts()
		f.Answered = &Answered{Mailbox: mother, Subject: "x"}
		l := letter(rapid.SampledFrom([]string{noteOne, "He sits with Elin Pell.", "see wm 3310"}).Draw(t, "text"), mother)
		l.Purpose = rapid.SampledFrom([]Purpose{PurposeAck, PurposeReceipt, PurposeNotice, PurposeAccount}).Draw(t, "purpose")
		if v := Judge(l, f); v.Decision != Block {
			t.Fatalf("%s: %+v", l.Purpose, v)
		}
		l = letter("Thank you for your email.", barred)
		l.Purpose = PurposeAck
		f.Answered.Mailbox = barred
		if v := Judge(l, f); !slices.Contains(v.Rules(Block), RuleNoContact) {
			t.Fatalf("an automatic answer to somebody barred: %+v", v)
		}
	})
}
