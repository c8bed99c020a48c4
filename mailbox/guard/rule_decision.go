package guard

import (
	"slices"
	"strings"
)

// decides reports whether the letter tells a decision about the child, which
// everybody with parental responsibility is to be told (SEND Regulations 2014 reg. 4,
// 5, 10, 13, 22, 25, 31). Such a letter says what was decided and, because the law
// wants that in the same letter, how it can be challenged. A chat about a decision
// does only one of the two.
func (m *matter) decides() bool {
	if m.l.Decision {
		return true
	}
	if m.l.Purpose.automatic() {
		return false
	}
	said, challenge := false, false
	look := func(text string) {
		for _, s := range sentences(text) {
			said = said || tellsDecision(s)
			challenge = challenge || tellsChallenge(s)
		}
	}
	look(m.l.Subject + "\n\n" + m.newest)
	for _, f := range m.l.Files {
		look(head(f.Text))
	}
	return said && challenge
}

// tellsDecision reports "we have decided not to assess", "notice of decision to
// cease the plan", "we will not issue a plan".
func tellsDecision(s []string) bool {
	what := func(w []string) bool {
		return containsAny(w, "assess", "assessment", "reassess", "reassessment", "plan", "ehcp", "ehc", "placement", "amend", "cease", "maintain", "issue", "name")
	}
	for i, x := range s {
		switch x {
		case "decided", "agreed", "refused", "declined", "determined", "concluded", "resolved":
			before := s[max(0, i-4):i]
			if containsAny(before, "we", "council", "authority", "panel", "department", "team") && what(s[i:]) {
				return true
			}
		case "decision", "notice":
			if what(s) && (x == "notice" || containsAny(s, "our", "the", "councils", "authoritys", "local", "my", "notification")) && containsAny(s, "not", "to", "of", "is", "was") {
				return true
			}
		case "will":
			if i > 0 && (s[i-1] == "we" || s[i-1] == "council" || s[i-1] == "authority") && containsAny(s[i:min(len(s), i+5)], "not", "cease", "amend", "issue", "maintain") && what(s[i:]) {
				return true
			}
		}
	}
	return false
}

// tellsChallenge reports a sentence about appeal, tribunal or mediation as rights.
func tellsChallenge(s []string) bool {
	if !containsAny(s, "appeal", "tribunal", "mediation", "sendist", "challenge") {
		return false
	}
	return containsAny(s, "right", "rights", "may", "can", "entitled", "months", "days", "certificate", "disagree", "register")
}

// isPlan reports a file that is an EHC plan, or the report that a plan rests on.
func isPlan(f File) bool {
	w := words(strings.NewReplacer("_", " ", "-", " ").Replace(f.Name))
	top := words(head(f.Text))
	if len(top) > 60 {
		top = top[:60]
	}
	for _, x := range [][]string{w, top} {
		if !containsAny(x, "ehcp", "ehc", "education", "plan") || containsAny(x, "summary", "leaflet", "guide", "guidance", "template", "blank") {
			continue
		}
		if containsAny(x, "ehcp") || runOf(x, []string{"ehc", "plan"}) >= 0 || runOf(x, []string{"care", "plan"}) >= 0 ||
			containsAny(x, "final", "draft", "amended") && runOf(x, []string{"plan"}) >= 0 {
			return true
		}
	}
	return runOf(top, []string{"section", "k"}) >= 0
}

// planOutside stops the plan itself on its way to somebody who is sent a summary at
// most, as long as no consent is on record (G12).
func (m *matter) planOutside(r recipient) []Finding {
	var out []Finding
	for _, p := range r.people {
		l, here := p.here(m.f.CaseRef)
		if !here || !l.NoPlan || l.Speaks != nil && l.Speaks.Signed {
			continue
		}
		if i := slices.IndexFunc(m.l.Files, isPlan); i >= 0 {
			out = append(out, Finding{
				Rule: RulePlan, Decision: Block, Mailbox: r.mailbox, Person: p.Name, Evidence: "file " + m.l.Files[i].Name,
				Words: p.Name + " is not someone who may be sent the plan without consent.",
			})
		}
	}
	return out
}

// hardBounces is from how many failures on mail to an address is stopped (G17).
const hardBounces = 2

// bounced asks about an address to which mail did not arrive, and stops it when that
// happened again.
func (m *matter) bounced(r recipient) []Finding {
	worst := 0
	for _, p := range r.people {
		for _, a := range p.Addresses {
			if FoldMailbox(a.Email) == r.mailbox {
				worst = max(worst, a.Bounced)
			}
		}
	}
	if worst == 0 || m.l.Purpose.automatic() {
		return nil
	}
	f := Finding{
		Rule: RuleBounced, Decision: Confirm, Mailbox: r.mailbox, Person: r.called,
		Words: "Mail to " + r.addr.String() + " did not arrive last time.",
	}
	if worst >= hardBounces {
		f.Decision, f.Words = Block, "Mail to "+r.addr.String()+" does not arrive. Ask for another address."
	}
	return []Finding{f}
}

// lookedAfter asks about a decision or a meeting of a looked after child that the
// social worker is not told (G20).
func (m *matter) lookedAfter() []Finding {
	if !m.f.LookedAfter || m.l.Purpose.automatic() || len(m.outside) == 0 {
		return nil
	}
	told := func(mb string) bool {
		mb = FoldMailbox(mb)
		return slices.ContainsFunc(m.recipients, func(r recipient) bool { return r.mailbox == mb }) ||
			slices.ContainsFunc(m.f.OwnCopies, func(c string) bool { return FoldMailbox(c) == mb })
	}
	if slices.ContainsFunc(m.f.SocialWorkers, told) {
		return nil
	}
	if !m.decides() && !slices.ContainsFunc(sentences(m.l.Subject+"\n\n"+m.newest), func(s []string) bool {
		return containsAny(s, "review", "meeting", "placement", "plan", "draft", "panel", "move", "exclusion", "excluded", "transport")
	}) {
		return nil
	}
	if !slices.ContainsFunc(m.outside, func(r recipient) bool { return r.class == contact }) {
		return nil
	}
	return []Finding{{
		Rule: RuleLookedAfter, Decision: Confirm,
		Words: m.child() + " is looked after. The social worker is not being told.",
	}}
}
