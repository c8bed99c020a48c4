package guard

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const (
	mother  = "tamsin.orchard@mail.example"
	father  = "gareth.orchard@post.example"
	barred  = "kit.orchard@home.example"
	school  = "senco@brookside.example"
	other   = "rhian.pell@mail.example"
	officer = "jo.bell@council.example"
	noteOne = "Mum is stalling on purpose and the head says the place has gone already. Do not tell her before panel on the ninth."
)

// facts is a case with a mother, a father without parental responsibility,
// somebody barred, a school, and a child of another family.
func facts() Facts {
	link := func(pr PR, none bool) []Link { return []Link{{CaseRef: "WM-2201", PR: pr, NoContact: none}} }
	return Facts{
		Complete: true, Version: 7, CaseRef: "WM-2201", PartiesOnly: true,
		Child: Child{CaseRef: "WM-2201", Name: "Milo Orchard", DOB: "2015-03-09", UPN: "A990000220100", NHS: "9990220108"},
		People: []Person{
			{Name: "Tamsin Orchard", Kind: KindParent, Addresses: []Contact{{Email: mother}}, Links: link(PRYes, false)},
			{Name: "Gareth Orchard", Kind: KindParent, Addresses: []Contact{{Email: father}}, Links: link(PRNo, false)},
			{Name: "Kit Orchard", Kind: KindParent, Addresses: []Contact{{Email: barred}}, Links: link(PRYes, true)},
			{Name: "Brookside School", Kind: KindSchool, Addresses: []Contact{{Email: school}}, Links: link("", false)},
			{Name: "Rhian Pell", Kind: KindParent, Addresses: []Contact{{Email: other}}, Links: []Link{{CaseRef: "WM-3310", PR: PRYes}}},
		},
		Staff:        []Colleague{{Mailbox: officer, Name: "Jo Bell", OfCase: true}, {Mailbox: "sam.far@council.example", Name: "Sam Far"}},
		OwnMailboxes: []string{"sen@council.example"},
		StaffDomains: []string{"council.example"},
		Author:       &Author{Mailbox: officer, Name: "Jo Bell", Active: true, MaySee: true},
		Private:      []Private{{Author: "Ana Reid", At: time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC), Text: noteOne}, {Text: "Father drinks heavily"}},
		Seen:         []Seen{{Mailbox: mother, Text: "Could you tell me when the panel meets and who will be there on the day please", Wrote: true}},
		Others: IndexChildren([]Child{
			{CaseRef: "WM-3310", Name: "Elin May Pell", DOB: "2014-07-21", UPN: "B990000331000", NHS: "9990331007"},
		}),
	}
}

func letter(text string, to ...string) Letter {
	return Letter{
		Purpose: PurposeReply, Envelope: to, Audience: to, To: to,
		From: []string{"sen@council.example"}, Subject: "[SEN-104233] Your message", Text: text,
	}
}

