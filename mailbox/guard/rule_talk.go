package guard

import "strings"

// judgeTalk looks for a letter that is meant for a colleague while somebody
// outside would get it. It weighs signs; one sign alone, or rude words alone,
// never stop a letter.
func judgeTalk(m *matter) []Finding {
	if m.l.Purpose.automatic() || len(m.outside) == 0 {
		return nil
	}
	toColleague, colleagueName := m.toColleague()
	if !toColleague {
		return nil
	}
	score := 0
	for _, sign := range []bool{m.aboutThem(), saysAny(m.newest, secrecy()), saysAny(m.newest, opinion()), saysAny(m.newest, contempt())} {
		if sign {
			score++
		}
	}
	var out []Finding
	for _, r := range m.outside {
		f := Finding{
			Rule: RuleStaffTalk, Decision: Block, Mailbox: r.mailbox, Person: r.name,
			Words: "This reads as if written to " + colleagueName + ". " + r.name + " would get it too.",
		}
		if score == 0 {
			f.Rule, f.Decision = RuleMixedAudience, Confirm
			f.Words = "You have written to " + colleagueName + ". " + r.name + " will read it as well."
		}
		out = append(out, f)
	}
	return out
}

// toColleague reports a greeting, or a name before a comma, that is a member of
// staff and nobody outside; or staff among the recipients while nobody outside is
// greeted.
func (m *matter) toColleague() (bool, string) {
	g := greetingOf(m.newest)
	if g.all {
		return false, ""
	}
	for _, r := range m.outside {
		if calls(g.words, nameWords(r.name)) {
			return false, ""
		}
		for _, p := range r.people {
			if calls(g.words, nameWords(p.Name)) {
				return false, ""
			}
		}
	}
	if len(g.words) > 0 {
		for _, n := range m.names.staff {
			if calls(g.words, n) {
				return true, strings.ToUpper(n[0][:1]) + n[0][1:]
			}
		}
		return false, ""
	}
	// No greeting, and staff among those who get it: it may be meant for them. It
	// does not matter who stands in To and who in Cc. The author's own copy, and one
	// for our own mailbox, say nothing.
	for _, r := range m.recipients {
		if r.class != staffClass && r.class != colleague || m.isOwn(r) {
			continue
		}
		return true, r.name
	}
	return false, ""
}

func (m *matter) isOwn(r recipient) bool {
	if m.f.Author != nil && FoldMailbox(m.f.Author.Mailbox) == r.mailbox {
		return true
	}
	for _, own := range m.f.OwnMailboxes {
		if FoldMailbox(own) == r.mailbox {
			return true
		}
	}
	return false
}

// aboutThem reports talk of somebody in the third person.
func (m *matter) aboutThem() bool {
	w := words(m.newest)
	for _, x := range w {
		switch x {
		case "she", "he", "her", "him", "shes", "hes", "mum", "mother", "dad", "father", "parent", "parents", "family", "they", "them", "theyre":
			return true
		}
	}
	for _, r := range m.outside {
		n := nameWords(r.name)
		if len(n) > 0 && (runOf(w, n[:1]) >= 0 || len(n[len(n)-1]) > 3 && runOf(w, n[len(n)-1:]) >= 0) {
			return true
		}
	}
	return false
}

// saysAny reports whether one of the phrases, a line each, is in the text.
func saysAny(text, phrases string) bool {
	w := words(text)
	for _, p := range strings.Split(phrases, "\n") {
		if pw := words(p); len(pw) > 0 && runOf(w, pw) >= 0 {
			return true
		}
	}
	return false
}

// secrecy is asking a colleague to keep something from somebody.
func secrecy() string {
	return `keep it quiet
keep this quiet
keep it between us
keep this between us
between you and me
between us
dont tell
do not tell
dont let
do not let
doesnt know
does not know
dont mention
do not mention
say nothing
off the record
not for the family
without them knowing
stick to the line
our line
same line`
}

// opinion is strategy or a view about the family, the school or the appeal.
func opinion() string {
	return `i think she
i think he
i think they
if you ask me
can we say no
can we refuse
stall
play for time
string them along
the appeal is weak
we will lose
we would lose
could cost us
cost us
settle
call their bluff
bluffing
enjoys the attention
wants attention
candidly
frankly`
}

// contempt raises the weight of other signs; alone it decides nothing.
func contempt() string {
	return `ridiculous
no idea what
absurd
nonsense
deluded
liar
lying
hysterical
impossible woman
impossible man
nightmare
crazy
mad
stupid
idiot
pathetic
drama
at it again
sick of
fed up with
pain in`
}
