package clearance

import (
	"context"
	"errors"
	"fmt"

	"hearback/mailbox/guard"
	"hearback/mailbox/outbound/internal/compose"
	"hearback/tickets"
	"hearback/tickets/register"
)

// JudgeExample judges a letter to a family that does not exist, whose case, ticket and
// sender stand in the claim and in nobody's register. Everything else is as it is now:
// the names of all children, the council's mailboxes and domains. It mints nothing.
// It never panics.
func (m *Mint) JudgeExample(ctx context.Context, claim *tickets.Claim, copies []compose.Copy) (r Ruling) {
	defer func() {
		if p := recover(); p != nil {
			r = unavailable(fmt.Errorf("judging failed: %T", p))
		}
		r.Open = r.Verdict.Open(nil, "")
	}()
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	if claim == nil || len(copies) == 0 || claim.Letter.ID != 0 || len(claim.Letter.Deliveries) == 0 {
		return unavailable(errors.New("this is no example"))
	}
	letters, audience, refused := m.read(ctx, claim, copies)
	if refused != nil {
		return Ruling{Verdict: *refused}
	}
	real, err := m.facts.GuardFacts(ctx, tickets.FactsAsked{Mailboxes: mailboxes(audience)})
	if err != nil {
		return unavailable(fmt.Errorf("reading the facts: %w", err))
	}
	gf := *real
	gf.Answers = claim.Answers
	if c := claim.Case; c != nil {
		d := claim.Letter.Deliveries[0]
		gf.Case = c
		gf.Parties = []register.Party{{
			Person:    register.Person{ID: d.PersonID, Name: d.Name, Kind: register.KindParent},
			Link:      register.Link{CaseID: c.ID, PersonID: d.PersonID, Relation: "mother", PR: register.PRYes, MayBeTold: "all"},
			Addresses: []register.Address{{PersonID: d.PersonID, Email: d.Email, Mailbox: register.FoldMailbox(d.Email)}},
		}}
	}
	facts := m.factsOf(claim, &gf, copies[0].Standing)
	facts.CouncilWords = copies[0].Council
	var all []guard.Verdict
	for _, l := range letters {
		all = append(all, guard.JudgeWithin(ctx, l, facts))
		if err := ctx.Err(); err != nil {
			return unavailable(fmt.Errorf("deciding took too long: %w", err))
		}
	}
	r = Ruling{Verdict: guard.Merge(all...), Version: gf.Version}
	if !facts.Complete {
		r.Unavailable, r.Err = true, errors.New("the facts are not complete")
	}
	return r
}