func TestReplies(t *testing.T) {
	const plain = "Dear Tamsin,\n\nThank you. Panel meets on Thursday and I will write the day after.\n\nJo Bell\n"
	for name, c := range map[string]struct {
		text string
		to   []string
		want Decision
		rule string
	}{
		"ordinary":                     {plain, []string{mother}, Allow, ""},
		"to staff of the case":         {"Jo, she is impossible.", []string{officer}, Allow, ""},
		"barred":                       {"Hello", []string{barred}, Block, RuleNoContact},
		"barred, tagged":               {"Hello", []string{"Kit.Orchard+x@HOME.example"}, Block, RuleNoContact},
		"barred, without dots":         {"Hello", []string{"kitorchard@home.example"}, Block, RuleNoContact},
		"barred beside the mother":     {plain, []string{mother, barred}, Block, RuleNoContact},
		"another family":               {"Dear Rhian, thank you.", []string{other}, Block, RuleNotLinked},
		"stranger":                     {"Dear Sir", []string{"who@nowhere.example"}, Block, RuleNotLinked},
		"colleague of another team":    {"Milo's plan", []string{"sam.far@council.example"}, Block, RuleNotLinked},
		"council domain, no account":   {"Milo's plan", []string{"cllr@council.example"}, Block, RuleNotLinked},
		"no PR, details":               {"Dear Gareth, Milo's reading age is seven.", []string{father}, Block, RuleNoPR},
		"no PR, acknowledgement":       {"Dear Gareth,\nThank you for your message. We cannot discuss this by email. Please phone the office.\nJo Bell", []string{father}, Confirm, RuleNoPRAck},
		"note as it is":                {noteOne, []string{mother}, Block, RuleNote},
		"part of a note":               {"Hello Tamsin, the head says the place has gone already. Sorry", []string{mother}, Block, RuleNote},
		"note reworded":                {"Dear Tamsin, they say dad stalled for a purpose, and the head said the places have gone.", []string{mother}, Block, RuleNote},
		"note to the school":           {"mum is stalling on purpose and the head says the place has gone", []string{school}, Block, RuleNote},
		"note wrapped and quoted":      {"Hi\n> Mum is stalling on\n> purpose and the head\n> says the place has gone already.", []string{mother}, Block, RuleNote},
		"note in capitals with dashes": {"MUM--IS STALLING / ON PURPOSE, AND THE HEAD... SAYS THE PLACE HAS GONE", []string{mother}, Block, RuleNote},
		"note with invisible letters":  {strings.ReplaceAll(noteOne, "a", "a\u200b"), []string{mother}, Block, RuleNote},
		"note in Cyrillic look-alikes": {strings.NewReplacer("a", "а", "e", "е", "o", "о", "p", "р", "c", "с").Replace(noteOne), []string{mother}, Block, RuleNote},
		"note full width":              {fullWidth(noteOne), []string{mother}, Block, RuleNote},
		"note in base64":               {"see below\n" + base64.StdEncoding.EncodeToString([]byte(noteOne)), []string{mother}, Block, RuleNoteEncoded},
		"note in base64 twice":         {base64.StdEncoding.EncodeToString([]byte(base64.StdEncoding.EncodeToString([]byte(noteOne)))), []string{mother}, Block, RuleNoteEncoded},
		"note percent encoded":         {strings.ReplaceAll(url.QueryEscape(noteOne), "+", "%20"), []string{mother}, Block, RuleNoteEncoded},
		"note in rot13":                {strings.Join(rotated(words(noteOne), 13), " "), []string{mother}, Block, RuleNoteEncoded},
		"note backwards":               {backwards(noteOne), []string{mother}, Block, RuleNoteEncoded},
		"note with tags between":       {strings.ReplaceAll(noteOne, " ", "<b></b> "), []string{mother}, Block, RuleNoteEncoded},
		"note spaced out":              {strings.Join(strings.Split(strings.ReplaceAll(noteOne, " ", ""), ""), " "), []string{mother}, Block, RuleNote},
		"short private text":           {"I hear that father drinks heavily at home.", []string{mother}, Block, RuleNote},
		"her own words":                {"Dear Tamsin,\nThursday.\n\n> Could you tell me when the panel meets and who\n> will be there on the day please", []string{mother}, Allow, ""},
		"her words to the school":      {"Dear colleagues,\n\n> Could you tell me when the panel meets and who\n> will be there on the day please", []string{school}, Confirm, RuleQuotedOther},
		"quoted mail between staff":    {"Dear Tamsin, dates below.\n\nFrom: Jo Bell\nTo: Sam Far\nSubject: dates\n\nMonday or Friday.", []string{mother}, Block, RuleQuotedInternal},
		"quoted mail to the mother":    {"Dear Tamsin, dates below.\n\nFrom: Jo Bell\nTo: Tamsin Orchard\nSubject: dates\n\nMonday or Friday.", []string{mother}, Allow, ""},
		"another child's name":         {"Dear Tamsin, he will sit with Elin Pell.", []string{mother}, Block, RuleOtherChild},
		"name turned round":            {"Dear Tamsin, he will sit with PELL, Elin.", []string{mother}, Block, RuleOtherChild},
		"another child's UPN":          {"Dear Tamsin, UPN b990 0003 31000.", []string{mother}, Block, RuleOtherChild},
		"another child's NHS number":   {"Dear Tamsin, the number is 999 033 1007.", []string{mother}, Block, RuleOtherChild},
		"another child's birthday":     {"Dear Tamsin, E. P., born 21st July 2014.", []string{mother}, Block, RuleOtherChild},
		"another case's reference":     {"Dear Tamsin, see wm 3310.", []string{mother}, Block, RuleOtherChild},
		"a longer reference":           {"Dear Tamsin, see WM-33101.", []string{mother}, Allow, ""},
		"own identifiers":              {"Dear Tamsin, Milo Orchard, UPN A990000220100, NHS 999 022 0108, WM-2201, born 9 March 2015.", []string{mother}, Allow, ""},
		"greeting somebody else":       {"Dear Gareth,\nsee you then.", []string{mother}, Confirm, RuleSalutation},
		"greeting another on the case": {"Dear Tamsin,\nsee you then.", []string{other}, Block, RuleWrongCase},
		"unfilled blank":               {"Dear {{parent_name}}, thank you.", []string{mother}, Block, RuleUnmerged},
		"unfilled brackets":            {"Dear [insert name], thank you.", []string{mother}, Block, RuleUnmerged},
		"ordinary brackets":            {"Dear Tamsin, the review [autumn term] is on Thursday (at 10).", []string{mother}, Allow, ""},
		"meant for a colleague":        {"Sam, she is at it again. Frankly ridiculous.", []string{mother}, Block, RuleStaffTalk},
		"task for a colleague":         {"Sam, could you add the new number to the file please?", []string{mother}, Confirm, RuleMixedAudience},
		"nobody":                       {"Hello", nil, Block, RuleNoRecipient},
		"address that cannot be read":  {"Hello", []string{`"tamsin"@mail.example`}, Block, RuleAddressTrick},
		"address with a line end":      {"Hello", []string{"tamsin@mail.example\r\nBcc: x@y.example"}, Block, RuleHeaderInjection},
	} {
		t.Run(name, func(t *testing.T) {
			v := Judge(letter(c.text, c.to...), facts())
			if v.Decision != c.want {
				t.Fatalf("got %s, want %s: %+v", v.Decision, c.want, v.Findings)
			}
			if c.rule != "" && !slices.Contains(v.Rules(c.want), c.rule) {
				t.Fatalf("want %s, got %v", c.rule, v.Rules(Allow))
			}
			for _, f := range v.Findings {
				if f.Words == "" || f.Release == "" {
					t.Errorf("%s has no words or release: %+v", f.Rule, f)
				}
			}
		})
	}
}

