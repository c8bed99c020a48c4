package tickets

import (
	"fmt"
	"slices"
	"strings"

	"hearback/tickets/register"
)

// keptAway is why a rule keeps a mail away from the tickets; "" when none does.
// Whoever is recorded on a case and colleagues are never kept away, and neither is
// the news that a letter did not arrive: a rule that was made in haste must not
// silence a family.
func (w *work) keptAway(m *incoming) string {
	if len(w.rules) == 0 || m.in.Kind == KindBounce || m.facts.Staff != nil || w.ourDomain(m.from) {
		return ""
	}
	recorded := len(m.facts.Sender) > 0
	for _, r := range w.rules {
		switch r.Kind {
		case RuleBlockSender:
			if !recorded && r.Pattern == m.from {
				return fmt.Sprintf("Intake rule %d keeps mail of this sender away.", r.ID)
			}
		case RuleBlockDomain:
			if !recorded && under(domainOf(m.from), r.Pattern) {
				return fmt.Sprintf("Intake rule %d keeps mail of this sender's domain away.", r.ID)
			}
		case RuleIgnoreList:
			// What a machine distributes is a list's, whoever wrote it.
			if (!recorded || m.in.Kind == KindList) && m.in.ListID != "" && r.Pattern == foldList(m.in.ListID) {
				return fmt.Sprintf("Intake rule %d ignores this mailing list.", r.ID)
			}
		}
	}
	return ""
}

// under reports whether a domain is another or below it.
func under(domain, of string) bool {
	return domain != "" && (domain == of || strings.HasSuffix(domain, "."+of))
}

func foldList(id string) string {
	return strings.ToLower(strings.Trim(strings.TrimSpace(id), "<>"))
}

// routing is the rule that says where a new ticket goes; ID 0: none does.
type routing struct{ IntakeRule }

// route is the first rule that fits: of recipients, then of subjects.
func (w *work) route(m incoming) routing {
	if len(w.rules) == 0 {
		return routing{}
	}
	var to []string
	for _, l := range [][]MailAddress{m.in.To, m.in.Cc} {
		for _, a := range l {
			to = append(to, register.FoldMailbox(a.Email), untagged(a.Email, m.own))
		}
	}
	for _, a := range m.in.Delivered {
		to = append(to, register.FoldMailbox(a), untagged(a, m.own))
	}
	for _, r := range w.rules {
		if r.Kind == RuleRecipient && slices.Contains(to, r.Pattern) {
			return routing{r}
		}
	}
	subject := " " + fold(m.in.Subject) + " "
	for _, r := range w.rules {
		if r.Kind == RuleSubject && strings.Contains(subject, " "+r.Pattern+" ") {
			return routing{r}
		}
	}
	return routing{}
}

// apply sets the category and says so. The mail of somebody who wrote into a
// conversation uninvited keeps its own, which has a clock of its own.
func (r routing) apply(t *Ticket) {
	if r.ID == 0 {
		return
	}
	if r.Category != "" && t.Category != CategoryUnconfirmed {
		t.Category = r.Category
	}
	by := "the address it was written to"
	if r.Kind == RuleSubject {
		by = "words of its subject"
	}
	t.Reason += fmt.Sprintf(" Intake rule %d placed it, by %s.", r.ID, by)
}
