package clearance

import (
	"slices"
	"strings"
	"time"

	"hearback/mailbox/guard"
	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/register"
)

// record adds what the record of the case says beside who may be written to: the
// law's days, whether the child is looked after, what is kept from whom.
func record(f *guard.Facts, gf *tickets.GuardFacts) {
	if gf.Case == nil {
		return
	}
	f.Dates = legalDates(gf.Dates)
	lookedAfter(f, gf)
	at := mailboxesOf(gf)
	for _, v := range gf.Protected {
		if v.Kind == register.FactSchool && v.Value == strings.TrimSpace(gf.Case.School) {
			continue // SchoolHidden says from whom
		}
		f.Kept = append(f.Kept, guard.Kept{Kind: v.Kind, Value: v.Value, Of: at[v.PersonID], From: at[v.AgainstID], All: v.AgainstID == 0})
	}
	for _, c := range gf.Confidences {
		f.Confided = append(f.Confided, guard.Confided{Text: c.Text, By: at[c.PersonID], From: at[c.AgainstID], All: c.AgainstID == 0})
	}
}

// mailboxesOf are the folded mailboxes of everybody whom the facts know.
func mailboxesOf(gf *tickets.GuardFacts) map[int64][]string {
	at := map[int64][]string{}
	for _, p := range slices.Concat(gf.Parties, gf.Elsewhere) {
		for _, a := range p.Addresses {
			if mb := register.FoldMailbox(a.Email); !slices.Contains(at[p.Person.ID], mb) {
				at[p.Person.ID] = append(at[p.Person.ID], mb)
			}
		}
	}
	return at
}

// lookedAfter: the register has no mark of its own for it. A foster carer or the
// virtual school on the case says it (Children Act 1989 s.22).
func lookedAfter(f *guard.Facts, gf *tickets.GuardFacts) {
	for _, p := range gf.Parties {
		switch relation := strings.ToLower(string(p.Link.Relation)); {
		case strings.Contains(relation, "foster") || strings.Contains(relation, "virtual school"):
			f.LookedAfter = true
		case strings.Contains(relation, "social worker"):
			for _, a := range p.Addresses {
				f.SocialWorkers = append(f.SocialWorkers, register.FoldMailbox(a.Email))
			}
		}
	}
}

// legalDates are the days that follow by law from the dates of the case. What has
// happened since is not due any more.
func legalDates(on map[string]string) []guard.LegalDate {
	var out []guard.LegalDate
	day := func(kind string) (sla.Date, bool) {
		d, err := sla.ParseDate(on[kind])
		return d, err == nil && on[kind] != ""
	}
	add := func(what guard.Due, d sla.Date) {
		out = append(out, guard.LegalDate{What: what, On: time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, sla.London())})
	}
	request, asked := day("request")
	decision, decided := day("decision")
	draft, drafted := day("draft")
	final, issued := day("final")
	review, reviewed := day("review")
	if asked && (!decided || decision.Before(request)) {
		add(guard.DueAssess, sla.WeeksAfter(request, 6))
	}
	if asked && (!issued || final.Before(request)) {
		add(guard.DueFinal, sla.WeeksAfter(request, 20))
	}
	if drafted && (!issued || final.Before(draft)) {
		add(guard.DueComments, sla.LastDayInclusive(draft, 15))
	}
	switch {
	case reviewed && (!issued || final.Before(review)):
		add(guard.DueOutcome, sla.WeeksAfter(review, 4))
		add(guard.DueReview, sla.TwelveMonthsFrom(review))
	case issued:
		add(guard.DueReview, sla.TwelveMonthsFrom(final))
	}
	return out
}

// noPlan: an MP, a councillor, a relative or an adviser without authority on record
// or the family's word for it is not sent the plan itself.
func noPlan(gf *tickets.GuardFacts, p register.Party, on string) bool {
	if p.Person.Kind != register.KindMP && p.Person.Kind != register.KindOther || strings.HasPrefix(strings.ToLower(p.Link.MayBeTold), "all") {
		return false
	}
	return !slices.ContainsFunc(gf.Representations, func(r register.Representation) bool {
		return r.PersonID == p.Person.ID && r.InForce(on)
	})
}