func fullWidth(s string) string {
	return strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7f {
			return r + 0xfee0
		}
		return r
	}, s)
}

func backwards(s string) string {
	r := []rune(s)
	slices.Reverse(r)
	return string(r)
}

func TestZeroAndBrokenFactsBlock(t *testing.T) {
	l := letter("Dear Tamsin, thank you.", mother)
	if v := Judge(l, Facts{}); v.Decision != Block || !slices.Contains(v.Rules(Block), RuleCaseData) {
		t.Errorf("zero facts: %+v", v)
	}
	f := facts()
	f.Complete = false
	if v := Judge(l, f); v.Decision != Block {
		t.Errorf("incomplete facts: %+v", v)
	}
	if v := Judge(Letter{}, facts()); v.Decision != Block {
		t.Errorf("zero letter: %+v", v)
	}
	l.Purpose = "newsletter"
	if v := Judge(l, facts()); v.Decision != Block || v.Findings[0].Rule != RulePurpose {
		t.Errorf("unlisted purpose: %+v", v)
	}
	f = facts()
	f.Others = &Children{all: []Child{{}}, byLast: map[string][]int{"tamsin": {99}}, names: [][]string{{"x"}}} // an index that breaks when it is used
	if v := Judge(letter("Dear Tamsin, thank you.", mother), f); v.Decision != Block || v.Findings[0].Rule != RuleCaseData {
		t.Errorf("panic within a rule: %+v", v)
	}
	for name, change := range map[string]func(*Facts){
		"no author":     func(f *Facts) { f.Author = nil },
		"account shut":  func(f *Facts) { f.Author.Active = false },
		"not her case":  func(f *Facts) { f.Author.MaySee = false },
		"another reply": func(f *Facts) { f.CaseRef = "" },
	} {
		f := facts()
		change(&f)
		if v := Judge(letter("Dear Tamsin, thank you.", mother), f); v.Decision != Block {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

func TestVerdict(t *testing.T) {
	if (Verdict{}).Passes(nil, "") {
		t.Error("the zero verdict passes")
	}
	if (Verdict{Decision: Allow, RulesVersion: "0"}).Passes(nil, "") {
		t.Error("a verdict of other rules passes")
	}
	if v := (Verdict{Decision: Allow, RulesVersion: RulesVersion, Findings: []Finding{{Rule: RuleNoContact, Decision: "unheard of"}}}); v.Passes(nil, "") {
		t.Error("an unknown decision passes")
	}
	if v := verdictOf([]Finding{{Rule: "MADE-UP", Decision: Warn}}); v.Decision != Block {
		t.Error("a rule that is not in the table does not block")
	}
	v := verdictOf([]Finding{{Rule: RuleSalutation, Decision: Confirm, Mailbox: mother}})
	yes := Confirmation{Rule: RuleSalutation, Mailbox: mother, Digest: "d1"}
	if !v.Passes([]Confirmation{yes}, "d1") {
		t.Error("a confirmed finding does not pass")
	}
	for _, c := range []struct {
		Confirmation
		digest string
	}{{yes, "d2"}, {yes, ""}, {Confirmation{Rule: RuleSalutation, Mailbox: father, Digest: "d1"}, "d1"}, {Confirmation{Rule: RuleNoPRAck, Mailbox: mother, Digest: "d1"}, "d1"}, {Confirmation{Rule: RuleSalutation, Mailbox: mother}, ""}} {
		if v.Passes([]Confirmation{c.Confirmation}, c.digest) {
			t.Errorf("%+v passes", c)
		}
	}
	b := verdictOf([]Finding{{Rule: RuleNoContact, Decision: Block, Mailbox: mother}})
	if b.Passes([]Confirmation{{Rule: RuleNoContact, Mailbox: mother, Digest: "d1"}}, "d1") {
		t.Error("a confirmation satisfies a block")
	}
	if Merge().Passes(nil, "") || Merge(v, Verdict{}).Decision != Block {
		t.Error("merging nothing, or a verdict that is none, passes")
	}
}

// I3: another outside recipient never makes a letter better. I5: one barred
// recipient blocks, whatever the letter says and however the address is spelt.
func TestRecipientsNeverHelp(t *testing.T) {
	texts := []string{"Dear Tamsin, thank you.", "Hello", noteOne, "Dear Gareth, thank you for your message.", "Milo's plan"}
	people := []string{mother, father, school, other, officer, "who@nowhere.example", barred}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom(texts).Draw(t, "text")
		to := rapid.SliceOfNDistinct(rapid.SampledFrom(people), 1, 4, rapid.ID).Draw(t, "to")
		more := append(slices.Clone(to), rapid.SampledFrom([]string{father, school, other, barred, "who@nowhere.example"}).Draw(t, "more"))
		a, b := Judge(letter(text, to...), facts()), Judge(letter(text, more...), facts())
		// Who is greeted is weighed against who gets it: exempt, as are rules on talk.
		if a.Decision.rank() > b.Decision.rank() && !slices.Contains(a.Rules(Confirm), RuleSalutation) && !slices.Contains(a.Rules(Confirm), RuleWrongCase) {
			t.Fatalf("%v: %s, %v: %s (%v)", to, a.Decision, more, b.Decision, a.Rules(Allow))
		}
		spelt := rapid.SampledFrom([]string{"KIT.ORCHARD@home.example", "kit.orchard+a.b@home.example", "k.i.t.orchard@HOME.EXAMPLE", "Kit <kitorchard@home.example>"}).Draw(t, "spelt")
		if v := Judge(letter(text, append(to, spelt)...), facts()); v.Decision != Block || !slices.Contains(v.Rules(Block), RuleNoContact) {
			t.Fatalf("%s got through: %+v", spelt, v)
		}
	})
}

// I6: a note of eight words or more does not leave in any disguise, wherever it
// stands. I4: what is put around it does not help.
func TestNotesStayIn(t *testing.T) {
	disguises := map[string]func(string) string{
		"plain":     func(s string) string { return s },
		"upper":     strings.ToUpper,
		"quoted":    func(s string) string { return "> " + strings.ReplaceAll(s, " ", "\n> ") },
		"invisible": func(s string) string { return strings.ReplaceAll(s, "e", "e\u200d") },
		"width":     fullWidth,
		"base64":    func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
		"base64url": func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) },
		"percent":   url.PathEscape,
		"tags":      func(s string) string { return "<p>" + strings.ReplaceAll(s, " ", "</i> <i>") + "</p>" },
		"reversed":  backwards,
		"rot13":     func(s string) string { return strings.Join(rotated(words(s), 13), " ") },
		"rot5":      func(s string) string { return strings.Join(rotated(words(s), 5), " ") },
		"commas":    func(s string) string { return strings.ReplaceAll(s, " ", " , ") },
		"entities":  func(s string) string { return strings.ReplaceAll(s, "a", "&#97;") },
		"soft":      func(s string) string { return strings.ReplaceAll(s, "t", "t\u00ad") },
	}
	names := make([]string, 0, len(disguises))
	for n := range disguises {
		names = append(names, n)
	}
	slices.Sort(names)
	word := rapid.StringMatching(`[a-z]{3,9}`)
	rapid.Check(t, func(t *rapid.T) {
		note := strings.Join(rapid.SliceOfN(word, 8, 30).Draw(t, "note"), " ")
		around := strings.Join(rapid.SliceOfN(word, 0, 12).Draw(t, "around"), " ")
		how := rapid.SampledFrom(names).Draw(t, "how")
		f := facts()
		f.Private = []Private{{Author: "Ana Reid", Text: note}}
		l := letter("Dear Tamsin,\n"+around+"\n\n"+disguises[how](note)+"\n\n"+around, mother)
		if rapid.Bool().Draw(t, "in subject") {
			l.Subject, l.Text = disguises[how](note), "Dear Tamsin, thank you."
		}
		if v := Judge(l, f); v.Decision != Block {
			t.Fatalf("%s: %q got through: %+v", how, l.Text, v)
		}
		// The same words, written by the recipient herself, are hers.
		if how == "plain" {
			f.Seen = append(f.Seen, Seen{Mailbox: mother, Text: around + " " + note, Wrote: true})
			if v := Judge(letter("Dear Tamsin,\n\n> "+note, mother), f); slices.Contains(v.Rules(Confirm), RuleNote) {
				t.Fatalf("her own words were kept from her: %+v", v)
			}
			if v := Judge(letter("Dear Sir,\n\n> "+note, school), f); !slices.Contains(v.Rules(Block), RuleNote) {
				t.Fatalf("her words went to the school although a note holds them: %+v", v)
			}
		}
	})
}

