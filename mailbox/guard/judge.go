package guard

import (
	"context"
	"fmt"
	"sort"
)

// matter is a letter with everything that the rules look at, worked out once.
type matter struct {
	ctx        context.Context // of this one judgement; it holds the deadline
	l          Letter
	f          Facts
	recipients []recipient // who would get it, each mailbox once
	outside    []recipient // of these, everybody who is not staff for the case
	views      []view
	newest     string // what was written this time, without what is quoted below it
	names      nameBook
	reach      reach // through which lists and forwards the letter goes
	seen       map[string][][]string
	concepts   map[*string][]string // of each view, by its first word
	named      *bool                // whether the letter names the child of the case
	talk       *talk
	roleNames  roleBook
	answering  bool // an automatic letter: it speaks to whoever wrote, though it greets nobody
}

// tooLate is what a rule panics with when the time for deciding is over.
type tooLate struct{}

// mind stops the judgement when its time is over. Rules call it in their loops.
func (m *matter) mind() {
	if m.ctx != nil && m.ctx.Err() != nil {
		panic(tooLate{})
	}
}

// Judge decides about a letter on these facts. It is a pure function; it never
// panics, and whatever it cannot decide is a block.
func Judge(l Letter, f Facts) Verdict { return JudgeWithin(context.Background(), l, f) }

// JudgeWithin is Judge with a deadline: what is not decided when ctx ends is a block.
func JudgeWithin(ctx context.Context, l Letter, f Facts) (v Verdict) {
	defer func() {
		if p := recover(); p != nil {
			if _, late := p.(tooLate); late {
				v = verdictOf([]Finding{caseData("", "deciding took too long")})
				return
			}
			// Not the panic's text: it might hold words of the letter.
			v = verdictOf([]Finding{caseData("", fmt.Sprintf("a rule failed (%T)", p))})
		}
	}()
	if !l.Purpose.known() {
		return verdictOf([]Finding{{
			Rule: RulePurpose, Decision: Block,
			Words: "We do not know what kind of letter this is. Nothing was sent.",
		}})
	}
	m := &matter{ctx: ctx, l: l, f: f}
	m.mind()
	m.names = readNames(f)
	findings := m.resolve()
	if !f.Complete && (!f.StaffKnown || len(m.outside) > 0) {
		findings = append(findings, caseData("", "facts incomplete"))
		return verdictOf(findings)
	}
	if f.CaseRef != "" && len(m.outside) > 0 && len(m.parties()) == 0 {
		// A case on which nobody is recorded is one whose data were not read.
		findings = append(findings, caseData("", "nobody is on the case"))
	}
	if l.Broken != "" && len(m.outside) > 0 {
		findings = append(findings, Finding{
			Rule: RuleBroken, Decision: Block, Evidence: l.Broken,
			Words: "A part of this letter cannot be read, so it cannot be checked. Write it again as plain text.",
		})
	}
	var ok bool
	if m.views, ok = views(l); !ok {
		findings = append(findings, Finding{
			Rule: RuleTooMuch, Decision: Block,
			Words: "This letter is too large to be checked. Make it shorter, or send it in parts.",
		})
		return verdictOf(findings)
	}
	m.newest = newest(m.body())
	for _, fam := range families() {
		m.mind()
		findings = append(findings, fam.judge(m)...)
	}
	m.mind()
	return verdictOf(saidOnce(m.levelled(findings)))
}

// verdictOf sorts findings, fills in what the table says and takes the worst. A
// finding that the table does not know, or with a decision that is none, blocks.
func verdictOf(findings []Finding) Verdict {
	table := map[string]Rule{}
	for _, r := range Rules() {
		table[r.ID] = r
	}
	v := Verdict{Decision: Allow, RulesVersion: RulesVersion}
	seen := map[Finding]bool{}
	for _, f := range findings {
		r, known := table[f.Rule]
		f.Decision = Worse(Allow, f.Decision)
		if !known {
			f.Decision, r.Release = Block, ReleaseNobody
		}
		f.Release = r.Release
		switch {
		case f.Decision == Warn || f.Decision == Allow:
			f.Release = ReleaseNone
		case f.Decision == Confirm:
			f.Release = ReleaseAuthor
		case r.Release == ReleaseAuthor || r.Release == ReleaseNone:
			f.Release = ReleaseNobody
		}
		if f.Cure == "" {
			f.Cure = r.Cure
		}
		if seen[f] {
			continue
		}
		seen[f] = true
		v.Findings = append(v.Findings, f)
		v.Decision = Worse(v.Decision, f.Decision)
	}
	sort.SliceStable(v.Findings, func(i, j int) bool {
		a, b := v.Findings[i], v.Findings[j]
		if a.Decision != b.Decision {
			return a.Decision.rank() > b.Decision.rank()
		}
		return false
	})
	return v
}

// caseData is the finding for everything that could not be read or decided.
func caseData(mailbox, why string) Finding {
	return Finding{
		Rule: RuleCaseData, Decision: Block, Mailbox: mailbox, Evidence: why,
		Words: "We cannot check this just now. Your message is saved and nothing was sent.",
	}
}

// Refused is the verdict on a letter that could not be judged because of what
// the rule says: its bytes, or what was needed to judge it.
func Refused(rule, why, words string) Verdict {
	return verdictOf([]Finding{{Rule: rule, Decision: Block, Evidence: why, Words: words}})
}

// Unavailable is the verdict when the facts could not be read.
func Unavailable(why string) Verdict { return verdictOf([]Finding{caseData("", why)}) }

// Merge is one verdict about several letters that leave together or not at all.
// No verdicts, or one of other rules, is a block.
func Merge(verdicts ...Verdict) Verdict {
	var all []Finding
	for _, v := range verdicts {
		if v.RulesVersion != RulesVersion {
			return Unavailable("a verdict of other rules")
		}
		all = append(all, v.Findings...)
	}
	if len(verdicts) == 0 {
		return Unavailable("nothing was judged")
	}
	return verdictOf(all)
}