// I9: nothing that merely looks like a staff domain is one.
func TestExactDomains(t *testing.T) {
	f := facts()
	f.DomainsOnly, f.PartiesOnly = true, false
	inside := func(email string) bool {
		m := &matter{l: letter("x", email), f: f}
		m.resolve()
		return len(m.recipients) == 1 && len(m.outside) == 0
	}
	if !inside("anyone@council.example") || !inside("anyone@COUNCIL.example") {
		t.Fatal("the listed domain is not staff")
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[a-z0-9]{1,8}`).Draw(t, "s")
		for _, d := range []string{s + "council.example", s + ".council.example", "council.example." + s + "x", "council-" + s + ".example"} {
			if inside("anyone@" + d) {
				t.Fatalf("%s counts as staff", d)
			}
		}
	})
}

// I8: order, letter case of the domain, display names and To or Cc change nothing.
func TestRepresentation(t *testing.T) {
	texts := []string{"Dear Tamsin, thank you.", noteOne, "Milo's plan", "Dear both, thank you for your message."}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom(texts).Draw(t, "text")
		to := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{mother, father, school, other, officer}), 2, 4, rapid.ID).Draw(t, "to")
		a := letter(text, to...)
		b := letter(text, slices.Clone(to)...)
		slices.Reverse(b.Envelope)
		local, domain, _ := strings.Cut(b.To[0], "@")
		b.Cc = []string{"Somebody <" + local + "@" + strings.ToUpper(domain) + ">"}
		b.To = b.To[1:]
		if x, y := Judge(a, facts()), Judge(b, facts()); x.Decision != y.Decision {
			t.Fatalf("%s and %s for the same letter: %v %v", x.Decision, y.Decision, x.Rules(Allow), y.Rules(Allow))
		}
	})
}

// I17: no letter makes the rules panic. A panic would show as CASE-DATA-UNAVAILABLE.
func FuzzJudge(f *testing.F) {
	f.Add("Dear Tamsin, thank you.", "subject", mother, "<p>x</p>")
	f.Add(noteOne, "[SEN-1] x", "a@b.example, c@d.example", "")
	f.Add("From: Jo Bell\nTo: x\n=3D=3D=3D %41%42%43 21st July 2014", "\xff", "\"", "<!--")
	f.Fuzz(func(t *testing.T, text, subject, to, html string) {
		l := letter(text, to)
		l.Subject, l.HTML, l.ReplyTo = subject, html, []string{to}
		l.Headers = []Header{{Name: "X-Topic", Value: subject}}
		l.Files = []File{{Name: subject, Text: text, Readable: true}}
		for _, p := range []Purpose{PurposeReply, PurposeAck, PurposeReceipt, PurposeNotice, PurposeAccount, PurposeRelay} {
			l.Purpose = p
			fx := facts()
			fx.Answered = &Answered{Mailbox: mother, Name: subject, Subject: subject, Text: text}
			fx.Today = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
			fx.Dates = []LegalDate{{DueFinal, fx.Today}, {DueComments, fx.Today}, {DueAssess, fx.Today}}
			fx.Kept = []Kept{{Kind: "address", Value: text, Of: []string{father}, All: true}, {Kind: "phone", Value: subject, All: true}, {Kind: "worker", Value: html, From: []string{mother}}}
			fx.Confided = []Confided{{Text: html, By: []string{father}, All: true}, {Text: text, From: []string{mother}}}
			fx.Seen = append(fx.Seen, Seen{Mailbox: father, Text: text, Wrote: true})
			fx.LookedAfter = true
			for _, found := range Judge(l, fx).Findings {
				if found.Rule == RuleCaseData {
					t.Fatalf("a rule failed: %s", found.Evidence)
				}
			}
		}
	})
}

func rotated(w []string, by int) []string {
	out := make([]string, len(w))
	for i, x := range w {
		b := []byte(x)
		for j, c := range b {
			if c >= 'a' && c <= 'z' {
				b[j] = 'a' + (c-'a'+byte(by))%26
			}
		}
		out[i] = string(b)
	}
	return out
}
